#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The profiler: its sums are the guest's own count, it does not change what it counts, it repeats to the last digit, a
# known slow-down is in its function with its size and nowhere else, and every call that is followed returns.

. "$(dirname "$0")/lib.sh"

cell=fix_size_alloc_test/1
added=$(sed -n 's/.*\.rept \([0-9]*\).*/\1/p' "$TOP/kernels/canary/slow-2-percent.patch")

need_qemu
need_kernels
"$VMAPBENCH" doctor --json | jq -e '.checks[] | select(.name == "profiler" and .mark == "ok")' >"$scratch/out" ||
	skip_all "this QEMU does not load the profiler"

# Each record of the profiler with the load's that it belongs to, which comes behind it.
pairs() # FILTER
{
	jq -sc "[.[] | select(.t == \"profile\" or .t == \"load\" or .t == \"setup\")] |
		[range(0; length; 2) as \$i | {profile: .[\$i], load: .[\$i + 1]}][] | $1" "$run/journal.jsonl"
}

all_true() # FILTER on a pair
{
	pairs "$1" >"$scratch/said"
	[ -s "$scratch/said" ] && ! grep -qvx true "$scratch/said"
}

of_arm() # ARM: what its loads were found to be
{
	pairs "select(.load.arm == \"$1\") | .profile | del(.arm, .boot, .block)"
}

timed_of() # RUN ARM: the guest's figures of the loads
{
	journal "select((.t == \"load\" or .t == \"setup\") and .arm == \"$2\") | [.load, .workers_us, .wall_us]" "$1"
}

row() # TABLE FUNCTION KEY
{
	jq -r --arg function "$2" --arg key "$3" \
		".$1[] | select(.arm == \"slow-2\" and .function == \$function) | .[\$key]" "$scratch/json"
}

is() # VALUE EXPECTED WITHIN
{
	echo "$@" | awk '{ exit !($1 != "" && $1 >= $2 - $3 && $1 <= $2 + $3) }'
}

run=$scratch/profile
run profile "$plans/profile.yaml" --counted --out "$run"
check "a plan is profiled" [ "$status" = 0 ]
check "each load has a profile before it" all_true '[.profile.t, .profile.boot, .profile.cell, .profile.load] ==
	["profile", .load.boot, .load.cell, .load.load]'
check "the sum over functions between the readings of the clock is what the clock says" \
	all_true '(.profile.timed / 1000 | floor) == .load.workers_us[0]'
check "which are two" all_true '.profile.clocks == 2'
check "the sums are those of the functions" all_true '[.profile.functions[]] as $f |
	([$f[][0]] | add) == .profile.timed and ([$f[][1]] | add) == .profile.whole'
check "no call that was followed is lost" all_true '[.profile.calls[].lost] | add == 0'
check "the second boot of an image is the first, in every digit" [ "$(of_arm stock)" = "$(of_arm aa)" ]
check "the file of the moment is gone" [ ! -e "$run/profile.jsonl" ]

run sweep "$plans/profile.yaml" --out "$scratch/plain"
check "the guest knows nothing of it" [ "$(timed_of "$run" stock)" = "$(timed_of "$scratch/plain" stock)" ]

"$VMAPBENCH" compare "$run" --format json >"$scratch/json"
note "alloc_vmap_area: $(row profile alloc_vmap_area difference) more, $added were added; total" \
	"$(row profile '[total]' difference)"
check "the slow-down is in its function, in its size" is "$(row profile alloc_vmap_area difference)" "$added" 0
# A page goes to the buddy allocator, or comes from it, between other instructions when a tick falls elsewhere: some
# hundred instructions more or fewer in a whole load, of the same kernel.
run profile "$plans/profile-ticks.yaml" --counted --out "$scratch/ticks"
"$VMAPBENCH" compare "$scratch/ticks" --format json >"$scratch/ticks.json" 2>"$scratch/err"
jq -n --slurpfile ticks "$scratch/ticks.json" --slurpfile run "$scratch/json" '
	($ticks[0].profile | group_by(.function) | map({key: .[0].function, value: (map(.difference | fabs) | max)}) |
		from_entries) as $moves |
	$run[0].profile[] | select(.arm == "slow-2" and .function != "[total]" and .function != "alloc_vmap_area") |
	select((.difference | fabs) > ([.layout, $moves[.function], 0.05] | max)) |
	"\(.function) \(.difference)"' >"$scratch/moved"
note "others beyond it: $(paste -sd';' "$scratch/moved")"
check "the ticks of one kernel were moved" [ "$(jq '[.profile[].arm] | unique | length' "$scratch/ticks.json")" = 6 ]
check "no other function moves by more than a layout does, or a tick" [ ! -s "$scratch/moved" ]
check "a loop allocates once, and the module's own areas" is "$(row lines alloc_vmap_area baseline_calls)" 2006 6
check "a call has the slow-down, with what it calls" is \
	"$(echo "$(row lines alloc_vmap_area candidate_instructions) $(row lines alloc_vmap_area baseline_instructions)" |
		awk '{ print $1 - $2 }')" "$added" 1
check "which touches no line more" is "$(row lines alloc_vmap_area candidate_data_mean)" \
	"$(row lines alloc_vmap_area baseline_data_mean)" 0.1
check "of those that it touches it writes some" is "$(row lines alloc_vmap_area baseline_written_p50)" 20 15

# What is missing is run with the profiler again.
head -n 4 "$run/journal.jsonl" >"$scratch/cut" && cp "$scratch/cut" "$run/journal.jsonl"
run sweep --resume "$run"
check "a profile that was stopped goes on" [ "$status" = 0 ]
check "with the same profiles" [ "$(of_arm stock | sort -u)" = "$(of_arm aa | sort -u)" ]
check "of all loads" [ "$(count_of 'select(.t == "profile")')" -ge 8 ]

run=$scratch/storm
run profile "$plans/profile-storm.yaml" --counted --out "$run" --function alloc_vmap_area --function no_such_function
check "loads without the module are profiled" [ "$status" = 0 ]
check "nobody reads the clock there" all_true '.profile.clocks == 0 and .profile.timed == 0'
check "the whole load is the total" grep -qE '^total +[1-9]' "$scratch/out"
check "a function that the kernel has not is not called" all_true '[.profile.calls[].function] == ["alloc_vmap_area"]'
done_testing
