#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels out of packages: real packages from an apt that serves a folder. VMAPBENCH names the program.

vmapbench=$(command -v "${VMAPBENCH:-vmapbench}")
. "$(dirname "$0")/../tap.sh"
export XDG_CACHE_HOME=$scratch/cache ARCHIVE=$scratch/archive
kernels=$XDG_CACHE_HOME/vmapbench/kernels
mkdir "$scratch/bin" "$ARCHIVE"

# What vmapbench asks of apt, answered from $ARCHIVE; UNREACHABLE=1: there is no network.
cat >"$scratch/bin/apt-get" <<'APT'
#!/bin/bash
case $* in
indextargets*) printf '%s\n' 'Debian|http://debian.invalid/debian/' 'Other|http://other.invalid/' ;;
*update) [ -z "$UNREACHABLE" ] || { echo "E: Failed to fetch http://debian.invalid/debian/"; exit 100; } ;;
*download*) cp "$ARCHIVE/${!#}.deb" . ;;
*) exit 99 ;;
esac
APT
cat >"$scratch/bin/apt-cache" <<'APT'
#!/bin/bash
case $* in
*pkgnames*) for deb in "$ARCHIVE"/*.deb; do deb=${deb##*/}; echo "${deb%%=*}"; done ;;
*show*)
	for deb in "$ARCHIVE/${!#}"=*.deb; do
		[ -e "$deb" ] || { echo "N: Unable to locate package"; exit 100; }
		dpkg-deb -f "$deb"
		echo "SHA256: $(sha256sum <"$deb" | cut -d' ' -f1)"
	done
	;;
*) exit 99 ;;
esac
APT
chmod +x "$scratch/bin/apt-get" "$scratch/bin/apt-cache"
PATH=$scratch/bin:$PATH

pack() # NAME VERSION DEPENDS: $scratch/pkg becomes a package of the archive
{
	local root=$scratch/pkg

	mkdir -p "$root/DEBIAN"
	printf '%s\n' "Package: $1" "Version: $2" "Architecture: amd64" "Maintainer: nobody <n@example.org>" \
		"Depends: ${3:-kmod}" "Description: test" >"$root/DEBIAN/control"
	dpkg-deb -Zgzip --build "$root" "$ARCHIVE/$1=$2.deb" >/dev/null
	rm -rf "$root"
}

module() # PATH DEPENDS: a module of the package to be
{
	mkdir -p "${1%/*}"
	echo "__attribute__((section(\".modinfo\"), used)) static const char info[] = \"license=GPL\\0depends=$2\";" |
		${CC:-gcc} -xc -c -o "$1" -
}

