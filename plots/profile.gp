# SPDX-License-Identifier: GPL-2.0-only
# Figures of functions, the arms side by side. In: plots, stem, format, heading, subject, figures, machine, rows, arms,
# unit.

arm_count = words(arms)
key_lines = (arm_count + 3) / 4
width = 1000
height = 190 + (14 + 9 * arm_count) * rows + 20 * key_lines
load plots."/style.gp"

pixels(n) = n / real(height)
set label 1 heading at screen 0.5, 1 - pixels(16) center
set label 2 subject at screen 0.5, 1 - pixels(34) center
set label 3 figures at screen 0.5, 1 - pixels(52) center
set label 4 machine at screen 0.5, 1 - pixels(70) center
set tmargin at screen 1 - pixels(86)
set bmargin at screen pixels(72 + 20 * key_lines)
set rmargin at screen 1 - 25.0 / width

set xlabel unit
set xrange [*<0:*]
set yrange [rows + 0.6 : 0.4]
set grid xtics linecolor rgb "#E0E0E0" linetype 1
set tics nomirror out
set border 3
set key at screen 0.5, screen pixels(14 + 10 * key_lines) center center horizontal maxcols 4 samplen 2 width 2

colours = blue." ".orange." ".green." ".sky." ".vermillion." ".purple." ".grey
patterns = "3 1 5 4 7 6 2"
pick(list, i) = word(list, (i - 1) % words(list) + 1)
thickness = 0.8 / arm_count
top(row, k) = row - 0.4 + (k - 1) * thickness

# Columns: the row, then the figure of each arm, then the row's name.
plot for [k = 1:arm_count] data using (0):1:(0):(column(1 + k)):(top($1, k)):(top($1, k) + thickness) \
	with boxxyerror linecolor rgb pick(colours, k) fillstyle pattern int(pick(patterns, k)) border linecolor rgb black \
	title word(arms, k), \
     data using (0):1:yticlabel(arm_count + 2) with points pointsize 0 notitle
