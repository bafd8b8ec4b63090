"""How is an evaluation shown: as Markdown for the repository, as an HTML page with plots for a meeting?"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from nlu.evaluation import Bin, ClassScore, Report, macro_f1


def markdown(report: Report, *, title: str) -> str:
    """The report as Markdown tables."""
    return "\n".join(
        [
            f"# {title}",
            "",
            *_table(("", "value"), _headlines(report)),
            "",
            *(
                line
                for name, classes in _sections(report)
                if classes
                for line in _markdown_section(name, classes)
            ),
            "## Confusion of kinds (rows: label, columns: verdict)",
            "",
            *_confusion(report),
            "",
        ]
    )


def html(report: Report, *, title: str) -> str:
    """One page that loads nothing: headline figures, class tables, confusion and a calibration plot."""
    sections = "".join(
        f"<h2>{escape(name)}</h2>{_html_table(_CLASS_HEADS, _class_rows(classes))}"
        for name, classes in _sections(report)
        if classes
    )
    heads, rows = _confusion_cells(report)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"{_html_table(('', ''), _headlines(report))}"
        f"<h2>Calibration of the probability of fraud</h2>{_plot(report.scam_bins)}"
        f"{sections}<h2>Confusion of kinds</h2>{_html_table(heads, rows)}</body></html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.25rem .75rem}"
    "td,th{text-align:right}td:first-child,th:first-child{text-align:left}"
)
_CLASS_HEADS = ("class", "precision", "recall", "F1", "rows")


def _headlines(report: Report) -> list[tuple[str, str]]:
    return [
        ("rows", str(report.rows)),
        ("fraud flagged", _percent(report.scam_recall)),
        ("false alarms on harmless rows", _percent(report.false_alarms)),
        ("advertisements flagged", _percent(report.ads_flagged)),
        ("kind right", _percent(report.kind_accuracy)),
        ("fraud type, macro-F1", f"{macro_f1(report.scam_types, at_least=5):.3f}"),
        ("dispute family, macro-F1", f"{macro_f1(report.families, at_least=5):.3f}"),
        ("abstained (one question)", _percent(report.abstained)),
        ("说不准", _percent(report.unsure)),
        ("calibration error (ECE) of fraud", f"{report.scam_ece:.3f}"),
        ("ms per message, median / p99", f"{report.ms_median:.2f} / {report.ms_p99:.2f}"),
        *((name, str(value)) for name, value in report.extra.items()),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _sections(report: Report) -> tuple[tuple[str, Sequence[ClassScore]], ...]:
    return ("Kinds", report.kinds), ("Fraud types", report.scam_types), ("Dispute families", report.families)


def _class_rows(classes: Sequence[ClassScore]) -> list[tuple[str, ...]]:
    return [(c.label, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}", str(c.rows)) for c in classes]


def _markdown_section(name: str, classes: Sequence[ClassScore]) -> list[str]:
    return [
        f"## {name}",
        "",
        *_table(_CLASS_HEADS, _class_rows(classes)),
        "",
    ]


def _confusion(report: Report) -> list[str]:
    heads, rows = _confusion_cells(report)
    return _table(heads, rows)


def _confusion_cells(report: Report) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
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
