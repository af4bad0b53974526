#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench profile where it must not begin: nothing is built, booted or changed. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
mkdir "$scratch/here"
cd "$scratch/here" || exit 1

expect() # NAME STATUS TEXT, ARGUMENT...: ends so, says so in its last line, and leaves no folder
{
	local name=$1 status=$2 text=$3

	shift 3
	"$vmapbench" profile "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = "$status" ] && tail -1 "$scratch/err" | grep -qF -- "$text" && [ ! -e new ] && [ ! -e runs ]
	ok $? "$name"
}

plan() # MACHINE SOURCE
{
	cat >plan.yaml <<PLAN
title: t
arms: [{name: a, source: "$2"}]
aa: true
machine: {$1}
cells: [{test: map_storm, threads: [1]}]
PLAN
}

plan "accel: counted" linux-7.3
expect "no plan" 2 "0 arguments given, 1 expected" --counted
expect "two plans" 2 "2 arguments given, 1 expected" --counted plan.yaml plan.yaml
expect "exact counts without their mode" 2 "in counted mode nothing runs in real time" plan.yaml --out new
expect "an event that there is not" 2 "--event: expected cycles or cpu-clock" --event faults plan.yaml --out new
expect "none" 2 "--event: expected cycles or cpu-clock" --event "" plan.yaml --out new
expect "no samples" 2 "--hz: expected 1 to 10000 samples a second" --hz -1 plan.yaml --out new
expect "nor none at all" 2 "--hz: expected 1 to 10000 samples a second" --hz 0 plan.yaml --out new
expect "too many" 2 "--hz: expected 1 to 10000 samples a second" --hz 10001 plan.yaml --out new
expect "no number" 2 "--hz" --hz x plan.yaml --out new
expect "samples, and counts" 2 "--hz and --event are about samples" --counted --hz 99 plan.yaml --out new
expect "an event, and counts" 2 "--hz and --event are about samples" --counted --event cycles plan.yaml --out new
expect "calls of samples" 2 "--function: calls are followed by --counted alone" --function vfree plan.yaml --out new
expect "no such plan" 2 "nowhere.yaml" --counted nowhere.yaml --out new
expect "a name that no function has" 2 '--function: "vmap area"' --counted plan.yaml --out new --function "vmap area"
expect "nor this" 2 '--function: "a:b"' --counted plan.yaml --out new --function alloc_vmap_area --function a:b
expect "nor none" 2 '--function: ""' --counted plan.yaml --out new --function ''
expect "--function without a name" 2 "Missing argument for --function" --counted plan.yaml --function
too_many=()
for i in {1..61}; do too_many+=(--function "f$i"); done
expect "more functions than are followed" 2 'expected at most 60 names' --counted plan.yaml --out new "${too_many[@]}"
mkdir there
expect "a folder that is there" 2 "there exists already" --counted plan.yaml --out there

plan "accel: tcg" linux-7.3
expect "a plan of times" 2 "plan.yaml: exact profiles are made in counted mode" --counted plan.yaml --out new
plan "accel: auto" linux-7.3
expect "or of what comes to be" 2 "machine: {accel: counted}" --counted plan.yaml --out new
plan "accel: counted" image:linux-image-amd64@bookworm
expect "a kernel without its functions" 2 "arm a: a kernel that others have built" --counted plan.yaml --out new
# Calls of which no return was seen: none is left to be shown, and it is said.
mkdir lost
cp "$top/tests/data/runs/profiled/manifest.json" lost/
jq -c 'if .t == "profile" then .calls[0] |= (.calls = 0 | .instructions = 0 | .lost = 7 | .lines = (.lines | map_values([]))) else . end' \
	"$top/tests/data/runs/profiled/journal.jsonl" >lost/journal.jsonl
"$vmapbench" compare lost --only lines >out 2>err
check "calls that were all lost are told of" grep -q "LOST: " out
done_testing
