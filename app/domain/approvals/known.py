"""What the judge of an approval knows: the event it stands in, and what the centre has on record.

Order is told by the chain and by the order in which the centre took things in, never by a station's clock.
`Proof` is the earliest moment by which the statement existed; `after` the newest thing of the centre's that
the station provably knew when it acted. Between the two lies when it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.approvals.certificate import Certificate
from app.domain.approvals.statement import Place, action_of, body_digest, decider_of, workers_of
from app.domain.envelope import Envelope, event_of, header_fields


@dataclass(frozen=True, slots=True)
class Presented:
    """The event that carries approvals, as its station signed it.

    `body` is the digest of `body_shown`; `value` what the units are worth by the judge's own records, None
    where it has none, `told` what they were worth by those that its station had read; `unpriced` when the
    judge has no record of some; `site` where its station stands; `rev_no` (in `gen` of the centre's feed) and
    `after` what the station knew; `workers` whose work it is beside the operator's; `decider` who decided, as
    an override says, else None.
    """

    event_id: str
    action: str | None
    operator: str
    body: str
    at: Place
    site: str
    rev_no: int
    value: int | None = None
    currency: str | None = None
    after: datetime | None = None
    workers: tuple[str, ...] = ()
    gen: int = 0
    decider: str | None = None
    told: int | None = None
    unpriced: bool = False

    @classmethod
    def of(
        cls,
        envelope: Envelope,
        site: str,
        worth: tuple[int, str] | None = None,
        after: datetime | None = None,
    ) -> Presented:
        """What an envelope shows that was held against its station's key; `worth` is value and currency.

        Raises:
            Refused: it cannot be read.
        """
        event, header = event_of(envelope), header_fields(envelope.header)
        return cls(
            event_id=event.event_id,
            action=action_of(event),
            operator=event.operator,
            body=body_digest(event, header.text("facts_hash")),
            at=Place(envelope.station_id, envelope.epoch),
            site=site,
            rev_no=header.whole_or("rev_no", 0),
            value=worth[0] if worth else None,
            currency=worth[1] if worth else None,
            after=after,
            workers=workers_of(event)[1:],
            gen=header.whole_or("feed_gen", 0),
            decider=decider_of(event),
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """When the centre first held something that only exists if the statement does.

    `place` counts what the centre took in, so that it can be compared with that of a revocation.
    """

    place: int
    by: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """Under which number a key was revoked, and how much the centre had taken in by then.

    `gen` is the generation of the feed that gave the number: a centre that was put back from a backup may
    give it to another key than before.
    """

    number: int
    place: int
    gen: int = 0

    def known_at(self, gen: int, number: int) -> bool:
        """Whether a station provably knew of it that had heard of `number` revocations in `gen`."""
        return gen >= self.gen and number >= self.number


@dataclass(frozen=True, slots=True)
class Newer:
    """The newest certificate of an approver that the station knew, where that is not the one it used."""

    digest: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Spent:
    """What earlier statements under one certificate were worth together, and how many they are."""

    value: int = 0
    count: int = 0


Counted = tuple[str, str, int]
"""Approver, approving station and its epoch: what a counter counts for."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the centre has on record that bears on the approvals of one event.

    Args:
        root: the pinned public key of the root.
        arrived: when the centre took the event in.
        sites: the site of each known station.
        renewed: (station, older epoch, newer epoch) for each epoch that the centre renewed into a newer one.
        forgotten: (station, epoch) of before the centre was put back from a copy: nobody knows any more into
            which newer ones it had renewed those.
        nonces: those of statements that were used for events before.
        counters: the numbers used before; those up to 0 where nothing was.
        lost: numbers that the approving station noted as given, for an event that never came.
        revoked: revoked keys.
        spent: by digest of a certificate; a statement counts under the newest that its station knew.
        newer: by `Signed.proof` of a statement, when its station knew a newer certificate as it was given.
        proofs: by `Signed.proof` of a statement, when the station's note that it was given arrived.
    """

    root: bytes
    arrived: Proof
    sites: Mapping[str, str]
    renewed: frozenset[tuple[str, int, int]] = frozenset()
    forgotten: frozenset[tuple[str, int]] = frozenset()
    nonces: frozenset[str] = frozenset()
    counters: Mapping[Counted, frozenset[int]] = field(default_factory=dict)
    lost: Mapping[Counted, frozenset[int]] = field(default_factory=dict)
    revoked: Mapping[bytes, Revoked] = field(default_factory=dict)
    spent: Mapping[str, Spent] = field(default_factory=dict)
    newer: Mapping[str, Newer] = field(default_factory=dict)
    proofs: Mapping[str, Proof] = field(default_factory=dict)

    def same_epoch(self, said: Place, real: Place) -> bool:
        """True when an event of `real` may carry what was signed for `said`."""
        return said.epoch == real.epoch or (real.station, said.epoch, real.epoch) in self.renewed

    def perhaps_same_epoch(self, said: Place, real: Place) -> bool:
        """True when nobody knows any more whether an event of `real` may carry what was signed for `said`."""
        return said.epoch < real.epoch and (real.station, said.epoch) in self.forgotten
