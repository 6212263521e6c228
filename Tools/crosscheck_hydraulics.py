#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare `yusu network simulate` with EPANET 2.3.5 over whole periods, at every report step.

    crosscheck_hydraulics.py YUSU [FILE.inp | NAME ...] [--demand-model file|dda|pda|both] [--hours H] [--json OUT]
                             [--cache DIR] [--seconds 60] [--processes 2] [--robustness]

Without files: all of Networks/ and ../shared/networks (broken ones left out); a NAME picks those whose path holds it. Both
engines run at accuracy 1e-8 with EPANET's constants. Where EPANET does not balance a step (2,000 trials; 200 after three
such steps) its accuracy is relaxed by tens for that step; the loosest is printed. `--hours H` lengthens shorter runs to H hours,
for both engines. Each moment is solved twice by EPANET, which removes what its test of convergence leaves.

Bars: 1e-6 m for heads, 1e-6 of the largest flow for flows, no difference of status (closed, open, active; links below 1e-7 m³/s
aside). How many keep 1e-9 m³/s + 1e-8 of the largest flow is told besides. What no open link of EPANET's joins to a source is left
out. `--cache` keeps EPANET's side between runs.

    agree             all report steps within the bars
    EPANET's balance  they differ, but not once EPANET's own errors are taken out: what its flows leave at junctions is put into its
                      linearised equations (`epanet_correction`), tanks carried along from solve to solve
    whole seconds     an event falls on the two sides of half a second: from then on steps end a second apart, or as many more as
                      EPANET's errors are worth by then; before, they agree in one of the ways above
    statuses          heads or flows differ, and so do statuses
    EPANET's heads    its heads fall below -1e5 m where a valve cuts a part off
    EPANET's PCV      the loss of a positional valve follows EPANET's line beyond the end of its curve, to (1, 1) in place of (100, 100)
    EPANET's pump     statuses differ where EPANET leaves a pump of constant power shut against a lift at which its law gives a flow
    no source         junctions with demand have no path to a source at some step: EPANET gives them heads of -1e5 m and below
    EPANET's error    EPANET did not balance, or leaves an energy error above 1e-6 m
    not converged     Yusu says so at a step
    differ            none of these
    not compared      EPANET has no solve at any report time of Yusu's
    refused, EPANET refuses, timeout, failed

`--robustness` runs Yusu alone, demand- and pressure-driven, for 24 hours at least, and prints what does not converge.
Exits 1 where a network differs, fails or (with --robustness) does not converge.
"""
import argparse
import csv
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

TOOLS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TOOLS)
ACCURACY = 1e-8
HEAD_BAR = 1e-6  # m
FLOW_SHARE = 1e-6  # of the largest flow
STRICT_FLOW, STRICT_SHARE = 1e-9, 1e-8  # m³/s, of the largest flow: a second, stricter count
IDLE = 1e-7  # m³/s; below it a status is the history of the iterations
LOWEST_HEAD = -1e5  # m; below it there are no heads
OWN_ERROR = 1e-6  # m; energy error above which an answer of EPANET's is no reference
MENDED, SECONDS, NO_HEADS, PCV, PUMP = "EPANET's balance", "whole seconds", "EPANET's heads", "EPANET's PCV", "EPANET's pump"
SEVERITY = ("differ", "statuses", "EPANET's error", NO_HEADS, PCV, PUMP, SECONDS, MENDED)  # the worst first
CLASS = {"closed": 0, "temporarily_closed": 0, "cannot_deliver_head": 0, "active": 2}


# The two runs.

def epanet_run(path, model, seconds, cache, folder):
    """EPANET's arrays, from the cache where it has them; or a word why there are none."""
    target = os.path.join(folder, "epanet.npz")
    if cache:
        digest = hashlib.sha256(model.encode())
        for part in (path, os.path.join(TOOLS, "epanet_period.py"), os.path.join(TOOLS, "epanet_engine.py"),
                     os.path.join(TOOLS, "epanet_correction.py")):
            with open(part, "rb") as file:
                digest.update(file.read())
        target = os.path.join(cache, digest.hexdigest()[:24] + ".npz")
    if not os.path.exists(target):
        part = f"{target[:-4]}.{os.getpid()}.{threading.get_ident()}.part.npz"
        try:
            run = subprocess.run([sys.executable, os.path.join(TOOLS, "epanet_period.py"), path, model, str(seconds), part],
                                 capture_output=True, text=True, timeout=3 * seconds + 30)
        except subprocess.TimeoutExpired:
            return "timeout"
        if run.returncode != 0:
            words = run.stderr.strip().splitlines()
            return words[-1].replace("epanet_engine.EPANETError: ", "") if words else f"exit {run.returncode}"
        os.replace(part, target)
    return dict(np.load(target))


