#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every command writes to a terminal, and to what is none: colours, NO_COLOR, --quiet, --json-progress.
# VMAPBENCH names the program. How progress is drawn: tests/unit/test-progress.c, tests/boot/26-progress.t.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
data=$(cd "$(dirname "$0")/../data" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1
esc=$'\033'
unset NO_COLOR COLUMNS

run() # ARGUMENT...: the program, its exit status in $status, its outputs in $scratch/out and err
{
	"$vmapbench" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	status=$?
}

cat >plan.yaml <<'PLAN'
title: a plan of two blocks
arms:
  - {name: base, source: linux-7.3}
  - {name: gone, source: linux-7.3, layout: 1}
design: {blocks: 2}
cells:
  - {test: x, threads: [1]}
PLAN

# The shortest that each command has to say, and an error of each.
said_by()
{
	case $1 in
	doctor) echo "doctor|doctor --json" ;;
	validate | power) echo "$1 plan.yaml|$1 none.yaml" ;;
	compare) echo "compare $data/runs/counted|compare $data/runs/timed --gate|compare none" ;;
	plot) echo "plot $data/runs/timed --out charts|plot none" ;;
	load) echo "load --for 1 --kind forks --threads 1|load --list|load --kind x" ;;
	attach) echo "attach --list|attach --for 0.2|attach --for x" ;;
	build | sweep | series | soak | profile) echo "$1 none.yaml|$1 plan.yaml --machine x|$1" ;;
	selftest) echo "selftest --out|selftest x" ;;
	board) echo "board check none.yaml|board" ;;
	export) echo "export $data/runs/timed --format ktap|export none" ;;
	*) echo "$1 none|$1" ;;
	esac
}

plain_when_piped() # COMMAND LINE...
{
	local line

	for line in "$@"; do
		# shellcheck disable=SC2086
		TERM=xterm COLORTERM=truecolor CLICOLOR_FORCE=1 run $line
		cat "$scratch/out" "$scratch/err" >>"$scratch/all"
		[ -s "$scratch/out" ] || [ -s "$scratch/err" ] || { echo "$line says nothing" >"$scratch/err"; return 1; }
	done
	! grep -qE "$esc|"$'\r' "$scratch/all"
}

