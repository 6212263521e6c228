// SPDX-License-Identifier: GPL-3.0-or-later
// Least squares of GSL on plain row-major arrays: the strided vectors and the workspaces stay on this side.

#ifndef YUSU_CGSL_FIT_H
#define YUSU_CGSL_FIT_H

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>

/// Fills `out`: residuals (`rows` values) or the Jacobian (`rows` × `columns`, row-major). Returns a GSL code.
typedef int (*yusu_rows_function)(const double *parameters, double *out, void *context);

typedef struct {
    yusu_rows_function residuals;
    yusu_rows_function jacobian;
    void *context;
    size_t rows, columns;
    double *parameters;
    double *buffer;
} yusu_fit_problem;

static inline int yusu_fit_residuals(const gsl_vector *x, void *raw, gsl_vector *f) {
    yusu_fit_problem *problem = (yusu_fit_problem *)raw;
    for (size_t j = 0; j < problem->columns; ++j) problem->parameters[j] = gsl_vector_get(x, j);
    int status = problem->residuals(problem->parameters, problem->buffer, problem->context);
    for (size_t i = 0; i < problem->rows; ++i) gsl_vector_set(f, i, problem->buffer[i]);
    return status;
}

static inline int yusu_fit_jacobian(const gsl_vector *x, void *raw, gsl_matrix *jacobian) {
    yusu_fit_problem *problem = (yusu_fit_problem *)raw;
    for (size_t j = 0; j < problem->columns; ++j) problem->parameters[j] = gsl_vector_get(x, j);
    int status = problem->jacobian(problem->parameters, problem->buffer, problem->context);
    for (size_t i = 0; i < problem->rows; ++i)
        for (size_t j = 0; j < problem->columns; ++j) gsl_matrix_set(jacobian, i, j, problem->buffer[i * problem->columns + j]);
    return status;
}

/// Levenberg–Marquardt. `parameters`: start, then solution. `reason`: 1 small step, 2 small gradient.
static inline int yusu_fit(
    yusu_rows_function residuals, yusu_rows_function jacobian, void *context, size_t rows, size_t columns, const double *weights,
    double *parameters, int limit, double x_tolerance, double gradient_tolerance, double f_tolerance, double *covariance,
    int *iterations, int *reason) {
    int status = GSL_ENOMEM;
    yusu_fit_problem problem = {residuals, jacobian, context, rows, columns, 0, 0};
    gsl_vector *scratch = gsl_vector_alloc(columns);
    gsl_vector *buffer = gsl_vector_alloc(rows * columns);
    gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *work = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, rows, columns);
    if (scratch && buffer && work) {
        problem.parameters = scratch->data;
        problem.buffer = buffer->data;
        gsl_multifit_nlinear_fdf fdf = {
            .f = yusu_fit_residuals, .df = yusu_fit_jacobian, .fvv = 0, .n = rows, .p = columns, .params = &problem};
        gsl_vector_view start = gsl_vector_view_array(parameters, columns);
        if (weights) {
            gsl_vector_const_view w = gsl_vector_const_view_array(weights, rows);
            status = gsl_multifit_nlinear_winit(&start.vector, &w.vector, &fdf, work);
        } else {
            status = gsl_multifit_nlinear_init(&start.vector, &fdf, work);
        }
        if (status == GSL_SUCCESS) {
            status = gsl_multifit_nlinear_driver(
                (size_t)limit, x_tolerance, gradient_tolerance, f_tolerance, 0, 0, reason, work);
            *iterations = (int)gsl_multifit_nlinear_niter(work);
            gsl_vector *found = gsl_multifit_nlinear_position(work);
            for (size_t j = 0; j < columns; ++j) parameters[j] = gsl_vector_get(found, j);
            gsl_matrix_view covar = gsl_matrix_view_array(covariance, columns, columns);
            gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0.0, &covar.matrix);
        }
    }
    if (work) gsl_multifit_nlinear_free(work);
    if (buffer) gsl_vector_free(buffer);
    if (scratch) gsl_vector_free(scratch);
    return status;
}

/// Ordinary (`weights` NULL) or weighted linear least squares.
static inline int yusu_linear_fit(
    size_t rows, size_t columns, const double *design, const double *weights, const double *values, double *parameters,
    double *covariance, double *chi_square, size_t *rank) {
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(rows, columns);
    if (!work) return GSL_ENOMEM;
    gsl_matrix_const_view x = gsl_matrix_const_view_array(design, rows, columns);
    gsl_vector_const_view y = gsl_vector_const_view_array(values, rows);
    gsl_vector_view c = gsl_vector_view_array(parameters, columns);
    gsl_matrix_view covar = gsl_matrix_view_array(covariance, columns, columns);
    int status;
    if (weights) {
        gsl_vector_const_view w = gsl_vector_const_view_array(weights, rows);
        status = gsl_multifit_wlinear_tsvd(
            &x.matrix, &w.vector, &y.vector, GSL_DBL_EPSILON, &c.vector, &covar.matrix, chi_square, rank, work);
    } else {
        status = gsl_multifit_linear_tsvd(
            &x.matrix, &y.vector, GSL_DBL_EPSILON, &c.vector, &covar.matrix, chi_square, rank, work);
    }
    gsl_multifit_linear_free(work);
    return status;
}

/// Robust linear regression with Tukey's bisquare.
static inline int yusu_robust_fit(
    size_t rows, size_t columns, const double *design, const double *values, size_t limit, double *parameters, double *covariance,
    double *sigma, double *weights, size_t *iterations) {
    gsl_multifit_robust_workspace *work = gsl_multifit_robust_alloc(gsl_multifit_robust_bisquare, rows, columns);
    if (!work) return GSL_ENOMEM;
    gsl_multifit_robust_maxiter(limit, work);
    gsl_matrix_const_view x = gsl_matrix_const_view_array(design, rows, columns);
    gsl_vector_const_view y = gsl_vector_const_view_array(values, rows);
    gsl_vector_view c = gsl_vector_view_array(parameters, columns);
    gsl_matrix_view covar = gsl_matrix_view_array(covariance, columns, columns);
    int status = gsl_multifit_robust(&x.matrix, &y.vector, &c.vector, &covar.matrix, work);
    gsl_multifit_robust_stats stats = gsl_multifit_robust_statistics(work);
    *sigma = stats.sigma_rob;
    *iterations = stats.numit;
    if (stats.weights)
        for (size_t i = 0; i < rows; ++i) weights[i] = gsl_vector_get(stats.weights, i);
    gsl_multifit_robust_free(work);
    return status;
}

#endif
