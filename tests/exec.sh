#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs one test for prove: a shell test, or a GLib test program, which has to be told to speak TAP. The make that runs
# the tests is no business of the makes that they run: its jobserver is out of their reach.
unset MAKEFLAGS MFLAGS MAKELEVEL
case $1 in
*.t) exec bash "$@" ;;
*) exec "$@" --tap ;;
esac
