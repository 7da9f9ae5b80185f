"""What is done at a centre on SQLite while its power may go."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, func, or_, select, text

from app.bootstrap import keeping
from app.bootstrap.keeping import Over
from app.domain.digests import digest_of
from app.domain.envelope import Envelope
from sync.central.audit import audit
from sync.central.commands import personal
from sync.central.commands.personal_asked import EventErasure, NewPersonal, Subject
from sync.central.photo_folder import PhotoFolder
from sync.central.store import migration
from sync.central.store.act import Act
from sync.central.store.database import create_database
from sync.central.store.feed import position
from sync.central.store.tables import blind_unit, event, receipt, rma
from tests.powercut.check import Verdict, judged, lay, read
from tests.powercut.disk import Image
from tests.powercut.file_scenes import standard
from tests.sync.central.receiving import Bench, Store
from tests.sync.central.shop import Shop

CENTRE, COPY, KEY, PHOTOS = "centre.db", "copy.db", "centre.key", "photos"
OLDEST = "0006"
STATION = "1" * 32


@dataclass
class CentreChecker:
    """Opens images of a centre's folder: its rows as they are, and now and then the centre itself."""

    ran: Path
    scratch: Path
    after: Callable[[Path], str]
    states: list[str] = field(default_factory=list)

    def learn(self, image: Image) -> None:
        lay(image, self.ran, self.scratch)
        self.states.append(read(self.scratch / CENTRE))

    def check(self, image: Image, *, goes_on: bool) -> Verdict:
        lay(image, self.ran, self.scratch)
        try:
            # Where a centre was and is not, the program begins none.
            there = (self.scratch / CENTRE).exists()
            found = read(self.scratch / CENTRE)
            wrong = self.after(self.scratch) if goes_on and there else ""
        except Exception as broken:  # noqa: BLE001 - a damaged file breaks the program anywhere
            return Verdict(broken=f"not opened: {type(broken).__name__}: {broken}"[:200])
        return Verdict(broken=wrong) if wrong else judged(found, image, self.states)


def starts(folder: Path) -> str:
    """The centre opens, and every law holds."""
    database = create_database(url(folder))
    try:
        report = audit(database)
    finally:
        database.close()
    return "" if report.holds else f"laws: {[str(one) for one in report.violations[:2]]}"


@dataclass(frozen=True, slots=True)
class CentreScene:
    """A part of a centre's day; see `Scene`."""

    name: str
    prepare: Callable[[Path], object]
    play: Callable[[Path, random.Random], object]
    after: Callable[[Path], str] = starts

    def checker(self, ran: Path, scratch: Path, _seed: int) -> CentreChecker:
        """What looks at the images of a run."""
        return CentreChecker(ran, scratch, self.after)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / CENTRE}"


def enrolled(folder: Path) -> None:
    """A centre with a bench that sent two events, two RMAs with nothing personal yet, and its key."""
    store, bench = Store(folder), Bench()
    store.enrol(bench)
    sent(store, bench, bench.work(2))
    store.database.close()
    shop = Shop(url(folder))
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 3}, ship="available", customer="c-1")
    for _ in range(2):
        shop.authorize({"A": 1}, customer="c-1")
    shop.database.close()
    (folder / KEY).write_text("07" * 32, encoding="ascii")


def sent(store: Store, bench: Bench, events: list[Envelope]) -> None:
    """A push, which must be answered as one that is stored."""
    answer = store.push(bench, events).to_json()
    if answer["answer"] != "ack":
        raise AssertionError(answer)


def _receive(folder: Path, rng: random.Random) -> None:
    """Batches come, some twice, some that overlap; an order is shipped; values are kept and erased."""
    store, bench = Store(folder), Bench()
    bench.work(2)
    for _ in range(rng.randrange(4, 7)):
        at = rng.randrange(len(bench.events) + 1)
        bench.work(rng.randrange(1, 4))
        sent(store, bench, bench.events[at:])
    store.database.close()
    shop = Shop(url(folder))
    # Other identities than those that the centre began with.
    shop.ids.secret(5_000)
    shop.order({"A": 1}, ship="available", customer="c-2", order="o-9")
    with shop.database.read() as conn:
        codes = sorted(conn.scalars(select(rma.c.code)))
    for code in codes:
        asked = NewPersonal.model_validate({"rma": code, "values": {"name": "Anna Karenina"}})
        shop.act(partial(personal.keep, asked=asked))
    shop.act(partial(personal.erase, asked=Subject(rma=rng.choice(codes), reason="asked by letter")))
    shop.database.close()


def erase_words(store: Store, event_id: str) -> None:
    """The command that erases the private words of one event."""
    now = store.clock.now()
    asked = EventErasure(event=event_id, reason="asked by letter")
    with store.database.write() as conn:
        personal.erase_event(Act(conn, store.chain, "ana", "s-1", now, now), asked)


def words(store: Store) -> set[str]:
    """The events of the bench that have their private words still."""
    kept = or_(receipt.c.private.is_not(None), receipt.c.salt.is_not(None))
    asked = select(receipt.c.event_id).where(receipt.c.station_id == Bench().station_id, kept)
    with store.database.read() as conn:
        return set(conn.scalars(asked))


