#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Harm to a stand-in board while the real program runs a sweep on it: make drill-board. What is looked at each time: the
# class of the drilled boot, whether every record that had arrived stays in the journal, whether the board is back on its
# good kernel with nothing of ours left there, whether the boots behind the drilled one run.
#
#   drill.sh --out DIR [--runs N] [--boards N] [--loops N] [CASE...]
#
# Every case N times (3), on so many boards at once (1). A run that DIR has a result of is not repeated. The table goes to
# standard output. Exit status: 0 all as they must be, 1 not all, 2 usage, 77 this machine cannot.

set -u
board_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
standin=$board_dir/standin.sh
. "$board_dir/../boot/lib.sh"
. "$board_dir/cases.sh"

runs=3 boards=1 loops=20000 out=
# The seed with which the drilled boot comes first.
seed=1

usage()
{
	sed -n 's/^#   //p' "$board_dir/drill.sh" >&2
	exit 2
}

field() # CASE NUMBER: of the table of cases
{
	awk -F ' *[|] *' -v name="$1" -v field="$2" '$1 == name { print $field }' <<<"$cases"
}

# Calls the function for this case, when it has one.
own() # KIND
{
	! declare -F "$1_$case" >/dev/null || "$1_$case" >>"$run.log" 2>&1
}

say() # TEXT: to whoever waits for hours
{
	printf '%s  %s %s: %s\n' "$(date +%T)" "$case" "$number" "$*" >&2
}

good_kernel() # the board answers, has not booted a kernel of ours, and nothing of ours is on it
{
	on_board '! grep -q vmapbench.attempt= /proc/cmdline && [ ! -e /boot/vmapbench ] &&
		! grub-editenv /boot/grub/grubenv list | grep -q next_entry=. &&
		! grep -qs vmapbench /boot/grub/custom.cfg' >>"$run.log" 2>&1
}

write_plan()
{
	local append=''

	! declare -F "append_$case" >/dev/null || append=", append: \"$("append_$case")\""
	if declare -F "file_$case" >/dev/null; then
		"file_$case" <"$board/board.yaml" >"$run.board.yaml"
	else
		cp "$board/board.yaml" "$run.board.yaml"
	fi
	sed "s|@CASE@|$case|; s|@APPEND@|$append|; s|@BOARD@|$run.board.yaml|; s|@SEED@|$seed|; s|@LOOPS@|$loops|" \
		"$board_dir/drill.yaml" >"$run.yaml"
}

# A load of the drilled boot has been recorded, so that the next one is under way.
harm_is_due()
{
	has_more 0 'select(.t == "load" and .arm == "drilled")' || ! kill -0 "$sweep_pid" 2>/dev/null
}

first_sweep()
{
	start "$run.yaml" --out "$run"
	if declare -F "harm_$case" >/dev/null; then
		wait_until 1200 harm_is_due
		cp "$run/journal.jsonl" "$run.before"
		say "harm"
		own harm
	fi
	finish
	cat "$scratch/out" "$scratch/err" >>"$run.log"
}

# What was refused is mended and begun anew.
second_sweep()
{
	own mend
	[ "$(field "$case" 3)" = refused ] || return 0
	say "again, mended"
	rm -rf "$run" && run sweep "$run.yaml" --out "$run"
	cat "$scratch/err" >>"$run.log"
	[ "$status" = 0 ]
}

classes() # of the attempts at the drilled boot
{
	if [ -s "$run/journal.jsonl" ]; then
		journal 'select(.t == "boot" and .event == "end" and (.boot | test("drilled"))) | .class' |
			tr -d '"' | paste -sd' '
	fi
}

records() # in FILE
{
	jq -cR 'fromjson? | select(.t == "load")' "$1" | wc -l
}

# Loads that had arrived before the harm, and how many of them are in the journal as they were.
kept()
{
	local before

	[ -e "$run.before" ] || { echo -; return; }
	before=$(records "$run.before")
	if head -c "$(stat -c %s "$run.before")" "$run/journal.jsonl" | cmp -s - "$run.before"; then
		echo "$before of $before"
	else
		echo "not all of $before"
	fi
}

