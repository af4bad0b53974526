#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The baselines of kernels/free-tree and kernels/vfree-bulk, and the series of kernels/maple: every test of 7.3 passes on
# them, and each differs from stock where it has to, and not elsewhere.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

run=$scratch/all
run sweep "$plans/comparisons.yaml" --out "$run"
check "every test passes" [ "$status" = 0 ]
check "on all" [ "$(count_of 'select(.t == "boot" and .event == "end" and .class == "ok")')" = 3 ]

run=$scratch/counted
run sweep "$plans/comparisons-counted.yaml" --out "$run"
check "they run in counted mode" [ "$status" = 0 ]
"$VMAPBENCH" compare "$run" --format json >"$scratch/json"
cost() # ARM CELL: its figure as a multiple of stock's
{
	jq -r --arg arm "$1" --arg cell "$2" '.arms[] | select(.name == $arm) | .rows[] | select(.cell == $cell) |
		.candidate_median / .baseline_median' "$scratch/json"
}
within() # NAME ARM CELL LOW HIGH
{
	note "$2 takes $(cost "$2" "$3") times the instructions of stock in $3"
	check "$1" awk -v cost="$(cost "$2" "$3")" -v low="$4" -v high="$5" 'BEGIN { exit !(cost >= low && cost <= high) }'
}
within "a walk past 15,000 areas is slow" walk long_busy_list_alloc_test/1 2 20
within "the hint spares the others the walk" walk fix_size_alloc_test/1/p1 0.7 1.1
within "pages that are freed one by one are slow" one-by-one fix_size_alloc_test/1/p16 1.4 4
within "one page is one page" one-by-one fix_size_alloc_test/1/p1 0.8 1.1
within "small areas come from a chunk" maple fix_size_alloc_test/1/p1 0.3 0.9
check "and an area has 48 bytes" [ "$(jq '.arms[] | select(.name == "maple") | .kernel.vmap_area.bytes' "$run/manifest.json")" = 48 ]
done_testing
