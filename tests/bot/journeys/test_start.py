"""What an operator reads when the bot cannot start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import run
from bot.loopback import LoopbackBotApi
from bot.words import CommandFailed
from cases.settings import Settings

pytestmark = pytest.mark.model


async def test_a_token_telegram_refuses_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    async with LoopbackBotApi() as api:
        token = SecretStr("700000000:not-the-right-one")
        with pytest.raises(CommandFailed) as refused:
            await run(Settings.model_validate({"data_dir": tmp_path, "bot_api": api.url, "bot_token": token}))
    assert "ONEDOOR_BOT_TOKEN" in refused.value.sentence
    assert "not-the-right-one" not in refused.value.sentence
    assert "\n" not in refused.value.sentence
