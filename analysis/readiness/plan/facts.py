"""What is known about a client, put into the words that the texts of the plan ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Estimate, Quantity
from analysis.readiness.plan.blanks import Said
from analysis.readiness.plan.entries import open_for
from analysis.readiness.plan.situation import BO, CC, VIEW, Given, Situation, absent, levels
from analysis.readiness.plan.spell import hours, listed, minutes, percent, ranged, whole
from analysis.readiness.plan.texts import PlanTexts

if TYPE_CHECKING:
    import pandas as pd

LEGAL = ("C1", "C2")
MOST_NAMED = 3


def known(given: Given, found: Situation, texts: PlanTexts) -> Said:
    """Return what is known about the client as a whole."""
    blanks = {
        "smallest": str(_smallest(given)),
        "period": _period(given),
        "headline": given.headline,
        "weeks_kept": str(texts.limits.weeks_kept),
        "phases": _phases(found, texts),
        "pilot": _pilot(given.pilot, texts),
        "open": _open(given, found),
        **_queues(given),
        **_desk(given),
        **_office(given),
        **_value(given),
        **_people(given),
        "no_room": _no_room(given),
        "reason": _cannot_say(given, found),
    }
    mode = found.slots[0].mode if found.slots else found.mode
    blanks["most"] = max((of_mode(given, slot.mode, texts)["hours"] for slot in found.slots[-1:]), default="")
    blanks |= {name: text for name, text in of_mode(given, mode, texts).items() if name not in blanks}
    blanks |= {name: str(level) for name, level in levels(given.criteria).items() if level is not None}
    conditions = {found.way, *_levels(given)}
    if (given.listening["times"] > 0).any():
        conditions.add("heard")
    if (given.blending.ageing["verdict"] == "ages into breach").any():
        conditions.add("ages")
    if blanks["replay_missed"]:
        conditions.add("replay.missed")
    if blanks["payback"]:
        conditions.add("payback.late")
    if blanks.get("service_after") != blanks.get("service_today"):
        conditions.add("service.falls")
    if any(f"{name}.open" in conditions for name in ("M1", "M2", "M6")):
        conditions.add("owner.open")
    return Said(blanks, frozenset(conditions))


def of_mode(given: Given, mode: str, texts: PlanTexts) -> dict[str, str]:
    """Return what is known about one way of working: its policy, its hours, its first item types and their times."""
    blending, phase = given.blending, next(name for name, part in texts.phase.items() if part.mode == mode)
    frame = blending.recommendation
    rows = frame[(frame["mode"] == VIEW[mode]) & (frame["verdict"] == "room")]
    several = blending.recommendation["pool"].nunique() > 1
    policies = [f"{row.pool}: {row.policy}" if several else str(row.policy) for row in rows.itertuples()]
    hours_words, moved = _hours(given, mode)
    part = texts.limits.moved_share[phase]  # type: ignore[index]
    types = _types(given, mode)
    factor = texts.limits.item_time_factor[phase]  # type: ignore[index]
    return {
        "policy": "; ".join(policies),
        "hours": hours_words,
        "moved": hours(part * moved) if moved > 0 else "",
        "part": whole(part),
        "types": listed(list(types)),
        "item_times": "; ".join(
            f"{name} {minutes(factor * mean)} (clerks {minutes(mean)})" for name, mean in types.items()
        ),
    }


def _hours(given: Given, mode: str) -> tuple[str, float]:
    """Return the hours a week that a mode would move at most in words, and the cautious figure that an exit criterion may ask for."""
    rows = given.modes[given.modes["mode"] == mode]
    if rows.empty:
        return "", math.nan
    value, low, high = (float(rows[name].iloc[0]) for name in ("hours_per_week", "hours_low", "hours_high"))
    if not math.isnan(value):
        return ranged(value, low, high, hours), value
    if math.isnan(low) or math.isnan(high):
        return "", math.nan
    return f"{hours(low)} to {hours(high)}", low


def _types(given: Given, mode: str) -> dict[str, float]:
    """Return the item types to begin with and their mean lengths: the first ones of the inventory that no criterion leaves out, those that are ready before others."""
    suits = {"blocks": "suitable_blocks", "between_contacts": "suitable_between", "interrupt": "suitable_interrupt"}
    frame = given.blending.inventory
    frame = frame[frame[suits[mode]].astype(bool) & ~frame["type"].isin(_in(given.types, "left_out", mode))]
    ready = frame[~frame["type"].isin(_in(given.types, "open_in", mode))]
    frame = ready if len(ready) else frame
    if "rank" in frame:
        frame = frame[frame["rank"].notna()].sort_values("rank", kind="stable")
    return {str(row.type): float(row.mean_s) for row in frame.head(MOST_NAMED).itertuples()}  # type: ignore[arg-type]


def _in(types: pd.DataFrame, column: str, mode: str) -> set[str]:
    """Return the item types whose column names the mode."""
    modes = types[column].map(lambda text: mode in [name.strip() for name in str(text).split(",")])
    return set(types.loc[modes.astype(bool), "type"])


def _levels(given: Given) -> set[str]:
    """Return conditions by criterion: unknown, open or done; for K1 also what leaders have said."""
    conditions = set()
    for name, level in levels(given.criteria).items():
        needed = 4 if name in LEGAL else 3
        conditions.add(f"{name}.unknown" if level is None else f"{name}.{'done' if level >= needed else 'open'}")
        if level is None:
            conditions.add(f"{name}.open")
        said = "silent" if level is None or level < 2 else "announced" if level < 4 else "understood"
        conditions.add(f"{name}.{said}")
    return conditions


def _open(given: Given, found: Situation) -> str:
    """Return how many points are open before the first way of working; an empty text when none is."""
    if found.way == "instead":
        return ""
    goal = "allowed" if found.way == "answer" else ""
    mode = found.slots[0].mode if found.slots else found.mode
    count = len(open_for(given, mode, goal=goal))
    count += found.way == "answer" and found.rooms[mode] != "room"
    return str(count) if count else ""


def _phases(found: Situation, texts: PlanTexts) -> str:
    words = {"blocks": "blocks off contacts", "between_contacts": "items between contacts", "interrupt": "items that a contact interrupts"}  # fmt: skip
    parts = [f"{words[slot.mode]} (weeks {slot.week_from} to {slot.week_to})" for slot in found.slots]
    return ", then ".join(parts)


def _pilot(pilot: pd.DataFrame, texts: PlanTexts) -> str:
    """Return the pilot's units and length by pool."""
    ok = pilot[(pilot["status"] == "ok") & pilot["weeks"].notna()]
    parts = []
    for pool, rows in ok.groupby("pool", sort=False):
        where = f" in {pool}" if pilot["pool"].nunique() > 1 else ""
        unit = str(rows["unit"].iloc[0])
        parts.append(f"{texts.units.get(unit, unit)}{where}, for {int(rows['weeks'].max())} weeks")
    return "; ".join(parts)


