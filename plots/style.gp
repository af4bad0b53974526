# What all charts share: the two formats, the lines above, colours, patterns and shapes. In: format (svg, png), stem, id,
# width, height, heading, subject, figures, machine. The colours are those of Okabe and Ito, which colour-blind people can
# tell apart; what has another colour has another shape, dash, pattern or shade, too.

set encoding utf8
if (format eq "svg") {
	face = "sans-serif"
	text_size = 12
	letter = 0.56
	set terminal svg noenhanced name id size width, height font face.",".text_size background "white"
	heading_size = 16
} else {
	face = "DejaVu Sans"
	text_size = 10
	letter = 0.7
	set terminal pngcairo noenhanced size width, height font face.",".text_size background "white"
	heading_size = 13
}
set output stem.".".format
data = stem.".dat"
set datafile missing "NaN"

black = "#000000"
blue = "#0072B2"
vermillion = "#D55E00"
green = "#009E73"
purple = "#CC79A7"
orange = "#E69F00"
sky = "#56B4E9"
grey = "#7F7F7F"
pale = "#E0E0E0"

# Of arms, the baseline first.
array arm_colour[7] = [black, vermillion, blue, green, purple, orange, sky]
array arm_shape[7] = [7, 5, 9, 13, 11, 4, 6]
array arm_dash[7] = [1, 2, 4, 5, 3, 1, 2]
# Of shares in a bar, and of bars beside each other.
array fill_colour[7] = [blue, orange, green, sky, vermillion, purple, grey]
array fill_pattern[7] = [3, 1, 5, 4, 7, 6, 2]
# Of verdicts.
array verdict_colour[4] = [blue, vermillion, black, grey]
array verdict_shape[4] = [7, 9, 4, 6]
array verdict_name[4] = ["improved", "regressed", "equivalent", "cannot tell"]
turn(i) = (i - 1) % 7 + 1

pixels(n) = n / real(height)
# Lines that would not fit are set smaller; a letter is so many pixels wide at size 1. A title may have any length.
fitting(text, size) = strlen(text) * size * letter > width - 20 ? (width - 20) / (strlen(text) * letter) : size
title_chars = int((width - 20) / (9 * letter))
title_text = strlen(heading) > title_chars ? heading[1:title_chars - 3]."..." : heading
set label 1 title_text at screen 0.5, 1 - pixels(17) center font sprintf("%s,%.1f", face, fitting(title_text, heading_size))
set label 2 subject at screen 0.5, 1 - pixels(37) center font sprintf("%s,%.1f", face, fitting(subject, text_size))
set label 3 figures at screen 0.5, 1 - pixels(54) center font sprintf("%s,%.1f", face, fitting(figures, text_size)) textcolor rgb "#505050"
set label 4 machine at screen 0.5, 1 - pixels(71) center font sprintf("%s,%.1f", face, fitting(machine, text_size)) textcolor rgb "#505050"
top_pixels = 86

set tics nomirror out
set border 3

# As whole numbers, for colours that come from a column.
array arm_rgb[7] = [0x000000, 0xD55E00, 0x0072B2, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9]

# 1, 2 or 5 times a power of ten, of which about four lie in a span.
nice_of(power, share) = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10)
nice(span) = nice_of(10.0 ** floor(log10(span / 4.0)), span / 4.0 / 10.0 ** floor(log10(span / 4.0)))
