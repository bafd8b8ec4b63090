"""Does this process live, is everything it needs reachable, and how much is there?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from enum import StrEnum

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from cases.figures import case_counts, notice_counts
from console.front import Front, front_of
from console.heartbeat import is_beating

router = APIRouter()
log = structlog.get_logger(__name__)
READ = ["GET", "HEAD"]
LONGEST_CHECK_SECONDS = 2.0


class State(StrEnum):
    """How a part of the product stands."""

    UP = "up"
    """it answers"""
    DOWN = "down"
    """the settings want it, and it does not answer"""
    OFF = "off"
    """the settings do not want it"""


@router.api_route("/healthz", methods=READ, response_class=PlainTextResponse)
async def lives() -> str:
    """Answers as long as the process can answer at all."""
    return "ok\n"


@router.api_route("/readyz", methods=READ)
async def ready(request: Request) -> JSONResponse:
    """How each part stands; 503 when one that the settings want is down."""
    front = front_of(request)
    database, nlu = await asyncio.gather(_database(front), _nlu(front))
    states = {"database": database, "nlu": nlu, "bot": _bot(front)}
    is_ready = State.DOWN not in states.values()
    parts = {name: {"state": state} for name, state in states.items()}
    return JSONResponse({"ready": is_ready, "parts": parts}, 200 if is_ready else 503)


@router.api_route("/metrics", methods=READ)
async def measures(request: Request) -> Response:
    """Everything counted, in Prometheus' text format; without the database no counts of rows."""
    front = front_of(request)
    try:
        async with asyncio.timeout(LONGEST_CHECK_SECONDS), front.database.reading() as session:
            front.measures.stands(await case_counts(session), await notice_counts(session))
    except Exception as error:
        log.warning("no counts", action="metrics", error=type(error).__name__)
        front.measures.database_gone()
    return Response(front.measures.text(), media_type=CONTENT_TYPE_LATEST)


async def _database(front: Front) -> State:
    async def answers() -> bool:
        await front.database.check()
        return True

    return await _checked(answers(), "database")


async def _nlu(front: Front) -> State:
    return State.OFF if front.nlu_answers is None else await _checked(front.nlu_answers(), "nlu")


def _bot(front: Front) -> State:
    if front.settings.bot_token is None:
        return State.OFF
    return State.UP if is_beating(front.settings.data_dir, front.now()) else State.DOWN


async def _checked(answers: Awaitable[bool], part: str) -> State:
    """Down is whatever is not a yes in time: a check answers even when a driver raises something new."""
    try:
        async with asyncio.timeout(LONGEST_CHECK_SECONDS):
            return State.UP if await answers else State.DOWN
    except Exception as error:
        log.warning("part is down", action="ready", part=part, error=type(error).__name__)
        return State.DOWN
