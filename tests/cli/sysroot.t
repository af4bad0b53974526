#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# harness/sysroot.sh with an apt of our own making, and the agent that was linked against what the real one brought.
# shellcheck disable=SC2016

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/../tap.sh"
agent=$top/.build/arm64/agent

fake() # PROGRAM SCRIPT
{
	printf '#!/bin/sh\nhere=%s\n%s\n' "$scratch" "$2" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

sysroot() # ARCH: the status in $status
{
	PATH=$scratch/bin:$PATH XDG_CACHE_HOME=$scratch/cache sh "$top/harness/sysroot.sh" "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

calls()
{
	cut -d' ' -f1 "$scratch/calls" | paste -sd' '
}

mkdir "$scratch/bin"
: >"$scratch/calls"
: >"$scratch/libc.a"
fake aarch64-linux-gnu-gcc '[ -e "$here/no-libc" ] && echo libc.a || echo "$here/libc.a"'
fake apt-get 'case $1 in indextargets)
	[ -e "$here/no-mirror" ] || printf "Debian-Security|http://s.example/debian-security/\nDebian|http://m.example/debian/\n"; exit ;; esac
cp "$3" "$here/conf"; cp "${3%/conf}/sources.list" "$here/sources"
shift 3; echo "$*" >>"$here/calls"
[ ! -e "$here/no-network" ] || { echo "E: no network" >&2; exit 100; }
case $1 in download) shift; for name; do echo "$name" >"$name"_1_arm64.deb; done ;; esac'
fake dpkg-deb 'case $1 in
-x) mkdir -p "$3/usr/lib" && cp "$2" "$3/usr/lib" ;;
-f) [ "$3" = Package ] && cat "$2" || echo 1:2.0 ;;
esac'

sysroot arm64
check "a folder is printed" [ "$status" = 0 ] && made=$(cat "$scratch/out")
check "after a list and a download" [ "$(calls)" = "update download" ]
check "that holds the packages" [ -e "$made/usr/lib/libbpf-dev_1_arm64.deb" ]
check "their versions and digests" grep -qx "libbpf-dev 1:2.0 $(echo libbpf-dev | sha256sum | cut -d' ' -f1)" "$made/packages"
check "and is in the cache" [ "${made%/*}" = "$scratch/cache/vmapbench/sysroots" ]
check "apt was one of the other architecture" grep -q '^APT::Architecture "arm64"' "$scratch/conf"
check "with its state in a folder of ours" grep -q "^Dir::State \"$scratch/cache/" "$scratch/conf"
check "from this machine's mirror" grep -q ' http://m.example/debian/ [a-z]* main$' "$scratch/sources"
check "of which nothing is left" [ "$(ls "$scratch/cache/vmapbench/sysroots")" = "$(basename "$made")
lock" ]

: >"$scratch/calls"
sysroot arm64
check "the second time it is there" [ "$status $(cat "$scratch/out") $(calls)" = "0 $made " ]

rm -r "$made"
mkdir -p "$scratch/cache/vmapbench/sysroots/tmp-killed"
touch "$scratch/no-network"
sysroot arm64
check "without network it ends with 1" [ "$status" = 1 ]
check "says so" grep -q '^sysroot: no programs for guests of arm64: cannot read' "$scratch/err"
check "and prints no folder" [ ! -s "$scratch/out" ]
check "nor leaves a part of one, or of one before" eval '! ls -d "$scratch"/cache/vmapbench/sysroots/?*-* 2>/dev/null'
rm "$scratch/no-network"

touch "$scratch/no-mirror"
sysroot arm64
check "a machine without Debian's archive is told" grep -q 'knows no Debian archive' "$scratch/err"
rm "$scratch/no-mirror"

touch "$scratch/no-libc"
sysroot arm64
check "a compiler without a C library is none" [ "$status" = 1 ]
check "and the packages are named" grep -q 'apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross' "$scratch/err"
sysroot sparc
check "another architecture is refused" grep -q '^usage: ' "$scratch/err"

if [ -x "$agent" ]; then
	# e_machine, EM_AARCH64
	check "the agent is a program of arm64" [ "$(od -An -j18 -N2 -tx1 "$agent")" = " b7 00" ]
	if command -v qemu-aarch64-static >"$scratch/out"; then
		qemu-aarch64-static "$agent" 2>"$scratch/err"
		check "which starts, and says what it is" grep -q 'expected to be process 1' "$scratch/err"
	else
		skip "which starts, and says what it is" "no qemu-aarch64-static"
	fi
else
	skip "the agent is a program of arm64" "no agent for arm64 was built"
	skip "which starts, and says what it is" "no agent for arm64 was built"
fi
done_testing
