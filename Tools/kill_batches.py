#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills batches at random moments (SIGKILL) and looks whether anything was lost, doubled or left half.

    kill_batches.py YUSU [--kills 100] [--cities 40] [--seed 1] [--isolate] [--checks]

Makes synthetic data-poor cities, and runs a batch of plans and checks of them once undisturbed. Then the same batch is started and killed
after a random time, up to half of what an undisturbed one takes; after each kill every record that is there must be whole JSON, and a
job that was done must have kept its record, its results and their times: it was not run again. Where a batch ends before it is killed, its
results must be those of the undisturbed one, byte for byte (but for the seconds), with no part of a file left, and a new one is begun.
Ends with 1 at the first difference.
"""
import argparse, json, os, random, shutil, signal, subprocess, sys, tempfile, time


def cities(folder, count, rng, plans=True):
    for number in range(count):
        place = os.path.join(folder, "cities", f"c{number:03d}")
        os.makedirs(place)
        supplied = rng.randrange(10**5, 10**7)
        origin = 'year: 2020, source: "kill_batches.py, invented", status: synthetic'
        with open(os.path.join(place, "city.yaml"), "w") as file:
            file.write(f"name: City {number}\ncountry: VN\ncurrency: VND\nsynthetic: true\n"
                       f"connections: {{value: {supplied // 300}, {origin}}}\n")
        with open(os.path.join(place, "balance.yaml"), "w") as file:
            file.write(f"period_days: 365\nown_sources: {{value: {supplied}, margin_percent: 5, unit: m3, {origin}}}\n"
                       f"billed_metered: {{value: {round(supplied * rng.uniform(0.4, 0.9))}, margin_percent: 3, unit: m3, {origin}}}\n")
    with open(os.path.join(folder, "batch.yaml"), "w") as file:
        first = "plan FOLDER --pdf none" if plans else "check FOLDER --format json"
        file.write(f'jobs:\n  - {{folders: "cities/*", run: {first}}}\n  - {{name: check, folders: "cities/*", run: check FOLDER}}\n')


def contents(folder):
    """Bytes of every file but batch.json; of records without their seconds."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            key = os.path.relpath(path, folder)
            if key == "batch.json":
                continue
            with open(path, "rb") as file:
                data = file.read()
            if key.startswith("jobs/"):
                record = json.loads(data)
                record.pop("seconds")
                data = json.dumps(record).encode()
            found[key] = data
    return found


def records(folder):
    """Time of each record and of its results; every record must be whole."""
    found = {}
    jobs = os.path.join(folder, "jobs")
    for name in os.listdir(jobs) if os.path.isdir(jobs) else []:
        if name.endswith(".part"):
            continue
        path = os.path.join(jobs, name)
        with open(path) as file:
            record = json.load(file)
        results = record["results"]
        files = sorted(os.listdir(os.path.join(folder, "..", results)))
        found[name] = (os.stat(path).st_mtime_ns,
                       [os.stat(os.path.join(folder, "..", results, file)).st_mtime_ns for file in files if not file.endswith(".part")])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--cities", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--isolate", action="store_true")
    parser.add_argument("--checks", action="store_true", help="no plans: for a debug build, in which each takes a second")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    program = os.path.abspath(arguments.yusu)
    with tempfile.TemporaryDirectory() as folder:
        cities(folder, arguments.cities, rng, not arguments.checks)

        # One name for all of them: words and fingerprints of jobs hold it.
        output = os.path.join(folder, "out")
        command = [program, "batch", "batch.yaml", "--output", "out", "--quiet"] + (["--isolate"] if arguments.isolate else [])

        began = time.monotonic()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        took = time.monotonic() - began
        whole = contents(output)
        shutil.rmtree(output)
        print(f"{2 * arguments.cities} jobs take {took:.2f} s undisturbed; {len(whole)} files")
        kills = ends = kept = 0
        while kills < arguments.kills:
            before = records(output)
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                code = process.wait(timeout=rng.uniform(0, 0.5 * took))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                code = None
            after = records(output)
            for name, times in before.items():
                if after.get(name) != times:
                    print(f"after {kills} kills: {name} was done, and is not as it was")
                    return 1
                kept += 1
            if code is None:
                continue
            found = contents(output)
            if code != 0 or found != whole:
                different = sorted(key for key in set(found) | set(whole) if found.get(key) != whole.get(key))
                print(f"after {kills} kills, code {code}: {', '.join(different[:5])} differ")
                return 1
            ends += 1
            shutil.rmtree(output)
        print(f"{kills} kills, {ends} batches came to their end with the results of the undisturbed one; "
              f"{kept} times a done job was found as it was left")
    return 0


if __name__ == "__main__":
    sys.exit(main())
