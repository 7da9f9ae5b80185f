"""Photos of a real station over a bad network to a real centre: each arrives whole, once, after its event."""

from __future__ import annotations

import errno
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.digests import digest_of
from app.ledger import photos
from sync.central.photo_folder import NoRoom, PhotoFolder
from sync.central.store.tables import exception, photo
from sync.client import exchange
from sync.client.photo_port import PhotoState
from sync.client.photos import FACTS_S, LEAST_PIECE, NARROW, OLD, PhotoClient
from sync.client.session import HALTED_S
from sync.wire.protocol import MAX_CHUNK
from tests.sync.picturing import Camera, files_of, folder_of, picture
from tests.sync.test_bad_network import FAULTS
from tests.sync.toll import Passage, Reply, flip, half_reply, lose_reply, lose_request, portal, says
from tests.sync.world import World

PATIENCE = 30
LARGE = 3 * MAX_CHUNK + 17


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


@pytest.fixture
def camera(world: World) -> Iterator[Camera]:
    found = Camera(world.site(), world.toll.base_url)
    yield found
    found.centre.close()


def pieces(world: World) -> list[Passage]:
    return [passage for passage in world.toll.seen if passage.method == "PUT"]


def states(world: World) -> dict[str, str]:
    with world.store.database.read() as conn:
        return {row.digest: row.state for row in conn.execute(select(photo.c.digest, photo.c.state))}


def cases(world: World, type_: str) -> list[tuple[str, str]]:
    with world.store.database.read() as conn:
        asked = select(exception.c.subject, exception.c.state).where(exception.c.type == type_)
        return [(row.subject, row.state) for row in conn.execute(asked.order_by(exception.c.id))]


def arrived(world: World, camera: Camera, data: bytes) -> None:
    """The centre has it, here and there it is said so, and every law holds."""
    digest = digest_of(data)
    assert folder_of(world).read(digest) == data
    assert states(world)[digest] == "here"
    assert camera.count() == photos.Count(0, 0)
    world.prove()


def test_a_photo_follows_its_event_in_pieces(world: World, camera: Camera) -> None:
    data = picture(1, LARGE)
    camera.take(data)
    assert camera.send() == FACTS_S
    assert pieces(world) == [], "its event was not sent yet"
    camera.site.sync()
    camera.send()
    arrived(world, camera, data)
    assert [len(piece.body) for piece in pieces(world)] == [MAX_CHUNK] * 3 + [17]
    assert camera.said == [PhotoState(1, 0), PhotoState(0, 0)]
    assert camera.store.read(digest_of(data)) == data, "it stays here for a while"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("at", ["hello", *range(4)])
def test_whatever_happens_once_to_an_exchange_the_photo_arrives(
    world: World, camera: Camera, fault: Callable[..., Reply | None], at: str | int
) -> None:
    data = picture(2, LARGE)
    camera.take(data)
    camera.site.sync()
    digest = digest_of(data)
    if at == "hello":
        world.toll.next("/attachments/hello", fault)
    else:
        world.toll.next(f"/{digest}?offset={int(at) * MAX_CHUNK}&", fault)
    camera.send(ticks=4)
    arrived(world, camera, data)
    assert files_of(world.folder / "photos") == [digest]


