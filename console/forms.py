"""Which forms are accepted: small ones, from our own pages?"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_BYTES = 4096
MOST_FIELDS = 10
FORM_TYPE = "application/x-www-form-urlencoded"


async def small_form(request: Request) -> dict[str, str]:
    """The fields of a small form of ours; HTTPException 403, 413 or 415 for anything else."""
    refuse_foreign(request)
    if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != FORM_TYPE:
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise HTTPException(413)
    try:
        fields = parse_qsl(body.decode("ascii", errors="replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413) from None
    return dict(fields)


def refuse_foreign(request: Request) -> None:
    """Raises HTTPException 403 when a browser says that another site sent this form."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise HTTPException(403)
        return
    # Browsers without Sec-Fetch-Site (Safari before 16.4) send `Origin: null` from our own pages, because
    # those ask for no referrer. The form changes nothing and carries no cookie, so old phones are let in.
    origin = request.headers.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc.lower() not in _own_hosts(request):
        raise HTTPException(403)


def _own_hosts(request: Request) -> set[str]:
    public = urlsplit(request.app.state.front.settings.public_base).netloc
    return {public.lower(), request.headers.get("host", "").lower()} - {""}
