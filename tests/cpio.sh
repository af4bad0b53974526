# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Archives for guests whose /init is a test's own.

pad() # LENGTH: zeros up to a multiple of four
{
	head -c $(((4 - $1 % 4) % 4)) /dev/zero
}

entry() # NAME MODE FILE: a member of a cpio archive of the kind newc
{
	local size name_size=$((${#1} + 1))

	size=$(stat -c %s "$3") || exit 1
	printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' 1 "$2" 0 0 1 0 "$size" 0 0 0 0 "$name_size" 0 "$1"
	pad $((110 + name_size))
	cat "$3"
	pad "$size"
}

init_archive() # PROGRAM: an archive with nothing but this /init
{
	entry init $((0100755)) "$1"
	entry 'TRAILER!!!' 0 /dev/null
}
