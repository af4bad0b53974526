#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests of arm64: a sweep in time, what kernels die of, and counted mode, which repeats and finds a known slow-down.

. "$(dirname "$0")/lib.sh"

loops=2000
# Instructions that slow-2 adds to an allocation.
added=$(sed -n 's/.*\.rept \([0-9]*\).*/\1/p' "$TOP/kernels/canary/slow-2-percent.patch")

need_arm64
need_kernels arm64

figures() # ARM: of its first cell, a line for each boot
{
	jq -sc --arg arm "$1" 'map(select(.t == "load" and .arm == $arm)) | group_by(.boot)[] | sort_by(.load) |
		map(.workers_us[0])' "$run/journal.jsonl"
}

variant() # NAME SED-SCRIPT: a sweep of arm64.yaml with changes
{
	run=$scratch/$1
	sed "$2" "$plans/arm64.yaml" >"$run.yaml"
	run sweep "$run.yaml" --out "$run"
}

variant timed ''
note "boots took $(journal 'select(.event == "end" and .t == "boot") | .boot_s' | paste -sd' ') s"
check "timed: ends with status 0" [ "$status" = 0 ]
check "timed: every row was measured" is_complete "$run" 4 2
check "timed: in guests of arm64, which nothing taints" [ "$(journal 'select(.event == "up") | .clocksource + "\(.taint)"' |
	sort -u)" = '"arch_sys_counter0"' ]
check "timed: what auto stands for" grep -qE '"accel": *"(tcg|kvm)"' "$run/manifest.json"

for accel in tcg counted; do
	machine="s/machine: .*/machine: {arch: arm64, accel: $accel}/"
	variant "panic-$accel" "$machine; s/.*long_busy.*/  - {test: drill-panic, threads: [1]}/"
	in_class "$accel: panic" kernel 3
	check "$accel: panic: the reason is the kernel's own" why_says "sysrq triggered crash"
	check "$accel: panic: pvpanic tells the host" why_says "the kernel panicked (pvpanic)"
	check "$accel: panic: it is a splat of the drill's cell" [ "$(splats '\(.kind) \(.cell)' | sort -u)" = "panic drill-panic/1" ]
done

variant reboot "s/.*long_busy.*/  - {test: drill-reboot, threads: [1]}/"
in_class reboot kernel 3
check "reboot: the reason names it" why_says "the guest reset itself during drill-reboot/1"

run=$scratch/silent
sed 's/loads: 2/loads: 50/; s/loops: 300/loops: 100000/; s/.*long_busy.*/limits: {silence_s: 3}/' "$plans/arm64.yaml" >"$run.yaml"
start "$run.yaml" --out "$run"
wait_loading
kill -STOP "$(guests_of "$run")"
finish
in_class "silent guest" kernel 3
check "silent guest: the reason is the silence" why_says "no sign of life for 3 s during fix_size_alloc_test/1"

run=$scratch/nodes
run sweep "$plans/arm64-counted-nodes.yaml" --out "$run"
note "nodes: $( { figures stock; figures aa; } | sort | uniq -c | paste -sd';')"
check "nodes: the sweep ends with status 0" [ "$status" = 0 ]
check "nodes: four CPUs are possible and one runs" [ "$(journal 'select(.event == "up") | "\(.cpus_online) \(.cpus_possible)"' |
	sort -u)" = '"1 4"' ]
check "nodes: four boots repeat to the last digit" [ "$( { figures stock; figures aa; } | sort | uniq -c | awk '{ print $1 }')" = 4 ]

run=$scratch/canary
run sweep "$plans/arm64-counted.yaml" --out "$run"
extra=$(echo "$(figures slow-2 | head -n 1 | jq '.[0]') $(figures stock | head -n 1 | jq '.[0]') $loops" |
	awk '{ printf "%.2f", 1000 * ($1 - $2) / $3 }')
note "canary: stock $(figures stock | paste -sd' '), slow-2 $(figures slow-2 | paste -sd' '): $extra instructions more a loop"
check "canary: the sweep ends with status 0" [ "$status" = 0 ]
check "canary: has the size that it was built with" eval \
	'echo "$extra $added" | awk "{ exit !(\$1 >= \$2 - 6 && \$1 <= \$2 + 10) }"'
for arm in stock slow-2; do
	check "canary: boots of $arm repeat to the last digit" [ "$(figures $arm | sort -u | wc -l)" = 1 ]
done
"$VMAPBENCH" compare "$run" --format json >"$scratch/json"
check "canary: is found, and the image under its second name is equivalent" [ "$(jq -r '[.arms[] | select(.name == "slow-2" or .name == "aa") |
	"\(.name) \(.rows[0].verdict)"] | sort | join(",")' "$scratch/json")" = "aa equivalent,slow-2 regressed" ]
done_testing
