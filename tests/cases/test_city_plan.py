"""A city's files: read with lines, refused in plain sentences, every fault at once."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from cities import a_city, written

from cases.city_check import faults
from cases.city_plan import read_plan
from cases.cityfiles import people, rules, units, whole
from cases.cityfiles.parts import Part
from cases.errors import CityRefused

MANUAL = Path(__file__).parents[2] / "docs" / "city.md"

pytestmark = pytest.mark.unit

HEAD = "city: {code: x, zh: x, en: x}\n"


def refused(path: Path) -> tuple[str, ...]:
    with pytest.raises(CityRefused) as caught:
        read_plan(path)
    return caught.value.faults


def refused_text(folder: Path, text: str | bytes) -> tuple[str, ...]:
    file = folder / "city.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return refused(file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("city: [", "city.yml, line 1 is not valid YAML."),
        ("- just\n- a list", "city.yml does not hold named parts"),
        ("", "city.yml does not hold named parts"),
        (HEAD, "city.yml, line 1: areas: this is missing."),
        ("areas: []\ncity: {code: Ünit, zh: x, en: x}", "city.yml, line 2: city → code: Ünit is no code"),
        ("city: {code: x, zh: x, en: x, timezone: Mars/Base}\nareas: []", "no such time zone"),
        (f"{HEAD}areas: []\nsurprise: 1", "city.yml, line 3: surprise: there is no such key."),
        (f"{HEAD}areas: []\noffices: [{{code: a, kind: county, zh: x, en: x}}]", "an area is listed under"),
        (f"{HEAD}areas: []\nrouting: [{{code: r, leaf: Labour, to_kind: police}}]", "a leaf reads like"),
        (
            f"{HEAD}areas: []\noffices:\n  - code: no\n    kind: police\n    zh: x\n    en: x",
            "line 4: offices → code",
        ),
        (f"{HEAD}areas: []\nstaff: many", "line 3: staff: a list is wanted here."),
        (f"{HEAD}areas: []\noffices:\n  - one", "line 4: offices: named parts are wanted here."),
        (f"{HEAD}areas: []\ncalendar: {{holidays: [2026-13-01]}}", "line 3: this value cannot be read."),
        (f"{HEAD}areas: []\ncalendar: {{holidays: [5]}}", "a day reads like 2026-10-01"),
        (
            f"{HEAD}areas: []\ncalendar: {{holidays: [2026-10-01], workdays: [2026-10-01]}}",
            "as a holiday and as",
        ),
        (f"{HEAD}areas: []\nladders: {{own: [{{act: remind}}]}}", "say exactly one of share"),
        (f"{HEAD}areas: []\nclocks: [{{step: First, length: 1, unit: days, basis: x}}]", "clocks → step"),
        (
            f"{HEAD}areas: []\nclocks: [{{step: a, length: 1, unit: days, start: noon, basis: x}}]",
            "clocks → start",
        ),
    ],
)
def test_a_malformed_file_is_refused_in_plain_sentences(tmp_path: Path, text: str, sentence: str) -> None:
    assert any(sentence in fault for fault in refused_text(tmp_path, text))


def test_a_name_that_stands_twice_is_told_with_its_line(tmp_path: Path) -> None:
    text = f"{HEAD}areas: []\nstaff:\n  - code: w\n    code: v\n    name: 甲\n    role: police\n    unit: x\n"
    assert refused_text(tmp_path, text) == ("city.yml, line 5: `code` stands here for the second time.",)


@pytest.mark.parametrize("indent", ["\t", "  \t", "- \t"])
def test_a_tab_is_named_as_what_is_wrong(tmp_path: Path, indent: str) -> None:
    text = f"{HEAD}areas:\n{indent}- code: c\n"
    told = refused_text(tmp_path, text)
    assert told == ("city.yml, line 3 is not valid YAML: it begins with a tab; use spaces.",)


def test_a_tab_within_text_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "city.yml"
    file.write_text(f'{HEAD}areas: []\nlabels: {{a: "x\ty"}}\n', encoding="utf-8")
    assert read_plan(file)[0].labels == {"a": "x\ty"}


def test_another_encoding_gets_one_clear_sentence(tmp_path: Path) -> None:
    text = "city: {code: x, zh: 某市, en: x}\nareas: []"
    told = refused_text(tmp_path, text.encode("gbk"))
    assert told == ("city.yml is not UTF-8 text but looks like GBK; save it as UTF-8.",)
    assert refused_text(tmp_path, b"\xff\xfe") == ("city.yml is not UTF-8 text.",)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "city.yml"
    file.write_text(f"{HEAD}areas: []\n", encoding="utf-8-sig")
    assert read_plan(file)[0].city.code == "x"


def test_an_anchor_saves_writing(tmp_path: Path) -> None:
    file = tmp_path / "city.yml"
    offices = "[{code: a, kind: police, zh: x, en: x, duty: &day ['mon-fri 08:30-18:00']},"
    offices += " {code: b, kind: centre, zh: x, en: x, duty: *day}]"
    file.write_text(f"{HEAD}areas: []\noffices: {offices}\n", encoding="utf-8")
    first, second = read_plan(file)[0].offices
    assert first.duty == second.duty == ("mon-fri 08:30-18:00",)


BOMB = "\n".join(
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]",
        *(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in ("ab", "bc", "cd", "de", "ef", "fg", "gh")),
    ]
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BOMB, "aliases unfold to more than"),
        ("areas: &a [*a]", "*a names nothing that ends before it"),
        ("areas: *nothing", "*nothing names nothing that ends before it"),
        ("areas: " + "[" * 200_000, "nested deeper than"),
        ("areas: " + "{a: " * 200_000, "nested deeper than"),
        ("- " * 200_000, "nested deeper than"),
        ("city: !!python/object/apply:os.getcwd []", "city"),
        ("city: !!python/name:os.getcwd x", "this value cannot be read"),
        ("? [a]\n: 1", "cannot be a name"),
        ("a: &k x\n*k : 1", "an alias cannot be a name"),
        ("city: 1\n---\ncity: 2", "a second document begins"),
        ("city: \x01", "is not valid YAML"),
        ("city: {code: x, zh: x, en: x}\nareas: " + "9" * 5000, "areas"),
    ],
)
def test_a_hostile_file_is_refused_at_once(tmp_path: Path, text: str, sentence: str) -> None:
    began = time.monotonic()
    assert any(sentence in fault for fault in refused_text(tmp_path, text))
    assert time.monotonic() - began < 2


def test_nobody_is_called_by_a_tag(tmp_path: Path) -> None:
    mark = tmp_path / "called"
    refused_text(tmp_path, f"city: !!python/object/apply:os.mkdir ['{mark}']")
    assert not mark.exists()


def test_every_fault_is_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "city.yml").write_text(
        "city: {code: x, zh: x, en: x}\n"
        "areas: []\n"
        "offices:\n"
        "  - {code: a, kind: polize, zh: x, en: x}\n"
        "  - {code: b, kind: police, zh: x, en: x, duty: [mornings]}\n"
        "  - {code: c, kind: police, zh: x, en: x}\n"
        "  - {code: c, kind: police, zh: x, en: x, night: nowhere}\n",
        encoding="utf-8",
    )
    (tmp_path / "staff.yml").write_text(
        "staff:\n"
        "  - {code: v, name: 甲, role: king, unit: a}\n"
        "  - {code: w, name: 甲, role: police, unit: a}\n"
        "  - {code: w2, name: 甲, role: police, unit: lost, grids: [g1]}\n",
        encoding="utf-8",
    )
    told = refused(tmp_path)
    assert [fault.partition(": ")[0] for fault in told] == [
        "city.yml, line 4",
        "city.yml, line 5",
        "staff.yml, line 2",
        "city.yml, line 7",
        "staff.yml, line 4",
        "staff.yml, line 4",
        "city.yml, line 7",
    ]
    # `a` could not be read, but it is there: nobody is told that it is missing.
    assert not [fault for fault in told if "no unit a" in fault]
    assert told[3] == "city.yml, line 7: The unit c is described 2 times."
    assert told[4:6] == (
        "staff.yml, line 4: w2: there is no unit lost.",
        "staff.yml, line 4: w2: there is no grid g1.",
    )


def test_what_is_broken_deep_down_does_not_hide_the_rest(tmp_path: Path) -> None:
    told = a_city()
    community: dict[str, Any] = told["areas"][0]["areas"][0]["areas"][0]
    community["grids"].append({"code": "g2", "zh": "x", "en": "x", "lat": 91, "lon": 0})
    told["staff"].append(
        {"code": "w2", "name": "乙", "role": "grid_worker", "unit": "com", "grids": ["g2", "g3"]}
    )
    found = refused(written(tmp_path, told))
    assert len(found) == 2
    assert "areas → areas → areas → grids → lat" in found[0]
    assert found[1].endswith("w2: there is no grid g3.")


def test_a_file_that_cannot_be_read_accuses_nobody_of_what_it_may_hold(tmp_path: Path) -> None:
    (tmp_path / "areas.yml").write_text("areas: [", encoding="utf-8")
    (tmp_path / "city.yml").write_text("city: {code: x, zh: x, en: x, tea: 1}", encoding="utf-8")
    assert refused(tmp_path) == (
        "areas.yml, line 1 is not valid YAML.",
        "city.yml, line 1: city → tea: there is no such key.",
    )


def test_a_missing_folder_and_a_part_told_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CityRefused, match="no city description"):
        read_plan(tmp_path / "nowhere")
    with pytest.raises(CityRefused, match="no city description"):
        read_plan(tmp_path)
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(f"{HEAD}areas: []", encoding="utf-8")
    assert refused(tmp_path) == ("b.yml, line 1: `city` is described twice, the second time in b.yml.",)


def test_lists_of_several_files_are_joined_in_the_order_of_their_names(tmp_path: Path) -> None:
    told = a_city()
    whole, _ = read_plan(written(tmp_path, told))
    parts = tmp_path / "parts"
    parts.mkdir()
    second = {"code": "county2", "zh": "丁县", "en": "County 2"}
    for name, part in (
        ("a", {"city": told["city"], "areas": told["areas"], "offices": told["offices"][:1]}),
        ("b", {"areas": [second], "offices": told["offices"][1:], "staff": told["staff"]}),
        ("c", {"routing": told["routing"]}),
    ):
        (parts / f"{name}.yml").write_text(yaml.safe_dump(part, allow_unicode=True), encoding="utf-8")
    joined, fingerprint = read_plan(parts)
    assert [area.code for area in joined.areas] == ["county", "county2"]
    assert [one.code for one in joined.offices] == [one.code for one in whole.offices]
    assert [person.code for person in joined.staff] == ["w1"]
    assert fingerprint == read_plan(parts)[1]
    assert faults(joined) == []
    (parts / "c.yml").write_text("routing: []", encoding="utf-8")
    assert read_plan(parts)[1] != fingerprint


def test_every_example_of_the_manual_is_accepted(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    for number, text in enumerate(examples):
        (tmp_path / f"{number:02}.yaml").write_text(text, encoding="utf-8")
    plan, _ = read_plan(tmp_path)
    assert plan.city.code == "yunting"
    assert len(examples) >= 9
    assert len(plan.staff) == 5


def test_every_key_of_a_description_stands_in_the_manual() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    parts = {
        part
        for module in (units, people, rules, whole)
        for part in vars(module).values()
        if isinstance(part, type) and issubclass(part, Part)
    }
    keys = {key for part in parts for key in part.model_fields}
    assert len(keys) > 50
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()
