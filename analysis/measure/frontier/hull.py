"""Data envelopment with a bootstrap for its bias: material for an appendix, never a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse, stats

Floats = npt.NDArray[np.float64]
Returns = Literal["constant", "variable"]
Orientation = Literal["input", "output"]

FEWEST_DRAWS = 100


@dataclass(frozen=True, slots=True)
class Envelopment:
    """Distances of units from the hull of all units; for an appendix.

    Attributes
    ----------
    score
        By unit, in its order: inputs that would do over inputs used, at most 1 (``"input"``); outputs that could be over outputs made, at
        least 1 (``"output"``).
    returns, orientation
        As asked.
    mean_score
        Mean of the scores: units define their own frontier, so it shows too little slack without noise and far too much with it.
    corrected, low, high
        Score less its bootstrapped bias, and its interval, by unit; empty without a bootstrap.
    mean_corrected
        Mean of the corrected scores; NaN without a bootstrap.
    draws
        Resamples.
    """

    score: Floats
    returns: Returns
    orientation: Orientation
    mean_score: float
    corrected: Floats
    low: Floats
    high: Floats
    mean_corrected: float
    draws: int

    def __repr__(self) -> str:
        """Return means alone, marked as what they are; no unit is named or ranked."""
        text = f"appendix: {len(self.score)} units, {self.returns} returns, {self.orientation} orientation, mean score {self.mean_score:.3f}"
        if self.draws:
            return f"{text}, {self.mean_corrected:.3f} less its bias; noise counts as slack"
        return f"{text}; not corrected for its bias, and noise counts as slack"


def envelopment(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    returns: Returns = "constant",
    orientation: Orientation = "input",
    draws: int = 0,
    seed: int = 1,
    confidence: float = 0.95,
) -> Envelopment:
    """Measure units against the hull of all units by linear programs, with a smoothed bootstrap if draws are asked for.

    Parameters
    ----------
    x, y
        Inputs and outputs, units x kinds (or one number per unit); not negative, and every unit has some input and some output.
    returns
        ``"constant"`` (Charnes, Cooper & Rhodes) or ``"variable"`` (Banker, Charnes & Cooper) returns to scale.
    orientation
        Whether inputs are to shrink or outputs to grow.
    draws
        Resamples of the bootstrap, 0 for none, else 100 or more.
    seed, confidence
        Of the bootstrap.

    Returns
    -------
    Envelopment

    Raises
    ------
    ValueError
        Shapes do not fit, a number is negative or not finite, too few draws are asked for, or nearly all units lie on the hull.
    RuntimeError
        The solver fails.

    Notes
    -----
    Input: least t with X'l <= t x_i, Y'l >= y_i, l >= 0; output: largest f with X'l <= x_i, Y'l >= f y_i; variable returns add sum l = 1.
    Bootstrap (Simar & Wilson 1998): scores d_i (1 / f for outputs) are drawn, smoothed by a normal kernel (1.06 min(sd, IQR / 1.34)
    n^(-1/5) of the scores mirrored at 1, times sd of the scores / sd of the mirrored ones: Daraio & Simar 2007, section 3.4), brought back to their variance, and each unit's inputs (outputs) moved to its own
    frontier and off again by its drawn score; bias = mean of the resampled scores - score. Interval: score - quantiles of (resampled - score).

    References
    ----------
    Cooper, Seiford & Tone, Data Envelopment Analysis, 2nd ed. 2007. Simar & Wilson, Management Science 44 (1998), 49-61. Daraio & Simar,
    Advanced Robust and Nonparametric Methods in Efficiency Analysis, 2007.

    Examples
    --------
    >>> found = envelopment([2, 3, 3, 4, 5, 5, 6, 8], [1, 3, 2, 3, 4, 2, 3, 5])
    >>> found.score.round(3).tolist()
    [0.5, 1.0, 0.667, 0.75, 0.8, 0.4, 0.5, 0.625]
    >>> found
    appendix: 8 units, constant returns, input orientation, mean score 0.655; not corrected for its bias, and noise counts as slack
    """
    if returns not in ("constant", "variable") or orientation not in ("input", "output"):
        raise ValueError('returns is "constant" or "variable", orientation "input" or "output"')
    inputs, outputs = _table(x, "x"), _table(y, "y")
    if len(inputs) != len(outputs):
        raise ValueError(f"x holds {len(inputs)} units and y {len(outputs)}")
    if draws and draws < FEWEST_DRAWS:
        raise ValueError(f"a bootstrap needs at least {FEWEST_DRAWS} draws, got {draws}")
    shares = _shares(inputs, outputs, inputs, outputs, returns, orientation)
    turned = orientation == "output"
    score = 1 / shares if turned else shares
    if not draws:
        empty = np.empty(0)
        return Envelopment(score, returns, orientation, float(score.mean()), empty, empty, empty, float("nan"), 0)
    resampled = _resampled(inputs, outputs, shares, returns, orientation, draws=draws, seed=seed)
    resampled = 1 / resampled if turned else resampled
    tail = (1 - confidence) / 2
    below, above = np.quantile(resampled - score, [tail, 1 - tail], axis=0)
    corrected = 2 * score - resampled.mean(axis=0)
    mean = float(corrected.mean())
    return Envelopment(
        score, returns, orientation, float(score.mean()), corrected, score - above, score - below, mean, draws
    )


def _table(values: npt.ArrayLike, name: str) -> Floats:
    """Return units x kinds, checked."""
    table = np.asarray(values, dtype=float)
    table = table.reshape(-1, 1) if table.ndim == 1 else table
    if table.ndim != 2 or not len(table) or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{name} must hold a finite number of 0 or more for every unit and kind")
    if (table.sum(axis=1) == 0).any():
        raise ValueError(f"a unit has nothing but zeros in {name}: leave it out")
    return table


def _shares(x: Floats, y: Floats, hull_x: Floats, hull_y: Floats, returns: Returns, orientation: Orientation) -> Floats:  # noqa: PLR0917
    """Return each unit's distance from the hull, at most 1 if it lies inside: all units in one sparse linear program."""
    units, members = len(x), len(hull_x)
    ones, columns = sparse.identity(units, format="csr"), units * (members + 1)
    blocks = [sparse.kron(ones, part, format="csr") for part in (hull_x.T, -hull_y.T)]
    fixed_x, fixed_y = (sparse.csr_matrix((part.size, units)) for part in (x, y))
    own = sparse.block_diag([row.reshape(-1, 1) for row in (x if orientation == "input" else y)], format="csr")
    if orientation == "input":
        top, bottom, limits = -own, fixed_y, (np.zeros(x.size), -y.ravel())
        cost = 1.0
    else:
        top, bottom, limits = fixed_x, own, (x.ravel(), np.zeros(y.size))
        cost = -1.0
    inequality = sparse.vstack([sparse.hstack([blocks[0], top]), sparse.hstack([blocks[1], bottom])], format="csr")
    equality, equal = None, None
    if returns == "variable":
        equality = sparse.hstack(
            [sparse.kron(ones, np.ones((1, members))), sparse.csr_matrix((units, units))], format="csr"
        )
        equal = np.ones(units)
    objective = np.zeros(columns)
    objective[-units:] = cost
    found = optimize.linprog(
        objective, A_ub=inequality, b_ub=np.concatenate(limits), A_eq=equality, b_eq=equal, method="highs"
    )
    if not found.success:
        raise RuntimeError(f"the linear program was not solved: {found.message}")
    return found.x[-units:] if orientation == "input" else 1 / found.x[-units:]


