"""What a match is asked with is read whole."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.blind_asked import BlindMatch
from tests.sync.central.shop import at


def test_a_match_has_a_reason_whether_or_not_one_is_given() -> None:
    assert BlindMatch.model_validate({"order": "o-1", "line": 1, "at": at(1)}).reason == "unknown"


@pytest.mark.parametrize("wrong", [{"line": 0}, {"at": "today"}, {"order": ""}, {"label": "H07-1-X"}])
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BlindMatch.model_validate({"order": "o-1", "line": 1, "at": at(1)} | wrong)
