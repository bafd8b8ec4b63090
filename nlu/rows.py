"""What does `classify` print for a verdict?"""

from __future__ import annotations

from typing import Any

from cases.understanding import Verdict
from kb.questions import wording


def verdict_row(name: str, verdict: Verdict) -> dict[str, Any]:
    """The verdict as the object of the contract, ready for JSON; extra keys stand at the end."""
    return {
        "id": name,
        "kind": str(verdict.kind),
        "risk": str(verdict.risk),
        "scam": {"type": verdict.scam_type, "probability": round(verdict.scam_probability, 8)},
        "dispute": {"family": verdict.family, "probability": round(verdict.family_probability, 8)},
        "danger": list(verdict.danger),
        "facts": [
            _span(fact.kind, "kind", fact) | ({"value": fact.value} if fact.value else {})
            for fact in verdict.facts
        ],
        "reasons": [_span(reason.code, "code", reason) for reason in verdict.reasons],
        "judged_by": verdict.judged_by,
        "model": verdict.model,
        "ms": round(verdict.ms, 2),
        "chat": verdict.chat,
        "state": verdict.state,
        "candidates": list(verdict.candidates),
        "question": verdict.question
        and {"code": verdict.question, "text": wording(verdict.question, "zh-Hans")},
    }


def _span(name: str, key: str, span: Any) -> dict[str, Any]:
    return {key: name, "text": span.text, "start": span.start, "end": span.end}
