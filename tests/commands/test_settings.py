"""Settings as people mistype them: each refusal is one sentence that names the setting."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from commands.desktop import Desktop, Ran, together

from bot.words import words

KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="


# The lightest command that reads settings, and the lightest that opens the database.
READS, OPENS = ("classify",), ("staff", "list")
WRONG = [
    (READS, "ONEDOOR_LOCAL", "en", "ONEDOOR_LOCALE"),
    (READS, "ONEDOOR_TOKEN", "1", "ONEDOOR_BOT_TOKEN"),
    (READS, "ONEDOOR_LOCALE", "fr", "ONEDOOR_LOCALE"),
    (READS, "ONEDOOR_CONSOLE_PORT", "http", "ONEDOOR_CONSOLE_PORT"),
    (READS, "ONEDOOR_GATHER_SECONDS", "soon", "ONEDOOR_GATHER_SECONDS"),
    (OPENS, "ONEDOOR_SECRET_KEY", "short", "secret key"),
    (OPENS, "ONEDOOR_DATABASE_URL", "my database", "ONEDOOR_DATABASE_URL"),
    (OPENS, "ONEDOOR_DATABASE_URL", "mysql://nobody@localhost/onedoor", "ONEDOOR_DATABASE_URL"),
    (OPENS, "ONEDOOR_DATABASE_URL", "sqlite:///onedoor.sqlite3", "ONEDOOR_DATABASE_URL"),
    (OPENS, "ONEDOOR_DATABASE_URL", "postgresql+asyncpg://localhost:port/x", "ONEDOOR_DATABASE_URL"),
    (OPENS, "ONEDOOR_DATABASE_URL", "postgresql+asyncpg://127.0.0.1:1/x", "database"),
]
Wrong = tuple[tuple[str, ...], str, str, str]


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[Wrong, Ran]:
    """What each wrong setting led to."""
    folder = tmp_path_factory.mktemp("settings") / "var"
    runs = (partial(Desktop(folder).run, *command, **{name: value}) for command, name, value, _ in WRONG)
    return dict(zip(WRONG, together(runs), strict=True))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[1]}={wrong[2]}")
def test_a_setting_that_cannot_be_used_is_named(refusals: dict[Wrong, Ran], wrong: Wrong) -> None:
    refusals[wrong].failed(wrong[3])


def test_a_refusal_never_repeats_a_secret(bare: Desktop) -> None:
    told = bare.run("classify", ONEDOOR_BOT_TOKEN="hunter2", ONEDOOR_WEBHOOK_PORT="hunter3")
    assert told.status == 1
    assert "hunter" not in told.err


def test_the_env_file_is_read(desktop: Desktop, tmp_path: Path) -> None:
    """The variable of the environment goes first; the words of the command line follow the file too."""
    (tmp_path / ".env").write_text("ONEDOOR_LOCALE=en\n", encoding="utf-8")
    assert desktop.run("cases", cwd=tmp_path).out == "There are no cases yet.\n"
    assert desktop.run("cases", cwd=tmp_path, ONEDOOR_LOCALE="zh-Hans").out == words("cases_none") + "\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"ONEDOOR_BOT_TOKE=1\n", "ONEDOOR_BOT_TOKEN"),
        (b"export ONEDOOR_CONSOLE=1\n", "ONEDOOR_CONSOLE"),
        ("# 设置\n".encode("gbk"), ".env"),
    ],
)
def test_a_mistake_in_the_env_file_is_named(bare: Desktop, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / ".env").write_bytes(content)
    bare.run("classify", cwd=tmp_path).failed(told)


def test_a_key_given_as_a_setting_leaves_none_on_disk(bare: Desktop) -> None:
    assert bare.run("staff", "list", ONEDOOR_SECRET_KEY=KEY).status == 0
    assert not (bare.folder / "secret.key").exists()
    bare.run("staff", "list", ONEDOOR_SECRET_KEY=KEY[::-1].lstrip("=") + "=").failed(words("key_wrong"))
