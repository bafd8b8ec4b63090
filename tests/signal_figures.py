"""How many dangers and states of the held-out messages does the served model name, and how often wrongly?"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cases.understanding import Verdict
from nlu.client import NluClient
from nlu.verdict import judge

HELD_OUT = Path(__file__).parent / "nlu"


@dataclass(frozen=True)
class Figures:
    """What was found of what is there (`recall`), and what of the found is there (`precision`)."""

    right: int
    there: int
    found: int

    @property
    def recall(self) -> float:
        return self.right / self.there

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


def figures(pairs: list[tuple[bool, bool]]) -> Figures:
    """Of (is there, was found) for each message."""
    return Figures(
        sum(there and found for there, found in pairs),
        sum(there for there, _ in pairs),
        sum(found for _, found in pairs),
    )


def held_out(name: str) -> list[dict[str, Any]]:
    """The rows of a held-out file, which nothing learns from."""
    return list(yaml.safe_load((HELD_OUT / name).read_text("utf-8")))


def verdicts(url: str, texts: list[str], *, forwarded: bool = False) -> list[Verdict]:
    """What the service and the thresholds in force make of each text."""

    async def ask() -> list[Verdict]:
        async with NluClient(url) as client:
            return [judge(each, forwarded=forwarded) for each in await client.parse_many(texts)]

    return asyncio.run(ask())
