#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads without a test module: in a sweep, timed and counted; and in a guest that counts with the kernel's tracepoint
# whether N operations are N areas.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/cpio.sh"

need_qemu
need_kernels

# In the guest that counts.
operations=3000

workers_fit() # every load has a time for each of its workers
{
	[ "$(count_of 'select(.t == "load") | .cell as $cell |
		select(.workers_us | length == ($cell | split("/")[1] | tonumber) and all(. > 0))')" = "$1" ]
}

run=$scratch/timed
run sweep "$plans/storm.yaml" --out "$run"
check "timed: the sweep ends with status 0" [ "$status" = 0 ]
check "timed: every row was measured" is_complete "$run" 14 2
check "timed: with a time for each worker" workers_fit 28
check "timed: no splat" [ "$(count_of 'select(.t == "splat")')" = 0 ]
check "timed: the loads stand between their marks" [ "$(grep -h 'vmapbench: begin map_storm/2/p16 1' "$run"/console/*.log | wc -l)" = 2 ]
check "timed: the table has them" grep -q '^filter_storm/2 ' "$scratch/out"
note "timed: $(journal 'select(.t == "load" and .arm == "stock") | [.cell, .workers_us]' | paste -sd' ')"

counted_figures() # a line for each figure: cell, load, figure, how often
{
	journal 'select(.t == "load") | [.cell, .load, .workers_us[0]] | @tsv' | tr -d '"' | sort | uniq -c | awk '{ print $2, $1 }'
}

run=$scratch/counted
run sweep "$plans/storm-counted.yaml" --out "$run"
note "counted: $(counted_figures | paste -sd';')"
check "counted: the sweep ends with status 0" [ "$status" = 0 ]
check "counted: every row was measured" is_complete "$run" 12 2
check "counted: every boot of a cell gives the same figure" \
	[ "$(journal 'select(.t == "load") | [.cell, .load, .workers_us]' | sort | uniq -c | awk '$1 < 3' | wc -l)" = 0 ]

# A kernel without io_uring says so; the cell is a test that failed, and not a broken kernel.
run=$scratch/refused
sed 's/^  - {test: .*//; s/^cells:/cells:\n  - {test: uring_storm, threads: [1], loops: 1}/' "$plans/storm.yaml" >"$scratch/refused.yaml"
run sweep "$scratch/refused.yaml" --out "$run"
check "a kernel that lacks what a load needs: status 1" [ "$status" = 1 ]
check "and the record names the option" \
	[ "$(count_of 'select(.t == "boot" and .event == "end" and (.why // "" | test("without CONFIG_IO_URING")))')" -ge 1 ]
note "$(journal 'select(.t == "boot" and .event == "end") | .why' | head -n 1)"

sed 's/^  - {test: .*//; s/^cells:/cells:\n  - {test: ring_storm, threads: [1], loops: 1, pages: 3}/' "$plans/storm.yaml" >"$scratch/wrong.yaml"
run sweep "$scratch/wrong.yaml" --out "$scratch/wrong"
check "wrong pages are refused before the first boot" eval '[ "$status" = 2 ] && said "a power of two, not 3" && [ ! -e "$scratch/wrong" ]'

counting_guest() # KERNEL: what init-storm.c prints there
{
	timeout 120 qemu-system-x86_64 -accel tcg -smp 2 -m 384 -display none -no-reboot -serial stdio -kernel "$1" \
		-initrd "$scratch/storm.cpio" -append "console=ttyS0 loglevel=4 panic=-1" </dev/null 2>"$scratch/err" |
		tr -d '\r' | sed -n 's/^.*storm /storm /p' >"$scratch/counts"
}

areas() # NAME: events of the threads of the load
{
	awk -v name="$1" '$2 == name { print $4 }' "$scratch/counts"
}

init_archive "$BUILD/tests/init-storm" >"$scratch/storm.cpio"
counting_guest "$(kernel_dir stock)/bzImage"
note "$(cat "$scratch/counts")"
for kind in maps rings; do
	check "$kind: $operations operations are $operations areas" [ "$(areas $kind)" = $operations ]
done
check "filters: and one more for each pack of JIT memory" eval '[ "$(areas filters)" -ge $operations ] && [ "$(areas filters)" -le $((operations + 1)) ]'
check "forks: some stacks are used again" eval '[ "$(areas forks)" -gt 0 ] && [ "$(areas forks)" -le $operations ]'
check "no record was lost" [ "$(awk 'NF == 6 { lost += $6 } END { print lost + 0 }' "$scratch/counts")" = 0 ]
done_testing
