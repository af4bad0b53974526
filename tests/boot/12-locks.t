#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where the locks are: the kernel's text says the same as its symbols. And what waits for them: every waiter is seen in the
# slow path, with its caller.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/cpio.sh"

need_qemu
need_kernels

probe() # WORD...: the records that trace-probe.c prints in a guest
{
	timeout 300 qemu-system-x86_64 -accel tcg -cpu max -smp 4 -m 512 -display none -no-reboot -serial stdio \
		-kernel "$(kernel_dir stock)/bzImage" -initrd "$scratch/probe.cpio" \
		-append "console=ttyS0 loglevel=1 panic=-1 $*" </dev/null 2>"$scratch/err" |
		tr -d '\r' | sed -n 's/^.*probe: //p' >"$scratch/records"
}

in_records() # FILTER: jq over all of them
{
	jq -se "$1" "$scratch/records" >"$scratch/out"
}

init_archive "$BUILD/tests/trace-probe" >"$scratch/probe.cpio"

probe LOCATE=1
check "the locks are found" in_records '.[0].nodes != "0" and .[0].n == 4 and (.[0].locks | map(select(. != "0")) | length == 2)'
check "the text says where they are as the symbols do" in_records 'map(del(.locate)) | length == 2 and .[0] == .[1]'
note "$(cat "$scratch/records")"

probe COLLECT=locks,state SOURCE=slowpath THREADS=4 OPS=40000
check "slowpath: attached, and every lock watched" in_records '.[0].collectors[0] | .backend == "slowpath" and .unwatched == []'
check "slowpath: there were waits" in_records 'map(select(.t == "lock") | .waits) | add > 0'
check "slowpath: none was lost of a known lock" in_records 'map(select(.t == "lock" and .lock != "unknown") | .lost) | add == 0'
check "slowpath: the callers add up to the waits" in_records \
	'map(select(.t == "lock" and .lock != "unknown")) | all((.callers | map(.waits) | add) == .waits and (.callers | map(.wait_ns) | add) == .wait_ns)'
check "slowpath: a lock is waited for where it is taken" in_records \
	'map(select(.t == "lock" and (.lock | test("lazy$"))) | .callers[].site) | all(. == "free_vmap_area_noflush" or . == "__purge_vmap_area_lazy")'
check "the state is known" in_records 'map(select(.t == "state")) | .[0] | .areas > 0 and .lazy_pages >= 0 and .vmalloc_used_kib > 0'

probe COLLECT=locks SOURCE=tracepoint THREADS=4 OPS=2000
check "tracepoint: says of this kernel that it does not tell of every waiter" in_records '.[0].collectors[0].measures | test("alone")'
done_testing
