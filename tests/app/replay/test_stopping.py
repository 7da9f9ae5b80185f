"""Stopping: the first signal is noted, the second ends at once, and the handlers are put back."""

from __future__ import annotations

import signal

import pytest

from app.replay.stopping import Stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_is_a_wish_and_the_second_an_order(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Stopping() as stopping:
        assert not stopping.asked()
        signal.raise_signal(number)
        assert stopping.asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before
