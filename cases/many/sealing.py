"""Where do words, telephone numbers and channels come from, sealed as the product seals them?"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from cases.records import StatementKind
from cases.secrets import SecretBox

POOL = 500
CHANNEL = "telegram"
FIRST_RESIDENT = 10_000_000
FIRST_STAFF = 9_000_000
"""Channel ids of the made residents and of linked staff begin here."""
_WORDS = (
    "楼上漏水把我家的墙泡坏了",
    "物业收了钱却不修电梯",
    "老板拖了三个月的工资",
    "邻居半夜装修吵得睡不着",
    "借出去的钱一直要不回来",
    "门口的路灯坏了很久没有人管",
    "买的家电坏了店家不给退",
    "我打过电话，也去找过他们，都说再等等",
    "麻烦你们帮忙看看，谢谢",
    "家里有老人，等不起了",
)


def iso(at: float) -> str:
    """Seconds since 1970 as both a timeline's fingerprint and PostgreSQL read them."""
    return datetime.fromtimestamp(int(at), UTC).isoformat(timespec="microseconds")


class Pools:
    """Texts that were sealed beforehand: the seal of each row is genuine, only not fresh."""

    def __init__(self, box: SecretBox) -> None:
        rng = Random(POOL)  # noqa: S311  # repeatable
        bodies = ["，".join(rng.sample(_WORDS, rng.randint(2, 5))).encode() for _ in range(POOL)]
        self._texts = [(body, box.seal(body, "statements.body")) for body in bodies]
        phones = [f"1390000{number:04}".encode() for number in range(POOL)]
        self._phones = [box.seal(phone, "cases.contact_phone") for phone in phones]
        self.told = box.seal(b"{}", "cases.told")

    def text(self, rng: Random, _kind: StatementKind) -> tuple[bytes, bytes]:
        """A body and what it is sealed as."""
        return self._texts[int(rng.random() * POOL)]

    def phone(self, rng: Random) -> bytes | None:
        """A sealed telephone number; not everybody leaves one."""
        drawn = int(rng.random() * POOL * 2)
        return self._phones[drawn] if drawn < POOL else None


def resident_row(box: SecretBox, number: int, at: float) -> tuple[object, ...]:
    """A resident on the channel, with a seal of their own."""
    channel_id = str(FIRST_RESIDENT + number)
    index = box.index(f"{CHANNEL}:{channel_id}", "channel")
    sealed = box.seal(channel_id.encode(), "residents.channel_id")
    return number, CHANNEL, index, sealed, "zh-Hans", iso(at)


def link_row(box: SecretBox, staff_id: int, at: float) -> tuple[object, ...]:
    """A member of staff's link to the channel."""
    channel_id = str(FIRST_STAFF + staff_id)
    index = box.index(f"{CHANNEL}:{channel_id}", "staff channel")
    return staff_id, CHANNEL, index, box.seal(channel_id.encode(), "staff_channels.channel_id"), iso(at)
