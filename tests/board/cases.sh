# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The cases of the drill. Each line: the case; what befalls the board; in which classes the drilled boot has to end, the
# attempts at it in their order; the exit status of the sweep. A case may have functions, which find the board's folder
# in $board:
#   before_CASE    makes the trouble before the sweep begins
#   harm_CASE      makes it while the drilled boot runs its second load
#   mend_CASE      ends it; for a sweep that was refused, which is then begun again
#   append_CASE    says what the drilled kernel's command line has on top
#   file_CASE      filters the board file

cases=$(cat <<'CASES'
good          | nothing                                                    | ok        | 0
panic-start   | the kernel panics: it has no root file system              | kernel    | 3
panic-run     | the kernel panics during a load                            | kernel    | 3
hang-start    | the kernel comes up to its initrd, and no further          | kernel    | 3
freeze        | the board stops during a load, without a word              | infra ok  | 0
power-cut     | its power fails during a load and comes back               | infra ok  | 0
watchdog      | the kernel halts during a load; its watchdog resets it     | kernel    | 3
disk-full     | the board has no room for a kernel                         | refused   | 4
ssh-key       | the board does not accept the key                          | refused   | 4
host-key      | what answers has another host key                          | refused   | 4
busy          | somebody else holds the board                              | refused   | 4
wrong-build   | a kernel of the same release, but another build, comes up  | infra ok  | 0
CASES
)

# Runs a command on the board, which may die of it.
on_board() # COMMAND
{
	timeout 90 ssh -F none -i "$board/id_ed25519" -o UserKnownHostsFile="$board/known_hosts" -o HostKeyAlias=standin \
		-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=5 -o LogLevel=ERROR \
		-p "$(cat "$board/port")" root@127.0.0.1 "$1" </dev/null
}

append_panic-start() { echo root=/dev/nowhere; }

harm_panic-run() { on_board 'echo c >/proc/sysrq-trigger'; }

append_hang-start() { echo board.hang; }
file_hang-start() { sed 's|^boot:|&\n  initrd: /boot/initrd.img|'; }

harm_freeze() { "$standin" freeze "$board"; }

harm_power-cut() { "$standin" off "$board" && sleep 5 && "$standin" on "$board"; }

harm_watchdog() { on_board 'echo 0 >/proc/sys/kernel/panic && echo c >/proc/sysrq-trigger'; }

before_disk-full() { on_board 'fallocate -l $(($(df --output=avail -k / | tail -n 1) - 4096))K /fill'; }
mend_disk-full() { on_board 'rm /fill && sync'; }

before_ssh-key() { mv "$board/id_ed25519" "$board/right" && ssh-keygen -q -t ed25519 -N '' -f "$board/id_ed25519"; }
mend_ssh-key() { mv "$board/right" "$board/id_ed25519"; }

before_host-key()
{
	mv "$board/known_hosts" "$board/right" && ssh-keygen -q -t ed25519 -N '' -f "$board/other" &&
		sed 's/^/standin /' "$board/other.pub" >"$board/known_hosts"
}
mend_host-key() { mv "$board/right" "$board/known_hosts" && rm -f "$board"/other*; }

before_busy()
{
	(exec 9>>"$board/lock" && flock 9 && exec sleep 1000000) &
	holder=$!
	wait_until 10 is_held
}
is_held() { ! flock -n "$board/lock" true; }
mend_busy() { kill "$holder"; wait "$holder" 2>/dev/null; }

# The build id in an image is data: with another one it is another build that runs just as well. It takes the place of
# the deployed kernel while the board shuts down for the first boot of it, when all checks before that were made.
before_wrong-build()
{
	local image=$scratch/Image id

	kernel_files && cp "$kernel/Image" "$image" && id=$(jq -r .build_id "$kernel/manifest.json") &&
		patch_bytes "$image" "$id" "$(tr 0-9a-f 1-9a-f0 <<<"$id")" &&
		on_board 'mkdir -p /boot/other' && put "$image" /boot/other/Image &&
		on_board 'cat >/etc/systemd/system/swap.service <<-UNIT
			[Service]
			Type=oneshot
			RemainAfterExit=yes
			ExecStart=/bin/true
			ExecStop=/bin/sed -i s,/boot/vmapbench/Image,/boot/other/Image, /boot/grub/custom.cfg
		UNIT
		systemctl daemon-reload && systemctl start swap'
}
mend_wrong-build() { on_board 'rm -rf /boot/other /etc/systemd/system/swap.service'; }

put() # FILE PATH: on the board
{
	timeout 300 ssh -F none -i "$board/id_ed25519" -o UserKnownHostsFile="$board/known_hosts" -o HostKeyAlias=standin \
		-o BatchMode=yes -p "$(cat "$board/port")" root@127.0.0.1 "cat >$2 && sync" <"$1"
}

patch_bytes() # FILE HEX HEX: one for the other, where it stands first
{
	local at pattern

	pattern=$(sed 's/../\\x&/g' <<<"$2")
	at=$(grep -obUaP -m 1 "$pattern" "$1" | head -n 1 | cut -d: -f1) && [ -n "$at" ] &&
		printf "$(sed 's/../\\x&/g' <<<"$3")" | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}
