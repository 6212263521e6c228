#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the commands of the guide and compares what they write: check_guide.py YUSU [--write] [PAGE …]

Without pages: Guide/*.md and the other pages that have such commands (PAGES). Each page has a folder of its own, in which Examples,
Networks and Tools stand as in the tree. Its fenced blocks run from the top:

    ```console        lines that begin with "$ " are commands (a backslash at the end goes on), the lines below them their output
    ```yaml FILE      the block becomes FILE in the page's folder, as a reader would write it; likewise csv, json

In an output a line "…" stands for any number of lines, and "…" inside a line for anything. A code other than 0 is told by a last line
[exit code N]. With --write, outputs that differ are written into the page anew, and the check fails all the same.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ["README.md", "Examples/Shelf/README.md", "Examples/Seoul1989/README.md",
         "Examples/TrinidadAndTobago/README.md"]
LONGEST = 300  # s, of one command


def steps(lines):
    """(kind, first line, end line, text): files to write, and commands with their outputs."""
    index = 0
    while index < len(lines):
        fence = re.match(r"```(\w+)(?: (\S+))?$", lines[index])
        if not fence:
            index += 1
            continue
        end = next((i for i in range(index + 1, len(lines)) if lines[i] == "```"), None)
        if end is None:
            sys.exit(f"line {index + 1}: the block has no end")
        if fence[1] == "console":
            place = index + 1
            while place < end:
                if not lines[place].startswith("$ "):
                    sys.exit(f"line {place + 1}: output without a command")
                command = [lines[place][2:]]
                place += 1
                while command[-1].endswith("\\"):
                    command.append(lines[place])
                    place += 1
                start = place
                while place < end and not lines[place].startswith("$ "):
                    place += 1
                yield "command", start, place, "\n".join(command)
        elif fence[2]:
            yield "file " + fence[2], index + 1, end, "\n".join(lines[index + 1:end]) + "\n"
        index = end + 1


def fits(expected, found):
    """Whether the lines found are those expected, where … stands for anything."""
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in found)) is not None


def run(command, folder, environment):
    result = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=LONGEST)
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    return lines + ([f"[exit code {result.returncode}]"] if result.returncode else [])


def check(page, yusu, writes):
    lines = page.read_text(encoding="utf-8").splitlines()
    faults, count, changes = 0, 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for shared in ("Examples", "Networks", "Tools"):
            (folder / shared).symlink_to(ROOT / shared)
        (folder / ".bin").mkdir()
        (folder / ".bin" / "yusu").symlink_to(yusu)
        environment = dict(os.environ, PATH=f"{folder / '.bin'}:{os.environ['PATH']}", COLUMNS="80", LC_ALL="C.UTF-8", TZ="UTC")
        for kind, start, end, text in steps(lines):
            if kind != "command":
                path = folder / kind[5:]
                if path.resolve().is_relative_to(ROOT):
                    sys.exit(f"{page}:{start}: {kind[5:]} is a file of the tree")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                continue
            count += 1
            found = run(text, folder, environment)
            if not fits(lines[start:end], found):
                faults += 1
                changes.append((start, end, found))
                print(f"{page.relative_to(ROOT)}:{start}: '{text.splitlines()[0]}' wrote", *found, sep="\n  ")
    if writes and changes:
        for start, end, found in reversed(changes):
            lines[start:end] = found
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return count, faults


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    yusu = pathlib.Path(arguments[0]).resolve()
    if not os.access(yusu, os.X_OK):
        sys.exit(f"{yusu}: not a program; build it: swift build -c release --product yusu")
    writes = "--write" in arguments
    named = [pathlib.Path(a).resolve() for a in arguments[1:] if a != "--write"]
    pages = named or sorted((ROOT / "Guide").glob("*.md")) + [ROOT / page for page in PAGES]
    count = faults = 0
    for page in pages:
        more, wrong = check(page, yusu, writes)
        count, faults = count + more, faults + wrong
    print(f"{count} commands of {len(pages)} pages, {faults} with another output than the page's")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
