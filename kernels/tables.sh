#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tables.sh README...: writes the tables of these files anew. What stands between the lines
#
#     <!-- vmapbench compare runs/nodes-counted --format markdown -->
#     <!-- end -->
#
# is what that command prints. Where its run is not there, which is then named, the table stays as it is. VMAPBENCH names
# the program.

set -eu
export VMAPBENCH="${VMAPBENCH:-vmapbench}"
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

rewrite() # README
{
	awk '
	/^<!-- vmapbench / {
		print
		if (system("[ -d " $4 " ]") != 0) {
			print FILENAME ": there is no " $4 ": its table stays as it is" >"/dev/stderr"
			next
		}
		command = $0
		sub(/^<!-- vmapbench/, "\"$VMAPBENCH\"", command)
		sub(/ -->$/, "", command)
		print ""
		for (lines = 0; (command | getline line) > 0; lines++)
			print line
		print ""
		inside = 1
		if (!lines)
			exit 1
		next
	}
	/^<!-- end -->$/ { inside = 0 }
	!inside
	END { exit inside }' "$1"
}

for readme; do
	rewrite "$readme" >"$scratch" || {
		echo "$readme: left as it is: a table was not printed, or has no end" >&2
		exit 1
	}
	cmp -s "$scratch" "$readme" || cat "$scratch" >"$readme"
done
