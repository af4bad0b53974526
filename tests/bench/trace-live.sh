#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `vmapbench attach` asks of a machine, beside other tracers at the same tracepoint, and what a thousand attachments
# under load leave behind in a guest: docs/tracing.md. Run by tests/bench/run.sh, as root. STARTS: of each tracer (5);
# CYCLES: attachments (1000).

set -eu -o pipefail
: "${VMAPBENCH:?run by make bench}" "${BUILD:?run by make bench}" "${TOP:?run by make bench}"
starts=${STARTS:-5}
cycles=${CYCLES:-1000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. "$TOP/tests/guest/guest.sh"

die()
{
	echo "bench: $*" >&2
	exit 1
}

# Name, what it prints as soon as it is attached, and its words. bpftrace and perf print every 10 ms.
tracers()
{
	cat <<-TRACERS
		vmapbench attach|"t":"trace"|$VMAPBENCH|attach|--json
		bpftrace, tracepoint|^up|bpftrace|-e|tracepoint:vmalloc:alloc_vmap_area { @n = count(); } interval:ms:10 { printf("up\\n"); }
		perf stat, tracepoint|alloc_vmap_area|perf|stat|-a|-I|10|-e|vmalloc:alloc_vmap_area
		trace-cmd record, tracepoint|Hit Ctrl|trace-cmd|record|-e|vmalloc:alloc_vmap_area|-o|$scratch/trace.dat
	TRACERS
}

cpu_ms_of() # PID: user and system
{
	awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(1000 * ($12 + $13) / ticks) }' "/proc/$1/stat"
}

kib_of() # PID KEY
{
	sed -n "s/^$2:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$1/status"
}

# One start: milliseconds to the line, those of CPU time, resident KiB then, and the most that it ever had.
start_once() # PATTERN COMMAND...
{
	local pattern=$1 begin=${EPOCHREALTIME/./} line output tracer

	shift
	: >"$scratch/log"
	exec {output}< <(exec "$@" 2>&1)
	tracer=$!
	while IFS= read -r -t 30 line <&"$output"; do
		echo "$line" >>"$scratch/log"
		if grep -q -- "$pattern" <<<"$line"; then
			echo "$(((${EPOCHREALTIME/./} - begin) / 1000)) $(cpu_ms_of "$tracer") $(kib_of "$tracer" VmRSS) $(kib_of "$tracer" VmHWM)"
			break
		fi
	done
	kill -INT "$tracer" 2>"$scratch/kill" || :
	wait "$tracer" || :
	exec {output}<&-
}

middle() # COLUMN: the median of a column of $scratch/starts
{
	sort -gk"$1,$1" "$scratch/starts" | awk -v column="$1" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'
}

bench_starts()
{
	local name pattern words i

	# Where bpftrace looks for events; mounted at the first look into it.
	ls /sys/kernel/debug/tracing/ >"$scratch/events" 2>&1 || :
	echo "| tracer | first output, ms | CPU time until then, ms | resident, MiB | at most, MiB |"
	echo "|---|---|---|---|---|"
	while IFS='|' read -r name pattern words; do
		IFS='|' read -ra words <<<"$words"
		PATH=$PATH:/usr/sbin:/sbin command -v "${words[0]}" >"$scratch/path" || continue
		for ((i = 0; i < starts; i++)); do
			start_once "$pattern" "${words[@]}" </dev/null
		done >"$scratch/starts"
		[ "$(wc -l <"$scratch/starts")" = "$starts" ] || {
			echo "bench: $name does not start here: $(tail -n 1 "$scratch/log")" >&2
			continue
		}
		echo "$name|$(middle 1)|$(middle 2)|$(middle 3)|$(middle 4)" |
			awk -F'|' '{ printf "| %s | %d | %d | %.1f | %.1f |\n", $1, $2, $3, $4 / 1024, $5 / 1024 }'
	done < <(tracers)
}

guest_said() # FILTER
{
	jq -r "$1" "$scratch/said"
}

bench_cycles()
{
	"$VMAPBENCH" sweep "$TOP/tests/boot/plans/trace-exact.yaml" --out "$scratch/run" >"$scratch/out" 2>"$scratch/err" ||
		die "the sweep of tests/boot/plans/trace-exact.yaml failed: $(tail -n 1 "$scratch/err")"
	guest_archive "$BUILD/tests/cycles" >"$scratch/cycles.cpio"
	GUEST_SECONDS=$((60 + 10 * cycles)) GUEST_THREAD=single guest_boot "$scratch/run" "$scratch/cycles.cpio" "$scratch/console" \
		"cycles=$cycles" maxcpus=2 rcupdate.rcu_expedited=1 >"$scratch/said" || die "the guest did not end"
	grep -q '"t":"end"' "$scratch/said" || die "the guest died: $(tail -n 3 "$scratch/console")"
	echo "| after $(guest_said 'select(.t == "cycles") | .count') attachments under load | before | after |"
	echo "|---|---|---|"
	jq -rs 'map(select(.t == "stock")) | .[0] as $before | .[1] as $after | $before | keys_unsorted[] | select(. != "t" and . != "when") |
		"| \(.) | \($before[.]) | \($after[.]) |"' "$scratch/said"
	echo "| reports in the kernel's log | | $(guest_said 'select(.t == "splats") | .count') |"
}

bench_starts
echo
bench_cycles
