"""How does the console run: a socket of its own, the database open, until it is told to stop?"""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from socket import socket
from types import FrameType

import structlog
import uvicorn

from cases.database import Database, open_database
from cases.errors import DoorError
from cases.secrets import open_box
from cases.settings import Settings
from console.app import create_app
from console.front import Check, Front
from console.listening import address, listening
from console.starting import CannotStart
from kb.library import load_library
from nlu.client import NluClient

log = structlog.get_logger(__name__)
# Answers under way are given this long when the process is told to stop.
GRACE_SECONDS = 10


async def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; CannotStart, DoorError or LibraryError when it cannot begin."""
    library = load_library()
    with listening(settings) as listener:
        async with _opened(settings) as database, _nlu_check(settings) as nlu_answers:
            front = Front(settings, database, library, nlu_answers=nlu_answers)
            log.info("listening", action="start", address=address(settings, listener))
            await _serve(front, listener)
    log.info("stopped", action="stop")


async def _serve(front: Front, listener: socket) -> None:
    config = uvicorn.Config(
        create_app(front),
        access_log=False,  # it would write addresses down, and with them case codes
        log_config=None,
        server_header=False,
        proxy_headers=False,  # nothing here asks where somebody comes from
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )
    with _signals_end_quietly():
        await uvicorn.Server(config).serve(sockets=[listener])


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more; being told to stop is no failure."""
    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {name: signal.signal(name, _let_it_pass) for name in wanted}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _let_it_pass(_signal: int, _frame: FrameType | None) -> None:
    return None


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    """The database at its newest revision; what drivers raise becomes one plain sentence."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = settings.secret_key.get_secret_value() if settings.secret_key else None
        database = open_database(settings.database, open_box(settings.data_dir, key))
    except OSError as error:
        raise CannotStart(
            settings.locale, "data_dir_unusable", folder=settings.data_dir, reason=error.strerror
        ) from None
    try:
        await _prepare(database, settings)
        yield database
    finally:
        await database.close()


async def _prepare(database: Database, settings: Settings) -> None:
    try:
        await database.prepare()
    except DoorError:
        raise
    except Exception as error:
        raise CannotStart(settings.locale, "database_broken", kind=type(error).__name__) from None


@asynccontextmanager
async def _nlu_check(settings: Settings) -> AsyncIterator[Check | None]:
    if settings.nlu_url is None:
        yield None
        return
    client = NluClient(settings.nlu_url)
    try:
        yield client.healthy
    finally:
        await client.close()
