"""Real masters and real collectors: what one collector has of an installation is of no use at another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headcount.client._collector import canonical, id_for, secret_for
from tests.support.command import headcount
from tests.support.masters import SMALL, Master, make_master, start
from tests.support.serving import Answered, Served, serving
from tests.support.waiting import wait_until

ACCEPTED = "the collector accepted the report"
OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, level='full'{more})]\n"


def _ask(server: Served, who: tuple[str, str]) -> Answered:
    return server.post("/v1/installation/lookup", {"id": who[0], "secret": who[1]})


def _sent(directory: Path) -> str:
    return str(json.loads((directory / "usage-report.json").read_text())["installid"])


def _lookup(*arguments: str) -> Any:
    found = headcount("lookup", *arguments)
    return json.loads(found.stdout)["held"] if found.returncode == 0 else found.stderr


@pytest.mark.ci
def test_neither_of_two_collectors_can_ask_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A master that was moved gave each a secret and a random id of its own; the line of its file opens both."""
    with serving(tmp_path / "a", tmp_path / "a.err") as one, serving(tmp_path / "b", tmp_path / "b.err") as two:
        master = make_master(tmp_path / "m", SMALL + OURS.format(url=one.url, more=", id='random'"))
        ids = []
        with start(master) as running:
            for count, server in enumerate((one, two), 1):
                running.wait_for(ACCEPTED, count)
                server.wait_for_installations(1)
                ids.append(_sent(tmp_path / "m"))
                (tmp_path / "m" / "master.cfg").write_text(SMALL + OURS.format(url=two.url, more=", id='random'"))
                running.reconfigure()
        lines = [(tmp_path / "m" / f"usage-report.{kind}").read_text().strip() for kind in ("id", "secret")]
        known = [(id_for(canonical(at.url), lines[0]), secret_for(canonical(at.url), lines[1])) for at in (one, two)]
        assert [each[0] for each in known] == ids
        for number, server in enumerate((one, two)):
            mine, other = known[number], known[1 - number]
            assert _ask(server, mine).status == 200
            others = [other, (mine[0], other[1]), (other[0], mine[1]), (mine[0], lines[1])]
            assert {_ask(server, who).status for who in others} == {404}
        monkeypatch.setenv("HEADCOUNT_SECRET", lines[1] + "\n")
        assert len(_lookup(ids[0], "--url", f"{one.url.upper().replace('HTTP', 'http')}/")) == 1
        assert "nothing is held" in _lookup(ids[0], "--url", two.url)
        assert "nothing is held" in _lookup(ids[1], "--url", two.url, "--collector", one.url)
        assert headcount("erase", ids[0], "--url", one.url).returncode == 0
        assert len(_lookup(ids[1], "--url", two.url)) == 1


@pytest.mark.parametrize("more", ["", pytest.param(", id='random'", marks=pytest.mark.ci)])
def test_a_collector_that_moves_under_a_name_keeps_installation_and_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    """Its data answer at another address: the master is the same one there, and can look itself up and be erased."""
    directory, addresses = tmp_path / "m", set()
    make_master(directory, "")
    for count, builders in enumerate(("", "c['multiMaster'] = True\n"), 1):
        with serving(tmp_path / "data", tmp_path / "stderr") as server:
            addresses.add(server.url)
            ours = OURS.format(url=server.url, more=f"{more}, collector='of Example'")
            (directory / "master.cfg").write_text(SMALL + builders + ours)
            with start(Master(directory)) as running:
                running.wait_for(ACCEPTED)
            monkeypatch.setenv("HEADCOUNT_SECRET", (directory / "usage-report.secret").read_text())
            asked = (_sent(directory), "--url", server.url, "--collector", "of Example")

            def profiles(*asked: str) -> int:
                held = _lookup(*asked)
                return 0 if isinstance(held, str) else sum(len(each["profiles"]) for each in held)

            wait_until(lambda: profiles(*asked) == count, "the report was loaded")  # noqa: B023  # called here alone
            assert server.ever_seen() == 1
            assert "nothing is held" in _lookup(_sent(directory), "--url", server.url)
            if count == 2:
                assert headcount("erase", *asked).returncode == 0
                assert server.ever_seen() == 0
            server.stop()
    assert len(addresses) == 2
