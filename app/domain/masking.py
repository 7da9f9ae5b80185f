"""Personal values as a label may show them: enough to match a parcel, too little to find a person."""

from __future__ import annotations

_SHOWN_POSTCODE = 3
_SHOWN_DIGITS = 2
_HIDDEN = "…"


def masked(kind: str, value: str) -> str:
    """A value of a kind (`name`, `address`, `phone`, `email`, another) with what names somebody left out."""
    if kind == "name":
        return " ".join(f"{word[0]}." for word in value.split())
    if kind == "address":
        return _postcode(value)
    if kind == "phone":
        digits = [sign for sign in value if sign.isdigit()]
        return _HIDDEN + "".join(digits[-_SHOWN_DIGITS:]) if len(digits) > 2 * _SHOWN_DIGITS else _HIDDEN
    if kind == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}{_HIDDEN}@{_HIDDEN}{domain[domain.rfind('.') :]}" if "." in domain else _HIDDEN
    return _HIDDEN


def _postcode(address: str) -> str:
    """The beginning of the last word with a digit in it, where postcodes of most countries are."""
    words = [word.strip(",;") for word in address.split()]
    codes = [word for word in words[1:] if any(sign.isdigit() for sign in word)]
    return f"{codes[-1][:_SHOWN_POSTCODE]}{_HIDDEN}" if codes else _HIDDEN
