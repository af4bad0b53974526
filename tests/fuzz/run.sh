#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh FUZZER SECONDS: runs a fuzzer for a bounded time on a scratch copy of its corpus, tests/data/NAME/.
# What it finds (crash-*, timeout-*) is kept beside the fuzzer, named in its output; the status is not 0 then.

set -eu
fuzzer=$1
seconds=$2
case $(basename "$fuzzer") in
fuzz-board) corpus=boards ;;
fuzz-plan) corpus=plans ;;
fuzz-journal) corpus=journals ;;
fuzz-channel) corpus=channel ;;
fuzz-kmsg) corpus=kmsg ;;
fuzz-meters) corpus=meters ;;
*) echo "run.sh: no corpus is known for $fuzzer" >&2; exit 2 ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# libFuzzer's own words are long; the last ones say what it did, or why it stopped.
if "$fuzzer" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -artifact_prefix="$(dirname "$fuzzer")/" \
	"$scratch" "tests/data/$corpus" >"$scratch.log" 2>&1; then
	echo "$(basename "$fuzzer"): $(grep '^Done' "$scratch.log")"
	rm -f "$scratch.log"
else
	tail -40 "$scratch.log"
	exit 1
fi
