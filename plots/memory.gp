# SPDX-License-Identifier: GPL-2.0-only
# Sizes, a panel for each figure, a bar for each arm. In: as style.gp, and panels, arms.

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 2 ? 1 : 2
lines = (panel_count + columns - 1) / columns
longest = 0
do for [a = 1:arm_count] { longest = strlen(arms[a]) > longest ? strlen(arms[a]) : longest }
names = 40 + 7.3 * longest
panel_height = 26 + (arm_count < 1000 ? 20 : 20000.0 / arm_count) * arm_count
width = 2 * 400 + names + 55
height = 116 + (panel_height + 62) * lines
load "style.gp"

set yrange [arm_count + 0.6 : 0.4]
set grid xtics linecolor rgb pale linetype 1
set format x "%.0f"
set key off
set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb black linewidth 1 front

set multiplot layout lines, columns \
	margins screen names / real(width), screen 1 - 25.0 / width, screen pixels(36), screen 1 - pixels(top_pixels + 22) \
	spacing screen 30.0 / width, screen pixels(62)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.7
	set ytics () scale 0
	set for [a = 1:arm_count] ytics add ((p - 1) % columns == 0 ? arms[a] : "" a)
	stats [*:*][*:*] data index p - 1 using 2 name "size" nooutput
	low = size_min < 0 ? size_min : 0
	high = size_max > 0 ? size_max : 0
	set xrange [low - (low < 0 ? 0.06 : 0) * (high - low) : high + 0.42 * (high - low)]
	set xtics nice(high - low)
	plot for [k = 0:1] data index p - 1 every ::k::(k ? arm_count : 0) using (0):1:(0):2:($1 - 0.36):($1 + 0.36) \
		with boxxyerror linecolor rgb (k ? "#A6D3EF" : "#6B6B6B") fillstyle solid 1.0 border linecolor rgb black notitle, \
	     data index p - 1 using ($2 > 0 ? $2 : 0):1:4 with labels left offset 0.8, 0 notitle
}
unset multiplot
