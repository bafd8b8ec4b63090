"""How words are understood: by the model, and by rules alone when it does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from cases.understanding import Kind, Risk, Understanding, Verdict
from nlu import rules
from nlu.asking import asks_for
from nlu.client import NluClient, NluUnavailable
from nlu.plain_words import chat_intent
from nlu.verdict import judge

log = structlog.get_logger(__name__)
# Somebody may be at the counter, or about to jump: these are never held back by a quiet time.
ACUTE = frozenset({"about_to_pay", "paid", "on_call", "screen_shared", "code_given"})
# What becomes of a verdict on words that held nothing to judge.
WISH: dict[str, Any] = {"kind": Kind.CHAT, "risk": Risk.NONE, "scam_type": None, "reasons": ()}


class Ear:
    """Understands one message at a time; never fails, only becomes more modest."""

    def __init__(self, client: NluClient | None) -> None:
        self._client = client

    async def hear(self, text: str, *, forwarded: bool) -> Verdict:
        """The verdict on a message; `judged_by` says whether the model or rules alone spoke.

        A word to the bot is taken at its word, and a bare "is this a fraud?" as the wish for a check.
        """
        if not forwarded and chat_intent(text) is not None:
            return judge(rules.understand(text), forwarded=False)
        verdict = judge(await self._understand(text), forwarded=forwarded)
        asked = None if forwarded else asks_for(text, verdict)
        return replace(verdict, **WISH, chat=asked) if asked else verdict

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
