"""The readiness verb: levels from data and raters, the verdict by mode, and the changes that would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.schema import Finding
from analysis.readiness import verdict as rules
from analysis.readiness.criteria import Criterion, read_criteria
from analysis.readiness.frames import FRAMES, frame
from analysis.readiness.from_data import SCORES, Facts
from analysis.readiness.listening import themes
from analysis.readiness.raters import Ratings, collect
from analysis.readiness.result import MODES, Readiness, Verdict
from analysis.readiness.scores import Score
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.baseline import Baseline
    from analysis.blending import Blending
    from analysis.foundation.settings import Client
    from analysis.utilization import Utilization

MODE_WORDS = {
    "blocks": "blocks of agents away from contacts",
    "between_contacts": "items between contacts",
    "interrupt": "items that a contact interrupts",
}
_VIEW = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The level that counts for one criterion, and what stands behind it."""

    criterion: Criterion
    score: Score | None
    ratings: Ratings

    @property
    def level(self) -> int | None:
        """Return the data's level where there is one, else the raters' lower median."""
        return self.ratings.median if self.score is None else self.score.level

    def range(self) -> tuple[int | None, int | None]:
        """Return the lowest and the highest level in question."""
        if self.score is not None:
            return self.score.range()
        return (self.ratings.levels[0], self.ratings.levels[-1]) if self.ratings.levels else (None, None)

    def draws(self, generator: np.random.Generator, count: int) -> np.ndarray | None:
        """Return levels over draws of the data's figure, or of one rater at random."""
        if self.score is not None:
            return self.score.draws(generator, count)
        return generator.choice(self.ratings.levels, count) if self.ratings.levels else None

    def disagreement(self, levels_apart: int) -> str:
        """Return in words where data and raters, or the raters among themselves, are far apart."""
        rated = self.ratings.median
        if self.score is not None and rated is not None and abs(rated - self.score.level) >= levels_apart:
            return f"raters say {rated}, the data say {self.score.level}"
        levels = self.ratings.levels
        if self.score is None and levels and levels[-1] - levels[0] > levels_apart:
            return f"raters range from {levels[0]} to {levels[-1]}"
        return ""


def assess_readiness(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    utilization: Utilization,
    blending: Blending,
    *,
    client: Client,
    criteria: Sequence[Criterion] | None = None,
    settings: ReadinessSettings | None = None,
) -> Readiness:
    """Tell whether this client can blend today, in which mode, and which changes would turn a no into a yes.

    Parameters
    ----------
    tables
        Canonical tables; ``answers`` and ``listening`` hold what people said.
    baseline, utilization, blending
        Results of the stages before.
    client
        The client, for its zone and full-time hours.
    criteria
        The questionnaire; the kit's own by default.
    settings
        See :class:`ReadinessSettings`.

    Returns
    -------
    Readiness
        Profile, gates, verdict by mode, the smallest set of changes, and how firm the verdict is.

    Raises
    ------
    DataProblem
        The answers name an unknown criterion, hold a rating that is not 0 to 4, or repeat a rater.

    Notes
    -----
    The data's level counts where the data score a criterion, else the lower median of the raters. A mode is ``cannot_say`` if one of its gates has
    no answer, ``not_yet`` if one stops it, ``ready`` if every criterion reaches what the mode needs, else
    ``ready_with_changes``. Acceptability is the share of draws (one rater at random a criterion; the data's figure from its
    sampling law) in which the profile meets a class; it is not a probability that blending will succeed.

    References
    ----------
    Non-compensatory gates and acceptability: Lahdelma & Salminen, Operations Research 49 (2001), 444-454.
    """
    settings = settings or ReadinessSettings()
    criteria = tuple(criteria) if criteria is not None else read_criteria()
    ratings = collect(tables.get("answers"), [criterion.id for criterion in criteria])
    facts = Facts(tables, baseline, blending, client, settings)
    answers = [
        Answer(
            criterion,
            SCORES[criterion.id](facts) if criterion.data and criterion.id in SCORES else None,
            ratings.get(criterion.id, Ratings(())),
        )
        for criterion in criteria
    ]
    levels = {answer.criterion.id: answer.level for answer in answers}
    verdicts = {mode: rules.verdict_of(criteria, levels, mode) for mode in MODES}
    found = {
        "criteria": _profile(answers, settings),
        "modes": _modes(criteria, levels, verdicts),
        "gates": _gates(criteria, levels),
        "changes": _changes(criteria, levels, verdicts, blending),
        "acceptability": _acceptability(answers, criteria, settings),
        "listening": themes(tables.get("listening")).assign(escalations=0, changed=0),
    }
    return Readiness(
        questionnaire="",
        verdict=_headline(criteria, levels, verdicts),
        **{name: frame(name, found.get(name, ())) for name in FRAMES},
        quantities=(),
        findings=_findings(answers, settings),
        settings=settings,
    )


