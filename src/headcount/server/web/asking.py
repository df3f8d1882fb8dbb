"""What a maintainer may ask: so much an hour, and each question leaves a trace in the log of questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from headcount.ingest import Quotas
from headcount.questions import REGISTRY
from headcount.server.data.answer_cache import AnswerCache
from headcount.server.data.question_log import QuestionLog
from headcount.server.drawing.drawer import DrawingProcess


class TooManyQuestions(Exception):
    """A maintainer asked more than they may; ``seconds``: after how many there is another question."""

    def __init__(self, seconds: int) -> None:
        super().__init__("you asked too much in the last hour: ask again later, or ask the operator for a larger quota")
        self.seconds = seconds


class Asking:
    """Counts and notes what maintainers ask. Safe in the event loop alone.

    Without a limit one of them could fill the disk with the log, of which nothing is dropped to make room.
    """

    def __init__(self, log: QuestionLog, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only pass."""
        self._log = log
        self._quotas = Quotas(0, clock=clock)

    def set_quota(self, each_hour: int) -> None:
        """Let each maintainer ask so many questions an hour; 0: as many as they like."""
        self._quotas.per_hour = each_hour

    def count(self, who: str) -> None:
        """Count a question of ``who``, the id of a token or account. Raises `TooManyQuestions`."""
        wait = self._quotas.spend(who.encode(), 1)
        if wait:
            raise TooManyQuestions(math.ceil(wait))

    def note(self, who: str, what: str, parameters: Mapping[str, str]) -> None:
        """Note a question that was answered, with its parameters, which are therefore valid."""
        self._log.note(who, what, parameters)

    def note_refused(self, who: str, what: str) -> None:
        """Note that somebody was told how to ask; what they typed is not noted, since it may be anything."""
        self._log.note(who, what, {}, refused=True)


class Answering(NamedTuple):
    """What answers maintainers: their answers, what draws them, and what counts and notes who asks."""

    answers: AnswerCache
    drawing: DrawingProcess
    asking: Asking


def shown_name(question: str) -> str:
    """Return the name of a question for the log; what is none was typed, and may be anything."""
    return question if question in REGISTRY else "no question"
