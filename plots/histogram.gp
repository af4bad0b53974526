# SPDX-License-Identifier: GPL-2.0-only
# Distributions of one function, a panel for each cell. In: as style.gp, and panels, arms, unit, suffixes (of 1, 10^3, 10^6,
# 10^9; "_": none).

panel_count = |panels|
arm_count = |arms|
columns = panel_count < 3 ? panel_count : panel_count > 180 ? (panel_count + 89) / 90 : 2
lines = (panel_count + columns - 1) / columns
width = columns == 1 ? 800 : 500 * columns
height = 138 + 336 * lines
load "style.gp"

# The first arm is filled, the second drawn through; dashes hide the tops of bars.
dash(arm) = arm < 3 ? 1 : arm_dash[turn(arm)]

set logscale x 10
set yrange [0:*]
suffix(power) = word(suffixes, power / 3 + 1) eq "_" ? "" : " ".word(suffixes, power / 3 + 1)
thousands(value) = value < 1e3 ? 0 : value < 1e6 ? 3 : value < 1e9 ? 6 : 9
tick(value) = sprintf("%g%s", value / 10 ** thousands(value), suffix(thousands(value)))
set grid xtics ytics linecolor rgb pale linetype 1
set key off

set multiplot layout lines, columns \
	margins screen 85.0 / width, screen 1 - 35.0 / width, screen pixels(108), screen 1 - pixels(112) \
	spacing screen 85.0 / width, screen pixels(101)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	stats [*:*][*:*] data index (p - 1) * arm_count : p * arm_count - 1 using 1 name "panel" nooutput
	low = panel_min < 1 ? 1 : panel_min
	high = panel_max < low ? low : panel_max
	set xrange [low / 1.1 : high * 1.1]
	set xtics ()
	# Powers of ten, with 2 and 5 between them where there is room; even steps where there are none.
	if (high < 6 * low) {
		step = nice(1.2 * high - low)
		do for [k = 1:12] { set xtics add (tick(step * (floor(low / step) + k - 1)) step * (floor(low / step) + k - 1)) }
	} else {
		do for [power = 0:11] {
			set xtics add (tick(10.0 ** power) 10.0 ** power)
			if (log10(high / low) < 2.5) {
				set xtics add (tick(2 * 10.0 ** power) 2 * 10.0 ** power, tick(5 * 10.0 ** power) 5 * 10.0 ** power)
			}
		}
	}
	set xlabel unit offset 0, 0.3
	set ylabel "percent of the calls"
	plot data index (p - 1) * arm_count using 1:2 with filledcurves y1=0 linecolor rgb "#D4D4D4" notitle, \
	     for [a = 1:arm_count] data index (p - 1) * arm_count + a - 1 using 1:2 with lines linecolor rgb arm_colour[turn(a)] \
		dashtype dash(a) linewidth (a == 1 ? 1 : 2) notitle
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
plot NaN with boxes fillstyle solid 1.0 border linecolor rgb black linecolor rgb "#D4D4D4" title arms[1], \
     for [a = 2:arm_count] NaN with lines linecolor rgb arm_colour[turn(a)] dashtype dash(a) linewidth 2 title arms[a < arm_count ? a : arm_count]
unset multiplot
