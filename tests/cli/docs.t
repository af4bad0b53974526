#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The documents against the program: keys, ranges, examples, statuses. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
. "$(dirname "$0")/../tap.sh"

check() # NAME COMMAND...
{
	local name=$1 verdict=ok
	shift
	"$@" >"$scratch/said" 2>&1 || verdict="not ok"
	count=$((count + 1))
	echo "$verdict $count - $name"
	[ "$verdict" = ok ] || sed 's/^/# /' "$scratch/said" >&2
}

fenced() # LANGUAGE FILE: what stands in its code blocks of that language
{
	awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$2"
}

documented_keys() # SECTION: of docs/plan.md, in their order
{
	awk -v heading="## $1" '/^## / { inside = $0 == heading } inside' "$top/docs/plan.md" |
		sed -n 's/^| `\([a-z_]*\)` |.*/\1/p' | paste -sd, | sed 's/,/, /g'
}

# A plan with one key more at the end of a section's mapping.
plan_with() # SECTION KEY: VALUE
{
	local arm="name: a, source: linux-7.3" cell="test: x, threads: [1]" mapping=

	case $1 in
	'`arms`') arm+=", $2" ;;
	'`cells`') cell+=", $2" ;;
	'Top level') mapping=$2 ;;
	*) mapping="${1//\`/}: {$2}" ;;
	esac
	printf 'title: t\narms:\n  - {%s}\naa: true\ncells:\n  - {%s}\n%s\n' "$arm" "$cell" "$mapping" >"$scratch/plan.yaml"
}

refused_with() # TEXT: the plan of the moment
{
	"$vmapbench" validate "$scratch/plan.yaml" 2>&1 | grep -F -- "$1" || {
		"$vmapbench" validate "$scratch/plan.yaml" 2>&1
		echo "expected: $1"
		return 1
	}
}

for section in 'Top level' '`arms`' '`machine`' '`design`' '`limits`' '`trace`' '`cells`'; do
	plan_with "$section" 'no_such_key: 1'
	check "plan.md lists the keys of $section" refused_with "expected one of: $(documented_keys "$section")"
done

# Every row "| `key` | A to B |" of a section, against what the program says of a wrong number there.
while IFS='|' read -r section key range; do
	plan_with "$section" "$key: 2x"
	check "plan.md knows the range of $key" refused_with "expected a whole number from $range, found \"2x\""
