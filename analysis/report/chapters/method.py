"""Chapter 9: how it was done, with which settings, on which bytes, and what the words mean."""

from __future__ import annotations

from analysis.baseline.published import published_frame
from analysis.report.blocks import Cell, Chapter, Column, Listing, Note, Part, Subhead, Terms, Text
from analysis.report.chapters import ready
from analysis.report.context import Context
from analysis.report.numbers import mark

HASH_DIGITS = 16


def chapter(c: Context) -> Chapter:
    """Return the chapter on method, settings and traces."""
    words = c.words
    steps = [
        Note(words(f"method.{name}.title"), words(f"method.{name}.text")) for name in _names(words.section("method"))
    ]
    parts: list[Part] = [Terms(steps), Subhead(words("settings.title")), _settings(c)]
    if len(c.readiness.criteria):
        parts += [Subhead(words("criteria.title")), ready.criteria(c)]
    parts += [Subhead(words("published.title")), Text(words("published.grades")), _published(c)]
    if len(c.intake.states):
        parts += [Subhead(words("states.title")), _states(c)]
    parts += [Subhead(words("traces.title")), _traces(c), _versions(c), Subhead(words("glossary_title"))]
    parts.append(
        Terms([Note(term.replace("_", " "), text) for term, text in words.section("glossary").items()], double=True)
    )
    return Chapter(words("how.topic"), words("how.question"), words("how.answer"), parts)


def _names(section: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(key.split(".")[0] for key in section))


def _settings(c: Context) -> Listing:
    """Return every setting of every stage; those that stood in for the engagement file's are marked."""
    words, changed = c.words, {str(name): value for name, value in c.run.overrides}
    rows = []
    for stage in ("baseline", "utilization", "blending", "value", "readiness"):
        result = getattr(c, stage)
        if result is None:
            continue
        settings = result.settings
        for name, field in type(settings).model_fields.items():
            over, value = f"{stage}.{name}" in changed, getattr(settings, name)
            shown = (
                words("settings.none") if value is None else f"{value:g}" if isinstance(value, float) else str(value)
            )
            rows.append(
                (
                    f"{stage}.{name}",
                    Cell(shown, tone="accent" if over else "plain", strong=over),
                    Cell(
                        (field.description or "") + (f" ({words('settings.override')})" if over else ""), tone="muted"
                    ),
                )
            )
    columns = (
        Column(words("settings.name"), width=3),
        Column(words("settings.value"), width=1.4),
        Column(words("settings.meaning"), width=6),
    )
    return Listing(columns, rows)


def _states(c: Context) -> Listing:
    """Return the client's codes and the part of the ladder that each was read as."""
    words = c.words
    columns = (
        Column(words("states.source"), width=3),
        Column(words("states.raw"), width=3),
        Column(words("states.state"), width=2),
        Column(words("states.hours"), "right", 1.2),
    )
    rows = [
        (
            str(row.source),
            str(row.state_raw),
            words(f"state.{row.state}"),
            c.n.hours(row.hours) if row.hours == row.hours else "–",
        )
        for row in c.intake.states.itertuples()
    ]
    return Listing(columns, rows)


def _traces(c: Context) -> Listing:
    """Return the bytes behind the figures: every input with the start of its hash."""
    words = c.words
    columns = (
        Column(words("traces.input"), width=4),
        Column(words("traces.hash"), width=3),
        Column(words("traces.rows"), "right", 1.4),
    )
    rows_of = c.intake.files.groupby("file")["used"].sum()
    rows = [
        (name, Cell(digest[:HASH_DIGITS], tone="muted"), c.n.count(rows_of[name]) if name in rows_of else "–")
        for name, digest in sorted(c.run.inputs.items())
    ]
    return Listing(columns, rows)


def _versions(c: Context) -> Listing:
    words = c.words
    versions = sorted(c.run.versions.items())
    half = (len(versions) + 1) // 2
    pairs = [
        (*versions[place], *(versions[place + half] if place + half < len(versions) else ("", "")))
        for place in range(half)
    ]
    labels = (words("traces.package"), words("traces.version")) * 2
    return Listing([Column(label, width=2) for label in labels], [tuple(str(cell) for cell in pair) for pair in pairs])


def _published(c: Context) -> Listing:
    """Return what others published, each claim with its source, its people and its grade."""
    words = c.words
    rows = [
        [
            f"{row.claim[:1].upper()}{row.claim[1:]}{mark(row.grade)}",
            f"{row.source}, {row.year}; {row.population}",
            f"{row.conversion[:1].upper()}{row.conversion[1:]}. {row.caution[:1].upper()}{row.caution[1:]}.",
        ]
        for row in published_frame().itertuples()
    ]
    columns = (("claim", 4), ("who", 3.4), ("worth", 5))
    return Listing([Column(words(f"published.{name}"), width=width) for name, width in columns], rows)
