#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every backend of the latency collector and every source of the lock collector, on Debian's kernels and on one of ours:
# those that a kernel offers work and count a known load, the others are refused with a reason.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/guest/guest.sh"

operations=2000
# Areas of others while the load runs: 0 to 8 were seen.
others=40
all_backends='fsession fentry kprobe.session kprobe tp_btf raw_tp tracefs'
all_sources='slowpath tracepoint tracefs'

need_qemu
need_kernels
: "${BUILD:?run by make check-boot}"

said() # FILTER: of what the guest said
{
	jq -r "$1" "$scratch/said"
}

tried() # COLLECTOR BACKEND FILTER: of what came of it
{
	said "select(.t == \"tried\" and .collector == \"$1\" and .backend == \"$2\") | $3"
}

# As many allocations as the load made, and hardly more; a kretprobe that had no instance left has to say so.
counts_load() # BACKEND
{
	local count lost

	read -r count lost < <(tried latency "$1" '.records | map(select(.function == "alloc_vmap_area" or .t == "events"))[0] |
		"\(.count // .allocs) \(.lost)"')
	[ "$1" = kprobe ] || [ "$lost" = 0 ] && [ $((count + lost)) -ge "$operations" ] &&
		[ "$count" -le $((operations + others)) ]
}

check_latency() # ARM BACKENDS
{
	local backend

	for backend in $all_backends; do
		case " $2 " in
		*" $backend "*) check "$1: latency by $backend counts the load" counts_load "$backend" ;;
		*) check "$1: latency by $backend is refused with a reason" \
			[ "$(tried latency "$backend" '(.works | not) and (.refused[0].why | test("failed|not"))')" = true ] ;;
		esac
	done
}

check_locks() # ARM NAMING
{
	local source

	for source in $all_sources; do
		check "$1: locks by $source" [ "$(tried locks "$source" \
			'.works and .description.collectors[0].attached > 0')" = true ]
		check "$1: locks by $source are named by $2" [ "$(tried locks "$source" \
			'.records | all(.naming == "'"$2"'")')" = true ]
	done
}

check_kernel() # ARM BACKENDS
{
	GUEST_ARM=$1 guest_boot "$run" "$scratch/matrix.cpio" "$scratch/console" "operations=$operations" >"$scratch/said"
	note "$(said 'select(.t == "tried") | "\(.collector) \(.backend): \(if .works then .records | map({(.function // .lock // .t):
		(.count // .waits // .areas // .allocs)}) | add | tostring else .refused[-1].why end)"')"
	check "$1: the guest comes to its end" [ "$(said 'select(.t == "end") | .t')" = end ]
	check "$1: the kernel has nothing to report" [ "$(said 'select(.t == "splats") | .count')" = 0 ]
	check_latency "$1" "$2"
	check_locks "$1" symbols
	check "$1: memory, areas and backlog are known" [ "$(tried state "" '.records[0] | .vmalloc_used_kib > 0 and .areas > 0 and
		.lazy_pages >= 0')" = true ]
}

run=$scratch/run
run sweep "$plans/trace-matrix.yaml" --out "$run"
if [ "$status" = 4 ]; then
	skip_all "no packages of kernels: $(tail -n 1 "$scratch/err")"
fi
check "the kernels boot" [ "$status" = 0 ]
guest_archive "$BUILD/tests/matrix" >"$scratch/matrix.cpio"

check_kernel stock "$all_backends"
check_kernel deb-6.12 'fentry kprobe.session kprobe tp_btf raw_tp tracefs'
check_kernel deb-6.1 'fentry kprobe tracefs'

run=$scratch/run-6.18
run sweep "$plans/trace-6.18.yaml" --out "$run"
if [ "$status" = 0 ]; then
	check_kernel deb-6.18 'fentry kprobe.session kprobe tp_btf raw_tp tracefs'
else
	skip 16 "no package of a 6.18 kernel: $(tail -n 1 "$scratch/err")"
fi

done_testing
