"""How are staff, the posts they hold, service teams and conflicts of interest described?"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cases.cityfiles.parts import Code, Name, Part, Pattern, Titled, Word
from cases.records import Role


class PostPlan(Titled):
    """A post a grid may have; who has its `role` holds it on their `grids`, unless `posts` says otherwise."""

    code: Word
    role: Role | None = None


class HeldPost(Part):
    """A post somebody holds on a grid, or on several."""

    post: Word
    grid: Code | None = None
    grids: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if (self.grid is None) == (not self.grids):
            raise ValueError("a post is held on either `grid` or `grids`")
        return self

    @property
    def on(self) -> tuple[str, ...]:
        """The codes of the grids."""
        return (self.grid,) if self.grid is not None else self.grids


class ConflictPlan(Part):
    """A conflict of interest with matters of a grid, of a leaf, or with those of both."""

    grid: Code | None = None
    leaf: Pattern | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.grid is None and self.leaf is None:
            raise ValueError("a conflict of interest names a `grid`, a `leaf` or both")
        return self


class StaffPlan(Part):
    """A member of staff to begin with; `post` is a title at the unit, `posts` are those of grids."""

    code: Code
    name: Name
    role: Role
    unit: Code
    post: Word | None = None
    professions: tuple[Word, ...] = ()
    grids: tuple[Code, ...] = ()
    posts: tuple[HeldPost, ...] = ()
    conflicts: tuple[ConflictPlan, ...] = ()
    locale: Literal["zh-Hans", "en"] = "zh-Hans"


class MemberPlan(Part):
    """Somebody of a team, with the profession they bring."""

    staff: Code
    profession: Word


class TeamPlan(Titled):
    """A service team bound to villages, or a pool of experts that belongs to none."""

    code: Code
    pool: bool = False
    villages: tuple[Code, ...] = ()
    members: tuple[MemberPlan, ...] = Field((), max_length=500)
