"""The second copy: each committed event is also appended to a plain file on another path, and synced.

The copy may fail without the record failing: a share that is gone is a trouble to be said, and what is
missing in the copy is appended with the next event. There is a file for each chain; one that another computer
went on with, or that cannot be read any more, is left alone and a new one begun. What such a file holds of
the newest chain and the record does not have is told: a bad disk can cut the end off a record in silence.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import Connection, select

from app.domain.envelope import ChainHead, Envelope, reopen, verify
from app.domain.event import Event, EventKind
from app.domain.framing import MAGIC, cut_short, framed, unframed
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Verifier
from app.ledger import epochs
from app.ledger.also import Also
from app.ledger.copy_erasing import clean
from app.ledger.erasing import erased
from app.ledger.tables import event as event_table
from app.ledger.writer import Ledger, envelope_of

_log = logging.getLogger(__name__)

_AT_ONCE = 500
_NOT_CLEANED = (
    "The second copy is complete, but %s may still hold private words that were erased: %s. Mend the disk; "
    "the next start tries again."
)


class Chained(Protocol):
    """A record to be read: the writer's own, or another look at it."""

    @property
    def connection(self) -> Connection:
        """For reading only."""

    @property
    def head(self) -> ChainHead:
        """Where the chain stands."""

    @property
    def public_key(self) -> bytes:
        """Whose signature its events bear."""


class Follows(Protocol):
    """What is told of every commit of an event, and let go with the record; see `Follower`."""

    def follow(self, recorded: int) -> None:
        """That many events are committed. Raises nothing: nobody may take the last for not recorded."""

    def close(self) -> None:
        """The record ends."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A file with events of the newest chain that the record lacks: their first and last number in it."""

    path: Path
    first: int
    last: int

    def __str__(self) -> str:
        alone = self.first == self.last
        events = f"event {self.first}" if alone else f"events {self.first} to {self.last}"
        return (
            f"The second copy holds {events} that this record lost: bring {self.path} to the centre with "
            "backhaul sync import."
        )


class SecondCopy:
    """Files of one station's events in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._at = (0, 0, "")
        self._device: int | None = None
        self._lost: dict[Path, Lost] = {}
        self._clean = False

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What its files were found to hold that the record lacks, in their order."""
        return tuple(self._lost.values())

    @property
    def device(self) -> int | None:
        """Names the disk that it was last written to; None before that."""
        return self._device

    def follow(self, ledger: Chained) -> str:
        """Appends what the newest chain has and the copy has not; why that could not be done, or nothing.

        Raises nothing of the world: what it follows was committed, and nobody may take it for not recorded.
        """
        try:
            file = self._opened(ledger)
            for envelope in chain_after(ledger, self._at[1]):
                file.write(framed(envelope))
                self._at = (envelope.epoch, envelope.seq, envelope.hash)
                self._clean = self._clean and envelope.kind != EventKind.PRIVATE_ERASED
            file.flush()
            os.fsync(file.fileno())
            self._device = os.fstat(file.fileno()).st_dev
            self._without_erased(ledger)
        except (OSError, Refused, Unavailable) as why:
            # Read anew from the file next time: nobody knows how far it came.
            self.close()
            reason = (why.strerror if isinstance(why, OSError) else None) or str(why)
            return f"The second copy in {self._folder} is behind: {reason.rstrip('.')}."
        return ""

    def _without_erased(self, ledger: Chained) -> None:
        """Nothing that was erased stays in any file: looked for at first, and after each erasure.

        One that cannot be cleaned is said and left until then; every event is in the copy all the same.
        """
        if self._clean:
            return
        self.close()
        gone = erased(ledger.connection)
        for path in sorted(self._folder.glob(f"{ledger.head.station_id}-*.events")):
            try:
                clean([path], gone)
            except (OSError, Refused) as why:
                reason = (why.strerror if isinstance(why, OSError) else None) or str(why)
                _log.warning(_NOT_CLEANED, path, reason.rstrip("."))
        self._clean = True

    def close(self) -> None:
        """Lets the file go."""
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError:
                # Closing writes what a full disk did not take; it is appended again later.
                return

    def _opened(self, ledger: Chained) -> BinaryIO:
        epoch = ledger.head.epoch
        if self._file is not None and self._at[0] == epoch:
            return self._file
        self.close()
        # Only the last folder: where the disk is not there at all, its mount point is not made up for it.
        self._folder.mkdir(exist_ok=True)
        number = 1
        while not self._begun(ledger, self._folder / f"{ledger.head.station_id}-{epoch}-{number}.events"):
            number += 1
        if self._file is None:
            raise OSError("the file did not open")
        return self._file

    def _begun(self, ledger: Chained, path: Path) -> bool:
        """Opens a file where its last whole event ends; False for one that tells another story, or none."""
        epoch = ledger.head.epoch
        file = path.open("r+b" if path.exists() else "w+b")
        try:
            at = _end_of(ledger, file)
            if at is not None:
                file.truncate()
                if not file.tell():
                    file.write(MAGIC)
            else:
                self._look_for_lost(ledger, path, file)
        except BaseException:
            file.close()
            raise
        if at is None:
            file.close()
            return False
        self._file, self._at = file, (epoch, *at)
        return True

    def _look_for_lost(self, ledger: Chained, path: Path, file: BinaryIO) -> None:
        numbers = _lacking(ledger, file)
        if numbers:
            self._lost[path] = Lost(path, numbers[0], numbers[-1])


