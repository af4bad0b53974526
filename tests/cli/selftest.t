#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench selftest, where it cannot begin. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
data=$(cd "$(dirname "$0")/../data" && pwd)
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1

refused() # NAME STATUS TEXT ARGUMENT...: nothing on standard output, and a last line that says so
{
	local name=$1 status=$2 text=$3

	shift 3
	"$vmapbench" selftest "$@" >out 2>err
	[ $? = "$status" ] && [ ! -s out ] && tail -n 1 err | grep -qF -- "$text"
	ok $? "$name"
}

refused "it takes no plan" 2 "selftest: 1 argument given, 0 expected" plan.yaml
refused "--out needs a folder" 2 "Missing argument for --out" --out
mkdir other broken
cp -r "$data/runs/counted" other/counted
refused "a run of another plan is refused" 2 "other/counted is a run of another plan than" --quick --out other
check "the sentence says how to go on" grep -qF '`vmapbench selftest --out other` goes on with it' err
touch broken/counted
refused "nor is what is no run" 1 "broken/counted" --quick --out broken
for plan in aa canary counted; do
	check "kernels/selftest/$plan.yaml is a plan" "$vmapbench" validate "$top/kernels/selftest/$plan.yaml"
done
cells() # PLAN: test, threads and loops
{
	grep "test:" "$top/kernels/selftest/$1.yaml" |
		sed "s/.*test: \(.*\), threads: .\(.*\)., loops: \(.*\)}/\1 \3 \2/" |
		while read -r test loops threads; do
			for n in ${threads//,/ }; do echo "$test/$n $loops"; done
		done | sort
}
cells canary >canary
cells aa | comm -13 - canary >unknown
check "every row of the canaries has its noise from aa.yaml" eval '[ -s canary ] && [ ! -s unknown ]'
done_testing
