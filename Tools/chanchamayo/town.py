# SPDX-License-Identifier: GPL-3.0-or-later
"""The town's terrain, streets and pipes, and the model that its utility has of them."""
from dataclasses import dataclass, field

import numpy as np

SIZES = np.array([50, 75, 100, 150, 200, 250])  # mm, inner diameter
DAYS = 30
HOURS = 24 * DAYS
#: Share of the mean in each hour of the day.
DOMESTIC = np.array([.12, .10, .09, .10, .22, .85, 1.75, 2.05, 1.70, 1.35, 1.20, 1.25, 1.45, 1.35, 1.10, 1.00, 1.05, 1.25, 1.60,
                     1.55, 1.20, .85, .50, .27])
BUSINESS = np.array([.10, .10, .10, .10, .10, .30, .70, 1.20, 1.70, 1.90, 1.90, 1.90, 1.80, 1.60, 1.70, 1.80, 1.70, 1.50, 1.10,
                     .70, .40, .25, .20, .15])
DOMESTIC /= DOMESTIC.mean()
BUSINESS /= BUSINESS.mean()


@dataclass
class Zone:
    id: str
    name: str
    corner: tuple          # m, lower left
    columns: int
    rows: int
    connections: int
    leakage: float         # background, litres per connection and day
    entry: tuple           # street corner (column, row) of the inlet
    prv: float = None      # m, setting of the valve at the inlet
    tank: str = "T1"
    sensors: int = 3
    mean_age: float = 20.0  # years, of its pipes


ZONES = [
    Zone("Z1", "Mirador", (3650, 1200), 10, 9, 300, 110, (9, 5), tank="T1", sensors=3, mean_age=9),
    Zone("Z2", "Progreso", (2850, 980), 12, 10, 480, 190, (11, 6), tank="T1", sensors=6, mean_age=18),
    Zone("Z3", "San Carlos", (2000, 800), 11, 10, 420, 430, (10, 7), prv=20, tank="T1", sensors=3, mean_age=33),
    Zone("Z4", "Mercado", (1520, 200), 13, 10, 520, 250, (8, 9), tank="T2", sensors=4, mean_age=24),
    Zone("Z5", "Ribera", (860, 90), 10, 10, 380, 720, (6, 9), prv=18, tank="T2", sensors=3, mean_age=41),
    Zone("Z6", "Puerto", (200, 50), 8, 9, 210, 70, (5, 8), prv=20, tank="T2", sensors=2, mean_age=7),
]


@dataclass
class Node:
    id: str
    x: float
    y: float
    z: float
    zone: str = ""


@dataclass
class Pipe:
    id: str
    start: str
    end: str
    length: float
    diameter: float = 0    # mm
    age: float = 10        # years
    zone: str = ""
    roughness: float = 130  # Hazen-Williams, nominal


@dataclass
class Place:
    nodes: dict = field(default_factory=dict)
    pipes: dict = field(default_factory=dict)
    valves: list = field(default_factory=list)     # id, start, end, diameter, type, setting
    reservoirs: list = field(default_factory=list)  # id, head, x, y
    tanks: list = field(default_factory=list)      # id, bottom, initial, minimum, maximum, diameter, x, y
    entries: dict = field(default_factory=dict)    # zone -> first node
    inlets: dict = field(default_factory=dict)     # zone -> metered pipe
    connections_of: dict = field(default_factory=dict)  # node -> connections

    def zone_nodes(self, zone):
        return [n.id for n in self.nodes.values() if n.zone == zone]


def height(x, y):
    """Ground level of the valley, m above sea: it rises upstream and away from the river."""
    return 708 + 0.012 * x + 0.040 * y + 1.5 * np.sin(x / 310) * np.cos(y / 270)


