"""The page for whoever asks how people are protected: what was held back, what was tried against the figures, and what they must not be used for."""

from __future__ import annotations

import pandas as pd

from analysis.report.blocks import Chapter, Column, Exhibit, Fact, Facts, Note, Part, Terms
from analysis.report.context import Context
from analysis.report.disclosure.rules import MINIMUM_AGENTS, NEAR_SHARE, OTHERS_SHARE, TOP_SHARE
from analysis.report.exhibits import rows as rows_exhibit

# parts of a population that figures are shown of, in the order of the table; the last are cells of weekday and half hour
CUTS = ("group", "site", "tenure", "weekday", "half_hour", "slot")
TERMS = ("purpose", "rests", "rules", "merged", "releases", "limits", "monitoring", "stored", "voice")
# what was put together is listed here up to so many letters; the workbook lists all
MOST_LETTERS = 200
# tables of what people answered or said, told as one
SAID = ("answers", "listening", "expectations", "to_hear", "responses")
DPIA = "C2"


def chapter(c: Context) -> Chapter:
    """Return the page on the people whose work was measured."""
    parts: list[Part] = [_facts(c), *_held_back(c), _statement(c)]
    return Chapter(c.words("people.topic"), c.words("people.question"), _answer(c), parts, own_page=True)


def _smallest(c: Context) -> int:
    return c.baseline.settings.minimum_group_agents


def _answer(c: Context) -> str:
    """Return what was tried against the figures, and what came of it."""
    said = c.words("people.answer", smallest=c.n.count(_smallest(c)))
    audit = c.audit
    if audit is None:
        return said
    if not audit.cells:
        return f"{said} {c.words('people.nothing_of_parts')}"
    secret = audit.protected - audit.implied
    if not secret:
        return f"{said} {c.words('people.nothing_protected', cells=c.n.count(audit.cells))}"
    near = c.n.points(NEAR_SHARE)
    return f"{said} {c.words('people.attacked', cells=c.n.count(audit.cells), secret=c.n.count(secret), near=near)}"


def _facts(c: Context) -> Facts:
    """Return the smallest group with its reason, the attack and the date of deletion as figures."""
    words, n, smallest = c.words, c.n, _smallest(c)
    reason = words("people.fact.reason", reason=c.run.small_group_reason) if smallest < MINIMUM_AGENTS else ""
    items = [Fact(n.count(smallest), f"{words('people.fact.smallest')} {reason}".strip())]
    if c.audit is not None and c.audit.cells:
        items += [
            Fact(n.count(c.audit.cells), words("people.fact.cells")),
            Fact(
                n.count(c.audit.recovered),
                words.some("people.fact.recovered", c.audit.protected - c.audit.implied, near=n.points(NEAR_SHARE)),
                "accent",
            ),
        ]
    if c.run.retention_days:
        items.append(Fact(n.count(c.run.retention_days), words("people.fact.retention")))
    return Facts(items)


def cuts(c: Context) -> pd.DataFrame:
    """Return how many parts of each population are shown, put together and left out, by how it is cut.

    Returns
    -------
    pandas.DataFrame
        population, by (one of :data:`CUTS`), shown, put_together (of those shown), left_out (for want of people).
    """
    groups, levels, slots = c.baseline.groups, c.baseline.breakdowns, c.baseline.idle_by_slot
    frames = []
    if len(groups):
        frames.append(groups.rename(columns={"group": "level"}).assign(by="group", shown=_known(groups)))
    if len(levels):
        frames.append(levels[levels["by"] != "group"].assign(shown=_known(levels)))
    if len(slots):
        of_few = slots["attended_agents"].isna()
        cells = slots["weekday"].astype(str) + " " + slots["span_start_s"].astype(str)
        frames.append(slots.assign(by="slot", level=cells, shown=~of_few, few=of_few))
    if not frames:
        return pd.DataFrame(columns=["population", "by", "shown", "put_together", "left_out"])
    frames = [frame.assign(few=frame["status"].eq("suppressed")) if "few" not in frame else frame for frame in frames]
    every = pd.concat([frame[["population", "by", "level", "shown", "few"]] for frame in frames])
    parts = every.groupby(["population", "by", "level"])[["shown", "few"]].any().reset_index()
    counted = parts.groupby(["population", "by"])[["shown", "few"]].sum().reset_index()
    merged = c.baseline.merges.groupby(["population", "by"]).size().rename("put_together").reset_index()
    spans = slots[slots["span_slots"] > 1] if len(slots) else slots
    if len(spans):
        spans = spans[spans["attended_agents"].notna()].drop_duplicates(["population", "weekday", "span_start_s"])
        of_slots = spans.groupby("population").size().rename("put_together").reset_index().assign(by="slot")
        merged = pd.concat([merged, of_slots])
    found = counted.rename(columns={"few": "left_out"}).merge(merged, how="left", on=["population", "by"])
    order = pd.Categorical(found["by"], categories=list(CUTS), ordered=True)
    return found.fillna({"put_together": 0}).assign(by=order).dropna(subset=["by"]).sort_values(["by", "population"])


def _known(frame: pd.DataFrame) -> pd.Series:
    return frame[["value", "low"]].notna().any(axis=1)


