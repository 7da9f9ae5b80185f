"""Checkpoints that somebody kept apart from an export, read with their signatures and held against others.

A centre that tells its history anew can make every list it hands out fit; what a station or an auditor was
told before it cannot take back. Two checkpoints contradict each other when both vouch for as many entries of
a list and not for the same ones; of different lengths, only the list itself can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.domain.approvals.signed import Signed
from app.domain.approvals.unlock import vouched
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint
from app.domain.fields import Fields
from app.domain.merkle import Tree
from app.domain.proof.shape import CHECKPOINTS, Finding
from app.domain.refusal import Refused

FORMAT = 1
_ANEW = "the history was told anew in between"


@dataclass(frozen=True, slots=True)
class Carried:
    """A checkpoint from the file `where`; `holder` is the station that kept it, empty for another."""

    where: str
    holder: str
    digest: str
    said: Checkpoint

    @property
    def about(self) -> str:
        """Names it to people."""
        return f"checkpoint {self.said.number} of {self.where}"


def written(
    entries: Iterable[tuple[Signed, Signed]], root: bytes | None, holder: str = ""
) -> dict[str, object]:
    """The file that carries checkpoints, each with the grant of its key, as JSON."""
    kept = [
        {"checkpoint": checkpoint.to_json(), "policy_key": grant.to_json()} for checkpoint, grant in entries
    ]
    return {
        "format": FORMAT,
        "station_id": holder,
        "root_key": root.hex() if root is not None else "",
        "checkpoints": kept,
    }


def root_of(said: Fields) -> str:
    """The root that whoever wrote such a file had pinned (hexadecimal); empty when it does not say."""
    return said.text_or("root_key", "")


def carried(said: Fields, where: str, root: bytes) -> Sequence[Carried]:
    """The checkpoints in such a file, or in what a centre answers who is asked for its list.

    Raises:
        Refused: it cannot be read, holds none, or one that no key of this root signed.
    """
    if said.whole_or("format", FORMAT) > FORMAT:
        raise Refused(
            "checkpoints.too_new",
            f"{where} is of another form.",
            f"This program reads form {FORMAT}.",
            "Upgrade this program, or write the file with this version.",
        )
    holder = said.text_or("station_id", "")
    found = [_one(entry, where, holder, root) for entry in said.objects("checkpoints")]
    if not found:
        raise Refused(
            "checkpoints.none",
            f"{where} holds no checkpoint.",
            "Expected at least one: without any, nothing is proven.",
            "Write it anew at a station that has met its centre since the centre signs checkpoints.",
        )
    return found


def contradictions(kept: Sequence[Carried]) -> Iterator[Finding]:
    """Where checkpoints contradict each other, whatever any list holds today."""
    # The same word kept in two places is one word.
    for one, other in combinations({entry.digest: entry for entry in kept}.values(), 2):
        why = _contradiction(one.said, other.said)
        if why:
            yield Finding(CHECKPOINTS, f"{one.about} and {other.about}", why)


def apart(kept: Sequence[Carried]) -> int:
    """How many pairs are of different lengths, so that only the list itself can tell them from each other."""
    every = combinations({entry.digest: entry.said for entry in kept}.values(), 2)
    return sum(
        one.feed.size != other.feed.size or one.receipts.size != other.receipts.size for one, other in every
    )


def strange(entry: Carried, centre_id: str) -> str:
    """Why an export of that centre says nothing about it; empty when it does."""
    if entry.said.centre_id == centre_id:
        return ""
    return f"it is of centre {entry.said.centre_id}, the export is of {centre_id or 'none'}"


def changed(entry: Carried, feed_gen: int) -> str:
    """What it means, in plain words, that a list of this generation begins otherwise."""
    if entry.said.feed_gen < feed_gen:
        return (
            f"the centre was put back in between (generation {entry.said.feed_gen}, now {feed_gen}) and lost "
            "what it had recorded, or told its history anew"
        )
    return _ANEW


def _one(entry: Fields, where: str, holder: str, root: bytes) -> Carried:
    signed = Signed.from_json(entry.inner("checkpoint").raw(), "checkpoint")
    grant = Signed.from_json(entry.inner("policy_key").raw(), "policy key")
    if not vouched(signed, CHECKPOINT_TAG, grant, root):
        raise Refused(
            "checkpoints.unsigned",
            f"{where} holds a checkpoint that no key of the root {root.hex()[:12]} signed.",
            "Expected the centre's own word: one that nobody signed proves nothing.",
            "Give the root as you kept it, and write the file anew where it came from.",
        )
    return Carried(where, holder, signed.digest, Checkpoint.read(signed))


def _contradiction(one: Checkpoint, other: Checkpoint) -> str:
    if one.centre_id != other.centre_id:
        return "they are of different centres"
    restored = one.feed_gen != other.feed_gen
    why = (
        "the centre was put back in between and lost what it had recorded, or told its history anew"
        if restored
        else "the centre told two histories"
    )
    for name, here, there in (
        ("positions of the feed", one.feed, other.feed),
        ("receipts", one.receipts, other.receipts),
    ):
        if here.size == there.size and here.root != there.root:
            return f"both vouch for the first {here.size} {name}, and not for the same ones: {why}"
    if restored:
        return ""
    if one.number == other.number:
        return f"both are number {one.number}, and they are not the same: {why}"
    earlier, later = sorted((one, other), key=lambda said: said.number)
    if not (_grows(earlier.feed, later.feed) and _grows(earlier.receipts, later.receipts)):
        return f"the later one vouches for fewer entries: {why}"
    return ""


def _grows(earlier: Tree, later: Tree) -> bool:
    return earlier.size <= later.size
