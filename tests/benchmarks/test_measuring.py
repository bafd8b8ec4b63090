"""What measuring rests on: messages of the right length, processes that end, stories told in full."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.benchmarks.house import echoing
from bot.benchmarks.load import Level, NotAnswered, ask_load
from bot.benchmarks.messages import LONGEST, SHORTEST, messages
from bot.benchmarks.processes import Died, born, cpu_seconds, family, own_share_mb, resident_mb, running
from bot.benchmarks.residents import Seen, Waited, a_place, at_once, echoed_story
from bot.benchmarks.services import PATH, nothing
from bot.benchmarks.stock import CONFIG, cached
from bot.loopback import LoopbackBotApi

HAS_PROC = Path("/proc/self/stat").exists()
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
while time.process_time() < 0.05:  # the kernel counts in hundredths of a second: less would be nothing
    pass
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.unit
def test_messages_are_distinct_and_about_as_long_as_the_targets_speak_of() -> None:
    texts = messages()
    assert len(texts) == len(set(texts)) >= 100
    assert all(SHORTEST <= len(text) <= LONGEST for text in texts)
    assert texts == messages()


@pytest.mark.unit
def test_a_stock_model_belongs_to_one_corpus_and_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = cached(tmp_path)
    assert model == cached(tmp_path)
    monkeypatch.setattr("bot.benchmarks.stock.CONFIG", CONFIG + "# other\n")
    assert model != cached(tmp_path)


@pytest.mark.skipif(not HAS_PROC, reason="the tree of processes is read from /proc")
async def test_a_process_and_what_it_started_are_gone_on_leaving(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with running([sys.executable, "-c", PARENT], os.environ, log=log) as parent:
        async with asyncio.timeout(20):
            while not log.read_text(encoding="utf-8").strip():  # noqa: ASYNC110  # a file rings no bell
                await asyncio.sleep(0.01)
        child = int(log.read_text(encoding="utf-8"))
        assert family(parent.pid) == [parent.pid, child]
        assert cpu_seconds(parent.pid) > 0
        assert resident_mb(child) >= own_share_mb(child) > 0
    assert parent.process.returncode is not None
    await _gone(child)


async def _gone(pid: int) -> None:
    async with asyncio.timeout(5):
        while born(pid) is not None:  # noqa: ASYNC110  # nor does a process of somebody else
            await asyncio.sleep(0.01)


async def test_a_process_that_died_tells_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no room')"]
    async with running(command, os.environ, log=tmp_path / "log") as process:
        await process.process.wait()
        with pytest.raises(Died, match="no room"):
            process.check()


async def test_the_load_generator_counts_what_was_answered(tmp_path: Path) -> None:
    async with nothing(tmp_path) as url:
        one, eight = await ask_load(url + PATH, ["你好"], [1, 8], 0.2)
        assert isinstance(one, Level)
        assert (one.clients, eight.clients) == (1, 8)
        assert 0 < one.p50_ms <= one.p99_ms
        assert one.asked >= one.per_second * 0.2 - 1e-6 > 0
        with pytest.raises(NotAnswered):
            await ask_load(url + "/nowhere", ["你好"], [1], 0.1)


@pytest.mark.unit
def test_what_was_seen_is_told_by_turn() -> None:
    seen = Seen([Waited("check", 10, 12), Waited("commit", 30, 40), Waited("commit", 20, 50)], seconds=1.5)
    assert (seen.first(0.5), seen.first(0.5, "commit"), seen.last(1, "commit")) == (20, 20, 50)
    assert seen.per_second == 2


@pytest.mark.unit
def test_the_sample_city_has_a_place_to_share() -> None:
    latitude, longitude = a_place()
    assert -90 <= latitude <= 90
    assert -180 <= longitude <= 180


async def test_the_baseline_makes_the_calls_of_a_whole_story(tmp_path: Path) -> None:
    async with LoopbackBotApi() as api, echoing(api, tmp_path):
        seen = await at_once(api, echoed_story, residents=2, times=1)
    assert len(seen.turns) == 2 * 7
    assert all(0 < turn.first_ms <= turn.last_ms for turn in seen.turns)
    assert len(api.calls("sendMessage")) == 2 * 7
    assert len(api.calls("answerCallbackQuery")) == 2 * 3
    assert len(api.calls("sendPhoto")) == 2
