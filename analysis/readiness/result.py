"""Readiness as one frozen result: the profile first, then gates, verdicts by mode, changes and how firm they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity, tidy
from analysis.foundation.schema import Finding
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    import pandas as pd

MODES: tuple[str, ...] = ("blocks", "between_contacts", "interrupt")
CLASSES: tuple[str, ...] = ("ready", "ready_with_changes", "not_yet", "cannot_say")


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """The headline: the class of the highest mode that is allowed, or why none is.

    Attributes
    ----------
    verdict
        One of ``ready``, ``ready_with_changes``, ``not_yet``, ``cannot_say``.
    mode
        The mode it speaks of; empty when no mode is allowed.
    headline
        The sentence for page one.
    """

    verdict: str
    mode: str
    headline: str


@dataclass(frozen=True, slots=True, repr=False)
class Readiness:
    """Whether this client can blend, by mode, on what evidence, and after which changes.

    Every frame is always present, with the columns of :data:`analysis.readiness.frames.FRAMES`; where nothing can be said it is empty.

    Attributes
    ----------
    questionnaire
        Name and version of the questionnaire that was used, and whether it is the kit's own.
    criteria
        The profile, one row a criterion: `criterion`, `domain`, `name`, `text` (the question), `gate` (of any mode), `auto` (data can score it), `level` (0 to 4; NA without an
        answer that counts), `low_level`, `high_level` (raters' range, or the rule at the interval's ends), `raters` (who gave a level), `roles` (different ones), `not_known` (raters who could
        not say), `spread` (text), `source` (data | raters | item types | none), `grade` (A to D; empty without an answer), `evidence` (figure and rule, or the kind of answer; never a rater's
        own words), `disagreement` (text, empty when none).
    scores
        What the data say, one row per figure of a criterion (a criterion's level is the lowest of its figures'): `criterion`, `figure_words`, `figure`, `low`, `high`, `confidence`, `unit` (share | h | fte | weeks), `n`, `n_unit`,
        `rule` (in words, with its thresholds), `level`, `low_level`, `high_level` (at the interval's ends), `rated` (the raters' median), `apart` (levels between), `status` (ok | insufficient), `reason`, `sentence`.
    agreement
        `measure` (krippendorff_alpha | gwet_ac2 | percent), `variant` (weights in words), `value`, `low`, `high`, `criteria` (rated by two or more), `raters`, `status`, `reason`, `sentence`.
    verdict
        The headline.
    modes
        `mode`, `verdict` (by the rule, whatever the room), `room` (by blending: room | no room | cannot say), `blocking` (criteria that keep it from ready, ids joined by commas), `hours_per_week` (what the mode would move, from blending) with `hours_low`, `hours_high`, `type_h_per_week` (hours of the item
        types left in), `sentence`; one row a mode.
    gates
        `criterion`, `name`, `modes` (joined by commas), `level`, `low_level`, `high_level`, `needed`, `state` (met | open | stops | unknown), `source`, `grade`, `sentence`.
    types
        Criteria that are judged type by type: `type`, `criterion`, `hours_per_week`, `level`, `source` (data | raters | item types | none), `grade`, `left_out` (modes in which a gate stops it, joined by commas), `open_in`
        (modes for which it is not ready yet), `sentence`.
    changes
        `mode`, `goal` (ready | allowed), `order`, `criterion`, `type` (item type; empty: all, or all that were not judged apart), `name`, `change`, `from_level` (NA = not answered), `to_level`, `effort`, `owner_role`, `evidence` (that will show it done),
        `unlocks_h_per_week` with `unlocks_low`, `unlocks_high` and `unlocks_value_per_week` (what this change alone adds once the others of its set are made; NaN where that cannot be said), `unlocks` (in words).
    change_sets
        The smallest set per mode and goal: `mode`, `goal`, `changes` (number), `low_effort`, `medium_effort`, `high_effort` (numbers), `criteria` (ids joined by commas), `hours_per_week` with `hours_low`, `hours_high` and
        `value_per_week` with `value_low`, `value_high` (unlocked by the whole set), `sentence`.
    acceptability
        `mode`, `verdict`, `share`, `error` (of the simulation): over weightings, raters and draws of the data; not a probability that blending succeeds.
    sensitivity
        `mode`, `kind` (weights | raters | data | domain), `what` (in words), `verdict`, `share`, `sentence`: the same with one source of doubt at a time, and the verdict if a domain did not count.
    listening
        `kind` (theme | merged | all), `theme`, `times` (notes), `teams`, `roles`, `escalations` (with complaints), `read_back`, `agreed` (NA where too few to show), `days_to_read_back` (median; of all alone), `changed` (answers
        recorded in `responses`), `sentence`: counts only, the largest theme first; rare themes are merged, and the last row is over all notes.
    heard
        `kind` (role | teams), `role`, `to_hear` (people on the list, or teams of the roster that are large enough; NA where not known), `notes` (NA where too few to show), `teams` (heard), `last_on`, `planned_on` (next, of a role that is
        not heard yet), `state` (heard | not heard | too few to tell), `sentence`; teams are counted, never named.
    expectations
        What leaders guessed before the data: `quantity` (id of a figure), `population`, `words`, `unit`, `people`, `guess_low`, `guess` (median), `guess_high`, `measured`, `low`, `high`, `grade`, `late` (some guessed after the period),
        `sentence`; nothing of fewer than three people.
    responses
        `theme`, `changed` (what was changed because of what was heard, written for print), `owner_role`, `changed_on`.
    plan
        `phase` (crawl | walk | run; answer: only steps that lead to an answer; instead: blending sees no room), `mode`, `kind` (entry | do | exit | stop | left_out), `order`, `measure` (of an exit and its stop rule), `text`,
        `criterion`, `owner_role`, `evidence`, `state` (open | unknown; a criterion that is met is no entry), `week_from`, `week_to` (from the go).
    calendar
        The first two weeks: `day` (working day from 1), `what`, `who` (role), `why`.
    kpis
        `kpi`, `parent` (empty for the top), `role` (goal | driver | guard), `words`, `today` with `today_low`, `today_high`, `limit` (of a guard), `unit`, `direction` (up | down | hold), `owner_role`.
    messages
        `audience` (managers | staff), `topic` (the first is ``page``: the page's own title), `order`, `title` (of the topic), `text`.
    risks
        `risk`, `kind` (people | data protection | service | work | value), `why` (what in this assessment raises it), `guard`, `owner_role`, `state` (in place | open | unknown).
    pilot
        One row per pool and outcome: `pool`, `unit` (switchback days | switchback half days | teams), `outcome`, `words`, `weeks`, `units` (randomised), `washout_units`, `today`, `sd` (of a unit after weekday and trend), `within` (of a unit at like week, weekday and covariates), `freedom` (of `within`), `autocorrelation`,
        `detectable` (smallest change seen with `power` at `level`) with `detectable_low`, `detectable_high`, `unit_of_outcome`, `covariates` (held alike, joined by commas), `status`, `reason`, `sentence`.
    pilot_power
        `pool`, `outcome`, `weeks`, `effect`, `power`, `error` (of the simulation).
    stop_rules
        `pool`, `outcome`, `threshold`, `unit`, `look` (when it is looked at), `action`, `sentence`, `false_stops` (share of pilots without any effect that it stops).
    quantities, findings, settings
        As in every result.
    """

    questionnaire: str
    criteria: pd.DataFrame
    scores: pd.DataFrame
    agreement: pd.DataFrame
    verdict: Verdict
    modes: pd.DataFrame
    gates: pd.DataFrame
    types: pd.DataFrame
    changes: pd.DataFrame
    change_sets: pd.DataFrame
    acceptability: pd.DataFrame
    sensitivity: pd.DataFrame
    listening: pd.DataFrame
    heard: pd.DataFrame
    expectations: pd.DataFrame
    responses: pd.DataFrame
    plan: pd.DataFrame
    calendar: pd.DataFrame
    kpis: pd.DataFrame
    messages: pd.DataFrame
    risks: pd.DataFrame
    pilot: pd.DataFrame
    pilot_power: pd.DataFrame
    stop_rules: pd.DataFrame
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: ReadinessSettings

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: id, scope, value, low, high, confidence, n, n_unit, unit, status, reasons."""
        return tidy(self.quantities)

    def __repr__(self) -> str:
        """Return the headline sentence."""
        return self.verdict.headline
