#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual page of yusu from what the program says of itself: make_manual.py YUSU [OUT]

Writes yusu.1 (man 1 yusu) and the completions for bash, zsh and fish into the folder OUT, or yusu.1 to standard output. Fails where a
command that is shown has no example, or README.md does not name it: the manual, the help and the README then tell of the same commands.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXIT_CODES = [
    ("0", "done"), ("1", "done, and the answer is bad: did not converge, a balance does not close, a check failed"),
    ("64", "wrong use"), ("65", "bad input; every fault with file and line"), ("66", "input missing"),
    ("73", "the output cannot be made"), ("74", "the output cannot be written to its end")]


def roff(text):
    """Text in which nothing is a request or an escape of roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def tell(command, *arguments):
    return subprocess.run([str(command), *arguments], capture_output=True, text=True, check=True).stdout


def commands(command, path=()):
    """(words, command) of every command that is shown, a group before its parts."""
    path = (*path, command["commandName"])
    yield path, command
    for part in command.get("subcommands", []):
        if part.get("shouldDisplay", True) and part["commandName"] != "help":
            yield from commands(part, path)


def spelling(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def synopsis(words, command):
    """Words in bold, values in italics; what may be left out in brackets."""
    parts = [f"\\fB{roff(' '.join(words))}\\fR"]
    for item in command.get("arguments", []):
        if not item.get("shouldDisplay", True) or item.get("valueName") in ("version", "help"):
            continue
        value = f"\\fI{roff(item.get('valueName', ''))}\\fR"
        if item["kind"] == "positional":
            part = value
        elif item["isOptional"] or item["kind"] == "flag":
            continue
        else:
            part = f"\\fB{roff(spelling(item['preferredName']))}\\fR {value}"
        part += " ..." if item["isRepeating"] else ""
        parts.append(f"[{part}]" if item["isOptional"] else part)
    return " ".join(parts + ["[options]"])


def paragraphs(text):
    """Discussion as roff: indented lines and examples as they stand."""
    lines, literal = [], False
    for line in text.strip("\n").split("\n"):
        example = re.match(r"Example: (.*)", line)
        as_it_stands = bool(example) or line.startswith("  ")
        if as_it_stands != literal:
            lines.append(".PP\n.RS 4\n.nf" if as_it_stands else ".fi\n.RE")
            literal = as_it_stands
        if as_it_stands:
            lines.append(roff(example[1] if example else line[2:]))
        elif line == "Example:":
            continue
        else:
            lines.append(roff(line) if line else ".PP")
    if literal:
        lines.append(".fi\n.RE")
    return re.sub(r"(\.PP\n)+", ".PP\n", "\n".join(lines))


def options(command):
    for item in command.get("arguments", []):
        if not item.get("shouldDisplay", True) or item["kind"] == "positional":
            continue
        names = ", ".join(f"\\fB{roff(spelling(name))}\\fR" for name in item["names"])
        if names.endswith("help\\fR") or "version" in names:
            continue
        value = f" \\fI{roff(item['valueName'])}\\fR" if item["kind"] == "option" else ""
        text = item.get("abstract", "")
        if not all(value in text for value in item.get("allValues", [])):
            text += " One of: " + ", ".join(item["allValues"]) + "."
        if item.get("defaultValue"):
            text += f" Default: {item['defaultValue']}."
        yield f".TP\n{names}{value}\n{roff(text) or chr(92) + '&'}"


def manual(tree, version):
    lines = [
        "." + "\\\" Written by Tools/make_manual.py from the program's own help.", f'.TH YUSU 1 "" "Yusu {version}" "User Commands"',
        ".SH NAME", "yusu \\- " + roff(tree["abstract"][0].lower() + tree["abstract"][1:].rstrip(".")), ".SH SYNOPSIS",
        "\\fByusu\\fR \\fIcommand\\fR [\\fIarguments\\fR]", ".SH DESCRIPTION", paragraphs(tree.get("discussion", "")),
        "Results go to standard output, messages to standard error. The same input and seed give the same bytes.", ".SH COMMANDS"]
    for words, command in commands(tree):
        if len(words) == 1:
            continue
        lines += [f".SS {' '.join(words[1:])}", synopsis(words, command), ".PP", roff(command["abstract"])]
        if command.get("discussion"):
            lines += [".PP", paragraphs(command["discussion"])]
        lines += options(command)
    lines.append(".SH EXIT STATUS")
    lines += [f".TP\n{code}\n{roff(text)}" for code, text in EXIT_CODES]
    lines += [".SH FILES", "A city folder, profiles of meter exports, every file and column that commands write, and the guide:",
              ".I /usr/share/doc/yusu", ".SH COPYRIGHT", "GPL\\-3.0\\-or\\-later."]
    return "\n".join(lines) + "\n"


def faults(tree):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for words, command in commands(tree):
        if "Example" not in (command.get("discussion") or ""):
            yield f"{' '.join(words)}: no example in its help"
        if len(words) == 2 and not re.search(rf"`yusu {re.escape(words[1])}\b", readme):
            yield f"{' '.join(words)}: README.md does not name it"


def main(arguments):
    if len(arguments) not in (1, 2) or arguments[0].startswith("-"):
        sys.exit(__doc__)
    yusu = pathlib.Path(arguments[0]).resolve()
    tree = json.loads(tell(yusu, "--experimental-dump-help"))["command"]
    page = manual(tree, tell(yusu, "--version").strip())
    if len(arguments) == 2:
        out = pathlib.Path(arguments[1])
        out.mkdir(parents=True, exist_ok=True)
        (out / "yusu.1").write_text(page, encoding="utf-8")
        for shell, name in (("bash", "yusu.bash"), ("zsh", "_yusu"), ("fish", "yusu.fish")):
            (out / name).write_text(tell(yusu, "--generate-completion-script", shell), encoding="utf-8")
    else:
        sys.stdout.write(page)
    wrong = list(faults(tree))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
