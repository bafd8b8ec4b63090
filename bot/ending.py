"""How a command ends: put away tidily whatever stops it, and one plain sentence for what went wrong."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

from typer.core import TyperGroup

from bot.words import CommandFailed, words
from cases.errors import DoorError
from cases.settings import SettingsError
from kb.library import LibraryError

INTERRUPTED = 130


class ReaderGone(Exception):
    """Nobody reads the output any more (`| head`): no failure of the command."""


class Commands(TyperGroup):
    """The commands; typer itself would call a reader that went away a failure."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGone from None


def run_to_its_end(command: Callable[[], object]) -> NoReturn:
    """Runs a command and exits: 0 done, 1 failed with one sentence on standard error, 2 wrong use."""
    _open_missing_streams()
    _end_like_ctrl_c()
    try:
        command()
        sys.stdout.flush()
    except CommandFailed as failed:
        _end(failed.sentence, failed.status)
    except (DoorError, SettingsError, LibraryError) as failed:
        _end(str(failed))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except (ReaderGone, BrokenPipeError):
        _forget_output()
        sys.exit(0)
    except OSError as failed:
        _forget_output()
        _end(words("os_error", reason=failed.strerror or type(failed).__name__))
    except Exception as failed:
        # Never a trace: its lines may quote what a resident wrote.
        _end(words("unexpected", kind=type(failed).__name__, where=_where(failed)))
    sys.exit(0)


def _end(sentence: str, status: int = 1) -> NoReturn:
    with suppress(OSError):
        sys.stderr.write(sentence + "\n")
    sys.exit(status)


def _open_missing_streams() -> None:
    """A stream the caller has closed reads as empty and swallows what is written."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  # for the whole run
            setattr(sys, name, stream)
    _write_what_can_be_written(sys.stdout)


def _write_what_can_be_written(stream: TextIO) -> None:
    """A terminal of another encoding gets a question mark for what it cannot show."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _end_like_ctrl_c() -> None:
    """`kill` and a closed terminal let a command put away what it started, as Ctrl-C does."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)


def _forget_output() -> None:
    """What is still in the buffer has no reader; Python would complain about it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
