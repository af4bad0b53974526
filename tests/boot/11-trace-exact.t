#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The latency collector counts every operation of a known load, by each backend, and leaves nothing behind.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/guest/guest.sh"

workers=8
loops=${TRACE_LOOPS:-2000}
cycles=${TRACE_CYCLES:-50}
# Areas that loading the module and starting its workers made, beyond those of the load: 9 to 14 were seen.
others=40

need_qemu
need_kernels
: "${BUILD:?run by make check-boot}"

guest_said() # FILTER: of what the guest said
{
	jq -r "$1" "$scratch/said"
}

boot() # INIT NAME=NUMBER...: in a guest of the run
{
	local init=$1

	shift
	guest_archive "$BUILD/tests/$init" "test_vmalloc.ko=$(guest_kernel "$run")/test_vmalloc.ko" >"$scratch/$init.cpio"
	guest_boot "$run" "$scratch/$init.cpio" "$scratch/$init.console" "$@" >"$scratch/said"
	note "$(cat "$scratch/said")"
	check "$init: the guest comes to its end" [ "$(guest_said 'select(.t == "end") | .t')" = end ]
	check "$init: the kernel has nothing to report" [ "$(guest_said 'select(.t == "splats") | .count')" = 0 ]
}

counts_all() # BACKEND: every operation is counted, and hardly anything else; or what is missing is said to be lost
{
	local count lost

	read -r count lost < <(guest_said "select(.t == \"exact\" and .backend == \"$1\") | \"\(.count) \(.lost)\"")
	case $1 in
	# A kretprobe has a limited number of instances; what it misses has to be in the loss counter.
	kprobe) [ $((count + lost)) -ge $((workers * loops)) ] && [ "$count" -le $((workers * loops + others)) ] ;;
	*) [ "$lost" = 0 ] && [ "$count" -ge $((workers * loops)) ] && [ "$count" -le $((workers * loops + others)) ] ;;
	esac
}

run=$scratch/run
run sweep "$plans/trace-exact.yaml" --out "$run"
check "the machine boots" [ "$status" = 0 ]

boot exact "workers=$workers" "loops=$loops"
for backend in fsession fentry kprobe.session kprobe tp_btf raw_tp tracefs; do
	check "$backend: $((workers * loops)) operations are as many entries" counts_all "$backend"
done
check "calls of alloc_vmap_area are as many as the kernel's own events from it" \
	[ "$(guest_said 'select(.t == "referee") | .count == .events')" = true ]

GUEST_THREAD=single boot cycles "cycles=$cycles" maxcpus=2 rcupdate.rcu_expedited=1
for what in fds programs maps links types; do
	check "after $cycles attachments under load: as many $what as before" \
		[ "$(jq -s "map(select(.t == \"stock\") | .$what) | length == 2 and .[0] == .[1]" "$scratch/said")" = true ]
done
check "memory of the kernel did not grow with them" \
	[ "$(jq -s 'map(select(.t == "stock")) | (.[1].slab_kib + .[1].percpu_kib) - (.[0].slab_kib + .[0].percpu_kib) < 4096' "$scratch/said")" = true ]
# On a busy host the load may not get its turn in the milliseconds of one of them.
check "the attachments saw the load" [ "$(guest_said 'select(.t == "cycles") | .empty * 10 < .count')" = true ]
done_testing
