#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""EPANET's side of the cross-check, in a process of its own because it may hang or crash.

    epanet_period.py FILE.inp file|dda|pda SECONDS OUT.npz

Writes heads, demands, flows [SI], statuses (0 closed, 1 open, 2 active) and what is known of their quality at each report step:
the accuracy at which the step balanced, the energy error, which nodes open links join to a source, what links that should pass
nothing pass; and heads and flows with EPANET's own errors taken out (`epanet_correction`), tanks carried along from solve to solve.
"""
import sys
import time

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import epanet_engine as en
from epanet_correction import Correction

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
    """Solves one moment: its time, the accuracy at which it balanced (infinite where at none), and how far its heads [m] and flows
    [m³/s] then lie from where all trials at the next decade of accuracy had led (zero where it balanced at the accuracy asked for).

    EPANET stops when the last change of flows was small; a second solve of the same moment starts from its own answer and takes
    away what Newton's method leaves at that point."""
    engine.option(en.ACCURACY, accuracy)
    now, warning = engine.solve()
    tried = None

    def change():
        return [0.0, 0.0] if tried is None else [np.abs(engine.heads() - tried[0]).max(), np.abs(engine.flows() - tried[1]).max()]

    while True:
        while warning == en.UNBALANCED_WARNING:
            if accuracy > LOOSEST / 2:
                return now, np.inf, [0.0, 0.0]
            tried = engine.heads(), engine.flows()
            accuracy *= 10
            engine.option(en.ACCURACY, accuracy)
            now, warning = engine.solve()
        if not twice:
            return now, accuracy, change()
        now, warning = engine.solve()
        if warning != en.UNBALANCED_WARNING:
            return now, accuracy, change()


class Tanks:
    """How far the levels of EPANET's tanks would be elsewhere by now, had its flows been right."""

    def __init__(self, engine):
        self.rows, self.cylinders, self.curves, self.bottoms, self.limits = [], [], [], [], []
        for row in np.flatnonzero(engine.sources()):
            value = lambda kind: engine.number("getnodevalue", int(row) + 1, kind)
            if value(en.TANK_DIAMETER) > 0:
                self.rows.append(row)
                self.cylinders.append(np.pi * (value(en.TANK_DIAMETER) * engine.length_unit)**2 / 4)
                self.curves.append(engine.curve_slopes(int(value(en.VOLUME_CURVE))))
                self.bottoms.append(value(en.ELEVATION) * engine.length_unit)
                self.limits.append([(value(en.ELEVATION) + value(kind)) * engine.length_unit
                                    for kind in (en.LEAST_LEVEL, en.HIGHEST_LEVEL)])
        self.drift = np.zeros(len(self.rows))  # m

    def area(self, index, head):
        """Surface of a tank. [m²]"""
        slopes = self.curves[index]
        if not slopes:
            return self.cylinders[index]
        return next((slope for end, slope in slopes if head - self.bottoms[index] < end), slopes[-1][1])

    def corrected(self, heads):
        """Heads with those of the tanks put right; a tank that EPANET has filled or emptied to the brim is right again. [m]"""
        heads = heads.copy()
        for index, row in enumerate(self.rows):
            if np.abs(heads[row] - self.limits[index]).min() < 1e-9:
                self.drift[index] = 0
            heads[row] += self.drift[index]
        return heads

    def shift(self, heads, inflows):
        """How much earlier or later than in EPANET a tank would reach a level by now, at most. [s]"""
        return max((abs(self.drift[index]) * self.area(index, heads[row]) / abs(inflows[row]) for index, row in enumerate(self.rows)
                    if abs(inflows[row]) > 1e-6), default=0.0)

    def move(self, heads, inflow_errors, seconds):
        for index, row in enumerate(self.rows):
            self.drift[index] += inflow_errors[row] * seconds / self.area(index, heads[row])


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
        duration = engine.seconds(en.DURATION)
        ends, is_source = engine.ends(), engine.sources()
        correction, tanks = Correction(path, model), Tanks(engine)
        rows = {key: [] for key in ("time", "heads", "demands", "flows", "classes", "reached", "accuracy", "head_error", "held_flow",
                                    "right_heads", "right_flows", "lack", "lack_at", "loss_error", "odd_opening", "idle_pump", "stalled_pump",
                                    "own_change")}
        moments, shifts = [], []
        engine.open_hydraulics()
        solves, failures, stopped = 0, 0, ""
        while True:
            # A network that fails at one step fails at most: do not wait for 2,000 trials each time.
            engine.option(en.TRIALS, 2000 if failures < 3 else 200)
            try:
                now, used, own_change = balance(engine, accuracy, twice)
            except en.EPANETError as problem:
                stopped = f"{problem} after {solves} solves"
                break
            solves += 1
            moments.append(now)
            failures += used > accuracy
            classes = engine.classes()
            state = engine.state() | {"classes": classes, "reached": reached(ends, is_source, classes)}
            state["reached"] &= np.abs(state["heads"]) < 1e5
            try:
                right = correction.correct(state, tanks.corrected(state["heads"]))
            except RuntimeError:  # a singular matrix
                right = state | {"right": None, "lack": np.nan, "lack_at": "", "loss_error": np.nan, "inflows": state["demands"]}
            # A last step may lead EPANET beyond the duration.
            if now >= first and (now - first) % step == 0 and now <= duration:
                row = (now, state["heads"], state["demands"], state["flows"], classes, state["reached"], used, engine.head_error(),
                       held_flow(engine, ends, classes), right["heads"], right["flows"], right["lack"], right["lack_at"],
                       right["loss_error"], correction.odd_opening(state),
                       correction.idle_pump(state), correction.stalled_pump(state), own_change)
                for key, value in zip(rows, row):
                    rows[key].append(value)
            if time.monotonic() - began > seconds:
                stopped = f"{seconds:.0f} s were over at {now} s of the run"
                break
            passed = engine.advance()
            if passed == 0:
                break
            tanks.move(state["heads"], right["inflows"] - state["demands"], passed)
            shifts.append(tanks.shift(state["heads"], state["demands"]))
        result = {key: np.array(value) for key, value in rows.items()}
        result.update(nodes=np.array(engine.node_names()), links=np.array(engine.link_names()), solves=solves, stopped=stopped,
                      unit_factor=engine.unit_factor, ends=ends, sources=is_source, moments=np.array(moments),
                      shifts=np.array([0.0] + shifts))
        return result


def main(path, model, seconds, output):
    """Writes EPANET's run to an npz file. Where it fails with an error at the first solve, it is asked for less."""
    for accuracy in (ACCURACY, 1e-7, 1e-6, 1e-5):
        run = period(path, model, accuracy, seconds)
        if run["solves"]:
            break
    np.savez(output, **run)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
