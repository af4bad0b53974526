#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The comparisons that come with the program: their plans, patches and READMEs, the tables in these, and `make sweep` with
# several plans. VMAPBENCH names the program.
# shellcheck disable=SC2016

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
vmapbench=$(realpath "$vmapbench")
top=$(cd "${TOP:-$(dirname "$0")/../..}" && pwd)
. "$(dirname "$0")/../tap.sh"
cd "$top" || exit 1

for plan in kernels/*/*.yaml; do
	check "$plan is a plan" eval '"$vmapbench" validate "$plan" >"$scratch/out" 2>"$scratch/err"'
done

# What git am needs, and a message that says more than its subject.
is_mail() # PATCH
{
	git mailinfo "$scratch/message" "$scratch/diff" <"$1" >"$scratch/head" 2>"$scratch/err" &&
		grep -q '^Author: .' "$scratch/head" && grep -qE '^Subject: [a-z_/]+: ' "$scratch/head" &&
		[ "$(grep -c . "$scratch/message")" -ge 3 ] && grep -q '^@@ ' "$scratch/diff"
}
for patch in kernels/*/*.patch; do
	check "$patch is a patch in a mail" is_mail "$patch"
done

block() # README N: its N-th table, as it stands between its marks
{
	awk -v n="$2" '/^<!-- vmapbench / { inside = ++count == n } /^<!-- end -->$/ { inside = 0 } inside' "$1"
}

# Machine, accelerator, boots, date, kernels, and a command whose plan is there.
says_what_it_is() # README N
{
	local plan fact machine='^- machine: qemu .+, [0-9]+ CPU.* boots: [0-9]+ ok' host='^- host: .+ CPUs, Linux .*QEMU'
	local unit='(counted instructions, not time|emulated time, not silicon|virtualised time)'

	block "$1" "$2" >"$scratch/block"
	if grep -q '^- machine: board ' "$scratch/block"; then
		machine='^- machine: board [^ ]+ .+, [0-9]+ CPU.* boots: [0-9]+ ok' host='^- host: .+ CPUs, Linux'
		unit='board: real time, by its own clock'
	fi
	for fact in '^<!-- vmapbench compare runs/[^ ]+ .*--format markdown' '\(run [^ ]+, 20[0-9-]{8}\)$' \
		"$machine" "$unit" '^- kernel [^ ]+: [0-9]+\.[0-9]+' "$host"; do
		grep -qE -- "$fact" "$scratch/block" || { echo "no line has $fact" >"$scratch/err" && return 1; }
	done
	plan=$(sed -nE 's/^    vmapbench (sweep|series|profile) ([^ ]*).*/\2/p' "$scratch/block")
	[ -f "$plan" ] || { echo "there is no plan \"$plan\"" >"$scratch/err" && return 1; }
}
for readme in kernels/*/README.md docs/maple.md docs/arm64.md; do
	tables=$(grep -c '^<!-- vmapbench ' "$readme")
	check "$readme: each table has its end" [ "$tables" = "$(grep -c '^<!-- end -->$' "$readme")" ]
	for n in $(seq "$tables"); do
		if block "$readme" "$n" | grep -q '^|'; then
			check "$readme: table $n says what it is" says_what_it_is "$readme" "$n"
		else
			skip "$readme: table $n says what it is" "it was not measured yet"
		fi
	done
done

# kernels/tables.sh with runs that were drawn.
mkdir "$scratch/runs"
cp -r tests/data/runs/month-1 tests/data/runs/failed "$scratch/runs/"
tables() # the status in $status; README.md in the scratch folder
{
	(cd "$scratch" && VMAPBENCH=$vmapbench "$top/kernels/tables.sh" README.md) >"$scratch/out" 2>"$scratch/err"
	status=$?
}
readme() # RUN: a file with its table between two lines
{
	printf '%s\n' before "<!-- vmapbench compare runs/$1 --format markdown -->" old '<!-- end -->' behind >"$scratch/README.md"
}
readme month-1
tables
check "tables: status 0" [ "$status" = 0 ]
check "tables: what was there is gone" eval '! grep -qx old "$scratch/README.md"'
check "tables: what the command prints is there" grep -q '^| full_fit_alloc_test/4 ' "$scratch/README.md"
check "tables: between what was around it" [ "$(sed -n '1p; $p' "$scratch/README.md" | paste -sd,)" = before,behind ]
cp "$scratch/README.md" "$scratch/first"
tables
check "tables: again, it is the same" cmp "$scratch/first" "$scratch/README.md"
readme failed
tables
check "tables: an arm that failed has its table" grep -q FAILED "$scratch/README.md"
readme nowhere
tables
check "tables: without its run a table stays" eval '[ "$status" = 0 ] && grep -qx old "$scratch/README.md"'
check "tables: and is named" grep -q 'README.md: there is no runs/nowhere' "$scratch/err"
readme month-1
sed -i 's/--format markdown/--fromat x/' "$scratch/README.md"
cp "$scratch/README.md" "$scratch/first"
tables
check "tables: a command that prints nothing is an error" [ "$status" = 1 ]
check "tables: which changes nothing" cmp "$scratch/first" "$scratch/README.md"
readme month-1
sed -i '/end/d' "$scratch/README.md"
tables
check "tables: so is a table without an end" [ "$status" = 1 ]

# make sweep, with a program that only says how it was called, and ends as the plan's name wants.
mkdir "$scratch/build"
cat >"$scratch/build/vmapbench" <<'PROGRAM'
#!/bin/sh
echo "$*" >>"${0%/*}/calls"
case "$1 $2" in
"sweep "*kernel.yaml) exit 3 ;;
"sweep "*host.yaml | "build "*missing.yaml) exit 4 ;;
esac
PROGRAM
chmod +x "$scratch/build/vmapbench"
make_sweep() # PLANS: the status of make in $status (2, whatever the recipe's was)
{
	: >"$scratch/build/calls"
	MAKEFLAGS='' NO_INSTALL=1 make sweep SUBMAKE=: O="$scratch/build" RUN=r PLAN="$1" >"$scratch/out" 2>"$scratch/err"
	status=$?
}
calls()
{
	paste -sd, "$scratch/build/calls"
}
make_sweep a/one.yaml
check "make sweep: one plan" [ "$(calls)" = "build a/one.yaml,sweep a/one.yaml --out r,plot r,report r" ]
make_sweep "a/one.yaml a/two.yaml"
check "make sweep: two plans, whose kernels are built first" [ "$status $(calls)" = \
	"0 build a/one.yaml,build a/two.yaml,sweep a/one.yaml --out r/a-one,plot r/a-one,report r/a-one,sweep a/two.yaml --out r/a-two,plot r/a-two,report r/a-two" ]
make_sweep "a/kernel.yaml a/two.yaml"
check "make sweep: a kernel that failed fails the sweep" [ "$status" != 0 ]
check "make sweep: with charts, and with the other plan" [ "$(calls | tr , '\n' | grep -c '^plot ')" = 2 ]
check "make sweep: and a page of each" [ "$(calls | tr , '\n' | grep -c '^report ')" = 2 ]
check "make sweep: with its own status" grep -q 'Error 3' "$scratch/err"
make_sweep "a/host.yaml a/two.yaml"
check "make sweep: a machine that failed ends it" [ "$(calls)" = "build a/host.yaml,build a/two.yaml,sweep a/host.yaml --out r/a-host" ]
make_sweep "a/one.yaml a/missing.yaml"
check "make sweep: without all kernels nothing is booted" [ "$(calls)" = "build a/one.yaml,build a/missing.yaml" ]

done_testing
