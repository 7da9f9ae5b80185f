"""Which cases there must be, from the book alone: what does not fit is somebody's, and only once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.simulator.book import LABELLED, Act
from tests.simulator.ground import KETTLE, OWNER
from tests.simulator.reading import Centre
from tests.simulator.world import World

OPEN = "open"
_SKEW, _DAY_S = "clock.skew", 86_400.0


def surfaced(world: World, centre: Centre) -> Iterator[str]:
    """Conflicts without a case, and cases that are there more than once."""
    yield from _apart(world, centre)
    yield from _over(world, centre)
    yield from _missing(world, centre)
    yield from _twice(world, centre)
    yield from _negative(centre)
    yield from _transfers(world, centre)
    yield from _forgotten(world, centre)
    yield from _copied(world, centre)
    yield from _tampered(world, centre)
    yield from _photographed(world, centre)
    yield from _dated(world, centre)
    yield from _once(centre)


def missing_case(centre: Centre, key: str, what: str) -> Iterator[str]:
    """That a case is there and open."""
    kind, state = centre.cases.get(key, ("", ""))
    if not kind:
        yield f"I3: {what}, and there is no case {key}"
    elif state != OPEN:
        yield f"I3: {what}, and its case {key} is {state}"


def _apart(world: World, centre: Centre) -> Iterator[str]:
    """Units that nobody announced, that belong to no line, or that nobody can name."""
    blind = set[str]()
    labelled = Counter(centre.label_of(one) for one, deed in world.book.deeds.items() if deed.act in LABELLED)
    for event_id, deed in world.book.standing(Act.BLIND, Act.APART, Act.THING):
        label = centre.label_of(event_id)
        if label is None:
            continue
        if deed.document in world.lost:
            continue
        if labelled[label] > 1:
            # Copies of a station print the same labels; the centre tells apart those that nobody announced.
            world.reach("two units under one label")
            if deed.act is not Act.BLIND:
                continue
        if deed.act is Act.BLIND:
            own = f"return.blind:{label}:{event_id}"
            key = own if own in centre.cases else f"return.blind:{label}"
            if key in blind:
                yield f"I3: two units came unannounced under {label} and share one case"
            blind.add(key)
            yield from missing_case(centre, key, f"{deed.sku} came unannounced")
        elif deed.act is Act.THING:
            yield from missing_case(centre, f"return.unidentified:{label}", "nobody knows a thing")
        else:
            keys = [f"return.{why}:{deed.document}:{label}" for why in ("wrong_item", "not_on_rma")]
            if not any(centre.cases.get(key, ("", ""))[1] == OPEN for key in keys):
                yield f"I3: {deed.sku} beside the lines of {deed.document}: neither {keys[0]} nor the other"
    for key, (_, state) in centre.cases.items():
        if key.startswith("return.blind:") and state == OPEN and key not in blind:
            yield f"I5: case {key} is open and no unit came unannounced under it"


def _done(world: World, centre: Centre) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for event_id, deed in world.book.standing(Act.RETURN):
        if event_id in centre.posted:
            found[deed.document, deed.sku] += deed.qty
    return found


def _over(world: World, centre: Centre) -> Iterator[str]:
    """More came back on a line than was authorized, as two stations that do not know of each other do it."""
    done = _done(world, centre)
    for expected in world.expected:
        if expected.code in world.cancelled:
            continue
        for number, (sku, qty, _) in enumerate(expected.lines, 1):
            key = f"return.over_quantity:{expected.code}:{number}"
            if done[expected.code, sku] > qty:
                what = f"{done[expected.code, sku]} of {sku} came back on {expected.code}, {qty} may"
                yield from missing_case(centre, key, what)
            elif centre.cases.get(key, ("", ""))[1] == OPEN:
                yield f"I5: case {key} is open and no more than {qty} came"


def _missing(world: World, centre: Centre) -> Iterator[str]:
    """Boxes that were closed with something missing which never came."""
    done, named = _done(world, centre), defaultdict[tuple[str, str], int](int)
    for event_id, deed in world.book.standing(Act.FINISH):
        if event_id in centre.posted:
            for sku, qty in deed.missing.items():
                named[deed.document, sku] = max(named[deed.document, sku], qty)
    # One that was kept apart, for its serial or as one too many, answers for the unit by a case of its own.
    apart = {(deed.document, deed.sku) for _, deed in world.book.standing(Act.APART)}
    for expected in world.expected:
        for number, (sku, qty, _) in enumerate(expected.lines, 1):
            place = expected.code, sku
            if (
                expected.code not in world.cancelled
                and named[place]
                and not done[place]
                and place not in apart
            ):
                key = f"return.missing:{expected.code}:{number}"
                yield from missing_case(centre, key, f"{qty} of {sku} never came on {expected.code}")


def _twice(world: World, centre: Centre) -> Iterator[str]:
    """One serial that is here twice."""
    found = Counter(
        deed.serial
        for event_id, deed in world.book.standing(Act.RETURN, Act.APART, Act.BLIND)
        if deed.serial and event_id in centre.posted
    )
    here = Counter[str]()
    for held, qty in centre.fold.items():
        parts = dict(held)
        if parts["item"] == KETTLE and "serial" in parts and not parts["location"].startswith("@"):
            here[parts["serial"]] += qty
    for serial in sorted(found.keys() | here.keys()):
        if found[serial] > 1 and here[serial] > 1:
            key = f"serial.twice:{json.dumps((OWNER, KETTLE, serial))}"
            yield from missing_case(centre, key, f"{serial} came back {found[serial]} times")


def _negative(centre: Centre) -> Iterator[str]:
    """Places from which more was taken than was there."""
    short = {
        dict(held)["item"] + "|" + dict(held)["location"]: qty
        for held, qty in centre.fold.items()
        if qty < 0 and not dict(held)["location"].startswith("@")
    }
    known = Counter[str]()
    for key, (kind, state) in centre.cases.items():
        if kind == "stock.negative" and state == OPEN:
            parts, _ = json.JSONDecoder().raw_decode(key.partition(":")[2])
            known[f"{parts[1]}|{parts[2]}"] += 1
    for place, qty in short.items():
        if not known[place]:
            yield f"I3: {place} holds {qty} and is nobody's case"


def _transfers(world: World, centre: Centre) -> Iterator[str]:
    """Transfers that arrived otherwise than they were sent."""
    received = defaultdict[str, list[tuple[str, Counter[str]]]](list)
    undone = world.book.undone()
    touched = set[str]()
    for event_id, deed in world.book.deeds.items():
        if deed.act is Act.TRANSFER and event_id in centre.posted:
            if event_id in undone:
                touched.add(deed.document)
            else:
                received[deed.document].append((event_id, deed.came))
    left = {(row[0], row[1]): row[2] for row in centre.rows(_ON_THE_WAY)}
    for coming in world.coming:
        receipts = received[coming.code]
        if coming.code in touched or not receipts:
            continue
        for number, (sku, qty) in enumerate(coming.lines, 1):
            came = sum(receipt[sku] for _, receipt in receipts)
            keys = [f"transfer.over:{coming.code}:{number}", f"transfer.twice:{coming.code}"]
            states = [centre.cases.get(key, ("", ""))[1] for key in keys]
            if came > qty:
                if OPEN not in states:
                    yield f"I3: {came} of {qty} {sku} came with {coming.code}: no case"
            elif states[0] == OPEN and coming.code not in world.lost:
                yield f"I5: case {keys[0]} is open, and {came} of {qty} {sku} came"
            elif 0 < came < qty and len(receipts) == 1:
                if left.get((coming.code, number)) == qty - came and _early(centre, receipts[0][0], number):
                    # Whoever took it in did not know yet how many had left: the others are on their way.
                    world.reach("received before its shipment was known")
                    continue
                key = f"transfer.short:{coming.code}:{number}"
                yield from missing_case(centre, key, f"{came} of {qty} {sku} came with {coming.code}")


def _early(centre: Centre, event_id: str, number: int) -> bool:
    """Whether a receipt called units of a line over."""
    lines = centre.posted[event_id].facts["lines"]
    return any(line["line"] == number and line.get("over") for line in lines)


_ON_THE_WAY = "SELECT transfer, line, shipped - received - damaged - short FROM transfer_line"


def _forgotten(world: World, centre: Centre) -> Iterator[str]:
    """Returns and transfers that a centre from before them does not know, and that people worked on."""
    names = {Act.RETURN: "return.unknown_rma:", Act.APART: "return.unknown_rma:"}
    for event_id, deed in world.book.standing(*names):
        if deed.document in world.lost and event_id in centre.posted:
            key = f"{names[deed.act]}{deed.document}"
            yield from missing_case(centre, key, f"nobody authorized {deed.document} any more")


def _copied(world: World, centre: Centre) -> Iterator[str]:
    """Stations that were put back behind what the centre had seen, or run twice with facts of their own."""
    about = {subject for (kind, subject) in centre.case_count if kind.startswith("chain.")}
    if not world.put_back:
        whole = {
            f"station:{bench.ledger.head.station_id}": bench.number
            for bench in world.benches
            if bench.number not in world.copied | world.tampered.keys()
        }
        for subject in sorted(about & whole.keys()):
            yield f"I5: station {whole[subject]} renewed its chain, and nobody had copied any disk"
        for bench in world.benches:
            if bench.wire.gaps:
                yield f"I5: station {bench.number} left something out of its chain, as the centre said"
    for bench in world.benches:
        station = f"station:{bench.ledger.head.station_id}"
        if bench.number in world.tampered or station in about:
            continue
        if bench.number in world.behind:
            yield f"I3: station {bench.number} was put back behind the centre, and nobody was told"
        if bench.number in world.bereft:
            yield f"I3: neither side has all of station {bench.number} any more, and nobody was told"
        others = [other for other in world.benches if other.number == bench.number and other is not bench]
        mine = set(bench.newest(0))
        for other in others:
            theirs = set(other.newest(0))
            if mine - theirs and theirs - mine:
                yield f"I3: station {bench.number} runs twice, and nobody was told"


def _tampered(world: World, centre: Centre) -> Iterator[str]:
    """Stations whose file was edited: the centre says so, and keeps what was sent as evidence."""
    evidence = Counter(
        row[0] for row in centre.rows("SELECT station_id FROM receipt WHERE state = 'evidence'")
    )
    for bench in world.benches:
        if bench.number in world.tampered:
            station = bench.ledger.head.station_id
            if not centre.case_count["event.rejected", f"station:{station}"]:
                yield f"I3: station {bench.number} was edited and nobody knows"
            elif not evidence[station]:
                yield f"I3: what the edited station {bench.number} sent was not kept"


def _photographed(world: World, centre: Centre) -> Iterator[str]:
    """A photo that an event names is at the centre, or was spoiled at its station and is somebody's case."""
    numbers = {bench.ledger.head.station_id: bench.number for bench in world.benches}
    for digest, event_id, station, state in centre.rows("SELECT digest, event_id, station, state FROM photo"):
        key, number = f"photo.lost:{event_id}", numbers[station]
        if state == "here":
            if world.house.photos.read(digest) is None:
                yield f"I1: photo {digest[:12]} of {event_id} counts as here and is not"
            if centre.cases.get(key, ("", ""))[1] == OPEN:
                yield f"I5: case {key} is open and its photo is here"
        elif number in world.tampered or number in world.copied:
            continue
        elif digest not in world.spoiled:
            yield f"I1: photo {digest[:12]} of {event_id} is {state}, and its file was whole"
        elif state == "awaited":
            yield f"I3: photo {digest[:12]} of {event_id} was spoiled, and the centre waits for it"
        else:
            yield from missing_case(centre, key, f"a photo of {event_id} was spoiled")


