#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The charts' numbers against jq and awk over the journal, their redrawing by gnuplot alone, odd runs, and the gallery.
# VMAPBENCH names the program, BUILD the folder with make-run.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
vmapbench=$(realpath "$vmapbench")
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
make_run=${BUILD:-$(dirname "$vmapbench")}/tests/make-run
runs=$top/tests/data/runs
. "$(dirname "$0")/../tap.sh"

if ! command -v gnuplot >/dev/null || ! command -v jq >/dev/null; then
	skip "charts" "there is no gnuplot, or no jq"
	done_testing
	exit
fi

plot() # RUN [NAME]: the status in $status, the pictures in $scratch/NAME
{
	"$vmapbench" plot "$1" --out "$scratch/${2:-$(basename "$1")}" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

drawn() # RUN [NAME]
{
	plot "$@"
	check "${2:-$(basename "$1")} is drawn, without a complaint" [ "$status:$(wc -c <"$scratch/err")" = 0:0 ]
}

# The words of a picture, one text a line, as a reader sees them.
words() # NAME/CHART
{
	sed -n 's/.*<text>\(.*\)<\/text>.*/\1/p' "$scratch/$1.svg" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' |
		sed 's/^<tspan[^>]*>//; s/<\/tspan>$//; s/\xc2\xa0/ /g'
}

says() # NAME/CHART TEXT
{
	words "$1" | grep -qF -- "$2"
}

# Two lists of the same words, whose numbers agree to 8 digits.
agree() # FILE FILE
{
	paste -d'\n' "$1" "$2" | awk 'NR % 2 { split($0, a, " "); na = NF; next }
		{ if (na != NF) bad = bad "\n# other lengths at " NR / 2
		  for (i = 1; i <= NF; i++) {
			d = a[i] - $i; if (d < 0) d = -d; m = ($i < 0 ? -$i : $i) + 1e-6
			if (a[i] != $i && (d == 0 || d > 1e-8 * m)) bad = bad "\n# " a[i] " is not " $i
		  } }
		END { printf "%s", bad; exit bad != "" || NR == 0 }' >"$scratch/err"
}

# The median worker of each load, then the median over the loads of a boot: CELL ARM BLOCK FIGURE, in order.
figures() # RUN
{
	jq -rn '
		def median: sort | if length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
		[inputs | select(.t == "load" and .probe == null)] | group_by([.cell, .arm, .block])[]
		| "\(.[0].cell) \(.[0].arm) \(.[0].block + 1) \(map(.workers_us | median) | median)"' "$1/journal.jsonl" |
		LC_ALL=C sort
}

median_of() # numbers, one a line
{
	sort -g | awk '{ v[NR] = $1 } END { printf "%.12g\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

drawn "$runs/timed"
timed=$scratch/timed

# Every boot.
figures "$runs/timed" >"$scratch/journal"
awk -v arms="rb mt same aa" 'BEGIN { split(arms, arm, " ") }
	/^# medians/ { cell = ""; next } /^#/ { cell = substr($2, 1, length($2) - 1); next }
	NF && cell != "" { print cell, arm[$3], $4, $5 }' "$timed/boots.dat" | LC_ALL=C sort >"$scratch/picture"
check "the dots are the boots of the journal" agree "$scratch/picture" "$scratch/journal"
for cell in $(cut -d' ' -f1 "$scratch/journal" | sort -u); do
	printf '%s %s\n' "$cell" "$(awk -v cell="$cell" '$1 == cell && $2 == "rb" { print $4 }' "$scratch/journal" | median_of)"
done >"$scratch/bases"
awk 'NR == FNR { base[$1] = $2; next }
	/^# medians/ { cell = ""; next } /^#/ { cell = substr($2, 1, length($2) - 1); next }
	NF && cell != "" { print $1 > "/dev/stderr"; printf "%.10g\n", 100 * (base[cell] / $5 - 1) }' \
	"$scratch/bases" "$timed/boots.dat" >"$scratch/expected" 2>"$scratch/picture"
check "each at its gain over the baseline's median" agree "$scratch/picture" "$scratch/expected"
awk '/^# medians/ { in_medians = 1; next } /^#/ { in_medians = 0; next } NF && in_medians { n += $3; lines++ }
	END { print lines, n }' "$timed/boots.dat" >"$scratch/picture"
check "the medians count their boots" [ "$(cat "$scratch/picture")" = "16 $(wc -l <"$scratch/journal")" ]
check "the A/A arm has its lane" says timed/boots aa
check "a row names the baseline's median" says timed/boots "fix_size_alloc_test/4: "

# Drift.
for arm in rb mt same aa; do
	for cell in $(cut -d' ' -f1 "$scratch/bases"); do
		median=$(awk -v cell="$cell" -v arm=$arm '$1 == cell && $2 == arm { print $4 }' "$scratch/journal" | median_of)
		awk -v cell="$cell" -v arm=$arm -v median="$median" '$1 == cell && $2 == arm {
			printf "%d %.10g\n", $3, 100 * ($4 / median - 1) }' "$scratch/journal" | sort -g
	done
done >"$scratch/expected"
awk '/median over the rows/ { skip = 1; next } /^#/ { skip = 0; next } NF && !skip { print $1, $3 }' "$timed/drift.dat" >"$scratch/picture"
sort "$scratch/picture" >"$scratch/picture.sorted"
sort "$scratch/expected" >"$scratch/expected.sorted"
check "drift is the boots against the median of their row and arm" agree "$scratch/picture.sorted" "$scratch/expected.sorted"
check "up is slower" says timed/drift 'up is slower'

# Gains, sorted and as a map.
cut -d' ' -f2- "$timed/gain-mt.dat" | grep -v '^row' | sort >"$scratch/expected"
cut -d' ' -f2- "$timed/gain-sorted-mt.dat" | grep -v '^row' | sort >"$scratch/picture"
check "the sorted gains are the same" cmp "$scratch/picture" "$scratch/expected"
check "from the largest to the smallest" eval 'grep -v "^#" "$timed/gain-sorted-mt.dat" | cut -d" " -f2 | sort -gc -r 2>"$scratch/err"'
"$vmapbench" compare "$runs/timed" --format json >"$scratch/json" 2>"$scratch/err"
jq -r '.arms[] | select(.name == "mt") | .rows[] | "\(.cell) \(.gain_pct)"' "$scratch/json" | LC_ALL=C sort -u >"$scratch/expected"
awk '!/^#/ { gsub(/"/, "", $10); print $10, $2 }' "$timed/gain-mt.dat" | LC_ALL=C sort >"$scratch/picture"
check "they are those of compare" agree "$scratch/picture" "$scratch/expected"
for threads in 1 4; do
	for test in fix_size_alloc_test long_busy_list_alloc_test; do
		awk -v cell="$test/$threads" '{ gsub(/"/, "", $10) } $10 == cell { print $2, $5 }' "$timed/gain-mt.dat"
	done
done | sort >"$scratch/expected"
awk '!/^#/ { print $3, $5 }' "$timed/heat-mt.dat" | sort >"$scratch/picture"
check "the map has the same gains and verdicts" cmp "$scratch/picture" "$scratch/expected"
awk '!/^#/ { print $1 + 0, $2 + 0 }' "$timed/heat-mt.dat" | sort >"$scratch/picture"
check "each in its place" [ "$(tr '\n' ',' <"$scratch/picture")" = "1 1,1 2,2 1,2 2," ]
check "as a number with its verdict" eval 'words timed/heat-mt | grep -qE "^[+-][0-9.]+ \(([IR=?])\)$"'

# Sizes.
jq -r '.arms[] | select(.name != "aa") | .kernel | .vmap_area.bytes, .vmap_node.bytes, .vmalloc_object.text,
	.vmalloc_object.data, .vmalloc_object.bss, .image.bytes | . // "NaN"' "$runs/timed/manifest.json" | sort >"$scratch/expected"
awk '!/^#/ && NF { print $3 }' "$timed/memory.dat" | sort >"$scratch/picture"
check "the sizes are those of the manifests" cmp "$scratch/picture" "$scratch/expected"
check "bars that are differences say so" says timed/memory 'image, compressed: bytes more than rb'
check "and how long they are" eval 'grep -q "^2 2400 4985200 \"4985200 (+2400)\"" "$timed/memory.dat"'
check "a struct that a kernel lacks is said to be" says timed/memory none

# Distributions: four bars from one number to its double.
drawn "$runs/traced"
jq -r 'select(.t == "hist" and .function == "alloc_vmap_area" and .arm == "mt") | .max_ns as $max | .buckets[] | "\(.[0]) \(.[1]) \($max)"' \
	"$runs/traced/journal.jsonl" | awk '{
		width = $1 < 128 ? 1 : 2 ^ (int(log($1) / log(2) + 1e-9) - 6)
		middle = (2 * $1 + width - 1) / 2
		if ($3 > most) most = $3
		count[middle] += $2; all += $2
	} END {
		for (m in count) { v = m + 0 > most ? most : m + 0; bar[int(4 * log(v) / log(2))] += count[m] }
		for (b in bar) printf "%.10g %.10g\n", 2 ^ ((b + 1) / 4), 100 * bar[b] / all
	}' | sort -g >"$scratch/expected"
