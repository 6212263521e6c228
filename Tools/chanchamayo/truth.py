# SPDX-License-Identifier: GPL-3.0-or-later
"""What really happens: EPANET runs the town hour by hour with true roughness, true use, leakage and one new leak."""
import os
import tempfile
from dataclasses import dataclass, field

import numpy as np
from epanet import toolkit as en

from .town import HOURS, ZONES, Node, Pipe, inp

#: The new leak: l/s at its start, and when it begins.
BURST_LPS, BURST_HOUR, BURST_ZONE = 2.2, 20 * 24 + 14, "Z2"
TRUNK_LEAKAGE_LPS = 0.30


@dataclass
class World:
    fill: dict
    loss_lps_before: dict
    burst_pipe: str = ""
    burst_lps: np.ndarray = None
    pressures: dict = field(default_factory=dict)   # node -> [hour]
    inflows: dict = field(default_factory=dict)     # zone -> [hour], l/s
    input: np.ndarray = None                        # mean of the hour, l/s
    levels: dict = field(default_factory=dict)
    leakage: dict = field(default_factory=dict)     # zone -> [hour], background, l/s
    warnings: int = 0
    pressure_percentiles: str = ""
    average_pressure: dict = field(default_factory=dict)


class Run:
    """EPANET on a file of its own."""

    def __init__(self, text):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "town.inp")
        with open(path, "w") as file:
            file.write(text)
        self.project = en.createproject()
        en.open(self.project, path, os.path.join(self.folder.name, "town.rpt"), "")

    def close(self):
        en.close(self.project)
        en.deleteproject(self.project)
        self.folder.cleanup()


def step_through(text, nodes, demand, hours, wanted_nodes, wanted_links, at_hour=None):
    """Sets every node's demand at each hour [l/s] and reads pressures, levels and flows; flows are means of the hour."""
    run = Run(text)
    p = run.project
    index = [en.getnodeindex(p, n) for n in nodes]
    node_index = {n: en.getnodeindex(p, n) for n in wanted_nodes}
    link_index = {k: en.getlinkindex(p, k) for k in wanted_links}
    pressure = {n: np.zeros(hours) for n in wanted_nodes}
    flow = {k: np.zeros(hours) for k in wanted_links}
    instant = {k: np.zeros(hours) for k in wanted_links}
    warnings = 0
    en.openH(p)
    en.initH(p, 0)
    import warnings as python_warnings
    while True:
        time = en.gettimeparam(p, en.HTIME)
        hour = time // 3600
        with python_warnings.catch_warnings(record=True) as caught:
            python_warnings.simplefilter("always")
            if time % 3600 == 0 and hour < hours:
                for k, q in zip(index, demand[:, hour]):
                    en.setbasedemand(p, k, 1, float(q))
                if at_hour:
                    at_hour(p, hour)
            now = en.runH(p)
        warnings += len(caught)
        hour = now // 3600
        if hour < hours and now % 3600 == 0:
            for n, k in node_index.items():
                pressure[n][hour] = en.getnodevalue(p, k, en.PRESSURE)
            for name, k in link_index.items():
                instant[name][hour] = en.getlinkvalue(p, k, en.FLOW)
        flows = {name: en.getlinkvalue(p, k, en.FLOW) for name, k in link_index.items()}
        step = en.nextH(p)
        if step <= 0:
            break
        if hour < hours:
            for name in flow:
                flow[name][hour] += flows[name] * step / 3600
    en.closeH(p)
    run.close()
    return pressure, instant, flow, warnings


