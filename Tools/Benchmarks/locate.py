#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `yusu locate` on every event of a folder of leak cases and print the scores of the scorer that stands beside them.

    locate.py YUSU CASES [LTOWN NET3 ...]

CASES is the folder that holds score.py and the cases. Needs Python with wntr, pandas, numpy and networkx for the scorer.
"""
import csv, json, os, statistics, subprocess, sys, tempfile


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
                    here = os.path.join(folder, "events", event)
                    out = os.path.join(work, event)
                    run = subprocess.run(
                        [yusu, "locate", "--network", os.path.join(folder, "nominal.inp"), "--sensors", os.path.join(folder, "sensors.csv"),
                         "--baseline", os.path.join(here, "baseline.csv"), "--readings", os.path.join(here, "event.csv"),
                         "--output", out, "--quiet"], capture_output=True, text=True)
                    if run.returncode:
                        print(event, "exit", run.returncode, run.stderr.strip())
                        continue
                    result = json.load(open(os.path.join(out, "result.json")))
                    seconds.append(result["seconds"])
                    start = result["start"] or ""
                    d.write(f"{event},{int(result['leak_detected'])},{result['leak_l_per_s']},{start}\n")
                    for row in csv.DictReader(open(os.path.join(out, "candidates.csv"))):
                        r.write(f"{event},{row['rank']},{row['pipe']},{row['probability']}\n")
                    if "--verbose" in os.environ.get("YUSU_BENCH", ""):
                        print(event, result["leak_detected"], round(result["p_value"], 4), round(result["leak_l_per_s"], 2), start)
            print(f"== {case}: {len(seconds)} events, median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s")
            subprocess.run([sys.executable, os.path.join(cases, "score.py"), folder, ranking, detections]
                           + (["--events", os.environ["YUSU_EVENTS"]] if "YUSU_EVENTS" in os.environ else []))


if __name__ == "__main__":
    main()
