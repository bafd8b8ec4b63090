"""What does Rasa's parse answer mean in our words?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cases.understanding import Fact, Reason, Sign, Understanding
from nlu.text import indicators
from nlu.text.normalise import normalise


class BadAnswer(ValueError):
    """An answer does not have the shape of Rasa's `/model/parse`."""


def understanding(answer: object, text: str, *, ms: float) -> Understanding:
    """The parse answer as an Understanding of `text`; raises BadAnswer.

    A server without our components sends no signs: they are then looked for here.
    """
    if not isinstance(answer, dict):
        raise BadAnswer("no object")
    try:
        return Understanding(
            text=text,
            intents=_intents(answer),
            facts=tuple(_facts(answer.get("entities") or (), text)),
            signs=tuple(_signs(answer["signs"])) if "signs" in answer else signs_in(text),
            judged_by="model",
            model=answer.get("model"),
            ms=round(ms, 3),
            signals=tuple(_signals(answer.get("signals") or {})),
            reasons=tuple(Reason(*_quoted(one)) for one in answer["reasons"])
            if "reasons" in answer
            else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(type(error).__name__) from error


def signs_in(text: str) -> tuple[Sign, ...]:
    """The indicators of a text, found without the service."""
    return tuple(Sign(*found) for found in indicators.signs(normalise(text)))


def _intents(answer: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    ranking = answer.get("intent_ranking") or [answer["intent"]]
    named = ((entry["name"], float(entry["confidence"])) for entry in ranking if entry.get("name"))
    return tuple(sorted(named, key=lambda entry: -entry[1]))


def _facts(entities: Iterable[dict[str, Any]], text: str) -> Iterable[Fact]:
    for entity in entities:
        start, end = int(entity["start"]), int(entity["end"])
        value, span = entity.get("value"), text[start:end]
        yield Fact(entity["entity"], span, start, end, None if value is None or value == span else str(value))


def _signals(signals: dict[str, dict[str, float]]) -> Iterable[tuple[str, float]]:
    for side in ("danger", "state"):
        for code, probability in signals.get(side, {}).items():
            yield f"{side}:{code}", float(probability)


def _signs(signs: Iterable[dict[str, Any]]) -> Iterable[Sign]:
    for sign in signs:
        yield Sign(*_quoted(sign))


def _quoted(words: dict[str, Any]) -> tuple[str, str, int, int]:
    return str(words["code"]), str(words["text"]), int(words["start"]), int(words["end"])
