#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A series patch by patch: one that does nothing, a slow-down, one that does not compile, one that warns, two that are well
# again, one that does not apply, and one behind it. Then which of them it was that is slow, by bisection.

. "$(dirname "$0")/lib.sh"

row=fix_size_alloc_test/1/p37
added=$(sed -n 's/.*\.rept \([0-9]*\).*/\1/p' "$boot"/series/0002-*.patch)

need_qemu
need_kernels

step() # ARM KEY: of the staircase
{
	jq -r --arg arm "$1" --arg key "$2" '.staircase[] | select(.arm == $arm) | .[$key]' "$scratch/json"
}

within() # VALUE LOW HIGH
{
	echo "$@" | awk '{ exit !($1 >= $2 && $1 <= $3) }'
}

run=$scratch/series
run series "$plans/series.yaml" --out "$run"
cp "$scratch/out" "$scratch/table"
cp "$scratch/err" "$scratch/said"
check "a series with patches that fail ends with status 3" [ "$status" = 3 ]
check "each failure is told of" [ "$(grep -cE '(arm|^arm) [3478] failed: ' "$scratch/said")" = 4 ]
check "what does not compile by the compiler's line" grep -qF "implicit declaration of function 'nobody_declared_this'" "$scratch/said"
log=$(sed -n 's/.*kernel 3 does not compile; the whole log is \([^:]*\):.*/\1/p' "$scratch/said")
check "and its log is there" grep -qF nobody_declared_this "$log"
check "what does not apply by patch, line and file" \
	grep -qE '0007-[^:]*\.patch:9: hunk 1 of mm/vmalloc\.c does not apply' "$scratch/said"
check "what stands behind it by that" grep -qF 'arm 8 failed: it stands on patch 7, which has no kernel' "$scratch/said"
check "what warns by the warning" grep -q 'arm 4 failed: warn: WARNING' "$scratch/said"
check "the others are measured" [ "$(journal 'select(.t == "load") | .arm' | sort | paste -sd,)" = \
	'"1","2","5","6","stock","stock~1","stock~2"' ]
check "and what has no kernel is not booted" [ "$(count_of 'select(.t == "boot" and (.arm | IN("3", "7", "8")))')" = 0 ]
for arm in 1 2 4 5 6; do
	note "kernel $arm: built in $(jq --arg arm $arm '.arms[] | select(.name == $arm) | .kernel.build.seconds' "$run/manifest.json") s" \
		"(load average now $(cut -d' ' -f1 /proc/loadavg))"
done

check "the table is 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/table"'
"$VMAPBENCH" compare "$run" >"$scratch/again"
check "compare prints it again, with the same status" [ "$?,$(cmp "$scratch/table" "$scratch/again" && echo same)" = 3,same ]
"$VMAPBENCH" compare "$run" --format json >"$scratch/json"
for arm in 1 2 5 6; do
	note "$arm $(step $arm subject): $(step $arm base_gain_pct) % over the base ($(step $arm base_verdict), gate" \
		"$(step $arm base_gate_pct) %), $(step $arm previous_gain_pct) % over $(step $arm previous)" \
		"($(step $arm previous_verdict), gate $(step $arm previous_gate_pct) %)"
done
check "the slow patch is marked, over the base" [ "$(step 2 base_verdict)" = regressed ]
check "and over the kernel before it" [ "$(step 2 previous),$(step 2 previous_verdict)" = 1,regressed ]
taken=$(echo "$(step 2 time_median) $(step 1 time_median)" | awk '{ printf "%.2f", ($1 - $2) * 1000 / 2000 }')
note "patch 2 adds $added instructions, and a loop takes $taken more"
check "with the instructions that it adds" within "$taken" $((added - 150)) $((added + 150))
check "what is well again is set against the last that was" [ "$(step 5 previous)" = 2 ]
check "and does nothing" [ "$(step 5 previous_verdict)" = equivalent ]
check "while the series is as slow as it was" [ "$(step 6 base_verdict)" = regressed ]
check "code that was added and dropped shows in mm/vmalloc.o" [ "$(step 1 vmalloc_text_bytes)" -gt \
	"$(step stock vmalloc_text_bytes)" -a "$(step 6 vmalloc_text_bytes)" -lt "$(step 5 vmalloc_text_bytes)" ]
check "struct vmap_node is known" [ "$(step 2 vmap_node_bytes)" -gt 0 ]
check "what has no kernel has no sizes" [ "$(step 3 image_bytes)" = null ]
run sweep --resume "$run"
check "a series is gone on with by sweep" [ "$status,$(count_of 'select(.t == "boot" and .event == "start")')" = 3,8 ]
if command -v gnuplot >/dev/null; then
	run plot "$run"
	check "and has a chart" [ "$status,$(cd "$run/charts" && ls staircase.* | paste -sd,)" = \
		0,staircase.dat,staircase.gp,staircase.png,staircase.svg ]
else
	skip 1 "there is no gnuplot"
fi

run=$scratch/bisect
run series "$plans/bisect.yaml" --bisect fix_size_alloc_test --out "$run"
sed 's/^/# /' "$scratch/out"
check "a bisection ends with status 0" [ "$status" = 0 ]
check "the budget is told first" grep -q '^error budget: up to 7 comparisons .*, chosen from 11' "$scratch/out"
check "75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
check "the patch is found, and it alone" [ "$(jq -c '[.patches[].patch]' "$run/bisection.json")" = '[2]' ]
check "past one that has no kernel" [ "$(jq -c '[.steps[] | [.kernel, .change]]' "$run/bisection.json")" = \
	'[[3,"skipped"],[2,"before"],[1,"behind"]]' ]
check "each step is a run" [ "$("$VMAPBENCH" compare "$run/step-2" --format json | jq -r '[.arms[].name] | join(",")')" = stock,2,6 ]
check "and nothing else was built for it" [ "$(cat "$run"/step-*/manifest.json | jq -r '.arms[] | select(.kernel) | .name' |
	sort -u | paste -sd,)" = '1,2,6,stock,stock~1,stock~2' ]
done_testing
