"""The kit's sheet for work sampling: rounds of looks at people, each with what the person was doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

PEOPLE = kit.spelled("People", "Number of people", "Persons", "Headcount")
REFERENCE = kit.spelled("Reference look", "Reference", "Second look", "Second observer")
# More people than one observer sees at one glance.
MOST_PEOPLE = 200.0
HOUR_US = 3_600_000_000
# A round is over when nobody was looked at for this long; the same label later is another round.
ROUND_BREAK_US = 4 * HOUR_US
# Rounds of one label that last longer are no round any more.
LONGEST_ROUND_US = HOUR_US
# So many rounds show whether their times are random; this share of them at one time of the day (to 5 minutes) is no chance.
ENOUGH_ROUNDS, REGULAR_SHARE = 12, 0.3


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Read how many people a row stands for, where the sheet counts people instead of naming them; a column per state counts each."""
    if "reference" in columns:
        said = columns["reference"]
        # a look that does not say what it is, is none of a reference observer
        columns["reference"] = Column("flag", said.array & said.given, np.ones(len(batch.rows), dtype=bool))
    if "state" not in columns:
        _tally(batch, columns)
        return
    name = next((name for name in PEOPLE if name in batch.cells.columns), None)
    blank = ~columns["state"].given & ~(columns["agent"].given if "agent" in columns else False)
    batch.fates.give(blank & ((batch.cells[name] == "").to_numpy() if name else True), "excluded", "not_filled_in")
    if name is None:
        return
    count = _people(batch, name, empty=1.0)
    if "agent" in columns:
        batch.reject(columns["agent"].given & (count != 1), "several_people_under_one_name")
    batch.fates.give(count == 0, "excluded", "nobody_seen")
    columns[kit.WIDE + "people"] = Column("number", count, np.ones(len(count), dtype=bool))


def _people(batch: Batch, name: str, *, empty: float) -> NDArray[np.float64]:
    """Return the numbers of people in one column; what no observer can have counted rejects its row."""
    found = kit.wide_numbers(batch, name, "number of people")
    count = np.where(found.given, np.nan_to_num(found.values), empty)
    batch.reject((count < 0) | (count != np.rint(count)) | (count > MOST_PEOPLE), "bad_number_of_people")
    return count


def _tally(batch: Batch, columns: dict[str, Column]) -> None:
    """Read a column per state, each with the number of people seen in it."""
    names, _ = kit.wide_names(batch, KNOWN)
    if not names:
        raise batch.ask(
            f"{batch.files[0].file}: no column tells what people did. Add a column State, or one per state with numbers of people."
        )
    counts = {name: _people(batch, name, empty=0.0).astype(np.int64) for name in names}
    total = np.sum(list(counts.values()), axis=0)
    empty = np.all([(batch.cells[name] == "").to_numpy() for name in names], axis=0)
    batch.fates.give(empty, "excluded", "not_filled_in")
    if "agent" in columns:
        batch.reject(columns["agent"].given & (total > 1), "several_people_under_one_name")
    batch.fates.give(total == 0, "excluded", "nobody_seen")
    batch.wide.update({name: Column("us", count, count > 0) for name, count in counts.items()})


