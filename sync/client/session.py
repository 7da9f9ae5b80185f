"""One sync session after another: hello, send until nothing waits, fetch until nothing is new, rest.

`SyncClient.tick` does all that is to be done now and says when it wants to be called again. Nothing here
touches a socket or a clock; what fails is said once through the state and tried again by itself, unless only
a person can mend it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.owed import Due
from sync.client.backoff import Backoff, Rest
from sync.client.port import Busy, CentrePort, Position, StationPort
from sync.client.pull import Puller
from sync.client.push import Pusher
from sync.client.renewing import Renewer
from sync.client.state import (
    COPIED,
    DEFECT,
    FENCED,
    FOR_PEOPLE,
    NOT_JOINED,
    TOO_NEW,
    TOO_OLD,
    Anew,
    Halt,
    Link,
    SyncState,
    skew_sentence,
)
from sync.wire.messages import Head, Hello, Verdict, Welcome
from sync.wire.protocol import SPOKEN
from sync.wire.renewals import Cause
from sync.wire.signatures import FRESH

POLL_S = 5.0
HALTED_S = 300.0
_NONCE_SIZE = 16


class SyncClient:
    """The sync of one station; `centre` is None until it has joined one.

    `on_state` is called, in the thread that ticks, whenever what a person may know has changed.
    """

    def __init__(
        self,
        station: StationPort,
        centre: CentrePort | None,
        *,
        ids: Ids,
        noise: random.Random,
        on_state: Callable[[SyncState], None],
        poll_s: float = POLL_S,
    ) -> None:
        self._station = station
        self._ids = ids
        self._backoff = Backoff(noise)
        self._on_state = on_state
        self._poll_s = poll_s
        self._state: SyncState | None = None
        self._rest: Rest | None = None
        self._stopping = False
        self._session: _Session | None = None
        self._renewed: Rest | None = None
        self._joined: _Joined | None = None
        if centre is not None:
            self.join(centre)

    def join(self, centre: CentrePort) -> None:
        """From the next tick on, talks to this centre."""
        self._rest = None
        self._session = None
        self._joined = _Joined(
            centre,
            Pusher(self._station, centre),
            Puller(self._station, centre),
            Renewer(self._station, centre, self._ids),
        )

    def stop(self) -> None:
        """Makes a tick that runs in another thread end after the exchange it is in."""
        self._stopping = True

    def broke(self, now: datetime) -> None:
        """Says that a tick ended by a defect of ours; the next one opens a new session."""
        self._session = None
        self._say(now, Link.STOPPED, DEFECT)

    def tick(self, now: datetime) -> float:
        """Does what is to be done and answers in how many seconds to call again.

        Called earlier, it works at once, except that a rest after a failure is kept.
        """
        if self._stopping:
            return self._poll_s
        if self._rest is not None and (left := self._rest.left(now)) > 0:
            return left
        self._rest = None
        joined = self._joined
        if joined is None:
            self._say(now, Link.NOT_JOINED, NOT_JOINED)
            return self._poll_s
        try:
            self._work(joined, now)
        except (Halt, Refused, Unavailable) as why:
            return self._failed(why, now)
        self._backoff.succeeded()
        return self._poll_s

    def _work(self, joined: _Joined, now: datetime) -> None:
        session = self._sent(joined, now)
        if not self._stopping:
            joined.puller.run(session.feed_gen, lambda: self._go_on(joined, session, now))
        self._go_on(joined, session, now)

    def _sent(self, joined: _Joined, now: datetime) -> _Session:
        """Sends what waits, if need be in a new epoch; the session that this ended in."""
        for _ in range(2):
            session = self._current(joined, now)
            if session.halted:
                return session
            try:
                self._push(joined, session, now)
            except Halt as halt:
                # What goes the other way still helps the bench: fetching is not halted with sending.
                session.halt(str(halt), now)
            except Anew as anew:
                self._session = None
                if anew.cause is not None:
                    self._station.owe(joined.renewer.new(anew.cause))
                continue
            return session
        return self._current(joined, now)

    def _push(self, joined: _Joined, session: _Session, now: datetime) -> None:
        joined.pusher.run(session.epoch, session.feed_gen, lambda: self._go_on(joined, session, now))

    def _current(self, joined: _Joined, now: datetime) -> _Session:
        session = self._session
        if session is None or session.halted_too_long(now):
            session = self._session = self._open(joined, now)
        return session

    def _open(self, joined: _Joined, now: datetime) -> _Session:
        """A session in an epoch that both sides are in; renews it when that is owed."""
        for renewed in (False, True):
            at, welcome = self._hello(joined)
            session = _Session(at.head.epoch, welcome.feed_gen)
            owed = self._owed(joined, at, welcome)
            if owed is None:
                break
            if renewed or (self._renewed is not None and self._renewed.left(now) > 0):
                # Two copies of one station would close each other's epochs without end.
                session.halt(COPIED, now)
                break
            joined.renewer.run(owed, welcome.feed_gen, lambda: not self._stopping)
            self._renewed = Rest(now, HALTED_S)
        joined.pusher.size.new_session()
        return session

    def _hello(self, joined: _Joined) -> tuple[Position, Welcome]:
        at = self._station.position()
        nonce = self._ids.secret(_NONCE_SIZE).hex()
        head = Head(at.head.seq, at.head.hash)
        welcome = joined.centre.hello(Hello(nonce, at.head.epoch, head, SPOKEN))
        if welcome.nonce != nonce:
            raise Unavailable("The centre answered somebody else.")
        if not SPOKEN.meets(welcome.protocol):
            raise Halt(TOO_NEW if welcome.protocol.most < SPOKEN.least else TOO_OLD)
        if welcome.feed_gen < at.met:
            raise Unavailable("The answer is of a centre from before its restore.")
        if welcome.verdict is Verdict.FENCED:
            raise Halt(FENCED)
        return at, welcome

    def _owed(self, joined: _Joined, at: Position, welcome: Welcome) -> Due | None:
        """The renewal without which nothing may be sent."""
        owed = self._station.meet(welcome.feed_gen, joined.renewer.new(Cause.CENTRE_RESTORED))
        if owed is None and (cause := self._differs(at, welcome)) is not None:
            owed = self._station.owe(joined.renewer.new(cause))
        return owed

    def _differs(self, at: Position, welcome: Welcome) -> Cause | None:
        """Why the centre's chain is no beginning of ours; only we can tell, whatever its verdict."""
        head, known = at.head, welcome.head
        if welcome.epoch != head.epoch:
            return Cause.FENCED if welcome.epoch > head.epoch else Cause.DIFFERS
        if known.seq > head.seq:
            return Cause.BEHIND
        if known.seq < at.confirmed:
            # It has forgotten what it confirmed, and nothing of that waits here any more.
            return Cause.CENTRE_RESTORED
        if known.seq and not self._station.acknowledge(head.epoch, known.seq, known.hash):
            return Cause.DIFFERS
        return Cause.DIFFERS if welcome.verdict is Verdict.RENEW else None

    def _go_on(self, joined: _Joined, session: _Session, now: datetime) -> bool:
        if session.halted:
            self._say(now, Link.STOPPED, session.halted)
        else:
            self._say(now, Link.ONLINE, skew_sentence(joined.centre.skew_s, FRESH.total_seconds()))
        return not self._stopping

    def _failed(self, why: Halt | Refused | Unavailable, now: datetime) -> float:
        self._session = None
        link = Link.OFFLINE
        if isinstance(why, Halt) or (isinstance(why, Refused) and why.code in FOR_PEOPLE):
            link, length_s = Link.STOPPED, HALTED_S
        else:
            length_s = self._backoff.failed(why.after_s if isinstance(why, Busy) else 0.0)
        self._say(now, link, str(why))
        self._rest = Rest(now, length_s)
        return length_s

    def _say(self, now: datetime, link: Link, reason: str) -> None:
        before = self._state
        since = before.since if before is not None and before.link is link else now
        try:
            waiting = self._station.position().waiting
        except Unavailable:
            waiting = None
        state = SyncState(link, since, waiting, reason)
        if state != before:
            self._state = state
            self._on_state(state)


@dataclass(frozen=True, slots=True)
class _Joined:
    centre: CentrePort
    pusher: Pusher
    puller: Puller
    renewer: Renewer


class _Session:
    """What one hello settled; `halted` is why nothing is sent in it, empty when all is well."""

    def __init__(self, epoch: int, feed_gen: int) -> None:
        self.epoch = epoch
        self.feed_gen = feed_gen
        self.halted = ""
        self._since: Rest | None = None

    def halt(self, sentence: str, now: datetime) -> None:
        """Nothing more is sent in this session."""
        self.halted = sentence
        self._since = Rest(now, HALTED_S)

    def halted_too_long(self, now: datetime) -> bool:
        """True when it is worth asking the centre again."""
        return self._since is not None and self._since.left(now) <= 0
