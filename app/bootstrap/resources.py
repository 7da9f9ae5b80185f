"""The data files that ship with the product, read once per program, and policies that a person names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from app.domain.approvals.pin import read_banned
from app.domain.policy import Policy, read_policy
from app.domain.refusal import Refused
from app.workflows.texts import Texts, read_texts


@cache
def texts(language: str = "en") -> Texts:
    """The catalogue of one language."""
    name = f"{language}.toml"
    return read_texts(files("resources.texts").joinpath(name).read_text(encoding="utf-8"), name)


@cache
def policy() -> Policy:
    """The returns policy that ships with the product."""
    return read_policy(policy_source(), "returns.toml")


def policy_source() -> str:
    """Its document, for publishing to a centre."""
    return files("resources.policies").joinpath("returns.toml").read_text(encoding="utf-8")


def allocation_policy_source() -> str:
    """The document of the allocation policy that ships with the product, for publishing to a centre."""
    return files("resources.policies").joinpath("allocation.toml").read_text(encoding="utf-8")


@cache
def banned_pins() -> frozenset[str]:
    """PINs that nobody may choose."""
    source = files("resources.approvals").joinpath("banned_pins.txt").read_text(encoding="utf-8")
    return read_banned(source)


def read_text(file: Path) -> str:
    """The text of a policy in a file.

    Raises:
        Refused: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Refused(
            "policy.unreadable",
            f"{file} cannot be read: {wrong}.",
            "Expected a TOML text.",
            "Name another file.",
        ) from None