def _period(given: Given) -> str:
    start, end = given.client.period.start, given.client.period.end
    first = f"{start.day} {start:%B}" + (f" {start.year}" if start.year != end.year else "")
    return f"{first} to {end.day} {end:%B %Y}"


def _smallest(given: Given) -> int:
    return given.baseline.settings.minimum_group_agents if given.baseline is not None else 10


def _queues(given: Given) -> dict[str, str]:
    """Return promises and the cap on occupancy; which queues miss their promise today."""
    service = given.blending.service
    words = {}
    for row in service.itertuples():
        words.setdefault(f"{whole(float(row.target))} within {minutes(float(row.answer_within_s))}", []).append(
            str(row.queue)
        )  # type: ignore[arg-type]
    one = len(words) == 1
    promise = "; ".join(promise if one else f"{listed(queues)} {promise}" for promise, queues in words.items())
    measured = service["measured"]
    under = service[measured.notna() & (measured < service["target"])]
    missed = [f"{row.queue} {whole(float(row.measured))} of {whole(float(row.target))}" for row in under.itertuples()]  # type: ignore[arg-type]
    caps = {queue.max_occupancy for queue in given.queues}
    if given.blending.settings.max_occupancy is not None:
        caps = {given.blending.settings.max_occupancy}
    return {
        "promise": promise,
        "target": promise,
        "missed": listed(missed),
        "cap": listed([whole(cap) for cap in sorted(caps)]),
    }


