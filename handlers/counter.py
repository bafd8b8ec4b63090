"""What does putting a reply into words need: the knowledge and the sentences, both in one language."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.wording import Wording
from kb.library import Library

MOST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Counter:
    """What composing needs: the knowledge and the words, both in one language."""

    library: Library
    words: Wording

    @property
    def locale(self) -> str:
        return self.words.locale

    def call(self, numbers: tuple[str, ...]) -> str:
        """Whom to call, number and name; two are enough for somebody in trouble."""
        lines = [self.library.hotline(number) for number in numbers[:MOST_NUMBERS]]
        separator = "、" if self.locale == "zh-Hans" else ", "
        return self.words.part(
            "call", hotlines=separator.join(f"{one.number} {one.name(self.locale)}" for one in lines)
        )
