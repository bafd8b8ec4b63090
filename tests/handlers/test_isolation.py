"""One person's turns follow each other, in one process and across replicas."""

import asyncio
import os

import pytest
from aiogram import Bot
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.assembly import close_isolation, isolation_for, one_at_a_time
from cases.settings import Settings
from handlers.person import Person

ANNA, BEN = Person("telegram", "101", 101), Person("telegram", "102", 102)
REDIS = os.environ.get("ONEDOOR_TEST_REDIS", "redis://127.0.0.1:6379/9")


async def overlap(settings: Settings, first: Person, second: Person) -> bool:
    """Whether two turns, taken by two replicas, were ever inside at the same time."""
    bot = Bot("1:" + "A" * 35)
    # Two isolations, as two processes would have; in one process it is one and the same.
    one = isolation_for(settings)
    two = isolation_for(settings) if settings.redis_url else one
    inside, together = set(), []

    async def turn(isolation, person: Person, name: str) -> None:
        async with one_at_a_time(isolation, bot, person):
            inside.add(name)
            together.append(len(inside) > 1)
            await asyncio.sleep(0.05)
            inside.discard(name)

    await asyncio.gather(turn(one, first, "a"), turn(two, second, "b"))
    for isolation in {one, two}:
        await close_isolation(isolation)
    return any(together)


@pytest.mark.unit
async def test_in_one_process_a_persons_turns_follow_each_other():
    assert not await overlap(Settings(), ANNA, ANNA)
    assert await overlap(Settings(), ANNA, BEN), "others are not held up"


async def test_across_replicas_redis_keeps_a_persons_turns_apart():
    redis = Redis.from_url(REDIS)
    try:
        await redis.ping()
    except (RedisError, OSError):
        if os.environ.get("CI"):
            raise
        pytest.skip("no Redis answers on the loopback")
    finally:
        await redis.aclose()
    assert not await overlap(Settings(redis_url=REDIS), ANNA, ANNA)
    assert await overlap(Settings(redis_url=REDIS), ANNA, BEN)
