# SPDX-License-Identifier: GPL-2.0-only
# Time against threads, one panel per test. In: plots, stem, format, heading, figures, machine, panels,
# arms, ticks, unit.

panel_count = words(panels)
arm_count = words(arms)
columns = panel_count < 4 ? panel_count : 3
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 760 : 380 * columns
height = 100 + 290 * lines
load plots."/style.gp"

colours = black." ".blue." ".vermillion." ".green." ".purple." ".orange." ".sky
shapes = "7 5 9 13 11 4 6"
pick(list, i) = word(list, (i - 1) % words(list) + 1)
shape(arm) = int(pick(shapes, arm))
# Arms stand beside each other, not on top of each other.
beside(threads, arm) = threads * 1.035 ** (arm - (arm_count + 1) / 2.0)

stats [*:*] data using 1 name "threads" nooutput
set xrange [threads_min / 1.35 : threads_max * 1.35]
set logscale x 2
set for [i = 1:words(ticks)] xtics add (word(ticks, i) word(ticks, i) + 0)
set yrange [0:*]
set grid ytics linecolor rgb "#E0E0E0" linetype 1
set tics nomirror out
set border 3
set key off
set bars 0.6

pixels(n) = n / real(height)
set label 1 heading at screen 0.5, 1 - pixels(16) center
set label 2 figures at screen 0.5, 1 - pixels(34) center
set label 3 machine at screen 0.5, 1 - pixels(52) center
set multiplot layout lines, columns \
	margins screen 75.0 / width, screen 1 - 20.0 / width, screen pixels(100), screen 1 - pixels(92) \
	spacing screen 75.0 / width, screen pixels(85)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title word(panels, p) offset 0, -0.5
	set xlabel "threads" offset 0, 0.5
	set ylabel unit
	plot for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 \
		using (beside($1, a)):2:3:4 with yerrorbars linecolor rgb pick(colours, a) \
		pointtype shape(a) pointsize 0.9 linewidth 1.4 notitle, \
	     for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 \
		using (beside($1, a)):2 with lines linecolor rgb pick(colours, a) linewidth 1.2 notitle
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
set key at screen 0.5, screen pixels(18) center center horizontal samplen 2 width 2
plot for [a = 1:arm_count] NaN with linespoints linecolor rgb pick(colours, a) pointtype shape(a) \
	linewidth 1.4 title word(arms, a)
unset multiplot
