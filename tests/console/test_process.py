"""The real process: it starts, answers, stops when told, and says plainly why it cannot start."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 30
Environment = Callable[..., dict[str, str]]
Refused = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], str]]]


@pytest.fixture
def refused(environment: Environment) -> Refused:
    """What a console that cannot start leaves behind."""
    return lambda data_dir, **more: subprocess.run(
        [sys.executable, "-m", "console"],
        cwd=ROOT,
        env=environment(data_dir, **more),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def is_one_plain_sentence(result: subprocess.CompletedProcess[str]) -> bool:
    lines = result.stderr.strip().splitlines()
    return result.returncode == 1 and not result.stdout and len(lines) == 1 and "Traceback" not in lines[0]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_cleanly_when_told(
    data_dir: Path, stop: signal.Signals, start_console: Start
) -> None:
    with start_console(data_dir) as (process, address):
        assert httpx.get(f"{address}/healthz").text == "ok\n"
        assert httpx.get(f"{address}/readyz").status_code == 200
        assert "第一网格" in httpx.get(f"{address}/q/guihua-01").text
        process.send_signal(stop)
        assert process.wait(SECONDS) == 0


def test_an_answer_under_way_is_given_before_it_stops(data_dir: Path, start_console: Start) -> None:
    with start_console(data_dir) as (process, address):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), SECONDS) as slow:
            # A wrong look-up takes a while on purpose: it is under way when the signal comes.
            body = "secret=000000"
            slow.sendall(
                f"POST /c/YM-261123-AAAA HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n{body}".encode()
            )
            assert httpx.get(f"{address}/healthz").status_code == 200
            process.send_signal(signal.SIGTERM)
            assert slow.recv(200).startswith(b"HTTP/1.1 403")
        assert process.wait(SECONDS) == 0


def test_an_empty_folder_gets_its_database_and_key(tmp_path: Path, start_console: Start) -> None:
    folder = tmp_path / "new" / "var"
    with start_console(folder) as (_, address):
        assert httpx.get(f"{address}/readyz").status_code == 200
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_taken_port_is_told(data_dir: Path, refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = refused(data_dir, console_port=port, locale="en")
    assert is_one_plain_sentence(result)
    assert f"Port {port} of 127.0.0.1 is taken" in result.stderr


def test_a_foreign_address_is_told(data_dir: Path, refused: Refused) -> None:
    result = refused(data_dir, console_host="203.0.113.7")
    assert is_one_plain_sentence(result)
    assert "203.0.113.7" in result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("console_prot", "8080", "ONEDOOR_CONSOLE_PORT"),
        ("secret_key", "short", "secret key"),
        ("database_url", "nonsense", "ONEDOOR_DATABASE_URL"),
        ("database_url", "postgresql+asyncpg://nobody@127.0.0.1:9/none", "database"),
    ],
)
def test_wrong_settings_are_told(
    data_dir: Path, setting: str, value: str, words: str, refused: Refused
) -> None:
    result = refused(data_dir, **{setting: value})
    assert is_one_plain_sentence(result), result.stderr
    assert words in result.stderr


def test_a_broken_database_is_told(data_dir: Path, refused: Refused) -> None:
    for wal in data_dir.glob("onedoor.sqlite3-*"):
        wal.unlink()
    (data_dir / "onedoor.sqlite3").write_bytes(b"not a database at all " * 500)
    result = refused(data_dir, locale="en")
    assert is_one_plain_sentence(result), result.stderr
    assert "database" in result.stderr


def test_a_key_others_can_read_is_told(data_dir: Path, refused: Refused) -> None:
    (data_dir / "secret.key").chmod(0o644)
    result = refused(data_dir)
    assert is_one_plain_sentence(result)
    assert "chmod 600" in result.stderr


def test_a_data_folder_that_cannot_be_one_is_told(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "var").write_text("a file")
    result = refused(tmp_path / "var", locale="en")
    assert is_one_plain_sentence(result), result.stderr
    assert "data folder" in result.stderr


def test_a_lost_table_is_an_apology_and_not_the_end(data_dir: Path, start_console: Start) -> None:
    with start_console(data_dir) as (_process, address):
        with sqlite3.connect(data_dir / "onedoor.sqlite3") as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("ALTER TABLE grids RENAME TO lost")
        connection.close()
        page = httpx.get(f"{address}/q/guihua-01")
        assert page.status_code == 500
        assert "Traceback" not in page.text
        assert httpx.get(f"{address}/healthz").status_code == 200
