#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench report on recorded runs: the numbers of the page against the journal and against compare, and what strangers
# wrote. What a browser makes of it is report-browser.t's. VMAPBENCH names the program, BUILD the folder with make-run.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
make_run=$(realpath "${BUILD:-$(dirname "$vmapbench")}/tests/make-run")
runs=$(cd "$(dirname "$0")/../data/runs" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1
mkdir tmp tmp-killed
export TMPDIR=$scratch/tmp

report() # ARGUMENT...: the status in $status, the outputs in out and err
{
	"$vmapbench" report "$@" >out 2>err
	status=$?
}

same() # NAME: the files expected and found
{
	diff expected found >err
	ok $? "$1"
}

plain() # FILE: without markup
{
	sed -E 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&(#39|apos);/'"'"'/g; s/&amp;/\&/g' "$1"
}

# The tables of rows, a line for each: name, then the data-v of its cells.
row_values() # PAGE
{
	sed -n '/<table class="rows">/,/<\/table>/p' "$1" | grep '^<tr><th scope="row"' |
		sed -E 's/^<tr><th[^>]*><a[^>]*>([^<]*)<\/a><\/th>/\1/; s/<td class="picture">.*<\/svg><\/td>//; s/<td class="picture"><\/td>//
			s/<td[^>]* data-v="([^"]*)">[^<]*(<span[^>]*>[^<]*<\/span>[^<]*)?<\/td>/|\1/g; s/<\/tr>$//'
}

