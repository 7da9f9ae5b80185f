"""Refusals that know their place in the answer."""

from __future__ import annotations

import pickle

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Conflict, Missing, missing


def test_what_is_missing_is_named() -> None:
    no = missing("order", "8841")
    assert isinstance(no, Missing)
    assert (no.code, no.read) == ("order.unknown", "Read the order '8841'.")


def test_a_refusal_crosses_a_process_border_as_what_it_is() -> None:
    # Made here a moment ago, so that nothing foreign is unpickled.
    no = pickle.loads(pickle.dumps(Conflict("a.b", "Read x.", "Expected y.", "Do z.")))  # noqa: S301
    assert isinstance(no, Conflict)
    assert isinstance(no, Refused)
    assert no.do == "Do z."
