#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences with which WaterLoss and Planning speak to the reader, as the language catalogues must know them.

    list_messages.py             prints them, an argument as {0}, {1} …
    list_messages.py --check     prints those that Sources/Reporting/Languages/en.yaml lacks; exits 1 where there are any
"""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
FOLDERS = ["WaterLoss/Assessment", "WaterLoss/Indicators", "WaterLoss/Balance", "WaterLoss/NightFlow", "Planning/*"]
# Texts of the audit table, which is read by programs, and the definitions of indicators, which
# the catalogue has as "formula (reference)"; reasons of selections and zones, which the command line and plan.json alone tell.
LEFT_OUT = ("WaterAudit", "KoreanTree", "KoreanStatistics", "LossIndicator", "Planning/Selection/", "Planning/Zoning/")


def literals(source):
    """String literals of Swift source, those joined by + as one; an interpolation becomes a NUL."""
    source = re.sub(r"^\s*///.*$", "", source, flags=re.M)
    found, i = [], 0
    while i < len(source):
        if source[i] != '"':
            i += 1
            continue
        j, text = i + 1, ""
        while source[j] != '"':
            if source[j] == "\\" and source[j + 1] == "u":
                end = source.index("}", j)
                text += chr(int(source[j + 3:end], 16))
                j = end + 1
            elif source[j] == "\\" and source[j + 1] == "(":
                depth, k = 1, j + 2
                while depth:
                    if source[k] == '"':
                        k += 1
                        while source[k] != '"':
                            k += 2 if source[k] == "\\" else 1
                    depth += {"(": 1, ")": -1}.get(source[k], 0)
                    k += 1
                text += "\0"
                j = k
            elif source[j] == "\\":
                text += source[j + 1]
                j += 2
            else:
                text += source[j]
                j += 1
        if found and re.fullmatch(r"\s*\+\s*", source[found[-1][1]:i]):
            found[-1][1:] = [j + 1, found[-1][2] + text]
        else:
            found.append([i, j + 1, text])
        i = j + 1
    return [text for _, _, text in found]


def messages():
    seen = {}
    for folder in FOLDERS:
        for path in sorted(glob.glob(os.path.join(ROOT, "Sources", folder, "*.swift"))):
            if any(name in path for name in LEFT_OUT):
                continue
            with open(path, encoding="utf-8") as file:
                for text in literals(file.read()):
                    words = re.findall(r"[A-Za-z]{2,}", text.replace("\0", " "))
                    if len(words) < 3 or " " not in text.strip() or "\n" in text:
                        continue
                    pieces = text.split("\0")
                    message = pieces[0] + "".join("{%d}%s" % (n, piece) for n, piece in enumerate(pieces[1:]))
                    seen.setdefault(message)
    return list(seen)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    if "--check" not in sys.argv:
        print("\n".join(messages()))
        return 0
    with open(os.path.join(ROOT, "Sources", "Reporting", "Languages", "en.yaml"), encoding="utf-8") as file:
        catalogue = file.read()
    missing = [message for message in messages() if f"\n  {quoted(message)}: " not in catalogue]
    for message in missing:
        print(f"en.yaml lacks under messages: {quoted(message)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
