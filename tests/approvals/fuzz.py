"""Mutates valid approvals and the envelopes around them, and counts those that are still called valid.

Three kinds of mischief, each with a real signature where whoever does it would have the key: a thief without
any key flips bytes of the stored envelope; a station that somebody owns seals altered approvals anew; and it
seals an altered event under approvals that are good. A mutation that changes nothing is not counted.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain import canonical
from app.domain.approvals import Known, Place, Presented, Verdict, judge
from app.domain.envelope import Envelope, event_of, reopen, verify
from app.domain.event import Event
from app.domain.refusal import Refused
from app.domain.signing import Verifier
from tests.approvals.world import (
    BENCH,
    GRANT,
    KNOWN,
    OMAR,
    OMARS,
    POLICY,
    ROGUE,
    RUTH,
    SECOND,
    STATION_KEYS,
    omars,
    ruths,
    sealed,
    write_off,
)

_STATION = Verifier(STATION_KEYS[BENCH].public_key)
_SITE = "WH1"
_TEXTS = ("", "RUTH", "OMAR", "WH2", "write_off", "adjust", "x" * 100, "\x00", "Zoë", "0" * 64, "GBP", "EUR")
_NUMBERS = (0, 1, 2, -1, 2**31, 2**53 - 1, 10**9)
_OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], "", 0)


@dataclass(slots=True)
class Report:
    """How many were tried, by kind, and every mutation that was still valid."""

    tried: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    still_valid: list[str] = field(default_factory=list)


class Fuzzer:
    """Deterministic by its seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        event, large = write_off(), write_off(2, qty=4)
        both = (ruths(large, value=16_000), omars(large, value=16_000))
        self._good: list[tuple[Event, tuple[Any, ...], tuple[int, str]]] = [
            (event, (ruths(event).to_json(),), (5_000, "GBP")),
            (event, (ruths(event, given_at=Place(SECOND, 3)).to_json(),), (5_000, "GBP")),
            (large, tuple(one.to_json() for one in both), (16_000, "GBP")),
        ]
        # What a thief finds lying about to put in the place of something else.
        self._loot: tuple[Any, ...] = (
            GRANT.to_json(),
            OMARS.signed(POLICY).to_json(),
            OMARS.signed(ROGUE).to_json(),
            omars(event).statement.to_json(),
            ruths(write_off(3)).to_json(),
            RUTH.public_key.hex(),
            OMAR.public_key.hex(),
        )
        self.report = Report()
        self._sealed: dict[str, Envelope] = {}

    def run(self, times: int) -> Report:
        """So many mutations, the kinds in turn."""
        kinds: tuple[Callable[[], str], ...] = (self._bytes, self._approval, self._event)
        for number in range(times):
            do = kinds[number % len(kinds)]
            name = do.__name__.strip("_")
            self.report.tried[name] += 1
            outcome = do()
            self.report.outcomes[outcome] += 1
        return self.report

    def judged(self, made: Envelope, worth: tuple[int, str], known: Known = KNOWN) -> Verdict | None:
        """What the centre makes of stored bytes; None when it does not take them as the station's."""
        try:
            arrived = reopen(made.header, made.facts, made.private, made.salt, made.sig)
            verify(arrived, _STATION)
            shown = Presented.of(arrived, _SITE, worth)
            return judge(shown, event_of(arrived).approvals or (None,), known).verdict
        except Refused:
            return None

    def _bytes(self) -> str:
        """A thief without a key changes stored bytes."""
        event, approvals, worth = self._random.choice(self._good)
        made = self._sealed.get(event.event_id + approvals[0]["statement"]["sig"])
        if made is None:
            made = sealed(event, approvals)
            self._sealed[event.event_id + approvals[0]["statement"]["sig"]] = made
        part = self._random.choice(("header", "facts", "sig"))
        before: bytes = getattr(made, part)
        after = self._flipped(before)
        verdict = self.judged(replace(made, **_named(part, after)), worth) if after != before else None
        return self._outcome(verdict, f"{part} {before!r} -> {after!r}")

    def _approval(self) -> str:
        """The owner of a station seals altered approvals anew."""
        event, approvals, worth = self._random.choice(self._good)
        changed = copy.deepcopy(list(approvals))
        if self._random.random() < 0.1:
            self._reordered(changed)
        else:
            self._altered(changed[self._random.randrange(len(changed))])
        same = len(changed) == len(approvals) and sorted(map(json.dumps, changed)) == sorted(
            map(json.dumps, approvals)
        )
        if same or not _sealable(changed):
            return "no change"
        verdict = self.judged(sealed(event, tuple(changed)), worth)
        return self._outcome(verdict, f"approvals {changed!r}")

    def _event(self) -> str:
        """The owner of a station seals an altered event under good approvals."""
        event, approvals, worth = self._random.choice(self._good)
        changed, at = self._other_event(event), Place(BENCH, 1)
        if self._random.random() < 0.1:
            at = Place(BENCH, self._random.randint(1, 5))
        if at.epoch == 1 and changed == event:
            return "no change"
        try:
            verdict = self.judged(sealed(changed, approvals, at), worth)
        except (Refused, ValueError):
            return "not sealed"
        return self._outcome(verdict, f"event {changed!r} at {at!r}")

    def _outcome(self, verdict: Verdict | None, told: str) -> str:
        if verdict is Verdict.VALID:
            self.report.still_valid.append(told)
        return str(verdict) if verdict is not None else "not taken"

    def _flipped(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self._random.choice((1, 1, 1, 2, 8))):
            place = self._random.randrange(len(changed))
            match self._random.randrange(4):
                case 0:
                    changed[place] ^= 1 << self._random.randrange(8)
                case 1:
                    changed[place] = self._random.randrange(256)
                case 2:
                    changed.insert(place, self._random.randrange(256))
                case _ if len(changed) > 1:
                    del changed[place]
                case _:
                    changed[place] ^= 1
        return bytes(changed)

    def _reordered(self, approvals: list[Any]) -> None:
        """Twice, left out, or something that is no approval beside it."""
        match self._random.randrange(3):
            case 0:
                approvals.append(self._random.choice(approvals))
            case 1 if len(approvals) > 1:
                approvals.pop(self._random.randrange(len(approvals)))
            case _:
                approvals.append(self._random.choice((*self._loot, *_OTHERS)))

    def _altered(self, approval: dict[str, Any]) -> None:
        """One part, one field of a document, one sign, or a part from elsewhere."""
        part = self._random.choice(("policy_key", "certificate", "statement"))
        match self._random.randrange(6):
            case 0:
                approval[part] = self._random.choice((*self._loot, *_OTHERS))
            case 1:
                del approval[part]
            case 2:
                name = self._random.choice(("document", "sig"))
                flipped = self._flipped(approval[part][name].encode())
                approval[part][name] = flipped.decode(errors="replace")
            case 3:
                approval[part]["sig"] = self._random.choice(self._loot)
            case 4:
                approval[self._random.choice(("note", "sig", "v"))] = self._random.choice(_OTHERS)
            case _:
                self._edited(approval[part])

    def _edited(self, signed: dict[str, Any]) -> None:
        """A field of a document under its old signature, or under that of a key which is not its own."""
        said = json.loads(signed["document"])
        name = self._random.choice((*said, "more"))
        said[name] = self._value(said.get(name))
        document = canonical.encode(said)
        signed["document"] = document.decode()
        if self._random.random() < 0.5:
            tag = self._random.choice((b"policy-key", b"certificate", b"statement", b"revocations"))
            signer = self._random.choice((ROGUE, STATION_KEYS[BENCH]))
            signed["sig"] = signer.sign(b"backhaul/approval/" + tag + b"/v1\n", document).hex()

    def _value(self, old: object) -> object:
        if isinstance(old, int) and not isinstance(old, bool):
            return self._random.choice((*_NUMBERS, old + 1, max(0, old - 1)))
        if isinstance(old, list):
            return self._random.choice(([], ["WH2"], [*old, "WH2"], ["adjust"], old[:-1]))
        return self._random.choice((*_TEXTS, *_OTHERS))

    def _other_event(self, event: Event) -> Event:
        """One thing that was shown, shown otherwise."""
        body = dict(event.body)
        name = self._random.choice((*body, "more"))
        body[name] = self._value(body.get(name))
        return self._random.choice(
            (
                lambda: replace(event, body=body),
                lambda: replace(event, kind=self._random.choice(("stock.adjusted", "return.finished", "x"))),
                lambda: replace(event, operator=self._random.choice(("kim", "RUTH", "OMAR", "sam "))),
                lambda: replace(event, subject=("sku:T-2", *event.subject)),
                lambda: replace(event, policy_ver=self._random.choice((None, "2026.11-3"))),
                lambda: replace(event, corrects=f"event-{self._random.randrange(9)}"),
                lambda: replace(event, event_id=f"event-{self._random.randrange(99)}"),
                lambda: replace(event, kind_ver=self._random.randint(2, 9)),
                lambda: replace(event, moves=()),
                lambda: replace(
                    event,
                    moves=tuple(replace(m, qty=m.qty + self._random.randint(1, 9)) for m in event.moves),
                ),
            )
        )()


def _named(part: str, after: bytes) -> dict[str, Any]:
    return {part: after}


def _sealable(value: object) -> bool:
    try:
        canonical.encode(value)
    except Refused:
        return False
    return True
