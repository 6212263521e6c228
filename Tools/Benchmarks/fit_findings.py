#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits the chances of `Sources/Metering/Findings/FindingChances.swift` to what `findings.py --fit FILE` writes.

    fit_findings.py FILE… [--ridge 1]

Logistic regression, of the two changes of level with no fault as the third outcome, each coefficient drawn towards zero with the
weight that `--ridge` gives. Prints coefficients in the order in which the source has them, and of each fault how the chances hold on
the rows fitted to and on those of a town that was left out, in turn.
"""
import argparse, json
import numpy as np

KINDS = {"continuous_flow": ["continuous_flow"], "clock_shift": ["clock_shift"], "level": ["under_registering", "suspicious_drop"]}
#: What precedes the features in `measures`.
OTHER = {"hours", "resolution_l", "rate_deviation_l_per_h", "draw_l", "move_h", "ratio", "step_over_deviation", "slope_per_year",
         "low_flow_slope_per_year", "age_years"}


def fit(x, allowed, y, ridge):
    """Weights (outcome × feature) of a softmax with outcome 0 for none; outcomes that are not allowed in a row have no chance there."""
    count, width = allowed.shape[1], x.shape[1]
    scale = x.std(0)
    scale[scale == 0] = 1
    z = x / scale
    w = np.zeros((count, width))
    penalty = np.full(width, ridge)
    penalty[0] = 1e-3
    for _ in range(100):
        p = chances(z, allowed, w)
        gradient = (p - (y[:, None] == np.arange(1, count + 1))).T @ z + penalty * w
        hessian = np.zeros((count * width, count * width))
        for a in range(count):
            for b in range(count):
                weight = p[:, a] * ((a == b) - p[:, b])
                hessian[a * width:(a + 1) * width, b * width:(b + 1) * width] = (z * weight[:, None]).T @ z
        hessian += np.diag(np.tile(penalty, count))
        step = np.linalg.solve(hessian, gradient.ravel()).reshape(count, width)
        w -= np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return w / scale


def chances(x, allowed, w):
    e = np.where(allowed, np.exp(np.clip(x @ w.T, -50, 50)), 0)
    return e / (1 + e.sum(1, keepdims=True))


def table(p, hit, edges=(0, .05, .15, .3, .5, .7, .9, 1.001)):
    for low, high in zip(edges, edges[1:]):
        inside = (p >= low) & (p < high)
        if inside.any():
            print(f"    {low:.2f}–{min(1, high):.2f}: {inside.sum():5d}  stated {p[inside].mean():.3f}  true {hit[inside].mean():.3f}")


def rows_of(paths, kinds):
    rows = [row for path in paths for row in json.load(open(path)) if row["kind"] in kinds or (len(kinds) > 1 and row["kind"] == "unit_step")]
    # A change of unit that the register itself shows has no chance to be fitted.
    rows = [row for row in rows if len(row["measures"]) > 3]
    names = [name for name in rows[0]["measures"] if name not in OTHER]
    x = np.array([[1.0] + [row["measures"][name] for name in names] for row in rows])
    y = np.array([1 + kinds.index(row["fault"]) if row["fault"] in kinds else 0 for row in rows])
    return rows, names, x, y


def allowed_of(rows, names, kinds):
    if len(kinds) == 1:
        return np.ones((len(rows), 1), bool)
    return np.array([[m["z_down"] > 0, m["ratio"] <= .75] for m in (row["measures"] for row in rows)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--ridge", type=float, default=1.0)
    arguments = parser.parse_args()
    for title, kinds in KINDS.items():
        rows, names, x, y = rows_of(arguments.files, kinds)
        allowed = allowed_of(rows, names, kinds)
        # What cannot be told for structural reasons counts as none.
        y = np.where((y > 0) & ~allowed[np.arange(len(y)), np.maximum(0, y - 1)], 0, y)
        w = fit(x, allowed, y, arguments.ridge)
        print(f"{title}: {len(rows)} rows, " + ", ".join(f"{(y == k + 1).sum()} {kind}" for k, kind in enumerate(kinds)))
        print("  " + ", ".join(["1"] + names))
        for kind, weights in zip(kinds, w):
            print(f"  {kind}: [" + ", ".join(f"{v:.3g}" for v in weights) + "]")
        habits = np.array([row["habit"] for row in rows])
        left_out = np.zeros(allowed.shape)
        for habit in sorted(set(habits)):
            others = habits != habit
            if others.any():
                left_out[~others] = chances(x[~others], allowed[~others], fit(x[others], allowed[others], y[others], arguments.ridge))
        for name, p in (("fitted", chances(x, allowed, w)), ("left out", left_out)):
            for k, kind in enumerate(kinds):
                print(f"  {name}, {kind}")
                table(p[:, k], y == k + 1)


if __name__ == "__main__":
    main()