le32() # NUMBER: as four bytes, the lowest first
{
	printf '%b' "$(printf '\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

# An image as boot protocol 2.08 wants it, with a packed ELF file, and its size, behind a sector of set-up.
image() # RELEASE
{
	local packed=$scratch/vmlinux.xz

	echo "char banner[] = \"Linux $1\";" | ${CC:-gcc} -xc -nostdlib -shared -Wl,--build-id -o "$scratch/vmlinux" -
	xz -f --check=crc32 "$scratch/vmlinux"
	{
		head -c 497 /dev/zero
		printf '\1'
		head -c 16 /dev/zero
		printf 'HdrS\10\2'
		head -c 64 /dev/zero
		le32 0
		le32 $(($(stat -c %s "$packed") + 4))
		head -c 432 /dev/zero
		cat "$packed"
		le32 0
	}
}

tree() # RELEASE: a package with a kernel and no modules
{
	local lib=$scratch/pkg/${LIB:-lib/modules}/$1

	mkdir -p "$scratch/pkg/boot" "$lib/kernel"
	image "$1" >"$scratch/pkg/boot/vmlinuz-$1"
	echo CONFIG_X=y >"$scratch/pkg/boot/config-$1"
	touch "$lib/modules.order" "$lib/modules.builtin"
}

drivers() # RELEASE: adds the modules of a guest, one of them compressed
{
	local lib=$scratch/pkg/${LIB:-lib/modules}/$1 name

	module "$lib/kernel/virtio/virtio.ko" ""
	module "$lib/kernel/virtio/virtio_pci.ko" virtio
	module "$lib/kernel/char/virtio_console.ko" virtio
	module "$lib/kernel/misc/pvpanic-pci.ko" ""
	for name in misc/pvpanic-pci virtio/virtio char/virtio_console virtio/virtio_pci; do
		echo "kernel/$name.ko" >>"$lib/modules.order"
	done
	xz "$lib/kernel/virtio/virtio.ko"
}

plan() # SOURCE
{
	printf '%s\n' "title: t" "arms: [{name: deb, source: '$1'}]" "aa: true" \
		"cells: [{test: fix_size_alloc_test, threads: [1]}]" >"$scratch/plan.yaml"
}

get() # SOURCE: leaves status, out and err
{
	plan "$1"
	"$vmapbench" build "$scratch/plan.yaml" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

expect() # NAME STATUS TEXT
{
	[ "$status" = "$2" ] && grep -qF -- "$3" "$scratch/err"
	ok $? "$1"
}

nothing_left() # NAME: neither a kernel nor half of one
{
	[ -z "$(ls "$kernels" 2>/dev/null)" ]
	ok $? "$1"
}

tree 6.1.0-9-cloud
drivers 6.1.0-9-cloud
pack linux-image-6.1.0-9-cloud 6.1.99-1
pack linux-image-cloud 6.1.99-1 "linux-image-6.1.0-9-cloud (= 6.1.99-1)"

UNREACHABLE=1 get image:linux-image-cloud@bookworm
expect "a suite that cannot be reached is named" 4 \
	"arm deb: cannot read the package list of suite bookworm from this machine's Debian mirror"
nothing_left "and leaves nothing behind"
get image:linux-image-gone@bookworm
expect "a package that is not there is named, with the meta packages that are" 2 \
	"suite bookworm of this machine's Debian mirror has no package linux-image-gone; it has linux-image-cloud. Use"
get image:linux-image-cloud@bookworm-security
expect "a machine whose apt has no security archive" 4 "this machine's apt knows no Debian security archive"

tree 1.0
pack linux-image-empty 1.0
get image:linux-image-empty@bookworm
expect "a kernel without the drivers of a guest's channel is refused" 1 "this kernel has no module virtio_pci"
mkdir "$scratch/pkg"
pack linux-image-none 1.0
get image:linux-image-none@bookworm
expect "a package without a kernel" 2 "package linux-image-none 1.0 has no boot/vmlinuz, so it is not a kernel to boot"
mkdir -p "$scratch/pkg/boot"
touch "$scratch/pkg/boot/vmlinuz-2"
pack linux-image-bare 2.0
get image:linux-image-bare@bookworm
expect "a kernel without modules" 2 "package linux-image-bare 2.0 has no folder of modules"
tree 3.0
drivers 3.0
rm "$scratch/pkg/lib/modules/3.0/kernel/virtio/virtio_pci.ko"
pack linux-image-torn 3.0
get image:linux-image-torn@bookworm
expect "a module that is listed and not there" 1 \
	"virtio_pci.ko: the package lists this module, and does not hold it"
tree 3.5
drivers 3.5
echo noise >"$scratch/pkg/boot/vmlinuz-3.5"
pack linux-image-strange 3.5
get image:linux-image-strange@bookworm
expect "an image that is none" 1 "this is no x86 kernel that is packed with zstd, lz4, xz or gzip"
tree 4.0
drivers 4.0
echo noise >"$scratch/pkg/lib/modules/4.0/kernel/misc/pvpanic-pci.ko"
pack linux-image-noise 4.0
get image:linux-image-noise@bookworm
expect "a module that is no ELF file" 1 "pvpanic-pci.ko: this is not an ELF file"
pack linux-image-a 1 linux-image-b
pack linux-image-b 1 linux-image-a
get image:linux-image-a@bookworm
expect "packages that lead nowhere" 2 "package linux-image-a of suite bookworm leads to other packages and never to a kernel"
nothing_left "none of them leaves anything behind"

get image:linux-image-cloud@bookworm
[ "$status" = 0 ] && grep -q '^deb *fetched *6.1.0-9-cloud ' "$scratch/out"
ok $? "a meta package leads to its kernel"
dir=$(echo "$kernels"/*)
[ "$(cd "$dir" && find . -type f | sort | paste -sd' ')" = "./bzImage ./config ./manifest.json ./modules/00-virtio.ko\
 ./modules/01-virtio_pci.ko ./modules/02-virtio_console.ko ./modules/03-pvpanic_pci.ko ./vmlinux" ]
ok $? "its folder holds what belongs to it, the modules in the order to insert them"
grep -q "Linux 6.1.0-9-cloud" "$dir/vmlinux" && [ "$(head -c 4 "$dir/modules/00-virtio.ko" | tail -c 3)" = ELF ]
ok $? "modules and kernel not compressed"
digest=$(sha256sum <"$ARCHIVE/linux-image-6.1.0-9-cloud=6.1.99-1.deb" | cut -d' ' -f1)
for fact in '"name": "image:linux-image-cloud@bookworm"' '"kind": "image"' '"package": "linux-image-6.1.0-9-cloud"' \
	'"suite": "bookworm"' '"version": "6.1.99-1"' '"release": "6.1.0-9-cloud"' "\"digest\": \"$digest\""; do
	grep -qF "$fact" "$dir/manifest.json" || { echo "$fact" >>"$scratch/err" && false; }
	ok $? "its manifest has $fact"
done
grep -q '"build_id": "[0-9a-f]\{40\}"' "$dir/manifest.json" && grep -q '"\.dynsym": [0-9]' "$dir/manifest.json"
ok $? "and what the kernel itself tells"
! grep -q '"tools"\|"build"' "$dir/manifest.json"
ok $? "and no compiler"

UNREACHABLE=1 get image:linux-image-cloud@bookworm
[ "$status" = 0 ] && grep -q '^deb *cached ' "$scratch/out" && [ ! -s "$scratch/err" ]
ok $? "the second time it comes out of the cache, silently and without a network"
get image:linux-image-6.1.0-9-cloud@bookworm
[ "$status" = 0 ] && [ "$(echo "$kernels"/*)" = "$dir" ]
ok $? "under the kernel's own name it is the same one"
rm "$dir/modules/02-virtio_console.ko"
get image:linux-image-cloud@bookworm
[ "$status" = 0 ] && grep -q '^deb *fetched ' "$scratch/out" && [ -s "$dir/modules/02-virtio_console.ko" ]
ok $? "when a module is missing there it is fetched again"

LIB=usr/lib/modules
tree 13
drivers 13
pack linux-image-13 13.0
get image:linux-image-13@trixie
[ "$status" = 0 ] && grep -q '^deb *fetched *13 ' "$scratch/out"
ok $? "modules below /usr are found"
LIB=
tree 14
drivers 14
sed -n '/virtio/p' "$scratch/pkg/lib/modules/14/modules.order" >"$scratch/pkg/lib/modules/14/modules.builtin"
pack linux-image-14 14.0
get image:linux-image-14@trixie
[ "$status" = 0 ] && [ "$(ls "$(sed -n 's/^ .*, \(\/.*\)$/\1/p' "$scratch/out")/modules")" = 00-pvpanic_pci.ko ]
ok $? "what is built in needs no module"

plan image:linux-image-cloud@bookworm
"$vmapbench" sweep "$scratch/plan.yaml" --out "$scratch/run" >"$scratch/out" 2>"$scratch/err"
status=$?
if grep -q "qemu-system" "$scratch/err"; then
	skip "a test of test_vmalloc" "there is no QEMU here"
else
	expect "a test of test_vmalloc is refused before anything is booted" 2 \
		'was built elsewhere and has no test modules, so that it cannot run the test "fix_size_alloc_test"; map_storm'
fi
[ ! -e "$scratch/run" ]
ok $? "and leaves no run"

done_testing
