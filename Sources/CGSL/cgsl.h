// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of GSL that NumericalMethods wraps. Swift 6 refuses mutable C globals,
// so the algorithm descriptors are reached through static inline functions.

#ifndef YUSU_CGSL_H
#define YUSU_CGSL_H

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_movstat.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_statistics_double.h>
#include <gsl/gsl_vector.h>

#include "cgsl_fit.h"

typedef double (*yusu_function)(double x, void *context);

/// Without this, GSL ends the process at the first error.
static inline int yusu_silence(void) {
    gsl_set_error_handler_off();
    return 0;
}

static inline gsl_rng *yusu_mt19937(unsigned long seed) {
    gsl_rng *generator = gsl_rng_alloc(gsl_rng_mt19937);
    if (generator) gsl_rng_set(generator, seed);
    return generator;
}

static inline gsl_qrng *yusu_sobol(unsigned int dimension) { return gsl_qrng_alloc(gsl_qrng_sobol, dimension); }

/// Brent's root in a bracket. GSL_CONTINUE: the limit of iterations came first.
static inline int yusu_root(
    yusu_function f, void *context, double lower, double upper, double absolute, double relative, int limit, double *root,
    int *iterations) {
    gsl_function function = {f, context};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (!solver) return GSL_ENOMEM;
    int status = gsl_root_fsolver_set(solver, &function, lower, upper);
    if (status == GSL_SUCCESS) {
        status = GSL_CONTINUE;
        while (status == GSL_CONTINUE && *iterations < limit) {
            ++*iterations;
            status = gsl_root_fsolver_iterate(solver);
            if (status != GSL_SUCCESS) break;
            status = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), absolute, relative);
        }
        *root = gsl_root_fsolver_root(solver);
    }
    gsl_root_fsolver_free(solver);
    return status;
}

/// Brent's minimum of three points, the middle one the lowest.
static inline int yusu_minimum(
    yusu_function f, void *context, double guess, double lower, double upper, double absolute, double relative, int limit, double *place,
    double *value, int *iterations) {
    gsl_function function = {f, context};
    gsl_min_fminimizer *solver = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (!solver) return GSL_ENOMEM;
    int status = gsl_min_fminimizer_set(solver, &function, guess, lower, upper);
    if (status == GSL_SUCCESS) {
        status = GSL_CONTINUE;
        while (status == GSL_CONTINUE && *iterations < limit) {
            ++*iterations;
            status = gsl_min_fminimizer_iterate(solver);
            if (status != GSL_SUCCESS) break;
            status =
                gsl_min_test_interval(gsl_min_fminimizer_x_lower(solver), gsl_min_fminimizer_x_upper(solver), absolute, relative);
        }
        *place = gsl_min_fminimizer_x_minimum(solver);
        *value = gsl_min_fminimizer_f_minimum(solver);
    }
    gsl_min_fminimizer_free(solver);
    return status;
}

/// Adaptive Gauss–Kronrod quadrature over a finite interval.
static inline int yusu_integral(
    yusu_function f, void *context, double lower, double upper, double absolute, double relative, size_t intervals, double *value,
    double *error) {
    gsl_function function = {f, context};
    gsl_integration_workspace *work = gsl_integration_workspace_alloc(intervals);
    if (!work) return GSL_ENOMEM;
    int status =
        gsl_integration_qag(&function, lower, upper, absolute, relative, intervals, GSL_INTEG_GAUSS21, work, value, error);
    gsl_integration_workspace_free(work);
    return status;
}

/// Running median and, where `deviation` is not NULL, running MAD (scaled to the normal's σ) over `2 half + 1` values.
static inline int yusu_running(size_t count, const double *values, size_t half, double *median, double *deviation) {
    gsl_movstat_workspace *work = gsl_movstat_alloc2(half, half);
    if (!work) return GSL_ENOMEM;
    gsl_vector_const_view in = gsl_vector_const_view_array(values, count);
    gsl_vector_view middle = gsl_vector_view_array(median, count);
    int status;
    if (deviation) {
        gsl_vector_view spread = gsl_vector_view_array(deviation, count);
        status = gsl_movstat_mad(GSL_MOVSTAT_END_TRUNCATE, &in.vector, &middle.vector, &spread.vector, work);
    } else {
        status = gsl_movstat_median(GSL_MOVSTAT_END_TRUNCATE, &in.vector, &middle.vector, work);
    }
    gsl_movstat_free(work);
    return status;
}

/// Lower Cholesky factor in place; what stands above the diagonal is not touched usefully.
static inline int yusu_cholesky(size_t order, double *values) {
    gsl_matrix_view matrix = gsl_matrix_view_array(values, order, order);
    return gsl_linalg_cholesky_decomp1(&matrix.matrix);
}

/// Eigenvalues, ascending, and eigenvectors as columns; `values` is destroyed.
static inline int yusu_eigen(size_t order, double *values, double *eigenvalues, double *eigenvectors) {
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(order);
    if (!work) return GSL_ENOMEM;
    gsl_matrix_view matrix = gsl_matrix_view_array(values, order, order);
    gsl_vector_view found = gsl_vector_view_array(eigenvalues, order);
    gsl_matrix_view vectors = gsl_matrix_view_array(eigenvectors, order, order);
    int status = gsl_eigen_symmv(&matrix.matrix, &found.vector, &vectors.matrix, work);
    if (status == GSL_SUCCESS) status = gsl_eigen_symmv_sort(&found.vector, &vectors.matrix, GSL_EIGEN_SORT_VAL_ASC);
    gsl_eigen_symmv_free(work);
    return status;
}

#endif