def lengthened(path, hours, folder):
    """The file, or a copy whose DURATION is at least `hours`."""
    text = open(path, "rb").read()
    with_times = re.search(rb"(?im)^[ \t]*\[TIMES\][^\n]*\n", text)
    with_duration = re.search(rb"(?im)^[ \t]*DURATION[ \t]+([^\s;]+)[ \t]*([^\s;]*)[^\n]*$", text)
    if with_duration and seconds_of(with_duration[1].decode(), with_duration[2].decode()) >= hours * 3600:
        return path
    line = b"Duration %d:00" % hours
    if with_duration:
        text = text[:with_duration.start()] + line + text[with_duration.end():]
    elif with_times:
        text = text[:with_times.end()] + line + b"\n" + text[with_times.end():]
    else:
        end = re.search(rb"(?im)^[ \t]*\[END", text)
        at = end.start() if end else len(text)
        text = text[:at] + b"\n[TIMES]\n" + line + b"\n\n" + text[at:]
    target = os.path.join(folder, os.path.basename(path))
    with open(target, "wb") as file:
        file.write(text)
    return target


def seconds_of(value, unit):
    if ":" in value:
        parts = [float(part) for part in value.split(":")] + [0, 0]
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    unit = unit.upper()
    return float(value) * (1 if unit.startswith("SEC") else 60 if unit.startswith("MIN") else 86400 if unit.startswith("DAY") else 3600)


def yusu_run(yusu, path, model, seconds, folder):
    """Exit code, message and summary of a run whose files stand in `folder`."""
    command = [yusu, "network", "simulate", path, "--constants", "epanet", "--accuracy", str(ACCURACY), "--output", folder, "--timing"]
    if model != "file":
        command += ["--demand-model", model]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds, errors="replace")
    except subprocess.TimeoutExpired:
        return None, "timeout", {}
    summary = os.path.join(folder, "summary.json")
    return run.returncode, run.stderr.strip(), json.load(open(summary)) if os.path.exists(summary) else {}


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


# The comparison.

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
        if self.theirs["heads"][self.k].min() < LOWEST_HEAD:
            return NO_HEADS
        if str(self.theirs["odd_opening"][self.k]):
            return PCV
        if self.within(self.mended_head, self.mended_flow) and not self.missing and not self.wrong.any():
            return MENDED
        if moments_part:
            return SECONDS
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
    if out["mismatched_links"]:
        notes += [str(idle) for idle in theirs["idle_pump"] if idle][:1]
    lowest = theirs["heads"].min(initial=0)
    if lowest < LOWEST_HEAD:
        notes.append(f"EPANET's heads fall to {lowest:.0e} m")
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


def check(arguments, path, model):
    """One network: the comparison's dictionary."""
    out = {"network": label(path), "model": model}
    with tempfile.TemporaryDirectory() as folder:
        file = lengthened(path, arguments.hours, folder) if arguments.hours else path
        began = time.monotonic()
        code, message, summary = yusu_run(arguments.yusu, file, model, arguments.seconds, folder)
        out["yusu_s"] = time.monotonic() - began
        theirs = epanet_run(file, model, arguments.seconds, arguments.cache, folder)
        first = message.splitlines()[0].replace(file, label(path)) if message else ""
        if isinstance(theirs, str):
            both = "both refuse" if code == 65 else "EPANET refuses"
            out.update(verdict="timeout of EPANET" if theirs == "timeout" else both, note=f"EPANET {theirs}; {first}")
        elif code is None:
            out.update(verdict="timeout", note="")
        elif code == 65:
            out.update(verdict="refused", note=first)
        elif code not in (0, 1) or not summary:
            out.update(verdict="failed", note=f"exit {code}: {message[-200:]}")
        else:
            out.update(compare(theirs, folder, summary))
            out["yusu_solves"], out["epanet_solves"] = summary.get("solves"), int(theirs["solves"])
    return out


