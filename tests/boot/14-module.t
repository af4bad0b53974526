#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Our own module: its loads in a sweep, timed and counted; what it refuses, and what it leaves behind; and the two
# witnesses of its calls, the module itself and the latency collector, which have to agree.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/guest/guest.sh"

# Areas that a load has beside its own: the module's file and sections, the stacks of its threads.
most_extra=16

need_qemu
need_kernels
: "${BUILD:?run by make check-boot}"

workers_fit() # COUNT: so many loads have a time for each of their workers
{
	[ "$(count_of 'select(.t == "load") | .cell as $cell |
		select(.workers_us | length == ($cell | split("/")[1] | tonumber) and all(. > 0))')" = "$1" ]
}

calls() # PROBE CELL CALL KEY: of the first load, as the load itself has it
{
	journal "select(.t == \"calls\" and .probe == $1 and .cell == \"$2\" and .call == \"$3\" and .load == 0) | .$4" | head -n 1
}

seen() # CELL FUNCTION: calls of it that the collector saw in the first load
{
	journal "select(.t == \"hist\" and .cell == \"$1\" and .function == \"$2\" and .load == 0) | .count" | head -n 1
}

few_more() # COUNT THAN: 1 to most_extra
{
	[ $(($1 - $2)) -ge 1 ] && [ $(($1 - $2)) -le $most_extra ]
}

run=$scratch/timed
run sweep "$plans/module.yaml" --out "$run"
check "timed: the sweep ends with status 0" [ "$status" = 0 ]
check "timed: every row was measured" [ "$(count_of 'select(.t == "load" and (has("probe") | not))')" = 40 ]
check "timed: with a time for each worker" workers_fit 70
check "timed: no splat, with test_vmalloc and our own module in one boot" [ "$(count_of 'select(.t == "splat")')" = 0 ]
check "timed: the table has them" grep -q '^held_churn_load/2/p100/l15000$' "$scratch/out"
check "timed: calls are timed where the plan says so, and nowhere else" \
	[ "$(journal 'select(.t == "calls") | [.cell, .call]' | sort -u)" = '["lookup_load/2/p40/l500/lat","lookup"]' ]
cell=lookup_load/2/p40/l500/lat
for probe in null '"off"' '"loaded"' '"attached"'; do
	check "timed: of two workers each call is counted, probe $probe" [ "$(calls "$probe" $cell lookup count)" = 10000 ]
done
check "timed: the collector saw each, the checks, and few calls more: $(seen $cell find_vmap_area)" \
	few_more "$(seen $cell find_vmap_area)" $((2 * (5000 + 79)))

figures() # what every boot of an arm has to repeat
{
	journal "select((.t == \"load\" or .t == \"calls\") and .arm == \"$1\" and (has(\"probe\") | not)) |
		del(.arm, .boot, .block)" | sort
}

# Two histograms of the same calls: what is between them is the same for all calls. A quantile is known but for the width
# of its bucket, so that each gives a range for that difference; one number has to be in all of them.
agreement=$(cat <<'JQ'
def width: if . < 128 then 1 else pow(2; (log2 | floor) - 6) end;
def quantile($q): .buckets as $b | (.count * $q | ceil) as $rank |
	reduce range($b | length) as $i ({left: $rank, at: null};
		if .at == null then (if $b[$i][1] >= .left then .at = $b[$i][0] else .left -= $b[$i][1] end) else . end) | .at;
map(select(.load == 0 and .cell == $cell)) |
(map(select(.t == "calls" and .probe == "attached" and .call == $call))[0]) as $own |
(map(select(.t == "hist" and .function == $function))[0]) as $seen |
[0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] | map(. as $q |
	($own | quantile($q)) as $a | ($seen | quantile($q)) as $b |
	[$q, $a, $b, $a - ($b + ($b | width) - 1), $a + ($a | width) - 1 - $b])
JQ
)

quantiles() # CELL CALL FUNCTION: [q, of the call, of the function inside, difference] for some q
{
	jq -sc --arg cell "$1" --arg call "$2" --arg function "$3" "$agreement" "$run/journal.jsonl"
}

mean_ns() # PROBE CELL CALL
{
	echo $(($(calls "$1" "$2" "$3" sum_ns) / $(calls "$1" "$2" "$3" count)))
}

counted() # LOOPS OF LOOKUPS: a sweep in $run
{
	run sweep <(sed "s/loops: 20000/loops: $1/; s/loops: 2000,/loops: $(($1 / 10)),/" "$plans/module-counted.yaml") --out "$run"
	check "counted, $1: the sweep ends with status 0" [ "$status" = 0 ]
	check "counted, $1: no event was lost" [ "$(count_of 'select(.t == "hist" and .lost > 0)')" = 0 ]
	check "counted, $1: two boots say the same, to the last digit, times and histograms" \
		[ "$(figures stock)" = "$(figures aa)" ]
	for state in off attached; do
		check "counted, $1: each call is in a histogram, probe $state" eval "
			[ $(calls "\"$state\"" $churn vmalloc count) = $(($1 / 10)) ] &&
			[ $(calls "\"$state\"" $churn vfree count) = $(($1 / 10)) ] &&
			[ $(calls "\"$state\"" $lookup lookup count) = $1 ]"
	done
	check "counted, $1: the collector saw them, and few more: vmalloc" few_more "$(seen $churn alloc_vmap_area)" $(($1 / 10))
	check "counted, $1: vfree" few_more "$(seen $churn free_vmap_area_noflush)" $(($1 / 10))
	check "counted, $1: lookup" few_more "$(seen $lookup find_vmap_area)" $(($1 + ($1 + 63) / 64))
}

churn=churn_load/1/lat lookup=lookup_load/1/l3000/lat
run=$scratch/counted
counted 20000
few=$(($(seen $churn alloc_vmap_area) - 2000)) few_lookups=$(($(seen $lookup find_vmap_area) - 20313))
quantiles $lookup lookup find_vmap_area >"$scratch/agreement"
note "lookup and find_vmap_area inside of it: $(cat "$scratch/agreement")"
note "vmalloc and alloc_vmap_area: $(quantiles $churn vmalloc alloc_vmap_area)"
note "a lookup takes $(mean_ns '"off"' $lookup lookup) without and $(mean_ns '"attached"' $lookup lookup) with the probe"
check "the quantiles of both are as far apart, all of them: by what the probe costs outside of its readings" \
	eval "jq -se '.[0] | length == 8 and (map(.[3]) | max) <= (map(.[4]) | min) and all(.[3] > 0)' '$scratch/agreement' >'$scratch/out'"
check "a call takes longer than the function inside of it, at each quantile" \
	eval "quantiles $churn vmalloc alloc_vmap_area | jq -se '.[0] | length == 8 and all(.[3] > 0)' >'$scratch/out'"
check "the table has both beside each other" eval '
	"$VMAPBENCH" compare "$run" --only calls >"$scratch/out" &&
	grep -qE "^  find_vmap_area by [a-z._]+ +[0-9]" "$scratch/out" && grep -qE "^  probe attached +20000 " "$scratch/out"'

run=$scratch/longer
counted 30000
check "with more loops the collector sees as many more as the load: vmalloc" \
	[ "$(seen $churn alloc_vmap_area)" = $((3000 + few)) ]
check "lookup" [ "$(seen $lookup find_vmap_area)" = $((30469 + few_lookups)) ]

run=$scratch/refused
run sweep "$plans/module-refused.yaml" --out "$run"
check "more areas than there is memory for: status 1" [ "$status" = 1 ]
check "the kernel's words are in the record, and no splat" eval '
	[ "$(count_of "select(.event == \"end\" and (.why // \"\" | test(\"there is not enough memory\")))")" -ge 1 ] &&
	[ "$(count_of "select(.t == \"splat\")")" = 0 ]'
note "$(journal 'select(.event == "end") | .why' | head -n 1)"

guest_said() # FILTER: of what the guest said
{
	jq -r "$1" "$scratch/said"
}

run=$scratch/timed
guest_archive "$BUILD/tests/module" "vmap_load.ko=$(guest_kernel "$run")/vmap_load.ko" >"$scratch/module.cpio"
guest_boot "$run" "$scratch/module.cpio" "$scratch/console" >"$scratch/said"
check "alone: the guest comes to its end" [ "$(guest_said 'select(.t == "end") | .t')" = end ]
check "alone: the kernel has nothing to report" [ "$(guest_said 'select(.t == "splats") | .count')" = 0 ]
check "alone: what is wrong is refused, and nothing else" \
	[ "$(guest_said 'select(.t == "run") | if .error == .wanted then "as wanted" else .params end' | sort -u)" = "as wanted" ]
check "alone: a process that is killed is gone within 5 s: $(guest_said 'select(.t == "killed") | .ms | floor' | paste -sd' ') ms" \
	[ "$(guest_said 'select(.t == "killed" and .ms < 5000) | .t' | wc -l)" = 12 ]
note "alone: $(guest_said 'select(.t == "stock") | "\(.areas) areas, \(.available_kib) KiB, \(.modules) modules"' | paste -sd';')"
check "alone: nothing is left behind" eval "jq -se 'map(select(.t == \"stock\")) | length == 3 and
	all(.modules == 0) and (.[2].areas - .[1].areas < 8) and (.[1].available_kib - .[2].available_kib < 8192)' \
	'$scratch/said' >'$scratch/out'"
done_testing
