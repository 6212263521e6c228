#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time and proven gap of `yusu select` on large problems beside HiGHS, each on one core.

    selection.py YUSU [CASES] [ZONES] [PACKAGES] [YEARS]

By default 3 cases of 200 zones with 8 packages and 10 years of start: yearly budgets without carry-over, with it, and yearly budgets with a
crew and a least volume. HiGHS is given the bar of the issue, a gap of 0.1 %, and 60 s. Needs highspy (PyPI).
"""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from crosscheck_selection import Model


def large(seed, zones, packages, years):
    """Zones whose packages cost more the more they save, with falling returns; the worth of water differs little."""
    r = random.Random(seed)
    horizon, first = years + 15, 2027
    factors = [1.08 ** -(t + 1) for t in range(horizon)]
    problem = {"first_year": first, "objective": "net_present_value", "zones": []}
    total = 0.0
    for z in range(zones):
        loss = r.lognormvariate(12, 0.7)
        entry = {"zone": f"Z{z}", "loss_m3_per_year": loss, "packages": []}
        for p in range(packages):
            share = min(0.85, (p + 1) / (packages + 1) * r.uniform(0.7, 1.2))
            capital = loss * r.uniform(0.6, 1.4) * share ** 1.6 * 4
            worth, upkeep, build = r.uniform(0.3, 0.6), capital * r.uniform(0.01, 0.04), r.choice([1, 1, 2])
            total += capital / packages
            package = {"package": f"P{p}", "starts": []}
            for start in range(years):
                spend = [0.0] * start + [capital / build] * build
                begin = start + build
                value = sum(factors[begin:]) * (loss * share * worth - upkeep) - sum(f * c for f, c in zip(factors, spend))
                package["starts"].append(
                    {"year": first + start, "net_present_value": value, "volume_m3_per_year": loss * share, "capital": spend,
                     "effort": {"survey": [0.0] * start + [r.uniform(5, 15)]}})
            entry["packages"].append(package)
        problem["zones"].append(entry)
    kind = seed % 3
    problem["crews"] = {"survey": [1e9] * (years + 2)}
    problem["yearly_budgets"] = [0.4 * total / years * r.uniform(0.7, 1.3) for _ in range(years + (1 if kind == 1 else 0))]
    if kind == 1:
        problem["carry_forward"] = True
    if kind == 2:
        problem["crews"] = {"survey": [12.0 * zones / years * 0.7] * (years + 2)}
        problem["least_volume_m3_per_year"] = 0.25 * sum(z["loss_m3_per_year"] for z in problem["zones"])
    return problem


def cpu(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def main():
    yusu = sys.argv[1]
    count, zones, packages, years = ([int(a) for a in sys.argv[2:]] + [3, 200, 8, 10][len(sys.argv) - 2:])[:4]
    print("case  yusu_cpu_s  value  bound  gap_%  highs_cpu_s  highs_value")
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(count):
            problem = large(seed, zones, packages, years)
            path = os.path.join(folder, "problem.json")
            with open(path, "w") as file:
                json.dump(problem, file)
            began = cpu(resource.RUSAGE_CHILDREN)
            subprocess.run(["taskset", "-c", "0", yusu, "select", path, "--output", os.path.join(folder, "out"), "--quiet"],
                           check=True, capture_output=True)
            seconds = cpu(resource.RUSAGE_CHILDREN) - began
            with open(os.path.join(folder, "out", "selection.json")) as file:
                found = json.load(file)
            model = Model(problem)
            model.build()
            began = cpu(resource.RUSAGE_SELF)
            value, _ = model.solve([c[2]["net_present_value"] for c in model.columns], gap=1e-3, threads=1, seconds=60)
            highs = cpu(resource.RUSAGE_SELF) - began
            print(f"{seed}  {seconds:.2f}  {found['value']:.0f}  {found['bound']:.0f}  {found['gap_percent']:.4f}  {highs:.2f}  "
                  + (f"{value:.0f}" if value is not None else "none"), flush=True)


if __name__ == "__main__":
    main()
