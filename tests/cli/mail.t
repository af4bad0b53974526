#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tables in mail: in the message of a patch through git format-patch and git am, in a cover letter, and quoted in an
# answer. VMAPBENCH names the program.

vmapbench=${VMAPBENCH:-vmapbench}
runs=$(cd "$(dirname "$0")/../data/runs" && pwd)
. "$(dirname "$0")/../tap.sh"

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org

new_tree() # FOLDER
{
	git init -q "$1"
	echo 1 >"$1/file"
	git -C "$1" add file
	git -C "$1" commit -qm 'first'
}
new_tree "$scratch/here" && new_tree "$scratch/there"

# What stood in the message stands in it still, line by line, behind a Signed-off-by of its own.
through_mail() # FILE
{
	local message=$scratch/message

	{ printf 'mm: an example\n\n'; cat "$1"; } >"$message"
	echo "$RANDOM" >>"$scratch/here/file"
	git -C "$scratch/here" commit -qaF "$message" --cleanup=verbatim &&
		git -C "$scratch/here" format-patch -1 -s -q -o "$scratch/patches" || return
	cp "$scratch/here/file" "$scratch/now"
	git -C "$scratch/there" am -q "$scratch"/patches/*.patch || {
		git -C "$scratch/there" am --abort
		return 1
	}
	rm -rf "$scratch/patches"
	cmp "$scratch/there/file" "$scratch/now" &&
		diff <(cat "$message" && printf '\nSigned-off-by: A <a@example.org>\n') \
			<(git -C "$scratch/there" log -1 --format=%B | sed '$d')
}

in_cover_letter() # FILE
{
	local letter=$scratch/letter/0000-cover-letter.patch

	git -C "$scratch/here" format-patch -1 -q --cover-letter -o "$scratch/letter" &&
		sed -i -e "/\*\*\* BLURB HERE/{r $1" -e 'd}' "$letter" &&
		git mailinfo "$scratch/body" "$scratch/rest" <"$letter" >"$scratch/head" || return
	sed "/^A (1):/,\$d" "$scratch/body" | sed '$d' | diff "$1" -
}

quoted() # FILE: the longest line of an answer
{
	[ "$(sed 's/^/> /' "$1" | awk '{ if (length > n) n = length } END { print n }')" -le 78 ]
}

# Of one run, of all formats of rows; refused; of two runs.
compare() # NAME ARGUMENTS...
{
	local name=$1
	shift
	"$vmapbench" compare "$@" >"$scratch/table" 2>"$scratch/err"
	check "$name goes through git format-patch and git am as it is" through_mail "$scratch/table"
	check "$name goes into a cover letter" in_cover_letter "$scratch/table"
	check "$name can be quoted in 78 columns" quoted "$scratch/table"
	check "$name has no blanks at the end of a line" eval '! grep -q " $" "$scratch/table"'
}
for run in timed counted wide failed interrupted traced series series-timed; do
	compare "$run" "$runs/$run"
done
compare "a refusal" "$runs/month-1" "$runs/month-2"
check "which was one" grep -q '^REFUSED' "$scratch/table"
compare "two runs" "$runs/month-1" "$runs/month-2" --allow-diff series
done_testing
