#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`yusu locate` beside the methods that the literature compares with, on the same leak cases, event by event.

    locate_baselines.py YUSU SCORER CASE [CASE ...]

CASE is a folder as `generate_leak_cases.py` writes it (nominal.inp, sensors.csv, events/, truth/truth.csv); SCORER is the score.py
beside the supplied cases. Prints for each case a table of distances and search lengths, and how often `yusu locate` searches less.

The baselines, rebuilt here with EPANET (owa-epanet):

    cos    largest cosine between the drop of the pressures and the answer to a leak at a node
    lsqQ   least squares on the pressures, the leak's size fixed by the rise of the inflow at night
    nuis   leak and one common change of demand fitted together, inflows among the readings, one weight a sensor
    gls    generalised least squares with the full covariance of demand, meters and loggers, from 2000 drawn worlds

All take differences of hourly residuals, mean of the last 48 hours less mean of the seven days before, for the night (0 to 5 h) and the
day; the model is solved hour by hour with tank levels as read, links that controls switch in the state which leaves least in the pressures.
Answers of the model by finite differences at 3, 9, 13 and 20 h. Pipes are ranked by the best of five places along them.
The worlds of gls are linear: demand by node and hour (0.10, correlation 0.6), all demand by day 0.03 and by hour 0.02, noise of loggers
0.075 m, levels 0.01 m and meters 1 %. Errors of roughness and of standing demand are not in them.
"""
import csv
import ctypes
import itertools
import json
import os
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import wntr
from scipy import stats

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import epanet_engine as en  # noqa: E402
from locate import located, scorer_at  # noqa: E402

BASE_DEMAND, TANK_LEVEL, INITIAL_STATUS, PATTERN_START, CONTROLS, RULES = 1, 8, 4, 4, 5, 6
BEFORE, AFTER, LAST = 168, 72, 48
NIGHT = 5
MOMENTS = (3, 9, 13, 20)
METHODS = ("cos", "lsqQ", "nuis", "gls")
LEVEL_ROOM = 0.01  # m, inside the limits of a tank


class Model:
    """The nominal model solved at single moments, tank levels and link states given."""

    def __init__(self, path, sensors):
        self.engine = en.Engine(path).__enter__()
        engine, wn = self.engine, wntr.network.WaterNetworkModel(path)
        self.nodes = {n: i for i, n in enumerate(engine.node_names())}
        self.links = {n: i for i, n in enumerate(engine.link_names())}
        self.names = engine.node_names()
        self.junctions = [n for n in wn.junction_name_list]
        self.tanks = list(wn.tank_name_list)
        self.areas = {n: np.pi * wn.get_node(n).diameter ** 2 / 4 for n in self.tanks}
        self.limits = {n: (wn.get_node(n).min_level, wn.get_node(n).max_level) for n in self.tanks}
        self.initial = {n: wn.get_node(n).init_level for n in self.tanks}
        self.elevations = engine.values("node", engine.node_count, en.ELEVATION) * engine.length_unit
        self.switched = sorted({c.actions()[0].target()[0].name for _, c in wn.controls()})
        for kind, call in ((CONTROLS, "deletecontrol"), (RULES, "deleterule")):
            for _ in range(engine.count(kind)):
                engine.call(call, 1)
        # A demand of its own at each junction, which stands for the leak.
        self.category = {}
        for name in self.junctions:
            index = self.nodes[name] + 1
            engine.call("adddemand", index, ctypes.c_double(0.0), b"", b"leak")
            self.category[name] = engine.integer("getnumdemands", index)
        engine.call("settimeparam", en.DURATION, ctypes.c_long(0))
        self.sensors = [s for s in sensors if s["kind"] in ("pressure", "flow", "level")]
        self.sources = [s["sensor"] for s in self.sensors if s["kind"] == "flow"]
        engine.open_hydraulics()

    def leak(self, name, flow):
        """flow in m³/s"""
        self.engine.call("setbasedemand", self.nodes[name] + 1, self.category[name], ctypes.c_double(flow / self.engine.flow_unit))

    def solve(self, hour, levels, states):
        """What the sensors read: pressures [m], flows and inflows of tanks [l/s]; demands of all nodes [m³/s]."""
        engine = self.engine
        engine.call("settimeparam", PATTERN_START, ctypes.c_long(int(hour) * 3600))
        for name, level in levels.items():
            low, high = self.limits[name]
            value = min(max(level, low + LEVEL_ROOM), high - LEVEL_ROOM) / engine.length_unit
            engine.call("setnodevalue", self.nodes[name] + 1, TANK_LEVEL, ctypes.c_double(value))
        for link, state in states.items():
            engine.call("setlinkvalue", self.links[link] + 1, INITIAL_STATUS, ctypes.c_double(state))
        engine.call("initH", 10)
        engine.call("runH", ctypes.byref(ctypes.c_long()))
        heads, flows, demands = engine.heads(), engine.flows(), engine.demands()
        found = []
        for s in self.sensors:
            if s["kind"] == "pressure":
                found.append(heads[self.nodes[s["network_element"]]] - self.elevations[self.nodes[s["network_element"]]])
            elif s["kind"] == "flow":
                found.append(flows[self.links[s["network_element"]]] * 1000)
            else:
                found.append(demands[self.nodes[s["network_element"]]] * 1000)
        return np.array(found), demands


def readings(path, sensors, first, hours):
    """hours × sensors, as they were read."""
    table, column = np.full((hours, len(sensors)), np.nan), {s["sensor"]: k for k, s in enumerate(sensors)}
    frame = pd.read_csv(path)
    hour = (pd.to_datetime(frame.timestamp) - first).dt.total_seconds().to_numpy() / 3600
    for h, s, v in zip(hour, frame.sensor, frame.value):
        if s in column and 0 <= h < hours:
            table[int(h), column[s]] = v
    return table


def filled(values):
    """Gaps between readings by straight lines."""
    known = np.isfinite(values)
    return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known]) if known.any() else values


def residuals(model, event, start):
    """Hourly residuals, (BEFORE + AFTER) × sensors; tanks' net inflow in the place of their levels."""
    sensors = model.sensors
    read = np.vstack([readings(os.path.join(event, "baseline.csv"), sensors, start, BEFORE),
                      readings(os.path.join(event, "event.csv"), sensors, start + pd.Timedelta(hours=BEFORE), AFTER)])
    levels = {s["network_element"]: filled(read[:, k]) for k, s in enumerate(sensors) if s["kind"] == "level"}
    measured = read.copy()
    for k, s in enumerate(sensors):
        if s["kind"] == "level":
            rise = np.append(np.diff(read[:, k]), np.nan)
            measured[:, k] = model.areas[s["network_element"]] * rise / 3600 * 1000
    pressures = [k for k, s in enumerate(sensors) if s["kind"] == "pressure"]
    choices = [dict(zip(model.switched, c)) for c in itertools.product((0.0, 1.0), repeat=min(len(model.switched), 4))]
    states = np.array([[model.solve(h, {n: levels.get(n, np.full(BEFORE + AFTER, model.initial[n]))[h] for n in model.tanks}, c)[0]
                        for c in choices] for h in range(BEFORE + AFTER)])
    # Offsets from a first choice without them; then the choice again.
    offset = np.zeros(len(sensors))
    for _ in range(3):
        left = measured[:, None, :] - states - offset
        scale = np.nanmedian(np.abs(left[:, 0]), axis=0) + 0.3
        misfit = np.nansum(np.minimum((left[:, :, :] / scale) ** 2, 25), axis=2)
        chosen = misfit.argmin(axis=1)
        residual = measured - states[np.arange(BEFORE + AFTER), chosen]
        offset[pressures] = np.nanmedian(residual[:BEFORE, pressures], axis=0)
    return residual


