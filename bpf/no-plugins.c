// SPDX-License-Identifier: GPL-2.0-only
/*
 * libtraceevent frees the paths of plugins whether or not there are any, and the file that does it opens shared
 * libraries, which a static program cannot. This one takes its place in the static link; the shared library
 * does not look for it.
 */
struct tep_handle;

void free_tep_plugin_paths(struct tep_handle *tep);

void free_tep_plugin_paths(struct tep_handle *tep)
{
	(void)tep;
}
