#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels that die, hang and warn, loads that never end, an emulator that is killed: each is told from the others, and
# what was measured before stays.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

ends() # the classes of all boots that ended, in their order
{
	journal 'select(.t == "boot" and .event == "end") | .class' | tr -d '"' | paste -sd' '
}

why() # of the first boot that did not end well
{
	journal 'select(.t == "boot" and .event == "end" and .class != "ok") | .why' | head -n 1
}

table_says() # TEXT
{
	grep -qF -- "$1" "$scratch/out"
}

in_class() # NAME CLASS STATUS: how the sweep in $run ended
{
	note "$1: $(why)"
	check "$1: class $2" [ "$(ends | tr ' ' '\n' | grep -v ok | head -n 1)" = "$2" ]
	check "$1: exit status $3" [ "$status" = "$3" ]
	check "$1: the table says that the arm has FAILED" table_says "FAILED"
	check "$1: the guest is gone" no_guests "$run"
}

run=$scratch/panic
run sweep "$plans/panic.yaml" --out "$run"
in_class panic kernel 3
check "panic: the reason is the kernel's own" eval 'why | grep -q "sysrq triggered crash"'
check "panic: it is a splat of the drill's cell" [ "$(journal 'select(.t == "splat") | .cell')" = '"drill-panic/1"' ]
check "panic: the records before it are kept" [ "$(count_of 'select(.t == "load")')" = 4 ]
check "panic: and stand in the table" eval '"$VMAPBENCH" compare "$run" | grep -qE "^fix_size_alloc_test/1 +[0-9]"'

run=$scratch/reboot
run sweep "$plans/reboot.yaml" --out "$run"
in_class reboot kernel 3
check "reboot: the reason names it" eval 'why | grep -qi "re\(set\|boot\)"'

run=$scratch/endless
begin=$SECONDS
run sweep "$plans/endless.yaml" --out "$run"
in_class "endless load" test 1
check "endless load: the reason names the limit" eval 'why | grep -q "full_fit_alloc_test/1 did not end within 3 s (limits.load_s), while the kernel is alive"'
check "endless load: it ended in time" [ $((SECONDS - begin)) -lt 60 ]
check "endless load: no record of it" [ "$(count_of 'select(.t == "load" and .cell == "full_fit_alloc_test/1")')" = 0 ]

run=$scratch/silent
start "$plans/short.yaml" --out "$run"
wait_loading
guest=$(guests_of "$run")
kill -STOP "$guest"
begin=$SECONDS
finish
in_class "silent guest" kernel 3
check "silent guest: the reason is the silence" eval 'why | grep -q "no sign of life for 3 s during fix_size_alloc_test/1"'
check "silent guest: it was noticed in time" [ $((SECONDS - begin)) -lt 15 ]
check "silent guest: the stopped QEMU is gone" is_gone "$guest"

run=$scratch/killed
start "$plans/short.yaml" --out "$run"
has_load() { has_more 0 'select(.t == "load")'; }
wait_until 60 has_load
guest=$(guests_of "$run")
before=$(count_of 'select(.t == "load")')
cp "$run/journal.jsonl" "$scratch/before"
kill -KILL "$guest"
finish
note "killed QEMU, after $before loads: $(why); boots: $(ends)"
check "killed QEMU: class infra, and the boot was repeated" [ "$(ends)" = "infra ok ok ok ok" ]
check "killed QEMU: the run completes with status 0" [ "$status" = 0 ]
check "killed QEMU: the reason names the signal" eval 'why | grep -q "was killed by signal 9"'
check "killed QEMU: every row was measured" is_complete "$run" 4 3
check "killed QEMU: what stood in the journal stays" eval 'head -c "$(stat -c %s "$scratch/before")" "$run/journal.jsonl" | cmp -s - "$scratch/before"'

run=$scratch/warn
run sweep "$plans/warn.yaml" --out "$run"
in_class warn kernel 3
check "warn: a splat of kind warn, in its cell" [ "$(journal 'select(.t == "splat") | "\(.arm) \(.kind) \(.cell)"')" = '"warn warn fix_size_alloc_test/1/p37"' ]
check "warn: with the taint that a WARN leaves" [ "$(journal 'select(.t == "splat") | .taint / 512 % 2 | floor')" = 1 ]
check "warn: its text is the first line of the report" eval 'journal "select(.t == \"splat\") | .text" | grep -q "WARNING: .*__vmalloc_node_range_noprof"'
check "warn: none of its loads counts" [ "$(count_of 'select(.t == "load" and .arm == "warn")')" = 0 ]
check "warn: the other arms are measured to the end" is_complete "$run" 4 2
check "warn: the arm is not booted again" [ "$(count_of 'select(.event == "start" and .arm == "warn")')" = 1 ]
check "warn: and it alone has failed" [ "$(grep -c '^FAILED: arm' "$scratch/out")" = 1 ]
run compare "$run"
check "warn: compare has the same status" [ "$status" = 3 ]
run sweep --resume "$run"
check "warn: so has a second try, which boots nothing" eval '[ "$status" = 3 ] && [ "$(count_of "select(.event == \"start\" and .arm == \"warn\")")" = 1 ]'
done_testing
