"""Figures sharpened by what is known exactly of the streams."""

from __future__ import annotations

import numpy as np


def adjusted(values: np.ndarray, controls: np.ndarray, desks: int, *, axis: int) -> np.ndarray:
    """Return values less what the controls explain of them, the coefficients of each replication taken from all the others.

    Parameters
    ----------
    values
        Array with one value per replication along `axis`.
    controls
        Array (replication, control) of numbers with mean 0.
    desks
        How many desks the replications go round; each has its own mean.
    axis
        The axis of replications.

    Notes
    -----
    Y_r - b_(-r)' C_r with b_(-r) the least-squares coefficients without replication r. They do not depend on C_r, whose mean is 0: the mean of the
    adjusted values is that of Y, without the bias of a coefficient estimated from the same replications. Deleting one row changes the coefficients by
    (C'C)^-1 c_r e_r / (1 - h_r), e the residual and h the leverage.

    References
    ----------
    Lavenberg & Welch, Management Science 27 (1981), 322-335, for regression controls. Avramidis & Wilson, Operations Research 41 (1993), 1-22, for
    splitting, here with one replication a part. Belsley, Kuh & Welsch, Regression Diagnostics, 1980, ch. 2, for the deletion of a row.

    Examples
    --------
    >>> control = np.array([[-1.0], [1.0], [0.5], [-0.5]])
    >>> adjusted(np.array([1.0, 5.0, 4.0, 2.0]), control, 1, axis=0)
    array([3., 3., 3., 3.])
    """
    if not controls.shape[1]:
        return values
    count = len(controls)
    turned = np.moveaxis(np.asarray(values, dtype=float), axis, 0).reshape(count, -1)
    own, seen = _within(controls, desks), _within(turned, desks)
    inverse = np.linalg.pinv(own.T @ own)
    slope = inverse @ (own.T @ seen)
    leverage = desks / count + np.einsum("ri,ij,rj->r", own, inverse, own)
    left = (seen - own @ slope) / np.maximum(1 - leverage, 1e-9)[:, None]
    # C_r' b_(-r) = C_r' b - C_r' (C'C)^-1 c_r e_r / (1 - h_r)
    explained = controls @ slope - np.einsum("ri,ij,rj->r", controls, inverse, own)[:, None] * left
    result = (turned - explained).reshape(np.moveaxis(values, axis, 0).shape)
    return np.moveaxis(result, 0, axis)


def _within(values: np.ndarray, desks: int) -> np.ndarray:
    """Return values less the mean of their desk."""
    by_desk = values.reshape(len(values) // desks, desks, -1)
    return (by_desk - by_desk.mean(axis=0)).reshape(values.shape)
