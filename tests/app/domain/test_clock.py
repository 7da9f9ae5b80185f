"""Instants keep their milliseconds through text and numbers; the hybrid clock never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.clock import Hlc, from_ms, from_text, to_ms, to_text
from app.domain.refusal import Refused

instants = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - bounds are without a zone
    datetime(9999, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9))]),
)


def test_instants_are_written_in_utc_with_milliseconds() -> None:
    local = datetime(2026, 11, 22, 11, 41, 7, 123_999, tzinfo=timezone(timedelta(hours=1)))
    assert to_text(local) == "2026-11-22T10:41:07.123Z"
    assert to_text(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03T00:00:00.000Z"


@given(instants)
def test_text_and_milliseconds_name_the_same_instant(instant: datetime) -> None:
    back = from_text(to_text(instant))
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)
    assert to_ms(back) == to_ms(instant)
    assert (
        from_ms(to_ms(instant))
        == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=to_ms(instant))
        == back
    )


def test_an_instant_without_a_zone_is_a_defect() -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 - the defect itself
    with pytest.raises(ValueError, match="no zone"):
        to_text(naive)
    with pytest.raises(TypeError):
        to_ms(naive)


@pytest.mark.parametrize(
    "text", ["2026-11-22T10:41:07Z", "2026-11-22T11:41:07+01:00", "2026-11-22T10:41:07.000000-00:00"]
)
def test_any_offset_is_read(text: str) -> None:
    assert from_text(text) == datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-22",
        "2026-11-22T10:41:07",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
    ],
)
def test_a_time_that_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="RFC 3339") as no:
        from_text(text)
    assert no.value.code == "time.unreadable"
    assert repr(text) in no.value.read


@given(st.lists(st.integers(0, 2**40)), st.integers(0, 2**40))
def test_the_hybrid_clock_is_monotone_over_clock_jumps(readings: list[int], start: int) -> None:
    clock = Hlc(start, 0)
    for now in readings:
        later = clock.tick(now)
        assert later > clock
        assert later.wall_ms >= now
        assert later.wall_ms == max(clock.wall_ms, now)
        clock = later


def test_readings_within_a_millisecond_are_counted() -> None:
    first = Hlc(1000, 0)
    assert first.tick(1000) == Hlc(1000, 1)
    assert first.tick(999).tick(5) == Hlc(1000, 2)
    assert first.tick(999).tick(1001) == Hlc(1001, 0)


@given(st.integers(0, 10**13 - 1), st.integers(0, 99_999), st.integers(0, 10**13 - 1), st.integers(0, 99_999))
def test_hybrid_times_round_trip_and_sort_as_texts(
    wall: int, counter: int, wall2: int, counter2: int
) -> None:
    one, other = Hlc(wall, counter), Hlc(wall2, counter2)
    assert Hlc.parse(str(one)) == one
    assert (one < other) == (str(one) < str(other))


@pytest.mark.parametrize(
    "text", ["", "17", "17-", "-3", "17-x", "x-17", "1\N{ARABIC-INDIC DIGIT SEVEN}-3", "1-2-3", "+1-2"]
)
def test_a_broken_hybrid_time_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="hybrid time") as no:
        Hlc.parse(text)
    assert no.value.code == "time.hybrid"
