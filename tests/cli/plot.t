#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench plot on recorded runs. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
runs=$(dirname "$0")/../data/runs
. "$(dirname "$0")/../tap.sh"

plot() # ARGUMENTS: the status in $status, the outputs in $scratch/out and err
{
	"$vmapbench" plot "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

is_png() # FILE
{
	[ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
}

drawn() # RUN CHART...
{
	local run=$1 chart missing=
	shift
	plot "$runs/$run" --out "$scratch/$run"
	check "$run: status 0" [ "$status" = 0 ]
	check "$run: gnuplot has no complaint" [ ! -s "$scratch/err" ]
	for chart in "$@"; do
		is_png "$scratch/$run/$chart.png" || missing+=" $chart.png"
		grep -q '</svg>' "$scratch/$run/$chart.svg" || missing+=" $chart.svg"
		[ -s "$scratch/$run/$chart.dat" ] || missing+=" $chart.dat"
	done
	check "$run: all charts" [ -z "$missing" ]
}

has_text() # RUN/CHART TEXT
{
	sed 's/<[^>]*>//g' "$scratch/$1.svg" | grep -qF -- "$2"
}

# A machine without gnuplot, with or without these tests' own.
mkdir "$scratch/bin"
for program in sh sed grep; do ln -s "$(command -v $program)" "$scratch/bin/"; done
PATH=$scratch/bin "$vmapbench" plot "$runs/timed" --out "$scratch/none" 2>"$scratch/err"
check "without gnuplot the status is 4" [ $? = 4 ]
check "and its package is named" grep -q gnuplot-nox "$scratch/err"
check "and nothing is left behind" [ ! -e "$scratch/none" ]

plot "$scratch/nothing"
check "a run that is not there fails" [ "$status" = 1 ]

if ! command -v gnuplot >/dev/null; then
	done_testing
	exit
fi

drawn timed gain-mt gain-same threads
drawn one-block gain-slow threads
drawn failed gain-broken gain-other threads
drawn interrupted gain-late gain-less threads
drawn counted gain-canary threads
drawn counted-images gain-mine threads
drawn wide gain-a_candidate.with_the.longest_name-allowd threads
drawn traced gain-mt gain-old threads latency-alloc_vmap_area latency-purge_vmap_node locks-fix_size_alloc_test-4
drawn traced-once gain-b threads latency-alloc_vmap_area locks-fix_size_alloc_test-4
drawn traced-counted gain-mine threads latency-alloc_vmap_area
drawn profiled gain-slow-2 threads profile-fix_size_alloc_test-1 lines-fix_size_alloc_test-1
drawn memory gain-mt threads live-memory_load-1-l10000 live-memory_load-1-l100000
drawn sampled gain-nodes threads
flame=$scratch/sampled/flame-nodes-fix_size_alloc_test-8
check "sampled: a flame graph" grep -q '</svg>' "$flame.svg"
if command -v xmllint >/dev/null; then
	check "which is well-formed" xmllint --noout "$flame.svg"
else
	skip "which is well-formed" "there is no xmllint"
fi
# Counts of a box by its title: of the root all busy samples, and of two boxes on one function none twice.
in_flame() # SIDE NAME: the sum of the counts of the boxes of that name, each of which stands in both panels
{
	grep -oE "<title>$2: baseline [0-9.]+ % \\([0-9]+ samples\\), candidate [0-9.]+ % \\([0-9]+ " "$flame.svg" | sort -u |
		sed -E 's/.*baseline [0-9.]+ % \(([0-9]+) .*\(([0-9]+) /\1 \2/' | awk -v side="$1" '{ sum += $side } END { print sum + 0 }'
}
busy() # ARM
{
	jq -s --arg arm "$1" '[.[] | select(.t == "samples" and .arm == $arm) | .names as $names |
		.stacks[] | select($names[.[1]] != "[idle]") | .[0]] | add' "$runs/sampled/journal.jsonl"
}
check "its root is all busy samples of the baseline" [ "$(in_flame 1 all)" = "$(busy one-node)" ]
check "and of the candidate" [ "$(in_flame 2 all)" = "$(busy nodes)" ]
check "its folded stacks are as many" [ "$(awk '{ base += $2; own += $3 } END { print base, own }' "$flame.folded")" = \
	"$(busy one-node) $(busy nodes)" ]
check "waiting for locks is marked as less" grep -q 'url(#flame_nodes_fix_size_alloc_test_8_much-less)"/><title>queued_spin_lock_slowpath: ' "$flame.svg"
check "what fills its boxes is there" cmp <(grep -oE 'url\(#[^)]*' "$flame.svg" | sed 's/.*#//' | sort -u) \
	<(grep -oE '<pattern id="[^"]*' "$flame.svg" | sed 's/.*"//' | sort -u)
check "it says what a width is" has_text sampled/flame-nodes-fix_size_alloc_test-8 'share of busy samples'
drawn attach-before latency-alloc_vmap_area locks
drawn series staircase
drawn series-timed staircase
check "a series has no chart for each patch" [ "$(find "$scratch/series" -name "gain*" | wc -l)" = 0 ]

check "the title names the accelerator" has_text timed/gain-mt 'TCG: emulated time, not silicon'
check "and how many" has_text timed/gain-mt '12 blocks x 2 loads'
check "and that the run is synthetic" has_text timed/gain-mt 'SYNTHETIC'
check "the axis says what is faster" has_text timed/gain-mt 'right of 0 is faster'
check "names keep their underscores" has_text timed/gain-mt 'long_busy_list_alloc_test/4'
check "one block has no percentage" has_text one-block/gain-slow 'n=1'
check "a failed kernel is said to be" has_text failed/gain-broken 'FAILED'
check "so is a patch that has none" has_text series/staircase 'no kernel'
check "a staircase has its direction" has_text series/staircase 'right of 0 is faster'
check "and the names of the patches" has_text series/staircase '1 mm/vmalloc: name what is done'
check "and what a step gains" has_text series/staircase '+7.85'
check "and its gate" has_text series/staircase 'layout gate'
check "the unit of a count is instructions" has_text counted/threads 'million instructions'
check "of a loop without set-up" has_text counted-images/threads 'thousand instructions of a loop'
check "its gate is the layout's" has_text counted/gain-canary 'layout gate'
check "where images are compared there is an interval" has_text counted-images/gain-mine '95 % interval'
check "a profile says what a bar is" has_text profiled/profile-fix_size_alloc_test-1 'instructions of an operation'
check "and lines what they are" has_text profiled/lines-fix_size_alloc_test-1 'different lines of 64 bytes'
check "memory of areas says what a bar is" has_text memory/live-memory_load-1-l100000 "bytes for each area"
# memory.t holds these against the journal.
"$vmapbench" compare "$runs/memory" --only live --format csv | awk -F, -v OFMT=%.10g '
	$3 == 100000 && ($4 != "cache" || $5 ~ /^(kmalloc-96|kmalloc-8|vmap_|maple_node)/) {
		figure[$1, $5] = $7 + 0
		if ($1 == "rb") name[++n] = $5
	}
	END { for (i = 1; i <= n; i++) print figure["rb", name[i]], figure["mt", name[i]], figure["aa", name[i]] }' >"$scratch/compared"
awk -v OFMT=%.10g '!/^#/ { print $2 + 0, $3 + 0, $4 + 0 }' "$scratch/memory/live-memory_load-1-l100000.dat" >"$scratch/drawn"
check "its bars are the figures of compare" cmp "$scratch/drawn" "$scratch/compared"
check "the data have a line per row" [ "$(grep -vc '^#' "$scratch/wide/gain-a_candidate.with_the.longest_name-allowd.dat")" = 36 ]

check "a latency chart has its direction" has_text traced/latency-alloc_vmap_area 'lower is shorter'
check "and its unit" has_text traced/latency-alloc_vmap_area 'time with the probes attached'
check "which is instructions in counted mode" has_text traced-counted/latency-alloc_vmap_area 'instructions with the probes attached'
check "an arm measured in another way is named, and not drawn" \
	has_text traced/latency-alloc_vmap_area 'left out, measured in another way: old'
check "the percentiles of each arm are in the data" \
	[ "$(grep -cE '^1000 [0-9.]+ [0-9.]+ [0-9.]+' "$scratch/traced/latency-alloc_vmap_area.dat")" = 2 ]
check "locks have a bar per arm" [ "$(grep -c 'vn\[\*\].busy, ' "$scratch/traced/locks-fix_size_alloc_test-4.dat")" = 2 ]
check "and their callers" has_text traced/locks-fix_size_alloc_test-4 find_unlink_vmap_area
check "a run of attach counts per second" has_text attach-before/locks 'waits per second'
plot "$runs/attach-before" "$runs/attach-after" --out "$scratch/two"
check "two runs of attach are drawn together" [ "$status" = 0 ]
check "and told apart" has_text two/latency-alloc_vmap_area after
cp -r "$runs/attach-after" "$scratch/other"
sed -i 's/"kernel": "[^"]*"/"kernel": "9.9.9"/' "$scratch/other/manifest.json"
sed -i '1s/"collector":"locks"/"collector":"other"/; /"t":"lock"/d; s/"records":4/"records":2/' "$scratch/other/journal.jsonl"
plot "$runs/attach-before" "$scratch/other" --out "$scratch/kernels"
check "of two kernels both are named" grep -q 'kernel 7.3.4 before, 9.9.9 after' "$scratch/kernels/locks.svg"
check "and what one has not watched has no bar" eval '! grep -q ", after" "$scratch/kernels/locks.dat"'
plot "$runs/attach-before" "$runs/attach-events" --out "$scratch/refused"
check "two that were measured in different ways are not" [ "$status" = 1 ]
check "in a sentence that names both" grep -q 'by fentry and .* by tp_btf' "$scratch/err"
plot "$runs/attach-before" --out ""
check "a folder without a name is a usage error" [ "$status" = 2 ]
check "and nothing is drawn" [ ! -e "$scratch/refused" ]
plot "$runs/attach-before" "$runs/timed" --out "$scratch/refused"
check "a sweep beside a run of attach is a usage error" [ "$status" = 2 ]
plot
check "no run at all, too" [ "$status" = 2 ]

# Redrawn from the journal alone, to the same data.
mkdir "$scratch/alone"
cp "$runs/timed/manifest.json" "$runs/timed/journal.jsonl" "$scratch/alone"
plot "$scratch/alone"
check "the default place is the run's folder" [ -s "$scratch/alone/charts/gain-mt.svg" ]
check "the data are the same" cmp "$scratch/alone/charts/gain-mt.dat" "$scratch/timed/gain-mt.dat"

# Quotes in a title do not reach gnuplot as code.
sed -i "s|slower and faster, drawn|it's '; system('touch $scratch/owned'); x='|" "$scratch/alone/manifest.json"
plot "$scratch/alone"
check "a hostile title is drawn" grep -qF "; system(" "$scratch/alone/charts/threads.svg"
check "and not run" [ ! -e "$scratch/owned" ]

touch "$scratch/file"
plot "$runs/timed" --out "$scratch/file/charts"
check "a folder that cannot be made is infrastructure" [ "$status" = 4 ]

# An arm that differs in what the plan does not declare is in no chart with others.
cp -r "$runs/timed" "$scratch/confounded"
sed -i '/"name": "mt"/,/"release"/s|"release": |"tools": {"compiler": "gcc 13"}, &|' "$scratch/confounded/manifest.json"
plot "$scratch/confounded"
check "a refused arm has no gain" [ "$(grep -c 'REFUSED' "$scratch/confounded/charts/gain-mt.dat")" = 4 ]
check "and no times beside others" eval 'grep -A1 "fix_size_alloc_test, mt" "$scratch/confounded/charts/threads.dat" | grep -q NaN'
plot "$scratch/confounded" --allow-diff tools
check "--allow-diff draws it" eval '! grep -q "REFUSED\|NaN NaN" "$scratch/confounded/charts/gain-mt.dat"'
plot "$scratch/confounded" --allow-diff everything
check "an unknown key is a usage error" [ "$status" = 2 ]
done_testing
