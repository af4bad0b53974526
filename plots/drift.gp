# SPDX-License-Identifier: GPL-2.0-only
# How each row moves over the blocks, a panel for each arm. In: as style.gp, and arms, blocks, limit (where the axis ends, in
# percent), beyond (how many boots lie outside of it).

arm_count = |arms|
width = 900
height = 163 + 139 * arm_count
load "style.gp"

set xrange [0.5 : blocks + 0.5]
if (blocks < 12) { set xtics 1 }
set yrange [-1.08 * limit : 1.08 * limit]
set ytics nice(2 * limit)
set grid xtics ytics linecolor rgb pale linetype 1
set key off
set multiplot layout arm_count, 1 \
	margins screen 80.0 / width, screen 1 - 25.0 / width, screen pixels(78), screen 1 - pixels(top_pixels + 22) \
	spacing screen 0, screen pixels(38)
do for [a = 1:arm_count] {
	if (a == 2) { unset label }
	set title arms[a] offset 0, -0.7
	set ylabel "percent" offset 1, 0
	if (a == arm_count) { set xlabel "block" offset 0, 0.4; set format x "%g" } else { unset xlabel; set format x "" }
	plot data index 2 * (a - 1) using 1:2 with lines linecolor rgb grey linewidth 0.6 notitle, \
	     data index 2 * (a - 1) using 1:($3 > limit * 1.000001 ? 1.04 * limit : NaN) with points pointtype 9 pointsize 0.7 \
		linecolor rgb vermillion notitle, \
	     data index 2 * (a - 1) using 1:($3 < -limit * 1.000001 ? -1.04 * limit : NaN) with points pointtype 11 pointsize 0.7 \
		linecolor rgb vermillion notitle, \
	     data index 2 * (a - 1) + 1 using 1:2 with linespoints linecolor rgb black linewidth 2 pointtype 7 pointsize 0.6 \
		notitle
}

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
set xrange [0:1]
set yrange [0:1]
set key at screen 0.5, screen pixels(14) center center horizontal samplen 3 width 2
if (beyond > 0) {
	plot NaN with lines linecolor rgb grey linewidth 0.6 title "a row", \
	     NaN with linespoints linecolor rgb black linewidth 2 pointtype 7 pointsize 0.6 title "median over the rows", \
	     NaN with points pointtype 9 pointsize 0.7 linecolor rgb vermillion title "a boot beyond the axis"
} else {
	plot NaN with lines linecolor rgb grey linewidth 0.6 title "a row", \
	     NaN with linespoints linecolor rgb black linewidth 2 pointtype 7 pointsize 0.6 title "median over the rows"
}
unset multiplot
