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
    """Factorise row by row and solve on the way."""
    sets, size, columns = covariances.shape[0], covariances.shape[1], data.shape[2]
    white = np.empty((sets, size, columns))
    half = np.zeros(sets)
    root = np.zeros((size, size))
    for k in range(sets):
        own = data[k % data.shape[0]]
        for i in range(size):
            for j in range(i + 1):
                rest = covariances[k, i, j]
                for s in range(j):
                    rest -= root[i, s] * root[j, s]
                if i > j:
                    root[i, j] = rest / root[j, j]
                elif rest > 0:
                    root[i, i] = np.sqrt(rest)
                else:
                    root[i, i] = np.nan
            half[k] += np.log(root[i, i])
            for c in range(columns):
                value = own[i, c]
                for s in range(i):
                    value -= root[i, s] * white[k, s, c]
                white[k, i, c] = value / root[i, i]
    return white, half
