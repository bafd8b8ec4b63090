"""How is a city read from its files, with every mistake told in a plain sentence?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cases.cityfiles.faults import faults
from cases.cityfiles.text import Line, Listed, Told, read_text
from cases.cityfiles.whole import CityPlan, walk
from cases.errors import CityRefused

__all__ = ["CityPlan", "read_plan", "walk"]

# What pydantic says in words of its own, said in ours.
SENTENCES = {
    "missing": "this is missing",
    "extra_forbidden": "there is no such key",
    "string_pattern_mismatch": "{input} is no code: small letters, digits, - and _, a letter or digit first",
    "string_type": "{input} is not text; put it in quotes",
    "model_type": "named parts are wanted here",
    "model_attributes_type": "named parts are wanted here",
    "dict_type": "named parts are wanted here",
    "tuple_type": "a list is wanted here",
}


def read_plan(path: Path) -> tuple[CityPlan, str]:
    """The city described by a YAML file or by all YAML files of a folder, and the SHA-256 of their text.

    Lists of several files are joined in the order of the files' names. Raises CityRefused with every fault
    found, each one sentence that names file and line.
    """
    files = sorted((*path.glob("*.yml"), *path.glob("*.yaml"))) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise CityRefused((f"There is no city description at {path}.",))
    told = Told(Line(files[0].name, 1))
    digest = sha256()
    broken: list[str] = []
    whole = True
    for file in files:
        raw = file.read_bytes()
        digest.update(raw)
        try:
            part, found = read_text(raw, file.name)
            broken += [*found, *_join(told, part)]
        except CityRefused as refused:
            broken += refused.faults
            whole = False
    if not whole:
        raise CityRefused((*broken, *_of_what_is_there(told)))
    return _validated(told, broken), digest.hexdigest()


def _of_what_is_there(told: Told) -> list[str]:
    """Faults that stand, whatever the files that could not be read may hold."""
    try:
        CityPlan.model_validate(told)
    except ValidationError as error:
        found = error.errors(include_url=False)
        return [
            _sentence(dict(one), told) for one in found if len(one["loc"]) > 1 or one["type"] != "missing"
        ]
    return []


def _join(told: Told, part: Told) -> Iterator[str]:
    """Adds what a file tells."""
    for key, value in part.items():
        line, known = part.lines[key], told.get(key)
        if key not in told:
            told[key], told.lines[key] = value, line
            if isinstance(value, Listed):
                told[key] = Listed(value.at)
                _append(told[key], value)
        elif isinstance(known, Listed) and isinstance(value, Listed):
            _append(known, value)
        else:
            yield f"{line}: `{key}` is described twice, the second time in {line.file}."


def _append(known: Listed, more: Listed) -> None:
    known.extend(more)
    known.lines += more.lines


def _validated(told: Told, broken: list[str]) -> CityPlan:
    """The plan, or CityRefused; what is wrong with the sound rest is told along with what is broken."""
    try:
        plan = CityPlan.model_validate(told)
    except ValidationError as error:
        found = error.errors(include_url=False)
        broken += [_sentence(dict(one), told) for one in found]
        unreadable = _leave_out(told, [one["loc"] for one in found])
        try:
            rest = CityPlan.model_validate(told)
        except ValidationError:
            raise CityRefused(tuple(broken)) from None
        raise CityRefused((*broken, *faults(rest, unreadable))) from None
    if broken:
        raise CityRefused((*broken, *faults(plan)))
    return plan


def _leave_out(told: Told, paths: Iterable[tuple[int | str, ...]]) -> frozenset[str]:
    """Takes the innermost list items that these paths lead through out, and returns the codes in them."""
    doomed = {_innermost_item(told, path) for path in paths} - {()}
    codes: set[str] = set()
    # From the back and from within, so that the places of what is still to go stay the same.
    for path in sorted(doomed, key=_in_order, reverse=True):
        around: Any = told
        for step in path[:-1]:
            around = around[step]
        if _leads_on(around, path[-1]):  # an alias may share what is already gone
            codes.update(_codes(around[path[-1]]))
            del around[path[-1]]
    return frozenset(codes)


def _in_order(path: tuple[int | str, ...]) -> tuple[str, ...]:
    return tuple(f"{step:09}" if isinstance(step, int) else step for step in path)


def _innermost_item(told: Told, path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    value: Any = told
    found: tuple[int | str, ...] = ()
    for number, step in enumerate(path):
        if not _leads_on(value, step):
            break
        value = value[step]
        if isinstance(step, int):
            found = path[: number + 1]
    return found


def _leads_on(value: Any, step: int | str) -> bool:
    if isinstance(value, Listed):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, Told) and step in value


def _codes(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("code"), str):
            yield value["code"]
        for inner in value.values():
            yield from _codes(inner)
    elif isinstance(value, Listed):
        for inner in value:
            yield from _codes(inner)


def _sentence(error: dict[str, Any], told: Told) -> str:
    path: tuple[int | str, ...] = error["loc"]
    names = " → ".join(str(step) for step in path if isinstance(step, str)) or "the description"
    said = SENTENCES.get(error["type"])
    message = said.format(input=str(error["input"])[:60]) if said else str(error["msg"])
    return f"{_line_of(path, told)}: {names}: {message.removeprefix('Value error, ')}."


def _line_of(path: tuple[int | str, ...], told: Told) -> Line:
    """Where what a path leads to stands, or the nearest thing around it that is there."""
    value: Any = told
    line = told.at
    for step in path:
        if not _leads_on(value, step):
            break
        line = value.lines[step]
        value = value[step]
    return line
