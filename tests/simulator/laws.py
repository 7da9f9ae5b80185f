"""What must hold once a world has come to rest: the ledgers against the book, and against each other.

I1 nothing that was saved is lost, I2 nothing is there twice, I3 what does not fit is somebody's case,
I4 units are conserved, I5 one case for one conflict, I6 the mirrors are the feed, I7 the product's own audits
are clean.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from app.domain.approvals.reasons import REVIEWED
from app.ledger.audit import audit as audit_station
from sync.central.audit import audit as audit_centre
from tests.simulator import cases
from tests.simulator.book import CAME_BACK, LABELLED, SIGNED, Act, Book, Deed
from tests.simulator.counted import counted
from tests.simulator.graders import graded
from tests.simulator.ground import site_of
from tests.simulator.late import decided_late
from tests.simulator.promises import promised
from tests.simulator.reading import Account, Centre, Stored, events_of, is_inside, mirrored, shelved
from tests.simulator.rewinding import kept_apart
from tests.simulator.words import spoken
from tests.simulator.world import World

_MOST = 12


def judge(world: World) -> list[str]:
    """Every law that does not hold, in words; empty when all do."""
    centre = Centre(world.house)
    world.book.held = world.held()
    found = [
        *world.book.wrong,
        *_lost_or_doubled(world, centre),
        *_told_right(world.book, centre),
        *_used_since(world, centre),
        *_taken_back(world, centre),
        *_conserved(world.book, centre),
        *cases.surfaced(world, centre),
        *kept_apart(world, centre),
        *_approved(world, centre),
        *decided_late(world, centre),
        *graded(world, centre),
        *counted(world, centre),
        *promised(world, centre),
        *spoken(world, centre),
        *(f"I2: {wrong}" for bench in world.benches for wrong in bench.wire.wrong),
        *_mirrors(world, centre),
        *_audits(world),
    ]
    return found[:_MOST] + ([f"and {len(found) - _MOST} more"] if len(found) > _MOST else [])


def _lost_or_doubled(world: World, centre: Centre) -> Iterator[str]:
    book, held = world.book, world.book.held
    for event_id, deed in book.deeds.items():
        states = centre.states.get(event_id, Counter())
        counted, waiting = states["posted"], states["unposted"] + states["parked"]
        if event_id in held:
            if counted and event_id == world.edited.get(deed.station):
                yield f"I3: {event_id} was edited on its disk and counts at the centre"
            continue
        if not states and event_id not in book.gone:
            yield f"I1: {deed.act} {event_id} of station {deed.station} is not at the centre"
        elif counted > 1:
            yield f"I2: {deed.act} {event_id} counts {counted} times at the centre"
        elif waiting:
            yield f"I3: {deed.act} {event_id} waits at the centre although nothing hinders it any more"
        elif states and not counted:
            yield f"I1: {deed.act} {event_id} is at the centre and does not count: {dict(states)}"
    for event_id, stored in centre.posted.items():
        if stored.station_id in centre.stations and event_id not in book.deeds:
            yield f"I2: event {event_id} of a station was never done by anybody"
    for bench in world.benches:
        if bench.waiting() and bench.number not in world.tampered:
            reason = bench.said[-1].reason if bench.said else ""
            yield f"I1: station {bench.number} still holds {bench.waiting()} events ({reason})"
        there = Counter(events_of(bench))
        yield from (f"I2: {one} is twice on station {bench.number}" for one, n in there.items() if n > 1)


def _told_right(book: Book, centre: Centre) -> Iterator[str]:
    """Each event moves what was in somebody's hands."""
    for event_id, deed in book.deeds.items():
        stored = centre.posted.get(event_id)
        if stored is None:
            continue
        came, want = _moved(stored), _wanted(book, centre, deed)
        if want is not None and came != want:
            yield f"I4: {deed.act} {event_id} moved {dict(came)}, in the hand was {dict(want)}"


def _used_since(world: World, centre: Centre) -> Iterator[str]:
    """A unit that was graded again is taken back by its last grade first, and one that is gone never.

    But where the disk was put back to a copy of before it was used.
    """
    again: dict[str, str] = {}
    book = world.book
    order = list(book.deeds)
    for event_id, deed in book.deeds.items():
        stored = centre.posted.get(event_id)
        if deed.act is Act.REGRADE and stored is not None:
            again[str(stored.facts.get("regrades"))] = event_id
        elif deed.uses and event_id not in book.gone:
            again[deed.uses] = event_id
        elif deed.act is Act.UNDO and deed.undoes in again:
            later = again[deed.undoes]
            taken = {other.undoes for other in map(book.deeds.__getitem__, order[: order.index(event_id)])}
            same = (book.deeds[later].station, book.deeds[later].life) == (deed.station, deed.life)
            if later not in taken and same and deed.station not in world.behind:
                yield f"I4: {event_id} takes back a unit that was used since by {later}"


