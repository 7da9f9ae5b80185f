"""The proof of an export: everything a centre holds as evidence, checked with nothing but what is in it."""

from __future__ import annotations

from app.domain.proof.elsewhere import Carried, carried, contradictions
from app.domain.proof.shape import FILES, MANIFEST, MANIFEST_TAG, Finding, Manifest, Part, Source
from app.domain.proof.verify import Summary, verify

__all__ = [
    "FILES",
    "MANIFEST",
    "MANIFEST_TAG",
    "Carried",
    "Finding",
    "Manifest",
    "Part",
    "Source",
    "Summary",
    "carried",
    "contradictions",
    "verify",
]
