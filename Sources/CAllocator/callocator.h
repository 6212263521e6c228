// SPDX-License-Identifier: GPL-3.0-or-later
// The C library's memory allocator and what can be set of it.

#ifndef YUSU_CALLOCATOR_H
#define YUSU_CALLOCATOR_H

#include <malloc.h>

#endif
