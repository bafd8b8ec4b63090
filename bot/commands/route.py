"""`./onedoor route`: which unit would receive a matter, and why; nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.commands.tables import Paper, write
from bot.moments import read_moment
from bot.opening import opened
from bot.words import WrongUse, words
from cases import routing
from cases.danger import DANGER_CODES
from cases.opening import TO_SORT
from cases.places import city_of, grid_by_code, place_name
from cases.records import Unit
from cases.settings import Settings, read_settings
from handlers.route_words import RouteLines, route_lines
from handlers.wording import Wording, wording
from kb import taxonomy


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter, where and when; the moment may leave out its zone: then it is the city's."""

    grid: str
    matter: routing.Matter
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules come to, ready to be read."""

    place: str
    at: datetime
    unit: str
    lines: RouteLines


def run(grid: str, leaf: str, *, danger: Sequence[str], at: str | None) -> None:
    """Prints the unit, why it is that one, and why none of the others; wrong use for what cannot be meant."""
    asked = Asked(grid, routing.Matter(_leaf(leaf), _danger(danger)), _moment(at))
    settings = read_settings()
    say = wording(settings.locale)
    answer = asyncio.run(_answer(settings, asked, say))
    paper = Paper()
    told = (answer.place, say.leaf(leaf), say.danger(asked.matter.danger_level.code))
    write(paper, words("route_matter", matter=" · ".join(told), at=f"{answer.at:%Y-%m-%d %H:%M}"))
    write(paper, f"→ {answer.unit}")
    _write_lines(paper, words("route_why"), answer.lines.why)
    _write_lines(paper, words("route_not_there"), answer.lines.not_there)


def _write_lines(paper: Paper, head: str, lines: Sequence[str]) -> None:
    if lines:
        write(paper, head)
    for line in lines:
        write(paper, f"· {line}")


def _leaf(leaf: str) -> str:
    known = [label for label in (*taxonomy.labels(), TO_SORT) if routing.is_leaf(label)]
    if leaf not in known:
        raise WrongUse("route_bad_leaf", leaf=leaf, leaves=", ".join(known))
    return leaf


def _danger(codes: Sequence[str]) -> tuple[str, ...]:
    unknown = next((code for code in codes if code not in DANGER_CODES), None)
    if unknown is not None:
        raise WrongUse("route_bad_danger", code=unknown, codes=", ".join(sorted(DANGER_CODES)))
    return tuple(codes)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    moment = read_moment(text)
    if moment is None:
        raise WrongUse("route_bad_time", time=text)
    return moment


async def _answer(settings: Settings, asked: Asked, say: Wording) -> Answer:
    async with opened(settings) as database, database.reading() as session:
        grid = await grid_by_code(session, asked.grid)
        if grid is None:
            raise WrongUse("route_no_grid", grid=asked.grid)
        city = await city_of(session, await session.get_one(Unit, grid.unit_id))
        at = _in_zone(asked.at, ZoneInfo(city.timezone))
        routed = await routing.route(session, grid, asked.matter, at)
        named = await routing.named_in(session, (*routed.why, *routed.not_there), say.locale)
    lines = route_lines(routed.why, routed.not_there, named=named, say=say)
    unit = f"{routed.unit.name(say.locale)} ({routed.unit.code})"
    return Answer(place_name(grid, say.locale), at, unit, lines)


def _in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
