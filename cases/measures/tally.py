"""How are the lines of a ledger added up, by community and by family?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cases.measures.course import Course
from cases.status import CaseStatus

S = CaseStatus
# The columns of every summary, in order: what came in stands before what went out.
COLUMNS = (
    "carried",
    "opened",
    "reopened",
    "closed",
    "settled",
    "withdrawn",
    "declined",
    "transferred",
    "merged",
    "open",
    "overdue",
    "escalated",
)
CAME_IN = ("carried", "opened", "reopened")
WENT_OUT = ("closed", "withdrawn", "declined", "transferred", "merged")
_EXITS = {
    "closed": S.CLOSED,
    "withdrawn": S.WITHDRAWN,
    "declined": S.DECLINED,
    "transferred": S.TRANSFERRED,
    "merged": S.MERGED,
}
Sums = Counter[str]


def sums_of(course: Course, *, overdue: bool, escalated: int) -> Sums:
    """What one case adds to each column."""
    found = Counter(
        carried=int(course.carried),
        opened=course.opened,
        reopened=course.reopened,
        settled=course.settled,
        open=int(course.open_at_end),
        overdue=int(overdue),
        escalated=escalated,
    )
    found.update({name: course.exits[status] for name, status in _EXITS.items()})
    return found


def balanced(sums: Sums) -> bool:
    """Whether what was carried over and received equals what left and what is still open."""
    return sum(sums[name] for name in CAME_IN) == sum(sums[name] for name in WENT_OUT) + sums["open"]


@dataclass(slots=True)
class Tally:
    """Sums by home unit and family; small, however many cases there are."""

    cells: dict[tuple[int, str], Sums] = field(default_factory=lambda: defaultdict(Counter))
    cases: int = 0

    def add(self, home_id: int, family: str, sums: Sums) -> None:
        """Adds one case."""
        self.cells[home_id, family].update(sums)
        self.cases += 1

    def total(self) -> Sums:
        """The sums of all cases."""
        return self._where(lambda _home, _family: True)

    def of_homes(self, homes: Iterable[int]) -> Sums:
        """The sums of all cases at home in these units."""
        wanted = frozenset(homes)
        return self._where(lambda home, _family: home in wanted)

    def of_family(self, family: str, homes: Iterable[int] | None = None) -> Sums:
        """The sums of a family, everywhere or in these units."""
        wanted = None if homes is None else frozenset(homes)
        return self._where(lambda home, code: code == family and (wanted is None or home in wanted))

    def _where(self, holds: Callable[[int, str], bool]) -> Sums:
        found: Sums = Counter()
        for (home, family), sums in self.cells.items():
            if holds(home, family):
                found.update(sums)
        return found
