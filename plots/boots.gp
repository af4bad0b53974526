# SPDX-License-Identifier: GPL-2.0-only
# Every boot as a dot, a panel for each row and a lane for each arm. In: as style.gp, and panels, arms, baseline, gates
# (in percent, of each row: the least that a panel shows on both sides of 0).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 3 ? panel_count : panel_count == 4 ? 2 : panel_count > 300 ? (panel_count + 99) / 100 : 3
lines = (panel_count + columns - 1) / columns
longest = 0
do for [a = 1:arm_count] { longest = strlen(arms[a]) > longest ? strlen(arms[a]) : longest }
names = 25 + 7.3 * longest
lane = panel_count > 12 ? 16 : 20
panel_height = 10 + lane * arm_count
longest = 0
do for [p = 1:panel_count] { longest = strlen(panels[p]) > longest ? strlen(panels[p]) : longest }
panel_width = columns == 1 ? 600 : columns == 2 ? 400 : 310
panel_width = panel_width < 7.3 * longest ? 7.3 * longest : panel_width
width = names + 25 + panel_width * columns
height = 156 + (panel_height + 64) * lines - 64
load "style.gp"

set yrange [arm_count + 0.7 : 0.3]
set grid xtics linecolor rgb pale linetype 1
set key off
set xtics autofreq 1,1 offset 0, 0.4
set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb black linewidth 0.6 back
set label 5 "gain of a boot over the median of ".baseline." in percent: right of 0 is faster; grey band: the gate; each panel has its own axis" \
	at screen 0.5, screen pixels(14) center

set multiplot layout lines, columns \
	margins screen names / real(width), screen 1 - 25.0 / width, screen pixels(56), screen 1 - pixels(top_pixels + 22) \
	spacing screen 30.0 / width, screen pixels(64)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.7
	set ytics () scale 0
	set for [a = 1:arm_count] ytics add ((p - 1) % columns == 0 ? arms[a] : "" a)
	least = gates[p] + 0
	set xrange [*:*]
	stats [*:*][*:*] data index 2 * (p - 1) using 1 name "dots" nooutput
	low = dots_min < -least ? dots_min : -least
	high = dots_max > least ? dots_max : least
	set xrange [low - 0.06 * (high - low) : high + 0.06 * (high - low)]
	set xtics nice(high - low)
	set object 1 rectangle from first -least, graph 0 to first least, graph 1 fillcolor rgb "#EEEEEE" fillstyle solid 1.0 noborder behind
	# A bar would hide dots that lie closer than it is wide.
	is_seen(slowest, fastest) = fastest - slowest > 0.02 * (high - low)
	plot data index 2 * (p - 1) using 1:2:(arm_rgb[turn(int($3))]) with points pointtype 7 pointsize 0.5 \
		linecolor rgb variable notitle, \
	     for [edge = 1:0:-1] data index 2 * (p - 1) + 1 using (is_seen($4, $5) ? $1 : NaN):($2 - 0.44):(0):(0.88) with vectors nohead \
		linewidth edge ? 4.5 : 2 linecolor rgb edge ? "#FFFFFF" : black notitle, \
	     data index 2 * (p - 1) + 1 using (0):2:6 with labels left offset 1, 0 notitle
}
unset multiplot
