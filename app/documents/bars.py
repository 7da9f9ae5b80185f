"""Code 128 as numbers: symbol values for a printer that draws bars itself, module widths for our own drawing.

Paper, printer language and screen all take their bars from here, so they show one and the same symbol.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from app.domain.late import LOADING
from app.domain.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

# ISO/IEC 15417: a symbol character has 11 modules, the stop pattern 13, each quiet zone 10.
_CHARACTER = 11
_STOP = 13
QUIET = 10

START_B = 104
_STOP_VALUE = 106
_CHECK_MODULUS = 103
# Switches between subsets are what printer emulations most often get wrong; one more character is cheap.
_MAY_BE_LONGER = 1
_WORTH_PACKING = re.compile(r"[0-9]{6}|^[0-9]{4,}$")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A Code 128: start character, subset switches and data as values 0 to 105, without check and stop."""

    values: tuple[int, ...]

    @property
    def modules(self) -> int:
        """The width from first to last bar in modules, check and stop included, quiet zones not."""
        return _CHARACTER * (len(self.values) + 1) + _STOP

    @property
    def check(self) -> int:
        """The value of the check character."""
        weighted = (weight * value for weight, value in enumerate(self.values))
        return (self.values[0] + sum(weighted)) % _CHECK_MODULUS


@lru_cache(maxsize=256)
def symbol(code: str) -> Symbol:
    """The symbol for `code`: subset B throughout, or digits in pairs where that is clearly shorter.

    Raises:
        Refused: blank, or a sign outside printable ASCII.
    """
    if not (code and code.isascii() and code.isprintable()):
        raise Refused(
            "bars.code",
            f"Read {code[:60]!r} for a Code 128.",
            "Expected one or more printable ASCII signs.",
            "Print another code.",
        )
    plain = (START_B, *(value - 32 for value in code.encode("ascii")))
    if not _WORTH_PACKING.search(code):
        return Symbol(plain)
    packed = _packed(code)
    return Symbol(packed if len(packed) + _MAY_BE_LONGER < len(plain) else plain)


def _packed(code: str) -> tuple[int, ...]:
    """The library's own choice of subsets."""
    # Imported late: the library loads an imaging package that the first paint must not wait for.
    with LOADING:
        from barcode.codex import Code128  # noqa: PLC0415

    # The library takes a leading pair 99 for a switch to subset C, whose value is 99 too, and drops it;
    # another pair stands in for it.
    misread = code.startswith("99")
    # Any writer will do: the library makes its own, with fonts, when it gets none.
    values = Code128(f"00{code[2:]}" if misread else code, writer=object()).encoded
    if misread:
        values[1] = 99
    return tuple(values)


@lru_cache(maxsize=256)
def module_widths(code: str) -> tuple[int, ...]:
    """Widths in modules, bar and space in turn, from the first bar to the last; without quiet zones.

    Raises:
        Refused: blank, or a sign outside printable ASCII.
    """
    encoded = symbol(code)
    patterns = _patterns()
    widths = [width for value in (*encoded.values, encoded.check) for width in patterns[value]]
    return (*widths, *patterns[_STOP_VALUE])


@lru_cache(maxsize=1)
def _patterns() -> Mapping[int, tuple[int, ...]]:
    """Widths of the bars and spaces of every symbol character, and of the stop pattern."""
    with LOADING:
        from barcode.charsets import code128  # noqa: PLC0415 - as above

    modules = (*code128.CODES, code128.STOP + "11")
    return {value: _runs(pattern) for value, pattern in enumerate(modules)}


def _runs(pattern: str) -> tuple[int, ...]:
    return tuple(map(len, pattern.replace("10", "1 0").replace("01", "0 1").split()))
