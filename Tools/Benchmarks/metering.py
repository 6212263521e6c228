#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time `yusu meters import` and `report` against DuckDB on the same synthetic export, in one run.

    metering.py [YUSU] [--meters 2000] [--days 60]

Writes a long CSV of hourly registers (seeded, synthetic: half of the hours without use, 0.5 % of the rows missing) and lets both
sides read it and sum consumption by zone and hour: DuckDB by a window over each meter, Yusu through its store, which also checks,
compresses and keeps the readings. Prints seconds, rows a second, the ratio and the largest difference between the sums of zones.
Needs numpy and duckdb; installs them from PyPI where they are missing.
"""
import argparse, csv, importlib, os, subprocess, sys, tempfile, time


def need(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", name], check=True)
        return importlib.import_module(name)


def export(folder, meters, days):
    np = need("numpy")
    random = np.random.default_rng(1)
    hours = days * 24 + 1
    start = np.datetime64("2026-01-01T00:00")
    stamps = [str(start + np.timedelta64(h, "h")) for h in range(hours)]
    use = np.where(random.random((meters, hours)) < 0.5, 0, random.gamma(1.5, 12, (meters, hours)).astype(int))
    registers = np.cumsum(use, axis=1) + random.integers(1000, 9_000_000, (meters, 1))
    missing = random.random((meters, hours)) < 0.005
    rows = 0
    path = os.path.join(folder, "reads.csv")
    with open(path, "w") as file:
        file.write("meter_id,timestamp,register_l\n")
        for hour in range(hours):
            for meter in range(meters):
                if missing[meter, hour]:
                    continue
                file.write(f"M{meter:06d},{stamps[hour]},{registers[meter, hour]}\n")
                rows += 1
    with open(os.path.join(folder, "meters.csv"), "w") as file:
        file.write("meter,zone,class,diameter_mm,installed,dials,factor\n")
        for meter in range(meters):
            file.write(f"M{meter:06d},Z{meter % 20:02d},residential,15,2020,8,0.001\n")
    with open(os.path.join(folder, "profile.yaml"), "w") as file:
        file.write("shape: long\ncolumns: {meter: meter_id, time: timestamp, value: register_l}\nkind: register\nunit: L\n"
                   "time_format: iso8601\ntime_zone: UTC\n")
    return path, rows


def run_yusu(yusu, folder, path):
    begin = time.perf_counter()
    store = os.path.join(folder, "meters.sqlite")
    subprocess.run([yusu, "meters", "import", "--store", store, "--profile", os.path.join(folder, "profile.yaml"), "--register",
                    os.path.join(folder, "meters.csv"), "--quiet", path], check=True, stdout=subprocess.DEVNULL)
    imported = time.perf_counter()
    subprocess.run([yusu, "meters", "report", "--store", store, "--output", os.path.join(folder, "report")], check=True,
                   stdout=subprocess.DEVNULL)
    done = time.perf_counter()
    sums = {}
    with open(os.path.join(folder, "report", "zones_hourly.csv")) as file:
        for row in csv.DictReader(file):
            if row["consumption_m3"]:
                sums[row["zone"]] = sums.get(row["zone"], 0.0) + float(row["consumption_m3"])
    return imported - begin, done - imported, sums, os.path.getsize(store)


def run_duckdb(folder, path):
    duckdb = need("duckdb")
    begin = time.perf_counter()
    connection = duckdb.connect()
    rows = connection.execute(f"""
        with reads as (select meter_id, timestamp::timestamp as t, register_l from read_csv('{path}')),
        steps as (select meter_id, t, register_l - lag(register_l) over w as volume, lag(t) over w as before
                  from reads window w as (partition by meter_id order by t)),
        hourly as (select m.zone, date_trunc('hour', s.before) as hour, sum(s.volume) / 1000.0 as m3
                   from steps s join read_csv('{os.path.join(folder, "meters.csv")}') m on m.meter = s.meter_id
                   where s.volume is not null group by 1, 2)
        select zone, sum(m3) from hourly group by 1""").fetchall()
    return time.perf_counter() - begin, dict(rows)


def main():
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu", nargs="?", default=os.path.join(here, ".build", "release", "yusu"))
    parser.add_argument("--meters", type=int, default=2000)
    parser.add_argument("--days", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, rows = export(folder, arguments.meters, arguments.days)
        size = os.path.getsize(path)
        imported, reported, ours, stored = run_yusu(arguments.yusu, folder, path)
        theirs_time, theirs = run_duckdb(folder, path)
        worst = max(abs(ours.get(zone, 0) - theirs[zone]) / theirs[zone] for zone in theirs)
        print(f"{rows} rows, {size / 1e6:.0f} MB; store {stored / rows:.2f} bytes a row")
        print(f"yusu    import {imported:.2f} s ({rows / imported / 1e6:.2f} M rows/s), report {reported:.2f} s")
        print(f"duckdb  sums by zone and hour {theirs_time:.2f} s ({rows / theirs_time / 1e6:.2f} M rows/s)")
        print(f"ratio duckdb/(import + report) {theirs_time / (imported + reported):.2f}; largest difference of a zone's sum {worst:.1e}")


if __name__ == "__main__":
    main()
