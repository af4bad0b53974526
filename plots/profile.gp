# SPDX-License-Identifier: GPL-2.0-only
# Figures of functions, the arms side by side. In: as style.gp, and names (of the functions), arms, unit.

rows = |names|
arm_count = |arms|
key_lines = (arm_count + 3) / 4
width = 1000
height = 200 + (14 + (arm_count < 100 ? 9 * arm_count : 900)) * rows + 20 * key_lines
load "style.gp"

set tmargin at screen 1 - pixels(top_pixels)
set bmargin at screen pixels(82 + 20 * key_lines)
set rmargin at screen 1 - 25.0 / width

set xlabel unit
set xrange [*<0:*]
set yrange [rows + 0.6 : 0.4]
set ytics ()
set for [i = 1:rows] ytics add (names[i] i)
set grid xtics linecolor rgb pale linetype 1
set key at screen 0.5, screen pixels(14 + 10 * key_lines) center center horizontal maxcols 4 samplen 4 width 2

thickness = 0.8 / arm_count
top(row, k) = row - 0.4 + (k - 1) * thickness

# Columns: the row, then the figure of each arm, then the row's name.
plot for [k = 1:arm_count] data using (0):1:(0):(column(1 + k)):(top($1, k)):(top($1, k) + thickness) \
	with boxxyerror linecolor rgb fill_colour[turn(k)] fillstyle pattern fill_pattern[turn(k)] border linecolor rgb black \
	title arms[k]
