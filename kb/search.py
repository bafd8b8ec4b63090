"""Which article answers a question asked in everyday words?"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz

from kb.articles import Article, DisputeArticle, GuideArticle, ScamArticle, ServiceArticle
from kb.library import Library
from kb.words import check_locale

KEYWORD, TITLE, BODY = 3.0, 3.0, 1.0
"""A keyword is what residents really say, so it outweighs the article's own prose."""
FLOOR = 0.12
"""Below this share of the question's weight a hit is chance."""
ENOUGH = 2
"""How many grams have to meet, unless the question is that short or names a keyword: one is chance."""
NAMED = 0.35
"""Bonus for a keyword that stands in the question as it is, times its length in grams."""
LONGEST_QUESTION = 400
FILLERS = Path(__file__).with_name("filler_words.yml")
NOT_A_WORD = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that fits the question; the score lies between 0 and 1."""

    article_code: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class _Index:
    """Weights of every gram by article, and the keywords as they are written."""

    articles: tuple[Article, ...]
    postings: dict[str, dict[int, float]]
    rarity: dict[str, float]
    keywords: tuple[tuple[str, ...], ...]


def find(library: Library, text: str, locale: str, limit: int = 5) -> list[Hit]:
    """The best articles for a question, best first; an empty list when nothing fits."""
    index, question = _index(library, check_locale(locale)), _plain(text[:LONGEST_QUESTION], locale)
    grams = Counter(_grams(question, locale))
    whole = sum(index.rarity.get(gram, 1.0) for gram in grams)
    if not whole:
        return []
    scores: dict[int, float] = {}
    for place, (weight, met) in _weights(index, grams).items():
        named = _named(index.keywords[place], question, locale)
        if named or met >= min(ENOUGH, len(grams)):
            scores[place] = weight / whole + named
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return [_hit(index.articles[place], score, locale) for place, score in best if score >= FLOOR]


def _hit(article: Article, score: float, locale: str) -> Hit:
    return Hit(article.code, article.title(locale), round(score / (1 + score), 4))


def _weights(index: _Index, grams: Iterable[str]) -> dict[int, tuple[float, int]]:
    """For each article the weight of the grams it shares with the question, and how many they are."""
    found: dict[int, tuple[float, int]] = {}
    for gram in grams:
        for place, share in index.postings.get(gram, {}).items():
            weight, met = found.get(place, (0.0, 0))
            found[place] = (weight + share * index.rarity[gram], met + 1)
    return found


def _named(keywords: tuple[str, ...], question: str, locale: str) -> float:
    """Whole keywords in the question count again; in English one slip of the keyboard is forgiven."""
    named = [word for word in keywords if word in question]
    if not named and locale == "en":
        named = [word for word in keywords if len(word) > 5 and fuzz.partial_ratio(word, question) >= 88]
    return NAMED * sum(math.log2(1 + len(_grams(word, locale))) for word in named)


@lru_cache(maxsize=8)
def _index(library: Library, locale: str) -> _Index:
    articles = library.articles()
    postings: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for place, article in enumerate(articles):
        for gram, weight in _article_grams(article, locale).items():
            postings[gram][place] = weight
    rarity = {gram: math.log(1 + len(articles) / len(places)) for gram, places in postings.items()}
    keywords = tuple(tuple(_plain(word, locale) for word in article.keywords(locale)) for article in articles)
    return _Index(articles, dict(postings), rarity, keywords)


def _article_grams(article: Article, locale: str) -> dict[str, float]:
    """The weight of each gram: the strongest place it stands in, scaled to at most 1."""
    weights: dict[str, float] = {}
    parts = (
        (KEYWORD, article.keywords(locale)),
        (TITLE, (article.title.raw(locale),)),
        (BODY, _body(article, locale)),
    )
    for weight, texts in parts:
        for text in texts:
            for gram in _grams(_plain(text, locale), locale):
                weights[gram] = max(weights.get(gram, 0.0), weight / KEYWORD)
    return weights


def _body(article: Article, locale: str) -> tuple[str, ...]:
    """What the article says about the case itself; advice is left out, it is alike everywhere."""
    match article:
        case ScamArticle():
            return article.how.raw(locale) + article.signs.raw(locale)
        case DisputeArticle():
            return article.steps.raw(locale) + article.papers.raw(locale)
        case ServiceArticle():
            return article.steps.raw(locale)
        case GuideArticle():
            return article.lines.raw(locale)
        case _:
            return ()


@cache
def _fillers(locale: str) -> frozenset[str]:
    return frozenset(yaml.safe_load(FILLERS.read_text(encoding="utf-8"))[locale])


@cache
def _chinese_fillers() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _fillers("zh-Hans")), key=len, reverse=True)))


def _plain(text: str, locale: str) -> str:
    """The words that carry meaning, in lower case, separated by single spaces."""
    lowered = text.lower()
    if locale == "en":
        words = NOT_A_WORD.sub(" ", lowered).split()
        return " ".join(word for word in words if word not in _fillers(locale))
    return NOT_A_WORD.sub(" ", _chinese_fillers().sub("", lowered)).strip()


def _grams(plain: str, locale: str) -> list[str]:
    """Pairs of neighbouring characters for Chinese; words and their stems for English."""
    words = plain.split()
    if locale == "en":
        return [word[:6] for word in words]
    return [
        gram
        for word in words
        for gram in ([word] if len(word) == 1 else [word[at : at + 2] for at in range(len(word) - 1)])
    ]
