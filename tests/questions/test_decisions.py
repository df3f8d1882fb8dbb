"""Real decisions of Buildbot's: for each a fleet with that truth, and the answer contains what the decision needs.

The numbers are those of the project's list of decisions.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from headcount.contract import Name, Release
from headcount.questions import REGISTRY
from tests.support.decided import (
    BUILDER,
    BZR,
    CVS,
    DARCS,
    DOCKER,
    GIT,
    LIBVIRT,
    MONOTONE,
    MTR,
    NOW,
    WORKER,
    asked,
    fleet,
    many,
    profile,
    row,
    table,
    without,
)

YEAR_AGO = (date(2025, 8, 4), date(2025, 9, 8))
SINCE = (date(2026, 3, 2), date(2026, 8, 3))
USUAL = profile(GIT, WORKER, (BUILDER, 5))


def test_1_a_step_that_one_large_installation_uses() -> None:
    """MTR: a tiny share; many instances and builders, in one installation, on an old release; its latent workers."""
    mariadb = profile(
        (MTR, 40), GIT, (LIBVIRT, 12), (DOCKER, 30), (BUILDER, 300), buildbot=Release(2, 10, 5), build="local"
    )
    with fleet(many(1, 199, USUAL), many(500, 1, mariadb)) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = MTR")
        record = row(answer)
        assert (record["installations"], record["share"], answer.denominator) == (1, 0.005, 200)
        assert (record["instances"], record["over_half"], record["builders"]) == (40, "yes", 300)
        assert record["on_newest_series"] == 0
        assert table(answer, "series") == [{"version": "2.10", "installations": 1, "share": 1.0, "all": 1, "rate": 1.0}]
        build = asked(warehouse, "environments", "build", where="plugin = MTR")
        assert [each["value"] for each in build.rows] == ["local"]
        companions = asked(warehouse, "drop", "companions", where="plugin = MTR")
        assert {LIBVIRT, DOCKER} <= {each["plugin"] for each in companions.rows if each["lift"] == 200.0}


def test_2_an_old_python_on_the_master() -> None:
    """Python 3.9: the share, by distribution, and on the newest two series alone: others would not upgrade anyway."""
    with fleet(
        many(1, 80, USUAL),
        many(200, 12, profile(GIT, python=Release(3, 9, 18), distro="rhel:9")),
        many(300, 8, profile(GIT, python=Release(3, 9, 18), distro="debian:11", buildbot=Release(2, 10, 5))),
    ) as warehouse:
        answer = asked(warehouse, "drop", where="python < 3.10")
        record = row(answer)
        assert (record["installations"], record["share"]) == (20, 0.2)
        assert (record["newest_series"], record["on_newest_series"]) == ("4.3, 4.2", 12)
        assert record["rate_on_newest_series"] == round(12 / 92, 4)
        distributions = [each for each in table(answer, "differences") if each["attribute"] == "distribution"]
        assert {each["value"]: each["installations"] for each in distributions} == {"rhel:9": 12, "debian:11": 8}
        assert answer.tested
        by_distribution = asked(warehouse, "environments", "distro", where="python < 3.10")
        assert {each["value"]: each["installations"] for each in by_distribution.rows} == {"rhel:9": 12, "debian:11": 8}


def test_3_who_has_to_leave_the_distributions_twisted() -> None:
    """Twisted 24.7: Debian 12 has 22.4, Ubuntu 24.04 has 24.3."""
    debian = profile(GIT, twisted=Release(22, 4, 0))
    ubuntu = profile(GIT, twisted=Release(24, 3, 0), distro="ubuntu:24.04")
    own = profile(GIT, twisted=Release(25, 5, 0))
    with fleet(many(1, 30, debian), many(100, 20, ubuntu), many(200, 50, own)) as warehouse:
        answer = asked(warehouse, "drop", where="twisted < 24.7")
        assert row(answer)["share"] == 0.5
        by_distribution = asked(warehouse, "environments", "distro", where="twisted < 24.7")
        assert {each["value"]: each["installations"] for each in by_distribution.rows} == {
            "debian:12": 30, "ubuntu:24.04": 20
        }  # fmt: skip


def test_4_workers_of_a_release_that_cannot_talk_to_the_master() -> None:
    """Workers of 0.8 and Twisted 24.7: how many installations still have such workers."""
    with_old = profile(GIT, workers=((Release(0, 8, 14), 1), (Release(4, 3, 0), 6)))
    with_new = profile(GIT, workers=((Release(4, 3, 0), 2),))
    with fleet(many(1, 3, with_old), many(100, 47, with_new), many(200, 50, USUAL)) as warehouse:
        record = row(asked(warehouse, "drop", where="worker < 1.0"))
        assert (record["installations"], record["share"]) == (3, 0.06)  # of those that tell their workers
        assert (record["least"], record["most"]) == (0.03, 0.53)


def test_5_no_worker_tells_its_python() -> None:
    """It cannot be answered, and the question about workers says so."""
    assert "No worker tells its Python" in REGISTRY["versions"].meaning


def test_6_python_2_on_the_master_month_by_month() -> None:
    """Python 2.7: how it fell in a year of the same masters, and who stays on a release before 2.0."""
    old = profile(GIT, buildbot=Release(1, 8, 0), python=Release(2, 7, 18))
    new = profile(GIT, buildbot=Release(2, 10, 5), python=Release(3, 9, 2))
    stayed = many(1, 20, old, (*YEAR_AGO, *SINCE, *NOW))
    moved = [
        reported
        for install in range(100, 130)
        for reported in (
            *many(install, 1, old, YEAR_AGO),
            *many(install, 1, new, (date(2026, 3, install % 28 + 1), *NOW)),
        )
    ]
    with fleet(stayed, moved, many(200, 50, new, (*YEAR_AGO, *SINCE, *NOW))) as warehouse:
        answer = asked(warehouse, "drop", where="python < 3")
        (year,) = table(answer, "year")
        assert (year["installations"], year["kept"], year["stopped"], year["started"]) == (50, 20, 30, 0)
        assert year["change"] == "fewer"
        months = asked(warehouse, "drop", where="buildbot < 2", over="month", since=date(2025, 9, 1))
        counts: dict[Any, Any] = {each["period"]: each["installations"] for each in months.rows}
        assert (counts["2025-09"], counts["2026-02"], counts["2026-10"]) == (50, 50, 20)
        assert 20 <= counts["2026-03"] < 50


def test_7_plugins_of_the_web_interface_that_are_not_ours() -> None:
    """The interface's plugins change: the share with one of a third party, or a private one, by series."""
    own = profile(GIT, www=(("custom", 1), ("waterfall_view", 1)))
    with fleet(
        many(1, 90, profile(GIT, www=(("waterfall_view", 1),))),
        many(200, 10, own),
        many(300, 5, without(USUAL, "www")),
    ) as warehouse:
        record = row(asked(warehouse, "drop", where="www = custom"))
        assert (record["installations"], record["share"]) == (10, 0.1)
        series = asked(warehouse, "versions", "buildbot", where="www = custom")
        assert [(each["version"], each["installations"]) for each in series.rows] == [("4.3", 10)]


