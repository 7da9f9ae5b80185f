"""An event sealed once more into another chain of its station: the same event, in a place of the newer epoch.

What happened, who did it and what the station knew then stay as they were; only the place in the chain is
another one, and `origin` says where the event stood first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain import canonical
from app.domain.envelope import ChainHead, Envelope, digest, header_fields, lacks_private
from app.domain.signing import EVENT_TAG, Signer


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a station sealed an event first."""

    epoch: int
    seq: int
    hash: str

    def to_json(self) -> dict[str, object]:
        """The form inside a header."""
        return {"epoch": self.epoch, "hash": self.hash, "seq": self.seq}


def origin_of(header: bytes) -> Origin | None:
    """Where the event stood before its epoch was renewed; None for one that stands where it was made.

    Raises:
        Refused: the header names an origin that cannot be read.
    """
    f = header_fields(header)
    if f.raw().get("origin") is None:
        return None
    said = f.inner("origin")
    return Origin(said.whole("epoch", least=1), said.whole("seq", least=1), said.text("hash"))


def reseal(envelope: Envelope, after: ChainHead, signer: Signer) -> Envelope:
    """The event of `envelope` sealed behind `after`, a head of a later epoch of the same station.

    One whose private part was erased meanwhile says so: nobody can have taken it away on the way.
    """
    origin = origin_of(envelope.header) or Origin(envelope.epoch, envelope.seq, envelope.hash)
    place = {
        "epoch": after.epoch,
        "origin": origin.to_json(),
        "prev": after.hash,
        "seq": after.seq + 1,
        "station_id": after.station_id,
    } | ({"erased": True} if lacks_private(envelope) else {})
    header = canonical.encode({**header_fields(envelope.header).raw(), **place})
    return replace(
        envelope,
        header=header,
        sig=signer.sign(EVENT_TAG, header),
        station_id=after.station_id,
        epoch=after.epoch,
        seq=after.seq + 1,
        prev=after.hash,
        hash=digest(header),
    )


def content_digest(header: bytes) -> str:
    """What an event says, wherever in whichever chain it stands: its kind and the hashes of its parts."""
    f = header_fields(header).raw()
    return digest(canonical.encode([f.get("kind"), f.get("facts_hash"), f.get("private_hash")]))