def _dated(world: World, centre: Centre) -> Iterator[str]:
    """Stations that recorded something while their clock was a day wrong: ahead it shows, behind it may."""
    sent = {stored.event_id: stored.station_id for stored in centre.receipts}
    ahead, wrong = defaultdict[str, list[str]](list), set[str]()
    for event_id, deed in world.book.deeds.items():
        if event_id in sent and abs(deed.ahead_s) > _DAY_S:
            wrong.add(sent[event_id])
            if deed.ahead_s > 0:
                ahead[sent[event_id]].append(event_id)
    known = {key.partition(":")[2]: state for key, (kind, state) in centre.cases.items() if kind == _SKEW}
    last = {stored.station_id: stored.event_id for stored in centre.receipts if stored.state != "duplicate"}
    for station, events in ahead.items():
        key = f"{_SKEW}:{station}"
        if station not in known:
            yield f"I3: the clock of {station} was ahead at {events[0]}, and there is no case {key}"
        elif last[station] in events:
            yield from missing_case(centre, key, f"the clock of {station} is ahead")
    for station in sorted(known.keys() - wrong):
        yield f"I5: case {_SKEW}:{station} is there, and its clock was never a day wrong"
    for row in centre.rows(
        "SELECT j.event FROM journal_entry j JOIN event e ON e.id = j.event "
        "WHERE j.occurred_on > substr(e.posted_at, 1, 10)"
    ):
        yield f"I3: entry {row[0]} of the books is of a day after it came"


def _once(centre: Centre) -> Iterator[str]:
    """One conflict, one case: what is about one unit, line or place is open once."""
    # Blind units are held against their cases one by one: two of them may bear one label.
    single = ("return.unidentified", "serial.twice", "transfer.twice", "chain.fork")
    for (kind, subject), times in centre.case_count.items():
        if times > 1 and kind in single:
            yield f"I5: {times} cases {kind} about {subject}"
