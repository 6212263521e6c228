#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and memory of whole runs: `yusu network simulate` beside EPANET 2.3.5 (the owa-epanet wheel), one thread each.

    hydraulics.py [YUSU] [NAME | FILE.inp ...] [--part runs,batch,sensitivity] [--times 3] [--folder DIR] [--slow] [--json OUT]

YUSU is by default the release build beside this script. Networks: those of ../shared/networks named below, lengthened to the hours
given, and cities and grids made by Tools/generate_network.py (kept in --folder). --slow lets EPANET open grid_50000 as well.

runs         the whole period, at the file's own accuracy ("own"; Yusu leaves 1e-6 m), with the bar of Yusu's energy error set to what EPANET
             leaves there, 1 cm at most ("same"), and at 1e-8 ("tight"; EPANET at the tightest that balances every solve, printed), in
             processor time. EPANET runs in a process of its own through the library: parse = open, set-up =
             openH and initH, run = all runH and nextH, no report. Yusu: open_s, setup_s, solve_s of --timing, without the writing
             of results, which are asked for at the end alone: writing takes the caches from the run. Each side --times times in
             turn, the fastest counts. Ratios: run (EPANET's over Yusu's), like = EPANET's run over the fastest of Yusu's whose
             energy error is no larger, all = set-up and run, set-up, parse. Memory: the peak less what the bare program takes:
             EPANET's less the interpreter before it, Yusu's less its own at a network of two nodes. Energy error: the largest of
             the run by each engine's own account (EPANET's MAXHEADERROR).
batch        64 leaks, one at a time (an emitter set, a warm solve, the emitter taken away), at the file's own accuracy: ms a scenario.
sensitivity  EPANET: a warm solve after a small outflow at each of 64 nodes, at the tightest accuracy that it balances, and what all
             nodes would take; a cold solve beside it.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TOOLS)
sys.path.insert(0, TOOLS)
import epanet_engine as en  # noqa: E402

# Name, least hours, origin: a file of ../shared/networks or the generator's arguments.
NETWORKS = [
    ("Net3", 24, "published/Net3.inp"), ("L-TOWN", 168, "published/L-TOWN.inp"), ("ky8", 24, "published/ky8.inp"),
    ("MICROPOLIS_v1", 240, "published/MICROPOLIS_v1.inp"), ("exnet-3", 24, "published/exnet-3.inp"), ("ky12", 24, "published/ky12.inp"),
    ("Net6", 96, "published/Net6.inp"), ("city_10000", 24, ["city", "10000"]), ("grid_10000", 24, ["grid", "10000"]),
    ("city_50000", 24, ["city", "50000"]), ("grid_50000", 24, ["grid", "50000"]), ("city_100000", 24, ["city", "100000"]),
]
SLOW_IN_EPANET = {"grid_50000"}
TIGHT, LOOSEST = 1e-8, 1e-3
SCENARIOS = 64
LEAK = 0.5e-3  # m³/s at 1 m
PROBE = 1e-5  # m³/s, a small outflow


def memory(key):
    """VmHWM or VmRSS of this process. [MB]"""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(key))


# EPANET's side; each of these runs in a process of its own and prints JSON.

def epanet_run(path, accuracy, statistics):
    """One run; with `statistics` a second, untimed one that counts iterations and unbalanced solves."""
    before = memory("VmRSS")
    began = time.process_time()
    with en.Engine(path) as engine:
        opened = time.process_time()
        if accuracy:
            engine.option(en.ACCURACY, accuracy)
            engine.option(en.TRIALS, 200)
        engine.option(en.UNBALANCED, 10)
        start = time.process_time()
        engine.open_hydraulics()
        ready = time.process_time()
        solves = 0
        while True:
            engine.solve()
            solves += 1
            if engine.advance() == 0:
                break
        done = time.process_time()
        out = {"parse_s": opened - began, "setup_s": ready - start, "run_s": done - ready, "solves": solves, "nodes": engine.node_count,
               "links": engine.link_count, "memory_mb": memory("VmHWM") - before}
        if statistics:
            engine.call("closeH")
            engine.open_hydraulics()
            out.update(iterations=0, unbalanced=0, energy_error_m=0.0)
            while True:
                _, warning = engine.solve()
                out["iterations"] += int(engine.statistic(en.ITERATIONS))
                out["unbalanced"] += warning == en.UNBALANCED_WARNING
                out["energy_error_m"] = max(out["energy_error_m"], engine.head_error())
                if engine.advance() == 0:
                    break
    return out


