"""Which clocks and ladders hold where a city has said nothing, as told by `defaults.yml`?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from cases.clocks.rules import (
    ANY_LEAF,
    ClockRule,
    ExtendedBy,
    Extension,
    Ladder,
    LadderAct,
    LadderStep,
    OwedBy,
    StartEvent,
    StopReason,
)
from cases.danger import DangerLevel
from cases.records import ClockUnit

DEFAULTS_FILE = Path(__file__).with_name("defaults.yml")
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Leaf = Annotated[str, StringConstraints(pattern=r"^((dispute|scam):([a-z_]+|\*)|service|to_sort|\*)$")]
Level = Literal["none", "blue", "yellow", "orange", "red"]


class Part(BaseModel):
    """A part of the file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExtensionPlan(Part):
    """How far, how often and by whom a clock may be lengthened."""

    length: int = Field(gt=0, le=3650)
    unit: ClockUnit
    times: int = Field(1, gt=0, le=10)
    who: ExtendedBy


class StepPlan(Part):
    """A step of a ladder: one of `share`, `before_hours` and `after_hours`, and what is done then."""

    act: LadderAct
    share: float | None = Field(None, ge=0, le=10)
    before_hours: int | None = Field(None, ge=0)
    after_hours: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _one_offset(self) -> Self:
        if [self.share, self.before_hours, self.after_hours].count(None) != 2:
            raise ValueError("say exactly one of share, before_hours and after_hours")
        return self

    def step(self) -> LadderStep:
        """The step as the arithmetic wants it."""
        before, after = (
            None if hours is None else timedelta(hours=hours)
            for hours in (self.before_hours, self.after_hours)
        )
        return LadderStep(act=self.act, share=self.share, before=before, after=after)


class RulePlan(Part):
    """A clock's rule as a file tells it; several `leaves` make as many rules."""

    code: Code
    step: Code
    leaves: tuple[Leaf, ...] = Field((ANY_LEAF,), min_length=1)
    min_danger: Level = "none"
    length: int = Field(ge=0, le=3650)
    unit: ClockUnit
    start: StartEvent
    basis: str = Field("", max_length=200)
    article: str = Field("", max_length=40)
    template: bool = False
    stops: tuple[StopReason, ...] = ()
    extension: ExtensionPlan | None = None
    ladder: str
    owed_by: OwedBy

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.length == 0 and self.unit is not ClockUnit.DAYS:
            raise ValueError("a length of 0 means the same day, so its unit is days")
        if not (self.template or self.basis):
            raise ValueError("a rule that is no template names its basis")
        return self

    def rules(self) -> tuple[ClockRule, ...]:
        """One rule for each leaf; the leaf's own name is added to the code where there are several."""
        several = len(self.leaves) > 1
        return tuple(
            self._rule(leaf, f"{self.code}_{leaf.split(':')[-1]}" if several else self.code)
            for leaf in self.leaves
        )

    def _rule(self, leaf: str, code: str) -> ClockRule:
        more = self.extension
        return ClockRule(
            code=code,
            step=self.step,
            leaf=leaf,
            min_danger=DangerLevel[self.min_danger.upper()],
            length=self.length,
            unit=self.unit,
            start=self.start,
            basis=self.basis,
            article=self.article,
            template=self.template,
            stops=frozenset(self.stops),
            extension=Extension(more.length, more.unit, more.times, more.who) if more else None,
            ladder=self.ladder,
            owed_by=self.owed_by,
        )


class FilePlan(Part):
    """A whole file of rules and ladders."""

    ladders: dict[Code, tuple[StepPlan, ...]]
    rules: tuple[RulePlan, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """Rules in the order of the file, and ladders by name."""

    rules: tuple[ClockRule, ...]
    ladders: Mapping[str, Ladder]


@cache
def defaults() -> Defaults:
    """The project's own rules and ladders."""
    return read_defaults(DEFAULTS_FILE)


def read_defaults(path: Path) -> Defaults:
    """The rules and ladders of a YAML file.

    Raises ValueError with every fault found, one sentence each, with file and, where there is one, line.
    """
    text = path.read_text(encoding="utf-8")
    try:
        told, root = yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
        plan = FilePlan.model_validate(told)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0)
        raise ValueError(f"{path.name}, line {line + 1}: this is not valid YAML.") from None
    except ValidationError as error:
        faults = [_sentence(dict(one), root, path.name) for one in error.errors()]
        raise ValueError("\n".join(faults)) from None
    rules = tuple(rule for part in plan.rules for rule in part.rules())
    faults = _faults(rules, plan.ladders)
    if faults:
        raise ValueError("\n".join(f"{path.name}: {fault}" for fault in faults))
    ladders = {name: Ladder(name, tuple(one.step() for one in steps)) for name, steps in plan.ladders.items()}
    return Defaults(rules, MappingProxyType(ladders))


def _faults(rules: tuple[ClockRule, ...], ladders: Mapping[str, object]) -> list[str]:
    """What no part can see alone."""
    codes = Counter(rule.code for rule in rules)
    starts: dict[str, set[StartEvent]] = {}
    for rule in rules:
        starts.setdefault(rule.step, set()).add(rule.start)
    return [
        *(f"the code {code} is used {count} times." for code, count in codes.items() if count > 1),
        *(
            f"{rule.code} names no known ladder: {rule.ladder}."
            for rule in rules
            if rule.ladder not in ladders
        ),
        *(
            f"the rules of {step} start from different events."
            for step, seen in starts.items()
            if len(seen) > 1
        ),
    ]


def _sentence(error: dict[str, Any], root: yaml.Node | None, file: str) -> str:
    """A fault with the line of what it is about, or of the nearest thing around it that is there."""
    node = root
    for part in error["loc"]:
        inner = _inside(node, part)
        if inner is None:
            break
        node = inner
    line = f", line {node.start_mark.line + 1}" if node else ""
    path = " → ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return f"{file}{line}: {path}: {error['msg']}."


def _inside(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None
