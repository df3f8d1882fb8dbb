"""The files that a ClickHouse server of the tests reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "two"
"""The cluster's name, for ``Distributed(two, …)``."""

USER, PASSWORD = "counter", "correct horse & battery"
"""Who may do everything, beside ``default``, who has no password."""

READER = "reader"
"""Who has no password, and no rights but to read."""

_CONFIG = """<yandex>
    <logger>
        <level>warning</level><log>{home}/server.log</log><errorlog>{home}/errors.log</errorlog>
    </logger>
    <http_port>{http}</http_port>
    <tcp_port>{tcp}</tcp_port>
    <interserver_http_port>{interserver}</interserver_http_port>
    <interserver_http_host>{host}</interserver_http_host>
    <listen_host>{host}</listen_host>
    <max_concurrent_queries>50</max_concurrent_queries>
    <uncompressed_cache_size>0</uncompressed_cache_size>
    <mark_cache_size>16777216</mark_cache_size>
    <merge_tree><old_parts_lifetime>2</old_parts_lifetime></merge_tree>
    <path>{home}/data/</path>
    <tmp_path>{home}/tmp/</tmp_path>
    <users_config>users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <timezone>UTC</timezone>
    <remote_servers><{name}>{shards}</{name}></remote_servers>
    <macros><shard>{shard}</shard><replica>{replica}</replica></macros>
    {more}
</yandex>
"""

_TLS = """<tcp_port_secure>{port}</tcp_port_secure>
    <openSSL><server>
        <certificateFile>{certificate}</certificateFile><privateKeyFile>{key}</privateKeyFile>
        <verificationMode>none</verificationMode>
    </server><client>
        <verificationMode>none</verificationMode>
        <invalidCertificateHandler><name>AcceptCertificateHandler</name></invalidCertificateHandler>
    </client></openSSL>"""

_ZOOKEEPER = """<zookeeper>
        <node><host>127.0.0.1</host><port>{port}</port></node><session_timeout_ms>5000</session_timeout_ms>
    </zookeeper>"""

_USERS = f"""<yandex>
    <profiles>
        <default>
            <max_threads>2</max_threads>
            <background_pool_size>2</background_pool_size>
            <background_schedule_pool_size>2</background_schedule_pool_size>
        </default>
        <readonly><readonly>1</readonly></readonly>
    </profiles>
    <users>
        <default>
            <password></password>
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </default>
        <{USER}>
            <password>{PASSWORD.replace("&", "&amp;")}</password>
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </{USER}>
        <{READER}>
            <password></password>
            <networks><ip>::/0</ip></networks>
            <profile>readonly</profile>
            <quota>default</quota>
        </{READER}>
    </users>
    <quotas><default/></quotas>
</yandex>
"""


@dataclass(frozen=True)
class Node:
    """A server's place: its host, its ports, and which shard and replica it is."""

    host: str
    tcp: int
    http: int
    interserver: int
    secure: int
    shard: int
    replica: int


def write(
    home: Path,
    node: Node,
    nodes: Iterable[Node],
    certificate: tuple[Path, Path] | None = None,
    zookeeper: int | None = None,
) -> None:
    """Write the configuration of a server of the cluster that ``nodes`` are, and make its directories.

    ``certificate``: its file and that of its key, for TLS; ``zookeeper``: the port where one listens.
    """
    for directory in (home / "data", home / "tmp"):
        directory.mkdir(parents=True)
    more = []
    if certificate is not None:
        more.append(_TLS.format(port=node.secure, certificate=certificate[0], key=certificate[1]))
    if zookeeper is not None:
        more.append(_ZOOKEEPER.format(port=zookeeper))
    config = _CONFIG.format(
        **vars(node),
        home=home,
        name=NAME,
        shards=_shards(list(nodes), secure=certificate is not None),
        more="\n    ".join(more),
    )
    (home / "config.xml").write_text(config)
    (home / "users.xml").write_text(_USERS)


def _shards(nodes: Sequence[Node], *, secure: bool) -> str:
    """Return the shards; ``secure``: their servers speak TLS with each other, and are known by that port."""
    written = ""
    for shard in sorted({node.shard for node in nodes}):
        replicas = [node for node in nodes if node.shard == shard]
        internal = "<internal_replication>true</internal_replication>" if len(replicas) > 1 else ""
        ports = {
            node: f"<port>{node.secure}</port><secure>1</secure>" if secure else f"<port>{node.tcp}</port>"
            for node in replicas
        }
        each = "".join(f"<replica><host>{node.host}</host>{ports[node]}</replica>" for node in replicas)
        written += f"<shard>{internal}{each}</shard>"
    return written
