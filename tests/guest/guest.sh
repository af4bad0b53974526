# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Boots the inits of tests/guest: the machine of a sweep, word for word but for the initramfs, the last words of the
# kernel's command line, and the channels, which nobody listens to. TOP names the source tree.

. "$TOP/tests/cpio.sh"

# A file stands inside where its name says, PATH=FILE, or where it stands here.
guest_archive() # INIT FILE...: an archive on standard output
{
	local init=$1 file folder

	shift
	entry init $((0100755)) "$init"
	for file in "$@"; do
		folder=$(dirname "${file%%=*}")
		while [ "$folder" != . ] && [ "$folder" != / ]; do
			echo "${folder#/}"
			folder=$(dirname "$folder")
		done
	done | sort -u | while read -r folder; do
		entry "$folder" $((040755)) /dev/null
	done
	for file in "$@"; do
		entry "$(sed 's|^/||; s|=.*||' <<<"$file")" $((0100755)) "$(readlink -f "${file##*=}")"
	done
	entry 'TRAILER!!!' 0 /dev/null
}

# The machine is always that of the run's first boot, or of the first of the arm GUEST_ARM.
guest_command() # RUN
{
	jq -r --arg arm "${GUEST_ARM:-}" 'select(.event == "start" and ($arm == "" or .arm == $arm)) | .command' \
		"$1/journal.jsonl" | head -n 1
}

guest_kernel() # RUN: the folder of its kernel
{
	dirname "$(guest_word "$1" -kernel)"
}

guest_word() # RUN OPTION: the word behind it in the command
{
	guest_command "$1" | sed -n "s|.* $2 \([^ ]*\).*|\1|p"
}

# What the init said goes to standard output, all that the guest said to CONSOLE. GUEST_THREAD=single: the CPUs take turns
# on one host thread, for inits that have the kernel change its text under load; on several, under QEMU 7.2, x86_64 was seen
# to die of that ("Oops: int3" at the entry of a function that was probed a moment before), and arm64 to take minutes for it
# on a busy host.
guest_boot() # RUN ARCHIVE CONSOLE NAME=NUMBER...: the init's arguments
{
	local run=$1 archive=$2 console=$3 command

	shift 3
	command=$(guest_command "$run")
	command=$(sed -E "s#socket,id=(agent|qmp),fd=[0-9]+#null,id=\1#g; s#-initrd [^ ]+#-initrd $archive#;
		s#path=[^ ]+#path=$console#; s#thread=multi#thread=${GUEST_THREAD:-multi}#; s#(-append '[^']*)'#\1 $*'#" <<<"$command")
	timeout "${GUEST_SECONDS:-300}" bash -c "exec $command" || return
	tr -d '\r\0' <"$console" | grep -a '^{'
}
