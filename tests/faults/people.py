"""Persons, rosters and days (F59-F65, F68)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from random import Random

import pandas as pd

from analysis.intake import pseudonym
from analysis.intake.persons.roster import population_by_date
from tests.faults.model import Case, Export, Fault
from tests.faults.truth import AGENTS, FIRST_DAY, SPELL_HEADER, header, roster, spell, spells

KEY = bytes(range(32))


def alias(person: str) -> str:
    return pseudonym(person, key=KEY)


def lost_zeros(rng: Random, *, answered: bool) -> Case:
    """One export keeps the zeros in front, the other lost them."""
    first, second = spells(rng, agents=("0071", "0082", "anna")), spells(rng, agents=("71", "82", "anna"))
    second.name = "later"
    for line in second.data:
        line.cells[1:3] = [stamp + dt.timedelta(days=7) for stamp in line.cells[1:3]]
        for row in line.truth:
            row |= {name: row[name] + dt.timedelta(days=7) for name in ("start", "end")}
    extra = {"people.csv": "identifier,person\n71,0071\n82,0082\n"}
    case = Case([first, second], refused=r"zeros in front.*identities", extra=extra)
    case.answer = {"identities": "data/people.csv"}
    for line in second.data:
        for row in line.truth:
            row["agent"] = {"71": "0071", "82": "0082"}.get(row["agent"], row["agent"])
    if answered:
        case.refused, case.source, case.findings = None, {"table": "spells", **case.answer}, {"identities": 20}
    return case


def zeros_of_two(rng: Random) -> Case:
    """Both forms in one export: two persons, shown."""
    return Case([spells(rng, agents=("007", "7", "anna"))], findings={"identifier_variants": 2})


def dress(rng: Random) -> Case:
    """Blanks at the ends, no-break blanks, decomposed letters: nobody sees the difference."""
    export = spells(rng, agents=("José", "J de Vries"))
    forms = {
        "José": ("José", " José ", unicodedata.normalize("NFD", "José"), "José\u00a0"),
        "J de Vries": ("J de Vries", "J  de Vries", "J\u00a0de Vries"),
    }
    for line in export.data:
        line.cells[0] = rng.choice(forms[line.cells[0]])
    return Case([export], silent=("identifier_variants",))


def capitals(rng: Random) -> Case:
    """One export writes log-ins in capitals, the other does not."""
    first, second = spells(rng, agents=("jjansen", "pdevries")), spells(rng, agents=("JJansen", "PDEVRIES"))
    second.name = "later"
    for line in second.data:
        line.cells[1:3] = [stamp + dt.timedelta(days=7) for stamp in line.cells[1:3]]
        for row in line.truth:
            row |= {name: row[name] + dt.timedelta(days=7) for name in ("start", "end")}
            row["agent"] = row["agent"].lower()
    # signed off under the one writing while at work under the other
    off = spell("JJansen", FIRST_DAY, FIRST_DAY + dt.timedelta(days=5), "OFF")
    off.truth[0]["agent"] = "jjansen"
    second.lines.append(off)
    return Case([first, second], findings={"identifier_case": 2})


def capitals_of_two(rng: Random) -> Case:
    """Identifiers that differ by capitals alone and work at the same time are two persons."""
    return Case([spells(rng, agents=("0Ab", "0aB"))], findings={"identifier_variants": 2}, silent=("identifier_case",))


def rehired(rng: Random) -> Case:
    """A person with two log-ins, told by the mapping file; a second one of the same name stays apart."""
    export = spells(rng, agents=("a1", "a2", "b1"))
    for line in export.data:
        for row in line.truth:
            row["agent"] = {"a2": "a1"}.get(row["agent"], row["agent"])
    for line in export.data:
        if line.cells[0] == "a2":
            line.cells[1:3] = [stamp + dt.timedelta(days=14) for stamp in line.cells[1:3]]
            for row in line.truth:
                row |= {name: row[name] + dt.timedelta(days=14) for name in ("start", "end")}
    source = {"table": "spells", "identities": "data/people.csv"}
    return Case([export], source, extra={"people.csv": "identifier,person\na2,a1\n"}, findings={"identities": 10})


def shared_log_in(rng: Random) -> Case:
    """Two persons under one log-in show as states at the same time."""
    export = spells(rng, days=1, agents=("desk 1",))
    again = spells(Random(rng.random()), days=1, agents=("desk 1",))
    export.lines += again.data
    return Case([export], findings={"overlapping_states": None})


def same_name(rng: Random) -> Case:
    export = spells(rng, days=1, agents=("11", "12"))
    people = roster([("11", "A. Jansen"), ("12", "A. Jansen")], ("agent", "name"))

    def apart(intake) -> None:
        assert intake.tables["spells"]["agent"].nunique() == 2
        assert len(intake.tables["roster"]) == 2

    return Case([export], others=[({"table": "roster"}, [people])], look=apart)


def not_on_roster(rng: Random) -> Case:
    export = spells(rng)
    people = roster([("007", "North"), ("anna", "North"), ("gone", "South")])

    def kept(intake) -> None:
        known = intake.tables["roster"].set_index("agent")["team"]
        assert known[alias("10861")] is None or pd.isna(known[alias("10861")])
        assert set(intake.tables["spells"]["agent"]) <= set(known.index)

    findings = {"not_on_roster": 2, "on_roster_only": 1}
    return Case([export], others=[({"table": "roster"}, [people])], findings=findings, look=kept)


def team_change(rng: Random) -> Case:
    export = spells(rng, days=4, agents=("007",))
    change = FIRST_DAY + dt.timedelta(days=2)
    names = ("agent", "team", "population", "valid_from", "valid_to")
    people = roster(
        [
            ("007", "North", "contact_centre", "", f"{change - dt.timedelta(days=1):%Y-%m-%d}"),
            ("007", "South", "back_office", f"{change:%Y-%m-%d}", ""),
        ],
        names,
    )
    before = sum(line.stated_us for line in export.data if line.cells[1] < change)
    whole = sum(line.stated_us for line in export.data)

    def split(intake) -> None:
        rows = intake.tables["spells"]
        held = (rows["end"] - rows["start"]) // pd.Timedelta(microseconds=1)
        found = population_by_date(rows["agent"], rows["start"], intake.tables["roster"], None)
        per = held.groupby(found).sum().to_dict()
        assert per == {"contact_centre": before, "back_office": whole - before}, per

    return Case([export], others=[({"table": "roster"}, [people])], look=split)


def double_entries(rng: Random) -> Case:
    people = roster([("007", "North"), ("007", "South"), ("anna", "North")])
    return Case([people], {"table": "roster"}, refused=r"roster: 1 row overlapping an earlier row of the same person")


def overlapping_entries(rng: Random) -> Case:
    names = ("agent", "team", "valid_from", "valid_to")
    people = roster([("007", "North", "2026-01-01", "2026-04-01"), ("007", "South", "2026-04-01", "")], names)
    return Case([people], {"table": "roster"}, refused=r"roster: 1 row overlapping an earlier row of the same person")


def missing_days(rng: Random) -> Case:
    """Five weeks of weekdays of which one day is not there, and one a holiday on which all the same people work."""
    lines = [header(SPELL_HEADER)]
    holiday, lost = dt.date(2026, 3, 13), dt.date(2026, 3, 10)
    on_holiday = 0
    for day in range(35):
        at = FIRST_DAY.replace(day=2) + dt.timedelta(days=day)
        if at.weekday() > 4 or at.date() == lost:
            continue
        for agent in (f"p{number}" for number in range(12)):
            start = at + dt.timedelta(hours=9, seconds=rng.randrange(600))
            on_holiday += at.date() == holiday
            lines.append(spell(agent, start, start + dt.timedelta(minutes=50), "IDLE"))
    findings = {"missing_days": None, "busy_holidays": on_holiday}
    period = {"start": "2026-03-02", "end": "2026-04-05"}
    return Case([Export(lines)], client={"holidays": (holiday,), "period": period}, findings=findings, reconciled=True)


def no_missing_days(rng: Random) -> Case:
    lines = [header(SPELL_HEADER)]
    for day in range(21):
        at = FIRST_DAY.replace(day=2, hour=9) + dt.timedelta(days=day)
        if at.weekday() < 5:
            lines += [spell(agent, at, at + dt.timedelta(minutes=50), "IDLE") for agent in AGENTS]
    period = {"start": "2026-03-02", "end": "2026-03-22"}
    return Case([Export(lines)], client={"period": period}, silent=("missing_days", "busy_holidays"), reconciled=True)


FAULTS = (
    Fault(
        "F59", "zeros in front lost in one export", "ASK", lambda rng: lost_zeros(rng, answered=False), variant="asked"
    ),
    Fault(
        "F59", "zeros in front lost in one export", "FIX", lambda rng: lost_zeros(rng, answered=True), variant="mapped"
    ),
    Fault("F59", "both forms in one export", "FLAG", zeros_of_two, variant="two persons"),
    Fault("F60", "blanks and Unicode forms", "FIX", dress, variant="dress"),
    Fault("F60", "capitals in one export", "FIX", capitals, variant="capitals"),
    Fault("F60", "capitals that part two persons", "FLAG", capitals_of_two, variant="two persons"),
    Fault("F61", "two log-ins of one person", "FIX", rehired, variant="mapped"),
    Fault("F61", "a log-in of two persons", "FLAG", shared_log_in, variant="shared"),
    Fault("F62", "two persons of one name", "KEPT", same_name),
    Fault("F63", "persons that the roster does not know", "FLAG", not_on_roster),
    Fault("F64", "a change of team", "FIX", team_change),
    Fault("F65", "a person twice on the roster", "REF", double_entries, variant="same day"),
    Fault("F65", "entries of a person that overlap", "REF", overlapping_entries, variant="overlapping"),
    Fault("F68", "missing days and holidays", "FLAG", missing_days, variant="missing"),
    Fault("F68", "no day missing", "KEPT", no_missing_days, variant="none missing"),
)