def epanet_batch(path, kind):
    """64 warm solves after a change at one node each, and a cold solve. Leaks at the file's own accuracy; probes, whose differences
    must mean something, at the tightest at which the cold solve balances."""
    with en.Engine(path) as engine:
        engine.option(en.TRIALS, 200)
        junctions = [index + 1 for index, source in enumerate(engine.sources()) if not source]
        all_names = engine.names("node", len(engine.sources()))
        chosen = random.Random(1).sample(junctions, min(SCENARIOS, len(junctions)))
        accuracy = engine.option(en.ACCURACY) if kind == "leak" else TIGHT
        while True:
            engine.option(en.ACCURACY, accuracy)
            engine.open_hydraulics()
            began = time.perf_counter()
            _, warning = engine.solve()
            cold = time.perf_counter() - began
            if warning != en.UNBALANCED_WARNING or accuracy > LOOSEST:
                break
            engine.call("closeH")
            accuracy *= 10
        iterations, unbalanced, spent = 0, 0, 0.0
        # A demand is changed by its base value; a leak is an emitter whose coefficient is per psi^n in US files.
        quantity = en.EMITTER if kind == "leak" else 1
        amount = LEAK if kind == "leak" else PROBE
        if kind == "leak" and engine.length_unit == en.FOOT:
            amount *= (en.FOOT / en.PRESSURE_PER_FOOT[0])**engine.option(5)
        for node in chosen:
            was = engine.number("getnodevalue", node, quantity)
            began = time.perf_counter()
            engine.call("setnodevalue", node, quantity, en.ctypes.c_double(was + amount / engine.flow_unit))
            _, warning = engine.solve()
            took = time.perf_counter() - began
            if warning == en.UNBALANCED_WARNING:
                unbalanced += 1
            else:
                spent += took
                iterations += int(engine.statistic(en.ITERATIONS))
            engine.call("setnodevalue", node, quantity, en.ctypes.c_double(was))
        balanced = max(1, len(chosen) - unbalanced)
        return {"ms_per_scenario": 1e3 * spent / balanced, "iterations": iterations / balanced, "unbalanced": unbalanced,
                "cold_ms": 1e3 * cold, "accuracy": accuracy, "nodes": len(junctions), "scenarios": len(chosen),
                "places": [all_names[node - 1] for node in chosen]}


# Processes: one processor, peak memory.

def alone(command, processor):
    """Exit code, standard output and peak memory [MB] of a process on one processor."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=out, stderr=errors, preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        return child.returncode, out.read().decode(), errors.read().decode("utf-8", "replace"), usage.ru_maxrss / 1024


def epanet(processor, *arguments):
    code, out, errors, _ = alone([sys.executable, os.path.abspath(__file__), "--epanet", *map(str, arguments)], processor)
    if code:
        raise RuntimeError(errors.strip().splitlines()[-1] if errors.strip() else f"exit {code}")
    return json.loads(out)


def yusu_run(yusu, path, accuracy, processor, head_error=None):
    """One run of the program: figures of its summary and its peak memory; a sentence where it refuses."""
    with tempfile.TemporaryDirectory() as folder:
        command = [yusu, "network", "simulate", path, "--constants", "epanet", "--output", folder, "--timing", "--quiet"]
        command += (["--accuracy", str(accuracy)] if accuracy else []) + (["--head-error", str(head_error)] if head_error else [])
        code, _, errors, peak = alone(command, processor)
        if code not in (0, 1):
            return (errors.strip().splitlines() or [f"exit {code}"])[0]
        with open(os.path.join(folder, "summary.json")) as file:
            summary = json.load(file)
    details = summary["solves_detail"]
    return {"parse_s": summary["open_s"], "setup_s": summary.get("setup_s", 0.0), "solve_s": summary["solve_s"],
            "solves": summary["solves"],
            "iterations": summary.get("iterations", sum(solve["iterations"] for solve in details)), "memory_mb": peak,
            "energy_error_m": max((solve["energy_residual_m"] or 0 for solve in details), default=0.0),
            "unconverged": sum(solve["outcome"] != "converged" for solve in details), "omissions": summary.get("omissions", [])}


def bare_memory(yusu, processor):
    """Peak of the program itself. [MB]"""
    least = os.path.join(ROOT, "Networks/single_pipe_hw_lps.inp")
    return yusu_run(yusu, least, 0, processor)["memory_mb"]


def yusu_batch(yusu, path, kind, processors, places):
    """The same scenarios in one call: ms a scenario (`network scenarios`), or ms for all sensors (`network sensitivity`)."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "probe":
            command = [yusu, "network", "sensitivity", path, "--at", ",".join(places[:50]), "--output", folder]
        else:
            table = os.path.join(folder, "changes.csv")
            with open(table, "w") as file:
                file.write("scenario,change,element,fraction,value,exponent\n")
                file.writelines(f"{n},leak,{place},,{LEAK},0.5\n" for n, place in enumerate(places))
            command = [yusu, "network", "scenarios", path, "--scenarios", table, "--at", places[0], "--threads", str(len(processors)),
                       "--output", folder]
        best = None
        for _ in range(5):
            run = subprocess.run(command + ["--constants", "epanet", "--timing", "--quiet"], capture_output=True, text=True)
            if run.returncode not in (0, 1):
                sys.exit(run.stderr)
            with open(os.path.join(folder, "summary.json")) as file:
                summary = json.load(file)
            value = 1e3 * (summary["sensitivity_s"] if kind == "probe" else summary["solve_s"] / len(places))
            best = value if best is None else min(best, value)
        return best, summary.get("solved_singly", 0)


