"""What commands about personal values are asked with."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sync.central.commands.shapes import Asked, Code, Words

Kind = Literal["name", "address", "phone", "email"]
Value = Annotated[str, StringConstraints(min_length=1, max_length=500)]
LONGEST_DAYS = 3_650


class NewPersonal(Asked):
    """Values about whoever sends an RMA's goods; `days` is how long they stay."""

    rma: Code
    values: dict[Kind, Value] = Field(min_length=1)
    days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)


class ReadPersonal(Asked):
    """Why values are read; with `label` they come as a label may show them."""

    purpose: Words
    label: bool = False


class EventErasure(Asked):
    """Of which event the private words are to go, and on whose word, in the reason."""

    event: Code
    reason: Words


class Subject(Asked):
    """Whose values: a customer's, or those of one RMA; and on whose word, in the reason."""

    customer: Code | None = None
    rma: Code | None = None
    reason: Words

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.customer is None) == (self.rma is None):
            raise ValueError("name a customer, or an RMA")
        return self


class Retention(Asked):
    """How many days values stay that are kept from now on."""

    days: int = Field(ge=1, le=LONGEST_DAYS)
