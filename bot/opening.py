"""How a process opens what it works with: settings, keys, database, sample city."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.folder import prepare_folder
from bot.words import CommandFailed
from cases.city import load_sample_if_empty
from cases.database import Database, open_database
from cases.errors import DoorError, SealBroken
from cases.places import city_loaded
from cases.secrets import KEY_FILE, SecretBox, box_from_text, box_of_folder
from cases.settings import DATABASE_FILE, Settings
from cases.staff import everybody


def box_of(settings: Settings) -> SecretBox:
    """The deployer's key, or the one in the data folder, made at the first start and never again."""
    if settings.secret_key is not None:
        return box_from_text(settings.secret_key.get_secret_value())
    _refuse_lost_key(settings.data_dir)
    try:
        return box_of_folder(settings.data_dir)
    except UnicodeDecodeError:
        raise CommandFailed("key_unreadable", file=settings.data_dir / KEY_FILE) from None


def _refuse_lost_key(folder: Path) -> None:
    """A new key beside an old database would open nothing, and lock up what is written from then on."""
    database = folder / DATABASE_FILE
    if not (folder / KEY_FILE).exists() and database.is_file() and database.stat().st_size:
        raise CommandFailed("key_lost", file=folder / KEY_FILE)


def database_of(settings: Settings) -> Database:
    """The database of these settings, neither prepared nor tried out yet."""
    prepare_folder(settings)
    box = box_of(settings)
    try:
        return open_database(settings.database, box)
    except (DoorError, OSError):
        raise
    except Exception:
        # A driver that is not there, a port that is no number: every library has its own error for it.
        raise CommandFailed("database_address_unusable") from None


async def prepare_database(database: Database) -> None:
    """Brings the tables to the newest revision and sees that the key fits what is in them."""
    try:
        await database.prepare()
    except (DoorError, OSError):
        raise
    except Exception as error:
        raise CommandFailed("database_broken", reason=_told_by(error)) from None
    try:
        async with database.reading() as session:
            await everybody(session)  # their names are sealed
    except SealBroken:
        raise CommandFailed("key_wrong") from None


def _told_by(error: Exception) -> str:
    """SQLite's own words, which quote nobody; of other drivers only what kind of error it is."""
    cause = getattr(error, "orig", error)
    return str(cause) if isinstance(cause, sqlite3.Error) else type(error).__name__


@asynccontextmanager
async def opened(settings: Settings, *, sample: bool = True) -> AsyncIterator[Database]:
    """The database, brought to the newest revision; an empty one gets the sample city."""
    database = database_of(settings)
    try:
        await prepare_database(database)
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
    # Looked at again inside the transaction: of two first starts at once only one finds it empty.
    async with database.transaction() as session:
        return await load_sample_if_empty(session, datetime.now(UTC)) is not None
