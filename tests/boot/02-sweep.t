#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A whole sweep: journal, table, charts; and what can be done with its folder on a machine that has nothing else.

. "$(dirname "$0")/lib.sh"

events() # the boots' events and classes, counted
{
	journal 'select(.t == "boot") | .event + " " + (.class // "-")' | sort | uniq -c | awk '{ $1 = $1; print }' | tr -d '"' |
		paste -sd,
}

check_journal() # NAME: of the sweep of sweep.yaml in $run
{
	check "$1: ends with status 0" [ "$status" = 0 ]
	check "$1: every boot of the schedule started, came up and ended well, once" \
		[ "$(events)" = "12 end ok,12 start -,12 up -" ]
	check "$1: every row was measured" is_complete "$run" 12 2
	check "$1: with a time for each worker" [ "$(count_of 'select(.t == "load") | .cell as $cell |
		select(.workers_us | length == ($cell | split("/")[1] | tonumber) and all(. > 0))')" = 24 ]
	check "$1: no boot without its times" [ "$(count_of 'select(.event == "end" and .t == "boot") |
		select(.boot_s > 0 and .loads_s > 0 and .shutdown_s > 0)')" = 12 ]
	check "$1: the last record says how much of the time was the guests'" [ "$(journal 'select(.t == "run") |
		.event == "end" and .guest_s > 0 and .wall_s > .guest_s')" = true ]
	note "$1: $(journal 'select(.t == "run") | "wall \(.wall_s) s, guests \(.guest_s) s"')"
	note "$1: boots took $(journal 'select(.event == "end" and .t == "boot") | .boot_s' | sort -n | sed -n '1p;$p' | paste -sd-) s"
}

charts() # DIR: are they what they say
{
	local name

	for name in gain-nodes threads; do
		is_svg "$1/$name.svg" && [ "$(head -c 8 "$1/$name.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ] ||
			return 1
	done
}

is_svg() # FILE: begins and ends as an SVG does
{
	head -n 5 "$1" | grep -q '<svg' && tail -n 2 "$1" | grep -q '</svg>'
}

need_qemu
need_kernels
run=$scratch/run

run sweep "$plans/sweep.yaml" --out "$run"
cp "$scratch/out" "$scratch/table"
check_journal tcg
check "the table is printed" grep -q '^nodes against one-node' "$scratch/table"
check "with both rows" [ "$(grep -cE '^(fix_size_alloc_test/1|long_busy_list_alloc_test/2) ' "$scratch/table")" = 2 ]
check "and the noise floor" grep -q "^A/A noise floor" "$scratch/table"
check "and names the accelerator" grep -q 'TCG: emulated time' "$scratch/table"

check "every boot has its console" [ "$(find "$run/console" -name '*.log' -size +0 | wc -l)" = 12 ]
check "with the brackets of its loads" [ "$(grep -l 'vmapbench: end .* 1' "$run"/console/*.log | wc -l)" = 12 ]
check "and no word of the agent's" eval '! grep -q "{\"t\":" "$run"/console/*.log'
check "the journal has no word of the console's" eval '! grep -qE "vmapbench: (begin|end) |\[ +[0-9]+\.[0-9]{6}\]" "$run/journal.jsonl"'
check "nothing else is left in the folder" [ "$(cd "$run" && echo *)" = "console journal.jsonl manifest.json" ]

manifest() # FILTER
{
	jq -e "$1" "$run/manifest.json" >/dev/null
}

check "the manifest holds the plan, word for word" eval 'jq -j .plan.text "$run/manifest.json" | cmp -s - "$plans/sweep.yaml"'
check "the command line" manifest '.command[0] == "vmapbench" and .command[1] == "sweep"'
check "seed, accelerator and host" manifest '.seed == 20240102 and .accel == "tcg" and (.host | .qemu and .kernel and .cpus > 0)'
check "for every arm its kernel and the lines that make it again" manifest \
	'[.arms[].name] == ["one-node", "nodes", "aa"] and (.arms | all(.kernel.reproduce | any(test("sha256sum -c"))))'
check "and each boot has QEMU's command line" [ "$(count_of 'select(.event == "start" and (.command | test("^qemu-system-x86_64 ")))')" = 12 ]

for format in text markdown csv json; do
	run compare "$run" --format $format
	check "compare: $format" eval '[ "$status" = 0 ] && [ -s "$scratch/out" ]'
done
check "the json is json" eval 'jq -e ".arms | length == 3" "$scratch/out" >/dev/null'
run compare "$run"
check "the table is the one that the sweep printed" cmp -s "$scratch/out" "$scratch/table"
run plot "$run"
check "plot draws" [ "$status" = 0 ]
check "every chart as SVG and PNG" charts "$run/charts"

run sweep "$plans/sweep.yaml" --out "$run"
check "a second sweep into the same folder is refused" [ "$status" = 2 ]
run sweep --resume "$run"
check "a finished run has nothing to resume" eval '[ "$status" = 0 ] && [ "$(events)" = "12 end ok,12 start -,12 up -" ]'

# Another machine: no QEMU, no kernels, no plan, another path.
mkdir "$scratch/bin" "$scratch/cache"
ln -s "$(command -v gnuplot)" "$scratch/bin/"
mv "$run" "$scratch/elsewhere"
rm -r "$scratch/elsewhere/charts" "$scratch/elsewhere/console"
elsewhere()
{
	PATH=$scratch/bin XDG_CACHE_HOME=$scratch/cache "$VMAPBENCH" "$@" "$scratch/elsewhere" >"$scratch/out" 2>"$scratch/err"
}
check "compare works elsewhere" elsewhere compare
check "with the same figures" eval 'diff <(sed 1d "$scratch/table") <(sed 1d "$scratch/out")'
check "plot works elsewhere" elsewhere plot
check "with every chart" charts "$scratch/elsewhere/charts"
done_testing
