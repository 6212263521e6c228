#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded synthetic leak events on any EPANET model, with their truth, in the form that `yusu locate` and its benchmark read.

    generate_leak_cases.py NETWORK.inp OUT [--events 28] [--healthy 8] [--pressures 12 | --sensors FILE] [--sizes 0.02 0.3]
                           [--scatter 1] [--seed 1] [--possible] [--fault pump=1.15 | valve=+5 | closed=0.02 | opened=3]

OUT gets nominal.inp, sensors.csv, meta.json, events/Dnnn/{baseline,event}.csv and truth/truth.csv: seven healthy days and three
more, hourly, in which one leak begins within the first 24 hours (with --leaks, several together) or none does.

Each event is a world of its own around the nominal model: roughness by diameter class exp N(-0.03, 0.08) and by pipe exp N(0,
0.04); demand by node lognormal 0.12 with hourly noise 0.10 (AR(1) 0.6), all demand together N(1, 0.03) by day and N(1, 0.02) by
hour, each of these deviations times --scatter; pressure sensors offset 0.3 m and noise 0.05 to 0.10 m, flow meters bias 1 % and noise
1 %, levels 0.01 m; half a percent of the readings missing, all rounded to 0.01. The leak is an emitter of exponent 0.5 inside a pipe
drawn by length, its size even in the logarithm between --sizes, as shares of the network's mean demand. EPANET runs the world hour by
hour with its tanks and controls.

EPANET warns of worlds in which customers would draw from pressures below zero, and a leak take water in; with --possible such an event is
drawn anew, its leak of the same class of sizes.