def _resampled(
    x: Floats, y: Floats, shares: Floats, returns: Returns, orientation: Orientation, *, draws: int, seed: int
) -> Floats:
    """Return scores of all units in each resample, at most 1 or a little above."""
    draw = np.random.default_rng(seed)
    units = len(shares)
    width = _width(shares)
    variance = float(shares.var())
    found = np.empty((draws, units))
    for number in range(draws):
        chosen = draw.choice(shares, size=units)
        moved = chosen + width * draw.standard_normal(units)
        moved = np.where(moved > 1, 2 - moved, moved)
        smooth = chosen.mean() + (moved - chosen.mean()) / np.sqrt(1 + width**2 / variance) if variance > 0 else moved
        factor = (shares / np.clip(smooth, 1e-3, 1.0))[:, None]
        hull = (factor * x, y) if orientation == "input" else (x, y / factor)
        found[number] = _shares(x, y, *hull, returns, orientation)
    return found


def _width(shares: Floats) -> float:
    """Return the width of the kernel: the normal rule for scores mirrored at 1, those on the hull left out, brought back to all scores."""
    inside = shares[shares < 1 - 1e-9]
    if len(inside) < 2:
        raise ValueError("fewer than two units lie inside the hull, so its bias cannot be resampled: use draws=0")
    mirrored = np.concatenate([inside, 2 - inside])
    low, high = np.quantile(mirrored, [0.25, 0.75])
    sd = float(mirrored.std(ddof=1))
    spread = min(sd, float(high - low) / float(2 * stats.norm.isf(0.25)))
    return 1.06 * spread * len(shares) ** (-0.2) * float(shares.std(ddof=1)) / sd
