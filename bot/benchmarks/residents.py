"""What do residents do while it is measured, and how long do they wait for each answer?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache

from bot.benchmarks.echo import LAST, NEXT
from bot.benchmarks.figures import percentile
from bot.loopback import Heard, LoopbackBotApi, Visitor
from cases.city import SAMPLE
from cases.city_plan import read_plan, walk
from handlers.wording import wording

HELLO = "你好"
FORWARDED = (
    "【快递客服】您的包裹在运输中丢失，我们将按三倍价格理赔，请添加客服微信并下载会议软件，"
    "打开屏幕共享，按提示把银行卡里的钱转到安全账户验证后退回。"
)
DISPUTE = "我们小区物业一直不修电梯，停了半个月了，老人上下楼很困难，物业费却照收，找他们说了好多次都没人管。"
URGENT = "有个自称公安局的正在电话里让我马上把钱转到安全账户，我现在就要去转了"
PATIENCE = 30.0

Wanted = Callable[[Heard], bool]


@dataclass(frozen=True, slots=True)
class Waited:
    """One turn: until its first message was sent, and until its last, in milliseconds."""

    turn: str
    first_ms: float
    last_ms: float


@dataclass(slots=True)
class Seen:
    """All turns of one stretch, and how long the stretch took."""

    turns: list[Waited] = field(default_factory=list)
    seconds: float = 0.0

    def first(self, share: float, turn: str | None = None) -> float:
        return percentile([one.first_ms for one in self._of(turn)], share)

    def last(self, share: float, turn: str | None = None) -> float:
        return percentile([one.last_ms for one in self._of(turn)], share)

    @property
    def per_second(self) -> float:
        return len(self.turns) / self.seconds

    def _of(self, turn: str | None) -> list[Waited]:
        return [one for one in self.turns if turn in (None, one.turn)]


class Resident:
    """One person in front of the bot, with a watch."""

    def __init__(self, person: Visitor) -> None:
        self.person = person
        self.waited: list[Waited] = []

    async def says(self, turn: str, text: str, *, until: Wanted) -> None:
        """Words, and the wait until the answer that is complete for them."""
        sent = await self.person.says(text)
        await self._waits(turn, sent.at, until)

    async def forwards(self, turn: str, text: str, *, until: Wanted) -> None:
        sent = await self.person.forwards(text)
        await self._waits(turn, sent.at, until)

    async def shares(self, turn: str, *, until: Wanted) -> None:
        sent = await self.person.shares_location(*a_place())
        await self._waits(turn, sent.at, until)

    async def presses(self, turn: str, label: str, *, until: Wanted) -> None:
        query = await self.person.presses(label, within=PATIENCE)
        await self._waits(turn, query.at, until)

    async def _waits(self, turn: str, since: float, until: Wanted) -> None:
        message = first = await self.person.hears(within=PATIENCE)
        while not until(message):
            message = await self.person.hears(within=PATIENCE)
        self.waited.append(Waited(turn, (first.at - since) * 1000, (message.at - since) * 1000))


Dialogue = Callable[[Resident], Awaitable[None]]


def bears(key: str) -> Wanted:
    """A message with the button of this key of the bot's wording."""
    label = _label(key)
    return lambda message: label in message.labels


def _label(key: str) -> str:
    return wording("zh-Hans").button(key, {})


@cache
def a_place() -> tuple[float, float]:
    """Where the first grid of the sample city lies."""
    plan, _ = read_plan(SAMPLE)
    grid = next(grid for placed in walk(plan) for grid in placed.plan.grids)
    return grid.lat, grid.lon


def anything(_: Heard) -> bool:
    return True


def picture(message: Heard) -> bool:
    return message.kind == "photo"


async def whole_story(resident: Resident) -> None:
    """From a greeting over a forwarded message to a dispute that becomes a case: seven turns."""
    await resident.says("greeting", HELLO, until=anything)
    await resident.forwards("check", FORWARDED, until=bears("check_paid"))
    await resident.says("dispute", DISPUTE, until=bears("confirm_yes"))
    await resident.presses("confirm", _label("confirm_yes"), until=lambda message: bool(message.choices))
    await resident.shares("place", until=bears("details_next"))
    await resident.presses("details", _label("details_next"), until=bears("agree"))
    await resident.presses("commit", _label("agree"), until=picture)


async def echoed_story(resident: Resident) -> None:
    """The same updates and the same calls, before the bot that only echoes."""
    await resident.says("greeting", HELLO, until=anything)
    await resident.forwards("check", FORWARDED, until=anything)
    await resident.says("dispute", DISPUTE, until=anything)
    await resident.presses("confirm", NEXT, until=anything)
    await resident.shares("place", until=anything)
    await resident.presses("details", NEXT, until=anything)
    await resident.presses("commit", LAST, until=picture)


async def urgent(resident: Resident) -> None:
    """Money is about to leave: no quiet time is kept."""
    await resident.says("urgent", URGENT, until=anything)


async def one_by_one(api: LoopbackBotApi, dialogue: Dialogue, times: int) -> Seen:
    """One resident after the other, each somebody new."""
    return await _watch([_several(api, dialogue, times)])


async def at_once(api: LoopbackBotApi, dialogue: Dialogue, residents: int, times: int) -> Seen:
    """That many residents at the same time, each followed by the next as soon as one is answered in full."""
    return await _watch([_several(api, dialogue, times) for _ in range(residents)])


async def _watch(all_of_them: list[Awaitable[list[Waited]]]) -> Seen:
    began = time.perf_counter()
    found = await asyncio.gather(*all_of_them)
    return Seen([one for turns in found for one in turns], time.perf_counter() - began)


async def _several(api: LoopbackBotApi, dialogue: Dialogue, times: int) -> list[Waited]:
    waited: list[Waited] = []
    for _ in range(times):
        resident = Resident(api.person())
        await dialogue(resident)
        waited += resident.waited
    return waited
