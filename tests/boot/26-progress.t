#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A small sweep as the person who waits sees it: JSON Lines, plain lines, a terminal that is resized and
# interrupted.
# shellcheck disable=SC2016

. "$(dirname "$0")/lib.sh"
unset NO_COLOR COLUMNS
esc=$'\033'

need_qemu
need_kernels progress
run=$scratch/run

steps() # FILTER: of the progress of the sweep, in one line
{
	jq -rc "select(.t == \"progress\" and .what == \"sweep\") | $1" "$scratch/json" | paste -sd' '
}

run sweep "$plans/progress.yaml" --out "$run" --json-progress
mv "$scratch/err" "$scratch/json"
check "the arm that warns ends the sweep with status 3" [ "$status" = 3 ]
check "each line is an object, with its version and kind" eval 'jq -ec "select((.v == 1 and (.t == \"progress\" or .t == \"message\")) | not)" \
	"$scratch/json" >"$scratch/err"; [ "$?" = 4 ] && [ "$(jq -c . "$scratch/json" | wc -l)" = "$(wc -l <"$scratch/json")" ]'
check "first the start, last the end" [ "$(steps .event | sed 's/ .* / /')" = "start end" ]
check "the boots are those of the journal, in its order" [ "$(steps '.boot // empty' | tr ' ' '\n' | uniq | paste -sd' ')" = \
	"$(jq -r 'select(.t == "boot" and .event == "start") | .boot' "$run/journal.jsonl" | paste -sd' ')" ]
check "with their blocks and arms" [ "$(steps 'select(.boot) | "\(.boot)/\(.block)/\(.arm)"' | tr ' ' '\n' | uniq | paste -sd' ')" = \
	"$(jq -r 'select(.t == "boot" and .event == "start") | "\(.boot)/\(.block)/\(.arm)"' "$run/journal.jsonl" | paste -sd' ')" ]
check "and the only cell, of two blocks" [ "$(steps 'select(.boot) | "\(.cell)/\(.blocks)"' | tr ' ' '\n' | uniq)" = fix_size_alloc_test/1/p37/2 ]
check "six boots are expected, five once an arm has failed" [ "$(steps '.total // empty' | tr ' ' '\n' | uniq | paste -sd' ')" = "6 5" ]
check "the run is made again by the same command without that option" [ "$(jq -r '.command | join(" ")' "$run/manifest.json")" = \
	"vmapbench sweep $plans/progress.yaml --out $run" ]
check "all of these are done" [ "$(steps 'select(.event == "end") | "\(.done) \(.failed.kernel) \(.failed.infra) \(.failed.test) \(.left_s == 0)"')" = \
	"5 1 0 0 true" ]
check "what is left is known behind the first boot" eval 'jq -es "map(select(.boot)) | all((.left_s == null) == (.done == 0))" "$scratch/json" >"$scratch/err"'
foretold() # behind the second boot, how long the whole takes; a busy machine disturbs it
{
	jq -es '(map(select(.event == "end"))[0].elapsed_s) as $whole |
		map(select(.boot and .done == 2))[0] | (.elapsed_s + .left_s) / $whole | . > 0.3 and . < 3' "$scratch/json" >"$scratch/err"
}
check "and is what it then took" foretold
check "the failure is told at once" eval 'jq -es "[.[] | if .t == \"message\" then select(.level == \"warning\" and
	(.text | test(\"^sweep: b000-g00-warn: kernel: warn: .*; arm warn gets no more boots\"))) | \"told\"
	elif .boot then .boot else empty end] | index(\"told\") < index(\"b001-g00-stock\")" "$scratch/json" >"$scratch/err"'
check "and is the error in the end" [ "$(jq -r 'select(.level == "error") | .text' "$scratch/json" | grep -c '^arm warn failed: ')" = 1 ]
note "six boots: $(steps 'select(.event == "end") | "\(.elapsed_s) s"'), expected behind the second: $(jq -sr \
	'map(select(.boot and .done == 2))[0] | .elapsed_s + .left_s' "$scratch/json") s"

# On a terminal, from which the sweep is interrupted, and what reads its output with it.
wait_for() # FILE TEXT
{
	for _ in $(seq 300); do
		grep -qsF -- "$2" "$1" && return
		sleep 0.1
	done
	return 1
}

on_terminal() # COMMANDS: in a bash on a terminal of 60 columns, with this standard input as its keys
{
	TERM=xterm SHELL=/bin/bash plans=$plans scratch=$scratch script -qec "stty cols 60 rows 24; trap : INT; $1" /dev/null \
		>"$scratch/screen" 2>"$scratch/err"
}

drawn() # each line that was drawn of the status
{
	sed -E "s/$esc\[[0-9]*[AJK]/\n/g" "$scratch/screen" | tr '\r' '\n' | grep -E '^(sweep|fix|stock|one-node|warn) ?'
}

# Keys come when the time for them has come.
keys()
{
	wait_for "$scratch/screen" "sweep  1/6 boots" || return
	stty cols 34 <"$(cat "$scratch/tty")" 2>"$scratch/err.stty"
	wait_for "$scratch/screen" "sweep  2/" || return
	printf '\003'
	wait_for "$scratch/screen" "ended with" || return
}

rm -f "$scratch/screen"
if ! script -qec true /dev/null </dev/null >/dev/null 2>"$scratch/err"; then
	skip 5 "script: $(tail -n 1 "$scratch/err")"
	done_testing
	exit
fi
keys | on_terminal 'tty >"$scratch/tty"; "$VMAPBENCH" sweep "$plans/progress.yaml" --out "$scratch/second" | cat >/dev/null; echo "ended with ${PIPESTATUS[0]}"'
check "on a terminal the lines are drawn" eval 'drawn | grep -q "^sweep  1/6 boots  16 %  block 1 of 2"'
check "within its columns" [ "$(drawn | wc -L)" -le 59 ]
check "and those of a narrower one" [ "$(drawn | grep "^sweep  2/" | wc -L)" -le 33 ]
check "Ctrl-C ends the sweep, and leaves a clean line" eval \
	'sed "s/.*$esc\[J//" "$scratch/screen" | tr -d "\r" | tail -n 2 | sed "s/$esc\[[0-9;]*m//g" | paste -sd" " |
		grep -q "^vmapbench: error: interrupted; go on with: vmapbench sweep --resume .* ended with 1\$"'
check "the cursor was never hidden" eval '! grep -qF "$esc[?" "$scratch/screen"'

run sweep --resume "$run"
check "a pipe gets lines without control characters" eval '! grep -qE "$esc|"$'"'\\r'"' "$scratch/err" && said "sweep: started" &&
	grep -qE "^sweep: done in .*, 4 boots, failed by kernel: 1$" "$scratch/err"'
done_testing
