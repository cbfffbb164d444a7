"""How a day's contacts spread over its slots: a profile per weekday, drawn towards that of all days, and how days stray from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.measure.forecast.history import History

Floats = NDArray[np.float64]

# Weeks after which a day weighs half: for the shape common to all days, and for what is a weekday's own.
HALF_LIFE_WEEKS, OWN_HALF_LIFE_WEEKS = 4.0, 30.0
# Slots on either side that lend a slot strength, and the number of days at which the next one counts in full.
_NEIGHBOURS, _DAYS_FOR_OWN = 2, 20
# Squared standard scores are cut at 4 so that a breakdown does not widen every day; E min(Z^2, 4) of a normal law.
_CUT, _CUT_MEAN = 4.0, 0.9205
_TAILS = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 30.0, float("inf"))
# Below this many contacts a slot is too discrete for the shape of the tails.
_LEAST_FOR_TAILS = 10.0


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of a day's contacts by slot, and the spread about them that single arrivals do not explain.

    Attributes
    ----------
    shares
        Weekday to shares of the day by slot, S; they add to 1.
    cv
        Coefficient of variation of a slot about its share, beyond chance, S.
    uncertain
        Weekday to the standard error of the log share, S.
    usual
        Weekday to the log level of its days of late.
    elasticity
        By how much the log share of a slot rises with the log level of the day above the usual, S.
    correlation
        Of slots of a day, S x S.
    tails
        Degrees of freedom of the slots' spread; infinite for normal.
    """

    shares: dict[int, Floats]
    cv: Floats
    uncertain: dict[int, Floats]
    usual: dict[int, float]
    elasticity: Floats
    correlation: Floats
    tails: float

    def at(self, week: int, level: Floats) -> Floats:
        """Return the shares of days of a weekday at log levels, levels x S."""
        tilted = self.shares[week] * np.exp(self.elasticity * np.clip(level - self.usual[week], -1.0, 1.0)[:, None])
        return tilted / tilted.sum(axis=1, keepdims=True)


def totals(history: History) -> tuple[Floats, Floats]:
    """Return the contacts of every day, slots that are not known filled as their weekday suggests, and the filled counts.

    Examples
    --------
    >>> days = np.arange("2026-03-02", "2026-03-30", 7, dtype="M8[D]")
    >>> counts = np.array([[10.0, 30], [20, 60], [10, np.nan], [10, 30]])
    >>> totals(History(days, np.array([0, 1800]), counts, counts, counts, 1800))[0].tolist()
    [40.0, 80.0, 42.0, 40.0]
    """
    filled = history.offered.copy()
    if np.isnan(filled).any():
        for day in set(history.weekday.tolist()):
            mine = history.weekday == day
            known = ~np.isnan(filled[mine])
            usual = np.where(known, filled[mine], 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            seen = np.where(known, usual, 0.0).sum(axis=1)
            level = np.where(known, filled[mine], 0.0).sum(axis=1) / np.where(seen > 0, seen, 1.0)
            filled[mine] = np.where(known, filled[mine], level[:, None] * usual)
    return filled.sum(axis=1), filled


def fit_profile(history: History) -> Profile:
    """Fit the shape of the day.

    Notes
    -----
    share = P_s exp(b_ws): P over all days, newest weighing most (half after 4 weeks); b_ws what weekday w has of its own (half after 30 weeks),
    shrunk by tau_s^2 / (tau_s^2 + v_ws) with v_ws its sampling variance. The spread beyond chance solves mean min(z^2, 4) = .9205 for z the
    slot's error over sqrt(m + cv^2 m^2), over the slot and two on either side: breakdowns do not widen ordinary days, they show in the tails.
    """
    total, counts = totals(history)
    age = (history.days[-1] - history.days).astype(float) / 7
    week, kinds = history.weekday, sorted(set(history.weekday.tolist()))
    recent, own = 0.5 ** (age / HALF_LIFE_WEEKS), 0.5 ** (age / OWN_HALF_LIFE_WEEKS)
    common = recent @ counts / (recent @ total)
    raw = {k: (own[week == k] @ counts[week == k]) / (own[week == k] @ total[week == k]) for k in kinds}
    days = {k: own[week == k].sum() ** 2 / (own[week == k] ** 2).sum() for k in kinds}
    error, mean = _errors(total, counts, week, own, raw)
    usual = {k: float(np.average(np.log(total[week == k]), weights=own[week == k])) for k in kinds}
    above = np.clip(np.log(total) - np.array([usual[int(k)] for k in week]), -1.0, 1.0)
    elasticity = _elasticity(error, mean, above, _spread(error, mean, recent))
    error = error - mean * above[:, None] * elasticity
    cv = _spread(error, mean, recent)
    shares, uncertain = _shrunk(common, raw, days, cv, float(total.mean()))
    # a slot's tails and its correlation with others are those of standard scores
    score = error / np.sqrt(mean + (cv * mean) ** 2 + 1e-12)
    tails, factor = _tails(score, mean, recent)
    correlation = _correlation(error, mean, cv, np.array(common))
    return Profile(shares, cv * factor, uncertain, usual, elasticity, correlation, tails)


def _errors(
    total: Floats, counts: Floats, week: NDArray[np.int64], own: Floats, raw: dict[int, Floats]
) -> tuple[Floats, Floats]:
    """Return count less expectation, widened for each day's part in its expectation and each slot's in its day, and the expectations."""
    share = np.stack([raw[int(k)] for k in week])
    part = np.array([own[i] / own[week == week[i]].sum() for i in range(len(week))])
    widened = np.sqrt((1 - np.minimum(part, 0.9))[:, None] * (1 - np.minimum(share, 0.9)))
    return (counts - total[:, None] * share) / widened, total[:, None] * share


def _elasticity(error: Floats, mean: Floats, above: Floats, cv: Floats) -> Floats:
    """Return how much more than in proportion a slot moves with its day: least squares over a slot and its neighbours, shrunk by how far slots differ."""
    lever = mean * above[:, None]
    # days are weighed by what chance and mood leave of them; a breakdown in one slot counts at most three standard deviations
    variance = mean + (cv * mean) ** 2 + 1e-12
    bounded = np.clip(error, -3 * np.sqrt(variance), 3 * np.sqrt(variance))
    precision = _neighbours((lever**2 / variance).sum(axis=0))
    slope = _neighbours((lever * bounded / variance).sum(axis=0)) / np.maximum(precision, 1e-9)
    chance = (2 * _NEIGHBOURS + 1) / np.maximum(precision, 1e-9)
    real = max(float((slope**2 - chance).mean()), 0.0)
    return slope * real / (real + chance) if real > 0 else np.zeros_like(slope)


def _spread(error: Floats, mean: Floats, weights: Floats) -> Floats:
    """Return the coefficient of variation beyond chance, slot by slot with its neighbours."""
    size = error.shape[1]
    low, high = np.zeros(size), np.full(size, 2.0)
    squares, empty = error**2, mean <= 0
    for _ in range(30):
        middle = (low + high) / 2
        cut = np.where(
            empty, 0.0, np.minimum(squares / np.where(empty, 1.0, mean + (middle * mean) ** 2), _CUT) - _CUT_MEAN
        )
        over = _neighbours(weights @ cut, len(error)) > 0
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.maximum((low + high) / 2, 1e-3)


def _neighbours(values: Floats, days: int = 0) -> Floats:
    """Return sums over a slot and its neighbours; the more days there are, the less the neighbours count."""
    weight = min(1.0, _DAYS_FOR_OWN / max(days, 1))
    window = weight ** np.abs(np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1))
    return np.convolve(values, window, mode="full")[_NEIGHBOURS : _NEIGHBOURS + len(values)]