def street_grid(rng, place, zone):
    """A thinned lattice of streets with a few lanes that end blind."""
    spacing = 50
    prefix = zone.id[1:]
    at = {}
    for row in range(zone.rows):
        for column in range(zone.columns):
            number = row * zone.columns + column
            x = zone.corner[0] + spacing * column + rng.uniform(-8, 8) + 6 * row
            y = zone.corner[1] + spacing * row * 0.9 + rng.uniform(-8, 8)
            node = Node(f"J{prefix}{number:03d}", round(x, 1), round(y, 1), round(height(x, y), 2), zone.id)
            place.nodes[node.id] = node
            at[column, row] = node.id
    edges = []
    for (column, row) in at:
        if (column + 1, row) in at:
            edges.append(((column, row), (column + 1, row), row % 3 == zone.entry[1] % 3))
        if (column, row + 1) in at:
            edges.append(((column, row), (column, row + 1), column % 4 == zone.entry[0] % 4))
    order = sorted(range(len(edges)), key=lambda k: rng.random() * (0.3 if edges[k][2] else 1))
    parent = {key: key for key in at}

    def root(key):
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    chosen, rest = [], []
    for k in order:
        a, b = root(edges[k][0]), root(edges[k][1])
        if a != b:
            parent[a] = b
            chosen.append(k)
        else:
            rest.append(k)
    extra = [k for k in rest if edges[k][2]] + [k for k in rest if not edges[k][2]]
    chosen += extra[: int(0.16 * len(at))]
    for count, k in enumerate(sorted(chosen)):
        start, end = at[edges[k][0]], at[edges[k][1]]
        a, b = place.nodes[start], place.nodes[end]
        length = round(float(np.hypot(a.x - b.x, a.y - b.y)) * rng.uniform(1.0, 1.08), 1)
        age = max(1, rng.normal(zone.mean_age, 6))
        pipe = Pipe(f"P{prefix}{count:03d}", start, end, length, age=age, zone=zone.id)
        place.pipes[pipe.id] = pipe
    place.entries[zone.id] = at[zone.entry]


def place_connections(rng, place, zone):
    ids = place.zone_nodes(zone.id)
    weights = rng.gamma(2.0, 1.0, len(ids))
    counts = rng.multinomial(zone.connections, weights / weights.sum())
    for id, count in zip(ids, counts):
        place.connections_of[id] = int(count)


def size_pipes(place, zone):
    """Diameters from the peak flow along shortest ways from the inlet, about 0.6 m/s."""
    import heapq
    nodes = place.zone_nodes(zone.id)
    neighbours = {n: [] for n in nodes}
    for pipe in place.pipes.values():
        if pipe.zone == zone.id:
            neighbours[pipe.start].append((pipe.end, pipe))
            neighbours[pipe.end].append((pipe.start, pipe))
    entry = place.entries[zone.id]
    distance, before, queue = {entry: 0.0}, {}, [(0.0, entry)]
    while queue:
        d, node = heapq.heappop(queue)
        if d > distance[node]:
            continue
        for other, pipe in neighbours[node]:
            if d + pipe.length < distance.get(other, 1e18):
                distance[other] = d + pipe.length
                before[other] = (node, pipe)
                heapq.heappush(queue, (distance[other], other))
    # Peak: 0.013 l/s a connection, and the zone's leakage.
    carried = {n: place.connections_of.get(n, 0) * (0.013 + zone.leakage / 86400) for n in nodes}
    flow = {}
    for node in sorted(nodes, key=lambda n: (-distance[n], n)):
        if node in before:
            previous, pipe = before[node]
            flow[pipe.id] = carried[node]
            carried[previous] += carried[node]
    for pipe in place.pipes.values():
        if pipe.zone == zone.id:
            needed = np.sqrt(4 * flow.get(pipe.id, 0.15) / 1000 / (np.pi * 0.6)) * 1000
            pipe.diameter = float(SIZES[min(np.searchsorted(SIZES, needed), len(SIZES) - 1)])


def roughness(pipe):
    """Plastic since about 25 years, asbestos cement before, and cast iron at the oldest."""
    return 140 if pipe.age < 25 else 120 if pipe.age < 38 else 100


