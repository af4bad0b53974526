#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Samples: what the agent says is what perf says of the same load; a known slow-down is where it is and nowhere else; the
# tables, the folded stacks and the flame graph are those of the journal.

. "$(dirname "$0")/lib.sh"

# The agent on this machine, as it runs on a board, under a load of its own; perf beside it. Compared is what the load does in
# the kernel: other programs run here as well, and not for as long as both were looking.
sample_here()
{
	local line agent request

	request='{"q":"run","cell":"map_storm/2","load":0,"test":"map_storm","workers":2,"module":null'
	request+=',"params":"ops=100000 pages=4 live=100 memory_mib=64","tick_ms":1000}'
	coproc AGENT { "${BUILD:?}/agent" --stdio "$scratch"; }
	agent=$AGENT_PID
	echo '{"q":"sample","hz":997,"event":"cpu-clock"}' >&"${AGENT[1]}"
	while read -r -t 60 line <&"${AGENT[0]}"; do
		case $line in
		*'"sampler"'*) echo "$request" >&"${AGENT[1]}" ;;
		*'"samples"'*) printf '%s\n' "$line" >"$scratch/samples.json" ;;
		*'"load"'*) echo '{"q":"bye"}' >&"${AGENT[1]}" ;;
		*'"error"'*) echo "$line"; break ;;
		*'"bye"'*) break ;;
		esac
	done
	wait "$agent" 2>"$scratch/err"
}

# Both: the running function of each sample of the load's system calls, and how many samples of it.
of_perf()
{
	perf script -i "$scratch/perf.data" -F ip,sym 2>"$scratch/err" |
		awk 'NF == 0 { if (load) count[leaf]++; leaf = ""; load = 0; next }
			{ if (leaf == "") leaf = $2; if ($2 == "__sys_bpf") load = 1 }
			END { if (load) count[leaf]++; for (f in count) print f, count[f] }'
}

of_agent()
{
	jq -r '.names as $names | [.stacks[] | {count: .[0], names: [.[1:][] | $names[.]]} |
		select(.names | index("__sys_bpf")) | {leaf: .names[-1], count: .count}] | group_by(.leaf)[] |
		"\(.[0].leaf) \(map(.count) | add)"' "$scratch/samples.json"
}

# Functions whose shares are further apart than counting both explains; a function of 1 % or more alone.
apart() # FILE FILE
{
	awk 'FNR == NR { a[$1] = $2; all_a += $2; f[$1]; next } { b[$1] = $2; all_b += $2; f[$1] }
		END {
			for (name in f) {
				p = a[name] / all_a; q = b[name] / all_b
				error = 4.5 * sqrt(p * (1 - p) / all_a + q * (1 - q) / all_b) + 0.003
				if ((p > 0.01 || q > 0.01) && (p - q > error || q - p > error))
					printf "%s %.2f %.2f\n", name, 100 * p, 100 * q
			}
		}' "$1" "$2"
}

if [ "$(id -u)" != 0 ] || ! command -v perf >/dev/null ||
	! perf record -o "$scratch/perf.data" -a -g -e cpu-clock -- true >"$scratch/out" 2>&1; then
	skip 3 "perf cannot record all CPUs here"
else
	perf record -o "$scratch/perf.data" -a -g -F 997 -e cpu-clock >"$scratch/perf.out" 2>&1 &
	perf_pid=$!
	sleep 1
	sample_here
	kill -INT "$perf_pid"
	wait "$perf_pid"
	of_perf >"$scratch/of-perf"
	of_agent >"$scratch/of-agent"
	sum() { awk '{ sum += $2 } END { print sum + 0 }' "$1"; }
	seen=$(sum "$scratch/of-agent") perfs=$(sum "$scratch/of-perf")
	note "in the load's system calls: $seen samples of the agent, $perfs of perf;" \
		"the largest: $(sort -k2nr "$scratch/of-agent" | head -3 | paste -sd,), $(sort -k2nr "$scratch/of-perf" | head -3 | paste -sd,)"
	check "the agent samples this machine" [ "$seen" -gt 200 ]
	check "it takes as many as perf, within a quarter" [ $((seen * 4)) -gt $((perfs * 3)) -a $((seen * 3)) -lt $((perfs * 4)) ]
	apart "$scratch/of-agent" "$scratch/of-perf" >"$scratch/apart"
	note "further apart than by chance: $(paste -sd, "$scratch/apart")"
	check "where perf takes them" [ ! -s "$scratch/apart" ]
fi

need_qemu
need_kernels samples

