"""The words of the command line."""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from analysis import __version__

_RUN = """\
Runs all stages that something changed for, and builds the report.
Finished stages are kept: after a stop, the same command goes on where it ended."""

_CHECK = """\
Looks at the client's files and computes nothing.
Files in data/ that no [[source]] names are recognised where a known export fits, else a
mapping is proposed. On a terminal it asks what it cannot know; elsewhere --answer tells it."""


_TOURS = """\
Plans a work-sampling study and writes its papers into sheets/: a list of tours to print, and forms to fill in.
Times are drawn at random, so that breaks and the clock are met no more often than by chance.
Copy the forms to data/ once they are filled in; engage check reads them as they stand."""


_REPORT = """\
Builds the report again from the finished stages alone.
--only builds one deliverable and leaves the others: pdf, summary (for staff), communication,
tables, results, figures. Where results, settings or the kit changed since the last report, all
of it is built again, so that its parts fit each other. --only pdf takes a second or two: it
sets the pages again after a change of the firm's lines or logo.
--only listening builds two pages on what people said, from the first day on: it needs the
client's name and answers/listening.xlsx, no data and no run.
A report is refused where, beside an earlier one, it would tell what a few people did. If
nobody was given the earlier one: --withdraw RUN --reason "a draft, shown to nobody"."""

_ANSWERS = """\
Writes answers/readiness.xlsx again: with more raters of each role, with a row for each item type,
or after a questionnaire that was edited. A file in which something was written is kept unless
--overwrite is given. Its first sheet says how to fill it in."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of ``engage``.

    Examples
    --------
    >>> build_parser().parse_args(["run", "acme", "--until", "baseline"]).until
    'baseline'
    """
    parser = argparse.ArgumentParser(
        prog="engage",
        description="Measures non-work, estimates achievable utilization, assesses blending readiness, and writes the report.",
        epilog="exit status: 0 done, 1 failed, 2 bad usage or engagement file, 3 data refused or a question to answer, 4 disclosure audit failed",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"engage {__version__}")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    new = _verb(verbs, "new", "make an engagement: file, folders, data request, interview guide")
    new.add_argument("name", help="short name: a-z, 0-9, - and _")
    new.add_argument("--client", default="", help="name of the client as the report prints it")
    new.add_argument(
        "--vendor",
        dest="vendors",
        metavar="NAME",
        action="append",
        default=[],
        help="a system that the client uses, such as genesys; repeat for more. The data request then says which reports to send, and how",
    )
    check = _verb(
        verbs, "check", "look at the client's files: what each is and is good for, rows by fate, open questions", _CHECK
    )
    check.add_argument("name")
    _check_flags(check)
    tours = _verb(verbs, "tours", "plan observation: tours to print, forms to fill in", _TOURS)
    tours.add_argument("name")
    _tour_flags(tours)
    answers = _verb(verbs, "answers", "workbook of ratings: more raters, item types, an edited questionnaire", _ANSWERS)
    answers.add_argument("name")
    _answer_flags(answers)
    run = _verb(verbs, "run", "run all stages and build the report", _RUN)
    run.add_argument("name")
    _run_flags(run)
    lab = _verb(verbs, "lab", "open JupyterLab on copies of the notebooks")
    lab.add_argument("name")
    lab.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    lab.add_argument(
        "--jupyter",
        metavar="WORD",
        action="append",
        default=[],
        help="a further word for JupyterLab itself, such as --jupyter=--debug; repeat for more",
    )
    demo = _verb(verbs, "demo", "make the sample client, run the chain, print the path of the PDF")
    demo.set_defaults(name="sample")
    _run_flags(demo)
    _later_verbs(verbs)
    return parser


def _later_verbs(verbs: argparse._SubParsersAction) -> None:
    """Add the commands for what was run, and for the end."""
    verify = _verb(verbs, "verify", "tell whether any byte changed since the last run")
    verify.add_argument("name")
    explain = _verb(verbs, "explain", "tell why a stage would run again, or where a figure comes from")
    explain.add_argument("name")
    explain.add_argument("figure", nargs="?", help="id of a figure, such as baseline.idle_share")
    explain.add_argument("scope", nargs="*", help="part of its scope, such as population=contact_centre")
    report = _verb(verbs, "report", "build the report again from the finished stages alone", _REPORT)
    report.add_argument("name")
    report.add_argument(
        "--only",
        metavar="PART",
        help="build this alone: pdf, summary, communication, tables, results, figures, or listening (needs no data)",
    )
    report.add_argument(
        "--withdraw",
        dest="withdrawn",
        metavar="RUN",
        action="append",
        default=[],
        help="forget the release of this run, which nobody was given; repeat for more. The run id stands at the foot of every page",
    )
    report.add_argument(
        "--reason", default="", metavar="TEXT", help="why it may be forgotten; kept in private/releases/"
    )
    _verb(verbs, "doctor", "look at the installation, the workspace and Jupyter's settings")
    close = _verb(verbs, "close", "delete the client's data, the answers and the pseudonym key, after asking")
    close.add_argument("name")
    close.add_argument("--yes", action="store_true", help="do not ask")