def fastest(runs):
    """The least of each time over the runs, the rest from the first."""
    out = dict(runs[0])
    for key in out:
        if key.endswith("_s"):
            out[key] = min(run[key] for run in runs)
    return out


def tightest(processor, path):
    """The tightest accuracy at which EPANET balances every solve; 1e-3 where it balances at none."""
    accuracy = TIGHT
    while accuracy < LOOSEST and epanet(processor, "run", path, accuracy, 1)["unbalanced"]:
        accuracy *= 10
    return accuracy


# The parts.

def runs(arguments, name, path, processor):
    results = []
    for mode in ("own", "same", "tight"):
        theirs, accuracy, bar = [], 0, None
        if name not in SLOW_IN_EPANET or arguments.slow:
            accuracy = tightest(processor, path) if mode == "tight" else 0
            theirs.append(epanet(processor, "run", path, accuracy, 1))
        if mode == "same":
            if not theirs:
                continue
            bar = min(max(theirs[0]["energy_error_m"], 1e-6), 1e-2)
        ours = []
        for _ in range(arguments.times):
            if theirs:
                theirs.append(epanet(processor, "run", path, accuracy, 0))
            ours.append(yusu_run(arguments.yusu, path, TIGHT if mode == "tight" else 0, processor, bar))
            if isinstance(ours[-1], str):
                break
            ours[-1]["memory_mb"] -= arguments.bare_memory
        e = fastest(theirs) if theirs else None
        y = ours[-1] if isinstance(ours[-1], str) else fastest(ours)
        results.append({"network": name, "mode": mode, "accuracy": accuracy, "epanet": e, "yusu": y})
        print(line(results[-1], [result["yusu"] for result in results]), flush=True)
    return results


HEADER = (f"{'network':15s} {'mode':5s} | {'EPANET':>8s} {'parse':>7s} {'set-up':>8s} {'run ms':>8s} {'solves':>6s} {'it.':>5s} {'ms/solve':>8s} "
          f"{'MB':>5s} {'error m':>8s} | {'parse':>7s} {'set-up':>7s} {'run ms':>8s} {'solves':>6s} {'it.':>5s} {'ms/solve':>8s} {'MB':>5s} "
          f"{'error m':>8s} | {'run':>5s} {'like':>5s} {'all':>5s} {'setup':>6s} {'parse':>5s}")


def line(result, own_runs):
    e, y = result["epanet"], result["yusu"]
    text = f"{result['network']:15s} {result['mode']:5s} | "
    if e:
        accuracy = f"{result['accuracy']:.0e}" if result["accuracy"] else "file's"
        text += (f"{accuracy:>8s} {e['parse_s'] * 1e3:7.1f} {e['setup_s'] * 1e3:8.2f} {e['run_s'] * 1e3:8.1f} {e['solves']:6d} "
                 f"{e['iterations'] / e['solves']:5.1f} {e['run_s'] / e['solves'] * 1e3:8.3f} {e['memory_mb']:5.0f} {e['energy_error_m']:8.1e} | ")
    else:
        text += f"{'left out (--slow)':>71s} | "
    if isinstance(y, str):
        return text + y
    run = y["solve_s"]
    text += (f"{y['parse_s'] * 1e3:7.1f} {y['setup_s'] * 1e3:7.2f} {run * 1e3:8.1f} {y['solves']:6d} {y['iterations'] / y['solves']:5.1f} "
             f"{run / y['solves'] * 1e3:8.3f} {y['memory_mb']:5.0f} {y['energy_error_m']:8.1e} | ")
    if e:
        setup = f"{e['setup_s'] / y['setup_s']:6.1f}" if y["setup_s"] else "     –"
        like = [y["solve_s"] for y in own_runs if not isinstance(y, str) and y["energy_error_m"] <= e["energy_error_m"]]
        text += f"{e['run_s'] / run:5.2f} " + (f"{e['run_s'] / min(like):5.2f} " if like else "    – ")
        text += (f"{(e['setup_s'] + e['run_s']) / (y['setup_s'] + run):5.2f} {setup} "
                 f"{e['parse_s'] / y['parse_s']:5.2f}")
        if e["unbalanced"]:
            text += f"  EPANET leaves {e['unbalanced']} solves unbalanced"
    if y["unconverged"]:
        text += f"  yusu: {y['unconverged']} not converged"
    return text + ("  " + "; ".join(y["omissions"]) if y["omissions"] else "")


