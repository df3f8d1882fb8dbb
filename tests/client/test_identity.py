"""Who reports."""

from __future__ import annotations

import json
from pathlib import Path

from headcount.client._collector import id_for, secret_for
from headcount.client._files import ReportFiles
from headcount.client._identity import example_id, known_random_id, random_id, renew, secret, stock_id
from headcount.contract import INSTALL_ID
from tests.support.masters import SMALL, Request, collecting, running

STOCK = "d241f401aa9d4ee1e049b746708181ac9dcc2328"
HERE, THERE = "https://here.example", "https://there.example"


def _files(directory: Path) -> ReportFiles:
    return ReportFiles(directory, "master.cfg")


def test_the_id_is_stocks() -> None:
    """SHA-1 over the master's name and the host's full name: a master that moves to Headcount stays one installation."""
    assert stock_id("host:/srv/bb", "host.example.org") == STOCK


def test_the_secret_is_kept(tmp_path: Path) -> None:
    """256 bits, made once; each collector gets another secret, made from it."""
    files = _files(tmp_path)
    first, other = secret(files, HERE), secret(files, THERE)
    line = files.secret.read_text().strip()
    assert len(bytes.fromhex(line)) == 32
    assert (first, other) == (secret_for(HERE, line), secret_for(THERE, line))
    assert secret(files, HERE) == first
    assert list(tmp_path.iterdir()) == [files.secret]


def test_a_random_id_is_kept_in_each_directory(tmp_path: Path) -> None:
    """Two masters have two, however alike they are; each collector gets another one."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = random_id(_files(tmp_path / "one"), HERE), random_id(_files(tmp_path / "two"), HERE)
    assert random_id(_files(tmp_path / "one"), HERE) == one
    line = (tmp_path / "one" / "usage-report.id").read_text().strip()
    assert len({one, two, line, random_id(_files(tmp_path / "one"), THERE)}) == 4
    assert one == id_for(HERE, line)


def test_a_random_id_can_be_read_and_not_made(tmp_path: Path) -> None:
    """As a preview does, which leaves nothing behind; its example is another one each time."""
    files = _files(tmp_path)
    assert known_random_id(files, HERE) is None
    files.id.write_text("spoilt")
    assert known_random_id(files, HERE) is None
    assert files.id.read_text() == "spoilt"
    made = random_id(files, HERE)
    assert known_random_id(files, HERE) == made
    one, two = example_id(HERE), example_id(HERE)
    assert one != two
    assert INSTALL_ID.fullmatch(one)


def test_what_cannot_be_kept_is_none(tmp_path: Path) -> None:
    """An id that is new at each start would be a new installation each time."""
    assert random_id(_files(tmp_path / "none"), HERE) is None
    assert secret(_files(tmp_path / "none"), HERE) is None


def test_a_new_id_has_nothing_of_the_old(tmp_path: Path) -> None:
    """Neither the id nor the secret."""
    files = _files(tmp_path)
    before = random_id(files, HERE), secret(files, HERE)
    assert renew(files)
    after = random_id(files, HERE), secret(files, HERE)
    assert not set(before) & set(after)
    assert set(tmp_path.iterdir()) == {files.id, files.secret}
    assert not renew(_files(tmp_path / "none"))


OURS = "\nc['configurators'] = [util.UsageData(url={url!r}, id='random'{more})]\n"


def _who(request: Request) -> tuple[str, str]:
    return request.body["installid"], request.headers["headcount-secret"]


def test_a_reconfig_to_another_collector_shows_it_neither_id_nor_secret(tmp_path: Path) -> None:
    """Under the name of the one before, which an administrator gives it, it gets both, and the same report anew."""
    with collecting() as one, collecting() as two:
        with running(tmp_path / "m", SMALL + OURS.format(url=one.url, more="")) as master:
            first = _who(one.wait())
            for count, more in enumerate(("", f", collector={one.url!r}", ", collector='ours'"), 1):
                master.wait_for("the collector accepted the report", count)
                (tmp_path / "m" / "master.cfg").write_text(SMALL + OURS.format(url=two.url, more=more))
                master.reconfigure()
                two.wait(count)
            log = master.stop()
        other, moved, named = map(_who, two.requests)
    assert moved == first
    assert len({*first, *other, *named}) == 6
    kept = ReportFiles(tmp_path / "m", "master.cfg")
    lines = kept.id.read_text().strip(), kept.secret.read_text().strip()
    sent = log + "".join(json.dumps(request.headers) + request.text.decode() for request in one.requests + two.requests)
    assert not [line for line in lines if line in sent]
