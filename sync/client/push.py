"""Sending what was recorded, oldest first, until nothing waits.

An event counts as confirmed only when the centre named the station's own hash. Batches shrink when the way
to the centre is narrow and grow back with success, never again beyond what was refused as too large.
"""

from __future__ import annotations

from collections.abc import Callable

from app.domain.envelope import Envelope
from app.domain.refusal import Refused, Unavailable
from sync.client.port import Busy, CentrePort, StationPort
from sync.client.state import DAMAGED, TOO_BIG, TOO_NEW, TOO_OLD, Anew, Halt
from sync.wire.answers import Ack, Answer, Fenced, Fork, Gap, Rejected, Retry, WrongVersion
from sync.wire.codec import TooLarge
from sync.wire.messages import Push
from sync.wire.protocol import MAX_BATCH, MAX_EVENTS
from sync.wire.renewals import Cause
from sync.wire.sealed import BROKEN, fitting, sealed

_LACKS = "The centre lacks what it was just sent."


class BatchSize:
    """How many events go at once: halved by failure, doubled by success, below what was too large."""

    def __init__(self) -> None:
        self._ceiling = MAX_EVENTS
        self.events = MAX_EVENTS

    def went_through(self) -> None:
        """Twice as many next time."""
        self.events = min(self.events * 2, self._ceiling)

    def failed(self, sent: int) -> None:
        """Half of what did not arrive next time; the way may be slow."""
        self.events = max(1, sent // 2)

    def too_large(self, sent: int) -> None:
        """Never again as many as these in this session."""
        self._ceiling = self.events = max(1, sent // 2)

    def new_session(self) -> None:
        """The way may be another one now."""
        self._ceiling = MAX_EVENTS


class Pusher:
    """Empties the outbox of one station."""

    def __init__(self, station: StationPort, centre: CentrePort) -> None:
        self._station = station
        self._centre = centre
        self.size = BatchSize()

    def run(self, epoch: int, feed_gen: int, on_batch: Callable[[], bool]) -> None:
        """Sends until nothing waits or `on_batch`, asked after each confirmed batch, says False.

        Raises:
            Unavailable: the world did not answer as it should; the same events go again later.
            Anew: the two records differ, or this epoch is closed.
            Halt: a person is needed.
        """
        back = False
        while batch := self._batch():
            try:
                answer = self._centre.push(Push(epoch, tuple(sealed(envelope) for envelope in batch)))
            except TooLarge:
                if len(batch) == 1:
                    raise Halt(TOO_BIG.format(seq=batch[0].seq)) from None
                self.size.too_large(len(batch))
                continue
            except Unavailable:
                self.size.failed(len(batch))
                raise
            except Refused as no:
                if no.code == BROKEN:
                    raise Halt(str(no)) from no
                raise
            if back and isinstance(answer, Gap):
                # Gone back for it already, and nothing was confirmed since: again would never end.
                raise Unavailable(_LACKS)
            self._judge(answer, batch, epoch, feed_gen)
            back = isinstance(answer, Gap)
            self.size.went_through()
            if not on_batch():
                return

    def _batch(self) -> list[Envelope]:
        try:
            waiting = self._station.pending(self.size.events)
        except Refused as no:
            raise Halt(str(no)) from no
        return list(fitting(waiting, self.size.events, MAX_BATCH))

    def _judge(self, answer: Answer, batch: list[Envelope], epoch: int, feed_gen: int) -> None:
        match answer:
            case Ack():
                self._confirmed(answer, batch, epoch, feed_gen)
            case Retry(after_s):
                raise Busy("The centre is busy.", after_s)
            case Gap(have):
                self._go_back(have, batch[0].seq, epoch)
            case Rejected():
                if answer.have >= batch[0].seq and not self._station.acknowledge(
                    epoch, answer.have, answer.hash
                ):
                    raise Anew(Cause.DIFFERS)
                raise Halt(DAMAGED.format(seq=answer.seq, why=answer.reason or answer.code))
            case Fork():
                raise Anew(Cause.DIFFERS)
            case Fenced():
                raise Anew
            case WrongVersion(too_new):
                raise Halt(TOO_NEW if too_new else TOO_OLD)

    def _confirmed(self, ack: Ack, batch: list[Envelope], epoch: int, feed_gen: int) -> None:
        if ack.epoch != epoch or ack.feed_gen != feed_gen:
            # Said by a centre from before its restore, or by one restored since: neither confirms anything
            # in this session; the next one compares afresh.
            raise Unavailable("The centre's answer belongs to another session.")
        if ack.upto < batch[0].seq:
            raise Unavailable("The centre confirmed nothing of what was sent.")
        if not self._station.acknowledge(epoch, ack.upto, ack.hash):
            raise Anew(Cause.DIFFERS)

    def _go_back(self, have: int, first: int, epoch: int) -> None:
        """The centre has the chain up to `have` only: what is behind that goes again, from here."""
        if have + 1 == first:
            raise Unavailable(_LACKS)
        if have >= first or not self._station.send_again(epoch, have):
            raise Anew(Cause.HOLE)
