#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same source of our own module on older kernels: compiled against the headers of Debian's 6.1 and 6.12, as they come
# from the archive, and run on these kernels.

. "$(dirname "$0")/lib.sh"
. "$TOP/tests/guest/guest.sh"

need_qemu
: "${BUILD:?run by make check-boot}"

depends() # PACKAGE PATTERN: what it depends on
{
	apt-cache depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)$/\1/p"
}

# Nothing is installed: the packages are unpacked, and their makefiles, which name /usr/src, are told where they are.
fetch() # HEADERS: and the kernel, below $scratch/root
{
	local package packages

	packages="$1 $(depends "$1" 'linux-[^<]*' | paste -sd' ') ${1/linux-headers/linux-image}"
	mkdir -p "$scratch/packages" "$scratch/root"
	# shellcheck disable=SC2086
	(cd "$scratch/packages" && apt-get download $packages) >"$scratch/err" 2>&1 || return
	for package in "$scratch"/packages/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "$scratch/root" --exclude=./lib/modules || return
		rm "$package"
	done
	sed -i "s|^include /usr/src/|include $scratch/root/usr/src/|" "$scratch/root/usr/src/$1/Makefile"
}

compile() # HEADERS: vmap_load.ko in $scratch/module
{
	rm -rf "$scratch/module"
	mkdir "$scratch/module"
	cp "$TOP"/kernels/module/* "$TOP/bpf/hist.h" "$scratch/module"
	make -C "$scratch/root/usr/src/$1" M="$scratch/module" W=1 CC=gcc modules >"$scratch/made" 2>&1
}

without_warnings() # of compiler or modpost
{
	! grep -iE 'warning|error' "$scratch/made" >"$scratch/err"
}

guest_said() # FILTER
{
	grep -a '^{' "$scratch/said" | jq -r "$1"
}

boot() # KERNEL
{
	guest_archive "$BUILD/tests/module" "vmap_load.ko=$scratch/module/vmap_load.ko" >"$scratch/module.cpio"
	timeout 200 qemu-system-x86_64 -accel tcg -smp 2 -m 512 -display none -no-reboot -serial stdio -kernel "$1" \
		-initrd "$scratch/module.cpio" -append "console=ttyS0 loglevel=5 panic=-1 no_timer_check nokaslr tsc=reliable" \
		</dev/null 2>"$scratch/err" | tr -d '\r\0' >"$scratch/said"
}

for meta in linux-headers-cloud-amd64 linux-headers-6.12-cloud-amd64; do
	headers=$(depends $meta 'linux-headers-[^<]*')
	if [ -z "$headers" ] || ! fetch "$headers"; then
		skip 5 "no $meta: $(tail -n 1 "$scratch/err" 2>/dev/null)"
		continue
	fi
	release=${headers#linux-headers-}
	check "$release: the module compiles" compile "$headers"
	check "$release: without a warning" without_warnings
	boot "$scratch/root/boot/vmlinuz-$release"
	check "$release: the guest comes to its end" [ "$(guest_said 'select(.t == "end") | .t')" = end ]
	check "$release: all loads run, and what is wrong is refused" \
		[ "$(guest_said 'select(.t == "run") | if .error == .wanted then "as wanted" else .params end' | sort -u)" = "as wanted" ]
	check "$release: the kernel has nothing to report" [ "$(guest_said 'select(.t == "splats") | .count')" = 0 ]
done
done_testing