for command in $("$vmapbench" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	lines=$(said_by "$command")
	: >"$scratch/all"
	IFS='|' read -ra each <<<"$lines"
	check "$command writes no control characters into a pipe" plain_when_piped "${each[@]}" "$command --help"
	run "$command" --help
	check "$command has --quiet and --json-progress" eval \
		'grep -qE "^  -q, --quiet  " "$scratch/out" && grep -qE "^  --json-progress  " "$scratch/out"'
	run "$command" --json-progress --no-such-option
	check "$command tells in JSON that an option is wrong" eval '[ "$status" = 2 ] && [ "$(jq -rc "[.v, .t, .level] | join(\" \")" \
		"$scratch/err")" = "1 message error" ]'
done

# Messages.
run validate plan.yaml
check "a warning is told" grep -q '^vmapbench: warning: plan.yaml: with 2 blocks' "$scratch/err"
cp "$scratch/out" "$scratch/result"
run validate -q plan.yaml
check "--quiet keeps it, and the result" eval 'grep -q "^vmapbench: warning: " "$scratch/err" && cmp "$scratch/out" "$scratch/result"'
run validate plan.yaml --json-progress
check "as JSON it has the same words" [ "$(jq -r '.text' "$scratch/err" | sed 's/^/vmapbench: warning: /')" = \
	"$("$vmapbench" validate plan.yaml 2>&1 >/dev/null)" ]
check "and the result is the same" cmp "$scratch/out" "$scratch/result"
run compare "$data/runs/timed" --gate
check "the gate's sentence is information" grep -q '^vmapbench: ' "$scratch/err"
run compare "$data/runs/timed" --gate --quiet
check "which --quiet leaves out" [ ! -s "$scratch/err" ]

# Progress that takes seconds.
run load --kind forks --threads 1 --for 3 --json-progress
check "every line of --json-progress is an object of its own" eval '[ "$(jq -c . "$scratch/err" | wc -l)" = "$(wc -l <"$scratch/err")" ]'
check "first a start, then steps, then the end" [ "$(jq -r 'select(.t == "progress") | .event' "$scratch/err" | uniq | paste -sd,)" = \
	"start,step,stop" ]
check "with seconds that pass, and as many that are left" eval 'jq -es "map(select(.event == \"step\")) | length >= 2 and
	all(.total == 3 and .elapsed_s >= .done and (.done == 0 or (.left_s >= 0 and .left_s <= 4))) and
	([.[].elapsed_s] | . == sort)" "$scratch/err" >/dev/null'
run load --kind forks --threads 1 --for 1 -q
check "with -q there is no line" [ ! -s "$scratch/err" ]

# A terminal of 80 x 24; what is written to it is in $scratch/screen.
on_terminal() # ENVIRONMENT COMMANDS
{
	TERM=xterm SHELL=/bin/bash program=$vmapbench data=$data \
		script -qec "stty cols 80 rows 24; export $1; $2" /dev/null >"$scratch/screen" 2>"$scratch/err" </dev/null
}
if ! script -qec true /dev/null </dev/null >/dev/null 2>"$scratch/err"; then
	skip "on a terminal" "script: $(tail -n 1 "$scratch/err")"
	done_testing
	exit
fi

without_colour() # what was written, and the same through a pipe
{
	sed -E "s/$esc\[[0-9;]*m//g; s/\r$//" "$scratch/screen" >"$scratch/words"
	diff "$scratch/words" "$scratch/piped" >"$scratch/err"
}

colours() # TEXT: is it in the colour of this SGR
{
	grep -qF -- "$esc[$1m$2$esc[0m" "$scratch/screen"
}

for name in timed counted; do "$vmapbench" compare "$data/runs/$name"; done >"$scratch/piped"
both='for name in timed counted; do "$program" compare "$data/runs/$name"; done'
on_terminal A=1 "$both"
check "a mark of improvement is green" colours 32 '(I)'
check "a mark of regression is red" colours 31 '(R)'
check "that is all that a terminal has more" without_colour
check "as many as there are marks" [ "$(grep -oF "$esc[0m" "$scratch/screen" | wc -l)" = "$(grep -cE ' \([IR]\)$' "$scratch/piped")" ]
for what in NO_COLOR=1 TERM=dumb TERM=; do
	on_terminal "$what" "$both"
	check "$what: no escape sequence" eval '! grep -qF "$esc" "$scratch/screen" && without_colour'
done
on_terminal NO_COLOR= '"$program" compare "$data/runs/counted"'
check "an empty NO_COLOR says nothing" colours 31 '(R)'
for format in markdown csv json; do
	on_terminal A=1 "\"\$program\" compare \"\$data/runs/counted\" --format $format"
	check "$format is for pasting, and has no colour" eval '! grep -qF "$esc" "$scratch/screen"'
done

on_terminal A=1 '"$program" compare none; "$program" validate plan.yaml >/dev/null'
check "errors are red" colours 31 'error:'
check "warnings are yellow" colours 33 'warning:'
on_terminal NO_COLOR=1 '"$program" compare none'
check "and words without" grep -q '^vmapbench: error: none' "$scratch/screen"

"$vmapbench" doctor >"$scratch/piped" 2>/dev/null
on_terminal A=1 '"$program" doctor 2>/dev/null'
check "what is well is green, what is not has another colour" eval 'colours 32 "ok       " &&
	[ "$(grep -cE "^$esc\[3[123]m(ok|limited|missing) " "$scratch/screen")" = "$(grep -cE "^(ok|limited|missing) " "$scratch/piped")" ]'
on_terminal A=1 'stty cols 50; "$program" doctor 2>/dev/null'
check "a narrow terminal has narrow lines" [ "$(sed -E "s/$esc\[[0-9;]*m//g; s/\r//" "$scratch/screen" |
	awk 'length($0) > 50 && split($0, words, " +") > 4' | wc -l)" = 0 ]

on_terminal A=1 '"$program" load --kind forks --threads 1 --for 2'
check "progress is redrawn in place, and gone in the end" eval 'grep -qF "load forks, seconds  1/2" "$scratch/screen" &&
	tr "\r" "\n" <"$scratch/screen" | grep -qE "^$esc\[Jforks: [0-9]+ operations" &&
	! grep -qF "$esc[?" "$scratch/screen"'
on_terminal TERM=dumb '"$program" load --kind forks --threads 1 --for 1'
check "a terminal that knows nothing gets lines" eval 'grep -q "^load forks, seconds: started" "$scratch/screen" &&
	! grep -qF "$esc" "$scratch/screen"'
interrupted()
{
	rm -f "$scratch/screen"
	(
		until grep -qsF 'seconds  1/' "$scratch/screen"; do sleep 0.1; done
		printf '\003'
		sleep 0.5
	) | TERM=xterm SHELL=/bin/bash program=$vmapbench script -qec 'stty cols 80 rows 24; trap : INT
		"$program" load --kind forks --threads 1 --for 60 >/dev/null; echo "ended with $?"' /dev/null >"$scratch/screen" 2>"$scratch/err"
	# The last that is drawn is nothing, and what follows begins a line.
	sed "s/.*$esc\[J//" "$scratch/screen" | tr -d '\r' | tail -n 1 | grep -q '^ended with '
}
check "Ctrl-C leaves a clean line" interrupted
done_testing
