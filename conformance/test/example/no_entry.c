/* SPDX-License-Identifier: BSD-2-Clause */
/* An object that is no target. */

const int anvil_other_entry = 1;
