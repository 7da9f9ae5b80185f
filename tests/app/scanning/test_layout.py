"""The scanner test: the layouts it names, and what it does not claim."""

from __future__ import annotations

import pytest

from app.scanning import layout
from app.scanning.faults import Broken, Fault

GERMAN = "zyaqÖ-?ß§12\x1dEND"


@pytest.mark.parametrize(
    ("received", "name"),
    [
        (layout.TEST_CODE, "US"),
        (GERMAN, "German"),
        ("yzaq:/_-£12\x1dEND", "UK"),
        ("yzaqÑ-?'·12\x1dEND", "Spanish"),
        ("yzaqç-?'£12\x1dEND", "Italian"),
        ("yzaqÖ-?+#12\x1dEND", "Swedish"),
        ("yzaqÆ-?+#12\x1dEND", "Danish"),
        ("yzaqØ-?+#12\x1dEND", "Norwegian"),
    ],
)
def test_layouts_are_named(received: str, name: str) -> None:
    found = layout.judge(received)
    assert (found.layout, found.separator_kept, found.caps) == (name, True, False)
    assert found.ok is (name == "US")


def test_french_moves_letters_and_digits() -> None:
    assert layout.judge("ywqaM!°)3&é\x1dEND").layout == "French"


def test_a_lost_separator_and_a_stuck_caps_lock_are_told_apart() -> None:
    lost = layout.judge(layout.TEST_CODE.replace("\x1d", ""))
    assert (lost.layout, lost.separator_kept, lost.ok) == ("US", False, False)
    caps = layout.judge(layout.TEST_CODE.swapcase())
    assert (caps.layout, caps.caps, caps.ok) == ("US", True, False)


@pytest.mark.parametrize("received", ["", "4006381333931", layout.TEST_CODE[:-1], f"x{layout.TEST_CODE}"])
def test_an_unknown_reply_is_called_unknown(received: str) -> None:
    assert layout.judge(received).layout is None


@pytest.mark.parametrize(
    "text", ["https://a.b/c", "http://a", "ab--cd", "+A99912345/9901510X3", "l'été à", "-- -- -- --"]
)
def test_sound_text_passes(text: str) -> None:
    layout.check(text)


def test_damage_is_refused_with_a_way_out() -> None:
    with pytest.raises(Broken) as broken:
        layout.check("httpsÖ--example.com-01-09506000134352")
    assert broken.value.fault is Fault.LAYOUT
    assert "Devices screen" in broken.value.do
