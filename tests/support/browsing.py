"""A real headless Chromium that can reach this machine alone, and what is asked of a page in it."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.requires import require

_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
_PATIENCE = 120  # seconds that a script of the tests may take, on a machine with much to do

_CONTEXT = {"exclude": [["figure svg > *"], ["tbody tr:nth-child(n+6)"]]}
"""What axe-core looks at: all but the marks of pictures, whose contrast and texts have tests of their own, and the rows of
a table that are marked up as its first five are."""

WIDE, NARROW = 1280, 390
"""The widths of a screen and of a telephone, in pixels."""


def require_chromium() -> None:
    """Skip the test where Debian's Chromium is missing."""
    is_there = shutil.which("chromium") and shutil.which("chromedriver")
    require(None if is_there else "Chromium is missing; install with: apt-get install -y chromium chromium-driver")


class Browser:
    """A browser with one tab. ``driver``: Selenium's."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        driver.execute_cdp_cmd("Network.enable", {})
        driver.set_script_timeout(_PATIENCE)

    def open(self, url: str) -> None:
        """Open an address, and wait until all of it is there."""
        self.driver.get(url)

    def run(self, script: str) -> Any:
        """Return what a script of the tests returns in the page."""
        return self.driver.execute_script(script)

    def look(self, *, width: int = WIDE, dark: bool = False, printed: bool = False) -> None:
        """Look at pages from now on as on a screen so wide, in the light or the dark, or as they are printed."""
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": "print" if printed else "screen", "features": scheme}
        )

    def let_scripts_run(self, run: bool) -> None:
        """Switch the scripts of pages off, or on again; those of the tests run all the same."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not run})

    def complaints(self) -> list[str]:
        """Return what the browser wrote into its console since the last look."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def hosts(self) -> set[str]:
        """Return the hosts and ports that the browser sent requests to since the last look."""
        hosts = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                parts = urlsplit(message["params"]["request"]["url"])
                if parts.scheme in ("http", "https"):
                    hosts.add(parts.netloc)
        return hosts

    def violations(self, *rules: str) -> list[str]:
        """Return what axe-core finds wrong with the page, by all of its rules or by these: the rule, and the places."""
        from axe_core_python.selenium import Axe

        options = {"runOnly": list(rules)} if rules else None
        found: Mapping[str, Any] = Axe().run(self.driver, context=_CONTEXT, options=options)
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes']][:5]}"
            for each in found["violations"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        return int(self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def cut_labels(self) -> list[str]:
        """Return the texts of visible charts that stick out of their chart."""
        found: list[str] = self.run(
            """
            const out = [];
            for (const svg of document.querySelectorAll('svg')) {
              const frame = svg.getBoundingClientRect();
              if (!frame.width) continue;
              for (const text of svg.querySelectorAll('text')) {
                const box = text.getBoundingClientRect();
                if (box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 ||
                    box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) out.push(text.textContent);
              }
            }
            return out;
            """
        )
        return found

    def cut_hints(self) -> list[str]:
        """Return the hints in visible fields that a font wider by a quarter than this machine's would cut."""
        found: list[str] = self.run(
            """
            const ink = document.createElement('canvas').getContext('2d');
            const arrow = 20;  // pixels of what opens the list of a field
            const wider = 1.25;
            return [...document.querySelectorAll('input[placeholder]')].filter(field => {
              const style = getComputedStyle(field);
              ink.font = style.font;
              const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) -
                (field.list ? arrow : 0);
              return field.clientWidth && wider * ink.measureText(field.placeholder).width > room;
            }).map(field => `${field.placeholder} in ${field.name}, ${field.clientWidth} px`);
            """
        )
        return found

    def focused(self) -> str:
        """Return what has the focus: its element and its text, as ``A Overview``."""
        return str(
            self.run(
                "const at = document.activeElement;"
                "return `${at.tagName} ${(at.name || at.innerText || at.getAttribute('aria-label') || '').trim()}`"
            )
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Keep a browser open with its profile, and its downloads, in a directory. Skips the test where Debian's is missing."""
    require_chromium()
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in (*_ARGUMENTS, f"--window-size={WIDE},1000", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(profile / "downloads"), "download.prompt_for_download": False}
    )
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
