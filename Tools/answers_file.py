# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of NAME.answers.csv (network_answers.py says what the columns mean), and those that EPANET 2.3.5 computes."""
import csv
import io
import os

import numpy as np

from epanet_period import period

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


def from_epanet(answers, times, nodes, links=(), statuses=()):
    """Rows that EPANET computes at the given report steps.

    Bars: 1e-6 m + 1e-8 |H| and 1e-9 m³/s + 1e-8 max |q|; twice what EPANET's own errors are worth there (`epanet_correction`)."""
    run = period(os.path.join(NETWORKS, answers.name + ".inp"), "file", 1e-8, 600)
    if not len(run["time"]) or run["accuracy"].max() == np.inf:
        raise RuntimeError(f"{answers.name}: EPANET does not balance")
    at = {"node": {name: i for i, name in enumerate(run["nodes"])}, "link": {name: i for i, name in enumerate(run["links"])}}
    row = {int(now): k for k, now in enumerate(run["time"])}
    source = f"EPANET 2.3.5 at ACCURACY {run['accuracy'].max():.0e}"
    for now in times:
        k = row[now]
        for name in nodes:
            head, right = (float(run[key][k][at["node"][name]]) for key in ("heads", "right_heads"))
            bar = max(1e-6 + 1e-8 * abs(head), 2 * abs(head - right))
            answers.add("head", name, head, now, float(f"{bar:.2g}"), source, "epanet")
        for name in links:
            flow, right = (float(run[key][k][at["link"][name]]) for key in ("flows", "right_flows"))
            bar = max(1e-9 + 1e-8 * np.abs(run["flows"][k]).max(), 2 * abs(flow - right))
            answers.add("flow", name, flow, now, float(f"{bar:.2g}"), source, "epanet")
        for name in statuses:
            answers.add("status", name, ("closed", "open", "active")[run["classes"][k][at["link"][name]]], now, "", source, "epanet")
    return answers
