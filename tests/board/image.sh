# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The stand-in board's disk: Debian 12 for arm64, unpacked on this machine without running any of it. Packages come from
# this machine's Debian mirror; what their scripts would have done and a board needs is done by prepare_root. No
# emulation, no loop device, no mount, no Python.

suite=bookworm
first_mib=1 esp_mib=160 root_mib=1536
# What the disk holds, in this order.

# What the good kernel needs to come up, and what udev would load on a board.
modules="virtio_pci virtio_blk virtio_net ext4 i6300esb efivarfs efi_pstore vfat nls_cp437 nls_ascii"

# Units that a board without users, terminals and updates does not need.
masked="getty.target systemd-logind.service systemd-user-sessions.service systemd-update-utmp.service
	systemd-update-utmp-runlevel.service systemd-ask-password-console.path systemd-ask-password-wall.path
	systemd-firstboot.service systemd-machine-id-commit.service systemd-journal-flush.service systemd-sysusers.service
	systemd-boot-system-token.service systemd-repart.service systemd-binfmt.service systemd-modules-load.service
	systemd-random-seed.service systemd-pcrphase.service systemd-pcrphase-sysinit.service kmod-static-nodes.service
	systemd-tmpfiles-clean.timer systemd-initctl.socket systemd-journald-audit.socket
	systemd-tmpfiles-setup-dev.service proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount
	dev-hugepages.mount dev-mqueue.mount sys-kernel-config.mount systemd-remount-fs.service
	cryptsetup.target integritysetup.target veritysetup.target e2scrub_all.timer e2scrub_reap.service
	systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
	systemd-tmpfiles-setup.service sys-kernel-debug.mount apparmor.service systemd-sysctl.service modprobe@efi_pstore.service
	systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket"

cmdline="root=/dev/vda2 rw console=ttyAMA0 quiet net.ifnames=0 panic=10"

image_key()
{
	cd "$here" && find image.sh packages initrd-init root ../../harness/apt.sh -type f | LC_ALL=C sort |
		xargs sha256sum | sha256sum | cut -c 1-16
}

fetch_packages() # WORK: the packages and all that they depend on, as WORK/apt/cache/archives/*.deb
{
	local apt=$1/apt uri

	uri=$(apt_mirror)
	[ -n "$uri" ] || skip "apt knows no Debian mirror here (\`apt-get indextargets\` names none; was apt-get update run?)"
	apt_make "$apt" arm64 $suite "$uri"
	apt-get -q -c "$apt/conf" update && sed -n 's/^\([a-z][^ ]*\).*/\1/p' "$here/packages" |
		xargs apt-get -q -y -c "$apt/conf" --no-install-recommends --download-only install
}

# Unpacked as dpkg would, but for documentation, translations, Perl and the firmware's other loaders. The database of
# dpkg says "unpacked", as none of the packages was configured.
unpack() # WORK
{
	local deb root=$1/root

	mkdir -p "$root"/usr/{bin,sbin,lib} "$root/var/lib/dpkg"
	ln -s usr/bin usr/sbin usr/lib "$root"
	for deb in "$1"/apt/cache/archives/*.deb; do
		case ${deb##*/} in perl* | libperl* | usrmerge* | adduser* | debconf* | initramfs-tools* | udev_*) continue ;; esac
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$root" -x --keep-directory-symlink --no-same-owner \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
			--exclude='./usr/share/info/*' --exclude='./usr/lib/*/gconv/*' --exclude='./usr/lib/*/perl*' \
			--exclude='./usr/lib/grub/*/monolithic' || return
		dpkg-deb -f "$deb" | sed 's/^Package:.*/&\nStatus: install ok unpacked/; $a\\' >>"$root/var/lib/dpkg/status"
	done
}

# What the scripts of the packages would have done.
prepare_root() # WORK
{
	local root=$1/root unit generator

	cp -r "$here/root/." "$root"
	sed -i "s|@CMDLINE@|$cmdline|" "$root/boot/grub/grub.cfg"
	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	sed 's/:.*/:*:19000:0:99999:7:::/' "$root/etc/passwd" >"$root/etc/shadow"
	chmod 600 "$root/etc/shadow"
	echo "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin" >>"$root/etc/passwd"
	echo "sshd:*:19000:0:99999:7:::" >>"$root/etc/shadow"
	sed -i '/^root:/s|[^:]*$|/bin/bash|' "$root/etc/passwd"
	cp "$root/usr/share/libc-bin/nsswitch.conf" "$root/etc/nsswitch.conf"
	ln -sf mawk "$root/usr/bin/awk"
	echo standin >"$root/etc/hostname"
	echo "127.0.0.1 localhost standin" >"$root/etc/hosts"
	echo 00000000000000000000000000000042 >"$root/etc/machine-id"
	touch "$root/etc/.updated" "$root/var/.updated"
	mkdir -p "$root/boot/efi" "$root/etc/systemd/system/multi-user.target.wants"
	ln -s /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	for unit in $masked; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
	mkdir "$root/etc/systemd/system-generators"
	for generator in "$root"/lib/systemd/system-generators/*; do
		ln -s /dev/null "$root/etc/systemd/system-generators/${generator##*/}"
	done
	for unit in ssh board-net board-esp; do
		ln -s "/etc/systemd/system/$unit.service" "$root/etc/systemd/system/multi-user.target.wants/"
	done
	ln -s /lib/systemd/system/systemd-pstore.service "$root/etc/systemd/system/multi-user.target.wants/"
}

