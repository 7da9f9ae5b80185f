"""What ends a return or says that it is on its way is read whole."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sync.central.commands.return_exits_asked import ReturnExit, ReturnSent
from tests.sync.central.shop import at


def test_an_end_is_a_cancellation_unless_told_otherwise() -> None:
    assert ReturnExit.model_validate({"reason": "kept", "at": at(1)}).exit == "cancelled"
    assert ReturnSent.model_validate({"tracking": "JD1", "at": at(1)}).tracking == "JD1"


@pytest.mark.parametrize("wrong", [{"exit": "lost"}, {"reason": ""}, {"at": "soon"}])
def test_what_cannot_be_read_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ReturnExit.model_validate({"reason": "kept", "at": at(1)} | wrong)
