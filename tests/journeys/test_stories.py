"""Every story of this folder, told through the terminals of everybody in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from journeys.conftest import Tell
from journeys.reading import read_story

pytestmark = pytest.mark.model
STORIES = sorted(Path(__file__).parent.glob("*.yml"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_a_story_goes_as_it_is_told(path: Path, tell: Tell) -> None:
    async with tell(read_story(path)) as telling:
        await telling.told()
