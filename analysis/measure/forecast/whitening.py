"""Many small normal likelihoods at once, without the threads of a linear-algebra library that other programs may keep waiting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.foundation.compiled import COMPILED, kernel

Floats = NDArray[np.float64]


def whiten(covariances: Floats, data: Floats) -> tuple[Floats, Floats]:
    """Return L^-1 x for the Cholesky factor L of every covariance, and half the logarithm of its determinant.

    Parameters
    ----------
    covariances
        K x n x n, positive definite.
    data
        K x n x m; or 1 x n x m, the same for all.

    Returns
    -------
    tuple
        K x n x m, and K.

    Raises
    ------
    ValueError
        A covariance is not positive definite.

    Examples
    --------
    >>> white, half = whiten(np.array([[[4.0, 0], [0, 9]]]), np.array([[[2.0], [3.0]]]))
    >>> white[0, :, 0].tolist(), bool(half[0] == np.log(6))
    ([1.0, 1.0], True)
    """
    white, half = (_compiled if COMPILED else _library)(np.ascontiguousarray(covariances), np.ascontiguousarray(data))
    if not np.isfinite(half).all():
        raise ValueError("a covariance is not positive definite")
    return white, half


def _library(covariances: Floats, data: Floats) -> tuple[Floats, Floats]:
    """Return the same from numpy, where nothing can be compiled."""
    roots = np.linalg.cholesky(covariances)
    white = np.linalg.solve(roots, np.broadcast_to(data, (len(roots), *data.shape[1:])))
    return white, np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)


@kernel
def _compiled(covariances: Floats, data: Floats) -> tuple[Floats, Floats]:
    """Factorise column by column and solve on the way; the inner loops run along rows, so they are done several at a time."""
    sets, size, columns = covariances.shape[0], covariances.shape[1], data.shape[2]
    white = np.empty((sets, size, columns))
    half = np.zeros(sets)
    rest = np.empty((size, size))
    column = np.empty(size)
    for k in range(sets):
        rest[:] = covariances[k]
        white[k] = data[k % data.shape[0]]
        for j in range(size):
            pivot = np.sqrt(rest[j, j]) if rest[j, j] > 0 else np.nan
            half[k] += np.log(pivot)
            for c in range(columns):
                white[k, j, c] /= pivot
            for i in range(j + 1, size):
                column[i] = rest[i, j] / pivot
            for i in range(j + 1, size):
                factor = column[i]
                row, other = rest[i, j + 1 : i + 1], column[j + 1 : i + 1]
                for s in range(len(row)):
                    row[s] -= factor * other[s]
                for c in range(columns):
                    white[k, i, c] -= factor * white[k, j, c]
    return white, half
