#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench series where it must not begin: nothing is built, booted or changed. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
data=$(cd "$(dirname "$0")/../data" && pwd)
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
mkdir "$scratch/here"
cd "$scratch/here" || exit 1

state() # of all that it could write to
{
	find "$scratch/here" "$XDG_CACHE_HOME" -printf '%P %y %s\n' 2>&1 | sort
}

expect() # NAME STATUS TEXT, ARGUMENT...: ends so, says so in its last line, leaves all as it is
{
	local name=$1 status=$2 text=$3 before

	shift 3
	before=$(state)
	"$vmapbench" series "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = "$status" ] && tail -1 "$scratch/err" | grep -qF -- "error: " && grep -qF -- "$text" "$scratch/err"
	ok $? "$name"
	[ "$before" = "$(state)" ]
	ok $? "$name: nothing is changed"
}

mkdir patches
for i in 1 2 3; do
	printf 'Subject: [PATCH %s/3] patch %s\n\n' $i $i >patches/000$i.patch
done
plan() # ARMS MACHINE [MORE]
{
	printf 'title: t\narms:\n%b\nmachine: {%s}\n%bcells:\n  - {test: x, threads: [1, 2]}\n  - {test: y, threads: [1]}\n' "$1" "$2" "${3:-}"
}
arms='  - {name: stock, source: linux-7.3}\n  - {name: all, source: linux-7.3, series: [patches]}'
plan "$arms" 'accel: counted' 'rebuilds: 2\n' >plan.yaml
plan "$arms" 'accel: counted' >no-gate.yaml
plan "$arms" 'accel: tcg' 'design: {blocks: 7}\n' >timed.yaml
plan "$arms" 'accel: counted' 'rebuilds: 2\nrebuild_candidates: true\n' >images.yaml
plan '  - {name: stock, source: linux-7.3}' 'accel: counted' 'aa: true\nrebuilds: 2\n' >one-arm.yaml
plan '  - {name: stock, source: linux-7.3}\n  - {name: other, source: linux-7.3, layout: 2}' 'accel: tcg' >no-series.yaml
plan "${arms/series/layout: 1, series}" 'accel: tcg' >layout.yaml

usage='give either one PLAN (with --out, --bisect, --machine, --arch, if you like), or --resume RUN'
expect "nothing to measure" 2 "$usage"
expect "two plans" 2 "$usage" plan.yaml plan.yaml
expect "a plan and a run" 2 "$usage" plan.yaml --resume run
expect "a run and a test" 2 "$usage" --resume run --bisect x
expect "a run and a folder" 2 "$usage" --resume run --out new
expect "no such plan" 2 "nowhere.yaml" nowhere.yaml
expect "a plan of one arm" 2 "one-arm.yaml:3:3: arms: " one-arm.yaml
expect "a plan without a series" 2 "no-series.yaml:4:5: arms[1]: the arm other has no series" no-series.yaml
expect "arms that differ in more than patches" 2 "differs from the baseline stock in its layout, too" layout.yaml
expect "counted steps without a gate" 2 "no-gate.yaml:5:18: machine.accel: counted steps are judged by" no-gate.yaml
mkdir there
expect "a folder that is there" 2 "there exists already; give another --out" plan.yaml --out there
expect "a run that is not there" 1 "nowhere is not the folder of a run" --resume nowhere
expect "the run of a sweep" 2 "is not a run of \`vmapbench series\`" --resume "$data/runs/timed"

expect "a row that is not in the plan" 2 'plan.yaml: "z" is no row of this plan; expected one of: x/1, x/2, y/1' plan.yaml --bisect z
expect "a test with two rows" 2 'plan.yaml: "x" is more than one row; expected one of: x/1, x/2, y/1' plan.yaml --bisect x
expect "a folder that is there, to be bisected in" 2 "there exists already; give another --out" \
	plan.yaml --bisect y --out there
expect "images to be bisected" 2 "leave out rebuild_candidates" images.yaml --bisect y
# A family of 5 comparisons needs 2 / 2^8 < 5 % / 5.
expect "too few blocks for the error budget" 2 "design.blocks has to be 8 or more" timed.yaml --bisect y
done_testing
