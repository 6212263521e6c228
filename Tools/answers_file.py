# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of NAME.answers.csv (network_answers.py says what the columns mean), and those that EPANET 2.3.5 computes."""
import csv
import io
import os

import epanet_engine as en

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
    """Heads, flows, statuses and the energy error by time; None where a solve does not balance."""
    states = {}
    with en.Engine(path) as engine:
        engine.option(en.ACCURACY, accuracy)
        engine.option(en.TRIALS, 2000)
        engine.open_hydraulics()
        at = {"node": {name: i for i, name in enumerate(engine.node_names())}, "link": {name: i for i, name in enumerate(engine.link_names())}}
        while True:
            now, warning = engine.solve()
            if warning == en.UNBALANCED_WARNING:
                return None, at
            states[now] = engine.heads(), engine.flows(), engine.classes(), engine.head_error()
            if engine.advance() == 0:
                return states, at


def from_epanet(answers, times, nodes, links=(), statuses=()):
    """Rows that EPANET computes, at the given times. Where it does not balance at 1e-8, its change over one decade is the bar, and ten
    times the energy error that it leaves."""
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
        heads, flows, classes, error = states[now]
        # The bars of the cross-check: 1e-6 m + 1e-8 |H|, 1e-9 m³/s + 1e-8 max |q|.
        for name in nodes:
            head = float(heads[at["node"][name]])
            bar = max(1e-6 + 1e-8 * abs(head), abs(head - looser[now][0][at["node"][name]]), 10 * error)
            answers.add("head", name, head, now, float(f"{bar:.2g}"), source, "epanet")
        for name in links:
            flow = float(flows[at["link"][name]])
            bar = max(1e-9 + 1e-8 * abs(flows).max(), abs(flow - looser[now][1][at["link"][name]]))
            answers.add("flow", name, flow, now, float(f"{bar:.2g}"), source, "epanet")
        for name in statuses:
            answers.add("status", name, ("closed", "open", "active")[classes[at["link"][name]]], now, "", source, "epanet")
    return answers
