"""Real clusters for the tests: servers of Debian's ClickHouse 18.16, which can be killed, stopped and cut off.

configuration   the files that a server reads
servers         one server
cluster         servers that know each other as shards and replicas
ports           those that a server finds free again when it comes back
zookeeper       what replicas need beside them: Debian's ZooKeeper
"""

from tests.support.clickhouse.cluster import Cluster, Place, clickhouse_missing
from tests.support.clickhouse.configuration import NAME, PASSWORD, READER, USER
from tests.support.clickhouse.servers import PortTaken
from tests.support.clickhouse.zookeeper import ZooKeeper, zookeeper_missing

__all__ = [
    "NAME",
    "PASSWORD",
    "READER",
    "USER",
    "Cluster",
    "Place",
    "PortTaken",
    "ZooKeeper",
    "clickhouse_missing",
    "zookeeper_missing",
]
