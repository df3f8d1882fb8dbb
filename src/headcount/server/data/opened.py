"""A data directory at work: its stores, the loader between them, and what is done day by day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property

from headcount._refused import Refused
from headcount.ingest import Inbox, Pseudonymizer
from headcount.questions import NotPublished
from headcount.server.data.answer_cache import AnswerCache
from headcount.server.data.clock import Clock
from headcount.server.data.copies import Copies
from headcount.server.data.directory import DataDirectory
from headcount.server.data.given import NOTHING, Given
from headcount.server.data.inboxes import Inboxes, SharedInboxes
from headcount.server.data.installations import Installations
from headcount.server.data.keys import open_key
from headcount.server.data.notices import Notices
from headcount.server.data.publications import Publications
from headcount.server.data.question_log import ASKED_DAYS, QuestionLog
from headcount.server.data.reckoning import Move
from headcount.server.data.records import Records, Releases
from headcount.server.data.removals import Removals
from headcount.server.data.restoration import finish
from headcount.server.data.serving import Serving
from headcount.server.data.simulation import Origin, SimulationMark, is_simulated
from headcount.server.data.stores import FileStore, Store, checked_store, warehouse_settings
from headcount.server.data.tokens import Tokens
from headcount.server.data.tombstones import Tombstones
from headcount.settings import Settings
from headcount.warehouse import (
    REPORT_DAYS,
    Chore,
    Loader,
    Warehouse,
)

logger = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds that a command waits for a load of a server's


class OpenData:
    """The stores of a data directory, each opened when it is first used.

    The warehouse, and what stands on it, is this process's alone: its first use raises `Refused` where another process
    owns the directory. It opens in whatever state its file is; what then cannot be read raises `WarehouseUnavailable`.
    """

    def __init__(
        self,
        directory: DataDirectory,
        stack: ExitStack,
        *inboxes: Inbox,
        clock: Clock,
        store: Store | None = None,
        serving: Serving | None = None,
    ) -> None:
        """Everything that is opened is closed with ``stack``.

        ``inboxes``: those that this process opened; ``clock``: the directory's; ``store``: where its warehouse is, a file in
        it unless given; ``serving``: where a server works on the data, which loads and does the chores.
        """
        self.directory = directory
        self.store = store or FileStore(directory)
        self.clock = clock
        self.now: Callable[[], float] = clock
        self._stack = stack
        self._own_inboxes = inboxes
        self.serving = serving
        self._is_owned = False
        self._is_noted = False  # that there is a warehouse
        self._warehouse: Warehouse | None = None

    def catch_up(self) -> None:
        """Load what waits, so that what was sent a moment ago is there; without a server do the chores too.

        Raises what the warehouse, an inbox or the disk raises, but not where a server tries again and answers meanwhile.
        """
        if self.serving is None:
            self.loader.settle()
        else:
            self.loader.freshen(_PATIENCE)

    def own(self) -> None:
        """Own the directory from now on; finish what a killed owner began, and sweep what killed processes left.

        Raises `Refused` where another process owns it, and OSError where a restore cannot be finished.
        """
        if not self._is_owned:
            self._stack.enter_context(self.directory.owned())
            finish(self.directory)
            try:
                self.copies.sweep()
            except OSError as error:  # as on a read-only disk; the next owner tries again, and the doctor names them
                logger.warning("copies that a killed process left cannot be removed: %s", error.strerror)
            self._is_owned = True

    @cached_property
    def copies(self) -> Copies:
        """Copies of the data on their way elsewhere."""
        return Copies(self.directory)

    @cached_property
    def pseudonymizer(self) -> Pseudonymizer:
        """Puts ids and profiles under pseudonyms. Raises `Refused` where the key is missing."""
        return open_key(self.directory)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse. Raises `Refused` where another process has it, and where it was lost."""
        self.own()  # before the key is read, which a process that owns the directory may replace
        return self.open_warehouse(self.pseudonymizer.fingerprint)

    def open_warehouse(self, fingerprint: str | None) -> Warehouse:
        """Return the warehouse, opened once, with the fingerprint of the key, or None where the key is missing.

        Raises `Refused` where `Store.open` does.
        """
        if self._warehouse is None:
            self.own()
            self._warehouse = self.store.open(fingerprint)
            self._stack.callback(self._warehouse.close)
        if not self._is_noted and self.directory.warehouse.exists():
            self.directory.note_warehouse()
            self._is_noted = True
        return self._warehouse

    @cached_property
    def inboxes(self) -> Inboxes:
        """All inboxes. Raises `Refused` where a file among them is none of ours."""
        inboxes = Inboxes(self.directory, self._stack, self.pseudonymizer.fingerprint, *self._own_inboxes)
        inboxes.refuse_foreign()
        return inboxes

    @cached_property
    def loader(self) -> Loader:
        """Moves what waits in the inboxes into the warehouse, and does the chores."""
        chores = [
            Chore("write the tokens", self._write_tokens),
            Chore("tell real reports from simulated ones", self.note_origin),
            Chore("keep the time", self._keep_time),
            Chore("settle erasures", self.installations.settle),
            *self._expiries(),
            Chore("take erasures off the disk", self.installations.take_off_the_disk),
            Chore("compact the warehouse", lambda: self.warehouse.compact(self.now())),
        ]
        inboxes = SharedInboxes(self.directory, self.inboxes, self._own_inboxes) if self.store.shared else self.inboxes
        return Loader(self.warehouse, inboxes, self.now, chores)

    def _expiries(self) -> list[Chore]:
        serving = self.serving
        if serving is None:
            return []
        expiry = self.clock.expiry
        return [
            Chore(
                "expire sightings", lambda: self.installations.expire(expiry(serving.retention), expiry(REPORT_DAYS))
            ),
            Chore("expire the log of questions", lambda: self.question_log.expire(expiry(ASKED_DAYS))),
        ]

    def _keep_time(self) -> None:
        """Follow the clock: where it was wrong, what was received meanwhile is moved to its time.

        Not in a warehouse that others load into: what they received was under other clocks. A doubted one judges nothing.
        """
        if not self.store.shared:
            self.clock.keep(self._newest, self._move)
        elif self.clock.reckoning().doubt is not None:
            return
        self.warehouse.keep_time(self.now())

    def _newest(self) -> float | None:
        with self.warehouse.snapshot() as snapshot:
            return snapshot.data_until()

    def _move(self, move: Move) -> None:
        self.loader.load()  # what still waits was received meanwhile too
        self.warehouse.move(*move)

    @cached_property
    def installations(self) -> Installations:
        """What is held of installations, for them and for the operator."""
        tombstones = Tombstones(self.directory.tombstones, self.pseudonymizer.fingerprint)
        return Installations(
            self.warehouse,
            self.inboxes,
            self.pseudonymizer,
            tombstones,
            load=self._load,
            sweep=self._sweep,
            now=self.now,
            shared=self.store.shared,
        )

    def _sweep(self, *, wait: bool) -> bool:
        """Take copies of installations off the disk; return whether all that is left can be erased from."""
        return self.copies.sweep_copies(wait=wait) and not self.inboxes.unreadable

    def _load(self) -> None:
        """Load what waits. The loader is asked for when this is called, since its chores need the installations."""
        self.loader.load()

    @cached_property
    def simulation(self) -> SimulationMark:
        """The mark of a simulation."""
        return SimulationMark(self.directory.simulated)

    def note_origin(self) -> None:
        """Note where real reports are among simulated ones. Raises `WarehouseUnavailable`, sqlite3.Error and OSError."""
        if self.simulation.origin() is Origin.SIMULATED and self.holds_real_reports():
            self.simulation.set(Origin.MIXED)

    def holds_real_reports(self) -> bool:
        """Return whether anything came, or waits, that was not simulated. Raises what `note_origin` raises."""
        waits = any(inbox.waits for inbox in self.inboxes if not is_simulated(inbox.name))
        return waits or not all(is_simulated(name) for name in self.warehouse.loaded_inboxes())

    @cached_property
    def answers(self) -> AnswerCache:
        """Answers of the warehouse."""
        return AnswerCache(self.warehouse, self.now)

    @cached_property
    def publications(self) -> Publications:
        """What was published."""
        return Publications(self.directory.publications, self.now)

    @cached_property
    def records(self) -> Records:
        """The records of `drop` that were released."""
        return Records(self.directory.records, self.now)

    def follow_others(self) -> None:
        """Fetch what other processes published. Raises `WarehouseUnavailable` or OSError."""
        self.publications.follow(self.warehouse)
        self.records.follow(self.warehouse)

    @cached_property
    def removals(self) -> Removals:
        """What maintainers think of removing in the next release."""
        return Removals(self.directory.removals)

    @cached_property
    def notices(self) -> Notices:
        """What maintainers tell masters."""
        return Notices(self.directory.notices, self.now)

    @cached_property
    def releases(self) -> Releases:
        """Releases records."""
        return Releases(self.records, self.warehouse, self.catch_up)

    @property
    def k(self) -> int:
        """The threshold of what is released: the server's, or that of the newest publication."""
        if self.serving is not None:
            return self.serving.k
        try:
            return self.publications.get().k
        except NotPublished:
            return Settings.k

    @cached_property
    def tokens(self) -> Tokens:
        """Maintainers' tokens. Raises `Refused` where their file is damaged."""
        try:
            return Tokens(self.directory.tokens, self.now)
        except ValueError as error:
            raise Refused(f"{error}.") from error
        except OSError as error:
            raise Refused(f"{self.directory.tokens} cannot be read: {error.strerror}.") from error

    def _write_tokens(self) -> None:
        """Write down, where tokens were ever looked at, what could not be written when it changed."""
        if "tokens" in vars(self):
            self.tokens.settle()

    @cached_property
    def question_log(self) -> QuestionLog:
        """The log of what was asked."""
        log = QuestionLog(self.directory.questions, self.now)
        for old in self.directory.path.glob("asked.log*"):
            log.adopt(old)
        return log


@contextmanager
def opened(directory: DataDirectory, given: Given = NOTHING) -> Iterator[OpenData]:
    """Yield the data of a directory that no server runs on; what is opened is closed at the end.

    ``given``: what was said of the warehouse. Raises `Refused` where that will not do.
    """
    store = checked_store(directory, warehouse_settings(given))
    with ExitStack() as stack:
        yield OpenData(directory, stack, clock=Clock(directory.clock), store=store)
