"""`./onedoor cases`: the list, or one whole case with its timeline."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from bot.commands.tables import Paper, add_row, table, write
from bot.opening import opened
from bot.words import CommandFailed, words
from cases.listing import case_list, whole_case
from cases.settings import Settings, read_settings
from handlers.staff_lines import part_or
from handlers.times import shown_time
from handlers.wording import Wording, wording

Row = dict[str, Any]
MOST = 1000


def run(code: str | None, *, as_json: bool) -> None:
    """Prints one case or the newest ones; a code nobody has is a failure."""
    settings = read_settings()
    found = asyncio.run(_one(settings, code) if code else _all(settings))
    if found is None:
        raise CommandFailed("no_such_case")
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif isinstance(found, dict):
        _show_case(found, wording(settings.locale))
    else:
        _show_list(found, wording(settings.locale))


async def _all(settings: Settings) -> list[Row]:
    async with opened(settings) as database, database.reading() as session:
        return await case_list(session, limit=MOST)


async def _one(settings: Settings, code: str) -> Row | None:
    async with opened(settings) as database, database.reading() as session:
        return await whole_case(session, code)


def _show_list(cases: list[Row], say: Wording) -> None:
    if not cases:
        print(words("cases_none"))
        return
    rows = table(words("cases_columns"))
    for case in cases:
        add_row(rows, *_cells(case, say))
    Paper().print(rows)


def _cells(case: Row, say: Wording) -> tuple[str, ...]:
    unit = case["unit_en" if say.locale == "en" else "unit_zh"]
    due = shown_time(case["due_at"]) if case["due_at"] else ""
    return (
        case["code"],
        say.leaf(case["leaf"]),
        say.status(case["status"]),
        say.danger(case["danger"]),
        unit,
        due,
    )


def _show_case(case: Row, say: Wording) -> None:
    paper = Paper()
    write(paper, "　".join(cell for cell in _cells(case, say) if cell))
    for told in case["statements"]:
        write(paper, f"“{told['body'] or ''}”")
    rows = table(words("timeline_columns"), title=words("timeline_title"))
    for entry in case["timeline"]:
        moved = say.status(entry["to"]) if entry["to"] else ""
        add_row(rows, str(entry["seq"]), shown_time(entry["at"]), *_who_did_what(entry, say), moved)
    paper.print(rows)
    print(words("chain_ok" if case["timeline_whole"] else "chain_broken"))


def _who_did_what(entry: Row, say: Wording) -> tuple[str, str]:
    """In words; members of staff go by their number here."""
    kind, number = entry["actor"]["kind"], entry["actor"]["id"]
    who = say.part(f"by_{kind}", name=words("staff_number", number=number))
    if entry["action"] == "moved":
        return who, say.part("moved_to", status=say.status(entry["to"]))
    return who, part_or(say, f"did_{entry['action']}", "did_other", action=entry["action"])
