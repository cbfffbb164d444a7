"""Non-negative least squares with errors that hold when variance differs and rows of a cluster belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, optimize

from analysis.foundation.serial import long_run

Array = np.ndarray
# Singular values under this share of the largest are zero.
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit of hours on columns.

    Attributes
    ----------
    solution
        Non-negative coefficients, one per column.
    free
        Coefficients of the fit without the limit at zero; 0 for a column that others make up.
    covariance
        Of `free`, clusters taken out one at a time (CR3; HC3 where each row is a cluster); infinite for a redundant column.
    rss
        Residual sum of squares of `solution`.
    freedom
        Clusters less columns.
    moves
        What each cluster adds to `free` (columns x clusters), of the right variance in expectation where rows are alike (CR2).
    t_freedom
        Degrees of freedom of the intervals.
    """

    solution: Array
    free: Array
    covariance: Array
    rss: float
    freedom: int
    moves: Array
    t_freedom: int


def solve(columns: Array, y: Array, cluster: Array, *, weights: Array | None = None) -> Fit:
    """Fit y on columns with coefficients of 0 or more.

    Parameters
    ----------
    columns
        Rows x columns.
    y
        Hours by row.
    cluster
        Number of each row's cluster.
    weights
        Weight of each row's square; all alike where none are given.

    Notes
    -----
    With H_gg the cluster's block of the hat matrix, the covariance is A sum_g X_g' (I - H_gg)^-1 e_g e_g' (I - H_gg)^-1 X_g A, A = (X'X)^-1:
    the jackknife over clusters around the full fit. Columns are brought to one length first, so that scales do not matter.

    References
    ----------
    Lawson & Hanson, Solving Least Squares Problems, 1974, chapter 23. MacKinnon & White, Journal of Econometrics 29 (1985), 305-325.
    Bell & McCaffrey, Survey Methodology 28 (2002), 169-181.
    """
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    X, target = columns * root[:, None], y * root
    length = np.linalg.norm(X, axis=0)
    length = np.where(length > 0, length, 1.0)
    X = X / length
    solution = optimize.nnls(X, target)[0]
    kept = independent(X)
    Z = X[:, kept]
    bread = np.linalg.inv(Z.T @ Z)
    free = bread @ (Z.T @ target)
    out, evened = (bread @ part for part in _scores(Z, target - Z @ free, cluster, bread))
    count = columns.shape[1]
    full, covariance = np.zeros(count), np.full((count, count), np.inf)
    full[kept] = free
    covariance[np.ix_(kept, kept)] = out @ out.T
    moves = np.zeros((count, evened.shape[1]))
    moves[kept] = evened
    groups = int(cluster.max()) + 1 if len(cluster) else 0
    rss = float(((y - columns @ (solution / length)) ** 2).sum())
    freedom = groups - len(kept)
    covariance /= np.outer(length, length)
    return Fit(solution / length, full / length, covariance, rss, freedom, moves / length[:, None], max(freedom, 1))


def textbook(fit: Fit, columns: Array, y: Array) -> Fit:
    """Return the fit with the covariance that takes one variance for all rows."""
    kept = np.isfinite(np.diag(fit.covariance))
    Z = columns[:, kept]
    variance = float(((y - columns @ fit.free) ** 2).sum()) / max(len(y) - int(kept.sum()), 1)
    covariance = np.full(fit.covariance.shape, np.inf)
    covariance[np.ix_(kept, kept)] = variance * np.linalg.inv(Z.T @ Z)
    return replace(fit, covariance=covariance)


def in_time(fit: Fit, working_days: float) -> Fit:
    """Return the fit with errors that hold where neighbouring clusters resemble each other (:func:`analysis.foundation.serial.long_run`)."""
    labels = np.zeros(fit.moves.shape[1], dtype=np.int64)
    judged = [long_run(one, labels, working_days=working_days) for one in fit.moves]
    error = np.array([one.error for one in judged])
    apart = np.sqrt(np.where(np.isfinite(np.diag(fit.covariance)), np.diag(fit.covariance), 0.0))
    factor = np.where(apart > 0, error / np.where(apart > 0, apart, 1.0), 1.0)
    freedom = min(fit.t_freedom, min((one.freedom for one in judged), default=fit.t_freedom))
    return replace(fit, covariance=fit.covariance * np.outer(factor, factor), t_freedom=freedom)