awk '/^#/ { inside = / mt$/; n = 0; next } inside && NF && ++n > 1 && n % 2 && $2 != 0' \
	"$scratch/traced/histogram-alloc_vmap_area.dat" >"$scratch/picture"
check "the bars of a distribution are the journal's buckets" agree "$scratch/picture" "$scratch/expected"
check "of two arms over each other" [ "$(words traced/histogram-alloc_vmap_area | grep -cxE 'rb|mt')" = 2 ]
check "left is shorter" says traced/histogram-alloc_vmap_area 'left is shorter'

# Purges, of functions and of events.
jq -r 'select(.t == "hist" and .function == "purge_vmap_node" and .arm == "rb") | .count' "$runs/traced/journal.jsonl" >"$scratch/expected"
awk 'NF && !/^#/ { print $2 } !NF && NR > 2 { exit }' "$scratch/traced/purges.dat" >"$scratch/picture"
check "the calls of a purge are those of each load" cmp "$scratch/picture" "$scratch/expected"
cp -r "$runs/traced" "$scratch/events"
jq -c 'select(.t == "hist" and .function == "alloc_vmap_area") | {v: 1, t: "events", block, arm, boot, cell, load, backend: "tp_btf",
	allocs: 9, failed: 0, frees: 9, purges: (.block + 1), purged: (10 * (.block + 1) + .load), lost: 0}' "$runs/traced/journal.jsonl" \
	>"$scratch/drawn-events"
