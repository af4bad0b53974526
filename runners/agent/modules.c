// SPDX-License-Identifier: GPL-2.0-only
#include "runners/agent/modules.h"

#include "runners/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One bit each, in this order. */
static const char *const names[] = { WIRE_MODULE_TEST, WIRE_MODULE_LOAD, WIRE_MODULE_SOAK };

int modules_open(const char *name)
{
	char path[80];

	if ((size_t)snprintf(path, sizeof(path), "%s.ko", name) < sizeof(path))
		return open(path, O_RDONLY | O_CLOEXEC);
	errno = ENAMETOOLONG;
	return -1;
}

uint32_t modules_bit(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return 1U << i;
	return 0;
}

static bool file_has(const char *path, const char *word)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, word);
}

/* The kernel says EPERM for three things, of which it shows two. */
static const char *why_forbidden(void)
{
	static const char lockdown[] = "/sys/kernel/security/lockdown";

	if (file_has("/proc/sys/kernel/modules_disabled", "1"))
		return "the sysctl kernel.modules_disabled is set, which only the next boot undoes";
	if (file_has(lockdown, "[integrity]") || file_has(lockdown, "[confidentiality]"))
		return "this kernel is locked down and our modules are not signed: boot it without Secure Boot "
		       "and without lockdown=";
	return "it needs CAP_SYS_MODULE, and no security policy that forbids it";
}

static const char unsigned_module[] = "this kernel loads no module that is not signed by a key it knows "
				      "(CONFIG_MODULE_SIG_FORCE or module.sig_enforce), as ours are not";

static const struct {
	int error;
	const char *reason;
} reasons[] = {
	{ EKEYREJECTED, unsigned_module },
	{ ENOKEY, unsigned_module },
	{ ENOENT,
	  "there is no such file beside the agent, or the module needs a symbol that this kernel lacks" },
	{ ENOEXEC, "the module was built for another kernel, whose log says what differs" },
	{ EEXIST, "a module of this name is loaded already, left behind by an earlier load: boot again" },
	{ ENOSYS, "this kernel was built without CONFIG_MODULES or CONFIG_MODULE_UNLOAD" },
	{ ETXTBSY, "somebody still writes to the module's file" },
};

static const char *reason_of(int error)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == error)
			return reasons[i].reason;
	return error == EPERM ? why_forbidden() : NULL;
}

void modules_explain(int error, char *text, size_t size)
{
	const char *reason = reason_of(error);

	snprintf(text, size, "%s%s%s", strerror(error), reason ? ": " : "", reason ? reason : "");
}
