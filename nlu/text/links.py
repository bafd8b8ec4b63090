"""What does the address of a link give away, without opening it?

A registered domain is found with a short list of two-part endings (`kb/links.yml`) instead of the whole
public suffix list: only the endings residents meet matter, and the serving process stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.text.normalise import Normalised

FILE = Path(__file__).resolve().parents[2] / "kb" / "links.yml"
_ADDRESS = re.compile(r"^(?:[a-z]+[:：]//)?(?P<user>[^/@]*@)?(?P<host>[^/:?#]+)(?P<rest>.*)$", re.DOTALL)
_FOUR_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|0x[0-9a-f]{8}|\d{8,10}")
_LOOKS_LIKE = str.maketrans("0135$", "oless")
"""digits that pose as letters"""
_FOREIGN = re.compile(r"[\u0370-\u058f\u1c80-\u1c8f\ua640-\ua69f]")
"""Greek, Cyrillic and Armenian letters"""
_SHORTEST_BRAND = 4
"""shorter names stand in too many words to say anything"""


@dataclass(frozen=True, slots=True)
class _Known:
    shorteners: frozenset[str]
    cheap: frozenset[str]
    two_part: frozenset[str]
    official: tuple[str, ...]
    brands: dict[str, tuple[str, ...]]

    @property
    def own_domains(self) -> frozenset[str]:
        return frozenset(domain for domains in self.brands.values() for domain in domains)


def signs_of(message: Normalised, start: int, end: int) -> Iterator[str]:
    """Codes of `kb/indicators` that the address at [start, end) of the normal form shows."""
    match = _ADDRESS.match(message.text[start:end].replace("。", "."))
    if match is None:
        return
    given = message.given[slice(*message.span(start + match.start("host"), start + match.end("host")))]
    if _FOREIGN.search(given):  # the normal form has made them Latin, and the address look true
        yield "link_foreign_letters"
        return
    host, known = match["host"].strip(".").removeprefix("www."), _known()
    if match["user"]:
        yield "link_with_user"
    if re.search(r"\.apk(?![a-z])", host + match["rest"]):
        yield "link_apk"
    yield from _host_signs(host, known)


def _host_signs(host: str, known: _Known) -> Iterator[str]:
    if _FOUR_NUMBERS.fullmatch(host):
        yield "link_raw_ip"
        return
    if "xn--" in host or not host.isascii():
        yield "link_foreign_letters"
    registered = registered_domain(host)
    if host in known.shorteners or registered in known.shorteners:
        yield "link_short"
    elif registered.endswith(known.official) or registered in known.own_domains:
        yield "link_official"
    else:
        if _poses_as(host, known.brands):
            yield "link_brand_elsewhere"
        if registered.rpartition(".")[2] in known.cheap:
            yield "link_cheap_ending"


def registered_domain(host: str) -> str:
    """The part of a host that somebody registered: `icbc.com.cn` of `m.icbc.com.cn`."""
    parts = host.split(".")
    keep = 3 if ".".join(parts[-2:]) in _known().two_part else 2
    return ".".join(parts[-keep:])


def _poses_as(host: str, brands: dict[str, tuple[str, ...]]) -> bool:
    """A known name, or one that differs by look-alike digits or one letter, in a domain it does not own."""
    words = [word for word in re.split(r"[.\-_]", host) if word]
    return any(
        brand in (word, word.translate(_LOOKS_LIKE))
        or (
            len(brand) >= _SHORTEST_BRAND
            and (brand in word or brand in word.translate(_LOOKS_LIKE) or _one_letter_off(brand, word))
        )
        for brand in brands
        for word in words
    )


def _one_letter_off(brand: str, word: str) -> bool:
    """One letter changed, added or dropped, in names long enough for that to be no accident."""
    if len(brand) < _SHORTEST_BRAND + 2 or abs(len(brand) - len(word)) > 1 or brand == word:
        return False
    same = next((i for i, (a, b) in enumerate(zip(brand, word, strict=False)) if a != b), None)
    if same is None:
        return True
    return (
        brand[same + 1 :] == word[same + 1 :]
        or brand[same:] == word[same + 1 :]
        or brand[same + 1 :] == word[same:]
    )


@lru_cache(maxsize=1)
def _known() -> _Known:
    table = yaml.safe_load(FILE.read_text("utf-8"))
    return _Known(
        shorteners=frozenset(table["shorteners"]),
        cheap=frozenset(table["cheap_endings"]),
        two_part=frozenset(table["two_part_endings"]),
        official=tuple(f".{ending}" for ending in table["official_endings"]),
        brands={str(brand): tuple(domains) for brand, domains in table["brands"].items()},
    )
