"""How many looks a work-sampling study needs."""

from __future__ import annotations

import math

from scipy import stats


def sample_size(
    share: float,
    *,
    half_width: float,
    z: float | None = None,
    confidence: float = 0.95,
    relative: bool = False,
    deff: float = 1.0,
) -> int:
    """Return how many looks a work-sampling study needs for a wanted precision.

    Parameters
    ----------
    share
        Expected share of looks in the state, between 0 and 1.
    half_width
        Half the width of the wanted interval: a share, or a fraction of `share` when `relative`.
    z
        Normal quantile to use as it stands (textbooks often take 2); None takes the one of `confidence`.
    confidence
        Level of the interval; ignored when `z` is given.
    relative
        Whether `half_width` is a fraction of `share`.
    deff
        Design effect: how much less a look tells because looks of one round or day resemble one another, 1 or more.

    Returns
    -------
    int
        Number of looks, rounded up.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    n = deff * z^2 p (1 - p) / e^2 with e = `half_width` or `half_width` * p. For planning only: an interval comes from
    :func:`estimate_share`, because the binomial variance is often too small (Pape 1982).

    References
    ----------
    Barnes, Motion and Time Study, work sampling. Pape, Computers & Industrial Engineering 6 (1982), 39-47.

    Examples
    --------
    >>> sample_size(0.3, half_width=0.04, z=2)
    525
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    if half_width <= 0 or deff < 1:
        raise ValueError(f"half_width must be above 0 and deff 1 or more, got {half_width} and {deff}")
    quantile = float(stats.norm.ppf(0.5 + confidence / 2)) if z is None else z
    error = half_width * share if relative else half_width
    needed = deff * quantile**2 * share * (1 - share) / error**2
    return math.ceil(needed * (1 - 1e-12))  # 525.0000000001 looks are 525
