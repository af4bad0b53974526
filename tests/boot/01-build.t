#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Real kernels from source to cache. The first run builds five of them; later ones find them.

. "$(dirname "$0")/lib.sh"

manifest() # ARM FILTER
{
	jq -e "$2" "$(kernel_dir "$1")/manifest.json" >/dev/null
}

arms="stock one-node slow-2 layout-1 warn"

need_kernels
cp "$scratch/out" "$scratch/first"
note "$(cat "$scratch/first")"
check "every arm has its line" [ "$(grep -cE '^[a-z0-9-]+ +(built|cached) ' "$scratch/first")" = 5 ]

begin=${EPOCHREALTIME/./}
run build "$plans/kernels.yaml"
took=$((${EPOCHREALTIME/./} - begin))
note "five kernels out of the cache: $((took / 1000)) ms"
check "the second time all come out of the cache" [ "$(grep -c ' cached ' "$scratch/out")" = 5 ]
check "in less than 2 s" [ "$took" -lt 2000000 ]
check "silently" [ ! -s "$scratch/err" ]

for arm in $arms; do
	dir=$(kernel_dir "$arm")
	check "$arm: all files of the kernel are there" eval \
		'for file in bzImage test_vmalloc.ko vmlinux System.map config build.log; do [ -s "$dir/$file" ] || false; done'
	check "$arm: the manifest says where it comes from" manifest "$arm" '
		.v == 1 and (.source | .name == "linux-7.3" and .kind == "deb" and (.version | test("^7[.]3[.]")) and
		(.digest | length) == 64) and (.release | test("^7[.]3[.]")) and (.build_id | test("^[0-9a-f]{40}$"))'
	check "$arm: by which tools and from which configuration" manifest "$arm" '
		(.tools | [.compiler, .linker, .pahole] | all(length > 0)) and (.config.sha256 | length) == 64 and
		.config.fragments[0].file == "x86_64.config"'
	check "$arm: its sizes" manifest "$arm" '
		.sections[".text"] > 1000000 and .sections[".data"] > 0 and .vmalloc_object.text > 10000 and
		.vmap_area.bytes > 0 and (.vmap_area.pahole | test("rb_node")) and .vmap_node.bytes > 0 and .image.bytes > 1000000'
	check "$arm: and the tests of its module" manifest "$arm" '
		([.tests[] | {(.name): .mask}] | add | .fix_size_alloc_test == 1 and .full_fit_alloc_test == 2 and
		.long_busy_list_alloc_test == 4) and (.test_parameters | index("nr_threads") and index("run_test_mask"))'
	check "$arm: the image is the one that the manifest describes" [ \
		"$(sha256sum <"$dir/bzImage" | cut -d' ' -f1)" = "$(jq -r .image.sha256 "$dir/manifest.json")" ]
done
check "no two images are alike" [ \
	"$(for arm in $arms; do jq -r .image.sha256 "$(kernel_dir "$arm")/manifest.json"; done | sort -u | wc -l)" = 5 ]
check "the series of an arm stands in its manifest" manifest one-node \
	'[.series[].file] == ["0001-mm-vmalloc-use-one-vmap-node.patch"]'
check "so does its layout" manifest layout-1 '.layout == 1 and .series == []'
# The layout of one object differs, and the release's length.
check "a layout changes no instruction of mm/vmalloc.o" [ \
	"$(jq -r .vmalloc_object.text "$(kernel_dir layout-1)/manifest.json")" = \
	"$(jq -r .vmalloc_object.text "$(kernel_dir stock)/manifest.json")" ]

for arm in one-node slow-2 warn; do
	seconds=$(jq .build.seconds "$(kernel_dir "$arm")/manifest.json")
	note "$arm differs from another kernel in mm/ only: built in $seconds s (load average now $(cut -d' ' -f1 /proc/loadavg))"
	check "$arm: less than 90 s, when an object tree was reused" manifest "$arm" '.build.seconds < 90 or (.build.object_tree_reused | not)'
done
check "which is what most of them did" [ "$(for arm in $arms; do jq .build.object_tree_reused "$(kernel_dir "$arm")/manifest.json"; done |
	grep -c true)" -ge 3 ]

# The same for arm64: one slot, in which what differs in mm/ is built after the first.
arm64_manifest() # ARM FILTER
{
	jq -e "$2" "$("$VMAPBENCH" build "$plans/kernels-arm64.yaml" --arm "$1" 2>"$scratch/err" |
		sed -n 's/^ .*, \(\/.*\)$/\1/p' | head -n 1)/manifest.json" >"$scratch/json"
}

run build "$plans/kernels-arm64.yaml" --arm stock
if [ "$status" = 4 ]; then
	skip 4 "no kernels of arm64: $(tail -n 1 "$scratch/err")"
else
	check "a kernel of arm64 is built" [ "$status" = 0 ]
	check "from a configuration of its own, by the compiler for it" arm64_manifest stock '
		.arch == "arm64" and .config.fragments[0].file == "arm64.config" and (.tools.compiler | test("gcc")) and
		.vmap_area.bytes > 0 and (.tests | length) > 10 and (.loads | length) > 3'
	check "as is one with a patch" arm64_manifest slow-2 '.arch == "arm64" and (.series | length) == 1'
	check "in less than 90 s, when an object tree was reused" arm64_manifest slow-2 \
		'.build.seconds < 90 or (.build.object_tree_reused | not)'
fi

sed 's/^	WARN_ON_ONCE(size/	WARN_ON_ONCE(sizes/; s/if (WARN_ON_ONCE(!size))/if (WARN_ON(!size))/' "$boot/warn.patch" >"$scratch/bad.patch"
sed "s|\.\./warn.patch|$scratch/bad.patch|; s|\.\./\.\./\.\.|$TOP|" "$plans/kernels.yaml" >"$scratch/bad.yaml"
run build "$scratch/bad.yaml" --arm warn
check "a patch that does not apply is a usage error" [ "$status" = 2 ]
check "that names the patch, the hunk and the file" grep -qE 'bad\.patch:[0-9]+: hunk 1 of mm/vmalloc\.c does not apply' "$scratch/err"
sed 's/size == 37/no_such_name == 37/' "$boot/warn.patch" >"$scratch/bad.patch"
run build "$scratch/bad.yaml" --arm warn
check "a kernel that does not compile is a kernel's failure" [ "$status" = 3 ]
check "with the compiler's line" said "mm/vmalloc.c:4039"
check "and its word for it" said "no_such_name"
sed 's/layout: 1/layot: 1/' "$scratch/bad.yaml" >"$scratch/typo.yaml"
run build "$scratch/typo.yaml"
check "a mistake in the plan is a usage error with its place" eval '[ "$status" = 2 ] && said "typo.yaml:7:"'
done_testing
