"""The cluster of the tests does what its users rely on: servers end and come back, and know users, TLS and replicas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.certificates import Authority
from tests.support.clickhouse import (
    NAME,
    PASSWORD,
    READER,
    USER,
    Cluster,
    ZooKeeper,
    clickhouse_missing,
    zookeeper_missing,
)
from tests.support.requires import require
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who gives the servers their certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Cluster]:
    """The servers, for all tests here."""
    require(clickhouse_missing())
    with Cluster(tmp_path_factory.mktemp("clickhouse"), authority=authority) as started:
        yield started


def _query(port: int, sql: str, rows: Any = None, **options: Any) -> Any:
    from clickhouse_driver import Client

    client = Client("127.0.0.1", port, **options)
    try:
        return client.execute(sql, rows)
    finally:
        client.disconnect()


def test_a_server_that_was_killed_comes_back_with_its_rows(cluster: Cluster) -> None:
    """At its port, with all that was acknowledged; meanwhile the other answers, for itself alone."""
    for port in cluster.ports:
        _query(port, "CREATE TABLE numbers_local (n UInt64) ENGINE = MergeTree ORDER BY n")
        _query(port, f"CREATE TABLE numbers (n UInt64) ENGINE = Distributed({NAME}, 'default', 'numbers_local', n)")
    rows = [(n,) for n in range(10)]
    _query(cluster.ports[0], "INSERT INTO numbers VALUES", rows, settings={"insert_distributed_sync": 1})
    cluster.kill(1)
    assert _query(cluster.ports[0], "SELECT count() FROM numbers_local") == [(5,)]
    with pytest.raises(Exception, match="Code: 279"):  # all connection tries failed
        _query(cluster.ports[0], "SELECT count() FROM numbers")
    cluster.restart(1)
    assert _query(cluster.ports[0], "SELECT count() FROM numbers") == [(10,)]


def test_a_server_that_stands_still_does_not_answer(cluster: Cluster) -> None:
    """Its port takes connections; once it goes on it answers again."""
    cluster.pause(1)
    try:
        with pytest.raises(Exception, match="Code: 209"):  # time-out
            _query(cluster.ports[1], "SELECT 1", send_receive_timeout=0.2)
    finally:
        cluster.resume(1)
    assert _query(cluster.ports[1], "SELECT 1") == [(1,)]


def test_users_have_passwords_and_rights(cluster: Cluster) -> None:
    """A wrong password is refused, and who may only read cannot create."""
    assert _query(cluster.ports[0], "SELECT 1", user=USER, password=PASSWORD) == [(1,)]
    with pytest.raises(Exception, match="Code: 193"):
        _query(cluster.ports[0], "SELECT 1", user=USER, password="wrong")
    with pytest.raises(Exception, match="Code: 164"):
        _query(cluster.ports[0], "CREATE DATABASE mine", user=READER)


def test_servers_speak_tls(cluster: Cluster, authority: Authority) -> None:
    """To who trusts their authority; nobody else goes on."""
    options = {"secure": True, "ca_certs": str(authority.file)}
    assert _query(cluster.secure_ports[1], "SELECT 1", **options) == [(1,)]
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        _query(cluster.secure_ports[1], "SELECT 1", secure=True)


@pytest.mark.soak  # servers look every ten seconds whether they may be replicas
def test_a_replica_has_what_the_other_was_given(tmp_path: Path) -> None:
    """A shard's two servers agree through ZooKeeper, also on what came while one was away."""
    require(clickhouse_missing())
    require(zookeeper_missing())
    with (
        ZooKeeper(tmp_path / "zookeeper") as zookeeper,
        Cluster(tmp_path / "clickhouse", replicas=2, zookeeper=zookeeper.port) as cluster,
    ):
        for port in cluster.ports:
            _query(
                port,
                "CREATE TABLE numbers (n UInt64) "
                "ENGINE = ReplicatedMergeTree('/tables/{shard}/numbers', '{replica}') ORDER BY n",
            )
        cluster.kill(1)
        _query(cluster.ports[0], "INSERT INTO numbers VALUES", [(1,)])
        cluster.restart(1)
        wait_until(lambda: _query(cluster.ports[1], "SELECT n FROM numbers") == [(1,)], "the replica caught up")
        assert _query(cluster.ports[2], "SELECT count() FROM numbers") == [(0,)]
