"""What the centre may answer to pushed events. Only `Ack` says that anything is stored for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.fields import Fields
from sync.wire.messages import unknown_word
from sync.wire.protocol import Versions


@dataclass(frozen=True, slots=True)
class Ack:
    """The centre holds everything up to `upto`, whose hash it names; its feed then stood at `feed_pos`."""

    epoch: int
    upto: int
    hash: str
    feed_gen: int
    feed_pos: int

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "answer": "ack",
            "epoch": self.epoch,
            "upto": self.upto,
            "hash": self.hash,
            "feed_gen": self.feed_gen,
            "feed_pos": self.feed_pos,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """The centre has the chain up to `have` and was sent something later."""

    have: int

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"answer": "gap", "have": self.have}


@dataclass(frozen=True, slots=True)
class Fork:
    """The centre holds another event in that place; `hash` is its own at `have`."""

    have: int
    hash: str

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"answer": "fork", "have": self.have, "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Fenced:
    """This epoch is closed: the station was replaced or revoked."""

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"answer": "fenced"}


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; again after so many seconds."""

    after_s: int

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"answer": "retry", "after_s": self.after_s}


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """The sender's version is outside what the centre speaks; `too_new` says on which side of it."""

    too_new: bool
    spoken: Versions

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"answer": "too_new" if self.too_new else "too_old", **self.spoken.to_json()}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Event `seq` does not hold against its hashes or signature; the centre keeps its bytes as evidence.

    Everything before it is stored: `have` and `hash` name the centre's head. `code` is the refusal's.
    """

    seq: int
    code: str
    reason: str
    have: int
    hash: str

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "answer": "rejected",
            "seq": self.seq,
            "code": self.code,
            "reason": self.reason,
            "have": self.have,
            "hash": self.hash,
        }


Answer = Ack | Gap | Fork | Fenced | Retry | WrongVersion | Rejected


def read_answer(f: Fields) -> Answer:
    """Reads any answer; refuses a word it does not know."""
    word = f.text("answer")
    reader = _READERS.get(word)
    if reader is None:
        raise unknown_word("answer", word)
    return reader(f)


def _ack(f: Fields) -> Ack:
    return Ack(
        epoch=f.whole("epoch", least=1),
        upto=f.whole("upto"),
        hash=f.text("hash"),
        feed_gen=f.whole("feed_gen"),
        feed_pos=f.whole("feed_pos"),
    )


def _rejected(f: Fields) -> Rejected:
    return Rejected(
        seq=f.whole("seq"),
        code=f.text("code"),
        reason=f.text_or("reason", ""),
        have=f.whole("have"),
        hash=f.text("hash"),
    )


_READERS: dict[str, Callable[[Fields], Answer]] = {
    "ack": _ack,
    "gap": lambda f: Gap(f.whole("have")),
    "fork": lambda f: Fork(f.whole("have"), f.text("hash")),
    "fenced": lambda _: Fenced(),
    "retry": lambda f: Retry(f.whole("after_s")),
    "too_old": lambda f: WrongVersion(too_new=False, spoken=Versions.from_json(f)),
    "too_new": lambda f: WrongVersion(too_new=True, spoken=Versions.from_json(f)),
    "rejected": _rejected,
}
