"""The pseudonym key: whoever takes reports under it and its replacement exclude each other."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from headcount._refused import Refused
from headcount.contract import Arrival, Profile
from headcount.ingest import Inbox, NotInbox
from headcount.server.data.directory import DataDirectory, open_directory
from headcount.server.data.inboxes import own_inbox
from headcount.server.data.keys import open_key, replaceable_key, rotate, shared_key
from headcount.server.data.opened import OpenData
from tests.support.clocks import Machine
from tests.support.command import headcount
from tests.support.serving import ingesting, serving


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    """A new data directory."""
    return open_directory(tmp_path / "data", create=True)


def _arrival(install: int) -> Arrival:
    return Arrival(1_790_000_000, install, 1, Profile("headcount", "basic").canonical())


def test_many_share_a_key_and_one_replaces_it(data: DataDirectory) -> None:
    """Neither begins while the other goes on; whoever comes after the replacement has the new key."""
    with shared_key(data) as one, shared_key(data) as other:
        assert one.fingerprint == other.fingerprint
        with pytest.raises(Refused, match=r"takes reports into .* under its key: stop it first"), replaceable_key(data):
            pass
    with replaceable_key(data):
        with pytest.raises(Refused, match=r"`headcount rotate-key` works on .*: start again once it is done"):
            shared_key(data).__enter__()
        rotate(data)
    with shared_key(data) as newer:
        assert newer.fingerprint != one.fingerprint


@pytest.mark.ci
def test_an_ingest_process_keeps_the_key_and_rotation_waits_for_none(tmp_path: Path) -> None:
    """Of a server that is stopped, an ingest process still has it: the refusal says what to stop."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as server:
        server.stop()
    key = (data / "pseudonym.key").read_bytes()
    with ingesting(data, tmp_path / "stderr of ingest") as process:
        refused = headcount("rotate-key", f"--data={data}")
        assert (refused.returncode, "under its key: stop it first" in refused.stderr) == (1, True)
        assert (data / "pseudonym.key").read_bytes() == key
        process.stop()
    assert headcount("rotate-key", f"--data={data}").returncode == 0


def test_no_ingest_process_starts_while_a_key_is_replaced(data: DataDirectory) -> None:
    """In one sentence; it makes no inbox."""
    open_key(data)
    with replaceable_key(data):
        refused = headcount("ingest", f"--data={data.path}", "--port=0")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "rotate-key` works on" in refused.stderr
    assert list(data.inboxes.glob("*.sqlite")) == []


def test_reports_under_another_key_are_not_loaded_and_not_lost(
    data: DataDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    """They wait until their key is back, the doctor says so, and no process adds to them; an empty inbox changes its key."""
    with own_inbox(data, "ingest-1") as (inbox, pseudonymizer):
        old = pseudonymizer.fingerprint
        inbox.append([_arrival(1)])
    with own_inbox(data, "ingest-2"):
        pass
    kept = data.key.read_bytes()
    with replaceable_key(data):
        rotate(data)
    with pytest.raises(Refused, match=r"ingest-1\.sqlite holds reports under another pseudonym key"):
        own_inbox(data, "ingest-1").__enter__()
    with own_inbox(data, "ingest-2") as (inbox, pseudonymizer):
        assert inbox.key == pseudonymizer.fingerprint != old
    with ExitStack() as stack:
        opened = OpenData(data, stack, clock=Machine(1_790_000_100.0).clock(data.clock))
        assert [opened.loader.load() for _ in range(2)] == [0, 0]
        assert opened.inboxes.unreadable == {data.inbox("ingest-1")}
    assert caplog.text.count("its reports are under another pseudonym key") == 1
    doctor = headcount("doctor", f"--data={data.path}")
    assert "the inbox ingest-1.sqlite is not loaded, and 1 reports wait in it: its reports are under" in doctor.stdout
    data.key.write_bytes(kept)
    data.warehouse.unlink()  # of the other key
    assert headcount("restore", "--empty", f"--data={data.path}").returncode == 0
    with closing(Inbox(data.inbox("ingest-1"))) as inbox:
        assert not inbox.waits


def test_a_key_is_not_replaced_while_an_inbox_cannot_be_read(data: DataDirectory) -> None:
    """What waits in it is under the old key, and would be lost with that."""
    with own_inbox(data, "ingest-1") as (inbox, _):
        inbox.append([_arrival(1)])
    path = data.inbox("ingest-1")
    whole, key = path.read_bytes(), data.key.read_bytes()
    path.write_bytes(whole[:200] + bytes(len(whole) - 200))
    refused = headcount("rotate-key", f"--data={data.path}")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "reports may wait under the old key in ingest-1.sqlite" in refused.stderr
    assert data.key.read_bytes() == key


def test_an_inbox_of_an_earlier_version_gets_its_key_noted(tmp_path: Path) -> None:
    """Its reports are under the key of then, which is the one of now; nothing of it is lost."""
    path = tmp_path / "serve.sqlite"
    with closing(Inbox(path)) as inbox:
        inbox.append([_arrival(1)])
        assert inbox.key is None
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE identity DROP COLUMN key")
        db.execute("ALTER TABLE arrivals DROP COLUMN crowded")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    with closing(Inbox(path)) as inbox:
        assert inbox.key is None
        assert inbox.waits
    with closing(Inbox(path, owner=True, key="one")) as inbox:
        assert inbox.key == "one"
        assert len(inbox.waiting(0, 10).arrivals) == 1
        with pytest.raises(NotInbox, match="under another pseudonym key"):
            Inbox(path, owner=True, key="two")
        inbox.forget(1)
        Inbox(path, owner=True, key="two").close()
        assert inbox.key == "two"
