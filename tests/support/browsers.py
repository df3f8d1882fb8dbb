"""A real headless Chromium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def chromium_missing() -> str | None:
    """Return what to install where there is no Chromium; None where there is."""
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return None
    return "Chromium is missing; install with: apt-get install -y chromium chromium-driver"


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """Keep a Chromium running that can reach this machine alone; ``profile``: a directory for what it keeps."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1200,2600",
        f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    try:
        yield driver
    finally:
        driver.quit()
    assert service.process.stdout is None