def _taken_back(world: World, centre: Centre) -> Iterator[str]:
    """Of a unit that its bench took back nothing is left anywhere, whatever the centre had made of it.

    A count of its bin while it was said to be there booked it as missing: that it was never there makes the
    bin hold less than nothing, which is a case of its own.
    """
    book = world.book
    labels = Counter(centre.label_of(one) for one, deed in book.deeds.items() if deed.act in LABELLED)
    used = {deed.uses for deed in book.deeds.values() if deed.uses}
    used |= {undone for undone, times in _undos(book, centre).items() if times > 1}
    used |= {undone for undone, _ in _regraded_elsewhere(world, centre)}
    left = defaultdict[str, int](int)
    for held, qty in centre.fold.items():
        left[dict(held).get("label", "")] += abs(qty)
    for event_id, deed in book.deeds.items():
        label = centre.label_of(deed.undoes) if deed.act is Act.UNDO and event_id in centre.posted else None
        known = label and labels[label] == 1 and deed.undoes not in used
        if known and left[label or ""] and label not in centre.found_missing:
            yield f"I4: {event_id} took unit {label} back, and it is still in some account"


def _regraded_elsewhere(world: World, centre: Centre) -> Iterator[tuple[str, str]]:
    """Units that one copy of a station took back and another, or the same before, graded again unheard."""
    graded = {
        str(centre.posted[event_id].facts.get("regrades")): (event_id, deed)
        for event_id, deed in world.book.deeds.items()
        if deed.act is Act.REGRADE and event_id in centre.posted
    }
    for deed in world.book.deeds.values():
        again, by = graded.get(deed.undoes, ("", None)) if deed.act is Act.UNDO else ("", None)
        if by is None:
            continue
        if (by.station, by.life) != (deed.station, deed.life) or deed.station in world.copied:
            yield deed.undoes, again


def _undos(book: Book, centre: Centre) -> Counter[str]:
    """How often each event was taken back, as the centre knows."""
    return Counter(
        deed.undoes
        for event_id, deed in book.deeds.items()
        if deed.act is Act.UNDO and event_id in centre.posted
    )


def _moved(stored: Stored) -> Counter[str]:
    """Units that an event brings into the building, net, by SKU."""
    found = Counter[str]()
    for qty, source, target in stored.moves():
        found[source["item"]] += qty * (is_inside(target) - is_inside(source))
    return Counter({sku: qty for sku, qty in found.items() if qty})


def _wanted(book: Book, centre: Centre, deed: Deed) -> Counter[str] | None:
    """Units that came into the building by a deed; None where no hand can know."""
    match deed.act:
        case Act.RETURN | Act.APART | Act.BLIND:
            return Counter({deed.sku: deed.qty})
        case Act.TRANSFER:
            return Counter({sku: qty for sku, qty in deed.came.items() if qty})
        case Act.WRITE_OFF:
            return Counter({deed.sku: -deed.qty})
        case Act.REGRADE | Act.OTHERWISE | Act.ACCEPT | Act.FINISH | Act.THING | Act.NOTE:
            return Counter()
        case Act.UNDO:
            undone, stored = book.deeds.get(deed.undoes), centre.posted.get(deed.undoes)
            if undone is None or stored is None:
                return None
            return Counter({sku: -qty for sku, qty in _moved(stored).items()})
        case _:
            return None


def _conserved(book: Book, centre: Centre) -> Iterator[str]:
    if centre.fold != centre.balances:
        differ = {
            held: (centre.fold[held], centre.balances[held])
            for held in centre.fold.keys() | centre.balances.keys()
            if centre.fold[held] != centre.balances[held]
        }
        for held, (fold, kept) in sorted(differ.items())[:3]:
            yield f"I4: {dict(held)}: the moves add up to {fold}, the balance says {kept}"
    total = Counter[str]()
    for held, qty in centre.balances.items():
        total[dict(held)["item"]] += qty
    yield from (f"I4: all accounts of {sku} together hold {qty}" for sku, qty in total.items() if qty)
    yield from _counted(book, centre)


def _counted(book: Book, centre: Centre) -> Iterator[str]:
    """What came from customers, by the benches' events and by the book."""
    hands = Counter[str]()
    for event_id, deed in book.standing(*CAME_BACK):
        if event_id in centre.posted:
            hands[deed.sku] += deed.qty
    for undone, times in _undos(book, centre).items():
        # Two copies of a station may each take one unit back, and one copy what another's disk was edited in:
        # what is missing then is a case of its own.
        again, beyond = book.deeds.get(undone), times - (undone in centre.posted)
        if beyond > 0 and again is not None and again.act in CAME_BACK:
            hands[again.sku] -= beyond * again.qty
    moved = Counter[str]()
    for stored in centre.posted.values():
        if stored.station_id in centre.stations:
            for qty, source, target in stored.moves():
                moved[source["item"]] += qty * (source["location"] == "@customer")
                moved[source["item"]] -= qty * (target["location"] == "@customer")
    for sku in hands.keys() | moved.keys():
        if hands[sku] != moved[sku]:
            yield f"I4: {hands[sku]} of {sku} came back by hand, {moved[sku]} by the ledger"


