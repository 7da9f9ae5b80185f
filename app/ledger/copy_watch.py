"""What watches a second copy: whole or behind, kept over a restart, said when it changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Unavailable
from app.ledger import renewal
from app.ledger.also import SetValue
from app.ledger.copy_state import CopyState
from app.ledger.follower import PATIENCE_S, Follower
from app.ledger.owed import Due
from app.ledger.second_copy import CopiedLedger, Lost, SecondCopy

KEPT = "second_copy"
"""Under this name the ledger keeps how its second copy stood."""

# A record that lost its end stands where one that was put back from an older copy does.
_CAUSE, _TOKEN_SIZE = "restored", 16

_CAUGHT_UP = "The second copy is complete again."
_SAME_DISK = (
    "The second copy in {folder} is on the same disk as the record: one broken disk takes both. Name a "
    "folder on another disk or share."
)


class CopyWatch:
    """A second copy in a folder and how it stands; used on the thread that records.

    Args:
        folder: where the copy is.
        clock: time.
        say: told in a sentence when it falls behind and when it has caught up, once when it protects
            from nothing because it is on the record's own disk, and once for each file that holds what the
            record lost.
        patience_s: how long a record waits for its copy, at most.
    """

    def __init__(
        self, folder: Path, clock: Clock, say: Callable[[str], None], patience_s: float = PATIENCE_S
    ) -> None:
        self._copy = SecondCopy(folder)
        self._clock, self._say, self._patience_s = clock, say, patience_s
        self._state = CopyState(str(folder))
        self._lost: list[str] = []
        self._unnoted: Due | None = None
        self._ledger: CopiedLedger | None = None
        self._follower: Follower | None = None

    def begin(self, ledger: CopiedLedger, ids: Ids) -> None:
        """Follows a record from now on, and begins with what the copy lacks.

        Where the copy holds what the record lost, a renewal is owed: in the new epoch no other event takes a
        number that the centre may yet get from the copy.
        """
        self._ledger = ledger
        self._state = CopyState.begun(self._state.folder, ledger.value(KEPT), ledger.last_seq)
        self._follower = Follower(
            self._copy,
            ledger.path,
            ledger.dbapi,
            ledger.public_key,
            on_trouble=self._troubled,
            on_same_disk=self._on_same_disk,
            on_lost=partial(self._on_lost, ids),
            patience_s=self._patience_s,
        )
        ledger.second = self._follower
        self._follower.follow(ledger.last_seq)
        if not self._follower.trouble:
            self._change(self._state.whole())

    def state(self) -> CopyState:
        """How it stands now; one that is behind is tried again, and nobody waits for that."""
        if self._ledger is None or self._follower is None:
            return self._state
        self._follower.look(self._ledger.last_seq)
        self._owe()
        counted = self._state.against(self._ledger.last_seq, self._follower.copied)
        return replace(counted, same_disk=self._follower.same_disk, lost="\n".join(self._lost))

    def _troubled(self, trouble: str) -> None:
        self._say(trouble or _CAUGHT_UP)
        if trouble:
            copied = self._follower.copied if self._follower is not None else 0
            now = self._state.behind(trouble, self._clock.now())
            self._change(replace(now, copied=max(now.copied, copied)))
        else:
            self._change(self._state.whole())

    def _on_same_disk(self) -> None:
        self._say(_SAME_DISK.format(folder=self._state.folder))

    def _on_lost(self, ids: Ids, lost: Lost) -> None:
        self._lost.append(str(lost))
        self._say(str(lost))
        self._unnoted = Due(ids.secret(_TOKEN_SIZE).hex(), _CAUSE, ids.secret(_TOKEN_SIZE).hex())
        self._owe()

    def _owe(self) -> None:
        if self._ledger is None or self._unnoted is None:
            return
        # A disk that does not take this takes no event either: it is noted at the next look.
        with suppress(Unavailable):
            renewal.owe(self._ledger, self._unnoted)
            self._unnoted = None

    def _change(self, state: CopyState) -> None:
        before, self._state = self._state.to_text() if self._state.ever else None, state
        if self._ledger is None or not state.ever or state.to_text() == before:
            return
        # A disk that does not take this takes no event either; nobody may take one for not recorded by it.
        with suppress(Unavailable):
            self._ledger.save([SetValue(KEPT, state.to_text())])
