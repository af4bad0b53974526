#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where the locks are: the kernel's text says the same as its symbols, and so does who waits for them. And what waits:
# every waiter is seen in the slow path, with its caller.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/guest/guest.sh"

need_qemu
need_kernels
: "${BUILD:?run by make check-boot}"

run=$scratch/run
guest_archive "$BUILD/tests/locks" >"$scratch/locks.cpio"

boot() # ARM WORD...: of the kernel's command line
{
	local arm=$1

	shift
	GUEST_ARM=$arm guest_boot "$run" "$scratch/locks.cpio" "$scratch/console" threads=4 operations=20000 "$@" >"$scratch/said"
	note "$(jq -r 'select(.t == "waits") | "\(.source) \(.naming): \([.records[]? | {(.lock): .waits}] | add)"' "$scratch/said")"
	check "$arm: the guest comes to its end" [ "$(jq -r 'select(.t == "end") | .t' "$scratch/said")" = end ]
	check "$arm: the kernel has nothing to report" [ "$(jq -r 'select(.t == "splats") | .count' "$scratch/said")" = 0 ]
}

in_said() # FILTER: jq over all that the guest said
{
	jq -se "$1" "$scratch/said" >"$scratch/out"
}

waits() # SOURCE NAMING FILTER: of what was collected so
{
	in_said "map(select(.t == \"waits\" and .source == \"$1\" and .naming == $2))[0] | $3"
}

who_waits_tells() # ARM: with names where the places are known
{
	local source

	for source in slowpath tracepoint; do
		check "$1: $source: named by who waits, all locks are watched" waits $source '"site"' '.description.collectors[0] |
			.unwatched == [] and .naming == "site"'
		# One that only functions of several locks waited for has no name, which is said.
		check "$1: $source: who waits tells the same locks and as many waits" in_said "map(select(.t == \"waits\" and
			.source == \"$source\")) | map(.records | map(select(.lock != \"unknown\") | {(.lock): .waits}) | add // {}) |
			length == 2 and (map([.[]] | sort) | .[0] == .[1]) and (.[0] as \$known | .[1] | to_entries |
			map(select(.key | test(\"^lock of\") | not)) | all(.value == \$known[.key]))"
	done
}

run sweep "$plans/trace-exact.yaml" --out "$run"
check "the machine boots" [ "$status" = 0 ]
boot stock
check "the locks are found" in_said 'map(select(.t == "places"))[0] | .nodes != 0 and .n > 1 and
	(.locks | map(select(. != 0)) | length == 2)'
check "the text says where they are as the symbols do" in_said 'map(select(.t == "places") | del(.how)) | length == 2 and .[0] == .[1]'
check "the state is known" in_said 'map(select(.t == "state"))[0] | .areas > 0 and .lazy_pages >= 0 and .vmalloc_used_kib > 0'

check "slowpath: attached, and every lock watched" waits slowpath null \
	'.description.collectors[0] | .backend == "slowpath" and .unwatched == []'
check "slowpath: there were waits" waits slowpath null '.records | map(.waits) | add > 0'
check "slowpath: none was lost of a known lock" waits slowpath null '.records | map(select(.lock != "unknown") | .lost) | add == 0'
check "slowpath: the callers add up to the waits" waits slowpath null '.records | map(select(.lock != "unknown")) |
	all((.callers | map(.waits) | add) == .waits and (.callers | map(.wait_ns) | add) == .wait_ns)'
check "slowpath: a lock is waited for where it is taken" waits slowpath null '.records | map(select(.lock | test("lazy$")) | .callers[].site) |
	all(. == "free_vmap_area_noflush" or . == "__purge_vmap_area_lazy")'
check "tracepoint: says of this kernel that it does not tell of every waiter" waits tracepoint null \
	'.description.collectors[0].measures | test("alone")'
check "trace events need places" waits tracefs '"site"' '.refused[0].why | test("place")'
who_waits_tells stock

run=$scratch/one-node
run sweep "$plans/trace-one-node.yaml" --out "$run"
boot one-node
check "one node alone is found by its own name" in_said 'map(select(.t == "places"))[0] | .nodes != 0 and .n == 1'

# Where the kernel's memory cannot be read, only its variables have known places.
run sweep "$plans/trace-matrix.yaml" --out "$run-matrix"
if [ "$status" = 4 ]; then
	skip 11 "no packages of kernels: $(tail -n 1 "$scratch/err")"
else
	run=$run-matrix
	boot deb-6.12 lockdown=confidentiality
	check "confidentiality: reading memory is refused" in_said 'map(select(.t == "places"))[0].n == 0'
	check "confidentiality: the locks of nodes are named by who waits" waits slowpath null \
		'.records | map(select(.lock | test("^vn\\[[0-9]+\\]\\.(busy|lazy|pool)$")) | .naming) | length > 0 and all(. == "site")'
	check "confidentiality: every lock has its name" waits slowpath null '.records | all(.lock | test("lock of") | not)'
	boot deb-6.1
	who_waits_tells deb-6.1
fi
done_testing
