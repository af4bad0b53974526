# SPDX-License-Identifier: GPL-2.0-only
# Gain by test and threads. In: as style.gp, and tests, ticks (the numbers of threads).

rows = |tests|
columns = |ticks|
row_pixels = rows < 900 ? 30 : 27000.0 / rows
longest = 0
do for [i = 1:rows] { longest = strlen(tests[i]) > longest ? strlen(tests[i]) : longest }
names = 30 + 7.3 * longest
width = names + 95 * columns + 40
width = width < 760 ? 760 : width
left = names + (width - names - 95 * columns - 40) / 2
height = 182 + row_pixels * rows
load "style.gp"

set lmargin at screen left / real(width)
set rmargin at screen (left + 95.0 * columns) / width
set tmargin at screen 1 - pixels(top_pixels)
set bmargin at screen pixels(94)
set border 0
set tics scale 0
set xrange [0.5 : columns + 0.5]
set yrange [rows + 0.5 : 0.5]
set xtics () offset 0, 0.5
set ytics ()
set for [i = 1:columns] xtics add (ticks[i] i)
set for [i = 1:rows] ytics add (tests[i] i)
set xlabel "threads" offset 0, 0.9

# White at 0, and the full colour at twice as fast or half as fast; pale enough for what is written on it.
mix(from, to, share) = int(from + (to - from) * share)
shade(red, green, blue, share) = mix(255, red, share) * 65536 + mix(255, green, share) * 256 + mix(255, blue, share)
strength(effect) = abs(effect) > log(2) ? 1 : 0.12 + 0.88 * abs(effect) / log(2)
rgb_of(effect, verdict) = verdict > 1 || effect != effect ? 0xFFFFFF : \
	effect > 0 ? shade(86, 180, 233, strength(effect)) : shade(230, 159, 0, strength(effect))

# What the colours mean, in a line of boxes over the bottom.
set key off
array key_effect[5] = [log(2), log(1.25), 0, -log(1.25), -log(2)]
array key_text[5] = ["+100 % (I)", "+25 % (I)", "(=) or (?)", "-20 % (R)", "-50 % (R)"]
do for [i = 1:5] {
	x = width / 2.0 + (i - 3) * 140 - 62
	set object i rectangle from screen x / width, screen pixels(16) to screen (x + 24) / width, screen pixels(32) \
		fillcolor rgb rgb_of(key_effect[i], i == 3 ? 2 : 0) fillstyle solid 1.0 border linecolor rgb "#B0B0B0"
	set label 10 + i key_text[i] at screen (x + 32) / width, screen pixels(24) left
}
plot data using 1:2:($1 - 0.48):($1 + 0.48):($2 - 0.46):($2 + 0.46):(rgb_of($4, $5)) with boxxyerror \
	fillstyle solid 1.0 border linecolor rgb "#B0B0B0" linecolor rgb variable notitle, \
     data using 1:2:6 with labels center notitle
