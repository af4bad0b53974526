#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench compare --format cover: what it says, against jq over json and journal, and its way through git and mail.
# VMAPBENCH names the program, BUILD the folder with make-run.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
make_run=${BUILD:-$(dirname "$vmapbench")}/tests/make-run
runs=$(cd "$(dirname "$0")/../data/runs" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME=$scratch
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org

new_tree() # FOLDER FIRST-LINE
{
	git init -q "$1"
	{ echo "$2"; seq 2 30; } >"$1/file"
	git -C "$1" add file
	git -C "$1" commit -qm first
}
# One has the same file as the sender, the other has changed a line beside the patch's, which only a merge joins.
new_tree here 1 && cp -r here there && cp -r here behind
sed -i 's/^17$/17 beside it/' behind/file && git -C behind commit -qam 'beside it'
sed -i 's/^15$/15 changed/' here/file
git -C here commit -qam $'mm: change a line\n\nThis is why.\n\nSigned-off-by: A <a@example.org>' --cleanup=verbatim
git -C here format-patch -1 -q -o "$scratch"
patch=$scratch/0001-mm-change-a-line.patch

below_the_line() # FILE: the patch with it between "---" and the diffstat
{
	sed -e "/^---\$/r $1" "$patch"
}

applies() # TREE OPTION...: message and diff are those of the commit
{
	local tree=$1 status

	shift
	git -C "$tree" am -q "$@" "$scratch/mail" >"$scratch/err" 2>&1 &&
		diff <(git -C here log -1 --format=%B) <(git -C "$tree" log -1 --format=%B) &&
		diff <(git -C here show --format= -U0 | grep '^[-+]') <(git -C "$tree" show --format= -U0 | grep '^[-+]')
	status=$?
	git -C "$tree" am --abort >/dev/null 2>&1
	git -C "$tree" reset -q --hard "$(git -C "$tree" rev-list -1 --grep=change --invert-grep HEAD)"
	return $status
}

in_cover_letter() # FILE: what mailinfo finds in the blurb
{
	rm -rf letter split && mkdir split && git -C here format-patch -1 -q --cover-letter -o "$scratch/letter" &&
		sed -i -e "/\*\*\* BLURB HERE/{r $1" -e 'd}' letter/0000-cover-letter.patch &&
		git mailinfo body rest <letter/0000-cover-letter.patch >head &&
		sed '/^A (1):/,$d' body | sed '$d' | diff "$1" - && [ "$(git mailsplit -o"$scratch/split" letter/0000-cover-letter.patch)" = 1 ]
}

# As git send-email encodes it, without a server: a program takes the mail.
printf '#!/bin/sh\ncat >"%s/sent"\n' "$scratch" >take && chmod +x take

sent() # FILE ENCODING
{
	below_the_line "$1" >mail.patch
	git -C here send-email -q --confirm=never --from=a@example.org --to=b@example.org --smtp-server="$scratch/take" \
		--transfer-encoding="$2" --suppress-cc=all "$scratch/mail.patch" >/dev/null 2>"$scratch/err" || return
	grep -qi "^Content-Transfer-Encoding: $2" sent && cp sent mail && applies there &&
		git mailinfo body rest <sent >/dev/null && sed '/^---$/,/^ file |/!d' rest | sed '1d;$d' | diff "$1" -
}

# Format=flowed, as a client sends it: lines that begin with a blank get one more. Nothing is joined, as none ends with one.
flowed() # FILE
{
	{
		printf 'From: a@example.org\nSubject: x\nMIME-Version: 1.0\n'
		printf 'Content-Type: text/plain; charset=us-ascii; format=flowed\n\n'
		sed 's/^[ >]/ &/; s/^From / &/' "$1"
	} >flowed.mail
	git mailinfo body rest <flowed.mail >/dev/null && diff "$1" body
}

quoted() # FILE: in an answer of 72 to 78 columns, and filled by fmt, every line of the tables is whole
{
	sed 's/^/> /; s/^> $/>/' "$1" >quote
	fmt -s -w 78 quote | diff quote -
}

plain() # FILE
{
	! LC_ALL=C grep -nE '^.{76}|[^ -~]| $|^(--|diff |Index: |From |>|\+\+\+ |@@ |GIT binary)' "$1"
}

mails() # NAME FILE
{
	check "$1: 75 columns of ASCII, and no line begins as others' do" plain "$2"
	below_the_line "$2" >mail
	check "$1: git am takes the patch with it below the line" applies there
	check "$1: so does git am -3 where it has to merge" applies behind -3
	check "$1: it goes into a cover letter" in_cover_letter "$2"
	check "$1: it can be quoted" quoted "$2"
	check "$1: flowed text leaves it" flowed "$2"
}

cover() # NAME ARGUMENT...: in $scratch/NAME.cover
{
	local name=$1

	shift
	"$vmapbench" compare "$@" --format cover >"$scratch/$name.cover" 2>"$scratch/err"
	mails "$name" "$scratch/$name.cover"
}

below_the_line /dev/null >mail
sed -i "s/^-15$/-14/" mail
check "a patch that does not fit is refused" eval '! applies there'

for run in timed memory counted counted-images wide failed interrupted one-block traced traced-once traced-counted profiled \
	series series-timed; do
	cover $run "$runs/$run"
done
# One that was stopped is no smaller plan, and has no interval.
cp -r "$runs/timed" stopped
jq -c 'select(.block < 4)' "$runs/timed/journal.jsonl" >stopped/journal.jsonl
cover stopped stopped
cover one-month "$runs/month-1" "$runs/month-2"
check "a refusal is told" grep -q '^REFUSED' one-month.cover
cover months "$runs/month-1" "$runs/month-2" --allow-diff series
cover attached "$runs/attach-before" "$runs/attach-after"
"$make_run" machines machines || exit 1
cover machines machines
says_machine() # FILE COUNT
{
	[ "$(grep -c "^machine: " "$1")" = "$2" ]
}
check "of two runs both machines are told" says_machine months.cover 2
check "of several machines there is a block for each" \
	[ "$(grep -c '^machine .*; ' machines.cover)" = "$(jq '.machines | length' machines/manifest.json)" ]

for encoding in quoted-printable base64; do
	if [ -x "$(git --exec-path)/git-send-email" ]; then
		check "git send-email carries it as $encoding" sent timed.cover $encoding
	else
		skip "git send-email carries it as $encoding" "there is no git-email"
	fi
done

retitle() # TITLE
{
	rm -rf hostile && cp -r "$runs/timed" hostile
	jq --arg title "$1" '.plan.text |= sub("title: [^\n]*"; "title: \($title | tojson)")' "$runs/timed/manifest.json" \
		>hostile/manifest.json
}

# A title that is something else to git, patch or mail.
hostile() # TITLE
{
	retitle "$1"
	cover "hostile" hostile
	check "and \"$1\" stands in it" grep -qF -- "${1% }" hostile.cover
	"$vmapbench" compare hostile >"$scratch/text"
	check "and in the text, which git am takes, too" eval 'below_the_line text >mail; applies there'
}
hostile '--- a/file'
hostile '+++ b/file'
hostile '-- '
hostile 'diff --git a/file b/file'
hostile 'Index: file'
hostile 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001'
hostile '> as you said'
hostile '@@ -1,2 +1,2 @@'
retitle $'Köln € 9 → 8'
cover unicode hostile
check "accents are dropped, and what has no ASCII is ?" grep -qE '^Koln EUR 9 (\?|->) 8 \(run ' unicode.cover

# Rows of the tables as "name baseline candidate gain", of a name on a line of its own, too.
rows() # FILE ARM
{
	awk -v arm="$2" '
	$1 == arm && $2 == "against" && !seen++ { heading = 1; next }
	heading && /^cell / { inside = 1; next }
	inside && /^$/ { exit }
	!inside || /^=/ { next }
	/^[^ ]+$/ { name = $0; next }
	/^ / { print name, $1, $2, $3; next }
	{ print $1, $2, $3, $4 }' "$1"
}

same_as_json() # RUN ARM
{
	"$vmapbench" compare "$runs/$1" --format json 2>"$scratch/err" |
		jq -r --arg arm "$2" '.arms[] | select(.name == $arm) | .rows[] |
			[.cell, .baseline_median, .candidate_median, .gain_pct] | @tsv' |
		awk -F '\t' 'function time(t) { return sprintf(t < 9999999.95 ? "%.1f" : "%.0f", t) }
			{ printf "%s %s %s %s\n", $1, time($2), time($3), sprintf($4 < 99.995 ? "%+.2f" : "%+.1f", $4) }' >expected
	[ -s expected ] && rows "$1.cover" "$2" | diff expected -
}
for pair in timed/mt timed/same counted/canary counted-images/mine wide/a_candidate.with_the.longest_name-allowd; do
	check "${pair%/*}: the figures of ${pair#*/} are those of json" same_as_json "${pair%/*}" "${pair#*/}"
done

cells_of() # RUN: as its journal has them
{
	jq -r 'select(.t == "load" and .probe == null) | .cell' "$runs/$1/journal.jsonl" | sort -u
}
for pair in timed/mt counted/canary wide/a_candidate.with_the.longest_name-allowd; do
	check "${pair%/*}: every row of the journal is there" \
		diff <(cells_of "${pair%/*}") <(rows "${pair%/*}.cover" "${pair#*/}" | cut -d' ' -f1 | sort)
done

# What became of the rows.
regressed_in() # RUN: "arm cell" from json
{
	"$vmapbench" compare "$runs/$1" --format json 2>"$scratch/err" |
		jq -r '.arms[] | select(.role == "candidate") | .name as $arm | .rows[] | select(.verdict == "regressed") | .cell' | sort
}
named() # FILE: all that stands behind REGRESSED:
{
	awk '/^REGRESSED:/ { inside = 1 } inside && !/^(REGRESSED:|  )/ { inside = 0 } inside' "$1" | tr -s ' \n' ' ' |
		sed 's/REGRESSED: /\n/g; s/[.] \?$//' | tr ';' '\n' | awk 'NF { print $1 }' | sort
}
for run in timed traced counted wide; do
	check "$run: what regressed is named" diff <(regressed_in $run) <(named $run.cover)
done
check "and something did" [ -n "$(regressed_in traced)" ]
counts()
{
	"$vmapbench" compare "$runs/timed" --format json | jq -r '.arms[] | select(.role == "candidate" and .name == "mt") | .rows |
		group_by(.verdict) | map({key: .[0].verdict, value: length}) | from_entries as $n |
		["improved", "regressed", "equivalent", "cannot tell"] | map(select($n[.]) | "\($n[.]) \(.)") | join(", ")'
}
check "verdicts are counted as json has them" grep -qF "mt against rb, 4 rows: $(counts)." timed.cover

says() # FILE TEXT
{
	check "$1 says: $2" grep -qF -- "$2" "$1.cover"
}
says timed 'accelerator: TCG: emulated time, not silicon.'
says timed 'A/A noise floor: the baseline against itself'
says timed 'Holm over a family of'
says timed 'kernel mt: 7.3.4, build '
says timed 'machine: qemu x86_64'
says timed 'method: 12 blocks, each of which'
check "timed has an interval" eval 'tr -s " \n" " " <timed.cover | grep -qF "with its 95 % interval and the exact signed-rank test."'
says interrupted 'UNFINISHED: the rows have 7 to 10 of the 15 boots planned for each arm'
says interrupted 'method: 7 to 10 of the 15 blocks planned, each'
says stopped 'UNFINISHED: the rows have 4 of the 12 boots planned for each arm'
says stopped 'method: 4 of the 12 blocks planned, each'
says stopped 'With 4 of the 12 blocks planned no row can be marked'
check "stopped promises no interval" eval '! grep -qF "with its 95 % interval" stopped.cover && tr -s " \n" " " <stopped.cover |
	grep -qF "with the exact signed-rank test; for a 95 % interval 4 are too few"'
check "what is whole is not said to be unfinished" eval '! grep -qE "UNFINISHED|blocks planned" timed.cover failed.cover counted.cover series.cover'
says counted 'gate from the baseline and 3 rebuilds'
says failed 'FAILED: arm broken, class kernel'
says one-block 'Regressed: not known, no row could be judged.'
says traced '  p99 '
says traced '  vn[*].busy'
says series 'prev %'
says series 'each patch against the kernel before it'
check "the short table has no callers" eval '! grep -q "^    find_unlink" traced.cover'
check "and other quantiles are left out" eval '! grep -q "^  p99.9 " traced.cover'
check "it ends with how to make it again" eval 'tail -n 2 timed.cover | head -n 1 | grep -qx "reproduce:"'
check "which a shell reads as the words of the manifest" diff \
	<(jq -r '.command[]' "$runs/profiled/manifest.json") \
	<(eval "printf '%s\n' $(sed '1,/^reproduce:$/d' profiled.cover)")
"$vmapbench" compare "$runs/traced" --format cover --only overhead >overhead 2>"$scratch/err"
check "--only prints what was left out" grep -q '^what the probes cost' overhead
check "cover is shorter than text" [ "$(wc -l <timed.cover)" -lt "$("$vmapbench" compare "$runs/timed" | wc -l)" ]
done_testing