def batch(arguments, name, path, processors, kind):
    e = epanet(processors[0], "batch", path, kind)
    ours, singly = yusu_batch(arguments.yusu, path, kind, processors, e["places"])
    text = f"{name:15s} {e['scenarios']} {kind}s: EPANET {e['ms_per_scenario']:9.3f} ms each ({e['iterations']:.1f} it., accuracy {e['accuracy']:.0e})"
    if kind == "probe":
        text += f", {e['ms_per_scenario'] * e['nodes'] / 1e3:9.2f} s for all {e['nodes']} nodes; a cold solve {e['cold_ms']:.2f} ms, five {5 * e['cold_ms']:.1f} ms"
    if e["unbalanced"]:
        text += f", {e['unbalanced']} unbalanced and not counted"
    if kind == "probe":
        text += f"; yusu {ours:.2f} ms for {min(50, len(e['places']))} sensors x all nodes on one processor, {ours / e['cold_ms']:.2f} cold solves"
    else:
        text += f"; yusu {ours:.3f} ms each on {len(processors)} processors, ratio {e['ms_per_scenario'] / ours:.1f}, {singly} solved singly"
    print(text, flush=True)
    return {"network": name, "kind": kind, "epanet": e, "yusu_ms": ours}


def prepared(name, hours, origin, folder):
    """Path of a network that runs for at least `hours` and reports at its end alone; None where its file is missing."""
    if isinstance(origin, list):
        path = os.path.join(folder, name + ".inp")
        if not os.path.exists(path):
            subprocess.run([sys.executable, os.path.join(TOOLS, "generate_network.py"), *origin, path], check=True, stdout=subprocess.DEVNULL)
    else:
        path = origin if os.path.isabs(origin) else os.path.join(os.path.dirname(ROOT), "shared/networks", origin)
        if not os.path.exists(path):
            return None
        from crosscheck_hydraulics import lengthened
        path = lengthened(path, hours, folder)
    with open(path, "rb") as file:
        text = re.sub(rb"(?im)^[ \t]*REPORT[ \t]+START[^\n]*\n", b"", file.read())
    duration = re.search(rb"(?im)^[ \t]*DURATION[ \t]+([^\n;]+)", text)
    if duration:
        text = re.sub(rb"(?im)^([ \t]*\[TIMES\][^\n]*\n)", lambda match: match[1] + b"Report Start " + duration[1] + b"\n", text, count=1)
    target = os.path.join(folder, "run", name + ".inp")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(text)
    return target


def main():
    if sys.argv[1:2] == ["--epanet"]:
        what, path, last = sys.argv[2:5]
        result = epanet_run(path, float(last), sys.argv[5] == "1") if what == "run" else epanet_batch(path, last)
        return print(json.dumps(result))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--part", default="runs,batch,sensitivity")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder")
    parser.add_argument("--json")
    parser.add_argument("--slow", action="store_true")
    arguments = parser.parse_intermixed_args()
    names = arguments.names
    arguments.yusu = os.path.join(ROOT, ".build/release/yusu")
    if names and os.access(names[0], os.X_OK) and os.path.isfile(names[0]):
        arguments.yusu = names.pop(0)
    if not os.access(arguments.yusu, os.X_OK):
        sys.exit(f"{arguments.yusu}: not built; run 'swift build -c release --product yusu', or name the program")
    files = [(os.path.basename(name).removesuffix(".inp"), 0, os.path.abspath(name)) for name in names if name.endswith(".inp")]
    chosen = files or [row for row in NETWORKS if not names or row[0] in names]
    processors = sorted(os.sched_getaffinity(0))[::-1][:2]
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or temporary
        os.makedirs(folder, exist_ok=True)
        ready = [(name, prepared(name, hours, origin, folder)) for name, hours, origin in chosen]
        for name, path in ready:
            if path is None:
                print(f"{name}: no file; left out")
        ready = [(name, path) for name, path in ready if path]
        if "runs" in arguments.part:
            arguments.bare_memory = bare_memory(arguments.yusu, processors[0])
            print(HEADER)
        for name, path in ready if "runs" in arguments.part else []:
            results += runs(arguments, name, path, processors[0])
        for part, kind in (("batch", "leak"), ("sensitivity", "probe")):
            for name, path in ready if part in arguments.part else []:
                if name not in SLOW_IN_EPANET or arguments.slow:
                    results.append(batch(arguments, name, path, processors, kind))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
