#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs one test for prove: a shell test, or a GLib test program, which has to be told to speak TAP.
case $1 in
*.t) exec bash "$@" ;;
*) exec "$@" --tap ;;
esac
