"""What is shown again with a question: the letter that is answered, the task that is struck off?"""

from __future__ import annotations

from cases.records import Paper, Statement, Task
from cases.staff_side.steps import Given, Seated

LETTER_SAYS = ("reason", "facts", "demand")
"""What of a letter's fields is its message."""


async def letter_text(at: Seated, given: Given) -> str:
    """The number and the words of the letter that is answered, for the unit it is addressed to."""
    paper = await at.session.get_one(Paper, int(given.chosen[0]))
    fields = paper.fields or {}
    return "\n".join([paper.number, *(str(fields[name]) for name in LETTER_SAYS if fields.get(name))])


async def task_text(at: Seated, given: Given) -> str:
    """The words of the task that is struck off, for the unit that was asked to do it."""
    task = await at.session.get_one(Task, int(given.chosen[0]))
    said = await at.session.get_one(Statement, task.statement_id)
    return said.body or ""
