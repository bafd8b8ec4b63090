"""How is an evaluation shown: as Markdown for the repository, as an HTML page with plots for a meeting?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from nlu.evaluation import Bin, ClassScore, Held, Report
from nlu.set_figures import Means

Table = tuple[Sequence[str], Sequence[Sequence[str]]]
"""heads and rows"""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one evaluation found; `before` are the figures of an earlier one, as `as_json` gave them."""

    report: Report
    means: Means
    straight: float | None = None
    """recall of the fraud messages that were bent, before they were"""
    bent: Mapping[str, float | None] | None = None
    """the same after each attack"""
    before: Mapping[str, Any] | None = None

    @property
    def model(self) -> str | None:
        """The version of the model that judged."""
        return self.report.extra.get("model")

    def as_json(self) -> dict[str, Any]:
        """Every figure as plain values for `json.dump`."""
        return {
            **self.report.as_json(),
            "means": asdict(self.means),
            "attacks": {"straight": self.straight, **dict(self.bent or {})},
        }


def markdown(findings: Findings, *, title: str) -> str:
    """The findings as Markdown tables."""
    lines = [f"# {title}", "", *_table(*_headlines(findings)), ""]
    for name, (heads, rows) in _sections(findings):
        lines += [f"## {name}", "", *_table(heads, rows), ""]
    return "\n".join(lines).rstrip()


def html(findings: Findings, *, title: str) -> str:
    """One page that loads nothing: every table, with plots of calibration and of abstention."""
    sections = "".join(
        f"<h2>{escape(name)}</h2>{_html_table(heads, rows)}" for name, (heads, rows) in _sections(findings)
    )
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{_html_table(*_headlines(findings))}"
        f"<h2>Calibration of the probability of fraud</h2>{_plot(findings.report.scam_bins)}"
        f"<h2>Errors when the least sure are left to a person</h2>{_curve(findings.report.held)}"
        f"{sections}</body></html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.25rem .75rem}"
    "td,th{text-align:right}td:first-child,th:first-child{text-align:left}"
)
_CLASS_HEADS = ("class", "precision", "recall", "F1", "rows")


def _headlines(findings: Findings) -> Table:
    """The figures people quote, beside those of before where there are any."""
    now = _figures(findings.as_json())
    rows = [(name, value) for name, value in now]
    if findings.before is None:
        return ("", "value"), rows
    then = dict(_figures(findings.before))
    return ("", "before", "now"), [(name, then.get(name, "–"), value) for name, value in rows]


