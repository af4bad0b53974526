#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A machine under QEMU that stands in for a real arm64 board: firmware, a disk with Debian, sshd, a serial console, a
# watchdog, and a power switch. docs/stand-in.md tells what it is and is not.
#
#   standin.sh image                  builds the disk image, unless it is cached; prints its folder
#   standin.sh create DIR [OPTION]    makes a board in the new folder DIR; prints its board file
#       --loader grub|sdboot          what loads its kernels (grub)
#       --port N                      of 127.0.0.1, for ssh (a free one)
#   standin.sh on|off|cycle|status DIR    its power; off is a power cut
#   standin.sh freeze|thaw DIR        stops all that it does, as no real board can; time stands still on it
#   standin.sh console DIR            what its serial port says from now on, across power cuts
#   standin.sh destroy DIR            takes its power and removes DIR
#
# Exit status: 0 done, 1 failed, 2 usage, 77 this machine lacks something that is needed; tests skip then.

set -u -o pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vmapbench/standin
firmware=/usr/share/AAVMF
. "$here/../../harness/apt.sh"
. "$here/image.sh"

die() # REASON
{
	echo "stand-in board: $*" >&2
	exit 1
}

skip() # REASON
{
	echo "stand-in board: $*" >&2
	exit 77
}

usage()
{
	sed -n 's/^#   //p' "$here/standin.sh" >&2
	exit 2
}

need() # PROGRAM PACKAGE
{
	command -v "$1" >/dev/null || skip "there is no $1 here; install the package $2"
}

need_for_boards()
{
	need qemu-system-aarch64 qemu-system-arm
	need socat socat
	need ssh openssh-client
	need ss iproute2
	[ -e "$firmware/AAVMF_CODE.fd" ] || skip "there is no UEFI firmware for arm64 here; install the package qemu-efi-aarch64"
}

# The folder of the image, built at most once however many ask for it at a time.
image()
{
	local folder work

	folder=$cache/$(image_key) || die "the image's recipe cannot be read"
	if [ ! -d "$folder" ]; then
		need_for_image
		mkdir -p "$cache" || die "$cache cannot be made"
		exec 9>"$folder.lock"
		flock 9
		if [ ! -d "$folder" ]; then
			work=$folder.work
			rm -rf "$work" && mkdir "$work" || die "$work cannot be made"
			build_image "$work" >"$folder.log" 2>&1 || die "the image was not built; $folder.log ends:
$(tail -n 5 "$folder.log")"
			mv "$work/image" "$folder" && rm -rf "$work"
		fi
		exec 9>&-
	fi
	echo "$folder"
}

free_port()
{
	local port

	for ((port = 22200 + RANDOM % 7000; ; port++)); do
		[ -n "$(ss -Hltn "sport = :$port")" ] || break
	done
	echo "$port"
}

write_board_file() # DIR LOADER PORT
{
	local self dir method files

	printf -v self '%q' "$here/standin.sh"
	printf -v dir '%q' "$1"
	case $2 in
	grub) method=grub-once files=/boot/vmapbench ;;
	# It reads no other file system.
	sdboot) method=sdboot-once files=/boot/efi/vmapbench ;;
	esac
	cat >"$1/board.yaml" <<-YAML
		# A stand-in board, made by tests/board/standin.sh.
		name: standin-$3
		class: standin
		arch: arm64
		ssh:
		  target: root@127.0.0.1
		  port: $3
		  identity: $1/id_ed25519
		  known_hosts: $1/known_hosts
		  host_key_alias: standin
		  connect_timeout_s: 10
		  alive_interval_s: 5
		  alive_count: 3
		console:
		  command: $self console $dir
		power:
		  on: $self on $dir
		  off: $self off $dir
		  cycle: $self cycle $dir
		  status: $self status $dir
		  off_settle_s: 1
		boot:
		  method: $method
		  dir: $files
		  grub_custom: /boot/grub/custom.cfg
		  esp: /boot/efi
		  base_cmdline: $cmdline
		  watchdog_s: 60
		timeouts:
		  connect_s: 120
		  shutdown_s: 60
		  boot_s: 120
		  recover_s: 180
		  console_silence_s: 60
		lock: $1/lock
	YAML
}