With --fault something of the truth is otherwise than the model has it, all the time, one element an event, in truth/faults.csv:
pump=F    a pump lifts F times the head of its curve (a pump of constant power: gives F times its power);
valve=M   a valve that holds a pressure is set M metres higher;
closed=S  a pipe on a loop, of those that carry S of the network's mean demand or more by the model, is shut;
opened=N  the model has N pipes of loops shut, and one of them is open.
Needs wntr, numpy and the owa-epanet wheel.
"""
import argparse
import copy
import ctypes
import csv
import datetime
import json
import os
import sys
import tempfile

import networkx as nx
import numpy as np
import wntr

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import epanet_engine as en  # noqa: E402

DAYS_BEFORE, DAYS_AFTER = 7, 3
HOURS = 24 * (DAYS_BEFORE + DAYS_AFTER)
START = datetime.datetime(2026, 3, 2)  # a Monday, hour 0 of the patterns
LEAST_PRESSURE = 8.0  # m, at the place of a leak
SHORTEST = 10.0  # m of pipe
MOST_ANEW = 20  # impossible worlds to each event
SOLVE_TIME = 11  # EPANET's code for the time of the solve to come


def sensors_of(wn, pressures):
    """Pressure loggers far from one another along the pipes, meters at the sources, levels of the tanks."""
    graph = wn.to_graph(link_weight=None).to_undirected()
    weights = {name: max(getattr(link, "length", 1.0) or 1.0, 1.0) for name, link in wn.links()}
    simple = nx.Graph()
    for a, b, key in graph.edges(keys=True):
        if not simple.has_edge(a, b) or simple[a][b]["weight"] > weights[key]:
            simple.add_edge(a, b, weight=weights[key])
    sources = set(wn.reservoir_name_list) | set(wn.tank_name_list)
    near = nx.multi_source_dijkstra_path_length(simple, sources)
    chosen = []
    junctions = [name for name in wn.junction_name_list if name in near]
    for _ in range(min(pressures, len(junctions))):
        far = max(junctions, key=lambda name: (near[name], name))
        chosen.append(far)
        for name, distance in nx.single_source_dijkstra_path_length(simple, far).items():
            near[name] = min(near[name], distance)
    sources = set(wn.reservoir_name_list)
    meters = [name for name, link in wn.links() if {link.start_node_name, link.end_node_name} & sources]
    rows = [(f"P_{n}", "pressure", n, "m") for n in chosen] + [(f"Q_{n}", "flow", n, "l/s") for n in meters]
    return rows + [(f"L_{n}", "level", n, "m") for n in wn.tank_name_list]


def noise_in_time(random, count, scatter=1.0):
    """AR(1) of deviation 0.10 × scatter and correlation 0.6, a row an hour."""
    found = np.empty((HOURS, count))
    found[0] = random.normal(0, 0.10 * scatter, count)
    for hour in range(1, HOURS):
        found[hour] = 0.6 * found[hour - 1] + random.normal(0, 0.10 * scatter * 0.8, count)
    return found


def world(nominal, random, scatter=1.0):
    """A copy of the model with other roughness; Hazen-Williams C falls where roughness grows."""
    wn = copy.deepcopy(nominal)
    classes = {}
    for name in wn.pipe_name_list:
        pipe = wn.get_link(name)
        size = round(pipe.diameter * 1000)
        classes.setdefault(size, np.exp(random.normal(-0.03, 0.08 * scatter)))
        pipe.roughness *= classes[size] * np.exp(random.normal(0, 0.04 * scatter))
    return wn


def with_fault(nominal, random, kind, value, shut):
    """What may be otherwise in the truth of an event: a function that changes a world, the element and the value."""
    if kind == "pump":
        element = str(random.choice(sorted(nominal.pump_name_list)))
    elif kind == "valve":
        element = str(random.choice(sorted(name for name, valve in nominal.valves() if valve.valve_type in ("PRV", "PSV"))))
    else:
        element = str(random.choice(sorted(shut)))

    def change(wn):
        link = wn.get_link(element)
        if kind == "pump" and link.pump_type == "POWER":
            link.power *= value
        elif kind == "pump":
            name = f"truth-of-{element}"
            wn.add_curve(name, "HEAD", [(q, value * head) for q, head in link.get_pump_curve().points])
            link.pump_curve_name = name
        elif kind == "valve":
            link.initial_setting = link.initial_setting + value
        elif kind == "closed":
            link.initial_status = "Closed"
        else:
            link.initial_status = "Open"
    return change, element


def loop_pipes(nominal, least):
    """Pipes on a loop that no control moves and that carry at least so much on the average. [m³/s]"""
    graph = nx.Graph(nominal.to_graph().to_undirected())
    ends = [frozenset((link.start_node_name, link.end_node_name)) for _, link in nominal.links()]
    bridges = {frozenset(edge) for edge in nx.bridges(graph)}
    moved = {action.target()[0].name for _, control in nominal.controls() for action in control.actions()}
    rows = [("", "flow", name, "l/s") for name in nominal.pipe_name_list]
    flows, _, _ = run(nominal, {}, np.zeros((HOURS, nominal.num_junctions)), np.ones(HOURS), rows, [])
    found = []
    for name, flow in zip(nominal.pipe_name_list, np.nanmean(np.abs(flows), axis=0) / 1000):
        pipe = nominal.get_link(name)
        pair = frozenset((pipe.start_node_name, pipe.end_node_name))
        isolates = pair in bridges and ends.count(pair) == 1
        if flow >= least and not isolates and name not in moved and not pipe.check_valve and str(pipe.initial_status) == "Open":
            found.append(name)
    return found


def run(wn, factors, demand_noise, common, rows, leaks):
    """Readings without their own errors, hours × sensors; mean flow of each leak over the last day; solves with a warning.

    leaks: of each, node, coefficient in the file's units, first hour, hours of growth."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "world.inp")
        wn = en.with_true_power(wn)
        wntr.network.write_inpfile(wn, path, units="LPS")
        readings, flows_of_leaks, warnings = np.full((HOURS, len(rows)), np.nan), [], 0
        with en.Engine(path) as engine:
            node_names, link_names = engine.node_names(), engine.link_names()
            nodes, links = {n: i for i, n in enumerate(node_names)}, {n: i for i, n in enumerate(link_names)}
            engine.call("settimeparam", en.DURATION, ctypes.c_long(3600 * (HOURS - 1)))
            bases, cells = [], []
            for name in wn.junction_name_list:
                index = nodes[name] + 1
                for category in range(1, engine.integer("getnumdemands", index) + 1):
                    bases.append(engine.number("getbasedemand", index, category))
                    cells.append((index, category, name))
            bases = np.array(bases) * np.array([factors.get(name, 1.0) for _, _, name in cells])
            column = {name: i for i, name in enumerate(wn.junction_name_list)}
            of_cell = np.array([column[name] for _, _, name in cells])
            elevations = engine.values("node", engine.node_count, 0) * engine.length_unit
            engine.open_hydraulics()
            done = -1
            while True:
                clock = ctypes.c_long()
                engine.call("gettimeparam", SOLVE_TIME, ctypes.byref(clock))
                hour = min(int(clock.value // 3600), HOURS - 1)
                if hour != done:
                    values = bases * (1 + demand_noise[hour][of_cell]).clip(0.05) * common[hour]
                    for (index, category, _), value in zip(cells, values):
                        engine.call("setbasedemand", index, category, ctypes.c_double(value))
                    for node, coefficient, first, growth in leaks:
                        share = 0.0 if hour < first else 1.0 if growth == 0 else min(1.0, (hour - first + 1) / growth)
                        engine.call("setnodevalue", nodes[node] + 1, en.EMITTER, ctypes.c_double(coefficient * share))
                    done = hour
                time, warning = engine.solve()
                warnings += warning > 0
                if time % 3600 == 0 and time // 3600 < HOURS:
                    heads, flows = engine.heads(), engine.flows()
                    for k, (_, kind, element, _) in enumerate(rows):
                        if kind == "flow":
                            readings[time // 3600, k] = flows[links[element]] * 1000
                        else:
                            readings[time // 3600, k] = heads[nodes[element]] - elevations[nodes[element]]
                    if leaks and time // 3600 >= HOURS - 24:
                        outflows = engine.values("node", engine.node_count, en.EMITTER_FLOW)
                        flows_of_leaks.append([outflows[nodes[leak[0]]] for leak in leaks])
                if engine.advance() == 0:
                    break
    return readings, np.mean(flows_of_leaks, axis=0) if flows_of_leaks else [], warnings


def written(path, readings, rows, first, hours, random):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["timestamp", "sensor", "value"])
        for hour in range(first, first + hours):
            stamp = (START + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M")
            for k, row in enumerate(rows):
                if random.random() >= 0.005 and np.isfinite(readings[hour, k]):
                    table.writerow([stamp, row[0], f"{readings[hour, k]:.2f}"])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("network")
    options.add_argument("out")
    options.add_argument("--events", type=int, default=28)
    options.add_argument("--healthy", type=int, default=8)
    options.add_argument("--pressures", type=int, default=12)
    options.add_argument("--sensors", help="a sensors.csv to take over, instead of loggers far from one another")
    options.add_argument("--scatter", type=float, default=1.0, help="factor on all scatter of demand and roughness")
    options.add_argument("--sizes", type=float, nargs=2, default=[0.02, 0.3], help="smallest and largest leak over the mean demand")
    options.add_argument("--leaks", type=int, default=1, help="leaks that begin together in an event, each in a pipe of its own")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--possible", action="store_true", help="draw an event anew where EPANET warns of it: pressures below zero")
    options.add_argument("--fault", help="what is otherwise in the truth than in the model: pump=F, valve=M, closed=S, opened=N")
    options = options.parse_args()
    nominal = wntr.network.WaterNetworkModel(options.network)
    nominal.options.hydraulic.emitter_exponent = 0.5
    nominal.options.time.hydraulic_timestep = nominal.options.time.report_timestep = 3600
    demand = float(sum(max(v, 0) for v in wntr.metrics.average_expected_demand(nominal))) * 1000
    fault, value = (options.fault.split("=")[0], float(options.fault.split("=")[1])) if options.fault else (None, 0.0)
    # Faults have numbers of their own: the worlds are those of the same seed without one.
    of_faults, shut, faults = np.random.default_rng([options.seed, 6]), [], []
    if fault in ("closed", "opened"):
        shut = loop_pipes(nominal, (value if fault == "closed" else 0.02) * demand / 1000)
    rows = sensors_of(nominal, options.pressures)
    if options.sensors:
        with open(options.sensors, newline="", encoding="utf-8") as file:
            rows = [(row["sensor"], row["kind"], row["network_element"], row["unit"]) for row in csv.DictReader(file)]
    if fault == "opened":
        # One after the other, so that all of them together cut nothing off.
        kept = []
        for pipe in of_faults.permutation(shut):
            if len(kept) < int(value) and pipe in shut:
                nominal.get_link(str(pipe)).initial_status = "Closed"
                graph = nominal.to_graph().to_undirected()
                for name in kept + [str(pipe)]:
                    link = nominal.get_link(name)
                    graph.remove_edge(link.start_node_name, link.end_node_name, key=name)
                if nx.is_connected(graph):
                    kept.append(str(pipe))
                else:
                    nominal.get_link(str(pipe)).initial_status = "Open"
        shut = kept
    for folder in ["events", "truth"]:
        os.makedirs(os.path.join(options.out, folder), exist_ok=True)
    wntr.network.write_inpfile(nominal, os.path.join(options.out, "nominal.inp"), units="LPS")
    with open(os.path.join(options.out, "sensors.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sensor", "kind", "network_element", "unit"), *rows])
    # Healthy pressures tell where a leak could run.
    quiet = np.zeros((HOURS, nominal.num_junctions))
    ends = [("", "pressure", n, "m") for n in nominal.junction_name_list]
    healthy, _, _ = run(nominal, {}, quiet, np.ones(HOURS), ends, [])
    mean = dict(zip(nominal.junction_name_list, np.nanmean(healthy, axis=0)))
    pipes = [name for name in nominal.pipe_name_list if nominal.get_link(name).length >= SHORTEST
             and min(mean.get(nominal.get_link(name).start_node_name, 0), mean.get(nominal.get_link(name).end_node_name, 0)) > LEAST_PRESSURE
             and str(nominal.get_link(name).initial_status) not in ("Closed", "0") and not nominal.get_link(name).check_valve]
    lengths = np.array([nominal.get_link(name).length for name in pipes])
    random = np.random.default_rng(options.seed)
    leaks = options.events - options.healthy
    kinds = random.permutation([True] * leaks + [False] * options.healthy)
    edges = np.linspace(np.log(options.sizes[0]), np.log(options.sizes[1]), leaks * options.leaks + 1)
    steps = list(random.permutation(leaks * options.leaks))
    used, truth = {}, []
    event, anew = 0, 0
    while event < options.events:
        name = f"D{event + 1:03d}"
        wn = world(nominal, random, options.scatter)
        change, element = with_fault(nominal, of_faults, fault, value, shut) if fault else (None, "")
        if change:
            change(wn)
            faults.append([name, fault, element, value if fault in ("pump", "valve") else ""])
        junctions = wn.junction_name_list
        factors = {n: np.exp(random.normal(0, 0.12 * options.scatter)) for n in junctions}
        noise = noise_in_time(random, len(junctions), options.scatter)
        daily = random.normal(1, 0.03 * options.scatter, DAYS_BEFORE + DAYS_AFTER)
        common = np.repeat(daily, 24) * random.normal(1, 0.02 * options.scatter, HOURS)
        running, found = [], [] if kinds[event] else [[name, 0, "", "", "", "", 0.0]]
        left = len(steps)
        for number in range(options.leaks if kinds[event] else 0):
            left -= 1
            step = steps[left]
            while True:
                pipe = pipes[random.choice(len(pipes), p=lengths / lengths.sum())]
                if used.get(pipe, 0) < 2 and pipe not in [row[2] for row in found] and pipe != element:
                    break
            used[pipe] = used.get(pipe, 0) + 1
            fraction = round(float(random.uniform(0.2, 0.8)), 2)
            size = demand * np.exp(random.uniform(edges[step], edges[step + 1]))
            link = wn.get_link(pipe)
            pressure = (1 - fraction) * mean[link.start_node_name] + fraction * mean[link.end_node_name]
            wn = wntr.morph.split_pipe(wn, pipe, f"part-of-leaking-pipe-{number}", f"leak-{number}", split_at_point=fraction)
            if not number:
                first = 24 * DAYS_BEFORE + int(random.integers(0, 24))
                growth = 24 if random.random() < 0.2 else 0
            running.append((f"leak-{number}", size / np.sqrt(pressure), first, growth))
            noise = np.hstack([noise, np.zeros((HOURS, 1))])
            start = (START + datetime.timedelta(hours=first)).strftime("%Y-%m-%dT%H:%M")
            found.append([name, 1, pipe, fraction, start, growth, 0.0])
        readings, flows, warnings = run(wn, factors, noise, common, rows, running)
        if options.possible and warnings:
            anew += 1
            for row in found if kinds[event] else []:
                used[row[2]] -= 1
            faults = [row for row in faults if row[0] != name]
            if anew > MOST_ANEW * options.events:
                sys.exit(f"{options.network}: EPANET warned of {anew} worlds, {event} were possible; the model has too little pressure itself?")
            continue
        event += 1
        del steps[left:]
        for row, flow in zip(found, flows):
            row[6] = round(float(flow), 3)
        sigma = random.uniform(0.05, 0.10)
        for k, (_, kind, _, _) in enumerate(rows):
            if kind == "pressure":
                readings[:, k] += random.normal(0, 0.3) + random.normal(0, sigma, HOURS)
            elif kind == "level":
                readings[:, k] += random.normal(0, 0.01, HOURS)
            else:
                readings[:, k] *= (1 + random.normal(0, 0.01)) * (1 + random.normal(0, 0.01, HOURS))
                readings[:, k] += random.normal(0, 0.05, HOURS)
        os.makedirs(os.path.join(options.out, "events", name), exist_ok=True)
        written(os.path.join(options.out, "events", name, "baseline.csv"), readings, rows, 0, 24 * DAYS_BEFORE, random)
        written(os.path.join(options.out, "events", name, "event.csv"), readings, rows, 24 * DAYS_BEFORE, 24 * DAYS_AFTER, random)
        truth += [row + [round(sigma, 3), warnings] for row in found]
    with open(os.path.join(options.out, "truth", "truth.csv"), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("event", "leak", "pipe", "frac_from_start", "start", "ramp_h", "q_lps", "sensor_sigma_m", "epanet_warnings"), *truth])
    if fault:
        with open(os.path.join(options.out, "truth", "faults.csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("event", "fault", "element", "value"), *faults])
    with open(os.path.join(options.out, "meta.json"), "w", encoding="utf-8") as file:
        json.dump({"net": os.path.splitext(os.path.basename(options.network))[0], "synthetic": True, "seed": options.seed,
                   "scatter": options.scatter, "fault": options.fault,
                   "nodes": nominal.num_nodes, "links": nominal.num_links, "pipe_km": sum(lengths) / 1000, "mean_demand_lps": demand,
                   "n_pressure": sum(row[1] == "pressure" for row in rows), "candidate_pipes": len(pipes)}, file, indent=1)
    print(f"{options.out}: {leaks} leaks, {options.healthy} healthy events, {len(pipes)} pipes, mean demand {demand:.1f} l/s")


if __name__ == "__main__":
    sys.exit(main())
