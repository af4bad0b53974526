#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tries every backend and every lock source on many kernels, and prints what came of it as the table of docs/tracing.md.
# x86_64: the kernels of tests/boot/plans/trace-*.yaml. arm64: Debian's, where aarch64-linux-gnu-gcc, qemu-system-aarch64 and
# apt are there. OPERATIONS: of the load (2000). VMAPBENCH, BUILD and TOP are set by `make bench`.

set -eu -o pipefail
: "${VMAPBENCH:?run by make bench}" "${BUILD:?run by make bench}" "${TOP:?run by make bench}"
operations=${OPERATIONS:-2000}
. "$TOP/tests/guest/guest.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

suites='bookworm bookworm-security trixie-backports'
# Patterns of packages; of those that fit, the newest.
arm64_kernels='linux-image-6.1.0-[0-9]+-cloud-arm64 linux-image-6.12.[0-9]+[+]deb12-cloud-arm64
	linux-image-6.18.[0-9]+[+]deb13-cloud-arm64 linux-binary-unsigned-7.3.[0-9]+[+]deb13-cloud-arm64'

step() # TEXT
{
	echo "bench: $*" >&2
}

# One row: works, with what it counted; or the last refusal.
row() # SAID
{
	jq -rs '
		def cell($c; $b): map(select(.t == "tried" and .collector == $c and .backend == $b))[0] |
			if . == null then "?"
			elif .works then (if $c == "locks" then .description.collectors[0].naming // "site"
				else .records | map(select(.function == "alloc_vmap_area" or .t == "events"))[0] |
					"\(.count // .allocs)\(if .lost > 0 then " (lost \(.lost))" else "" end)" end)
			else (.refused[-1].why | capture("\\((?<e>E[A-Z]+)\\)").e // "refused") end;
		(map(select(.t == "kernel"))[0] | "\(.release) \(.machine)"),
		(["fsession", "fentry", "kprobe.session", "kprobe", "tp_btf", "raw_tp", "tracefs"][] as $b | cell("latency"; $b)),
		(["slowpath", "tracepoint", "tracefs"][] as $b | cell("locks"; $b))' "$1" | paste -sd'|' | sed 's/|/ | /g; s/^/| /; s/$/ |/'
}

x86_kernels() # PLAN
{
	local run=$scratch/run-$(basename "$1") arm

	"$VMAPBENCH" sweep "$1" --out "$run" >"$scratch/out" 2>&1 || {
		step "$(basename "$1"): $(tail -n 1 "$scratch/out")"
		return 0
	}
	for arm in $(jq -r '.arms[].name | select(. != "aa")' "$run/manifest.json"); do
		step "$arm"
		GUEST_ARM=$arm guest_boot "$run" "$scratch/matrix.cpio" "$scratch/console" "operations=$operations" >"$scratch/said" &&
			row "$scratch/said"
	done
}

# An apt of its own, for the other architecture: the machine's is not touched.
arm64_apt()
{
	local suite where

	mkdir -p "$scratch/apt/state/lists/partial" "$scratch/apt/cache/archives/partial" "$scratch/apt/parts"
	: >"$scratch/apt/state/status"
	cat >"$scratch/apt/conf" <<-CONF
		APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Sandbox::User "root"; Acquire::Languages "none";
		Dir::State "$scratch/apt/state"; Dir::State::status "$scratch/apt/state/status"; Dir::Cache "$scratch/apt/cache";
		Dir::Etc::SourceList "$scratch/apt/list"; Dir::Etc::SourceParts "$scratch/apt/parts";
	CONF
	where=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | sed -n "s|/debian\(-security\)*$||p" | head -n 1)
	for suite in $suites; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
			"$where/debian$([[ $suite = *-security ]] && echo -security) $suite main"
	done >"$scratch/apt/list"
	export APT_CONFIG=$scratch/apt/conf
	apt-get -qq update
}

arm64_kernel() # PATTERN
{
	local package folder

	package=$(apt-cache pkgnames | grep -xE "$1" | sort -V | tail -n 1)
	[ -n "$package" ] || { step "no package $1"; return 0; }
	step "$package"
	folder=$scratch/$package
	mkdir -p "$folder"
	(cd "$folder" && apt-get -qq download "$package" && dpkg-deb -x ./*.deb .)
	timeout 600 qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -m 1024 -accel tcg,thread=multi -nodefaults -display none \
		-no-reboot -serial "file:$scratch/console" -kernel "$(find "$folder" -name 'vmlinuz*' | head -n 1)" \
		-initrd "$scratch/matrix-arm64.cpio" -append "console=ttyAMA0 panic=-1 loglevel=4 operations=$operations"
	tr -d '\r\0' <"$scratch/console" | grep -a '^{' >"$scratch/said"
	row "$scratch/said"
}

arm64_kernels()
{
	local tool pattern

	for tool in aarch64-linux-gnu-gcc qemu-system-aarch64 apt-get; do
		command -v "$tool" >/dev/null || { step "arm64 is left out: no $tool (Debian: gcc-aarch64-linux-gnu," \
			"libc6-dev-arm64-cross, qemu-system-arm)"; return 0; }
	done
	make -s -C "$TOP" .build/arm64/tests/matrix
	arm64_apt
	guest_archive "$TOP/.build/arm64/tests/matrix" >"$scratch/matrix-arm64.cpio"
	for pattern in $arm64_kernels; do
		arm64_kernel "$pattern"
	done
}

guest_archive "$BUILD/tests/matrix" >"$scratch/matrix.cpio"
echo "| kernel | fsession | fentry | kprobe.session | kprobe | tp_btf | raw_tp | tracefs | locks: slowpath | tracepoint | tracefs |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
x86_kernels "$TOP/tests/boot/plans/trace-matrix.yaml"
x86_kernels "$TOP/tests/boot/plans/trace-6.18.yaml"
arm64_kernels
