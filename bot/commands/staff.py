"""`./onedoor staff`: accounts, roles and one-time invitations."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.commands.tables import Paper, add_row, table
from bot.opening import opened
from bot.words import WrongUse, words
from cases import staff
from cases.records import Role
from cases.settings import read_settings
from cases.staff import INVITE_LASTS


def add(name: str, role: str, unit: str) -> None:
    """Adds somebody and prints their code and a one-time invitation."""
    if role not in [one.value for one in Role]:
        raise WrongUse("staff_bad_role", role=role, roles=", ".join(Role))
    code, invitation = asyncio.run(_add(name, role, unit))
    print(words("staff_added", code=code, invite=invitation, days=INVITE_LASTS.days))


async def _add(name: str, role: str, unit: str) -> tuple[str, str]:
    now = datetime.now(UTC)
    async with opened(read_settings()) as database, database.transaction() as session:
        person = await staff.add_staff(session, name=name, role=role, unit_code=unit, now=now)
        return person.code, await staff.invite(session, person, now)


def invite(code: str) -> None:
    """Prints a fresh one-time invitation."""
    print(words("staff_invited", invite=asyncio.run(_invite(code)), days=INVITE_LASTS.days))


async def _invite(code: str) -> str:
    async with opened(read_settings()) as database, database.transaction() as session:
        return await staff.invite(session, await staff.staff_by_code(session, code), datetime.now(UTC))


def show() -> None:
    """A table of everybody who is active."""
    rows = table(words("staff_columns"))
    for row in asyncio.run(_everybody()):
        add_row(rows, *row)
    Paper().print(rows)


async def _everybody() -> list[tuple[str, str, str]]:
    async with opened(read_settings()) as database, database.reading() as session:
        return [(one.code, one.role.value, one.name) for one in await staff.everybody(session)]
