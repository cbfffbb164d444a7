"""Standard times, hours without volume, earned hours and dead time: gamma item times, shared pace, volumes that vary more than chance."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.measure.standards import FittedStandards, dead_time_effect, earned_share, fit_standards
from tests.calibration.harness import Cell, Trial

MINUTES = (9.0, 22.0, 5.0)
MEANS = (240.0, 90.0, 150.0)
TYPES = ("claim", "letter", "call back")
_WEEKDAY = np.array([1.3, 1.05, 0.95, 0.9, 0.8])


def office(
    seed: int,
    *,
    periods: int = 40,
    teams: int = 1,
    minutes: tuple[float, ...] = MINUTES,
    means: tuple[float, ...] = MEANS,
    spread: float = 0.2,
    item_cv: float = 1.2,
    pace_sd: float = 0.05,
    idle_h: float = 30.0,
    sizes_sd: float = 0.0,
    alike: float = 0.0,
    lasting: float = 0.0,
    days: int = 7,
) -> pd.DataFrame:
    """Return volumes and hours by team and period: sums of gamma item times at a pace that a period's teams share, and hours without volume."""
    rng = np.random.default_rng(seed)
    n = periods * teams
    period, team = np.repeat(np.arange(periods), teams), np.tile(np.arange(teams), periods)
    size = rng.lognormal(-(sizes_sd**2) / 2, sizes_sd, n) * (1 + 0.5 * team)
    shape = 1 / spread**2
    own = rng.gamma(shape, 1 / shape, (n, len(means)))
    if lasting:
        own = np.exp(_lasting(rng, n, len(means), lasting) * spread - spread**2 / 2)
    mood = own[:, [0]] * alike + own * (1 - alike)
    volumes = rng.poisson(np.asarray(means) * mood * size[:, None])
    pace = np.exp(_lasting(rng, periods, 1, lasting)[:, 0] * pace_sd - pace_sd**2 / 2)[period]
    worked = np.zeros(n)
    for j, each in enumerate(minutes):
        if each:
            worked += rng.gamma(np.maximum(volumes[:, j], 1e-9) / item_cv**2, item_cv**2 * each / 60)
    idle = rng.gamma(36.0, idle_h / 36.0, n) if idle_h else np.zeros(n)
    frame = pd.DataFrame(volumes.astype(float), columns=list(TYPES[: len(means)]))
    frame = frame.assign(paid_h=pace * worked + idle, team=team)
    if sizes_sd:
        return frame.drop(columns="team")  # branches have no order in time
    return frame.assign(period_start=np.datetime64("2026-01-05", "us") + period * np.timedelta64(days, "D"))


def _lasting(rng: np.random.Generator, rows: int, columns: int, correlation: float) -> np.ndarray:
    """Return standard normal series whose neighbours are correlated."""
    news = rng.standard_normal((rows, columns))
    series = news.copy()
    for row in range(1, rows):
        series[row] = correlation * series[row - 1] + np.sqrt(1 - correlation**2) * news[row]
    return series


def standard(fitted: FittedStandards, name: str) -> Estimate:
    """Return a type's standard time as an estimate."""
    row = fitted.frame.set_index("type").loc[name]
    if row["status"] != "ok":
        return Estimate.missing(row["reason"], status=row["status"])
    return Estimate(float(row["standard_s"]), float(row["low"]), float(row["high"]), unit="s")


def one_standard(seed: int, *, of: int = 0, interval: str = "robust", **world: object) -> Trial:
    """Standard time of one type."""
    made = office(seed, **world)
    fitted = fit_standards(made, interval=interval, seed=seed, draws=400)
    return Trial(standard(fitted, TYPES[of]), 60 * world.get("minutes", MINUTES)[of])


def without_volume(seed: int, **world: object) -> Trial:
    """Hours a period that go with no volume, over all teams."""
    fitted = fit_standards(office(seed, **world))
    return Trial(fitted.non_volume_h, world.get("idle_h", 30.0) * world.get("teams", 1))


def true_share(worlds: object) -> float:
    """Return expected hours of items over expected hours: one team of size 1."""
    work = sum(mean * each / 60 for mean, each in zip(MEANS, MINUTES, strict=True))
    return work / (work + worlds.get("idle_h", 30.0))


def at_known_standards(seed: int, **world: object) -> Trial:
    """Earned share at the true mean times."""
    standards = dict(zip(TYPES, (60 * each for each in MINUTES), strict=True))
    return Trial(earned_share(office(seed, **world), standards), true_share(world))


def at_standards_of_other_weeks(seed: int, *, later: int = 20, **world: object) -> Trial:
    """Earned share of the last periods at standards fitted on the first ones."""
    made = office(seed, **world)
    first = np.arange(len(made)) < len(made) - later
    return Trial(earned_share(made[~first], fit_standards(made[first])), true_share(world))


