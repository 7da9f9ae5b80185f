"""Reading the allotments of an allocation policy: each of one thing, for some time, none against another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.clock import from_text, to_text
from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.allotments import ANY, Allotment, Spill, Target
from sync.central.rules.allocation_policy.section import Section, check_name, too_long

_MOST_ALLOTMENTS = 2_000
_MOST_UNITS = 10**9
_MOST_HOURS = 24 * 366
_WHOLE = 100
_FIRST = datetime.min.replace(tzinfo=UTC)


def read_allotments(
    sections: Sequence[Section], channels: tuple[str, ...], categories: tuple[str, ...]
) -> tuple[Allotment, ...]:
    """The tables `[[allotment]]`; channels and categories are those that the policy declares."""
    if len(sections) > _MOST_ALLOTMENTS:
        raise too_long(sections[_MOST_ALLOTMENTS].where(), len(sections), "allotments", _MOST_ALLOTMENTS)
    found: list[Allotment] = []
    alike: defaultdict[tuple[Target, str], list[tuple[int, Allotment]]] = defaultdict(list)
    for number, section in enumerate(sections, 1):
        allotment = _allotment(section)
        section.declared("channel", "channel", [allotment.channel], channels)
        if allotment.target is Target.CATEGORY:
            section.declared("category", "category", [allotment.word], categories)
        same = alike[allotment.target, allotment.word]
        for place, other in same:
            _check_twice(section, allotment, place, other)
        same.append((number, allotment))
        _check_shares(section, [other for _, other in same if _meet(other, allotment)])
        found.append(allotment)
    return tuple(found)


def _allotment(section: Section) -> Allotment:
    section.only("channel", "item", "category", "qty", "share_percent", "spill", "from", "until")
    target, word = _target(section)
    _one_of(section, "qty", "share_percent")
    whole = "qty" in section.names()
    since, until = _instant(section, "from"), _instant(section, "until")
    if since is not None and until is not None and until <= since:
        raise section.dead("until", "it ends before it starts", "Correct one of the two instants.")
    spill, hours = _spill(section)
    found = Allotment(
        channel=section.text("channel"),
        target=target,
        word=word,
        qty=section.whole("qty", least=1, most=_MOST_UNITS) if whole else None,
        share_percent=0 if whole else section.whole("share_percent", least=1, most=_WHOLE),
        spill=spill,
        spill_hours=hours,
        since=since,
        until=until,
    )
    if spill is Spill.LATER and since is None:
        raise section.contradiction(
            "spill", "hours are counted from a start that is not there", "the key 'from' beside it", "Add it."
        )
    if found.spills_at is not None and until is not None and until <= found.spills_at:
        raise section.dead("spill", "the allotment ends before it spills", "Give fewer hours, or 'never'.")
    return found


def _target(section: Section) -> tuple[Target, str]:
    key = _one_of(section, "item", "category")
    word = section.text(key)
    check_name(word, section.where(key))
    if word == ANY:
        return Target.EVERYTHING, ANY
    return (Target.ITEM if key == "item" else Target.CATEGORY), word


def _one_of(section: Section, one: str, other: str) -> str:
    """Which of two keys is there; exactly one has to be."""
    there = [name for name in (one, other) if name in section.names()]
    if len(there) != 1:
        raise section.contradiction(
            there[1] if there else one,
            f"read {'both' if there else 'neither'} {one!r} {'and' if there else 'nor'} {other!r}",
            "exactly one of them",
            "Remove one." if there else "Add one.",
        )
    return there[0]


def _spill(section: Section) -> tuple[Spill, int]:
    value = section.raw().get("spill", Spill.NEVER)
    if isinstance(value, str):
        return Spill(section.choice("spill", (Spill.NEVER, Spill.ALWAYS), Spill.NEVER)), 0
    inner = section.inside("spill").only(Spill.LATER)
    return Spill.LATER, inner.whole(Spill.LATER, most=_MOST_HOURS)


def _instant(section: Section, name: str) -> datetime | None:
    """An instant, as a text or as TOML writes one; an offset has to be there."""
    value = section.raw().get(name)
    if value is None:
        return None
    expected = "an instant with an offset, such as 2026-11-22T10:41:07Z"
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:  # an offset that leads out of the calendar
            raise section.wrong(name, expected) from None
    if not isinstance(value, str):
        raise section.wrong(name, expected)
    try:
        return from_text(value)
    except Refused:
        raise section.wrong(name, expected) from None


def _check_twice(section: Section, one: Allotment, place: int, other: Allotment) -> None:
    if one.channel == other.channel and _meet(one, other):
        raise section.contradiction(
            "channel",
            f"{one.channel} has the {place}. allotment of the same at the same time",
            "one allotment of a channel at a time",
            "Join the two, or give them times that do not meet.",
        )


def _check_shares(section: Section, alike: Sequence[Allotment]) -> None:
    """Shares of the same thing at the same time are no more than all of it."""
    starts = [(a.since or _FIRST, a.share_percent) for a in alike]
    ends = [(a.until, -a.share_percent) for a in alike if a.until is not None]
    total = 0
    for at, change in sorted(starts + ends):  # at one instant what ends comes before what starts
        total += change
        if total > _WHOLE:
            when = f"from {to_text(at)} on " if at != _FIRST else ""
            raise section.contradiction(
                "share_percent",
                f"{when}{total} % of the same are allotted",
                f"shares of at most {_WHOLE} % together",
                "Lower this share or another one.",
            )


def _meet(one: Allotment, other: Allotment) -> bool:
    """True when there is an instant at which both are in force."""
    return (one.until is None or other.since is None or other.since < one.until) and (
        other.until is None or one.since is None or one.since < other.until
    )
