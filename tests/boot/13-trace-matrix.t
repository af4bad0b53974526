#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every backend of the latency collector and every source of the lock collector, on Debian's kernels and on one of ours:
# those that a kernel offers work and count a known load, the others are refused with a reason.

. "$(dirname "$0")/lib.sh"
. "$boot/trace-matrix.sh"

need_qemu
need_kernels
: "${BUILD:?run by make check-boot}"

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
