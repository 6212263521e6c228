#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `yusu monitor` on a year with overlapping leaks and print the scores of the scorer that stands beside it.

    monitor.py YUSU CASES [LTOWN_YEAR]

CASES is the folder that holds score_year.py and the case. Three lists are scored: every alarm as it was raised, withdrawn
ones too, with the pipe and the end of the day of that time (what a crew would have been told); the leaks with the pipe that the whole
record gives, at the time of their alarms; and with the start that the whole record gives. Needs Python with wntr, pandas, numpy and networkx for the scorer.
"""
import csv
import glob
import os
import resource
import subprocess
import sys
import tempfile
import time


def main():
    yusu, cases = sys.argv[1], sys.argv[2]
    for case in sys.argv[3:] or ["LTOWN_YEAR"]:
        folder = os.path.join(cases, case)
        with tempfile.TemporaryDirectory() as work:
            readings = sorted(glob.glob(os.path.join(folder, "*.csv.gz")))
            began = time.monotonic()
            run = subprocess.run([yusu, "monitor", "--network", os.path.join(folder, "nominal.inp"), "--sensors",
                                  os.path.join(folder, "sensors.csv"), "--readings", *readings, "--output", work, "--quiet"],
                                 capture_output=True, text=True)
            seconds = time.monotonic() - began
            if run.returncode:
                raise SystemExit(run.stderr)
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            leaks = list(csv.DictReader(open(os.path.join(work, "leaks.csv"))))
            print(f"== {case}: {seconds:.0f} s, {memory:.0f} MB, {len(leaks)} leaks")
            for leak in leaks:
                print("  ", ",".join(leak.values()))
            raised = list(csv.DictReader(open(os.path.join(work, "alarms.csv"))))
            print(f"   {len(raised)} alarms raised, {sum(a['withdrawn'] == '1' for a in raised)} withdrawn later")
            lists = [("as raised", [(a["pipe"], a["time"]) for a in raised]),
                     ("place of the whole record at the time of its alarm", [(k["pipe"], k["detected"]) for k in leaks]),
                     ("place and start of the whole record", [(k["pipe"], k["start"]) for k in leaks])]
            for name, rows in lists:
                alarms = os.path.join(work, "scored.csv")
                with open(alarms, "w") as out:
                    out.write("pipe,time\n")
                    out.writelines(f"{pipe},{moment}\n" for pipe, moment in rows)
                print(f"-- {name}")
                sys.stdout.flush()
                more = ["--events", os.environ["YUSU_EVENTS"]] if "YUSU_EVENTS" in os.environ else []
                subprocess.run([sys.executable, os.path.join(cases, "score_year.py"), folder, alarms] + more)


if __name__ == "__main__":
    main()
