# SPDX-License-Identifier: GPL-2.0-only
# A series patch by patch: gain over the base, a panel for each test. In: as style.gp, and panels, names (of the kernels),
# gate_title.

rows = |names|
panel_count = |panels|
columns = panel_count < 3 ? panel_count : panel_count > 60 ? (panel_count + 19) / 20 : 3
lines = (panel_count + columns - 1) / columns
name_pixels = 350
width = name_pixels + 300 * columns
row_pixels = (29000.0 / lines - 101) / rows
row_pixels = row_pixels < 24 ? row_pixels : 24
height = 183 + lines * (101 + row_pixels * rows)
load "style.gp"

set yrange [rows + 0.6 : 0.4]
set offsets graph 0.06, graph 0.18, 0, 0
set grid xtics linecolor rgb pale linetype 1
set bars 0.5
set key off
set arrow from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb black linewidth 1 front

# The value of a step with that verdict; no value elsewhere.
gain_of(verdict) = column(5) == verdict ? column(2) : NaN

set multiplot layout lines, columns \
	margins screen name_pixels / real(width), screen 1 - 20.0 / width, screen pixels(108), screen 1 - pixels(112) \
	spacing screen 50.0 / width, screen pixels(101)
do for [p = 1:panel_count] {
	if (p == 2) { unset label }
	set title panels[p] offset 0, -0.5
	set xlabel "gain over the base in percent" offset 0, 0.3
	set ytics ()
	set for [i = 1:rows] ytics add ((p - 1) % columns == 0 ? names[i] : "" i)
	plot data index 2 * (p - 1) using (0):1:6:7:($1 - 0.5):($1 + 0.5) with boxxyerror \
		linecolor rgb "#DDDDDD" fillstyle solid 1.0 noborder notitle, \
	     data index 2 * (p - 1) + 1 using 1:2 with lines linecolor rgb black linewidth 1.2 notitle, \
	     for [v = 1:4] data index 2 * (p - 1) using (gain_of(v - 1)):1:3:4 with xerrorbars \
		linecolor rgb verdict_colour[v] linewidth 1.6 pointtype verdict_shape[v] pointsize 0 notitle, \
	     for [v = 1:4] data index 2 * (p - 1) using (gain_of(v - 1)):1 with points linecolor rgb verdict_colour[v] \
		pointtype verdict_shape[v] pointsize 1.3 notitle, \
	     data index 2 * (p - 1) using 8:1:10 with labels left offset 1, 0 notitle
}

# The key of all panels: an empty plot over the bottom.
unset label
unset arrow
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
set key at screen 0.5, screen pixels(18) center center horizontal maxrows 1 samplen 1.5 width 1
plot for [v = 1:4] NaN with points linecolor rgb verdict_colour[v] pointtype verdict_shape[v] pointsize 1.3 title "this patch: ".verdict_name[v], \
     NaN with boxes linecolor rgb "#DDDDDD" fillstyle solid 1.0 noborder title gate_title
unset multiplot
