# SPDX-License-Identifier: GPL-2.0-only
# Distributions of one function, a panel for each cell. In: as style.gp, and panels, arms, unit, suffixes (of 1, 10^3, 10^6,
# 10^9; "_": none).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 3 ? panel_count : panel_count > 180 ? (panel_count + 89) / 90 : 2
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 800 : 500 * columns
height = 130 + 330 * lines
load "style.gp"

set logscale x 10
set xrange [*:*] noextend
set yrange [0:*]
suffix(power) = word(suffixes, power / 3 + 1) eq "_" ? "" : " ".word(suffixes, power / 3 + 1)
tick(factor, power) = sprintf("%d%s", factor * 10 ** (power % 3), suffix(power))
set xtics ("1" 1)
# 1, 2 and 5 where there is room.
stats [*:*][*:*] data using 1 name "figures" nooutput
crowded = figures_max > 0 && log10(figures_max / (figures_min < 1 ? 1 : figures_min)) > 2.5
do for [power = 0:11] {
	set xtics add (tick(1, power) 1 * 10.0 ** power)
	if (!crowded) { set xtics add (tick(2, power) 2 * 10.0 ** power, tick(5, power) 5 * 10.0 ** power) }
}
set grid xtics ytics linecolor rgb pale linetype 1
set key off

set multiplot layout lines, columns \
	margins screen 85.0 / width, screen 1 - 35.0 / width, screen pixels(100), screen 1 - pixels(112) \
	spacing screen 85.0 / width, screen pixels(95)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	set xlabel unit offset 0, 0.3
	set ylabel "percent of the calls"
	plot for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 using 1:2 with lines \
		linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] linewidth 1.6 notitle
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
set key at screen 0.5, screen pixels(18) center center horizontal samplen 4 width 2
plot for [a = 1:arm_count] NaN with lines linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] \
	linewidth 1.6 title arms[a]
unset multiplot
