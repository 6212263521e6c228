#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many planted faults `yusu meters report` finds on synthetic populations of meters, how many findings are false, and whether the
probabilities hold.

    findings.py [YUSU] [--seeds 11,12,13] [--habits town,dry] [--meters 1500] [--days 365] [--fit]

Each seed is a population of its own: households (from one to six people, holidays, second homes, empty houses, tenants that change,
families that grow and shrink), blocks of flats, shops, works that never stop, registers of 1, 10 and 100 litres, missing and late and
doubled readings. Faults are drawn for some meters, one each: the true use and the true fault are known. Everything is invented.
Towns differ in their habits (HABITS): a resort of second homes on a clock that changes, a dry one that waters gardens at night, one of
roof tanks, one of flats and coarse registers; in how often meters fail too, and whether faults are older than the record.
Prints for each fault what was there to find, what was found, false findings as a share of all meters, and for bins of the stated
probability the share that was true. Seeds below 100 were used to choose rules and to fit the chances, on the first four habits and for leaks on all five; --fit
writes what the chances are fitted to, for fit_findings.py.
"""
import argparse, collections, csv, gzip, importlib, json, os, subprocess, sys, tempfile


def need(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", name], check=True)
        return importlib.import_module(name)


np = need("numpy")
START = np.datetime64("2025-01-01T00:00")
#: Share of meters with each fault; drawn larger than in life so that there are enough to count.
RATES = {"stuck": .015, "continuous_flow": .04, "under_registering": .02, "oversized": .004, "suspicious_drop": .01, "reverse_flow": .005,
         "unit_step": .006, "clock_shift": .006, "spike": .03, "rollover": .01, "replacement": .01}
#: Not faults, and alike.
LIKE = {"vacation": .9, "second_home": .02, "empty": .01, "tenant": .05, "family": .06, "flats": .02, "works": .005, "shop": .065,
        "trips": 1.5, "season": .25, "cooler": 0, "irrigation": 0, "tank": 0, "coarse": .4, "summer_clock": False, "failing": 1.0, "old": 0}
#: What another town does otherwise. `failing` is how often meters fail against RATES, `old` the share of faults older than the record,
#: `coarse` that of registers of 10 and 100 L, `cooler` that of houses with a cooler that runs all summer.
HABITS = {
    "town": {},
    "resort": {"second_home": .15, "empty": .02, "trips": 2.5, "season": .5, "summer_clock": True, "failing": .6, "tenant": .03},
    "dry": {"irrigation": .3, "cooler": .004, "season": .4, "family": .09, "coarse": .2, "old": .2, "summer_clock": True},
    "dense": {"flats": .1, "shop": .1, "coarse": .6, "failing": 1.5, "tenant": .09, "old": .3},
    # The chances of leaks are fitted to it, those of levels and clocks are not. Float valves let water in long after it was drawn.
    "tanks": {"tank": .6, "second_home": .05, "trips": .7, "failing": .8, "old": .3, "tenant": .07},
}


def day_shape(rng, kind):
    hours = np.arange(24)
    bump = lambda at, width: np.exp(-0.5 * (((hours - at + 12) % 24 - 12) / width) ** 2)
    if kind == "works":
        return np.ones(24) / 24
    if kind == "shop":
        shape = ((hours >= rng.integers(6, 10)) & (hours < rng.integers(17, 23))).astype(float) + 0.01
    else:
        shape = (rng.uniform(.5, 1.5) * bump(rng.normal(7, .8), rng.uniform(.8, 1.6)) + rng.uniform(.2, .8) * bump(rng.normal(12.5, 1), 2)
                 + rng.uniform(.5, 1.5) * bump(rng.normal(19.5, 1.2), rng.uniform(1.2, 2.5)) + rng.uniform(.01, .06))
    return shape / shape.sum()


def person(rng, hours, kind, mean_day, like=LIKE, shape=None):
    """Litres in each hour: events at random about a mean that follows hour, weekday, season and the customer's own weeks."""
    days = hours // 24
    event = {"household": 14.0, "flats": 14.0, "shop": 20.0, "works": 30.0}[kind]
    season = 1 + rng.uniform(0, like["season"]) * np.sin(2 * np.pi * (np.arange(days) - 110) / 365)
    weekday = np.where(np.arange(days) % 7 >= 5, rng.uniform(.9, 1.3) if kind != "shop" else rng.uniform(.1, .7), 1.0)
    own = np.exp(np.repeat(np.cumsum(rng.normal(0, .02, days // 7 + 1)), 7)[:days] + rng.normal(0, .15, days))
    daily = mean_day * season * weekday * own
    mean = np.outer(daily, day_shape(rng, kind) if shape is None else shape).ravel()
    if like["summer_clock"]:
        # People live by a clock that is an hour ahead of the stamps' in summer.
        summer = slice(88 * 24, 298 * 24)
        mean[summer] = np.roll(mean[summer], -1)
    count = rng.poisson(mean / event)
    use = np.zeros(hours)
    some = count > 0
    use[some] = rng.gamma(count[some] * 1.3, event / 1.3)
    if kind == "works":
        use = mean * np.exp(rng.normal(0, .1, hours))
    return use


def watered(rng, hours):
    """A garden watered in the small hours every second or third day of the warm half of the year. [L]"""
    use = np.zeros(hours)
    every, first, volume = rng.integers(2, 4), rng.integers(1, 5), rng.uniform(150, 700)
    for day in range(100, min(hours // 24, 290), every):
        use[day * 24 + first:day * 24 + first + 2] = volume / 2
    return use


def through_tank(rng, use):
    """A tank on the roof fills through a float valve: what is drawn comes in over the hours after. [L]"""
    keep = np.exp(-1 / rng.uniform(.7, 3))
    missing, inflow = 0.0, np.zeros(len(use))
    for hour, volume in enumerate(use):
        missing += volume
        fills = missing * (1 - keep) if missing > 4 else 0
        inflow[hour] = fills
        missing -= fills
    return inflow


def population(seed, meters, days, habit="town"):
    rng = np.random.default_rng(seed if habit == "town" else [seed, sorted(HABITS).index(habit)])
    like = {**LIKE, **HABITS[habit]}
    hours = days * 24
    table, truth, reads = [], {}, []
    at = START + np.arange(hours + 1) * np.timedelta64(1, "h")
    stamps = np.datetime_as_string(at, unit="m")
    kinds = list(RATES)
    for k in range(meters):
        name = f"M{seed:03d}{k:05d}"
        u = rng.random()
        flats = like["works"] + like["flats"]
        kind = "works" if u < like["works"] else "flats" if u < flats else "shop" if u < flats + like["shop"] else "household"
        people = rng.integers(1, 7)
        mean_day = {"household": 120 * people * rng.gamma(8, 1 / 8), "flats": 120 * rng.integers(12, 90), "shop": rng.gamma(2, 500),
                    "works": rng.gamma(3, 5000)}[kind]
        shape = day_shape(rng, kind)
        use = person(rng, hours, kind, mean_day, like, shape)
        second = False
        if kind == "household":
            trips = rng.poisson(like["trips"] * days / 365) if rng.random() < like["vacation"] else 0
            for _ in range(trips):
                begin, length = rng.integers(0, hours), int(24 * rng.lognormal(1.9, .7))
                use[begin:begin + length] = 0
            r = rng.random()
            second = r < like["second_home"]
            if r < like["second_home"]:
                home = np.zeros(hours, bool)
                for week in range(days // 7 + 1):
                    if rng.random() < .12:
                        home[week * 168 + 96:week * 168 + 96 + rng.integers(48, 240)] = True
                use[~home[:hours]] = 0
            elif r < like["second_home"] + like["empty"]:
                use[:] = 0
            elif r < like["second_home"] + like["empty"] + like["tenant"]:
                # Others move in, after some days without anyone.
                begin, gap = rng.integers(0, hours), rng.integers(0, 30 * 24)
                use[begin:begin + gap] = 0
                use[begin + gap:] = person(rng, hours, kind, 120 * rng.integers(1, 7) * rng.gamma(8, 1 / 8), like)[begin + gap:]
            elif r < like["second_home"] + like["empty"] + like["tenant"] + like["family"]:
                # The harder case: each draw becomes larger or smaller, as behind a meter that fails, and not their number.
                use[rng.integers(0, hours):] *= rng.uniform(.6, 1.5)
            if use.any() and rng.random() < like["irrigation"]:
                use += watered(rng, hours)
            if use.any() and rng.random() < like["cooler"]:
                first, last = rng.integers(120, 170), rng.integers(220, 280)
                use[first * 24:last * 24] += rng.uniform(4, 15)
            if use.any() and rng.random() < like["tank"]:
                use = through_tank(rng, use)
        # Pipes to the flow: four times the largest usual hour.
        peak = 4 * np.quantile(use[use > 0], .999) / 1000 if kind != "household" and use.any() else 0
        diameter = next(d for d, q3 in ((15, 2.5), (20, 4), (25, 6.3), (32, 10), (40, 16), (50, 25), (80, 63), (100, 1e9)) if q3 >= peak)
        fine = 1 - like["coarse"]
        step = rng.choice([1, 10, 100], p=[fine, (1 - fine) / 2, (1 - fine) / 2] if kind == "household" else [1 / 3, 1 / 3, 1 / 3])
        fault = None
        if rng.random() < like["failing"] * sum(RATES.values()):
            fault = str(rng.choice(kinds, p=np.array(list(RATES.values())) / sum(RATES.values())))
        note = {}
        counted = use.copy()
        begin = int(rng.integers(hours // 20, hours - 3 * 24))
        if rng.random() < like["old"] and fault in ("continuous_flow",):
            begin = 0
        if fault == "stuck":
            counted[begin:] = 0
            note = {"begin": begin, "rest_h": hours - begin, "lost": float(use[begin:].sum())}
        elif fault == "continuous_flow":
            rate = float(rng.lognormal(2.6, .8))
            length = hours if rng.random() < .6 else int(rng.integers(5 * 24, 60 * 24))
            leak = rate * (1 + .06 * np.cos(2 * np.pi * np.arange(hours) / 24)) * np.exp(np.repeat(rng.normal(0, .04, days), 24))
            counted[begin:begin + length] += leak[begin:begin + length]
            note = {"begin": begin, "hours": min(length, hours - begin), "rate": rate, "step": int(step), "open": begin + length >= hours}
        elif fault == "under_registering":
            begin = int(rng.integers(0, hours // 2))
            slope = rng.uniform(.15, .7)
            years = np.maximum(0, np.arange(hours) - begin) / 8766
            # Small flows go first.
            small = np.exp(-4 * slope * years)
            factor = np.exp(-slope * years)
            counted = np.where(counted < 20, counted * small, counted * factor)
            note = {"begin": begin, "slope": slope, "missed_at_end": float(1 - counted[-720:].sum() / max(1, use[-720:].sum()))}
        elif fault == "oversized":
            diameter = 40 if diameter <= 20 else 100
        elif fault == "suspicious_drop":
            share = rng.uniform(.15, .65)
            counted[begin:] *= share
            note = {"begin": begin, "share": float(share), "weeks": (hours - begin) // 168}
        elif fault == "clock_shift":
            # An hour as often as all others: the clock of summer missed, or taken twice.
            shift = int(rng.choice([-8, -7, -6, -5, -4, -3, -2, -1, -1, -1, -1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8]))
            counted[begin:] = np.roll(counted[begin:], shift)
            note = {"begin": begin, "shift": shift, "weeks": min(begin, hours - begin) // 168}
        total = np.concatenate([[0], np.cumsum(counted)])
        if fault == "reverse_flow":
            for _ in range(int(rng.integers(3, 30))):
                h = int(rng.integers(1, hours))
                total[h:] -= rng.uniform(15, 60) * max(1, step / 5)
        first = int(rng.integers(200_000, 80_000_000))
        dials = 8
        if fault == "rollover":
            # Seven digits of litres with ten times as many: the range is known from the register of meters for half of them.
            first = 10 ** 8 - int(total[-1] * rng.uniform(.1, .9)) - int(step)
            note = {"moves": float(total[-1])}
        register = np.floor((first + total) / step).astype(np.int64) * step % 10 ** 8
        if fault == "rollover" and not (np.diff(register) < 0).any():
            fault = None
        if fault == "replacement":
            register[begin:] = np.floor((total[begin:] - total[begin] + rng.integers(0, 300)) / step).astype(np.int64) * step
        if fault == "unit_step":
            ratio = float(rng.choice([10, 100, 1000, .1, .01, .001, 7.48051948, 3.785411784, 28.316846592]))
            register = register.astype(float)
            register[begin:] = np.floor(register[begin:] * ratio)
            register = register.astype(np.int64)
            note = {"begin": begin, "ratio": ratio}
        keep = np.ones(hours + 1, bool)
        keep[rng.random(hours + 1) < .005] = False
        for _ in range(rng.poisson(.5)):
            h = int(rng.integers(0, hours))
            keep[h:h + int(rng.integers(2, 100))] = False
        shown = register.copy()
        if fault == "spike":
            count = int(rng.integers(1, 4))
            where = rng.choice(np.arange(5, hours - 5), count, replace=False)
            for h in where:
                size = rng.choice([200, 1000, 20_000, 1_000_000]) * rng.uniform(1, 3) * (40 if diameter >= 40 else 1)
                shown[h] = max(0, shown[h] + int(size * rng.choice([-1, 1]) / step) * step)
                keep[h - 1:h + 2] = True
            note = {"spikes": count}
        last = hours
        if rng.random() < .01:
            last = hours - int(rng.integers(24, 9 * 24))
        reads.append((name, shown, keep, last))
        table.append((name, f"Z{k % 10}", {"household": "residential", "flats": "residential", "shop": "commercial", "works": "industrial"}[kind],
                      diameter, int(2025 - rng.integers(0, 20)), "" if fault == "rollover" and k % 2 else dials, 0.001))
        truth[name] = {"fault": fault, "kind": kind, "use": float(use.sum()), "last": last, "step": int(step), "empty": bool(use.sum() == 0),
                       "moves": float(counted.sum()), "second": second, **note}
    return table, truth, reads, stamps


def write(folder, table, reads, stamps):
    with open(os.path.join(folder, "meters.csv"), "w") as file:
        file.write("meter,zone,class,diameter_mm,installed,dials,factor\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in table)
    with open(os.path.join(folder, "profile.yaml"), "w") as file:
        file.write("shape: long\ncolumns: {meter: meter_id, time: timestamp, value: register_l}\nkind: register\nunit: L\n"
                   "time_format: iso8601\ntime_zone: UTC\n")
    with open(os.path.join(folder, "reads.csv"), "w") as file:
        file.write("meter_id,timestamp,register_l\n")
        for name, shown, keep, last in reads:
            index = np.nonzero(keep)[0]
            index = index[index <= last]
            file.write("".join([f"{name},{stamps[h]},{v}\n" for h, v in zip(index, shown[index].tolist())]))


def run(yusu, folder, least):
    store = os.path.join(folder, "m.sqlite")
    quiet = dict(check=True, stdout=subprocess.DEVNULL)
    subprocess.run([yusu, "meters", "import", "--store", store, "--profile", os.path.join(folder, "profile.yaml"), "--register",
                    os.path.join(folder, "meters.csv"), "--quiet", os.path.join(folder, "reads.csv")], **quiet)
    subprocess.run([yusu, "meters", "report", "--store", store, "--output", os.path.join(folder, "out"), "--register",
                    os.path.join(folder, "meters.csv"), "--least-probability", str(least)], **quiet)
    with open(os.path.join(folder, "out", "findings.json")) as file:
        findings = json.load(file)["findings"]
    with open(os.path.join(folder, "out", "meters.csv")) as file:
        meters = {row["meter"]: row for row in csv.DictReader(file)}
    return findings, meters


def findable(kind, t, hours):
    """Large and long enough that its own definition says it should be found; smaller ones are counted apart."""
    if kind == "stuck":
        return t["rest_h"] - (hours - t["last"]) >= 14 * 24 and t["kind"] != "works" and t["lost"] > 500 and t["step"] <= 10 and not t["second"]
    if kind == "continuous_flow":
        step = t["step"]
        return t["hours"] >= 5 * 24 and (t["rate"] >= 2 if step == 1 else step <= 10 and t["rate"] >= 8)
    if kind == "under_registering":
        return t["slope"] >= .4 and t["begin"] < hours // 4
    if kind == "suspicious_drop":
        return t["share"] <= .5 and 4 <= t["weeks"] <= hours // 168 - 4
    if kind == "clock_shift":
        return t["weeks"] >= 8
    if kind == "reverse_flow":
        return True
    return True


def count(label, rows, total):
    print(f"{label:20s} {rows[0]:5d} there, {rows[1]:5d} to find, {rows[2]:5d} found {100 * rows[2] / max(1, rows[1]):6.1f} %, "
          f"false {rows[3]:4d} = {100 * rows[3] / total:5.2f} % of meters, of the others {rows[4]} found")


def main():
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu", nargs="?", default=os.path.join(here, ".build", "release", "yusu"))
    parser.add_argument("--seeds", default="11,12,13")
    parser.add_argument("--meters", type=int, default=1500)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--habits", default="town", help=f"of: {', '.join(HABITS)}")
    parser.add_argument("--fit", help="write what was measured of every finding, however unlikely, into this file")
    parser.add_argument("--show", help="print missed and false findings of this kind")
    arguments = parser.parse_args()
    hours = arguments.days * 24
    tally = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    bins = collections.defaultdict(lambda: [0, 0, 0.0])
    volumes = collections.defaultdict(lambda: [0, 0])
    features = []
    total = empties = 0
    for habit, seed in [(h, int(s)) for h in arguments.habits.split(",") for s in arguments.seeds.split(",")]:
        with tempfile.TemporaryDirectory() as folder:
            table, truth, reads, stamps = population(seed, arguments.meters, arguments.days, habit)
            write(folder, table, reads, stamps)
            findings, meters = run(arguments.yusu, folder, 0 if arguments.fit else .5)
        total += len(truth)
        found = collections.defaultdict(dict)
        for f in findings:
            found[f["finding"]][f["meter"]] = f
        for kind in list(RATES):
            if kind in ("spike", "rollover", "replacement"):
                column = {"spike": "spikes", "rollover": "rollovers", "replacement": "replacements"}[kind]
                hit = {m for m, row in meters.items() if int(row[column]) > 0}
            else:
                hit = set(found[kind])
            for m, t in truth.items():
                has = t["fault"] == kind
                row = tally[kind]
                if has:
                    row[0] += 1
                    if findable(kind, t, hours):
                        row[1] += 1
                        row[2] += m in hit
                        if m not in hit and arguments.show == kind:
                            print("missed", m, t, {k: meters[m][k] for k in ("spikes", "rollovers", "replacements", "negative_steps", "flags")})
                    else:
                        row[4] += m in hit
                elif m in hit and kind == "stuck" and t["empty"]:
                    empties += 1
                elif m in hit:
                    # An empty house never moves, and works never stop: neither is the fault, both may be told.
                    row[3] += 1
                    if arguments.show == kind:
                        print("false", m, t, found[kind].get(m, {}).get("evidence", ""), meters[m]["flags"])
                if m in hit and m in found[kind]:
                    f = found[kind][m]
                    p = f["probability"]
                    b = bins[kind, min(9, int(p * 10))]
                    b[0] += 1
                    b[1] += has
                    b[2] += p
                    features.append({"habit": habit, "seed": seed, "kind": kind, "fault": t["fault"], "measures": f["measures"]})
                    if has and kind == "continuous_flow" and t["open"] and findable(kind, t, hours):
                        volumes[kind][0] += 1
                        volumes[kind][1] += f["m3_per_year_low95"] <= t["rate"] * 8.766 <= f["m3_per_year_high95"]
                    if has and kind == "stuck" and t["lost"] > 0:
                        year = t["lost"] / t["rest_h"] * 8.766
                        volumes[kind][0] += 1
                        volumes[kind][1] += f["m3_per_year_low95"] <= year <= f["m3_per_year_high95"]
    print(f"habits {arguments.habits}, seeds {arguments.seeds}: {total} meters, {arguments.days} days")
    for kind in RATES:
        count(kind, tally[kind], total)
    print(f"houses that were empty all along, listed as stuck at the stated chance and not counted as false: {empties}")
    print("stated probability: findings, mean stated, share true")
    for kind, b in sorted(bins):
        n, true, stated = bins[kind, b]
        print(f"  {kind:20s} {.1 * b:.1f}–{.1 * b + .1:.1f}: {n:4d} {stated / n:.2f} {true / n:.2f}")
    for kind, (n, inside) in volumes.items():
        print(f"95 % interval of m3 a year holds the truth: {kind} {inside} of {n} ({100 * inside / max(1, n):.0f} %)")
    if arguments.fit:
        with open(arguments.fit, "w") as file:
            json.dump(features, file)


if __name__ == "__main__":
    main()
