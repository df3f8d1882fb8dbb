"""Takes the README's pictures, of pages over a simulated fleet: ``python -m tools.pictures DOCS``. Needs Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from selenium import webdriver

_HEADCOUNT = (sys.executable, "-m", "headcount")
_INSTALLS, _DAYS, _SEED = 2000, 730, 18
_WIDTH, _STEP = 1280, 60  # pixels: the width, and by how much a picture that is too large is made lower
_LARGEST = 200_000  # bytes of a picture
_OK = 200
_LINK = "The answers: "
_STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"


class Shot(NamedTuple):
    """A picture: the file, the page, its height in pixels, and whether it is of the dark page."""

    file: str
    path: str
    height: int
    is_dark: bool = False


SHOTS = (
    Shot("overview.png", "/", 1180),
    Shot("overview-dark.png", "/", 1180, is_dark=True),
    Shot("drop.png", "/drop?where=plugin+%3D+CVS", 1180),
)


def main(docs: Path) -> None:
    """Make a fleet, serve it, and write what a browser shows of each page. Raises RuntimeError where a page is not right."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        fleet = (f"--installs={_INSTALLS}", f"--days={_DAYS}", f"--seed={_SEED}", f"--into={data}")
        subprocess.run([*_HEADCOUNT, "simulate", *fleet], check=True)
        with _served(data) as link, _browser(Path(directory) / "browser") as browser:
            browser.get(link)  # signs in
            site = link.partition("/?")[0]
            for shot in SHOTS:
                (docs / shot.file).write_bytes(_taken(browser, site, shot))


@contextmanager
def _served(data: Path) -> Iterator[str]:
    """While the context lasts, serve a data directory; give the link that signs in."""
    command = [*_HEADCOUNT, "serve", f"--data={data}", "--port=0", "--public-url="]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(line.removeprefix(_LINK).strip() for line in server.stdout if line.startswith(_LINK))
        except StopIteration:
            raise RuntimeError(f"the server ended with status {server.wait()} before it said where it is") from None
        finally:
            server.terminate()


@contextmanager
def _browser(profile: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
        f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    driver = shutil.which("chromedriver")
    if driver is None:
        raise RuntimeError("Chromium is missing; install with: apt-get install -y chromium chromium-driver")
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as browser:
        yield browser


def _taken(browser: webdriver.Chrome, site: str, shot: Shot) -> bytes:
    """Return a picture as PNG, of so much of the page as makes no picture that is too large.

    Raises RuntimeError where the page is not answered.
    """
    scheme = {"name": "prefers-color-scheme", "value": "dark" if shot.is_dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get(f"{site}{shot.path}")
    status = browser.execute_script(_STATUS)
    if status != _OK:
        raise RuntimeError(f"{shot.path} was answered with status {status}")
    for height in range(shot.height, 0, -_STEP):
        size = {"width": _WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        picture: bytes = browser.get_screenshot_as_png()
        if len(picture) <= _LARGEST:
            return picture
    raise RuntimeError(f"a picture of {shot.path} has more than {_LARGEST:,} bytes, whatever its height")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
