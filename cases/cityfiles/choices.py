"""What has a city chosen, in the form in which it is kept (`cases.records.City.choices`)?"""

from __future__ import annotations

from typing import Any

from cases.cityfiles.whole import CityPlan


def choices_of(plan: CityPlan) -> dict[str, Any]:
    """JSON values of what the description says; what it leaves out is left out, so that defaults hold.

    `posts`: by code, names and role. `staffing`: posts by kind of grid and `every_grid`. `calendar`:
    `holidays` and `workdays` as ISO dates. `ladders`: steps by name. `papers`, `labels`: as they are.
    """
    chosen: dict[str, Any] = {
        "papers": plan.papers,
        "return_visit_days": plan.return_visit_days,
        "labels": plan.labels,
    }
    if plan.posts:
        chosen["posts"] = {
            post.code: post.model_dump(mode="json", exclude={"code"}, exclude_none=True)
            for post in plan.posts
        }
    if plan.staffing is not None:
        chosen["staffing"] = plan.staffing.model_dump(mode="json", exclude_defaults=True)
    if plan.calendar is not None:
        chosen["calendar"] = plan.calendar.model_dump(mode="json")
    if plan.ladders is not None:
        chosen["ladders"] = {
            name: [step.model_dump(mode="json", exclude_none=True) for step in steps]
            for name, steps in plan.ladders.items()
        }
    return {name: value for name, value in chosen.items() if value is not None}
