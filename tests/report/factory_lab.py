"""Frames of the policy lab for the hand-made insurer, built by hand: a desk with room, one without, and two pools."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.blending.frames import FRAMES, frame

NAN = math.nan
POOL = "service"
FIRST_S, SLOTS, DAYS = 8 * 3600, 24, 5


def _typed(name: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return frame(name, pd.DataFrame(rows, columns=list(FRAMES[name])))


# policy, words, service level, worst, peak occupancy, lost, hours, within due, oldest, paid, promise, cap, efficient, recommended
_POLICIES = [
    ("today", "today, no items", 0.873, 0.781, 0.842, 0, 0, NAN, NAN, 1900, True, True, True, False),
    ("fill", "fill every gap", 0.552, 0.462, 0.964, 180, 430, 0.93, 30.0, 1900, False, False, False, False),
    ("keep_free", "keep 5 agents free", 0.852, 0.762, 0.872, 14, 312, 0.96, 19.0, 1900, True, True, False, False),
    ("schedule", "2 to 9 agents kept free, by half hour", 0.838, 0.801, 0.878, 23, 365, 0.97, 14.0, 1900, True, True, True, True),
    ("resume", "items give way to contacts, resumed after", 0.871, 0.779, 0.917, 2, 405, 0.98, 12.0, 1900, True, False, False, False),
    ("restart", "items give way to contacts, begun again", 0.870, 0.776, 0.921, 3, 290, 0.91, 33.0, 1900, True, False, False, False),
    ("blocks", "whole agents in blocks", 0.812, 0.702, 0.861, 36, 285, 0.95, 22.0, 1900, True, True, False, False),
    ("rotating", "whole agents in turns of 2 h", 0.815, 0.706, 0.861, 34, 281, 0.95, 22.0, 1900, True, True, False, False),
    ("low_load_blocks", "blocks in half hours of low load", 0.846, 0.768, 0.858, 20, 240, 0.92, 26.0, 1900, True, True, False, False),
    ("trigger", "agents to items when the backlog ages", 0.791, 0.655, 0.889, 52, 330, 0.99, 9.0, 1900, False, False, False, False),
    ("roster", "3 agents fewer, by half hour", 0.816, 0.781, 0.878, 31, 0, NAN, NAN, 1695, True, True, True, False),
    ("time_off", "home when more than 9 are free", 0.861, 0.779, 0.867, 8, 0, NAN, NAN, 1780, True, True, False, False),
    ("training", "training when more than 9 are free", 0.859, 0.778, 0.869, 9, 118, NAN, NAN, 1900, True, True, False, False),
]  # fmt: skip


def lab(pool: str = POOL, *, room: bool = True, shift: float = 0.0) -> pd.DataFrame:
    """Return the policies side by side; without room the promise is missed today already and nothing is recommended."""
    rows = []
    for policy, words, level, worst, peak, lost, hours, due, oldest, paid, promise, cap, efficient, chosen in _POLICIES:
        service = level + shift
        spread = 0.0 if policy == "today" else 0.008
        rows.append(
            (
                pool, policy, words, service, service - 0.014, service + 0.014, service - 0.873 - shift,
                service - 0.873 - shift - spread, service - 0.873 - shift + spread, worst + shift, "Tue 10:00",
                0.71 + 0.12 * hours / 400, peak, 0.021 + lost / 4000, float(lost), lost * 0.8, lost * 1.25, hours / 40,
                float(hours), hours * 0.92, hours * 1.07, hours * 7.5, due, oldest, min(hours / 60, 5.5), float(paid),
                promise and room, cap, efficient, chosen and room,
                "recommended: most net item hours of the policies that keep promise and cap" if chosen and room
                else "" if promise and cap else "the promise is missed" if not promise else "above the cap on occupancy",
            )
        )  # fmt: skip
    return _typed("lab", rows)


def waterfall(pool: str = POOL, policy: str = "schedule") -> pd.DataFrame:
    """Return the chain from all idle time to what is usable; better information gives some back."""
    steps = [
        ("all_idle", 560.0, 560.0, "All time in which agents wait and no contact is there."),
        ("resumption_switching", -42.0, 518.0, "Finding the place again after a contact, and changing over."),
        ("backlog_trained", -118.0, 400.0, "No suitable item waits, or nobody there is trained for it."),
        ("held_back", -61.0, 339.0, "Kept free so that the promise and the cap on occupancy hold."),
        ("forecast", 26.0, 365.0, "Numbers set from the forecast; here it kept fewer free than the load that came."),
        ("usable", 365.0, 365.0, "What the policy moves in an ordinary week."),
    ]
    rows = [
        (pool, policy, place, key, hours, hours - 0.06 * abs(hours), hours + 0.07 * abs(hours), remaining, sentence)
        for place, (key, hours, remaining, sentence) in enumerate(steps)
    ]
    return _typed("waterfall", rows)


def flips(pool: str = POOL) -> pd.DataFrame:
    """Return what is recommended at other settings."""
    settings: dict[str, tuple[str, list[tuple[float, bool, str, float, float]]]] = {
        "load": ("contacts that come", [(0.9, False, "resume", 455.0, 0.91), (1.0, True, "schedule", 365.0, 0.838), (1.05, False, "keep_free", 255.0, 0.817), (1.1, False, "", 0.0, 0.774)]),
        "resumption": ("time to resume", [(0.0, False, "schedule", 372.0, 0.838), (15.0, True, "schedule", 365.0, 0.838), (60.0, False, "schedule", 349.0, 0.838), (180.0, False, "blocks", 285.0, 0.812)]),
        "item_length": ("length of items", [(0.5, False, "schedule", 402.0, 0.842), (1.0, True, "schedule", 365.0, 0.838), (2.0, False, "low_load_blocks", 240.0, 0.846)]),
    }  # fmt: skip
    rows = [
        (pool, factor, words, setting, today, policy, hours, level, f"At {words} {setting}: {policy or 'nothing'}.")
        for factor, (words, cells) in settings.items()
        for setting, today, policy, hours, level in cells
    ]
    return _typed("flips", rows)


def ageing(pool: str = POOL) -> pd.DataFrame:
    """Return whether items that were moved grow old under each policy."""
    rows = [
        ("fill", 430.0, 0.93, 0.90, 0.955, 30.0, 0.84, "stays within due"),
        ("schedule", 365.0, 0.97, 0.951, 0.983, 14.0, 0.42, "stays within due"),
        ("resume", 405.0, 0.98, 0.966, 0.989, 12.0, 0.36, "stays within due"),
        ("blocks", 285.0, 0.88, 0.81, 0.93, 41.0, 1.31, "ages into breach"),
        ("schedule+trigger", 360.0, 0.985, 0.97, 0.995, 9.0, 0.29, "stays within due"),
        ("low_load_blocks", 240.0, NAN, NAN, NAN, NAN, NAN, "cannot say"),
    ]
    return _typed("ageing", [(pool, *row, f"{row[0]}: {row[-1]}.") for row in rows])


def replay_check(pool: str = POOL, *, holds: bool = True) -> pd.DataFrame:
    """Return whether the replay of today gives what was observed."""
    rows = [
        ("service_level", 0.868, 0.861 if holds else 0.782, "Mon 09:30", -0.021 if holds else -0.13),
        ("p_abandon", 0.022, 0.024, "Tue 10:00", 0.011),
        ("occupancy", 0.71, 0.718, "Fri 17:30", 0.019),
    ]
    return _typed(
        "replay_check",
        [
            (pool, measure, observed, replayed, slot, gap, 0.03, abs(observed - replayed) <= 0.03, f"{measure}: seen {observed:.2f}, replayed {replayed:.2f}.")
            for measure, observed, replayed, slot, gap in rows
        ],
    )  # fmt: skip


def replay_days(pool: str = POOL, *, hurt: tuple[int, ...] = (6, 7, 22)) -> pd.DataFrame:
    """Return the client's own days, replayed with and without items."""
    rng = np.random.default_rng(7)
    days = pd.bdate_range("2026-03-02", "2026-04-26")
    rows = []
    for place, day in enumerate(days):
        replayed = float(np.clip(0.87 + rng.normal(0, 0.028), 0, 1)) - (0.05 if place in hurt else 0)
        blended = replayed - float(abs(rng.normal(0.028, 0.01))) - (0.035 if place in hurt else 0)
        blended = min(blended, 0.79) if place in hurt else max(blended, 0.803)
        observed = float(np.clip(replayed + rng.normal(0, 0.006), 0, 1))
        rows.append((
            pool, day, int(day.weekday()), int(rng.integers(3800, 5200)), int(rng.integers(52, 60)), observed, replayed,
            blended, blended - replayed, float(rng.normal(73, 6)), place in hurt,
        ))  # fmt: skip
    return _typed("replay_days", rows)