cat "$runs/traced/journal.jsonl" "$scratch/drawn-events" >"$scratch/events/journal.jsonl"
drawn "$scratch/events" with-events
jq -r 'select(.arm == "rb") | .purged' "$scratch/drawn-events" >"$scratch/expected"
awk 'NF && !/^#/ { print $2 } !NF && NR > 2 { exit }' "$scratch/with-events/purges.dat" >"$scratch/picture"
check "areas are those of the events" cmp "$scratch/picture" "$scratch/expected"
check "in a panel of their own" says with-events/purges 'areas purged in a load'

# attach: from sample to sample, per second.
mkdir "$scratch/live"
cp "$runs/attach-before/manifest.json" "$scratch/live"
{
	head -n 1 "$runs/attach-before/journal.jsonl"
	jq -nc 'range(1; 6) as $i | ({v: 1, t: "events", backend: "tp_btf", allocs: ($i * 100), failed: 0, frees: ($i * 90), purges: ($i * $i),
		purged: ($i * $i * 10), lost: 0, at_s: ($i * 2)},
		{v: 1, t: "state", vmalloc_used_kib: 9, areas: 8, lazy_pages: (700 - $i), at_s: ($i * 2)},
		{v: 1, t: "sample", at_s: ($i * 2), event: (if $i == 5 then "end" else "interval" end), records: 2})'
} >"$scratch/live/journal.jsonl"
drawn "$scratch/live" live-charts
check "purges are per second and interval" eval 'awk "NF && !/^#/ { printf \"%s:%s \", \$1, \$2 } !NF && NR > 2 { exit }" "$scratch/live-charts/purges.dat" |
	grep -qx "2:5 4:15 6:25 8:35 10:45 "'
check "what waits for them is there" eval 'grep -q "^10 695 $" "$scratch/live-charts/purges.dat"'
check "no picture is drawn of what was not measured" [ "$(find "$scratch/live-charts" -name '*.svg' | wc -l)" = 1 ]
plot "$runs/attach-before"
check "and none of purges where none were counted" [ ! -e "$scratch/attach-before/purges.svg" ]

