#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench sweep where it must not begin, or not go on: nothing is built, booted or changed. VMAPBENCH names the program.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
data=$(cd "$(dirname "$0")/../data" && pwd)
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
mkdir "$scratch/here" "$scratch/bin"
cd "$scratch/here" || exit 1

state() # of all that a sweep could write to
{
	find "$scratch/here" -printf '%P %y %s\n' | sort
	find "$scratch/here" -type f -exec sha256sum {} + | sort
}

expect() # NAME STATUS TEXT, ARGUMENT...: ends so, says so in its last line, leaves all as it is
{
	local name=$1 status=$2 text=$3 before after

	shift 3
	before=$(state)
	"$vmapbench" sweep "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = "$status" ] && tail -1 "$scratch/err" | grep -qF -- "error: " && grep -qF -- "$text" "$scratch/err"
	ok $? "$name"
	after=$(state)
	[ "$before" = "$after" ]
	ok $? "$name: nothing is changed"
}

run() # a copy of a recorded run to spoil
{
	rm -rf run
	cp -r "$data/runs/timed" run
}

cat >plan.yaml <<'PLAN'
title: t
arms: [{name: a, source: linux-7.3}]
aa: true
machine: {accel: tcg}
cells: [{test: fix_size_alloc_test, threads: [1]}]
PLAN

usage='give either one PLAN (with --out, --machine, --arch, if you like), or --resume RUN'
expect "nothing to run" 2 "$usage"
expect "two plans" 2 "$usage" plan.yaml plan.yaml
expect "a plan and a run" 2 "$usage" plan.yaml --resume run
expect "a run and a folder" 2 "$usage" --resume run --out other
expect "--resume without a run" 2 "Missing argument for --resume" --resume
expect "--out without a folder" 2 "Missing argument for --out" plan.yaml --out
expect "an unknown option" 2 "Unknown option --blocks" plan.yaml --blocks 3
expect "no such plan" 2 "nowhere.yaml" nowhere.yaml --out new
expect "a wrong plan" 2 "$data/plans/bad-threads.yaml:7:41: " "$data/plans/bad-threads.yaml" --out new

mkdir full empty
touch full/file file
expect "a folder that is there" 2 'full exists already; give another --out, or go on with it by `vmapbench sweep --resume`' plan.yaml --out full
expect "even an empty one" 2 "empty exists already" plan.yaml --out empty
expect "a file in its place" 2 "file exists already" plan.yaml --out file

# A QEMU that boots the probe of the accelerators, and nothing else.
printf '#!/bin/sh\n[ "$1" = --version ] && { echo "QEMU emulator version 9.9.9"; exit 0; }\nprintf PLCT; exit 85\n' \
	>"$scratch/bin/qemu-system-x86_64"
chmod +x "$scratch/bin/qemu-system-x86_64"
mkdir "$scratch/none"
sed 's/accel: tcg/accel: tcg, memory_mib: 1048576/' plan.yaml >large.yaml
real=$vmapbench
with_path() # PATH: the vmapbench of the next calls has this one
{
	printf '#!/bin/bash\nPATH=%q\nexec %q "$@"\n' "$1" "$real" >"$scratch/vmapbench"
	chmod +x "$scratch/vmapbench"
	vmapbench=$scratch/vmapbench
}
with_path "$scratch/bin"
expect "a guest larger than this machine" 4 "needs a guest with 1048576 MiB" large.yaml --out new
with_path "$scratch/none"
expect "no QEMU" 4 "qemu-system-x86" plan.yaml --out new
vmapbench=$real

expect "a run that is not there" 1 "nowhere is not the folder of a run" --resume nowhere
expect "a folder that is no run" 1 "full is not the folder of a run" --resume full
expect "a file that is no run" 1 "file is not the folder of a run" --resume file
run
rm run/journal.jsonl
expect "a run without its journal" 1 "run/journal.jsonl" --resume run
run
echo '{' >run/manifest.json
expect "a broken manifest" 1 "run/manifest.json:2:0: not valid JSON" --resume run
run
sed -i 's/"v": 1,/"v": 2,/' run/manifest.json
expect "a manifest of a newer version" 1 "run/manifest.json: version 2 is newer than this program reads (1); use a newer" --resume run
run
sed -i 's/cells:/rows:/' run/manifest.json
expect "a frozen plan that is none" 2 "plan.yaml:10:1: rows: there is no such key" --resume run
run
sed -i '3s/"v":1/"v":7/' run/journal.jsonl
expect "a journal of a newer version" 1 "run/journal.jsonl:3: record version 7 is newer than this program reads (1)" --resume run
run
sed -i '5s/.$//' run/journal.jsonl
expect "a broken line" 1 "run/journal.jsonl:5: not a record" --resume run
run
sed -i '2s/"workers_us":\[[0-9]*\]/"workers_us":[]/' run/journal.jsonl
expect "a wrong record" 1 'run/journal.jsonl:2: "workers_us": expected a list of 1 to 65535 times' --resume run
run
sed -n 2p run/journal.jsonl >>run/journal.jsonl
expect "a load that stands there twice" 1 "stands here for the second time" --resume run
run
exec 9<run/journal.jsonl
flock 9
expect "a run under way" 2 "run/journal.jsonl: another vmapbench is writing this journal" --resume run
exec 9<&-
run
jq '.cpu = "max,la57=on"' run/manifest.json >manifest && mv manifest run/manifest.json
expect "a run of another processor" 2 'whose processor was "max,la57=on", and this version would give them "max,la57=off"' \
	--resume run
run
with_path "$scratch/bin"
expect "a run of another machine" 2 "the run was begun on another machine: its \"kernel\" was unknown" --resume run
vmapbench=$real
done_testing
