#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench export on recorded runs: csv and databases against jq over the journal and the figures of compare; benchstat's
# format and KTAP by parsers of their specifications. VMAPBENCH names the program, BUILD the folder with make-run.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
make_run=${BUILD:-$(dirname "$vmapbench")}/tests/make-run
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
runs=$(cd "$(dirname "$0")/../data/runs" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1

export_to() # RUN FORMAT OUT: the status in $status
{
	"$vmapbench" export "$1" --format "$2" --out "$3" >out 2>"$scratch/err"
	status=$?
}

refused() # NAME STATUS TEXT ARGUMENT...
{
	local name=$1 wanted=$2 text=$3

	shift 3
	"$vmapbench" export "$@" >out 2>"$scratch/err"
	[ $? = "$wanted" ] && [ ! -s out ] && grep -qF -- "$text" "$scratch/err"
	ok $? "$name"
}

sql() # DATABASE STATEMENT
{
	sqlite3 -bail "$1" "$2"
}

all="timed counted counted-images wide failed interrupted one-block traced traced-once traced-counted profiled memory series series-timed month-1"
for run in $all; do
	export_to "$runs/$run" csv "$run.csv"
	check "$run: csv" [ "$status" = 0 ]
	export_to "$runs/$run" sqlite "$run.db"
	check "$run: sqlite" [ "$status" = 0 ]
done

# --- csv

# RFC 4180 with LF: as many fields in every record, quotes only around whole fields.
rectangle() # FILE
{
	awk 'function fail(why) { print FILENAME ": record " records + 1 ": " why; bad = 1; exit }
	{ text = text $0 "\n" }
	END {
		if (text ~ /\r/) fail("a return")
		while (text != "" && !bad) {
			if (substr(text, 1, 1) == "\"") {
				text = substr(text, 2)
				while (1) {
					at = index(text, "\"")
					if (!at) fail("a quote is not closed")
					text = substr(text, at + 1)
					if (substr(text, 1, 1) != "\"") break
					text = substr(text, 2)
				}
			} else {
				match(text, /^[^,\n]*/)
				if (index(substr(text, 1, RLENGTH), "\"")) fail("a quote in a bare field")
				text = substr(text, RLENGTH + 1)
			}
			fields++
			if (substr(text, 1, 1) == "\n") {
				if (!records++) wanted = fields
				if (fields != wanted) fail(fields " fields, " wanted " names")
				fields = 0
			} else if (substr(text, 1, 1) != ",") fail("text behind a quote")
			text = substr(text, 2)
		}
		exit bad || records < 2
	}' "$1"
}

rectangles()
{
	local file

	for file in *.csv/*.csv; do rectangle "$file" || return; done
}
check "every file is a rectangle with names and rows" rectangles

loads_of() # RUN: as the journal has them
{
	jq -r 'select(.t == "load" or .t == "setup") | . as $load | .workers_us | to_entries[] |
		[$load.arm, $load.block, $load.boot, $load.cell, (if $load.t == "setup" then "setup" else $load.probe // "timed" end),
		 $load.load, .key, .value, $load.wall_us, $load.clocksource] | @csv' "$1/journal.jsonl" | tr -d '"' | sort
}

same_loads() # RUN
{
	awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $at["arm"], $at["block"], $at["boot"], $at["cell"], $at["kind"], $at["load"], $at["worker"],
			$at["value"], $at["wall"], $at["clocksource"] }' "$1.csv/loads.csv" | sort >got
	loads_of "$runs/$1" >wanted
	[ -s wanted ] && diff wanted got
}
for run in $all; do
	check "$run: a line for each load and worker, as in the journal" same_loads "$run"
done
"$vmapbench" export "$runs/timed" --format csv >out 2>"$scratch/err"
check "without --out it is the loads" cmp out timed.csv/loads.csv
check "a table without rows has no file" [ ! -e timed.csv/lock.csv ]
touch timed.csv/lock.csv
export_to "$runs/timed" csv timed.csv
check "nor keeps one of before" [ ! -e timed.csv/lock.csv ]

# --- sqlite

sound() # DATABASE
{
	[ "$(sql "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version')" = "ok
1" ]
}

counts_of() # RUN: of each table rows and a sum, from the journal
{
	jq -rn 'reduce inputs as $r ({};
		def add($table; $rows; $sum): .[$table][0] += $rows | .[$table][1] += $sum;
		if $r.t == "load" or $r.t == "setup" then
			add("load"; 1; $r.wall_us) | add("worker"; $r.workers_us | length; $r.workers_us | add)
		elif $r.t == "hist" or $r.t == "calls" then
			add("hist"; 1; $r.sum_ns) | add("bucket"; $r.buckets | length; [$r.buckets[][1]] | add // 0)
		elif $r.t == "lock" then
			add("lock"; 1; $r.waits) | add("caller"; $r.callers | length; [$r.callers[].wait_ns] | add // 0)
		elif $r.t == "events" then add("events"; 1; $r.allocs)
		elif $r.t == "splat" then add("splat"; 1; 0)
		elif $r.t == "memory" then
			add("meminfo"; [$r.totals[].kib[]] | length; [$r.totals[].kib[]] | add) |
			add("slabinfo"; [$r.caches[].slabs[]] | length; [$r.caches[].slabs[]] | add)
		elif $r.t == "profile" then
			add("profile"; $r.functions | length; [$r.functions[][0]] | add) |
			add("followed"; $r.calls | length; [$r.calls[].instructions] | add // 0) |
			add("lines"; [$r.calls[].lines[][]] | length; [$r.calls[].lines[][][1]] | add // 0)
		else . end) | to_entries[] | select(.value[0] > 0) | "\(.key) \(.value[0]) \(.value[1])"' "$1/journal.jsonl" | sort
	echo "boot $(jq -r 'select(.boot) | .boot' "$1/journal.jsonl" | sort -u | wc -l)"
}

counts_in() # DATABASE
{
	local table sum

	while read -r table sum; do
		sql "$1" "SELECT '$table ' || count(*) || ' ' || CAST(coalesce(sum($sum), 0) AS INTEGER) FROM $table HAVING count(*) > 0"
	done <<-'SUMS' | sort
		load wall
		worker value
		hist sum_ns
		bucket count
		lock waits
		caller wait_ns
		events allocs
		splat 0
		profile timed
		followed instructions
		lines calls
		meminfo kib
		slabinfo slabs
	SUMS
	sql "$1" "SELECT 'boot ' || count(*) FROM boot"
}

# In compare's json, of all arms; the baseline's stand beside each of the others.
medians_of() # RUN-FOLDER
{
	"$vmapbench" compare "$1" --format json 2>"$scratch/err" | jq -r '(.arms[] | select(.role == "baseline") | .name) as $base |
		[.arms[] | .name as $arm | .rows[] | select(.missing == null or .candidate_boots > 0) |
		 "\($arm) \(.cell) \(.candidate_boots) \(.candidate_median)", "\($base) \(.cell) \(.baseline_boots) \(.baseline_median)"] |
		unique[] | select(endswith(" null") | not)'
}

# Every figure there that compare prints, and the same to its digits.
same_figures() # RUN-FOLDER DATABASE
{
	medians_of "$1" >wanted
	sql "$2" "SELECT arm || ' ' || cell || ' ' || boots || ' ' || printf('%.17g', figure) FROM arm_figure" |
		awk 'NR == FNR { figure[$1, $2] = $4; boots[$1, $2] = $3; next }
			{ off = figure[$1, $2] / $4 - 1; if (boots[$1, $2] != $3 || off > 1e-9 || off < -1e-9) { print; bad = 1 } }
			END { exit bad || !FNR }' - wanted
}
for run in $all; do
	check "$run: the database is sound, of version 1" sound "$run.db"
	check "$run: its rows and sums are the journal's" diff <(counts_of "$runs/$run") <(counts_in "$run.db")
	[ $run = counted-images ] || check "$run: arm_figure is what compare prints" same_figures "$runs/$run" "$run.db"
done
check "of images each is an arm: the first of stock is its own" [ "$(sql counted-images.db \
	"SELECT printf('%.6g', figure) FROM boot_figure WHERE arm = 'stock' AND cell LIKE 'fix%' AND block = 0")" = \
	"$(jq -rn '[inputs | select(.arm == "stock" and .block == 0 and (.cell | tostring | startswith("fix")))] |
		def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
		([.[] | select(.t == "load") | .workers_us | median] | median) as $all |
		([.[] | select(.t == "setup") | .workers_us | median] | median) as $one | ($all - $one)' "$runs/counted-images/journal.jsonl" |
		awk -v loops="$(sql counted-images.db "SELECT loops FROM cell WHERE cell LIKE 'fix%'")" '{ printf "%.6g\n", $1 * 1000 / (loops - 1) }')" ]

# The run of docs/journal.md has all kinds of records, boots that were repeated, and one with a splat.
mkdir documented
awk '$0 == "```json" { inside = 1; next } /^```/ { inside = 0 } inside' "$top/docs/journal.md" >documented/manifest.json
awk '$0 == "```jsonl" { inside = 1; next } /^```/ { inside = 0 } inside' "$top/docs/journal.md" >documented/journal.jsonl
export_to documented sqlite documented.db
check "a run with records of all kinds is sound" sound documented.db
check "has all of them" diff <(counts_of documented) <(counts_in documented.db)
check "and no table is empty" [ -z "$(for table in $(sql documented.db "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('patch')"); do
	sql documented.db "SELECT '$table' WHERE NOT EXISTS (SELECT * FROM $table)"
done)" ]
check "loads that count are those of boots with all of them" [ "$(sql documented.db \
	"SELECT DISTINCT boot || ' ' || kind || ' ' || counts FROM load WHERE kind IN ('timed', 'setup')" | paste -sd,)" = \
	"b000-g00-stock timed 1,b000-g00-stock setup 1" ]
check "what the guest said of itself is there" [ "$(sql documented.db "SELECT release, cmdline, memory_kib FROM boot WHERE release NOT NULL")" = \
	"$(jq -r 'select(.event == "up") | "\(.release)|\(.cmdline)|\(.memory_kib)"' documented/journal.jsonl)" ]
check "patches of a series are there" [ "$(sql series.db 'SELECT count(*) FROM patch')" = 7 ]

bucket_ends() # a bucket's end is where one may begin, and they follow each other
{
	[ "$(sql traced.db 'SELECT count(*) FROM bucket WHERE hi_ns <= lo_ns OR hi_ns - lo_ns > 1 + lo_ns / 64')" = 0 ] &&
		[ "$(sql traced.db 'SELECT count(*) FROM (SELECT hi_ns, lead(lo_ns) OVER (PARTITION BY run, boot, cell, load, kind, source, function
			ORDER BY lo_ns) AS next FROM bucket) WHERE next < hi_ns')" = 0 ]
}
check "buckets do not overlap, and are as narrow as they should be" bucket_ends

# The document's schema is the database's: columns, types, keys.
fenced() # PATTERN: the sql blocks of the document whose first line matches
{
	awk -v pattern="$1" '/^```sql$/ { inside = 1; first = 1; next } /^```/ { inside = 0; next }
		inside && first { chosen = $0 ~ pattern; first = 0 } inside && chosen' "$top/docs/export.md"
}
shape() # DATABASE
{
	sql "$1" "SELECT m.name, c.cid, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
			WHERE m.type = 'table' ORDER BY m.name, c.cid;
		SELECT m.name, f.* FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq"
}
fenced '^CREATE TABLE' | sqlite3 -bail schema.db
check "docs/export.md has the schema" diff <(shape schema.db) <(shape timed.db)
views()
{
	sql timed.db "SELECT m.name || ' ' || group_concat(c.name, ', ') FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
		WHERE m.type = 'view' GROUP BY m.name ORDER BY m.name"
}
check "and the views" diff <(sed -n 's/^| `\([a-z]*_figure\)` | `\([a-z, ]*\)` .*/\1 \2/p' "$top/docs/export.md" | sort) <(views)
check "and its version" grep -q "^\`\?.*version of this schema, $(sql timed.db 'PRAGMA user_version'):" "$top/docs/export.md"

# Its queries run, and each finds something in a run that has it.
fenced '^SELECT' | awk -v RS=';\n' 'NF { print > ("query-" NR) }'
check "it has queries" [ "$(find . -name 'query-*' | wc -l)" -ge 6 ]
for query in query-*; do
	found=
	for run in timed wide traced profiled memory; do
		sqlite3 -bail $run.db <"$query" >rows 2>"$scratch/err" || found="failed in $run"
		[ -z "$found" ] && [ -s rows ] && found=$run
	done
	check "$query of it runs, and finds something" [ -n "$found" -a "${found#failed}" = "$found" ]
done
check "the first gives the medians of compare" diff \
	<(sqlite3 timed.db <query-1 | cut -d'|' -f1-3) \
	<("$vmapbench" compare "$runs/timed" --format json | jq -r '.arms[] | select(.name == "mt") | .rows[] |
		[.cell, .baseline_median, .candidate_median] | @tsv' | awk -F '\t' -v OFMT=%.15g '
		{ printf "%s|%s|%s\n", $1, $2 ~ /[.]/ ? $2 : $2 ".0", $3 ~ /[.]/ ? $3 : $3 ".0" }' | sort)

check "the last gives the bytes for each area of compare" diff \
	<(sqlite3 -separator , memory.db "$(cat "query-$(find . -name "query-*" | wc -l)")" | cut -d, -f1,3- | grep -v ",-\?0\.0$" | sort) \
	<("$vmapbench" compare "$runs/memory" --only live --format csv | awk -F, -v OFMT=%.15g '$4 == "cache" && $7 != 0 {
		print $1 "," $2 "," $5 "," ($7 ~ /[.]/ ? $7 : $7 ".0") }' | sort)

# What cannot be written leaves what was there.
cp timed.db kept.db
(
	trap "" XFSZ
	ulimit -f 8
	export_to "$runs/wide" sqlite kept.db
	exit $status
)
check "a database that finds no room ends with status 4" [ $? = 4 ]
check "in a sentence that names it" grep -q 'kept.db: cannot' "$scratch/err"
check "and what was there is there still" cmp timed.db kept.db
check "and nothing beside it" [ "$(find . -name 'kept.db*' | wc -l)" = 1 ]
mkdir folder.db
export_to "$runs/timed" sqlite folder.db
check "a folder is no place for a database" [ "$status" = 2 ]
export_to "$runs/timed" sqlite nowhere/x.db
check "nor is one that is not there" [ "$status" = 4 ]
export_to "$runs/timed" csv timed.db
check "nor a file for csv" [ "$status" = 4 ]
export_to "$runs/timed" ktap nowhere/x
check "nor a file that cannot be" [ "$status" = 4 ]
export_to "$runs/traced" sqlite kept.db
check "otherwise it is replaced" [ "$(sql kept.db 'SELECT run FROM run')" = traced ]
check "with the rights of any file" [ "$(stat -c %a kept.db)" = "$(touch plain && stat -c %a plain)" ]

# What the plan has nothing of is no figure, and is there.
cp -r "$runs/one-block" strays
sed -n '/"t":"load"/{s/"cell":"[^"]*"/"cell":"nobody_knows\/1"/;s/"arm":"[^"]*"/"arm":"who"/;s/"boot":"[^"]*"/"boot":"when"/;p;q}' \
	"$runs/one-block/journal.jsonl" >>strays/journal.jsonl
export_to strays sqlite strays.db
check "rows and arms that the plan has nothing of are sound" sound strays.db
check "and without what it would say of them" [ "$(sql strays.db "SELECT arm, role, cell, test, counts FROM load
	JOIN boot USING (run, boot) JOIN arm USING (run, arm) JOIN cell USING (run, cell) WHERE boot = 'when'")" = 'who||nobody_knows/1||0' ]

# A boot that was interrupted before its first load, and whose begin is lost, is known from each kind of what it left.
for kind in hist lock calls events memory; do
	cp -r documented strays-$kind
	record=$(jq -c "select(.t == \"$kind\") | .boot = \"b099-torn\" | .arm = \"who\" | .cell = \"nobody_knows/1\"" \
		documented/journal.jsonl | head -n 1)
	printf '%s\n' "$record" >>strays-$kind/journal.jsonl
	export_to strays-$kind sqlite strays-$kind.db
	check "a boot with nothing but $kind is sound" eval '[ -n "$record" ] && [ "$status" = 0 ] && sound strays-$kind.db'
	check "and there" [ "$(sql strays-$kind.db "SELECT arm FROM boot WHERE boot = 'b099-torn'")" = who ]
done

# Text that is hostile to spreadsheets and parsers.
cp -r "$runs/one-block" hostile
retitle() # TITLE
{
	jq --arg title "$1" '.plan.text |= sub("title: [^\n]*"; "title: \($title | tojson)")' "$runs/one-block/manifest.json" \
		>hostile/manifest.json
	rm -rf hostile.csv
	export_to hostile csv hostile.csv
	export_to hostile sqlite hostile.db
	sqlite3 :memory: '.mode csv' '.import hostile.csv/run.csv run' '.mode list' 'SELECT title FROM run' >title
}
for title in '=1+2' '+1' '-1' '@SUM(A1)' '=cmd|"/C calc"!A0'; do
	retitle "$title"
	check "\"$title\" is no formula in a csv" [ "$(cat title)" = "'$title" ]
	check "and is itself in a database" [ "$(sql hostile.db 'SELECT title FROM run')" = "$title" ]
done
for title in 'a "quoted", title' $'two\nlines' 'Köln € 9 → 8' "it's; DROP TABLE run" '%s %n'; do
	retitle "$title"
	check "\"${title//$'\n'/ }\" goes through csv as it is" [ "$(tr -d '\r' <title)" = "$title" ]
	check "and is a rectangle" rectangle hostile.csv/run.csv
	check "and through a database" [ "$(sql hostile.db 'SELECT title FROM run')" = "$title" ]
	export_to hostile benchstat hostile.bench
	check "and has one line in benchstat's" [ "$(grep -c '^title: ' hostile.bench)" = 1 ]
	export_to hostile ktap hostile.ktap
	check "and in KTAP" [ "$(head -n 3 hostile.ktap | grep -c '^# ')" = 1 ]
done

# --- benchstat

# As golang.org/x/perf/benchfmt reads it: keys, units' metadata, benchmarks; nothing else but comments.
benchfmt() # FILE: "arm name unit value" of each benchmark
{
	awk 'function fail(why) { print FILENAME ":" FNR ": " why ": " $0; bad = 1; exit }
	/^Unit / {
		if (NF < 3) fail("a unit without metadata")
		for (i = 3; i <= NF; i++) {
			if ($i !~ /^(better=(higher|lower)|assume=(nothing|exact))$/) fail("unknown metadata")
			if (($2, $i) in metadata) continue
			metadata[$2, $i]
		}
		known[$2]
		next
	}
	/^Benchmark/ {
		if ($1 !~ /^Benchmark[^a-z\/-][^\/-]*(\/[a-z]+=[^\/-]+)*-[1-9][0-9]*$/) fail("no name of a benchmark")
		if ($2 !~ /^[1-9][0-9]*$/) fail("no number of iterations")
		if (NF < 4 || NF % 2) fail("no pairs of values and units")
		for (i = 3; i < NF; i += 2) {
			if ($i !~ /^[0-9]+([.][0-9]+)?(e[-+][0-9]+)?$/) fail("no number")
			if (!($(i + 1) in known)) fail("a unit without metadata")
			print config["arm"], $1, $(i + 1), $i
		}
		next
	}
	/^[a-z][^ \tA-Z]*:/ {
		key = $1
		sub(/:$/, "", key)
		if ($0 !~ /^[^:]+:[ \t]+[^ \t]/) fail("a key without a value")
		config[key] = substr($0, length(key) + 3)
		next
	}
	!/^#/ { fail("a line that would be overlooked") }
	END { exit bad }' "$1"
}

bench_name() # awk: of a row of compare
{
	awk -v cpus="$1" '{ n = split($2, part, "/"); test = part[1]; sub(/_test$/, "", test); name = ""
		k = split(test, word, "_"); for (i = 1; i <= k; i++) name = name toupper(substr(word[i], 1, 1)) substr(word[i], 2)
		name = "Benchmark" name "/threads=" part[2]
		for (i = 3; i <= n; i++) {
			if (part[i] ~ /^p[0-9]/) name = name "/pages=" substr(part[i], 2)
			if (part[i] ~ /^l[0-9]/) name = name "/live=" substr(part[i], 2)
			if (part[i] == "huge") name = name "/huge=true"
			if (part[i] == "lat") name = name "/latency=true"
		}
		print $1, name "-" cpus, $3, $4 }'
}

# Its medians are those of compare, and there are as many lines as boots.
same_bench() # RUN SCALE
{
	local cpus

	cpus=$("$vmapbench" compare "$runs/$1" --format json | jq .smp)
	export_to "$runs/$1" benchstat "$1.bench"
	[ "$status" = 0 ] && benchfmt "$1.bench" >lines || return
	medians_of "$runs/$1" | bench_name "$cpus" >wanted
	sort -k1,1 -k2,2 -k4,4g lines | awk -v scale="$2" '
		NR == FNR { boots[$1, $2] = $3; median[$1, $2] = $4 * scale; next }
		function finish() {
			if (!n) return
			got = n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2
			if (n != boots[key] || got / median[key] - 1 > 1e-9 || got / median[key] - 1 < -1e-9) { print key, n, got, boots[key], median[key]; bad = 1 }
			seen++
			n = 0
		}
		($1 SUBSEP $2) != key { finish(); key = $1 SUBSEP $2 }
		{ value[++n] = $4 }
		END { finish(); exit bad || !seen }' wanted -
}
check "timed: benchstat's lines are the boots, their medians compare's" same_bench timed 1000
check "wide: long names and large figures, too" same_bench wide 1000
check "interrupted: boots that do not count have none" same_bench interrupted 1000
check "counted: instructions" same_bench counted 1000
check "profiled: of a loop, where set-up is subtracted" same_bench profiled 1
check "a count is exact where every boot repeats" grep -qx 'Unit instructions/op better=lower assume=exact' counted.bench
check "a time is not" grep -qx 'Unit ns/op better=lower' timed.bench
check "the baseline is first" [ "$(sed -n 's/^arm: //p' timed.bench | head -n 1)" = rb ]
check "all that is told of arms apart is their name" [ "$(grep -c '^[a-z]*: ' timed.bench)" = \
	$(($(sed '/^arm: /,$d' timed.bench | grep -c '^[a-z]*: ') + $(grep -c '^arm: ' timed.bench))) ]
export_to "$runs/failed" benchstat failed.bench
check "an arm that failed is left out" [ "$(sed -n 's/^arm: //p' failed.bench | paste -sd' ')" = "good other" ]
check "and said to be" grep -qx '# arm broken has failed and is left out' failed.bench
cp -r "$runs/timed" alike
sed -i 's/long_busy_list_alloc_test/fixSize_alloc/g' alike/manifest.json alike/journal.jsonl
export_to alike benchstat alike.bench
check "tests of one name in their format keep their own" [ "$(grep -o '^Benchmark[^/]*' alike.bench | sort -u | paste -sd' ')" = \
	"Benchmark_fixSize_alloc Benchmark_fix_size_alloc_test" ]
if command -v benchstat >/dev/null; then
	benchstat -col arm -format csv timed.bench >stat.csv 2>"$scratch/err"
	check "benchstat reads it, with the same medians" diff \
		<(awk -F, '/^[A-Z].*-[0-9]*,/ { printf "%s %.6g\n", $1, $2 * 1e6 }' stat.csv) \
		<(medians_of "$runs/timed" | bench_name 8 | awk '$1 == "rb" { sub(/^Benchmark/, "", $2); printf "%s %.6g\n", $2, $4 }')
else
	echo "# there is no benchstat here: only the format is checked"
fi

# --- ktap

# As Documentation/dev-tools/ktap.rst has it: "LEVEL RESULT NAME DIRECTIVE" of each test, a subtest before its own.
ktap() # FILE
{
	awk 'function fail(why) { print FILENAME ":" FNR ": " why ": " $0; bad = 1; exit }
	{ match($0, /^ */); indent = RLENGTH; if (indent % 2) fail("half a level"); level = indent / 2; line = substr($0, indent + 1) }
	line == "KTAP version 1" {
		if (level != depth) fail("a level is skipped")
		plan[level] = -1; number[level] = 0; failed[level] = passed[level] = 0; depth = level + 1; next
	}
	line ~ /^1[.][.][0-9]+$/ {
		if (level != depth - 1 || plan[level] != -1) fail("a plan out of place")
		plan[level] = substr(line, 4); next
	}
	line ~ /^(not )?ok / {
		if (match(line, /^(not )?ok [0-9]+ [^#]+( # (SKIP|ERROR)( .*)?)?$/) != 1) fail("no result")
		if (level > depth - 1 || level < depth - 2) fail("a result out of place")
		nested = level == depth - 2
		if (nested && number[level + 1] != plan[level + 1]) fail("not as many tests as planned")
		result = line ~ /^ok/ ? "ok" : "not-ok"
		rest = line; sub(/^(not )?ok /, "", rest)
		if (rest + 0 != ++number[level]) fail("a number out of order")
		directive = line ~ / # SKIP/ ? "SKIP" : line ~ / # ERROR/ ? "ERROR" : "-"
		name = rest; sub(/^[0-9]+ /, "", name); sub(/ # .*/, "", name)
		if (directive == "ERROR" && result == "ok") fail("an error that is ok")
		if (nested && directive == "-" && (result == "ok") != (!failed[level + 1])) fail("not what its subtests are")
		if (nested && directive == "SKIP" && (failed[level + 1] || passed[level + 1])) fail("skipped, and its subtests are not")
		if (result != "ok") failed[level] = 1; else if (directive != "SKIP") passed[level] = 1
		depth = level + 1
		print level, result, name, directive
		next
	}
	line !~ /^# / { fail("an unknown line") }
	END { if (!bad && (depth != 1 || number[0] != plan[0])) { print FILENAME ": it ends early"; bad = 1 }; exit bad }' "$1"
}

verdicts_of() # RUN: as json has them, of arms with a table
{
	"$vmapbench" compare "$runs/$1" --format json 2>"$scratch/err" | jq -r '
		([.arms[] | select(.role == "aa") | .rows[] | select(.verdict == "improved" or .verdict == "regressed")] | length > 0) as $noisy |
		.arms[] | select(.role == "candidate") | .rows[] |
		(if .missing != null or $noisy or .verdict == "cannot tell" then "ok \(.cell) SKIP"
		 elif .verdict == "regressed" then "not-ok \(.cell) -" else "ok \(.cell) -" end)'
}
for run in timed counted counted-images wide failed interrupted one-block traced profiled series-timed; do
	export_to "$runs/$run" ktap $run.ktap
	check "$run: KTAP by its specification" eval 'ktap $run.ktap >tests'
	check "$run: a result for each row, as its verdict" diff <(verdicts_of $run) <(awk '$1 == 1 { print $2, $3, $4 }' tests)
	check "$run: perl's parser of TAP reads what is on top" [ "$(prove -e cat "$run.ktap" >out 2>&1; echo $?)" = \
		"$(awk '$1 == 0 && $2 == "not-ok" { n++ } END { print (n > 0) }' tests)" ]
done
check "an arm with a regressed row is not ok" grep -qx '0 not-ok old -' <(ktap traced.ktap)
check "and one without is" grep -qx '0 ok mt -' <(ktap traced.ktap)
check "a kernel that failed is an error" grep -qx '0 not-ok broken ERROR' <(ktap failed.ktap)
check "with its reason" grep -q '^not ok 1 broken # ERROR kernel: the kernel panicked' failed.ktap
check "and what it said, if it did" diff <(jq -r 'select(.t == "splat" and .arm == "broken") | .boot' "$runs/failed/journal.jsonl") \
	<(sed -n 's/^# [a-z]* in \([^:]*\): .*/\1/p' failed.ktap)
check "figures stand before their row" grep -qE '^  # fix_size_alloc_test/1: [0-9.]+ us, baseline [0-9.]+, gain [-+][0-9.]+ %, 95 % interval ' timed.ktap
cp -r "$runs/failed" splat
echo '{"v":1,"t":"splat","block":0,"arm":"good","boot":"b000-good-0","cell":null,"load":null,"kind":"panic","text":"Kernel # panic\n  not ok 1 x"}' >>splat/journal.jsonl
echo '{"v":1,"t":"boot","block":9,"arm":"good","boot":"b000-good-9","event":"end","class":"kernel","why":"gone # SKIP"}' >>splat/journal.jsonl
export_to splat ktap splat.ktap
check "a baseline that failed is a test of its own" grep -qx '0 not-ok good ERROR' <(ktap splat.ktap)
check "and nothing that a kernel says is a result" [ "$(ktap splat.ktap | wc -l)" = $((3 + 2 * 2)) ]

# --- several machines, soaks, and what is refused

"$make_run" machines machines || exit 1
names=$(jq -r '.machines[]' machines/manifest.json)
export_to machines sqlite machines.db
missing=$(sed -n 's/.*machine \([^ ]*\) has no run$/\1/p' "$scratch/err")
have=$(grep -vxF "${missing:-none at all}" <<<"$names")
check "a database has a run for each machine" diff <(sed 's|^|machines/|' <<<"$have" | sort) <(sql machines.db 'SELECT run FROM run ORDER BY run')
check "with its name" diff <(sort <<<"$have") <(sql machines.db 'SELECT machine FROM run ORDER BY machine')
check "and is sound" sound machines.db
for machine in $have; do
	sql machines.db "SELECT arm || ' ' || cell || ' ' || boots || ' ' || figure FROM arm_figure WHERE run = 'machines/$machine'" | sort >got
	export_to "machines/$machine" sqlite alone.db
	sql alone.db "SELECT arm || ' ' || cell || ' ' || boots || ' ' || figure FROM arm_figure" | sort >wanted
	check "$machine: its figures are those of its run alone" eval '[ -s wanted ] && diff wanted got'
	sql machines.db "SELECT count(*) FROM load WHERE run = 'machines/$machine'" >count
	check "$machine: its loads are there" [ "$(cat count)" = "$(grep -c '"t":"load"\|"t":"setup"' "machines/$machine/journal.jsonl")" ]
done
export_to machines csv machines.csv
check "a csv names it in every line" diff <(sort <<<"$have") <(tail -n +2 machines.csv/loads.csv | cut -d, -f2 | sort -u)
export_to machines ktap machines.ktap
check "KTAP has a test for each" diff <(echo "$have") <(ktap machines.ktap | awk '$1 == 0 { print $3 }')
export_to machines benchstat machines.bench
check "and benchstat a machine and a unit" eval 'benchfmt machines.bench >lines'
mv "machines/$(head -n 1 <<<"$have")" away
export_to machines csv machines.csv
check "a machine without a run is told of" grep -q "machine $(head -n 1 <<<"$have") has no run$" "$scratch/err"
check "and the others are there" [ "$(tail -n +2 machines.csv/loads.csv | cut -d, -f2 | sort -u | wc -l)" = $(($(wc -l <<<"$have") - 1)) ]
export_to machines ktap machines.ktap
check "and of KTAP it is an error" grep -qx "0 not-ok $(head -n 1 <<<"$have") ERROR" <(ktap machines.ktap)
for machine in $(tail -n +2 <<<"$have"); do rm -r "machines/$machine"; done
refused "with no run at all there is nothing to export" 1 'no machine has a run' machines --format csv

mkdir soak
printf '%s\n' 'title: t' 'arms:' '  - {name: a, source: linux-7.3}' 'aa: true' "machine: {accel: tcg}" \
	'cells: [{test: module_soak, threads: [1], loops: 5}]' >plan.yaml
jq -n --rawfile text plan.yaml '{v: 1, accel: "tcg", soak: {for_s: 600}, plan: {path: "plan.yaml", text: $text}, seed: 1, arms: []}' \
	>soak/manifest.json
cat >soak/journal.jsonl <<'JOURNAL'
{"v":1,"t":"boot","block":0,"arm":"a","boot":"b000-g00-a","event":"start"}
{"v":1,"t":"load","block":0,"arm":"a","boot":"b000-g00-a","cell":"module_soak/1","load":0,"workers_us":[5],"wall_us":6}
{"v":1,"t":"splat","block":0,"arm":"aa","boot":"b000-g00-aa","cell":null,"load":0,"kind":"leak","text":"vmalloc has 99 areas"}
JOURNAL
export_to soak sqlite soak.db
check "a soak's loads and reports go into a database" [ "$(sql soak.db 'SELECT soak_s, (SELECT count(*) FROM load), (SELECT count(*) FROM splat) FROM run')" = '600|1|1' ]
refused "and not into KTAP" 2 'is a soak, which compares nothing' soak --format ktap
refused "nor benchstat" 2 'is a soak, which compares nothing' soak --format benchstat
for format in csv sqlite benchstat ktap; do
	refused "a run of attach has nothing for $format" 2 'is a run of attach' "$runs/attach-before" --format $format --out x
done
refused "a format is needed" 2 '--format: none was given; expected csv, sqlite, benchstat or ktap' "$runs/timed"
for format in json markdown text html CSV; do
	refused "$format is none, and compare is named" 2 "\"$format\" is not known; expected csv, sqlite, benchstat or ktap (tables of what was found: \`vmapbench compare" \
		"$runs/timed" --format $format
done
refused "a database is a file" 2 'name it with --out FILE' "$runs/timed" --format sqlite
refused "a run that is not there fails" 1 'is not the folder of a run' nothing --format csv
refused "one run at a time" 2 'export: 2 arguments given, 1 expected' "$runs/timed" "$runs/wide" --format csv
mkfifo "$scratch/pipe"
for format in sqlite benchstat ktap; do
	refused "a pipe is not replaced by $format" 2 "is no regular file that could be replaced" "$runs/timed" --format $format --out "$scratch/pipe"
	refused "nor a folder" 2 "is a folder, and a file was expected" "$runs/timed" --format $format --out "$scratch"
done
check "it is still one" [ -p "$scratch/pipe" ]
"$vmapbench" export "$runs/timed" --format csv >/dev/full 2>"$scratch/err"
check "a full disk is said" [ $? = 4 ]
done_testing