def replay_slots(pool: str = POOL) -> pd.DataFrame:
    """Return the day that would have hurt most by half hour; the last half hours have too few agents to be shown."""
    rng = np.random.default_rng(3)
    rows = []
    for place in range(SLOTS):
        slot = FIRST_S + 1800 * place
        peak = math.exp(-((place - 4) ** 2) / 6)
        replayed = 0.92 - 0.24 * peak + float(rng.normal(0, 0.02))
        blended = replayed - 0.02 - 0.22 * peak
        few = place >= SLOTS - 2
        figures = (min(replayed + 0.01, 1), min(replayed, 1), max(blended, 0), 5.5 - 4 * peak)
        rows.append((
            pool, pd.Timestamp("2026-03-10"), slot, int(110 + 130 * peak), 9 if few else int(34 + 20 * math.sin(place / 8)),
            *((NAN,) * 4 if few else figures),
        ))  # fmt: skip
    return _typed("replay_slots", rows)


def replay_ranges(pool: str = POOL) -> pd.DataFrame:
    """Return how the change in service moves with what a replay cannot know."""
    rows = [
        ("retrials", "callers who try again", 0.0, 0.5, -0.033, -0.041),
        ("handling_time", "handling time while items are in hand", 0.98, 1.05, -0.028, -0.062),
    ]
    return _typed("replay_ranges", [(pool, *row) for row in rows])