def _held_back(c: Context) -> list[Exhibit]:
    """Return what is shown, what was put together and what was left out, cut by cut."""
    words, n, found = c.words, c.n, cuts(c)
    if found.empty:
        return []
    names = c.populations()
    rows = []
    for by in CUTS:
        mine = found[found["by"] == by].set_index("population")
        if mine.empty:
            continue
        row = [words(f"people.cut.{by}")]
        for name in names:
            one = mine.loc[name] if name in mine.index else None
            row += (
                ["–"] * 3
                if one is None
                else [n.count(int(one[kind])) for kind in ("shown", "put_together", "left_out")]
            )
        rows.append(tuple(row))
    shown, merged, left = (int(found[kind].sum()) for kind in ("shown", "put_together", "left_out"))
    return [
        Exhibit(
            words("people.held.headline", shown=n.count(shown), merged=n.count(merged), left=n.count(left)),
            c.source(
                results=("baseline",),
                n=_agents(c),
                definition=words("people.held.definition", smallest=n.count(_smallest(c))),
            ).saying(_implied(c)),
            columns=(
                Column(words("people.held.column.cut"), width=2.6),
                *(
                    Column(words(f"people.held.column.{kind}", population=words(f"population.{name}")), "right", 1.5)
                    for name in names
                    for kind in ("shown", "together", "left")
                ),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _agents(c: Context) -> str:
    """Return how many people stand behind the figures, population by population."""
    rows = c.baseline.attendance[["population", "agents"]].itertuples()
    known = [(c.words(f"population.{row.population}"), int(row.agents)) for row in rows]
    return c.words.listed(
        [c.words("people.agents", population=name.lower(), n=c.n.count(count)) for name, count in known]
    )


def _implied(c: Context) -> str:
    """Return how many figures of few people one published figure of enough people bounds by itself."""
    if c.audit is None or not c.audit.implied:
        return ""
    return c.words.some("people.implied", c.audit.implied, smallest=c.n.count(_smallest(c)))


def _merged(c: Context) -> str:
    """Return what was put together before anything was measured, groups first, as many as the page holds."""
    words, n, frame = c.words, c.n, c.baseline.merges
    if frame.empty:
        return " ".join([words("people.merged.none"), *_withheld(c)])
    order = {by: place for place, by in enumerate(CUTS)}
    rows = frame.assign(place=frame["by"].map(order)).sort_values("place", kind="stable")
    listed: dict[str, list[str]] = {}
    letters = 0
    for row in rows.itertuples():
        one = words("people.merged.one", name=row.level, parts=row.parts, agents=n.count(int(row.agents)))
        letters += len(one)
        if listed and letters > MOST_LETTERS:
            break
        listed.setdefault(str(row.population), []).append(one)
    said = [
        words("people.merged.population", population=words(f"population.{name}"), merged="; ".join(each))
        for name, each in listed.items()
    ]
    left = len(frame) - sum(len(each) for each in listed.values())
    if left:
        said.append(words("people.merged.more", n=n.count(left)))
    return " ".join([". ".join(said) + ".", *_withheld(c)])


def _withheld(c: Context) -> list[str]:
    """Return what was left out because the attack succeeded with it."""
    if c.audit is None or not c.audit.withheld:
        return []
    left = [
        c.words(
            "people.withheld.one",
            by=c.words(f"people.cut.{by}").lower(),
            population=c.words(f"population.{name}").lower(),
        )
        for name, by in c.audit.withheld
    ]
    return [c.words("people.withheld.all", left=c.words.listed(left))]


def _statement(c: Context) -> Terms:
    """Return what holds for people, term by term."""
    words, n = c.words, c.n
    smallest = n.count(_smallest(c))
    said = {
        "rests": _rests(c),
        "rules": words("people.said.rules", smallest=smallest, top=n.share(TOP_SHARE), others=n.share(OTHERS_SHARE)),
        "merged": _merged(c),
        "releases": words("people.said.releases", smallest=smallest),
        "monitoring": words("people.said.monitoring", level=_level(c, DPIA)),
        "stored": _stored(c),
    }
    return Terms([Note(words(f"people.term.{name}"), said.get(name) or words(f"people.said.{name}")) for name in TERMS])


def _rests(c: Context) -> str:
    """Return period, sources and the fate of all rows in two sentences."""
    words, n, files = c.words, c.n, c.intake.files
    present = [table for table in files["table"].drop_duplicates() if f"table.{table}" in words]
    known = [words(f"table.{table}") for table in present if table not in SAID]
    known += [words("people.said.answered")] if len(known) < len(present) else []
    fates = rows_exhibit.fates(c.intake)
    counts = {name: int(fates[name].sum()) for name in ("physical", *rows_exhibit.FATES)}
    return words(
        "people.said.rests",
        period=c.period,
        tables=words.listed(known),
        rows=n.count(counts["physical"]),
        used=n.count(counts["used"]),
        rejected=n.count(counts["rejected"]),
        excluded=n.count(counts["excluded"]),
        rest=n.count(counts["duplicate"] + counts["furniture"]),
    )


def _stored(c: Context) -> str:
    words, days = c.words, c.run.retention_days
    until = words("people.said.until", days=c.n.count(days)) if days else words("people.said.until_closed")
    return words("people.said.stored", until=until)


def _level(c: Context, criterion: str) -> str:
    frame = c.readiness.criteria
    level = frame.loc[frame["criterion"] == criterion, "level"]
    if level.empty or pd.isna(level.iloc[0]):
        return c.words("people.level.unknown")
    return c.words("people.level.known", level=int(level.iloc[0]))
