"""`python -m kb check` says in one line that all is well, or names every fault."""

from pathlib import Path

import pytest

from kb.__main__ import check, main

pytestmark = pytest.mark.unit


def test_knowledge_base_in_order_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("In order: 23 frauds, 19 disputes")
    assert said.out.count("\n") == 1
    assert not said.err


def test_faulty_knowledge_base_fails_with_every_fault(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "articles/scam/prize.yml").unlink()
    (copy / "articles/guide/rights.yml").unlink()
    assert check(copy) == 1
    said = capsys.readouterr()
    assert not said.out
    assert "articles/scam/prize.yml: file: is missing" in said.err
    assert "articles/guide/rights.yml: file: is missing" in said.err


def test_wrong_use_is_told_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chek"]) == 2
    assert "python -m kb check" in capsys.readouterr().err
