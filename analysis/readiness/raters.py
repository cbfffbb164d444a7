"""What the raters say: levels with the evidence behind them, spread, and who could not answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from analysis.foundation.schema import DataProblem, Finding
from analysis.measure import agreement
from analysis.readiness.frames import frame

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from analysis.measure.agreement import Coefficient
    from analysis.readiness.criteria import Criterion
    from analysis.readiness.settings import ReadinessSettings

#: Grade of a rating by what it rests on; a rating without a basis is taken as said.
GRADES: Mapping[str, str] = MappingProxyType(
    {"system": "A", "observed": "B", "document": "B", "said": "C", "assumed": "D"}
)
UNSTATED = "said"
LEVELS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Ratings:
    """The levels that raters gave to one criterion, or to one item type of it.

    Attributes
    ----------
    levels
        Levels that count (grade C or better), ascending.
    bases
        What each of them rests on, beside `levels`: system, observed, document or said.
    assumed
        Levels that were only assumed (grade D), ascending: shown, never counted.
    not_known
        Raters who were asked and could not give any level.
    raters, roles
        Different raters, and different roles, that gave a level that counts, over all item types.
    types
        The same by item type, where raters judged types apart.

    Examples
    --------
    >>> Ratings((1, 2, 2, 4)).median
    2
    """

    levels: tuple[int, ...] = ()
    not_known: int = 0
    bases: tuple[str, ...] = ()
    assumed: tuple[int, ...] = ()
    raters: int = 0
    roles: int = 0
    types: Mapping[str, Ratings] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not self.bases:
            object.__setattr__(self, "bases", (UNSTATED,) * len(self.levels))
        if len(self.bases) != len(self.levels):
            raise ValueError("every level needs what it rests on")
        object.__setattr__(self, "raters", max(self.raters, len(self.levels)))

    @property
    def median(self) -> int | None:
        """Return the lower median of the levels that count: on an even number the more cautious of the two middle ones."""
        return self.levels[(len(self.levels) - 1) // 2] if self.levels else None

    @property
    def grades(self) -> tuple[str, ...]:
        """Return the evidence grade of each level that counts."""
        return tuple(GRADES[basis] for basis in self.bases)

    @property
    def grade(self) -> str:
        """Return the grade that at least half of the levels have or better; D where all were assumed, empty without a level.

        Examples
        --------
        >>> Ratings((2, 2, 3), bases=("document", "said", "said")).grade, Ratings(assumed=(4,)).grade
        ('C', 'D')
        """
        ordered = sorted(self.grades, reverse=True)
        return ordered[(len(ordered) - 1) // 2] if ordered else "D" if self.assumed else ""

    def resting_on(self, bases: Collection[str]) -> Ratings:
        """Return these ratings without the levels that rest on anything else than `bases`, over all item types.

        `raters` and `roles` are then the fewest and the most that can be left.

        Examples
        --------
        >>> Ratings((1, 4), bases=("document", "said")).resting_on({"document"}).median
        1
        """
        kept = [(level, basis) for level, basis in zip(self.levels, self.bases, strict=True) if basis in bases]
        types = {name: part.resting_on(bases) for name, part in self.types.items()}
        raters = max([len(kept), *(len(part.levels) for part in types.values())])
        return Ratings(
            tuple(level for level, _ in kept),
            self.not_known,
            tuple(basis for _, basis in kept),
            self.assumed,
            raters=raters,
            roles=min(self.roles, raters),
            types=MappingProxyType(types),
        )

    def spread(self) -> str:
        """Return the spread in words, without decimals; never the level of a single rater.

        Examples
        --------
        >>> Ratings((1, 2, 2, 4), not_known=1).spread()
        '1 to 4, 4 raters, 1 could not say'
        >>> Ratings(assumed=(3,)).spread()
        'no level that counts, 1 only assumed'
        """
        parts = [_range(self.levels)] if self.levels else []
        if not self.levels and self.types:
            parts = [f"by item type, {_counted(self.raters)}"]
        if self.assumed:
            parts = [*(parts or ["no level that counts"]), f"{len(self.assumed)} only assumed"]
        if self.not_known:
            parts.append(f"{self.not_known} could not say")
        return ", ".join(parts) or "nobody was asked"


def _range(levels: tuple[int, ...]) -> str:
    low, high = levels[0], levels[-1]
    if len(levels) == 1:  # the level of one person is not spelled out as that person's
        return _counted(1)
    return f"{low} to {high}, {_counted(len(levels))}" if low != high else f"all {low}, {_counted(len(levels))}"


def _counted(raters: int) -> str:
    return "1 rater" if raters == 1 else f"{raters} raters"


def collect(answers: pd.DataFrame | None, known: Collection[str]) -> dict[str, Ratings]:
    """Gather the ratings by criterion.

    Parameters
    ----------
    answers
        Canonical table ``answers``: criterion, rater, role, rating (empty: not known), and, where given, basis and type.
    known
        Ids of the questionnaire's criteria.

    Returns
    -------
    dict of Ratings
        By criterion, in the order of `known`; the same whatever the raters are called and in whatever order the rows stand.

    Raises
    ------
    DataProblem
        A criterion that the questionnaire does not know, a rating outside 0 to 4 or between levels, an unknown basis, or one
        rater answering twice.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("T1", "a", "planner", 2, "document"), ("T1", "b", "IT lead", 3, "said"), ("T1", "c", "planner", None, "")]
    >>> found = collect(pd.DataFrame(rows, columns=["criterion", "rater", "role", "rating", "basis"]), ["T1"])["T1"]
    >>> found.median, found.spread(), found.roles
    (2, '2 to 3, 2 raters, 1 could not say', 2)
    """
    if answers is None or answers.empty:
        return {}
    rows = _checked(answers, known)
    columns = (rows[name].tolist() for name in ("criterion", "type", "rater", "role", "basis"))
    levels = [None if math.isnan(level) else int(level) for level in rows["rating"].astype("float64")]
    parts: dict[str, list[_Given]] = {}
    for criterion, *who, level in zip(*columns, levels, strict=True):
        parts.setdefault(criterion, []).append(_Given(*who, level))
    return {name: _ratings(parts[name]) for name in known if name in parts}


class _Given(NamedTuple):
    """One row of the answers."""

    type: str
    rater: str
    role: str
    basis: str
    level: int | None

    @property
    def counts(self) -> bool:
        return self.level is not None and GRADES[self.basis] != "D"


def _checked(answers: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    """Return the answers with every basis and type filled and a grade, after checking them."""
    import pandas as pd

    rows = answers.reset_index(drop=True)
    filled = {
        name: rows[name].astype("str").str.strip().fillna("") if name in rows else pd.Series("", index=rows.index)
        for name in ("basis", "type")
    }
    rows = rows.assign(**filled).assign(basis=filled["basis"].replace("", UNSTATED))
    who = rows[["criterion", "type", "rater"]].apply(lambda column: column.astype("str").str.strip())
    for wrong, words, advice in (
        (
            ~rows["criterion"].isin(list(known)),
            "rows name a criterion that the questionnaire does not hold",
            "Correct the column criterion, or add it to the questionnaire.",
        ),
        (
            rows["rating"].notna() & ~rows["rating"].isin([0, 1, 2, 3, 4]),
            "ratings are not one of 0, 1, 2, 3, 4",
            "Leave the rating empty where it is not known.",
        ),
        (
            ~rows["basis"].isin(list(GRADES)),
            f"rows rest on something else than {', '.join(GRADES)}",
            "Correct the column basis; leave it empty where the rater only said so.",
        ),
        (
            who.duplicated(),
            "rows repeat a rater's answer to a criterion and item type",
            "Keep one answer a rater, criterion and item type; two people need two names.",
        ),
    ):
        if wrong.any():
            raise DataProblem(
                f"answers: {int(wrong.sum())} {words} (first: row {int(wrong.to_numpy().argmax()) + 1}). {advice}"
            )
    return rows.assign(rater=who["rater"], grade=rows["basis"].map(dict(GRADES)))


def _ratings(rows: Sequence[_Given]) -> Ratings:
    """Return the ratings of one criterion, those of its item types beside them."""
    own = _own([row for row in rows if not row.type])
    kinds = sorted({row.type for row in rows if row.type})
    answered = {row.rater for row in rows if row.level is not None}
    return replace(
        own,
        not_known=len({row.rater for row in rows} - answered),
        raters=len({row.rater for row in rows if row.counts}),
        roles=len({row.role for row in rows if row.counts}),
        types=MappingProxyType({kind: _own([row for row in rows if row.type == kind]) for kind in kinds}),
    )


def _own(rows: Sequence[_Given]) -> Ratings:
    """Return the ratings of rows that all speak of the same thing."""
    counted = sorted((row.level, GRADES[row.basis], row.basis) for row in rows if row.level is not None and row.counts)
    return Ratings(
        tuple(level for level, _, _ in counted),
        sum(row.level is None for row in rows),
        tuple(basis for _, _, basis in counted),
        tuple(sorted(row.level for row in rows if row.level is not None and not row.counts)),
        roles=len({row.role for row in rows if row.counts}),
    )


def agreement_frame(
    answers: pd.DataFrame | None, criteria: Sequence[Criterion], settings: ReadinessSettings
) -> pd.DataFrame:
    """Measure how far raters agree over the criteria that two or more of them rated.

    Parameters
    ----------
    answers
        Canonical table ``answers``; ratings that were only assumed, and those of single item types, are left out.
    criteria
        The questionnaire.
    settings
        `agreement_floor` decides what the sentence says first.

    Returns
    -------
    DataFrame
        Frame ``agreement``: Krippendorff's alpha (own ordinal metric), Gwet's AC2 (ordinal weights), and the share of pairs no more than
        one level apart. Empty without answers; ``"insufficient"`` where no criterion has two ratings.

    Raises
    ------
    DataProblem
        As :func:`collect`.

    Notes
    -----
    Criteria are the units; the interval speaks of other such criteria judged by these raters. Alpha falls where all criteria are alike, AC2 does not:
    both are shown. Formulas in :mod:`analysis.measure.agreement`.
    """
    if answers is None or answers.empty:
        return frame("agreement")
    rows = _checked(answers, [criterion.id for criterion in criteria])
    rows = rows[(rows["type"] == "") & (rows["grade"] != "D") & rows["rating"].notna()]
    table = rows.pivot(index="criterion", columns="rater", values="rating")
    if (table.notna().sum(axis=1) >= 2).sum() == 0:
        reason = "no criterion was rated by two raters"
        sentence = f"How far raters agree cannot be said, because {reason}."
        rest = {"criteria": 0, "raters": table.shape[1], "status": "insufficient", "reason": reason}
        return frame("agreement", [{"measure": "krippendorff_alpha", "sentence": sentence, **rest}])
    more = {"categories": LEVELS, "n_unit": "criteria"}
    found = {
        "krippendorff_alpha": agreement.krippendorff_alpha(table, **more),
        "gwet_ac2": agreement.gwet_ac(table, "ordinal", **more),
        "percent": agreement.percent_agreement(table, within=1, **more),
    }
    return frame("agreement", [_row(measure, one, settings.agreement_floor) for measure, one in found.items()])


def rater_findings(
    ratings: Mapping[str, Ratings],
    agreed: pd.DataFrame,
    criteria: Sequence[Criterion],
    settings: ReadinessSettings,
    scored: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Return what a reader must know about the raters: criteria with one voice behind them, and raters who disagree.

    Parameters
    ----------
    ratings
        From :func:`collect`.
    agreed
        From :func:`agreement_frame`.
    criteria, settings
        The questionnaire, and `least_raters` and `agreement_floor`.
    scored
        Criteria whose level the data give: their raters do not decide.
    """
    few = [
        criterion.id
        for criterion in criteria
        if criterion.id in ratings
        and criterion.id not in scored
        and 0 < ratings[criterion.id].raters < settings.least_raters
    ]
    found = []
    if few:
        is_one = settings.least_raters == 2
        behind = "one rater" if is_one else f"fewer than {settings.least_raters} raters"
        count = "1 criterion rests" if len(few) == 1 else f"{len(few)} criteria rest"
        message = f"{count} on {behind} ({', '.join(few)}). Ask a second person, best of another role, before the verdict is shared."
        found.append(Finding("few_raters", "flag", "answers", message, rows=len(few)))
    alpha = agreed[(agreed["measure"] == "krippendorff_alpha") & (agreed["status"] == "ok")]
    if len(alpha) and alpha["value"].iloc[0] < settings.agreement_floor:
        message = f"{alpha['sentence'].iloc[0]} Talk the widest spreads through before the verdict is shared."
        found.append(Finding("raters_disagree", "flag", "answers", message))
    return tuple(found)


def _row(measure: str, found: Coefficient, floor: float) -> dict[str, object]:
    """Return a row of the frame of agreement."""
    one = found.estimate
    return {
        "measure": measure,
        "variant": found.variant,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "criteria": found.units,
        "raters": found.raters,
        "status": one.status,
        "reason": "; ".join(one.reasons),
        "sentence": _sentence(measure, found, floor),
    }


def _sentence(measure: str, found: Coefficient, floor: float) -> str:
    """Return what an agreement means, in words."""
    one = found.estimate
    if one.value is None:
        return f"{found.name} cannot be given: {'; '.join(one.reasons)}."
    spoken = one.low is not None and one.high is not None
    if measure == "percent":
        between = f" ({100 * one.low:.0f} to {100 * one.high:.0f} %)" if spoken else ""  # type: ignore[operator]
        return f"{100 * one.value:.0f} % of the pairs of ratings{between} are no more than one level apart."
    figure = f"{found.name} is {one.value:.2f}"
    figure += f" ({one.low:.2f} to {one.high:.2f})" if spoken else f"; {'; '.join(one.reasons)}"
    if measure != "krippendorff_alpha":
        return f"{figure}."
    if one.value < floor:
        return f"Raters disagree: {figure}, below {floor:g}. Read the spread of each criterion first; nothing is summed up."
    if one.low is not None and one.low < floor:
        return f"Raters agree enough to read their middle levels, but not surely: {figure}, and the limit is {floor:g}."
    return f"Raters agree: {figure}, not below {floor:g}."
