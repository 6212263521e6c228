# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison behind `crosscheck_hydraulics.py`, which says what the verdicts mean."""
import csv
import os

import numpy as np

ACCURACY = 1e-8
HEAD_BAR = 1e-6  # m
FLOW_SHARE = 1e-6  # of the largest flow
STRICT_FLOW, STRICT_SHARE = 1e-9, 1e-8  # m³/s, of the largest flow: a second, stricter count
IDLE = 1e-7  # m³/s; below it a status is the history of the iterations
LOWEST_HEAD, HIGHEST_HEAD = -1e5, 1e4  # m; beyond them there are no heads
OWN_ERROR = 1e-6  # m; energy error above which an answer of EPANET's is no reference
MENDED, SECONDS, NO_HEADS, PCV, PUMP = "EPANET's balance", "whole seconds", "EPANET's heads", "EPANET's PCV", "EPANET's pump"
LOOSE = "EPANET's accuracy"
SEVERITY = ("differ", "statuses", "EPANET's error", NO_HEADS, PCV, PUMP, SECONDS, LOOSE, MENDED)  # the worst first
CLASS = {"closed": 0, "temporarily_closed": 0, "cannot_deliver_head": 0, "active": 2}


def table(path, columns):
    """Times, names and the columns of nodes.csv or links.csv, an array of steps by elements each."""
    times, names, values = [], [], [[] for _ in columns]
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            if not times or row[0] != times[-1]:
                times.append(row[0])
            if len(times) == 1:
                names.append(row[1])
            for column, store in zip(columns, values):
                store.append(row[column])
    shape = (len(times), len(names))
    return np.array(times, dtype=float).astype(int), names, [np.array(store).reshape(shape) for store in values]


def as_numbers(words):
    return np.where(words == "", "nan", words).astype(float)


def compare(theirs, folder, summary):
    """Where the two answers differ; a dictionary of the table's figures."""
    times, nodes, (heads,) = table(os.path.join(folder, "nodes.csv"), [2])
    _, links, (flows, words) = table(os.path.join(folder, "links.csv"), [2, 3])
    heads, flows = as_numbers(heads), as_numbers(flows)
    classes = np.vectorize(lambda word: CLASS.get(word, 1), otypes=[np.int8])(words)
    node_at, link_at = {n: i for i, n in enumerate(nodes)}, {n: i for i, n in enumerate(links)}
    missing = [n for n in theirs["nodes"] if n not in node_at] + [n for n in theirs["links"] if n not in link_at]
    if missing:
        return {"verdict": "differ", "note": f"elements are missing: {missing[:3]}"}
    heads = heads[:, [node_at[n] for n in theirs["nodes"]]]
    order = [link_at[n] for n in theirs["links"]]
    flows, classes, words = flows[:, order], classes[:, order], words[:, order]
    at = {int(t): i for i, t in enumerate(times)}
    solves = summary.get("solves_detail", [])
    parting = first_difference(theirs, [int(s["time_s"]) for s in solves])
    out = {"steps": 0, "report_steps": len(theirs["time"]), "max_head_difference_m": 0.0, "max_flow_difference_m3_per_s": 0.0,
           "max_flow_share": 0.0, "mended_head_difference_m": 0.0, "mended_flow_share": 0.0, "status_mismatches": 0, "head_at": "",
           "head_time_s": None, "first_divergence_s": None, "missing_heads": 0,
           "epanet_lack_m3_per_s": 0.0, "epanet_lack_at": "", "loosest_accuracy": float(theirs["accuracy"].max(initial=ACCURACY)),
           "moments_part_at_s": parting[0] if parting else None, "mismatched_links": [], "note": ""}
    causes, strict = [], True
    for k, moment in enumerate(theirs["time"]):
        i = at.get(int(moment))
        if i is None:
            continue
        out["steps"] += 1
        step = Step(theirs, k, heads[i], flows[i], classes[i])
        out["missing_heads"] += step.missing
        strict &= step.is_strict
        if step.head > out["max_head_difference_m"]:
            out.update(max_head_difference_m=step.head, head_at=step.head_at, head_time_s=int(moment))
        out["max_flow_difference_m3_per_s"] = max(out["max_flow_difference_m3_per_s"], step.flow)
        out["max_flow_share"] = max(out["max_flow_share"], step.flow / step.largest)
        out["status_mismatches"] += int(step.wrong.sum())
        if float(theirs["lack"][k]) > out["epanet_lack_m3_per_s"]:
            out.update(epanet_lack_m3_per_s=float(theirs["lack"][k]), epanet_lack_at=str(theirs["lack_at"][k]))
        if step.agrees:
            continue
        cause = step.cause(parting is not None and parting[3] and moment >= parting[0])
        if cause == "differ" and PUMP in causes:
            cause = PUMP  # statuses agree again, but tanks have filled otherwise meanwhile
        causes.append(cause)
        if cause == MENDED:
            out["mended_head_difference_m"] = max(out["mended_head_difference_m"], step.mended_head)
            out["mended_flow_share"] = max(out["mended_flow_share"], step.mended_flow / step.largest)
        if out["first_divergence_s"] is None:
            out.update(first_divergence_s=int(moment), epanet_error_m=float(theirs["head_error"][k]))
            out["mismatched_links"] = [f"{theirs['links'][n]} {'closed open active'.split()[theirs['classes'][k][n]]}/{words[i][n]}"
                                       for n in np.flatnonzero(step.wrong)[:4]]
    out["verdict"] = next((cause for cause in SEVERITY if cause in causes), "agree")
    out["note"] = "; ".join(remarks(out, theirs, at, solves, parting))
    missing_solves = {s["outcome"] for s in solves if s["outcome"] != "converged"}
    if missing_solves:
        out["verdict"] = "no source" if missing_solves == {"demand_without_source"} else "not converged"
    elif not out["steps"]:
        out["verdict"] = "not compared"
    elif len(at) < len(theirs["time"]):
        out["verdict"] = "differ"
    out["strict"] = strict and out["verdict"] == "agree"
    return out