went_on() # a boot behind the end of the drilled one was measured
{
	[ "$(jq -scR '[split("\n")[] | fromjson?] | (map(.t == "boot" and .event == "end" and (.boot | test("drilled"))) | index(true)) as $at |
		.[$at // 0:] | map(select(.t == "load" and .arm != "drilled")) | length' "$run/journal.jsonl")" -ge 2 ]
}

yes_no() # COMMAND...
{
	if "$@"; then echo yes; else echo no; fi
}

ready() # the board runs its good kernel
{
	"$standin" on "$board" && wait_until 300 on_board true 2>/dev/null
}

drill() # runs $case the $number-th time on $board; the result goes to $run.result
{
	local begin=$SECONDS class end home next kept verdict=ok

	rm -rf "$run" "$run".*
	ready || { say "the board does not come up"; return 1; }
	write_plan
	own before || { say "the trouble cannot be made: $(tail -n 1 "$run.log")"; return 1; }
	say "sweep"
	first_sweep
	end=$status class=$(classes)
	[ "$(field "$case" 3)" != refused ] || [ -n "$class" ] || class=refused
	kept=$(kept) home=$(yes_no good_kernel)
	next=$(yes_no eval 'second_sweep && went_on')
	[ "$class" = "$(field "$case" 3)" ] && [ "$end" = "$(field "$case" 4)" ] && [ "$home $next" = "yes yes" ] &&
		[[ $kept != not* ]] || verdict=wrong
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$verdict" "$class" "$end" "$kept" "$home" "$next" $((SECONDS - begin)) >"$run.result"
	say "$(cat "$run.result")"
	[ "$verdict" = ok ]
}

# Each board takes the next run of the list; one that did not behave is replaced.
worker() # INDEX
{
	local failed=0

	trap - EXIT
	board=$out/board-$1 scratch=$(mktemp -d)
	while read -r case number; do
		run=$out/$case-$number
		if [ ! -e "$run.result" ]; then
			[ -d "$board" ] || "$standin" create "$board" >/dev/null || exit
			drill || { failed=1; "$standin" destroy "$board"; }
		fi
	done < <(all_runs | awk -v boards="$boards" -v own="$1" 'NR % boards == own')
	[ ! -d "$board" ] || "$standin" destroy "$board"
	rm -rf "$scratch"
	return "$failed"
}

all_runs() # "CASE NUMBER", round by round
{
	local number name

	for ((number = 1; number <= runs; number++)); do
		for name in $chosen; do echo "$name $number"; done
	done
}

median()
{
	sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

# All runs of a case that say the same in this column, otherwise what each says.
column() # NUMBER
{
	cut -f "$1" | sort | uniq -c | awk '{ count = $1; sub(/^ *[0-9]+ /, ""); text[NR] = $0; counts[NR] = count }
		END { for (i = 1; i <= NR; i++) printf "%s%s", (i > 1 ? ", " : "") (NR > 1 ? counts[i] "x " : ""), text[i] }'
}

table()
{
	local name lines

	echo "| case | what befalls the board | runs | as it must be | class | exit | records kept | back on its good kernel | next boots ran | median s |"
	echo "|---|---|---|---|---|---|---|---|---|---|"
	for name in $chosen; do
		lines=$(cat "$out/$name"-*.result 2>/dev/null) || continue
		printf '| %s | %s | %d | %d | %s | %s | %s | %s | %s | %s |\n' "$name" "$(field "$name" 2)" \
			"$(wc -l <<<"$lines")" "$(grep -c '^ok' <<<"$lines")" "$(column 2 <<<"$lines")" "$(column 3 <<<"$lines")" \
			"$(column 4 <<<"$lines")" "$(column 5 <<<"$lines")" "$(column 6 <<<"$lines")" "$(cut -f7 <<<"$lines" | median)"
	done
}

while [ $# -gt 0 ]; do
	case $1 in
	--out) out=${2:?}; shift 2 ;;
	--runs) runs=${2:?}; shift 2 ;;
	--boards) boards=${2:?}; shift 2 ;;
	--loops) loops=${2:?}; shift 2 ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ -n "$out" ] || usage
chosen=${*:-$(cut -d' ' -f1 <<<"$cases")}
for case in $chosen; do [ -n "$(field "$case" 1)" ] || usage; done

"$standin" image >/dev/null || exit
mkdir -p "$out" && out=$(cd "$out" && pwd)
failed=0 workers=
for ((index = 0; index < boards; index++)); do
	worker "$index" &
	workers="$workers $!"
done
for pid in $workers; do wait "$pid" || failed=1; done
table
exit "$failed"
