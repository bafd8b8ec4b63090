"""A reason is what makes a message look like fraud: without it, it looks less so."""

import asyncio
from pathlib import Path

import pytest
import yaml

from cases.understanding import Verdict
from nlu.client import NluClient
from nlu.process import NluProcess
from nlu.verdict import judge

pytestmark = pytest.mark.model

SENTENCES = Path(__file__).parent / "sentences"
LEAST_SHARE = 0.9


def rows() -> list[tuple[str, bool]]:
    files = sorted(SENTENCES.glob("*.yml"))
    return [
        (row["text"], row.get("forwarded", True))
        for path in files
        for row in yaml.safe_load(path.read_text("utf-8"))
    ]


def verdicts(url: str, asked: list[tuple[str, bool]]) -> list[Verdict]:
    async def ask() -> list[Verdict]:
        async with NluClient(url) as client:
            found = []
            for start in range(0, len(asked), 100):
                part = asked[start : start + 100]
                meanings = await client.parse_many([text for text, _ in part])
                found += [judge(m, forwarded=f) for m, (_, f) in zip(meanings, part, strict=True)]
            return found

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def judged(service: NluProcess) -> list[tuple[str, bool, Verdict]]:
    asked = rows()
    return [(text, f, v) for (text, f), v in zip(asked, verdicts(service.url, asked), strict=True)]


def test_deleting_the_first_reason_lowers_the_probability(
    service: NluProcess, judged: list[tuple[str, bool, Verdict]]
) -> None:
    flagged = [(t, f, v) for t, f, v in judged if v.risk.flagged and v.kind == "scam"]
    assert len(flagged) > 150
    without = [(t[: v.reasons[0].start] + t[v.reasons[0].end :], f) for t, f, v in flagged if v.reasons]
    assert len(without) >= LEAST_SHARE * len(flagged)
    later = verdicts(service.url, without)
    before = [v for _, _, v in flagged if v.reasons]
    lower = sum(a.scam_probability < b.scam_probability for a, b in zip(later, before, strict=True))
    assert lower >= LEAST_SHARE * len(flagged)


def test_reasons_quote_the_message_and_are_few(judged: list[tuple[str, bool, Verdict]]) -> None:
    for text, _, verdict in judged:
        assert len(verdict.reasons) <= 3
        assert verdict.risk != "none" or not verdict.reasons
        assert all(text[r.start : r.end] == r.text for r in verdict.reasons)