def classes(hours):
    of_day = hours % 24
    return [of_day < NIGHT, of_day >= NIGHT]


def differences(residual):
    """Features: sensor by sensor, night and day; and the counts of hours behind them."""
    before, after = residual[:BEFORE], residual[-LAST:]
    masks_before, masks_after = classes(np.arange(BEFORE)), classes(np.arange(BEFORE + AFTER - LAST, BEFORE + AFTER))
    with np.errstate(invalid="ignore"):
        return np.array([np.nanmean(after[a], axis=0) - np.nanmean(before[b], axis=0) for a, b in zip(masks_after, masks_before)]).T.ravel()


def answers(model, demand):
    """features × junctions per l/s, and features × junctions weighted by demand; at nominal levels."""
    step = 0.005 * demand
    found = {}
    levels = {n: model.initial[n] for n in model.tanks}
    for hour in MOMENTS:
        states = {link: 1.0 for link in model.switched}
        plain, demands = model.solve(hour, levels, states)
        columns = []
        for name in model.junctions:
            model.leak(name, step)
            columns.append((model.solve(hour, levels, states)[0] - plain) / (step * 1000))
            model.leak(name, 0.0)
        found[hour] = (np.array(columns).T, np.array([demands[model.nodes[n]] * 1000 for n in model.junctions]))
    night, day = found[MOMENTS[0]], [found[h] for h in MOMENTS[1:]]
    parts = [(night[0], night[1]), (np.mean([d[0] for d in day], axis=0), np.mean([d[1] for d in day], axis=0))]
    count = len(model.sensors)
    signature = np.empty((2 * count, len(model.junctions)))
    use = np.empty((2, len(model.junctions)))
    for c, (matrix, demands) in enumerate(parts):
        signature[c::2] = matrix
        use[c] = demands
    return signature, use