done < <(awk -F' *\\| *' '/^## / { section = substr($0, 4) }
	$3 ~ /^[0-9]+ to [0-9]+$/ { gsub(/`/, "", $2); print section "|" $2 "|" $3 }' "$top/docs/plan.md")

# The same of board files.
board_with() # SECTION KEY: VALUE
{
	local ssh="target: a" boot="base_cmdline: root=/dev/a" top= section=${1//\`/}

	case $section in
	ssh) ssh+=", $2" ;;
	boot) boot+=", $2" ;;
	'Top level') top=$2 ;;
	power) top="power: {off: x, on: x, $2}" ;;
	timeouts) top="console: {command: x}"$'\n'"timeouts: {$2}" ;;
	*) top="$section: {$2}" ;;
	esac
	printf 'name: a\narch: arm64\nssh: {%s}\nboot: {%s}\n%s\n' "$ssh" "$boot" "$top" >"$scratch/board.yaml"
}

board_refused_with() # TEXT
{
	"$vmapbench" board check "$scratch/board.yaml" 2>&1 | grep -F -- "$1"
}

for section in 'Top level' '`ssh`' '`console`' '`power`' '`boot`' '`timeouts`'; do
	board_with "$section" 'no_such_key: 1'
	keys=$(awk -v heading="### $section" '/^##/ { inside = $0 == heading } inside' "$top/docs/boards.md" |
		sed -n 's/^| `\([a-z_]*\)` |.*/\1/p' | paste -sd, | sed 's/,/, /g')
	check "boards.md lists the keys of $section" board_refused_with "expected one of: $keys"
done
while IFS='|' read -r section key range; do
	board_with "$section" "$key: 2x"
	check "boards.md knows the range of $key" board_refused_with "expected a whole number from $range, found \"2x\""
done < <(awk -F' *\\| *' '/^### / { section = substr($0, 5) }
	$3 ~ /^[0-9]+ to [0-9]+$/ { gsub(/`/, "", $2); print section "|" $2 "|" $3 }' "$top/docs/boards.md")
fenced yaml "$top/docs/boards.md" | sed 's|^name:.*|&\nlock: /proc/nowhere/lock|' >"$scratch/board.yaml"
check "the example of boards.md is a board file" board_refused_with "/proc/nowhere"

mkdir "$scratch/example"
fenced yaml "$top/docs/plan.md" >"$scratch/example/plan.yaml"
touch "$scratch/example/mine.patch" "$scratch/example/mine.config"
check "the example of plan.md is a plan" "$vmapbench" validate "$scratch/example/plan.yaml"
fenced yaml "$top/README.md" >"$scratch/example/readme.yaml"
touch "$scratch/example/my.patch"
check "so is the one of README.md" "$vmapbench" validate "$scratch/example/readme.yaml"

mkdir "$scratch/run"
fenced json "$top/docs/journal.md" >"$scratch/run/manifest.json"
fenced jsonl "$top/docs/journal.md" >"$scratch/run/journal.jsonl"
is_read() # the run of docs/journal.md, which has arms that failed
{
	"$vmapbench" compare "$scratch/run"
	[ $? = 3 ]
}
check "the examples of journal.md are a run" is_read
kinds_have_examples()
{
	sed -n 's/^### `\(.*\)`$/\1/p' "$top/docs/journal.md" | while read -r kind; do
		grep -q "\"t\":\"$kind\"" "$scratch/run/journal.jsonl" || echo "no example of $kind"
	done >"$scratch/missing"
	cat "$scratch/missing"
	[ ! -s "$scratch/missing" ] && [ "$(grep -c '^### ' "$top/docs/journal.md")" -ge 4 ]
}
check "every kind has an example" kinds_have_examples
kinds_are_documented()
{
	grep -rhoE '("t"|placed_record\(f), "[a-z]+"' "$top/harness/sweep" | sed 's/.*"\([a-z]*\)"$/\1/' | sort -u | while read -r kind; do
		grep -q "^### \`$kind\`$" "$top/docs/journal.md" || echo "$kind is written and not documented"
	done >"$scratch/missing"
	cat "$scratch/missing"
	[ ! -s "$scratch/missing" ]
}
check "every kind that is written is documented" kinds_are_documented

options_of() # COMMAND
{
	diff <("$vmapbench" "$1" --help | grep -oE '^  --[a-z-]+' | grep -vx -- '  --json-progress' | tr -d ' ' | sort) \
		<(sed -n 's/^| `\(--[a-z]*\)[` ].*/\1/p' "$top/docs/$1.md" | sort)
}
for command in attach profile; do
	check "$command.md has the options of $command" options_of $command
done
for kind in before after; do
	mkdir "$scratch/$kind"
	fenced json "$top/docs/attach.md" >"$scratch/$kind/manifest.json"
	fenced jsonl "$top/docs/attach.md" | sed 's/^{/{"v":1,/' >"$scratch/$kind/journal.jsonl"
done
check "its records are a run" "$vmapbench" compare "$scratch/before" "$scratch/after"

statuses_match()
{
	sed -n 's/^\tBENCH_ERROR_\([A-Z]*\) = \([0-9]\),.*/\2 \L\1/p' "$top/harness/base/error.h" >"$scratch/codes"
	sed -n 's/^| \([1-9]\) | \([a-z]*\) |.*/\1 \2/p' "$top/docs/exit-status.md" | diff "$scratch/codes" -
}
check "exit-status.md has the codes of error.h" statuses_match

progress_is_json()
{
	fenced jsonl "$top/docs/progress.md" >"$scratch/lines"
	[ "$(jq -c "select(.v == 1)" "$scratch/lines" | wc -l)" = "$(wc -l <"$scratch/lines")" ] && [ -s "$scratch/lines" ]
}
check "the examples of progress.md are JSON Lines" progress_is_json
options_are_documented()
{
	for option in '-q`, `--quiet' --json-progress; do
		grep -qF -- "| \`$option\` |" "$top/docs/progress.md" || echo "$option"
	done >"$scratch/missing"
	cat "$scratch/missing"
	[ ! -s "$scratch/missing" ]
}
check "progress.md has the options of every command" options_are_documented

links_lead_somewhere()
{
	(cd "$top" && grep -noE '\]\([^)#:]+\)' README.md docs/*.md kernels/*/README.md) | sed 's/](/ /; s/)$//' |
		while IFS=': ' read -r file line target; do
			[ -e "$top/$(dirname "$file")/$target" ] || echo "$file:$line: $target is not there"
		done >"$scratch/missing"
	cat "$scratch/missing"
	[ ! -s "$scratch/missing" ]
}
check "no link leads nowhere" links_lead_somewhere

# Each is run for real by other tests; this one sees that README.md spells them as they are.
readme_commands_are_real()
{
	local command option words sub

	while read -r command words; do
		sub=
		[ "$command" != board ] || sub=${words%% *}
		"$vmapbench" "$command" ${sub:+"$sub"} --help >"$scratch/help" 2>&1 || { echo "vmapbench $command" && return 1; }
		for option in $(grep -oE -- '--[a-z]+' <<<"$words"); do
			grep -qF -- "$option" "$scratch/help" || { echo "vmapbench $command $option" && return 1; }
		done
	done < <(sed -nE 's/^    (sudo )?\.build\/x86_64\/vmapbench ([^#]*).*/\2/p' "$top/README.md")
	grep -oE 'make [a-z]+' "$top/README.md" | sort -u | while read -r _ command; do
		grep -q "^$command:" "$top/Makefile" || { echo "make $command" && return 1; }
	done
}
check "the commands of README.md are real" readme_commands_are_real

done_testing
