"""How do messages that arrive together share one run of the model without holding up the event loop?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

LARGEST_BATCH = 32
Parse = Callable[[list[str]], list[dict[str, Any]]]


class _Waiting(NamedTuple):
    texts: list[str]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[list[dict[str, Any]]]


class Batches:
    """One worker thread that takes what is waiting, at most LARGEST_BATCH messages a run."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="nlu-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is waiting is still answered."""
        self._queue.put(None)
        self._thread.join(timeout=5)

    async def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """The parse output of each text, in order."""
        loop = asyncio.get_running_loop()
        answers: list[dict[str, Any]] = []
        for start in range(0, len(texts), LARGEST_BATCH):  # a long list leaves gaps for single messages
            waiting = _Waiting(texts[start : start + LARGEST_BATCH], loop, loop.create_future())
            self._queue.put(waiting)
            answers.extend(await waiting.answer)
        return answers

    def _work(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._next_batch()
            if batch:
                self._answer(batch)

    def _next_batch(self) -> tuple[list[_Waiting], bool]:
        batch: list[_Waiting] = []
        waiting = self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            if sum(len(each.texts) for each in batch) >= LARGEST_BATCH:
                return batch, False
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _answer(self, batch: list[_Waiting]) -> None:
        try:
            answers = self._parse([text for each in batch for text in each.texts])
        except Exception as error:
            self._fail(batch, error)
            return
        at = 0
        for each in batch:
            _tell(each, answers[at : at + len(each.texts)])
            at += len(each.texts)

    def _fail(self, batch: list[_Waiting], error: Exception) -> None:
        """A message that breaks the model must not fail its neighbours."""
        if len(batch) > 1:
            for each in batch:
                self._answer([each])
        else:
            _tell(batch[0], error)


def _tell(waiting: _Waiting, outcome: list[dict[str, Any]] | Exception) -> None:
    def settle() -> None:
        if waiting.answer.done():  # whoever asked has gone
            return
        if isinstance(outcome, Exception):
            waiting.answer.set_exception(outcome)
        else:
            waiting.answer.set_result(outcome)

    try:
        waiting.loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop was closed while the model ran: nobody is left to answer