def _approved(world: World, centre: Centre) -> Iterator[str]:
    """What a revoked approver signed afterwards is never valid, and wrong PINs are counted."""
    judged = centre.rows("SELECT event_id, verdict, reasons, judged_at FROM event_approval")
    verdicts = {row[0]: row[1] for row in judged}
    again = _like_a_copys(world, judged)
    for event_id, deed in world.book.deeds.items():
        if deed.act not in SIGNED or event_id not in centre.posted:
            continue
        verdict, own = verdicts.get(event_id), _own(world.book, deed)
        if verdict is None:
            yield f"I3: the approval of {event_id} was not judged"
        elif verdict == "valid" and deed.late:
            yield f"I3: {event_id} is valid, and {deed.approver} had been revoked before"
        elif own and verdict != "invalid":
            yield f"I3: {event_id} is {verdict}, and {deed.approver} decides about an own decision"
        elif own:
            world.reach("an own decision approved")
            yield from cases.missing_case(centre, f"approval:{event_id}", f"{event_id} is the approver's own")
        elif verdict == "invalid" and not deed.late:
            if event_id in again:
                yield from cases.missing_case(
                    centre, f"approval:{event_id}", f"{event_id} looks like a copy's"
                )
                continue
            yield f"I3: {event_id} is invalid, and {deed.approver} approved honestly"
    noted = Counter(
        deed.station
        for event_id, deed in world.book.deeds.items()
        if event_id in centre.kinds and centre.kinds[event_id] in {"approval.pin_failed", "approval.locked"}
    )
    for one in world.book.gone:
        # Nobody knows any more what the program noted there.
        noted[world.book.deeds[one].station] += world.book.deeds[one].act is Act.NOTE
    for station, tries in world.book.pins.items():
        if station not in world.tampered and noted[station] < tries:
            yield f"I1: {tries} wrong PINs at station {station}, the centre knows of {noted[station]}"


def _like_a_copys(world: World, judged: Sequence[tuple[str, str, str, str]]) -> set[str]:
    """Events whose honest approvals look like those of a record that was rolled back.

    Two copies of a station give the same number away, whatever else there may be to ask about; and a copy of
    the centre that was started without the tool for that cannot know that it has forgotten renewals.
    """
    found = set[str]()
    for of, _, reasons, at in judged:
        deed, forged = world.book.deeds.get(of), set(json.loads(reasons)) - REVIEWED
        if deed is not None and deed.station in world.copied:
            forged -= {"counter_reused"}
        if not forged or (forged == {"other_epoch"} and at <= world.hasty):
            found.add(of)
    return found


def _own(book: Book, deed: Deed) -> bool:
    """Whether the approver answers for what that approver alone had decided."""
    before = book.deeds.get(deed.uses)
    return before is not None and before.act is Act.OTHERWISE and before.approver == deed.approver


def _mirrors(world: World, centre: Centre) -> Iterator[str]:
    end = centre.feed_end()
    sites = {row[0]: row[1] for row in centre.rows("SELECT code, site FROM location")}
    for bench in world.benches:
        at = bench.ledger.cursor
        if bench.number in world.tampered:
            continue
        if (at.gen, at.pos) != end:
            yield f"I6: station {bench.number} is at {at.gen}:{at.pos} of the feed, which ends at {end}"
            continue
        site = site_of(bench.number)
        want = {
            record: json.loads(text) for record, text in centre.feed.items() if _told(record[0], text, site)
        }
        have = {record: json.loads(text) for record, text in mirrored(bench).items()}
        for record in sorted(want.keys() | have.keys()):
            if want.get(record) != have.get(record):
                yield f"I6: station {bench.number} has another {' '.join(record)} than the feed"
        yield from _stock(bench.number, shelved(bench), centre, {c for c, s in sites.items() if s == site})


def _told(kind: str, text: str, site: str) -> bool:
    document = json.loads(text)
    if document is None:
        return False
    if kind == "transfer":
        return bool(document.get("target") == site)
    return "sites" not in document or not kind.startswith("approver") or site in document["sites"]


def _stock(number: int, have: Counter[Account], centre: Centre, places: set[str]) -> Iterator[str]:
    want = Counter({held: qty for held, qty in centre.balances.items() if dict(held)["location"] in places})
    for held in sorted(want.keys() | have.keys()):
        if want[held] != have[held]:
            yield (
                f"I6: station {number} mirrors {have[held]} of {dict(held)}, the centre holds {want[held]}"
            )


def _audits(world: World) -> Iterator[str]:
    yield from (f"I7: the centre: {broken}" for broken in audit_centre(world.house.database).violations)
    for bench in world.benches:
        if bench.number not in world.tampered:
            for broken in audit_station(bench.ledger).violations:
                yield f"I7: station {bench.number}: {broken}"
