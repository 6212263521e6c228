#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the intervals of `yusu nightflow` hold the truth, and how often it tells of a step where there is none.

    nightflow.py [YUSU] [--cases 600] [--samples FOLDER]

Synthetic hourly inflows (seeded): households' day, weekends, nights that follow each other (AR(1) 0.4), odd nights, gaps, spikes, a meter
that stands still, local time of Rome with both changes of the clock. Into each goes one leak of 5 % of the mean flow on a random night, or
none. With --samples, the real hourly inflows of the Battle of Water Demand Forecasting (dma-scada-wide/bwdf_inflow_*.csv) serve as carriers
too: each series with and without a leak planted, many times with another night.
Prints coverage of the sizes found, share found, days of delay, and the rate of false alarms against the stated one. Needs numpy.
"""
import argparse, csv, datetime, glob, os, subprocess, sys, tempfile, zoneinfo

import numpy as np

SHARE = 0.05  # leak over mean flow
ROME = zoneinfo.ZoneInfo("Europe/Rome")
SHAPE = np.array([.55, .48, .45, .45, .5, .8, 1.3, 1.6, 1.5, 1.3, 1.2, 1.2, 1.3, 1.2, 1.1, 1.0, 1.05, 1.2, 1.4, 1.4, 1.2, 1., .8, .65])


def stamps(days):
    """Local stamps of hours of UTC from 2021-02-01 on: 28 March and 31 October lie in a record of 300 days."""
    start = datetime.datetime(2021, 2, 1, tzinfo=datetime.timezone.utc) - datetime.timedelta(hours=1)
    return [(start + datetime.timedelta(hours=h)).astimezone(ROME) for h in range(days * 24)]


def zone(random, times, leak_day):
    """Flow of a zone [l/s], and the leak [l/s]."""
    mean, leakage = random.uniform(3, 60), random.uniform(0.2, 0.6)
    use = mean * (1 - leakage) / SHAPE.mean()
    days = (times[-1].date() - times[0].date()).days + 1
    noise = np.empty(days)
    noise[0] = random.normal()
    for d in range(1, days):
        noise[d] = 0.4 * noise[d - 1] + np.sqrt(1 - 0.16) * random.normal()
    scatter, weekend = random.uniform(0.02, 0.06), random.uniform(0, 0.15)
    odd = {int(d): random.uniform(0.2, 0.6) for d in np.flatnonzero(random.random(days) < 0.03)}
    flow, leak = np.empty(len(times)), SHARE * mean
    for i, t in enumerate(times):
        d = (t.date() - times[0].date()).days
        q = use * SHAPE[t.hour] * (1 + scatter * 2 * noise[d] + (weekend if t.weekday() >= 5 else 0))
        if d in odd and t.hour < 5:
            q *= 1 + odd[d]
        flow[i] = q * (1 + 0.03 * random.normal()) + mean * leakage
        if leak_day is not None and d >= leak_day:
            flow[i] += leak
    flow[random.random(len(times)) < 0.02] = np.nan
    gap = random.integers(0, len(times) - 60)
    flow[gap:gap + random.integers(5, 60)] = np.nan
    for i in random.integers(0, len(times), 3):
        flow[i] *= random.uniform(3, 8)
    if random.random() < 0.2:
        stuck = random.integers(0, len(times) - 40)
        flow[stuck:stuck + random.integers(6, 30)] = np.round(flow[stuck], 2)
    return flow, leak


def run(yusu, folder, times, columns, *options):
    path, out = os.path.join(folder, "inflow.csv"), os.path.join(folder, "out")
    with open(path, "w") as file:
        file.write("timestamp," + ",".join(f"{name} (l/s)" for name, _ in columns) + "\n")
        for i, t in enumerate(times):
            file.write(t.strftime("%Y-%m-%dT%H:%M") + "," + ",".join("" if np.isnan(q[i]) else f"{q[i]:.3f}" for _, q in columns) + "\n")
    subprocess.run([yusu, "nightflow", path, "--time-zone", "Europe/Rome", "--output", out, "--quiet", *options], check=True,
                   stdout=subprocess.DEVNULL)
    read = lambda name: list(csv.DictReader(open(os.path.join(out, name))))
    steps = {}
    for row in read("steps.csv"):
        steps.setdefault(row["zone"], []).append(row)
    return {row["zone"]: row for row in read("nightflow.csv")}, steps


def judge(name, truths, steps, first):
    """truths: zone, day of the leak or None, leak [m3/h]."""
    planted = [t for t in truths if t[1] is not None]
    none = [t for t in truths if t[1] is None]
    found = inside = dated = 0
    errors = []
    for zone_name, day, leak in planted:
        near = [s for s in steps.get(zone_name, []) if abs((datetime.date.fromisoformat(s["night"]) - first).days - day) <= 7
                and float(s["size_m3_per_h"]) > 0]
        if not near:
            continue
        best = min(near, key=lambda s: abs((datetime.date.fromisoformat(s["night"]) - first).days - day))
        found += 1
        inside += float(best["size_low95_m3_per_h"]) <= leak <= float(best["size_high95_m3_per_h"])
        dated += best["earliest"] <= str(first + datetime.timedelta(days=day)) <= best["latest"]
        errors.append(float(best["size_m3_per_h"]) / leak - 1)
    if planted:
        print(f"{name}: {len(planted)} leaks of {SHARE:.0%}, found {found / len(planted):.1%}; size inside its 95 % interval "
              f"{inside / max(1, found):.1%}, night inside {dated / max(1, found):.1%}; size off by {np.median(errors):+.1%} (median), "
              f"{np.median(np.abs(errors)):.1%} (median of the absolute)")
    if none:
        alarms = sum(bool(steps.get(t[0])) for t in none)
        print(f"{name}: {len(none)} records without a leak, with a step told {alarms / len(none):.1%} (stated 5 %)")


def before_after(yusu, folder, times, columns, leaks, name):
    """The level with and without a leak all along: the difference should be its size, within the interval of the level."""
    clean, _ = run(yusu, folder, times, columns)
    fouled, _ = run(yusu, folder, times, [(n, q + leaks[n]) for n, q in columns])
    ratios, inside, refused = [], 0, 0
    for n, _ in columns:
        if not clean[n]["night_flow_m3_per_h"]:
            refused += 1
            continue
        rise = float(fouled[n]["night_flow_m3_per_h"]) - float(clean[n]["night_flow_m3_per_h"])
        leak = leaks[n] * 3.6
        margin = (float(fouled[n]["night_flow_high95_m3_per_h"]) - float(fouled[n]["night_flow_low95_m3_per_h"])) / 2
        ratios.append(rise / leak)
        inside += abs(rise - leak) <= margin
    print(f"{name}: leak of {SHARE:.0%} added throughout: level rises by {np.mean(ratios):.4f} ± {np.std(ratios):.4f} of it, "
          f"inside the level's interval in {inside} of {len(ratios)}; no level told of {refused}")


def halves(yusu, folder, times, columns, leaks, name):
    """Leak in the second half: level of that half less level of the first, with the interval of a difference, against its size."""
    half = len(times) // 2
    first, _ = run(yusu, folder, times[:half], [(n, q[:half]) for n, q in columns])
    second, _ = run(yusu, folder, times[half:], [(n, q[half:] + leaks[n]) for n, q in columns])
    inside = told = 0
    for n, _ in columns:
        if not first[n]["night_flow_m3_per_h"] or not second[n]["night_flow_m3_per_h"]:
            continue
        told += 1
        value = lambda row: float(row["night_flow_m3_per_h"])
        margin = lambda row: (float(row["night_flow_high95_m3_per_h"]) - float(row["night_flow_low95_m3_per_h"])) / 2
        rise, wide = value(second[n]) - value(first[n]), np.hypot(margin(first[n]), margin(second[n]))
        inside += abs(rise - leaks[n] * 3.6) <= wide
    print(f"{name}: leak of {SHARE:.0%} in the second half: size inside the interval of the difference of levels {inside / told:.1%} of {told}")


def real(folder):
    for path in sorted(glob.glob(os.path.join(folder, "bwdf_inflow_*.csv"))):
        rows = list(csv.reader(open(path)))
        seen, times = set(), []
        for row in rows[1:]:
            t = datetime.datetime.strptime(row[0], "%d/%m/%Y %H:%M")
            times.append(t.replace(tzinfo=ROME, fold=1 if t in seen else 0))
            seen.add(t)
        yield os.path.basename(path), times, [np.array([float(r[k]) for r in rows[1:]]) for k in range(1, 11)]


def main():
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu", nargs="?", default=os.path.join(here, ".build", "release", "yusu"))
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--samples")
    arguments = parser.parse_args()
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for days in (42, 120, 300):
            count = arguments.cases if days < 300 else max(50, arguments.cases // 4)
            times, columns, truths, leaks = stamps(days), [], [], {}
            for k in range(2 * count):
                day = int(random.integers(10, days - 10)) if k < count else None
                flow, leak = zone(random, times, day)
                columns.append((f"Z{k}", flow))
                truths.append((f"Z{k}", day, leak * 3.6))
                leaks[f"Z{k}"] = leak
            zones, steps = run(arguments.yusu, folder, times, columns)
            judge(f"synthetic, {days} days", truths, steps, times[0].date())
            clean = columns[count:]
            before_after(arguments.yusu, folder, times, clean, leaks, f"synthetic, {days} days")
            halves(arguments.yusu, folder, times, clean, leaks, f"synthetic, {days} days")
        for name, times, series in real(arguments.samples) if arguments.samples else []:
            columns = [(f"D{k + 1}", q) for k, q in enumerate(series)]
            leaks = {f"D{k + 1}": SHARE * np.nanmean(q) for k, q in enumerate(series)}
            before_after(arguments.yusu, folder, times, columns, leaks, name)
            _, told = run(arguments.yusu, folder, times, columns)
            print(f"{name}: as they are, a step told in {len(told)} of {len(columns)}")
            planted, truths = [], []
            for day in range(4, 11):
                from_day = np.array([(t.date() - times[0].date()).days >= day for t in times])
                for k, q in enumerate(series):
                    planted.append((f"D{k + 1}L{day}", q + from_day * leaks[f"D{k + 1}"]))
                    truths.append((f"D{k + 1}L{day}", day, leaks[f"D{k + 1}"] * 3.6))
            _, steps = run(arguments.yusu, folder, times, planted)
            judge(name, truths, steps, times[0].date())


if __name__ == "__main__":
    main()
