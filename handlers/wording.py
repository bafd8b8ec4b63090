"""Which words a key stands for, in the language of the person who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from kb import taxonomy

FOLDER = Path(__file__).parent / "wording"
LOCALES = ("zh-Hans", "en")
SECTIONS = (
    "replies",
    "notices",
    "buttons",
    "parts",
    "statuses",
    "leaves",
    "dangers",
    "roles",
    "routes",
    "steps",
    "ways",
)


class _Kind(Formatter):
    """Leaves a blank empty when nothing fills it: a missing value never costs a resident the answer."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        value = kwargs.get(str(key), "")
        return "" if value is None else value


_FORMAT = _Kind()


@dataclass(frozen=True, slots=True)
class Wording:
    """All sentences of one language."""

    locale: str
    sections: Mapping[str, Mapping[str, str]]

    def reply(self, key: str, values: Mapping[str, Any]) -> str:
        """The sentence of a reply key, its blanks filled, empty lines of unfilled blanks dropped."""
        return tidy(_FORMAT.vformat(self.sections["replies"][key], (), values))

    def notice(self, key: str, values: Mapping[str, Any]) -> str:
        return tidy(_FORMAT.vformat(self.sections["notices"][key], (), values))

    def button(self, key: str, values: Mapping[str, Any]) -> str:
        return _FORMAT.vformat(self.sections["buttons"][key], (), values)

    def part(self, key: str, **values: Any) -> str:
        return _FORMAT.vformat(self.sections["parts"][key], (), values)

    def leaf(self, code: str) -> str:
        """The name of what a case is about."""
        own = self.sections["leaves"].get(code)
        return own if own is not None else taxonomy.name(code, self.locale)

    def status(self, code: str) -> str:
        return self.sections["statuses"][code]

    def danger(self, code: str) -> str:
        return self.sections["dangers"][code]

    def role(self, code: str) -> str:
        return self.sections["roles"][code]

    def step(self, code: str) -> str:
        """What is owed by a time; a city's own step without a name is the next one."""
        steps = self.sections["steps"]
        return steps.get(code, steps["other"])

    def way(self, code: str) -> str:
        """The lawful way a case was handed on to."""
        return self.sections["ways"][code]

    def route(self, key: str, **values: Any) -> str:
        """A sentence on why a case came to a unit, or why not to another."""
        return _FORMAT.vformat(self.sections["routes"][key], (), values)


def tidy(text: str) -> str:
    """Without the lines that stayed empty."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@lru_cache
def wording(locale: str) -> Wording:
    """The wording of a language; an unknown one falls back to Chinese."""
    known = locale if locale in LOCALES else LOCALES[0]
    with (FOLDER / f"{known}.yml").open(encoding="utf-8") as file:
        sections = yaml.safe_load(file)
    return Wording(known, {name: dict(sections[name]) for name in SECTIONS})
