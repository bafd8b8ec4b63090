"""Which settings there are, and where they come from: the environment and a `.env` file only."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ONEDOOR_"
DATABASE_FILE = "onedoor.sqlite3"


class SettingsError(Exception):
    """A setting is unknown or its value cannot be used; the message is one plain sentence."""


class Settings(BaseSettings):
    """Every setting of a running instance; frozen, and secrets do not show in its repr."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", str_strip_whitespace=True
    )

    data_dir: Path = Path("var")
    """database file, a deployer's model, attachments, keys"""
    database_url: str | None = None
    """SQLAlchemy async URL; unset: a SQLite file in the data folder"""
    bot_token: SecretStr | None = None
    """Telegram bot token; unset: the Telegram channel is off and everything else runs"""
    bot_api: str | None = None
    """base URL of a Bot API server; unset: Telegram's own"""
    webhook_url: str | None = None
    """set: webhook instead of long polling"""
    webhook_secret: SecretStr | None = None
    """what Telegram must send back with each update"""
    webhook_host: str = "127.0.0.1"
    """where the webhook server listens, behind the deployer's TLS proxy"""
    webhook_port: int = Field(8081, ge=0, le=65535)
    """port of the webhook server"""
    nlu_url: str | None = None
    """an NLU service already running; unset: the program starts and watches its own"""
    console_host: str = "127.0.0.1"
    """where the console listens"""
    console_port: int = Field(8080, ge=0, le=65535)
    """port of the console"""
    public_url: str | None = None
    """address under which residents reach the public pages (QR codes); unset: the console's own"""
    secret_key: SecretStr | None = None
    """encrypts personal fields and signs links; unset: made at first start, in the data folder"""
    locale: Literal["zh-Hans", "en"] = "zh-Hans"
    """wording of staff pages and of residents who have not chosen"""
    gather_seconds: float = Field(1.2, ge=0, le=10)
    """quiet time after which several messages of one thought become one turn; 0: every message at once"""
    redis_url: str | None = None
    """set: per-person order is kept across replicas by Redis"""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """how much the logs say; they never hold a person's words"""

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve()}/{DATABASE_FILE}"

    @property
    def public_base(self) -> str:
        """The public pages' base address, without a slash at the end."""
        return (self.public_url or f"http://{self.console_host}:{self.console_port}").rstrip("/")


def known_names() -> list[str]:
    """All names a deployer may set, for the documentation and for spotting typing errors."""
    return [PREFIX + name.upper() for name in Settings.model_fields]


# Read by the test suite and the launcher, not by a running instance.
OTHER_NAMES = (
    "ONEDOOR_TEST_POSTGRES",
    "ONEDOOR_REQUIRE_POSTGRES",
    "ONEDOOR_TEST_REDIS",
    "ONEDOOR_UV",
    "ONEDOOR_CALLED_FROM",
)


def _names_in(env_file: Path) -> list[str]:
    if not env_file.is_file():
        return []
    lines = env_file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.split("=", 1)[0].removeprefix("export ").strip() for line in lines if "=" in line]


def refuse_unknown(names: list[str]) -> None:
    """Raises SettingsError for the first ONEDOOR_ name that does not exist, naming the nearest right one."""
    known = known_names()
    for name in names:
        if name.startswith(PREFIX) and name not in known and name not in OTHER_NAMES:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(f"There is no setting {name}; the nearest is {near[0]}.")


def read_settings(env_file: Path | None = None) -> Settings:
    """The settings in force, or SettingsError with one plain sentence."""
    file = env_file or Path(".env")
    refuse_unknown([*os.environ, *_names_in(file)])
    try:
        return Settings(_env_file=file)  # type: ignore[call-arg]  # a pydantic-settings argument, not a field
    except UnicodeDecodeError:
        raise SettingsError(
            f"The file {file.name} is not UTF-8 text; please save it again as UTF-8."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"{name} cannot be used: {first['msg']}.") from None
