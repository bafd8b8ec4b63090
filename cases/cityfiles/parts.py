"""What do all parts of a city's description share: codes, names, leaves, levels, the line they stand on?"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    model_validator,
)

from cases.cityfiles.text import Line, Told
from cases.danger import DangerLevel

# Grid codes travel in `/start g_…` links: at most 64 characters of letters, digits, _ and -.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Level = Literal["none", "blue", "yellow", "orange", "red"]
LEAF = re.compile(r"(dispute|scam):([a-z_]{1,50}|\*)|service|to_sort|\*")


def _is_pattern(value: str) -> str:
    if not LEAF.fullmatch(value):
        raise ValueError("a leaf reads like dispute:labour, scam:*, service, to_sort or *")
    return value


Pattern = Annotated[str, AfterValidator(_is_pattern)]


def level_named(name: Level) -> DangerLevel:
    """`red` as a level."""
    return DangerLevel[name.upper()]


class Part(BaseModel):
    """A part of a city's description; unknown keys are refused, and it knows its line where it has one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    _at: Line | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _remember_its_line(cls, told: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        part = validate(told)
        if isinstance(told, Told):
            part._at = told.at
        return part

    @property
    def at(self) -> Line | None:
        """Where it stands; none where it was not read from a file."""
        return self._at


class Titled(Part):
    """Something with a name in both languages."""

    zh: Name
    en: Name
