"""How is a story told: step by step, through the terminals, with the transcript kept?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from commands.desktop import Desktop, Ran
from journeys.hours import StoryClock
from journeys.looking import city_without, file_text, in_order, status_page
from journeys.matters import FIELDS, actions_of, broken, cases_of, clocks_of, papers_of, unsaid
from journeys.people import People, Somebody
from journeys.reading import Step, Story
from journeys.sentences import found, label_fits, raw

from cases.clocks.rounds import make_round
from cases.database import Database
from cases.records import Case
from cases.settings import Settings

NUMBERED = re.compile(r"\{case(?: (\d+))?\}")


class Telling:
    """One story as it goes on; an AssertionError says which line failed, with everything shown so far."""

    def __init__(self, story: Story, settings: Settings, database: Database, *, nlu_url: str) -> None:
        self.story = story
        self._settings, self._database, self._nlu_url = settings, database, nlu_url
        self._clock = StoryClock(story.begins)
        self._transcript: list[str] = []
        self._people = People(settings, database, nlu_url=nlu_url, now=self._clock.now, note=self._note)
        self._who: Somebody | None = None
        self._codes: list[str] = []
        self._ran: Ran | None = None

    async def told(self) -> None:
        """Tells the whole story, then looks whether everything left behind is sound."""
        try:
            for name in self.story.people:
                await self._people.somebody(name)
            for step in self.story.steps:
                await self._step(step)
            await self._sound()
        finally:
            await self._people.leave()

    async def _step(self, step: Step) -> None:
        try:
            if "as" in step.told:
                self._who = await self._people.somebody(step.told["as"])
            for act in step.acts:
                await self._act(act, step.told)
            for look in step.looks:
                await LOOKS[look](self, step.told[look], step.told)
        except Exception as error:
            raise AssertionError(self._failure(step.line, str(error) or type(error).__name__)) from error

    async def _act(self, act: str, told: Mapping[str, Any]) -> None:
        value = told[act]
        if act in ("at", "later"):
            await self._people.read_everything()
        match act:
            case "at":
                self._clock.goes_to(value)
            case "later":
                self._clock.goes_on(value)
            case "round":
                report = await make_round(self._database, self._clock.now())
                self._note(f"round: {dict(report.acts)}")
            case "command":
                await self._command([str(word) for word in value], fails=bool(told.get("fails")))
            case "city_without":
                city_without(self._settings.data_dir / "city", value)
            case _:
                await self._speaks(act, value)
        await self._learn_codes()

    async def _speaks(self, act: str, value: Any) -> None:
        who = self._somebody()
        await who.terminal.shows_notices()
        match act:
            case "presses":
                for named in [value] if isinstance(value, str) else value:
                    await who.presses(self._filled(named))
            case "says":
                await who.types(self._filled(value))
            case "forwards":
                await who.types(f"!forward {self._filled(value)}")
            case "scans":
                await who.types(f"/start g_{value}")
            case "sends":
                await who.types(self._people.file(value))

    async def _command(self, words: list[str], *, fails: bool) -> None:
        desk = Desktop(self._settings.data_dir, {"ONEDOOR_NLU_URL": self._nlu_url})
        typed = [self._filled(word) for word in words]
        self._note(f"$ ./onedoor {' '.join(typed)}")
        self._ran = await asyncio.to_thread(desk.run, *typed)
        self._note(self._ran.out + self._ran.err)
        assert (self._ran.status != 0) is fails, f"the command ended with {self._ran.status}"

    async def _sees(self, named: Iterable[Any], told: Mapping[str, Any]) -> None:
        who = self._somebody()
        await who.terminal.shows_notices()
        for one in _listed(named):
            assert found(who.screen, self._filled(one)), f"{who.name} does not see “{self._filled(one)}”"

    async def _sees_not(self, named: Iterable[Any], told: Mapping[str, Any]) -> None:
        who = self._somebody()
        for one in _listed(named):
            assert not found(who.screen, self._filled(one)), f"{who.name} sees “{self._filled(one)}”"

    async def _offers(self, named: Iterable[str], told: Mapping[str, Any]) -> None:
        labels = self._somebody().labels
        for one in _listed(named):
            assert any(label_fits(label, self._filled(one)) for label in labels), f"no “{one}” in {labels}"

    async def _offers_not(self, named: Iterable[str], told: Mapping[str, Any]) -> None:
        labels = self._somebody().labels
        for one in _listed(named):
            assert not any(label_fits(label, self._filled(one)) for label in labels), f"“{one}” in {labels}"

    async def _case(self, wanted: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        async with self._database.reading() as session:
            case = await self._of(session, told)
            is_so = {name: FIELDS[name](case) for name in wanted}
        assert is_so == dict(wanted), f"the case is {is_so}"

    async def _timeline(self, wanted: list[str], told: Mapping[str, Any]) -> None:
        async with self._database.reading() as session:
            happened = await actions_of(session, await self._of(session, told))
        assert in_order(happened, wanted), f"what happened: {happened}"

    async def _papers(self, wanted: list[str], told: Mapping[str, Any]) -> None:
        async with self._database.reading() as session:
            issued = await papers_of(session, await self._of(session, told))
        assert in_order(issued, wanted), f"papers: {issued}"

    async def _clocks(self, wanted: Mapping[str, str], told: Mapping[str, Any]) -> None:
        async with self._database.reading() as session:
            clocks = await clocks_of(session, await self._of(session, told))
        assert clocks | dict(wanted) == clocks, f"clocks: {clocks}"

    async def _prints(self, named: Iterable[str], told: Mapping[str, Any]) -> None:
        assert self._ran is not None, "no command has run"
        for one in _listed(named):
            assert self._filled(one) in self._ran.out + self._ran.err, f"not printed: {self._filled(one)}"

    async def _file(self, wanted: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        text = file_text(Path(self._filled(wanted["name"])))
        for one in _listed(wanted.get("holds", ())):
            assert self._filled(one) in text, f"not in the file: {self._filled(one)}\n{text}"
        for one in _listed(wanted.get("holds_not", ())):
            assert self._filled(one) not in text, f"in the file: {self._filled(one)}"

    async def _status_page(self, named: Iterable[str], told: Mapping[str, Any]) -> None:
        code = self._codes[int(told.get("of", 1)) - 1]
        page = await status_page(self._settings, self._database, code, self._transcript, self._clock.now)
        for one in _listed(named):
            assert self._filled(one) in page, f"not on the status page: {self._filled(one)}\n{page}"

    async def _of(self, session: Any, told: Mapping[str, Any]) -> Case:
        cases = await cases_of(session)
        number = int(told.get("of", 1))
        assert len(cases) >= number, f"there are {len(cases)} cases"
        return cases[number - 1]

    async def _learn_codes(self) -> None:
        async with self._database.reading() as session:
            self._codes = [case.code for case in await cases_of(session)]

    async def _sound(self) -> None:
        await self._people.read_everything()
        async with self._database.reading() as session:
            wrong, silent = await broken(session), await unsaid(session)
        assert not wrong, self._failure(1, f"the timeline of {wrong} does not hold")
        assert not silent, self._failure(1, f"never told to whom it was owed: {silent}")
        said = [line for line in self._transcript if " | " in line]
        faults = {fault for line in said for fault in raw(line.split(" | ", 1)[1])}
        assert not faults, self._failure(1, f"shown to somebody: {sorted(faults)}")

    def _somebody(self) -> Somebody:
        assert self._who is not None, "nobody speaks yet: say `as:` first"
        return self._who

    def _filled(self, named: Any) -> Any:
        """`{case}` and `{case 2}` are the codes of the story's cases, `{folder}` a place for files."""
        if isinstance(named, Mapping):
            return {key: self._filled(value) for key, value in named.items()}
        if not isinstance(named, str):
            return str(named)
        text = NUMBERED.sub(lambda hit: self._codes[int(hit[1] or 1) - 1], named)
        return text.replace("{folder}", str(self._settings.data_dir.resolve()))

    def _note(self, line: str) -> None:
        self._transcript += [f"{self._clock.shown} {one}" for one in line.split("\n")]

    def _failure(self, line: int, why: str) -> str:
        so_far = "\n".join(self._transcript)
        return f"{self.story.path.name}:{line}: {why}\n\nThe story so far:\n{so_far}\n\n{why}"


Look = Callable[[Telling, Any, Mapping[str, Any]], Awaitable[None]]
LOOKS: dict[str, Look] = {
    name: getattr(Telling, f"_{name}")
    for name in (
        "sees",
        "sees_not",
        "offers",
        "offers_not",
        "case",
        "timeline",
        "papers",
        "clocks",
        "prints",
        "file",
        "status_page",
    )
}


def _listed(named: Any) -> list[Any]:
    return [named] if isinstance(named, str | Mapping) else list(named)
