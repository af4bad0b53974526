#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# setup.sh GOAL: makes sure that the packages of GOAL (build, sweep, arm64 or check; see packages.txt) are installed.
# With NO_INSTALL=1 it only names what is missing. Ends with 0 when nothing is missing (any more), otherwise 1.

set -eu
export LC_ALL=C

list=$(dirname "$0")/packages.txt

die()
{
	echo "setup: $*" >&2
	exit 1
}

# The lines "PACKAGES<tab>WHAT FOR" of a goal and of the goals that it contains.
wanted()
{
	awk -v goal="$1" '
	/^[a-z]/ {
		if (before != "" && before != $1 && before == goal)
			exit
		before = $1
		packages = $2
		sub(/^[^ ]+ +[^ ]+ +/, "")
		print packages "\t" $0
	}' "$list"
}

# Of the lines on standard input those of which no alternative is installed.
missing_of()
{
	lines=$(cat)
	names=$(printf '%s\n' "$lines" | cut -f1 | tr '|' '\n')
	# dpkg-query fails when it does not know one of the names, and still prints the others.
	# shellcheck disable=SC2086
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names 2>/dev/null) || true
	printf '%s\n' "$lines" | awk -F '\t' -v installed="$installed" '
	BEGIN {
		count = split(installed, line, "\n")
		for (i = 1; i <= count; i++)
			if (sub(/^installed /, "", line[i]))
				have[line[i]] = 1
	}
	{
		count = split($1, name, "|")
		for (i = 1; i <= count; i++)
			if (name[i] in have)
				next
		print
	}'
}

# The first of the alternatives a|b that apt can install, or nothing.
candidate()
{
	for name in $(echo "$1" | tr '|' ' '); do
		if apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]'; then
			echo "$name"
			return
		fi
	done
}

# One candidate for each of the packages given; status 1 when apt knows none for one, which is then printed alone.
candidates()
{
	chosen=
	for alternatives; do
		name=$(candidate "$alternatives")
		if [ -z "$name" ]; then
			echo "$alternatives"
			return 1
		fi
		chosen="$chosen $name"
	done
	echo "$chosen"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

update()
{
	echo "setup: apt-get update" >&2
	as_root apt-get update -q >&2 ||
		die "apt-get update failed (its reasons stand above): is the network there?"
	updated=yes
}

install()
{
	echo "setup: apt-get install$1" >&2
	# shellcheck disable=SC2086
	as_root apt-get install -q -y --no-install-recommends $1 >&2
}

usage="usage: setup.sh build|sweep|arm64|check"
[ $# = 1 ] || die "$usage"
grep -q "^$1 " "$list" || die "$usage"
if ! command -v dpkg-query >/dev/null; then
	echo "setup: no dpkg here, so nothing was checked; packages.txt lists what is needed" >&2
	exit 0
fi

missing=$(wanted "$1" | missing_of)
[ -n "$missing" ] || exit 0

goal=$1
[ "$goal" != arm64 ] || goal="sweep ARCH=arm64"
echo "setup: \`make $goal\` needs packages that are not installed:" >&2
printf '%s\n' "$missing" | awk -F '\t' '{ printf "  %-40s %s\n", $1, $2 }' >&2
packages=$(printf '%s\n' "$missing" | cut -f1)
[ -z "${NO_INSTALL:-}" ] || die "nothing was installed, as NO_INSTALL is set"
[ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
	die "install them as root (there is no sudo here), then run make again"

updated=
# shellcheck disable=SC2086
if ! chosen=$(candidates $packages); then
	update
	chosen=$(candidates $packages) ||
		die "apt knows no package $chosen: Debian 12 (main) or later is expected in its sources"
fi
if ! install "$chosen"; then
	# Package lists that are too old name files that the mirror no longer has.
	[ -z "$updated" ] || die "apt-get install failed (its reasons stand above)"
	update
	install "$chosen" || die "apt-get install failed (its reasons stand above)"
fi