create() # DIR [OPTION...]
{
	local dir=${1:-} loader=grub port='' image

	[ -n "$dir" ] || usage
	shift
	while [ $# -ge 2 ]; do
		case $1 in
		--loader) loader=$2 ;;
		--port) port=$2 ;;
		*) usage ;;
		esac
		shift 2
	done
	[ $# = 0 ] || usage
	case $loader in grub | sdboot) ;; *) usage ;; esac
	need_for_boards
	image=$(image) || exit
	mkdir "$dir" || die "$dir cannot be made, or is there already"
	dir=$(cd "$dir" && pwd)
	cp --reflink=auto --sparse=always "$image/$loader.img" "$dir/disk.img" &&
	cp "$firmware/AAVMF_VARS.fd" "$dir/vars.fd" &&
	cp "$image/id_ed25519" "$image/known_hosts" "$dir" || die "the board's files cannot be written to $dir"
	echo "${port:-$(free_port)}" >"$dir/port"
	write_board_file "$dir" "$loader" "$(cat "$dir/port")"
	echo "$dir/board.yaml"
}

# The process of the board's QEMU; fails when its power is off. Another process may have got an old number.
process() # DIR
{
	local pid

	pid=$(cat "$1/pid" 2>/dev/null) && grep -qxzF "standin:$1" "/proc/$pid/cmdline" 2>/dev/null && echo "$pid"
}

# With the folder as working directory, as the name of a socket must be short. The serial log is complete whether
# anybody listens or not. EFI variables stay over power cuts, as they do on a board.
on() # DIR
{
	local port

	process "$1" >/dev/null && return
	need_for_boards
	port=$(cat "$1/port") || die "$1 is no stand-in board"
	cd "$1" || die "$1 is no stand-in board"
	qemu-system-aarch64 -name "standin:$1" -machine virt,acpi=off -accel tcg -cpu cortex-a72 -smp 2 -m 2048 \
		-nodefaults -no-user-config -display none -monitor none -daemonize -pidfile pid \
		-drive "if=pflash,format=raw,readonly=on,file=$firmware/AAVMF_CODE.fd" \
		-drive if=pflash,format=raw,file=vars.fd \
		-drive if=none,id=disk,format=raw,file=disk.img,cache=unsafe -device virtio-blk-pci,drive=disk,bootindex=0 \
		-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" \
		-device virtio-net-pci,netdev=net,romfile= \
		-object rng-random,id=rng,filename=/dev/urandom -device virtio-rng-pci,rng=rng \
		-device i6300esb -action watchdog=reset \
		-chardev socket,id=serial,path=serial.sock,server=on,wait=off,logfile=serial.log,logappend=on \
		-serial chardev:serial </dev/null >qemu.log 2>&1 ||
		die "QEMU did not start: $(tail -n 1 qemu.log)"
}

off() # DIR
{
	local pid

	pid=$(process "$1") || return 0
	kill -KILL "$pid"
	while process "$1" >/dev/null; do sleep 0.05; done
}

signal_board() # DIR SIGNAL
{
	local pid

	pid=$(process "$1") || die "the board's power is off"
	kill -"$2" "$pid"
}

# Until whoever asked for it has ended, or the board is no more.
console() # DIR
{
	cd "$1" || die "$1 is no stand-in board"
	while [ -e port ] && kill -0 "$PPID" 2>/dev/null; do
		socat -u UNIX-CONNECT:serial.sock - 2>/dev/null
		sleep 0.1
	done
}

destroy() # DIR
{
	off "$1"
	rm -rf "$1"
}

[ $# -ge 1 ] || usage
command=$1
shift
case $command in
image) [ $# = 0 ] || usage; image; exit ;;
create) create "$@"; exit ;;
on | off | cycle | status | freeze | thaw | console | destroy) ;;
*) usage ;;
esac

[ $# = 1 ] || usage
[ -e "$1/port" ] || die "$1 is no stand-in board"
dir=$(cd "$1" && pwd)
case $command in
cycle) off "$dir"; on "$dir" ;;
status) if process "$dir" >/dev/null; then echo on; else echo off; fi ;;
freeze) signal_board "$dir" STOP ;;
thaw) signal_board "$dir" CONT ;;
*) "$command" "$dir" ;;
esac
