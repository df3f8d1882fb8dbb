"""What a site allows: read from files and the environment, and a setting held to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headcount.client._settings import Setting
from headcount.client.policy import DEFAULT_PATH, LARGEST, NONE, Policy, WrongPolicy, allowed, applied, in_force

URL = "https://headcount.example.org"
FULL = Setting(URL, "full", collector=URL)


def _policy(tmp_path: Path, text: str | bytes) -> Policy:
    file = tmp_path / "reporter.ini"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return in_force({}, str(file))


def _wrong(path: Path) -> str:
    """What is said of a file, without its name."""
    with pytest.raises(WrongPolicy) as raised:
        in_force({}, str(path))
    message = str(raised.value)
    assert str(path) in message
    assert message.isprintable()
    return message.replace(str(path), "PATH")


def test_without_a_policy_everything_is_as_it_was(tmp_path: Path) -> None:
    """No file at the usual place, in no directory, and no variable."""
    for path in (tmp_path / "reporter.ini", tmp_path / "none" / "reporter.ini"):
        assert in_force({}, str(path)) == in_force({"HEADCOUNT_URL": " ", "HEADCOUNT_POLICY": ""}, str(path)) == NONE
    assert applied(NONE, FULL) == FULL
    assert DEFAULT_PATH == "/etc/headcount/reporter.ini"


def test_a_file_says_level_url_and_notices(tmp_path: Path) -> None:
    """As an administrator writes it: comments, any case, a mark of the byte order."""
    text = f"\ufeff# ours\n[reporter]\nReporting: BASIC  ; at most\nurl = {URL}/ci\nnotices = No\n"
    found = _policy(tmp_path, text)
    assert found == Policy("basic", f"{URL}/ci", False, (str(tmp_path / "reporter.ini"),))
    assert str(found) == f"reporting basic at most, to {URL}/ci, notices off"
    assert str(_policy(tmp_path, "[reporter]\n")) == "reporting full at most"
    assert str(_policy(tmp_path, "[reporter]\nreporting = off")) == "reporting off"


def test_the_environment_says_the_same() -> None:
    """One variable for each option."""
    variables = {"HEADCOUNT_REPORTING": "Off", "HEADCOUNT_URL": f" {URL} ", "HEADCOUNT_NOTICES": "0"}
    assert in_force(variables, os.devnull + "/none") == Policy("off", URL, False, tuple(variables))


def test_all_that_is_set_holds_together(tmp_path: Path) -> None:
    """So that no `master.cfg` goes beyond a file by the environment: the lowest level, off for off, the first url."""
    texts = {"etc": f"reporting=basic\nurl={URL}", "named": "reporting=full\nurl=https://named.example\nnotices=off"}
    for name, text in texts.items():
        (tmp_path / name).write_text(f"[reporter]\n{text}\n")
    etc, named = str(tmp_path / "etc"), str(tmp_path / "named")
    variables = {"HEADCOUNT_POLICY": named, "HEADCOUNT_REPORTING": "full", "HEADCOUNT_NOTICES": "on"}
    expected = Policy("basic", URL, False, (etc, named, "HEADCOUNT_REPORTING", "HEADCOUNT_NOTICES"))
    assert in_force(variables, etc) == expected
    assert in_force({"HEADCOUNT_REPORTING": "off"}, etc).level == "off"
    assert in_force({"HEADCOUNT_POLICY": named}, str(tmp_path / "none")).url == "https://named.example"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must have the section [reporter] and no other one"),
        ("reporting = off", "is no INI file: MissingSectionHeaderError in line 1"),
        ("[reporter]\nreporting", "is no INI file: ParsingError in line 2"),
        ("[reporter]\nurl = x\nurl = y", "is no INI file: DuplicateOptionError in line 3"),
        ("[DEFAULT]\nreporting = full\n[reporter]", "must have the section [reporter] and no other one"),
        ("[reporter]\n[Reporter]", "must have the section [reporter] and no other one"),
        ("[reporter]\nreportng = off", "'reportng' is no option of the policy PATH: there are reporting, url, notices"),
        ("[reporter]\nreporting = none", "of the policy PATH must be off, basic or full; it is 'none'"),
        ("[reporter]\nreporting =", "of the policy PATH must be off, basic or full; it is ''"),
        ("[reporter]\nreporting = basic\n  full", "must be off, basic or full; it is 'basic\\nfull'"),
        ("[reporter]\nnotices = perhaps", "the value of notices of the policy PATH must be on or off"),
        ("[reporter]\nurl =", "the url of the policy PATH must be the address of a collector"),
        ("[reporter]\nurl = https://a\n  .example", "the url of the policy PATH must be one line"),
        ("[reporter]\nurl = http://a.example", "http without TLS is for a collector on this machine alone"),
        ("[reporter]\nurl = %(here)s", "the url of the policy PATH must be the address of a collector"),
        (b"[reporter]\nurl = \xff", "is not in UTF-8"),
        (b"[reporter]\n" + b"#" * LARGEST, "has more than 65,536 bytes"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str | bytes, says: str) -> None:
    """A typing error must not send what the policy was to forbid."""
    file = tmp_path / "reporter.ini"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    assert says in _wrong(file)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A directory, a pipe that nobody writes to, a device without an end, a link to itself."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(link)
    assert "is no regular file" in _wrong(pipe)
    assert "is no regular file" in _wrong(Path("/dev/zero"))
    assert "cannot be read: " in _wrong(link)
    assert "is no regular file" in _wrong(tmp_path)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (
            {"HEADCOUNT_POLICY": "reporter.ini"},
            "HEADCOUNT_POLICY must be the absolute path of a file; it is 'reporter.ini'",
        ),
        ({"HEADCOUNT_POLICY": "/none/reporter.ini"}, "the policy /none/reporter.ini cannot be read: No such file"),
        ({"HEADCOUNT_REPORTING": "Nothing"}, "the value of reporting of the variable HEADCOUNT_REPORTING must be off"),
        ({"HEADCOUNT_URL": "a.example"}, "the url of the variable HEADCOUNT_URL must be the address of a collector"),
        ({"HEADCOUNT_NOTICES": "none"}, "the value of notices of the variable HEADCOUNT_NOTICES must be on or off"),
    ],
)
def test_what_is_wrong_with_the_environment_is_said(variables: dict[str, str], says: str) -> None:
    """A file that somebody named must be there; and nothing is sent, and the log says why."""
    said: list[str] = []
    assert allowed(FULL, variables, said.append) is None
    assert said[0].startswith("nothing is reported: ")
    assert says in said[0]


def test_a_level_is_held_to_the_policy() -> None:
    """Never raised: what is off stays off, and a function stays one, of which no more than `basic` is sent."""

    def function(report: dict[str, object]) -> dict[str, object]:
        return report

    basic, custom, off = Setting(URL, "basic"), Setting(URL, "custom", function), Setting(URL, None)
    assert applied(Policy("basic"), FULL).level == "basic"
    assert applied(Policy("basic"), off) == off
    assert applied(Policy("basic"), basic) == basic
    assert applied(Policy("full"), basic) == basic
    held = applied(Policy("basic"), custom)
    assert (held.level, held.function, held.most) == ("custom", function, "basic")
    for setting in (FULL, basic, custom, off):
        held = applied(Policy("off"), setting)
        assert (held.level, held.function) == (None, None)


def test_notices_are_off_where_the_policy_or_the_configuration_says_so() -> None:
    """What is off in `master.cfg` stays off."""
    for allows, asks in ((True, False), (False, True), (False, False)):
        assert not applied(Policy(notices=allows), Setting(URL, "basic", notices=asks)).notices
    assert applied(NONE, FULL).notices


def test_another_collector_gets_a_secret_of_its_own() -> None:
    """The name that a configuration gives its collector goes with its url."""
    named = Setting(URL, "full", collector="an older name")
    moved = applied(Policy(url="https://Ours.example/"), named)
    assert (moved.url, moved.collector) == ("https://Ours.example/", "https://ours.example")
    assert applied(Policy(url=f"{URL}/"), named) == named


def test_what_a_policy_changes_is_said() -> None:
    """What it leaves as it was is not."""
    said: list[str] = []
    assert allowed(Setting(URL, "basic"), {"HEADCOUNT_REPORTING": "basic"}, said.append)
    assert said == []
    assert allowed(FULL, {"HEADCOUNT_REPORTING": "basic"}, said.append)
    assert allowed(FULL, {"HEADCOUNT_REPORTING": "off"}, said.append) is None
    assert said == [
        "the policy HEADCOUNT_REPORTING applies: reporting basic at most",
        "nothing is reported: the policy HEADCOUNT_REPORTING switches reporting off",
    ]
