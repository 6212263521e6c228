#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `yusu locate` on every event of a folder of leak cases and print the scores of the scorer that stands beside them.

    locate.py YUSU CASES [LTOWN NET3 ...]

CASES is the folder that holds score.py and the cases. Needs Python with wntr, pandas, numpy and networkx for the scorer.
"""
import csv, importlib.util, json, os, statistics, subprocess, sys, tempfile


def located(yusu, folder, event, out):
    """What `yusu locate` says of an event of a folder of cases: its result, and its pipes in walking order with their probabilities."""
    here = os.path.join(folder, "events", event)
    run = subprocess.run(
        [yusu, "locate", "--network", os.path.join(folder, "nominal.inp"), "--sensors", os.path.join(folder, "sensors.csv"),
         "--baseline", os.path.join(here, "baseline.csv"), "--readings", os.path.join(here, "event.csv"),
         "--output", out, "--quiet"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{event}: exit {run.returncode}: {run.stderr.strip()}")
    with open(os.path.join(out, "result.json"), encoding="utf-8") as file:
        result = json.load(file)
    with open(os.path.join(out, "candidates.csv"), newline="", encoding="utf-8") as file:
        return result, [(row["pipe"], float(row["probability"])) for row in csv.DictReader(file)]


def scorer_at(path):
    """The scorer beside the supplied cases, as a module."""
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    yusu, cases = sys.argv[1], sys.argv[2]
    for case in sys.argv[3:] or ["LTOWN", "NET3"]:
        folder = os.path.join(cases, case)
        events = sorted(os.listdir(os.path.join(folder, "events")))
        seconds = []
        with tempfile.TemporaryDirectory() as work:
            ranking, detections = os.path.join(work, "ranking.csv"), os.path.join(work, "detections.csv")
            with open(ranking, "w") as r, open(detections, "w") as d:
                r.write("event,rank,pipe,probability\n")
                d.write("event,detected,q_lps,start\n")
                for event in events:
                    result, pipes = located(yusu, folder, event, os.path.join(work, event))
                    seconds.append(result["seconds"])
                    start = result["start"] or ""
                    d.write(f"{event},{int(result['leak_detected'])},{result['leak_l_per_s']},{start}\n")
                    for rank, (pipe, probability) in enumerate(pipes):
                        r.write(f"{event},{rank + 1},{pipe},{probability}\n")
                    if "--verbose" in os.environ.get("YUSU_BENCH", ""):
                        print(event, result["leak_detected"], round(result["p_value"], 4), round(result["leak_l_per_s"], 2), start)
            print(f"== {case}: {len(seconds)} events, median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s")
            subprocess.run([sys.executable, os.path.join(cases, "score.py"), folder, ranking, detections]
                           + (["--events", os.environ["YUSU_EVENTS"]] if "YUSU_EVENTS" in os.environ else []))


if __name__ == "__main__":
    main()
