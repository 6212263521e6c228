#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meter job of a month or two, by `yusu meters import` and `report`, by DuckDB and by Polars: CPU time, memory, and whether they agree.

    metering.py [YUSU] [--scale 0.1] [--repeat 1] [--only yusu,duckdb,polars] [--keep FOLDER] [--days 60] [--gz] [--daily] [--large]

Scale 1 is 20,000 meters in 40 zones, hourly over 60 days: 28.7 million rows, 1.3 GB, in order of day, meter, hour. The export is
synthetic and seeded: of hours 0.5 % missing, 0.2 % late (written with the next day), 0.1 % twice, 0.01 % with a spike that returns;
of meters 1 % stuck, 5 % with a leak, 1 % silent for 1 to 9 days, 0.2 % exchanged, 0.3 % near rollover, 0.1 % running backwards.

The job: one reading a meter and hour; steps between them, rollovers, gaps, spikes, negative steps; volume of a meter; consumption of
a zone and hour with gaps up to 168 h spread evenly; days with flow in every hour; meters that stand still. Each engine runs in a
process of its own and writes its tables; CPU seconds are user + system of the process, the least of the repeats.

Yusu goes through its store, which keeps the readings. Meters and zone-hours are compared where the definitions are the same: not where
a spike, an exchange or reverse flow was planted (Yusu finds the way back to the path, the others drop both steps).
--gz imports the same export gzipped; --daily as a file a day, in order and shuffled; --large ten times the meters over all days, and
twenty times over three days and fifty times over two (at scale 1: 287 million rows, 400,000 and a million meters), by a pipe. Each prints time and memory.
Needs numpy, duckdb and polars (PyPI).
"""
import argparse, csv, hashlib, json, os, random, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
START = 1_780_286_400  # 2026-06-01T04:00Z, midnight at -04:00
OFFSET = 4 * 3600


def generate(folder, meters, zones, days, seed=7):
    """Writes reads.csv, meters.csv, register.csv, profile.yaml and truth.json."""
    import numpy as np

    rng = np.random.default_rng(seed)
    hours = days * 24
    scale = 1000  # litres
    kinds = {}
    order = rng.permutation(meters)
    at = 0
    for name, share in [("stuck", 0.01), ("leak", 0.05), ("silent", 0.01), ("exchanged", 0.002), ("rollover", 0.003), ("reverse", 0.001)]:
        count = max(1, round(share * meters))
        kinds[name] = np.sort(order[at:at + count])
        at += count
    modulus = 100_000 * scale
    use = rng.random((meters, hours)) < 0.5
    volume = np.where(use, 0, rng.gamma(1.3, 18, (meters, hours))).astype(np.int64)
    del use
    day_hour = np.arange(hours) % 24
    night = (day_hour >= 1) & (day_hour < 5)
    volume[:, night] = (volume[:, night] * (rng.random((meters, night.sum())) < 0.2)).astype(np.int64)
    # Nobody uses water in all hours of three days but by a leak: one quiet hour each night.
    for day in range(days):
        volume[:, day * 24 + 3] = 0
    leak = kinds["leak"]
    begins = rng.integers(0, hours // 2, len(leak))
    for meter, begin in zip(leak, begins):
        volume[meter, begin:] += rng.integers(2, 60)
    stuck = kinds["stuck"]
    for meter, begin in zip(stuck, rng.integers(hours // 4, hours - 200, len(stuck))):
        volume[meter, begin:] = 0
    base = rng.integers(1000, 60_000 * scale, meters)
    for meter in kinds["rollover"]:
        base[meter] = modulus - max(1, volume[meter].sum() // 2)
    register = base[:, None] + np.cumsum(volume, axis=1)
    for meter in kinds["exchanged"]:
        turn = rng.integers(hours // 4, 3 * hours // 4)
        register[meter, turn:] -= register[meter, turn] - 3
    for meter in kinds["reverse"]:
        for turn in rng.integers(48, hours - 48, 4):
            register[meter, turn:] -= 40 + rng.integers(0, 100)
    del volume
    register %= modulus
    present = rng.random((meters, hours)) >= 0.005
    for meter in kinds["silent"]:
        length = int(rng.integers(24, 9 * 24))
        begin = int(rng.integers(24, hours - length - 24))
        present[meter, begin:begin + length] = False
    late = rng.random((meters, hours)) < 0.002
    twice = rng.random((meters, hours)) < 0.001
    spike = (rng.random((meters, hours)) < 0.0001) & present
    spike[:, [0, 1, -2, -1]] = False
    shown = register + np.where(spike, 500 * scale, 0)
    sizes = np.where(rng.random(meters) < 0.97, 15, 50)

    with open(os.path.join(folder, "meters.csv"), "w") as file:
        file.write("meter_id,dma_id,size_mm,rollover_m3,user_class\n")
        for meter in range(meters):
            file.write(f"M{meter:07d},Z{meter % zones:02d},{sizes[meter]},{modulus // scale},residential\n")
    with open(os.path.join(folder, "register.csv"), "w") as file:
        file.write("meter,zone,class,diameter_mm,installed,dials,factor\n")
        for meter in range(meters):
            file.write(f"M{meter:07d},Z{meter % zones:02d},residential,{sizes[meter]},2020,8,0.001\n")
    with open(os.path.join(folder, "profile.yaml"), "w") as file:
        file.write("shape: long\ncolumns: {meter: meter_id, time: timestamp, value: register_m3}\nkind: register\nunit: m3\n"
                   'time_format: iso8601\ntime_zone: "-04:00"\nregister_digits: 5\n')

    ids = np.frombuffer(b"".join(b"M%07d" % m for m in range(meters)), np.uint8).reshape(meters, 8)
    width = 8 + 1 + 25 + 1 + 10 + 1 + 1 + 1
    rows = 0
    path = os.path.join(folder, "reads.csv")
    with open(path, "wb") as file:
        file.write(b"meter_id,timestamp,register_m3,flags\n")
        carried = None
        for day in range(days):
            hour = np.arange(day * 24, day * 24 + 24)
            there = present[:, hour]
            now = there & ~late[:, hour]
            count = now.astype(np.int64) + (now & twice[:, hour])
            meter, column = np.nonzero(now)
            repeat = count[meter, column]
            meter, when = np.repeat(meter, repeat), np.repeat(column, repeat) + day * 24
            if carried is not None:
                meter, when = np.concatenate([carried[0], meter]), np.concatenate([carried[1], when])
                kept = np.lexsort((when // 24 == day, meter))
                meter, when = meter[kept], when[kept]
            late_meter, late_column = np.nonzero(there & late[:, hour])
            carried = (late_meter, late_column + day * 24)
            if day == days - 1:
                meter, when = np.concatenate([meter, carried[0]]), np.concatenate([when, carried[1]])
            n = len(meter)
            text = np.full((n, width), ord(","), np.uint8)
            keep = np.ones((n, width), bool)
            text[:, :8] = ids[meter]
            stamps = np.frombuffer(
                b"".join(
                    time.strftime("%Y-%m-%dT%H:%M:%S-04:00", time.gmtime(START - OFFSET + 3600 * int(h))).encode() for h in
                    range(max(0, day * 24 - 24), day * 24 + 24)), np.uint8).reshape(-1, 25)
            text[:, 9:34] = stamps[when - max(0, day * 24 - 24)]
            value = shown[meter, when]
            thousandths = value % 1000
            whole = value // 1000
            for place in range(6):
                digit = whole // 10 ** (5 - place)
                text[:, 35 + place] = 48 + digit % 10
                keep[:, 35 + place] = (digit > 0) | (place == 5)
            text[:, 41] = ord(".")
            for place in range(3):
                text[:, 42 + place] = 48 + thousandths // 10 ** (2 - place) % 10
            text[:, 46] = 48
            text[:, 47] = 10
            file.write(text[keep].tobytes())
            rows += n
    affected = np.zeros(meters, bool)
    affected[np.nonzero(spike.any(axis=1))[0]] = True
    for name in ("exchanged", "reverse"):
        affected[kinds[name]] = True
    hours_affected = np.zeros((zones, hours), bool)
    for meter, hour in zip(*np.nonzero(spike)):
        hours_affected[meter % zones, max(0, hour - 200 if not present[meter, hour - 1] else hour - 6):hour + 6] = True
    for name in ("exchanged", "reverse"):
        for meter in kinds[name]:
            hours_affected[meter % zones, :] = True
    with open(os.path.join(folder, "truth.json"), "w") as file:
        json.dump({
            "rows": rows, "bytes": os.path.getsize(path), "meters": meters, "zones": zones, "hours": hours,
            "planted": {name: [int(m) for m in members] for name, members in kinds.items()},
            "spikes": int(spike.sum()), "spiked": [int(m) for m in np.nonzero(spike.any(axis=1))[0]],
            "affected": [int(m) for m in np.nonzero(affected)[0]],
            "free_hours": [[int(h) for h in np.nonzero(~row)[0]] for row in hours_affected],
        }, file)


DUCKDB = """
import duckdb, sys
folder = sys.argv[1]
c = duckdb.connect()
c.execute("SET threads = 2; SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
c.execute(f'''
create temp table m as select meter_id, dma_id, size_mm, rollover_m3 from read_csv('{folder}/meters.csv');
create temp table d as
  with r as (select meter_id, epoch(timestamp)::bigint // 3600 as h, register_m3 as v
             from read_csv('{folder}/reads.csv', types={{'meter_id': 'VARCHAR', 'timestamp': 'TIMESTAMPTZ', 'register_m3': 'DOUBLE', 'flags': 'INTEGER'}})),
  u as (select meter_id, h, max(v) as v, count(*) - 1 as dups from r group by meter_id, h),
  s as (select meter_id, h, v, dups, h - lag(h) over w as dt, v - lag(v) over w as raw, lag(v) over w as p from u
        window w as (partition by meter_id order by h))
  select s.meter_id, m.dma_id, h, dt, dups, raw,
         case when raw < 0 and p > 0.9 * rollover_m3 and v < 0.1 * rollover_m3 then raw + rollover_m3 else raw end as delta,
         case when size_mm < 50 then 3.0 else 15.0 end as cap
  from s join m on m.meter_id = s.meter_id;
create temp table days as select meter_id, (h - 4) // 24 as day, count(*) as n, min(delta) as least from d where dt is not null group by 1, 2;
copy (
  select a.*, coalesce(l.leak_days, 0) as leak_days from (
    select meter_id, any_value(dma_id) as dma_id, count(*) as readings, sum(dups) as dups, count(*) filter (where dt > 1) as gaps,
      sum(dt - 1) filter (where dt > 1) as missing, count(*) filter (where delta < 0) as neg,
      count(*) filter (where delta > cap * dt) as spikes,
      sum(delta) filter (where delta >= 0 and delta <= cap * dt) as volume,
      max(h) - coalesce(max(h) filter (where delta <> 0), min(h)) as still,
      avg(delta) filter (where dt = 1 and delta >= 0 and delta <= cap and (h - 4) % 24 in (2, 3)) as night
    from d group by meter_id) a
  left join (select meter_id, count(*) as leak_days from days where n >= 20 and least > 0 group by meter_id) l using (meter_id)
  order by meter_id) to '{folder}/duckdb_meters.csv';
copy (
  with good as (select dma_id, h, dt, delta from d where delta >= 0 and delta <= cap * dt and dt <= 168),
  parts as (
    select dma_id, h - 1 as hour, delta as part from good where dt = 1
    union all select dma_id, h - dt + unnest(range(dt)) as hour, delta / dt as part from good where dt > 1)
  select dma_id, hour, sum(part) as m3, count(*) as n from parts group by 1, 2 order by 1, 2) to '{folder}/duckdb_hours.csv';
''')
"""

POLARS = """
import polars as pl, sys
folder = sys.argv[1]
m = pl.read_csv(f"{folder}/meters.csv").lazy().select("meter_id", "dma_id", "size_mm", "rollover_m3")
r = (pl.scan_csv(f"{folder}/reads.csv", schema={"meter_id": pl.String, "timestamp": pl.String, "register_m3": pl.Float64, "flags": pl.Int32})
     .with_columns((pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="ms").dt.epoch("s") // 3600).alias("h"))
     .group_by("meter_id", "h").agg(pl.col("register_m3").max().alias("v"), (pl.len() - 1).alias("dups")))
d = (r.sort("meter_id", "h")
     .with_columns((pl.col("h") - pl.col("h").shift(1)).over("meter_id").alias("dt"),
                   (pl.col("v") - pl.col("v").shift(1)).over("meter_id").alias("raw"), pl.col("v").shift(1).over("meter_id").alias("p"))
     .join(m, on="meter_id")
     .with_columns(pl.when((pl.col("raw") < 0) & (pl.col("p") > 0.9 * pl.col("rollover_m3")) & (pl.col("v") < 0.1 * pl.col("rollover_m3")))
                   .then(pl.col("raw") + pl.col("rollover_m3")).otherwise(pl.col("raw")).alias("delta"),
                   pl.when(pl.col("size_mm") < 50).then(3.0).otherwise(15.0).alias("cap"))
     .select("meter_id", "dma_id", "h", "dt", "dups", "delta", "cap").collect(engine="streaming").lazy())
good = (pl.col("delta") >= 0) & (pl.col("delta") <= pl.col("cap") * pl.col("dt"))
days = (d.filter(pl.col("dt").is_not_null()).group_by("meter_id", ((pl.col("h") - 4) // 24).alias("day"))
        .agg(pl.len().alias("n"), pl.col("delta").min().alias("least")).filter((pl.col("n") >= 20) & (pl.col("least") > 0))
        .group_by("meter_id").agg(pl.len().alias("leak_days")))
per = (d.group_by("meter_id").agg(
    pl.col("dma_id").first(), pl.len().alias("readings"), pl.col("dups").sum(), (pl.col("dt") > 1).sum().alias("gaps"),
    (pl.col("dt") - 1).filter(pl.col("dt") > 1).sum().alias("missing"), (pl.col("delta") < 0).sum().alias("neg"),
    (pl.col("delta") > pl.col("cap") * pl.col("dt")).sum().alias("spikes"), pl.col("delta").filter(good).sum().alias("volume"),
    (pl.col("h").max() - pl.col("h").filter(pl.col("delta") != 0).max().fill_null(pl.col("h").min())).alias("still"),
    pl.col("delta").filter(good & (pl.col("dt") == 1) & ((pl.col("h") - 4) % 24).is_in([2, 3])).mean().alias("night"))
    .join(days, on="meter_id", how="left").with_columns(pl.col("leak_days").fill_null(0)).sort("meter_id"))
per.collect(engine="streaming").write_csv(f"{folder}/polars_meters.csv")
g = d.filter(good & (pl.col("dt") <= 168))
one = g.filter(pl.col("dt") == 1).select("dma_id", (pl.col("h") - 1).alias("hour"), pl.col("delta").alias("part"))
more = (g.filter(pl.col("dt") > 1).with_columns(pl.int_ranges(pl.col("h") - pl.col("dt"), pl.col("h")).alias("hour"))
        .with_columns((pl.col("delta") / pl.col("dt")).alias("part")).select("dma_id", "hour", "part").explode("hour"))
(pl.concat([one, more]).group_by("dma_id", "hour").agg(pl.col("part").sum().alias("m3"), pl.len().alias("n")).sort("dma_id", "hour")
 .collect(engine="streaming").write_csv(f"{folder}/polars_hours.csv"))
"""


def measured(command, repeat=1, before=lambda: None, stdin=None):
    """Least CPU seconds, wall seconds of that run, largest memory [MB]."""
    best = None
    for _ in range(repeat):
        before()
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(command[:4])}: ended with {os.waitstatus_to_exitcode(status)}")
        run = (usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss / 1024)
        if best is None or run[0] < best[0]:
            best = (run[0], run[1], max(run[2], best[2] if best else 0))
    return best


def ours(yusu, folder, repeat, reads):
    store = os.path.join(folder, "store.sqlite")

    def fresh():
        for end in ("", "-journal", "-wal", "-shm"):
            if os.path.exists(store + end):
                os.remove(store + end)

    imported = measured([yusu, "meters", "import", "--store", store, "--profile", folder + "/profile.yaml", "--register",
                         folder + "/register.csv", "--quiet"] + reads, repeat, fresh)
    reported = measured([yusu, "meters", "report", "--store", store, "--output", folder + "/report", "--linear-gaps"], repeat)
    return imported, reported, os.path.getsize(store)


def zones(yusu, folder, repeat):
    """The query of the zones' hours alone; it must say what the report says."""
    out = os.path.join(folder, "zones_alone.csv")
    run = measured([yusu, "meters", "zones", "--store", folder + "/store.sqlite", "--linear-gaps", "--output", out], repeat)
    with open(out) as one, open(folder + "/report/zones_hourly.csv") as other:
        if one.read() != other.read():
            sys.exit("meters zones and meters report differ")
    return run


def fresh_store(folder, name):
    store = os.path.join(folder, name)
    for end in ("", "-journal", "-wal", "-shm"):
        if os.path.exists(store + end):
            os.remove(store + end)
    return store


def exported(yusu, store):
    """Hash of the exported readings."""
    process = subprocess.Popen([yusu, "meters", "export", "--store", store], stdout=subprocess.PIPE)
    digest = hashlib.blake2b()
    while piece := process.stdout.read(1 << 20):
        digest.update(piece)
    if process.wait() != 0:
        sys.exit("meters export failed")
    return digest.hexdigest()


def gz(yusu, folder, rows):
    path = os.path.join(folder, "reads.csv.gz")
    if not os.path.exists(path):
        subprocess.run(f"gzip -6 -c {folder}/reads.csv > {path}", shell=True, check=True)
    inflate = measured(["gzip", "-dc", path])
    store = fresh_store(folder, "gz.sqlite")
    run = measured([yusu, "meters", "import", "--store", store, "--profile", folder + "/profile.yaml", "--register",
                    folder + "/register.csv", "--quiet", path])
    print(f"yusu import of .gz {run[0]:7.2f} CPU-s {run[1]:7.2f} s by the clock {run[2]:6.0f} MB peak (gzip -dc alone: {inflate[0]:.2f} CPU-s)")
    os.remove(store)


def daily(yusu, folder, rows):
    """A file a day, in order and shuffled."""
    days = os.path.join(folder, "daily")
    if not os.path.isdir(days):
        os.makedirs(days)
        header, files = None, {}
        with open(folder + "/reads.csv", "rb") as file:
            header = file.readline()
            for line in file:
                day = line[9:19]
                if day not in files:
                    files[day] = open(os.path.join(days, day.decode() + ".csv"), "wb")
                    files[day].write(header)
                files[day].write(line)
        for file in files.values():
            file.close()
    names = sorted(os.path.join(days, name) for name in os.listdir(days))
    shuffled = names[:]
    random.Random(1).shuffle(shuffled)
    hashes = []
    for title, order in (("in order", names), ("shuffled", shuffled)):
        store = fresh_store(folder, "daily.sqlite")
        run = measured([yusu, "meters", "import", "--store", store, "--profile", folder + "/profile.yaml", "--register",
                        folder + "/register.csv", "--quiet"] + order)
        hashes.append(exported(yusu, store))
        print(f"yusu import of {len(order)} daily files {title}: {run[0]:7.2f} CPU-s {run[1]:7.2f} s by the clock {run[2]:6.0f} MB peak; "
              f"store {os.path.getsize(store) / rows:.3f} bytes a reading")
        os.remove(store)
    print("  exported readings are the same" if len(set(hashes)) == 1 else "  EXPORTED READINGS DIFFER")


def stream(folder, copies, days):
    """Writes the export of so many times the meters to standard output, in order of time; the copies differ in the meter's name."""
    end = time.strftime("%Y-%m-%d", time.gmtime(START - OFFSET + 86_400 * days)).encode()
    out = sys.stdout.buffer
    with open(folder + "/reads.csv", "rb") as file:
        out.write(file.readline())
        rest = b""
        while piece := file.read(32 << 20):
            piece = rest + piece
            cut = piece.rfind(b"\n") + 1
            rest, piece = piece[cut:], piece[:cut]
            # The first row of the day after the last.
            at = piece.find(b"," + end)
            if at >= 0:
                piece = piece[:piece.rfind(b"\n", 0, at) + 1]
            for copy in range(copies):
                out.write(piece.replace(b"M00", b"M%02d" % copy))
            if at >= 0:
                return


def large(yusu, folder, copies, days):
    """Memory where the input is large."""
    with open(folder + "/register.csv") as file, open(folder + "/register_large.csv", "w") as out:
        out.write(file.readline())
        lines = file.readlines()
        for copy in range(copies):
            out.writelines(f"M{copy:02d}{line[3:]}" for line in lines)
    store = fresh_store(folder, "large.sqlite")
    source = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--stream", folder, str(copies), str(days)],
                              stdout=subprocess.PIPE)
    imported = measured([yusu, "meters", "import", "--store", store, "--profile", folder + "/profile.yaml", "--register",
                         folder + "/register_large.csv", "--quiet", "/dev/stdin"], stdin=source.stdout)
    reported = measured([yusu, "meters", "report", "--store", store, "--output", folder + "/report_large", "--linear-gaps"])
    asked = measured([yusu, "meters", "zones", "--store", store, "--linear-gaps", "--output", folder + "/zones_large.csv"])
    status = json.loads(subprocess.run([yusu, "meters", "status", "--store", store, "--format", "json"], capture_output=True).stdout)
    readings = status["readings"]
    print(f"{readings / 1e6:.1f} million readings of {status['meters']} meters, {days} days; store {status['bytes'] / readings:.3f} bytes a reading")
    for name, run in (("import", imported), ("report", reported), ("zones", asked)):
        print(f"  {name:7s} {run[0]:8.2f} CPU-s  {readings / run[0] / 1e6:6.2f} M rows/CPU-s {run[1]:8.2f} s by the clock {run[2]:6.0f} MB peak")
    os.remove(store)


def table(path, key):
    with open(path) as file:
        return {key(row): row for row in csv.DictReader(file)}


def compare(folder, engine, truth):
    """Largest differences of volumes and zone-hours to an engine's, where the definitions are the same."""
    affected = {f"M{m:07d}" for m in truth["affected"]}
    theirs = table(f"{folder}/{engine}_meters.csv", lambda r: r["meter_id"])
    mine = table(f"{folder}/report/meters.csv", lambda r: r["meter"])
    worst, compared, counts = 0.0, 0, 0
    for meter, row in theirs.items():
        if meter in affected:
            continue
        worst = max(worst, abs(float(row["volume"]) - float(mine[meter]["volume_m3"])))
        compared += 1
        same = int(row["readings"]) == int(mine[meter]["readings"]) and int(row["gaps"]) == int(mine[meter]["gaps"])
        same = same and (int(row["still"]) >= 168) == (mine[meter]["stuck"] == "true")
        same = same and (int(row["leak_days"]) >= 3) == (mine[meter]["continuous_flow"] == "true")
        counts += not same
    free = [set(hours) for hours in truth["free_hours"]]
    theirs = {}
    with open(f"{folder}/{engine}_hours.csv") as file:
        for row in csv.DictReader(file):
            theirs[row["dma_id"], int(row["hour"]) - START // 3600] = (float(row["m3"]), int(row["n"]))
    worst_hour, hours, meters_differ = 0.0, 0, 0
    with open(f"{folder}/report/zones_hourly.csv") as file:
        index = {}
        for row in csv.DictReader(file):
            zone = row["zone"]
            if not zone.startswith("Z"):
                continue
            hour = index.get(zone, 0)
            index[zone] = hour + 1
            if hour not in free[int(zone[1:])] or (zone, hour) not in theirs or not row["consumption_m3"]:
                continue
            m3, n = theirs[zone, hour]
            worst_hour = max(worst_hour, abs(m3 - float(row["consumption_m3"])))
            meters_differ += n != int(row["meters_reporting"])
            hours += 1
    return compared, worst, counts, hours, worst_hour, meters_differ


def faults(folder, truth):
    """Planted against found, meter by meter."""
    mine = table(f"{folder}/report/meters.csv", lambda r: r["meter"])
    tests = {
        "stuck": lambda r: r["stuck"] == "true", "leak": lambda r: r["continuous_flow"] == "true",
        "exchanged": lambda r: int(r["replacements"]) > 0, "rollover": lambda r: int(r["rollovers"]) > 0,
        "reverse": lambda r: int(r["negative_steps"]) > 0,
    }
    lines = []
    for name, test in tests.items():
        planted = {f"M{m:07d}" for m in truth["planted"][name]}
        found = {meter for meter, row in mine.items() if test(row)}
        lines.append(f"{name} {len(found & planted)}/{len(planted)}, false {len(found - planted)}")
    spikes = sum(int(row["spikes"]) for row in mine.values())
    return "; ".join(lines) + f"; spikes found {spikes} of {truth['spikes']} planted"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu", nargs="?", default=os.path.join(HERE, "..", "..", ".build", "release", "yusu"))
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--only", default="yusu,duckdb,polars")
    parser.add_argument("--gz", action="store_true")
    parser.add_argument("--daily", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--keep", help="folder for the export, made where it is missing and used again where it is there")
    arguments = parser.parse_args()
    scratch = None if arguments.keep else tempfile.TemporaryDirectory()
    folder = arguments.keep or scratch.name
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(folder + "/truth.json"):
        meters = max(200, round(20_000 * arguments.scale))
        # In a process of its own: a process keeps the pages of its parent as its own in the count of the largest memory.
        subprocess.run([sys.executable, os.path.abspath(__file__), "--generate", folder, str(meters), str(arguments.days)], check=True)
    with open(folder + "/truth.json") as file:
        truth = json.load(file)
    rows = truth["rows"]
    print(f"{rows} rows, {truth['bytes'] / 1e6:.0f} MB, {truth['meters']} meters, {truth['hours'] // 24} days")
    engines = arguments.only.split(",")
    total = None
    if "yusu" in engines:
        imported, reported, size = ours(arguments.yusu, folder, arguments.repeat, [folder + "/reads.csv"])
        total = imported[0] + reported[0]
        print(f"yusu import   {imported[0]:7.2f} CPU-s  {rows / imported[0] / 1e6:6.2f} M rows/CPU-s  {imported[2]:6.0f} MB peak  {imported[1]:6.2f} s by the clock")
        print(f"yusu report   {reported[0]:7.2f} CPU-s  {rows / reported[0] / 1e6:6.2f} M rows/CPU-s  {reported[2]:6.0f} MB peak  {reported[1]:6.2f} s by the clock")
        asked = zones(arguments.yusu, folder, arguments.repeat)
        print(f"yusu zones    {asked[0]:7.2f} CPU-s  {rows / asked[0] / 1e6:6.2f} M rows/CPU-s  {asked[2]:6.0f} MB peak  {asked[1]:6.2f} s by the clock")
        print(f"yusu job      {total:7.2f} CPU-s; store {size / rows:.3f} bytes a reading")
        print("planted: " + faults(folder, truth))
    for name, script in (("duckdb", DUCKDB), ("polars", POLARS)):
        if name not in engines:
            continue
        run = measured([sys.executable, "-c", script, folder], arguments.repeat)
        ratio = f"; {run[0] / total:.1f} times yusu's" if total else ""
        print(f"{name} job    {run[0]:7.2f} CPU-s  {rows / run[0] / 1e6:6.2f} M rows/CPU-s  {run[2]:6.0f} MB peak{ratio}")
        if total:
            compared, worst, counts, hours, worst_hour, differ = compare(folder, name, truth)
            print(f"  {compared} meters: volume differs by at most {worst:.1e} m3, counts or flags of {counts}; {hours} zone-hours: by at "
                  f"most {worst_hour:.1e} m3, number of meters in {differ}")
    if arguments.gz:
        gz(arguments.yusu, folder, rows)
    if arguments.daily:
        daily(arguments.yusu, folder, rows)
    if arguments.large:
        large(arguments.yusu, folder, 10, truth["hours"] // 24)
        large(arguments.yusu, folder, 20, 3)
        large(arguments.yusu, folder, 50, 2)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--generate":
        generate(sys.argv[2], int(sys.argv[3]), 40, int(sys.argv[4]))
    elif len(sys.argv) > 1 and sys.argv[1] == "--stream":
        stream(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