# The good kernel: its modules are thinned out to what the board's machine has, and its initrd is made here.
prepare_kernel() # WORK
{
	local root=$1/root initrd=$1/initrd release module path count=0

	release=$(ls "$root/lib/modules")
	depmod -b "$root" "$release"
	mkdir -p "$initrd"/{bin,modules,dev,proc,mnt}
	cp "$root/bin/busybox" "$initrd/bin/"
	install -m 755 "$here/initrd-init" "$initrd/init"
	for module in $modules; do modprobe -d "$root" -S "$release" --show-depends "$module"; done |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$1/modules"
	while read -r path; do
		count=$((count + 1))
		cp "$path" "$initrd/modules/$(printf '%02d-%s' "$count" "${path##*/}")" || return
	done <"$1/modules"
	find "$root/lib/modules/$release/kernel" -name '*.ko' | grep -vxFf "$1/modules" | xargs rm
	depmod -b "$root" "$release"
	mv "$root/boot/vmlinuz-$release" "$root/boot/vmlinuz"
	rm -f "$root"/boot/config-* "$root"/boot/System.map-*
	(cd "$initrd" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$root/boot/initrd.img"
}

# The host key that the board shows and the key that it lets in. Both are known to whoever can read the cache: a board
# listens on 127.0.0.1 only.
make_keys() # WORK
{
	local ssh=$1/root/etc/ssh image=$1/image

	mkdir -p "$image" "$1/root/root/.ssh" &&
	ssh-keygen -q -t ed25519 -N '' -C standin -f "$ssh/ssh_host_ed25519_key" &&
	ssh-keygen -q -t ed25519 -N '' -C standin -f "$image/id_ed25519" &&
	cp "$image/id_ed25519.pub" "$1/root/root/.ssh/authorized_keys" &&
	chmod 700 "$1/root/root/.ssh" &&
	sed 's/^/standin /' "$ssh/ssh_host_ed25519_key.pub" >"$image/known_hosts"
}

make_grub() # WORK: GRUB's program for the ESP, which looks for its files on the second partition
{
	local lib=$1/root/usr/lib/grub/arm64-efi boot=$1/root/boot/grub

	mkdir -p "$boot/arm64-efi"
	cp "$lib"/*.mod "$lib"/*.lst "$boot/arm64-efi/"
	printf '%s\n' 'set root=(hd0,gpt2)' "set prefix=(hd0,gpt2)/boot/grub" >"$1/early.cfg"
	grub-editenv "$boot/grubenv" create &&
	grub-mkimage -O arm64-efi -d "$lib" -c "$1/early.cfg" -p '(hd0,gpt2)/boot/grub' -o "$1/grub.efi" \
		part_gpt ext2 fat normal configfile linux test loadenv echo reboot search fdt
}

# One file: partition table, ESP and root, each written at its place.
make_disk() # WORK
{
	local disk=$1/image/grub.img root_at=$((first_mib + esp_mib)) esp=$1/image/grub.img@@${first_mib}M

	truncate -s "$((root_at + root_mib + 1))M" "$disk"
	sfdisk -q "$disk" <<-TABLE &&
		label: gpt
		start=${first_mib}MiB, size=${esp_mib}MiB, type=U
		start=${root_at}MiB, size=${root_mib}MiB, type=L
	TABLE
	mkfs.vfat -F 32 -s 1 -n ESP --offset $((first_mib * 2048)) "$disk" $((esp_mib * 1024)) &&
	mmd -i "$esp" ::/EFI ::/EFI/BOOT &&
	mcopy -i "$esp" "$1/grub.efi" ::/EFI/BOOT/BOOTAA64.EFI &&
	mkfs.ext4 -q -F -L root -m 0 -O ^resize_inode -d "$1/root" \
		-E "offset=$((root_at << 20)),lazy_itable_init=0,root_owner=0:0" "$disk" "${root_mib}M"
}

# The same disk with systemd-boot, which reads kernels from the ESP alone.
make_sdboot_disk() # WORK
{
	local disk=$1/image/sdboot.img esp=$1/image/sdboot.img@@${first_mib}M boot=$1/root/boot

	cp --sparse=always "$1/image/grub.img" "$disk" &&
	printf '%s\n' 'timeout 0' 'default good.conf' >"$1/loader.conf" &&
	printf '%s\n' 'title Debian, good kernel' 'linux /good/vmlinuz' 'initrd /good/initrd.img' \
		"options $cmdline board.esp" >"$1/good.conf" &&
	mmd -i "$esp" ::/loader ::/loader/entries ::/good ::/EFI/systemd &&
	mcopy -i "$esp" -o "$1/root/usr/lib/systemd/boot/efi/systemd-bootaa64.efi" ::/EFI/BOOT/BOOTAA64.EFI &&
	mcopy -i "$esp" "$1/root/usr/lib/systemd/boot/efi/systemd-bootaa64.efi" ::/EFI/systemd/ &&
	mcopy -i "$esp" "$1/loader.conf" ::/loader/ &&
	mcopy -i "$esp" "$1/good.conf" ::/loader/entries/ &&
	mcopy -i "$esp" "$boot/vmlinuz" "$boot/initrd.img" ::/good/
}

build_image() # WORK: WORK/image
{
	fetch_packages "$1" && unpack "$1" && prepare_root "$1" && prepare_kernel "$1" && make_keys "$1" && make_grub "$1" &&
		make_disk "$1" && make_sdboot_disk "$1" && cp "$1/root/var/lib/dpkg/status" "$1/image/packages"
}

need_for_image()
{
	[ "$(id -u)" = 0 ] || skip "the disk image is built as root, since its files belong to root"
	need apt-get apt
	need dpkg-deb dpkg
	need depmod kmod
	need cpio cpio
	need grub-mkimage grub-common
	need sfdisk fdisk
	need mkfs.vfat dosfstools
	need mcopy mtools
	need mkfs.ext4 e2fsprogs
	need ssh-keygen openssh-client
}