run=$scratch/run
run profile "$plans/samples.yaml" --hz 3000 --out "$run"
check "a plan is sampled" [ "$status" = 0 ]
check "and its tables are printed" grep -q '^samples: slow against stock, fix_size_alloc_test/1' "$scratch/out"
check "by the timer, as the emulator counts no cycles" [ "$(journal 'select(.t == "sampler") |
	[.event, .hz, .cpus, .refused[].event]' "$run" | sort -u)" = '["cpu-clock",3000,1,"cycles"]' ]
check "each load has its samples" [ "$(journal 'select(.t == "samples") | [.boot, .cell, .load]' "$run" | sort)" = \
	"$(journal 'select(.t == "load") | [.boot, .cell, .load]' "$run" | sort)" ]
check "which add up" [ "$(journal 'select(.t == "samples") | .samples == ([.stacks[][0]] | add)' "$run" | sort -u)" = true ]
check "none was lost" [ "$(journal 'select(.t == "samples") | .lost' "$run" | sort -u)" = 0 ]
# A CPU that the host does not let run is not sampled.
check "no more than were asked for" [ "$(jq -s '[.[] | select(.t == "load") | .wall_us] as $walls |
	([.[] | select(.t == "samples") | .samples] | add) < ($walls | add) / 1e6 * 3000 * 1.02 + 20' "$run/journal.jsonl")" = true ]

"$VMAPBENCH" compare "$run" --format json >"$scratch/json"
share() # FUNCTION KEY
{
	jq -r --arg symbol "$1" --arg key "$2" '.samples[] | select(.symbol == $symbol) | .[$key]' "$scratch/json"
}
note "alloc_vmap_area: $(share alloc_vmap_area baseline_pct) %, $(share alloc_vmap_area candidate_pct) %," \
	"+- $(share alloc_vmap_area within) of $(share vfree baseline_busy) and $(share vfree candidate_busy) samples in 4 blocks"
check "the slow-down is in its function" [ "$(jq -r '.samples | max_by(.difference) | .symbol' "$scratch/json")" = alloc_vmap_area ]
check "beyond what boots and counting leave open" [ "$(jq '.samples[] | select(.symbol == "alloc_vmap_area") |
	.difference > .within' "$scratch/json")" = true ]
# Of what is left beside it every other function has its share as before: 95 of 100 within their error.
jq -r '(.samples[] | select(.symbol == "alloc_vmap_area")) as $slow | .samples[] |
	select(.symbol != $slow.symbol and .baseline_pct > 0.5) |
	(100 * .candidate_pct / (100 - $slow.candidate_pct) - 100 * .baseline_pct / (100 - $slow.baseline_pct)) as $moved |
	"\(.symbol) \($moved) \((($moved | fabs) > 1.3 * .within) | if . then "out" else "in" end)"' "$scratch/json" >"$scratch/others"
note "others beyond their error: $(grep -c out "$scratch/others") of $(wc -l <"$scratch/others"): $(grep out "$scratch/others" | paste -sd,)"
check "and no other function's share of the rest has moved" \
	[ $(($(grep -c out "$scratch/others") * 10)) -le "$(wc -l <"$scratch/others")" ]

# The mean over boots, by another hand.
by_hand=$(jq -s '[.[] | select(.t == "samples" and .arm == "stock") | .names as $names |
	[.stacks[] | select($names[.[1]] != "[idle]")] as $busy |
	([$busy[] | select($names[.[-1]] == "alloc_vmap_area") | .[0]] | add) / ([$busy[][0]] | add)] | add / length * 100' \
	"$run/journal.jsonl")
check "the share is that of the journal" eval \
	"echo $by_hand $(share alloc_vmap_area baseline_pct) | awk '{ exit !(\$1 - \$2 < 1e-6 && \$2 - \$1 < 1e-6) }'"
for arm in stock slow; do
	check "the folded stacks of $arm are all its samples" [ \
		"$(awk '{ sum += $NF } END { print sum }' "$run/profile/$arm-fix_size_alloc_test-1.folded")" = \
		"$(jq -s "[.[] | select(.t == \"samples\" and .arm == \"$arm\") | .samples] | add" "$run/journal.jsonl")" ]
done
check "the test is below what it calls" grep -qE 'kthread;\[modules\];.*vmalloc.*;alloc_vmap_area [0-9]+$' \
	"$run/profile/slow-fix_size_alloc_test-1.folded"

if command -v gnuplot >/dev/null; then
	run plot "$run"
	check "a flame graph is drawn" [ "$status" = 0 -a -s "$run/charts/flame-slow-fix_size_alloc_test-1.svg" ]
	check "with the slow-down marked" grep -qE 'url\(#flame_slow_fix_size_alloc_test_1_(much-)?more\)"/><title>alloc_vmap_area: ' \
		"$run/charts/flame-slow-fix_size_alloc_test-1.svg"
else
	skip 2 "there is no gnuplot"
fi

# What is missing is sampled again.
end=$(grep -n '"event":"end"' "$run/journal.jsonl" | sed -n '7s/:.*//p')
head -n "$end" "$run/journal.jsonl" >"$scratch/cut" && cp "$scratch/cut" "$run/journal.jsonl"
run sweep --resume "$run"
check "a run that was stopped goes on" [ "$status" = 0 ]
check "and is sampled to its end" [ "$(count_of 'select(.t == "samples")')" = 8 ]

run profile "$plans/samples.yaml" --event cycles --out "$scratch/cycles"
check "what the machine does not count is no sample" [ "$status" = 1 ]
check "and it is said" grep -q 'The CPUs cannot be sampled by cycles: this machine does not count it' "$scratch/out" "$scratch/err"
done_testing
