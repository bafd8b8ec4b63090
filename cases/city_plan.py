"""How is a city described: its files read into frozen values, every mistake told in a plain sentence?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from cases.danger import DangerLevel
from cases.errors import CityRefused
from cases.records import AREAS, ClockUnit, Role, UnitKind

# Grid codes travel in `/start g_…` links: at most 64 characters of letters, digits, _ and -.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
LEAF = re.compile(r"(dispute|scam):([a-z_]+|\*)|service|to_sort|\*")
Level = Literal["none", "blue", "yellow", "orange", "red"]


class Plan(BaseModel):
    """A part of a city's description; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CityHead(Plan):
    """The city itself."""

    code: Code
    zh: Name
    en: Name
    timezone: str = "Asia/Shanghai"
    sample: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone") from error
        return value


class OfficePlan(Plan):
    """An office that serves the area it is listed under."""

    code: Code
    kind: UnitKind
    zh: Name
    en: Name
    phone: str | None = Field(None, max_length=40)

    @field_validator("kind")
    @classmethod
    def _no_area(cls, value: UnitKind) -> UnitKind:
        if value in AREAS:
            raise ValueError("an area is listed under `areas`, not under `offices`")
        return value


class GridPlan(Plan):
    """A grid of a community."""

    code: Code
    zh: Name
    en: Name
    covers_zh: str = Field("", max_length=200)
    covers_en: str = Field("", max_length=300)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class AreaPlan(Plan):
    """A county, township or community, by its depth in the file."""

    code: Code
    zh: Name
    en: Name
    phone: str | None = Field(None, max_length=40)
    offices: tuple[OfficePlan, ...] = ()
    areas: tuple[AreaPlan, ...] = ()
    grids: tuple[GridPlan, ...] = ()


class RulePlan(Plan):
    """A routing rule; exactly one of `to_kind` and `to_unit`."""

    code: Code
    leaf: str = "*"
    area: Code | None = None
    danger: str | None = Field(None, max_length=40)
    min_danger: Level = "none"
    to_kind: UnitKind | None = None
    to_level: UnitKind | None = None
    to_unit: Code | None = None

    @field_validator("leaf")
    @classmethod
    def _leaf_has_a_form(cls, value: str) -> str:
        if not LEAF.fullmatch(value):
            raise ValueError("a leaf reads like dispute:labour, scam:*, service, to_sort or *")
        return value

    @property
    def level(self) -> DangerLevel:
        return DangerLevel[self.min_danger.upper()]


class ClockPlan(Plan):
    """How long a step may take from a danger level on."""

    step: Literal["first_answer"]
    min_danger: Level = "none"
    length: int = Field(gt=0, le=3650)
    unit: ClockUnit
    template: bool = False
    basis: str = Field(max_length=200)

    @property
    def level(self) -> DangerLevel:
        return DangerLevel[self.min_danger.upper()]


class StaffPlan(Plan):
    """A member of staff to begin with."""

    code: Code
    name: Name
    role: Role
    unit: Code
    grids: tuple[Code, ...] = ()
    locale: Literal["zh-Hans", "en"] = "zh-Hans"


class CityPlan(Plan):
    """A whole city."""

    city: CityHead
    offices: tuple[OfficePlan, ...] = ()
    areas: tuple[AreaPlan, ...]
    routing: tuple[RulePlan, ...] = ()
    clocks: tuple[ClockPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedArea:
    """An area with its place in the tree."""

    plan: AreaPlan
    kind: UnitKind
    parent: str
    position: int


def read_plan(path: Path) -> tuple[CityPlan, str]:
    """The city described by a YAML file or by all YAML files of a folder, and the SHA-256 of their text.

    Raises CityRefused with every fault found, each one sentence that names where it is.
    """
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise CityRefused((f"There is no city description at {path}.",))
    told: dict[str, Any] = {}
    nodes: dict[str, tuple[str, yaml.Node]] = {}
    digest = sha256()
    broken: list[str] = []
    for file in files:
        text = file.read_bytes()
        digest.update(text)
        try:
            _merge(told, nodes, text, file.name)
        except CityRefused as refused:
            broken += refused.faults
    if broken:
        raise CityRefused(tuple(broken))
    try:
        return CityPlan.model_validate(told), digest.hexdigest()
    except ValidationError as error:
        raise CityRefused(tuple(_sentence(dict(one), nodes) for one in error.errors())) from None


def _merge(told: dict[str, Any], nodes: dict[str, tuple[str, yaml.Node]], raw: bytes, file: str) -> None:
    """Adds what a file tells, and from which node of it each part comes."""
    try:
        text = raw.decode("utf-8-sig")
        part, root = yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise CityRefused((f"{file} is not UTF-8 text.",)) from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = file if line is None else f"{file}, line {line + 1}"
        raise CityRefused((f"{where} is not valid YAML.",)) from None
    if not isinstance(part, dict) or not isinstance(root, yaml.MappingNode):
        raise CityRefused((f"{file} does not hold named parts such as `areas:`.",))
    twice = sorted(told.keys() & part.keys())
    if twice:
        raise CityRefused((f"`{twice[0]}` is described twice, the second time in {file}.",))
    told.update(part)
    nodes.update({str(name.value): (file, value) for name, value in root.value})


def _sentence(error: dict[str, Any], nodes: dict[str, tuple[str, yaml.Node]]) -> str:
    path = " → ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return f"{_place(error['loc'], nodes)}{path}: {error['msg']}."


def _place(path: tuple[int | str, ...], nodes: dict[str, tuple[str, yaml.Node]]) -> str:
    """File and line of what a path leads to, or of the nearest thing around it that is there."""
    if not path or str(path[0]) not in nodes:
        return ""
    file, node = nodes[str(path[0])]
    for part in path[1:]:
        inner = _inside(node, part)
        if inner is None:
            break
        node = inner
    return f"{file}, line {node.start_mark.line + 1}: "


def _inside(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    return None


def walk(plan: CityPlan) -> Iterator[PlacedArea]:
    """Every area with kind and parent, parents first; deeper than a community is kept out by `faults`."""
    yield from _below(plan.areas, plan.city.code, 1)


def _below(areas: tuple[AreaPlan, ...], parent: str, depth: int) -> Iterator[PlacedArea]:
    for position, area in enumerate(areas):
        yield PlacedArea(area, AREAS[min(depth, len(AREAS) - 1)], parent, position)
        yield from _below(area.areas, area.code, depth + 1)


def depth_of(areas: tuple[AreaPlan, ...]) -> int:
    """How many levels of areas are nested."""
    return 1 + max((depth_of(area.areas) for area in areas), default=0) if areas else 0
