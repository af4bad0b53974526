#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench doctor on this machine and on ones with other QEMUs. VMAPBENCH names the program.
# shellcheck disable=SC2016

vmapbench=${VMAPBENCH:-vmapbench}
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache

# A PATH of links to all programs of this one but QEMU, in which a test may put its own.
mkdir "$scratch/bin"
while read -r dir; do
	for program in "$dir"/*; do
		case ${program##*/} in
		qemu-system-*) ;;
		*) ln -s "$program" "$scratch/bin/" 2>/dev/null ;;
		esac
	done
done < <(tr ':' '\n' <<<"$PATH")

doctor_without() # the options; the status in $status, the output in $scratch/out, the seconds in $SECONDS
{
	SECONDS=0
	PATH=$scratch/bin "$vmapbench" doctor "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

install_qemu() # SCRIPT
{
	printf '#!/bin/sh\n[ "$1" = --version ] && { echo "QEMU emulator version 9.9.9"; exit 0; }\n%s\n' "$1" \
		>"$scratch/bin/qemu-system-x86_64"
	chmod +x "$scratch/bin/qemu-system-x86_64"
}

gone() # FILE of process ids: there are some, and none runs
{
	local pid

	[ -s "$1" ] || return 1
	while read -r pid; do
		if grep -qs sleep "/proc/$pid/cmdline"; then return 1; fi
	done <"$1"
}

narrow() # FILE: no line over 79 columns, one word that cannot be broken excepted
{
	! LC_ALL=C.UTF-8 grep -E '^.{80,}' "$1" | LC_ALL=C.UTF-8 grep -vE '^ *[^ ]+$' | sed 's/^/# /' | grep .
}

vmapbench=$(command -v "$vmapbench")

doctor_without
check "without QEMU the status is 1" [ "$status" = 1 ]
check "and QEMU is named" grep -q '^missing  QEMU x86_64 ' "$scratch/out"
check "with its package" grep -q 'apt-get install qemu-system-x86' "$scratch/out"
check "and tcg is among what a sweep lacks" \
	grep -q '^No sweep can run here; it lacks: tcg, QEMU x86_64' "$scratch/out"
check "no line is wider than 79 columns" narrow "$scratch/out"
check "nothing is remembered" [ ! -e "$XDG_CACHE_HOME/vmapbench/accel.json" ]

doctor_without --json
check "--json has the same status" [ "$status" = 1 ]
check "--json is valid" perl -MJSON::PP -e 'local $/; my $r = decode_json(<STDIN>); die if $r->{can_sweep};
	die unless grep { $_->{name} eq "tcg" && $_->{mark} eq "missing" && $_->{required} } @{$r->{checks}}' \
	<"$scratch/out"

install_qemu 'printf PLCT; exit 85'
doctor_without
check "a QEMU that boots the probe is found" grep -q '^ok       tcg ' "$scratch/out"
check "and tcg is no obstacle" eval '! grep -q "^No sweep.*tcg" "$scratch/out"'
check "and remembered" grep -q '"works": true' "$XDG_CACHE_HOME/vmapbench/accel.json"
install_qemu 'exit 1'
doctor_without
check "so that the next run does not boot" grep -q '^ok       tcg .*' "$scratch/out"
check "and says so" grep -q '(remembered)' "$scratch/out"
doctor_without --fresh
check "--fresh boots again" grep -q '^missing  tcg ' "$scratch/out"

# A machine that hangs: every boot up to its limit.
rm -rf "$XDG_CACHE_HOME"
install_qemu "echo \$\$ >>$scratch/pids; printf P; exec sleep 600"
doctor_without
check "a hang ends within 10 s ($SECONDS s)" [ "$SECONDS" -le 10 ]
check "with status 1" [ "$status" = 1 ]
check "and the stage" grep -q 'did not get through the switch' "$scratch/out"
check "no child is left" gone "$scratch/pids"

rm -rf "$XDG_CACHE_HOME" "$scratch/pids"
PATH=$scratch/bin "$vmapbench" doctor >/dev/null 2>&1 &
doctor=$!
for _ in $(seq 50); do [ -s "$scratch/pids" ] && break; sleep 0.1; done
kill -KILL "$doctor"
wait "$doctor" 2>/dev/null
sleep 0.2
check "QEMU dies with a doctor that is killed" gone "$scratch/pids"

doctor_without --bogus
check "an unknown option is a usage error" [ "$status" = 2 ]
doctor_without extra
check "so is an argument" [ "$status" = 2 ]

rm -rf "$XDG_CACHE_HOME"
if command -v qemu-system-x86_64 >/dev/null; then
	"$vmapbench" doctor >"$scratch/out" 2>/dev/null
	check "this machine's QEMU boots the probe" grep -q '^ok       tcg ' "$scratch/out"
	check "no line of its table is wider than 79 columns" narrow "$scratch/out"
else
	skip "this machine's QEMU boots the probe" "no qemu-system-x86_64"
	skip "no line of its table is wider than 79 columns" "no qemu-system-x86_64"
fi
done_testing
