#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Modules that come and go, and a soak of them: a report ends one arm and not the other, a module that leaves something
# behind is found, and what a load of one takes in instructions repeats.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

run=$scratch/counted
run sweep "$plans/module-load-counted.yaml" --out "$run"
check "counted: the sweep ends with status 0" [ "$status" = 0 ]
check "counted: every row was measured" [ "$(count_of 'select(.t == "load")')" = 16 ]
figures() # ARM
{
	journal "select(.t == \"load\" and .arm == \"$1\") | [.cell, .load, .workers_us, .wall_us]" | sort
}
check "counted: two boots say the same, to the last digit" [ "$(figures stock)" = "$(figures aa)" ]
cost() # CELL: instructions / 1000 of its first load
{
	journal "select(.t == \"load\" and .arm == \"stock\" and .cell == \"$1\" and .load == 0) | .workers_us[0]"
}
note "50 loads: $(cost module_load/1), of a file of 64 pages $(cost module_load/1/p64), with the removal $(cost module_soak/1)"
check "counted: a larger file takes longer" [ "$(cost module_load/1/p64)" -gt "$(cost module_load/1)" ]
check "counted: so does the removal" [ "$(cost module_soak/1)" -gt "$(cost module_load/1)" ]

run=$scratch/leak
run sweep "$plans/module-leak.yaml" --out "$run"
check "a module that leaks: status 3" [ "$status" = 3 ]
check "it is named, with what there is more of" eval '
	[ "$(count_of "select(.t == \"splat\" and .kind == \"leak\" and .cell == \"drill-leak/2\")")" -ge 1 ] &&
	said "60 of 480 KiB of them from code that is gone"'
note "$(journal 'select(.t == "splat") | .text' | head -n 1)"

run=$scratch/soak
start_soak()
{
	"$VMAPBENCH" soak "$@" >"$scratch/out" 2>"$scratch/err" &
	sweep_pid=$!
}
start_soak "$plans/soak.yaml" --for 60s --out "$run"
wait_more 0 'select(.event == "up")'
kill -INT "$sweep_pid"
finish
check "a soak can be interrupted" [ "$status" = 1 ]
check "and says how to go on" said "go on with: vmapbench soak --resume $run"
run soak --resume "$run"
check "resumed: it ends with the status of a kernel that failed" [ "$status" = 3 ]
check "the arm that warns was left after its report" \
	[ "$(count_of 'select(.event == "end" and .arm == "warn" and .class == "kernel")')" = 1 ]
check "the other one went on" [ "$(count_of 'select(.event == "end" and .arm == "stock" and .class == "ok")')" -ge 2 ]
seconds=$(journal 'select(.event == "end") | (.boot_s // 0) + (.loads_s // 0)' | jq -s "add | floor")
check "for as long as was asked for: $seconds s" [ "$seconds" -gt 45 ]
"$VMAPBENCH" compare "$run" --format json >"$scratch/json" 2>"$scratch/err"
check "the summary has the report, once" [ "$(jq -c '[.splats[] | [.arm, .kind, .count]]' "$scratch/json")" = '[["warn","warn",1]]' ]
check "and what the clean arm did" [ "$(jq '.arms[0] | .arm == "stock" and .failed == null and .cycles >= 2 and
	.module_loads >= .cycles * 63 and .leaks == 0' "$scratch/json")" = true ]
note "$(jq -c '.arms[] | [.arm, .boots, .cycles, .loads, .module_loads, .guest_s]' "$scratch/json" | paste -sd' ')"
run compare "$run" --gate
check "a soak has no gate" [ "$status" = 2 ]
run compare "$run" "$run"
check "and is not compared" eval '[ "$status" = 2 ] && said "whose figures are not compared"'
done_testing
