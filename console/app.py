"""How is the console put together: routes, pages for failures, layers around them?"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from cases.errors import DoorError
from console.counting import Counting
from console.failures import Catching, refused, told
from console.front import Front
from console.pages import doorway, health, matter
from console.rendering import FOLDER
from console.shield import Shield

# Addresses of these files carry their fingerprint.
KEPT = "public, max-age=31536000, immutable"


class Files(StaticFiles):
    """Style sheet and picture, kept by browsers until their address changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = KEPT
        return response


def create_app(front: Front) -> FastAPI:
    """The console as an ASGI application; the caller opens and closes the database."""
    app = FastAPI(title="onedoor", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.front = front
    for pages in (health, doorway, matter):
        app.include_router(pages.router)
    app.mount("/static", Files(directory=FOLDER / "static"), name="static")
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(DoorError, told)
    # The last one added is the outermost.
    app.add_middleware(Catching)
    app.add_middleware(Shield)
    app.add_middleware(Counting, measures=front.measures)
    return app