def _shrunk(
    common: Floats, raw: dict[int, Floats], days: dict[int, float], cv: Floats, per_day: float
) -> tuple[dict[int, Floats], dict[int, Floats]]:
    """Return shares with each weekday's own part shrunk by how far weekdays really differ, and their standard errors."""
    safe = np.maximum(common, 1e-12)
    away = np.stack([np.log(np.maximum(raw[k], 1e-3 * safe) / safe) for k in raw])
    chance = np.stack([(cv**2 + 1 / np.maximum(per_day * safe, 0.1)) / days[k] for k in raw])
    kinds = len(raw)
    between = (away**2 - chance).mean(axis=0) * (kinds / (kinds - 1) if kinds > 1 else 0.0)
    real = np.maximum(_neighbours(between) / _neighbours(np.ones_like(between)), 0.0)
    kept = real / (real + chance)
    shares, uncertain = {}, {}
    for row, k in enumerate(raw):
        share = np.where(common > 0, safe * np.exp(kept[row] * away[row]), 0.0)
        shares[k] = share / share.sum()
        # what is known of the common shape comes from all weekdays together
        uncertain[k] = np.sqrt(kept[row] * chance[row] + (1 - kept[row]) * chance[row] / kinds)
    return shares, uncertain


def _tails(score: Floats, mean: Floats, weights: Floats) -> tuple[float, float]:
    """Return degrees of freedom of Student's t and the scale factor with the 80 % and 95 % points of the standard scores."""
    enough = mean > _LEAST_FOR_TAILS
    told, weight = np.abs(score[enough]), np.broadcast_to(weights[:, None], score.shape)[enough]
    if told.size < 200:
        return float("inf"), 1.0
    middle, outer = np.quantile(told, [0.80, 0.95], weights=weight, method="inverted_cdf")
    points = {tail: (float(stats.t.ppf(0.90, tail)), float(stats.t.ppf(0.975, tail))) for tail in _TAILS}
    best = min(_TAILS, key=lambda tail: abs(points[tail][1] / points[tail][0] - outer / middle))
    return best, float(middle) / points[best][0]


def _correlation(error: Floats, mean: Floats, cv: Floats, common: Floats) -> Floats:
    """Return the correlation of slots beyond chance: as seen, drawn towards a decay with distance that neighbours show."""
    size = error.shape[1]
    scale = np.where(mean > 0, cv * mean, 1.0)
    score = np.clip(error / scale, -6, 6)
    seen = score.T @ score / len(score)
    chance = np.where(mean > 0, mean / scale**2, 0.0).mean(axis=0)
    seen[np.diag_indices(size)] -= np.minimum(chance, 0.95 * np.diag(seen))
    beside = np.diag(seen, 1)
    near = float(np.clip(beside.mean() / max(float(np.diag(seen).mean()), 1e-9), 0.0, 0.95)) if size > 1 else 0.0
    decay = near ** np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    deviation = np.sqrt(np.maximum(np.diag(seen), 1e-9))
    trusted = len(error) / (len(error) + 2 * size) if chance.mean() < 1 else 0.0
    mixed = (1 - trusted) * decay + trusted * np.clip(seen / np.outer(deviation, deviation), -1, 1)
    # the day's total is drawn apart: what slots add to it is taken out
    weights = cv * common
    centred = np.eye(size) - np.outer(np.ones(size), weights) / max(float(weights.sum()), 1e-12)
    found = centred @ mixed @ centred.T
    root = np.sqrt(np.maximum(np.diag(found), 1e-6))
    return found / np.outer(root, root)
