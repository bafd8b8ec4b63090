"""Which commands there are; each one's work stands in a module of its own, imported when it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.calling import existing_file, existing_place, new_file
from bot.ending import Commands, run_to_its_end
from bot.whom import Whom, whom

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="一扇门 onedoor: one door for a resident's trouble.",
)


@app.command()
def up() -> None:
    """Prepare what is missing, then run everything: NLU service, bot, worker, console."""
    from bot.commands.up import run

    run()


@app.command()
def talk(
    as_: Annotated[
        Whom, typer.Option("--as", parser=whom, metavar="WHOM", help="resident, volunteer:CODE or staff:CODE")
    ] = "resident",  # type: ignore[assignment]  # read by the parser, like any other
    trace: Annotated[bool, typer.Option(help="show what was understood and decided")] = False,
) -> None:
    """A resident's conversation in the terminal; reads one message a line when piped."""
    from bot.quick_import import import_aiogram

    import_aiogram()
    from bot.commands.talk import run

    run(as_, trace=trace)


@app.command()
def classify(
    file: Annotated[Path | None, typer.Argument(parser=existing_file)] = None,
    jsonl: Annotated[bool, typer.Option(help='read objects {"id","text","forwarded"}')] = False,
) -> None:
    """Messages in, verdicts out, as JSON Lines in input order."""
    from bot.commands.classify import run

    sys.exit(run(file, jsonl=jsonl))


@app.command()
def train(
    extra: Annotated[
        list[Path] | None,
        typer.Option(parser=existing_file, help='more data, JSON Lines {"text","mapped"}'),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(parser=existing_file, help="another pipeline; see nlu/README-transformer.md"),
    ] = None,
) -> None:
    """Train the NLU model with Rasa; prepares the training environment when first called."""
    from bot.commands.train import run

    run(extra or [], config)


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(parser=existing_place, help="files, or folders of them")],
    json_out: Annotated[
        Path | None, typer.Option("--json", parser=new_file, help="write all figures here")
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", parser=new_file, help="write a page with plots here")
    ] = None,
    markdown_out: Annotated[
        Path | None, typer.Option("--markdown", parser=new_file, help="write the tables here")
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option("--before", parser=existing_file, help="figures of an earlier --json, shown beside"),
    ] = None,
    attacks: Annotated[
        bool, typer.Option("--attacks", help="also bend fraud messages and say what is still flagged")
    ] = False,
    halves: Annotated[
        bool,
        typer.Option("--halves", help="train on one half of the rows, measure the other, and the reverse"),
    ] = False,
) -> None:
    """Measure the model on labelled messages."""
    from bot.commands.evaluate import Wanted, run

    run(files, Wanted(json_out, html_out, markdown_out, before, attacks, halves))


@app.command()
def bench(
    only: Annotated[str | None, typer.Argument(help="nlu, turn or cases; nlu and turn without it")] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", parser=new_file, help="write all figures here")
    ] = None,
    cases: Annotated[
        int | None, typer.Option(min=2_000, help="bench cases: how many; a million without it")
    ] = None,
) -> None:
    """The speed and load benchmarks, each against its baseline in the same run."""
    from bot.commands.bench import run

    run(only, json_out, cases=cases)


@app.command()
def cases(
    code: Annotated[str | None, typer.Argument()] = None,
    json_: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """The case list, or one whole case with its timeline."""
    from bot.commands.cases import run

    run(code, as_json=json_)


@app.command()
def route(
    grid: Annotated[str, typer.Option(help="the grid's code, as on its poster")],
    leaf: Annotated[str, typer.Option(help="what it is about, such as dispute:property")],
    danger: Annotated[list[str] | None, typer.Option(help="a danger signal; may be given again")] = None,
    at: Annotated[str | None, typer.Option(help="when, such as 2026-11-26T22:30; now without it")] = None,
) -> None:
    """Which unit would receive a matter, why that one and none of the others; writes nothing."""
    from bot.commands.route import run

    run(grid, leaf, danger=danger or [], at=at)


@app.command()
def doctor() -> None:
    """Check everything this machine needs and say what is missing."""
    from bot.commands.doctor import run

    sys.exit(run())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Everything that is checked before a change lands; `test unit` is the fast part."""
    from bot.commands.test import run

    sys.exit(run(context.args))


city = typer.Typer(no_args_is_help=True, help="A city's units, grids, people and routing rules.")
app.add_typer(city, name="city")


@city.command("load")
def city_load(folder: Annotated[Path, typer.Argument(parser=existing_place)]) -> None:
    """Load a city from its YAML folder."""
    from bot.commands.city import load

    load(folder)


@city.command("check")
def city_check(folder: Annotated[Path, typer.Argument(parser=existing_place)]) -> None:
    """Check a city's YAML folder and list every fault."""
    from bot.commands.city import check

    check(folder)


staff = typer.Typer(no_args_is_help=True, help="Accounts, roles and one-time invitations.")
app.add_typer(staff, name="staff")


@staff.command("add")
def staff_add(name: str, role: str, unit: str) -> None:
    """Add a member of staff or a volunteer, and print a one-time invitation."""
    from bot.commands.staff import add

    add(name, role, unit)


@staff.command("invite")
def staff_invite(code: str) -> None:
    """A new one-time invitation for a member of staff."""
    from bot.commands.staff import invite

    invite(code)


@staff.command("list")
def staff_list() -> None:
    """All members of staff with their codes, roles and units."""
    from bot.commands.staff import show

    show()


@app.command()
def rounds(
    now: Annotated[str | None, typer.Option("--now", help="as of this time (ISO 8601)")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what is due")] = False,
) -> None:
    """One round of everything that is due: reminders, letters, escalations, follow-ups."""
    from bot.commands.rounds import run

    run(now, dry_run=dry_run)


@app.command()
def dossier(
    code: Annotated[str, typer.Argument(help="the case's code")],
    out: Annotated[Path, typer.Option("--out", parser=new_file, help="the ZIP file to write; a new one")],
) -> None:
    """A case's whole dossier (卷宗) as one ZIP file that proves itself."""
    from bot.commands.dossier import run

    run(code, out)


ledger = typer.Typer(help="The monthly ledger (台账), and the proof of every timeline.")
app.add_typer(ledger, name="ledger")


@ledger.callback(invoke_without_command=True)
def ledger_write(
    context: typer.Context,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", parser=new_file, help="the XLSX file to write; a new one")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="only this unit's area, by code")] = None,
) -> None:
    """Write the ledger of a month as a workbook; `verify` proves every timeline."""
    if context.invoked_subcommand is None:
        from bot.commands.ledger import write

        write(month, out, unit)


@ledger.command("verify")
def ledger_verify() -> None:
    """Prove that no timeline was changed behind our back."""
    from bot.commands.ledger import verify

    verify()


def main() -> None:
    """Runs a command; what went wrong is one plain sentence on standard error."""
    run_to_its_end(lambda: app(prog_name="./onedoor"))


if __name__ == "__main__":
    main()