def build(seed):
    rng = np.random.default_rng([seed, 1])
    place = Place()
    for zone in ZONES:
        street_grid(rng, place, zone)
        place_connections(rng, place, zone)
        size_pipes(place, zone)
    place.reservoirs = [("INTAKE", 899.0, 8800, 2720)]
    place.tanks = [("T1", 847.0, 3.0, 0.5, 4.5, 18.0, 4600, 2100), ("T2", 784.0, 3.0, 0.5, 4.5, 20.0, 1950, 1290)]
    trunk_nodes = [("WTP", 6000, 2650, 884.0), ("WTPOUT", 5950, 2620, 883.0), ("F1", 4620, 2115, 847.5), ("F2", 1970, 1300, 784.5),
                   ("G1", 4610, 2107, 847.3), ("G2", 1960, 1295, 784.3),
                   ("A1", 4330, 1700, 826.0), ("A2", 3600, 1400, 806.0), ("A3", 2720, 1250, 790.0), ("B1", 1930, 850, 765.0),
                   ("B2", 1280, 640, 748.0), ("B3", 560, 560, 737.0)]
    for id, x, y, z in trunk_nodes:
        place.nodes[id] = Node(id, x, y, z)

    def trunk(id, start, end, length, diameter, age=10):
        place.pipes[id] = Pipe(id, start, end, length, diameter, age)

    trunk("RAW", "INTAKE", "WTP", 3000, 250)
    trunk("MAIN0", "WTP", "WTPOUT", 60, 250)
    trunk("MAIN1", "WTPOUT", "F1", 1500, 200)
    trunk("MAIN2", "WTPOUT", "F2", 4500, 200)
    place.valves = [("FCV1", "F1", "G1", 200, "FCV", 0.0), ("FCV2", "F2", "G2", 200, "FCV", 0.0)]
    trunk("FILL1", "G1", "T1", 15, 200)
    trunk("FILL2", "G2", "T2", 15, 200)
    trunk("TR1", "T1", "A1", 520, 250)
    trunk("TR2", "A1", "A2", 800, 250)
    trunk("TR3", "A2", "A3", 900, 200)
    trunk("TR4", "T2", "B1", 450, 250)
    trunk("TR5", "B1", "B2", 700, 200)
    trunk("TR6", "B2", "B3", 740, 150)
    for zone, trunk_node in zip(ZONES, ["A1", "A2", "A3", "B1", "B2", "B3"]):
        entry = place.nodes[place.entries[zone.id]]
        start = place.nodes[trunk_node]
        inlet = f"IN_{zone.id}"
        length = round(max(30.0, float(np.hypot(start.x - entry.x, start.y - entry.y))), 1)
        end = entry.id
        if zone.prv:
            end = f"V{zone.id[1:]}"
            place.nodes[end] = Node(end, round(entry.x + 6, 1), round(entry.y + 6, 1), entry.z, zone.id)
            place.valves.append((f"PRV_{zone.id}", end, entry.id, 100, "PRV", zone.prv))
        place.pipes[inlet] = Pipe(inlet, trunk_node, end, length, 200 if zone.connections > 400 else 150, 15)
        place.inlets[zone.id] = inlet
    for pipe in place.pipes.values():
        pipe.roughness = roughness(pipe)
    return place


def controls(fill):
    """Operators throttle the inlet of a full tank and open that of a low one."""
    lines = []
    for tank, (low, high) in fill.items():
        valve = "FCV" + tank[1:]
        lines += [f"LINK {valve} {high:.1f} IF NODE {tank} BELOW 2.4", f"LINK {valve} {low:.1f} IF NODE {tank} ABOVE 3.6"]
    return lines