# By gnuplot alone, elsewhere, with nothing in the environment.
redrawn() # NAME
{
	local file name bin

	rm -rf "$scratch/again"
	mkdir "$scratch/again"
	cp "$scratch/$1"/*.gp "$scratch/$1"/*.dat "$scratch/again"
	bin=$(dirname "$(command -v gnuplot)")
	for file in "$scratch/again"/*.gp; do
		name=$(basename "$file" .gp)
		(cd "$scratch/again" && env -i PATH="$bin" gnuplot "$name.gp" 2>"$scratch/err") || return
		cmp "$scratch/$1/$name.svg" "$scratch/again/$name.svg" 2>"$scratch/err" && [ -s "$scratch/again/$name.png" ] || return
	done
}
for name in timed traced live-charts; do
	check "gnuplot alone draws $name again, byte by byte" redrawn $name
done
check "no script names a place" eval '! grep -lE "$top|$scratch|(^|[^.a-z])/(usr|tmp|home)" "$timed"/*.gp >"$scratch/err"'

# Names as they are, and never as code.
hostile='it'\''s "a" $x^2_{\b} <&> Ünï#Ж'
cp -r "$runs/traced" "$scratch/names"
jq -c --arg name "$hostile" 'if .function == "alloc_vmap_area" then .function = $name else . end |
	if .t == "lock" then .callers[0].site = $name else . end' "$runs/traced/journal.jsonl" >"$scratch/names/journal.jsonl"
drawn "$scratch/names" names-charts
named=$(basename "$(find "$scratch/names-charts" -name 'latency-it*.svg')" .svg)
check "a name is written as it is" says "names-charts/$named" "$hostile"
check "in the distribution, too" says "names-charts/histogram${named#latency}" "$hostile"
check "and for a caller" says names-charts/locks-fix_size_alloc_test-4 "$hostile"
check "its file has a name for every file system" eval '[[ $named =~ ^[A-Za-z0-9._~+-]+$ ]]'
check "it is drawn again from there" redrawn names-charts

# Runs that lack something.
plot "$runs/one-block"
check "one boot has its dot and no bar" eval '[ "$status" = 0 ] && awk "/^# medians/ { m = 1 } m && NF && \$3 != 1 && !/^#/ { exit 1 }" "$scratch/one-block/boots.dat"'
check "and no drift" [ ! -e "$scratch/one-block/drift.svg" ]
plot "$runs/failed"
check "a failed arm has no dots, and says why" says failed/boots FAILED
check "nor cells in the map" says failed/heat-broken FAILED
plot "$runs/counted"
check "a counted run has its dots" eval '[ "$status" = 0 ] && [ -s "$scratch/counted/boots.svg" ]'
check "and no drift, as nothing moves" [ ! -e "$scratch/counted/drift.svg" ]
plot "$runs/series"
check "a series has the dots of every kernel" [ "$status:$(grep -c '^# medians' "$scratch/series/boots.dat")" = 0:2 ]
cp -r "$runs/timed" "$scratch/single"
jq '.plan.text |= (sub("  - \\{test: long_busy[^\n]*\n"; "") | sub("threads: \\[1, 4\\]"; "threads: [4]"))' "$runs/timed/manifest.json" \
	>"$scratch/single/manifest.json"
jq -c 'select(.cell == null or .cell == "fix_size_alloc_test/4")' "$runs/timed/journal.jsonl" >"$scratch/single/journal.jsonl"
drawn "$scratch/single" single-charts
check "one row needs no order and no map" [ "$(find "$scratch/single-charts" -name 'gain-*.svg' -o -name 'heat*.svg' | wc -l)" = 2 ]
cp -r "$runs/timed" "$scratch/holes"
jq -c 'select((.arm == "mt" and .cell == "fix_size_alloc_test/4") | not)' "$runs/timed/journal.jsonl" >"$scratch/holes/journal.jsonl"
drawn "$scratch/holes" holes-charts
check "a row without boots is said to be" says holes-charts/boots n/a
check "and has its place in the map" says holes-charts/heat-mt n/a
check "the boots are counted" says holes-charts/boots 'n = 0 to 12 boots of an arm'
mkdir "$scratch/empty"
cp "$runs/timed/manifest.json" "$scratch/empty"
: >"$scratch/empty/journal.jsonl"
drawn "$scratch/empty" empty-charts
check "a run without a boot has only its sizes" [ "$(basename -a "$scratch/empty-charts"/*.svg | tr '\n' ' ')" = "memory.svg " ]

# One boot far outside: the axis ends before it, and says so.
cp -r "$runs/timed" "$scratch/astray"
jq -c 'if .t == "load" and .arm == "mt" and .block == 3 and .cell == "fix_size_alloc_test/1" then .workers_us |= map(. * 30) else . end' \
	"$runs/timed/journal.jsonl" >"$scratch/astray/journal.jsonl"
drawn "$scratch/astray" astray-charts
check "a boot beyond the axis is counted above it" says astray-charts/drift '1 beyond the axis'
check "and has its triangle in the key" says astray-charts/drift 'a boot beyond the axis'
check "other charts have none" eval '! says timed/drift beyond'

# 210 rows, and a whole sweep.
"$make_run" long "$scratch/long" && drawn "$scratch/long" long-charts
check "each of 210 rows has its name" [ "$(words long-charts/gain-mt | grep -cE '^[a-z0-9_]+_test/[0-9]+$')" = 210 ]
check "and its panel" [ "$(words long-charts/boots | grep -cE '^[a-z0-9_]+_test/[0-9]+: [0-9.]+ ms$')" = 210 ]
check "24 pixels high" [ "$(sed -n 's/^ width="1000" height="\([0-9]*\)"$/\1/p' "$scratch/long-charts/gain-mt.svg")" = 5262 ]
"$make_run" sweep "$scratch/sweep" && drawn "$scratch/sweep" sweep-charts
check "a whole sweep has its 3240 dots" [ "$(awk '/^# medians/ { m = 1; next } /^#/ { m = 0 } NF && !m && !/^#/' "$scratch/sweep-charts/boots.dat" | wc -l)" = 3240 ]

# The gallery.
cd "$top/docs/gallery" || exit 1
entries=$(grep -oE '\]\([^)]+\.svg\)' README.md | tr -d ']()' | sort)
missing=
for picture in $entries; do
	grep -q '</svg>' "$picture" 2>/dev/null || missing+=" $picture"
done
check "every picture of the gallery is there:$missing" [ -n "$entries" -a -z "$missing" ]
check "and every picture that is there has its place" [ "$entries" = "$(find . -type f ! -name README.md | sed 's|^\./||' | sort)" ]
check "none is larger than 200 KB" [ -z "$(find . -size +200k)" ]
missing=
for script in ../../plots/*.gp; do
	script=$(basename "$script" .gp)
	[ "$script" = style ] && continue
	grep -q "^| \[$script\](" README.md || missing+=" $script"
done
check "every script of plots/ has an entry:$missing" [ -z "$missing" ]
check "no picture is synthetic" eval '! grep -l SYNTHETIC */*.svg >"$scratch/err"'
check "every run has what it is, and its commands" [ "$(grep -c '^<!-- vmapbench plot ' README.md):$(grep -c '^Run .*, 20' README.md)" = \
	"$(grep -c '^<!-- end -->' README.md):$(grep -c '^    vmapbench plot ' README.md)" ]
missing=
while read -r _ _ _ run stems; do
	for stem in ${stems%-->}; do
		[ -s "$(basename "$run")/$stem.svg" ] || missing+=" $run/$stem"
	done
done < <(grep '^<!-- vmapbench plot ' README.md)
check "what is drawn for it is shown:$missing" [ -z "$missing" ]

# make gallery's script, on a gallery of one run.
mkdir -p "$scratch/gallery" "$scratch/real"
cp -r "$runs/timed" "$scratch/real/timed"
printf 'Before.\n\n<!-- vmapbench plot runs/timed boots gain-mt -->\nold\n<!-- end -->\n<!-- vmapbench plot runs/gone boots -->\nkept\n<!-- end -->\n' \
	>"$scratch/gallery/README.md"
RUNS=$scratch/real VMAPBENCH=$vmapbench "$top/plots/gallery.sh" "$scratch/gallery/README.md" >"$scratch/out" 2>"$scratch/err"
check "a gallery is drawn" [ $? = 0 ]
check "with the pictures that it names" [ "$(basename -a "$scratch/gallery/timed"/* | tr '\n' ' ')" = "boots.svg gain-mt.svg " ]
check "and the run's facts in the place of the old ones" eval 'grep -q "TCG: emulated time" "$scratch/gallery/README.md" && ! grep -q "^old" "$scratch/gallery/README.md"'
check "a run that is gone is named, and its part kept" eval 'grep -q "there is no .*gone" "$scratch/err" && grep -q "^kept" "$scratch/gallery/README.md"'
done_testing