def cross_fit(seed: int, **world: object) -> Trial:
    """Earned share at standards fitted without each period in turn."""
    made = office(seed, **world)
    return Trial(earned_share(made, fit_standards(made), cross_fit=True), true_share(world))


def centre_cells(seed: int, *, effect: float, days: int = 40, slots: int = 20) -> pd.DataFrame:
    """Return half hours of a centre whose contacts take longer while agents have time, days with a pace of their own."""
    rng = np.random.default_rng(seed)
    day, slot = np.repeat(np.arange(days), slots), np.tile(np.arange(slots), days)
    curve = 18 + 6 * np.sin(np.pi * slot / slots)
    agents = np.round(curve) - rng.binomial(3, 0.3, len(day))
    room, length = 1800.0 * agents, 300.0
    mood = rng.gamma(100.0, 0.01, days)[day] * rng.gamma(100.0, 0.01, len(day))
    contacts = rng.poisson(0.72 * curve * 1800 / length * _WEEKDAY[day % 5] / _WEEKDAY.mean() * mood)
    own = rng.lognormal(0, 0.06, days)[day] * rng.gamma(np.maximum(contacts, 1e-9) / 1.2, 1.2) * length
    handled, per_idle = own.copy(), np.log1p(effect) / 0.1
    for _ in range(40):  # handling and the idle time it leaves settle together
        handled = (handled + own * np.exp(per_idle * (np.clip(1 - handled / room, 0, 1) - 0.3))) / 2
    idle = np.clip(1 - handled / room, 0, 1) * room
    places = {"day": day, "weekday": day % 5, "slot_of_day_s": 1800 * slot, "contacts": contacts}
    return pd.DataFrame({**places, "handle_s": handled, "idle_s": idle, "available_s": room})


def centre(seed: int, *, effect: float, **world: int) -> Trial:
    """Change of handling time for 10 points more idle."""
    return Trial(dead_time_effect(centre_cells(seed, effect=effect, **world)), effect)


_DAYS = {"periods": 30, "teams": 4, "pace_sd": 0.12, "days": 1}
_LASTING = {"lasting": 0.4}
CELLS = (
    Cell("40 weeks, three types, gamma item times", "standard time", one_standard, quick=60),
    Cell("14 weeks, three types", "standard time", partial(one_standard, periods=14)),
    Cell("volumes that vary by half", "standard time", partial(one_standard, spread=0.5)),
    Cell("60 branches of unlike size", "standard time", partial(one_standard, periods=60, sizes_sd=0.8, spread=0.45)),
    Cell("30 days, 4 teams that share each day's pace", "standard time", partial(one_standard, **_DAYS)),
    Cell("40 weeks whose volumes and pace last", "standard time", partial(one_standard, **_LASTING)),
    Cell("a type that takes no time", "standard time", partial(one_standard, of=2, minutes=(9.0, 22.0, 0.0)), quick=60),
    Cell("a type next to one that takes no time", "standard time", partial(one_standard, minutes=(9.0, 22.0, 0.0))),
    Cell("40 weeks, weeks resampled", "standard time", partial(one_standard, interval="bootstrap")),
    Cell(
        "types that nearly go together", "standard time", partial(one_standard, alike=0.74, means=(2400.0, 900.0, 1500.0)), answerable=False
    ),
    Cell("40 weeks, 30 hours without volume", "hours without volume", without_volume, quick=60),
    Cell("40 weeks, no hours without volume", "hours without volume", partial(without_volume, idle_h=0.0)),
    Cell("30 days, 4 teams with hours without volume", "hours without volume", partial(without_volume, **_DAYS)),
    Cell("20 weeks at known standards", "earned share", partial(at_known_standards, periods=20), quick=60),
    Cell("8 weeks at known standards, pace that varies", "earned share", partial(at_known_standards, periods=8, pace_sd=0.15)),
    Cell("20 weeks whose volumes and pace last", "earned share", partial(at_known_standards, periods=20, **_LASTING)),
    Cell("20 weeks at standards of 30 other weeks", "earned share", partial(at_standards_of_other_weeks, periods=50)),
    Cell("40 weeks, each without its own standards", "earned share", cross_fit),
    Cell("26 weeks, each without its own standards", "earned share", partial(cross_fit, periods=26)),
    Cell("40 days of a centre, no dead-time effect", "dead time", partial(centre, effect=0.0)),
    Cell("40 days of a centre, 5 % longer for 10 points idle", "dead time", partial(centre, effect=0.05), quick=60),
    Cell("20 days of a centre, 5 % longer for 10 points idle", "dead time", partial(centre, effect=0.05, days=20)),
)  # fmt: skip
