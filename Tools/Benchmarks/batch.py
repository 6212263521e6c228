#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of a batch over many data-poor cities (synthetic totals), in one process and, with --isolate, in a process each.

    batch.py YUSU [--cities 1000] [--isolate]

Plans are made without a PDF: another program makes it, and takes longer for a page than a plan takes. Prints seconds
by the clock and of the processors, of the first run and of a second that finds all done; ends with 1 where a job fails.
"""
import argparse, os, random, resource, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import kill_batches


def processors():
    """User and system seconds of what has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    parser.add_argument("--cities", type=int, default=1000)
    parser.add_argument("--isolate", action="store_true")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.yusu)
    with tempfile.TemporaryDirectory() as folder:
        kill_batches.cities(folder, arguments.cities, random.Random(1))
        for command in ("check FOLDER", "plan FOLDER --pdf none"):
            manifest = os.path.join(folder, "one.yaml")
            with open(manifest, "w") as file:
                file.write(f'jobs:\n  - {{folders: "cities/*", run: {command}}}\n')
            line = [program, "batch", "one.yaml", "--output", command.split()[0], "--quiet"]
            line += ["--isolate"] if arguments.isolate else []
            for run in ("first", "again"):
                began, used = time.monotonic(), processors()
                code = subprocess.run(line, cwd=folder, stdout=subprocess.DEVNULL).returncode
                took = time.monotonic() - began
                print(f"{command.split()[0]}, {run}: {arguments.cities} cities in {took:.2f} s, {processors() - used:.1f} CPU-s, "
                      f"{arguments.cities / took:.0f} a second")
                if code != 0:
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
