"""A bundle: a station's events in one file, under a manifest that the station signed.

The file begins with `BUNDLE`, then comes the manifest as one line of canonical JSON, then the events,
framed as in `app.domain.framing`. The manifest names how many bytes of events there are and their SHA-256,
so a bundle that was cut off, put in another order, shortened or changed is known as such before any of it
is taken. A file that begins with `framing.MAGIC` is of the older form, or a second copy: it has no
manifest, and nobody can prove that it is whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from app.domain import canonical
from app.domain.approvals.signed import Signed, hexadecimal, opened, sign
from app.domain.clock import from_text, to_text
from app.domain.envelope import ChainHead, Envelope, reopen
from app.domain.framing import MAGIC, Stored, cut_short, framed, frames, strange
from app.domain.refusal import Refused
from app.domain.signing import Signer

BUNDLE = b"backhaul bundle 1\n"
BUNDLE_TAG = b"backhaul/sync/bundle/v1\n"
FORMAT = 1

_FAMILY = b"backhaul bundle "
_WHERE = "bundle manifest"
_DIGEST_SIZE = 32
_LONGEST_LINE = 1 << 17
_AT_ONCE = 1 << 20
_AGAIN = "Copy the file once more from where it was written, or export it anew at the station."
_SALVAGE = f"{_AGAIN} Only where neither can be done, take what is whole in it with --salvage."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds: `events` of one station through all of its epochs, in `size` bytes.

    `first` and `head` are the first number and the head of its newest epoch; `first` is 0 where that has no
    event yet. `sha256` (hexadecimal) is over the bytes of the events; `at` is the station's clock.
    """

    head: ChainHead
    first: int
    events: int
    size: int
    sha256: str
    at: datetime
    app_ver: str

    def line(self, station: Signer) -> bytes:
        """The manifest as it stands in a file, signed by the station."""
        said: dict[str, object] = {
            "format": FORMAT,
            "station_id": self.head.station_id,
            "epoch": self.head.epoch,
            "first": self.first,
            "last": self.head.seq,
            "head": self.head.hash,
            "events": self.events,
            "size": self.size,
            "sha256": self.sha256,
            "at": to_text(self.at),
            "app_ver": self.app_ver,
        }
        return canonical.encode(sign(said, BUNDLE_TAG, station).to_json()) + b"\n"

    @classmethod
    def read(cls, signed: Signed) -> Manifest:
        """What it says; whether the station said so is for the caller to ask.

        Raises:
            Refused: `bundle.too_new`, or a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        if f.whole("format", least=1) > FORMAT:
            raise _too_new()
        head = ChainHead(
            f.text("station_id"),
            f.whole("epoch", least=1),
            f.whole("last"),
            hexadecimal(f, "head", _DIGEST_SIZE).hex(),
        )
        return cls(
            head=head,
            first=f.whole("first"),
            events=f.whole("events"),
            size=f.whole("size"),
            sha256=hexadecimal(f, "sha256", _DIGEST_SIZE).hex(),
            at=from_text(f.text("at")),
            app_ver=f.text("app_ver"),
        )


class Content:
    """Counts and hashes the events that pass through on their way into a bundle."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._events = self._size = 0
        self._firsts = dict[int, int]()

    def add(self, envelope: Envelope) -> None:
        """One event more."""
        frame = framed(envelope)
        self._hash.update(frame)
        self._events += 1
        self._size += len(frame)
        self._firsts.setdefault(envelope.epoch, envelope.seq)

    def manifest(self, head: ChainHead, at: datetime, app_ver: str) -> Manifest:
        """What passed, all of it up to `head`."""
        first = self._firsts.get(head.epoch, 0)
        return Manifest(head, first, self._events, self._size, self._hash.hexdigest(), at, app_ver)


def check(file: BinaryIO, key_of: Callable[[str], bytes]) -> Manifest | None:
    """Holds a bundle against its manifest; None for a file of the older form, which has none.

    Afterwards `file` stands where its first event begins.

    Args:
        file: from its beginning.
        key_of: the public key of the station of that id; raises `Refused` for a stranger.

    Raises:
        Refused: `bundle.truncated`, `bundle.order`, `bundle.repeated`, `bundle.changed`, `bundle.longer`,
            `bundle.manifest`, `bundle.signature`, `bundle.station` or `bundle.too_new` for a bundle that is
            not what its station wrote; `framing.strange` for a file that is none.
    """
    begins = file.read(len(BUNDLE))
    if begins == MAGIC:
        return None
    if begins != BUNDLE:
        raise _not_begun(begins)
    said = _manifest(file, key_of)
    at = file.tell()
    digest, size = hashlib.sha256(), 0
    while part := file.read(_AT_ONCE):
        digest.update(part)
        size += len(part)
    file.seek(at)
    if (size, digest.hexdigest()) != (said.size, said.sha256):
        raise _why(file, said, size)
    _holds(file, said)
    file.seek(at)
    return said


