# SPDX-License-Identifier: GPL-2.0-only
# Gain per row with its interval. In: as style.gp, and names (of rows), gate_title, aa_title.

rows = |names|
width = 1000
height = 222 + (rows < 1200 ? 24 * rows : 28800)
load "style.gp"

set tmargin at screen 1 - pixels(top_pixels)
set bmargin at screen pixels(119)
set rmargin at screen 1 - 25.0 / width
set xlabel "gain in percent, right of 0 is faster: 100 (t(baseline) / t(candidate) - 1)"
set yrange [rows + 0.6 : 0.4]
set ytics ()
set for [i = 1:rows] ytics add (names[i] i)
set grid xtics linecolor rgb pale linetype 1
set bars 0.5
set key at screen 0.5, screen pixels(30) center center horizontal maxrows 1 samplen 1.5 width 1
set arrow from first 0, graph 0 to first 0, graph 1 nohead linecolor rgb black linewidth 1 front

# The value of a row with that verdict; no value elsewhere.
gain_of(verdict) = column(5) == verdict ? column(2) : NaN

plot data using (0):1:6:7:($1 - 0.5):($1 + 0.5) with boxxyerror \
	linecolor rgb "#DDDDDD" fillstyle solid 1.0 noborder title gate_title, \
     data using (0):1:8:9:($1 - 0.28):($1 + 0.28) with boxxyerror \
	linecolor rgb "#B5DCF5" fillstyle solid 1.0 noborder title aa_title, \
     for [v = 1:4] data using (gain_of(v - 1)):1:3:4 with xerrorbars linecolor rgb verdict_colour[v] linewidth 1.6 \
	pointtype verdict_shape[v] pointsize 0 notitle, \
     for [v = 1:4] data using (gain_of(v - 1)):1 with points linecolor rgb verdict_colour[v] \
	pointtype verdict_shape[v] pointsize 1.3 notitle, \
     for [v = 1:4] NaN with points linecolor rgb verdict_colour[v] pointtype verdict_shape[v] pointsize 1.3 \
	title verdict_name[v], \
     data using (0):1:11 with labels left offset 1, 0 notitle
