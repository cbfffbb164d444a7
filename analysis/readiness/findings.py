"""What a reader must know about the answers behind a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analysis.foundation.schema import Finding
from analysis.readiness.case import Case
from analysis.readiness.criteria import Questionnaire
from analysis.readiness.raters import Ratings
from analysis.readiness.result import MODES
from analysis.readiness.room import ROOM
from analysis.readiness.sentences import MODE_WORDS, listed, small
from analysis.readiness.verdict import types_in
from analysis.value.words import hours

_WHERE = "readiness answers"
_SHOWN = 4


def findings_of(
    case: Case, questionnaire: Questionnaire, ratings: Mapping[str, Ratings], not_asked: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Return the findings, in the order in which a reader needs them; `not_asked` counts ratings of criteria that the questionnaire leaves out."""
    return (
        *_unanswered(case),
        *_disagreement(case),
        *_edited(questionnaire),
        *_not_asked(not_asked),
        *_strange_types(case, ratings),
        *_left_out(case),
        *_otherwise(case),
    )


def _unanswered(case: Case) -> Iterator[Finding]:
    missing = [answer for answer in case.answers if answer.level is None]
    if not missing:
        return
    assumed = sum(answer.grade == "D" for answer in missing)
    more = f" {assumed} of them were only assumed, which does not count." if assumed else ""
    names = listed([answer.criterion.id for answer in missing], _SHOWN)
    yield Finding(
        "readiness_unanswered",
        "ask",
        _WHERE,
        f"{'1 criterion has' if len(missing) == 1 else f'{len(missing)} criteria have'} no answer that counts: {names}.{more} Ask the roles named in the questionnaire.",
        rows=len(missing),
    )


def _disagreement(case: Case) -> Iterator[Finding]:
    for answer in case.answers:
        text = answer.disagreement(case.settings.disagreement_levels)
        if text:
            where = f"{_WHERE}, {answer.criterion.id} ({small(answer.criterion.name)})"
            yield Finding(
                "readiness_disagreement", "flag", where, f"{text}. Talk it through before the verdict is shared."
            )


def _not_asked(count: Mapping[str, int]) -> Iterator[Finding]:
    if count:
        given = sum(count.values())
        number = f"{given} rating{'' if given == 1 else 's'} of {listed(list(count), _SHOWN)}"
        yield Finding(
            "readiness_not_asked",
            "flag",
            _WHERE,
            f"{number} {'does' if given == 1 else 'do'} not count: the edited questionnaire leaves the criteria out.",
            rows=given,
        )


def _edited(questionnaire: Questionnaire) -> Iterator[Finding]:
    if questionnaire.own:
        yield Finding(
            "readiness_questionnaire_edited",
            "flag",
            "questionnaire",
            f"The questionnaire is not the kit's own: {questionnaire.words}. Verdicts of other clients do not compare with this one.",
        )


def _strange_types(case: Case, ratings: Mapping[str, Ratings]) -> Iterator[Finding]:
    rated = {name for one in ratings.values() for name in one.types}
    types = case.profile.types
    if types is None:
        if rated:
            yield Finding(
                "readiness_types_without_hours",
                "ask",
                f"{_WHERE}, by item type",
                f"{len(rated)} item types were judged, but the data hold no hours of item types, so none can be left out. Their lowest level counts. Ask for items by type.",
                rows=len(rated),
            )
        return
    strange = sorted(rated - set(types.names))
    if strange:
        yield Finding(
            "readiness_types_unknown",
            "ask",
            f"{_WHERE}, by item type",
            f"{len(strange)} item types were judged that the data do not hold, so nothing follows from these ratings. Write the names as in the list of item types.",
            rows=len(strange),
        )


def _left_out(case: Case) -> Iterator[Finding]:
    same: dict[tuple[str, ...], list[str]] = {}
    for mode in case.allowed():
        same.setdefault(tuple(case.left_out(mode)), []).append(mode)
    for names, modes in same.items():
        if names:
            held, where = hours(case.held(names)), listed([MODE_WORDS[mode] for mode in modes])
            number = "1 item type is" if len(names) == 1 else f"{len(names)} item types are"
            yield Finding(
                "readiness_types_left_out",
                "flag",
                f"item types, {where}",
                f"{number} left out, because a gate stops {'it' if len(names) == 1 else 'them'}: {_some(names)}, {held} hours a week.",
                rows=len(names),
            )


def _otherwise(case: Case) -> Iterator[Finding]:
    """Where blending counts other item types than those left in here."""
    types = case.profile.types
    if types is None:
        return
    for mode in MODES:
        room, where = case.rooms.of(mode), f"item types, {MODE_WORDS[mode]}"
        stays = dict(zip(types.names, types_in(case.profile, mode), strict=True))  # a type without an answer is not
        gone = {name: held for name, held in room.counted.items() if held > 0 and not stays.get(name, True)}
        if room.verdict == ROOM and gone:
            yield Finding(
                "readiness_types_counted",
                "flag",
                where,
                f"The hours that blending finds count {hours(sum(gone.values()))} a week of {_some(gone)}, left out here: "
                "blending reads the client's list of item types, this verdict also what raters say. The hours are given as a range; mark these types in the list and run again.",
                rows=len(gone),
            )
        more = {name: text for name, text in room.objections.items() if stays.get(name) and text}
        if room.verdict == ROOM and more:
            first = next(iter(more))
            yield Finding(
                "readiness_types_not_counted",
                "flag",
                where,
                f"The hours that blending finds count nothing of {_some(more)}, though no gate leaves {'it' if len(more) == 1 else 'them'} out: blending looks at more than the gates ({small(first)}: {more[first]}).",
                rows=len(more),
            )


def _some(names: Iterable[str]) -> str:
    return listed([small(name) for name in names], _SHOWN)
