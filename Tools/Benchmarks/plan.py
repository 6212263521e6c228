#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and memory of `yusu plan`: the example's town in every language, and synthetic, seeded cities of many zones.

    plan.py YUSU [CITY] [--zones 300] [--seed 1]

CITY is a folder (Examples/Chanchamayo). A city of N zones has totals, zones with inflows of 30 days by the hour, and no network: 800
connections a zone, real losses of a zone drawn between 60 and 900 L a connection and day. Bars: a town of 1,000 nodes with 1,000 draws in
10 s, 300 zones in 2 minutes, all documents in three languages without PDF in 10 s.
"""
import argparse
import datetime
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def city(folder, zones, seed):
    rng = random.Random(seed)
    connections = [rng.randint(500, 1100) for _ in range(zones)]
    loss = [rng.uniform(60, 900) for _ in range(zones)]  # L/connection/d
    use = 600.0  # L/connection/d
    made = '"Tools/Benchmarks/plan.py, synthetic", status: synthetic'

    def write(name, text):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    total = sum(connections)
    supplied = sum(n * (use + l) for n, l in zip(connections, loss)) * 30 / 1000
    metered = 0.92 * total * use * 30 / 1000
    write("city.yaml", f"""name: Synthetic city of {zones} zones
country: PE
currency: PEN
time_zone: America/Lima
synthetic: true
population: {{value: {4.2 * total:.0f}, margin_percent: 5, unit: persons, year: 2026, source: {made}}}
connections: {{value: {total}, unit: connections, year: 2026, source: {made}}}
metered_connections: {{value: {round(0.9 * total)}, unit: connections, year: 2026, source: {made}}}
mains_length: {{value: {total * 0.015:.1f}, margin_percent: 3, unit: km, year: 2026, source: {made}}}
service_line_length: {{value: 6, margin_percent: 30, unit: m, year: 2026, source: {made}}}
average_pressure: {{value: 40, margin_percent: 8, unit: m, year: 2026, source: {made}}}
supply_hours: {{value: 24, unit: h/d, year: 2026, source: {made}}}
tariff: {{value: 2.5, unit: PEN/m3, year: 2026, source: {made}}}
variable_production_cost: {{value: 0.6, margin_percent: 20, unit: PEN/m3, year: 2026, source: {made}}}
operating_cost: {{value: {supplied * 12 * 1.5:.0f}, margin_percent: 10, unit: PEN/year, year: 2026, source: {made}}}
production_capacity: {{value: {supplied / 30 * 1.1:.0f}, unit: m3/d, year: 2026, source: {made}}}
exchange_rate: {{value: 3.75, low: 3.5, high: 4.0, unit: PEN/USD, year: 2026, source: {made}}}
""")
    write("balance.yaml", f"""period_start: 2026-03-02
period_days: 30
own_sources: {{value: {supplied:.0f}, margin_percent: 3, unit: m3, year: 2026, source: {made}}}
billed_metered: {{value: {metered:.0f}, margin_percent: 1, unit: m3, year: 2026, source: {made}}}
unauthorised: {{value: {0.02 * metered:.0f}, margin_percent: 60, unit: m3, year: 2026, source: {made}}}
meter_under_registration: {{value: 6, low: 4, high: 8, unit: "%", year: 2026, source: {made}}}
""")
    write("plan.yaml", f"""start_year: 2027
horizon_years: 15
construction_years: 5
budget: {total * 120}
regime: surplus
objective: net_present_value
discount_rate: {{value: 8, unit: "%", year: 2026, source: {made}}}
natural_rise_of_leakage: {{value: 5, low: 2, high: 10, unit: "%/year", year: 2026, source: {made}}}
""")
    write("zones.csv", "zone,name,connections,mains_length_km,average_pressure_m,inflow_sensors\n" + "".join(
        f"Z{k},Zone {k} (synthetic),{n},{n * 0.015:.2f},{rng.uniform(25, 60):.1f},Q{k}\n" for k, n in enumerate(connections)))
    write("sensors.csv", "sensor,kind,network_element,unit,zone\n" + "".join(f"Q{k},flow,,l/s,Z{k}\n" for k in range(zones)))
    rows = ["timestamp," + ",".join(f"Q{k}" for k in range(zones))]
    start = datetime.datetime(2026, 3, 2)
    for hour in range(30 * 24):
        clock = hour % 24
        # Two peaks, and a night with a twelfth of the mean use.
        course = 0.12 + (1.2 * math.exp(-((clock - 8) / 3) ** 2) + 1.3 * math.exp(-((clock - 19) / 3.5) ** 2)) * 1.35
        rows.append((start + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:00,") + ",".join(
            f"{n * (use * course * rng.gauss(1, 0.04) + l) / 86400:.3f}" for n, l in zip(connections, loss)))
    write("flows/inflows.csv", "\n".join(rows) + "\n")


def measured(command):
    """Seconds by the clock, of the processors, and the largest memory [MB] of all runs so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True)
    clock = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{run.stderr[-3000:]}")
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    parser.add_argument("city", nargs="?", default=os.path.join(HERE, "..", "..", "Examples", "Chanchamayo"))
    parser.add_argument("--zones", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for languages in (("en",), ("en", "es", "ko")):
            clock, processors, memory = measured(
                [arguments.yusu, "plan", arguments.city, "--output", f"{folder}/{len(languages)}", "--pdf", "none", "--quiet"]
                + [word for language in languages for word in ("--language", language)])
            print(f"{os.path.basename(os.path.normpath(arguments.city))}, {' '.join(languages)}: {clock:.1f} s, {processors:.1f} CPU-s, {memory:.0f} MB")
        made = os.path.join(folder, "city")
        city(made, arguments.zones, arguments.seed)
        clock, processors, memory = measured([arguments.yusu, "plan", made, "--output", f"{folder}/out", "--pdf", "none", "--quiet"])
        with open(f"{folder}/out/plan.json") as file:
            plan = json.load(file)
        chosen = sum(1 for measure in plan["measures"] if measure["is_selected"])
        print(f"{arguments.zones} zones: {clock:.1f} s, {processors:.1f} CPU-s, {memory:.0f} MB; {len(plan['measures'])} measures, {chosen} chosen; "
              f"HTML {os.path.getsize(f'{folder}/out/plan.html') / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
