"""`./onedoor doctor`: what this machine has, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import errno
import os
import platform
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.folder import prepare_folder
from bot.listening import address_unusable, refused_address
from bot.nlu_service import running_elsewhere
from bot.opening import database_of, prepare_database
from bot.words import CommandFailed, words
from cases.errors import DoorError
from cases.settings import Settings, read_settings
from kb.library import LibraryError, load_library
from nlu import environments, fingerprint

LEAST_DISK_GB = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `good` None is neither good nor bad, only worth knowing."""

    good: bool | None
    sentence: str


def run() -> int:
    """0 when nothing needs attention."""
    return asyncio.run(_run(read_settings()))


async def _run(settings: Settings) -> int:
    bad = 0
    async for finding in look(settings):
        mark = {True: "✓", False: "✗", None: "·"}[finding.good]
        print(f"{mark} {finding.sentence}", flush=True)
        bad += finding.good is False
    print(words("doctor_ok") if not bad else words("doctor_bad", count=bad))
    return 1 if bad else 0


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Every check, in the order in which a start would meet them."""
    yield Finding(True, words("doctor_python", version=platform.python_version()))
    yield _uv()
    yield _environment("serve", "doctor_env_serve")
    yield _environment("train", "doctor_env_train")
    yield _environment("transformer", "doctor_env_transformer")
    yield _data_dir(settings)
    yield _disk(settings)
    yield _knowledge()
    yield _model()
    yield await _database(settings)
    yield await _nlu(settings)
    yield _port(settings)
    yield await _bot(settings)


def _uv() -> Finding:
    uv = os.environ.get("ONEDOOR_UV") or shutil.which("uv") or ""
    try:
        told = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True)  # noqa: S603  # our own uv
        return Finding(True, words("doctor_uv", version=told.stdout.split()[1]))
    except (OSError, subprocess.CalledProcessError, IndexError):
        return Finding(False, words("doctor_no_uv"))


def _environment(kind: environments.Kind, key: str) -> Finding:
    if environments.is_ready(kind):
        return Finding(True, words(key))
    return Finding(None, f"{words(key)}: {words('doctor_not_ready')}")


def _data_dir(settings: Settings) -> Finding:
    try:
        prepare_folder(settings)
    except CommandFailed as failed:
        return Finding(False, failed.sentence)
    return Finding(True, words("doctor_data_dir", folder=settings.data_dir))


def _disk(settings: Settings) -> Finding:
    left = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else ".").free // 2**30
    good = left >= LEAST_DISK_GB
    return Finding(good, words("doctor_disk" if good else "doctor_disk_low", gb=left))


def _knowledge() -> Finding:
    try:
        load_library()
    except LibraryError as faults:
        return Finding(False, f"{words('doctor_knowledge')}: {faults}")
    return Finding(True, words("doctor_knowledge"))


def _model() -> Finding:
    recorded = fingerprint.recorded()
    if recorded != fingerprint.current():
        return Finding(False, words("doctor_model_stale"))
    return Finding(True, words("doctor_model", version=recorded[:7]))


async def _database(settings: Settings) -> Finding:
    try:
        database = database_of(settings)
        try:
            await prepare_database(database)
        finally:
            await database.close()
    except CommandFailed as failed:
        return Finding(False, failed.sentence)
    except (DoorError, OSError) as failed:
        return Finding(False, f"{words('doctor_database')}: {failed}")
    return Finding(True, words("doctor_database"))


async def _nlu(settings: Settings) -> Finding:
    url = settings.nlu_url or await running_elsewhere(settings.data_dir)
    return Finding(True, words("doctor_nlu")) if url else Finding(None, words("doctor_nlu_off"))


def _port(settings: Settings) -> Finding:
    refused = refused_address(settings)
    if refused is None:
        return Finding(True, words("doctor_port", port=settings.console_port))
    if refused.errno == errno.EADDRINUSE:
        return Finding(None, words("doctor_port_taken", port=settings.console_port))
    return Finding(False, address_unusable(settings, refused).sentence)


async def _bot(settings: Settings) -> Finding:
    if settings.bot_token is None:
        return Finding(None, words("doctor_bot_off"))
    from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError

    from bot.telegram import open_bot

    try:
        async with open_bot(settings) as bot:
            return Finding(True, words("doctor_bot", name=(await bot.me()).username))
    except CommandFailed as failed:
        return Finding(False, failed.sentence)
    except (TelegramUnauthorizedError, TelegramNotFound):
        return Finding(False, words("token_refused"))
    except AiogramError:
        return Finding(False, words("doctor_bot_unreached"))
