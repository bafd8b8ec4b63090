"""Descriptions of small cities for tests: keyword parts, written to real files where lines matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from cases.city_plan import CityPlan


def a_city(**more: Any) -> dict[str, Any]:
    """A small real city: one county, one township, one community, one grid."""
    grid = {"code": "g1", "zh": "一网格", "en": "Grid 1", "lat": 30.0, "lon": 110.0}
    community = {"code": "com", "zh": "甲社区", "en": "Com", "grids": [grid]}
    township = {"code": "town", "zh": "乙镇", "en": "Town", "areas": [community]}
    county = {"code": "county", "zh": "丙县", "en": "County", "areas": [township]}
    return {
        "city": {"code": "real", "zh": "某市", "en": "Real"},
        "offices": [office("real-centre", "centre"), office("real-police", "police")],
        "areas": [county],
        "routing": [
            {"code": "fraud", "leaf": "scam:*", "to_kind": "police"},
            {"code": "home", "leaf": "dispute:domestic_violence", "to_kind": "police"},
        ],
        "staff": [{"code": "w1", "name": "甲", "role": "grid_worker", "unit": "com", "grids": ["g1"]}],
    } | more


def office(code: str, kind: str, **more: Any) -> dict[str, Any]:
    """An office with a name of its own."""
    return {"code": code, "kind": kind, "zh": f"{code}办", "en": code} | more


def community(code: str, grids: int = 1, **more: Any) -> dict[str, Any]:
    """A community with so many grids `code-1`, `code-2` …"""
    made = [
        {"code": f"{code}-{number}", "zh": f"{number}网格", "en": f"Grid {number}", "lat": 30.0, "lon": 110.0}
        for number in range(1, grids + 1)
    ]
    return {"code": code, "zh": f"{code}社区", "en": code, "grids": made} | more


def of_townships(*townships: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A city whose only county has these townships."""
    county = {"code": "county", "zh": "丙县", "en": "County", "areas": list(townships)}
    return a_city(areas=[county], staff=[]) | more


def township(
    code: str, *communities: dict[str, Any], offices: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A township with these communities and offices."""
    return {"code": code, "zh": f"{code}镇", "en": code, "offices": offices or [], "areas": list(communities)}


def planned(told: dict[str, Any]) -> CityPlan:
    """A description as a plan, without files."""
    return CityPlan.model_validate(told)


def written(folder: Path, told: dict[str, Any]) -> Path:
    """A description as a file."""
    file = folder / "city.yml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return file
