#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels that die, hang and warn, loads that never end, an emulator that is killed: each is told from the others, and
# what was measured before stays.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

drill() # PLAN ACCEL: runs a plan of this folder under that accelerator
{
	run=$scratch/$1-$2
	sed "s|\.\./\.\./\.\.|$TOP|; s|\.\./warn.patch|$boot/warn.patch|" "$plans/$1.yaml" >"$run.yaml"
	[ "$2" = tcg ] || sed -i "s/machine: .*/machine: {accel: $2}/" "$run.yaml"
	run sweep "$run.yaml" --out "$run"
}

drills() # ACCEL
{
	local begin

	drill panic "$1"
	in_class "$1: panic" kernel 3
	check "$1: panic: the reason is the kernel's own" why_says "sysrq triggered crash"
	check "$1: panic: it is a splat of the drill's cell" \
		[ "$(splats '\(.kind) \(.cell)')" = "panic drill-panic/1" ]
	check "$1: panic: the records before it are kept" [ "$(count_of 'select(.t == "load")')" = 4 ]
	check "$1: panic: and stand in the table" grep -qE '^fix_size_alloc_test/1 +[0-9]' "$scratch/out"

	drill reboot "$1"
	in_class "$1: reboot" kernel 3
	check "$1: reboot: the reason names it" why_says "the guest reset itself during drill-reboot/1"

	begin=$SECONDS
	drill endless "$1"
	in_class "$1: endless load" test 1
	check "$1: endless load: the reason names the limit" \
		why_says "full_fit_alloc_test/1 did not end within 3 s (limits.load_s)"
	check "$1: endless load: it ended in time" [ $((SECONDS - begin)) -lt 60 ]
	check "$1: endless load: no record of it" \
		[ "$(count_of 'select(.t == "load" and .cell == "full_fit_alloc_test/1")')" = 0 ]

	drill warn "$1"
	in_class "$1: warn" kernel 3
	check "$1: warn: a splat in its cell" \
		[ "$(splats '\(.arm) \(.kind) \(.cell)')" = "warn warn fix_size_alloc_test/1/p37" ]
	check "$1: warn: its text is the first line of the report" \
		eval 'splats "\(.text)" | grep -q "^WARNING: .*__vmalloc_node_range_noprof"'
	check "$1: warn: none of its loads counts" [ "$(count_of 'select(.t == "load" and .arm == "warn")')" = 0 ]
	check "$1: warn: the other arms are measured to the end" is_complete "$run" 6 2
	check "$1: warn: the arm is not booted again" \
		[ "$(count_of 'select(.event == "start" and .arm == "warn")')" = 1 ]
	check "$1: warn: and it alone has failed" [ "$(grep -c '^FAILED: arm' "$scratch/out")" = 1 ]
}

drills counted
# With one CPU; on two the agent may read the taint before the kernel has set it.
check "counted: warn: the taint that a WARN leaves is seen" [ "$(splats '\(.taint / 512 % 2 | floor)')" = 1 ]
drills tcg

run compare "$run"
check "compare ends with the same status" [ "$status" = 3 ]
run sweep --resume "$run"
check "so does a second try" [ "$status" = 3 ]
check "which does not boot the arm again" [ "$(count_of 'select(.event == "start" and .arm == "warn")')" = 1 ]

run=$scratch/silent
start "$plans/short.yaml" --out "$run"
wait_loading
guest=$(guests_of "$run")
kill -STOP "$guest"
begin=$SECONDS
finish
in_class "silent guest" kernel 3
check "silent guest: the reason is the silence" why_says "no sign of life for 3 s during fix_size_alloc_test/1"
check "silent guest: it was noticed in time" [ $((SECONDS - begin)) -lt 15 ]
check "silent guest: the stopped QEMU is gone" is_gone "$guest"

run=$scratch/killed
start "$plans/short.yaml" --out "$run"
wait_more 0 'select(.t == "load")'
guest=$(guests_of "$run")
before=$(count_of 'select(.t == "load")')
cp "$run/journal.jsonl" "$scratch/before"
kill -KILL "$guest"
finish
note "killed QEMU, after $before loads: $(why); boots: $(ends)"
check "killed QEMU: class infra, and the boot was repeated" [ "$(ends)" = "infra ok ok ok ok" ]
check "killed QEMU: the run completes with status 0" [ "$status" = 0 ]
check "killed QEMU: the reason names the signal" why_says "was killed by signal 9"
check "killed QEMU: every row was measured" is_complete "$run" 4 3
check "killed QEMU: what stood in the journal stays" eval \
	'head -c "$(stat -c %s "$scratch/before")" "$run/journal.jsonl" | cmp -s - "$scratch/before"'
done_testing
