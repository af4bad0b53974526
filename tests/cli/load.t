#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench load, for real: every kind that can run here makes the operations that it was told to, gives everything
# back and ends when it is asked to. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
. "$(dirname "$0")/../tap.sh"

load() # ARGUMENT...: exit status in $status, outputs in $scratch/out and err
{
	"$vmapbench" load "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

says() # NAME STATUS TEXT ARGUMENT...: ends so, with that in an error
{
	local name=$1 wanted=$2 text=$3

	shift 3
	load "$@"
	check "$name" eval '[ "$status" = "$wanted" ] && grep -qF -- "$text" "$scratch/err" && [ ! -s "$scratch/out" ]'
}

says "a kind that is none" 2 'expected one of: maps, filters, rings, urings, forks' --kind map
says "no operations" 2 '--ops: "0" is not a whole number from 1 to' --ops 0
says "a duration that is none" 2 '--for: "1x" is not a whole number from 1 to 86400' --for 1x
says "too many threads" 2 '--threads: "257" is not a whole number from 1 to 256' --threads 257
says "a negative rate" 2 '--rate: "-1" is not' --rate=-1
says "--for and --ops" 2 'either --for or --ops' --for 1 --ops 1
says "pages of forks" 2 'takes no number of pages' --kind forks --pages 2
says "pages that are no power of two" 2 'a power of two, not 3' --kind rings --pages 3
says "more live areas than the memory limit holds" 2 'may hold 1 to 2048 areas each with a memory limit of 64 MiB' \
	--kind maps --threads 1 --live 3000
says "more memory than there is" 1 'wants twice as much' --kind filters --memory 65536 --ops 1

# As what it says there: NAME ok|NO needs PRIVILEGE SUMMARY, and below the reason.
load --list
check "--list lists all kinds" [ "$(grep -cE '^[a-z]+ +(ok|NO) +needs ' "$scratch/out")" = 5 ]
check "with a reason for each that cannot run" \
	[ "$(grep -cE '^[a-z]+ +NO ' "$scratch/out")" = "$(grep -cE '^ +[A-Z].*\.$' "$scratch/out")" ]
kinds=$(awk '$2 == "ok" { print $1 }' "$scratch/out")
first=${kinds%%$'\n'*}

sums_up() # KIND OPS THREADS: one line with a rate that fits the time, and the areas
{
	awk -v kind="$1" -v ops="$2" -v threads="$3" -v per="$([ "$1" = urings ] && echo 2 || echo 1)" '
		$1 == kind ":" && $2 == ops && $3 == "operations" && $5 == threads {
			seconds = $8 + 0; rate = $10
			line = seconds < 0.05 || (rate * seconds > ops * 0.95 && rate * seconds < ops * 1.05)
		}
		/^vmap areas allocated: / { number = $4 == "about" ? $5 : $4; areas = number == ops * per }
		/^kernel memory: / { memory = 1 }
		END { exit !(line && areas && memory) }' "$scratch/out"
}

for kind in maps filters rings urings forks; do
	if ! grep -qx "$kind" <<<"$kinds"; then
		skip "$kind" "cannot run here: $("$vmapbench" load --list | grep -A1 "^$kind" | tail -n 1 | sed 's/^ *//')"
		continue
	fi
	for threads in 1 3; do
		load --kind "$kind" --threads $threads --ops 1001
		check "$kind: 1001 operations of $threads" eval '[ "$status" = 0 ] && sums_up $kind 1001 $threads'
	done
	load --kind "$kind" --threads 2 --ops 200 --rate 400
	check "$kind: at 400 a second, 200 take half a second" eval '[ "$status" = 0 ] &&
		awk "NR == 1 { exit !(\$8 >= 0.48) }" "$scratch/out"'
done

load --threads 1 --ops 10
check "without --kind, the first that can run" eval '[ "$status" = 0 ] && sums_up "$first" 10 1'
load --kind "$first" --for 1 --threads 1
check "for a second" eval '[ "$status" = 0 ] && awk "NR == 1 { exit !(\$8 >= 0.99 && \$8 < 3) }" "$scratch/out"'
check "which plain lines tell of" grep -q "^load $first, seconds: started$" "$scratch/err"

for signal in INT TERM HUP; do
	"$vmapbench" load --kind "$first" --for 600 --threads 2 >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	until grep -q started "$scratch/err"; do sleep 0.05; done
	sleep 0.3
	kill -$signal $pid
	wait $pid
	status=$?
	check "SIG$signal ends it with what was done so far" eval '[ "$status" = 1 ] && grep -q "operations by 2 threads" "$scratch/out" && grep -q "stopped before its end" "$scratch/err"'
done

(ulimit -n 16 && exec "$vmapbench" load --kind filters --threads 1 --ops 10 --live 64 >"$scratch/out" 2>"$scratch/err")
status=$?
check "too few files: the sentence names ulimit" eval '[ "$status" = 1 ] && grep -q "ulimit -n" "$scratch/err"'

# The scratch folder is root's own: the program stands where anybody may run it, and writes nothing.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && cp "$vmapbench" "$scratch/vmapbench" && chmod 755 "$scratch"; then
	as_nobody()
	{
		setpriv --reuid=65534 --regid=65534 --clear-groups "$scratch/vmapbench" load "$@" >"$scratch/out" 2>"$scratch/err"
		status=$?
	}
	as_nobody --kind maps --ops 1
	check "nobody: maps need CAP_BPF, and a sentence says so" \
		eval '[ "$status" = 1 ] && grep -q "run it as root or with CAP_BPF" "$scratch/err"'
	as_nobody --kind filters --threads 2 --ops 100
	check "nobody: filters need nothing" eval '[ "$status" = 0 ] && sums_up filters 100 2'
	as_nobody --threads 1 --ops 10
	check "nobody: without --kind something runs" eval '[ "$status" = 0 ] && grep -q "^filters: 10 operations" "$scratch/out"'
else
	skip "as nobody" "needs root and setpriv"
fi

# Events of the load's own threads, by the kernel's tracepoint. Runs in a mount namespace of its own: a tracefs that is
# mounted there is gone with it, and what removes the scratch folder never meets one.
count_areas() # KIND: prints how many areas 5000 operations of it were; nothing when they cannot be counted
{
	local counter=/sys/kernel/tracing/instances/vmapbench-test-$$ event

	event=$counter/events/vmalloc/alloc_vmap_area
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing || return
	mkdir "$counter" || return
	if [ -d "$event" ] && echo 8192 >"$counter/buffer_size_kb" && echo 'COMM == "vmap-storm"' >"$event/filter" &&
		echo 1 >"$event/enable"; then
		"$vmapbench" load --kind "$1" --threads 2 --ops 5000 >&2
		echo 0 >"$event/enable"
		cat "$counter"/per_cpu/cpu*/stats |
			awk '/^entries:/ { n += $2 } /^overrun:|^dropped events:/ { n += $NF } END { print n }'
	fi
	rmdir "$counter"
}

export vmapbench
export -f count_areas
for exact in "maps 1" "rings 1" "urings 2"; do
	read -r kind areas <<<"$exact"
	found=$(unshare --mount --propagation private bash -c 'count_areas "$1"' count "$kind" 2>"$scratch/err")
	if [ -z "$found" ] || ! grep -qx "$kind" <<<"$kinds"; then
		skip "$kind: as many areas as promised" "they cannot be counted here"
	else
		check "$kind: 5000 operations are $((5000 * areas)) areas, counted $found" [ "$found" = $((5000 * areas)) ]
	fi
done
done_testing
