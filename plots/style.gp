# SPDX-License-Identifier: GPL-2.0-only
# What all charts share. In: format (svg, png), stem, width, height. The colours are those of
# Okabe and Ito, which colour-blind people can tell apart; shapes differ too.

set encoding utf8
if (format eq "svg") {
	set terminal svg noenhanced size width, height font "DejaVu Sans,11" background "white"
} else {
	set terminal pngcairo noenhanced size width, height font "DejaVu Sans,10" background "white"
}
set output stem.".".format
data = stem.".dat"
set datafile missing "NaN"

black = "#000000"
blue = "#0072B2"
vermillion = "#D55E00"
green = "#009E73"
purple = "#CC79A7"
orange = "#E69F00"
sky = "#56B4E9"
grey = "#7F7F7F"
