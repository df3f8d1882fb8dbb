"""The catalog is the single source of what is collected."""

from __future__ import annotations

import dataclasses

from headcount.contract import ACCOMPANIMENTS, CATALOG, QUESTIONS, SCHEMA, Profile, read_report, vocabulary
from tests.support.reports import REPORT

OF_THE_ANNOUNCEMENT = {
    "versions.Buildbot", "versions.Python", "versions.Twisted", "platform.machine", "platform.system", "platform.distro",
    "platform.version", "platform.python_implementation", "db", "mq", "www_plugins", "plugins",
}  # fmt: skip


def test_every_field_serves_a_question() -> None:
    """A field that no question needs does not exist."""
    for field in CATALOG:
        assert field.questions, field.path
        assert set(field.questions) <= QUESTIONS, field.path
        assert field.why
        assert field.form.label
        assert 1 <= field.since <= SCHEMA


def test_basic_is_what_the_announcement_lists() -> None:
    """No more and no less; what else there is takes `full`."""
    assert {field.path for field in CATALOG if field.level == "basic"} == OF_THE_ANNOUNCEMENT
    assert "builders" in {field.path for field in CATALOG if field.level == "full"}


def test_a_profile_holds_the_catalog_and_how_it_came() -> None:
    """Nothing is stored that is not in the catalog, and all of the catalog is."""
    about = {"sender", "level", "vocabulary", "janitor", "scrubbed"}
    assert {field.name for field in dataclasses.fields(Profile)} == {field.attribute for field in CATALOG} | about


def test_what_accompanies_the_fields_is_listed_too() -> None:
    """A report holds the catalog, the id and the envelope, and each of them is said to whom it concerns."""
    listed = {one.path for one in ACCOMPANIMENTS}
    assert listed == {"installid", *(f"headcount.{key}" for key in REPORT["headcount"])}
    assert read_report(REPORT, vocabulary()).install == REPORT["installid"]
    assert all(one.why and one.form for one in ACCOMPANIMENTS)
