"""The pages as a reader on a phone meets them: Lighthouse, and what a first visit weighs.

The site is served with gzip on loopback. Lighthouse comes from the npm registry into .cache; it
needs Node and Chromium.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, sync_playwright

from borderbook.publishing import pdf

ROOT = Path(__file__).resolve().parent.parent
LIGHTHOUSE = "12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PACKED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".csv"}


class Bench(Protocol):
    """Where figures go."""

    def put(self, name: str, value: float, unit: str, aim: str = "") -> None:
        """Note a figure."""


class Packed(http.server.SimpleHTTPRequestHandler):
    """Serves files as a web host does: compressed where that helps, connections kept open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file, packed if it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        if path.suffix in PACKED:
            content = gzip.compress(content, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{self.guess_type(str(path))}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site on a free port; return its address."""

    def handler(*args: Any) -> Packed:
        return Packed(*args, directory=str(site))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def lighthouse(bench: Bench, site: Path, names: list[str], times: int = 3) -> None:
    """Let Lighthouse look at pages as on a phone; the median of each score, and what failed."""
    folder = ROOT / ".cache" / "lighthouse"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", "."]
        subprocess.run([*install, f"lighthouse@{LIGHTHOUSE}"], cwd=folder, check=True)
    with sync_playwright() as playwright:
        browser = pdf.chromium(playwright)
    worst: dict[str, float] = dict.fromkeys(CATEGORIES, 100)
    paints, shifts = [], []
    with served(site) as address:
        for name in names:
            reports = [_report(program, browser, f"{address}/{name}") for _ in range(times)]
            scores = {
                kind: statistics.median(100 * r["categories"][kind]["score"] for r in reports)
                for kind in CATEGORIES
            }
            worst = {kind: min(worst[kind], scores[kind]) for kind in CATEGORIES}
            paints.append(_median(reports, "largest-contentful-paint"))
            shifts.append(_median(reports, "cumulative-layout-shift"))
            shown = ", ".join(f"{kind} {score:.0f}" for kind, score in scores.items())
            print(f"  {name}: {shown}, readable after {paints[-1] / 1000:.2f} s", flush=True)
            for fault in _faults(reports[0]):
                print(f"    {fault}", flush=True)
    for kind in CATEGORIES:
        aim = "100, no page below 98" if kind == "performance" else "100"
        bench.put(f"Lighthouse, lowest median: {kind}", worst[kind], "", aim)
    bench.put("largest contentful paint, slowest page", max(paints) / 1000, "s", "at most 1.4")
    bench.put("layout shift, worst page", max(shifts), "", "0")


def _report(program: Path, browser: str, address: str) -> dict[str, Any]:
    command = [
        *(str(program), address, "--quiet", "--output=json"),
        *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags=--headless {_flags()}"),
    ]
    env = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _flags() -> str:
    return " ".join(SWITCHES)


def _median(reports: list[dict[str, Any]], audit: str) -> float:
    return statistics.median(report["audits"][audit]["numericValue"] for report in reports)


def _faults(report: dict[str, Any]) -> Iterator[str]:
    """Return what a report holds against a page, in the categories that have no timing."""
    for kind in CATEGORIES[1:]:
        for ref in report["categories"][kind]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{kind}: {audit['title']}"


def weights(bench: Bench, site: Path, names: list[str]) -> None:
    """Weigh the site, its pages, and what a first visit to a page takes, Vega and before it."""
    pages = list(site.rglob("*.html"))
    whole = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    bench.put("whole site", whole / 1e6, "MB", "under 60")
    bench.put("pages", len(pages), "")
    heaviest = max(path.stat().st_size for path in pages)
    bench.put("heaviest page, HTML", heaviest / 1e3, "kB", "under 400")
    before, after = [], []
    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=pdf.chromium(playwright), args=SWITCHES
        )
        for name in names:
            context = browser.new_context(viewport={"width": 390, "height": 844})
            before.append(_visit(context.new_page(), f"{address}/{name}", moves=False))
            context.close()
            context = browser.new_context(viewport={"width": 390, "height": 844})
            after.append(_visit(context.new_page(), f"{address}/{name}", moves=True))
            context.close()
        browser.close()
    bench.put("first load before Vega, heaviest page", max(before) / 1024, "KiB", "at most 100")
    bench.put("first load with Vega, heaviest page", max(after) / 1024, "KiB", "at most 400")


def _visit(page: Page, address: str, *, moves: bool) -> float:
    """Return the bytes that come over the line when a page is opened, and read to its end."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    if moves:
        for place in range(0, page.evaluate("document.body.scrollHeight"), 600):
            page.mouse.move(100, 100 + place % 50)
            page.mouse.wheel(0, 600)
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
    return sum(received)
