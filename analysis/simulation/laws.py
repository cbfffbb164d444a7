"""Lengths of time by inverse transform: the same uniform gives the longer time under the longer law."""

from __future__ import annotations

import math

import numpy as np

from analysis.simulation.desk import Times


def quantile(law: Times, uniforms: np.ndarray) -> np.ndarray:
    """Return the lengths that a law gives for uniforms.

    Parameters
    ----------
    law
        The law.
    uniforms
        Numbers from 0 up to but not including 1, any shape.

    Returns
    -------
    numpy.ndarray
        Lengths [s], same shape.

    Examples
    --------
    >>> quantile(Times(60.0, "empirical", sample=(30.0, 90.0)), np.array([0.2, 0.7])).tolist()
    [30.0, 90.0]
    """
    if law.kind == "constant" or (law.cv == 0 and law.kind in {"lognormal", "gamma"}):
        return np.full(uniforms.shape, law.mean_s)
    if law.kind == "exponential":
        lengths = np.negative(uniforms)
        np.log1p(lengths, out=lengths)
        lengths *= -law.mean_s
        return lengths
    if law.kind == "empirical":
        sample = np.asarray(law.sample, dtype=np.float64)
        return sample[(uniforms * len(sample)).astype(np.intp)]
    if law.kind == "gamma":
        return law.mean_s * unit_gamma(law.cv, uniforms)
    from scipy.special import ndtri

    spread = math.log1p(law.cv**2)
    return law.mean_s * np.exp(math.sqrt(spread) * ndtri(uniforms) - spread / 2)


def unit_gamma(cv: float, uniforms: np.ndarray) -> np.ndarray:
    """Return gamma numbers of mean 1 and coefficient of variation `cv`, ones where it is 0."""
    if cv == 0:
        return np.ones(uniforms.shape)
    from scipy.special import gammaincinv

    return gammaincinv(cv**-2, uniforms) * cv**2
