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
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rewrite() # README
{
	awk -v printed="$scratch/printed" '
	/^<!-- vmapbench / {
		print
		if (system("[ -d " $4 " ]") != 0) {
			print FILENAME ": there is no " $4 ": its table stays as it is" >"/dev/stderr"
			next
		}
		inside = 1
		command = $0
		sub(/^<!-- vmapbench/, "\"$VMAPBENCH\"", command)
		sub(/ -->$/, "", command)
		status = system(command " >" printed)
		# 3: a kernel of the run failed, and its table says so.
		if (status != 0 && status != 3)
			exit
		print ""
		while ((getline line <printed) > 0)
			print line
		close(printed)
		print ""
		next
	}
	/^<!-- end -->$/ { inside = 0 }
	!inside
	END { exit inside }' "$1"
}

for readme; do
	rewrite "$readme" >"$scratch/readme" || {
		echo "$readme: left as it is: a table was not printed, or has no end" >&2
		exit 1
	}
	if ! cmp -s "$scratch/readme" "$readme"; then
		cat "$scratch/readme" >"$readme.new"
		mv "$readme.new" "$readme"
	fi
done
