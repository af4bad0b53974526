#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sysroot.sh ARCH: prints the folder with Debian's libraries for ARCH (arm64 or x86_64), static ones among them, for the
# programs in guests of another architecture than this machine's. Their -dev packages cannot be installed beside this
# machine's own, so they are unpacked in the cache, where they stay: that takes the network and half a minute, once. The
# apt that fetches them is one of our own, with state, cache and sources in a folder that goes away; the machine's is only
# asked where it gets Debian from. Versions and digests of what was unpacked are in the folder's file `packages`.

set -eu
export LC_ALL=C

# zstd: what Debian 13's libelf wants.
packages='libbpf-dev libelf-dev libjansson-dev libtraceevent-dev libtracefs-dev libzstd-dev zlib1g-dev'
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/vmapbench/sysroots
. "$(dirname "$0")/apt.sh"

die()
{
	echo "sysroot: no programs for guests of $arch: $*" >&2
	exit 1
}

fetch() # FOLDER: brings the packages there
{
	apt-get -qq -c "$1/apt/conf" update || die "cannot read Debian's list of packages for $arch: see above"
	# shellcheck disable=SC2086
	(mkdir "$1/debs" && cd "$1/debs" && apt-get -qq -c "$1/apt/conf" download $packages) ||
		die "cannot fetch Debian's packages for $arch: see above"
}

unpack() # FOLDER: from its debs into its root
{
	mkdir "$1/root"
	for deb in "$1"/debs/*.deb; do
		dpkg-deb -x "$deb" "$1/root"
		echo "$(dpkg-deb -f "$deb" Package) $(dpkg-deb -f "$deb" Version) $(sha256sum <"$deb" | cut -d' ' -f1)"
	done >"$1/root/packages"
}

make_sysroot() # FOLDER: whole or not at all
{
	echo "sysroot: fetching Debian's libraries for $arch" >&2
	rm -rf "$cache"/tmp-*
	temp=$(mktemp -d "$cache/tmp-XXXXXX")
	trap 'rm -rf "$temp"' EXIT
	from=$(apt_mirror)
	[ -n "$from" ] || die "this machine's apt knows no Debian archive (\`apt-get indextargets\` lists none)"
	apt_make "$temp/apt" "$deb_arch" "$codename" "$from"
	fetch "$temp"
	unpack "$temp"
	rm -rf "$1"
	mv "$temp/root" "$1"
}

arch=${1:-}
case $arch in
arm64) deb_arch=arm64 compiler=aarch64-linux-gnu-gcc needed='gcc-aarch64-linux-gnu libc6-dev-arm64-cross' ;;
x86_64) deb_arch=amd64 compiler=x86_64-linux-gnu-gcc needed='gcc-x86-64-linux-gnu libc6-dev-amd64-cross' ;;
*) echo "usage: sysroot.sh arm64|x86_64" >&2; exit 1 ;;
esac
# A compiler that does not find a library prints its bare name.
[ -e "$("$compiler" -print-file-name=libc.a 2>/dev/null)" ] ||
	die "there is no $compiler with a static C library. On Debian: apt-get install $needed"
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null) || codename=
[ -n "$codename" ] || die "/etc/os-release names no release of Debian, whose libraries are needed"

recipe=$(echo "1 $packages" | sha256sum | cut -c1-12)
sysroot=$cache/$deb_arch-$codename-$recipe
if [ ! -e "$sysroot/packages" ]; then
	for tool in apt-get dpkg-deb; do
		command -v "$tool" >/dev/null || die "there is no $tool to fetch Debian's libraries"
	done
	mkdir -p "$cache"
	# Who waited for the lock finds it made.
	exec 9>"$cache/lock"
	flock 9
	[ -e "$sysroot/packages" ] || make_sysroot "$sysroot"
fi
echo "$sysroot"
