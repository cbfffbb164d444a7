"""The range of idle time that a log of transactions leaves open: what `fit_gaps` returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.foundation.estimate import Estimate, Grade

if TYPE_CHECKING:
    import pandas as pd

# A range as wide as this says next to nothing.
CANNOT_TELL = 0.5
METHOD = "range over mixtures of unlogged work and idle time in gaps, days resampled"


@dataclass(frozen=True, slots=True)
class GapFit:
    """One combination of families that was tried.

    Attributes
    ----------
    work_family, idle_family, minimum_idle_s
        Family of the unlogged work, family of idle times (``"none"``: work alone), and the shortest idle time [s].
    share, share_low, share_high
        Idle time / gap time, by the most likely of the fits from all starts, and the limits of those that count.
    worse_fit
        Log likelihood per gap below the best.
    kept
        Whether it counts in the range.
    converged
        Whether EM came to rest.
    idle_gaps
        Share of gaps that hold idle time.
    mean_idle_s, mean_work_s
        Mean idle time of a gap that holds some, and mean unlogged work of a gap [s].
    note
        What is odd about it, in words.
    """

    work_family: str
    idle_family: str
    minimum_idle_s: float
    share: float
    share_low: float
    share_high: float
    worse_fit: float
    kept: bool
    converged: bool
    idle_gaps: float
    mean_idle_s: float
    mean_work_s: float
    note: str


@dataclass(frozen=True, slots=True)
class GapRange:
    """Between which limits the idle share of gap time lies.

    Attributes
    ----------
    low, high
        Limits with sampling error, shares of gap time.
    low_fit, high_fit
        The smallest and the largest share of the combinations that count, before sampling error: what the families alone would say.
    gaps, days, gap_h
        Gaps used, days they lie on, and their hours.
    confidence
        Level of the sampling error.
    fits
        All combinations tried.
    reasons
        What the range rests on, in words.
    lengths_s, idle_s
        Gap lengths, and the idle seconds expected in each by the combination nearest the middle of the range.
    """

    low: float
    high: float
    low_fit: float
    high_fit: float
    gaps: int
    days: int
    gap_h: float
    confidence: float
    fits: tuple[GapFit, ...]
    reasons: tuple[str, ...]
    lengths_s: tuple[float, ...] = ()
    idle_s: tuple[float, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per combination, with the columns of :class:`GapFit`."""
        import pandas as pd

        return pd.DataFrame([asdict(fit) for fit in self.fits], columns=list(GapFit.__dataclass_fields__))

    def estimate(self, *, grade: Grade = "C", **more: Any) -> Estimate:
        """Return the range as an estimate without a value.

        Parameters
        ----------
        grade
            Of the evidence: the log is a system's (A), but what its gaps hold is inferred.
        **more
            Further fields of :class:`analysis.foundation.estimate.Estimate`.
        """
        described = {"confidence": self.confidence, "n": self.days, "n_unit": "days", "basis": "modelled", **more}
        return Estimate.missing(*self.reasons, low=self.low, high=self.high, grade=grade, method=METHOD, **described)

    def expected_idle(self, lengths_s: Any) -> np.ndarray:
        """Return the idle seconds expected in gaps of these lengths by the combination nearest the middle of the range.

        Notes
        -----
        A prediction for :func:`idle_by_person_day`, not an estimate: it may be off by as much as the range is wide.
        """
        lengths = np.asarray(lengths_s, dtype=float)
        if not self.lengths_s:
            return np.zeros(len(lengths))
        return np.minimum(lengths, np.interp(lengths, self.lengths_s, self.idle_s))

    def __repr__(self) -> str:
        """Return the range as a sentence."""
        return (
            f"of {self.gap_h:,.0f} hours in gaps between records, between {100 * self.low:.0f} % and {100 * self.high:.0f} % "
            f"may have been idle: {'; '.join(self.reasons)}"
        )


def words(
    fits: tuple[GapFit, ...],
    *,
    low: float,
    high: float,
    longest_unlogged_s: float | None,
    least_idle_s: float,
    idle_in_every_gap: bool,
) -> tuple[str, ...]:
    """Return what a range rests on."""
    kept = [fit for fit in fits if fit.kept]
    said = ["this log cannot tell"] if high - low >= CANNOT_TELL else []
    if longest_unlogged_s is None:
        said.append("how long unlogged work can last was not stated, so it may fill the gaps")
    else:
        said.append(f"unlogged work was stated to last at most {longest_unlogged_s / 60:.0f} min")
    if least_idle_s > 0:
        said.append(f"idle times under {least_idle_s / 60:.0f} min do not count")
    if idle_in_every_gap:
        said.append("people may be idle in every gap, so all of them may be idle")
    elif not (high < 1 or any(fit.share_high > 0.001 for fit in kept)):
        said.append("no combination of work and idle time fits, so all of them may be idle")
    else:
        said.append(
            f"the upper limit takes short gaps for work and is the largest of {len(kept)} combinations of families that fit about as well"
        )
    restless = sum(not fit.converged for fit in kept)
    return (*said, f"{restless} of them did not converge") if restless and not idle_in_every_gap else tuple(said)
