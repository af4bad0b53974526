#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmapbench build on a tree that passes for a kernel source and builds in a second. VMAPBENCH names the program.

vmapbench=${VMAPBENCH:-vmapbench}
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache
cache=$XDG_CACHE_HOME/vmapbench

build() # ARGUMENT...: leaves status, out and err
{
	"$vmapbench" build "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

expect() # NAME STATUS TEXT: the last build ended so and said so
{
	[ "$status" = "$2" ] && grep -qF -- "$3" "$scratch/err"
	ok $? "$1"
}

plan() # LINE...: a plan whose arms are these lines
{
	{
		echo "title: test"
		echo "arms:"
		printf '  - {%s}\n' "$@"
		echo "baseline: stock"
		echo "aa: true"
		echo "cells:"
		echo "  - {test: fix_size_alloc_test, threads: [1], loops: 10}"
	} >"$scratch/plan.yaml"
}

# Everything sticks but CONFIG_DROPPED. The objects are as real as what reads them needs.
mkdir -p "$scratch/linux/mm"
cat >"$scratch/linux/Makefile" <<'MAKE'
VERSION = 7
PATCHLEVEL = 3
SUBLEVEL = 4
EXTRAVERSION =
goals := arch/x86/boot/bzImage
all:
allnoconfig:
	@grep -v DROPPED $(KCONFIG_ALLCONFIG) > $(O)/.config
olddefconfig:
bzImage: $(O)/vmlinux
	@mkdir -p $(O)/arch/x86/boot && cp $(O)/vmlinux $(O)/$(goals)
Image: $(O)/vmlinux
	@mkdir -p $(O)/arch/arm64/boot && $(CROSS_COMPILE)objcopy $(O)/vmlinux $(O)/arch/arm64/boot/Image
ifdef M
modules: $(M)/vmap_load.ko $(M)/vmap_soak_000.ko
else
modules: $(O)/lib/test_vmalloc.ko
endif
$(O)/mm/%.o: mm/%.c
	@echo "  CC      $@"
	@[ ! -e $(HOME)/kill ] || { mkdir -p $(@D); echo half > $@; kill -KILL $$PPID; sleep 1; }
	@mkdir -p $(@D) && $(CC) $(KCFLAGS) -c -o $@ $<
$(O)/vmlinux: $(O)/mm/filemap.o $(O)/mm/vmalloc.o
	@echo "  LD      $@"
	@$(CC) -nostdlib -shared -Wl,--build-id -o $@ $^ && touch $(O)/System.map
	@mkdir -p $(O)/include/config && echo 7.3.4$(LOCALVERSION) > $(O)/include/config/kernel.release
$(O)/lib/%.ko: mm/module.c
	@mkdir -p $(@D) && $(CC) -c -o $@ $<
$(M)/%.ko: mm/module.c
	@[ ! -e $(HOME)/fail ] || { echo "main.c:7: error: the kernel has changed"; exit 1; }
	@grep -q 'module_init' $(M)/main.c && grep -q HIST_BUCKETS $(M)/hist.h
	@$(CC) -c -o $@ $<
MAKE
echo 'int filemap(void) { return 1; }' >"$scratch/linux/mm/filemap.c"
seq -f 'int vmalloc%g(void) { return 1; }' 12 >"$scratch/linux/mm/vmalloc.c"
cat >"$scratch/linux/mm/module.c" <<'MODULE'
__attribute__((section(".modinfo"), used)) static const char info[] =
	"parmtype=run_test_mask:int\0parm=run_test_mask:id: 1, name: fix_size_alloc_test\0load=held_churn_load pages live";
MODULE
cat >"$scratch/linux/Kconfig" <<'KCONFIG'
config DROPPED
	bool "Dropped"
	depends on 64BIT && NOT_THERE
KCONFIG

cat >"$scratch/good.patch" <<'PATCH'
--- a/mm/vmalloc.c
+++ b/mm/vmalloc.c
@@ -1,3 +1,3 @@
-int vmalloc1(void) { return 1; }
+int vmalloc1(void) { return 100; }
 int vmalloc2(void) { return 1; }
 int vmalloc3(void) { return 1; }
PATCH
sed 's/vmalloc2(void) { return 1/vmalloc2(void) { return 2/' "$scratch/good.patch" >"$scratch/bad.patch"
sed 's/return 100;/return nothing;/' "$scratch/good.patch" >"$scratch/broken.patch"
echo CONFIG_DROPPED=y >"$scratch/dropped.config"
echo CONFIG_DROPPED=perhaps >"$scratch/wrong.config"

build
expect "a plan is needed" 2 "1 expected"
build "$scratch/none.yaml"
expect "a missing plan is named" 2 "none.yaml"

plan "name: stock, source: 'dir:linux'"
build "$scratch/plan.yaml" --arm other
expect "an unknown arm is named with those there are" 2 'there is no arm "other"; its arms are: stock'

build "$scratch/plan.yaml"
[ "$status" = 0 ] && grep -q '^stock *built *7.3.4-vmapbench ' "$scratch/out"
ok $? "a kernel is built"
kernel=$(echo "$cache"/kernels/*)
first=$(sha256sum <"$kernel/bzImage")
[ "$(echo "$kernel"/*)" = "$(cd "$kernel" && printf "$kernel/%s " System.map build.log bzImage config manifest.json \
	test_vmalloc.ko vmap_load.ko vmap_soak_000.ko vmlinux | sed 's/ $//')" ]
ok $? "its folder holds what belongs to it, and nothing else"
grep -q '"name": "fix_size_alloc_test"' "$kernel/manifest.json" && grep -q '"build_id": "[0-9a-f]\{40\}"' "$kernel/manifest.json"
ok $? "its manifest knows the tests and the build id"
jq -e '.loads == [("vmap_load", "vmap_soak_000") | {name: "held_churn_load", module: ., takes: ["pages", "live"]}] and (.load_module.sha256 | length == 64)' "$kernel/manifest.json" >"$scratch/err"
ok $? "and what our own modules say that they can run"

build "$scratch/plan.yaml"
[ "$status" = 0 ] && grep -q '^stock *cached ' "$scratch/out" && [ ! -s "$scratch/err" ]
ok $? "the second time it comes out of the cache, silently"

plan "name: stock, source: 'dir:linux'" "name: mt, source: 'dir:linux', series: [good.patch]" \
	"name: moved, source: 'dir:linux', layout: 2"
build "$scratch/plan.yaml"
[ "$status" = 0 ] && [ "$(find "$cache/kernels" -mindepth 1 -maxdepth 1 | wc -l)" = 3 ] &&
	[ "$(find "$cache/slots" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
ok $? "a patched kernel and one of another layout share its slot"
grep -l '"object_tree_reused": true' "$cache"/kernels/*/manifest.json | wc -l | grep -qx 2
ok $? "and its objects"

patched=$(grep -l good.patch "$cache"/kernels/*/manifest.json)
mkdir -p "$scratch/by-hand/kernel"
git init -q "$scratch/by-hand"
cp "$scratch/good.patch" "$(dirname "$patched")/config" "$scratch/by-hand/kernel"
sed -n '/"reproduce": \[/,/\]/s/^ *"\(.*[^[]\)",\{0,1\}$/\1/p' "$patched" | sed 's/\\\(.\)/\1/g' >"$scratch/by-hand/lines"
grep -q "git apply" "$scratch/by-hand/lines" && (cd "$scratch/by-hand/kernel" && bash -e ../lines) >"$scratch/err" 2>&1
ok $? "the lines of its manifest make the patched kernel by hand, also below a git repository"

rm -rf "$kernel"
echo "\$(error from the environment)" >"$scratch/more.mk"
MAKEFILES=$scratch/more.mk CPATH=$scratch build "$scratch/plan.yaml" --arm stock
[ "$status" = 0 ] && grep -q '^stock *built ' "$scratch/out" && [ "$(sha256sum <"$kernel/bzImage")" = "$first" ]
ok $? "built once more after the others, in another environment, it is the same, bit by bit"

truncate -s 0 "$kernel/bzImage"
build "$scratch/plan.yaml"
[ "$status" = 0 ] && grep -q '^stock *built ' "$scratch/out" && [ "$(sha256sum <"$kernel/bzImage")" = "$first" ]
ok $? "a kernel whose image a power cut has emptied is built again"

image=$(sha256sum <"${patched%/*}/bzImage")
rm -rf "${patched%/*}"
touch "$scratch/kill"
HOME=$scratch build "$scratch/plan.yaml" --arm mt
expect "a make that is killed is the machine's failure" 4 "kernel mt could not be built"
HOME=/nonexistent build "$scratch/plan.yaml" --arm mt
[ "$status" = 0 ] && [ "$(sha256sum <"${patched%/*}/bzImage")" = "$image" ]
ok $? "and the half object that it left is not used"

rm -rf "${patched%/*}" "$scratch/kill"
touch "$scratch/fail"
HOME=$scratch build "$scratch/plan.yaml" --arm mt
expect "a kernel for which our own module does not compile is not made" 3 "kernels/module for kernel mt does not compile"
expect "with the compiler's line" 3 "main.c:7: error: the kernel has changed"
rm "$scratch/fail"
HOME=$scratch build "$scratch/plan.yaml" --arm mt
[ "$status" = 0 ] && [ "$(sha256sum <"${patched%/*}/bzImage")" = "$image" ]
ok $? "and it is made when it compiles"

# A compiler for arm64 that is this machine's by another name.
mkdir "$scratch/cross"
for tool in gcc ld objcopy; do
	printf '#!/bin/sh\n[ "$1" != --version ] || { echo "cross %s 1.0"; exit; }\nexec %s "$@"\n' "$tool" "$tool" \
		>"$scratch/cross/aarch64-linux-gnu-$tool"
	chmod +x "$scratch/cross/aarch64-linux-gnu-$tool"
done
plan "name: stock, source: 'dir:linux'" "name: mt, source: 'dir:linux', series: [good.patch]"
echo "machine: {arch: arm64}" >>"$scratch/plan.yaml"
PATH=$scratch/cross:$PATH build "$scratch/plan.yaml"
kernel=$(dirname "$(grep -l '"arch": "arm64"' "$cache"/kernels/*/manifest.json | xargs grep -L good.patch)")
[ "$status" = 0 ] && [ -s "$kernel/Image" ] && [ ! -e "$kernel/bzImage" ] && [ "$(jq .image.bytes "$kernel/manifest.json")" -gt 0 ]
ok $? "a kernel of another architecture is cross-built, and has its image"
jq -e '.tools.compiler == "cross gcc 1.0" and .tools.linker == "cross ld 1.0" and
	.config.fragments[0].file == "arm64.config"' "$kernel/manifest.json" >"$scratch/err"
ok $? "by the tools that its manifest names, with its own configuration"
jq -e '.reproduce | any(test(" ARCH=arm64 .* CC=aarch64-linux-gnu-gcc CROSS_COMPILE=aarch64-linux-gnu- .* Image modules$"))' \
	"$kernel/manifest.json" >"$scratch/err"
ok $? "and by lines that make it by hand"
[ "$(find "$cache/slots" -mindepth 1 -maxdepth 1 -name 'arm64-7.3-*' | wc -l)" = 1 ]
ok $? "in a slot of its own"
PATH=$scratch/cross:$PATH build "$scratch/plan.yaml" --arm stock
[ "$status" = 0 ] && grep -q '^stock *cached ' "$scratch/out"
ok $? "and is found again"

plan "name: stock, source: 'dir:linux', series: [good.patch, bad.patch]"
build "$scratch/plan.yaml"
expect "a failed hunk is named with patch, line, file and earlier patch" 2 \
	"bad.patch:3: hunk 1 of mm/vmalloc.c does not apply, which good.patch of the series has changed before"

plan "name: stock, source: 'dir:linux', series: [broken.patch]"
build "$scratch/plan.yaml"
expect "a kernel that does not compile is a kernel's failure, with the compiler's line" 3 \
	"mm/vmalloc.c:1:29: error: 'nothing' undeclared"
log=$(sed -n 's/.*whole log is \([^:]*\):.*/\1/p' "$scratch/err")
[ -s "$log" ] && grep -q nothing "$log"
ok $? "and its log is kept"

plan "name: stock, source: 'dir:linux', config: dropped.config"
build "$scratch/plan.yaml"
expect "a symbol that did not stick is named" 2 "dropped.config:1: CONFIG_DROPPED=y did not stick, it is not set"
expect "with its unmet dependency" 2 "needs NOT_THERE (NOT_THERE is not set)"
expect "and where it is defined" 2 "defined at Kconfig:1"

plan "name: stock, source: 'dir:linux', config: wrong.config"
build "$scratch/plan.yaml"
expect "a wrong line of a fragment is named" 2 'wrong.config:1: "CONFIG_DROPPED=perhaps" is not a line'

touch "$scratch/linux/.config"
echo changed >>"$scratch/linux/mm/module.c"
plan "name: stock, source: 'dir:linux'"
build "$scratch/plan.yaml"
expect "a tree that was built in place is refused" 2 "make mrproper"

mkdir "$scratch/bin"
for program in env make ld flex bison bc perl rsync git tar xz flock; do
	ln -s "$(command -v $program)" "$scratch/bin/"
done
PATH=$scratch/bin "$vmapbench" build "$scratch/plan.yaml" >"$scratch/out" 2>"$scratch/err"
status=$?
expect "missing tools are named with their packages" 4 "apt-get install gcc pahole"
echo "machine: {arch: arm64}" >>"$scratch/plan.yaml"
PATH=$scratch/bin "$vmapbench" build "$scratch/plan.yaml" >"$scratch/out" 2>"$scratch/err"
status=$?
expect "and the compiler for another architecture with its own" 4 "apt-get install gcc pahole gcc-aarch64-linux-gnu"

done_testing
