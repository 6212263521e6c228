#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count what `yusu monitor` finds where nothing leaks: records made with EPANET on any model, each a world of its own.

    monitor_healthy.py YUSU NETWORK.inp [--records 20] [--days 35] [--pressures 8] [--false-alarms 1] [--seed 1]

The worlds are those of Tools/generate_leak_cases.py (roughness, demand, noise, offsets, gaps), without a leak. Prints for each
record the leaks that are kept at its end and the alarms that were raised, and at last alarms a year with the 95 % interval of Poisson's
law, to be held against the number that was asked for. Needs wntr, numpy, scipy and the owa-epanet wheel.
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile

import numpy as np
import wntr
from scipy.stats import chi2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import generate_leak_cases as cases  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("yusu")
    options.add_argument("network")
    options.add_argument("--records", type=int, default=20)
    options.add_argument("--days", type=int, default=35)
    options.add_argument("--pressures", type=int, default=8)
    options.add_argument("--false-alarms", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    cases.HOURS = 24 * options.days
    nominal = wntr.network.WaterNetworkModel(options.network)
    nominal.options.time.hydraulic_timestep = nominal.options.time.report_timestep = 3600
    rows = cases.sensors_of(nominal, options.pressures)
    random = np.random.default_rng(options.seed)
    raised, kept = 0, 0
    with tempfile.TemporaryDirectory() as work:
        def path(name):
            return os.path.join(work, name)
        wntr.network.write_inpfile(nominal, path("nominal.inp"), units="LPS")
        with open(path("sensors.csv"), "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("sensor", "kind", "network_element", "unit"), *rows])
        for record in range(options.records):
            wn = cases.world(nominal, random)
            factors = {n: np.exp(random.normal(0, 0.12)) for n in wn.junction_name_list}
            common = np.repeat(random.normal(1, 0.03, options.days), 24) * random.normal(1, 0.02, cases.HOURS)
            readings, _, _ = cases.run(wn, factors, cases.noise_in_time(random, wn.num_junctions), common, rows, [])
            for k, (_, kind, _, _) in enumerate(rows):
                if kind == "pressure":
                    readings[:, k] += random.normal(0, 0.3) + random.normal(0, random.uniform(0.05, 0.10), cases.HOURS)
                elif kind == "flow":
                    readings[:, k] *= (1 + random.normal(0, 0.01)) * (1 + random.normal(0, 0.01, cases.HOURS))
                else:
                    readings[:, k] += random.normal(0, 0.01, cases.HOURS)
            cases.written(path("readings.csv"), readings, rows, 0, cases.HOURS, random)
            run = subprocess.run(
                [options.yusu, "monitor", "--network", path("nominal.inp"), "--sensors", path("sensors.csv"), "--readings",
                 path("readings.csv"), "--false-alarms", str(options.false_alarms), "--output", path("out"), "--quiet"],
                capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(run.stderr)
            leaks = list(csv.DictReader(open(path("out/leaks.csv"), encoding="utf-8")))
            alarms = list(csv.DictReader(open(path("out/alarms.csv"), encoding="utf-8")))
            raised, kept = raised + len(alarms), kept + len(leaks)
            told = "; ".join(f"{k['pipe']} {k['onset']} {k['leak_m3_per_h']} m3/h" for k in leaks)
            print(f"record {record + 1:2d}: {len(alarms)} alarms, {len(leaks)} leaks kept {told}", flush=True)
    years = options.records * options.days / 365.25
    low, high = chi2.ppf(0.025, 2 * raised) / 2 if raised else 0.0, chi2.ppf(0.975, 2 * raised + 2) / 2
    print(f"{raised} alarms, {kept} leaks kept in {years:.2f} healthy years: {raised / years:.1f} alarms a year "
          f"({low / years:.1f} to {high / years:.1f}), {options.false_alarms:g} asked for")


if __name__ == "__main__":
    main()
