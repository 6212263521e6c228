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
    EPANET's accuracy it balances a step at a looser accuracy only, and there lies as far from where all trials at the next decade led
    whole seconds     an event falls on the two sides of half a second: from then on steps end a second apart, or as many more as
                      EPANET's errors are worth by then; before, they agree in one of the ways above
    statuses          heads or flows differ, and so do statuses
    EPANET's heads    its heads fall below -1e5 m where a valve cuts a part off, or rise above 1e4 m where a pump of constant power runs away
    EPANET's PCV      the loss of a positional valve follows EPANET's line beyond the end of its curve, to (1, 1) in place of (100, 100)
    EPANET's pump     statuses differ where EPANET leaves a pump of constant power shut against a lift at which its law gives a flow; or
                      EPANET has one running at a flow and lift that are not its power; and what that makes of tanks later on
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

from crosscheck_verdict import ACCURACY, compare

TOOLS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TOOLS)

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
