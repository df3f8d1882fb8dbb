"""What a simulated stock master says of its platform, release by release, as WIRE.md has it."""

from __future__ import annotations

from datetime import date

import pytest

from headcount.fleet.simulation.platform import Platform, modern, stock
from headcount.fleet.simulation.systems import system_on

DAY = date(2023, 7, 1).toordinal()


def _platform(family: str, machine: str = "x86_64") -> Platform:
    return Platform(system_on(family, DAY), machine, "CPython", (3, 11, 4), None)


@pytest.mark.parametrize(
    ("release", "distro"),
    [
        ((0, 9, 0), ["debian", "12.11", ""]),
        ((0, 9, 4), "linux_distribution:('debian', '12.11', '')"),
        ((0, 9, 5), "Debian GNU/Linux:12"),
        ((0, 9, 6), "debian:12"),
        ((3, 7, 0), "debian:12"),
        ((3, 8, 0), "debian:bookworm"),
    ],
)
def test_a_distribution_has_the_form_of_its_release(release: tuple[int, ...], distro: object) -> None:
    """All of them mean debian:12."""
    said, facts = stock(_platform("debian"), release)
    assert said["distro"] == distro
    assert facts["distro"] == "debian:12"


def test_the_first_releases_name_no_system_and_no_kernel() -> None:
    """Linux can be told from its distribution, other systems cannot."""
    said, facts = stock(_platform("ubuntu"), (0, 9, 3))
    assert said.keys() == {"machine", "processor", "python_implementation", "version", "distro"}
    assert (facts["system"], facts["kernel"]) == ("Linux", None)
    assert stock(_platform("macos"), (0, 9, 3))[1]["system"] is None


@pytest.mark.parametrize(
    ("family", "distro", "public"),
    [
        ("macos", "11.7.10", "macos:11"),
        ("windows", "2022Server:10.0.20348", "windows:2022"),
        ("freebsd", "FreeBSD", "freebsd"),
    ],
)
def test_other_systems_have_forms_of_their_own(family: str, distro: str, public: str) -> None:
    """MacOS a bare version, other Unix a bare name, Windows its release and version."""
    said, facts = stock(_platform(family), (4, 3))
    assert (said["distro"], facts["distro"]) == (distro, public)


def test_our_reporter_says_public_forms() -> None:
    """What is said is what is true."""
    said, facts = modern(_platform("macos", "aarch64"))
    assert said == {
        "system": "Darwin",
        "machine": "aarch64",
        "python_implementation": "CPython",
        "distro": "macos:11",
        "version": "20.6",
    }
    assert facts["kernel"] == "20.6"
