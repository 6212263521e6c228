#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones of `yusu zones` on networks of the field, run by EPANET 2.3.5 and set beside a METIS partition.

    zones.py YUSU NETWORK.inp|city-NODES[:OPTION=VALUE…] …

`city-10000` is a city that `generate_network.py` makes (needs scipy). For each network: zones, the share of the properties in them, whether
each hangs together and keeps its bounds, valves to close, inlets, mean pressure lost at peak with today's tank levels and in EPANET's run,
and the most by which EPANET's run of zones.inp falls below what a node must keep. Then the same for a partition by
METIS (pymetis, contiguous k-way) of the same parts into as many zones, within the same greatest size, whose inlets the same engine
chooses (`--partition`). METIS knows no least size: where its zones miss the bounds, a third row has that of its partitions, over seeds and
imbalances, which keeps them in as many zones with the fewest links cut; where none does, zones that are too small are joined to a neighbour
and too large ones divided anew. Only a row whose design is accepted may be compared. Links cut are those that need a valve or a meter; how
many of them are valves depends on how many inlets the pressures need. Options go to all, e.g. Net6.inp:demand-per-property=1. Needs pymetis
and owa-epanet (PyPI).
"""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings

import pymetis
from epanet import toolkit as en


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def pressures(path):
    """Pressure of each junction at each hour, in metres, the junctions that draw water, and their mean at each step."""
    project = en.createproject()
    en.open(project, path, os.devnull, "")
    nodes = en.getcount(project, en.NODECOUNT)
    names = [en.getnodeid(project, i) for i in range(1, nodes + 1)]
    drawing = set()
    for i in range(1, nodes + 1):
        if en.getnodetype(project, i) == en.JUNCTION:
            if any(en.getbasedemand(project, i, k) > 0 for k in range(1, en.getnumdemands(project, i) + 1)):
                drawing.add(names[i - 1])
    factor = 1 / 1.4219702 if en.getflowunits(project) <= en.AFD else 1.0
    try:
        unit = en.getoption(project, en.PRESS_UNITS)
        factor = {0: 1 / 1.4219702, 1: 1 / 9.80665, 2: 1.0, 3: 10.19716, 4: 0.3048}.get(int(unit), factor)
    except Exception:
        pass
    en.openH(project)
    en.initH(project, en.NOSAVE)
    result, means = {}, {}
    drawn = [i for i in range(1, nodes + 1) if names[i - 1] in drawing]
    while True:
        t = en.runH(project)
        means[t] = sum(en.getnodevalue(project, i, en.PRESSURE) for i in drawn) * factor / len(drawn)
        if t % 3600 == 0:
            result[t] = {names[i - 1]: en.getnodevalue(project, i, en.PRESSURE) * factor for i in range(1, nodes + 1)}
        if en.nextH(project) <= 0:
            break
    en.closeH(project)
    en.close(project)
    en.deleteproject(project)
    return result, drawing, means


def shortfall(before, after, drawing, least):
    """Most by which a node that draws water falls below the least pressure, or what it has today. [m]"""
    worst, place = -math.inf, None
    for t in before:
        for node in drawing:
            short = min(least, before[t][node]) - after.get(t, {}).get(node, math.inf)
            if short > worst:
                worst, place = short, (node, t)
    return worst, place


def run(yusu, network, out, options, extra=()):
    arguments = [yusu, "zones", network, "--output", out, "--quiet", *extra]
    for key, value in options.items():
        arguments += [f"--{key}", value]
    began = time.perf_counter()
    done = subprocess.run(arguments, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 1):
        sys.exit(f"{network}: {done.stderr}")
    with open(os.path.join(out, "summary.json")) as file:
        return json.load(file), seconds, done


def parts_of(network, out):
    """Parts that Yusu divided, each as (nodes, neighbours with numbers of links, properties, number of its zones)."""
    project = en.createproject()
    en.open(project, network, os.devnull, "")
    count = en.getcount(project, en.NODECOUNT)
    names = [en.getnodeid(project, i) for i in range(1, count + 1)]
    demand = {}
    for i in range(1, count + 1):
        total = 0.0
        if en.getnodetype(project, i) == en.JUNCTION:
            total = sum(max(0, en.getbasedemand(project, i, k)) for k in range(1, en.getnumdemands(project, i) + 1))
        demand[names[i - 1]] = total
    edges = []
    for l in range(1, en.getcount(project, en.LINKCOUNT) + 1):
        a, b = en.getlinknodes(project, l)
        if en.getlinkvalue(project, l, en.INITSTATUS) != 0 or en.getlinktype(project, l) > en.PIPE:
            edges.append((names[a - 1], names[b - 1]))
    en.close(project)
    en.deleteproject(project)
    nodes = rows(os.path.join(out, "nodes.csv"))
    zone = {r["node"]: r["zone"] for r in nodes if r["zone"]}
    properties = {r["zone"]: float(r["properties"]) for r in rows(os.path.join(out, "zones.csv"))}
    unit = sum(properties.values()) / max(1e-12, sum(demand[n] for n in zone))
    # Parts that were divided: zones joined through links between them.
    group = {z: z for z in properties}

    def find(z):
        while group[z] != z:
            z = group[z]
        return z
    for a, b in edges:
        if a in zone and b in zone:
            group[find(zone[a])] = find(zone[b])
    for part in sorted({find(z) for z in properties}):
        members = [n for n in zone if find(zone[n]) == part]
        number = {n: i for i, n in enumerate(members)}
        neighbours = [dict() for _ in members]
        for a, b in edges:
            if a in number and b in number and a != b:
                for x, y in ((a, b), (b, a)):
                    neighbours[number[x]][number[y]] = neighbours[number[x]].get(number[y], 0) + 1
        yield part, members, neighbours, [demand[n] * unit for n in members], len({zone[n] for n in members})


def divided(neighbours, weights, k, slack, seed, niter=20):
    """Labels and cut of one call of METIS; contiguous."""
    start, adjacent, weight = [0], [], []
    for row in neighbours:
        adjacent += row.keys()
        weight += row.values()
        start.append(len(adjacent))
    options = pymetis.Options(contig=1, seed=seed, ufactor=slack, ncuts=5, niter=niter)
    cut, labels = pymetis.part_graph(k, xadj=start, adjncy=adjacent, vweights=[max(1, round(1000 * w)) for w in weights], eweights=weight,
                                     options=options, recursive=False)
    return cut, list(labels)


def cut_of(neighbours, labels):
    return sum(w for a, row in enumerate(neighbours) for b, w in row.items() if a < b and labels[a] != labels[b])


def excess(weights, labels, least, most):
    size = {}
    for w, label in zip(weights, labels):
        size[label] = size.get(label, 0) + w
    return sum(max(0, least - s) + max(0, s - most) for s in size.values()) if size else 0


def repaired(neighbours, weights, labels, least, most):
    """Zones that are too small joined to the neighbour with which they share most links, too large ones divided anew in two."""
    labels = list(labels)
    for _ in range(4 * len(set(labels)) + 20):
        size, shared = {}, {}
        for a, row in enumerate(neighbours):
            size[labels[a]] = size.get(labels[a], 0) + weights[a]
            for b, w in row.items():
                if labels[a] != labels[b]:
                    shared.setdefault(labels[a], {}).setdefault(labels[b], 0)
                    shared[labels[a]][labels[b]] += w
        small = sorted((s, z) for z, s in size.items() if s < least - 1e-6 and shared.get(z))
        large = sorted((-s, z) for z, s in size.items() if s > most + 1e-6)
        if small:
            z = small[0][1]
            into = max(shared[z], key=lambda other: (size[z] + size[other] <= most, shared[z][other], -size[other]))
            labels = [into if label == z else label for label in labels]
        elif large:
            z = large[0][1]
            members = [a for a in range(len(labels)) if labels[a] == z]
            place = {a: i for i, a in enumerate(members)}
            inner = [{place[b]: w for b, w in neighbours[a].items() if b in place} for a in members]
            best = None
            for seed in range(12):
                for slack in (30, 100, 300):
                    _, halves = divided(inner, [weights[a] for a in members], 2, slack, seed)
                    merit = (excess([weights[a] for a in members], halves, least, most), cut_of(inner, halves))
                    if best is None or merit < best[0]:
                        best = (merit, halves)
            new = max(labels) + 1
            for a, half in zip(members, best[1]):
                if half:
                    labels[a] = new
        else:
            break
    return labels


def metis(network, out, least, most, keeps_bounds):
    """Zones of METIS on the parts that Yusu divided, into as many; with `keeps_bounds` those that keep them, are as many where that can be,
    and cut fewest links."""
    result = {}
    for part, members, neighbours, weights, k in parts_of(network, out):
        labels = [0] * len(members)
        if k > 1:
            widest = max(30, int(1000 * (most * k / sum(weights) - 1)))
            best = None
            for slack in sorted({30, 60, 120, 250, 500, widest} if keeps_bounds else {widest}):
                for seed in range(12):
                    cut, found = divided(neighbours, weights, k, min(slack, widest), seed)
                    if keeps_bounds:
                        if excess(weights, found, least, most) > 1e-6:
                            found = repaired(neighbours, weights, found, least, most)
                        cut = (round(excess(weights, found, least, most), 6), k - len(set(found)), cut_of(neighbours, found))
                    if best is None or cut < best[0]:
                        best = (cut, found)
            labels = best[1]
        for n, label in zip(members, labels):
            result[n] = f"{part}_{label}"
    path = os.path.join(out, "metis_bounds.csv" if keeps_bounds else "metis.csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["node", "zone"])
        writer.writerows(sorted(result.items()))
    return path


def told(name, summary, out, seconds, before, drawing, means, least):
    zones = rows(os.path.join(out, "zones.csv"))
    broken = sum(z["pieces"] != "1" for z in zones)
    outside = sum(z["within_bounds"] != "yes" for z in zones)
    after, _, means_after = pressures(os.path.join(out, "zones.inp"))
    short, place = shortfall(before, after, drawing, least)
    share = 100 * (1 - summary["properties_outside"] / summary["properties"])
    lost = summary["before"]["mean_pressure_m"] - summary["after"]["mean_pressure_m"]
    fails = [text for count, text in (
        (broken, "not connected"), (outside, "out of bounds"), (len(summary["shortfalls"]), "pressures not kept"),
        (sum(z["keeps_fire_pressure"] != "yes" for z in zones), "fire flow"), (not summary["converged"], "not converged"),
        (short > 0.5 + 0.01, "pressures not kept in EPANET")) if count]
    between = sum(r["role"] == "closed" and bool(r["from_zone"]) and bool(r["to_zone"]) for r in rows(os.path.join(out, "valves.csv")))
    peak = summary["peak_time_s"]
    epanet = means.get(peak, math.nan) - means_after.get(peak, math.nan)
    print(f"  {name}: zones {len(zones)} ({share:.1f} % of properties), broken {broken}, out of bounds {outside}, links cut "
          f"{summary['closed_valves'] + summary['inlets']}, closed {summary['closed_valves']} ({between} between zones), inlets {summary['inlets']}, "
          f"mean pressure lost {lost:.3f} m, in EPANET's run {epanet:.3f} m, resilience "
          f"{summary['before']['resilience_index']:.4f} -> {summary['after']['resilience_index']:.4f}, age {summary['before']['mean_age_h']:.2f} -> "
          f"{summary['after']['mean_age_h']:.2f} h, Yusu shortfalls {len(summary['shortfalls'])}, EPANET worst shortfall {short:.3f} m at {place}, "
          f"{seconds:.1f} s, {'fails: ' + ', '.join(fails) if fails else 'accepted'}", flush=True)


def main():
    # EPANET's warnings of its own about a run, and names of arguments that pymetis will change.
    warnings.simplefilter("ignore")
    yusu = sys.argv[1]
    for argument in sys.argv[2:]:
        path, *pairs = argument.split(":")
        options = dict(pair.split("=") for pair in pairs)
        least = float(options.get("pressure", 15))
        least_size, most = float(options.get("least", 500)), float(options.get("most", 3000))
        print(f"{os.path.basename(path)} {options}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if path.startswith("city-"):
                generator = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generate_network.py")
                nodes, path = path.split("-")[1], os.path.join(folder, "city.inp")
                subprocess.run([sys.executable, generator, "city", nodes, path], check=True, stdout=subprocess.DEVNULL)
            before, drawing, means = pressures(path)
            own = os.path.join(folder, "own")
            summary, seconds, done = run(yusu, path, own, options)
            told("Yusu", summary, own, seconds, before, drawing, means, least)
            for line in done.stderr.splitlines()[:6]:
                print("      " + line)
            given = {**options, "trunk-diameter": repr(summary["trunk_diameter_mm"])}
            for name, keeps_bounds in (("METIS", False), ("METIS, bounds kept", True)):
                other = os.path.join(folder, f"metis{keeps_bounds}")
                partition = metis(path, own, least_size, most, keeps_bounds)
                theirs, seconds, _ = run(yusu, path, other, given, ("--partition", partition))
                told(name, theirs, other, seconds, before, drawing, means, least)
                if all(z["within_bounds"] == "yes" for z in rows(os.path.join(other, "zones.csv"))):
                    break


if __name__ == "__main__":
    main()
