"""How grave are a case's danger signals, and what follows at each level?"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum


class DangerLevel(IntEnum):
    """Level of a case, never of a person; a model may raise it, only a person may lower it."""

    NONE = 0
    """no signal"""
    BLUE = 1
    """蓝: watch"""
    YELLOW = 2
    """黄: somebody looks within 48 hours"""
    ORANGE = 3
    """橙: within 24 hours, and the police post is told"""
    RED = 4
    """红: at once; police post and the unit are pushed, a person reviews within 2 hours"""

    @property
    def code(self) -> str:
        """The name used in wording, JSON and timeline facts: `none`, `blue`, `yellow`, `orange`, `red`."""
        return self.name.lower()


MONEY_AT_RISK = "money_at_risk"
"""a fraud is going on: money was just sent or is about to be; told by the resident, not read by the model"""
# A template of this project, to be confirmed by each city; no official table gives these levels.
LEVEL_OF_CODE = {
    "self_harm": DangerLevel.RED,
    "weapon": DangerLevel.RED,
    "violence": DangerLevel.RED,
    "domestic_violence": DangerLevel.ORANGE,
    "stalking": DangerLevel.ORANGE,
    "crowd": DangerLevel.ORANGE,
    MONEY_AT_RISK: DangerLevel.ORANGE,
    "minor": DangerLevel.YELLOW,
    "elder_alone": DangerLevel.YELLOW,
    "livelihood": DangerLevel.YELLOW,
    "alcohol": DangerLevel.BLUE,
}
DANGER_CODES = frozenset(LEVEL_OF_CODE)
# Never on the ordinary mediation path.
NOT_TO_BE_MEDIATED = frozenset({"domestic_violence", "minor", "violence", "self_harm"})
POLICE_ARE_TOLD_FROM = DangerLevel.ORANGE


def level_of(codes: Collection[str]) -> DangerLevel:
    """The level of a set of danger codes: the gravest, one higher where two of them are equally grave.

    An unknown code counts as yellow: a signal we cannot name is still somebody's signal.
    """
    levels = sorted((LEVEL_OF_CODE.get(code, DangerLevel.YELLOW) for code in set(codes)), reverse=True)
    if not levels:
        return DangerLevel.NONE
    together = len(levels) > 1 and levels[0] == levels[1] and levels[0] < DangerLevel.RED
    return DangerLevel(levels[0] + 1) if together else levels[0]
