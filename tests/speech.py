"""Verdicts and sayings for tests, with only what matters to a test written out."""

from typing import Any

from cases.dialogue.values import Said
from cases.understanding import Kind, Risk, Verdict


def a_verdict(kind: Kind = Kind.CHAT, risk: Risk = Risk.NONE, **more: Any) -> Verdict:
    plain: dict[str, Any] = {
        "scam_type": None,
        "scam_probability": 0.0,
        "family": None,
        "family_probability": 0.0,
        "danger": (),
        "facts": (),
        "reasons": (),
        "judged_by": "model",
        "model": "2026-01-01-abcdefg",
    }
    return Verdict(kind=kind, risk=risk, **(plain | more))


def a_scam(**more: Any) -> Verdict:
    return a_verdict(Kind.SCAM, Risk.DANGER, **({"scam_type": "phishing", "scam_probability": 0.97} | more))


def a_dispute(family: str = "property", **more: Any) -> Verdict:
    return a_verdict(Kind.DISPUTE, family=family, family_probability=0.9, **more)


def chat(intent: str, **more: Any) -> Verdict:
    return a_verdict(chat=intent, **more)


def said(verdict: Verdict, text: str = "说了一些话在这里", **more: Any) -> Said:
    return Said(text, verdict, **more)
