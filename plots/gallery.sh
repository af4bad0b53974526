#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# gallery.sh README: draws the pictures of a gallery anew. Where README has the lines
#
#     <!-- vmapbench plot runs/nodes-traced threads locks-fix_size_alloc_test-4 -->
#     <!-- end -->
#
# the pictures threads.svg and locks-fix_size_alloc_test-4.svg of that run are put into the folder nodes-traced beside
# README, and what the run is between the lines. Where the run is not there, which is then named, both stay as they are.
# RUNS is the folder that holds the runs, in place of runs/. VMAPBENCH names the program.

set -eu
vmapbench=${VMAPBENCH:-vmapbench}
runs=${RUNS:-runs}
readme=$1
gallery=$(dirname "$readme")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

json_text() # FILE KEY: the first text of that name
{
	sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}\$/\1/p" "$1" | head -n 1
}

# Of a sweep what `compare` says of it, of a run of attach what its manifest does.
facts() # RUN FOLDER
{
	echo
	if grep -q '"kind": "attach"' "$2/manifest.json"; then
		echo "Run $(basename "$1"), $(json_text "$2/manifest.json" created | cut -c1-10); a live system," \
			"kernel $(json_text "$2/manifest.json" kernel)."
		printf "\n   %s\n" "$(awk '/"command": \[/ { inside = 1; next } /\]/ { inside = 0 }
			inside { gsub(/^ *"|",?$/, ""); printf " %s", $0 }' "$2/manifest.json")"
	else
		# 3: a kernel of the run failed, which is no news here.
		"$vmapbench" compare "$2" --format markdown >"$scratch/compare" || [ $? = 3 ]
		echo "Run $(basename "$1"), $(sed -n 's/.*(run [^ ]*, \(20[0-9-]*\))$/\1/p' "$scratch/compare" | head -n 1)."
		sed -nE '/^- (n = |machine: |host: )/s/^- //p' "$scratch/compare" | awk '!seen[$0]++'
		printf '\n%s\n' "$(grep '^    vmapbench ' "$scratch/compare" | tail -n 1)"
	fi
	printf '    vmapbench plot %s\n\n' "$1"
}

draw() # RUN FOLDER STEM...
{
	run=$1
	folder=$2
	shift 2
	"$vmapbench" plot "$folder" --out "$scratch/charts" >"$scratch/out"
	mkdir -p "$gallery/$(basename "$run")"
	for stem; do
		cp "$scratch/charts/$stem.svg" "$gallery/$(basename "$run")/"
	done
	rm -r "$scratch/charts"
}

inside=
while IFS= read -r line; do
	case $line in
	'<!-- end -->') inside= ;;
	esac
	[ -n "$inside" ] || printf '%s\n' "$line"
	case $line in
	'<!-- vmapbench plot '*' -->')
		words=${line#<!-- vmapbench plot }
		# shellcheck disable=SC2086 # words are what it is made of
		set -- ${words% -->}
		run=$1
		shift
		if [ -d "$runs/${run#runs/}" ]; then
			inside=yes
			draw "$run" "$runs/${run#runs/}" "$@"
			facts "$run" "$runs/${run#runs/}"
		else
			echo "$readme: there is no $runs/${run#runs/}: its pictures stay as they are" >&2
		fi
		;;
	esac
done <"$readme" >"$scratch/readme"
[ -z "$inside" ] || { echo "$readme: a run has no end; left as it is" >&2 && exit 1; }
cmp -s "$scratch/readme" "$readme" || cat "$scratch/readme" >"$readme"
