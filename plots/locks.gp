# SPDX-License-Identifier: GPL-2.0-only
# Waits for locks, stacked by caller. In: as style.gp, and names (of the bars), callers, unit.

rows = |names|
caller_count = |callers|
key_lines = (caller_count + 2) / 3
width = 1000
height = 200 + (rows < 1000 ? 26 * rows : 26000) + 20 * key_lines
load "style.gp"

set tmargin at screen 1 - pixels(top_pixels)
set bmargin at screen pixels(82 + 20 * key_lines)
set rmargin at screen 1 - 25.0 / width

set xlabel unit
set xrange [0:*]
set yrange [rows + 0.6 : 0.4]
set ytics ()
set for [i = 1:rows] ytics add (names[i] i)
set grid xtics linecolor rgb pale linetype 1
set key at screen 0.5, screen pixels(14 + 10 * key_lines) center center horizontal maxcols 3 samplen 4 width 2

# Columns: the row, then where each caller's share begins and the last one ends, then the row's name.
plot for [k = 1:caller_count] data using (0):1:(column(1 + k)):(column(2 + k)):($1 - 0.36):($1 + 0.36) \
	with boxxyerror linecolor rgb fill_colour[turn(k)] fillstyle pattern fill_pattern[turn(k)] border linecolor rgb black \
	title callers[k]
