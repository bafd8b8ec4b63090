"""What can be said of a pattern without running it, so that most patterns need not be run?"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMON = frozenset("的了我你他她是不在有人这那一个到就要来去说给打被上下天大小没还都也会好")
"""keys that nearly every message holds save nothing"""


def branches(pattern: str) -> list[str]:
    """The alternatives of a pattern, cut at its outermost bars."""
    parts, depth, at = [""], 0, 0
    while at < len(pattern):
        piece = _piece(pattern, at)
        depth += piece == "("
        depth -= piece == ")"
        if depth == 0 and piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
        at += len(piece)
    return parts


_OPTIONAL = re.compile(r"[?*]|\{0?,|\{0\}")


def needed(branch: str) -> frozenset[str]:
    """Characters that every match of the branch contains: plain ones outside all groups and not optional."""
    found, depth, at = set(), 0, 0
    while at < len(branch):
        piece = _piece(branch, at)
        at += len(piece)
        depth += piece == "("
        depth -= piece == ")"
        if depth == 0 and len(piece) == 1 and piece not in "()^$.?*+{}" and not _OPTIONAL.match(branch, at):
            found.add(piece)
    return frozenset(found)


def _piece(pattern: str, at: int) -> str:
    """An escape, a character class or a repetition as one piece, otherwise one character."""
    if pattern[at] == "\\":
        return pattern[at : at + 2]
    if pattern[at] == "[":
        end = at + 1 + (pattern[at + 1 : at + 2] == "^")
        end = pattern.index("]", end + 1)
        return pattern[at : end + 1]
    if pattern[at] == "{":
        return pattern[at : pattern.index("}", at) + 1]
    return pattern[at]


def keys(branch: str) -> frozenset[str]:
    """Characters of which every match of the branch holds at least one; empty where nothing can be said.

    Taken from a character it needs, or from one character of each alternative of a group it needs.
    """
    choices = [frozenset(character) for character in needed(branch)]
    for body in _needed_groups(branch):
        each = [needed(alternative) for alternative in branches(body)]
        if all(each):
            choices.append(frozenset(min(one, key=_dearness) for one in each))
    return min(
        choices, key=lambda choice: (len(choice & _COMMON), len(choice), sorted(choice)), default=frozenset()
    )


def _dearness(character: str) -> tuple[bool, str]:
    return character in _COMMON, character


def _needed_groups(branch: str) -> Iterator[str]:
    """The insides of the outermost plain groups that no match may leave out."""
    depth, at, start = 0, 0, 0
    while at < len(branch):
        piece = _piece(branch, at)
        if piece == "(":
            start = at if depth == 0 else start
            depth += 1
        at += len(piece)
        if piece == ")":
            depth -= 1
            if depth == 0 and branch.startswith("(?:", start) and not _OPTIONAL.match(branch, at):
                yield branch[start + 3 : at - 1]
