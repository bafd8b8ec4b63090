"""Which updates wait for the bot, and which has it confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.loopback.refusals import Json

# Telegram: these are sent only to bots that ask for them by name.
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
FIRST_ID = 700_000_001


@dataclass(slots=True)
class Update:
    """One update; `lane` (the chat) keeps its order. `again`: sent although it was confirmed before."""

    id: int
    kind: str
    body: Json
    lane: int
    again: bool = False

    def as_json(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The updates of one bot, in order, each kept until it is confirmed."""

    def __init__(self) -> None:
        self.pending: list[Update] = []
        self._allowed: frozenset[str] | None = None
        self._next_id = FIRST_ID
        self._sent: dict[int, Update] = {}

    def allow(self, kinds: list[str] | None) -> None:
        """Only these kinds from now on; an empty list is the default again; None changes nothing."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    def allows(self, kind: str) -> bool:
        return kind not in ONLY_ON_REQUEST if self._allowed is None else kind in self._allowed

    @property
    def allowed(self) -> list[str] | None:
        return sorted(self._allowed) if self._allowed is not None else None

    def add(self, kind: str, body: Json, *, lane: int, asked_for: bool = False) -> Update | None:
        """A new update, or None when the bot does not want its kind (`asked_for` skips that question)."""
        if not asked_for and not self.allows(kind):
            return None
        update = Update(self._next_id, kind, body, lane)
        self._next_id += 1
        self.pending.append(update)
        self._sent[update.id] = update
        return update

    def add_again(self, update_id: int) -> None:
        """The same update once more, as after an answer that was lost on its way to Telegram."""
        known = self._sent[update_id]
        if known not in self.pending:
            self.pending.insert(0, Update(known.id, known.kind, known.body, known.lane, again=True))

    def batch(self, offset: int, limit: int) -> list[Update]:
        """What the bot has not confirmed; a positive `offset` confirms everything before it.

        A negative offset counts from the end and forgets the rest, as in the Bot API.
        """
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [one for one in self.pending if one.id >= offset or one.again]
        batch = self.pending[: max(1, min(limit, 100))]
        for update in batch:
            update.again = False
        return batch

    def confirm(self, update: Update) -> None:
        """A webhook answered for this one."""
        if update in self.pending:
            self.pending.remove(update)

    def first_of(self, lane: int) -> Update | None:
        return next((one for one in self.pending if one.lane == lane), None)

    @property
    def lanes(self) -> list[int]:
        return list(dict.fromkeys(one.lane for one in self.pending))

    def drop(self) -> None:
        self.pending.clear()
