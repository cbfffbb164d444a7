"""The baseline's sentences: what was measured, and as plainly what was not."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.foundation.estimate import Estimate

# What is broken down; support and outage are planned by the client and not in question here.
SHARES: tuple[str, ...] = ("utilization", "idle", "away", "unaccounted")
# Words of `reason` where nothing sets the levels of a share apart.
WITHIN_CHANCE = "differences between these levels are within what chance gives"
NAMES = {"contact_centre": "contact centre", "back_office": "back office"}
_PARTS = {
    "utilization": "work",
    "support": "support",
    "idle": "idle",
    "away": "away",
    "unaccounted": "seen in no system",
}


def figure(estimate: Estimate) -> str:
    """Return a share as the report prints it, with its grade: ``31 % (27 to 35) [A]``.

    Examples
    --------
    >>> figure(Estimate(0.31, 0.27, 0.35))
    '31 % (27 to 35) [A]'
    """
    return f"{estimate!r} [{estimate.grade}]" if estimate.value is not None else repr(estimate)


def sentence(population: str, shares: Mapping[str, Estimate], non_work: Estimate, *, basis: str) -> str:
    """Return the sentence of one population.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    shares
        The five shares.
    non_work
        Point, or bound with the reason.
    basis
        Where paid time comes from.
    """
    name = NAMES[population].capitalize()
    known = {share: shares[share] for share in _PARTS if shares[share].value is not None}
    if not known:
        said = basis.removeprefix(f"{NAMES[population]}: ")
        reason = next(iter(shares.values())).reasons[0]
        return f"{name}: the shares of paid time cannot be measured because {reason}. {said[:1].upper()}{said[1:]}."
    words = dict(_PARTS, idle="waiting for contacts") if population == "contact_centre" else _PARTS
    listed = ", ".join(f"{figure(estimate)} {words[share]}" for share, estimate in known.items())
    rest = _non_work_words(population, non_work)
    return f"{name}: of paid time less absence and breaks, {listed}. {rest}"


def _non_work_words(population: str, non_work: Estimate) -> str:
    """Return what is known about non-work."""
    apart = ", waiting for contacts not counted," if population == "contact_centre" else ""
    if non_work.value is not None:
        seen = f" by {non_work.n} {non_work.n_unit} of observation" if non_work.grade == "B" else ""
        return f"Non-work{apart} is {figure(non_work)}{seen}."
    if non_work.low is not None and non_work.high is not None:
        return f"Non-work{apart} lies {non_work!r}."
    return f"Non-work{apart} cannot be measured: {'; '.join(non_work.reasons)}."


def unmeasured(source: str) -> str:
    """Return why attendance of this kind gives no shares of paid time."""
    return {
        "span": "no shifts, sign-ons or paid hours were given; the time from first to last record is not paid time",
        "none": "no source says when people were paid",
    }.get(source, "the source of paid time holds no time")
