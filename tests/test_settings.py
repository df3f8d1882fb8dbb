"""The settings: one table, four sources, every problem at once."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from headcount import settings
from headcount.settings import BadSettings, Settings, read_settings


def test_a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(tmp_path: Path) -> None:
    """Setting by setting."""
    file = tmp_path / "h.toml"
    file.write_text('port = 1\nhost = "a"\nquota = 5\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n')
    environ = {"HEADCOUNT_PORT": "2", "HEADCOUNT_HOST": "b", "HEADCOUNT_TOKEN": "no setting"}
    read = read_settings({"port": 3, "host": None}, environ, file)
    assert (read.port, read.host, read.quota, read.connections) == (3, "b", 5, Settings().connections)
    assert read.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert read_settings({}, {}, None) == Settings()


def test_every_problem_is_named_with_its_place(tmp_path: Path) -> None:
    """Wrong values, unknown keys with what was meant, and types that no setting has."""
    file = tmp_path / "h.toml"
    file.write_text("prot = 1\nquota = -1\nlog_level = 'loud'\nslowest = 1.5\n")
    with pytest.raises(BadSettings) as caught:
        read_settings({}, {"HEADCOUNT_TRUSTED_PROXIES": "10.0.0.1 nginx", "HEADCOUNT_PORT": "99999"}, file)
    text = str(caught.value)
    for said in (
        f"{file} has 'prot', which is no setting: is it 'port'?",
        f"quota in {file}: must be a whole number from 0 up, not '-1'",
        f"log_level in {file}: must be one of debug, info, warning, error, not 'loud'",
        f"slowest in {file}: must be a string, a whole number or a list of strings",
        "HEADCOUNT_TRUSTED_PROXIES in the environment: must be addresses or networks such as 10.0.0.0/8, not 'nginx'",
        "HEADCOUNT_PORT in the environment: a port is a number from 0 to 65535, not '99999'",
    ):
        assert said in text


@pytest.mark.parametrize(("content", "says"), [(None, "No such file"), (b"port = ", "not TOML"), (b"\xff", "not TOML")])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None, says: str) -> None:
    """In one sentence, with its path."""
    file = tmp_path / "h.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadSettings, match=says) as caught:
        read_settings({}, {}, file)
    assert str(file) in str(caught.value)


def test_every_setting_is_documented_and_reads_its_own_default() -> None:
    """The table of the reference has a row for each; a default that is shown is one that can be given."""
    reference = (Path(__file__).parent.parent / "docs" / "reference.md").read_text()
    for field in settings.fields():
        flag = "none" if field.metadata["secret"] else f"`{settings.flag(field.name)}`"
        assert f"| {flag} | `{settings.variable(field.name)}` | `{field.name}` |" in reference
        assert field.metadata["read"](settings.shown(field.default)) == field.default
        assert field.metadata["meaning"]


def test_what_changed_is_told_apart() -> None:
    """What can change while it runs, and what needs a restart."""
    assert Settings().changed(Settings(port=1, quota=1, host="b")) == (["quota"], ["host", "port"])
