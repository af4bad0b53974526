#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench validate: good plans, bad plans with their positions, and what is no plan. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
plans=$(cd "$(dirname "$0")/../data/plans" && pwd)
. "$(dirname "$0")/../tap.sh"

validate() # ARGUMENT...: leaves status, out and err
{
	"$vmapbench" validate "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

refused() # NAME TEXT: a usage error of one line with the text
{
	[ "$status" = 2 ] && [ ! -s "$scratch/out" ] && [ "$(wc -l <"$scratch/err")" = 1 ] && grep -qF -- "$2" "$scratch/err"
	ok $? "$1"
}

valid() # NAME COUNTS
{
	[ "$status" = 0 ] && [ ! -s "$scratch/err" ] && grep -qF -- "valid: $2" "$scratch/out"
	ok $? "$1"
}

validate "$plans/good-anchors.yaml"
valid "anchors and aliases" "2 arms x 10 blocks x 4 rows x 3 loads"
validate "$plans/good-packed.yaml"
valid "all keys" "2 arms x 200 blocks x 3 rows x 1 loads"
validate /dev/stdin <"$plans/good-packed.yaml"
valid "a plan out of a pipe" "2 arms"
validate "$plans/good-rebuilds.yaml"
valid "rebuilds are arms" "16 arms x 2 blocks x 2 rows x 5 loads"
validate "$plans/good-arm64.yaml"
valid "arm64, with a CPU model" "2 arms x 10 blocks x 1 rows x 3 loads"

# Each says in its first line what is wrong with it, and where.
for plan in "$plans"/bad-*.yaml; do
	validate "$plan"
	refused "${plan##*/}" "error: $plan:$(sed -n '1s/^# expect: //p' "$plan")"
done
cd "$plans" || exit 1
validate bad-threads.yaml
refused "a plan is called what it was called on the command line" "error: bad-threads.yaml:7:41: "
cd "$scratch" || exit 1

validate nowhere.yaml
refused "a file that is not there" "nowhere.yaml"
validate "$plans"
refused "a folder" "Is a directory"
validate /dev/null
refused "an empty file" "/dev/null:1:1: the file is empty"
validate ''
refused "no name" "cannot read the plan"
head -c 100000 /dev/urandom >noise.yaml
validate noise.yaml
refused "noise" "noise.yaml:"
head -c 100000 /dev/zero >zeros.yaml
validate zeros.yaml
refused "zeros" "zeros.yaml:1:1: a byte of value 0"
iconv -f UTF-8 -t UTF-16 "$plans/good-packed.yaml" >wide.yaml
validate wide.yaml
refused "UTF-16" "wide.yaml:1:"
printf 'title: caf\351\n' >latin.yaml
validate latin.yaml
refused "Latin-1" "latin.yaml:1:1: not valid YAML"
touch unreadable.yaml
chmod 0 unreadable.yaml
if [ -r unreadable.yaml ]; then
	ok 0 "a file that may not be read # SKIP root may read everything"
else
	validate unreadable.yaml
	refused "a file that may not be read" "Permission denied"
fi

# Files are looked for beside the plan, from wherever it is called.
mkdir -p "a folder/patches" elsewhere
cat >"a folder/plan.yaml" <<'PLAN'
title: t
arms:
  - {name: a, source: 'dir:tree'}
  - {name: b, source: 'tar:linux.tar.xz', series: [patches, one.patch], config: lockdep.config}
cells:
  - {test: x, threads: [1]}
PLAN
cd elsewhere || exit 1
missing() # FILE POSITION: still missing; then make it
{
	validate "../a folder/plan.yaml"
	refused "$1 is missing" "error: ../a folder/plan.yaml:$2: "
	grep -qF -- "$scratch/a folder/$1" "$scratch/err"
	ok $? "and named in full"
	touch "../a folder/$1"
}
missing tree "3:23: arms[0].source"
missing linux.tar.xz "4:23: arms[1].source"
validate "../a folder/plan.yaml"
refused "a folder of patches without a patch" "4:52: arms[1].series[0]: $scratch/a folder/patches: this folder has no *.patch files"
touch "../a folder/patches/0001.patch"
missing one.patch "4:61: arms[1].series[1]"
missing lockdep.config "4:81: arms[1].config"
validate "../a folder/plan.yaml"
valid "all there" "2 arms"

done_testing
