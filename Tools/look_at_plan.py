#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the documents of a plan, to look at, and what independent programs say of them.

    Tools/look_at_plan.py OUT PICTURES

OUT is the folder that `yusu plan` wrote. Opens plan.html in Chromium (1280 and 390 px wide, light and dark), pans, zooms and clicks its map, and says
what the page logged, asked for and shows beyond its width; turns plan.docx, plan.xlsx and plan.pdf into pictures of their pages through
LibreOffice and pdftoppm; reads plan.gpkg with GDAL. What is not installed is named and left out. Exits 1 where something is wrong.

Needs, each where wanted: the Python packages playwright and pyogrio, and chromium, soffice, pdftoppm on the path.
"""

import contextlib
import pathlib
import shutil
import subprocess
import sys
import time

faults = []


def fault(what):
    faults.append(what)
    print("FAULT", what)


@contextlib.contextmanager
def frames(page, what):
    """Tells the time between the pictures that the page shows meanwhile."""
    page.evaluate("""() => { window.times = []; window.going = true;
        (function next(t) { times.push(t); if (going) requestAnimationFrame(next); })(performance.now()); }""")
    yield
    times = page.evaluate("() => { going = false; return times; }")
    between = sorted(b - a for a, b in zip(times, times[1:]))
    share = lambda part: between[min(len(between) - 1, int(part * len(between)))]
    print(f"{what}: {len(between)} pictures, median {share(0.5):.0f} ms, 95 % under {share(0.95):.0f} ms, longest {between[-1]:.0f} ms")


def look_at_page(out, pictures):
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return print("playwright is not installed: plan.html is not looked at")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not browser:
        return print("Chromium is not installed: plan.html is not looked at")
    with sync_playwright() as play:
        program = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        looks = (("light", 1280, 900, "light"), ("dark", 1280, 900, "dark"), ("phone", 390, 800, "light"), ("phone-dark", 390, 800, "dark"))
        for name, width, height, scheme in looks:
            page = program.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
            said, asked = [], []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            start = time.time()
            page.goto((out / "plan.html").resolve().as_uri(), timeout=120_000)
            print(f"{name}: opened in {time.time() - start:.1f} s")
            page.screenshot(path=pictures / f"page-{name}.png", full_page=True)
            stage = page.locator(".map-stage")
            if stage.count():
                stage.scroll_into_view_if_needed()
                box = stage.bounding_box()
                x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
                page.mouse.move(x, y)
                with frames(page, f"{name}: zooming"):
                    for step in range(30):
                        page.mouse.wheel(0, -60 if step < 20 else 60)
                        page.wait_for_timeout(30)
                with frames(page, f"{name}: panning"):
                    page.mouse.down()
                    for step in range(60):
                        page.mouse.move(x + 2 * step, y + step)
                        page.wait_for_timeout(16)
                    page.mouse.up()
                page.wait_for_timeout(500)
                panel = page.locator(".map-panel")
                for step in range(80):
                    page.mouse.click(box["x"] + 20 + step * (box["width"] - 40) / 80, box["y"] + 40 + step * (box["height"] - 80) / 80)
                    page.wait_for_timeout(30)
                    if panel.is_visible() and len(panel.inner_text().split("\n")) > 3:
                        break
                print(f"{name}: a click shows {panel.inner_text().split(chr(10))}" if panel.is_visible() else f"{name}: nothing clicked")
                page.screenshot(path=pictures / f"map-{name}.png")
            if said:
                fault(f"{name}: the page logged {said}")
            if len(asked) != 1:
                fault(f"{name}: the page asked for {asked[1:]}")
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                fault(f"{name}: {beyond} px stand beyond the width")
        program.close()


def pages(pdf, pictures):
    if not shutil.which("pdftoppm"):
        return print("pdftoppm is not installed: no pictures of", pdf.name)
    subprocess.run(["pdftoppm", "-r", "60", "-png", pdf, pictures / pdf.stem], check=True)


def look_at_files(out, pictures):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    for name in ("plan.docx", "plan.xlsx"):
        if not office:
            print("LibreOffice is not installed:", name, "is not looked at")
            continue
        folder = pictures / name.replace(".", "-")
        subprocess.run([office, "--headless", "--convert-to", "pdf", "--outdir", folder, out / name], check=True, capture_output=True)
        if (folder / "plan.pdf").exists():
            pages(folder / "plan.pdf", folder)
        else:
            fault(f"LibreOffice makes no pages of {name}")
    if (out / "plan.pdf").exists():
        pages(out / "plan.pdf", pictures)
    try:
        import pyogrio
    except ImportError:
        return print("pyogrio is not installed: plan.gpkg is not read")
    for layer, kind in pyogrio.list_layers(out / "plan.gpkg"):
        info = pyogrio.read_info(out / "plan.gpkg", layer=layer)
        print(f"{layer}: {kind}, {info['features']} features, {len(info['fields'])} fields")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out, pictures = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    look_at_page(out, pictures)
    look_at_files(out, pictures)
    sys.exit(1 if faults else 0)


main()
