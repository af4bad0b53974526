#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The board runner against the stand-in board, in the cases of the drill that take least time. `make drill-board` has all.

. "$(dirname "$0")/lib.sh"

standin=$TOP/tests/board/standin.sh

"$standin" image >"$scratch/out" 2>"$scratch/err"
case $? in
0) ;;
77) skip_all "$(tail -n 1 "$scratch/err")" ;;
*) ok 1 "the stand-in board's image is built"; done_testing; exit 1 ;;
esac

# Each step of it has a limit; this one is for what nobody thought of.
for case in busy host-key panic-run; do
	timeout 1200 "$TOP/tests/board/drill.sh" --out "$scratch/drill" --runs 1 --loops 2000 "$case" \
		>"$scratch/out" 2>"$scratch/err"
	ok $? "drill: $case"
	note "$(tail -n 1 "$scratch/out")"
done
done_testing
