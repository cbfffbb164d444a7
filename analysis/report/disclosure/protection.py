"""One door: results go in as measured, and come out as they may be published, or not at all."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.report.disclosure.audit import Audit, audit
from analysis.report.disclosure.checks import check_groups, without_few
from analysis.report.disclosure.publication import members_of, published_of
from analysis.report.disclosure.rounding import as_published

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value


@dataclass(frozen=True, slots=True)
class Protected:
    """Results that may be published, and what was tried against them.

    Attributes
    ----------
    baseline, utilization, blending
        Without figures of too few people, figures about parts rounded; the baseline no longer knows who stands behind a figure.
    audit
        What was tried.
    """

    baseline: Baseline
    utilization: Utilization
    blending: Blending
    audit: Audit


def protected(
    baseline: Baseline, utilization: Utilization, blending: Blending, value: Value | None = None
) -> Protected:
    """Return the results as they may be published.

    Parameters
    ----------
    baseline, utilization, blending, value
        The results as measured.

    Raises
    ------
    DisclosureProblem
        A figure stands on too few people, or figures of few people follow from the others.
    """
    check_groups(baseline, utilization, without_few(blending, baseline))
    told = as_published(baseline, utilization, without_few(blending, baseline))
    found = audit(published_of(*told, value), members_of(baseline))
    nobody = members_of(baseline).head(0)
    return Protected(dataclasses.replace(told[0], members=nobody), told[1], told[2], found)
