"""See that there is a Chromium for the tests: `python -m tests.chromium`.

One that is there and starts will do. Else Playwright's own is fetched; where that does not come or
does not start, Debian's package is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

from borderbook.publishing import pdf

LONGEST = 600
"""Seconds for one step; one that cannot reach its source ends much sooner."""
PATIENCE = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000"}
FETCH = [sys.executable, "-m", "playwright", "install", "--no-shell", "--no-progress", "chromium"]
UPDATE = ["apt-get", "-qq", "update"]
INSTALL = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "--yes", "install"]


def missing() -> str:
    """Return why no browser can be started here; blank if one can."""
    with sync_playwright() as playwright:
        try:
            found = pdf.chromium(playwright)
        except pdf.PdfError as error:
            return str(error)
    return f"{found} does not start" if _done([found, "--version"]) else ""


def main() -> None:
    """Install what is missing, and end with a message if it cannot be had."""
    if not missing():
        return
    print("no Chromium for the tests: fetching Playwright's", flush=True)
    told = [_done(FETCH)]
    if missing() and shutil.which("apt-get"):
        print("that is not to be had: installing Debian's", flush=True)
        root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        told.append(_done([*root, *UPDATE]) or _done([*root, *INSTALL, "chromium"]))
    if left := missing():
        sys.exit("\n".join([*filter(None, told), left]))


def _done(command: Sequence[str]) -> str:
    """Return the last lines of what a command said if it failed; blank if it did its work."""
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **PATIENCE},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = f"{ended.stdout}{ended.stderr}".strip().splitlines()
    return "" if ended.returncode == 0 else "\n".join(said[-5:]) or f"{command[0]} failed"


if __name__ == "__main__":
    main()
