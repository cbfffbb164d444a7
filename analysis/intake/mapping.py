"""From the client's columns to ours: which cell fills what, and what each cell must be."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.foundation.schema import REQUIRED, TABLES
from analysis.intake.adapters import format_of
from analysis.intake.adapters.format import Rest
from analysis.intake.batch import TEXT, Batch
from analysis.intake.opening.raw import Wanted, plain
from analysis.intake.settings import DURATION_TABLES, TOTALS_TABLE, ColumnSource, Source

# Columns that intake fills by itself.
OWN_COLUMNS: tuple[str, ...] = ("state_raw", "cause", "source", "source_row")
# Columns whose value names a person, queue or team; a word for totals there marks a row of totals.
NAME_COLUMNS: tuple[str, ...] = ("agent", "queue", "team", "item")


def with_habits(source: Source) -> Source:
    """Return a source in which the habits of its format stand where it states nothing: clock, order of dates, unit, missing values."""
    form = format_of(source.adapter)
    habits = {name: getattr(form, name) for name in ("time_zone", "date_order", "duration_unit")}
    stated = {name: value for name, value in habits.items() if value is not None and getattr(source, name) is None}
    stated |= {"serial_dates": True} if form.serial_dates else {}
    return source.model_copy(update={**stated, "missing": tuple(dict.fromkeys([*source.missing, *form.missing]))})


def candidates(source: Source) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return, for each of our columns without a stated origin, what fills it by default: a column of the client, or one of dates and one of times."""
    defaults = format_of(source.adapter).defaults
    wide = ("state", "us") if totals_wanted(source) else ()
    known = [*TABLES[source.target], *(["duration"] if source.target in DURATION_TABLES else [])]
    return {
        name: tuple(
            (plain(other),) if isinstance(other, str) else tuple(map(plain, other))
            for other in defaults.get(name, (name,))
        )
        for name in known
        if name not in source.columns and name not in OWN_COLUMNS and name not in wide
    }


def totals_wanted(source: Source) -> dict[str, tuple[str, ...]]:
    """Return, for sources with one column of time per state, each state code with the client's names of its column."""
    if source.totals:
        return {code: (plain(name),) for code, name in source.totals.items()}
    if source.target != TOTALS_TABLE or {"state", "us"} & source.columns.keys():
        return {}
    return {code: tuple(map(plain, names)) for code, names in format_of(source.adapter).totals.items()}


def rests_wanted(source: Source) -> Mapping[str, Rest]:
    """Return the rests of sums that a source can hold; none where it names its columns of time itself."""
    return format_of(source.adapter).rests if totals_wanted(source) and not source.totals else {}


def totals_found(source: Source, batch: Batch) -> dict[str, str]:
    """Return each state code with the client's column of its time, of those that the files have."""
    found = {}
    for code, names in totals_wanted(source).items():
        there = next((name for name in names if name in batch.cells.columns), None)
        if there is not None:
            found[code] = there
    return found


def wanted(source: Source) -> Wanted:
    """Return the names by which a header of this source is recognised, which are also the only columns that are read."""
    stated = [plain(name) for origin in source.columns.values() for name in origin.names]
    stated += [plain(name) for name in (*source.totals.values(), *source.fill_down)]
    stated += [plain(source.latest_by)] if source.latest_by else []
    optional = [name for ways in candidates(source).values() for names in ways for name in names]
    optional += [name for names in totals_wanted(source).values() for name in names]
    optional += [name for rest in rests_wanted(source).values() for name in rest.names]
    optional += map(plain, format_of(source.adapter).also)
    extra = [name for name in source.exclude if name not in TABLES[source.target]]
    return Wanted(tuple(dict.fromkeys([*stated, *map(plain, extra)])), tuple(dict.fromkeys(optional)))


