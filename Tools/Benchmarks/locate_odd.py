#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants odd readings in leak cases, one kind at a time, and prints what `yusu locate` says of them and what they do to the search.

    locate_odd.py YUSU CASE ... [--kinds clock_1h,psi ...] [--events D001,D002 ...] [--seed 1] [--verbose]

CASE is a folder of leak cases: nominal.inp, sensors.csv, events/, truth/truth.csv. In every event the kinds below change one sensor that
is drawn anew (or all of a sort); `named` counts the events in which a remark names every sensor that was changed (a pump: its link; the
patterns: that they are off), `others` those in which a remark names a sensor that was not. `as before` is the run on the
readings as they are. Search lengths: metres walked until the middle of the pipe that leaks, its median and 90th percentile.
"""
import argparse
import csv
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile

METRES = {"psi": 0.703070, "kpa": 0.101972, "bar": 10.1972}  # of water, of one unit


class Event:
    """Readings of an event, by sensor: {sensor: {hour: value}}; hours since the baseline began."""

    def __init__(self, folder):
        self.stamps, self.series, self.first = [], {}, 0
        for name in ["baseline.csv", "event.csv"]:
            if name == "event.csv":
                self.first = len(self.stamps)
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    if not self.stamps or row["timestamp"] != self.stamps[-1]:
                        self.stamps.append(row["timestamp"])
                    self.series.setdefault(row["sensor"], {})[len(self.stamps) - 1] = row["value"]

    def write(self, folder):
        for name, hours in [("baseline.csv", range(self.first)), ("event.csv", range(self.first, len(self.stamps)))]:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write("timestamp,sensor,value\n")
                for hour in hours:
                    for sensor, values in self.series.items():
                        if hour in values:
                            file.write(f"{self.stamps[hour]},{sensor},{values[hour]}\n")

    def late(self, sensor, hours, since=0):
        """A clock that is so many hours ahead shows a moment's value so much later."""
        own = self.series[sensor]
        self.series[sensor] = {h: v for h in range(len(self.stamps)) if (v := own.get(h - hours if h >= since else h)) is not None}

    def scaled(self, sensor, factor):
        self.series[sensor] = {h: f"{float(v) * factor:.2f}" for h, v in self.series[sensor].items()}


def pressures_of(rows):
    return [r["sensor"] for r in rows if r["kind"] == "pressure"]


def others_of(rows):
    return [r["sensor"] for r in rows if r["kind"] != "pressure"]


def later_controls(text):
    """Clock times of the model's controls three hours later, levels at which they act half a metre higher."""
    def clock(match):
        hour, minute = map(int, match.group(2).split(":"))
        return f"{match.group(1)}{(hour + 3) % 24}:{minute:02d}"
    return re.sub(r"(?im)^(\s*LINK .* AT CLOCKTIME\s+)(\d+:\d+)", clock, text)


def plant(kind, event, rows, junctions, draw):
    """Changes the event or the list of sensors; what a remark has to name."""
    pressures = pressures_of(rows)
    one = draw.choice(pressures)
    middle = len(event.stamps) // 2
    if kind == "as before":
        return []
    if kind in ("clock_1h", "clock_-1h", "clock_9h"):
        event.late(one, int(kind[6:-1]))
        return [one]
    if kind == "clock_changed":
        event.late(one, 1, since=middle)
        return [one]
    if kind == "clock_changed_at_event":
        event.late(one, 1, since=event.first)
        return [one]
    if kind == "clock_flow":
        one = draw.choice(others_of(rows))
        event.late(one, 1)
        return [one]
    if kind == "clocks_of_two":
        two = draw.sample(pressures, 2)
        for sensor in two:
            event.late(sensor, 1)
        return two
    if kind == "clocks_of_pressures":
        for sensor in pressures:
            event.late(sensor, 1)
        return pressures
    if kind == "clocks_of_all":
        for sensor in event.series:
            event.late(sensor, 1)
        return ["patterns"]
    if kind == "stuck":
        value = event.series[one][min(h for h in event.series[one] if h >= middle)]
        event.series[one] = {h: value if h >= middle else v for h, v in event.series[one].items()}
        return [one]
    if kind in METRES:
        event.scaled(one, 1 / METRES[kind])
        return [one]
    if kind == "all_psi":
        for sensor in pressures:
            event.scaled(sensor, 1 / METRES["psi"])
        return pressures
    if kind == "wrong_node":
        row = next(r for r in rows if r["sensor"] == one)
        row["network_element"] = draw.choice([n for n in junctions if n != row["network_element"]])
        return [one]
    if kind == "exchanged":
        two = draw.sample(pressures, 2)
        event.series[two[0]], event.series[two[1]] = event.series[two[1]], event.series[two[0]]
        return two
    if kind == "absent":
        event.series[one] = {h: v for h, v in event.series[one].items() if not middle <= h < middle + 72}
        return [one]
    if kind == "absent_in_event":
        event.series[one] = {h: v for h, v in event.series[one].items() if h < event.first}
        return [one]
    raise ValueError(kind)


