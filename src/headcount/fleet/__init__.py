"""Simulated installations whose truth is known, and the oracle that recomputes every answer from it in plain Python."""

from headcount.fleet._files import read_truth, write
from headcount.fleet._truth import Event, Truth
from headcount.fleet._window import alive_since
from headcount.fleet.oracle import answer, last_states
from headcount.fleet.oracle.bounds import bounds
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.over import by_period
from headcount.fleet.oracle.population import Truths
from headcount.fleet.oracle.quarantine import Believed
from headcount.fleet.simulation import simulate
from headcount.fleet.simulation.dumps import in_dumps
from headcount.fleet.simulation.response import respond
from headcount.fleet.simulation.scenarios import Played, Scenario, play

__all__ = [
    "Believed",
    "Event",
    "Expected",
    "Played",
    "Scenario",
    "Truth",
    "Truths",
    "alive_since",
    "answer",
    "bounds",
    "by_period",
    "in_dumps",
    "last_states",
    "play",
    "read_truth",
    "respond",
    "simulate",
    "write",
]
