#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Harm to a stand-in board while the real program runs a sweep on it: make drill-board. A round is one run on one board:
# it is refused for each reason there is, and resumed when that is mended; then each case that boots has an arm of its
# own, so that a drilled boot is also the one that has to come behind the drilled boot before it. The last boot is of the
# good arm. What is looked at each time: the class of the drilled boot and its reason, whether every record that had
# arrived stays in the journal, whether the board is back on its good kernel, whether the next boot begins.
#
#   drill.sh --out DIR [--runs N] [--boards N] [--loops N] [CASE...]
#
# Every case N times (3), on so many boards at once (1). A case that DIR has a result of is not repeated. The table goes
# to standard output. Exit status: 0 all as they must be, 1 not all, 2 usage, 77 this machine cannot.

set -u
export LC_ALL=C
board_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
standin=$board_dir/standin.sh
. "$board_dir/../boot/lib.sh"
. "$board_dir/cases.sh"

runs=3 boards=1 loops=200000 out='' stopping=''
# With these the first arm of a plan, which is the good one, is the last of its block.
seeds=(9 21 34 48 62 78)

usage()
{
	sed -n 's/^#   //p' "$board_dir/drill.sh" >&2
	exit 2
}

field() # CASE NUMBER: of the table of cases
{
	awk -F ' *[|] *' -v name="$1" -v field="$2" '$1 == name { print $field }' <<<"$cases"
}

is_refused() # CASE
{
	[ "$(field "$1" 3)" = refused ]
}

# Calls the function for this case, when it has one.
own() # KIND
{
	! declare -F "$1_$case" >/dev/null || "$1_$case" >>"$run.log" 2>&1
}

say() # TEXT: to whoever waits for hours
{
	printf '%s  round %s  %s: %s\n' "$(date +%T)" "$number" "$case" "$*" >&2
}

is_good() # the board answers, has not booted a kernel of ours, and nothing of ours is on it
{
	on_board '! grep -q vmapbench.attempt= /proc/cmdline && [ ! -e /boot/vmapbench ] &&
		! grub-editenv /boot/grub/grubenv list | grep -q next_entry=. &&
		! grep -qs vmapbench /boot/grub/custom.cfg' >>"$run.log" 2>&1
}

# Shorter limits than a board has: the drill knows its board, and waits for each of them.
write_board()
{
	sed -e 's|^boot:|&\n  initrd: /boot/initrd.img|' -e 's|^\(  watchdog_s:\).*|\1 40|' \
		-e 's|^\(  shutdown_s:\).*|\1 30|' -e 's|^\(  boot_s:\).*|\1 240|' -e 's|^\(  connect_s:\).*|\1 60|' \
		-e 's|^\(  console_silence_s:\).*|\1 30|' \
		-e 's/^  base_cmdline:.*/& systemd.watchdog_sec=180/' "$board/board.yaml" >"$run.board.yaml"
}

# An arm besides the good one is left to be compared, or the sweep would end behind the last harm.
any_survives()
{
	[ -n "$booting" ] || return 0
	for case in $booting; do
		[ "$(field "$case" 3)" = kernel ] || return 0
	done
	return 1
}

write_arms()
{
	echo "  - {name: good, source: linux-7.3}"
	any_survives || echo "  - {name: next, source: linux-7.3}"
	for case in $booting; do
		if declare -F "append_$case" >/dev/null; then
			echo "  - {name: $case, source: linux-7.3, append: \"$("append_$case")\"}"
		else
			echo "  - {name: $case, source: linux-7.3}"
		fi
	done
}

