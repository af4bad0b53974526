# SPDX-License-Identifier: GPL-2.0-only
# Figures in the order of time, panel by panel. In: as style.gp, and panels, arms, unit (of the horizontal axis).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 2 ? 1 : panel_count > 200 ? (panel_count + 99) / 100 : 2
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 800 : 500 * columns
height = 132 + 248 * lines
load "style.gp"

set yrange [0:0<*]
set xrange [*:*] noextend
set offsets graph 0.03, graph 0.03, graph 0.05, 0
set grid ytics linecolor rgb pale linetype 1
set key off
set multiplot layout lines, columns \
	margins screen 75.0 / width, screen 1 - 25.0 / width, screen pixels(102), screen 1 - pixels(110) \
	spacing screen 75.0 / width, screen pixels(94)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	stats [*:*][*:*] data index (p - 1) * arm_count : p * arm_count - 1 using 2 name "panel" nooutput
	set format y (panel_max < 10000 ? "%g" : "%.0s%c")
	set xlabel unit offset 0, 0.3
	plot for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 using 1:2 with linespoints \
		linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] pointtype arm_shape[turn(a)] pointsize 0.7 \
		linewidth 1.4 notitle
}

# The key of all panels: an empty plot over the bottom.
unset label
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen pixels(40)
unset title
unset xlabel
unset tics
unset grid
unset border
set offsets 0, 0, 0, 0
set xrange [0:1]
set yrange [0:1]
set key at screen 0.5, screen pixels(18) center center horizontal samplen 4 width 2
if (arm_count > 1) {
	plot for [a = 1:arm_count] NaN with linespoints linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] \
		pointtype arm_shape[turn(a)] linewidth 1.4 title arms[a]
}
unset multiplot
