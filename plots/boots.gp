# SPDX-License-Identifier: GPL-2.0-only
# Every boot as a dot, a panel for each row and a lane for each arm. In: as style.gp, and panels, arms, baseline, leasts
# (the range that a panel has at least, on both sides of 0).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 3 ? panel_count : panel_count > 300 ? (panel_count + 99) / 100 : 3
lines = (panel_count + columns - 1) / columns
names = 125
panel_height = 20 + 15 * arm_count
width = columns == 1 ? 760 : names + 25 + (columns == 2 ? 400 : 310) * columns
height = 150 + (panel_height + 58) * lines - 58
load "style.gp"

set yrange [arm_count + 0.7 : 0.3]
set grid xtics linecolor rgb pale linetype 1
set key off
set xtics autofreq 1,1 offset 0, 0.4
set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb black linewidth 0.8 back
set label 5 "gain of a boot over the median of ".baseline." in percent: right of 0 is faster; each panel has its own axis" \
	at screen 0.5, screen pixels(14) center

set multiplot layout lines, columns \
	margins screen names / real(width), screen 1 - 25.0 / width, screen pixels(50), screen 1 - pixels(top_pixels + 22) \
	spacing screen 30.0 / width, screen pixels(58)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.7
	set ytics () scale 0
	set for [a = 1:arm_count] ytics add ((p - 1) % columns == 0 ? arms[a] : "" a)
	least = leasts[p] + 0
	set xrange [*:*]
	stats [*:*][*:*] data index 2 * (p - 1) using 1 name "dots" nooutput
	low = dots_min < -least ? dots_min : -least
	high = dots_max > least ? dots_max : least
	set xrange [low - 0.06 * (high - low) : high + 0.06 * (high - low)]
	# Some five ticks: 1, 2 or 5 times a power of ten.
	step = 10.0 ** floor(log10((high - low) / 4.0))
	share = (high - low) / 4.0 / step
	set xtics step * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10)
	plot data index 2 * (p - 1) using 1:2:(arm_rgb[turn(int($3))]) with points pointtype 7 pointsize 0.45 \
		linecolor rgb variable notitle, \
	     data index 2 * (p - 1) + 1 using 1:($2 - 0.42):(0):(0.84) with vectors nohead linewidth 2.2 linecolor rgb black \
		notitle, \
	     data index 2 * (p - 1) + 1 using (0):2:3 with labels left offset 1, 0 notitle
}
unset multiplot
