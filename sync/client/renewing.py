"""Going on in a new epoch: ask for one, ask what the centre holds, and have the rest sealed anew.

An event that the disk changed is never signed again: the centre is shown its bytes, and the others go on.
Nothing is kept between two tries: the duty stands on the station's disk with its token, and asking again with
that token begins no second epoch.
"""

from __future__ import annotations

from collections.abc import Callable

from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.owed import Due, Torn
from sync.client.port import Busy, CentrePort, StationPort
from sync.client.state import TOO_NEW, TOO_OLD, Halt
from sync.wire.answers import Fenced, Rejected, Retry, WrongVersion
from sync.wire.messages import Head, Push
from sync.wire.protocol import MAX_OFFERED
from sync.wire.renewals import TOKEN_SIZE, Cause, Offer, Offered, Renew
from sync.wire.sealed import Sealed

_ANOTHER = "The centre's answer belongs to another session."


class Renewer:
    """Renews the epoch of one station."""

    def __init__(self, station: StationPort, centre: CentrePort, ids: Ids) -> None:
        self._station = station
        self._centre = centre
        self._ids = ids

    def new(self, cause: Cause) -> Due:
        """A renewal that nobody asked for yet."""
        return Due(self._ids.secret(TOKEN_SIZE).hex(), cause.value, self._ids.secret(TOKEN_SIZE).hex())

    def run(self, due: Due, feed_gen: int, go_on: Callable[[], bool]) -> None:
        """Begins the new epoch on both sides; `go_on`, asked between two questions, may end it.

        Raises:
            Unavailable: not done, or not wholly; it is still owed.
            Halt: a person is needed.
        """
        at = self._station.position()
        head = Head(at.head.seq, at.head.hash)
        asked = Renew(
            due.token,
            at.head.epoch,
            head,
            at.confirmed,
            due.install_id,
            _cause(due),
            revocations=self._station.revocations(),
        )
        answer = self._centre.renew(asked)
        if (answer.token, answer.feed_gen) != (due.token, feed_gen) or answer.epoch <= at.head.epoch:
            raise Unavailable(_ANOTHER)
        lacking, upto = self._lacking(feed_gen, go_on)
        torn = self._station.torn(lacking)
        for one in torn:
            self._show(one, answer.epoch)
        whole = sorted(set(lacking) - {one.seq for one in torn})
        try:
            self._station.begin_epoch(answer.epoch, whole, upto, answer.labels)
        except Refused as no:
            raise Halt(str(no)) from no

    def _show(self, torn: Torn, epoch: int) -> None:
        """Hands the centre an event that the disk changed, as evidence; it stays here too."""
        parts = (torn.header, torn.facts, torn.private)
        # What is no text any more is written out, so that it can travel at all.
        header, facts, private = (part and part.decode(errors="backslashreplace").encode() for part in parts)
        event = Sealed(header or b"", facts or b"", private, torn.salt, torn.sig)
        match self._centre.push(Push(epoch, (event,))):
            case Rejected() | Fenced():
                # A copy of this station closed the epoch meanwhile: the next renewal shows it again.
                return
            case Retry(after_s):
                raise Busy("The centre is busy.", after_s)
            case WrongVersion(too_new):
                raise Halt(TOO_NEW if too_new else TOO_OLD)
            case _:
                raise Unavailable(_ANOTHER)

    def _lacking(self, feed_gen: int, go_on: Callable[[], bool]) -> tuple[list[int], int]:
        """Which events the centre does not hold, by `seq`, and up to which it was asked."""
        lacking, upto = list[int](), 0
        while page := self._station.kept(upto, MAX_OFFERED):
            answer = self._centre.holds(Offer(tuple(Offered(one.event_id, one.content) for one in page)))
            if answer.feed_gen != feed_gen:
                raise Unavailable(_ANOTHER)
            lacking += [one.seq for one in page if one.event_id not in answer.events]
            upto = page[-1].seq
            if not go_on():
                raise Unavailable("The station is closing.")
        return lacking, upto


def _cause(due: Due) -> Cause:
    # A newer program may have noted a word that this one does not know.
    return Cause(due.cause) if due.cause in set(Cause) else Cause.DIFFERS
