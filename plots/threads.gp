# SPDX-License-Identifier: GPL-2.0-only
# Time against threads, one panel per test. In: as style.gp, and panels, arms, ticks, unit.

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 4 ? panel_count : panel_count > 300 ? (panel_count + 99) / 100 : 3
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 760 : 380 * columns
height = 125 + 296 * lines
load "style.gp"

# Arms stand beside each other, not on top of each other.
beside(threads, arm) = threads * 1.035 ** (arm - (arm_count + 1) / 2.0)

stats [*:*] data using 1 name "threads" nooutput
set xrange [threads_min / 1.35 : threads_max * 1.35]
set logscale x 2
set xtics ()
set for [i = 1:words(ticks)] xtics add (word(ticks, i) word(ticks, i) + 0)
set yrange [0:*]
set grid ytics linecolor rgb pale linetype 1
set key off
set bars 0.6

set multiplot layout lines, columns \
	margins screen 75.0 / width, screen 1 - 20.0 / width, screen pixels(108), screen 1 - pixels(112) \
	spacing screen 75.0 / width, screen pixels(92)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	set xlabel "threads" offset 0, 0.5
	set ylabel unit
	plot for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 \
		using (beside($1, a)):2:3:4 with yerrorbars linecolor rgb arm_colour[turn(a)] \
		pointtype arm_shape[turn(a)] pointsize 0.9 linewidth 1.4 notitle, \
	     for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 \
		using (beside($1, a)):2 with lines linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] \
		linewidth 1.2 notitle
}

# The key of all panels: an empty plot over the bottom.
unset label
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen pixels(40)
unset title
unset xlabel
unset ylabel
unset tics
unset grid
unset border
unset logscale
set xrange [0:1]
set yrange [0:1]
set key at screen 0.5, screen pixels(18) center center horizontal samplen 3 width 2
plot for [a = 1:arm_count] NaN with linespoints linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] \
	pointtype arm_shape[turn(a)] linewidth 1.4 title arms[a]
unset multiplot