# The same of `compare --format json`: only arms with a table, and of a verdict its number.
expected_values() # RUN
{
	"$vmapbench" compare "$1" --format json 2>err | jq -r '
		def text: if . == null then "" else tostring end;
		(.arms | map(select(.role == "candidate")) | length > 0) as $candidates | ([.arms[] | select(.role == "candidate" or ($candidates | not)) | .rows[].method] | any(. == "counted")) as $gated |
		.arms[] | select(.rows != [] and
		(if $candidates then .role == "candidate" else true end)) | .failed as $failed | .rows[] |
		[.cell, .gain_pct, ({improved: 0, regressed: 1, equivalent: 2, "cannot tell": 3}[.verdict // "n/a"] // 9), (if $gated then .gate_pct else .low_pct end)] +
		(if $gated then [] else [.p_holm] end) +
		[.baseline_median, (if $failed then null else .candidate_median end), .blocks] | map(text) | join("|")'
}

number() { awk -F'|' -v OFS='|' '{ for (i = 2; i <= NF; i++) if ($i != "") $i = sprintf("%.8g", $i) } 1'; }

valid() # NAME PAGE
{
	if ! command -v tidy >/dev/null; then skip "$1" "the package tidy is not installed"; return; fi
	tidy -errors -quiet --drop-empty-elements no "$2" 2>err
	ok $? "$1"
}

# Nothing comes from elsewhere, and what is pointed to is there.
self_contained() # PAGE
{
	[ -s "$1" ] && ! grep -qiE '<[^>]* src=|@import|url\(["'"'"']?[^#"'"'"']|<link|<iframe|<object|<embed|http-equiv="refresh"' "$1" &&
		! grep -oE ' href="[^"]*"' "$1" | grep -vqE '^ href="(#|data:)' &&
		[ -z "$(grep -oE ' id="[^"]*"' "$1" | sort | uniq -d)" ] &&
		[ -z "$(comm -23 <(grep -oE ' href="#[^"]*"|url\(#[^)]*' "$1" | sed 's/.*#//; s/"$//' | sort -u) \
			<(grep -oE ' id="[^"]*"' "$1" | sed 's/ id="//; s/"$//' | sort -u))" ]
}

for run in timed counted counted-images one-block failed interrupted wide traced traced-counted profiled series series-timed; do
	report "$runs/$run" --out "$run.html"
	[ "$status" = 0 ] && grep -qF "$run.html" out && [ ! -s err ]
	ok $? "$run: has a page"
	expected_values "$runs/$run" | number >expected
	row_values "$run.html" | number >found
	check "$run: has rows" [ -s found ]
	same "$run: every number is that of compare"
	check "$run: needs nothing but itself" self_contained "$run.html"
	valid "$run: is HTML" "$run.html"
done

# What is shown, as the tables for mail show it, to the last digit.
for run in timed counted; do
	"$vmapbench" compare "$runs/$run" --only timed --format markdown | tr -d '\\' | sed -n 's/^| \([a-z_]*_test\)/\1/p' |
		awk -F' \\| ' '{ print $1, $2, $3, $4, $5, substr($6, 1, 3) }' >expected
	sed -n '/<table class="rows">/,/<\/table>/p' $run.html | grep '^<tr><th scope="row"' |
		sed -E 's/<td class="picture">.*<\/svg><\/td>//; s/<\/t[hd]>/|/g; s/<[^>]*>//g' |
		awk -F'|' -v tested=$([ $run = timed ] && echo 1 || echo 0) \
			'{ print $1, $(5 + tested), $(6 + tested), $2, $4, substr($3, 1, 3) }' >found
	same "$run: what is shown is what is printed"
done

# Every boot, against the journal itself.
jq -rs --arg cell long_busy_list_alloc_test/4 '
	def median: sort | length as $n | if $n % 2 == 1 then .[($n - 1) / 2] else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;
	map(select(.t == "load" and .cell == $cell)) | group_by(.boot)[] |
	[.[0].arm, .[0].block, .[0].boot, (map(.workers_us | median) | median)] | map(tostring) | join("|")' \
	"$runs/timed/journal.jsonl" | awk -F'|' -v OFS='|' '{ $4 = sprintf("%.8g", $4) } 1' | sort >expected
sed -n '/<summary>long_busy_list_alloc_test\/4</,/<\/details>/p' timed.html | grep '^<tr><th scope="row"' |
	sed -E 's/<tr><th[^>]*>([^<]*)<\/th><td[^>]*>([^<]*)<\/td><td>([^<]*)<\/td><td[^>]* data-v="([^"]*)">.*/\1|\2|\3|\4/' |
	awk -F'|' -v OFS='|' '{ $4 = sprintf("%.8g", $4) } 1' | sort >found
check "there are as many boots as were run" [ "$(wc -l <found)" = 48 ]
same "every boot has the median that its loads in the journal have"
jq -rs 'map(select(.t == "load" and .boot == "b003-mt-1" and .cell == "fix_size_alloc_test/4"))[] | .workers_us | sort | (.[1] + .[2]) / 2' \
	"$runs/timed/journal.jsonl" | xargs printf '%.1f\n' | paste -sd' ' >expected
sed -n '/<summary>fix_size_alloc_test\/4</,/<\/details>/p' timed.html | grep -F '<td>b003-mt-1</td>' |
	sed -E 's/.*<td class="loads">([^<]*)<\/td>.*/\1/' >found
check "loads were found" [ -s found ]
same "and its loads those of the journal"
links_to_boots() # every name of a row leads to a list that is there
{
	sed -n '/<table class="rows">/,/<\/table>/p' wide.html | grep -oE '<a href="#[^"]*">[^<]*' | sed 's/<a href="#//; s/">/ /' >links
	[ "$(wc -l <links)" = 36 ] && while read -r place name; do
		grep -qF "<details id=\"$place\"><summary>$name</summary>" wide.html || return 1
	done <links
}
check "the name of each row leads to its boots" links_to_boots

# The sentence on top, counted by jq.
"$vmapbench" compare "$runs/timed" --format json | jq -r '.arms[] | select(.role == "candidate") | .name as $arm | .rows as $rows |
	def n(v): $rows | map(select(.verdict == v)) | length;
	"\($arm): \(n("improved")) \(n("regressed")) \(n("equivalent")) \(n("cannot tell"))"' >expected
sed -n '/id="verdict"/,/<\/section>/p' timed.html | plain /dev/stdin | awk '/ against rb: / { arm = $1 }
	/^[0-9]+ (improved|regressed|equivalent|cannot tell)$/ { n = n " " $1 } /^[0-9]+ cannot tell$/ { print arm ":" n; n = "" }' >found
same "the counts on top are those of the verdicts"
check "with the error of the family" grep -qF 'any of its rows in at most 5 % of sweeps (exact tests, Holm over 8 rows)' timed.html
check "or that nothing can be marked" grep -qF 'With 3 blocks no row can be improved or regressed' failed.html
cp -r "$runs/timed" stopped
jq -c 'select(.block < 4)' "$runs/timed/journal.jsonl" >stopped/journal.jsonl
report stopped
check "of a run that was stopped it is that of what is there" grep -qF 'With 4 of the 12 blocks planned no row can be improved' stopped/report.html
check "and not that of the plan" eval '! grep -qF "any of its rows in at most" stopped/report.html'
check "which is an alarm above the first verdict" [ "$(grep -oE 'class="(note alarm">UNFINISHED: the rows have 4 of the 12 boots|headline)' stopped/report.html | head -n 1)" = \
	'class="note alarm">UNFINISHED: the rows have 4 of the 12 boots' ]
check "and of a whole one is none" eval '! grep -qF UNFINISHED timed.html failed.html'
check "of counted rows it is that of the gates" grep -qF 'with a probability of at most 5 %: of 2 rows 0.1 on average, any in at most 10 % of sweeps' counted.html
check "the noise floor is compare's" grep -qF "$("$vmapbench" compare "$runs/timed" --format markdown | sed -n 's/^- A\/A noise floor: \(.*\)$/\1/p')" timed.html
check "a failed arm is said to be" grep -qF 'broken against good: its kernel FAILED.' failed.html
check "a synthetic run, too" grep -qF 'SYNTHETIC, not measured' timed.html
check "a series has its staircase" grep -qF '2 mm/vmalloc: keep the areas' series.html
for run in series series-timed; do
	"$vmapbench" compare "$runs/$run" --format json 2>err | jq -r '[.staircase[] | select(.file)] | length as $rows | map(.previous_verdict // "n/a") as $v |
		"Each patch against the kernel before it, \($rows) rows: \(["improved", "regressed", "equivalent", "cannot tell", "n/a"] |
			map(. as $k | {k: $k, n: ($v | map(select(. == $k)) | length)} | select(.n > 0) | "\(.n) \(.k)") | join(", "))."' >expected
	sed -n '/id="verdict"/,/<\/section>/p' $run.html | plain /dev/stdin | grep '^Each patch' >found
	same "$run: the verdict has what each patch did"
	check "$run: on the line behind that of the whole" [ "$(sed -n '/id="verdict"/,/<\/section>/p' $run.html | grep -oE 'class="headline[^"]*">(The whole series|Each patch)' | cut -d'>' -f2 | paste -sd,)" = 'The whole series,Each patch' ]
	"$vmapbench" compare "$runs/$run" --format json 2>err | jq -r '.staircase[] | select(.previous_verdict == "regressed") | "\(.cell) by patch \(.arm)"' >expected
	sed -n '/id="verdict"/,/<\/section>/p' $run.html | plain /dev/stdin | grep '^REGRESSED: ' | grep -oE '[^ ]+ by patch [^ ]+' >found
	same "$run: and names what a patch made slower"
done
check "and a patch without a kernel its compiler's words" grep -qF "implicit declaration of function" series.html
check "a traced run has its latencies" grep -qF '<h4>latency: mt against rb</h4>' traced.html
check "and what was refused" grep -qF 'REFUSED: latency of old and rb are not compared' traced.html
check "a profile has its functions" grep -qF '<h4>profile: slow-2 against stock' profiled.html

# What strangers wrote: titles, reasons, reports, patches, hosts, and a console with any bytes.
evil='</script><img src=x onerror=alert(1)> & "quoted" '"'single'"' '
cp -r "$runs/failed" hostile
mkdir hostile/console
printf 'boot\r\n\033[31m%s\r\n\377\376\000\001 \302\nKernel panic\r\n' "$evil" >hostile/console/b001-broken-0.log
jq --arg evil "$evil" '.plan.text |= sub("title: [^\n]*"; "title: " + ($evil | @json)) | .created = $evil |
	.host = {kernel: $evil, cpu: $evil, ($evil): $evil} | .command = ["vmapbench", $evil] |
	.arms[1].kernel += {release: ($evil + "\u0001\u009f"), series: [{file: $evil, sha256: $evil}]}' \
	"$runs/failed/manifest.json" >hostile/manifest.json
jq -c --arg evil "$evil" 'if .event == "end" and .class == "kernel" then .why = $evil + "\u0007" else . end' \
	"$runs/failed/journal.jsonl" >hostile/journal.jsonl
jq -nc --arg evil "$evil" '{v: 1, t: "splat", block: 1, arm: "broken", boot: "b001-broken-0", cell: null, load: null, kind: "warn", text: $evil}' \
	>>hostile/journal.jsonl
jq -nc '{v: 1, t: "boot", block: 2, arm: "other", boot: "../../manifest", event: "end", class: "infra", why: "x"}' >>hostile/journal.jsonl
report hostile
check "a hostile run has a page" [ "$status" = 0 ]
check "in its folder" [ -s hostile/report.html ]
check "nothing of it is markup" eval '[ -s hostile/report.html ] && ! grep -qE "<img|<[^>]*onerror" hostile/report.html'
check "there is one script, ours" [ "$(grep -c '<script' hostile/report.html)" = 1 ]
check "the title is text" grep -qF '<h1>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;' hostile/report.html
check "so is the reason of a failure" grep -qF '<td class="why">&lt;/script&gt;&lt;img' hostile/report.html
check "the console is there" grep -qF 'Kernel panic' hostile/report.html
check "all of it is UTF-8" eval 'iconv -f utf-8 -t utf-8 hostile/report.html >/dev/null'
check "without control characters" eval '[ -s hostile/report.html ] && ! LC_ALL=C grep -qP "[\x00-\x08\x0b-\x1f\x7f]|&#x" hostile/report.html'
check "a boot is no way out of the folder" grep -qF 'console/../../manifest.log is not in the run' hostile/report.html

# A console may be longer than there is memory.
cp -r "$runs/failed" endless
mkdir -p endless/console
printf 'its begin' >endless/console/b001-broken-0.log
truncate -s 8G endless/console/b001-broken-0.log
printf 'Kernel panic at last' >>endless/console/b001-broken-0.log
command time -f %M -o peak "$vmapbench" report endless --out endless.html >out 2>err
check "a console without bound is not read into memory" [ "$(tail -n 1 peak)" -lt 1000000 ]
check "of a console without bound the end is there" grep -qF 'Kernel panic at last' endless.html
check "and how long it is" grep -qF "the end of $((8 << 30 | 20)) bytes" endless.html
check "and not its begin" eval '! grep -qF "its begin" endless.html'
rm -r endless

# Of boots and reports without number the first are there, and that others are not.
left_out() # PAGE: what it says of them
{
	grep -oE 'Of [0-9]+ (boots|reports) these are the first [0-9]+' "$1"
}
cp -r "$runs/failed" many
ends=$(grep -c '"event":"end"' many/journal.jsonl)
for ((i = ends; i < 2000; i++)); do
	echo '{"v":1,"t":"boot","block":9,"arm":"good","boot":"b9-good-'$i'","event":"end","class":"ok"}'
done >>many/journal.jsonl
splats=$(grep -c '"t":"splat"' many/journal.jsonl)
for ((i = splats; i < 2000; i++)); do
	echo '{"v":1,"t":"splat","block":9,"arm":"good","boot":"b9-good-'$i'","cell":null,"load":null,"kind":"warn","text":"w"}'
done >>many/journal.jsonl
report many --out many.html
check "2000 of each are all" [ "$status" = 0 -a -z "$(left_out many.html)" ]
echo '{"v":1,"t":"boot","block":9,"arm":"good","boot":"b9-good-x","event":"end","class":"ok"}
{"v":1,"t":"splat","block":9,"arm":"good","boot":"b9-good-x","cell":null,"load":null,"kind":"warn","text":"w"}' >>many/journal.jsonl
report many --out many.html
check "of one more it is said" [ "$(left_out many.html)" = "Of 2001 reports these are the first 2000
Of 2001 boots these are the first 2000" ]
valid "it is HTML" hostile/report.html
check "and needs nothing" self_contained hostile/report.html

policy_names() # ELEMENT: the policy lets in what stands between its tags
{
	local text

	text=$(sed -n "/<$1>/,/<\/$1>/p" timed.html | sed "1s/.*<$1>//; s/<\/$1>.*//")
	grep -qF "$1-src 'sha256-$(printf '%s\n' "$text" | sha256sum | cut -c1-64 | tr a-f A-F | basenc -d --base16 | base64)'" timed.html
}
check "the policy names the style sheet" policy_names style
check "and the script" policy_names script
check "and nothing else" grep -qF "content=\"default-src 'none'; style-src" timed.html
check "nothing has a style of its own" eval '[ -s timed.html ] && ! grep -qE "<[^>]* (style|on[a-z]+)=" timed.html'

saved() # PAGE NAME: what a click on that name saves
{
	grep -oE "<a download=\"$2\" href=\"data:[^;]*;base64,[^\"]*" "$1" | sed 's/.*base64,//' | base64 -d
}
saved timed.html timed-journal.jsonl >found
check "the journal is in the page" cmp -s found "$runs/timed/journal.jsonl"
saved timed.html timed-manifest.json >found
check "and the manifest" cmp -s found "$runs/timed/manifest.json"
saved timed.html timed-table.csv >found
"$vmapbench" compare "$runs/timed" --format csv >expected
same "and the table"
jq -r .plan.text "$runs/timed/manifest.json" | head -c -1 >expected
saved timed.html timed-plan.yaml >found
same "and the plan"

# A full sweep: 36 rows of 30 boots, out of five times the wide one.
mkdir full
sed 's/blocks: 6,/blocks: 30,/' "$runs/wide/manifest.json" >full/manifest.json
for part in 0 1 2 3 4; do
	jq -c --argjson part $part '.block += 6 * $part | .boot += "-\($part)"' "$runs/wide/journal.jsonl"
done >full/journal.jsonl
report full
check "a full sweep has a page" [ "$status" = 0 ]
check "of less than 5 MB" [ "$(stat -c %s full/report.html)" -lt 5000000 ]
check "with every boot" [ "$(grep -cE '^<tr><th scope="row">a[-_][a-z_.-]*</th><td class="number">' full/report.html)" = 2160 ]
saved full/report.html 'full-journal.jsonl.gz' | gunzip >found
check "a large journal is packed in it" cmp -s found full/journal.jsonl
check "and said to be" grep -qE '>full-journal\.jsonl\.gz</a>, [0-9.]+ [KM]iB \(gzip of [0-9.]+ [KM]iB\)' full/report.html
# One that does not shrink is left where it is.
cp -r "$runs/one-block" large
head -c 4500000 /dev/urandom | base64 -w 0 | sed 's/.*/{"v":1,"t":"splat","block":0,"arm":"base","boot":"b000-base-0","cell":null,"load":null,"kind":"warn","text":"&"}\n/' \
	>noise
jq -c . noise >>large/journal.jsonl
report large
check "one that does not shrink is left out" grep -qF 'journal.jsonl, ' large/report.html
check "with the path beside it" grep -qE 'LEFT OUT, too large for a page; large/journal\.jsonl' large/report.html

# What is not compared, and what may be.
cp -r "$runs/timed" confounded
sed -i '/"name": "mt"/,/"release"/s|"release": |"tools": {"compiler": "gcc 13"}, &|' confounded/manifest.json
report confounded
check "a refused arm has no numbers" [ "$(row_values confounded/report.html | wc -l)" = 4 ]
check "but a diff" grep -qF '+tools.compiler: gcc 13' confounded/report.html
check "and is said not to be compared" grep -qF 'mt against rb: not compared' confounded/report.html
report confounded --allow-diff tools.compiler
check "--allow-diff compares it" [ "$(row_values confounded/report.html | wc -l)" = 8 ]
check "and says so" grep -qF 'ALLOWED TO DIFFER (--allow-diff): tools.compiler' confounded/report.html
report confounded --allow-diff everything
check "an unknown key is a usage error" [ "$status" = 2 ]

# Several machines: a section for each, and nothing of one in another's.
"$make_run" machines machines || exit 1
report machines
check "several machines have one page" [ "$status" = 0 ]
check "with a section each" [ "$(grep -c '<section class="run"' machines/report.html)" = 3 ]
check "each says what it is" grep -qE '<h2>lab: board lab .*; board: real time' machines/report.html
for name in qemu-x86 qemu-arm64 lab; do
	expected_values machines/$name | number >expected
	row_values <(awk -v name="<h2>$name: " '/<section class="run"/ { inside = 0 } index($0, name) { inside = 1 } inside' machines/report.html) |
		number >found
	same "$name: its rows are its own"
done
check "it needs nothing but itself" self_contained machines/report.html
valid "it is HTML" machines/report.html
rm -r machines/lab
report machines --out some.html
check "a machine without a run is told of" grep -qE 'note alarm">[^<]*machines/lab' some.html
check "and the others are there" [ "$(grep -c 'class="rows"' some.html)" = 2 ]

# Soaks and runs of attach.
mkdir soak
printf '%s\n' 'title: a soak' 'arms:' '  - {name: a, source: linux-7.3}' 'aa: true' 'machine: {accel: tcg}' \
	'cells: [{test: module_soak, threads: [1], loops: 5}]' >plan.yaml
jq -n --rawfile text plan.yaml '{v: 1, created: "2026-11-26T08:00:00Z", accel: "tcg", soak: {for_s: 600},
	plan: {path: "plan.yaml", text: $text}, seed: 1, arms: []}' >soak/manifest.json
cat >soak/journal.jsonl <<'JOURNAL'
{"v":1,"t":"boot","block":0,"arm":"aa","boot":"b000-g00-aa","event":"start"}
{"v":1,"t":"splat","block":0,"arm":"aa","boot":"b000-g00-aa","cell":"module_soak/1","load":0,"kind":"leak","text":"vmalloc has 99 areas"}
{"v":1,"t":"boot","block":0,"arm":"aa","boot":"b000-g00-aa","event":"end","class":"kernel","why":"leak: vmalloc has 99 areas","boot_s":2,"loads_s":3,"shutdown_s":1}
JOURNAL
report soak
check "a soak has a page" [ "$status" = 0 ]
check "of what it found" grep -qF 'vmalloc has N areas' soak/report.html
valid "it is HTML" soak/report.html
report "$runs/attach-before" --out attach.html
check "a run of attach has none" [ "$status" = 2 ]
check "in a sentence that says what there is" grep -qF '`vmapbench plot` draws it and `vmapbench compare` sets two of them' err

# What a flame graph is made of comes through, and its samples stand beside it.
report "$runs/sampled" --out sampled.html
"$vmapbench" plot "$runs/sampled" --out flames >out 2>err
"$vmapbench" compare "$runs/sampled" --format json >json 2>err
check "the functions with the largest differences stand on the page" [ -z "$(jq -r '.samples[:12][].symbol' json | while read -r name; do grep -qF -- "$name" sampled.html || echo "$name"; done)" ]
for mark in 'paint-order="stroke"' '<title>'; do
	drawn=$(cat "$scratch"/flames/flame-*.svg | grep -oF -- "$mark" | wc -l)
	check "$mark is there as often as it was drawn, $drawn times" [ "$drawn" -gt 3 -a \
		"$(sed -n '/id="charts"/,$p' sampled.html | grep -oF -- "$mark" | wc -l)" = "$drawn" ]
done

# Written whole or not at all.
report nothing
check "a run that is not there fails" [ "$status" = 1 ]
report "$runs/timed" --out nowhere/page.html
check "a folder that is not there is infrastructure" [ "$status" = 4 ]
check "and is named" grep -qF nowhere/page.html err
echo earlier >kept.html
(bash -c 'ulimit -f 16; TMPDIR=$1 exec "$2" report "$3" --out kept.html' - "$scratch/tmp-killed" "$vmapbench" "$runs/timed"; true) >out 2>&1
check "a disk that is full leaves the page of before" [ "$(cat kept.html)" = earlier ]
report "$runs/timed" --out kept.html
check "or there is the new one" cmp -s kept.html timed.html
mkfifo pipe
for out in pipe . -; do
	report "$runs/timed" --out "$out"
	check "$out is no file to replace" eval '[ "$status" = 2 ] && grep -qF -- "--out $out: is " err'
done
check "and is what it was" [ -p pipe ]

# A machine without gnuplot has a page without charts.
mkdir bin
PATH=$scratch/bin "$vmapbench" report "$runs/timed" --out bare.html >out 2>err
check "without gnuplot there is a page" [ $? = 0 ]
check "without charts, which is said in it" grep -qF 'NO CHARTS: gnuplot is not installed' bare.html
check "and at the terminal" grep -qF 'the page has no charts: gnuplot is not installed' err
check "charts are drawn in no folder of the run" [ ! -e hostile/charts ]
check "and nothing is left in the temporary one" [ -z "$(ls tmp)" ]
done_testing
