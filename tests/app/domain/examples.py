"""Records to try the domain with: builders with plain defaults, and strategies for laws."""

from __future__ import annotations

from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.envelope import ChainHead, Envelope, Evidence, genesis, seal
from app.domain.event import Event, EventKind
from app.domain.fields import EXACT_MAX
from app.domain.gtin import gtin_check_digit
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.signing import Ed25519Signer, Verifier

SIGNER = Ed25519Signer(bytes(range(32)))
VERIFIER = Verifier(SIGNER.public_key)
STATION = "5f0c1d9e2b7a4c3d8e6f001122334455"
START = genesis(STATION, 1, SIGNER.public_key)
SALT = bytes(range(16))
EVIDENCE = Evidence(
    app_ver="0.1.0",
    hlc="1795344067123-00000",
    wall="2026-11-22T10:41:07.123Z",
    mono_ms=71_004,
    boot_id="boot-1",
    tz="Europe/London",
    feed_gen=3,
    feed_pos=1204,
    rev_no=2,
)


def customer(item: str = "K-17") -> Account:
    """The end every sold unit is at."""
    return Account("ACME", item, Virtual.CUSTOMER)


def shelf(item: str = "K-17", place: str = "R-03", **more: str) -> Account:
    """Sellable stock in the building."""
    return Account("ACME", item, place, Status.SELLABLE, **more)


def event(number: int = 1, **more: object) -> Event:
    """A disposition of one unit; `more` replaces parts of it."""
    parts: dict[str, object] = {
        "event_id": f"0192e4c5-0000-7000-8000-{number:012d}",
        "kind": EventKind.RETURN_DISPOSITIONED,
        "subject": ("rma:R-10422-1", "sku:K-17"),
        "operator": "sam",
        "session": "s-1",
        "moves": (Move(number, customer(), shelf(), MoveKind.RETURN, "rule 12", "R-10422-1"),),
        "body": {"grade": "A", "qty": number, "note": "Kettle “1.7 l”"},
        "private": {"name": "Zoë", "order": None},
        "policy_ver": "2026.11-2",
    }
    return Event(**(parts | more))  # type: ignore[arg-type]  # parts are given by name


def sealed(number: int = 1, after: ChainHead = START, **more: object) -> Envelope:
    """One event behind `after`."""
    return seal(event(number, **more), after, EVIDENCE, SIGNER, SALT)


def chain_of(length: int) -> list[Envelope]:
    """A chain from its start."""
    found: list[Envelope] = []
    for number in range(1, length + 1):
        found.append(sealed(number, found[-1].head if found else START))
    return found


whole_numbers = st.integers(-EXACT_MAX, EXACT_MAX)
keys = st.text(st.characters(codec="ascii"), max_size=8)
texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | whole_numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)

_words = st.text("abcXYZ019-é木", min_size=1, max_size=6)
_maybe = st.none() | _words


@st.composite
def accounts(draw: st.DrawFn, owner: str | None = None, item: str | None = None) -> Account:
    """Any account that may exist."""
    if draw(st.booleans()):
        place: str = draw(st.sampled_from(Virtual))
        status = draw(st.sampled_from([None, Status.DISPOSED, Status.IN_TRANSIT]))
    else:
        place, status = draw(_words), draw(st.sampled_from(Status))
    return Account(
        owner=owner or draw(_words),
        item=item or draw(_words),
        location=place,
        status=status,
        reason=draw(_words) if status is Status.QUARANTINED else None,
        lot=draw(_maybe),
        serial=draw(_maybe),
        label=draw(_maybe),
        grade=draw(_maybe),
    )


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """Any move that may happen, of one of two items, so that moves meet."""
    item = draw(st.sampled_from(["K-17", "T-2"]))
    source = draw(accounts("ACME", item))
    target = draw(accounts("ACME", item).filter(lambda account: account != source))
    return Move(
        draw(st.integers(1, 1_000)),
        source,
        target,
        draw(st.sampled_from(MoveKind)),
        draw(_maybe),
        draw(_maybe),
    )


@st.composite
def gtins(draw: st.DrawFn) -> str:
    """GTINs of every length, with their right check digit."""
    body = draw(
        st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    )
    return body + gtin_check_digit(body)
