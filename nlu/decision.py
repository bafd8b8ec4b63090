"""Where does belief become a decision? The thresholds of `decision.yml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("decision.yml")
KINDS = ("scam", "dispute", "service", "chat", "benign", "ad", "illegal_ad")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which something is said or done; each is explained in `decision.yml`."""

    danger: float
    suspicious: float
    unsure: float
    danger_weight: float
    illegal_ad: float
    kind: float
    family: float
    chat: float
    domestic_violence: float
    signal: float
    signal_in_word_to_bot: float
    signal_serious: float
    signal_beside_sign: float
    signal_share: float
    told_state: float
    told_state_beside_sign: float
    candidate: float
    prior_forwarded: dict[str, float]
    prior_own: dict[str, float]

    def prior(self, *, forwarded: bool) -> dict[str, float]:
        """How often each kind is sent this way, against the corpus."""
        return self.prior_forwarded if forwarded else self.prior_own


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """The thresholds in force."""
    return read(yaml.safe_load(FILE.read_text("utf-8")))


def read(table: dict[str, Any]) -> Thresholds:
    """The table of `decision.yml`; raises KeyError, TypeError or ValueError, also for a missing reason."""
    rest = dict(table)
    prior = rest.pop("prior")
    for name, entry in (*rest.items(), ("prior", prior)):
        if not str(entry.get("why", "")).strip():
            raise ValueError(f"{name} has no reason")
    priors = {way: {kind: float(prior[way][kind]) for kind in KINDS} for way in ("forwarded", "own")}
    values = {name: float(entry["value"]) for name, entry in rest.items()}
    return Thresholds(**values, prior_forwarded=priors["forwarded"], prior_own=priors["own"])