def _desk(given: Given) -> dict[str, str]:
    """Return service and occupancy today and under the recommended policy; of the pool that falls most where there are several."""
    lab, blanks = given.blending.lab, dict.fromkeys(("occupancy_worst_today", "training", "replay_missed"), "")
    now = lab[lab["policy"] == "today"].set_index("pool")
    chosen = lab[lab["recommended"].astype(bool)].sort_values("change", kind="stable")
    if len(now):
        blanks["occupancy_worst_today"] = whole(float(now["occupancy_worst"].max()))
    if len(chosen) and chosen["pool"].iloc[0] in now.index:
        row, before = chosen.iloc[0], now.loc[chosen["pool"].iloc[0]]
        blanks |= {
            "service_today": ranged(*(float(before[name]) for name in _SERVICE), whole),
            "service_after": ranged(*(float(row[name]) for name in _SERVICE), whole),
            "change": ranged(*(abs(float(row[name])) for name in ("change", "change_low", "change_high")), percent),
            "occupancy_today": whole(float(before["occupancy"])),
            "occupancy_after": whole(float(row["occupancy"])),
            "occupancy_worst": whole(float(row["occupancy_worst"])),
        }
    spare = lab[(lab["policy"] == "training") & lab["keeps_promise"].astype(bool) & lab["keeps_cap"].astype(bool)]
    if len(spare) and float(spare["item_h_per_week"].sum()) > 0:
        blanks["training"] = hours(float(spare["item_h_per_week"].sum()))
    replay = given.blending.replay_check
    missed = replay.loc[~replay["holds"].astype(bool), "measure"] if len(replay) else ()
    words = {"service_level": "service level", "p_abandon": "abandonment", "occupancy": "occupancy"}
    blanks["replay_missed"] = listed(list(dict.fromkeys(words.get(str(name), str(name)) for name in missed)))
    return blanks


_SERVICE = ("service_level", "service_low", "service_high")


def _office(given: Given) -> dict[str, str]:
    """Return today's errors, due times and waiting; which types are regulated, and which groups were merged."""
    inventory = given.blending.inventory
    regulated = (
        inventory.loc[inventory["regulated"].eq(True).fillna(False).astype(bool), "type"] if len(inventory) else ()
    )
    blanks = {"regulated": listed([str(name) for name in regulated][:MOST_NAMED])}
    if given.baseline is None:
        return blanks
    quantities, frame = given.baseline.quantities, given.baseline.attendance
    counts = frame.loc[frame["agents"] >= _smallest(given), "agents"] if "agents" in frame else ()
    groups = given.baseline.groups
    named = [str(name) for name in groups["group"].unique()] if "group" in groups else []
    merged = [name for name in named if name.startswith("Merged")]
    return blanks | {
        "errors": spelled(quantities, "baseline.error_rate", BO, percent),
        "within_due": spelled(quantities, "baseline.within_due_share", BO, whole),
        "idle": spelled(quantities, "baseline.idle_share", CC, whole),
        "measured": f"{int(sum(counts)):,}" if len(counts) else "",
        "merged": str(len(merged)) if merged else "",
        "looks": _looks(given),
    }


