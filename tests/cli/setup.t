#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# harness/setup.sh on machines of our own making: dpkg and apt are scripts on PATH over plain files.
# shellcheck disable=SC2016

top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/../tap.sh"

fake() # PROGRAM SCRIPT
{
	printf '#!/bin/sh\ncd %s\n%s\n' "$scratch" "$2" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

setup() # the goal; the status in $status, the output in $scratch/err
{
	: >"$scratch/calls"
	PATH=$scratch/bin:$PATH sh "$top/harness/setup.sh" "$@" 2>"$scratch/err"
	status=$?
}

# installed, known: one package a line; after `apt-get update` what stands in mirror is known too.
mkdir "$scratch/bin"
fake dpkg-query 'shift 3; for n; do grep -qx "$n" installed && echo "installed $n"; done; exit 1'
fake apt-cache 'grep -qx "$2" known && echo "  Candidate: 1.0"'
fake sudo 'exec "$@"'
fake apt-get 'echo "$*" >>calls
case $1 in
update) cat mirror >>known; [ ! -e no-network ] ;;
install) shift 4; [ ! -e stale ] || { rm stale; exit 100; }; printf "%s\n" "$@" >>installed ;;
esac'

# The first alternative of every package of the list.
awk '/^[a-z]/ { sub(/\|.*/, "", $2); print $2 }' "$top/harness/packages.txt" >"$scratch/mirror"
everything() { cat "$scratch/mirror" >"$scratch/installed"; : >"$scratch/known"; }

everything
setup check
check "with everything installed it ends with 0" [ "$status" = 0 ]
check "says nothing" [ ! -s "$scratch/err" ]
check "and calls no apt-get" [ ! -s "$scratch/calls" ]

sed -i '/^flex$/d; /^jq$/d' "$scratch/installed"
NO_INSTALL=1 setup check
check "NO_INSTALL ends with 1" [ "$status" = 1 ]
check "names a package with its use" grep -q '^  flex .*configuration parser' "$scratch/err"
check "and the other" grep -q '^  jq ' "$scratch/err"
check "and installs nothing" [ ! -s "$scratch/calls" ]
NO_INSTALL=1 setup sweep
check "a smaller goal needs less" eval '! grep -qw jq "$scratch/err"'
NO_INSTALL=1 setup build
check "the smallest needs neither" [ "$status" = 0 ]

cp "$scratch/mirror" "$scratch/known"
setup check
check "missing packages are installed" [ "$status" = 0 ]
check "in one call without update" [ "$(cat "$scratch/calls")" = \
	"install -q -y --no-install-recommends flex jq" ]

everything
sed -i "/^gcc-aarch64-linux-gnu$/d" "$scratch/installed"
NO_INSTALL=1 setup arm64
check "kernels for another architecture have a goal of their own" grep -q '^  gcc-aarch64-linux-gnu ' "$scratch/err"
check "and its command is told" grep -q '`make sweep ARCH=arm64` needs' "$scratch/err"
NO_INSTALL=1 setup sweep
check "the others do without" [ "$status" = 0 ]

everything
sed -i '/^flex$/d' "$scratch/installed"
setup sweep
check "unknown packages bring an update first" [ "$(head -n 1 "$scratch/calls")" = "update -q" ]
check "and are then installed" [ "$status" = 0 ]

everything
sed -i '/^pahole$/d' "$scratch/installed"
echo dwarves >>"$scratch/installed"
setup sweep
check "an alternative will do" [ ! -s "$scratch/err" ]

everything
sed -i '/^pahole$/d' "$scratch/installed"
echo dwarves >"$scratch/known"
setup sweep
check "the alternative that apt knows is installed" grep -qx dwarves "$scratch/installed"

everything
sed -i '/^bc$/d' "$scratch/installed"
cp "$scratch/mirror" "$scratch/known"
touch "$scratch/stale"
setup sweep
check "old package lists are renewed and the install repeated" [ "$status" = 0 ]

everything
sed -i '/^bc$/d' "$scratch/installed"
touch "$scratch/no-network"
setup sweep
check "without network it ends with 1" [ "$status" = 1 ]
check "and says so" grep -q 'is the network there' "$scratch/err"
rm "$scratch/no-network"

cp "$scratch/mirror" "$scratch/all"
sed -i '/^bc$/d' "$scratch/mirror"
everything
setup sweep
check "a package that no source has ends with 1" [ "$status" = 1 ]
check "and is named" grep -q 'apt knows no package bc' "$scratch/err"

setup nonsense
check "an unknown goal is refused" grep -q '^setup: usage' "$scratch/err"
done_testing
