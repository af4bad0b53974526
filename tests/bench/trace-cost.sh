#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What tracing alloc_vmap_area costs, ours against the tracers of Debian's packages, and what waits for locks
# cost, as the markdown tables of docs/tracing.md. Run by tests/bench/run.sh. ROUNDS: measurements of each tracer,
# of which the median counts (5). PEER_ROUNDS: the same for the others, whose start takes long (3). LOOPS: allocations of a load (50000).

set -eu -o pipefail
: "${VMAPBENCH:?run by make bench}" "${BUILD:?run by make bench}" "${TOP:?run by make bench}"
rounds=${ROUNDS:-5}
peer_rounds=${PEER_ROUNDS:-3}
loops=${LOOPS:-50000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. "$TOP/tests/guest/guest.sh"

die()
{
	echo "bench: $*" >&2
	exit 1
}

# A function that does not run meanwhile: what is probed for a peer's control.
idle=__x64_sys_reboot
probed=alloc_vmap_area

both_ends() # KIND FUNCTION: a histogram as bpftrace's manual makes it; KIND: k or kprobe's first letters
{
	case $1 in
	kfunc) echo "kfunc:$2 { @s[tid] = nsecs; } kretfunc:$2 /@s[tid]/ { @ns = hist(nsecs - @s[tid]); delete(@s[tid]); }" ;;
	kprobe) echo "kprobe:$2 { @s[tid] = nsecs; } kretprobe:$2 /@s[tid]/ { @ns = hist(nsecs - @s[tid]); delete(@s[tid]); }" ;;
	esac
}

# Name, package, program, and its words; FUNCTION, KFUNC and KPROBE stand for what is probed.
peers()
{
	cat <<-'PEERS'
		funclatency|libbpf-tools|funclatency|FUNCTION
		bpftrace kfunc, hist|bpftrace|bpftrace|-e|KFUNC
		bpftrace kprobe, hist|bpftrace|bpftrace|-e|KPROBE
		perf ftrace latency|linux-perf|perf|ftrace|latency|-T|FUNCTION
		trace-cmd function_graph|trace-cmd|trace-cmd|record|-p|function_graph|-l|FUNCTION|-o|/tmp/trace.dat
	PEERS
}

program() # NAME: where it is; root's PATH has more
{
	PATH=$PATH:/usr/sbin:/sbin command -v "$1"
}

put_words() # PHASE FUNCTION NAME PROGRAM WORD...: a line of the guest's /peers
{
	local phase=$1 function=$2 name=$3 path=$4 word

	shift 4
	printf '%s\t%s\t%s' "$name" "$phase" "$path"
	for word in "$@"; do
		word=${word/KFUNC/$(both_ends kfunc "$function")}
		word=${word/KPROBE/$(both_ends kprobe "$function")}
		printf '\t%s' "${word/FUNCTION/$function}"
	done
	printf '\n'
}

# Those that are here go into $scratch/peers, as often as they are measured, and $scratch/programs.
take_peers()
{
	local name package tool words path i

	touch "$scratch/peers" "$scratch/programs"
	while IFS='|' read -r name package tool words; do
		if ! path=$(program "$tool"); then
			echo "bench: $name is left out: there is no $tool (apt-get install $package)" >&2
			continue
		fi
		echo "$path" >>"$scratch/programs"
		IFS='|' read -ra words <<<"$words"
		for ((i = 0; i < peer_rounds; i++)); do
			put_words control $idle "$name" "$path" "${words[@]}"
			put_words probed $probed "$name" "$path" "${words[@]}"
		done >>"$scratch/peers"
	done < <(peers)
}

libraries() # PROGRAM...: all that they are linked with
{
	local path

	for path in "$@"; do
		ldd "$path" | grep -oE '/[^ ]+' || :
	done | sort -u
}

measure() # what the guest said goes to $scratch/said
{
	local programs

	mapfile -t programs < <(sort -u "$scratch/programs")
	"$VMAPBENCH" sweep "$TOP/tests/bench/trace.yaml" --out "$scratch/run" >"$scratch/out" 2>"$scratch/err" ||
		die "the sweep of tests/bench/trace.yaml failed: $(tail -n 1 "$scratch/err")"
	guest_archive "$BUILD/tests/cost" "test_vmalloc.ko=$(guest_kernel "$scratch/run")/test_vmalloc.ko" \
		"peers=$scratch/peers" "${programs[@]}" $(libraries "${programs[@]}") >"$scratch/cost.cpio"
	GUEST_SECONDS=1800 guest_boot "$scratch/run" "$scratch/cost.cpio" "$scratch/console" \
		"loops=$loops" "rounds=$rounds" >"$scratch/said" || die "the guest did not end"
	grep -q '"t":"end"' "$scratch/said" ||
		die "the guest died: $(jq -r 'select(.t == "error") | .why' "$scratch/said" | tail -n 1; tail -n 3 "$scratch/console")"
}

