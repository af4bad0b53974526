# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests with real kernels share. VMAPBENCH names the program, TOP the source tree.

: "${VMAPBENCH:?run by make check-boot}" "${TOP:?run by make check-boot}"
# shellcheck disable=SC2034
boot=$TOP/tests/boot plans=$TOP/tests/boot/plans
. "$TOP/tests/tap.sh"
sweep_pid=

on_exit()
{
	if [ -n "$sweep_pid" ]; then
		kill -KILL "$sweep_pid" 2>/dev/null
	fi
	rm -rf "$scratch"
}
trap on_exit EXIT

skip() # COUNT REASON: the next COUNT tests cannot be made here
{
	local end=$((count + $1))

	while [ "$count" -lt "$end" ]; do
		if [ -n "${NO_SKIP:-}" ]; then ok 1 "not skipped: $2"; else ok 0 "# SKIP $2"; fi
	done
}

skip_all() # REASON
{
	if [ -n "${NO_SKIP:-}" ]; then
		echo "Bail out! $1"
	else
		echo "1..0 # SKIP $1"
	fi
	exit 0
}

note() # TEXT: figures for the reader of the log
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

run() # ARGUMENT...: the program, its exit status in $status, its outputs in $scratch/out and err
{
	"$VMAPBENCH" "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

said() # TEXT: the last run wrote it to standard error
{
	grep -qF -- "$1" "$scratch/err"
}

# The kernels of the tests, of which each plan uses some; those of PLAN, or kernels.yaml. Only what the machinery lacks
# (network, QEMU) is skipped.
need_kernels() # [PLAN]
{
	run build "$plans/${1:-kernels}.yaml"
	if [ "$status" = 4 ]; then
		skip_all "no kernels: $(tail -n 1 "$scratch/err")"
	elif [ "$status" != 0 ]; then
		sed 's/^/# /' "$scratch/err"
		echo "Bail out! the kernels of the tests cannot be built"
		exit 1
	fi
}

need_qemu() # [EMULATOR]
{
	local emulator=${1:-qemu-system-x86_64}

	command -v "$emulator" >"$scratch/out" || skip_all "there is no $emulator"
}

need_arm64() # what guests of arm64 take beside their kernels
{
	need_qemu qemu-system-aarch64
	[ -x "$TOP/.build/arm64/agent" ] ||
		skip_all "there is no agent for arm64: $("$TOP/harness/sysroot.sh" arm64 2>&1 >/dev/null | tail -n 1)"
}

kernel_dir() # ARM: the folder of its kernel in the cache; after need_kernels
{
	"$VMAPBENCH" build "$plans/kernels.yaml" --arm "$1" 2>"$scratch/err" | sed -n 's/^ .*, \(\/.*\)$/\1/p'
}

journal() # FILTER [RUN]: the records that a jq filter gives, one per line; a torn last line is no record
{
	[ ! -s "${2:-$run}/journal.jsonl" ] || jq -cR "fromjson? | $1" "${2:-$run}/journal.jsonl"
}

count_of() # FILTER [RUN]
{
	journal "$@" | wc -l
}

start() # ARGUMENT...: a sweep in the background, as $sweep_pid
{
	"$VMAPBENCH" sweep "$@" >"$scratch/out" 2>"$scratch/err" &
	sweep_pid=$!
}

finish() # waits for the sweep; its exit status in $status
{
	wait "$sweep_pid"
	status=$?
	sweep_pid=
}

wait_until() # SECONDS COMMAND...: polls until it succeeds
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.02
	done
}

has_more() # N FILTER: more than N such records
{
	[ "$(count_of "$2")" -gt "$1" ]
}

wait_more() # N FILTER: until the journal of $run has more than N such records
{
	wait_until 60 has_more "$@"
}

guests_of() # RUN: process ids of the QEMUs that have their console there
{
	local process

	for process in /proc/[0-9]*; do
		if grep -q "^qemu-system" "$process/comm" 2>/dev/null && grep -qF "path=$1/console/" "$process/cmdline" 2>/dev/null; then
			echo "${process#/proc/}"
		fi
	done
}

no_guests() # RUN
{
	[ -z "$(guests_of "$1")" ]
}

is_gone() # PID
{
	[ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

wait_loading() # until a load is under way: an agent is up that has not answered yet
{
	wait_until 60 loading
}

loading()
{
	[ "$(journal 'select(.t == "boot" or .t == "load") | .event // "load"' | tail -n 1)" = '"up"' ]
}

# Every row of the schedule was measured by exactly one boot, and no boot began a row that was complete.
is_complete() # RUN ROWS LOADS
{
	[ "$(jq -sc --argjson loads "$3" '
		[.[] | select(.t == "load")] | group_by([.block, .arm, .cell]) |
		map(group_by(.boot) | map(length) | sort) |
		map(select(.[-1] == $loads and (length == 1 or .[-2] < $loads))) | length' \
		"$1/journal.jsonl")" = "$2" ] &&
	[ "$(jq -sc --argjson loads "$3" '
		def done: group_by(.boot) | any(length >= $loads);
		[.[] | select(.t == "load")] as $all | [range($all | length)] |
		map(. as $i | $all[$i] as $this | $all[:$i] |
			map(select([.block, .arm, .cell] == ($this | [.block, .arm, .cell]) and .boot != $this.boot)) | done) |
		map(select(.)) | length' "$1/journal.jsonl")" = 0 ]
}

# The rows in the order in which they were first begun, without the number of the attempt.
schedule_of() # RUN
{
	journal 'select(.t == "boot" and .event == "start") | .boot | sub("[+][0-9]+$"; "")' "$1" |
		awk '!seen[$0]++'
}

ends() # the classes of all boots that ended, in their order
{
	journal 'select(.t == "boot" and .event == "end") | .class' | tr -d '"' | paste -sd' '
}

why() # of the first boot that did not end well
{
	journal 'select(.t == "boot" and .event == "end" and .class != "ok") | .why' | head -n 1
}

why_says() # TEXT
{
	why | grep -qF -- "$1"
}

in_class() # NAME CLASS STATUS: how the sweep in $run ended
{
	note "$1: $(why)"
	check "$1: class $2" [ "$(ends | tr ' ' '\n' | grep -v ok | head -n 1)" = "$2" ]
	check "$1: exit status $3" [ "$status" = "$3" ]
	check "$1: the table says that the arm has FAILED" grep -q '^FAILED: arm' "$scratch/out"
	check "$1: the guest is gone" no_guests "$run"
}

splats() # FIELDS: of the journal's splats
{
	journal "select(.t == \"splat\") | \"$1\"" | tr -d '"'
}
