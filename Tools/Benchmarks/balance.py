#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often 95 % intervals hold the truth, and how fast a table of audits is.

    balance.py [--cases 2000] [--samples 4096] [--seed 1] [--utilities 400] [--audits 10000] [YUSU] [COVERAGE]

Coverage: synthetic systems of which everything is known, in three designs (small normal errors around the truth; large errors of
several shapes, shared by meters of one type; truths drawn from stated ranges). For every indicator the share of cases in which the
interval of linear propagation and that of the simulation (Sobol) hold the truth. Billing lag: the share of months whose interval
holds the true ratio of synthetic utilities with two-monthly bills, in three designs (ratios calm to restless; records of one to four
years with any season and scatter; supplies of single months that scatter too), with supplies known or by the days of the months, and
with the billed volume kept as the command does or not. The bar: 93 to 97 %. Speed: seconds and memory for
a table of audits and for one ten times as long, on one core. Builds both programs where they are not given. Exit code 1 where a
bar is missed.
"""
import argparse
import csv
import io
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
COLUMNS = (
    "audit,volume_unit,period_days,own_sources,own_sources_error_percent,imported,exported,billed_metered,billed_unmetered,"
    "unbilled_metered,metering_inaccuracy_percent,mains_length,length_unit,connections,pressure,pressure_unit,operating_cost,"
    "retail_cost,retail_cost_unit,production_cost,production_cost_unit,real_losses_valued_at,defaults")


def built(product):
    subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    folder = subprocess.run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return os.path.join(folder.stdout.strip(), product)


def coverage(program, arguments):
    text = subprocess.run([program, str(arguments.cases), str(arguments.samples), str(arguments.seed)], check=True,
                          capture_output=True, text=True).stdout
    good = True
    print(f"{'95 % intervals of ' + str(arguments.cases) + ' cases hold the truth in %':48}{'linear':>10}{'simulated':>12}")
    for row in csv.DictReader(io.StringIO(text)):
        shares = [100 * int(row[kind]) / int(row["cases"]) for kind in ("linear", "simulated")]
        good &= 93 <= shares[1] <= 97
        marks = ["" if 93 <= share <= 97 else " !" for share in shares]
        name = f"{row['design']}: {row['indicator'].replace('_', ' ')}"
        print(f"{name:48}{shares[0]:>10.2f}{marks[0]}{shares[1]:>12.2f}{marks[1]}")
    return good


def billing(program, arguments):
    text = subprocess.run([program, "billing", str(arguments.utilities), str(arguments.seed)], check=True, capture_output=True,
                          text=True).stdout
    good = True
    print(f"{'months of ' + str(arguments.utilities) + ' utilities in their interval, %':48}{'all':>8}{'first 2':>10}{'last 2':>9}{'±':>9}")
    for row in csv.DictReader(io.StringIO(text)):
        numbers = {key: float(value) for key, value in row.items() if key not in ("design", "supply", "kept")}
        share, first, last = (100 * numbers[inside] / numbers[of] for inside, of in (
            ("inside", "months"), ("first_inside", "first_months"), ("last_inside", "last_months")))
        good &= 93 <= share <= 97
        name = f"{row['design']}, supply {row['supply'].replace('_', ' ')}" + (", volume kept" if row["kept"] == "yes" else "")
        mark = "" if 93 <= share <= 97 else " !"
        print(f"{name:48}{share:>8.2f}{mark}{first:>10.2f}{last:>9.2f}{100 * numbers['half_width']:>9.2f}")
    return good


def audits(path, count):
    numbers = random.Random(1)
    with open(path, "w") as file:
        file.write(COLUMNS + "\n")
        for index in range(count):
            connections = numbers.randint(500, 90_000)
            supply = connections * numbers.uniform(0.3, 0.9)
            file.write(
                f"A{index},AF,365,{supply:.3f},{numbers.uniform(-3, 3):.2f},{supply / 10:.3f},0,{supply * numbers.uniform(.8, 1):.3f},0,0,"
                f"{numbers.uniform(.5, 4):.2f},{connections / 60:.2f},mi,{connections},{numbers.uniform(40, 110):.3f},psi,"
                f"{connections * 700},{numbers.uniform(1, 6):.2f},per_ccf,{numbers.uniform(50, 900):.2f},per_AF,production,fwas5\n")


def speed(program, count):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "audits.csv")
        audits(path, count)
        begin = time.perf_counter()
        process = subprocess.Popen(["taskset", "-c", "0", program, "balance", path, "--standard", "awwa", "--quiet", "--output",
                                    os.path.join(folder, "results.csv")])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        rows = sum(1 for _ in open(os.path.join(folder, "results.csv"))) - 1
    print(f"{count} audits: {seconds:.2f} s on one core, {usage.ru_maxrss / 1024:.1f} MB, {rows} rows out")
    return seconds if status == 0 and rows == count else float("inf"), usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("cases", 2000), ("samples", 4096), ("seed", 1), ("utilities", 400), ("audits", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("yusu", nargs="?")
    parser.add_argument("coverage", nargs="?")
    arguments = parser.parse_args()
    program = arguments.coverage or built("balance-coverage")
    good = coverage(program, arguments)
    good &= billing(program, arguments)
    program = arguments.yusu or built("yusu")
    first, memory = speed(program, arguments.audits)
    _, more = speed(program, 10 * arguments.audits)
    good &= first < 2 * arguments.audits / 10_000 and more < 1.1 * memory
    print("all bars kept" if good else "a bar was missed")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
