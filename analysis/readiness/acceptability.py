"""How firm a class is: the share of weightings, raters and draws of the data under which the profile meets it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.readiness.answer import Answer, profile_of
from analysis.readiness.result import CLASSES, MODES
from analysis.readiness.settings import ReadinessSettings
from analysis.readiness.types import drawn_levels
from analysis.readiness.verdict import Profile, least_of, verdict_of

if TYPE_CHECKING:
    import numpy as np

_SWINGS = (0.5, 1.5)
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Drawn:
    """Levels and weightings over draws.

    Attributes
    ----------
    levels
        Array of criteria x draws; -1 without an answer.
    types
        Levels by criterion, each an array of item types x draws; -1 without an answer.
    counts
        Array of criteria x draws: whether the criterion counts in the drawn weighting. Gates count whatever stands here.
    """

    levels: np.ndarray
    types: Mapping[str, np.ndarray]
    counts: np.ndarray


def stream(settings: ReadinessSettings, *names: str) -> np.random.Generator:
    """Return the random stream of a named draw, so that no draw depends on the order or the number of the others."""
    import numpy as np

    return np.random.default_rng([settings.seed, *(zlib.crc32(name.encode("utf-8")) for name in names)])


def weightings(domains: Sequence[str], names: Sequence[str], settings: ReadinessSettings) -> np.ndarray:
    """Draw weightings: first over the domains, then over the criteria of each, every split as likely as any other.

    Parameters
    ----------
    domains, names
        Domain and id of every criterion.
    settings
        Number of draws and seed.

    Returns
    -------
    ndarray
        Weights of criteria x draws; each column adds to 1.

    Notes
    -----
    Dirichlet(1, ..., 1): exponential draws over their sum. Every domain and criterion has a stream of its own, so the order of the questionnaire does not matter.

    References
    ----------
    Lahdelma & Salminen, Operations Research 49 (2001), 444-454.
    """
    import numpy as np

    own = np.array([stream(settings, "weight", name).standard_exponential(settings.draws) for name in names])
    parts = sorted(set(domains))
    over = np.array([stream(settings, "domain", name).standard_exponential(settings.draws) for name in parts])
    over /= over.sum(axis=0)
    found = np.empty_like(own)
    for place, name in enumerate(parts):
        mine = np.array([domain == name for domain in domains])
        found[mine] = own[mine] / own[mine].sum(axis=0) * over[place]
    return found


def equal_weights(domains: Sequence[str]) -> np.ndarray:
    """Return the weight of every criterion when domains weigh alike, and criteria alike within each.

    Examples
    --------
    >>> equal_weights(["a", "a", "b"]).tolist()
    [0.25, 0.25, 0.5]
    """
    import numpy as np

    sizes = {name: sum(domain == name for domain in domains) for name in domains}
    return np.array([1 / (len(sizes) * sizes[domain]) for domain in domains])


def drawn(answers: Sequence[Answer], settings: ReadinessSettings, *, vary: Sequence[str]) -> Drawn:
    """Draw levels and weightings.

    Parameters
    ----------
    answers
        All answers.
    settings
        Number of draws, seed, and the part of its equal weight below which a criterion does not count.
    vary
        Which of ``weights``, ``raters`` and ``data`` are drawn; the others stay as they are.
    """
    import numpy as np

    count, types = settings.draws, next((one.types for one in answers if one.types is not None), None)
    rows, by_type = [], {}
    for answer in answers:
        name, level = answer.criterion.id, answer.level
        kind = "data" if answer.scored is not None else "raters"
        found = answer.draws(stream(settings, "level", name), count) if kind in vary and level is not None else None
        rows.append(np.full(count, -1 if level is None else level) if found is None else found)
        if "raters" in vary:
            by_type[name] = answer.type_draws(stream(settings, "types", name), count)
    domains = [answer.criterion.domain for answer in answers]
    counts = np.ones((len(answers), count), dtype=bool)
    if "weights" in vary:
        weights = weightings(domains, [answer.criterion.id for answer in answers], settings)
        counts = weights >= settings.negligible_weight * equal_weights(domains)[:, None]
    levels = np.array(rows, dtype=np.int64)
    if types is None:
        return Drawn(levels, {}, counts)
    by_names = drawn_levels(types, by_type, count)
    for place, answer in enumerate(answers):
        if answer.by_types and answer.criterion.id in by_names:
            levels[place] = reached(by_names[answer.criterion.id], types.hours, types.minimum)
    return Drawn(levels, by_names, counts)


def reached(levels: np.ndarray, hours: Sequence[float], minimum: float) -> np.ndarray:
    """Return, per draw, the highest level that types with enough hours reach; 0 where none does, -1 where that is not known."""
    import numpy as np

    own = np.asarray(hours)
    found = np.where(_enough(own @ (levels >= -1), minimum), -1, 0)
    for level in range(5):
        found = np.where(_enough(own @ (levels >= level), minimum), level, found)
    return found


def _enough(hours: np.ndarray, minimum: float) -> np.ndarray:
    return (hours > 0) & (hours >= minimum - 1e-9)


def classes(profile: Profile, draws: Drawn, mode: str) -> np.ndarray:
    """Return the class of a mode in every draw, as its place in :data:`analysis.readiness.result.CLASSES`.

    Notes
    -----
    The rule of :func:`analysis.readiness.verdict.verdict_of`, draw by draw; a criterion that is no gate counts only where the drawn weighting lets it. A gate that the data leave in
    doubt needs no rule here: the draws of the data are that doubt.
    """
    import numpy as np

    place = {criterion.id: row for row, criterion in enumerate(profile.criteria)}
    count = draws.levels.shape[1]
    unknown, stopped, ready = np.zeros(count, bool), np.zeros(count, bool), np.ones(count, bool)
    gates = {gate.id for gate in profile.gates(mode)}
    for gate in profile.gates(mode):
        levels = draws.levels[place[gate.id]]
        unknown |= levels < 0
        stopped |= (levels >= 0) & (levels < least_of(gate, mode))
        ready &= levels >= gate.needed(mode)
    for criterion in profile.criteria:
        if criterion.id not in gates:
            row = place[criterion.id]
            ready &= ~draws.counts[row] | (draws.levels[row] >= criterion.needed(mode))
    if profile.types is not None and profile.floors(mode, "allowed"):
        hours, minimum = np.asarray(profile.types.hours), profile.types.minimum
        least, needed = profile.floors(mode, "allowed"), profile.floors(mode, "ready")
        known = np.all([draws.types[name] >= floor for name, floor in least.items()], axis=0)
        perhaps = np.all([(draws.types[name] >= floor) | (draws.types[name] < 0) for name, floor in least.items()], axis=0)  # fmt: skip
        good = np.all([draws.types[name] >= floor for name, floor in needed.items()], axis=0)
        allowed, possible = _enough(hours @ known, minimum), _enough(hours @ perhaps, minimum)
        unknown |= possible & ~allowed
        stopped |= ~possible
        ready &= _enough(hours @ good, minimum)
    order = {name: number for number, name in enumerate(CLASSES)}
    found = np.where(ready, order["ready"], order["ready_with_changes"])
    found = np.where(stopped, order["not_yet"], found)
    return np.where(unknown, order["cannot_say"], found)


def shares(found: np.ndarray) -> dict[str, float]:
    """Return the share of draws by class."""
    return {name: float((found == number).mean()) for number, name in enumerate(CLASSES)}


def error_of(share: float, draws: int) -> float:
    """Return half the width of the 95 % interval that so many draws leave around a share.

    Notes
    -----
    Agresti & Coull: two draws of either kind are added, so that a share of 0 or 1 is not taken as beyond doubt.

    References
    ----------
    Agresti & Coull, American Statistician 52 (1998), 119-126.
    """
    near = (share * draws + 2) / (draws + 4)
    return _Z95 * math.sqrt(near * (1 - near) / (draws + 4))


def acceptability_rows(answers: Sequence[Answer], settings: ReadinessSettings) -> list[dict[str, object]]:
    """Return the share of draws in which each mode meets each class, with the simulation's own error."""
    profile, draws = profile_of(answers), drawn(answers, settings, vary=("weights", "raters", "data"))
    rows: list[dict[str, object]] = []
    for mode in MODES:
        found = shares(classes(profile, draws, mode))
        rows += [
            {"mode": mode, "verdict": name, "share": share, "error": error_of(share, settings.draws)}
            for name, share in found.items()
        ]
    return rows


def without_domain(profile: Profile, domain: str, mode: str) -> str:
    """Return the class of a mode if the criteria of a domain that are no gates did not count."""
    gates = {gate.id for gate in profile.gates(mode)}
    kept = tuple(one for one in profile.criteria if one.domain != domain or one.id in gates)
    return verdict_of(replace(profile, criteria=kept), mode)


def swung(profile: Profile, mode: str, negligible: float) -> float:
    """Return in what share of cases the class stays when the weight of one criterion is half as large, or half as large again."""
    import numpy as np

    domains, names = [one.domain for one in profile.criteria], [one.id for one in profile.criteria]
    equal, gates = equal_weights(domains), {gate.id for gate in profile.gates(mode)}
    today, same = verdict_of(profile, mode), []
    for place in range(len(names)):
        for factor in _SWINGS:
            weights = np.where(np.arange(len(names)) == place, equal * factor, equal)
            counts = weights / weights.sum() >= negligible * equal
            kept = tuple(one for row, one in enumerate(profile.criteria) if counts[row] or one.id in gates)
            same.append(len(kept) == len(names) or verdict_of(replace(profile, criteria=kept), mode) == today)
    return float(np.mean(same)) if same else 1.0
