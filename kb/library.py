"""Which advice do we have? All of it is checked at the start: no resident meets a broken article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from kb import shelves
from kb.articles import Article, DisputeArticle, FirstLine, GuideArticle, Hotline, ScamArticle, ServiceArticle
from kb.page import House, Page, read_yaml
from kb.taxonomy import dispute_codes, scam_codes
from kb.words import LOCALES

FOLDER = Path(__file__).parent
Kind = TypeVar("Kind", bound=Article)
RISKS = ("danger", "suspicious", "unsure", "none")
DANGERS = (
    "self_harm", "violence", "domestic_violence", "weapon", "crowd",
    "minor", "elder_alone", "stalking", "livelihood", "alcohol",
)  # fmt: skip
"""Danger signals of a case, as the indicators name them."""
FIRST_LINE_KEYS = (
    *(f"received:{risk}" for risk in RISKS),
    "about_to_pay", "paid", "on_call", "screen_shared", "code_given",
    *DANGERS,
)  # fmt: skip
GUIDES = ("stop_payment", "talk_to_elder", "what_we_do", "rights", "emergency")
GENERAL_SERVICE = "general"


class LibraryError(Exception):
    """The knowledge base has faults; `faults` lists every one as "file: key: what is wrong"."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Every article, hotline and first line, checked and frozen; an unknown key is a KeyError."""

    scams: Mapping[str, ScamArticle]
    disputes: Mapping[str, DisputeArticle]
    services: Mapping[str, ServiceArticle]
    guides: Mapping[str, GuideArticle]
    hotlines: Mapping[str, Hotline]
    first_lines: Mapping[str, FirstLine]

    def scam(self, code: str) -> ScamArticle:
        """The article of a fraud code, "phishing" or "scam:phishing"."""
        return self.scams[code.removeprefix("scam:")]

    def dispute(self, code: str) -> DisputeArticle:
        """The article of a dispute code, "land" or "dispute:land"."""
        return self.disputes[code.removeprefix("dispute:")]

    def service(self, topic: str) -> ServiceArticle:
        """The article of a service topic, "school" or "service:school"."""
        return self.services[topic.removeprefix("service:")]

    def guide(self, topic: str) -> GuideArticle:
        """A guide card, "rights" or "guide:rights"."""
        return self.guides[topic.removeprefix("guide:")]

    def article(self, code: str) -> Article:
        """Any article by its full code, such as a search hit carries it."""
        shelf, _, name = code.partition(":")
        shelves_by_name: dict[str, Mapping[str, Article]] = {
            "scam": self.scams, "dispute": self.disputes, "service": self.services, "guide": self.guides,
        }  # fmt: skip
        return shelves_by_name[shelf][name]

    def articles(self) -> tuple[Article, ...]:
        """Every article: frauds, disputes, services, guides."""
        return (*self.scams.values(), *self.disputes.values(), *self.services.values(), *self.guides.values())

    def hotline(self, number: str | int) -> Hotline:
        """A public number."""
        return self.hotlines[str(number)]

    def urgent(self, key: str) -> FirstLine:
        """First line, next steps and numbers for a key of FIRST_LINE_KEYS."""
        return self.first_lines[key]

    def first_line(self, key: str, locale: str) -> str:
        """The fixed first sentence: at most 15 characters in Chinese, 60 in English."""
        return self.first_lines[key].first(locale)

    def overdue(self, today: date) -> tuple[str, ...]:
        """Codes of articles whose review date has passed: still shown, to be looked at by a person."""
        return tuple(article.code for article in self.articles() if article.review_by < today)


def first_line_key(state: str | None, risk: str) -> str:
    """The first-line key for a danger state and a risk: only a message merely received asks for the risk."""
    return f"received:{risk}" if state in (None, "received") else str(state)


def load_library(folder: Path | None = None) -> Library:
    """The whole knowledge base of that folder (default: this one), or LibraryError naming every fault."""
    reader = _Reader(folder or FOLDER)
    library = reader.library()
    if reader.faults:
        raise LibraryError(reader.faults)
    return library


class _Reader:
    """Reads file after file and keeps the faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.house = House({"zh-Hans": (), "en": ()}, frozenset(), frozenset())

    def library(self) -> Library:
        self.house = self._house()
        hotlines = self._hotlines()
        shared = shelves.shared_actions(self._page("articles/scam/_common.yml"))
        return Library(
            scams=self._shelf("scam", lambda page, code: shelves.scam(page, code, shared), scam_codes()),
            disputes=self._shelf("dispute", shelves.dispute, dispute_codes()),
            services=self._shelf("service", shelves.service, (GENERAL_SERVICE,), closed=False),
            guides=self._shelf("guide", shelves.guide, GUIDES, closed=False),
            hotlines=hotlines,
            first_lines=self._first_lines(),
        )

    def _house(self) -> House:
        refused = self._mapping("refused_words.yml")
        words = {locale: tuple(str(word).lower() for word in refused.get(locale, ())) for locale in LOCALES}
        lines = [line for line in self._list("hotlines.yml") if isinstance(line, dict)]
        numbers = frozenset(str(line.get("number")) for line in lines)
        return House(
            words, numbers, frozenset(str(line["number"]) for line in lines if line.get("reach") == "call")
        )

    def _hotlines(self) -> Mapping[str, Hotline]:
        found: dict[str, Hotline] = {}
        for place, value in enumerate(self._list("hotlines.yml"), 1):
            page = Page("hotlines.yml", {}, self.house, self.faults).part(f"[{place}]", value)
            line = shelves.hotline(page)
            if line.number in found:
                page.fault("number", f"{line.number} stands there twice")
            found[line.number] = line
        return MappingProxyType(found)

    def _first_lines(self) -> Mapping[str, FirstLine]:
        page = self._page("first_lines.yml")
        found = {key: shelves.first_line(page.part(key, page.take(key)), key) for key in FIRST_LINE_KEYS}
        page.leftover()
        return MappingProxyType(found)

    def _shelf(
        self, shelf: str, build: Callable[[Page, str], Kind], wanted: tuple[str, ...], *, closed: bool = True
    ) -> Mapping[str, Kind]:
        paths = sorted((self.folder / "articles" / shelf).glob("[!_]*.yml"))
        names = [path.stem for path in paths]
        for code in wanted:
            if code not in names:
                self.faults.append(f"articles/{shelf}/{code}.yml: file: is missing")
        order = {code: place for place, code in enumerate(wanted)}
        found: dict[str, Kind] = {}
        for name in sorted(names, key=lambda one: (order.get(one, len(order)), one)):
            page = self._page(f"articles/{shelf}/{name}.yml")
            if closed and name not in order:
                page.fault("code", f"{name} is not a code of taxonomy.yml")
            found[name] = build(page, f"{shelf}:{name}")
        return MappingProxyType(found)

    def _page(self, file: str) -> Page:
        return Page(file, self._mapping(file), self.house, self.faults)

    def _mapping(self, file: str) -> Mapping[str, Any]:
        value = self._read(file)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.faults.append(f"{file}: file: is not a mapping")
        return {}

    def _list(self, file: str) -> list[Any]:
        value = self._read(file)
        return value if isinstance(value, list) else []

    def _read(self, file: str) -> Any:
        try:
            return read_yaml((self.folder / file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.faults.append(f"{file}: file: is missing")
        except yaml.YAMLError as broken:
            self.faults.append(f"{file}: file: is not readable YAML, {' '.join(str(broken).split())}")
        return None