# A peer's records are in the order control, probed, control, ... Two loads ran while it was there; what it saw of them is
# the sum of its histogram.
rows() # name, functions, instructions of an event, percent of the events seen; a line for each round
{
	jq -r --argjson loops "$loops" 'select(.t == "cost") | [.backend, .functions, 1000 * (.us - .control_us) / .events,
		if .functions == "one" then 100 * .events / $loops else null end] | @tsv' "$scratch/said"
	jq -rs --argjson loops "$loops" '[.[] | select(.t == "peer")] | range(0; length; 2) as $i | .[$i] as $control | .[$i + 1] |
		select(.status == 0) | [.name, "one", 1000 * (.us - $control.us) / $loops,
		([.output | scan("([0-9]+) +\\|") | .[0] | tonumber] | if . == [] then null else 100 * add / (2 * $loops) end)] | @tsv' "$scratch/said"
}

failures()
{
	jq -r 'select(.t == "peer" and .status != 0 and .phase == "probed") |
		"\(.name): \(.output | split("\n") | map(select(. != "")) | first)"' "$scratch/said" | sort -u
	jq -r 'select(.t == "refused") | "\(.backend): \(.why)"' "$scratch/said" | sort -u
}

table()
{
	rows | sort -t"$(printf '\t')" -k1,2 -k3g | awk -F '\t' '
	{
		key = $1 "\t" $2
		v[key, ++n[key]] = $3
		if (!(key in seen) || $4 < seen[key])
			seen[key] = $4
	}
	END {
		for (key in n)
			printf "%s\t%.0f\t%.0f-%.0f\t%s\n", key,
				n[key] % 2 ? v[key, (n[key] + 1) / 2] : (v[key, n[key] / 2] + v[key, n[key] / 2 + 1]) / 2,
				v[key, 1], v[key, n[key]], seen[key] == "" ? "" : sprintf("%.1f %%", seen[key])
	}' | sort -t"$(printf '\t')" -k2,2r -k3,3g >"$scratch/table"
	echo "| tracer | functions probed | instructions per event | range of the rounds | events seen |"
	echo "|---|---|---|---|---|"
	awk -F '\t' '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5 }' "$scratch/table"
}

# The programs of the lock collector, for a begin and an end together.
lock_table()
{
	guest_archive "$BUILD/tests/lock-cost" \
		"test_vmalloc.ko=$(guest_kernel "$scratch/run")/test_vmalloc.ko" >"$scratch/locks.cpio"
	guest_boot "$scratch/run" "$scratch/locks.cpio" "$scratch/console" "loops=$loops" "rounds=$rounds" \
		>"$scratch/locks" ||
		die "the guest of the locks did not end"
	jq -se 'any(.t == "end") and all(.t != "splats" or .count == 0)' "$scratch/locks" >"$scratch/out" ||
		die "the guest of the locks died: $(jq -r 'select(.t == "error") | .why' "$scratch/locks"
			tail -n 3 "$scratch/console")"
	echo "| source | places known by | lock | instructions, with dispatch | without | range of the rounds |"
	echo "|---|---|---|---|---|---|"
	jq -rs 'def median: sort | .[length / 2 | floor] | round;
		map(select(.t == "lock-cost") | .places = if .naming == "site" then "who waits" else "symbols, text" end) |
		group_by([.source, .places, .lock])[] | map(.net) as $net | [.[0].source, .[0].places, .[0].lock,
			if .[0].instructions then map(.instructions) | median else "" end, ($net | median),
			"\($net | min | round)-\($net | max | round)"] | "| \(map(tostring) | join(" | ")) |"' "$scratch/locks"
}

ratio() # OURS PEER TARGET
{
	awk -F '\t' -v ours="$1" -v peer="$2" -v target="$3" '
	$2 == "one" && $1 == ours { a = $3 }
	$2 == "one" && $1 == peer { b = $3 }
	END { if (a && b) printf "| %s / %s | %.3f | <= %s |\n", ours, peer, a / b, target }' "$scratch/table"
}

take_peers
measure
table
echo
echo "| ratio | figure | target |"
echo "|---|---|---|"
ratio fsession funclatency 0.30
ratio fsession "bpftrace kfunc, hist" 0.25
ratio fsession "perf ftrace latency" 0.10
echo
lock_table
failures | sed '1s/^/\n/'
[ "$(jq -r 'select(.t == "splats") | .count' "$scratch/said")" = 0 ] || die "the guest's kernel reported trouble"
