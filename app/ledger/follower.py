"""The second copy's own thread: a share that hangs holds nobody up who records.

The thread reads the record through a connection of its own. Whoever records waits for it a moment, so that a
healthy copy has each event when the bench says "saved"; a copy that is late is not waited for until it has
caught up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from app.domain.envelope import ChainHead
from app.domain.refusal import Unavailable
from app.ledger.database import Database
from app.ledger.memory import read_memory
from app.ledger.second_copy import Chained, Lost
from app.ledger.statements import prepare

_log = logging.getLogger(__name__)

PATIENCE_S = 0.25
_PARTING_S = 2.0


class Copying(Protocol):
    """What follows a chain; see `SecondCopy`."""

    @property
    def device(self) -> int | None:
        """Names the disk that it was last written to; None before that."""

    @property
    def lost(self) -> Sequence[Lost]:
        """What it was found to hold that the record lacks."""

    def follow(self, chain: Chained) -> str:
        """Appends what is missing; why it could not, or nothing."""

    def close(self) -> None:
        """Lets its file go."""


class Follower:
    """Keeps one copy of one record up to date on its own thread.

    Args:
        copy: what is kept.
        record: the record's file; it exists.
        dbapi: the DB-API module that opened it.
        public_key: the record's key.
        on_trouble: hears, on the thread that records, why the copy is behind, and nothing afterwards.
        on_same_disk: called there once when the copy turns out to be on the record's own disk.
        on_lost: hears there, once for each, of a file that holds events which the record lacks.
        patience_s: how long a record waits for its copy, at most.
    """

    def __init__(
        self,
        copy: Copying,
        record: Path,
        dbapi: Any,
        public_key: bytes,
        *,
        on_trouble: Callable[[str], None] = lambda _: None,
        on_same_disk: Callable[[], None] = lambda: None,
        on_lost: Callable[[Lost], None] = lambda _: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._copy = copy
        self._record, self._dbapi, self._public_key = record, dbapi, public_key
        self._device = record.stat().st_dev
        self._on_trouble, self._on_same_disk, self._on_lost = on_trouble, on_same_disk, on_lost
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._recorded = self._copied = 0
        self._ending = self._same_disk = self._told_disk = False
        self._trouble = self._told = ""
        self._lost: Sequence[Lost] = ()
        self._told_lost = 0
        self._thread = threading.Thread(target=self._work, name="second copy", daemon=True)
        self._thread.start()

    @property
    def copied(self) -> int:
        """How many of the events recorded here were seen to reach the copy; 0 before any was."""
        with self._changed:
            return self._copied

    @property
    def same_disk(self) -> bool:
        """True once the copy was written to the record's own disk."""
        with self._changed:
            return self._same_disk

    @property
    def trouble(self) -> str:
        """What was told last."""
        return self._told

    def follow(self, recorded: int) -> None:
        """Has the copy follow what was committed; waits a moment for one that is not late already.

        `recorded` is how many events the record holds.
        """
        with self._changed:
            late = self._done < self._asked
            self._asked += 1
            self._recorded = recorded
            self._changed.notify_all()
            if not late:
                self._changed.wait_for(self._is_done, self._patience_s)
            trouble = self._trouble
            if not trouble and not self._is_done():
                trouble = "The second copy is behind: its disk is slow, or does not answer."
            same_disk = self._same_disk
        self._tell(trouble, same_disk=same_disk)

    def look(self, recorded: int) -> None:
        """Tells what came of it meanwhile, and has a copy that is behind tried again; waits for nothing."""
        with self._changed:
            at_rest = self._is_done()
            trouble = self._trouble if at_rest else self._told
            same_disk = self._same_disk
            if at_rest and trouble:
                self._asked += 1
                self._recorded = recorded
                self._changed.notify_all()
        self._tell(trouble, same_disk=same_disk)

    def close(self) -> None:
        """Lets the copy finish what it is at, and leaves it alone when its disk does not answer."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join(_PARTING_S)

    def _tell(self, trouble: str, *, same_disk: bool) -> None:
        with self._changed:
            lost = self._lost[self._told_lost :]
        self._told_lost += len(lost)
        for one in lost:
            self._on_lost(one)
        if same_disk and not self._told_disk:
            self._told_disk = True
            self._on_same_disk()
        if trouble != self._told:
            self._told = trouble
            self._on_trouble(trouble)

    def _is_done(self) -> bool:
        return self._done >= self._asked

    def _work(self) -> None:
        chain = _Reader(Database(self._record, self._dbapi), self._public_key)
        try:
            while self._wanted():
                with self._changed:
                    asked, recorded = self._asked, self._recorded
                trouble = self._followed(chain)
                # Asked here: a share that hangs would hold up whoever records.
                same_disk = not trouble and self._copy.device == self._device
                with self._changed:
                    self._done, self._trouble, self._same_disk = asked, trouble, same_disk
                    self._lost = self._copy.lost
                    self._copied = self._copied if trouble else recorded
                    self._changed.notify_all()
        finally:
            self._copy.close()
            chain.close()

    def _followed(self, chain: _Reader) -> str:
        try:
            return self._copy.follow(chain)
        except Unavailable as world:
            return f"The second copy is behind: {world}"
        except Exception:  # noqa: BLE001 - whatever it is, the next event tries again
            # A thread that ended would be taken for a disk that hangs.
            _log.exception("the second copy broke")
            return "The second copy is behind: the program has a defect there."

    def _wanted(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._ending or not self._is_done())
            return not self._is_done()


class _Reader:
    """A look at the record from another thread than the one that writes it."""

    def __init__(self, database: Database, public_key: bytes) -> None:
        self._database, self._public_key, self._sql = database, public_key, prepare()

    @property
    def connection(self) -> Connection:
        return self._database.connection

    @property
    def public_key(self) -> bytes:
        return self._public_key

    @property
    def head(self) -> ChainHead:
        return read_memory(self.connection, self._public_key, self._sql).head

    def close(self) -> None:
        self._database.close()