def robust(arguments, path, model):
    """Yusu alone: what does not converge."""
    out = {"network": label(path), "model": model}
    with tempfile.TemporaryDirectory() as folder:
        file = lengthened(path, arguments.hours or 24, folder)
        code, message, summary = yusu_run(arguments.yusu, file, model, arguments.seconds, folder)
        if code not in (0, 1) or not summary:
            verdict = "timeout" if code is None else "refused" if code == 65 else "failed"
            return out | {"verdict": verdict, "note": (message.splitlines() or [""])[0].replace(file, label(path))}
    solves = summary["solves_detail"]
    bad = [solve for solve in solves if solve["outcome"] != "converged"]
    out["solves"], out["iterations"] = len(solves), sum(solve["iterations"] for solve in solves)
    out["solve_s"] = summary.get("solve_s")
    out["verdict"] = "converged" if not bad else "not converged"
    out["last_s"] = solves[-1]["time_s"]
    if bad:
        causes = {}
        for solve in bad:
            causes[solve["outcome"]] = causes.get(solve["outcome"], 0) + 1
        worst = max(bad, key=lambda solve: solve["energy_residual_m"] or 0)
        out["note"] = (f"{len(bad)} of {len(solves)} {causes}, first at {bad[0]['time_s']} s; worst {worst['energy_residual_m']:.2g} m at "
                       f"{worst['energy_worst_link']}, {worst['mass_residual_m3_per_s']:.2g} m3/s at {worst['mass_worst_node']}")
    else:
        out["note"] = "; ".join(summary.get("omissions", []))
    return out


def label(path):
    return os.path.relpath(path, ROOT).replace("../shared/networks/", "").removesuffix(".inp")


def all_files():
    found = glob.glob(os.path.join(ROOT, "Networks/**/*.inp"), recursive=True)
    found += glob.glob(os.path.join(os.path.dirname(ROOT), "shared/networks/*/*.inp"))
    return sorted(path for path in found if "/broken" not in path)


def chosen(names):
    if not names:
        return all_files()
    files = []
    for name in names:
        files += [name] if os.path.isfile(name) else [path for path in all_files() if name in path]
    return list(dict.fromkeys(os.path.abspath(path) for path in files))


def line(out):
    if "steps" not in out:
        return f"{out['network']:40s} {out['model']:4s} {out['verdict']:16s} {out['note']}"
    at = f"{out['head_at']} {out['head_time_s']} s" if out["head_at"] else ""
    accuracy = "none" if out["loosest_accuracy"] == np.inf else f"{out['loosest_accuracy']:.0e}"
    text = (f"{out['network']:40s} {out['model']:4s} {out['verdict']:16s} {out['steps']:4d}/{out['report_steps']:<4d} "
            f"dH {out['max_head_difference_m']:.1e} m {at:24s} dq {out['max_flow_share']:.1e}  status {out['status_mismatches']:<4d} "
            f"EPANET {accuracy:6s}")
    if out["first_divergence_s"] is not None:
        text += f" from {out['first_divergence_s']} s"
    return text + (f" {out['mismatched_links']}" if out["mismatched_links"] else "") + (f" {out['note']}" if out["note"] else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--demand-model", default="file", choices=["file", "dda", "pda", "both"])
    parser.add_argument("--hours", type=int, default=0)
    parser.add_argument("--json")
    parser.add_argument("--cache")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--robustness", action="store_true")
    arguments = parser.parse_intermixed_args()
    if arguments.cache:
        os.makedirs(arguments.cache, exist_ok=True)
    both = arguments.demand_model == "both" or (arguments.robustness and arguments.demand_model == "file")
    models = ["dda", "pda"] if both else [arguments.demand_model]
    work = [(path, model) for model in models for path in chosen(arguments.files)]
    one = robust if arguments.robustness else check
    results = []
    with ThreadPoolExecutor(arguments.processes) as pool:
        for out in pool.map(lambda item: one(arguments, *item), work):
            results.append(out)
            if not arguments.robustness:
                print(line(out), flush=True)
            elif out["verdict"] != "converged":
                print(f"{out['network']:40s} {out['model']:4s} {out['verdict']:14s} {out['note']}", flush=True)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)
    print()
    counts = {}
    for out in results:
        counts.setdefault(out["verdict"], []).append(out["network"] + ("" if out["model"] == "file" else " " + out["model"]))
    for verdict, names in sorted(counts.items(), key=lambda item: -len(item[1])):
        shown = "" if verdict in ("agree", "converged") else ": " + ", ".join(names)
        print(f"{len(names):4d} {verdict}{shown}")
    bad = ("differ", "statuses", "failed", "timeout") + (("not converged",) if arguments.robustness else ())
    agreeing = len(counts.get("agree", []))
    if not arguments.robustness:
        print(f"agree: {agreeing} of {len(results)} ({sum(out.get('strict', False) for out in results)} within 1e-9 m3/s + 1e-8 of the largest flow)")
    return 1 if any(verdict in counts for verdict in bad) else 0


if __name__ == "__main__":
    sys.exit(main())
