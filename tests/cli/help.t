#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What vmapbench says of itself, and of command lines that it does not understand. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
. "$(dirname "$0")/../tap.sh"
cd "$scratch" || exit 1

expect() # NAME STATUS FILE TEXT, ARGUMENT...: ends so, says so there, and nothing on the other stream
{
	local name=$1 status=$2 file=$3 text=$4 other=out

	shift 4
	[ "$file" = out ] && other=err
	"$vmapbench" "$@" >"$scratch/out" 2>"$scratch/err"
	[ $? = "$status" ] && grep -qF -- "$text" "$scratch/$file" && [ ! -s "$scratch/$other" ]
	ok $? "$name"
}

narrow()
{
	! LC_ALL=C.UTF-8 grep -E '^.{80}' "$scratch/out"
}

for word in --help -h help; do
	expect "$word is help, on standard output" 0 out 'usage: vmapbench COMMAND' $word
	narrow
	ok $? "$word: 79 columns"
done
commands=$("$vmapbench" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 6 ]
ok $? "it lists the commands"
expect "no command is a usage error, with the same list" 2 err 'usage: vmapbench COMMAND'

for command in $commands; do
	expect "$command --help" 0 out "vmapbench $command" "$command" --help
	expect "$command does not know --no-such-option" 2 err "$command: Unknown option --no-such-option" \
		"$command" --no-such-option
	expect "$command says where its options are listed" 2 err "\`vmapbench $command --help\`" "$command" --no-such-option
	expect "$command takes no five arguments" 2 err "$command: " "$command" 1 2 3 4 5
done
for command in build power validate; do
	expect "$command without its argument" 2 err "$command: 0 arguments given, 1 expected" "$command"
done
for word in bogus --bogus '' VALIDATE valid; do
	expect "\"$word\" is no command" 2 err "there is no command \"$word\"; \`vmapbench --help\` lists them" "$word"
done
[ "$(find . -type f | sort | tr "\n" " ")" = "./err ./out " ]
ok $? "none of this leaves a file"
done_testing