def origins(source: Source, batch: Batch) -> dict[str, ColumnSource]:
    """Return the origin of each of our columns that the files of a source can fill.

    Raises
    ------
    DataProblem
        A column without which the table means nothing has no origin.
    """
    found = dict(source.columns)
    form, wide = format_of(source.adapter), totals_wanted(source)
    for ours, ways in candidates(source).items():
        there = next((names for names in ways if set(names) <= set(batch.cells.columns)), None)
        if there is not None:
            found[ours] = (
                ColumnSource(column=there[0]) if len(there) == 1 else ColumnSource(date=there[0], time=there[1:])
            )
    for ours, value in form.constants.items():
        found.setdefault(ours, ColumnSource(value=value))
    if source.target == TOTALS_TABLE and "length_s" not in found and form.length_s is not None:
        found["length_s"] = ColumnSource(value=str(form.length_s))
    start, end = DURATION_TABLES.get(source.target, ("", ""))
    absent = [
        name
        for name in REQUIRED[source.target]
        if name not in found
        and name not in form.fills
        and not (name == end and ({"duration", start} <= found.keys() or form.finish is not None))
        and not (wide and name in ("state", "us"))
    ]
    if absent:
        header = [name for name in batch.files[0].header if name][:15]
        raise batch.ask(
            f"{batch.files[0].file}: the table {source.target} needs {', '.join(absent)}, and no column of the file is "
            f'mapped to {"it" if len(absent) == 1 else "them"}. Add {absent[0]} = "..." to [source.columns]; the file has {", ".join(map(repr, header))}.'
        )
    return found


def text_of(batch: Batch, origin: ColumnSource) -> pd.Series:
    """Return the cells of one of our columns as text, empty where nothing is there."""
    cells, missing = batch.cells, batch.source.missing

    def cell(name: str) -> pd.Series:
        column = cells[plain(name)]
        return column.where(~column.isin(missing), "") if missing else column

    if origin.value is not None:
        text = pd.Series(origin.value, index=cells.index, dtype=TEXT)
    elif origin.columns is not None:
        text = cell(origin.columns[0])
        for name in origin.columns[1:]:
            text = text + " / " + cell(name)
    elif origin.date is not None:
        time = cell((origin.time or ("",))[0])
        for name in (origin.time or ())[1:]:
            time = time.where(time != "", cell(name))
        date = cell(origin.date).str.replace(r"[ T]00?:00(:00(\.0+)?)?$", "", regex=True)
        text = (date + " " + time).where((date != "") & (time != ""), "")
    else:
        text = cell(str(origin.column))
    for name, values in origin.where.items():
        text = text.where(cells[plain(name)].isin([value.strip() for value in values]), "")
    return text.astype(TEXT)


def exclude(batch: Batch, found: Mapping[str, ColumnSource]) -> None:
    """Leave out the rows that the source excludes, by reason.

    Raises
    ------
    DataProblem
        `exclude` names a column that is neither ours nor the client's.
    """
    for name, values in batch.source.exclude.items():
        if name in found:
            text = text_of(batch, found[name])
        elif plain(name) in batch.cells.columns:
            text = batch.cells[plain(name)]
        else:
            raise batch.ask(
                f"exclude.{name}: neither a column of {batch.source.target} nor of the file. Correct exclude."
            )
        count = batch.fates.give(text.isin([value.strip() for value in values]), "excluded", name)
        if not count:
            batch.note("exclude_without_effect", "flag", f"exclude.{name} left out no row; check its values.", 0)


def needed_names(source: Source, found: Mapping[str, ColumnSource]) -> list[str]:
    """Return the client's columns that fill our required ones."""
    required = [found[name] for name in REQUIRED[source.target] if name in found]
    return list(dict.fromkeys(plain(name) for origin in required for name in (*origin.names[:1],) if not origin.where))


def name_columns(found: Mapping[str, ColumnSource]) -> list[str]:
    """Return the client's columns that name a person, queue or team."""
    return [plain(str(found[name].column)) for name in NAME_COLUMNS if name in found and found[name].column]
