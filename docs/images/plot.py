#!/usr/bin/env python3
# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Extracts one plot of a benchmark report as an SVG file with a legend and a background.

    python3 docs/images/plot.py REPORT.html PLOT OUT.svg

REPORT.html is a page that the benchmark's "report RESULT.json --html REPORT.html" wrote. PLOT is the
identifier of a figure in it, such as "search". Needs Chromium, on the path or named by $CHROMIUM.
"""
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WIDTH, HEIGHT, LINE, MARGIN = 820, 440, 24, 12
TEXT, BACKGROUND, BORDER = "#1b1f24", "#ffffff", "#d5dae0"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def browser():
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    for name in filter(None, names):
        if shutil.which(name):
            return name
    sys.exit("plot.py: no Chromium found")


def dom(page, plot, profile):
    """The page after its script has drawn it, with a fixed size for the one figure."""
    style = (
        f"<style>main {{ max-width: none }} #plot-{plot} {{ width: {WIDTH}px }}"
        f" #plot-{plot} .chart {{ width: {WIDTH}px; height: {HEIGHT}px }}</style></head>"
    )
    copy = pathlib.Path(profile, "page.html")
    copy.write_text(page.replace("</head>", style, 1), encoding="utf-8")
    command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
               "--window-size=1200,900", "--virtual-time-budget=30000",
               f"--user-data-dir={profile}", "--dump-dom", copy.as_uri()]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout.decode()


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, plot, out = sys.argv[1:]
    page = pathlib.Path(source).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        drawn = dom(page, plot, profile)
    figure = re.search(rf'<figure[^>]*id="plot-{re.escape(plot)}"[^>]*>.*?</figure>', drawn, re.S)
    if figure is None:
        sys.exit(f"plot.py: {source} has no plot {plot}")
    figure = figure.group(0)
    width, height, chart = re.search(
        r'class="chart".*?<svg[^>]* width="(\d+)" height="(\d+)"[^>]*>(.*?)</svg>', figure, re.S
    ).groups()
    width, height = int(width), int(height)
    chart = re.sub(r"<style.*?</style>", "", chart, flags=re.S)
    chart = re.sub(r' (?:ecmeta_\w+|pointer-events|class)="[^"]*"', "", chart)
    chart = chart.replace("&quot;", "'").replace("&nbsp;", "&#160;")

    title = next(p["title"] for p in json.loads(
        re.search(r'id="plots"[^>]*>(.*?)</script>', page, re.S).group(1)) if p["id"] == plot)
    legend, x, y = [], MARGIN, LINE + MARGIN
    for button in re.findall(r"<button.*?</button>", figure, re.S):
        swatch = re.search(r"<svg.*?>(.*?)</svg>", button, re.S).group(1)
        name = html.escape(html.unescape(re.sub(r"<svg.*</svg>|<[^>]+>", "", button, flags=re.S)))
        length = 34 + 8 + 8 * len(name) + 20
        if x + length > width:
            x, y = MARGIN, y + LINE
        legend.append(f'<g transform="translate({x},{y})">{swatch}'
                      f'<text x="42" y="12" font-size="14">{name}</text></g>')
        x += length
    top = y + LINE + MARGIN
    description = html.escape(title)
    pathlib.Path(out).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + height}"'
        f' viewBox="0 0 {width} {top + height}" role="img" aria-label="{description}"'
        f' font-family="{FONT}" fill="{TEXT}">\n'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{top + height - 1}" rx="6"'
        f' fill="{BACKGROUND}" stroke="{BORDER}"/>\n'
        f'<text x="{MARGIN}" y="{LINE}" font-size="15" font-weight="bold">{description}</text>\n'
        + "\n".join(legend) + f'\n<g transform="translate(0,{top})">{chart}</g>\n</svg>\n',
        encoding="utf-8")


main()
