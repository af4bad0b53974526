# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What shell tests share: TAP on standard output (https://testanything.org), a scratch folder that goes with the test.
# With NO_SKIP=1 a test that would be skipped fails.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0

ok() # STATUS NAME: with what the last command wrote to $scratch/err, when that failed
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	# prove shows what comes by standard error, and nothing else.
	echo "# not ok $count - $2" >&2
	if [ -s "$scratch/err" ]; then
		tail -n 20 "$scratch/err" | sed "s/^/#   /" >&2
	fi
}

check() # NAME COMMAND...
{
	local name=$1
	shift
	"$@"
	ok $? "$name"
}

skip() # NAME REASON
{
	if [ -n "${NO_SKIP:-}" ]; then ok 1 "$1: not skipped: $2"; else ok 0 "$1 # SKIP $2"; fi
}

done_testing()
{
	echo "1..$count"
}
