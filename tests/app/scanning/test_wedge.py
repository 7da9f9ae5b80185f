"""The burst detector: a scanner is caught whole, a person loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scanning.wedge import BurstLimits, Drop, Hold, Outcome, Release, Scan, WedgeDetector

EAN = "4006381333931"
NEVER_QUIET = BurstLimits(quiet_ends=False)


class Filter:
    """What the window's event filter does: a queue of held keys, and where they went."""

    def __init__(self, limits: BurstLimits | None = None) -> None:
        self.detector = WedgeDetector(limits or BurstLimits())
        self.queue: list[str] = []
        self.typed: list[str] = []
        self.scans: list[str] = []
        self.dropped = 0

    def key(self, text: str, at_ms: float) -> None:
        self.queue.append(text)
        outcomes = self.detector.key(text, at_ms)
        assert outcomes, "every key is answered for"
        self.act(outcomes)
        assert len(self.queue) == self.detector.holding

    def act(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            match outcome:
                case Hold():
                    continue
                case Release(keys, text):
                    assert "".join(self.queue[:keys]) == text
                    self.typed += self.queue[:keys]
                case Scan(raw, keys):
                    assert raw in "".join(self.queue[:keys])
                    self.scans.append(raw)
                case Drop(keys):
                    self.dropped += keys
            del self.queue[: outcome.keys]

    def burst(self, text: str, at_ms: float, gap_ms: float = 3) -> float:
        for sign in text:
            self.key(sign, at_ms)
            at_ms += gap_ms
        return at_ms

    def quiet(self) -> None:
        self.act(self.detector.quiet())


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n", "\t", "\x04"])
def test_each_terminator_gives_exactly_one_scan(ending: str) -> None:
    window = Filter()
    window.burst(EAN + ending, 1000)
    window.quiet()
    assert (window.scans, window.typed) == ([EAN], [])
    assert window.dropped == len(ending) - 1


def test_quiet_time_ends_a_scan_too() -> None:
    window = Filter()
    window.burst(EAN, 1000)
    window.quiet()
    assert (window.scans, window.typed) == ([EAN], [])


def test_without_quiet_ending_an_unfinished_burst_is_typing() -> None:
    window = Filter(NEVER_QUIET)
    window.burst(EAN, 1000)
    window.quiet()
    assert (window.scans, "".join(window.typed)) == ([], EAN)


@pytest.mark.parametrize("late_ms", [45, 120])
def test_a_slow_enter_still_belongs_to_its_scan(late_ms: float) -> None:
    window = Filter()
    end = window.burst(EAN, 1000)
    if late_ms > window.detector.limits.quiet_ms:
        window.quiet()
    window.key("\r", end + late_ms)
    assert (window.scans, window.typed) == ([EAN], [])


def test_an_enter_of_a_hand_is_never_swallowed() -> None:
    window = Filter()
    window.burst(f"{EAN}\r", 1000)
    window.key("\r", 2000)
    window.key("\t", 2010)
    assert (window.scans, window.typed) == ([EAN], ["\r", "\t"])


def test_thirty_scans_at_80_ms_gaps_come_in_order() -> None:
    window, at = Filter(), 0.0
    codes = [f"ITEM-{n:04}" for n in range(30)]
    for code in codes:
        at = window.burst(f"{code}\r", at) + 80
    assert (window.scans, window.typed) == (codes, [])


def test_typing_reaches_the_field_key_by_key() -> None:
    window = Filter()
    for n, sign in enumerate("broken lid\r"):
        window.key(sign, n * 150.0)
    assert ("".join(window.typed), window.scans) == ("broken lid\r", [])


def test_a_short_quick_burst_is_typing_with_its_enter() -> None:
    window = Filter()
    window.burst("the\r", 0, gap_ms=20)
    assert ("".join(window.typed), window.scans) == ("the\r", [])


def test_a_typed_letter_before_a_scan_is_released_before_it() -> None:
    window = Filter()
    window.key("x", 0)
    window.burst(f"{EAN}\r", 500)
    assert (window.typed, window.scans) == (["x"], [EAN])


def test_group_separators_typed_as_control_keys_belong_to_the_scan() -> None:
    window = Filter()
    window.burst("0109506000134352" + "10A\x1d21B\r", 0)
    assert window.scans == ["010950600013435210A\x1d21B"]


@pytest.mark.parametrize("shortcut", ["\x1a", "\x0b", "\x1b", "\x08", "\x7f", "IME text"])
def test_shortcuts_and_editing_keys_pass_at_once_and_in_order(shortcut: str) -> None:
    window = Filter()
    window.key("a", 0)
    window.key(shortcut, 5)
    assert window.typed == ["a", shortcut]
    assert window.detector.holding == 0


def test_keys_without_text_do_nothing() -> None:
    detector = WedgeDetector()
    assert detector.key("", 0) == ()
    detector.key("A", 1)
    assert detector.key("", 2) == ()
    assert detector.holding == 1


def test_a_clock_that_jumps_back_breaks_the_burst() -> None:
    window = Filter(NEVER_QUIET)
    window.burst("12345", 1000)
    window.key("6", 10)
    assert "".join(window.typed) == "12345"


def test_the_first_and_last_stamp_are_the_scanners_own() -> None:
    detector = WedgeDetector()
    for n, sign in enumerate("12345"):
        detector.key(sign, 100 + 7 * n)
    assert detector.key("\r", 140) == (Scan("12345", 6, 100, 140),)


def test_moving_focus_gives_back_what_is_held_even_if_it_was_long() -> None:
    window = Filter()
    window.burst("1234567", 0)
    window.act(window.detector.release_all())
    assert ("".join(window.typed), window.scans) == ("1234567", [])


def test_an_endless_burst_is_cut() -> None:
    window = Filter(BurstLimits(longest=100))
    window.burst("7" * 101, 0)
    assert window.scans == ["7" * 101]
    assert window.detector.holding == 0


def test_limits_belong_to_the_device() -> None:
    slow = Filter(BurstLimits(max_gap_ms=80, quiet_ms=120))
    slow.burst(f"{EAN}\r", 0, gap_ms=60)
    assert slow.scans == [EAN]
    long_codes_only = Filter(BurstLimits(min_length=10))
    long_codes_only.burst("12345\r", 0)
    assert (long_codes_only.scans, "".join(long_codes_only.typed)) == ([], "12345\r")


class TestPrefix:
    def test_only_what_follows_the_prefix_is_a_scan(self) -> None:
        window = Filter(BurstLimits(prefix="\x02"))
        window.burst("quick typing\r", 0)
        window.burst(f"\x02{EAN}\r\n", 1000)
        assert ("".join(window.typed), window.scans) == ("quick typing\r", [EAN])

    def test_typing_is_never_held(self) -> None:
        detector = WedgeDetector(BurstLimits(prefix="\x02"))
        assert detector.key("a", 0) == (Release(1, "a"),)

    def test_an_identifier_is_prefix_and_data(self) -> None:
        window = Filter(BurstLimits(prefix="]", prefix_is_data=True))
        window.burst(f"]E0{EAN}\r", 0)
        assert window.scans == [f"]E0{EAN}"]

    def test_a_prefix_typed_by_hand_is_given_back(self) -> None:
        window = Filter(BurstLimits(prefix="]", prefix_is_data=True))
        window.key("]", 0)
        window.key("A", 200)
        assert window.typed == ["]", "A"]


keys = st.lists(
    st.tuples(st.sampled_from([*"AB19]", "\x1d", "\r", "\n", "\t", "\x1b", "é"]), st.floats(-50, 400)),
    max_size=60,
)


@given(
    keys=keys,
    limits=st.sampled_from([BurstLimits(), NEVER_QUIET, BurstLimits(prefix="]"), BurstLimits(min_length=1)]),
)
def test_every_key_goes_exactly_one_way(keys: list[tuple[str, float]], limits: BurstLimits) -> None:
    window, at = Filter(limits), 0.0
    for text, gap in keys:
        at += gap
        window.key(text, at)
    window.quiet()
    assert window.queue == []
    assert window.detector.holding == 0


@given(
    words=st.lists(st.text("abcdefgh 0123456789\r\t", min_size=1, max_size=20), max_size=4),
    gaps=st.integers(60, 300),
)
def test_a_hand_loses_nothing_whatever_it_types(words: list[str], gaps: int) -> None:
    typed = "".join(words)
    window = Filter()
    for n, sign in enumerate(typed):
        window.key(sign, n * gaps)
    window.quiet()
    assert "".join(window.typed) == typed
    assert window.scans == []


@given(
    codes=st.lists(st.text("ABCXYZ0123456789-\x1d", min_size=4, max_size=30), min_size=1, max_size=5),
    gap=st.integers(0, 30),
    ending=st.sampled_from(["\r", "\n", "\r\n", "\t"]),
)
def test_a_scanner_is_caught_whole_whatever_it_reads(codes: list[str], gap: int, ending: str) -> None:
    window, at = Filter(), 0.0
    for code in codes:
        at = window.burst(code + ending, at, gap) + 80
    assert (window.scans, window.typed) == (codes, [])
