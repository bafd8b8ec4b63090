"""The real bot process, the real NLU service and the loopback server, started once for all journeys."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.loopback import LoopbackBotApi, Visitor
from bot.loopback.process import BotProcess
from bot.nlu_service import prepare_serving
from bot.opening import box_of
from cases.database import Database, open_database
from cases.listing import case_list, whole_case
from cases.settings import Settings
from nlu.process import NluProcess

QUIET = "0.3"
"""seconds of quiet after which a thought is complete, short so that the journeys are"""
SERIOUS = ("turn failed", "background work", "Traceback", "ERROR", "error aiogram")
"""marks of lines that stand in the log only when something went wrong in a way nobody thought of"""
EXPECTED = ('"action": "polling"',)
"""what is logged when a journey takes the Bot API away"""
Row = dict[str, Any]
Command = Callable[..., Awaitable[str]]
Filed = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NluProcess]:
    """The NLU service with the model of the repository."""
    prepare_serving()
    process = NluProcess(tmp_path_factory.mktemp("nlu"))
    await process.start()
    yield process
    await process.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api() -> AsyncIterator[LoopbackBotApi]:
    async with LoopbackBotApi(webhook_pause=0.05) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bot(
    api: LoopbackBotApi, service: NluProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """`python -m bot` on a folder of its own, with the sample city."""
    folder = tmp_path_factory.mktemp("bot")
    process = BotProcess(api, folder, nlu_url=service.url, gather_seconds=QUIET)
    await process.start()
    yield process
    assert await process.stop() == 0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(bot: BotProcess) -> AsyncIterator[Database]:
    """The bot's database, looked at from outside."""
    settings = Settings.model_validate({"data_dir": bot.data_dir})
    opened = open_database(settings.database, box_of(settings))
    yield opened
    await opened.close()


@pytest.fixture
def case(database: Database) -> Callable[[str], Awaitable[Row]]:
    """One case with its timeline, as `cases CODE --json` prints it."""

    async def looked_up(code: str) -> Row:
        async with database.reading() as session:
            found = await whole_case(session, code)
        assert found is not None, f"there is no case {code}"
        return found

    return looked_up


@pytest.fixture
def cases(database: Database) -> Callable[[], Awaitable[list[Row]]]:
    """All cases, newest first."""

    async def listed() -> list[Row]:
        async with database.reading() as session:
            return await case_list(session, limit=1000)

    return listed


@pytest.fixture
def command(bot: BotProcess) -> Command:
    """What a command prints that an operator runs beside the bot; it must succeed."""

    async def ran(*words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", *words),
            cwd=bot.data_dir,
            env=bot.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, complained = await process.communicate()
        assert process.returncode == 0, complained.decode()
        return told.decode()

    return ran


@pytest.fixture
def somebody(bot: BotProcess, api: LoopbackBotApi) -> Visitor:
    """A resident nobody has met before, at the door of a running bot."""
    return api.person()


@pytest.fixture
def filed() -> Filed:
    """Files a complaint from a poster's place, the shortest way; its code."""

    async def complained(person: Visitor, grid: str = "guihua-01") -> str:
        await person.says(f"/start g_{grid}")
        await person.hears("第一网格")
        await person.says("我们小区电梯坏了三个月，物业一直不修，还催我们交物业费")
        await person.hears("我理解得对吗")
        for label in ("对", "下一步", "同意，登记"):
            await person.presses(label)
        opened = await person.hears("登记好了")
        code = opened.text.split("编号 ", 1)[1].split("，", 1)[0]
        await person.hears(f"/c/{code}")
        return code

    return complained


@pytest.fixture(autouse=True)
def discreet(bot: BotProcess, api: LoopbackBotApi) -> Iterator[None]:
    """After each journey: nothing went wrong unnoticed, and the log holds nobody's words."""
    before = len(bot.log)
    yield
    api.forgives()
    written = bot.log[before:]
    assert [line for line in written.splitlines() if is_serious(line)] == []
    assert [words for words in api.words_said if len(words) > 3 and words in written] == []


def is_serious(line: str) -> bool:
    return any(mark in line for mark in SERIOUS) and not any(mark in line for mark in EXPECTED)
