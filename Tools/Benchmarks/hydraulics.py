#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of one cold solve: `yusu network simulate` beside EPANET 2.3 in-process (the owa-epanet wheel).

    hydraulics.py [YUSU] [FILE.inp ...]

YUSU is by default the release build beside this script; FILEs are by default all of ../shared/networks/published that
Yusu solves at one moment. A line a network: nodes, iterations, Yusu's solve_s/solves from `--timing`, EPANET's time in
runH after initH (its first solve, at its own iterations with ACCURACY 1e-8, relaxed by tens where it does not balance),
the ratio EPANET/Yusu, and the largest difference of heads. Yusu's time holds the analysis of the matrix, EPANET's openH
(printed apart) does the same. Each side is run five times and the fastest is taken. One run; the machine's load decides.
"""
import csv, glob, json, os, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIMES = 5
FOOT = 0.3048
US_UNITS = {0, 1, 2, 3, 4}
CREDIBLE = 1e5  # m; EPANET's heads beyond this stand for parts that it could not solve


def epanet_wheel():
    try:
        from epanet import toolkit
    except ImportError:
        print("installing owa-epanet", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "owa-epanet"], check=True)
        from epanet import toolkit
    return toolkit


def epanet_run(en, path, folder):
    """Seconds of openH and of the first runH, iterations, accuracy that balanced, heads [m] by node."""
    for accuracy in (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2):
        opening, solving = [], []
        for _ in range(TIMES):
            ph = en.createproject()
            try:
                en.open(ph, path, os.path.join(folder, "e.rpt"), os.path.join(folder, "e.bin"))
                en.setoption(ph, en.ACCURACY, accuracy)
                en.setoption(ph, en.TRIALS, 2000)
                began = time.perf_counter()
                en.openH(ph)
                en.initH(ph, en.INITFLOW)
                opened = time.perf_counter()
                try:
                    en.runH(ph)
                except Exception as problem:  # warnings come as exceptions in some builds
                    if "Error" in str(problem):
                        raise
                solved = time.perf_counter()
                opening.append(opened - began)
                solving.append(solved - opened)
                error = en.getstatistic(ph, en.RELATIVEERROR)
                iterations = int(en.getstatistic(ph, en.ITERATIONS))
                unit = FOOT if en.getflowunits(ph) in US_UNITS else 1.0
                heads = {en.getnodeid(ph, i): en.getnodevalue(ph, i, en.HEAD) * unit
                         for i in range(1, en.getcount(ph, en.NODECOUNT) + 1)}
                en.close(ph)
            finally:
                en.deleteproject(ph)
        if error <= accuracy:
            return min(opening), min(solving), iterations, accuracy, heads
    return min(opening), min(solving), iterations, None, heads


def yusu_run(yusu, path, folder):
    """Summary of the fastest run and heads [m] by node; None where Yusu refuses the file or solves more than one moment."""
    best, heads = None, {}
    for _ in range(TIMES):
        run = subprocess.run([yusu, "network", "simulate", path, "--constants", "epanet", "--output", folder, "--timing", "--quiet"],
                             capture_output=True, text=True)
        if run.returncode not in (0, 1):
            return None, run.stderr.strip().splitlines()[0] if run.stderr else f"exit {run.returncode}"
        summary = json.load(open(os.path.join(folder, "summary.json")))
        if best is None or summary["solve_s"] / summary["solves"] < best["solve_s"] / best["solves"]:
            best = summary
    first = None
    for row in csv.DictReader(open(os.path.join(folder, "nodes.csv"))):
        first = first or row["time_s"]
        if row["time_s"] == first and row["head_m"]:
            heads[row["node"]] = float(row["head_m"])
    return best, heads


def main():
    arguments = sys.argv[1:]
    yusu = arguments.pop(0) if arguments and not arguments[0].endswith(".inp") else os.path.join(ROOT, ".build/release/yusu")
    if not os.access(yusu, os.X_OK):
        sys.exit(f"{yusu}: not built; run 'swift build -c release --product yusu', or name the program")
    files = arguments or sorted(glob.glob(os.path.join(ROOT, "../shared/networks/published/*.inp")))
    if not files:
        sys.exit("no networks: name INP files, or put the collection at ../shared/networks/published")
    en = epanet_wheel()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    import warnings
    warnings.simplefilter("ignore")
    print(f"{'network':30s} {'nodes':>6s} {'it.':>4s} {'yusu ms':>9s} {'EPANET ms':>9s} {'it.':>5s} {'openH ms':>8s} {'ratio':>6s} "
          f"{'max |dH| m':>10s}  note")
    ratios = []
    for path in files:
        name = os.path.basename(path)
        with tempfile.TemporaryDirectory() as folder:
            summary, heads = yusu_run(yusu, path, folder)
            if summary is None:
                print(f"{name:30s} refused: {heads}")
                continue
            if summary["solves"] != 1 and not arguments:
                continue
            try:
                opening, solving, iterations, accuracy, theirs = epanet_run(en, path, folder)
            except Exception as problem:
                print(f"{name:30s} EPANET: {problem}")
                continue
        ours = summary["solve_s"] / summary["solves"]
        detail = summary["solves_detail"][0]
        worst = max((abs(heads[n] - theirs[n]) for n in heads if n in theirs and abs(theirs[n]) < CREDIBLE), default=0.0)
        note = "" if detail["outcome"] == "converged" else detail["outcome"]
        if accuracy != 1e-8:
            note += f" EPANET balances at {accuracy}" if accuracy else " EPANET does not balance"
        ratios.append(solving / ours)
        print(f"{name:30s} {summary['nodes']:6d} {detail['iterations']:4d} {ours * 1e3:9.3f} {solving * 1e3:9.3f} {iterations:5d} "
              f"{opening * 1e3:8.3f} {solving / ours:6.2f} {worst:10.2e}  {note.strip()}")
    if ratios:
        ratios.sort()
        print(f"\n{len(ratios)} networks; ratio EPANET/yusu: median {ratios[len(ratios) // 2]:.2f}, lowest {ratios[0]:.2f}, highest {ratios[-1]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
