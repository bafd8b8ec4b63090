"""Who speaks in a story, each at a terminal of their own, and what stands on their screens?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from journeys.sentences import label_fits

from bot.terminal import Speaker, Terminal, member_at_desk, resident_at
from bot.terminal_session import Screen
from cases.database import Database
from cases.settings import Settings
from kb.library import Library, load_library

MORE = "staff_all"
"""A person who does not find a button looks behind this one."""
# The smallest picture that is one: a JPEG of one point.
PICTURE = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f14"
    "1d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b080001000101011100"
    "ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504040000"
    "017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a"
    "3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a9293949596"
    "9798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1"
    "f2f3f4f5f6f7f8f9faffda0008010100003f00fbfdffd9"
)
FILES = {"photo": ("picture.jpg", PICTURE), "voice": ("voice.ogg", b"OggS" + b"\0" * 60)}


@dataclass
class Somebody:
    """One person of a story; `seen` is what their screen showed since they last did something."""

    name: str
    terminal: Terminal
    note: Callable[[str], None]
    seen: list[str] = field(default_factory=list)

    @property
    def screen(self) -> str:
        return "\n".join(self.seen)

    @property
    def labels(self) -> list[str]:
        return [label for label, _ in self.terminal.screen.buttons]

    async def types(self, line: str) -> None:
        self.seen.clear()
        self.note(f"{self.name} > {line}")
        await self.terminal.types(line)

    async def presses(self, named: str) -> None:
        """The button of that label or key that was shown last, looking behind 更多办理 if need be."""
        number = self._number(named)
        if number is None and (more := self._number(MORE)) is not None:
            await self.types(str(more))
            number = self._number(named)
        assert number is not None, f"{self.name} has no button “{named}”, only {self.labels}"
        self.note(f"{self.name} presses [{self.labels[number - 1]}]")
        await self.types(str(number))

    def _number(self, named: str) -> int | None:
        fitting = [number for number, label in enumerate(self.labels, 1) if label_fits(label, named)]
        return fitting[-1] if fitting else None


@cache
def _library() -> Library:
    """One for all terminals of all stories."""
    return load_library()


class People:
    """Everybody of a story; whoever is named first takes a seat then."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        nlu_url: str,
        now: Callable[[], datetime],
        note: Callable[[str], None],
    ) -> None:
        self._settings, self._database = settings, database
        self._nlu_url, self._now, self._note = nlu_url, now, note
        self._known: dict[str, Somebody] = {}

    async def somebody(self, name: str) -> Somebody:
        """The person of that name, shown what waits for them by now."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._seated(name, await self._speaker(name))
            await known.terminal.opens()
        await known.terminal.shows_notices()
        return known

    def _seated(self, name: str, speaker: Speaker) -> Somebody:
        seen: list[str] = []

        def show(line: str) -> None:
            seen.append(line)
            self._note(f"{name} | {line}".replace("\n", f"\n{name} | "))

        terminal = Terminal(
            self._settings,
            self._database,
            speaker,
            screen=Screen(show),
            nlu_url=self._nlu_url,
            now=self._now,
            library=_library(),
        )
        return Somebody(name, terminal, self._note, seen)

    async def _speaker(self, name: str) -> Speaker:
        """`staff:CODE` and `volunteer:CODE` sit at their desks; every other name is a resident."""
        kind, _, code = name.partition(":")
        if code:
            assert kind in ("staff", "volunteer"), f"{name} is nobody: staff:CODE or volunteer:CODE"
            return await member_at_desk(self._database, code, self._now())
        residents = sum(":" not in one for one in self._known)
        return resident_at(residents + 1)

    def file(self, kind: str) -> str:
        """A line that sends a file of that kind, which is written first."""
        name, content = FILES[kind]
        path = Path(self._settings.data_dir) / name
        path.write_bytes(content)
        return f"!{kind} {path.resolve()}"

    async def read_everything(self) -> None:
        """Whatever is owed to anybody by now is shown, as on a telephone that is always on."""
        for one in self._known.values():
            await one.terminal.shows_notices()

    async def leave(self) -> None:
        for one in self._known.values():
            await one.terminal.close()