def _looks(given: Given) -> str:
    """Return how many looks observers took in the back office; an empty text when there were none."""
    facts = given.baseline.facts if given.baseline is not None else ()
    rows = facts[(facts["fact"] == "looks") & (facts["population"] == BO)] if len(facts) else ()
    return f"{float(rows['value'].iloc[0]):,.0f}" if len(rows) and float(rows["value"].iloc[0]) > 0 else ""  # type: ignore[index]


def spelled(quantities: tuple[Quantity, ...], name: str, population: str, spell) -> str:
    """Return a figure with its interval; an empty text when there is none."""
    found = figure(quantities, name, population)
    if found is None or found.value is None:
        return ""
    low, high = (math.nan if end is None else float(end) for end in (found.low, found.high))
    return ranged(float(found.value), low, high, spell)


def figure(quantities: tuple[Quantity, ...], name: str, population: str = "", **scope: str) -> Estimate | None:
    """Return the estimate of this name and population with no finer scope than asked for; None when there is none."""
    wanted = {"population": population, **scope} if population else dict(scope)
    return next((one.estimate for one in quantities if one.id == name and dict(one.scope) == wanted), None)


def _value(given: Given) -> dict[str, str]:
    """Return what is freed, what of it is capacity alone, what rosters hold too much, and when it does not pay back in time."""
    if given.value is None:
        return {"payback": ""}
    frame, quantities = given.value.balance, given.value.quantities
    lines = {f"{row.population}.{row.line}": row for row in frame.itertuples()}

    def line(population: str, name: str) -> str:
        row = lines.get(f"{population}.{name}")
        value = float(row.hours_per_week) if row is not None else math.nan
        return ranged(value, float(row.low), float(row.high), hours) if row is not None and value >= 1 else ""

    late = figure(quantities, "value.payback_weeks")
    horizon = given.value.settings.horizon_weeks
    slow = late is not None and late.low is not None and (late.value is None or late.high is None)
    return {
        "freed": line(BO, "freed"),
        "freed_in_place": line(BO, "freed_in_place"),
        "left": line(BO, "left"),
        "surplus": line(CC, "surplus_instead"),
        "payback": f"It may take more than {horizon} weeks to pay back in cash." if slow else "",
    }


def _people(given: Given) -> dict[str, str]:
    """Return what was heard: notes, themes, and which roles were not heard; counts below the settings' least are words."""
    frame, fewest = given.listening, given.settings.fewest_notes
    blanks = {"notes": "", "themes": "", "read_back": "", "unread": ""}
    total = frame[frame["kind"] == "all"]
    if len(total) and int(total["times"].iloc[0]) >= fewest:
        notes, read = int(total["times"].iloc[0]), total["read_back"].iloc[0]
        blanks |= {"notes": str(notes), "themes": str(int((frame["kind"] == "theme").sum()) or "")}
        if not absent(read):
            left = notes - int(read)
            blanks |= {"read_back": str(int(read)), "unread": str(left) if left >= fewest else "a few" if left else ""}
    missing = given.heard.loc[(given.heard["state"] == "not heard") & (given.heard["kind"] == "role"), "role"]
    return blanks | {"not_heard": listed([str(role) for role in missing][:MOST_NAMED])}


def _no_room(given: Given) -> str:
    """Return why blending sees no room: the reason of the first mode, by pool."""
    frame = given.blending.recommendation
    rows = frame[(frame["verdict"] == "no room") & (frame["reason"] != "")].drop_duplicates("pool")
    several = frame["pool"].nunique() > 1
    reasons = [f"{row.pool}: {row.reason}" if several else str(row.reason) for row in rows.itertuples()]
    text = "; ".join(reasons)
    return f"{text.rstrip('.')}." if text else ""


def _cannot_say(given: Given, found: Situation) -> str:
    frame = given.blending.recommendation
    rows = frame[(frame["mode"] == VIEW[found.mode]) & (frame["verdict"] == "cannot say")]
    reasons: Mapping[str, None] = dict.fromkeys(str(reason).rstrip(".") for reason in rows["reason"] if reason)
    return "; ".join(reasons) or "the data hold too little about contacts and agents"
