#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What areas cost, in the stock kernel: as many slabs as the size of struct vmap_area and the geometry of its cache say, as
# many page tables as the addresses need, and no other memory than is accounted for; twice the areas cost twice; what was
# freed comes back.

. "$(dirname "$0")/lib.sh"

need_qemu
need_kernels

run=$scratch/memory
run sweep "$plans/memory.yaml" --out "$run"
check "the sweep ends with status 0" [ "$status" = 0 ]
check "each boot says what its areas cost" [ "$(count_of 'select(.t == "memory")')" = 4 ]

of() # AREAS FILTER [ARM]: of its record
{
	journal "select(.t == \"memory\" and .areas == $1 and .arm == \"${3:-stock}\") | $2"
}
# How much more there is at moment M than before: slabs of a cache, KiB of a line of /proc/meminfo.
slabs() # AREAS CACHE M
{
	of "$1" "[.caches[] | select(.cache == \"$2\") | .slabs[$3] - .slabs[0]] | add // 0"
}
kib() # AREAS TOTAL M
{
	of "$1" ".totals[] | select(.total == \"$2\") | .kib[$3] - .kib[0]"
}
within() # VALUE LOW HIGH
{
	note "$1, from $2 to $3"
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

size=$(jq '.arms[0].kernel.vmap_area.bytes' "$run/manifest.json")
fit=$((4096 / size))
check "a vmap_area has the size that the build found" [ "$(of 20000 '.caches[] | select(.cache == "vmap_area").object_bytes')" = "$size" ]
check "a slab of them has as many as fit" [ "$(of 20000 '.caches[] | select(.cache == "vmap_area").slab_objects')" = $fit ]
for areas in 20000 40000; do
	# Some are free in slabs that were there; some lie ready in the lists of a CPU.
	check "$areas areas: slabs for as many vmap_areas" within "$(slabs $areas vmap_area 1)" $((areas / fit - 4)) $((areas / fit + 8))
	check "$areas areas: a vm_struct of 96 bytes for each" within "$(slabs $areas kmalloc-96 1)" $((areas / 42 - 40)) $((areas / 42 + 8))
	# Each has a page and a page that guards it; a table of 4 KiB maps 512.
	check "$areas areas: tables for two pages each" within "$(kib $areas PageTables 1)" $((areas / 64 - 8)) $((areas / 64 + 24))
	# The module's list of them is 2^n pages.
	list=$(awk -v n=$areas 'BEGIN { for (kib = 4; kib * 1024 < 8 * n; kib *= 2); print kib }')
	all=$((areas * 4 + list + $(of $areas '[.caches[] | (.slabs[1] - .slabs[0]) * .slab_pages * 4] | add') + $(kib $areas PageTables 1)))
	check "$areas areas: free memory is less by that, KiB" within $((-$(kib $areas MemFree 1))) $((all - 4096)) $((all + 4096))
	check "$areas areas: their pages are vmalloc's" within "$(kib $areas VmallocUsed 1)" $((areas * 4)) $((areas * 4 + list + 256))
	check "$areas areas: all but an eighth of their slabs is back" within "$(slabs $areas vmap_area 3)" 0 $((areas / fit / 8))
	check "$areas areas: so are their pages" within "$(kib $areas VmallocUsed 3)" 0 256
	same=$(of $areas '[.caches[] | select(.cache == "vmap_area" or .cache == "kmalloc-96")], [.totals[] | select(.total == "PageTables")]')
	check "$areas areas: another boot of the image says the same" \
		[ "$same" = "$(of $areas '[.caches[] | select(.cache == "vmap_area" or .cache == "kmalloc-96")], [.totals[] | select(.total == "PageTables")]' aa)" ]
done
check "twice the areas, twice the slabs" within $(($(slabs 40000 vmap_area 1) - $(slabs 20000 vmap_area 1))) $((20000 / fit - 2)) $((20000 / fit + 2))
"$VMAPBENCH" compare "$run" --only live --format csv >"$scratch/csv"
check "the csv: no less than a vmap_area for each, and little more" [ "$(awk -F, -v s="$size" '$5 == "vmap_area" {
	good += $7 >= s && $7 < s * 1.05 } END { print good }' "$scratch/csv")" = 4 ]

run=$scratch/small
run sweep "$plans/memory-small.yaml" --out "$run"
check "too little memory: status 1" [ "$status" = 1 ]
check "and a sentence that says how much is needed" why_says "80000 areas of one page need"
check "and what to do" why_says "give the machine more (machine.memory_mib)"
check "nothing was made" [ "$(count_of 'select(.t == "memory" or .t == "load")')" = 0 ]
note "$(why)"
done_testing