def test_8_what_only_full_reports_tell() -> None:
    """A secrets provider is told at full alone, and of how many that is; the factory has a field of its own."""
    vault = "buildbot.secrets.providers.vault.HashiCorpVaultSecretProvider"
    distutils = "buildbot.process.factory.Distutils"
    factories = ((Name(distutils), 1),)
    with fleet(
        many(1, 2, profile(GIT, vault, factories=factories)),
        many(100, 38, profile(GIT, factories=())),
        many(200, 160, profile(GIT, level="basic")),
    ) as warehouse:
        answer = asked(warehouse, "drop", where="plugin = HashiCorpVaultSecretProvider")
        assert (row(answer)["installations"], row(answer)["share"], answer.denominator) == (2, 0.05, 40)
        assert (row(answer)["least"], row(answer)["most"]) == (0.01, 0.81)
        assert "full" in answer.caption()
        answer = asked(warehouse, "drop", where="plugin = Distutils")
        assert (row(answer)["installations"], answer.denominator) == (2, 40)


def test_9_services_that_are_dead() -> None:
    """Marathon and UpCloud are still there: who asks for candidates finds them without naming them, and their last users."""
    marathon, upcloud = "buildbot.worker.marathon.MarathonLatentWorker", "buildbot.worker.upcloud.UpcloudLatentWorker"
    with fleet(
        many(1, 95, USUAL), many(200, 2, profile(GIT, marathon)), many(300, 1, profile(upcloud), YEAR_AGO)
    ) as warehouse:
        candidates = {each["plugin"]: each for each in asked(warehouse, "candidates", "worker").rows}
        assert (candidates[marathon]["installations"], candidates[marathon]["last_seen"]) == (2, NOW[1].isoformat())
        assert (candidates[upcloud]["installations"], candidates[DOCKER]["installations"]) == (0, 0)
        assert candidates[upcloud]["last_seen"] == YEAR_AGO[1].isoformat()
        assert (candidates[DOCKER]["last_seen"], WORKER in candidates) == ("", True)


