"""Sending photos after the events that name them: piece by piece, going on where the last try ended.

It runs beside the sync of events and yields to it before each piece: facts go first, and nothing that
happens to a photo holds them up. What the centre does not take stays on this disk; only what it confirmed
may go from here, after a while and asked once more.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from app.domain.refusal import Refused, Unavailable
from sync.client.backoff import Backoff, Rest
from sync.client.photo_port import PhotoCentre, PhotoShelf, PhotoState
from sync.client.session import HALTED_S, POLL_S
from sync.client.state import FOR_PEOPLE
from sync.wire.attachments import OFF, OVERSIZE, WRONG_DIGEST, WRONG_KIND, Ask, Held, Place
from sync.wire.codec import TooLarge
from sync.wire.protocol import MAX_ASKED, MAX_CHUNK, SPOKEN

FACTS_S = 1.0
LEAST_PIECE = 8 << 10
_AT_ONCE = MAX_ASKED // 4
_STALLS = 3

OLD = "The centre takes no photos: it is too old, or was served without --photos. They are kept here."
OTHER_VERSION = "The centre speaks another version about photos; they are kept here until both are upgraded."
NARROW = "The way to the centre lets no photo through; the network's administrator has to look."
STANDSTILL = "The centre takes no more of a photo."
SOMETHING_ELSE = "The centre answered about other photos than it was asked."
REFUSED = "{n} photos are not taken by the centre and stay here: {why}"
DEFECT = (
    "A fault of this program stopped the sending of photos; they are kept here, and it tries again by itself."
)
# What an older centre says to a path it does not know.
_NO_SUCH_ROUTE = frozenset({OFF, "http.404", "http.405"})
_NEVER = frozenset({WRONG_DIGEST, WRONG_KIND, OVERSIZE})


class PhotoClient:
    """Sends one station's photos; `centre` is None until it has joined one.

    `on_state` is called, in the thread that ticks, whenever what a person may know has changed.
    """

    def __init__(
        self,
        shelf: PhotoShelf,
        centre: PhotoCentre | None,
        *,
        noise: random.Random,
        on_state: Callable[[PhotoState], None],
        poll_s: float = POLL_S,
    ) -> None:
        self._shelf = shelf
        self._centre = centre
        self._backoff = Backoff(noise)
        self._on_state = on_state
        self._poll_s = poll_s
        self._state: PhotoState | None = None
        self._rest: Rest | None = None
        self._stopping = False
        self._looked = False
        self._piece = MAX_CHUNK
        # Refused for good, each with the reason; asked about again by the next start of the program.
        self._refused = dict[str, str]()
        # Passed over for a while: their events were not posted, or the disk did not give them.
        self._passed = set[str]()
        self._passing: Rest | None = None

    def stop(self) -> None:
        """Makes a tick that runs in another thread end after the piece it is at."""
        self._stopping = True

    def broke(self, now: datetime) -> None:
        """Says that a tick ended by a defect of ours."""
        del now
        self._say(DEFECT)

    def tick(self, now: datetime) -> float:
        """Does what is to be done and answers in how many seconds to call again."""
        if self._stopping:
            return self._poll_s
        if self._rest is not None and (left := self._rest.left(now)) > 0:
            # Photos that are taken meanwhile are counted.
            self._say(self._state.trouble if self._state else "")
            return left
        self._rest = None
        try:
            wish = self._work(now)
        except (Refused, Unavailable) as why:
            return self._failed(why, now)
        self._backoff.succeeded()
        self._say(self._no())
        return wish

    def _work(self, now: datetime) -> float:
        if not self._looked:
            self._shelf.look_again()
            self._looked = True
        centre = self._centre
        if centre is None:
            return self._poll_s
        if self._passing is not None and self._passing.left(now) <= 0:
            self._passed, self._passing = set(), None
        while not self._stopping:
            if self._shelf.facts_wait():
                return FACTS_S
            aside = self._passed | self._refused.keys()
            waiting = [d for d in self._shelf.waiting(_AT_ONCE + len(aside)) if d not in aside][:_AT_ONCE]
            due = self._shelf.due(now, _AT_ONCE)
            missing = self._shelf.missing(_AT_ONCE)
            if not (waiting or due or missing):
                break
            held = self._asked(centre, Ask((*dict.fromkeys((*waiting, *due)),), tuple(missing)))
            if missing:
                self._shelf.told(missing)
            for digest in due:
                self._settle(digest, held)
            for digest in waiting:
                if not self._send(centre, digest, held, now):
                    return FACTS_S
        return self._poll_s

    def _asked(self, centre: PhotoCentre, ask: Ask) -> Held:
        held = centre.ask(ask)
        if not SPOKEN.meets(held.protocol):
            raise Unavailable(OTHER_VERSION)
        if any(digest not in held.have for digest in ask.digests):
            raise Unavailable(SOMETHING_ELSE)
        self._shelf.restored(held.feed_gen)
        return held

    def _settle(self, digest: str, held: Held) -> None:
        """A file whose time is over goes only when the centre says now that it has it."""
        if held.have[digest].place is Place.HERE:
            self._shelf.remove(digest)
        else:
            self._shelf.wait(digest)

    def _send(self, centre: PhotoCentre, digest: str, held: Held, now: datetime) -> bool:
        """Sends what the centre lacks of a photo; False when facts came between, or the program ends."""
        found = held.have[digest]
        if found.place is Place.HERE:
            self._shelf.confirmed(digest, held.feed_gen, now)
        if found.place is Place.UNNAMED:
            self._pass(digest, now)
        if found.place is not Place.PART:
            return True
        try:
            data = self._shelf.read(digest)
        except Unavailable:
            self._pass(digest, now)
            return True
        if data is None:
            self._shelf.miss(digest)
            return True
        try:
            place = self._pieces(centre, digest, data, found.have)
        except Refused as no:
            if no.code not in _NEVER:
                raise
            self._refused[digest] = str(no)
            return True
        if place is Place.HERE:
            self._shelf.confirmed(digest, held.feed_gen, now)
        elif place is Place.UNNAMED:
            self._pass(digest, now)
        return place is not None

    def _pieces(self, centre: PhotoCentre, digest: str, data: bytes, at: int) -> Place | None:
        """Sends from `at` on; where the photo is then, None when it was broken off between two pieces."""
        stalls, spoiled = 0, False
        while not (self._stopping or self._shelf.facts_wait()):
            try:
                found = centre.put(digest, at, len(data), data[at : at + self._piece])
            except TooLarge:
                self._narrow()
                continue
            except Unavailable:
                self._piece = max(LEAST_PIECE, self._piece // 2)
                raise
            except Refused as no:
                if no.code != WRONG_DIGEST or spoiled:
                    raise
                # Bytes of an earlier try may have been spoiled on the way or on the centre's disk: once anew.
                spoiled, at = True, 0
                continue
            self._piece = min(MAX_CHUNK, self._piece * 2)
            if found.place is not Place.PART:
                return found.place
            stalls = 0 if found.have > at else stalls + 1
            if stalls > _STALLS:
                raise Unavailable(STANDSTILL)
            at = found.have
        return None

    def _narrow(self) -> None:
        """Smaller pieces, since somebody on the way takes none of this size."""
        if self._piece <= LEAST_PIECE:
            raise Unavailable(NARROW)
        self._piece = max(LEAST_PIECE, self._piece // 2)

    def _pass(self, digest: str, now: datetime) -> None:
        self._passed.add(digest)
        self._passing = self._passing or Rest(now, HALTED_S)

    def _failed(self, why: Refused | Unavailable, now: datetime) -> float:
        code = why.code if isinstance(why, Refused) else ""
        words = OLD if code in _NO_SUCH_ROUTE else str(why)
        patient = code in _NO_SUCH_ROUTE or code in FOR_PEOPLE
        length_s = HALTED_S if patient else self._backoff.failed(getattr(why, "after_s", 0.0))
        self._say(words)
        self._rest = Rest(now, length_s)
        return length_s

    def _no(self) -> str:
        if not self._refused:
            return ""
        return REFUSED.format(n=len(self._refused), why=next(iter(self._refused.values())))

    def _say(self, trouble: str) -> None:
        try:
            waiting, lost = self._shelf.count()
        except Unavailable:
            return
        state = PhotoState(waiting, lost, trouble if waiting else "")
        if state != self._state:
            self._state = state
            self._on_state(state)
