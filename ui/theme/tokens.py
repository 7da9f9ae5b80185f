"""Design tokens read from `resources/theme/tokens.toml`: typed, frozen, refused when anything is amiss.

No Qt here: a contrast test or a label renderer may read the tokens without a window.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

TOKENS_VERSION = 1
_WEIGHTS = (400, 500, 600, 700)
_HEX = re.compile(r"#[0-9A-F]{6}")
_PATH = re.compile(r"[MmLlHhVvCcSsAaZz0-9 .,-]+")


class Role(StrEnum):
    """What a colour is for. `X_TEXT` is readable on `X_TINT` and on a surface, `ON_X` on `X`."""

    BG = "bg"
    SURFACE = "surface"
    SURFACE2 = "surface2"
    LINE = "line"
    EDGE = "edge"
    TEXT = "text"
    TEXT2 = "text2"
    ASK = "ask"
    ON_ASK = "on_ask"
    ASK_TAB = "ask_tab"
    ASK_TINT = "ask_tint"
    ASK_TEXT = "ask_text"
    OK = "ok"
    ON_OK = "on_ok"
    OK_TINT = "ok_tint"
    OK_TEXT = "ok_text"
    WARN = "warn"
    ON_WARN = "on_warn"
    WARN_EDGE = "warn_edge"
    WARN_TINT = "warn_tint"
    WARN_TEXT = "warn_text"
    WARN_TAB = "warn_tab"
    ON_WARN_TAB = "on_warn_tab"
    STOP = "stop"
    ON_STOP = "on_stop"
    STOP_TAB = "stop_tab"
    STOP_TINT = "stop_tint"
    STOP_TEXT = "stop_text"
    OFF = "off"
    ON_OFF = "on_off"
    OFF_TINT = "off_tint"
    OFF_TEXT = "off_text"
    TRAIN = "train"
    ON_TRAIN = "on_train"
    FOCUS = "focus"
    REST = "rest"
    ON_REST = "on_rest"
    PRESS = "press"
    PAPER = "paper"
    INK = "ink"


class Style(StrEnum):
    """A text's role: its size, line height, weight and letter spacing."""

    HEADLINE = "headline"
    HINT = "hint"
    FIGURE = "figure"
    ITEM = "item"
    ANSWER = "answer"
    KEY_NUMBER = "key_number"
    LINE = "line"
    BENCH = "bench"
    SERIAL = "serial"
    LABEL_HEAD = "label_head"
    LABEL_TEXT = "label_text"


@dataclass(frozen=True, slots=True)
class TextToken:
    """Pixels, line pixels, weight (400 to 700) and letter spacing of one text role."""

    px: int
    line: int
    weight: int
    spacing: float


@dataclass(frozen=True, slots=True)
class ToneToken:
    """`count` sounds of `ms` milliseconds at `hertz`; `rising` when the last is higher than the first."""

    count: int
    ms: int
    hertz: int
    rising: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """Lengths of the frame as (at Text 100 %, at Text 200 %)."""

    top_bar: tuple[int, int]
    band: tuple[int, int]
    foot: tuple[int, int]
    headline_x: tuple[int, int]
    tab_width: tuple[int, int]
    tab_tip: tuple[int, int]
    icon: tuple[int, int]
    icon_band: tuple[int, int]
    pill: tuple[int, int]
    button: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Space:
    """Gaps, in pixels at Text 100 %."""

    page: int
    panel: int
    small: int


@dataclass(frozen=True, slots=True)
class Radius:
    """Corner radii in pixels at any Text %."""

    panel: int
    pill: int
    button: int
    chip: int
    cell: int
    bar: int
    picture: int


@dataclass(frozen=True, slots=True)
class Edge:
    """Line widths in pixels at any Text %."""

    hair: int
    control: int
    answer: int
    band_attention: int
    focus: int
    row_bar: int
    stop_frame: int
    tab_underline: int


@dataclass(frozen=True, slots=True)
class Height:
    """Heights (and a few widths) of controls and rows, in pixels at Text 100 %."""

    panel_head: int
    job_head: int
    row: int
    row_alone: int
    row_two: int
    figures: int
    button: int
    button_primary: int
    button_two: int
    primary_width: int
    answer: int
    answer_tile: int
    answer_low: int
    answer_lowest: int
    answer_low_tile: int
    grade: int
    pad_key: int
    marker: int
    icon: int
    segment: int
    segment_width: int
    serial_cell: int
    serial_cell_width: int
    panel_foot: int


