// SPDX-License-Identifier: GPL-2.0-only
#include "runners/board/deploy.h"

#include "runners/board/method.h"
#include "runners/wire.h"

/* What a boot asks for is copied, and what is copied is removed. */
static void test_names(void)
{
	static const char *const names[] = { METHOD_IMAGE, DEPLOY_INITRD, WIRE_AGENT, WIRE_MODULE_TEST ".ko",
					     WIRE_MODULE_LOAD ".ko", WIRE_MODULE_SOAK ".ko" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_true(deploy_knows(names[i]));
	g_assert_false(deploy_knows("init"));
	g_assert_false(deploy_knows(WIRE_JOB_PATH + 1));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/board-deploy/names", test_names);
	return g_test_run();
}
