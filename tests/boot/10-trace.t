#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tracing pass: it counts every call of a known load, loses none, and leaves the timed pass as it is without it.

. "$(dirname "$0")/lib.sh"

# Areas that a load of the module has beside its loops: its file, its sections, the stacks of its threads.
most_extra=16

need_qemu
need_kernels

with_loops() # LOOPS FILE: the counted plan
{
	sed "s/loops: 2000/loops: $1/" "$plans/trace-counted.yaml" >"$2"
}

calls() # FUNCTION: "ARM CELL LOAD COUNT" of each load that was watched
{
	jq -r --arg function "$1" 'select(.t == "hist" and .function == $function) |
		"\(.arm) \(.cell) \(.load) \(.count)"' "$run/journal.jsonl" | sort
}

probed_loads() # STATE
{
	count_of "select(.t == \"load\" and .probe == \"$1\")"
}

# The two threads that a load starts take their stacks from the kernel's cache of them, once earlier loads have filled it:
# how soon, their lengths decide.
warm_calls()
{
	calls alloc_vmap_area | awk '$3 >= 2'
}

extra_calls() # LOOPS: what each load has beside them
{
	calls alloc_vmap_area | while read -r _ cell _ calls; do echo $((calls - $1 * ${cell##*/})); done
}

all_counted() # LOOPS
{
	extra_calls "$1" | awk -v most=$most_extra '$1 < 1 || $1 > most { bad = 1 } END { exit bad || NR == 0 }'
}

nothing_lost()
{
	[ "$(count_of 'select(has("lost") and .lost > 0)')" = 0 ]
}

# Of the loads of a timed boot; with the pass, those of its own boots are left out.
timed_loads() # RUN
{
	jq -c 'select(.t == "load" and (has("probe") | not)) | [.boot, .cell, .load, .workers_us]' "$1/journal.jsonl"
}

traced_sweep() # NAME PLAN LOADS: of each state
{
	run sweep "$2" --out "$run"
	check "$1: the sweep ends with status 0" [ "$status" = 0 ]
	for state in off loaded attached; do
		check "$1: every cell was run in the state $state" [ "$(probed_loads $state)" = "$3" ]
	done
	check "$1: no event was lost" nothing_lost
	note "$1: $(journal 'select(.t == "trace" and .state == "attached") | .collectors[] | [.collector, .backend]' |
		sort | uniq -c | paste -sd';')"
}

run=$scratch/short
with_loops 2000 "$scratch/2000.yaml"
traced_sweep "counted" "$scratch/2000.yaml" 8
note "counted: calls beside the loops: $(extra_calls 2000 | paste -sd' ')"
check "counted: each load has its loops, and few calls more" all_counted 2000
check "counted: the loads with warm stacks are there" [ "$(warm_calls | wc -l)" = 4 ]
warm_calls >"$scratch/short-calls"

run=$scratch/long
with_loops 5000 "$scratch/5000.yaml"
traced_sweep "counted, more loops" "$scratch/5000.yaml" 8
check "counted: 3000 loops more are 3000 calls more, in each load with warm stacks" \
	cmp -s <(warm_calls) <(awk '{ print $1, $2, $3, $4 + 3000 }' "$scratch/short-calls")

run=$scratch/untraced
sed '/^trace:/d' "$scratch/2000.yaml" >"$scratch/untraced.yaml"
run sweep "$scratch/untraced.yaml" --out "$run"
check "without the pass there are no traced boots" [ "$(count_of 'select(.traced or .probe)')" = 0 ]
check "and the timed loads are the same, to the last digit" \
	cmp -s <(timed_loads "$scratch/short") <(timed_loads "$run")

run=$scratch/timed
traced_sweep "timed" "$plans/trace.yaml" 8
note "timed: calls beside the loops: $(extra_calls 2000 | paste -sd' ')"
check "timed: each load has its loops, and few calls more" all_counted 2000
check "timed: both collectors were attached" \
	[ "$(journal 'select(.t == "trace" and .state == "attached") | .collectors[].collector' | sort -u | wc -l)" = 2 ]

# A harness that was killed in a traced boot: that boot alone is made again.
run=$scratch/killed
cp -r "$scratch/short" "$run"
line=$(grep -n '"probe":"' "$run/journal.jsonl" | head -n 1 | cut -d: -f1)
head -n "$line" "$scratch/short/journal.jsonl" >"$run/journal.jsonl"
run sweep --resume "$run"
check "a run that ended in a traced boot is completed" [ "$status" = 0 ]
check "by one more attempt at that boot, and by what was not begun" \
	[ "$(count_of 'select(.event == "start" and .traced)')" = 3 ]
check "which are whole" [ "$(count_of 'select(.t == "load" and (.boot | endswith("+1")))')" = 12 ]
check "no timed boot was made again" [ "$(count_of 'select(.event == "start" and (.traced | not))')" = 2 ]

run=$scratch/refused
run sweep "$plans/trace-refused.yaml" --out "$run"
check "a kernel that refuses the backend: status 1" [ "$status" = 1 ]
check "the arm's tracing pass is given up" said "arm interpreted: its tracing pass was given up"
check "for the reason that the kernel gave" said "fsession: "
check "it was tried once" [ "$(count_of 'select(.event == "start" and .traced and .arm == "interpreted")')" = 1 ]
check "its timed boots are whole" [ "$(timed_loads "$run" | wc -l)" = 4 ]
check "and the other arm's traced ones" [ "$(probed_loads attached)" = 2 ]
before=$(wc -l <"$run/journal.jsonl")
run sweep --resume "$run"
check "--resume has nothing left to do, and says the same" [ "$status" = 1 ]
check "no boot was added" [ "$(count_of 'select(.t == "boot")')" = "$(head -n "$before" "$run/journal.jsonl" | jq -c 'select(.t == "boot")' | wc -l)" ]
done_testing
