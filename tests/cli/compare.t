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

for run in timed one-block interrupted counted wide; do
	golden "$run" text 0
	check "$run: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
done
golden failed text 3
for format in markdown csv json; do
	golden timed $format 0
	golden failed $format 3
	golden counted $format 0
done

compare "$runs/timed" --arm mt
check "--arm prints that arm" grep -q '^mt against rb' "$scratch/out"
check "and no other" eval '! grep -q "^same against rb" "$scratch/out"'
check "with the marks of the whole family" grep -q 'a family of 8' "$scratch/out"
compare "$runs/counted" --arm layout1
check "--arm prints a layout" grep -q '^layout1 against stock' "$scratch/out"
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
check "that names the formats" grep -q 'expected text, markdown, csv or json' "$scratch/err"
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

# Half a record at the end, as a power cut leaves it: the rest counts.
cp -r "$runs/timed" "$scratch/torn"
truncate -s -20 "$scratch/torn/journal.jsonl"
compare "$scratch/torn"
check "a torn journal is compared" [ "$status" = 0 ]
check "and said to be torn" grep -q 'half a record' "$scratch/out"
done_testing
