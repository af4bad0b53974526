#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The collectors on arm64: every backend on Debian's kernels and on one of ours, and what is counted is exact.

. "$(dirname "$0")/lib.sh"
. "$boot/trace-matrix.sh"

export GUEST_THREAD=single
guests=$TOP/.build/arm64/tests
workers=4
loops=${TRACE_LOOPS:-2000}

need_arm64
need_kernels trace-matrix-arm64
: "${BUILD:?run by make check-boot}"

counts_all() # BACKEND: see 11-trace-exact.t
{
	local count lost

	read -r count lost < <(said "select(.t == \"exact\" and .backend == \"$1\") | \"\(.count) \(.lost)\"")
	[ "$1" = kprobe ] || [ "$lost" = 0 ] && [ $((count + lost)) -ge $((workers * loops)) ] &&
		[ "$count" -le $((workers * loops + others)) ]
}

run=$scratch/run
run sweep "$plans/trace-matrix-arm64.yaml" --out "$run"
if [ "$status" = 4 ]; then
	skip_all "no packages of kernels: $(tail -n 1 "$scratch/err")"
fi
check "the kernels boot" [ "$status" = 0 ]
guest_archive "$guests/matrix" >"$scratch/matrix.cpio"

check_kernel stock "$all_backends"
check_kernel deb-6.12 'fentry kprobe tp_btf raw_tp tracefs'
# No trampolines before 6.4, and its variables are not among its symbols.
check_kernel deb-6.1 'kprobe tracefs' 'tracepoint tracefs' text

guest_archive "$guests/exact" "test_vmalloc.ko=$(GUEST_ARM=stock guest_kernel "$run")/test_vmalloc.ko" >"$scratch/exact.cpio"
GUEST_ARM=stock guest_boot "$run" "$scratch/exact.cpio" "$scratch/console" "workers=$workers" "loops=$loops" >"$scratch/said"
note "$(cat "$scratch/said")"
check "exact: the guest comes to its end" [ "$(said 'select(.t == "end") | .t')" = end ]
check "exact: the kernel has nothing to report" [ "$(said 'select(.t == "splats") | .count')" = 0 ]
for backend in $all_backends; do
	check "$backend: $((workers * loops)) operations are as many entries" counts_all "$backend"
done
check "calls of alloc_vmap_area are as many as the kernel's own events from it" \
	[ "$(said 'select(.t == "referee") | .count == .events')" = true ]
done_testing
