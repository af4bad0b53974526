#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels that Debian has built, with drivers outside the image, beside one of ours.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels
run build "$plans/debian.yaml"
if [ "$status" = 4 ]; then
	skip_all "no packages of kernels: $(tail -n 1 "$scratch/err")"
fi
check "the kernels are fetched" [ "$status" = 0 ]
deb_6_1=$(sed -n 's/^ .*cloud-amd64@bookworm, \(\/.*\)$/\1/p' "$scratch/out")
note "$(grep '^deb-' "$scratch/out")"

releases() # of the boots that came up
{
	journal 'select(.event == "up") | "\(.arm) \(.release | split(".") | .[:2] | join("."))"' | tr -d '"' | sort -u | paste -sd,
}

figures() # ARM: of its loads, a line for each boot
{
	jq -sc --arg arm "$1" 'map(select(.t == "load" and .arm == $arm)) | group_by(.boot)[] | map(.workers_us[0])' \
		"$run/journal.jsonl"
}

check_sweep() # NAME
{
	note "$1: boots took $(journal 'select(.event == "end" and .t == "boot") | "\(.arm) \(.boot_s)"' | tr -d '"' | sort | paste -sd';')"
	check "$1: ends with status 0" [ "$status" = 0 ]
	check "$1: every boot came up and said good-bye" \
		[ "$(journal 'select(.event == "end" and .t == "boot") | .class' | uniq -c | awk '{ print $1 $2 }')" = '6"ok"' ]
	check "$1: each with its own kernel" [ "$(releases)" = "deb-6.1 6.1,deb-6.12 6.12,stock 7.3" ]
	check "$1: every row was measured" is_complete "$run" 6 2
	check "$1: nothing is tainted" [ "$(count_of 'select(.taint != null and .taint != 0)')" = 0 ]
	check "$1: no module failed" eval '! grep -q "cannot be inserted" "$run"/console/*'
}

variant() # NAME SED-SCRIPT: a sweep of debian.yaml with changes
{
	run=$scratch/$1
	sed "$2" "$plans/debian.yaml" >"$run.yaml"
	run sweep "$run.yaml" --out "$run"
}

variant timed ''
check_sweep timed
variant counted 's/smp: 2, accel: tcg/accel: counted/'
check_sweep counted
for arm in deb-6.1 deb-6.12; do
	note "$arm: $(figures "$arm" | sort | uniq -c | awk '{ print $1 " x " $2 }' | paste -sd';')"
	# A busy host was seen to move a boot: a second pair of boots decides.
	if [ "$(figures "$arm" | sort -u | wc -l)" != 1 ]; then
		variant counted-again 's/smp: 2, accel: tcg/accel: counted/'
	fi
	check "counted: $arm repeats to the last digit" [ "$(figures "$arm" | sort -u | wc -l)" = 1 ]
done

for arm in deb-6.1 deb-6.12; do
	variant "panic-$arm" "/name: stock/d; s/baseline:.*/baseline: $arm/; s/test: map_storm/test: drill-panic/"
	check "panic of $arm: status 3" [ "$status" = 3 ]
	check "panic of $arm: pvpanic tells the host" \
		[ "$(count_of 'select(.why != null) | select(.why | startswith("the kernel panicked (pvpanic)"))')" = 1 ]
done

variant module 's/test: map_storm/test: fix_size_alloc_test/'
check "a test of test_vmalloc: status 2, before anything is booted" eval '[ "$status" = 2 ] && [ ! -e "$run" ]'
check "a test of test_vmalloc: the sentence names the arm and what it lacks" \
	eval 'said "arm deb-6.1: this kernel" && said "has no test modules"'

# A cache in which the modules of 6.1 may be spoilt; those of another version are as good as none.
spoilt=$scratch/cache/vmapbench
mkdir -p "$spoilt/kernels"
cp -r "${deb_6_1%/kernels/*}/inputs" "$spoilt/"
cp -r "$deb_6_1" "$spoilt/kernels/"
modules=$spoilt/kernels/${deb_6_1##*/}/modules
faulty() # NAME MODULE
{
	cp "$deb_6_1"/modules/* "$modules/"
	head -c 1000 /dev/zero >"$modules/$2"
	XDG_CACHE_HOME=$scratch/cache variant "$1" \
		'/name: stock/d; /name: deb-6.12/d; s/baseline:.*/aa: true/; s/blocks: 2/blocks: 1/'
	note "$1: status $status; $(journal 'select(.event == "end" and .t == "boot") | "\(.class): \(.why)"' | head -n 1)"
	check "$1: the console names it with the reason" \
		grep -qF "the module $2 cannot be inserted: Exec format error (errno 8)" "$run"/console/*.log
}
# Three attempts, each with the 10 s that the agent waits for its port.
faulty "a broken driver of the port" 05-virtio_console.ko
check "without the port the boot fails" [ "$status" != 0 ]
check "and the console says that it is missing" grep -q "there is no virtio-serial port" "$run"/console/*.log
faulty "a broken driver that is not needed" 07-pvpanic_pci.ko
check "without pvpanic the sweep ends with status 0" [ "$status" = 0 ]
done_testing
