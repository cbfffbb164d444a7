"""The questionnaire as data: read from the kit's file or from an edited copy, checked, and compared with the kit's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.readiness.criterion import Criterion, Domain, LevelRule, Mode, Role
from analysis.readiness.questionnaire import NO_EDITS, Edits, compare, parsed

__all__ = ["Criterion", "Domain", "LevelRule", "Mode", "Questionnaire", "Role", "read_criteria", "read_questionnaire"]

KITS_NAME = "kit's questionnaire"


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The criteria that were asked, and what was changed about them for this engagement.

    Attributes
    ----------
    name
        ``"kit's questionnaire"``, or the name of the engagement's file.
    version
        Version of the kit's questionnaire that it is, or began as.
    own
        Whether it differs from the kit's: criteria, levels, gates or bounds of its own.
    criteria
        In the file's order.
    roles
        Who is asked.
    edits
        How it differs.

    Examples
    --------
    >>> read_questionnaire().words
    "kit's questionnaire, version 2"
    """

    name: str
    version: int
    own: bool
    criteria: tuple[Criterion, ...]
    roles: tuple[Role, ...] = ()
    edits: Edits = field(default=NO_EDITS)

    @property
    def words(self) -> str:
        """Name and version, and how it differs from the kit's: what the report prints about it."""
        if not self.own:
            same = "" if self.name == KITS_NAME else ", as the kit's"
            return f"{self.name}, version {self.version}{same}"
        return f"{self.name}, version {self.version} edited: {self.edits.words()}"


def read_questionnaire(path: Path | None = None) -> Questionnaire:
    """Read a questionnaire and say how it differs from the kit's own.

    Parameters
    ----------
    path
        An edited copy of the kit's file; the kit's own by default.

    Returns
    -------
    Questionnaire
        Criteria in the file's order, roles, and the differences.

    Raises
    ------
    UsageProblem
        The file does not follow the schema: one line per mistake, with criterion, key, what is wrong and what to do.

    Examples
    --------
    >>> questionnaire = read_questionnaire()
    >>> len(questionnaire.criteria), questionnaire.own
    (37, False)
    """
    kits_file = assets() / "templates" / "questionnaires" / "readiness.toml"
    kits = parsed(_content(kits_file), name=kits_file.name, kit=None)
    if path is None:
        return Questionnaire(KITS_NAME, kits.version, own=False, criteria=kits.criteria, roles=kits.roles)
    read = parsed(_content(path), name=path.name, kit=kits)
    edits = compare(read, kits)
    return Questionnaire(
        path.name, read.version, own=edits != NO_EDITS, criteria=read.criteria, roles=read.roles, edits=edits
    )


def read_criteria(path: Path | None = None) -> tuple[Criterion, ...]:
    """Return the criteria of a questionnaire; see :func:`read_questionnaire`.

    Examples
    --------
    >>> len(read_criteria())
    37
    """
    return read_questionnaire(path).criteria


def _content(path: Path) -> dict[str, object]:
    """Return what the TOML file states."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageProblem(
            f"{path.name}: there is no such file in the engagement's folder. Make it with: engage answers NAME --questionnaire"
        ) from None
    except OSError as error:
        raise UsageProblem(
            f"{path.name}: cannot be read ({type(error).__name__}). Close other programs that use it."
        ) from error
    except UnicodeDecodeError:
        raise UsageProblem(f"{path.name}: is not UTF-8 text. Save the file as UTF-8 in your editor.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageProblem(
            f"{path.name}: {error}. Text stands in double quotes, lists in [ ], and every key once; compare this line with the kit's file."
        ) from None
