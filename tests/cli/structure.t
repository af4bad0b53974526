#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The plan of the house, held to the sources: who includes whom, what stands where, and what stands nowhere.

cd "${TOP:-$(dirname "$0")/../..}" || exit 1
. "$(dirname "$0")/../tap.sh"

# What the command after the name prints is what is wrong; it has to print nothing.
nothing() # NAME COMMAND...
{
	local name=$1 verdict=ok
	shift
	"$@" >"$scratch/found"
	[ -s "$scratch/found" ] && verdict="not ok"
	count=$((count + 1))
	echo "$verdict $count - $name"
	sed 's/^/# /' "$scratch/found" >&2
}

if git ls-files --error-unmatch Makefile >/dev/null 2>&1; then
	git ls-files | while read -r file; do [ -f "$file" ] && echo "$file"; done
else
	find . -type f ! -path './.*' ! -path './runs/*' | sed 's|^\./||'
fi >"$scratch/files"

files() # PATTERN of grep -E
{
	grep -E "$1" "$scratch/files"
}

# The room of an include: from the folder of the file that has it, from harness/, from the top.
room_of() # FOLDER INCLUDE
{
	local path

	if [ -e "$1/$2" ]; then path=$1/$2; elif [ -e "harness/$2" ]; then path=harness/$2; else path=$2; fi
	case $path in
	harness/*/*) path=${path#harness/}; echo "${path%%/*}" ;;
	harness/*) basename "$path" ;;
	runners/agent/*) echo agent ;;
	runners/board/*) echo board ;;
	runners/profile/*) echo profile ;;
	runners/wire.h | runners/record-limits.h | runners/splat.h | bpf/hist.h) echo "$path" ;;
	*) echo "${path%%/*}" ;;
	esac
}

# A room may include itself and these.
rooms=$(cat <<'ROOMS'
harness/base: base
harness/plan: plan base
harness/journal: journal plan stats base bpf/hist.h runners/record-limits.h
harness/stats: stats bpf/hist.h
harness/render: render journal plan stats base
harness/export: export render journal plan stats base bpf/hist.h
harness/report: report plots render journal plan stats base
harness/attach: attach journal stats bpf base
harness/check: check board runners kernels base runners/wire.h
harness/doctor: doctor runners base
harness/sweep: sweep journal plan stats kernels runners board base bpf arm.h runners/wire.h
kernels: kernels base
runners: runners board base bpf/hist.h runners/wire.h runners/splat.h runners/record-limits.h
runners/profile: profile
runners/board: board runners base runners/wire.h runners/splat.h
runners/agent: agent bpf bpf/hist.h runners/wire.h runners/splat.h runners/record-limits.h
bpf: bpf bpf/hist.h
plots: plots render journal plan stats base
ROOMS
)

forbidden_includes() # FOLDER ROOM...
{
	local folder=$1 file include room

	shift
	grep -HoE '^#include "[^"]+"' "$folder"/*.[ch] | sed 's/:#include "/ /; s/"$//' | while read -r file include; do
		room=$(room_of "$folder" "$include")
		case " $* " in
		*" $room "*) ;;
		*) echo "$file includes $include, of the room $room" ;;
		esac
	done
}

while IFS=': ' read -r folder allowed; do
	# shellcheck disable=SC2086
	nothing "$folder includes nothing but $allowed" forbidden_includes "$folder" $allowed
done <<<"$rooms"

unknown_rooms()
{
	files '^(harness|kernels|runners|plots|bpf)/.*\.[ch]$' | xargs -n1 dirname | sort -u | while read -r folder; do
		[ "$folder" = harness ] || [ "$folder" = kernels/module ] || grep -q "^$folder: " <<<"$rooms" || echo "$folder has no rule in this test"
	done
}
nothing "every room has its rule" unknown_rooms

# Code of the kernel, in its own style and with its own libraries: no room of the program.
foreign_to_the_kernel()
{
	grep -nE '^#include ' kernels/module/*.[ch] | grep -vE ':#include (<linux/[a-z0-9_/-]+\.h>|"(load|latency|hist)\.h")$'
}
nothing "our module includes the kernel's headers, its own, and the buckets of bpf" foreign_to_the_kernel
nothing "the program includes nothing of it" grep -rn --include='*.[ch]' '^#include ".*module/' harness kernels runners plots bpf
nothing "nobody includes a command" grep -rnE --include='*.[ch]' '^#include "(.*/)?cmd-' harness kernels runners plots
nothing "stats knows GSL and libc only" \
	grep -nE '^#include <(glib|gio|jansson|cyaml|yaml|libelf|gelf)' harness/stats/*.[ch]
nothing "the profiler knows libc and Jansson only" \
	grep -nE '^#include <(glib|gio|cyaml|gsl|libelf|gelf)' runners/profile/*.[ch]
nothing "the agent knows neither GLib nor the harness" \
	grep -nE '^#include (<(glib|gio|cyaml|gsl)|"(harness|base|plan|journal)/)' runners/agent/*.[ch] runners/wire.h runners/splat.[ch]

without() # GREP-E-PATTERN FILE...: those of which no line matches
{
	local pattern=$1

	shift
	grep -LE "$pattern" "$@"
}
# shellcheck disable=SC2046
{
nothing "every header is included once" without '^#pragma once$' $(files '\.h$')
nothing "every C file has its licence" without '^(//|/\*) SPDX-License-Identifier: GPL-2\.0-only' $(files '\.[chS]$')
nothing "every script has its licence" \
	without '^# SPDX-License-Identifier: GPL-2\.0-only' $(files '\.(t|sh)$')
nothing "no shell in the product" \
	grep -nE '\b(system|popen|g_spawn_command_line_(a)?sync)[[:space:]]*\(' $(files '^(harness|kernels|runners|plots)/.*\.[ch]$')
}

terminal_questions()
{
	grep -rnE --include='*.[ch]' "NO_COLOR|\"TERM\"|TIOCGWINSZ|\"COLUMNS\"" harness kernels runners plots bpf | grep -vE "^harness/base/tty\.[ch]:"
}
nothing "only base/tty asks what a terminal can show" terminal_questions

python()
{
	files '\.(py|ipynb|pyx)$'
	# shellcheck disable=SC2046
	grep -nE '^#!.*python|\bpython[0-9.]* +[^ ]*\.py\b' $(files '^(Makefile|harness|kernels|runners|plots|tests|\.ci)' |
		grep -v '^tests/cli/structure\.t$')
}
nothing "no Python" python

top_level()
{
	sed 's|/.*||' "$scratch/files" | sort -u |
		grep -vxE 'Makefile|README\.md|COPYING|LICENSE|harness|bpf|kernels|runners|plots|tests|docs|\.ci|\.gitignore|\.clang-format'
}
nothing "the top level holds the rooms and nothing else" top_level

commands_without_file()
{
	sed -n '/commands\[\] = {/,/};/p' harness/main.c | grep -oE '&cmd_[a-z_]+' | sed 's/&cmd_//; s/_/-/g' | sort >"$scratch/table"
	files '^harness/cmd-[a-z-]+\.c$' | sed 's|harness/cmd-||; s|\.c$||' | sort >"$scratch/sources"
	[ -s "$scratch/table" ] || echo "no commands were found in harness/main.c"
	comm -3 "$scratch/table" "$scratch/sources"
}
nothing "every command is a file, and every such file a command" commands_without_file

# What this machine's apt is told of: no file of ours may know it.
apt_hosts()
{
	{
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
			grep -vE '^[[:space:]]*#'
		apt-config dump 2>/dev/null | grep -i proxy
	} | grep -oE '(https?|ftp)://[^/ ";]+' | sed -E 's|^[a-z]+://||; s|^[^@]*@||; s|:[0-9]+$||' | grep '\.' | sort -u
}

hosts_named()
{
	local host

	apt_hosts | while read -r host; do
		# Host names only: an address such as 127.0.0.1 is no secret of this machine.
		case $host in *[a-z]*) ;; *) continue ;; esac
		# shellcheck disable=SC2046
		grep -nF -- "$host" $(cat "$scratch/files") | cut -d: -f1,2 | sed 's/$/ names a host of this machine'\''s apt/'
	done
}
nothing "no file names a mirror" hosts_named
# shellcheck disable=SC2046
nothing "no file names a folder of the machine it was written on" \
	grep -nE '(^|[^A-Za-z0-9_.$})-])/(root|work|home/[a-z]+)(/|$|[ "])' $(grep -v '^tests/cli/structure\.t$' "$scratch/files")

done_testing
