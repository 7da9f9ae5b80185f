"""Both ends of a photo's way on paper: a shelf in a dictionary, a centre that reads from a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app.domain.digests import digest_of
from sync.wire.attachments import Ask, Have, Held

Reply = Held | Have | Exception | Callable[[Ask], Held]


class PaperShelf:
    """A `PhotoShelf` without a disk."""

    def __init__(self, *data: bytes) -> None:
        self.files = {digest_of(entry): entry for entry in data}
        self.states = dict.fromkeys(self.files, "waiting")
        self.facts = 0
        self.gens: list[int] = []
        self.looked = 0
        self.gone: Exception | None = None

    def count(self) -> tuple[int, int]:
        if self.gone is not None:
            raise self.gone
        states = list(self.states.values())
        return states.count("waiting"), states.count("missing") + states.count("lost")

    def facts_wait(self) -> bool:
        """So many more times true."""
        self.facts -= 1
        return self.facts >= 0

    def waiting(self, limit: int) -> Sequence[str]:
        return self._of("waiting", limit)

    def missing(self, limit: int) -> Sequence[str]:
        return self._of("missing", limit)

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        del now
        return self._of("due", limit)

    def read(self, digest: str) -> bytes | None:
        return self.files.get(digest)

    def confirmed(self, digest: str, gen: int, now: datetime) -> None:
        del gen, now
        self.states[digest] = "sent"

    def wait(self, digest: str) -> None:
        self.states[digest] = "waiting"

    def miss(self, digest: str) -> None:
        self.states[digest] = "missing"

    def told(self, digests: Sequence[str]) -> None:
        for digest in digests:
            self.states[digest] = "lost"

    def remove(self, digest: str) -> None:
        del self.files[digest]
        self.states[digest] = "gone"

    def restored(self, gen: int) -> None:
        self.gens.append(gen)

    def look_again(self) -> None:
        self.looked += 1

    def _of(self, state: str, limit: int) -> list[str]:
        return [digest for digest, found in self.states.items() if found == state][:limit]


class ScriptedPhotos:
    """A `PhotoCentre` that gives the next reply of its script; one that is at its end fails the test."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[Ask] = []
        self.put_: list[tuple[int, int, int]] = []

    def ask(self, ask: Ask) -> Held:
        self.asked.append(ask)
        reply = self._next()
        held = reply(ask) if callable(reply) else reply
        assert isinstance(held, Held)
        return held

    def put(self, digest: str, offset: int, size: int, piece: bytes) -> Have:
        del digest
        self.put_.append((offset, size, len(piece)))
        reply = self._next()
        assert isinstance(reply, Have)
        return reply

    def _next(self) -> Held | Have | Callable[[Ask], Held]:
        assert self.replies, "the script has no more replies"
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply
