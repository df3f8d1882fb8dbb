"""The texts of pictures as a real headless Chromium lays them out, in the fonts that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from headcount.dashboard.charts import picture
from tests.support.browsing import chromium
from tests.support.made_answers import made, ways

_FAULTS = """
const faults = [];
for (const svg of document.querySelectorAll("svg")) {
  const ground = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  texts.forEach(([text, box], place) => {
    if (box.left < ground.left - 1 || box.right > ground.right + 1) faults.push([svg.ariaLabel, text, "is cut"]);
    for (const [other, one] of texts.slice(place + 1)) {
      const across = Math.min(box.right, one.right) - Math.max(box.left, one.left);
      const down = Math.min(box.bottom, one.bottom) - Math.max(box.top, one.top);
      if (across > 1 && down > 4) faults.push([svg.ariaLabel, text, other]);
    }
  });
}
return faults;
"""
"""Boxes are as high as a line, which is more than its letters: those of lines below each other may touch."""


@pytest.mark.ci
def test_no_text_is_cut_and_none_lies_on_another(tmp_path: Path) -> None:
    """Whatever the estimate says, by which the texts were placed."""
    pictures = [picture(made(question, by, 24, over=over)) for question, by, over in ways() if question != "changes"]
    page = tmp_path / "pictures.html"
    shown = "".join(f"<p>{each.wide}</p><p>{each.narrow}</p>" for each in pictures)
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><style>body {{ margin: 50px }}</style>{shown}', encoding="utf-8"
    )
    with chromium(tmp_path / "profile") as browser:
        browser.open(page.as_uri())
        assert browser.run("return document.querySelectorAll('svg text').length") > 1000
        assert browser.run(_FAULTS) == []
