/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * The user's language and number format for the whole program. Translations
 * are those installed, or those in the folder that $PINGEM_LOCALE_DIR names.
 */
void pingem_language_init (void);
