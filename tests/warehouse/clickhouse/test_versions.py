"""Versions: one change at a time over all processes, and of each one outcome, whoever stops wherever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from headcount.warehouse import WarehouseUnavailable
from headcount.warehouse.clickhouse import Address
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._versions import _LEDGER, Aborted, State, Versions, read_state
from headcount.warehouse.derivation import LONG_AGO
from tests.support.engines.breaks import WAYS, Breaks, Killed, Way
from tests.support.engines.pauses import Pauses

LEASE = 0.3
STALLED = 1_000.0  # seconds of a lease within which its owner shows no beat in a test


def test_of_many_that_change_at_once_each_has_its_own_version(place: Address, servers: Servers) -> None:
    """One goes on at a time, in one process or in several, and all are committed in their order."""
    before = _state(servers).version
    going_on: list[int] = []
    order: list[int] = []

    def commit_two(versions: Versions) -> None:
        for _ in range(2):
            with versions.taken() as version:
                going_on.append(version)
                assert going_on == [version]
                order.append(version)
                going_on.clear()
                versions.commit(_state_of(version))

    with closing(Servers(place, connect)) as others:
        processes = [Versions(servers), Versions(servers), Versions(others)]
        threads = [threading.Thread(target=commit_two, args=(each,)) for each in (*processes, processes[0])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert order == list(range(before + 1, before + 9))
    assert _state(servers).version == before + 8


def test_what_was_not_committed_is_aborted(servers: Servers) -> None:
    """At the end of its block, at once: the next one does not wait for a lease."""
    versions = Versions(servers, lease=STALLED)
    with versions.taken() as first:
        pass
    version = _commit(versions)
    state = _state(servers)
    assert version == first + 1
    assert state.version == version
    assert first in state.aborted


def test_who_shows_no_beat_is_given_up_and_cannot_commit(place: Address, servers: Servers) -> None:
    """Once it wakes up it is told so, and what it wrote stays away; nothing waits for it any more."""
    stalled, taken = Versions(servers, lease=STALLED), list[int]()
    with closing(Servers(place, connect)) as others:
        other = Versions(others, lease=LEASE)
        with pytest.raises(Aborted):
            _commit(stalled, lambda: _commit(other, taken=taken), taken)
    version, after = taken
    state = _state(servers)
    assert (state.version, version in state.aborted) == (after, True)
    assert after == version + 1


def test_who_shows_beats_is_waited_for(place: Address, servers: Servers) -> None:
    """However long it takes: longer than a lease here."""
    owner = Versions(servers, lease=LEASE)
    taken: list[int] = []
    with closing(Servers(place, connect)) as others, owner.taken() as version:
        other = threading.Thread(target=lambda: taken.append(_commit(Versions(others, lease=LEASE * 3))))
        other.start()
        other.join(LEASE * 5)
        assert not taken
        owner.commit(_state_of(version))
        other.join()
    assert taken == [version + 1]
    assert version not in _state(servers).aborted


@pytest.mark.parametrize("way", WAYS)
def test_what_is_done_is_committed_by_the_next_where_its_owner_is_no_more(
    place: Address, servers: Servers, way: Way
) -> None:
    """Its outcome is ``end_``, made once; ``commits`` follows it."""
    version = _leave_unfolded(place, way)
    after = _commit(Versions(servers, lease=STALLED))
    assert after == version + 1
    assert version not in _state(servers).aborted


@pytest.mark.ci
def test_a_process_that_stops_at_any_statement_changes_no_outcome(
    place: Address, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others commit so many versions meanwhile that the tables of those before them are gone when it wakes up.

    What they committed stays so; and what it was told of its own version is so for everybody.
    """
    monkeypatch.setattr("headcount.warehouse.clickhouse._versions._KEPT", 2)
    pauses = Pauses(connect)
    number = 0
    while number < 40:
        committed: list[int] = []

        def go_on(committed: list[int] = committed) -> None:
            with closing(Servers(place, connect)) as others:
                versions = Versions(others, lease=0.05)
                committed.extend(_commit(versions) for _ in range(4))

        with closing(Servers(place, pauses.connect)) as stopping:
            done = _leave_unfolded(place)
            pauses.at(-1, lambda: None)
            stopping.all  # noqa: B018  # its statements are not those of a version
            pauses.at(number, go_on)
            own = _told(Versions(stopping, lease=STALLED))
        if not committed:
            break
        _commit(Versions(servers, lease=0.05))
        state = _state(servers)
        assert not {done, *committed} & {*state.aborted}, pauses.ran[number]
        assert own is None or own not in state.aborted, pauses.ran[number]
        number += 1
    assert number > 6


