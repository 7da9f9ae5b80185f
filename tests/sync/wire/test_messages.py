from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire import codec
from sync.wire.messages import Enrol, Enrolled, Head, Hello, Push, Verdict, Welcome
from sync.wire.protocol import Versions
from sync.wire.sealed import sealed
from tests.app.domain.examples import SIGNER, STATION, chain_of

Message = Enrol | Enrolled | Hello | Welcome | Push

MESSAGES: list[Message] = [
    Enrol("c0de", STATION, "install-1", SIGNER.public_key, "Bench 7"),
    Enrolled(STATION, 1, "07", "WH1", "ACME", "Bench 7", "centre-1", 1),
    Hello("n-1", 1, Head(0, "ab")),
    Hello("n-1", 2, Head(17, "cd"), Versions(1, 3)),
    Welcome("n-1", 4, 2, Head(17, "cd"), "2026-11-22T10:41:07.123Z", Verdict.RENEW, Versions(1, 2)),
    Push(1, ()),
    Push(1, tuple(sealed(envelope) for envelope in chain_of(2))),
]

each = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)


def reread(message: Message, change: Callable[[dict[str, object]], None] = lambda _: None) -> Message:
    document = dict(codec.decode(codec.encode(message.to_json()), "message").raw())
    change(document)
    return type(message).from_json(Fields(document, "message"))


@each
def test_there_and_back(message: Message) -> None:
    assert reread(message) == message


@each
def test_unknown_fields_are_left_alone(message: Message) -> None:
    assert reread(message, lambda document: document.update(later={"v": 1.5})) == message


@each
def test_every_field_is_needed(message: Message) -> None:
    may_be_missing = {"name"} if isinstance(message, Enrol) else {"events"}
    for name in message.to_json().keys() - may_be_missing:
        with pytest.raises(Refused, match=name):
            reread(message, lambda document, name=name: document.pop(name))  # type: ignore[misc]


def test_an_unknown_verdict_is_not_guessed() -> None:
    with pytest.raises(Refused, match="perhaps") as no:
        reread(MESSAGES[4], lambda document: document.update(verdict="perhaps"))
    assert no.value.code == "wire.unknown_word"


@pytest.mark.parametrize(("field", "value"), [("station_id", "07"), ("public_key", "00"), ("code", "")])
def test_an_enrolment_needs_ids_and_keys_of_their_size(field: str, value: str) -> None:
    with pytest.raises(Refused, match=field):
        reread(MESSAGES[0], lambda document: document.update({field: value}))


@pytest.mark.parametrize("digest", [True, False])
def test_only_a_centre_whose_answers_carry_digests_says_so(digest: bool) -> None:
    said = Welcome("n-1", 4, 2, Head(0, "cd"), "2026-11-22T10:41:07Z", Verdict.CONTINUE, digest=digest)
    assert ("digest" in said.to_json()) is digest
    assert Welcome.from_json(Fields(said.to_json(), "welcome")) == said
