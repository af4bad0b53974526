#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A plan that lists machines makes a whole run for each of them, and goes on with what any of them lacks.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

rows=8 loads=2		# of each machine of machines.yaml
plan=$plans/machines.yaml all=$scratch/all
run build "$plan"
check "one set of kernels is enough for one architecture" [ "$(grep -c '^stock' "$scratch/out")" = 1 ]
check "for both machines" grep -qx 'x86_64 of one, two' "$scratch/out"

run=$all/one
start "$plan" --out "$all"
wait_until 120 has_more 0 'select(.t == "load")'
kill -INT "$sweep_pid"
finish
check "an interruption ends with status 1" [ "$status" = 1 ]
check "and says how to go on" said "\`vmapbench sweep --resume $all\` goes on with what is missing"
check "the machine that follows has not begun" [ "$(count_of 'select(.t == "boot")' "$all/two")" = 0 ]
check "it can be compared as far as it is" eval '"$VMAPBENCH" compare "$all" >"$scratch/out"'

run sweep --resume "$all"
check "--resume completes all with status 0" [ "$status" = 0 ]
for machine in one two; do
	check "$machine: all rows, none twice" is_complete "$all/$machine" $rows $loads
	check "$machine: the manifest says which it is" [ "$(jq -r .target.machine "$all/$machine/manifest.json")" = $machine ]
	check "$machine: consoles of its own" [ "$(find "$all/$machine/console" -name '*.log' | wc -l)" -ge 4 ]
done
check "each boot had the CPUs of its machine" [ "$(journal 'select(.event == "up") | .cpus_online' "$all/one" | sort -u)-$(
	journal 'select(.event == "up") | .cpus_online' "$all/two" | sort -u)" = 1-2 ]
check "a table each" [ "$(grep -c '^machine [a-z]*: qemu x86_64 (max' "$scratch/out")" = 2 ]

cp -r "$all" "$scratch/before"
run sweep --resume "$all"
check "there is nothing to go on with" [ "$status" = 0 ]
check "so that nothing is booted" [ "$(cat "$all"/*/journal.jsonl | grep -c '"boot"')" = "$(cat "$scratch"/before/*/journal.jsonl | grep -c '"boot"')" ]
run sweep --resume "$all/two"
check "a run of one machine is a run" [ "$status" = 0 ]
run compare "$all/one" "$all/two"
check "two machines are not compared" [ "$status" = 1 ]
check "as their CPUs differ" grep -q '^ *+machine.smp: 2' "$scratch/out"

# A machine that has no run gets it from the plan as it was.
rm -r "$all/two"
run sweep --resume "$all"
check "--resume makes a run that is missing" [ "$status" = 0 ]
check "as a whole" is_complete "$all/two" $rows $loads

run sweep "$plan" --machine two --out "$scratch/chosen"
check "--machine leaves the others out" [ "$(find "$scratch/chosen" -name journal.jsonl)" = "$scratch/chosen/two/journal.jsonl" ]
done_testing