def _verb(verbs: argparse._SubParsersAction, name: str, text: str, more: str = "") -> argparse.ArgumentParser:
    """Add a command with the flags that all share."""
    verb = verbs.add_parser(
        name,
        help=text,
        description=more or text[0].upper() + text[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    verb.add_argument("--workspace", metavar="FOLDER", help="folder that holds engagements/ and reports/")
    verb.add_argument("--json", action="store_true", help="print the outcome as JSON")
    verb.add_argument("--debug", action="store_true", help="print the full trace of an error; it may show client data")
    return verb


def _check_flags(verb: argparse.ArgumentParser) -> None:
    """Add the flags of a check."""
    verb.add_argument(
        "--accept",
        action="store_true",
        help="add the block of every file that is recognised or fully answered, without asking",
    )
    verb.add_argument(
        "--map", metavar="FILE", help="propose columns for this one file of data/, or begin again with it"
    )
    verb.add_argument(
        "--answer",
        dest="answers",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="answer a question, such as time_zone=Europe/Amsterdam; repeat for more",
    )


def _answer_flags(verb: argparse.ArgumentParser) -> None:
    """Add the flags of the workbook of ratings."""
    verb.add_argument("--raters", type=int, default=2, metavar="N", help="people of each role to prepare rows for (2)")
    verb.add_argument(
        "--types",
        nargs="+",
        default=[],
        metavar="TYPE",
        help='item types to prepare rows for, such as "Address change" "Claim"; by default those of the list of item types, if it was sent',
    )
    verb.add_argument(
        "--questionnaire",
        action="store_true",
        help="copy the questionnaire into the engagement's folder for editing, and do nothing else",
    )
    verb.add_argument("--overwrite", action="store_true", help="throw away what is written in the file that is there")


def _tour_flags(verb: argparse.ArgumentParser) -> None:
    """Add the flags of a plan of tours; what is not given takes the plan's own default."""

    def add(name: str, text: str, **more: Any) -> None:
        verb.add_argument(name, default=argparse.SUPPRESS, help=text, **more)

    add("--from", "first day, such as 2026-03-02; by default tomorrow", dest="start", metavar="DATE", type=_date)
    add("--days", "working days (20)", type=int, metavar="N")
    add("--rounds-per-day", "tours a day (8)", type=int, metavar="N")
    add("--share", "expected share of non-work (0.3)", type=float, metavar="X")
    add("--half-width", "wanted half-width of the interval, as a share (0.03)", type=float, metavar="X")
    add("--icc", "correlation of looks of one round (0.05, an assumption)", type=float, metavar="X")
    add("--day-icc", "correlation of looks of one day (0.01, an assumption)", type=float, metavar="X")
    add("--learn", "take share and correlations from the looks that are in data/ already", action="store_true")
    add("--between", "sampled time on the client's clock (09:00-17:00)", metavar="HH:MM-HH:MM")
    add(
        "--leave-out",
        "time in which nobody is looked at, on purpose; repeat for more",
        metavar="HH:MM-HH:MM",
        action="append",
    )
    add("--apart", "least minutes between two tours (15)", dest="apart_min", metavar="MINUTES", type=float)
    add("--method", "how times are drawn (stratified)", choices=("stratified", "random"))
    add("--seed", "seed of all that is drawn (1)", type=int, metavar="N")
    add("--population", "people of the roster to look at", choices=("contact_centre", "back_office"))
    add("--team", "a team to look at; repeat for more", dest="teams", metavar="NAME", action="append")
    add("--people", "people whom one tour sees; by default all on the roster", type=int, metavar="N")
    add("--weekends", "Saturdays and Sundays count as working days", action="store_true")
    add("--form", "a row a team and round, or a row a look (counts)", choices=("counts", "looks"))
    add("--overwrite", "replace the papers of an earlier plan", action="store_true")


def _date(text: str) -> dt.date:
    """Return a date as it is written on the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it like 2026-03-02") from None


def _run_flags(verb: argparse.ArgumentParser) -> None:
    """Add the flags of a run."""
    verb.add_argument(
        "--set",
        dest="overrides",
        metavar="SECTION.NAME=VALUE",
        action="append",
        default=[],
        help="use this value instead of the engagement file's; recorded and printed in the report",
    )
    verb.add_argument(
        "--from", dest="start", metavar="STAGE", help="run this stage and all after it even if nothing changed"
    )
    verb.add_argument("--until", metavar="STAGE", help="stop after this stage")
    verb.add_argument("--force", action="store_true", help="run every stage even if nothing changed")
    verb.add_argument("--isolated", action="store_true", help="a fresh Python process for every notebook")
