"""The readiness verb: levels from data and raters, the verdict by mode, and the changes that would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.readiness import change_rows, rows
from analysis.readiness.acceptability import acceptability_rows
from analysis.readiness.answer import answers_of
from analysis.readiness.case import Case
from analysis.readiness.criteria import Criterion, Questionnaire, read_questionnaire
from analysis.readiness.findings import findings_of
from analysis.readiness.frames import frame
from analysis.readiness.from_data import Facts, score_all
from analysis.readiness.listening import listen
from analysis.readiness.pilot import design_pilot
from analysis.readiness.plan import plan_of
from analysis.readiness.raters import Ratings, agreement_frame, collect, rater_findings
from analysis.readiness.result import Readiness
from analysis.readiness.room import rooms_of
from analysis.readiness.scores import Score, scores_frame
from analysis.readiness.sentences import headline_of
from analysis.readiness.settings import ReadinessSettings
from analysis.readiness.types import Types, types_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline import Baseline
    from analysis.blending import Blending
    from analysis.foundation.schema import Finding
    from analysis.foundation.settings import Client, Queue
    from analysis.utilization import Utilization
    from analysis.value import Value

#: Frames that the plan is made from.
_PLANNED = (
    *("criteria", "gates", "changes", "modes", "types", "scores"),
    *("pilot", "stop_rules", "listening", "heard", "responses"),
)


def assess_readiness(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    utilization: Utilization,
    blending: Blending,
    *,
    client: Client,
    queues: Sequence[Queue] = (),
    value: Value | None = None,
    questionnaire: Questionnaire | None = None,
    criteria: Sequence[Criterion] | None = None,
    settings: ReadinessSettings | None = None,
) -> Readiness:
    """Tell whether this client can blend today, in which mode, and which changes would turn a no into a yes.

    Parameters
    ----------
    tables
        Canonical tables; ``answers`` holds the ratings, ``listening``, ``expectations``, ``to_hear`` and ``responses`` what people said.
    baseline, utilization, blending
        Results of the stages before.
    client
        The client, for its zone, full-time hours and currency.
    queues
        Queues with their pools and promises; the pilot is designed for them.
    value
        The balance, for what changes are worth; without it they are told in hours alone.
    questionnaire
        The questionnaire that was asked; the kit's own by default.
    criteria
        Criteria to use instead of the questionnaire's.
    settings
        See :class:`ReadinessSettings`.

    Returns
    -------
    Readiness
        Profile, gates, verdict by mode, item types left out, the smallest sets of changes, how firm the verdict is, what was heard, plan, risks and pilot.

    Raises
    ------
    DataProblem
        The answers name an unknown criterion, hold a rating that is not 0 to 4, or repeat a rater.

    Notes
    -----
    What counts: the data's level where the data score a criterion; for criteria judged type by type the level that types with enough hours reach; else the
    lower median of the raters. The class of a mode: see :func:`analysis.readiness.verdict.verdict_of`. The headline speaks of the highest mode that is allowed
    and for which blending finds room. See docs/method/readiness.md.

    References
    ----------
    Non-compensatory gates and acceptability: Lahdelma & Salminen, Operations Research 49 (2001), 444-454.
    """
    asked, settings = questionnaire or read_questionnaire(), settings or ReadinessSettings()
    used = tuple(criteria) if criteria is not None else asked.criteria
    said, not_asked = _asked(tables.get("answers"), asked, used)
    ratings = _counted(collect(said, [one.id for one in used]), used)
    scores = score_all(Facts(tables, baseline, blending, client, settings, queues), used)
    types = _types(used, ratings, baseline, blending, settings)
    case = Case.of(answers_of(used, scores, ratings, types), rooms_of(blending, value), settings, client.currency)
    verdict, agreed = headline_of(case, asked.edits), agreement_frame(said, used, settings)
    found = {**_frames(case), "scores": _scores(scores, ratings), "agreement": agreed}
    stages = {"baseline": baseline, "utilization": utilization, "blending": blending}
    more, noted = _around(
        tables, found, client=client, queues=queues, value=value, questions=used, headline=verdict.headline, settings=settings, **stages
    )  # fmt: skip
    by_data = [answer.criterion.id for answer in case.answers if answer.scored is not None]
    return Readiness(
        questionnaire=asked.words,
        verdict=verdict,
        **found,
        **more,
        quantities=(),
        findings=(
            *findings_of(case, asked, ratings, not_asked),
            *rater_findings(ratings, agreed, used, settings, scored=by_data),
            *noted,
        ),
        settings=settings,
    )


def _around(
    tables: Mapping[str, pd.DataFrame],
    found: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: ReadinessSettings,
    **more: Any,
) -> tuple[dict[str, pd.DataFrame], tuple[Finding, ...]]:
    """Return the frames of what was heard, of the pilot and of the plan, and what is to be known about them."""
    stages = {name: more[name] for name in ("baseline", "utilization", "blending")}
    heard = listen(tables, client=client, settings=settings, **stages)
    designed = design_pilot(tables, more["blending"], client=client, queues=queues, settings=settings)
    made = {name: getattr(heard, name) for name in ("listening", "heard", "expectations", "responses")}
    made |= {name: getattr(designed, name) for name in ("pilot", "pilot_power", "stop_rules")}
    both = {**found, **made}
    plan = plan_of(**{name: both[name] for name in _PLANNED}, client=client, queues=queues, settings=settings, **more)
    made |= {name: getattr(plan, name) for name in ("plan", "calendar", "kpis", "messages", "risks")}
    return made, (*heard.findings, *plan.findings)


def _asked(
    answers: pd.DataFrame | None, questionnaire: Questionnaire, criteria: Sequence[Criterion]
) -> tuple[pd.DataFrame | None, dict[str, int]]:
    """Take away ratings of criteria that the questionnaire leaves out on purpose, and count them."""
    gone = set(questionnaire.edits.left_out) - {criterion.id for criterion in criteria}
    if answers is None or not gone:
        return answers, {}
    away = answers["criterion"].isin(list(gone))
    counts = answers.loc[away, "criterion"].value_counts(sort=False)
    return answers[~away].reset_index(drop=True), {str(name): int(number) for name, number in counts.items()}


def _counted(ratings: Mapping[str, Ratings], criteria: Sequence[Criterion]) -> dict[str, Ratings]:
    """Keep the ratings that rest on what the questionnaire accepts as evidence for their criterion."""
    by_id = {criterion.id: criterion for criterion in criteria}
    return {
        name: one if {*one.bases, *(basis for part in one.types.values() for basis in part.bases)} <= set(by_id[name].accepts) else one.resting_on(by_id[name].accepts)
        for name, one in ratings.items()
    }  # fmt: skip


def _types(
    criteria: Sequence[Criterion],
    ratings: Mapping[str, Ratings],
    baseline: Baseline,
    blending: Blending,
    settings: ReadinessSettings,
) -> Types | None:
    """Judge the item types of the inventory."""
    lengths = baseline.item_lengths.dropna(subset=["mean_s"])
    measured = dict(zip(lengths["type"].astype(str), lengths["mean_s"].astype(float), strict=True))
    return types_of(
        criteria,
        ratings,
        blending.inventory,
        measured,
        short_item_s=settings.short_item_s,
        minimum=settings.minimum_type_h_per_week,
    )


def _frames(case: Case) -> dict[str, pd.DataFrame]:
    """Return the frames that follow from the answers."""
    made = {
        "criteria": rows.criteria_rows(case),
        "modes": rows.mode_rows(case),
        "gates": rows.gate_rows(case),
        "types": rows.type_rows(case),
        "changes": change_rows.change_rows(case),
        "change_sets": change_rows.set_rows(case),
        "acceptability": acceptability_rows(case.answers, case.settings),
        "sensitivity": rows.sensitivity_rows(case),
    }
    return {name: frame(name, part) for name, part in made.items()}


def _scores(scores: Mapping[str, Score], ratings: Mapping[str, Ratings]) -> pd.DataFrame:
    """Hold the scores against the raters' median, where two or more of them stand behind it: one rating alone is not shown."""
    return scores_frame(scores, {name: one.median for name, one in ratings.items() if len(one.levels) > 1})
