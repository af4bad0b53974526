#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels that do not boot, modules that do not fit, machines that lack something.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vmapbench
dir=$(kernel_dir stock)
other=$(kernel_dir layout-1)

# A cache in which the kernel `stock` may be spoilt.
spoilt=$scratch/cache/vmapbench
mkdir -p "$spoilt/kernels"
cp -r "$cache/inputs" "$spoilt/"
ln -s "$cache/sources" "$spoilt/sources"
cp -r "$dir" "$spoilt/kernels/"
copy=$spoilt/kernels/$(basename "$dir")
sed 's/^limits:.*/limits: {boot_s: 5}/' "$plans/short.yaml" >"$scratch/plan.yaml"

faulty() # NAME PLAN: a sweep with the spoilt kernel
{
	run=$scratch/$1
	XDG_CACHE_HOME=$scratch/cache run sweep "$2" --out "$run"
	end=$(journal 'select(.event == "end" and .t == "boot") | "\(.class): \(.why)"' | head -n 1)
	note "$1: status $status; $end"
	cp "$dir/bzImage" "$dir/test_vmalloc.ko" "$copy/"
}

# As long as the image was: one of another length is known to be damaged, and built again.
length=$(stat -c %s "$dir/bzImage")
head -c "$length" /dev/urandom >"$copy/bzImage"
faulty garbage "$scratch/plan.yaml"
check "an image of garbage: status 4" [ "$status" = 4 ]
check "an image of garbage: class infra, in QEMU's words" eval '[[ $end == *infra:\ QEMU\ ended\ with\ status* ]]'
check "an image of garbage: the error says how to go on" said "vmapbench sweep --resume $run"

head -c 2000000 "$dir/bzImage" >"$copy/bzImage"
truncate -s "$length" "$copy/bzImage"
faulty half "$scratch/plan.yaml"
check "half an image: class kernel or infra, with a reason" eval '[[ $end =~ ^\"(kernel|infra):\ .{20} ]]'
check "half an image: status 3 or 4" eval '[ "$status" = 3 ] || [ "$status" = 4 ]'

cp "$other/test_vmalloc.ko" "$copy/"
faulty module "$scratch/plan.yaml"
check "a module of another kernel: status 1" [ "$status" = 1 ]
check "a module of another kernel: class test, in the kernel's words" eval '[[ $end == *test:*version\ magic* ]]'

sed "s|source: linux-7.3|&, append: rdinit=/none|" "$scratch/plan.yaml" >"$scratch/append.yaml"
faulty append "$scratch/append.yaml"
check "a kernel without an init: status 3" [ "$status" = 3 ]
check "a kernel without an init: class kernel, in its own words" eval '[[ $end == *kernel:*Kernel\ panic* ]]'

sed 's/smp: 2,/smp: 2, memory_mib: 128,/; s/fix_size_alloc_test, threads: \[1\]/full_fit_alloc_test, threads: [8]/' \
	"$scratch/plan.yaml" >"$scratch/memory.yaml"
faulty memory "$scratch/memory.yaml"
check "too little memory: class kernel or test, with a reason" eval '[[ $end =~ ^\"(kernel|test):\ .{20} ]]'
check "too little memory: status 3 or 1" eval '[ "$status" = 3 ] || [ "$status" = 1 ]'

sed 's/smp: 2,/smp: 2, memory_mib: 1048576,/' "$scratch/plan.yaml" >"$scratch/huge.yaml"
run sweep "$scratch/huge.yaml" --out "$scratch/huge"
check "more memory than there is: status 4, before anything is booted" eval '[ "$status" = 4 ] && [ ! -e "$scratch/huge" ]'
check "more memory than there is: the sentence says how much there is" grep -qE 'needs a guest with 1048576 MiB, more than .* MiB that are free' "$scratch/err"

# Everything but QEMU.
mkdir "$scratch/bin"
for tool in /usr/bin/* /bin/*; do
	case $tool in
	*/qemu-system-*) ;;
	*) ln -sf "$tool" "$scratch/bin/" ;;
	esac
done
PATH=$scratch/bin run sweep "$plans/short.yaml" --out "$scratch/none"
check "no QEMU: status 4" [ "$status" = 4 ]
check "no QEMU: the package is named" said "qemu-system-x86"
check "no QEMU: no folder is left" [ ! -e "$scratch/none" ]

sed 's/accel: tcg/accel: kvm/' "$plans/sweep.yaml" | sed "s|\.\./\.\./\.\.|$TOP|" >"$scratch/kvm.yaml"
begin=$SECONDS
run=$scratch/kvm
run sweep "$scratch/kvm.yaml" --out "$run"
if [ "$status" = 4 ]; then
	note "$(tail -n 1 "$scratch/err")"
	check "no KVM: the sentence says why" grep -qE 'kvm: .*(/dev/kvm|KVM)' "$scratch/err"
	check "no KVM: it was found out in time" [ $((SECONDS - begin)) -lt 12 ]
	skip 2 "no KVM here"
else
	skip 2 "KVM works here"
	check "KVM: the sweep ends with status 0" [ "$status" = 0 ]
	check "KVM: every row was measured" is_complete "$run" 12 2
fi
done_testing
