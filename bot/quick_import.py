"""Why a conversation starts in a second: the channel's types are built when first used, not all at import."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from pydantic import BaseModel


def import_aiogram() -> None:
    """Imports aiogram without its completing every one of some 300 types, which takes seconds.

    Each type completes itself when it is first used, from the very names aiogram would have given it. Where
    aiogram has already been imported, or one day does without this, nothing changes.
    """
    if "aiogram" in sys.modules:
        return
    names: dict[str, Any] = {}
    usual = BaseModel.__dict__["model_rebuild"]

    def later(_cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **_: Any) -> None:
        names.update(_types_namespace or {})

    def now(cls: type[BaseModel], /, **options: Any) -> Any:
        return usual.__func__(cls, **({"_types_namespace": names} | options))

    BaseModel.model_rebuild = classmethod(later)  # type: ignore[method-assign,assignment]
    try:
        importlib.import_module("aiogram")
    finally:
        BaseModel.model_rebuild = usual  # type: ignore[method-assign]
    for module, name in (("aiogram.types", "TelegramObject"), ("aiogram.methods", "TelegramMethod")):
        base: Any = getattr(importlib.import_module(module), name)
        base.model_rebuild = classmethod(now)
