# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The cases of the drill. Each line: the case; what befalls the board; in which classes its boot has to end, the attempts
# at it in their order, or "refused"; what the first of them has to give as its reason (an extended regular expression).
# A case may have functions, which find the board's folder in $board:
#   before_CASE    makes the trouble before the sweep begins
#   harm_CASE      makes it while the boot of that case runs its second load
#   mend_CASE      ends it
#   append_CASE    says what the kernel's command line has on top

cases=$(cat <<'CASES'
host-key      | what answers has another host key                          | refused   | Host key verification failed
ssh-key       | the board does not accept the key                          | refused   | Permission denied
disk-full     | the board has no room for a kernel                         | refused   | the disk is full
busy          | somebody else holds the board                              | refused   | is in use by
good          | nothing                                                    | ok        |
panic-start   | the kernel panics: it has no root file system              | kernel    | Unable to mount root fs
panic-run     | the kernel panics during a load                            | kernel    | the kernel panicked.*sysrq triggered crash
hang-start    | the kernel comes up to its initrd, and no further          | kernel    | hung at its start
freeze        | the board stops during a load, without a word              | infra ok  | froze without a word
power-cut     | its power fails during a load and comes back               | infra ok  | power
watchdog      | the kernel stops during a load; its watchdog resets it     | kernel    | the hardware watchdog reset the board
wrong-build   | a kernel of the same release, but another build, comes up  | infra ok  | its build id is
CASES
)

# Runs a command on the board, which may die of it.
on_board() # COMMAND
{
	timeout 90 ssh -F none -i "$board/id_ed25519" -o UserKnownHostsFile="$board/known_hosts" -o HostKeyAlias=standin \
		-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=5 -o LogLevel=ERROR \
		-p "$(cat "$board/port")" root@127.0.0.1 "$1" </dev/null
}

append_panic-start() { echo rdinit=/nowhere root=/dev/nowhere; }

harm_panic-run() { on_board 'echo c >/proc/sysrq-trigger'; }

append_hang-start() { echo board.hang; }

harm_freeze() { "$standin" freeze "$board"; }

harm_power-cut() { "$standin" off "$board" && sleep 5 && "$standin" on "$board"; }

# It stops in a panic that nobody hears of: not on the console, not in the EFI variables.
append_watchdog() { echo systemd.watchdog_sec=40 efi_pstore.pstore_disable=1; }
harm_watchdog() { on_board 'cd /proc/sys/kernel && echo 0 >panic && echo 0 >printk && echo c >/proc/sysrq-trigger'; }

before_disk-full() { on_board 'fallocate -l $(($(df --output=avail -k / | tail -n 1) - 4096))K /fill'; }
mend_disk-full() { on_board 'rm /fill && sync'; }

before_ssh-key() { mv "$board/id_ed25519" "$board/right" && ssh-keygen -q -t ed25519 -N '' -f "$board/id_ed25519"; }
mend_ssh-key() { mv "$board/right" "$board/id_ed25519" && rm "$board/id_ed25519.pub"; }

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
mend_busy() { kill "$holder"; wait "$holder" 2>/dev/null; return 0; }

# The build id in an image is data: with another one it is another build that runs just as well. It takes the place of
# the deployed kernel while the board shuts down for the first boot of this case, when all checks before that were made.
append_wrong-build() { echo drill.wrong-build; }
before_wrong-build()
{
	local folder id at bytes

	folder=$("$VMAPBENCH" build "$run.yaml" --arm wrong-build | sed -n 's/^ .*, \(\/.*\)$/\1/p') &&
		id=$(jq -r .build_id "$folder/manifest.json") &&
		at=$(offset_of "$folder/Image" "$id") && bytes=$(escaped "$(tr 0-9a-f 1-9a-f0 <<<"$id")") &&
		on_board "mkdir /var/other && cat >/var/other/swap <<-'SCRIPT' && cat >/etc/systemd/system/swap.service <<-'UNIT'
			set -e
			grep -q drill.wrong-build /boot/grub/custom.cfg
			[ ! -e /var/other/Image ]
			cp /boot/vmapbench/Image /var/other/Image
			printf '$bytes' | dd of=/var/other/Image bs=1 seek=$at conv=notrunc
			sed -i s,/boot/vmapbench/Image,/var/other/Image, /boot/grub/custom.cfg
			sync
		SCRIPT
			[Service]
			Type=oneshot
			RemainAfterExit=yes
			ExecStart=/bin/true
			ExecStop=/bin/bash /var/other/swap
			[Install]
			WantedBy=multi-user.target
		UNIT
		systemctl daemon-reload && systemctl enable --now swap && sync"
}

offset_of() # FILE HEX: where it stands first
{
	local at

	at=$(grep -obUaP -m 1 "$(escaped "$2")" "$1" | head -n 1 | cut -d: -f1) && [ -n "$at" ] && echo "$at"
}

escaped() # HEX: as \xHH...
{
	sed 's/../\\x&/g' <<<"$1"
}
