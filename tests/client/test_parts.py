"""The parts of the reporter that need no master."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from buildbot.config.master import MasterConfig
from buildbot.util.service import BuildbotService

from headcount.client import UsageData
from headcount.client._collect import collect
from headcount.client._machine import machine
from headcount.client._slices import at_once
from headcount.client._tac import read_tac
from headcount.contract import vocabulary


def test_the_entry_point_imports_nothing_heavy() -> None:
    """An import that takes time delays every start; one that can fail stops it."""
    code = "import sys, headcount.client; print(*[m for m in sys.modules if m.split('.')[0] in sys.argv[1:]])"
    command = [sys.executable, "-c", code, "headcount", "buildbot", "twisted", "zope", "ssl", "http", "json", "typing"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) == {"headcount", "headcount.client", "headcount.client._usage_data"}
    assert "typing" not in loaded


def test_an_os_release_of_odd_bytes_is_read(tmp_path: Path) -> None:
    """Stock's master does not start with it."""
    path = tmp_path / "os-release"
    path.write_bytes(b'NAME="\xff\xfe"\nID=debian\nVERSION_ID="12"\nnonsense\n')
    assert machine(full=False, os_release=path)["platform"]["distro"] == "debian:12"
    path.write_text("ID=acme-internal\nVERSION_ID=builder07\n")
    assert machine(full=False, os_release=path)["platform"]["distro"] == "other"
    assert "distro" not in machine(full=False, os_release=tmp_path / "none")["platform"]


class _Liar(type):
    """A metaclass that answers for its classes, and not well."""

    @property
    def __module__(cls) -> Any:  # type: ignore[override]  # as odd as can be
        raise ZeroDivisionError

    @property
    def __mro__(cls) -> Any:
        return 5


class _Odd(metaclass=_Liar):
    pass


def test_no_code_of_a_metaclass_is_run() -> None:
    """Not where a service, a step or the authentication is looked at."""
    config = SimpleNamespace(
        services={"odd": _Odd()},
        builders=[SimpleNamespace(factory=SimpleNamespace(steps=[_Odd()]))],
        www={"port": 8010, "auth": _Odd()},
    )
    facts = at_once(collect(config, vocabulary(), full=True)).facts()
    assert facts["builders"] == [["custom"]]
    assert facts["plugins"] == {"custom": 4}  # and the builder


def test_a_configuration_with_nothing_in_it_is_collected() -> None:
    """Attributes that a release of Buildbot does not have are no obstacle."""
    assert at_once(collect(SimpleNamespace(), vocabulary(), full=True)).facts() == {
        "mq": None, "www_plugins": [], "builders": [], "multi_master": False, "plugins": {}, "hooks": [], "protocols": [],
        "factories": {}, "variety": {},
    }  # fmt: skip


def test_private_web_plugins_have_no_name() -> None:
    """They are `custom`, each."""
    config = SimpleNamespace(www={"port": None, "plugins": {"waterfall_view": {}, "acme_secret": {}, "acme_other": {}}})
    assert at_once(collect(config, vocabulary(), full=False)).facts()["www_plugins"] == [
        "custom",
        "custom",
        "waterfall_view",
    ]


def test_a_tac_is_read_and_not_run(tmp_path: Path) -> None:
    """Also a relocatable one, which finds its directory by itself."""
    (tmp_path / "buildbot.tac").write_text(
        "import os\nbasedir = '.'\nconfigfile = 'other.cfg'\nraise SystemExit\n"
        "if basedir == '.':\n    basedir = os.path.abspath(os.path.dirname(__file__))\n"
    )
    assert read_tac(tmp_path)[:2] == (tmp_path, "other.cfg")
    (tmp_path / "buildbot.tac").write_text("basedir = '/srv/elsewhere'\n")
    tac = read_tac(tmp_path)
    assert tac.basedir == Path("/srv/elsewhere")
    assert "/srv/elsewhere" in tac.assumed[0]


def test_the_dictionary_is_put_back_once_its_services_were_read() -> None:
    """Silent while it is loaded, as it was found afterwards, whether the keys were there or not."""
    theirs = BuildbotService(name="theirs")
    for found in ({}, {"buildbotNetUsageData": None}, {"buildbotNetUsageData": "basic", "services": [theirs]}):
        configurators = [UsageData("https://collector.invalid")]
        config_dict: dict[str, Any] = {**found, "configurators": configurators}
        config = MasterConfig()
        config.run_configurators("master.cfg", config_dict)
        assert config_dict["buildbotNetUsageData"] is None
        config.load_services("master.cfg", config_dict)
        assert config_dict == {**found, "configurators": configurators[:1]}
        others = [service for service in config.services.values() if service is not theirs]
        assert len(others) == (0 if found.get("buildbotNetUsageData", "basic") is None else 1)


def test_a_configurator_that_is_called_by_hand_is_one_of_the_list() -> None:
    """Where there is no list yet, one is made for the time of the loading."""
    config_dict: dict[str, Any] = {"buildbotNetUsageData": "basic"}
    UsageData("https://collector.invalid").configure(config_dict)
    config = MasterConfig()
    config.run_configurators("master.cfg", config_dict)
    config.load_services("master.cfg", config_dict)
    assert config_dict == {"buildbotNetUsageData": "basic"}
    assert list(config.services) == ["headcount.UsageData"]
