#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Plans that list machines, and --arch: what is validated, what is refused, and how the runs of several machines are
# compared and drawn. VMAPBENCH names the program, BUILD the folder with make-run.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
make_run=${BUILD:-$(dirname "$vmapbench")}/tests/make-run
plans=$(cd "$(dirname "$0")/../data/plans" && pwd)
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
cd "$scratch" || exit 1

run() # ARGUMENTS: the status in $status, the outputs in $scratch/out and err
{
	"$vmapbench" "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

says() # NAME TEXT: on standard output
{
	check "$1" grep -qF -- "$2" "$scratch/out"
}

refused() # NAME TEXT ARGUMENT...: a usage error with that text, and nothing else
{
	local name=$1 text=$2

	shift 2
	run "$@"
	[ "$status" = 2 ] && [ ! -s "$scratch/out" ] && grep -qF -- "$text" "$scratch/err"
	ok $? "$name"
}

plan=$plans/good-machines.yaml
run validate "$plan"
check "a list of machines is valid" [ "$status" = 0 ]
says "each is called by its name" "$plan: x86: valid: 4 arms x 6 blocks x 2 rows x 3 loads"
says "and says what it is" "$plan: x86: qemu x86_64, 1 CPU, accel counted"
says "with its CPU model" "$plan: arm: qemu arm64, cortex-a72, 2 CPUs, accel tcg"
says "one that keeps time has no rebuilds" "$plan: arm: valid: 2 arms x 6 blocks"
run validate "$plan" --machine arm
check "--machine chooses one" [ "$(wc -l <"$scratch/out")" = 3 ]
run validate "$plan" --machine arm --machine x86
check "or more, in the order of the plan" [ "$(sed -n 's/.*: \(.*\): valid.*/\1/p' "$scratch/out" | paste -sd' ')" = "x86 arm" ]
refused "one that is not listed" '--machine: '"$plan"' lists no "mips"; expected one of: x86, arm' validate "$plan" --machine mips
refused "none is listed" "lists no machines, it has one without a name" validate "$plans/good-packed.yaml" --machine x86
for command in power series "profile --counted" "series --bisect x/1"; do
	# shellcheck disable=SC2086
	refused "$command runs on one machine" "choose it by --machine NAME: x86, arm" $command "$plan"
done
run power "$plan" --machine arm
check "which --machine chooses" [ "$status" = 0 ]

run validate "$plans/good-packed.yaml" --arch arm64
check "--arch is for plans with one machine" [ "$status" = 0 ]
run validate "$plan" --arch arm64 --machine x86
says "or for one of them" "x86: qemu arm64, 1 CPU"
refused "for all it is refused" "each of an architecture of its own; choose one by --machine" validate "$plan" --arch arm64
refused "an architecture that nobody knows" '--arch: "mips" is not known; expected one of: x86_64, arm64' \
	validate "$plans/good-packed.yaml" --arch mips
refused "a CPU model belongs to its architecture" "names the CPU model cortex-a72, which is one of arm64" \
	validate "$plans/good-arm64.yaml" --arch x86_64

# What is gone on with is what was begun.
"$make_run" machines runs || exit 1
"$make_run" timed single || exit 1
refused "--resume takes no architecture" "sweep: give either one PLAN" sweep --resume single --arch arm64
refused "and no machine" "sweep: give either one PLAN" sweep --resume runs --machine lab

# Machines that fail are told of one by one, and leave nothing when there is no run of any.
mkdir bin
printf '#!/bin/sh\n[ "$1" = --version ] && { echo "QEMU emulator version 9.9.9"; exit 0; }\nprintf PLCT; exit 85\n' \
	>bin/qemu-system-x86_64
chmod +x bin/qemu-system-x86_64
cat >large.yaml <<'PLAN'
title: t
arms: [{name: a, source: linux-7.3}]
aa: true
machines: [{name: one, accel: tcg, memory_mib: 1048576}, {name: two, accel: tcg, memory_mib: 1048575}]
cells: [{test: fix_size_alloc_test, threads: [1]}]
PLAN
PATH=$scratch/bin:$PATH run sweep large.yaml --out large
check "no machine can be prepared: status 4" [ "$status" = 4 ]
check "the first says why" grep -qF "machine one: $scratch/large.yaml: the cell fix_size_alloc_test/1 needs a guest with 1048576 MiB" err
check "so does the second" grep -qF "machine two: $scratch/large.yaml: the cell fix_size_alloc_test/1 needs a guest with 1048575 MiB" err
check "nothing is left" [ ! -e large ]
mkdir there
refused "a folder that is there" "there exists already" sweep large.yaml --out there

# The tables of three machines, of which one is a board.
run compare runs
check "compare prints them all" [ "$status" = 0 ]
check "75 columns of ASCII" eval '! LC_ALL=C grep -qE "^.{76}|[^ -~]" out'
check "what they agree on comes first" eval 'head -1 out | grep -q "^3 machines, by the verdicts of their own tables"'
says "each has a heading" "machine qemu-arm64: qemu arm64 (cortex-a72), 4 CPUs; TCG: emulated time"
says "a board says whose clock it was" "machine lab: board lab (drawn) arm64, 8 CPUs; board: real time"
check "in the order of the plan" [ "$(sed -n 's/^machine \([a-z0-9-]*\): .*;.*/\1/p' out | paste -sd' ')" = "qemu-x86 qemu-arm64 lab" ]
check "a table each" [ "$(grep -c '^mine against stock$' out)" = 3 ]
alone()
{
	"$vmapbench" compare runs/lab >alone && tail -n "$(wc -l <alone)" out | cmp -s - alone
}
check "which is that of the run alone" alone
run compare runs --format markdown
check "markdown has a heading each" [ "$(grep -c '^## machine ' out)" = 3 ]
run compare runs --format csv
check "csv is one after the other" [ "$(grep -c '^v,run,' out) $(grep -c '^# machine ' out)" = "3 3" ]
columns()
{
	awk -v RS= -v begin="# machine $1:" 'index($0, begin)' <(sed 's/^# machine/\n&/' out) | tail -n +2 | cut -d, -f2 | sort -u | paste -sd' '
}
check "and no row of one is in that of another" [ "$(columns lab)" = "lab run" ]
run compare runs --format json
check "json keeps them apart" [ "$(jq -r '[.machines[] | .machine + " " + .comparison.unit] | join(", ")' out)" = \
	"qemu-x86 instructions/1000, qemu-arm64 us, lab us" ]
check "with the verdicts side by side" [ "$(jq -r '.agreement[0] | [.cell, .agreement, .verdicts.lab] | join(" ")' out)" = \
	"fix_size_alloc_test/1 opposed regressed" ]
run compare runs --gate
check "--gate: a regression on one is one" [ "$status" = 1 ]
check "which is named" grep -q 'gate: regressed: .* of mine on lab$' err
run compare runs --only memory --format csv
check "--only is for all of them" [ "$status" = 0 ]
refused "an arm that nobody has" '--arm: "nobody" is no arm' compare runs --arm nobody
refused "two runs are two machines'" "runs holds the runs of several machines" compare runs/lab runs
refused "different units are not compared" "which are different units" compare runs/lab runs/qemu-arm64

if command -v gnuplot >/dev/null; then
	run plot runs
	check "plot draws into the folder of each" [ "$(find runs -name gain-mine.svg | sort | paste -sd' ')" = \
		"runs/lab/charts/gain-mine.svg runs/qemu-arm64/charts/gain-mine.svg runs/qemu-x86/charts/gain-mine.svg" ]
	check "the title says what it was" eval 'sed "s/<[^>]*>//g" runs/qemu-arm64/charts/threads.svg | grep -qF "qemu-arm64: qemu arm64 (cortex-a72), 4 CPUs"'
	run plot runs --out charts
	check "--out has a folder for each" [ -s charts/lab/threads.svg ]
else
	skip "plot draws into the folder of each" "there is no gnuplot"
fi

# A run that is there and damaged is told of, and is no success; the others are printed.
cp -r runs damaged
echo '{' >damaged/lab/manifest.json
run compare damaged
check "a run that cannot be read: status 1" [ "$status" = 1 ]
check "it is told of" grep -qF "damaged: a machine's run cannot be read; the output says why" err
says "with the reason" "manifest.json:2:0"
check "the rest is compared" grep -q '^2 machines, by the verdicts' out

# A machine that has no run is missing, and said to be.
rm -r runs/qemu-arm64
run compare runs
check "a machine without a run does not keep the others" [ "$status" = 0 ]
check "the rest is compared" grep -q '^2 machines, by the verdicts' out
says "it has its heading" "machine qemu-arm64"
run compare runs --format json
check "json says why" [ "$(jq -r '.machines[1] | (.comparison == null) and (.missing | test("not the folder of a run"))' out)" = true ]
rm -r runs/qemu-x86
run compare runs --gate
check "one alone agrees with nobody" grep -q '1 of 3 machines has a run' out
run compare runs --format csv
check "nor in csv" eval 'head -1 out | grep -q "^# 1 of 3 machines has a run"'

done_testing
