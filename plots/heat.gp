# SPDX-License-Identifier: GPL-2.0-only
# Gain by test and threads. In: as style.gp, and tests, ticks (the numbers of threads).

rows = |tests|
columns = |ticks|
row_pixels = rows < 900 ? 30 : 27000.0 / rows
names = 320
width = names + 95 * columns + 30
width = width < 700 ? 700 : width
height = 170 + row_pixels * rows
load "style.gp"

set lmargin at screen names / real(width)
set rmargin at screen (names + 95.0 * columns) / width
set tmargin at screen 1 - pixels(top_pixels)
set bmargin at screen pixels(84)
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

set key at screen 0.5, screen pixels(16) center center horizontal maxrows 1 samplen 2 width 1
plot data using 1:2:($1 - 0.48):($1 + 0.48):($2 - 0.46):($2 + 0.46):(rgb_of($4, $5)) with boxxyerror \
	fillstyle solid 1.0 border linecolor rgb "#B0B0B0" linecolor rgb variable notitle, \
     data using 1:2:6 with labels center notitle, \
     for [gain in "100 25"] NaN with boxes fillstyle solid 1.0 border linecolor rgb "#B0B0B0" \
	linecolor rgb rgb_of(log(1 + gain / 100.0), 0) title "+".gain." % (I)", \
     NaN with boxes fillstyle solid 1.0 border linecolor rgb "#B0B0B0" linecolor rgb 0xFFFFFF title "(=) or (?)", \
     for [gain in "20 50"] NaN with boxes fillstyle solid 1.0 border linecolor rgb "#B0B0B0" \
	linecolor rgb rgb_of(log(1 - gain / 100.0), 1) title "-".gain." % (R)"
