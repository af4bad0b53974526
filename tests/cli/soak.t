#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench soak up to the first boot, and a soak as it is read again. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
run=$scratch/run

refused() # NAME TEXT ARGUMENT...: status 2, and says so
{
	local name=$1 text=$2

	shift 2
	"$vmapbench" "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = 2 ] && grep -qF -- "$text" "$scratch/err"
	ok $? "$name"
}

plan() # MACHINE
{
	printf '%s\n' 'title: t' 'arms:' '  - {name: a, source: linux-7.3}' 'aa: true' "machine: {$1}" \
		'cells: [{test: module_soak, threads: [1], loops: 5}]' >"$scratch/plan.yaml"
}

plan 'accel: tcg'
refused "a soak needs to know for how long" "give either one PLAN and --for DURATION" soak "$scratch/plan.yaml"
refused "and what" "give either one PLAN" soak --for 10m
refused "a run knows it already" "give either one PLAN" soak --resume "$run" --for 10m
for duration in 0 -1 10x 1h30 5m3h 1.5h '' 366d 99999999999999999999d; do
	refused "\"$duration\" is no duration" "is no duration; expected days, hours, minutes and seconds" \
		soak "$scratch/plan.yaml" --for "$duration"
done
plan 'accel: counted'
refused "counted mode has nothing to find" "a soak finds nothing" soak "$scratch/plan.yaml" --for 1h

# A soak of which one boot was run, as the journal has it.
plan 'accel: tcg'
mkdir "$run"
jq -n --rawfile text "$scratch/plan.yaml" '{v: 1, created: "2026-11-26T08:00:00Z", accel: "tcg", soak: {for_s: 600},
	plan: {path: "plan.yaml", text: $text}, seed: 1, arms: []}' >"$run/manifest.json"
cat >"$run/journal.jsonl" <<'JOURNAL'
{"v":1,"t":"boot","block":0,"arm":"a","boot":"b000-g00-a","event":"start"}
{"v":1,"t":"load","block":0,"arm":"a","boot":"b000-g00-a","cell":"module_soak/1","load":0,"workers_us":[5],"wall_us":6}
{"v":1,"t":"load","block":0,"arm":"a","boot":"b000-g00-a","cell":"module_soak/1","load":1,"workers_us":[5],"wall_us":6}
{"v":1,"t":"load","block":0,"arm":"a","boot":"b000-g00-a","cell":"module_soak/1","load":2,"workers_us":[5],"wall_us":6}
{"v":1,"t":"boot","block":0,"arm":"a","boot":"b000-g00-a","event":"end","class":"ok","why":null,"boot_s":2,"loads_s":3,"shutdown_s":1}
{"v":1,"t":"boot","block":0,"arm":"aa","boot":"b000-g00-aa","event":"start"}
{"v":1,"t":"splat","block":0,"arm":"aa","boot":"b000-g00-aa","cell":"module_soak/1","load":0,"kind":"leak","text":"vmalloc has 99 areas"}
{"v":1,"t":"boot","block":0,"arm":"aa","boot":"b000-g00-aa","event":"end","class":"kernel","why":"leak: vmalloc has 99 areas","boot_s":2,"loads_s":3,"shutdown_s":1}
JOURNAL
"$vmapbench" compare "$run" >"$scratch/out" 2>"$scratch/err"
[ $? = 3 ] && grep -qE '^a +1 +1 +3 +18 +6 s +0 clean$' "$scratch/out" && grep -qE '^aa +1 +0 +0 +0 +6 s +1 KERNEL$' "$scratch/out"
ok $? "compare prints what was done, and ends with the status of a kernel that failed"
grep -qF 'aa, leak, 1 time, first in b000-g00-aa, module_soak/1: vmalloc has N areas' "$scratch/out"
ok $? "and what was found"
"$vmapbench" compare "$run" --format json >"$scratch/out" 2>"$scratch/err"
jq -e '.v == 1 and .run == "run" and .soak_s == 600 and (.arms | map(.leaks) == [0, 1]) and .splats[0].count == 1' "$scratch/out" >"$scratch/err"
ok $? "also as JSON"
"$vmapbench" compare "$run" --format csv >"$scratch/out" 2>"$scratch/err"
check "and as csv" eval '[ "$(cut -d, -f1-3 "$scratch/out" | paste -sd" ")" = "v,run,arm 1,run,a 1,run,aa" ]'
refused "it has one table alone" "of which there is one table alone" compare "$run" --only timed
refused "it has no gate" "has no gate" compare "$run" --gate
check "which is said before anything is printed" [ ! -s "$scratch/out" ]
refused "it is compared with nothing" "whose figures are not compared" compare "$run" "$run"
refused "it is not drawn" "whose figures are not drawn" plot "$run"
jq '.soak.for_s = 0' "$run/manifest.json" >"$scratch/manifest" && mv "$scratch/manifest" "$run/manifest.json"
"$vmapbench" compare "$run" >"$scratch/out" 2>"$scratch/err"
[ $? = 1 ] && grep -qF '"soak" needs "for_s"' "$scratch/err"
ok $? "a manifest that says nonsense is told of"
jq 'del(.soak)' "$run/manifest.json" >"$scratch/manifest" && mv "$scratch/manifest" "$run/manifest.json"
refused "a run of sweep is none" "is not a run of \`vmapbench soak\`" soak --resume "$run"
done_testing