@dataclass(frozen=True, slots=True)
class Split:
    """Widths of the fixed side of a split, in pixels at Text 100 %."""

    job_list: int
    idle_side: int
    label_side: int
    drawer: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """All design tokens. `light` and `dark` hold one `#RRGGBB` for every role."""

    family: str
    features: tuple[str, ...]
    text: Mapping[Style, TextToken]
    frame: Frame
    space: Space
    radius: Radius
    edge: Edge
    height: Height
    split: Split
    tone: Mapping[str, ToneToken]
    light: Mapping[Role, str]
    dark: Mapping[Role, str]
    icon: Mapping[str, str]


class TokenError(ValueError):
    """The token file says something that cannot be drawn; a defect of the installation, not of a person."""


_Section = TypeVar("_Section", Frame, Space, Radius, Edge, Height, Split)


def load() -> Tokens:
    """Read the tokens that are shipped; raises `TokenError`."""
    return parse((files("resources.theme") / "tokens.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Tokens:
    """Read tokens from TOML text; raises `TokenError` naming the entry that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TokenError(f"tokens: not TOML: {error}") from error
    if raw.get("version") != TOKENS_VERSION:
        raise TokenError(f"tokens: version {raw.get('version')!r}, this program reads {TOKENS_VERSION}")
    font, colors = _table(raw, "font"), _table(raw, "color")
    return Tokens(
        family=str(font.get("family", "")),
        features=tuple(str(feature) for feature in font.get("features", ())),
        text=MappingProxyType(_texts(_table(raw, "text"))),
        frame=_frame(_table(raw, "frame")),
        space=_section(Space, raw, "space"),
        radius=_section(Radius, raw, "radius"),
        edge=_section(Edge, raw, "edge"),
        height=_section(Height, raw, "height"),
        split=_section(Split, raw, "split"),
        tone=MappingProxyType({name: _tone(name, row) for name, row in _table(raw, "tone").items()}),
        light=MappingProxyType(_colors("light", _table(colors, "light"))),
        dark=MappingProxyType(_colors("dark", _table(colors, "dark"))),
        icon=MappingProxyType(_icons(_table(raw, "icon"))),
    )


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name)
    if not isinstance(table, dict):
        raise TokenError(f"tokens: table [{name}] is missing")
    return table


def _names(section: str, got: Mapping[str, Any], wanted: set[str]) -> None:
    if missing := sorted(wanted - set(got)):
        raise TokenError(f"tokens: [{section}] lacks {', '.join(missing)}")
    if extra := sorted(set(got) - wanted):
        raise TokenError(f"tokens: [{section}] has unknown {', '.join(extra)}")


def _section(kind: type[_Section], raw: Mapping[str, Any], name: str) -> _Section:
    table = _table(raw, name)
    _names(name, table, {field.name for field in fields(kind)})
    for key, value in table.items():
        if type(value) is not int or value < 1:
            raise TokenError(f"tokens: [{name}] {key} = {value!r}, a whole number from 1 is wanted")
    return kind(**table)


def _frame(table: Mapping[str, Any]) -> Frame:
    _names("frame", table, {field.name for field in fields(Frame)})
    pairs: dict[str, tuple[int, int]] = {}
    for key, value in table.items():
        match value:
            case [int() as small, int() as large] if 0 < small <= large:
                pairs[key] = (small, large)
            case _:
                raise TokenError(f"tokens: [frame] {key} = {value!r}, two growing whole numbers are wanted")
    return Frame(**pairs)


def _texts(table: Mapping[str, Any]) -> dict[Style, TextToken]:
    _names("text", table, set(Style))
    styles: dict[Style, TextToken] = {}
    for key, value in table.items():
        match value:
            case [
                int() as px,
                int() as line,
                400 | 500 | 600 | 700 as weight,
                int() | float() as spacing,
            ] if 0 < px <= line:
                styles[Style(key)] = TextToken(px, line, weight, float(spacing))
            case _:
                raise TokenError(f"tokens: [text] {key} = {value!r}, [px, line, weight, spacing] is wanted")
    return styles


def _tone(name: str, value: object) -> ToneToken:
    match value:
        case [int() as count, int() as ms, int() as hertz, 0 | 1 as rising] if min(count, ms, hertz) > 0:
            return ToneToken(count, ms, hertz, rising=bool(rising))
        case _:
            raise TokenError(f"tokens: [tone] {name} = {value!r}, [count, ms, hertz, rising] is wanted")


def _colors(theme: str, table: Mapping[str, Any]) -> dict[Role, str]:
    _names(f"color.{theme}", table, set(Role))
    for key, value in table.items():
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise TokenError(f"tokens: [color.{theme}] {key} = {value!r}, #RRGGBB in capitals is wanted")
    return {Role(key): value for key, value in table.items()}


def _icons(table: Mapping[str, Any]) -> dict[str, str]:
    for key, value in table.items():
        if not isinstance(value, str) or not _PATH.fullmatch(value):
            raise TokenError(f"tokens: [icon] {key} is not a path")
    return dict(table)
