// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of GSL that NumericalMethods wraps. Swift 6 refuses mutable C globals,
// so the algorithm descriptors are reached through static inline accessors.

#ifndef YUSU_CGSL_H
#define YUSU_CGSL_H

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#endif
