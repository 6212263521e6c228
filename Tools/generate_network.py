#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded synthetic water networks of any size, as EPANET INP.

    generate_network.py city|grid NODES OUT [--seed 1] [--hours 24] [--reservoirs N] [--tanks N] [--pumped] [--lift 55]
                        [--valves ZONES] [--leakage] [--emitters N] [--pda] [--format inp|geojson]

city   streets thinned to 1.2 links a node, as real networks have: a spanning tree and the loops of the mains
grid   every street of the lattice, about 2 links a node: the worst case for ordering, fill and set-up

L/s, Hazen-Williams, three demand patterns, hourly steps. A pipe is as wide as the peak demand beyond it wants at 0.9 m/s on the
shortest way from a source, in commercial sizes. By default a reservoir for each 5,000 nodes and a tank for each 10,000.
--lift     water of the sources above the highest corner, m
--pumped   the sources stand low and pumps lift from them, switched by the level of the first tank
--valves   pressure zones: a part of the routing tree behind a PRV, its other pipes to the neighbours closed
--leakage  FAVAD leaks on every pipe ([LEAKAGE]); --emitters  leaks as emitters at so many junctions; --pda  Wagner's demand
The same arguments give the same bytes. Needs numpy and scipy.
"""
import argparse
import json
import math

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

STREET = 80.0  # m between corners
MAIN_EVERY = 12  # a main in every twelfth street
LINKS_PER_NODE = 1.2
PEAK = 1.6  # of the patterns
SPEED = 0.9  # m/s at the peak
SIZES = np.array([80, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 1800, 2000, 2400, 3000])  # mm
PATTERNS = {
    "HOMES": [.5, .4, .35, .35, .4, .7, 1.3, 1.6, 1.5, 1.3, 1.2, 1.1, 1.1, 1.05, 1, 1, 1.1, 1.4, 1.6, 1.5, 1.2, .9, .7, .55],
    "SHOPS": [.3, .25, .25, .25, .3, .5, .8, 1.2, 1.5, 1.6, 1.6, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.4, 1.2, 1, .8, .6, .5, .4],
    "WORKS": [.8] * 6 + [1.1] * 6 + [1.2] * 6 + [.9] * 6,
}


class City:
    """Arrays of a city: corners, streets, sources, sizes."""

    def __init__(self, kind, count, seed, reservoirs, tanks):
        self.random = np.random.Generator(np.random.PCG64(seed)).random
        self.kind = kind
        self.columns = max(2, math.isqrt(count))
        self.rows = max(2, -(-count // self.columns))
        self.count = self.columns * self.rows
        self.place()
        self.pave()
        self.consume()
        self.reservoirs, self.tanks = reservoirs or max(1, count // 5000), max(1, count // 10000) if tanks is None else tanks
        self.supply()
        self.size()

    def place(self):
        n = self.count
        self.column, self.row = np.arange(n) % self.columns, np.arange(n) // self.columns
        self.x = self.column * STREET + (self.random(n) - 0.5) * STREET / 2
        self.y = self.row * STREET + (self.random(n) - 0.5) * STREET / 2
        phase = self.random(4) * 2 * math.pi
        self.z = (25 + 14 * np.sin(self.x / 2400 + phase[0]) * np.cos(self.y / 2900 + phase[1])
                  + 5 * np.sin(self.x / 650 + phase[2]) * np.sin(self.y / 710 + phase[3]))

    def pave(self):
        n, index = self.count, np.arange(self.count)
        east, north = index[self.column < self.columns - 1], index[self.row < self.rows - 1]
        self.ends = np.concatenate([np.stack([east, east + 1], 1), np.stack([north, north + self.columns], 1)])
        half = min(MAIN_EVERY, self.columns, self.rows) // 2
        a, b = self.ends.T
        main_row, main_column = self.row % MAIN_EVERY == half, self.column % MAIN_EVERY == half
        self.is_main = np.where(self.row[a] == self.row[b], main_row[a], main_column[a])
        self.crossings = index[main_row & main_column]
        self.length = np.hypot(self.x[a] - self.x[b], self.y[a] - self.y[b])
        if self.kind == "grid":
            return
        weight = self.length * (0.3 + 2.7 * self.random(len(a))) * np.where(self.is_main, 0.05, 1)
        tree = minimum_spanning_tree(self.matrix(weight)).tocoo()
        kept = np.isin(a * n + b, np.minimum(tree.row, tree.col).astype(np.int64) * n + np.maximum(tree.row, tree.col))
        # Loops: the mains first, then streets in a random order.
        order = np.argsort(np.where(kept, -1, np.where(self.is_main, 0, 1)) + 0.9 * self.random(len(a)), kind="stable")
        use = np.sort(order[:max(int(LINKS_PER_NODE * n), n - 1)])
        self.ends, self.length, self.is_main = self.ends[use], self.length[use], self.is_main[use]

    def matrix(self, weight):
        return coo_matrix((weight, (self.ends[:, 0], self.ends[:, 1])), shape=(self.count, self.count)).tocsr()

    def consume(self):
        # Two exponentials in a row: many small corners, few large ones; a seventh has nobody.
        share = -np.log1p(-self.random(self.count)) - np.log1p(-self.random(self.count))
        self.demand = np.where(self.random(self.count) < 0.15, 0, 0.005 + 0.04 * share)
        self.pattern = (self.random(self.count) * 3).astype(int)

    def supply(self):
        """Sources at crossings of mains, each as far as can be from those before it."""
        wanted = self.reservoirs + self.tanks
        places = [int(self.crossings[int(self.random(1)[0] * len(self.crossings))])] if len(self.crossings) else [0]
        pool = self.crossings if len(self.crossings) >= wanted else np.arange(self.count)
        nearest = np.full(len(pool), np.inf)
        while len(places) < wanted:
            nearest = np.minimum(nearest, np.hypot(self.x[pool] - self.x[places[-1]], self.y[pool] - self.y[places[-1]]))
            places.append(int(pool[nearest.argmax()]))
        self.at_reservoir, self.at_tank = places[:self.reservoirs], places[self.reservoirs:]

    def size(self):
        """Routes the demand down the shortest paths from the reservoirs and takes a commercial size for each pipe."""
        weight = self.matrix(self.length * np.where(self.is_main, 0.4, 1))
        self.distance, parent, _ = dijkstra(weight, directed=False, indices=self.at_reservoir, min_only=True, return_predecessors=True)
        self.parent = parent
        link = {(int(a), int(b)): k for k, (a, b) in enumerate(self.ends)}
        carried, self.flow = self.demand.copy(), np.zeros(len(self.ends))
        self.parent_link = np.full(self.count, -1)
        for node in np.argsort(-self.distance, kind="stable"):
            up = int(parent[node])
            if up >= 0:
                k = link[(min(node, up), max(node, up))]
                self.parent_link[node] = k
                self.flow[k] += carried[node]
                carried[up] += carried[node]
        wide = 1000 * np.sqrt(4 * PEAK * self.flow / 1000 / (math.pi * SPEED))
        least = np.where(self.is_main, 250, np.array([80, 100, 100, 150])[(self.random(len(self.flow)) * 4).astype(int)])
        self.diameter = SIZES[np.minimum(np.searchsorted(SIZES, np.maximum(wide, least)), len(SIZES) - 1)]
        self.roughness = 80 + 60 * self.random(len(self.flow))

    def mean_losses(self):
        """Hazen-Williams losses down the routing tree from the sources at the mean demand. [m]"""
        loss = 10.67 * self.length * (self.flow / 1000 / self.roughness) ** 1.852 / (self.diameter / 1000) ** 4.87
        total = np.zeros(self.count)
        for node in np.argsort(self.distance, kind="stable"):
            if self.parent[node] >= 0:
                total[node] = total[self.parent[node]] + loss[self.parent_link[node]]
        return total

    def zones(self, wanted):
        """Disjoint parts of the routing tree of a moderate size without a source: (root, members)."""
        below = np.ones(self.count, dtype=int)
        below[self.at_reservoir + self.at_tank] = self.count
        inward = np.argsort(-self.distance, kind="stable")
        for node in inward:
            if self.parent[node] >= 0:
                below[self.parent[node]] += below[node]
        high = max(8, self.count // (3 * wanted))
        roots = [int(v) for v in inward[::-1] if high // 8 <= below[v] <= high and below[self.parent[v]] > high]
        roots = sorted(roots, key=lambda v: (self.z[v], v))[:wanted]
        zone = np.full(self.count, -1)
        zone[roots] = np.arange(len(roots))
        for node in inward[::-1]:
            if zone[node] < 0 and self.parent[node] >= 0:
                zone[node] = zone[self.parent[node]]
        return roots, zone


def inp(city, options):
    """The text of the INP file."""
    n, out = city.count, []
    roots, zone = city.zones(options.valves) if options.valves else ([], np.full(n, -1))
    closed = zone[city.ends[:, 0]] != zone[city.ends[:, 1]]
    closed[city.parent_link[roots]] = False
    head = math.ceil(city.z.max()) + options.lift
    base = float(city.z.min()) if options.pumped else head
    total = float(city.demand.sum())
    names = list(PATTERNS)

    def section(name, lines):
        out.append(f"[{name}]\n" + "".join(line + "\n" for line in lines) + "\n")

    section("TITLE", [f"Synthetic {city.kind} of {n} corners, seed {options.seed}; made by Tools/generate_network.py"])
    section("JUNCTIONS", [f"N{i + 1} {city.z[i]:.2f} {city.demand[i]:.4f} {names[city.pattern[i]]}" for i in range(n)]
            + [f"Z{k + 1} {city.z[root]:.2f} 0" for k, root in enumerate(roots)]
            + ([f"B{k + 1} {base:.2f} 0" for k in range(city.reservoirs)] if options.pumped else []))
    section("RESERVOIRS", [f"R{k + 1} {base:.2f}" for k in range(city.reservoirs)])
    # A tank holds six hours of its share of the demand, and stands half full where the mean demand leaves the head: it fills
    # at night and empties by day.
    share = total / (city.tanks + city.reservoirs)
    breadth = math.sqrt(4 * 6 * 3600 * share / 1000 / 8 / math.pi)
    standing = head - city.mean_losses()
    section("TANKS", [f"T{k + 1} {standing[at] - 5:.2f} 4 0.5 9 {breadth:.1f} 0" for k, at in enumerate(city.at_tank)])
    pipes = []
    for k in range(len(city.ends)):
        a, b = (f"N{end + 1}" for end in city.ends[k])
        for z, root in enumerate(roots):
            if city.parent_link[root] == k:
                a, b = f"N{city.parent[root] + 1}", f"Z{z + 1}"
        status = "Closed" if closed[k] else "Open"
        pipes.append(f"P{k + 1} {a} {b} {city.length[k]:.1f} {city.diameter[k]} {city.roughness[k]:.0f} 0 {status}")
    widest = max(600, int(city.diameter.max()))
    pipe = min(400, int(SIZES[np.searchsorted(SIZES, 1000 * math.sqrt(4 * share / 1000 / math.pi / SPEED))]))
    start = "B" if options.pumped else "R"
    for k in range(city.reservoirs):
        pipes.append(f"PR{k + 1} {start}{k + 1} N{city.at_reservoir[k] + 1} 50 {widest} 120 0 Open")
    for k in range(city.tanks):
        pipes.append(f"PT{k + 1} T{k + 1} N{city.at_tank[k] + 1} 50 {pipe} 120 0 Open")
    section("PIPES", pipes)
    if options.pumped:
        section("PUMPS", [f"U{k + 1} R{k + 1} B{k + 1} HEAD LIFT" for k in range(city.reservoirs)])
        section("CURVES", [f"LIFT {PEAK * total / city.reservoirs:.2f} {head - base:.1f}"])
        if city.tanks:
            section("CONTROLS", [f"LINK U{k + 1} {word} IF NODE T1 {where} {level}" for k in range(city.reservoirs)
                                 for word, where, level in (("CLOSED", "ABOVE", 8.5), ("OPEN", "BELOW", 3))])
    if roots:
        section("VALVES", [f"V{k + 1} Z{k + 1} N{root + 1} {city.diameter[city.parent_link[root]]} PRV "
                           f"{max(30.0, city.z[zone == k].max() - city.z[root] + 25):.0f} 0" for k, root in enumerate(roots)])
    if options.leakage:
        # Old rough pipes leak more: area about 0.6 mm² per 100 m, a hundredth more of it for each metre of head.
        size = np.exp(np.sqrt(-2 * np.log(1 - city.random(len(pipes)))) * np.cos(2 * math.pi * city.random(len(pipes))))
        rough = np.append(city.roughness, np.full(len(pipes) - len(city.ends), 120))
        area = 0.6 * size * (140 / rough) ** 2
        section("LEAKAGE", [f"{line.split()[0]} {a:.3f} {a / 100:.5f}" for line, a in zip(pipes, area)])
    if options.emitters:
        chosen = np.sort(np.argsort(city.random(n), kind="stable")[:options.emitters])
        section("EMITTERS", [f"N{i + 1} {c:.3f}" for i, c in zip(chosen, 0.05 + 0.45 * city.random(len(chosen)))])
    section("PATTERNS", [f"{name} " + " ".join(f"{value:g}" for value in values[k:k + 6])
                         for name, values in PATTERNS.items() for k in range(0, 24, 6)])
    section("TIMES", [f"Duration {options.hours}:00", "Hydraulic Timestep 1:00", "Pattern Timestep 1:00", "Report Timestep 1:00"])
    pressure_driven = ["Demand Model PDA", "Minimum Pressure 0", "Required Pressure 20", "Pressure Exponent 0.5"] if options.pda else []
    section("OPTIONS", ["Units LPS", "Headloss H-W", "Accuracy 0.001", "Trials 40", "Unbalanced Continue 10"] + pressure_driven)
    section("COORDINATES", [f"N{i + 1} {city.x[i]:.1f} {city.y[i]:.1f}" for i in range(n)]
            + [f"Z{k + 1} {city.x[root] - 5:.1f} {city.y[root]:.1f}" for k, root in enumerate(roots)])
    out.append("[END]\n")
    return "".join(out)


def geojson(city):
    """Corners and pipes in local metres."""
    point = lambda i: [round(float(city.x[i]), 1), round(float(city.y[i]), 1)]
    features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": point(i)},
                 "properties": {"node": f"N{i + 1}", "elevation_m": round(float(city.z[i]), 2),
                                "base_demand_l_per_s": round(float(city.demand[i]), 4)}} for i in range(city.count)]
    features += [{"type": "Feature", "geometry": {"type": "LineString", "coordinates": [point(a), point(b)]},
                  "properties": {"link": f"P{k + 1}", "length_m": round(float(city.length[k]), 1), "diameter_mm": int(city.diameter[k]),
                                 "roughness": round(float(city.roughness[k]))}} for k, (a, b) in enumerate(city.ends)]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=0) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["city", "grid"])
    parser.add_argument("nodes", type=int)
    parser.add_argument("output")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--reservoirs", type=int)
    parser.add_argument("--tanks", type=int)
    parser.add_argument("--lift", type=int, default=55)
    parser.add_argument("--valves", type=int, default=0)
    parser.add_argument("--emitters", type=int, default=0)
    for flag in ("pumped", "leakage", "pda"):
        parser.add_argument("--" + flag, action="store_true")
    parser.add_argument("--format", choices=["inp", "geojson"], default="inp")
    options = parser.parse_intermixed_args()
    if options.nodes < 9:
        parser.error("a network has nine nodes at least")
    city = City(options.kind, options.nodes, options.seed, options.reservoirs, options.tanks)
    text = inp(city, options) if options.format == "inp" else geojson(city)
    with open(options.output, "w", newline="\n") as file:
        file.write(text)
    print(f"{options.output}: {city.count} corners, {len(city.ends)} streets, {city.demand.sum():.1f} L/s")


if __name__ == "__main__":
    main()
