"""How one waits for something to become true without sleeping blindly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Wakes everybody who waits, whenever something has happened; for one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Everybody who waits looks again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, look: Callable[[], Found | None], *, within: float) -> Found | None:
        """What `look` finds, asked now and at every ring; None when `within` seconds brought nothing."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while (found := look()) is None and loop.time() < deadline:
            waiter = loop.create_future()
            self._waiting.add(waiter)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiter
            except TimeoutError:
                return look()
            finally:
                self._waiting.discard(waiter)
        return found