def test_10_several_things_at_once() -> None:
    """CVS, Darcs, Monotone, Bzr: the union and the overlap, and not four answers."""
    with fleet(
        many(1, 90, USUAL),
        many(100, 6, profile(CVS)),
        many(200, 3, profile(CVS, DARCS)),
        many(300, 1, profile((BZR, 50), MONOTONE)),
    ) as warehouse:
        answer = asked(warehouse, "drop", where="plugin in (CVS, Darcs, Monotone, Bzr)")
        assert (row(answer)["installations"], row(answer)["over_half"]) == (10, "yes")
        parts = {each["part"]: (each["installations"], each["alone"]) for each in table(answer, "parts")}
        assert parts == {
            "plugin = CVS": (9, 6), "plugin = Darcs": (3, 0), "plugin = Monotone": (1, 0), "plugin = Bzr": (1, 0)
        }  # fmt: skip
        overlap = [(each["part"], each["with"], each["installations"]) for each in table(answer, "overlap")]
        assert overlap == [("plugin = CVS", "plugin = Darcs", 3), ("plugin = Monotone", "plugin = Bzr", 1)]
        assert {each["plugin"]: each["instances"] for each in table(answer, "classes")}[BZR] == 50


def test_11_the_floor_of_a_library_that_is_told_at_full_alone() -> None:
    """SQLAlchemy: of those that tell it, and how many others there are; with the server's version, by the database."""
    with fleet(
        many(1, 10, profile(GIT, sqlalchemy=Release(1, 4, 50), db="mysql", server="10.11")),
        many(100, 30, profile(GIT, sqlalchemy=Release(2, 0, 36), db="postgresql", server="15")),
        many(200, 60, profile(GIT, level="basic")),
    ) as warehouse:
        record = row(asked(warehouse, "drop", where="sqlalchemy < 2"))
        assert (record["installations"], record["share"], record["least"], record["most"]) == (10, 0.25, 0.1, 0.7)
        versions = asked(warehouse, "versions", "sqlalchemy")
        assert [(each["version"], each["installations"]) for each in versions.rows] == [("2.0", 30), ("1.4", 10)]
        servers = asked(warehouse, "environments", "db,server")
        assert ("mysql", "10.11", 10) in [(each["value"], each["with"], each["installations"]) for each in servers.rows]


def test_12_a_class_that_is_deprecated_and_still_subclassed() -> None:
    """`LoggingBuildStep`: who subclasses it; which methods a subclass overrides no report tells, and the docs say so."""
    old = profile(GIT, "buildbot.process.buildstep.LoggingBuildStep")
    with fleet(many(1, 95, USUAL), many(200, 5, old)) as warehouse:
        assert row(asked(warehouse, "drop", where="plugin = LoggingBuildStep"))["installations"] == 5


def test_13_which_kind_of_build() -> None:
    """Forks: how many run a release, a development version or a local one, by series."""
    with fleet(
        many(1, 90, profile(GIT, build="release")),
        many(200, 10, profile(GIT, build="local", buildbot=Release(2, 10, 5))),
    ) as warehouse:
        build = asked(warehouse, "environments", "build")
        assert {each["value"]: each["share"] for each in build.rows} == {"release": 0.9, "local": 0.1}
        series = asked(warehouse, "versions", "buildbot", where="build = local")
        assert [(each["version"], each["installations"]) for each in series.rows] == [("2.10", 10)]


def test_14_protocols_in_use() -> None:
    """The share of msgpack beside pb."""
    with fleet(
        many(1, 90, profile(GIT, protocols=(("pb", 1),))),
        many(200, 10, profile(GIT, protocols=(("msgpack", 1), ("pb", 1)))),
    ) as warehouse:
        protocols = asked(warehouse, "environments", "protocol")
        assert {each["value"]: each["share"] for each in protocols.rows} == {"pb": 1.0, "msgpack": 0.1}


def test_15_who_leaves() -> None:
    """Those that lapsed in the last year, by what they had in common, against those who stayed."""
    small = profile(GIT, distro="debian:10", db="sqlite")
    with fleet(
        many(1, 80, profile(GIT, db="postgresql"), (*YEAR_AGO, *NOW)),
        many(300, 20, small, (date(2025, 3, 3), date(2025, 6, 2))),
    ) as warehouse:
        answer = asked(warehouse, "changes", "lapsed")
        assert row(answer)["installations"] == 20
        found = {each["value"]: each["installations"] for each in table(answer, "environments")}
        assert (found["debian:10"], found["sqlite"]) == (20, 20)
        assert answer.tested


def test_what_cannot_be_answered_is_said() -> None:
    """The maintainer's page lists it, by the decisions that would have needed it."""
    page = (Path(__file__).parents[2] / "docs" / "maintainer.md").read_text(encoding="utf-8")
    section = page.partition("## What cannot be answered")[2].partition("\n## ")[0]
    for words in ("Python of a worker", "overrides", "do not report", "third party"):
        assert words in section
