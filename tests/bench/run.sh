#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures what docs/bench.md promises and prints it as a table. PAIRS: boots of each kind (12); BUILDS: incremental
# kernel builds (3). BENCH: the parts, "speeds simulate trace-matrix trace-cost
# trace-live". VMAPBENCH, BUILD and TOP are set by `make bench`.

set -eu -o pipefail
: "${VMAPBENCH:?run by make bench}" "${BUILD:?run by make bench}" "${TOP:?run by make bench}"
pairs=${PAIRS:-12}
builds=${BUILDS:-3}
. "$TOP/tests/cpio.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die()
{
	echo "bench: $*" >&2
	exit 1
}

step() # TEXT
{
	echo "bench: $*" >&2
}

quietly() # COMMAND...: its output is shown only when it fails
{
	"$@" >"$scratch/out" 2>"$scratch/err" || { cat "$scratch/err" >&2 && die "failed: $*"; }
}

seconds_of() # COMMAND...: its wall time
{
	local begin=${EPOCHREALTIME/./}

	quietly "$@"
	awk -v us=$((${EPOCHREALTIME/./} - begin)) 'BEGIN { printf "%.4f\n", us / 1e6 }'
}

median() # numbers, one per line
{
	sort -g | awk '{ v[NR] = $1 } END { printf "%.4f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

results=()
result() # WHAT FIGURE TARGET
{
	results+=("$(printf '%-52s %12s %12s' "$1" "$2" "$3")")
}

plan() # FILE BLOCKS LOADS LOOPS ARM...: a plan of one cell
{
	local file=$1 blocks=$2 loads=$3 loops=$4

	shift 4
	{
		echo "title: bench"
		echo "arms:"
		printf '  - {%s}\n' "$@"
		echo "aa: true"
		echo "design: {blocks: $blocks, loads: $loads, seed: 1}"
		echo "cells:"
		echo "  - {test: fix_size_alloc_test, threads: [1], loops: $loops}"
	} >"$file"
}

# The command line of a boot of the run, for a guest that has nobody to talk to.
bare_command() # RUN
{
	local command

	command=$(jq -r 'select(.event == "start") | .command' "$1/journal.jsonl" | head -n 1)
	command=$(sed -E "s|socket,id=(agent\|qmp),fd=[0-9]+|null,id=\1|g; s|-initrd [^ ]+|-initrd $scratch/bare.cpio|;
		s|path=[^ ]+|path=$scratch/console|" <<<"$command")
	echo "$command"
}

# A pair is a boot to the agent's first record and a boot of the bare init, next to each other in time.
bench_boot()
{
	local i bare run

	step "$pairs pairs of boots"
	init_archive "$BUILD/tests/init-bare" >"$scratch/bare.cpio"
	plan "$scratch/boot.yaml" 1 1 1 "name: stock, source: linux-7.3"
	quietly "$VMAPBENCH" sweep "$scratch/boot.yaml" --out "$scratch/first"
	bare=$(bare_command "$scratch/first")
	for ((i = 0; i < pairs; i += 2)); do
		run=$scratch/boot-$i
		seconds_of bash -c "exec $bare" >>"$scratch/bare"
		quietly "$VMAPBENCH" sweep "$scratch/boot.yaml" --out "$run"
		jq -r 'select(.t == "boot" and .event == "end") | .boot_s' "$run/journal.jsonl" >>"$scratch/agent"
		seconds_of bash -c "exec $bare" >>"$scratch/bare"
	done
	paste "$scratch/agent" "$scratch/bare" | awk '{ print $1 / $2 }' >"$scratch/ratios"
	result "QEMU's start to the agent's first record, median" "$(median <"$scratch/agent") s" ""
	result "QEMU's start to its end, bare init, median" "$(median <"$scratch/bare") s" ""
	result "ratio of the medians" "$(echo "$(median <"$scratch/agent") $(median <"$scratch/bare")" |
		awk '{ printf "%.3f", $1 / $2 }')" "<= 1.3"
	result "median of the ratios of $(wc -l <"$scratch/ratios") pairs" "$(median <"$scratch/ratios" | cut -c1-5)" "<= 1.3"
	result "their range" "$(sort -g "$scratch/ratios" | sed -n '1p;$p' | xargs printf '%.2f-%.2f')" ""
}

# The comparison of kernels/nodes with one block.
bench_share()
{
	local wall

	step "one block of kernels/nodes"
	sed "s/blocks: [0-9]*/blocks: 1/; s|series: \[\.\]|series: [$TOP/kernels/nodes]|" "$TOP/kernels/nodes/plan.yaml" >"$scratch/nodes.yaml"
	quietly "$VMAPBENCH" build "$scratch/nodes.yaml"
	wall=$(seconds_of "$VMAPBENCH" sweep "$scratch/nodes.yaml" --out "$scratch/nodes")
	jq -r --argjson all "$wall" 'select(.t == "run") | "\(.wall_s) \(100 * (1 - .guest_s / .wall_s)) \(100 * (1 - .guest_s / $all))"' \
		"$scratch/nodes/journal.jsonl" >"$scratch/share"
	result "a block of kernels/nodes, $(jq -r 'select(.event == "start") | .boot' "$scratch/nodes/journal.jsonl" | wc -l) boots" \
		"$(awk '{ printf "%.1f s", $1 }' "$scratch/share")" ""
	result "the harness's own share of it" "$(awk '{ printf "%.2f %%", $2 }' "$scratch/share")" "<= 3 %"
	result "the same from the command's start to its end" "$(awk '{ printf "%.2f %%", $3 }' "$scratch/share")" "<= 3 %"
}

# Kernels that differ from a built one in a line of mm/vmalloc.c, and that nobody has built before.
bench_build()
{
	local i dir

	step "$builds incremental kernel builds"
	for ((i = 0; i < builds; i++)); do
		cat >"$scratch/bench.patch" <<-PATCH
			--- a/mm/vmalloc.c
			+++ b/mm/vmalloc.c
			@@ -1,2 +1,3 @@
			 // SPDX-License-Identifier: GPL-2.0-only
			+/* $EPOCHREALTIME */
			 /*
		PATCH
		plan "$scratch/build.yaml" 1 1 1 "name: stock, source: linux-7.3, series: [bench.patch]"
		seconds_of "$VMAPBENCH" build "$scratch/build.yaml" >>"$scratch/builds"
		dir=$(sed -n 's/^ .*, \(\/.*\)$/\1/p' "$scratch/out")
		jq .build.seconds "$dir/manifest.json" >>"$scratch/makes"
		rm -r "$dir"
	done
	result "a kernel that differs in mm/ only, median of $builds" "$(median <"$scratch/builds" | cut -c1-5) s" "< 90 s"
	result "of which make took" "$(median <"$scratch/makes" | cut -c1-5) s" ""
	result "the same kernel out of the cache" "$(seconds_of "$VMAPBENCH" build "$scratch/boot.yaml") s" "< 2 s"
}

bench_doctor()
{
	step "doctor"
	result "doctor" "$(seconds_of "$VMAPBENCH" doctor) s" ""
	result "doctor --fresh, with its probe boots" "$(seconds_of "$VMAPBENCH" doctor --fresh) s" "<= 10 s"
}

# Drawn, not measured: 4 arms x 25 rows x 200 blocks x 50 loads.
bench_records()
{
	step "a million loads"
	mkdir "$scratch/million"
	quietly "$BUILD/tests/make-run" million "$scratch/million"
	command time -f '%e %U %S %M' -o "$scratch/time" "$VMAPBENCH" compare "$scratch/million" >"$scratch/out"
	result "compare, 1,000,000 loads of 1 to 16 workers" "$(awk '{ printf "%.2f s", $1 }' "$scratch/time")" "<= 2 s"
	result "the same, time of the CPU" "$(awk '{ printf "%.2f s", $2 + $3 }' "$scratch/time")" ""
	result "the same, memory" "$(awk '{ printf "%.0f MB", $4 * 1.024e-3 }' "$scratch/time")" "<= 300 MB"
	rm -r "$scratch/million"
}

# Drawn, not measured: 36 rows x 30 blocks x 3 arms; read, compared, and all charts drawn.
bench_charts()
{
	step "the charts of a whole sweep"
	mkdir "$scratch/sweep"
	quietly "$BUILD/tests/make-run" sweep "$scratch/sweep"
	result "plot, 36 rows x 30 boots of 3 arms" "$(seconds_of "$VMAPBENCH" plot "$scratch/sweep") s" "<= 5 s"
	result "pictures, as SVG and as PNG" "$(find "$scratch/sweep/charts" -name "*.svg" | wc -l)" ""
}

bench_speeds() # one table of them all
{
	bench_boot
	bench_share
	bench_build
	bench_doctor
	bench_records
	bench_charts
	printf '%-52s %12s %12s\n' what figure target
	printf '%s\n' "${results[@]}"
}

for tool in jq gnuplot qemu-system-x86_64 time; do
	type -P $tool >"$scratch/out" || die "there is no $tool; make check installs it"
done
printf '%s, %s CPUs, load average %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
	"$(cut -d' ' -f1 /proc/loadavg)"
for part in ${BENCH:-speeds simulate trace-matrix trace-cost trace-live}; do
	case $part in
	speeds) bench_speeds ;;
	simulate) step "simulated runs" && "$BUILD/tests/simulate" ;;
	trace-matrix | trace-cost | trace-live) step "$part" && "$TOP/tests/bench/$part.sh" ;;
	*) die "BENCH names speeds, simulate, trace-matrix, trace-cost and trace-live, not $part" ;;
	esac
done