write_plan()
{
	write_arms >"$run.arms"
	sed -e "/@ARMS@/{r $run.arms
		d}" -e "s|@BOARD@|$run.board.yaml|" -e "s|@SEED@|${seeds[number % ${#seeds[@]}]}|" \
		-e "s|@LOOPS@|$loops|" "$board_dir/drill.yaml" >"$run.yaml"
}

# Begins the run, or goes on with it.
begin()
{
	if [ -d "$run" ]; then start --resume "$run"; else start "$run.yaml" --out "$run"; fi
}

result() # VERDICT CLASS KEPT HOME NEXT SECONDS
{
	[ "$1" = ok ] || failed=1
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >"$out/$case-$number.result"
	say "$(tr '\t' ' ' <"$out/$case-$number.result")"
}

# One refused call. That the run goes on when all is mended is seen later.
refuse()
{
	local begin=$SECONDS verdict=ok home seconds

	own before || { say "the trouble cannot be made: $(tail -n 1 "$run.log")"; return 1; }
	begin
	finish
	seconds=$((SECONDS - begin))
	cat "$scratch/err" >>"$run.log"
	[ "$status" = 4 ] && grep -qE "$(field "$case" 4)" "$scratch/err" || verdict=wrong
	own mend
	home=$(yes_no is_good)
	[ "$home" = yes ] || verdict=wrong
	echo "$verdict $home $seconds" >"$run.$case"
	say "refused: $(tail -n 1 "$scratch/err")"
}

# A load of that boot has been recorded, so that the next one is under way.
harm_is_due()
{
	[ ! -e "$run.$case.before" ] && declare -F "harm_$case" >/dev/null &&
		grep -qs "\"t\":\"load\",.*\"arm\":\"$case\"" "$run/journal.jsonl"
}

harm()
{
	cp "$run/journal.jsonl" "$run.$case.before"
	say "harm"
	own harm
}

# Until the sweep ends, or is told to.
watch()
{
	local told=

	while kill -0 "$sweep_pid" 2>/dev/null; do
		for case in $booting; do
			if harm_is_due; then harm; fi
		done
		[ -z "$stopping" ] || [ -n "$told" ] || { told=yes; kill -INT "$sweep_pid"; }
		sleep 0.5
	done
}

# The records since the boots began that are not the machinery's refusals.
since() # FILTER
{
	tail -n +"$((refused_lines + 1))" "$run/journal.jsonl" | jq -cR "fromjson? | $1"
}

ends_of() # of the attempts at the boot of this case: what jq makes of each end
{
	since "select(.t == \"boot\" and .event == \"end\" and .arm == \"$case\") | $1" | tr -d '"'
}

# The number of loads that had arrived before the harm, and whether they are in the journal as they were.
kept()
{
	local before=$run.$case.before count

	[ -e "$before" ] || { echo -; return; }
	count=$(jq -cR "fromjson? | select(.t == \"load\" and .arm == \"$case\")" "$before" | wc -l)
	if head -c "$(stat -c %s "$before")" "$run/journal.jsonl" | cmp -s - "$before"; then
		echo "$count of $count"
	else
		echo "not all of $count"
	fi
}

# Every attempt at it ended on the good kernel, which the runner has compared with what it was before.
came_home()
{
	[ "$(since "select(.t == \"state\" and .arm == \"$case\") | [.boot, .to]" |
		jq -sc 'group_by(.[0]) | map(.[-1][1]) | unique | join(" ")')" = '"IDLE"' ]
}

# The boot behind it was begun on the board. Behind the last one, of the good arm, there is none.
went_on()
{
	[ "$case" = good ] || [ "$(since "select(.t == \"state\" or .t == \"boot\") | [.arm, .to // .event]" | jq -sc --arg arm "$case" '
		(map(.[0] == $arm) | rindex(true)) as $at | .[($at // length) + 1:] | map(select(.[1] == "REBOOTING")) | length > 0')" = true ]
}

yes_no() # COMMAND...
{
	if "$@"; then echo yes; else echo no; fi
}

judge_boot()
{
	local class verdict=ok home next kept

	class=$(ends_of .class | paste -sd' ')
	[ -n "$class" ] || [ -z "$stopping" ] || return 0
	home=$(yes_no came_home) next=$(yes_no went_on) kept=$(kept)
	[ "$class" = "$(field "$case" 3)" ] && [ "$home $next" = "yes yes" ] && [[ $kept != not* ]] &&
		ends_of .why | head -n 1 | grep -qE "$(field "$case" 4)" || verdict=wrong
	[ "$verdict" = ok ] || [ -z "$stopping" ] || return 0
	result "$verdict" "$class" "$kept" "$home" "$next" \
		"$(since "select(.t == \"state\" and .arm == \"$case\" and .to == \"IDLE\") | .at_s | round" | head -n 1)"
}

judge_refused()
{
	local verdict home seconds next=no

	read -r verdict home seconds <"$run.$case"
	[ -z "$(since 'select(.t == "boot" and .event == "end" and .class == "ok")')" ] || next=yes
	[ "$next" = yes ] || verdict=wrong
	[ "$verdict" = ok ] || [ -z "$stopping" ] || return 0
	result "$verdict" refused - "$home" "$next" "$seconds"
}

ready() # the board runs its good kernel
{
	"$standin" on "$board" && wait_until 300 on_board true 2>/dev/null
}

# All of $todo on $board.
round()
{
	local case=all refused='' booting=''

	rm -rf "$run" "$run".*
	for case in $todo; do
		if is_refused "$case"; then refused="$refused $case"; else booting="$booting $case"; fi
	done
	booting=${booting/ good/}
	write_board
	write_plan
	ready || { say "the board does not come up"; return 1; }
	for case in $refused; do refuse || return; done
	for case in $booting; do
		own before || { say "the trouble cannot be made: $(tail -n 1 "$run.log")"; return 1; }
	done
	refused_lines=$(cat "$run/journal.jsonl" 2>/dev/null | wc -l)
	case=all
	say "sweep"
	begin
	watch
	finish
	cat "$scratch/out" "$scratch/err" >>"$run.log"
	case=all
	is_good || { say "the board is not as it was"; failed=1; }
	for case in $todo; do
		if is_refused "$case"; then judge_refused; else judge_boot; fi
	done
}

# What of a round has no result yet.
to_do()
{
	local name

	for name in $chosen; do [ -e "$out/$name-$number.result" ] || printf '%s ' "$name"; done
}

# Each board takes every so many-th round.
worker() # INDEX
{
	local failed=0

	trap - EXIT
	trap 'stopping=yes' TERM INT
	scratch=$(mktemp -d)
	for ((number = 1 + $1; number <= runs; number += boards)); do
		run=$out/round-$number board=$out/board-$number todo=$(to_do)
		[ -n "$todo" ] && [ -z "$stopping" ] || continue
		rm -rf "$board"
		"$standin" create "$board" >/dev/null || exit
		round || failed=1
		"$standin" destroy "$board"
	done
	rm -rf "$scratch"
	return "$failed"
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

	echo "| case | what befalls the board | runs | as it must be | class | records kept | back on its good kernel | next boot began | median s |"
	echo "|---|---|---|---|---|---|---|---|---|"
	for name in $(cut -d' ' -f1 <<<"$cases"); do
		lines=$(cat "$out/$name"-*.result 2>/dev/null) || continue
		printf '| %s | %s | %d | %d | %s | %s | %s | %s | %s |\n' "$name" "$(field "$name" 2)" \
			"$(wc -l <<<"$lines")" "$(grep -c '^ok' <<<"$lines")" "$(column 2 <<<"$lines")" "$(column 3 <<<"$lines")" \
			"$(column 4 <<<"$lines")" "$(column 5 <<<"$lines")" "$(cut -f6 <<<"$lines" | median)"
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
trap 'kill -TERM $workers' TERM INT
for pid in $workers; do
	wait "$pid" || failed=1
	while kill -0 "$pid" 2>/dev/null; do wait "$pid" || failed=1; done
done
table
exit "$failed"
