"""Which papers does a city use as a matter of course (一档两函三书 unless it says otherwise)?"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from cases.errors import CityRefused
from cases.papers.kinds import LETTERS, PaperKind

Name = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class PaperSet(BaseModel):
    """A city's set of papers: the part `papers:` of its description.

    The default is a template: the exact composition of the cities that coined the name is not known. A kind
    outside the set may still be written by hand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dossier: tuple[Name, ...] = Field(("案件档案",), min_length=1)
    """一档: what the file kept of every case is called."""
    letters: tuple[PaperKind, ...] = (PaperKind.PROMPT_LETTER, PaperKind.SUPERVISION_LETTER)
    """两函: letters that only a reply closes, mildest first."""
    forms: tuple[PaperKind, ...] = (
        PaperKind.ASSIGNMENT_SLIP,
        PaperKind.RECTIFICATION_NOTICE,
        PaperKind.CLOSING_REPORT,
    )
    """三书: the papers that go with a case from assignment to close."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = [f"{kind} closes without a reply, so it is not a letter" for kind in self.letters
                 if kind not in LETTERS]  # fmt: skip
        named = Counter((*self.dossier, *self.letters, *self.forms))
        found += [f"{name} is named {count} times" for name, count in named.items() if count > 1]
        if found:
            raise ValueError("; ".join(found))
        return self

    def holds(self, kind: PaperKind) -> bool:
        """Whether a kind belongs to the set, so that it is offered without being asked for."""
        return kind in self.letters or kind in self.forms


def read_paper_set(text: str) -> PaperSet:
    """The set in the part `papers:` of a YAML text, the default where there is none.

    Raises CityRefused with one sentence for each fault.
    """
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError:
        raise CityRefused(("The description of the papers is not valid YAML.",)) from None
    part = told.get("papers") if isinstance(told, dict) else None
    try:
        return PaperSet.model_validate({} if part is None else part)
    except ValidationError as error:
        faults = [sentence for one in error.errors() for sentence in _sentences(dict(one))]
        raise CityRefused(tuple(faults)) from None


def _sentences(error: dict[str, Any]) -> list[str]:
    path = " → ".join(
        ["papers", *(str(part + 1) if isinstance(part, int) else part for part in error["loc"])]
    )
    if error["type"] == "enum":
        return [f"{path}: there is no paper {error['input']}."]
    message = str(error["msg"]).removeprefix("Value error, ")
    return [f"{path}: {one}." for one in message.split("; ")]
