#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench compare on recorded runs. VMAPBENCH names the program. UPDATE=1 writes the expected outputs anew; read the
# difference before committing it.
# shellcheck disable=SC2016

vmapbench=${VMAPBENCH:-vmapbench}
data=$(dirname "$0")/../data
runs=$data/runs
. "$(dirname "$0")/../tap.sh"

compare() # ARGUMENTS: the status in $status, the outputs in $scratch/out and err
{
	"$vmapbench" compare "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

golden() # RUN FORMAT STATUS
{
	local expected=$runs/$1/expected.$2

	compare "$runs/$1" --format "$2"
	[ -z "$UPDATE" ] || [ ! -s "$scratch/out" ] || cp "$scratch/out" "$expected"
	diff "$expected" "$scratch/out" >"$scratch/diff"
	ok $? "$1: $2 is as expected"
	sed 's/^/# /' "$scratch/diff"
	check "$1: $2 ends with status $3" [ "$status" = "$3" ]
	check "$1: $2 warns of nothing" [ ! -s "$scratch/err" ]
}

for run in timed one-block interrupted counted counted-images wide traced-once traced-counted profiled sampled; do
	golden "$run" text 0
	check "$run: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
done
golden failed text 3
for format in markdown csv json; do
	golden timed $format 0
	golden failed $format 3
	golden counted $format 0
done
golden counted-images json 0
for format in markdown csv json; do
	golden profiled $format 0
	golden sampled $format 0
done

# Of a series run the staircase stands for the tables of times.
golden series text 3
check "series: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
golden series markdown 3
golden series json 3
golden series-timed text 0
check "series-timed: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
compare "$runs/series" --only staircase --format csv
[ -z "$UPDATE" ] || cp "$scratch/out" "$runs/series/expected-staircase.csv"
check "series: the staircase has a csv" cmp "$runs/series/expected-staircase.csv" "$scratch/out"
check "series: a row for each patch and test, and the base" [ "$(jq ".staircase | length" "$runs/series/expected.json")" = 16 ]
compare "$runs/series" --arm 2
check "series: --arm prints the table of one kernel" grep -q '^2 against stock$' "$scratch/out"
check "series: and no staircase" eval '! grep -q "^7 patches on stock" "$scratch/out"'
compare "$runs/series" --only timed
check "series: --only timed prints those of all" [ "$(grep -c ' against stock' "$scratch/out")" = 7 ]
compare "$runs/series" --only memory
check "series: and --only memory what they take" grep -q '^memory, in bytes' "$scratch/out"
compare "$runs/timed" --only staircase
check "a run that is not of a series has no staircase" [ "$status" = 2 ]
check "and says so" grep -q 'is not a run of .vmapbench series., which has a staircase' "$scratch/err"

# A tracing pass in which one arm was measured in another way: all of it is printed, and the status says so.
golden_refused() # FORMAT
{
	compare "$runs/traced" --format "$1"
	[ -z "$UPDATE" ] || [ ! -s "$scratch/out" ] || cp "$scratch/out" "$runs/traced/expected.$1"
	check "traced: $1 is as expected" cmp "$runs/traced/expected.$1" "$scratch/out"
	check "traced: $1 ends with status 1" [ "$status" = 1 ]
	check "traced: and a sentence" grep -q 'made or measured in different ways is not compared' "$scratch/err"
}
for format in text markdown json; do
	golden_refused $format
done
compare "$runs/traced"
check "traced: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
check "the refusal of latency names both backends" grep -q '^REFUSED: latency of old and rb are not compared' "$scratch/out"
check "that of locks names both sources" grep -q '^REFUSED: locks of old and rb' "$scratch/out"
compare "$runs/traced" --arm mt
check "an arm measured as the baseline is compared" [ "$status" = 0 ]
compare "$runs/traced" --only timed
check "--only timed refuses nothing" [ "$status" = 0 ]
check "and has no other table" eval '! grep -qE "^(latency|locks|what the probes cost)" "$scratch/out"'
compare "$runs/traced" --only overhead
check "--only overhead has the control" grep -q '^  loaded against off' "$scratch/out"
check "and no times" eval '! grep -q "^mt against rb" "$scratch/out"'
for part in latency locks overhead; do
	compare "$runs/traced" --arm mt --only $part --format csv
	check "$part has a csv" [ "$(head -n 1 "$scratch/out" | cut -d, -f1,2)" = arm,cell ]
done
compare "$runs/timed" --only memory
check "--only memory has what the kernels take" grep -qE "^mt +48 +none +55600 " "$scratch/out"
check "by how much that differs" grep -qE "^  difference +-24 +\+7200 +0 +0 +\+2400$" "$scratch/out"
check "and no times" eval '! grep -q "^mt against rb" "$scratch/out"'
compare "$runs/timed" --only memory --format csv
check "memory has a csv" grep -qxF mt,48,,55600,912,352,4985200 "$scratch/out"
compare "$runs/traced" --only memory --arm mt
check "sizes that were not recorded have no table" eval '! grep -q "^memory" "$scratch/out"'
compare "$runs/traced" --only locks --each-lock
check "--each-lock has each lock" grep -qF 'vn[1].busy' "$scratch/out"
compare "$runs/traced" --only locks
check "otherwise they are one" eval 'grep -qF "vn[*].busy" "$scratch/out" && ! grep -qF "vn[1].busy" "$scratch/out"'
check "without the table of times it is still said what measured" grep -qF 'accelerator: ' "$scratch/out"
compare "$runs/traced" --only nothing
check "an unknown part is a usage error" [ "$status" = 2 ]
check "that names the parts" grep -q 'expected staircase, timed, memory, layout, sections, latency, locks, overhead, profile, lines, samples, calls or live' "$scratch/err"

golden_attach() # FORMAT
{
	(cd "$runs" && "$program" compare attach-before attach-after --format "$1") >"$scratch/out" 2>"$scratch/err"
	check "attach: $1 has status 0" [ $? = 0 ]
	[ -z "$UPDATE" ] || [ ! -s "$scratch/out" ] || cp "$scratch/out" "$runs/attach-before/expected.$1"
	check "attach: $1 is as expected" cmp "$runs/attach-before/expected.$1" "$scratch/out"
}
program=$(command -v "$vmapbench")
program=$(realpath "$program")
for format in text markdown csv json; do
	golden_attach $format
done
for part in profile lines; do
	compare "$runs/profiled" --only $part --format csv
	[ -z "$UPDATE" ] || cp "$scratch/out" "$runs/profiled/expected-$part.csv"
	check "profiled: the csv of $part is as expected" cmp "$runs/profiled/expected-$part.csv" "$scratch/out"
done
compare "$runs/profiled" --only profile
check "--only profile has no lines" eval '! grep -q "^cache lines" "$scratch/out"'
check "and no times" eval '! grep -q "base/loop" "$scratch/out"'
# Samples: the shares by another hand, from the records.
compare "$runs/sampled" --only samples --format csv
[ -z "$UPDATE" ] || cp "$scratch/out" "$runs/sampled/expected-samples.csv"
check "sampled: the csv of samples is as expected" cmp "$runs/sampled/expected-samples.csv" "$scratch/out"
jq -rs '[.[] | select(.t == "samples") | .names as $names | [.stacks[] | select($names[.[1]] != "[idle]")] as $busy |
	([$busy[][0]] | add) as $all | {arm, part: ($busy | group_by($names[.[-1]] | sub("\\..*"; "")) | map({
		key: ($names[.[0][-1]] | sub("\\..*"; "")), value: ((map(.[0]) | add) / $all)}) | from_entries)}] |
	group_by(.arm) | map({key: .[0].arm, value: map(.part)}) | from_entries | . as $of |
	(["one-node", "nodes"] | map($of[.][] | keys[]) | unique[]) as $symbol |
	[$symbol] + (["one-node", "nodes"] | map($of[.] | map(.[$symbol] // 0) | add / length * 100 * 1e6 | round)) | @tsv' \
	"$runs/sampled/journal.jsonl" | sort >"$scratch/by-hand"
compare "$runs/sampled" --format json
jq -r '.samples[] | [.symbol, (.baseline_pct, .candidate_pct | . * 1e6 | round)] | select(.[1] + .[2] > 0) | @tsv' "$scratch/out" | sort >"$scratch/printed"
check "the shares are those of the records" cmp "$scratch/by-hand" "$scratch/printed"
check "of many functions" [ "$(wc -l <"$scratch/by-hand")" -gt 100 ]
check "and add up to 100" [ "$(jq '[.samples[].baseline_pct] | add | . * 1000 | round' "$scratch/out")" = 100000 ]
compare "$runs/sampled" --only profile
check "samples are no instructions" eval '! grep -q "^profile" "$scratch/out"'
compare "$runs/counted" --only profile
check "a run without the profiler has no profile" eval '! grep -q "^profile" "$scratch/out"'
sed -E 's/("alloc_vmap_area":\[)[0-9]+/\11/' "$runs/profiled/journal.jsonl" >"$scratch/journal.jsonl"
cp -r "$runs/profiled" "$scratch/spoilt"
cp "$scratch/journal.jsonl" "$scratch/spoilt/journal.jsonl"
compare "$scratch/spoilt"
check "counts that do not add up are refused" [ "$status" = 1 ]
check "with file and line" grep -qE 'spoilt/journal.jsonl:[0-9]+: "functions": expected' "$scratch/err"
sed -E 's/"timed":[0-9]+,(.*"clocks":)2/"timed":0,\10/; s/\[[0-9]+,([0-9]+)\](,"[a-z_[]|})/[0,\1]\2/g' "$runs/profiled/journal.jsonl" >"$scratch/spoilt/journal.jsonl"
compare "$scratch/spoilt" --only profile
check "what nobody timed is that of the whole load" grep -qE "^total +[1-9]" "$scratch/out"
check "of which nothing is outside" eval '! grep -qE "^  by the guest|^outside" "$scratch/out"'

compare "$runs/attach-before" "$runs/attach-events"
check "runs of two backends are refused" [ "$status" = 1 ]
check "in a sentence that names both" grep -q '^REFUSED: latency' "$scratch/out"
check "while locks of one source are compared" grep -qF 'vn[*].busy' "$scratch/out"
cp -r "$runs/traced" "$scratch/edited"
sed -i '/"t":"hist".*"arm":"mt"/s/"backend":"fentry"/"backend":"kprobe"/' "$scratch/edited/journal.jsonl"
compare "$scratch/edited" --only latency --arm mt
check "figures of another backend than their trace are refused" grep -q '^REFUSED: latency of mt and rb' "$scratch/out"
sed -i '/"t":"trace"/d' "$scratch/edited/journal.jsonl"
compare "$scratch/edited" --only locks --arm old
check "so are figures of two that no trace is about" grep -q '^REFUSED: locks of old and rb' "$scratch/out"

# As if attach-before had been made with --latency and another interval.
cp -r "$runs/attach-before" "$scratch/latency"
sed -i '1s/"collector":"locks"/"collector":"other"/; /"t":"lock"/d; s/"records":4/"records":2/' "$scratch/latency/journal.jsonl"
sed -i 's/"kind"/"options": {"interval_s": 0.10000000000000001}, "kind"/' "$scratch/latency/manifest.json"
compare "$scratch/latency" "$runs/attach-after"
check "what one run has not watched is no 0" grep -Eq '^  waits +n/a +[1-9]' "$scratch/out"
check "the other figures stay" grep -Eq '^  calls +[1-9][0-9.]* +[1-9]' "$scratch/out"
check "a number of the manifest is written short" grep -q '^differs: options: {"interval_s":0.1} before' "$scratch/out"
compare "$runs/attach-before"
check "one run of attach is a usage error" [ "$status" = 2 ]
compare "$runs/attach-before" "$runs/timed"
check "so is a run of a sweep beside it" [ "$status" = 2 ]
compare "$runs/attach-before" "$runs/attach-after" --only timed
check "and a part that these do not have" [ "$status" = 2 ]
compare "$runs/attach-before" "$runs/attach-after" --arm x
check "and an arm" [ "$status" = 2 ]

compare "$runs/timed" --arm mt
check "--arm prints that arm" grep -q '^mt against rb' "$scratch/out"
check "and no other" eval '! grep -q "^same against rb" "$scratch/out"'
check "with the marks of the whole family" grep -q 'a family of 8' "$scratch/out"
compare "$runs/counted" --arm stock~1
check "--arm prints a rebuild" grep -q '^stock~1 against stock (the same source in another layout)' "$scratch/out"
compare "$runs/counted-images" --arm mine~2
check "also one of a candidate, against the gate" grep -q '^mine~2 against stock (a candidate in another layout)' "$scratch/out"
compare "$runs/timed" --metric slowest
check "--metric is named in the legend" grep -q '^t: slowest worker, us' "$scratch/out"
"$vmapbench" compare "$runs/timed" --metric median | cmp -s - "$scratch/out"
check "and changes the table" [ $? = 1 ]

compare "$runs/timed" --arm nobody
check "an unknown arm is a usage error" [ "$status" = 2 ]
check "that names the arms" grep -q '"nobody" is no arm of this run; expected one of: mt, same, aa' "$scratch/err"
compare "$runs/timed" --arm rb
check "so is the baseline" [ "$status" = 2 ]
compare "$runs/timed" --format html
check "and an unknown format" [ "$status" = 2 ]
check "that names the formats" grep -q 'expected text, markdown, csv, json or cover' "$scratch/err"
compare "$runs/timed" --metric mean
check "and an unknown metric" [ "$status" = 2 ]
compare
check "and no run at all" [ "$status" = 2 ]
compare "$scratch/nothing"
check "a folder that is not there fails" [ "$status" = 1 ]
check "and is named" grep -q "$scratch/nothing" "$scratch/err"
if [ -e /dev/full ]; then
	"$vmapbench" compare "$runs/timed" >/dev/full 2>"$scratch/err"
	check "a full disk is infrastructure" [ $? = 4 ]
	check "and said" grep -q 'cannot write the comparison' "$scratch/err"
fi

# Arms that differ in what the plan does not declare.
with_key() # RUN ARM JSON: a copy of the run in $scratch/RUN, the kernel of the arm with these keys more
{
	rm -rf "${scratch:?}/$1"
	cp -r "$runs/$1" "$scratch/$1"
	sed -i "/\"name\": \"$2\"/,/\"release\"/s|\"release\": |$3, &|" "$scratch/$1/manifest.json"
}
with_key timed mt '"tools": {"compiler": "gcc 13", "linker": "ld 2.41"}'
compare "$scratch/timed"
check "an undeclared difference is refused with status 1" [ "$status" = 1 ]
check "by a sentence" grep -q '^REFUSED: mt and rb are not compared' "$scratch/out"
check "and a diff" grep -qxF -- '    +tools.compiler: gcc 13' "$scratch/out"
check "within 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
check "while the other arms are compared" grep -q '^same against rb' "$scratch/out"
compare "$scratch/timed" --arm same
check "and alone, with status 0" [ "$status" = 0 ]
compare "$scratch/timed" --format markdown
check "in markdown it is a diff, too" grep -qxF '```diff' "$scratch/out"
compare "$scratch/timed" --allow-diff tools.compiler
check "--allow-diff of one key of two is not enough" [ "$status" = 1 ]
check "the other one is still shown" grep -qxF -- '    +tools.linker: ld 2.41' "$scratch/out"
compare "$scratch/timed" --allow-diff tools.compiler --allow-diff tools.linker
check "of both it is" [ "$status" = 0 ]
check "and the output says so" grep -q '^ALLOWED TO DIFFER (--allow-diff): tools.compiler: none of rb, gcc 13' "$scratch/out"
compare "$scratch/timed" --allow-diff tools --format json
check "a key stands for those below it" [ "$status" = 0 ]
check "json has all differences" [ "$(grep -c '"why": "allowed"' "$scratch/out")" = 2 ]
compare "$runs/timed" --allow-diff compiler
check "an unknown key is a usage error" [ "$status" = 2 ]
with_key timed same '"layout": 1'
compare "$scratch/timed" --arm same
check "a layout that the plan does not name is refused" grep -qxF -- '    +layout: 1' "$scratch/out"

# One answer for a script.
gated() # STATUS WORDS NAME ARGUMENTS...: the status, and what the sentence on standard error says
{
	local expected=$1 words=$2 name=$3
	shift 3
	compare --gate "$@"
	check "gate: $name" [ "$status" = "$expected" ]
	check "gate: and the sentence says so ($words)" grep -q "^vmapbench: gate: $words" "$scratch/err"
}
gated 0 'no regression$' "an arm that is faster passes" "$runs/timed" --arm mt
gated 1 'regressed: fix_size_alloc_test/1 of canary, full_fit' "one that is slower does not" "$runs/counted"
gated 2 'cannot tell: long_busy_list_alloc_test/4 of same\|cannot tell: long_busy_list_alloc_test/1 of same' \
	"the worst of several arms wins" "$runs/timed"
gated 2 'cannot tell' "one block tells nothing" "$runs/one-block"
gated 3 'a kernel failed: arm broken$' "a kernel that failed is worse than anything" "$runs/failed"
gated 4 'boots are missing' "a run that is not complete" "$runs/interrupted"
with_key timed mt '"tools": {"compiler": "gcc 13"}'
gated 2 'cannot tell: mt was not compared' "an arm that is refused" "$scratch/timed" --arm mt
rm -rf "$scratch/restless"
cp -r "$runs/timed" "$scratch/restless"
sed -i 's/"arm":"mt"/"arm":"AA"/; s/"arm":"aa"/"arm":"mt"/; s/"arm":"AA"/"arm":"aa"/' "$scratch/restless/journal.jsonl"
gated 2 'cannot tell: fix_size_alloc_test/1 of the baseline against itself' "a machine that is not quiet" \
	"$scratch/restless" --arm mt
compare --gate "$scratch/nothing"
check "gate: a run that cannot be read is infrastructure" [ "$status" = 4 ]
compare --gate "$runs/timed" --arm nobody
check "gate: a wrong option is a usage error" [ "$status" = 2 ]
compare --gate "$runs/attach-before" "$runs/attach-after"
check "gate: so are runs of attach" [ "$status" = 2 ]

compare "$runs/month-1"
check "a run says when it was made" grep -qF '(run month-1, 2026-06-13)' "$scratch/out"

# Two runs of sweep.
golden_months() # FORMAT STATUS ARGUMENTS...
{
	local expected=$runs/month-2/expected$4.$1

	compare "$runs/month-1" "$runs/month-2" --format "$1" ${3:+"$3"} ${3:+"${4#-}"}
	[ -z "$UPDATE" ] || [ ! -s "$scratch/out" ] || cp "$scratch/out" "$expected"
	check "two runs: $1${3:+ $3} is as expected" cmp "$expected" "$scratch/out"
	check "two runs: status $2" [ "$status" = "$2" ]
}
golden_months text 1
check "two runs: the patch that has become another is refused" grep -qxF -- '    +series.1: mine.patch 9b' "$scratch/out"
check "two runs: the kernel that has not is compared" grep -q '^stock is the same kernel in both runs' "$scratch/out"
for format in text markdown csv json; do
	golden_months $format 0 --allow-diff -series
done
compare "$runs/month-1" "$runs/month-2" --allow-diff series
check "two runs: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
gated 1 'regressed: full_fit_alloc_test/1 of mine' "two runs: slower than it was" \
	"$runs/month-1" "$runs/month-2" --allow-diff series
gated 0 'no regression' "two runs: faster than it was" "$runs/month-2" "$runs/month-1" --allow-diff series --arm mine
gated 2 'cannot tell: .*mine was not compared' "two runs: refused" "$runs/month-1" "$runs/month-2"
compare "$runs/month-1" "$runs/month-2" --arm stock:mine
check "two runs: --arm OLD:NEW compares two names" grep -q '^mine after against stock before' "$scratch/out"
check "two runs: in a family of their own" grep -q 'a family of 2' "$scratch/out"
compare "$runs/month-1" "$runs/month-2" --arm stock:nobody
check "two runs: an unknown arm is a usage error" [ "$status" = 2 ]
check "two runs: that names it" grep -q 'month-2 has no arm "nobody"' "$scratch/err"
compare "$runs/timed" "$runs/counted"
check "two runs: of two accelerators are never compared" [ "$status" = 2 ]
check "two runs: with a sentence" grep -q 'different units' "$scratch/err"
compare "$runs/timed" "$runs/failed"
check "two runs: nor those without a row in common" [ "$status" = 2 ]
compare "$runs/month-1" "$runs/month-2" --only locks
check "two runs: nor tracing passes" [ "$status" = 2 ]
compare "$runs/timed" "$runs/attach-before"
check "two runs: nor a sweep and an attach" [ "$status" = 2 ]
cp -r "$runs/month-2" "$scratch/other"
sed -i 's/"host": {}/"host": {"qemu": "8.0"}/' "$scratch/other/manifest.json"
compare "$runs/month-1" "$scratch/other" --arm stock
check "two runs: another host is refused" [ "$status" = 1 ]
check "two runs: and named" grep -qxF -- '    +host.qemu: 8.0' "$scratch/out"

# Clocks.
cp -r "$runs/timed" "$scratch/clocks"
sed -i 's/"arm":"mt"/&,"clocksource":"hpet"/; s/"arm":"rb"/&,"clocksource":"tsc"/' "$scratch/clocks/journal.jsonl"
compare "$scratch/clocks"
check "two clocks in one run are warned of" grep -q '^WARNING: times were taken by different clocks: rb by tsc, mt by' "$scratch/out"
sed -i 's/hpet/tsc/' "$scratch/clocks/journal.jsonl"
compare "$scratch/clocks"
check "one is not" eval '! grep -q "different clocks" "$scratch/out"'

# Half a record at the end, as a power cut leaves it: the rest counts.
cp -r "$runs/timed" "$scratch/torn"
truncate -s -20 "$scratch/torn/journal.jsonl"
compare "$scratch/torn"
check "a torn journal is compared" [ "$status" = 0 ]
check "and said to be torn" grep -q 'half a record' "$scratch/out"
done_testing
