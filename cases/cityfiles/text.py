"""What does a YAML text say, and on which line does it say it?"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml

from cases.errors import CityRefused

DEEPEST = 40
"""Nesting beyond this is no city."""
MOST_BY_ALIAS = 100_000
"""How many values aliases may unfold to in one file."""
# The C parser reads a city of a thousand grids several times faster; the other one reads the same.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAB_FIRST = re.compile(r"^[ -]*\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, as people count."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


class Told(dict[str, Any]):
    """A mapping that knows where it stands, and where each of its values does."""

    def __init__(self, at: Line) -> None:
        super().__init__()
        self.at = at
        self.lines: dict[str, Line] = {}


class Listed(list[Any]):
    """A list that knows where each of its items stands."""

    def __init__(self, at: Line) -> None:
        super().__init__()
        self.at = at
        self.lines: list[Line] = []


def read_text(raw: bytes, file: str) -> tuple[Told, list[str]]:
    """The named parts of a YAML file, and the faults beside which the rest could be read.

    Raises CityRefused, with file and line, where nothing can be made of it.
    """
    text = _decoded(raw, file)
    builder = _Builder(file, LOADER(text))
    try:
        whole = builder.read()
    except yaml.YAMLError as error:
        raise CityRefused((_not_yaml(error, text, file),)) from None
    finally:
        builder.loader.dispose()
    if not whole:
        raise CityRefused(tuple(builder.faults))
    if not isinstance(builder.root, Told):
        raise CityRefused((f"{file} does not hold named parts such as `areas:`.",))
    return builder.root, builder.faults


def _decoded(raw: bytes, file: str) -> str:
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8-sig")
    with suppress(UnicodeDecodeError):
        raw.decode("gb18030")
        raise CityRefused((f"{file} is not UTF-8 text but looks like GBK; save it as UTF-8.",))
    raise CityRefused((f"{file} is not UTF-8 text.",))


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if _TAB_FIRST.match(line):
            return f"{file}, line {number} is not valid YAML: it begins with a tab; use spaces."
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return f"{file} is not valid YAML."
    line = min(mark.line, text.count("\n")) + 1  # where the text just ends, the parser counts one too many
    return f"{file}, line {line} is not valid YAML."


@dataclass(slots=True)
class _Anchored:
    value: Any
    size: int


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read; `size` counts the values in it."""

    value: Told | Listed
    anchor: str | None
    size: int = 1
    key: str | None = None
    key_line: Line | None = None


@dataclass(slots=True)
class _Builder:
    """Puts events together without recursion: a file nested too deep must not end the process."""

    file: str
    loader: Any
    faults: list[str] = field(default_factory=list)
    root: Any = None
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    unfolded: int = 0

    def read(self) -> bool:
        """Takes all events; False where reading on made no sense."""
        documents = 0
        while self.loader.check_event():
            event = self.loader.get_event()
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                self._fault(event, "a second document begins; one file holds one")
                return False
            if not self._step(event):
                return False
        return True

    def _step(self, event: Any) -> bool:
        """Takes one event; False where reading on makes no sense."""
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                return self._alias(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                return self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
        return True

    def _line(self, event: Any) -> Line:
        return Line(self.file, event.start_mark.line + 1)

    def _fault(self, event: Any, sentence: str) -> None:
        self.faults.append(f"{self._line(event)}: {sentence}.")

    def _scalar(self, event: Any) -> None:
        if self._wants_key():
            self._name(event)
            return
        value = event.value
        tag = event.tag if event.tag not in (None, "!") else None
        tag = tag or self.loader.resolve(yaml.ScalarNode, value, event.implicit)
        if tag != "tag:yaml.org,2002:str":
            try:
                node = yaml.ScalarNode(tag, value, event.start_mark, event.end_mark)
                value = self.loader.construct_object(node)
            except (yaml.YAMLError, ValueError, OverflowError):
                self._fault(event, "this value cannot be read")
        self._put(value, self._line(event), 1, event.anchor)

    def _wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, Told) and self.stack[-1].key is None

    def _name(self, event: Any) -> None:
        around = self.stack[-1]
        around.key, around.key_line = event.value, self._line(event)
        if event.value in around.value:
            self._fault(event, f"`{event.value}` stands here for the second time")

    def _alias(self, event: Any) -> bool:
        known = self.anchors.get(event.anchor)
        if known is None:
            self._fault(event, f"*{event.anchor} names nothing that ends before it")
            return False
        self.unfolded += known.size
        if self.unfolded > MOST_BY_ALIAS:
            self._fault(event, f"aliases unfold to more than {MOST_BY_ALIAS} values")
            return False
        if self._wants_key():
            self._fault(event, "an alias cannot be a name")
            return False
        self._put(known.value, self._line(event), known.size, None)
        return True

    def _begin(self, event: Any) -> bool:
        if self._wants_key():
            self._fault(event, "a list or mapping cannot be a name")
            return False
        if len(self.stack) >= DEEPEST:
            self._fault(event, f"lists and mappings are nested deeper than {DEEPEST}")
            return False
        at = self._line(event)
        made = Told(at) if isinstance(event, yaml.MappingStartEvent) else Listed(at)
        self.stack.append(_Open(made, event.anchor))
        return True

    def _end(self) -> None:
        ended = self.stack.pop()
        self._put(ended.value, ended.value.at, ended.size, ended.anchor)

    def _put(self, value: Any, at: Line, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = _Anchored(value, size)
        if not self.stack:
            self.root = value
            return
        around = self.stack[-1]
        around.size += size
        if isinstance(around.value, Listed):
            around.value.append(value)
            around.value.lines.append(at)
        elif around.key is not None:
            around.value[around.key] = value
            # A value on a line of its own is looked for where its name stands.
            around.value.lines[around.key] = around.key_line or at
            around.key = None
