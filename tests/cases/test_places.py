"""Units and grids: by code, down the tree, by position."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cases import places
from cases.places import distance_km


async def test_the_tree_is_walked_from_city_to_grid(session: AsyncSession) -> None:
    city = await places.children(session, None)
    assert [unit.code for unit in city] == ["yunting"]
    assert [unit.code for unit in await places.children(session, "yunting")][:2] == ["hedong", "xishan"]
    assert [unit.code for unit in await places.children(session, "hedong")][:2] == ["liuyin", "chengguan"]
    assert [unit.code for unit in await places.children(session, "liuyin")] == ["guihua", "shuanggang"]
    assert await places.children(session, "guihua") == []
    assert [grid.code for grid in await places.grids_of(session, "guihua")] == [
        "guihua-01",
        "guihua-02",
        "guihua-03",
    ]


async def test_an_area_holds_the_grids_of_everything_below_it(session: AsyncSession) -> None:
    assert len(await places.grids_of(session, "liuyin")) == 6
    assert await places.grids_of(session, "nowhere") == []
    for area in ("yunting", "hedong", "liuyin"):
        below = await places.children(session, area)
        parts = [grid.code for unit in below for grid in await places.grids_of(session, unit.code)]
        assert sorted(grid.code for grid in await places.grids_of(session, area)) == sorted(parts)
        assert len(parts) == len(set(parts)) > 0


async def test_offices_are_listed_apart(session: AsyncSession) -> None:
    codes = [unit.code for unit in await places.offices_of(session, "liuyin")]
    assert codes == ["liuyin-centre", "liuyin-police", "liuyin-mediation"]


@pytest.mark.parametrize("typed", ["guihua-01", "GUIHUA-01", " guihua-01 "])
async def test_a_grid_is_found_by_its_poster(session: AsyncSession, typed: str) -> None:
    grid = await places.grid_by_code(session, typed)
    assert grid is not None
    assert places.place_name(grid, "zh-Hans") == "河东区柳荫街道桂花社区第一网格"
    assert places.place_name(grid, "en") == "Grid 1, Guihua Community, Liuyin Subdistrict, Hedong District"


@pytest.mark.parametrize("typed", ["", "guihua", "guihua-99", "'; DROP TABLE grids; --", "桂花"])
async def test_what_is_no_grid_is_none(session: AsyncSession, typed: str) -> None:
    assert await places.grid_by_code(session, typed) is None


async def test_every_grid_is_nearest_to_its_own_position(session: AsyncSession) -> None:
    for grid in await places.grids_of(session, "yunting"):
        found = await places.nearest_grid(session, grid.lat, grid.lon)
        assert found is not None
        assert found.code == grid.code


async def test_a_position_between_grids_finds_the_nearer_one(session: AsyncSession) -> None:
    grids = await places.grids_of(session, "yunting")
    lat, lon = 34.63, 113.15
    nearest = min(grids, key=lambda grid: distance_km(lat, lon, grid.lat, grid.lon))
    found = await places.nearest_grid(session, lat, lon)
    assert found is not None
    assert found.code == nearest.code


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (39.9, 116.4), (90.0, 0.0), (-34.6, 113.2)])
async def test_a_position_outside_the_city_finds_none(session: AsyncSession, lat: float, lon: float) -> None:
    assert await places.nearest_grid(session, lat, lon) is None


async def test_a_grid_is_served_from_its_community_up(session: AsyncSession) -> None:
    grid = await places.grid_by_code(session, "guihua-01")
    codes = [unit.code for unit in await places.serving(session, grid)]
    assert codes[:5] == ["guihua", "liuyin", "liuyin-centre", "liuyin-police", "liuyin-mediation"]
    assert codes.index("hedong-centre") < codes.index("yt-centre")
    assert not any(code.startswith(("chengguan", "xishan")) for code in codes)


async def test_units_have_names_in_both_languages(session: AsyncSession) -> None:
    unit = await places.unit_by_code(session, "liuyin-police")
    assert unit is not None
    assert (unit.name("zh-Hans"), unit.name("en")) == ("柳荫派出所", "Liuyin Police Post")
    assert not unit.is_area
    assert await places.city_loaded(session)


@pytest.mark.unit
def test_distances_are_those_of_the_earth() -> None:
    assert distance_km(34.75, 113.62, 34.75, 113.62) == 0
    assert 620 < distance_km(34.75, 113.62, 39.90, 116.40) < 625  # Zhengzhou to Beijing
