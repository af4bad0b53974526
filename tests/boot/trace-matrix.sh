# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of every backend share: tests/guest/matrix boots on a kernel and tries all of them.

. "$TOP/tests/guest/guest.sh"

operations=2000
# Areas of others while the load runs: 0 to 8 were seen.
others=40
all_backends='fsession fentry kprobe.session kprobe tp_btf raw_tp tracefs'
all_sources='slowpath tracepoint tracefs'

said() # FILTER: of what the guest said
{
	jq -r "$1" "$scratch/said"
}

tried() # COLLECTOR BACKEND FILTER: of what came of it
{
	said "select(.t == \"tried\" and .collector == \"$1\" and .backend == \"$2\") | $3"
}

# As many allocations as the load made, and hardly more; a kretprobe that had no instance left has to say so.
counts_load() # BACKEND
{
	local count lost

	read -r count lost < <(tried latency "$1" '.records | map(select(.function == "alloc_vmap_area" or .t == "events"))[0] |
		"\(.count // .allocs) \(.lost)"')
	[ "$1" = kprobe ] || [ "$lost" = 0 ] && [ $((count + lost)) -ge "$operations" ] &&
		[ "$count" -le $((operations + others)) ]
}

check_latency() # ARM BACKENDS
{
	local backend

	for backend in $all_backends; do
		case " $2 " in
		*" $backend "*) check "$1: latency by $backend counts the load" counts_load "$backend" ;;
		*) check "$1: latency by $backend is refused with a reason" \
			[ "$(tried latency "$backend" '(.works | not) and (.refused[0].why | test("failed|not"))')" = true ] ;;
		esac
	done
}

check_locks() # ARM SOURCES NAMING
{
	local source

	for source in $all_sources; do
		case " $2 " in
		*" $source "*)
			check "$1: locks by $source" [ "$(tried locks "$source" \
				'.works and .description.collectors[0].attached > 0')" = true ]
			check "$1: locks by $source are named by $3" [ "$(tried locks "$source" \
				'.records | all(.naming == "'"$3"'")')" = true ] ;;
		*) check "$1: locks by $source are refused with a reason" \
			[ "$(tried locks "$source" '(.works | not) and (.refused[0].why | test("failed|not"))')" = true ] ;;
		esac
	done
}

# The areas of a kernel without nodes are in a list that nothing but its symbol tells.
check_state() # ARM NAMING
{
	local areas='.areas > 0'

	[ "$2" = symbols ] || areas='.areas == null'
	check "$1: memory and backlog are known, areas by symbols alone" [ "$(tried state "" '.records[0] |
		.vmalloc_used_kib > 0 and .lazy_pages >= 0 and '"$areas")" = true ]
}

check_kernel() # ARM BACKENDS [SOURCES [NAMING]]: what it offers; all sources, by symbols
{
	GUEST_ARM=$1 guest_boot "$run" "$scratch/matrix.cpio" "$scratch/console" "operations=$operations" >"$scratch/said"
	note "$(said 'select(.t == "tried") | "\(.collector) \(.backend): \(if .works then .records | map({(.function // .lock // .t):
		(.count // .waits // .areas // .allocs)}) | add | tostring else .refused[-1].why end)"')"
	check "$1: the guest comes to its end" [ "$(said 'select(.t == "end") | .t')" = end ]
	check "$1: the kernel has nothing to report" [ "$(said 'select(.t == "splats") | .count')" = 0 ]
	check_latency "$1" "$2"
	check_locks "$1" "${3:-$all_sources}" "${4:-symbols}"
	check_state "$1" "${4:-symbols}"
}