KINDS = ["as before", "clock_1h", "clock_-1h", "clock_9h", "clock_changed", "clock_changed_at_event", "clock_flow", "clocks_of_two",
         "clocks_of_pressures", "clocks_of_all", "stuck", "psi", "kpa", "bar", "all_psi", "wrong_node", "exchanged", "absent", "absent_in_event", "pump"]


def section(text, name):
    match = re.search(rf"(?ims)^\[{name}\](.*?)(?=^\[|\Z)", text)
    return [line.split(";")[0].split() for line in match.group(1).splitlines() if line.split(";")[0].split()] if match else []


def quantile(values, share):
    values = sorted(values)
    place = share * (len(values) - 1)
    low = int(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("yusu")
    options.add_argument("case", nargs="+")
    options.add_argument("--kinds", default=",".join(KINDS))
    options.add_argument("--events")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--verbose", action="store_true")
    options = options.parse_args()
    for case in options.case:
        nominal = open(os.path.join(case, "nominal.inp"), encoding="utf-8", errors="replace").read()
        with open(os.path.join(case, "sensors.csv"), encoding="utf-8") as file:
            sensors = list(csv.DictReader(file))
        with open(os.path.join(case, "truth", "truth.csv"), encoding="utf-8") as file:
            truth = {row["event"]: row for row in csv.DictReader(file)}
        events = options.events.split(",") if options.events else sorted(truth)
        junctions = [line[0] for line in section(nominal, "JUNCTIONS")]
        print(f"{os.path.basename(os.path.normpath(case))}: {len(events)} events, {sum(truth[e]['leak'] == '1' for e in events)} with a leak\n")
        print("| odd | events | named | others named | leaks detected | false alarms | search median m | 90th percentile m |")
        print("|---|---|---|---|---|---|---|---|", flush=True)
        for kind in options.kinds.split(","):
            model, link = nominal, None
            if kind == "pump":
                model = later_controls(nominal)
                if model == nominal:
                    continue
            named = others = detected = alarms = runs = 0
            lengths = []
            for name in events:
                draw = random.Random(f"{options.seed} {kind} {name}")
                rows = [dict(row) for row in sensors]
                event = Event(os.path.join(case, "events", name))
                wanted = [] if kind == "pump" else plant(kind, event, rows, junctions, draw)
                with tempfile.TemporaryDirectory() as work:
                    event.write(work)
                    with open(os.path.join(work, "model.inp"), "w", encoding="utf-8") as file:
                        file.write(model)
                    with open(os.path.join(work, "sensors.csv"), "w", newline="", encoding="utf-8") as file:
                        table = csv.DictWriter(file, ["sensor", "kind", "network_element", "unit"], extrasaction="ignore")
                        table.writeheader()
                        table.writerows(rows)
                    out = os.path.join(work, "out")
                    run = subprocess.run(
                        [options.yusu, "locate", "--network", os.path.join(work, "model.inp"), "--sensors", os.path.join(work, "sensors.csv"),
                         "--baseline", os.path.join(work, "baseline.csv"), "--readings", os.path.join(work, "event.csv"), "--output", out,
                         "--quiet"], capture_output=True, text=True)
                    if run.returncode:
                        print(name, kind, "exit", run.returncode, run.stderr.strip(), file=sys.stderr)
                        continue
                    with open(os.path.join(out, "result.json"), encoding="utf-8") as file:
                        result = json.load(file)
                    runs += 1
                    remarks = result["remarks"]
                    said = set(re.findall(r"'([^']+)'", " ".join(remarks)))
                    if any("patterns" in remark for remark in remarks):
                        said.add("patterns")
                    known = {row["sensor"] for row in rows} | {"patterns"}
                    if kind == "pump":
                        named += any("otherwise than the model" in remark for remark in remarks)
                    else:
                        named += set(wanted) <= said
                    others += bool((said & known) - set(wanted))
                    leak = truth[name]["leak"] == "1"
                    if leak:
                        detected += result["leak_detected"]
                        with open(os.path.join(out, "candidates.csv"), encoding="utf-8") as file:
                            own = next(row for row in csv.DictReader(file) if row["pipe"] == truth[name]["pipe"])
                        lengths.append(float(own["cumulative_length_m"]) - float(own["length_m"]) / 2)
                    else:
                        alarms += result["leak_detected"]
                    if options.verbose:
                        print(name, kind, wanted[:3], result["leak_detected"], f"{lengths[-1]:.0f}" if leak else "", remarks, file=sys.stderr)
            print(f"| {kind} | {runs} | {named if kind != 'as before' else ''} | {others} | {detected} | {alarms} "
                  f"| {statistics.median(lengths):.0f} | {quantile(lengths, 0.9):.0f} |", flush=True)
        print()


if __name__ == "__main__":
    sys.exit(main())