class CopiedLedger(Ledger):
    """A record whose second copy is told of every commit of an event."""

    second: Follows | None = None

    def record(self, event: Event, also: Sequence[Also] = ()) -> Envelope:
        """As the record does; then the event is in the second copy too, or its trouble was said."""
        sealed = super().record(event, also)
        if self.second is not None:
            self.second.follow(self.last_seq)
        return sealed

    def close(self) -> None:
        """Lets both go."""
        if self.second is not None:
            self.second.close()
        super().close()


def _end_of(ledger: Chained, file: BinaryIO) -> tuple[int, str] | None:
    """Number and hash of the last whole event, behind which `file` then stands; None for another story."""
    begins = file.read(len(MAGIC))
    file.seek(0)
    if len(begins) < len(MAGIC) and MAGIC.startswith(begins):
        return (0, "")
    last: Envelope | None = None
    try:
        for one in unframed(file):
            last = reopen(one.header, one.facts, one.private, one.salt, one.sig)
    except Refused:
        # Damaged, or of a newer program: what it holds is for people to read, not for us to go on with.
        return None
    if not cut_short(file):
        # Behind a damaged event there may be some that are nowhere else.
        return None
    if last is None:
        return (0, "")
    now = epochs.current(ledger.connection, ledger.head.epoch)
    ours = epochs.link(ledger.connection, now, last.seq)
    return (last.seq, last.hash) if ours is not None and ours[1] == last.hash else None


def _lacking(ledger: Chained, file: BinaryIO) -> list[int]:
    """The numbers in the newest chain of what the station sealed and the record lacks, in a file's order."""
    verifier, found = Verifier(ledger.public_key), list[int]()
    now = epochs.current(ledger.connection, ledger.head.epoch)
    file.seek(0)
    try:
        for stored in unframed(file, damaged=lambda _: None):
            one = reopen(stored.header, stored.facts, stored.private, stored.salt, stored.sig)
            ours = epochs.link(ledger.connection, now, one.seq)
            if one.epoch == now.epoch and (ours is None or ours[1] != one.hash):
                verify(one, verifier)
                found.append(one.seq)
    except Refused:
        # What nobody can read, or the station did not sign, is no proof of a loss.
        return found
    return found


def chain_after(ledger: Chained, number: int, of: epochs.Chapter | None = None) -> Iterator[Envelope]:
    """The events of a chain behind a number, in order; of the newest epoch unless another is given."""
    connection = ledger.connection
    now = of if of is not None else epochs.current(connection, ledger.head.epoch)
    seqs = epochs.seqs_after(connection, now, number)
    for start in range(0, len(seqs), _AT_ONCE):
        part = seqs[start : start + _AT_ONCE]
        asked = select(event_table).where(event_table.c.seq.in_(part)).order_by(event_table.c.seq)
        rows = [envelope_of(row) for row in connection.execute(asked)]
        yield from epochs.as_sent(rows, connection, now)
