"""How words are understood: by the model, and by rules alone when it does not answer."""

from __future__ import annotations

import structlog

from cases.understanding import Understanding, Verdict
from nlu import rules
from nlu.client import NluClient, NluUnavailable
from nlu.verdict import judge

log = structlog.get_logger(__name__)
# Somebody may be at the counter, or about to jump: these are never held back by a quiet time.
ACUTE = frozenset({"about_to_pay", "paid", "on_call", "screen_shared", "code_given"})


class Ear:
    """Understands one message at a time; never fails, only becomes more modest."""

    def __init__(self, client: NluClient | None) -> None:
        self._client = client

    async def hear(self, text: str, *, forwarded: bool) -> Verdict:
        """The verdict on a message; `judged_by` says whether the model or rules alone spoke."""
        return judge(await self._understand(text), forwarded=forwarded)

    def is_urgent(self, text: str) -> bool:
        """Whether rules alone see danger or money about to leave: such words are answered at once."""
        verdict = judge(rules.understand(text), forwarded=False)
        return bool(verdict.danger) or verdict.state in ACUTE

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _understand(self, text: str) -> Understanding:
        if self._client is None:
            return rules.understand(text)
        try:
            return await self._client.parse(text)
        except NluUnavailable:
            log.warning("the NLU service does not answer: rules alone judge", action="understand")
            return rules.understand(text)
