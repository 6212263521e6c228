#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPANET's side of the cross-check, in a process of its own because it may hang or crash.

    epanet_period.py FILE.inp file|dda|pda SECONDS OUT.npz

Writes heads, demands, flows [SI], statuses (0 closed, 1 open, 2 active) and what is known of their quality at each report step:
the accuracy at which the step balanced, the energy error, which nodes open links join to a source, what links that should pass nothing pass.
"""
import sys
import time

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import epanet_engine as en

ACCURACY, LOOSEST = 1e-8, 1e-3


def reached(ends, is_source, classes):
    """True at nodes that open links join to a source."""
    use = ends[classes > 0]
    count = len(is_source)
    label = connected_components(coo_matrix((np.ones(len(use)), (use[:, 0], use[:, 1])), shape=(count, count)), directed=False)[1]
    return np.isin(label, label[is_source])


def held_flow(engine, ends, classes):
    """The most that a closed link or an active valve passes by EPANET's conductance of 1e-8 ft²/s where it should pass none. [m³/s]"""
    heads = engine.heads()[ends[classes != 1]] / en.FOOT
    drop = np.abs(heads[:, 0] - heads[:, 1])
    return 1e-8 * drop[drop < 1e4].max(initial=0) * en.CUBIC_FOOT


def balance(engine, accuracy, twice=True):
    """Solves one moment: its time, the accuracy at which it balanced (infinite where at none).

    EPANET stops when the last change of flows was small; a second solve of the same moment starts from its own answer and takes
    away what Newton's method leaves at that point."""
    engine.option(en.ACCURACY, accuracy)
    now, warning = engine.solve()
    while True:
        while warning == en.UNBALANCED_WARNING:
            if accuracy > LOOSEST / 2:
                return now, np.inf
            accuracy *= 10
            engine.option(en.ACCURACY, accuracy)
            now, warning = engine.solve()
        if not twice:
            return now, accuracy
        now, warning = engine.solve()
        if warning != en.UNBALANCED_WARNING:
            return now, accuracy


def period(path, model, accuracy, seconds, twice=True):
    """Arrays of one run at its report steps. `seconds` is what one run may take."""
    began = time.monotonic()
    with en.Engine(path) as engine:
        if model == "pda":
            engine.use_pressure_driven_demand()
        elif model == "dda":
            engine.use_demand_driven_demand()
        engine.option(en.UNBALANCED, 10)
        first, step = engine.seconds(en.REPORTSTART), engine.seconds(en.REPORTSTEP)
        ends, is_source = engine.ends(), engine.sources()
        rows = {key: [] for key in ("time", "heads", "demands", "flows", "classes", "reached", "accuracy", "head_error",
                                    "held_flow")}
        engine.open_hydraulics()
        solves, failures, stopped = 0, 0, ""
        while True:
            # A network that fails at one step fails at most: do not wait for 2,000 trials each time.
            engine.option(en.TRIALS, 2000 if failures < 3 else 200)
            try:
                now, used = balance(engine, accuracy, twice)
            except en.EPANETError as problem:
                stopped = f"{problem} after {solves} solves"
                break
            solves += 1
            failures += used > accuracy
            if now >= first and (now - first) % step == 0:
                classes = engine.classes()
                row = (now, engine.heads(), engine.demands(), engine.flows(), classes, reached(ends, is_source, classes), used,
                       engine.head_error(), held_flow(engine, ends, classes))
                for key, value in zip(rows, row):
                    rows[key].append(value)
            if time.monotonic() - began > seconds:
                stopped = f"{seconds:.0f} s were over at {now} s of the run"
                break
            if engine.advance() == 0:
                break
        result = {key: np.array(value) for key, value in rows.items()}
        result.update(nodes=np.array(engine.node_names()), links=np.array(engine.link_names()), solves=solves, stopped=stopped,
                      unit_factor=engine.unit_factor)
        return result


def main(path, model, seconds, output):
    """Writes EPANET's run, and its change over one decade where it is looser than asked, to an npz file."""
    run = period(path, model, ACCURACY, seconds)
    loosest = run["accuracy"].max(initial=ACCURACY)
    if ACCURACY < loosest < np.inf:
        other = period(path, model, min(loosest * 10, 0.1), seconds, twice=False)
        count = min(len(run["time"]), len(other["time"]))
        both = run["reached"][:count] & other["reached"][:count]
        change = np.where(both, np.abs(run["heads"][:count] - other["heads"][:count]), 0)
        run["head_change"] = change.max(axis=1, initial=0)
        run["flow_change"] = np.abs(run["flows"][:count] - other["flows"][:count]).max(axis=1, initial=0)
    np.savez(output, **run)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
