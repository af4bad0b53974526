# SPDX-License-Identifier: GPL-2.0-only
# Percentile curves of one function, a panel for each cell. In: as style.gp, and panels, arms, unit, suffixes (of 1, 10^3, 10^6,
# 10^9; "_": none).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 3 ? panel_count : panel_count > 180 ? (panel_count + 89) / 90 : 2
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 800 : 500 * columns
height = 130 + 330 * lines
load "style.gp"

# Arms stand beside each other, not on top of each other.
beside(x, arm) = x * 1.06 ** (arm - (arm_count + 1) / 2.0)

set logscale x 10
set logscale y 10
set xrange [1:*] noextend
set yrange [*:*] noextend
set xtics ("0" 1, "50" 2, "90" 10, "99" 100, "99.9" 1000, "99.99" 10000, "99.999" 100000, "99.9999" 1000000)
suffix(power) = word(suffixes, power / 3 + 1) eq "_" ? "" : " ".word(suffixes, power / 3 + 1)
tick(factor, power) = sprintf("%d%s", factor * 10 ** (power % 3), suffix(power))
set ytics ("1" 1)
# 1, 2 and 5 where there is room.
stats [*:*][*:*] data using 2 name "figures" nooutput
crowded = figures_max > 0 && log10(figures_max / (figures_min < 1 ? 1 : figures_min)) > 4
do for [power = 0:11] {
	set ytics add (tick(1, power) 1 * 10.0 ** power)
	if (!crowded) { set ytics add (tick(2, power) 2 * 10.0 ** power, tick(5, power) 5 * 10.0 ** power) }
}
set grid xtics ytics linecolor rgb pale linetype 1
set key off
set bars 0.6

set multiplot layout lines, columns \
	margins screen 85.0 / width, screen 1 - 35.0 / width, screen pixels(100), screen 1 - pixels(112) \
	spacing screen 85.0 / width, screen pixels(95)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	set xlabel "percent of calls that took no longer" offset 0, 0.3
	set ylabel unit
	plot for [a = 1:arm_count] data index ((p - 1) * arm_count + a - 1) * 2 using 1:2 with lines \
		linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] linewidth 1.6 notitle, \
	     for [a = 1:arm_count] data index ((p - 1) * arm_count + a - 1) * 2 + 1 \
		using (beside($1, a)):2:3:4 with yerrorbars linecolor rgb arm_colour[turn(a)] \
		pointtype arm_shape[turn(a)] pointsize 0.9 linewidth 1.2 notitle
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
plot for [a = 1:arm_count] NaN with linespoints linecolor rgb arm_colour[turn(a)] dashtype arm_dash[turn(a)] \
	pointtype arm_shape[turn(a)] linewidth 1.6 title arms[a]
unset multiplot