def inp(place, title, demands, patterns, roughness_of, fill, hours, extra_nodes=(), extra_pipes=(), without=()):
    """An EPANET file. demands: node -> list of (l/s, pattern)."""
    out = ["[TITLE]"] + title + ["", "[JUNCTIONS]", ";id elevation demand pattern"]
    nodes = list(place.nodes.values()) + list(extra_nodes)
    for node in nodes:
        first = demands.get(node.id, [])[:1]
        text = f" {first[0][0]:.5f} {first[0][1]}" if first else " 0"
        out.append(f"{node.id} {node.z:.2f}{text}")
    out += ["", "[RESERVOIRS]"] + [f"{id} {head:.2f}" for id, head, _, _ in place.reservoirs]
    out += ["", "[TANKS]", ";id bottom initial minimum maximum diameter minimum-volume"]
    out += [f"{t[0]} {t[1]:.2f} {t[2]} {t[3]} {t[4]} {t[5]} 0" for t in place.tanks]
    out += ["", "[PIPES]", ";id start end length diameter roughness minor-loss status"]
    for pipe in [p for p in place.pipes.values() if p.id not in without] + list(extra_pipes):
        out.append(f"{pipe.id} {pipe.start} {pipe.end} {pipe.length:.2f} {pipe.diameter:.0f} {roughness_of[pipe.id]:.2f} 0 Open")
    out += ["", "[VALVES]", ";id start end diameter type setting minor-loss"]
    for id, start, end, diameter, kind, setting in place.valves:
        value = fill["T" + id[3:]][1] if kind == "FCV" else setting
        out.append(f"{id} {start} {end} {diameter} {kind} {value:.1f} 0")
    more = [(n, d) for n, list_ in demands.items() if len(list_) > 1 for d in list_]
    if more:
        out += ["", "[DEMANDS]", ";node l/s pattern"] + [f"{n} {q:.5f} {p}" for n, (q, p) in more]
    out += ["", "[TAGS]"] + [f"NODE {n.id} {n.zone}" for n in nodes if n.zone]
    out += ["", "[PATTERNS]"]
    for name, values in patterns.items():
        for k in range(0, 24, 8):
            out.append(f"{name} " + " ".join(f"{v:.3f}" for v in values[k:k + 8]))
    out += ["", "[CONTROLS]"] + controls(fill)
    out += ["", "[OPTIONS]", "Units LPS", "Headloss H-W", "Trials 200", "Accuracy 0.001", "Unbalanced Continue 10", "Emitter Exponent 0.5", "Quality None",
            "", "[TIMES]", f"Duration {hours}:00", "Hydraulic Timestep 1:00", "Pattern Timestep 1:00", "Report Timestep 1:00",
            "", "[REPORT]", "Status No", "Summary No", "Messages No", "", "[COORDINATES]"]
    out += [f"{n.id} {n.x:.1f} {n.y:.1f}" for n in nodes]
    out += [f"{id} {x} {y}" for id, _, x, y in place.reservoirs] + [f"{t[0]} {t[6]} {t[7]}" for t in place.tanks]
    return "\n".join(out + ["", "[END]", ""])


def nominal_inp(seed, place, people, world):
    """The utility's model: rounded roughness, demand from billing within some tenths, losses spread evenly over a zone."""
    rng = np.random.default_rng([seed, 2])
    demands = {}
    for zone in ZONES:
        nodes = place.zone_nodes(zone.id)
        billed = {n: people.mean_lps_by_node.get(n, 0.0) * np.exp(rng.normal(0, 0.12)) for n in nodes}
        scale = people.mean_lps_by_zone[zone.id] / max(1e-9, sum(billed.values()))
        loss = world.loss_lps_before[zone.id] * rng.normal(1, 0.05)
        for n in nodes:
            share = place.connections_of.get(n, 0) / zone.connections
            if share > 0:
                demands[n] = [(billed[n] * scale, "DOM"), (loss * share, "LOSS")]
    patterns = {"DOM": people.pattern, "LOSS": np.ones(24)}
    title = ["Chanchamayo (SYNTHETIC network): invented for the Yusu examples, not the network of any town",
             f"written by Tools/generate_chanchamayo.py, seed {seed}; roughness and demands are approximate, as a utility has them",
             "hour 0 is 2026-03-02T00:00 (Monday), local time without clock changes; junction tags are zones"]
    rough = {p.id: float(p.roughness) for p in place.pipes.values()}
    return inp(place, title, demands, patterns, rough, world.fill, 24)
