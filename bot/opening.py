"""How a process opens what it works with: settings, keys, database, sample city."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.words import CommandFailed
from cases.city import SAMPLE, load_city
from cases.database import Database, open_database
from cases.places import city_loaded
from cases.secrets import SecretBox, box_from_text, box_of_folder
from cases.settings import Settings


def prepare_folder(settings: Settings) -> None:
    """Makes the data folder, readable by its owner only; a plain sentence when that cannot be."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CommandFailed("data_dir_unusable", folder=settings.data_dir, reason=error.strerror) from None


def box_of(settings: Settings) -> SecretBox:
    """The deployer's key, or the one in the data folder, made at the first start."""
    if settings.secret_key is not None:
        return box_from_text(settings.secret_key.get_secret_value())
    return box_of_folder(settings.data_dir)


@asynccontextmanager
async def opened(settings: Settings, *, sample: bool = True) -> AsyncIterator[Database]:
    """The database, brought to the newest revision; an empty one gets the sample city."""
    prepare_folder(settings)
    database = open_database(settings.database, box_of(settings))
    try:
        await database.prepare()
        if sample:
            await load_sample(database)
        yield database
    finally:
        await database.close()


async def load_sample(database: Database) -> bool:
    """Loads the fictional sample city when there is none yet; True when it did."""
    async with database.reading() as session:
        if await city_loaded(session):
            return False
    async with database.transaction() as session:
        await load_city(session, SAMPLE, datetime.now(UTC))
    return True