def covariance(model, signature, use, random, worlds=2000):
    """Of the features without a leak, in linear worlds."""
    hours = BEFORE + AFTER
    count, nodes = len(model.sensors), use.shape[1]
    # Mean of AR(1) noise over the hours of a class: its spread by drawing one node many times.
    noise = np.empty((hours, worlds))
    noise[0] = random.normal(0, 0.10, worlds)
    for h in range(1, hours):
        noise[h] = 0.6 * noise[h - 1] + random.normal(0, 0.08, worlds)
    own = np.array([noise[-LAST:][classes(np.arange(hours - LAST, hours))[c]].mean(axis=0)
                    - noise[:BEFORE][classes(np.arange(BEFORE))[c]].mean(axis=0) for c in range(2)])
    node = np.cov(own)  # night and day
    common = np.repeat(random.normal(0, 0.03, (hours // 24, worlds)), 24, axis=0) + random.normal(0, 0.02, (hours, worlds))
    both = np.array([common[-LAST:][classes(np.arange(hours - LAST, hours))[c]].mean(axis=0)
                     - common[:BEFORE][classes(np.arange(BEFORE))[c]].mean(axis=0) for c in range(2)])
    sigma = np.zeros((2 * count, 2 * count))
    for a in range(2):
        for b in range(2):
            sa, sb = signature[a::2] * use[a], signature[b::2] * use[b]
            sigma[a::2, b::2] += node[a, b] * sa @ sb.T
            sigma[a::2, b::2] += np.cov(both)[a, b] * np.outer(sa.sum(axis=1), sb.sum(axis=1))
    for k, s in enumerate(model.sensors):
        for c, per_day in enumerate((NIGHT, 24 - NIGHT)):
            share = 1 / (per_day * LAST / 24) + 1 / (per_day * BEFORE / 24)
            if s["kind"] == "pressure":
                variance = 0.075 ** 2 * share
            elif s["kind"] == "flow":
                variance = (0.01 * max(use[c].sum(), 1)) ** 2 * share + 0.05 ** 2 * share
            else:
                # Noise of levels cancels but at the ends of each run of hours.
                variance = (model.areas[s["network_element"]] / 3.6 * 0.01) ** 2 * 2 / per_day ** 2 * (24 / LAST + 24 / BEFORE)
            sigma[2 * k + c, 2 * k + c] += variance
    return sigma


def places(model, wn, signature):
    """Answers at five places along each pipe, features × places, and the pipes."""
    column = {n: i for i, n in enumerate(model.junctions)}
    zero = np.zeros(len(signature))
    pipes, matrix = [], []
    for name in wn.pipe_name_list:
        pipe = wn.get_link(name)
        a, b = (signature[:, column[n]] if n in column else zero for n in (pipe.start_node_name, pipe.end_node_name))
        pipes.append(name)
        matrix += [(1 - f) * a + f * b for f in (0.1, 0.3, 0.5, 0.7, 0.9)]
    return np.array(matrix).T, pipes


def scores(method, delta, s, model, demand_direction, sigma, weights):
    """A score for each place, larger is likelier."""
    ok = np.isfinite(delta)
    pressure = np.repeat([x["kind"] == "pressure" for x in model.sensors], 2) & ok
    if method == "cos":
        d, m = delta[pressure], s[pressure]
        return d @ m / (np.linalg.norm(d) * np.linalg.norm(m, axis=0) + 1e-12)
    if method == "lsqQ":
        night = np.array([2 * k for k, x in enumerate(model.sensors) if x["kind"] in ("flow", "level") and np.isfinite(delta[2 * k])])
        # A tank's inflow is water that is not used.
        signs = np.array([-1.0 if model.sensors[k // 2]["kind"] == "level" else 1.0 for k in night])
        size = max(float((signs * delta[night]).sum()) if len(night) else 0.0, 0.0)
        return -((delta[pressure][:, None] - size * s[pressure]) ** 2).sum(axis=0)
    if method == "nuis":
        w = weights[ok]
        d, m, n = delta[ok] * w, s[ok] * w[:, None], demand_direction[ok] * w
        d = d - n * (n @ d) / (n @ n)
        m = m - np.outer(n, n @ m) / (n @ n)
    else:
        factor = np.linalg.cholesky(sigma[np.ix_(ok, ok)])
        d, m = np.linalg.solve(factor, delta[ok]), np.linalg.solve(factor, s[ok])
    along = np.maximum(d @ m, 0)
    return along ** 2 / np.maximum((m ** 2).sum(axis=0), 1e-12)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    yusu, scorer, cases = sys.argv[1], sys.argv[2], sys.argv[3:]
    score = scorer_at(scorer)
    for case in cases:
        began = time.time()
        wn = wntr.network.WaterNetworkModel(os.path.join(case, "nominal.inp"))
        sensors = list(csv.DictReader(open(os.path.join(case, "sensors.csv"))))
        truth = pd.read_csv(os.path.join(case, "truth", "truth.csv"), dtype={"pipe": str})
        truth = truth[truth.leak == 1]
        demand = json.load(open(os.path.join(case, "meta.json"))).get("mean_demand_lps")
        if not demand:
            demand = float(sum(max(v, 0) for v in wntr.metrics.average_expected_demand(wn))) * 1000
        model = Model(os.path.join(case, "nominal.inp"), sensors)
        signature, use = answers(model, demand / 1000)
        direction = np.empty(len(signature))
        for c in range(2):
            direction[c::2] = signature[c::2] @ use[c]
        sigma = covariance(model, signature, use, np.random.default_rng(1))
        matrix, pipes = places(model, wn, signature)
        rows = {m: [] for m in METHODS + ("yusu",)}
        with tempfile.TemporaryDirectory() as work:
            for event in truth.event:
                folder = os.path.join(case, "events", event)
                start = pd.to_datetime(pd.read_csv(os.path.join(folder, "baseline.csv"), nrows=1).timestamp[0]).normalize()
                residual = residuals(model, folder, start)
                delta = differences(residual)
                spread = np.nanstd(residual[:BEFORE], axis=0)
                weights = np.repeat(1 / np.maximum(spread, 1e-3), 2)
                for method in METHODS:
                    values = scores(method, delta, matrix, model, direction, sigma, weights).reshape(len(pipes), -1).max(axis=1)
                    for rank, p in enumerate(np.argsort(-values, kind="stable")):
                        rows[method].append((event, rank + 1, pipes[p]))
                for rank, (pipe, _) in enumerate(located(yusu, case, event, os.path.join(work, event))[1]):
                    rows["yusu"].append((event, rank + 1, pipe))
        tables = {}
        for method, found in rows.items():
            tables[method], total = score.score_ranking(wn, truth, pd.DataFrame(found, columns=["event", "rank", "pipe"]))
        ours = tables["yusu"].set_index("event").search_m
        print(f"\n{os.path.basename(os.path.normpath(case))}: {len(truth)} leaks, {total / 1000:.1f} km, {len(sensors)} sensors "
              f"({time.time() - began:.0f} s)")
        print("| method | distance median m | within 300 m | search median m | of the network | 90th percentile m "
              "| yusu searches less in | median paired difference m | p (sign) |")
        print("|---|---|---|---|---|---|---|---|---|")
        for method, table in tables.items():
            search = table.set_index("event").search_m
            paired = (search - ours).to_numpy()
            wins, losses = int((paired > 0.5).sum()), int((paired < -0.5).sum())
            p = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
            beside = f"{wins} of {wins + losses} | {np.median(paired):.0f} | {p:.3f}" if method != "yusu" else "| |"
            print(f"| {method} | {table.distance_m.median():.0f} | {100 * (table.distance_m <= 300).mean():.0f} % | {search.median():.0f} "
                  f"| {100 * search.median() / total:.1f} % | {search.quantile(.9):.0f} | {beside} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