def _evidence(answer: Answer) -> tuple[str, str, str]:
    """Return source, grade and evidence of an answer."""
    if answer.score is not None:
        return "data", "A", answer.score.evidence
    if answer.ratings.levels:
        return "raters", "C", "judgement of those asked"
    return "none", "", "no answer yet"


def _profile(answers: Sequence[Answer], settings: ReadinessSettings) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for answer in answers:
        criterion, (low, high), (source, grade, evidence) = answer.criterion, answer.range(), _evidence(answer)
        rows.append(
            {
                "criterion": criterion.id,
                "domain": criterion.domain,
                "name": criterion.name,
                "text": criterion.question,
                "gate": bool(criterion.gates),
                "auto": criterion.data,
                "level": answer.level,
                "low_level": low,
                "high_level": high,
                "raters": len(answer.ratings.levels),
                "roles": 0,
                "not_known": answer.ratings.not_known,
                "spread": answer.ratings.spread(),
                "source": source,
                "grade": grade,
                "evidence": evidence,
                "disagreement": answer.disagreement(settings.disagreement_levels),
            }
        )
    whole = ["level", "low_level", "high_level"]
    return pd.DataFrame(rows).astype(dict.fromkeys(whole, "Int64"))


def _modes(
    criteria: Sequence[Criterion], levels: Mapping[str, int | None], verdicts: Mapping[str, str]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for mode in MODES:
        missing = rules.blocking(criteria, levels, mode)
        to_allow = rules.changes_to_allowed(criteria, levels, mode)
        rows.append(
            {
                "mode": mode,
                "verdict": verdicts[mode],
                "blocking": ", ".join(criterion.id for criterion in missing),
                "sentence": _mode_sentence(mode, verdicts[mode], missing, to_allow),
            }
        )
    return pd.DataFrame(rows)


def _mode_sentence(mode: str, verdict: str, missing: Sequence[Criterion], to_allow: Sequence[rules.Change]) -> str:
    words = MODE_WORDS[mode][0].upper() + MODE_WORDS[mode][1:]
    names = _listed([change.criterion.name.lower() for change in to_allow])
    if verdict == "cannot_say":
        unknown = _listed([change.criterion.name.lower() for change in to_allow if change.from_level is None])
        return f"{words}: cannot be said, because nobody could answer {unknown}."
    if verdict == "not_yet":
        return f"{words}: not yet, because of {names}."
    if verdict == "ready":
        return f"{words}: ready."
    return f"{words}: possible after {_counted(len(missing))}."


def _counted(changes: int) -> str:
    return "1 change" if changes == 1 else f"{changes} changes"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _headline(criteria: Sequence[Criterion], levels: Mapping[str, int | None], verdicts: Mapping[str, str]) -> Verdict:
    mode = rules.headline_mode(verdicts)
    if mode:
        if verdicts[mode] == "ready":
            return Verdict("ready", mode, f"Ready for {MODE_WORDS[mode]}.")
        changes = rules.changes_to_ready(criteria, levels, mode)
        first = changes[0].criterion
        sentence = (
            f"Ready with changes: {_counted(len(changes))} would allow {MODE_WORDS[mode]}. "
            f"The first: {first.change[0].lower()}{first.change[1:]} ({first.owner_role})."
        )
        return Verdict("ready_with_changes", mode, sentence)
    verdict = "cannot_say" if "cannot_say" in verdicts.values() else "not_yet"
    open_gates = [change.criterion.name.lower() for change in rules.changes_to_allowed(criteria, levels, "blocks")]
    if verdict == "cannot_say":
        return Verdict(
            verdict,
            "",
            f"Whether blending can work here cannot be said before these are answered: {_listed(open_gates)}.",
        )
    return Verdict(verdict, "", f"Not ready for blending in any mode: {_listed(open_gates)} must change first.")


def _gates(criteria: Sequence[Criterion], levels: Mapping[str, int | None]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for criterion in criteria:
        modes = [mode for mode in MODES if mode in criterion.gates or mode in criterion.least]
        if not modes:
            continue
        level, needed = levels.get(criterion.id), max(criterion.needed(mode) for mode in modes)
        if level is None:
            state, said = "unknown", "no answer yet"
        elif any(criterion.stops(mode, level) for mode in modes):
            state, said = "stops", criterion.levels["0"] if level == 0 else f"level {level}"
        else:
            state, said = ("met", "met") if level >= needed else ("open", f"level {level}, {needed} needed")
        rows.append(
            {
                "criterion": criterion.id,
                "name": criterion.name,
                "modes": ", ".join(modes),
                "level": level,
                "needed": needed,
                "state": state,
                "sentence": f"{criterion.name}: {said}.",
            }
        )
    frame = pd.DataFrame(rows, columns=["criterion", "name", "modes", "level", "needed", "state", "sentence"])
    return frame.astype({"level": "Int64"})


def _changes(
    criteria: Sequence[Criterion], levels: Mapping[str, int | None], verdicts: Mapping[str, str], blending: Blending
) -> pd.DataFrame:
    import pandas as pd

    mode = rules.headline_mode(verdicts)
    wanted = rules.changes_to_ready(criteria, levels, mode) if mode else []
    following = MODES[MODES.index(mode) + 1 :] if mode else MODES
    if following:
        wanted = [*wanted, *rules.changes_to_allowed(criteria, levels, following[0])]
    rows = []
    for change in wanted:
        criterion = change.criterion
        rows.append(
            {
                "mode": change.mode,
                "order": sum(row["mode"] == change.mode for row in rows) + 1,
                "criterion": criterion.id,
                "name": criterion.name,
                "change": criterion.change,
                "from_level": change.from_level,
                "to_level": change.to_level,
                "effort": criterion.effort,
                "owner_role": criterion.owner_role,
                "evidence": criterion.evidence,
                "unlocks": _unlocked(blending, change.mode),
            }
        )
    names = [
        "mode",
        "order",
        "criterion",
        "name",
        "change",
        "from_level",
        "to_level",
        "effort",
        "owner_role",
        "evidence",
        "unlocks",
    ]
    return pd.DataFrame(rows, columns=names).astype({"from_level": "Int64"})


def _unlocked(blending: Blending, mode: str) -> str:
    """Return the hours a week of the mode as a whole, in words; empty when they are not known."""
    usable = blending.usable
    hours = usable.loc[(usable["mode"] == _VIEW[mode]) & usable["hours_per_week"].notna(), "hours_per_week"].sum()
    return f"part of {5 * round(hours / 5):.0f} hours a week" if hours >= 2.5 else ""


def _acceptability(
    answers: Sequence[Answer], criteria: Sequence[Criterion], settings: ReadinessSettings
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    generator = np.random.default_rng(settings.seed)
    draws = {answer.criterion.id: answer.draws(generator, settings.draws) for answer in answers}
    rows = [
        {"mode": mode, "verdict": verdict, "share": share}
        for mode in MODES
        for verdict, share in rules.acceptability(criteria, draws, mode).items()
    ]
    return pd.DataFrame(rows)


def _findings(answers: Sequence[Answer], settings: ReadinessSettings) -> tuple[Finding, ...]:
    found = []
    for answer in answers:
        text = answer.disagreement(settings.disagreement_levels)
        if text:
            where = f"readiness answers, {answer.criterion.id} ({answer.criterion.name.lower()})"
            found.append(
                Finding(
                    "readiness_disagreement", "flag", where, f"{text}. Talk it through before the verdict is shared."
                )
            )
    unanswered = [answer.criterion.id for answer in answers if answer.level is None]
    if unanswered:
        found.append(
            Finding(
                "readiness_unanswered",
                "ask",
                "readiness answers",
                f"{len(unanswered)} criteria have no answer (first: {unanswered[0]}). Ask the roles named in the questionnaire.",
                rows=len(unanswered),
            )
        )
    return tuple(found)