def salvage(file: BinaryIO) -> None:
    """Puts `file` where a damaged bundle's first event begins; `frames` steps over what is in the way."""
    file.seek(0)
    if file.read(len(BUNDLE)) == MAGIC:
        return
    try:
        Signed.from_json(canonical.decode(file.readline(_LONGEST_LINE)), _WHERE)
    except Refused:
        file.seek(len(BUNDLE))


def _manifest(file: BinaryIO, key_of: Callable[[str], bytes]) -> Manifest:
    line = file.readline(_LONGEST_LINE)
    if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
        raise _truncated("Read a bundle that ends within its manifest.", "the whole manifest and its events")
    try:
        found = canonical.decode(line)
        signed = Signed.from_json(found, _WHERE)
        plain = canonical.encode(found) + b"\n" == line and not signed.strange
        said = Manifest.read(signed)
    except Refused as no:
        if no.code == "bundle.too_new":
            raise
        raise _unreadable(no.read) from no
    if not plain:
        raise _unreadable("It is not written as a station writes it.")
    if not signed.holds(BUNDLE_TAG, key_of(said.head.station_id)):
        raise Refused(
            "bundle.signature",
            f"Read a manifest that the key of station {said.head.station_id[:40]} did not sign.",
            "Expected the signature of the key that this station is enrolled with.",
            f"It was damaged on the way, or another program wrote it. {_SALVAGE}",
        )
    return said


def _why(file: BinaryIO, said: Manifest, size: int) -> Refused:
    """What is wrong with events that are not those of the manifest; `file` stands where they begin."""
    seen, numbers, count = set[str](), {said.head.epoch: said.first - 1}, 0
    for one in frames(file):
        envelope = _readable(one)
        if envelope is None:
            return _changed(f"event {count + 1} of the file cannot be read")
        before = numbers.get(envelope.epoch, 0)
        at = f"number {envelope.seq} of epoch {envelope.epoch}"
        if envelope.hash in seen:
            return _refused("repeated", f"{at} stands in it more than once")
        if envelope.seq != before + 1:
            return _refused(
                "order", f"{at} stands where number {before + 1} was expected: events are missing or moved"
            )
        seen.add(envelope.hash)
        numbers[envelope.epoch] = envelope.seq
        count += 1
    if size < said.size and count < said.events and cut_short(file):
        return _truncated(
            f"Read a bundle that ends after {count} whole events.",
            f"all {said.events} that its manifest names",
        )
    if count < said.events:
        return _changed(f"at byte {file.tell()} an event is damaged")
    if size > said.size:
        return _refused("longer", f"{size - said.size} bytes are behind the last event it was written with")
    return _changed("the bytes of its events are others than were written")


def _holds(file: BinaryIO, said: Manifest) -> None:
    """Refuses a manifest whose signed word is not what the file holds, byte by byte as it was written."""
    count, last = 0, ChainHead(said.head.station_id, said.head.epoch, 0, said.head.hash)
    for one in frames(file):
        envelope = reopen(one.header, one.facts, one.private, one.salt, one.sig)
        if envelope.station_id != said.head.station_id:
            raise Refused(
                "bundle.station",
                f"Read an event of station {envelope.station_id[:40]} in a bundle of another.",
                f"Expected events of station {said.head.station_id} alone.",
                "Export at each station by itself.",
            )
        count += 1
        if envelope.epoch == said.head.epoch:
            last = envelope.head
    if (count, last) != (said.events, said.head):
        raise _unreadable(f"It names {said.events} events up to number {said.head.seq}; {count} are there.")


def _readable(one: Stored) -> Envelope | None:
    try:
        return reopen(one.header, one.facts, one.private, one.salt, one.sig)
    except Refused:
        return None


def _not_begun(begins: bytes) -> Refused:
    if begins and len(begins) < len(BUNDLE) and BUNDLE.startswith(begins):
        return _truncated("Read a bundle that ends in its first line.", "a manifest and its events")
    return _too_new() if begins.startswith(_FAMILY) else strange()


def _too_new() -> Refused:
    return Refused(
        "bundle.too_new",
        "Read a bundle of another form.",
        f"This program reads form {FORMAT} and the older one without a manifest.",
        f"Upgrade the centre; the file keeps its events meanwhile. Where that is no help: {_SALVAGE}",
    )


def _truncated(read: str, expected: str) -> Refused:
    return Refused("bundle.truncated", read, f"Expected {expected}.", f"Nothing was taken. {_SALVAGE}")


def _unreadable(why: str) -> Refused:
    return Refused(
        "bundle.manifest",
        f"The manifest of this bundle cannot be relied on. {why}",
        "Expected the line that the station wrote at its beginning.",
        f"Nothing was taken. {_SALVAGE}",
    )


def _changed(how: str) -> Refused:
    return _refused("changed", how)


def _refused(word: str, how: str) -> Refused:
    return Refused(
        f"bundle.{word}",
        f"This bundle is not what its station wrote: {how}.",
        "Expected exactly the events that its manifest names, in their order.",
        f"Nothing was taken. {_SALVAGE}",
    )
