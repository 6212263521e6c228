# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of NAME.answers.csv (network_answers.py says what the columns mean), and those that EPANET 2.3.5 computes."""
import csv
import io
import os

import epanet_engine as en
from epanet_period import held_flow

NETWORKS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Networks")
HEAD, FLOW = 2e-6, 1e-9  # m, m³/s: twice the solver's own energy bar; its mass bar at these flows
CLOSED = "closed form"
ROOT = "root"


class Answers:
    def __init__(self, name):
        self.name, self.rows = name, []

    def add(self, quantity, element, value, time=0, tolerance=None, source=CLOSED, constants="exact", unit=None):
        units = {"head": "m", "pressure": "m", "pressure_at_least": "m", "flow": "m3/s", "outflow": "m3/s"}
        default = {"head": HEAD, "pressure": HEAD, "pressure_at_least": 0, "flow": FLOW, "outflow": FLOW}.get(quantity, "")
        text = value if isinstance(value, str) else f"{value:.12g}"
        bar = default if tolerance is None else tolerance
        self.rows.append([quantity, element, time, text, unit or units.get(quantity, ""), bar if bar == "" else f"{bar:g}", constants, source])
        return self

    def write(self):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["quantity", "element", "time_s", "value", "unit", "tolerance", "constants", "source"])
        writer.writerows(self.rows)
        with open(os.path.join(NETWORKS, self.name + ".answers.csv"), "w", newline="") as file:
            file.write(out.getvalue())


def epanet_states(path, accuracy):
    """Heads, flows, statuses, energy error and what is passed too much, by time; None where a solve does not balance."""
    states = {}
    with en.Engine(path) as engine:
        engine.option(en.TRIALS, 2000)
        at = {"node": {name: i for i, name in enumerate(engine.node_names())},
              "link": {name: i for i, name in enumerate(engine.link_names())}}
        ends = engine.ends()
        engine.option(en.ACCURACY, accuracy)
        engine.open_hydraulics()
        while True:
            engine.solve()
            # A second solve of the same moment takes away what the test of convergence leaves.
            now, warning = engine.solve()
            if warning == en.UNBALANCED_WARNING:
                return None, at
            classes = engine.classes()
            states[now] = engine.heads(), engine.flows(), classes, engine.head_error(), held_flow(engine, ends, classes)
            if engine.advance() == 0:
                return states, at


def from_epanet(answers, times, nodes, links=(), statuses=()):
    """Rows that EPANET computes, at the given times.

    Bars: those of the cross-check, 1e-6 m + 1e-8 |H| and 1e-9 m³/s + 1e-8 max |q|; ten times the energy error that EPANET leaves;
    its change over one decade where it does not balance at 1e-8; and where its closed links and active valves pass water that they
    should not, four times that flow, and for heads what it costs on a steep pump curve (1000 s/m²)."""
    path, accuracy = os.path.join(NETWORKS, answers.name + ".inp"), 1e-8
    states, at = epanet_states(path, accuracy)
    while states is None and accuracy < 1e-5:
        accuracy *= 10
        states, at = epanet_states(path, accuracy)
    if states is None:
        raise RuntimeError(f"{answers.name}: EPANET does not balance")
    looser = epanet_states(path, 10 * accuracy)[0] if accuracy > 1e-8 else states
    source = f"EPANET 2.3.5 at ACCURACY {accuracy:.0e}"
    for now in times:
        heads, flows, classes, error, held = states[now]
        for name in nodes:
            head, other = (float(run[now][0][at["node"][name]]) for run in (states, looser))
            bar = max(1e-6 + 1e-8 * abs(head), abs(head - other), 10 * error, 1000 * held)
            answers.add("head", name, head, now, float(f"{bar:.2g}"), source, "epanet")
        for name in links:
            flow, other = (float(run[now][1][at["link"][name]]) for run in (states, looser))
            bar = max(1e-9 + 1e-8 * abs(flows).max(), abs(flow - other), 4 * held)
            answers.add("flow", name, flow, now, float(f"{bar:.2g}"), source, "epanet")
        for name in statuses:
            answers.add("status", name, ("closed", "open", "active")[classes[at["link"][name]]], now, "", source, "epanet")
    return answers
