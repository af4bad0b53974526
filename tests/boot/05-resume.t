#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A sweep that is killed at any moment goes on where it was: nothing that was finished is lost, or measured twice.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

rows=4 loads=3		# of short.yaml
run=$scratch/whole
run sweep "$plans/short.yaml" --out "$run"
check "undisturbed, the sweep ends with status 0" [ "$status" = 0 ]
check "with all rows" is_complete "$run" $rows $loads
schedule_of "$run" >"$scratch/schedule"
whole=$run

same_schedule() # RUN
{
	schedule_of "$1" | cmp -s - "$scratch/schedule"
}

prefix_of() # FILE FILE: the first, without its torn line, is how the second begins
{
	local length

	length=$(grep -c '' "$1")
	[ -z "$(tail -c 1 "$1")" ] || length=$((length - 1))
	head -n "$length" "$1" | cmp -s - <(head -n "$length" "$2")
}

# Waits for the moment, kills the harness, and looks after what it left behind.
kill_at() # NAME WAIT...
{
	local name=$1 guests gone=0 guest

	shift
	"$@"
	guests=$(guests_of "$run")
	kill -KILL "$sweep_pid"
	finish 2>/dev/null
	wait_until 2 no_guests "$run" || gone=1
	for guest in $guests; do is_gone "$guest" || gone=1; done
	note "$name: after $(count_of 'select(.t == "load")') loads, $(wc -w <<<"$guests") guest(s)"
	ok $gone "$name: the guest is gone within 2 s"
	check "$name: the journal can be read" eval '"$VMAPBENCH" compare "$run" >"$scratch/out"'
	cp "$run/journal.jsonl" "$scratch/before"
}

booting()
{
	[ "$(journal 'select(.t == "boot" or .t == "load") | .event // "load"' | tail -n 1)" = '"start"' ] &&
		! no_guests "$run"
}

one_more_load()
{
	wait_more "$(count_of 'select(.t == "load")')" 'select(.t == "load")'
}

some_time()
{
	sleep "$((RANDOM % 4)).$((RANDOM % 10))"
}

begin_or_resume()
{
	if [ -e "$run/journal.jsonl" ]; then start --resume "$run"; else start "$plans/short.yaml" --out "$run"; fi
}

run=$scratch/killed
starts=0
for moment in "wait_until 60 booting" wait_loading one_more_load some_time some_time; do
	begin_or_resume
	wait_until 60 has_more $"$starts" 'select(.event == "start")'
	# shellcheck disable=SC2086
	kill_at "kill -9 at: $moment" $moment
	starts=$(count_of 'select(.event == "start")')
done
run sweep --resume "$run"
check "--resume completes the run with status 0" [ "$status" = 0 ]
check "every row was measured by one boot, none again" is_complete "$run" $rows $loads
check "in the order of the schedule" same_schedule "$run"
check "nothing that was written is lost" prefix_of "$scratch/before" "$run/journal.jsonl"
check "and the table is whole" eval '[ "$("$VMAPBENCH" compare "$run" --format json | jq "[.arms[].rows[].missing | select(.)] | length")" = 0 ]'

# A power cut leaves any number of bytes of what was written last.
size=$(stat -c %s "$whole/journal.jsonl")
for round in 1 2 3; do
	run=$scratch/cut$round
	cp -r "$whole" "$run"
	# The last third: an earlier cut only takes longer.
	offset=$((size - 1 - (RANDOM * 32768 + RANDOM) % (size / 3)))
	truncate -s "$offset" "$run/journal.jsonl"
	cp "$run/journal.jsonl" "$scratch/before"
	run sweep --resume "$run"
	note "journal of $size bytes cut at $offset: $(count_of 'select(.t == "load")' "$whole") loads before," \
		"$(count_of 'select(.t == "load")') now"
	check "cut at a random byte: --resume completes with status 0" [ "$status" = 0 ]
	check "cut at a random byte: every row was measured" is_complete "$run" $rows $loads
	check "cut at a random byte: what was whole stays" prefix_of "$scratch/before" "$run/journal.jsonl"
	check "cut at a random byte: in the order of the schedule" same_schedule "$run"
done
: >"$run/journal.jsonl"
check "an empty journal can be read" eval '"$VMAPBENCH" compare "$run" >"$scratch/out" 2>"$scratch/err"'

run=$scratch/signals
for signal in INT TERM; do
	begin_or_resume
	one_more_load
	loaded=$(count_of 'select(.t == "load")')
	kill -$signal "$sweep_pid"
	begin=$SECONDS
	finish
	check "SIG$signal: the sweep ends at once" [ $((SECONDS - begin)) -lt 3 ]
	check "SIG$signal: with status 1" [ "$status" = 1 ]
	check "SIG$signal: and says how to go on" said "interrupted; go on with: vmapbench sweep --resume $run"
	check "SIG$signal: no guest is left" no_guests "$run"
	check "SIG$signal: no record is lost" [ "$(count_of 'select(.t == "load")')" -ge "$loaded" ]
done
run sweep --resume "$run"
check "the interrupted run completes with status 0" [ "$status" = 0 ]
check "with every row" is_complete "$run" $rows $loads
check "in the order of the schedule" same_schedule "$run"

run sweep --resume "$scratch/nothing"
check "there is nothing to resume in a folder that is none" [ "$status" -ne 0 ]
check "which it names" said "$scratch/nothing"
done_testing
