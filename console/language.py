"""In which language is a page read: asked for, remembered, the browser's, or the deployer's?"""

from __future__ import annotations

from starlette.requests import Request

LOCALES = ("zh-Hans", "en")
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
# What a browser may send is longer than what is worth reading.
LONGEST_HEADER = 200


def known(tag: str | None) -> str | None:
    """Our locale for a language tag such as `zh-CN` or `en-GB`; None for a language we do not write."""
    primary = (tag or "").strip().lower().replace("_", "-").split("-", 1)[0]
    return {"zh": "zh-Hans", "en": "en"}.get(primary)


def preferred(header: str | None) -> str | None:
    """The best of our locales in an Accept-Language header; None when it names none of them."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((header or "")[:LONGEST_HEADER].split(",")):
        tag, _, parameter = part.partition(";")
        locale, weight = known(tag), _weight(parameter)
        if locale and weight > 0:
            ranked.append((-weight, place, locale))
    return min(ranked)[2] if ranked else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def asked_for(request: Request) -> str | None:
    """The locale this very request chose (`?lang=`), which is then remembered."""
    return known(request.query_params.get("lang"))


def language_of(request: Request, default: str) -> str:
    """The locale in which this request is answered."""
    return (
        asked_for(request)
        or known(request.cookies.get(COOKIE))
        or preferred(request.headers.get("accept-language"))
        or default
    )