def spread(_: Batch, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one look per person."""
    name = "us" if "us" in frame else kit.WIDE + "people"
    if name not in frame:
        return frame
    return frame.iloc[np.repeat(np.arange(len(frame)), frame[name].astype(int))].drop(columns=name)


def counted_twice(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show rows of a tally that count one team twice in one round."""
    if not batch.wide:
        return None
    rows = np.flatnonzero(batch.fates.open)
    names = [name for name in ("round", "team", "agent", "observer") if name in columns]
    keys = pd.DataFrame({name: columns[name].text.iloc[rows].to_numpy() for name in names})
    keys["at"] = columns["observed_at"].array[rows]
    keys["reference"] = _reference(batch, columns)[rows]
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[keys.duplicated(keep=False).to_numpy()]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} that count the same team at the same moment of a round (first: {batch.place(hits)}); all of them count. "
        "Ask whether one sheet was typed in twice. A second observer has a code of his own, and Reference look = yes where he checks the first."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def repeated_labels(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Part rounds that bear the same label on several days: numbers that start again every morning are not one round."""
    rows, group, fresh = _runs(batch, columns)
    if not len(rows):
        return None
    label = columns["round"].text.copy()
    run = np.cumsum(fresh)
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0))
    runs = pd.Series(run).groupby(group).transform("nunique").to_numpy()
    hit = runs > 1
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[hit]] = True
    if hit.any():
        begin = pd.to_datetime(columns["observed_at"].array[rows[first[hit]]], unit="us").strftime(
            " of %Y-%m-%d %H:%M UTC"
        )
        label.iloc[rows[hit]] = label.iloc[rows[hit]].to_numpy() + np.asarray(begin, dtype=object)
        columns["round"] = Column("text", label, columns["round"].given)
    words = (
        f"{number_of(int(hits.sum()), 'look')} of rounds whose label comes back hours or days later (first: {batch.place(hits)}); each was taken "
        "as a round of its own. Number rounds through, so that none is joined or parted by mistake."
    )
    return TrapResult(hits, words=words if hit.any() else "")


def _runs(batch: Batch, columns: dict[str, Column]) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the rows in order of label and time, the label of each as a number, and where a round begins."""
    at = columns["observed_at"]
    rows = np.flatnonzero(batch.fates.open & columns["round"].given & at.given)
    label = pd.factorize(columns["round"].text.iloc[rows])[0]
    order = np.lexsort((rows, at.array[rows], label))
    rows, label = rows[order], label[order]
    step = np.diff(at.array[rows], prepend=0)
    fresh = np.append(True, label[1:] != label[:-1])[: len(rows)] | (step > ROUND_BREAK_US)
    return rows, label, fresh


def long_rounds(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show looks of rounds that last longer than a tour does."""
    rows, _, fresh = _runs(batch, columns)
    at = pd.Series(columns["observed_at"].array[rows]).groupby(np.cumsum(fresh))
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[(at.transform("max") - at.transform("min")).to_numpy(dtype=np.int64) > LONGEST_ROUND_US]] = True
    words = (
        f"{number_of(int(hits.sum()), 'look')} of rounds that last longer than an hour (first: {batch.place(hits)}). Looks of one round count "
        "as taken together: give each tour a label of its own."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def regular_rounds(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show rounds at always the same time of the day: what happens then counts for the whole day."""
    rows, _, fresh = _runs(batch, columns)
    begin = columns["observed_at"].array[rows[fresh]]
    if len(begin) < ENOUGH_ROUNDS:
        return None
    slot = begin // (300 * kit.SECOND_US) % 288
    counts = np.bincount(slot, minlength=288)
    often = counts >= REGULAR_SHARE * len(begin)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[often[np.repeat(slot, np.diff(np.append(np.flatnonzero(fresh), len(rows))))]]] = True
    words = (
        f"{number_of(int(counts[often].sum()), 'round')} of {len(begin)} begin at the same time of the day (first: {batch.place(hits)}). "
        "Draw the times of rounds at random: breaks, post and hand-overs come at fixed times too."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def seen_twice(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show persons who were looked at more than once in one round."""
    if "agent" not in columns:
        return None
    rows, _, fresh = _runs(batch, columns)
    named = columns["agent"].given[rows]
    pair = pd.DataFrame({"round": np.cumsum(fresh)[named], "agent": columns["agent"].text.iloc[rows[named]].to_numpy()})
    pair["reference"] = _reference(batch, columns)[rows[named]]
    if "observer" in columns:
        pair["observer"] = columns["observer"].text.iloc[rows[named]].to_numpy()
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[named][pair.duplicated(keep=False).to_numpy()]] = True
    words = (
        f"{number_of(int(hits.sum()), 'look')} at persons whom one observer saw several times in one round (first: {batch.place(hits)}). "
        "They weigh more than others; ask the observer which look counts."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def odd_references(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show reference looks that check nothing: by the observer himself, or with no look of another one at the same person or team beside them."""
    reference = _reference(batch, columns)
    if not (reference & batch.fates.open).any() or not (~reference & batch.fates.open).any():
        return None  # the looks that they check may stand in another source
    rows, _, fresh = _runs(batch, columns)
    who = pd.Series("", index=range(len(rows)))
    for name in ("team", "agent"):
        if name in columns:
            given = columns[name].given[rows]
            who = who.where(~given, f"{name}:" + columns[name].text.iloc[rows].astype("str").reset_index(drop=True))
    looks = pd.DataFrame({"round": np.cumsum(fresh), "who": who, "reference": reference[rows], "row": rows})
    looks["observer"] = columns["observer"].text.iloc[rows].to_numpy() if "observer" in columns else ""
    checks, firsts = looks[looks["reference"]], looks[~looks["reference"]]
    others = checks.merge(firsts, on=["round", "who"], suffixes=("", "_first"))
    checked = others.loc[others["observer"] != others["observer_first"], "row"]
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[checks.loc[~checks["row"].isin(checked), "row"].to_numpy()] = True
    words = (
        f"{number_of(int(hits.sum()), 'reference look')} without a look of another observer at the same person or team in the round "
        f"(first: {batch.place(hits)}). They check nothing: ask who took them, and whether observers have codes of their own."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def _reference(batch: Batch, columns: dict[str, Column]) -> NDArray[np.bool_]:
    """Return which rows are looks of a reference observer."""
    if "reference" not in columns:
        return np.zeros(len(batch.rows), dtype=bool)
    return columns["reference"].array.astype(bool)


DEFAULTS: Mapping[str, tuple[str | tuple[str, str], ...]] = {
    "round": kit.spelled("Round", "Tour", "Round number"),
    "observed_at": (
        *kit.spelled_pairs(["Date", "Day"], ["Time", "Time seen"]),
        *kit.spelled("Observed at", "Seen at", "Date and time"),
    ),
    "observer": kit.spelled("Observer", "Observed by"),
    "agent": kit.AGENT,
    "team": kit.TEAM,
    "state": kit.spelled("State", "Activity", "Doing", "Seen doing"),
    "reference": REFERENCE,
}
KNOWN = kit.known_names(PEOPLE, *DEFAULTS.values())

FORMAT = Format(
    title="the kit's sheet: work sampling",
    table="observations",
    defaults=DEFAULTS,
    signature=(
        ("Round", "Date", "Time", "Observer", "State"),
        ("Round", "Observed At", "Observer", "State"),
        ("Round", "Date", "Time", "Observer", "Team"),
    ),
    open=kit.open_whole,
    fills=("state",),
    also=PEOPLE,
    finish=finish,
    spread=spread,
    traps=(
        Trap("repeated_round_labels", "Does a label name one round only?", repeated_labels, severity="fixed"),
        Trap("long_rounds", "Is every round over within an hour?", long_rounds),
        Trap("regular_rounds", "Are rounds spread over the day at random?", regular_rounds),
        Trap("counted_twice", "Did every observer count every team once in a round?", counted_twice),
        Trap("seen_twice", "Did every observer look at everybody once in a round?", seen_twice),
        Trap("odd_references", "Does every reference look check one of another observer?", odd_references),
    ),
)