@pytest.mark.parametrize("fault", [lose_request, lose_reply, half_reply], ids=["request", "reply", "half"])
def test_cut_at_every_piece_it_goes_on_where_it_was(
    world: World, camera: Camera, fault: Callable[..., Reply | None]
) -> None:
    data = picture(3, LARGE)
    camera.take(data)
    camera.site.sync()
    reached = list[int]()

    def cut(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply | None:
        reached.append(int(passage.target.partition("offset=")[2].partition("&")[0]))
        # What never arrives has to pass once, or nothing would ever come.
        between = [lambda p, f: f(p)] if fault is lose_request else []
        world.toll.next(f"/{digest_of(data)}?", *between, cut)
        return fault(passage, forward)

    world.toll.next(f"/{digest_of(data)}?", cut)
    ticks = 0
    while camera.count().waiting:
        camera.send()
        ticks += 1
        assert ticks < 100
    world.toll.drop()
    arrived(world, camera, data)
    assert len(reached) > 3
    assert reached == sorted(set(reached)), "no piece that came was sent anew"


def test_a_sign_in_page_confirms_no_photo(world: World, camera: Camera) -> None:
    data = picture(4)
    camera.take(data)
    camera.site.sync()
    world.toll.next("/attachments", *[portal] * 3)
    camera.send(ticks=3)
    assert camera.count().waiting == 1
    assert camera.said[-1] == PhotoState(1, 0, exchange.SOMETHING_ELSE)
    assert len(camera.said) <= 2, "it is said once"
    camera.send()
    arrived(world, camera, data)


def test_bytes_changed_on_their_way_and_signed_so_are_thrown_away_and_sent_anew(
    world: World, camera: Camera
) -> None:
    data = picture(5, LARGE)
    (digest,) = camera.take(data)
    camera.site.sync()
    # What an earlier try left is spoiled: another disk's bytes, a torn sector.
    folder_of(world).append(digest, camera.ledger.head.station_id, 0, bytes(MAX_CHUNK))
    camera.send()
    arrived(world, camera, data)
    assert len(pieces(world)) == 3 + 4
    world.toll.next(f"/{digest}?", flip(3))
    assert files_of(world.folder / "photos") == [digest]
    world.toll.drop()


def test_another_stations_part_is_no_part_of_this_ones(world: World, camera: Camera) -> None:
    data = picture(6, LARGE)
    (digest,) = camera.take(data)
    folder_of(world).append(digest, "f" * 32, 0, b"rubbish")
    camera.site.sync()
    camera.send()
    arrived(world, camera, data)


def test_the_same_photo_of_two_stations_is_one_file_for_both_events(world: World, camera: Camera) -> None:
    other = Camera(world.site(), world.toll.base_url)
    data = picture(7)
    for each in (camera, other):
        each.take(data)
        each.site.sync()
        each.send()
    assert len(pieces(world)) == 1
    with world.store.database.read() as conn:
        assert [row.state for row in conn.execute(select(photo.c.state))] == ["here", "here"]
    arrived(world, other, data)
    other.centre.close()


def test_a_photo_of_an_event_that_was_not_posted_waits_for_it(world: World, camera: Camera) -> None:
    data = picture(8)
    shot = camera.store.keep(data, "png")
    camera.site.work(kind="return.of_the_future", body={"photos": [shot.photo]})
    camera.site.sync()
    camera.send(ticks=3)
    assert (pieces(world), camera.count().waiting) == ([], 1)
    hellos = [passage for passage in world.toll.seen if passage.target.endswith("attachments/hello")]
    assert len(hellos) == 1, "it is asked about again after a while, not with every tick"
    camera.site.clock.pass_by(HALTED_S)
    camera.send()
    assert camera.count().waiting == 1


def test_facts_go_first_and_a_photo_in_the_middle_makes_way(world: World, camera: Camera) -> None:
    data = picture(9, LARGE)
    camera.take(data)
    camera.site.sync()

    def record(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply:
        reply = forward(passage)
        recorded.set()
        assert done.wait(PATIENCE)
        return reply

    recorded, done = threading.Event(), threading.Event()

    def work() -> None:
        recorded.wait(PATIENCE)
        done.set()

    beside = threading.Thread(target=work)
    beside.start()
    world.toll.next(f"/{digest_of(data)}?offset={MAX_CHUNK}&", record)
    before = camera.client._shelf.facts_wait
    camera.client._shelf.facts_wait = lambda: recorded.is_set() or before()  # type: ignore[method-assign]
    assert camera.send() == FACTS_S
    beside.join()
    assert (len(pieces(world)), camera.count().waiting) == (2, 1)
    camera.client._shelf.facts_wait = before  # type: ignore[method-assign]
    camera.site.work(1)
    assert camera.send() == FACTS_S
    assert len(pieces(world)) == 2
    camera.site.sync()
    camera.send()
    arrived(world, camera, data)
    assert len(pieces(world)) == 4


def test_a_gateway_that_takes_little_gets_small_pieces_or_says_so(world: World, camera: Camera) -> None:
    data = picture(10, LARGE)
    camera.take(data)
    camera.site.sync()
    world.toll.next(f"/{digest_of(data)}?", *[says(413)] * 3)
    camera.send()
    arrived(world, camera, data)
    assert min(len(piece.body) for piece in pieces(world) if piece.body) < MAX_CHUNK
    small = picture(11, LEAST_PIECE)
    camera.take(small)
    camera.site.sync()
    world.toll.next(f"/{digest_of(small)}?", *[says(413)] * 6)
    camera.send()
    assert camera.said[-1] == PhotoState(1, 0, NARROW)
    camera.send()
    arrived(world, camera, small)


def test_a_full_disk_at_the_centre_is_said_once_and_facts_go_on(
    world: World, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture(12)
    camera.take(data)
    camera.site.sync()

    def full(*_: object) -> int:
        raise NoRoom("The disk has no room for photos.")

    with monkeypatch.context() as short:
        short.setattr(PhotoFolder, "append", full)
        camera.send(ticks=3)
        camera.site.work(2)
        camera.site.sync()
        world.agreed(camera.site)
    assert camera.said == [PhotoState(1, 0, exchange.NO_ROOM)]
    camera.send()
    arrived(world, camera, data)


def test_a_centre_without_photos_is_asked_rarely_and_everything_is_kept(world: World, camera: Camera) -> None:
    data = picture(13)
    camera.take(data)
    camera.site.sync()
    reply = b'{"type":"urn:backhaul:http.404","title":"Not Found","status":404,"code":"http.404"}'
    kind = {"content-type": "application/problem+json"}
    world.toll.next("/attachments/hello", lambda _p, _f: Reply(404, reply, dict(kind)))
    assert camera.client.tick(world.clock.now()) == HALTED_S
    assert camera.said[-1] == PhotoState(1, 0, OLD)
    world.clock.pass_by(HALTED_S)
    camera.send()
    arrived(world, camera, data)


def test_a_photo_whose_file_is_gone_is_one_case_and_blocks_no_other(world: World, camera: Camera) -> None:
    gone, here = picture(14), picture(15)
    camera.take(gone)
    camera.take(here)
    event_id = camera.ledger.connection.exec_driver_sql("SELECT event_id FROM event WHERE seq = 1").scalar()
    camera.store.remove(digest_of(gone))
    camera.site.sync()
    camera.send(ticks=2)
    assert states(world) == {digest_of(gone): "lost", digest_of(here): "here"}
    assert camera.said[-1] == PhotoState(0, 1)
    assert cases(world, "photo.lost") == [(f"event:{event_id}", "open")]
    world.prove()
    camera.centre.close()
    camera.store.keep(gone, "png")
    camera.open()
    camera.send()
    arrived(world, camera, gone)
    assert cases(world, "photo.lost") == [(f"event:{event_id}", "resolved")]


def test_what_is_no_picture_or_too_large_is_kept_here_and_said(world: World, camera: Camera) -> None:
    odd, fine = b"<html>not a picture</html>", picture(16)
    camera.take(odd, fine)
    camera.site.sync()
    camera.send(ticks=3)
    assert camera.count().waiting == 1
    assert "1 photos are not taken by the centre" in camera.said[-1].trouble
    assert folder_of(world).read(digest_of(fine)) == fine
    assert len(pieces(world)) == 2, "it is not sent again and again"
    assert camera.store.read(digest_of(odd)) == odd


def test_a_seeded_bad_week_loses_no_photo(world: World, seeded: random.Random) -> None:
    cameras = [Camera(world.site(), world.toll.base_url) for _ in range(2)]
    kinds = list(FAULTS.values())
    taken = list[bytes]()
    for _ in range(20):
        camera = seeded.choice(cameras)
        taken.append(picture(seeded.getrandbits(32), seeded.choice([50, 5000, LARGE])))
        camera.take(taken[-1])
        if seeded.random() < 0.7:
            world.toll.next(seeded.choice(["/attachments/hello", "&size="]), seeded.choice(kinds))
        if seeded.randint(0, 3) == 0:
            camera.centre.close()
            camera.open()
        camera.site.sync()
        camera.send(ticks=seeded.randint(1, 2))
    world.toll.drop()
    for camera in cameras:
        camera.site.sync()
        camera.send(ticks=20)
        assert camera.count() == photos.Count(0, 0)
        camera.centre.close()
    for data in taken:
        assert folder_of(world).read(digest_of(data)) == data
    assert files_of(world.folder / "photos") == sorted({digest_of(data) for data in taken})


def test_a_failing_disk_at_the_station_passes_over_one_photo(
    world: World, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = picture(22), picture(23)
    camera.take(bad)
    camera.take(good)
    camera.site.sync()
    read = Path.read_bytes

    def fails(path: Path) -> bytes:
        if path.name.startswith(digest_of(bad)) and path.suffix:
            raise OSError(errno.EIO, "the disk")
        return read(path)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_bytes", fails)
        camera.send(ticks=2)
    assert (camera.count(), states(world)[digest_of(good)]) == (photos.Count(1, 0), "here")
    camera.site.clock.pass_by(HALTED_S)
    camera.send()
    arrived(world, camera, bad)


def test_before_it_has_joined_photos_are_counted_and_kept(tmp_path: Path, world: World) -> None:
    site = world.site(enrolled=False)
    camera = Camera(site, world.toll.base_url)
    camera.centre.close()
    camera.take(picture(24))
    said: list[PhotoState] = []
    client = PhotoClient(camera.client._shelf, None, noise=random.Random(1), on_state=said.append)
    client.tick(world.clock.now())
    client.tick(world.clock.now())
    assert said == [PhotoState(1, 0)]
    assert pieces(world) == []
    client.stop()
    client.tick(world.clock.now())
    del tmp_path
