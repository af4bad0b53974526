#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The board runner against the stand-in board: a short round of the drill, of one run that is refused twice and then has
# two boots, of which one panics. `make drill-board` has all cases.

. "$(dirname "$0")/lib.sh"

need_arm64
standin=$TOP/tests/board/standin.sh limit_s=900

"$standin" image >"$scratch/out" 2>"$scratch/err"
case $? in
0) ;;
77) skip_all "$(tail -n 1 "$scratch/err")" ;;
*) ok 1 "the stand-in board's image is built"; done_testing; exit 1 ;;
esac

drill() # CASE...
{
	timeout --kill-after=200 "$limit_s" "$TOP/tests/board/drill.sh" --out "$scratch/drill" --runs 1 "$@" \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
}

# What the kernel takes to build is not of the time that the drill has.
need_kernels kernels-arm64
cases="host-key busy good panic-run"
drill $cases
if [ "$status" = 124 ]; then
	skip 1 "this machine is too slow for a board under emulation: $limit_s s were over"
	done_testing
	exit
fi
for case in $cases; do
	check "drill: $case" grep -q '^ok' "$scratch/drill/$case-1.result"
done
note "$(cat "$scratch/out")"
done_testing