class Step:
    """One report step of both engines."""

    def __init__(self, theirs, k, heads, flows, classes):
        reached = theirs["reached"][k]
        start, end = theirs["ends"].T
        joined = reached[start] & reached[end]
        self.theirs, self.k = theirs, k
        dh = np.where(reached, np.abs(theirs["heads"][k] - heads), 0)
        absent = np.isnan(dh)
        self.missing = int(absent.sum())
        dh = np.where(absent, 0, dh)
        dq = np.where(joined, np.abs(theirs["flows"][k] - flows), 0)
        self.head, self.head_at, self.flow = float(dh.max(initial=0)), str(theirs["nodes"][dh.argmax()]), float(dq.max(initial=0))
        self.largest = max(float(np.abs(theirs["flows"][k]).max(initial=0)), STRICT_FLOW / FLOW_SHARE)
        busy = np.maximum(np.abs(theirs["flows"][k]), np.abs(flows)) >= IDLE
        self.wrong = (theirs["classes"][k] != classes) & busy
        self.agrees = self.within(self.head, self.flow) and not self.wrong.any() and not self.missing
        self.is_strict = self.agrees and bool((dq <= STRICT_FLOW + STRICT_SHARE * self.largest).all())
        self.mended_head = float(np.nan_to_num(np.where(reached, np.abs(theirs["right_heads"][k] - heads), 0)).max(initial=0))
        self.mended_flow = float(np.where(joined, np.abs(theirs["right_flows"][k] - flows), 0).max(initial=0))

    def within(self, head, flow):
        return head <= HEAD_BAR and flow <= FLOW_SHARE * self.largest

    def cause(self, moments_part):
        """Why this step does not agree, as far as that can be tested."""
        heads = self.theirs["heads"][self.k]
        if heads.min() < LOWEST_HEAD or heads.max() > HIGHEST_HEAD:
            return NO_HEADS
        if str(self.theirs["odd_opening"][self.k]):
            return PCV
        if self.within(self.mended_head, self.mended_flow) and not self.missing and not self.wrong.any():
            return MENDED
        head_change, flow_change = self.theirs["own_change"][self.k]
        if not self.missing and not self.wrong.any() and self.head <= max(HEAD_BAR, head_change) and self.flow <= flow_change:
            return LOOSE
        if moments_part:
            return SECONDS
        if str(self.theirs["stalled_pump"][self.k]):
            return PUMP
        if self.wrong.any():
            return PUMP if str(self.theirs["idle_pump"][self.k]) else "statuses"
        if self.theirs["accuracy"][self.k] == np.inf or self.theirs["head_error"][self.k] > OWN_ERROR:
            return "EPANET's error"
        return "differ"


def first_difference(theirs, ours):
    """The first moment at which one engine has a solve and the other has none; that moment in both; whether they lie as far apart as
    rounding to whole seconds and EPANET's own errors up to then explain. None where there is no such moment."""
    for index, (a, b) in enumerate(zip(theirs["moments"], ours)):
        if a != b:
            return int(min(a, b)), int(a), b, bool(abs(a - b) <= 1 + theirs["shifts"][index])
    return None


def remarks(out, theirs, at, solves, parting):
    """What can be told of the differences."""
    notes = []
    if str(theirs["stopped"]):
        notes.append("EPANET " + str(theirs["stopped"]))
    if out["first_divergence_s"] is not None and out["epanet_lack_m3_per_s"] > 0:
        notes.append(f"EPANET's flows leave {out['epanet_lack_m3_per_s']:.0e} m3/s at {out['epanet_lack_at']}")
        if out["mended_head_difference_m"] or out["mended_flow_share"]:
            notes.append(f"without its own errors it is off by {out['mended_head_difference_m']:.0e} m and {out['mended_flow_share']:.0e} "
                         "of the largest flow")
    if parting:
        at_parting = int(np.searchsorted(theirs["moments"], parting[1]))
        notes.append(f"steps end at {parting[1]} s in EPANET and at {parting[2]} s here; by then its errors are worth "
                     f"{theirs['shifts'][at_parting]:.0e} s")
    notes += [str(odd) for odd in theirs["odd_opening"] if odd][:1]
    notes += [str(odd) for odd in theirs["stalled_pump"] if odd][:1]
    if out["mismatched_links"]:
        notes += [str(idle) for idle in theirs["idle_pump"] if idle][:1]
    lowest = theirs["heads"].min(initial=0)
    if lowest < LOWEST_HEAD:
        notes.append(f"EPANET's heads fall to {lowest:.0e} m")
    if theirs["heads"].max(initial=0) > HIGHEST_HEAD:
        notes.append(f"EPANET's heads rise to {theirs['heads'].max():.0e} m")
    if out["missing_heads"]:
        notes.append(f"{out['missing_heads']} heads that EPANET gives are empty")
    if len(at) < len(theirs["time"]):
        notes.append(f"yusu gives {len(at)} of {len(theirs['time'])} report steps")
    if at and not out["steps"]:
        notes.append("EPANET stops at no report step")
    bad = {}
    for solve in solves:
        if solve["outcome"] != "converged":
            bad.setdefault(solve["outcome"], []).append(solve["time_s"])
    for outcome, moments in bad.items():
        notes.append(f"{len(moments)} of {len(solves)} solves {outcome}, first at {moments[0]} s")
    return notes
