#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What kernels and areas take, out of a recorded run: sizes, struct members, sections, live memory. The figures are made
# again by jq and awk from journal and manifest. VMAPBENCH names the program; UPDATE=1 writes the expected outputs anew.
# shellcheck disable=SC2016

vmapbench=${VMAPBENCH:-vmapbench}
runs=$(dirname "$0")/../data/runs
run=$runs/memory
. "$(dirname "$0")/../tap.sh"

compare() # ARGUMENTS: the status in $status, the outputs in $scratch/out and err
{
	"$vmapbench" compare "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

golden() # PART FORMAT
{
	compare "$run" --only "$1" --format "$2"
	[ -z "$UPDATE" ] || [ ! -s "$scratch/out" ] || cp "$scratch/out" "$run/expected-$1.$2"
	diff "$run/expected-$1.$2" "$scratch/out" >"$scratch/diff"
	ok $? "$1: $2 is as expected"
	sed 's/^/# /' "$scratch/diff"
	check "$1: $2 ends with status 0" [ "$status" = 0 ]
	check "$1: $2 warns of nothing" [ ! -s "$scratch/err" ]
}
for part in memory live; do
	golden $part text
	check "$part: 75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" "$scratch/out"'
	golden $part markdown
done

# Each line ARM CELL NAME BYTES FREED DROPPED, of all caches that any boot has, and of what /proc/meminfo says.
jq -rs 'map(select(.t == "memory")) | (group_by(.cell) | map({(.[0].cell): (map(.caches[].cache) | unique)}) | add) as $names |
	def per_area($n; $i): .areas as $areas | $n * 1000000 / $areas | round;
	def cache($name; $i): .page_bytes as $page | ((.caches[] | select(.cache == $name) |
		(.slabs[$i] - .slabs[0]) * .slab_pages * $page) // 0);
	def total($name; $i): .totals[] | select(.total == $name) | (.kib[$i] - .kib[0]) * 1024;
	def all($i): . as $m | ([$names[.cell][] as $n | $m | cache($n; $i)] | add) + total("Percpu"; $i) + total("PageTables"; $i);
	.[] | . as $m | ($names[.cell][] as $n | [.arm, .cell, $n] + [range(1; 4) as $i | $m | per_area(cache($n; $i); $i)]),
	[.arm, .cell, "percpu"] + [range(1; 4) as $i | $m | per_area(total("Percpu"; $i); $i)],
	[.arm, .cell, "page tables"] + [range(1; 4) as $i | $m | per_area(total("PageTables"; $i); $i)],
	[.arm, .cell, "total"] + [range(1; 4) as $i | $m | per_area(all($i); $i)] | @tsv' "$run/journal.jsonl" | sort >"$scratch/oracle"
compare "$run" --only live --format csv
check "live: the head of the csv" [ "$(head -n 1 "$scratch/out" | cut -d, -f1-7)" = arm,cell,areas,kind,name,held_bytes_per_area_boots,held_bytes_per_area_median ]
awk -F, -v OFS='\t' 'NR > 1 { print $1, $2, $5, sprintf("%.0f", $7 * 1e6), sprintf("%.0f", $10 * 1e6), sprintf("%.0f", $11 * 1e6) }' \
	"$scratch/out" | sed 's/\t-0/\t0/g' | sort >"$scratch/csv"
check "live: $(wc -l <"$scratch/oracle") figures" [ "$(wc -l <"$scratch/oracle")" -gt 40 ]
check "live: the csv has what the journal has" cmp "$scratch/oracle" "$scratch/csv"
compare "$run" --only live --format json
jq -r '.live[] | [.arm, .cell, .name, (.held_bytes_per_area_median, .freed_bytes_per_area, .dropped_bytes_per_area | . * 1000000 | round)] | @tsv' \
	"$scratch/out" | sort >"$scratch/json"
check "live: and so has the json" cmp "$scratch/oracle" "$scratch/json"
compare "$run" --only live
# Of 100000 areas: as many bytes as the slabs that hold them, and the table rounds them.
while IFS=$'\t' read -r arm name bytes; do
	column=2
	[ "$arm" = mt ] && column=3
	check "live: the table's $name of $arm" [ "$(sed -n '/l100000$/,$p' "$scratch/out" | sed 's/page tables/page-tables/' |
		awk -v name="${name/ /-}" -v c=$column '$1 == name { print $c }')" = "$(awk -v b="$bytes" 'BEGIN { printf "%.2f", b / 1e6 }')" ]
done < <(awk -F'\t' -v OFS='\t' '$2 ~ /l100000$/ && $1 != "aa" && $3 ~ /^(vmap_area|vmap_chunk|kmalloc-96|page tables|total)$/ { print $1, $3, $4 }' "$scratch/oracle")

# Members by awk, from what pahole printed.
members() # ARM STRUCT: OFFSET SIZE of each, the outermost alone
{
	jq -r --arg arm "$1" --arg s "$2" '.arms[] | select(.name == $arm).kernel[$s].pahole' "$run/manifest.json" |
		awk '/^\t[^\t\/}]*;.*\/\* +[0-9]+ +[0-9]+ \*\// { match($0, /\/\* +[0-9]+ +[0-9]+/); split(substr($0, RSTART + 2), n, " "); print n[1], n[2] }'
}
compare "$run" --only layout --format csv
for pair in "rb 5 6" "mt 7 8"; do
	read -r arm at size <<<"$pair"
	for struct in vmap_area vmap_node; do
		members "$arm" $struct | sort -n >"$scratch/oracle"
		awk -F, -v s=$struct -v a="$at" -v b="$size" '$2 == s && $a != "" { print $a, $b }' "$scratch/out" | sort -n >"$scratch/csv"
		check "layout: all members of $struct of $arm" eval '[ -s "$scratch/oracle" ] && [ -z "$(comm -23 <(sort "$scratch/oracle") <(sort "$scratch/csv"))" ]'
	done
done
check "layout: what was removed" grep -qxF 'mt,vmap_area,struct rb_node rb_node,removed,16,24,,' "$scratch/out"
check "layout: what has moved" grep -qxF 'mt,vmap_area,struct vm_struct * vm,moved,56,8,32,8' "$scratch/out"
check "layout: a hole that was added" grep -qxF 'mt,vmap_node,(hole),added,,,6156,4' "$scratch/out"

jq -r '.arms[] | [.name, .kernel.sections[".text"], .kernel.sections[".data..percpu"], ([.kernel.sections[]] | add),
	([.kernel.sections | to_entries[] | select(.key | startswith(".init.")).value] | add)] | @csv' "$run/manifest.json" | tr -d '"' >"$scratch/oracle"
compare "$run" --only sections --format csv
awk -F, -v OFS=, 'NR > 1 { print $1, $2, $7, $8, $6 }' "$scratch/out" >"$scratch/csv"
check "sections: as the manifest has them" cmp "$scratch/oracle" "$scratch/csv"

compare "$run"
check "the page of all has the live memory" grep -q '^live memory: mt against rb$' "$scratch/out"
check "and sizes, without members and sections" eval 'grep -q "^memory, in bytes" "$scratch/out" && ! grep -qE "^(struct|sections) " "$scratch/out"'
compare "$run" --only live --arm mt
check "--arm has a table" grep -q '^live memory: mt against rb$' "$scratch/out"
compare "$runs/timed" --only live
check "a run whose loads held nothing has no such table" eval '[ "$status" = 0 ] && ! grep -q "^live memory" "$scratch/out"'

# What is not in an older run is left out, with a sentence.
old=$scratch/old
mkdir "$old"
grep -v '"t":"memory"' "$run/journal.jsonl" >"$old/journal.jsonl"
jq 'del(.arms[].kernel | .vmap_area.pahole, .vmap_node.pahole, .sections)' "$run/manifest.json" >"$old/manifest.json"
compare "$old" --only memory
check "without layouts the sizes are there" grep -qE '^rb +72 +6272 ' "$scratch/out"
check "and one sentence on the members" [ "$(grep -c '^the members of some structs were not recorded' "$scratch/out")" = 1 ]
check "and no sections" eval '! grep -q "^sections" "$scratch/out"'
compare "$old" --format json
check "its json has neither" [ "$(jq '[.layout, .sections, .live] | all(. == null)' "$scratch/out")" = true ]
done_testing
