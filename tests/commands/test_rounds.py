"""`./onedoor rounds`: one round of what is due, at a time that is given, said before and after it is made."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, a_case
from commands.desktop import Desktop, together

from bot.opening import opened
from bot.words import words
from cases.settings import Settings
from handlers.times import ZONE

LATE = NOW + timedelta(days=1)
"""Whoever should have signed has not."""
AT = ("--now", LATE.isoformat())


def day_and_time(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


async def _fill(folder: Path) -> str:
    async with opened(Settings(data_dir=folder)) as database, database.transaction() as session:
        return (await a_case(session)).code


@pytest.fixture
def code(desktop: Desktop) -> str:
    """A case that nobody has signed."""
    return asyncio.run(_fill(desktop.folder))


def acts(told: str) -> dict[str, int]:
    """How often each act is said to be done."""
    lines = [line.strip().rsplit(": ", 1) for line in told.splitlines() if line.startswith("  ")]
    return {name: int(number) for name, number in lines}


def whole(desktop: Desktop, code: str) -> dict[str, Any]:
    return dict(json.loads(desktop.run("cases", code, "--json").out))


def test_a_round_does_what_a_dry_one_said_it_would(desktop: Desktop, code: str) -> None:
    before = whole(desktop, code)
    would = desktop.run("rounds", *AT, "--dry-run")
    assert (would.status, would.err) == (0, "")
    assert would.out.startswith(words("rounds_would", now=day_and_time(LATE)))
    assert sum(acts(would.out).values()) > 0
    assert whole(desktop, code) == before

    made = desktop.run("rounds", *AT)
    assert (made.status, made.err) == (0, "")
    assert made.out.startswith(words("rounds_made", now=day_and_time(LATE)))
    assert acts(made.out) == acts(would.out)
    after = whole(desktop, code)
    assert len(after["timeline"]) > len(before["timeline"])
    assert after["timeline_whole"]


def test_a_second_round_at_the_same_time_finds_nothing(desktop: Desktop, code: str) -> None:
    assert acts(desktop.run("rounds", *AT).out)
    after = whole(desktop, code)
    again, dry = desktop.run("rounds", *AT), desktop.run("rounds", *AT, "--dry-run")
    for told, head in ((again, "rounds_made"), (dry, "rounds_would")):
        head_line = words(head, now=day_and_time(LATE))
        assert (told.status, told.out) == (0, f"{head_line}\n{words('rounds_nothing')}\n")
    assert whole(desktop, code) == after


def test_without_a_time_it_is_now_and_of_no_case_there_is_nothing_to_do(desktop: Desktop) -> None:
    told = desktop.run("rounds")
    assert (told.status, told.err) == (0, "")
    assert told.out.splitlines()[1:] == [words("rounds_nothing")]


def test_a_time_without_a_zone_is_taken_as_utc(desktop: Desktop) -> None:
    told = desktop.run("rounds", "--now", "2026-12-10T09:00", "--dry-run")
    assert told.out.splitlines()[0] == words("rounds_would", now="2026-12-10 17:00")


def test_the_last_year_that_can_be_meant_is_no_failure(desktop: Desktop, code: str) -> None:
    told = desktop.run("rounds", "--now", "2099-12-31T23:59", "--dry-run")
    assert (told.status, told.err) == (0, "")
    assert acts(told.out)


def test_a_time_that_is_none_is_one_sentence_and_prepares_nothing(bare: Desktop) -> None:
    bad = ("tomorrow", "", "2026-13-01", "9999-12-31T23:59", "0001-01-01T00:00+08:00", "🕘")
    for given, told in zip(
        bad, together(partial(bare.run, "rounds", "--now", given) for given in bad), strict=True
    ):
        assert (told.status, told.out, told.err) == (2, "", words("bad_time", given=given) + "\n")
    assert not bare.folder.exists()
