#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench power, with and without a pilot, and the warnings of validate and sweep. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
data=$(cd "$(dirname "$0")/../data" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1

power() # ARGUMENT...: leaves status, out and err
{
	"$vmapbench" power "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

refused() # NAME TEXT: a usage error of one line with the text
{
	[ "$status" = 2 ] && [ ! -s "$scratch/out" ] && [ "$(wc -l <"$scratch/err")" = 1 ] && grep -qF -- "$2" "$scratch/err"
	ok $? "$1"
}

says() # NAME TEXT: done, and the text in it, however its lines are broken
{
	[ "$status" = 0 ] && [ ! -s "$scratch/err" ] && tr -s ' \n' ' ' <"$scratch/out" | grep -qF -- "$2"
	ok $? "$1"
}

cell() # NAME COLUMN: of the table
{
	awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$scratch/out"
}

plan() # BLOCKS LOOPS SMP ACCEL: four rows, two candidates
{
	cat <<-PLAN
		title: t
		arms:
		  - {name: rb, source: linux-7.3}
		  - {name: mt, source: linux-7.3, append: a}
		  - {name: same, source: linux-7.3, append: b}
		baseline: rb
		aa: true
		machine: {runner: qemu, arch: x86_64, smp: $3, accel: $4}
		design: {blocks: $1, loads: 2}
		cells:
		  - {test: fix_size_alloc_test, threads: [1, 4], loops: 1000}
		  - {test: long_busy_list_alloc_test, threads: [1, 4], loops: $2}
	PLAN
}

plan 12 1000 8 tcg >plan.yaml
power plan.yaml
says "without a pilot it says so" "No pilot: nothing is known of this machine."
says "and assumes" "assumed 1.00 n/a"
check "in 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" out'
cp out first
power plan.yaml
check "twice the same" cmp first out

power plan.yaml --pilot "$data/runs/timed" --effect 5
says "the family of two candidates" "a family of 8 rows"
says "a pilot without times" "how long this takes is not known"
check "its boots differ by about 1.2 %, as they were drawn" \
	eval '[ "$(cell fix_size_alloc_test/4 2 | awk "{ print (\$1 > 0.8 && \$1 < 1.7) }")" = 1 ]'
check "the blocks for 5 % are the fewest that can reject" [ "$(cell fix_size_alloc_test/1 6)" = 9 ]
check "a gain is as far from 1 as a loss" \
	eval '[ "$(awk "\$1 == \"fix_size_alloc_test/1\" { print int(100 * (1 + \$4 / 100) * (1 + \$5 / 100) + 0.5) }" out)" = 100 ]'
check "in 75 columns of ASCII, too" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" out'

# The same journal with times: each boot takes 2 s and each of its two loads 5 s.
mkdir timed
cp "$data/runs/timed/manifest.json" timed
jq -c 'if .event == "end" then . + {boot_s: 1.5, loads_s: 10, shutdown_s: 0.5} else . end' \
	"$data/runs/timed/journal.jsonl" >timed/journal.jsonl
power plan.yaml --pilot timed
says "12 blocks x 4 arms x 4 boots of 12 s" "The plan's 12 blocks take about 38m24s."
power plan.yaml --pilot timed --effect 3
says "and those that are needed" "blocks take about"

plan 12 500 8 tcg >other.yaml
power other.yaml --pilot timed
says "rows of another plan" "n/a: long_busy_list_alloc_test/4: 1000 loops in the pilot, 500 in the plan."
sed -i 's/fix_size/random_size/' other.yaml
power other.yaml --pilot timed
refused "no row in common" "says nothing of any row of other.yaml; of random_size_alloc_test/1: not in the pilot"
plan 12 1000 4 tcg >smp.yaml
power smp.yaml --pilot timed
refused "another machine" "timed was measured on x86_64, smp 8, accel tcg, and smp.yaml asks for x86_64, smp 4, accel tcg"
plan 12 1000 8 kvm >kvm.yaml
power kvm.yaml --pilot timed
refused "another accelerator" "smp 8, accel kvm"
plan 12 1000 8 auto >auto.yaml
power auto.yaml --pilot timed
says "auto goes with what there was" "pilot: timed (tcg)."
power plan.yaml --pilot "$data/runs/counted"
refused "a counted pilot" "counted instructions"
plan 1 1000 1 counted | sed 's|\[1, 4\]|[1]|' >counted.yaml
power counted.yaml
refused "a counted plan" "counted.yaml counts instructions: one boot of an image decides"

jq -r .plan.text "$data/runs/one-block/manifest.json" | sed 's/series: \[s.patch\]/append: s/' >one.yaml
power one.yaml --pilot "$data/runs/one-block"
refused "too few boots" "full_fit_alloc_test/2: the pilot has no two arms with 3 blocks in common"
jq -r .plan.text "$data/runs/failed/manifest.json" | sed 's/series: \[[bo].patch\]/append: x/' >failed.yaml
power failed.yaml --pilot "$data/runs/failed"
says "the arms that did not fail are enough" "3 blocks of 2 arms know a standard deviation this well"
power plan.yaml --pilot "$data/runs/attach-before"
refused "a run of attach" "not the run of a plan"
power plan.yaml --pilot nowhere
check "a pilot that is not there" eval '[ $status = 1 ] && grep -qF "nowhere is not the folder of a run" err'

for word in 2 0 -5 5x '' 1001 nan; do
	power plan.yaml --effect "$word"
	refused "--effect \"$word\"" "--effect: expected a percentage above 2, the gate of plan.yaml, to 1000; found \"$word\""
done
power plan.yaml --metric mean
refused "--metric mean" "--metric: \"mean\" is not known"
power
refused "no plan" "power: 0 arguments given, 1 expected"

# Rule: a plan that cannot reject anything is told so before it runs.
plan 8 1000 8 tcg >few.yaml
sentence="few.yaml: with 8 blocks no row can be marked (I) or (R), whatever is measured: a family of 8 rows needs 9 (design.blocks)"
"$vmapbench" validate few.yaml >out 2>err
check "validate warns of too few blocks and is content" eval '[ $? = 0 ] && grep -qF "warning: $sentence" err'
power few.yaml
says "power says it, too" "$sentence"
check "and that nothing is seen" [ "$(cell assumed 5 | sort -u)" = none ]
plan 9 1000 8 tcg >enough.yaml
"$vmapbench" validate enough.yaml >out 2>err
check "it warns of nothing when there are enough" [ ! -s err ]
"$vmapbench" validate counted.yaml >out 2>err
check "of one image that counts it warns" grep -qF "without rebuilds it is not known what the layout of code does" err
{ cat counted.yaml; echo 'rebuilds: 3'; } >rebuilt.yaml
"$vmapbench" validate rebuilt.yaml >out 2>err
check "not of one block that counts" [ ! -s err ]
{ cat rebuilt.yaml; echo 'rebuild_candidates: true'; } >images.yaml
"$vmapbench" validate images.yaml >out 2>err
check "but of too few images, with the number needed" grep -qE "with 4 images of each arm .* needs [0-9]+ \(rebuilds: [0-9]+\)" err
mkdir taken && touch taken/file
"$vmapbench" sweep few.yaml --out taken >out 2>err
check "sweep warns before it begins" eval 'head -n 1 err | grep -qF "warning: $sentence"'

# docs/statistics.md, "How many blocks": rows of the family and the blocks that they need.
while read -r rows blocks; do
	{
		printf 'title: t\narms:\n  - {name: a, source: linux-7.3}\naa: true\ndesign: {blocks: 1}\ncells:\n'
		for ((i = 0; i < rows; i++)); do echo "  - {test: t$i, threads: [1]}"; done
	} >rows.yaml
	"$vmapbench" validate rows.yaml >out 2>err
	check "a family of $rows needs $blocks blocks" grep -qE "a family of $rows rows? needs $blocks " err
done <<<"1 6
12 9
19 10
36 11
108 13"

done_testing
