"""`bench turn`: a resident's turn through the real bot process, beside a bot that only echoes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.benchmarks.figures import Row
from bot.benchmarks.house import House, echoing, standing
from bot.benchmarks.processes import cpu_seconds, resident_mb
from bot.benchmarks.residents import Dialogue, Seen, at_once, echoed_story, one_by_one, urgent, whole_story
from bot.benchmarks.tables import Report
from bot.loopback import LoopbackBotApi
from bot.words import words

RUNS = 3
STORIES = 15
"""Whole stories a run, one resident after the other: seven turns each."""
CROWD, CROWD_STORIES = 20, 2
WARMING = 2
QUIET = 1.2
QUIET_STORIES = 3
URGENT_TIMES = 10

Say = Callable[..., None]


@dataclass(slots=True)
class Side:
    """All that was measured of one bot, by name of the figure, one value a run."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.figures[name].append(value)

    def add_seen(self, who: str, seen: Seen) -> None:
        """`who` tells one resident from a crowd."""
        self.add(f"{who}_any_p50", seen.first(0.5))
        self.add(f"{who}_any_p99", seen.first(0.99))
        for turn in ("greeting", "check", "commit"):
            self.add(f"{who}_{turn}_p50", seen.first(0.5, turn))
            self.add(f"{who}_{turn}_p99", seen.first(0.99, turn))
        self.add(f"{who}_picture_p50", seen.last(0.5, "commit"))
        self.add(f"{who}_rate", seen.per_second)

    def get(self, name: str) -> tuple[float, ...]:
        return tuple(self.figures.get(name, ()))


async def run(scratch: Path, say: Say) -> Report:
    """The whole comparison, on a data folder and sample city of its own below `scratch`."""
    ours, echo = Side(), Side()
    folder = scratch / "house"
    folder.mkdir(mode=0o700)
    async with LoopbackBotApi() as telegram, LoopbackBotApi() as echo_telegram:
        say("bench_step_first_start")
        async with standing(telegram, folder, gather=0) as house:
            ours.add("first_start", house.ready)
        for number in range(1, RUNS + 1):
            say("bench_step_turns", number=number, of=RUNS)
            async with standing(telegram, folder, gather=0) as house:
                await _measured(ours, telegram, house)
            async with echoing(echo_telegram, scratch) as bot:
                await _stories(echo, echo_telegram, echoed_story, partial(cpu_seconds, bot.pid))
                echo.add("bot", resident_mb(bot.pid))
        say("bench_step_quiet", seconds=QUIET)
        async with standing(telegram, folder, gather=QUIET) as house:
            ours.add("start", house.ready)
            await _quiet(ours, telegram)
    note = words("bench_turn_note", stories=STORIES, runs=RUNS, crowd=CROWD * CROWD_STORIES)
    return Report("turn", "bench_echo", rows(ours, echo), (note,))


async def _measured(ours: Side, telegram: LoopbackBotApi, house: House) -> None:
    ours.add("start", house.ready)
    await _stories(ours, telegram, whole_story, house.cpu_seconds)
    for part, megabytes in house.memory().items():
        ours.add(part, megabytes)


async def _stories(side: Side, api: LoopbackBotApi, story: Dialogue, spent: Callable[[], float]) -> None:
    """One resident after the other, then a crowd, and the processor time a turn took."""
    await one_by_one(api, story, WARMING)
    before = spent()
    alone = await one_by_one(api, story, STORIES)
    crowd = await at_once(api, story, CROWD, CROWD_STORIES)
    side.add("cpu", (spent() - before) * 1000 / (len(alone.turns) + len(crowd.turns)))
    side.add_seen("alone", alone)
    side.add_seen("crowd", crowd)


async def _quiet(ours: Side, api: LoopbackBotApi) -> None:
    """With the quiet time residents meet by default: what comes on top of it, and what does not wait."""
    seen = await one_by_one(api, whole_story, QUIET_STORIES)
    for turn in ("greeting", "dispute"):
        ours.add("after_quiet", seen.first(0.5, turn) - QUIET * 1000)
    ours.add("urgent", (await one_by_one(api, urgent, URGENT_TIMES)).first(0.5))


def rows(ours: Side, echo: Side) -> list[Row]:
    """The table: each figure of ours beside the echo's."""

    def row(key: str, unit: str, name: str, *, beside: str | None = None, **more: Any) -> Row:
        return Row(f"bench_{key}", unit, ours.get(name), echo.get(beside or name), **more)

    crowd = {"residents": CROWD}
    return [
        row("commit_p50", "ms", "alone_commit_p50", target=50.0),
        row("commit_p99", "ms", "alone_commit_p99"),
        row("picture_p50", "ms", "alone_picture_p50"),
        row("check_p50", "ms", "alone_check_p50", target=50.0),
        row("any_p50", "ms", "alone_any_p50", target=50.0),
        row("any_p99", "ms", "alone_any_p99"),
        row("crowd_commit_p50", "ms", "crowd_commit_p50", blanks=crowd),
        row("crowd_commit_p99", "ms", "crowd_commit_p99", blanks=crowd),
        row("crowd_any_p50", "ms", "crowd_any_p50", blanks=crowd),
        row("crowd_any_p99", "ms", "crowd_any_p99", blanks=crowd),
        row("crowd_rate", "turns/s", "crowd_rate", blanks=crowd),
        row("cpu_turn", "ms", "cpu"),
        row("after_quiet", "ms", "after_quiet", beside="alone_greeting_p50", blanks={"seconds": QUIET}),
        row("urgent", "ms", "urgent", beside="alone_greeting_p50", blanks={"seconds": QUIET}),
        row("first_start", "s", "first_start"),
        row("later_start", "s", "start", target=8.0),
        row("together", "MB", "together", target=500.0),
        row("together_own", "MB", "own"),
        row("memory_bot", "MB", "bot"),
        *(row("memory_part", "MB", part, blanks={"part": part}) for part in ("nlu", "console", "up")),
    ]
