"""Settings, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from headcount.client._settings import Mistake, choose, switched_off

URL = "https://headcount.example.org"


@pytest.mark.parametrize("value", [None, "basic", "full"])
def test_key_and_level_are_two_ways_to_say_it(value: Any) -> None:
    """Either, or both where they agree."""
    for key, level in (((value,), ()), ((), (value,)), ((value,), (value,))):
        setting = choose(URL, key, level)
        assert (setting.level, setting.function, setting.assumed) == (value, None, False)


def test_neither_means_basic() -> None:
    """And it is known to be assumed, so that the log can say so."""
    assert choose(URL, (), ()).assumed
    assert choose(URL, (), ()).level == "basic"


def test_a_function_makes_a_custom_report() -> None:
    """Any callable."""
    assert choose(URL, (dict,), ()).level == "custom"
    assert choose(URL, (dict,), ()).function is dict


@pytest.mark.parametrize("value", ["Basic", "", "none", "off", True, False, 1, 0, [], b"basic"])
def test_other_values_are_mistakes(value: Any) -> None:
    """Each names the four values; stock takes every other string for full."""
    for key, level in (((value,), ()), ((), (value,))):
        with pytest.raises(Mistake, match="must be None, 'basic', 'full', or a function"):
            choose(URL, key, level)


def test_a_key_and_a_level_that_differ_are_a_mistake() -> None:
    """What was meant cannot be known."""
    with pytest.raises(Mistake, match="differ: leave one of them out"):
        choose(URL, ("basic",), ("full",))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8010",
        "http://127.0.0.1",
        "http://[::1]:80/",
        "https://h.example.org/sub/path",
        "http://127.8.8.8",
    ],
)
def test_addresses_that_are_right(url: str) -> None:
    """TLS, or this machine."""
    assert choose(url, (), ()).url == url


@pytest.mark.parametrize(
    "url", ["http://headcount.example.org", "http://10.0.0.1", "ftp://x", "headcount.example.org", "", None, 7,
            "https://", "https://x:99999", "https://x/?a=b", "http://localhost.example.org"]
)  # fmt: skip
def test_addresses_that_are_wrong(url: Any) -> None:
    """Each says what one looks like."""
    with pytest.raises(Mistake, match=r"such as 'https://headcount\.example\.org'"):
        choose(url, (), ())


def test_a_collector_is_named_by_its_url_or_by_a_text() -> None:
    """However the url is written; a text stays while the url changes."""
    assert choose("https://H.example:443/", (), ()).collector == "https://h.example"
    assert choose("https://H.example:443/", (), (), collector="ours").collector == "ours"
    assert choose(URL, (), (), collector="https://H.example:443/").collector == "https://h.example"


@pytest.mark.parametrize("name", ["", 7, b"x", "a\nb", "x" * 201])
def test_what_names_no_collector_is_a_mistake(name: Any) -> None:
    """It says what would."""
    with pytest.raises(Mistake, match="must be a text of 1 to 200 printable characters"):
        choose(URL, (), (), collector=name)


@pytest.mark.parametrize("value", ["off", "0", "false", "no", "OFF", "False", "nO", " off ", "\tno\n", "n", '"off"'])
def test_headcount_in_the_environment_switches_off(value: str) -> None:
    """By any word that does not mean yes; what is set is named as it was written."""
    assert switched_off({"HEADCOUNT": value}) == f"HEADCOUNT={value.strip()}"


@pytest.mark.parametrize("value", ["", " ", "on", "1", "true", "YES"])
def test_other_words_for_headcount_do_not(value: str) -> None:
    """They mean yes."""
    assert switched_off({"HEADCOUNT": value}) is None
    assert switched_off({"DO_NOT_TRACK": "no"}) is None
    assert switched_off({}) is None


@pytest.mark.parametrize("value", ["1", "true", "yes", "please"])
def test_do_not_track_switches_off(value: str) -> None:
    """By any word that does not mean no."""
    assert switched_off({"DO_NOT_TRACK": value}) == "DO_NOT_TRACK"
    assert switched_off({"DO_NOT_TRACK": value, "HEADCOUNT": "on"}) == "DO_NOT_TRACK"
