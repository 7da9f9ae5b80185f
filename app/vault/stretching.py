"""Argon2id, which makes each guess of a PIN cost a fifth of a second and 64 MiB."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.domain.approvals.wrapping import STRETCHED_SIZE


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, and how many lanes work at once."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Argon2Stretch:
    """Stretches PINs at a cost that is handed in; the usual one is for people, a smaller one for tests."""

    cost: Cost = Cost()

    def stretch(self, pin: str, salt: bytes) -> bytes:
        """`STRETCHED_SIZE` bytes, the same for the same PIN, salt and cost."""
        return Argon2id(
            salt=salt,
            length=STRETCHED_SIZE,
            iterations=self.cost.passes,
            lanes=self.cost.lanes,
            memory_cost=self.cost.memory_kib,
        ).derive(pin.encode())
