"""`python -m nlu.serving --port P [--model PATH]`, in the serving environment, on 127.0.0.1 only."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from nlu.fingerprint import ARCHIVE, MODEL_FOLDER
from nlu.serving.app import application
from nlu.serving.archive import BadModel, load

HOST = "127.0.0.1"


def main() -> int:
    """Exit status 0 when stopped by a signal, 1 with one plain sentence without a model or a port."""
    parser = argparse.ArgumentParser(prog="python -m nlu.serving", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER / ARCHIVE)
    options = parser.parse_args()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        model = load(options.model)
        model.parse(["预热"])  # the first parse fills tables: do it before anybody waits
        asyncio.run(_serve(application(model), options.port))
    except (BadModel, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _serve(app: web.Application, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        await stopped.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())
