#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A seeded synthetic record of months with overlapping leaks and repairs on any EPANET model, with its truth.

    generate_leak_record.py NETWORK.inp OUT [--days 150] [--pressures 20] [--leaks 6] [--sizes 0.03 0.12] [--seed 1]

OUT gets nominal.inp, sensors.csv, readings.csv.gz and truth/leaks.csv, truth/leak_flows_m3h.csv.gz, in the form that
Tools/Benchmarks/monitor.py and the scorer of the year of L-TOWN read. The world is that of generate_leak_cases.py (roughness, demand,
noise, offsets, gaps). A third of the leaks run since before the record; the others begin within it, by turns abrupt and growing as
the square of the time over 15 to 50 days; every second one is repaired. Sizes are even in the logarithm between --sizes, as shares of the
mean demand; places are the middles of pipes drawn by length. Needs wntr, numpy, pandas and the owa-epanet wheel.
"""
import argparse
import csv
import ctypes
import datetime
import gzip
import os
import sys
import tempfile

import numpy as np
import pandas as pd
import wntr

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import epanet_engine as en  # noqa: E402
import generate_leak_cases as cases  # noqa: E402

NEVER = 10**9


def drawn(random, options, pipes, lengths):
    """Leaks: pipe, share of the mean demand, first hour, hours of growth, hour of repair."""
    hours, many = 24 * options.days, options.leaks
    before = max(many // 3, 1)
    edges = np.linspace(*np.log(options.sizes), many + 1)
    steps = random.permutation(many)
    places = random.choice(len(pipes), size=many, replace=False, p=lengths / lengths.sum())
    found = []
    for k in range(many):
        size = float(np.exp(random.uniform(edges[steps[k]], edges[steps[k] + 1])))
        if k < before:
            first, growth = -24 * int(random.integers(20, 200)), 0
        else:
            first = int(random.uniform(0.12, 0.75) * hours)
            growth = 24 * int(random.integers(15, 50)) if (k - before) % 2 else 0
        end = NEVER
        if k % 2:
            earliest = max(first, 0) + growth + 24 * 15
            if earliest < hours - 24 * 5:
                end = int(random.integers(earliest, hours - 24 * 5))
        found.append((pipes[places[k]], size, first, growth, end))
    return found


def share(hour, first, growth, end):
    if hour < first or hour >= end:
        return 0.0
    return min(1.0, ((hour - first) / growth) ** 2) if growth else 1.0


def run(wn, factors, noise, common, rows, leaks, hours):
    """Readings without their own errors, hours × sensors, and the flows of the leaks [m3/h]."""
    readings, flows = np.full((hours, len(rows)), np.nan), np.zeros((hours, len(leaks)))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "world.inp")
        wntr.network.write_inpfile(en.with_true_power(wn), path, units="LPS")
        with en.Engine(path) as engine:
            node_names, link_names = engine.node_names(), engine.link_names()
            nodes, links = {n: i for i, n in enumerate(node_names)}, {n: i for i, n in enumerate(link_names)}
            engine.call("settimeparam", en.DURATION, ctypes.c_long(3600 * (hours - 1)))
            cells = [(nodes[name] + 1, category, column) for column, name in enumerate(wn.junction_name_list)
                     for category in range(1, engine.integer("getnumdemands", nodes[name] + 1) + 1)]
            bases = np.array([engine.number("getbasedemand", index, category) for index, category, _ in cells])
            columns = np.array([column for _, _, column in cells])
            bases *= np.array([factors.get(name, 1.0) for name in wn.junction_name_list])[columns]
            elevations = engine.values("node", engine.node_count, 0) * engine.length_unit
            engine.open_hydraulics()
            done = -1
            while True:
                clock = ctypes.c_long()
                engine.call("gettimeparam", cases.SOLVE_TIME, ctypes.byref(clock))
                hour = min(int(clock.value // 3600), hours - 1)
                if hour != done:
                    values = bases * (1 + noise[hour][columns]).clip(0.05) * common[hour]
                    for (index, category, _), value in zip(cells, values):
                        engine.call("setbasedemand", index, category, ctypes.c_double(value))
                    for node, coefficient, *course in leaks:
                        engine.call("setnodevalue", nodes[node] + 1, en.EMITTER, ctypes.c_double(coefficient * share(hour, *course)))
                    done = hour
                time, _ = engine.solve()
                if time % 3600 == 0 and time // 3600 < hours:
                    heads, moved = engine.heads(), engine.flows()
                    out = engine.values("node", engine.node_count, en.EMITTER_FLOW)
                    for k, (_, kind, element, _) in enumerate(rows):
                        readings[time // 3600, k] = (
                            moved[links[element]] * 1000 if kind == "flow" else heads[nodes[element]] - elevations[nodes[element]])
                    # EPANET keeps a flow for emitters that are shut.
                    flows[time // 3600] = [out[nodes[node]] * 3.6 if share(time // 3600, *course) > 0 else 0.0 for node, _, *course in leaks]
                if engine.advance() == 0:
                    return readings, flows


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("network")
    options.add_argument("out")
    options.add_argument("--days", type=int, default=150)
    options.add_argument("--pressures", type=int, default=20)
    options.add_argument("--leaks", type=int, default=6)
    options.add_argument("--sizes", type=float, nargs=2, default=[0.03, 0.12], help="smallest and largest leak over the mean demand")
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    hours = cases.HOURS = 24 * options.days
    nominal = wntr.network.WaterNetworkModel(options.network)
    nominal.options.hydraulic.emitter_exponent = 0.5
    nominal.options.time.hydraulic_timestep = nominal.options.time.report_timestep = 3600
    demand = float(sum(max(v, 0) for v in wntr.metrics.average_expected_demand(nominal))) * 1000
    rows = cases.sensors_of(nominal, options.pressures)
    os.makedirs(os.path.join(options.out, "truth"), exist_ok=True)
    wntr.network.write_inpfile(nominal, os.path.join(options.out, "nominal.inp"), units="LPS")
    with open(os.path.join(options.out, "sensors.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sensor", "kind", "network_element", "unit"), *rows])
    # Healthy pressures of a week tell where a leak could run.
    cases.HOURS = 168
    ends = [("", "pressure", n, "m") for n in nominal.junction_name_list]
    healthy, _, _ = cases.run(nominal, {}, np.zeros((168, nominal.num_junctions)), np.ones(168), ends, [])
    cases.HOURS = hours
    mean = dict(zip(nominal.junction_name_list, np.nanmean(healthy, axis=0)))
    pipes = []
    for name in nominal.pipe_name_list:
        link = nominal.get_link(name)
        low = min(mean.get(link.start_node_name, 0), mean.get(link.end_node_name, 0))
        if link.length >= cases.SHORTEST and low > cases.LEAST_PRESSURE and str(link.initial_status) not in ("Closed", "0"):
            if not link.check_valve:
                pipes.append(name)
    lengths = np.array([nominal.get_link(name).length for name in pipes])
    random = np.random.default_rng(options.seed)
    found = drawn(random, options, pipes, lengths)
    wn = cases.world(nominal, random)
    factors = {n: np.exp(random.normal(0, 0.12)) for n in wn.junction_name_list}
    common = np.repeat(random.normal(1, 0.03, options.days), 24) * random.normal(1, 0.02, hours)
    noise = cases.noise_in_time(random, wn.num_junctions)
    leaks = []
    for k, (pipe, size, first, growth, end) in enumerate(found):
        link = wn.get_link(pipe)
        pressure = (mean[link.start_node_name] + mean[link.end_node_name]) / 2
        wn = wntr.morph.split_pipe(wn, pipe, f"part-{k}", f"leak-{k}", split_at_point=0.5)
        leaks.append((f"leak-{k}", size * demand / np.sqrt(pressure), first, growth, end))
    noise = np.hstack([noise, np.zeros((hours, len(leaks)))])
    readings, flows = run(wn, factors, noise, common, rows, leaks, hours)
    for k, (_, kind, _, _) in enumerate(rows):
        if kind == "pressure":
            readings[:, k] += random.normal(0, 0.3) + random.normal(0, 0.05, hours)
        elif kind == "level":
            readings[:, k] += random.normal(0, 0.01, hours)
        else:
            readings[:, k] *= (1 + random.normal(0, 0.01)) * (1 + random.normal(0, 0.01, hours))
    plain = os.path.join(options.out, "readings.csv")
    cases.written(plain, readings, rows, 0, hours, random)
    with open(plain, "rb") as source, gzip.GzipFile(plain + ".gz", "wb", mtime=0) as target:
        target.write(source.read())
    os.remove(plain)
    stamps = pd.date_range(cases.START, periods=hours, freq="h")
    pd.DataFrame(flows, index=stamps, columns=[leak[0] for leak in found]).rename_axis("timestamp").to_csv(
        os.path.join(options.out, "truth", "leak_flows_m3h.csv.gz"), date_format="%Y-%m-%dT%H:%M", float_format="%.3f")
    last = cases.START + datetime.timedelta(hours=hours)
    with open(os.path.join(options.out, "truth", "leaks.csv"), "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["pipe", "start", "end", "type", "carried_from_start", "repaired", "max_flow_m3h", "volume_m3"])
        for k, (pipe, _, first, growth, end) in enumerate(found):
            stop = last if end == NEVER else cases.START + datetime.timedelta(hours=end)
            table.writerow([pipe, f"{cases.START + datetime.timedelta(hours=first):%Y-%m-%dT%H:%M}", f"{stop:%Y-%m-%dT%H:%M}",
                            "incipient" if growth else "abrupt", int(first < 0), int(end != NEVER), f"{flows[:, k].max():.2f}",
                            f"{flows[:, k].sum():.0f}"])
    print(f"{options.out}: {len(found)} leaks in {options.days} days, {len(pipes)} pipes, mean demand {demand:.1f} l/s")


if __name__ == "__main__":
    sys.exit(main())