def _figures(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    means = found.get("means") or {}
    extra = found.get("extra") or {}
    at_ten = next((each["of_all"] for each in found.get("held") or () if each["abstained"] == TEN), None)
    return [
        ("model", str(extra.get("model"))),
        ("rows", str(found.get("rows"))),
        ("fraud flagged, mean of sets", _share(means.get("recall"))),
        ("false alarms, mean of sets", _share(means.get("false_alarms"))),
        ("advertisements flagged", _share(means.get("ads_flagged"))),
        ("fraud type, macro-F1", _share(means.get("type_f1"))),
        ("dispute family, macro-F1", _share(means.get("family_f1"))),
        ("kind, mean accuracy", _share(means.get("kind"))),
        ("calibration error (ECE) of fraud", _share(found.get("scam_ece"))),
        ("errors left when a tenth abstains, of all errors", _share(at_ten)),
        ("abstained (one question)", _share(found.get("abstained"))),
        ("说不准", _share(found.get("unsure"))),
        ("ms per message, median / p99", f"{found.get('ms_median', 0):.2f} / {found.get('ms_p99', 0):.2f}"),
    ]


TEN = 0.1


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _sections(findings: Findings) -> list[tuple[str, Table]]:
    report, means = findings.report, findings.means
    sets = [(s.name, str(s.rows), _share(s.recall), _share(s.false_alarms)) for s in means.sets]
    found: list[tuple[str, Table]] = [("Sets", (("set", "rows", "fraud flagged", "false alarms"), sets))]
    for name, classes in (
        ("Fraud types, sets that tell them", means.types),
        ("Dispute families, sets that tell them", means.families),
        ("Kinds, all rows", report.kinds),
        ("Fraud types, all rows", report.scam_types),
        ("Dispute families, all rows", report.families),
    ):
        if classes:
            found.append((name, (_CLASS_HEADS, _class_rows(classes))))
    found.append(("Confusion of kinds (rows: label, columns: verdict)", _confusion_cells(report)))
    found.append(("Calibration", (("stated probability of fraud", "came true", "rows"), _bins(report))))
    found.append(
        ("Abstention", (("left to a person", "errors among the rest", "of all errors"), _held(report)))
    )
    found.append(
        ("Length of the message", (("characters", "rows", "fraud flagged", "false alarms"), _lengths(report)))
    )
    if findings.bent:
        found.append(("Under attack, a fifth of the characters", _attacks(findings)))
    return found


def _bins(report: Report) -> list[tuple[str, ...]]:
    return [(f"{b.promised:.3f}", f"{b.came_true:.3f}", str(b.rows)) for b in report.scam_bins]


def _held(report: Report) -> list[tuple[str, ...]]:
    return [(f"{h.abstained:.0%}", f"{h.errors:.4f}", f"{h.of_all:.2f}") for h in report.held]


def _lengths(report: Report) -> list[tuple[str, ...]]:
    return [
        (f"{one.shortest}–{'' if one.longest is None else one.longest - 1}", str(one.rows),
         _share(one.recall), _share(one.false_alarms))
        for one in report.lengths
    ]  # fmt: skip


def _attacks(findings: Findings) -> Table:
    straight = findings.straight or 0.0
    rows = [("none", _share(findings.straight), "")]
    for name, recall in (findings.bent or {}).items():
        rows.append((name, _share(recall), _share(straight - (recall or 0.0))))
    return ("attack", "fraud flagged", "lost"), rows


def _class_rows(classes: Sequence[ClassScore]) -> list[tuple[str, ...]]:
    return [(c.label, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", str(c.rows)) for c in classes]


def _confusion_cells(report: Report) -> Table:
    guesses = sorted({guess for row in report.kind_confusion.values() for guess in row})
    rows = [
        (gold, *(str(report.kind_confusion[gold].get(guess, 0)) for guess in guesses))
        for gold in sorted(report.kind_confusion)
    ]
    return ("", *guesses), rows


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plot(bins: Sequence[Bin]) -> str:
    """Promise against truth; the diagonal is perfect, the size of a dot is the number of rows."""
    most = max((each.rows for each in bins), default=1)
    dots = "".join(_dot(each, most) for each in bins)
    return (
        "<svg viewBox='0 0 360 350' width='360' role='img' aria-label='calibration'>"
        "<path d='M40 320H340M40 320V20M40 320L340 20' stroke='#999' fill='none'/>"
        f"{dots}<text x='190' y='345' text-anchor='middle' font-size='12'>stated probability</text>"
        "<text x='12' y='170' font-size='12' transform='rotate(-90 12 170)' text-anchor='middle'>truth</text>"
        "</svg>"
    )


def _dot(tenth: Bin, most: int) -> str:
    x, y = 40 + 300 * tenth.promised, 320 - 300 * tenth.came_true
    radius = 3 + 9 * (tenth.rows / most) ** 0.5
    told = f"{tenth.promised:.2f} → {tenth.came_true:.2f} ({tenth.rows})"
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}' fill='#1f6f5c'><title>{told}</title></circle>"


def _curve(held: Sequence[Held]) -> str:
    """Share left to a person against the errors among the rest."""
    most = max((each.errors for each in held), default=0.0) or 1.0
    furthest = max((each.abstained for each in held), default=0.0) or 1.0
    points = " ".join(
        f"{40 + 300 * each.abstained / furthest:.1f},{320 - 300 * each.errors / most:.1f}" for each in held
    )
    return (
        "<svg viewBox='0 0 360 350' width='360' role='img' aria-label='abstention'>"
        f"<path d='M40 320H340M40 320V20' stroke='#999' fill='none'/><polyline points='{points}' fill='none' "
        f"stroke='#1f6f5c' stroke-width='2'/><text x='190' y='345' text-anchor='middle' font-size='12'>"
        f"left to a person, up to {furthest:.0%}</text><text x='12' y='170' font-size='12' "
        f"transform='rotate(-90 12 170)' text-anchor='middle'>errors, up to {most:.3f}</text></svg>"
    )