def _erase_words(folder: Path, rng: random.Random) -> None:
    """Events come with private words, some are erased, and come again from a station that has them still."""
    store, bench = Store(folder), Bench()
    store.ids.secret(5_000)
    bench.work(2)
    for _ in range(rng.randrange(3, 5)):
        sent(store, bench, bench.work(rng.randrange(1, 4)))
        for one in rng.sample(bench.events, 2):
            erase_words(store, one.event_id)
        sent(store, bench, bench.events)
    store.database.close()


def _make(folder: Path, _rng: random.Random) -> None:
    """A centre is made, and knows its name."""
    create_database(url(folder)).close()
    Shop(url(folder)).database.close()


def older(folder: Path) -> None:
    """A centre as an older program left it."""
    engine = create_engine(url(folder))
    came = '{"rma":null,"sku":"K","qty":2,"label":"H07-%d-X","serial":null,"grade":"A"}'
    add = text(
        "INSERT INTO event VALUES"
        " (NULL, :id, 'return.dispositioned', 's', :at, :at, 'kim', NULL, NULL, :body)"
    )
    with engine.begin() as conn:
        config, scripts = migration._steps()
        migration._climb(conn, config, scripts, OLDEST)
        for n in range(40):
            conn.execute(add, {"id": f"e-{n}", "at": "2026-11-22T10:41:07.000Z", "body": came % n})
    engine.dispose()


def _upgrade(folder: Path, _rng: random.Random) -> None:
    """It is brought to this version."""
    create_database(url(folder)).close()


def upgraded(folder: Path) -> str:
    """Every event of it is there, and the units that came with none were noted on the way."""
    database = create_database(url(folder))
    with database.read() as conn:
        counts = [int(conn.scalar(select(func.count()).select_from(of)) or 0) for of in (event, blind_unit)]
    database.close()
    return "" if counts == [40, 40] else f"events and units: {counts}"


def _backup(folder: Path, rng: random.Random) -> None:
    """The centre is copied, with its key, while it works; and once more over the first copy."""
    store, bench = Store(folder), Bench()
    bench.work(2)
    for again in (False, True):
        sent(store, bench, bench.work(rng.randrange(1, 4)))
        copied(folder, again=again)
    store.database.close()


def copied(folder: Path, *, again: bool = True) -> None:
    """A copy of the centre and of its key."""
    with standard(3):
        keeping.backup(url(folder), folder / COPY, replace=again, key=folder / KEY)


def replaced(folder: Path) -> None:
    """A centre that went on after it was copied and was killed: the newest is in the log alone."""
    enrolled(folder)
    copied(folder)
    store, bench = Store(folder), Bench()
    bench.work(2)
    sent(store, bench, bench.work(3))
    left = {path: path.read_bytes() for path in (folder / CENTRE, folder / f"{CENTRE}-wal")}
    store.database.close()
    for path, data in left.items():
        path.write_bytes(data)


def _log_alone(folder: Path) -> None:
    """The same, and the file was deleted by hand, its log was not."""
    replaced(folder)
    (folder / CENTRE).unlink()


def put_back(folder: Path, _rng: random.Random | None = None) -> None:
    """The copy takes its place."""
    with standard(3):
        keeping.restore(url(folder), folder / COPY, folder / KEY, Over(replace=True))


def old_or_copy(folder: Path) -> str:
    """The old centre with all it had, or the copy in a generation of its own."""
    return starts(folder) if _held(folder) == (5, 1) else the_copy(folder)


def the_copy(folder: Path) -> str:
    """The copy, in a generation of its own."""
    held, generation = _held(folder)
    right = held == 2 and generation > 1
    return starts(folder) if right else f"{held} of the bench's events in generation {generation}"


def _held(folder: Path) -> tuple[int, int]:
    database = create_database(url(folder))
    with database.read() as conn:
        asked = select(func.count()).where(receipt.c.station_id == Bench().station_id)
        found = int(conn.scalar(asked) or 0), position(conn)[0]
    database.close()
    return found


def _photograph(folder: Path, rng: random.Random) -> None:
    """Photos come in pieces, in turn, and take their places."""
    photos, store = PhotoFolder(folder / PHOTOS, lambda _: 1 << 40), Store(folder)
    todo = {digest_of(whole): whole for whole in (picture(rng) for _ in range(12))}
    while todo:
        digest = rng.choice(sorted(todo))
        have = photos.have(digest, STATION)
        if have < len(todo[digest]):
            photos.append(digest, STATION, have, todo[digest][have : have + 1500])
        else:
            photos.finish(digest, STATION)
            del todo[digest]
    store.database.close()


def picture(rng: random.Random) -> bytes:
    """What begins as a PNG does."""
    return b"\x89PNG\r\n\x1a\n" + rng.randbytes(rng.randrange(1000, 4000))


CENTRE_SCENES: tuple[CentreScene, ...] = (
    CentreScene("centre receives, ships, keeps, erases", enrolled, _receive),
    CentreScene("centre erases words", enrolled, _erase_words),
    CentreScene("centre made", lambda _: None, _make),
    CentreScene("centre upgraded", older, _upgrade, upgraded),
    CentreScene("centre copied", enrolled, _backup),
    CentreScene("centre put back", replaced, put_back, old_or_copy),
    CentreScene("centre put back where only a log is left", _log_alone, put_back, the_copy),
    CentreScene("centre's photos", enrolled, _photograph),
)
