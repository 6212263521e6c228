#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills imports of meter readings at random moments (SIGKILL) and looks whether anything was lost or doubled.

    kill_imports.py YUSU [--kills 200] [--meters 400] [--days 40] [--seed 1]

Writes daily exports (synthetic, some gzipped, with late rows and a corrected delivery) and imports them once undisturbed. Then it imports
them into another store and kills each import after a random time, up to somewhat more than an undisturbed one takes; after each kill
the store must be whole to SQLite, and the next import goes on with it. Where an import ends before it is killed, the readings that the
store exports must be those of the undisturbed one, byte for byte, and a new store is begun. Ends with 1 at the first difference.
"""
import argparse, gzip, os, random, signal, sqlite3, subprocess, sys, tempfile, time


def exports(folder, meters, days, rng):
    paths = []
    registers = [rng.randrange(1000, 9_000_000) for _ in range(meters)]
    late = []
    for day in range(days):
        rows = late
        late = []
        for meter in range(meters):
            for hour in range(24):
                registers[meter] += rng.choice((0, 0, 0, 7, 12, 31, 140))
                row = f"M{meter:05d},2026-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour:02d}:00,{registers[meter]}\n"
                chance = rng.random()
                if chance < 0.01:
                    late.append(row)
                elif chance > 0.003 + 0.01:
                    rows.append(row)
        text = "meter,time,value\n" + "".join(rows)
        path = os.path.join(folder, f"day{day}.csv")
        if day % 3 == 1:
            path += ".gz"
            with gzip.open(path, "wt", compresslevel=1) as file:
                file.write(text)
        else:
            with open(path, "w") as file:
                file.write(text)
        paths.append(path)
        if day % 10 == 5:
            corrected = os.path.join(folder, f"day{day}_corrected.csv")
            with open(corrected, "w") as file:
                file.write("meter,time,value\n" + "".join(row.rsplit(",", 1)[0] + f",{meter}\n" for meter, row in enumerate(rows[:200])))
            paths.append(corrected)
    with open(os.path.join(folder, "profile.yaml"), "w") as file:
        file.write("columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: UTC\n")
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--meters", type=int, default=400)
    parser.add_argument("--days", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = exports(folder, arguments.meters, arguments.days, rng)
        store = os.path.join(folder, "store.sqlite")

        def begin(where):
            return subprocess.Popen(
                [arguments.yusu, "meters", "import", "--quiet", "--store", where, "--profile", os.path.join(folder, "profile.yaml")] + paths,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def readings(where):
            return subprocess.run([arguments.yusu, "meters", "export", "--store", where], check=True, stdout=subprocess.PIPE).stdout

        start = time.perf_counter()
        if begin(os.path.join(folder, "undisturbed.sqlite")).wait() != 0:
            sys.exit("the undisturbed import failed")
        duration = time.perf_counter() - start
        expected = readings(os.path.join(folder, "undisturbed.sqlite"))
        kills = stores = files_kept = 0
        compared = 0
        resumed = False
        while kills < arguments.kills or resumed:
            process = begin(store)
            if kills < arguments.kills:
                time.sleep(rng.uniform(0, 1.1 * duration))
                process.send_signal(signal.SIGKILL)
            code = process.wait()
            if code == -signal.SIGKILL:
                kills += 1
                resumed = True
                if os.path.exists(store) and os.path.getsize(store) > 0:
                    # Opening it plays back what was not finished, as the next import does.
                    connection = sqlite3.connect(store)
                    if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                        sys.exit(f"after {kills} kills: the store is damaged")
                    if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'files'").fetchone()[0]:
                        files_kept = max(files_kept, connection.execute("SELECT count(*) FROM files").fetchone()[0])
                    connection.close()
            elif code == 0:
                resumed = False
                if readings(store) != expected:
                    sys.exit(f"after {kills} kills: the readings differ from those of an undisturbed import")
                compared += 1
                stores += 1
                os.remove(store)
            else:
                sys.exit(f"after {kills} kills: an import ended with {code}")
        print(f"{kills} kills in {stores} stores of {len(paths)} files and {expected.count(10) - 1} readings: each store whole, "
              f"{compared} exports equal to the undisturbed one")


if __name__ == "__main__":
    main()
