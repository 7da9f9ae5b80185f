from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire import codec
from sync.wire.codec import TooLarge
from sync.wire.messages import Head
from sync.wire.protocol import MAX_OFFERED, Versions
from sync.wire.renewals import Cause, Holds, Offer, Offered, Renew, Renewed

Message = Renew | Renewed | Offer | Holds
TOKEN, INSTALL = "0a" * 16, "0b" * 16
MESSAGES: list[Message] = [
    Renew(TOKEN, 1, Head(17, "cd"), 12, INSTALL, Cause.DIFFERS, Versions(1, 3)),
    Renewed(TOKEN, 2, 4),
    Offer((Offered("e-1", "ab" * 32), Offered("e-2", "cd" * 32))),
    Offer(()),
    Holds(4, frozenset({"e-2", "e-1"})),
    Holds(4, frozenset()),
]

each = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)


def reread(message: Message, change: Callable[[dict[str, object]], None] = lambda _: None) -> Message:
    document = dict(codec.decode(codec.encode(message.to_json()), "message").raw())
    change(document)
    return type(message).from_json(Fields(document, "message"))


@each
def test_there_and_back(message: Message) -> None:
    assert reread(message) == message
    assert reread(message, lambda document: document.update(later={"v": 1.5})) == message


@each
def test_every_field_is_needed(message: Message) -> None:
    for name in message.to_json().keys() - {"events"}:
        with pytest.raises(Refused, match=name):
            reread(message, lambda document, name=name: document.pop(name))  # type: ignore[misc]


def test_a_centre_may_say_which_labels_it_knows_and_an_older_one_does_not() -> None:
    told = Renewed(TOKEN, 2, 4, {"L": 41, "H": 3})
    assert reread(told) == told
    assert reread(told, lambda document: document.__delitem__("labels")) == Renewed(TOKEN, 2, 4)
    assert "labels" not in Renewed(TOKEN, 2, 4).to_json()
    with pytest.raises(Refused, match="L"):
        reread(told, lambda document: document.update(labels={"L": -1}))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("token", "0a", "wire.not_hex"),
        ("install_id", "folder", "wire.not_hex"),
        ("cause", "perhaps", "wire.unknown_word"),
        ("epoch", 0, "fields.wrong"),
    ],
)
def test_a_question_that_means_nothing_is_refused(field: str, value: object, code: str) -> None:
    with pytest.raises(Refused) as no:
        reread(MESSAGES[0], lambda document: document.update({field: value}))
    assert no.value.code == code


def test_an_offer_is_bounded_and_by_digest() -> None:
    many = Offer(tuple(Offered(f"e-{n}", "ab" * 32) for n in range(MAX_OFFERED + 1)))
    with pytest.raises(TooLarge):
        reread(many)
    with pytest.raises(Refused) as no:
        reread(Offer((Offered("e-1", "what it says"),)))
    assert no.value.code == "renewal.content"