def gap_law(pool: str = POOL) -> pd.DataFrame:
    """Return the lengths of gaps as measured and as three ways of routing would make them."""
    lengths = np.geomspace(5, 3600, 40)
    laws = {
        "measured": (150.0, 0.8, True),
        "longest_idle": (170.0, 1.4, False),
        "random": (150.0, 1.0, False),
        "last_idle_first": (120.0, 0.55, False),
    }
    rows = []
    for law, (scale, shape, band) in laws.items():
        for length in lengths:
            x = (length / scale) ** shape
            value, time = math.exp(-x), math.exp(-x) * (1 + x)
            use = time * 0.8
            bounds = [
                bound
                for one in (value, time, use)
                for bound in ((max(one - 0.04, 0), min(one + 0.04, 1)) if band else (NAN, NAN))
            ]
            rows.append((
                pool, law, length, value, *bounds[:2], time, *bounds[2:4], use, *bounds[4:], 9_120 if band else 0, 2_150,
            ))  # fmt: skip
    return _typed("gap_law", rows)


def usable_slots(pool: str = POOL) -> pd.DataFrame:
    """Return what each mode could use, by weekday and half hour."""
    rows = []
    for weekday in range(DAYS):
        for place in range(SLOTS):
            idle = 9 + 6 * math.sin(place / 3.2) ** 2 + 2 * (weekday == 4) - 3 * (weekday == 0)
            share = 0.62 + 0.1 * math.cos(place / 2.5)
            rows.append((
                pool, weekday, FIRST_S + 1800 * place, 40.0, idle, max(idle - 5.5, 0), idle * share, idle * min(share + 0.14, 1),
            ))  # fmt: skip
    return _typed("usable_slots", rows)


def forecast(pool: str = POOL, queues: tuple[str, ...] = ("claims line", "service line")) -> pd.DataFrame:
    """Return next week's contacts and handling times by half hour."""
    rows = []
    monday = pd.Timestamp("2026-04-27", tz="Europe/Amsterdam")
    for number, queue in enumerate(queues):
        for weekday in range(DAYS):
            for place in range(SLOTS):
                start = (monday + pd.Timedelta(days=weekday, seconds=FIRST_S + 1800 * place)).tz_convert("UTC")
                mean = (60 + 45 * number) * (0.55 + math.sin(math.pi * (place + 3) / 28)) * (1.15 - 0.05 * weekday)
                for measure, value, spread in (("offered", mean, 0.13), ("handle_s", 262.0, 0.05)):
                    ends = [value * (1 + sign * z * spread) for z in (1.28, 1.96) for sign in (-1, 1)]
                    rows.append((pool, queue, start, weekday, FIRST_S + 1800 * place, measure, value, *ends))
    return _typed("forecast", rows)


def forecast_check(pool: str = POOL, queues: tuple[str, ...] = ("claims line", "service line")) -> pd.DataFrame:
    """Return how the forecast did on weeks it had not seen."""
    rows = []
    for number, queue in enumerate(queues):
        base = 6.1 + 2.2 * number
        for method, factor in (("model", 1.0), ("seasonal_naive", 1.31), ("same_slot_mean", 1.07)):
            model = method == "model"
            rows.append((
                pool, queue, "offered", method, 4, base * factor, factor, 0.81 if model else NAN, 0.76 if model else NAN,
                21.0 if model else NAN, "ok", "",
            ))  # fmt: skip
    return _typed("forecast_check", rows)


MAKERS = {
    "lab": lab,
    "waterfall": waterfall,
    "flips": flips,
    "ageing": ageing,
    "replay_check": replay_check,
    "replay_days": replay_days,
    "replay_slots": replay_slots,
    "replay_ranges": replay_ranges,
    "gap_law": gap_law,
    "usable_slots": usable_slots,
    "forecast": forecast,
    "forecast_check": forecast_check,
}


def frames(pool: str = POOL) -> dict[str, pd.DataFrame]:
    """Return every frame of a pool with room."""
    return {name: make(pool) for name, make in MAKERS.items()}


def pools(*names: str) -> dict[str, Any]:
    """Return the frames of several pools one below the other."""
    parts = [frames(name) for name in names]
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in MAKERS}
