"""What does somebody see who scans the code at a building, prints its poster, or comes to the front page?"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from cases import places
from cases.errors import PlaceNotFound
from console.front import Front, front_of
from console.heartbeat import app_link, bot_name, chat_link
from console.qr import qr_svg
from console.rendering import page, words_for
from console.wording import wordings

router = APIRouter()
READ = ["GET", "HEAD"]
MOST_LOCAL_NUMBERS = 4
# The page says the same to everybody who reads that language; it may change with the city's next loading.
CACHE = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}


@dataclass(frozen=True, slots=True)
class LocalNumber:
    """An office near the building that residents may call."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A building's place as its page shows it."""

    code: str
    name: str
    covers: str
    numbers: tuple[LocalNumber, ...]
    sample: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """How the bot is reached from here; all None when it has no name yet."""

    chat: str | None
    app: str | None
    name: str | None


@router.api_route("/", methods=READ, response_class=HTMLResponse)
async def front_page(request: Request) -> HTMLResponse:
    """What this door does, without a building."""
    response = page(request, "front.html", ways=_ways(front_of(request), None))
    response.headers.update(CACHE)
    return response


@router.api_route("/q/{grid}", methods=READ, response_class=HTMLResponse)
async def building(request: Request, grid: str) -> HTMLResponse:
    """The page behind a building's QR poster; PlaceNotFound becomes the kind page."""
    front = front_of(request)
    place = await _place(front, grid, words_for(request).locale)
    ways = _ways(front, place.code)
    response = page(
        request,
        "building.html",
        place=place,
        ways=ways,
        qr=qr_svg(ways.chat or address_of(front, place.code)),
    )
    response.headers.update(CACHE)
    return response


@router.api_route("/q/{grid}/poster", methods=READ, response_class=HTMLResponse)
async def poster(request: Request, grid: str) -> HTMLResponse:
    """The poster, one sheet of A4; its code leads to the page above, which helps without Telegram too."""
    front = front_of(request)
    locale = words_for(request).locale
    place = await _place(front, grid, locale)
    address = address_of(front, place.code)
    response = page(
        request,
        "poster.html",
        place=place,
        address=address,
        qr=qr_svg(address),
        headings=[(other, words("poster.head")) for other, words in wordings().items() if other != locale],
        only_here=_is_only_here(front),
    )
    response.headers.update(CACHE)
    return response


def address_of(front: Front, grid_code: str) -> str:
    """The public address of a building's page."""
    return f"{front.settings.public_base}/q/{quote(grid_code)}"


def _ways(front: Front, grid_code: str | None) -> Ways:
    name = bot_name(front.settings.data_dir)
    if front.settings.bot_token is None or name is None:
        return Ways(None, None, None)
    start = f"g_{grid_code}" if grid_code else None
    return Ways(chat_link(name, start), app_link(name, start), name)


async def _place(front: Front, grid_code: str, locale: str) -> Place:
    async with front.database.reading() as session:
        grid = await places.grid_by_code(session, grid_code)
        if grid is None:
            raise PlaceNotFound
        units = await places.serving(session, grid)
        city = await places.city_of(session, units[0])
    numbers = [LocalNumber(unit.name(locale), unit.phone) for unit in units if unit.phone]
    return Place(
        code=grid.code,
        name=places.place_name(grid, locale),
        covers=grid.covers_en if locale == "en" else grid.covers_zh,
        numbers=tuple(numbers[:MOST_LOCAL_NUMBERS]),
        sample=city.sample,
    )


def _is_only_here(front: Front) -> bool:
    """Whether the public address leads to this very machine only, so that a printed code helps nobody."""
    host = urlsplit(front.settings.public_base).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified
