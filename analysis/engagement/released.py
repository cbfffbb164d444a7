"""Published figures as keyed digests, and what two sets of them tell apart: what the register of releases keeps and compares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.report.disclosure.published import Cell, Published

# figures over the whole period can be subtracted from each other whatever they are called; those of a part of the week only from the same part
WHOLE_PERIOD = ("all", "group", "site", "tenure")


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, as the register knows it: keyed digests alone.

    Attributes
    ----------
    family
        Figures that can be held against each other: same table, population, measure, unit and part of the week.
    cell
        Which figure of its family it is.
    value
        What was published.
    people
        (person, this person's measured time behind the figure) for everybody who stands behind it.
    """

    family: int
    cell: int
    value: int
    people: frozenset[tuple[int, int]]


def figures_of(published: Published, members: pd.DataFrame, key: bytes) -> Iterator[Figure]:
    """Yield every published figure as keyed digests.

    Parameters
    ----------
    published
        Figures about parts of a population, with the people behind them.
    members
        The measured hours of every person behind every figure, as the baseline saves them.
    key
        The engagement's pseudonym key.

    Notes
    -----
    A person's time is what the person contributes to the figure: hours of the measure and of the base, to the second. Where the baseline states no
    hours for a figure, those of the person's whole period stand in.
    """
    digest = _Digest(key)
    hours = _Hours(members, digest)
    agents = [digest("agent", name) for name in published.agents]
    for cell in published.cells:
        if cell.value is None:
            continue
        times = hours.of(cell)
        people = frozenset((agents[place], times.get(published.agents[place], 0)) for place in cell.members.tolist())
        part = "" if cell.by in WHOLE_PERIOD else f"{cell.by} {cell.level}"
        yield Figure(
            family=digest("family", cell.table, cell.population, cell.measure, cell.kind, part),
            cell=digest("cell", cell.by, cell.level),
            value=digest("value", repr(float(cell.value))),
            people=people,
        )


def changed_people(earlier: Figure, now: Figure) -> int:
    """Return how many people left, joined, or have other measured time.

    Examples
    --------
    >>> before = Figure(1, 1, 31, frozenset({(1, 10), (2, 10), (3, 10)}))
    >>> changed_people(before, Figure(1, 1, 32, frozenset({(1, 10), (2, 20), (4, 10)})))
    3
    """
    return len({agent for agent, _ in earlier.people ^ now.people})


def told_apart(earlier: Sequence[Figure], now: Sequence[Figure], minimum: int) -> list[int]:
    """Return the places in `now` of the figures that, beside an earlier one, tell what 1 to `minimum` - 1 people did.

    Parameters
    ----------
    earlier, now
        Two sets of published figures.
    minimum
        Smallest group [agents].
    """
    families: dict[int, list[Figure]] = {}
    for one in earlier:
        families.setdefault(one.family, []).append(one)
    found = []
    for place, one in enumerate(now):
        near = (
            other
            for other in families.get(one.family, ())
            if other.value != one.value and abs(len(other.people) - len(one.people)) < minimum
        )
        if any(0 < changed_people(other, one) < minimum for other in near):
            found.append(place)
    return found


class _Digest:
    """Keyed digests of 63 bits: equal for equal words, and nothing else without the key."""

    def __init__(self, key: bytes) -> None:
        self._state = hashlib.blake2b(key=key, digest_size=8, person=b"releases")

    def __call__(self, *words: str) -> int:
        state = self._state.copy()
        state.update("\x1f".join(words).encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big") >> 1


class _Hours:
    """The measured time of the people behind each part of a population, as digests."""

    def __init__(self, members: pd.DataFrame, digest: _Digest) -> None:
        self._digest = digest
        self._columns = [str(name) for name in members.columns if str(name).endswith("_h")]
        seconds = {name: (members[name].fillna(0.0) * 3600).round().astype("int64") for name in self._columns}
        self._seconds = {name: values.tolist() for name, values in seconds.items()}
        self._agents = members["agent"].tolist()
        self._rows: dict[tuple[str, str, str], list[int]] = {}
        parts = zip(members["population"].tolist(), members["by"].tolist(), members["level"].tolist(), strict=True)
        for row, part in enumerate(parts):
            self._rows.setdefault(part, []).append(row)
        self._known: dict[tuple[str, str, str, str], dict[str, int]] = {}

    def of(self, cell: Cell) -> dict[str, int]:
        """Return pseudonym -> digest of the time that a figure is made of."""
        name = (cell.population, cell.by, cell.level, cell.measure)
        if name not in self._known:
            rows = self._rows.get(name[:3]) or self._rows.get((cell.population, "all", ""), [])
            own = f"{cell.measure}_h"
            columns = ["base_h", own] if own in self._columns else self._columns
            parts = [self._seconds[column] for column in dict.fromkeys(columns)]
            # the person and the part of the week are in it, so that equal times of two people do not look equal
            self._known[name] = {
                self._agents[row]: self._digest("time", self._agents[row], name[3], *(str(part[row]) for part in parts))
                for row in rows
            }
        return self._known[name]
