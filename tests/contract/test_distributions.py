"""Distributions in the forms of all releases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.contract import distribution
from headcount.contract._distributions import _PRECISION, stock_distribution


@pytest.mark.parametrize(
    ("raw", "system", "expected"),
    [
        (["debian", "12.11", ""], None, "debian:12"),  # 0.9.0
        (["Ubuntu", "14.04", "trusty"], None, "ubuntu:14.04"),  # the announcement
        (["", "", ""], None, None),
        ("linux_distribution:('debian', '12.11', '')", "Linux", "debian:12"),  # 0.9.4
        ("linux_distribution:('CentOS Linux', '7.9.2009', 'Core')", "Linux", "centos:7"),
        ("linux_distribution:(__import__('os'),)", "Linux", None),
        ("Debian GNU/Linux:12", "Linux", "debian:12"),  # 0.9.5
        ("debian:12", "Linux", "debian:12"),  # 0.9.6
        ("debian:bookworm", "Linux", "debian:12"),  # 3.8.0
        ("ubuntu:jammy", "Linux", "ubuntu:22.04"),
        ("ubuntu:22.04", "Linux", "ubuntu:22.04"),
        ("opensuse-leap:15.5", "Linux", "opensuse-leap:15.5"),
        ("alpine:3.19.1", "Linux", "alpine:3.19"),
        ("arch:unknown_version", "Linux", "arch"),
        ("unknown_linux:unknown_version", "Linux", "other"),
        ("acme-internal-os:7", "Linux", "other"),
        ("debian:acme-builder07", "Linux", "debian"),
        ("14.2.1", "Darwin", "macos:14"),
        ("10.15.7", "Darwin", "macos:10.15"),
        ("", "Darwin", None),
        ("10:10.0.19041", "Windows", "windows:10"),
        ("2012ServerR2:6.3.9600", "Windows", "windows:2012"),
        ("FreeBSD", "FreeBSD", "freebsd"),
    ],
)
def test_every_form_is_read(raw: object, system: str | None, expected: str | None) -> None:
    """Each release's form comes out as one; what was never published is `other`."""
    assert stock_distribution(raw, system)[0] == expected


@pytest.mark.parametrize(
    ("raw", "system", "more"),
    [
        (["debian", "12.11", ""], None, False),
        (["arch", "Arch", "Linux"], None, False),
        (["acmelinux", "3", ""], None, True),
        (["", "", ""], None, False),
        ("linux_distribution:('', '', '')", "Linux", False),
        ("linux_distribution:(__import__('os'),)", "Linux", True),
        ("unknown_linux:unknown_version", "Linux", False),
        ("arch:unknown_version", "Linux", False),
        ("fedora:", "Linux", False),
        ("debian:bookworm", "Linux", False),
        ("acme-internal-os:7", "Linux", True),
        ("debian:acme-builder07", "Linux", True),
        ("debian:12-acme", "Linux", True),
        ("ubuntu:4711.0815", "Linux", True),
        ("2012ServerR2:6.3.9600", "Windows", False),
        ("FreeBSD", "FreeBSD", False),
        ({"acme": 1}, "Linux", True),
        (None, "Linux", False),
    ],
)
def test_what_more_was_said_is_known(raw: object, system: str | None, more: bool) -> None:
    """What was cut away though it is no part of a version; stock's own words for nothing are nothing."""
    assert stock_distribution(raw, system)[1] is more


@given(st.text(), st.text())
def test_nothing_private_comes_out(name: str, version: str) -> None:
    """Whatever goes in, an id of the list comes out, and behind it nothing but digits and a dot."""
    key, _, number = distribution(name, version).partition(":")
    assert key in {*_PRECISION, "other"}
    assert all(character in "0123456789." for character in number)
    assert len(number.replace(".", "")) <= 4


@pytest.mark.parametrize("version", ["4711.0815", "22.4711", "22.047.11"])
def test_a_number_of_ones_own_is_no_version(version: str) -> None:
    """What has more digits than versions have is left out, so that no number that tells something passes for one."""
    assert distribution("ubuntu", version) == "ubuntu"
