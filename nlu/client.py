"""How does the app ask the NLU service, and what when it does not answer?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import httpx

from cases.understanding import Understanding
from nlu.translation import BadAnswer, understanding

LONGEST_TEXT = 20_000
"""what the service reads of one message; the rest is kept in the case, but not judged"""
LARGEST_BATCH = 128
SECONDS = 2.0
"""a resident is answered within 3 seconds, with or without the model"""
SECONDS_FOR_MANY = 30.0


class NluUnavailable(Exception):
    """The NLU service did not give a usable answer in time; rules alone must judge."""


class NluClient:
    """Asks one NLU service; one instance serves many messages at once. Call `close` at the end."""

    def __init__(
        self, base_url: str, *, seconds: float = SECONDS, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        # trust_env off: the service is on the loopback, and a proxy must never see residents' words
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=seconds,
            transport=transport,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=16, max_connections=64),
        )

    async def __aenter__(self) -> NluClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._http.aclose()

    async def parse(self, text: str) -> Understanding:
        """What the model believes about one message; raises NluUnavailable."""
        began = time.perf_counter()
        response = await self._ask("POST", "/model/parse", {"text": text[:LONGEST_TEXT]})
        return _understood(_content(response), text, _ms_since(began))

    async def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """`parse` for each text, in order; one by one with a service that knows only Rasa's own paths."""
        answers: list[Understanding] = []
        for start in range(0, len(texts), LARGEST_BATCH):
            answers.extend(await self._parse_batch(texts[start : start + LARGEST_BATCH]))
        return answers

    async def version(self) -> dict[str, Any]:
        """What the service says of itself; `model` is the trained model's version. Raises NluUnavailable."""
        content = _content(await self._ask("GET", "/version"))
        if not isinstance(content, dict):
            raise NluUnavailable("not a version")
        return content

    async def healthy(self) -> bool:
        """Whether the service answers; a stock Rasa server has no health page but a version."""
        try:
            response = await self._ask("GET", "/healthz", accept=(200, 404))
            return response.status_code == 200 or bool(await self.version())
        except NluUnavailable:
            return False

    async def _parse_batch(self, texts: Sequence[str]) -> list[Understanding]:
        began = time.perf_counter()
        body: dict[str, object] = {"texts": [text[:LONGEST_TEXT] for text in texts]}
        response = await self._ask(
            "POST", "/model/parse_many", body, accept=(200, 404), seconds=SECONDS_FOR_MANY
        )
        if response.status_code == 404:
            return [await self.parse(text) for text in texts]
        content = _content(response)
        if not isinstance(content, list) or len(content) != len(texts):
            raise NluUnavailable("not as many answers as questions")
        each = _ms_since(began) / max(1, len(texts))
        return [_understood(answer, text, each) for answer, text in zip(content, texts, strict=True)]

    async def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, object] | None = None,
        *,
        accept: tuple[int, ...] = (200,),
        seconds: float | None = None,
    ) -> httpx.Response:
        timeout = httpx.USE_CLIENT_DEFAULT if seconds is None else seconds
        try:
            response = await self._http.request(method, path, json=body, timeout=timeout)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise NluUnavailable(type(error).__name__) from error
        if response.status_code not in accept:
            raise NluUnavailable(f"status {response.status_code}")
        return response


def _content(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise NluUnavailable("not JSON") from error


def _understood(answer: object, text: str, ms: float) -> Understanding:
    try:
        return understanding(answer, text, ms=ms)
    except BadAnswer as error:
        raise NluUnavailable(str(error)) from error


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