def independent(X: Array) -> Array:
    """Return the columns that are left when those that others make up are taken out, in order."""
    if not X.shape[1]:
        return np.zeros(0, dtype=np.int64)
    r, order = linalg.qr(X, mode="r", pivoting=True)[0:2]
    size = np.abs(np.diag(r))
    return np.sort(order[: int((size > _TINY * max(size[0], 1e-300)).sum())])


def _scores(Z: Array, residual: Array, cluster: Array, bread: Array) -> tuple[Array, Array]:
    """Return what each cluster adds to the coefficients' normal equations, its own pull on the fit taken out: wholly (CR3), and in expectation (CR2)."""
    groups = int(cluster.max()) + 1
    if groups == len(residual):
        rest = 1 - np.einsum("ij,jk,ik->i", Z, bread, Z)
        # a row that fixes a coefficient by itself has no residual
        safe = np.where(rest > _TINY, rest, np.inf)
        return (Z * (residual / safe)[:, None]).T, (Z * (residual / np.sqrt(safe))[:, None]).T
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(groups + 1))
    found = np.empty((2, Z.shape[1], groups))
    for group in range(groups):
        rows = order[edges[group] : edges[group + 1]]
        rest, turn = np.linalg.eigh(np.eye(len(rows)) - Z[rows] @ bread @ Z[rows].T)
        safe = np.where(rest > _TINY, rest, np.inf)
        for place, root in enumerate((safe, np.sqrt(safe))):
            found[place, :, group] = Z[rows].T @ (turn @ ((turn.T @ residual[rows]) / root))
    return found[0], found[1]


def inflation(volumes: Array, terms: Array) -> Array:
    """Return how often the variance of each coefficient is multiplied because the columns resemble one another.

    Notes
    -----
    VIF = sum of squares of the column that the non-volume terms leave / what all other columns leave. Infinite for a column that others
    make up, and for one that the non-volume terms make up (a constant volume).
    """
    own = left_by(volumes, terms)
    total = (own**2).sum(axis=0)
    size = (volumes**2).sum(axis=0)
    found = np.full(volumes.shape[1], np.inf)
    for j in range(volumes.shape[1]):
        if total[j] <= _TINY * size[j]:
            continue
        others = np.delete(own, j, axis=1)
        rest = float((left_by(own[:, [j]], others) ** 2).sum())
        found[j] = total[j] / rest if rest > _TINY**1.5 * total[j] else np.inf
    return found


def left_by(columns: Array, others: Array) -> Array:
    """Return columns less what others say about them."""
    if not others.shape[1]:
        return columns
    length = np.linalg.norm(others, axis=0)
    scaled = others / np.where(length > 0, length, 1.0)
    return columns - scaled @ np.linalg.lstsq(scaled, columns, rcond=_TINY)[0]


def condition(volumes: Array, terms: Array) -> float:
    """Return the condition number of all columns, brought to one length (Belsley, Kuh & Welsch 1980, chapter 3)."""
    X = np.column_stack([volumes, terms])
    length = np.linalg.norm(X, axis=0)
    values = np.linalg.svd(X[:, length > 0] / length[length > 0], compute_uv=False)
    return float(values[0] / values[-1]) if len(values) and values[-1] > 0 else float("inf")


def redrawn(columns: Array, y: Array, cluster: Array, *, draws: int, seed: int) -> Array:
    """Return coefficients without the limit at zero on resamples of whole clusters (draws x columns).

    Notes
    -----
    The bootstrap of a coefficient at its limit is not consistent (Andrews, Econometrica 68 (2000), 399-405); that of the free fit is, and
    its interval is cut at zero afterwards.
    """
    groups = int(cluster.max()) + 1
    length = np.linalg.norm(columns, axis=0)
    X = columns / np.where(length > 0, length, 1.0)
    grams, sides = np.zeros((groups, X.shape[1], X.shape[1])), np.zeros((groups, X.shape[1]))
    np.add.at(grams, cluster, X[:, :, None] * X[:, None, :])
    np.add.at(sides, cluster, X * y[:, None])
    counts = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float)
    left = np.einsum("dg,gij->dij", counts, grams)
    right = counts @ sides
    return np.einsum("dij,dj->di", np.linalg.pinv(left, rcond=_TINY, hermitian=True), right) / np.where(
        length > 0, length, 1.0
    )
