"""Each error has a sentence for the log and a key for the person, and neither holds anything personal."""

import re

import pytest

from cases import errors
from cases.errors import CityRefused, DoorError

pytestmark = pytest.mark.unit
ALL = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DoorError)]


@pytest.mark.parametrize("error", ALL)
def test_an_error_says_itself(error: type[DoorError]) -> None:
    assert re.fullmatch(r"error(_[a-z]+)*", error.reply_key)
    assert error.__doc__
    if error is not CityRefused:
        assert str(error()) == error.__doc__.strip()
        assert str(error("A sentence.")) == "A sentence."


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = set(re.findall(r"\b[A-Z][A-Za-z]+\b", (errors.__doc__ or "").split("A class's")[0])) - {"What"}
    assert drawn == {one.__name__ for one in ALL}


def test_a_refused_city_lists_its_faults() -> None:
    assert str(CityRefused(("One.", "Two."))) == "One. Two."
