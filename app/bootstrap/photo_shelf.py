"""The station's photos as their thread sees them: rows, asked on the station's own thread, and files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.domain.clock import to_ms
from app.domain.refusal import Unavailable
from app.ledger import outbox, photos
from app.ledger.backup import reading
from app.ledger.posting import WAITING
from app.ledger.writer import Ledger
from app.station.photos import PhotoStore
from app.station.runner import StationThread, T
from app.station.status import PhotoFacts
from sync.client.photo_port import PhotoState

KEEP_DAYS = 30
"""So long a photo stays on this disk after the centre confirmed it."""

# A record that an older program made has none.
_TABLE = "SELECT 1 FROM sqlite_master WHERE name = 'photo'"
_WAITING = "SELECT count(*) FROM photo WHERE state = 'waiting'"


class LedgerShelf:
    """See the module; `keep_days` is how long confirmed photos stay."""

    def __init__(
        self, thread: StationThread, ledger: Ledger, store: PhotoStore, keep_days: int = KEEP_DAYS
    ) -> None:
        self._thread = thread
        self._ledger = ledger
        self._store = store
        self._keep = timedelta(days=keep_days)

    def count(self) -> tuple[int, int]:
        """How many wait, and how many are lost."""
        found = self._ask(lambda: photos.count(self._ledger))
        return found.waiting, found.lost

    def facts_wait(self) -> bool:
        """True while events wait to be sent."""
        return self._ask(lambda: outbox.waiting(self._ledger).count > 0)

    def waiting(self, limit: int) -> Sequence[str]:
        """Photos to be sent, oldest first."""
        return self._ask(lambda: photos.waiting(self._ledger, limit))

    def missing(self, limit: int) -> Sequence[str]:
        """Photos without a file, of which the centre was not told."""
        return self._ask(lambda: photos.missing(self._ledger, limit))

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Confirmed photos whose time here is over."""
        before = to_ms(now - self._keep)
        return self._ask(lambda: photos.sent_before(self._ledger, before, limit))

    def read(self, digest: str) -> bytes | None:
        """Its bytes, read on the thread that asks."""
        return self._store.fetch(digest)

    def confirmed(self, digest: str, gen: int, now: datetime) -> None:
        """The centre has it."""
        self._ask(lambda: photos.confirm(self._ledger, digest, gen, to_ms(now)))

    def wait(self, digest: str) -> None:
        """It is to be sent again."""
        self._mark([digest], WAITING)

    def miss(self, digest: str) -> None:
        """It has no file."""
        self._mark([digest], photos.MISSING)

    def told(self, digests: Sequence[str]) -> None:
        """The centre was told that these have no files."""
        self._mark(digests, photos.LOST)

    def remove(self, digest: str) -> None:
        """The file first: broken off between the two, it is only removed again."""
        self._store.remove(digest)
        self._mark([digest], photos.GONE)

    def restored(self, gen: int) -> None:
        """What another generation confirmed is to be sent again."""
        self._ask(lambda: photos.send_again(self._ledger, gen))

    def look_again(self) -> None:
        """Missing photos whose files are back wait again."""
        known = self._ask(lambda: photos.lost(self._ledger))
        self._mark([digest for digest in known if self._store.read(digest) is not None], WAITING)

    def _mark(self, digests: Sequence[str], state: str) -> None:
        self._ask(lambda: photos.mark(self._ledger, digests, state))

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._thread.ask(question)
        except RuntimeError as stopping:
            raise Unavailable("The station is closing.") from stopping


def photos_waiting(folder: Folder) -> int:
    """How many photos of a folder wait to be sent; the station may be at work.

    Raises:
        Unavailable: the record cannot be read.
    """
    if not folder.record.exists() or not folder.record.stat().st_size:
        return 0
    with reading(folder.record, sqlite.choose().module) as record:
        if record.execute(_TABLE).fetchone() is None:
            return 0
        return int(record.execute(_WAITING).fetchone()[0])


def photo_facts(state: PhotoState) -> PhotoFacts:
    """What the screen says of photos."""
    return PhotoFacts(state.waiting, state.lost, state.trouble)