def simulate(seed, place, people):
    rng = np.random.default_rng([seed, 4])
    classes = {d: np.exp(rng.normal(-0.03, 0.08)) for d in (50, 75, 100, 150, 200, 250)}
    rough = {p.id: p.roughness * classes[p.diameter] * np.exp(rng.normal(0, 0.04)) for p in place.pipes.values()}
    # The new leak sits in the middle of a pipe of middling size.
    choice = [p for p in place.pipes.values() if p.zone == BURST_ZONE and p.length >= 40 and 50 < p.diameter <= 100]
    inside = [p for p in choice if p.start != place.entries[BURST_ZONE] and p.end != place.entries[BURST_ZONE]]
    broken = inside[int(rng.integers(len(inside)))]
    a, b = place.nodes[broken.start], place.nodes[broken.end]
    middle = Node("BURST", (a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2, BURST_ZONE)
    halves = [Pipe("BURST1", broken.start, "BURST", broken.length / 2, broken.diameter, zone=BURST_ZONE),
              Pipe("BURST2", "BURST", broken.end, broken.length / 2, broken.diameter, zone=BURST_ZONE)]
    rough["BURST1"] = rough["BURST2"] = rough[broken.id]
    nodes = list(place.nodes)
    position = {n: k for k, n in enumerate(nodes)}
    use = np.zeros((len(nodes), HOURS))
    for k, node in enumerate(people.node):
        use[position[node]] += people.use[k] / 3600.0
    # Background leakage: in proportion to pipe length and pressure (exponent 1), scattered from pipe to pipe, to the zone's total.
    weight = np.zeros(len(nodes))
    for pipe in place.pipes.values():
        if pipe.zone:
            w = pipe.length * np.exp(rng.normal(0, 0.8))
            weight[position[pipe.start]] += w / 2
            weight[position[pipe.end]] += w / 2
    zone_of = np.array([place.nodes[n].zone for n in nodes])
    target = {z.id: z.connections * z.leakage / 86400 for z in ZONES}
    mean_use = {t: sum(people.mean_lps_by_zone[z.id] + target[z.id] for z in ZONES if z.tank == t) + TRUNK_LEAKAGE_LPS / 2
                for t in ("T1", "T2")}
    fill = {t: (round(0.6 * q, 1), round(1.4 * q + 1.5, 1)) for t, q in mean_use.items()}
    text = inp(place, ["truth of the synthetic town"], {n: [(0.0, "")] for n in nodes}, {"FLAT": np.ones(24)}, rough, fill, HOURS,
               [middle], halves, [broken.id])
    text = text.replace(" 0.00000 \n", " 0\n")
    leak = np.repeat(weight[:, None], 24, axis=1)
    for z in ZONES:
        leak[zone_of == z.id] *= target[z.id] / weight[zone_of == z.id].sum()
    for _ in range(4):
        demand = use[:, :48].copy()
        demand += np.tile(leak, 2)
        pressure, _, _, _ = step_through(text.replace(f"Duration {HOURS}:00", "Duration 48:00"), nodes, demand, 48, nodes, [])
        by_hour = np.array([(pressure[n][:24] + pressure[n][24:]) / 2 for n in nodes])
        leak = weight[:, None] * np.maximum(by_hour, 0)
        for z in ZONES:
            inside_zone = zone_of == z.id
            leak[inside_zone] *= target[z.id] / leak[inside_zone].sum(axis=0).mean()
        for n in ("A1", "A2", "A3", "B1", "B2", "B3"):
            leak[position[n]] = TRUNK_LEAKAGE_LPS / 6
    demand = use + np.tile(leak, HOURS // 24)
    pre = float(pressure[broken.start].mean())
    burst = np.zeros(HOURS)
    state = {}

    def at_hour(p, hour):
        if hour == 0:
            state["node"] = en.getnodeindex(p, "BURST")
            en.setnodevalue(p, state["node"], en.EMITTER, 0.0)
        if hour == BURST_HOUR:
            en.setnodevalue(p, state["node"], en.EMITTER, BURST_LPS / np.sqrt(max(5.0, pre - 2.0)))

    world = World(fill, {})
    world.burst_pipe = broken.id
    links = [place.inlets[z.id] for z in ZONES] + ["MAIN0", "BURST1", "BURST2"]
    pressure, instant, mean, world.warnings = step_through(text, nodes, demand, HOURS, nodes + ["T1", "T2", "BURST"], links, at_hour)
    burst[:] = instant["BURST1"] - instant["BURST2"]
    burst[:BURST_HOUR] = 0
    world.burst_lps = burst
    world.inflows = {z.id: instant[place.inlets[z.id]] for z in ZONES}
    world.input = mean["MAIN0"]
    world.levels = {t: pressure[t] for t in ("T1", "T2")}
    world.pressures = {n: pressure[n] for n in nodes}
    for z in ZONES:
        world.leakage[z.id] = np.tile(leak[zone_of == z.id].sum(axis=0), HOURS // 24)
        world.loss_lps_before[z.id] = float(world.leakage[z.id].mean())
        ids = [n for n in place.zone_nodes(z.id) if place.connections_of.get(n, 0)]
        counts = np.array([place.connections_of[n] for n in ids])
        world.average_pressure[z.id] = float((np.array([pressure[n].mean() for n in ids]) * counts).sum() / counts.sum())
    town = np.concatenate([pressure[n] for n in nodes if place.connections_of.get(n, 0)])
    world.pressure_percentiles = " / ".join(f"{v:.1f}" for v in np.percentile(town, [0, 1, 50, 99, 100])) + " m (least, 1 %, half, 99 %, most)"
    return world
