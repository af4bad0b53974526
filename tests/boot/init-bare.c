// SPDX-License-Identifier: GPL-2.0-only
#include <sys/reboot.h>
#include <unistd.h>

/*
 * The shortest life of a guest: reaches user space and powers off. The time of such a boot is what the boot to the
 * agent's first record is compared with.
 */
int main(void)
{
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
