"""Advice for the administrator of a master: what in it is deprecated, behind its support, or hardly used by others.

It is computed where the master runs. Nothing here but `_fetch` knows the network, and that asks for what everybody gets.
"""

from headcount.client.advice._among import among_others
from headcount.client.advice._concern import Concern
from headcount.client.advice._concerns import concerns
from headcount.client.advice._publication import Published, read_publication
from headcount.client.advice._scan import find
from headcount.client.advice._source import Source
from headcount.client.advice._sources import read_sources

__all__ = [
    "Concern",
    "Published",
    "Source",
    "among_others",
    "concerns",
    "find",
    "read_publication",
    "read_sources",
]
