"""Takes the picture of the first page, over a simulated fleet: ``python -m tools.picture FILE``. Needs Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

_HEADCOUNT = str(Path(sys.executable).parent / "headcount")
_SIZE = "1100,1500"
_DRAWN = "return document.querySelectorAll('.chart.drawn').length === document.querySelectorAll('.chart').length"


def main(out: Path) -> None:
    """Make a fleet, serve it, and write what a browser shows."""
    with tempfile.TemporaryDirectory() as directory:
        data = str(Path(directory) / "data")
        subprocess.run([_HEADCOUNT, "simulate", "--installs=2000", "--days=730", f"--into={data}"], check=True)
        command = [_HEADCOUNT, "serve", f"--data={data}", "--port=0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            lines = [server.stdout.readline() for _ in range(2)]
            _shoot(lines[1].partition(": ")[2].strip(), out, Path(directory))
            server.terminate()


def _shoot(link: str, out: Path, directory: Path) -> None:
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars", f"--window-size={_SIZE}",
        f"--user-data-dir={directory / 'browser'}",
    ):  # fmt: skip
        options.add_argument(argument)
    with webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver"))) as browser:
        browser.get(link)
        WebDriverWait(browser, 30).until(lambda browser: browser.execute_script(_DRAWN))
        out.write_bytes(browser.get_screenshot_as_png())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