def _told(versions: Versions) -> int | None:
    """Commit a version; return which it is, None where it is told that it was given up."""
    try:
        return _commit(versions)
    except Aborted:
        return None


def _leave_unfolded(place: Address, way: Way = "lost before") -> int:
    """Have it break where a version is noted in ``commits``, which is done; return the version."""
    breaks, taken = Breaks(connect), list[int]()
    with closing(Servers(place, breaks.connect)) as dying:
        versions = Versions(dying, lease=STALLED)
        with pytest.raises((Killed, WarehouseUnavailable)):
            _commit(versions, lambda: breaks.at(way, lambda _, kind: kind == "INSERT commits"), taken)
    return taken[0]


def test_a_version_of_long_ago_that_is_taken_again_is_nobodys(place: Address) -> None:
    """Whoever stood still and died then does not have the others wait, nor is what was committed under it aborted."""
    with closing(Servers(place, connect)) as servers, servers.connection(servers.first) as connection:
        newest = _commit(Versions(servers)) + 2_000
        connection.insert("commits", ["version", "aborted"], [(newest, 0)])  # the ledger is pruned before it
        connection.insert("states", ["version", "corrections", "held_since"], [(newest, 0, LONG_AGO)])
        connection.execute(f"CREATE TABLE version_{newest - 1_500} (beat UInt64) ENGINE = Memory")
        assert _commit(Versions(servers, lease=0.01)) == newest + 1
        assert newest - 1_500 not in _state(servers).aborted


def test_an_end_of_after_the_backup_that_was_brought_back_is_none(place: Address, servers: Servers) -> None:
    """The files of its tables are copied some time after the rows: of such a version nothing is there, nor its state."""
    before = _state(servers)
    version = before.version + 1 + len([each for each in before.aborted if each > before.version])
    with servers.connection(servers.first) as connection:
        connection.execute(f"CREATE TABLE version_{version} (beat UInt64) ENGINE = Memory")
        connection.execute(f"CREATE TABLE end_{version} (done UInt8) ENGINE = Memory")
    assert _commit(Versions(servers)) == version + 1
    assert version in _state(servers).aborted


def test_a_state_that_a_disk_lost_is_the_one_before(servers: Servers) -> None:
    """There is an answer, by what was known of corrections and retentions before."""
    with Versions(servers).taken() as version:
        Versions(servers).commit(_state_of(version, 7))
    with servers.connection(servers.first) as connection:
        connection.insert("commits", ["version", "aborted"], [(version + 1, 0)])
    assert _state(servers)[:3:2] == (version + 1, 7)


def test_a_state_is_read_whole_while_one_is_committed(place: Address, servers: Servers) -> None:
    """Where the ledger's tables are read at two moments the state is not taken for none."""
    corrections = _state(servers).corrections

    class Slow:
        """Reads the states first, and what is committed some time later."""

        def __init__(self, meanwhile: Callable[[], object]) -> None:
            self._meanwhile: Callable[[], object] | None = meanwhile

        def execute(self, sql: str) -> None:
            raise AssertionError(sql)

        insert = execute

        def close(self) -> None:
            pass

        def query(self, sql: str, parameters: dict[str, str | int]) -> list[tuple[object, ...]]:
            assert sql == _LEDGER
            with servers.connection() as connection:
                states = [row for row in connection.query(sql, parameters) if row[1]]
                if self._meanwhile is not None:
                    self._meanwhile()
                    self._meanwhile = None
                return [*states, *(row for row in connection.query(sql, parameters) if not row[1])]

    def commit() -> None:
        versions = Versions(servers)
        with versions.taken() as version:
            versions.commit(_state_of(version, corrections + 1))

    assert read_state(Slow(commit)).corrections == corrections + 1  # type: ignore[arg-type]


def _state(servers: Servers) -> State:
    with servers.connection() as connection:
        return read_state(connection)


def _state_of(version: int, corrections: int = 0) -> State:
    return State(version, (), corrections, LONG_AGO, 0, LONG_AGO)


def _commit(versions: Versions, meanwhile: Callable[[], object] = lambda: None, taken: list[int] | None = None) -> int:
    """Commit a version, and return it; ``taken`` gets it once it is taken, before something happens ``meanwhile``."""
    with versions.taken() as version:
        if taken is not None:
            taken.append(version)
        meanwhile()
        versions.commit(_state_of(version))
    return version
