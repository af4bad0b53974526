#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The disk under a run fills up: what was measured stays, and the run goes on when there is room again.

if [ "$(id -u)" = 0 ] && [ -z "$OWN_MOUNTS" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=1 exec unshare -m "$BASH" "$0"
fi

. "$(dirname "$0")/lib.sh"

[ -n "$OWN_MOUNTS" ] || skip_all "only root can mount a small file system"
need_qemu
need_kernels

disk=$scratch/disk
run=$disk/run
mkdir "$disk"
mount -t tmpfs -o size=24m none "$disk" || skip_all "a small file system cannot be mounted"

fill()
{
	# Bytes that a boot gives back are taken at once.
	while kill -0 "$sweep_pid" 2>/dev/null; do
		cat /dev/zero >>"$disk/ballast" 2>/dev/null
		sleep 0.01
	done
}

start "$plans/short.yaml" --out "$run"
wait_more 0 'select(.t == "load")'
cp "$run/journal.jsonl" "$scratch/before"
fill
finish
note "$(tail -n 1 "$scratch/err")"
check "a full disk ends the sweep with status 4" [ "$status" = 4 ]
check "the sentence names the file" said "$run/"
check "and the reason" said "No space left on device"
check "no guest is left" no_guests "$run"
check "every record is whole" eval 'jq -c . "$run/journal.jsonl" >"$scratch/out"'
check "what was written before stays" eval 'head -c "$(stat -c %s "$scratch/before")" "$run/journal.jsonl" | cmp -s - "$scratch/before"'
check "compare works on the full disk" eval '"$VMAPBENCH" compare "$run" >"$scratch/out"'

run sweep --resume "$run"
check "on the full disk the run cannot go on: status 4" [ "$status" = 4 ]
check "for the same reason" said "No space left on device"

rm "$disk/ballast"
run sweep --resume "$run"
check "with space again --resume completes" [ "$status" = 0 ]
check "every row was measured" is_complete "$run" 4 3

mkdir "$disk/small"
mount -t tmpfs -o size=4k none "$disk/small"
run sweep "$plans/short.yaml" --out "$disk/small/run"
note "$(tail -n 1 "$scratch/err")"
check "a run that cannot even begin: status 4" [ "$status" = 4 ]
check "says why" said "No space left on device"
umount "$disk/small" "$disk"
done_testing
