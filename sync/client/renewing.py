"""Going on in a new epoch: ask for one, ask what the centre holds, and have the rest sealed anew.

Nothing is kept between two tries: the duty stands on the station's disk with its token, and asking again with
that token begins no second epoch.
"""

from __future__ import annotations

from collections.abc import Callable

from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.owed import Due
from sync.client.port import CentrePort, StationPort
from sync.client.state import Halt
from sync.wire.messages import Head
from sync.wire.protocol import MAX_OFFERED
from sync.wire.renewals import TOKEN_SIZE, Cause, Offer, Offered, Renew

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
            Halt: a recorded event is damaged, so that it cannot be sealed anew.
        """
        at = self._station.position()
        head = Head(at.head.seq, at.head.hash)
        asked = Renew(due.token, at.head.epoch, head, at.confirmed, due.install_id, _cause(due))
        answer = self._centre.renew(asked)
        if (answer.token, answer.feed_gen) != (due.token, feed_gen) or answer.epoch <= at.head.epoch:
            raise Unavailable(_ANOTHER)
        lacking, upto = self._lacking(feed_gen, go_on)
        try:
            self._station.begin_epoch(answer.epoch, lacking, upto)
        except Refused as no:
            raise Halt(str(no)) from no

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
