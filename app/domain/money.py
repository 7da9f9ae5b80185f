"""Money as whole minor units of a currency, and as it is written for people and other programs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_USUAL = 2
# ISO 4217: currencies whose minor unit is not a hundredth.
_DIGITS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(
        (
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905 - a list this long is read best as words
        ),
        0,
    )
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
    | dict.fromkeys(("CLF", "UYW"), 4)
)


def minor_digits(currency: str) -> int:
    """Decimal places of a currency's amounts (ISO 4217); two for one that is not known."""
    return _DIGITS.get(currency, _USUAL)


def written(minor: int, currency: str) -> str:
    """An amount in major units, as `-12.34`; exact, with all its decimal places."""
    digits = minor_digits(currency)
    sign, whole = ("-" if minor < 0 else ""), str(abs(minor)).zfill(digits + 1)
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


def amount_text(minor: int, currency: str) -> str:
    """Such as `12.30 GBP`, `-0.05 EUR` or `1200 JPY`."""
    return f"{written(minor, currency)} {currency}"
