/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Inserts the modules in WIRE_EARLY_PATH in the order of their names: drivers that the kernel of a distribution
 * has outside its image, and without which there is no channel to the host. Nothing without such a folder.
 * What cannot be inserted is named on the console, and the others are tried: the channel may work all the same.
 */
void early_insert(void);
