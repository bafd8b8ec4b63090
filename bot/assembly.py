"""How the parts of the bot are put together; no logic of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.fsm.storage.redis import RedisEventIsolation

from bot.answering import Answering
from bot.failures import failure_turn
from bot.supervisor import Supervisor
from cases.database import Database
from cases.settings import Settings
from cases.turn import Turn
from handlers.door import Door
from handlers.ear import Ear
from handlers.gathering import Gatherer
from handlers.order import routers
from handlers.person import Person
from handlers.speaking import speak
from kb.library import Library, load_library
from nlu.client import NluClient

THINKING = 1.5
"""Seconds the model may take: with the quiet time before it, a message is answered within three."""


@dataclass(frozen=True, slots=True)
class House:
    """Everything one bot process works with."""

    settings: Settings
    database: Database
    library: Library
    door: Door
    dispatcher: Dispatcher
    gatherer: Gatherer
    supervisor: Supervisor

    async def close(self) -> None:
        """Ends background work and lets go of every connection but the database's."""
        await self.supervisor.stop()
        await close_isolation(self.dispatcher.fsm.events_isolation)
        await self.dispatcher.fsm.storage.close()
        await self.door.close()


def assemble(
    settings: Settings,
    database: Database,
    bot: Bot,
    *,
    channel: str,
    nlu_url: str | None,
    limits_floods: bool = True,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    library: Library | None = None,
) -> House:
    """The dispatcher with its routers, middlewares and what handlers are given by name.

    `now` is the time everything at the door happens at; a story told afterwards brings its own. `library` is
    the one several houses share; without it the house loads its own.
    """
    library = library or load_library()
    supervisor = Supervisor()
    door = Door(
        database,
        Ear(NluClient(nlu_url, seconds=THINKING) if nlu_url else None),
        data_dir=settings.data_dir,
        locale=settings.locale,
        public_base=settings.public_base,
        now=now,
    )
    isolation = isolation_for(settings)
    dispatcher = Dispatcher(events_isolation=isolation)

    async def say(person: Person, turn: Turn) -> None:
        await speak(bot, person.chat, turn, library)

    gatherer = Gatherer(
        door,
        seconds=settings.gather_seconds,
        speak=say,
        start=supervisor.start,
        failed=failure_turn,
        lock=lambda person: one_at_a_time(isolation, bot, person),
        limits_floods=limits_floods,
    )
    dispatcher["door"] = door
    dispatcher["gatherer"] = gatherer
    answering = Answering(channel, library, settings.locale)
    for observer in (dispatcher.message, dispatcher.edited_message, dispatcher.callback_query):
        observer.outer_middleware(answering)
    dispatcher.include_routers(*routers())
    return House(settings, database, library, door, dispatcher, gatherer, supervisor)


def isolation_for(settings: Settings) -> BaseEventIsolation:
    """One event at a time per person: in this process, or across replicas through Redis."""
    if settings.redis_url is None:
        return SimpleEventIsolation()
    return RedisEventIsolation.from_url(settings.redis_url)


async def close_isolation(isolation: BaseEventIsolation) -> None:
    """Closes what the isolation holds; aiogram leaves a Redis connection to its owner."""
    await isolation.close()
    if isinstance(isolation, RedisEventIsolation):
        await isolation.redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def one_at_a_time(isolation: BaseEventIsolation, bot: Bot, person: Person) -> AsyncIterator[None]:
    """The very lock under which the dispatcher handles this person's events."""
    key = StorageKey(bot_id=bot.id, chat_id=person.chat, user_id=int(person.channel_id))
    async with isolation.lock(key):
        yield
