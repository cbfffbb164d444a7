"""How far apart two looks at one person must lie so that the second tells something new."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookSpacing:
    """What a further look at a person tells whose state lasts a while.

    Attributes
    ----------
    share
        Share of time in the state.
    stretch_s
        Mean length of a stretch in the state [s].
    memory_s
        Time after which the correlation between two looks has fallen to 1 / e [s].
    worth
        How much of an independent look counts as useful.
    minimum_s
        Spacing from which on a look is worth that much [s].
    """

    share: float
    stretch_s: float
    memory_s: float
    worth: float
    minimum_s: float

    def correlation(self, *, spacing_s: float) -> float:
        """Return the correlation between two looks `spacing_s` apart: exp(-spacing_s / memory_s)."""
        return math.exp(-spacing_s / self.memory_s)

    def worth_of(self, *, spacing_s: float) -> float:
        """Return which part of an independent look each of many looks is worth that lie `spacing_s` apart: (1 - r) / (1 + r)."""
        return math.tanh(spacing_s / self.memory_s / 2)

    def variance(self, *, looks: int, spacing_s: float) -> float:
        """Return the variance of the share seen in `looks` looks at one person, `spacing_s` apart."""
        return spaced_variance(self.share, looks=looks, correlation=self.correlation(spacing_s=spacing_s))

    def __repr__(self) -> str:
        """Return the spacing as a sentence."""
        return (
            f"looks at one person at least {self.minimum_s / 60:.0f} min apart are each worth {100 * self.worth:.0f} % of an independent look or more, "
            f"where stretches in the state last {self.stretch_s / 60:.0f} min on average"
        )


def look_spacing(share: float, *, stretch_s: float, worth: float = 0.5) -> LookSpacing:
    """Return how far apart looks at one person must lie to be worth the walk.

    Parameters
    ----------
    share
        Share of time in the state, between 0 and 1.
    stretch_s
        Mean length of a stretch in the state [s], such as a wait for work.
    worth
        How much of an independent look each look shall be worth at least, between 0 and 1.

    Returns
    -------
    LookSpacing
        `minimum_s`, and the variance of looks at any spacing.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    A person changes between two states, each stretch ending at a constant rate: out of the state at 1 / stretch_s, into it at
    share / ((1 - share) stretch_s). Looks t apart are then correlated by r = exp(-t / memory_s) with memory_s = (1 - share) stretch_s. The
    variance of the mean of n looks is in :func:`spaced_variance`; for many looks each is worth (1 - r) / (1 + r) = tanh(t / (2 memory_s)) of an
    independent one, so minimum_s = 2 memory_s artanh(worth). However many looks are crowded into a time T, they are worth no more than
    T / (2 memory_s) independent ones.

    References
    ----------
    Cox & Miller, The Theory of Stochastic Processes, 1965, section 4.2. Bayley & Hammersley, Supplement to the Journal of the Royal Statistical Society 8 (1946),
    184-197.

    Examples
    --------
    >>> spacing = look_spacing(0.3, stretch_s=400)
    >>> round(spacing.minimum_s), round(spacing.worth_of(spacing_s=60), 2)
    (308, 0.11)
    """
    if not 0 < share < 1 or not 0 < worth < 1 or not stretch_s > 0:
        raise ValueError(
            f"share and worth must lie between 0 and 1 and stretch_s above 0, got {share}, {worth} and {stretch_s}"
        )
    memory_s = (1 - share) * stretch_s
    return LookSpacing(share, stretch_s, memory_s, worth, 2 * memory_s * math.atanh(worth))


def spaced_variance(share: float, *, looks: int, correlation: float) -> float:
    """Return the variance of the share seen in equally spaced looks at one person whose state lasts a while.

    Parameters
    ----------
    share
        Share of time in the state, between 0 and 1.
    looks
        Number of looks, 1 or more.
    correlation
        Correlation between one look and the next, inside -1 to 1: 1 less both chances of a change from one look to the next.

    Returns
    -------
    float
        p (1 - p) / n for independent looks, p (1 - p) for looks that all say the same.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    Looks k steps apart are correlated by r^k, so with n looks

        variance = p (1 - p) / n^2 (n + 2 sum_{k=1}^{n-1} (n - k) r^k) = p (1 - p) / n ((1 + r) / (1 - r) - 2 r (1 - r^n) / (n (1 - r)^2)).

    References
    ----------
    Cox & Miller, The Theory of Stochastic Processes, 1965, section 3.2 (two-state chain).

    Examples
    --------
    >>> round(spaced_variance(0.3, looks=8, correlation=0.5), 6)
    0.065676
    """
    if not 0 < share < 1 or looks < 1 or not -1 < correlation <= 1:
        raise ValueError(
            f"share must lie between 0 and 1, looks be 1 or more and correlation inside -1 to 1, got {share}, {looks} and {correlation}"
        )
    r, n, change = correlation, looks, 1 - correlation
    if n * change < 1e-4:  # the closed form would lose its digits
        within = n - (n * n - 1) / 3 * change
    else:
        within = (1 + r) / change - 2 * r * (1 - r**n) / (n * change**2)
    return share * (1 - share) / n * within
