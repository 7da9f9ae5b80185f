from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.workflows.view import Tone
from ui.sound import BellSounder, SilentSounder
from ui.theme.tokens import load


@pytest.mark.parametrize(
    ("tone", "rings"),
    [(Tone.OK, 1), (Tone.QUESTION, 2), (Tone.ATTENTION, 2), (Tone.STOP, 3), (Tone.DONE, 1), (Tone.NONE, 0)],
)
def test_the_bell_rings_as_often_as_the_tone_has_sounds(qtbot: QtBot, tone: Tone, rings: int) -> None:
    rung: list[int] = []
    sounder = BellSounder(bell=lambda: rung.append(1))
    sounder.play(tone)
    assert len(rung) == min(rings, 1), "the first sound does not wait"
    qtbot.waitUntil(lambda: len(rung) >= rings, timeout=5000)
    assert len(rung) == rings


def test_every_tone_but_silence_is_a_token() -> None:
    assert set(load().tone) == {tone.value for tone in Tone} - {"none"}


def test_the_silent_sounder_remembers_the_last_tones() -> None:
    sounder = SilentSounder()
    sounder.play(Tone.NONE)
    for _ in range(SilentSounder.KEPT + 5):
        sounder.play(Tone.OK)
    sounder.play(Tone.STOP)
    assert len(sounder.played) == SilentSounder.KEPT
    assert sounder.played[-1] is Tone.STOP
