"""The guide as data: whom to ask what, the closed list of themes, and what leaders are asked to guess."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Population, Settings

OTHER_THEMES = "other themes"
OTHER_ROLES = "other roles"
# a role's questions stand on one page, and all roles on two
MOST_QUESTIONS = 8


class Role(Settings):
    """People who are asked the same questions."""

    id: str = Field(pattern="^[a-z_]+$", description="short name")
    name: str = Field(min_length=1, max_length=40, description="the role in the plural, as printed")
    also: tuple[str, ...] = Field(default=(), description="other words that mean this role")
    questions: tuple[str, ...] = Field(
        min_length=1, max_length=MOST_QUESTIONS, description="what these people are asked"
    )


class Theme(Settings):
    """One of the words by which what is heard is sorted."""

    name: str = Field(min_length=1, max_length=24, description="the theme as printed")
    about: str = Field(min_length=1, max_length=80, description="what belongs to it")
    also: tuple[str, ...] = Field(default=(), description="other words that mean this theme")


class Expectation(Settings):
    """A figure that leaders guess before it is measured."""

    question: str = Field(min_length=1, max_length=80, description="the words of the list in the sheet Expectations")
    ask: str = Field(min_length=1, max_length=200, description="the question as it is put")
    quantity: str = Field(pattern=r"^[a-z]+\.[a-z_]+$", description="id of the figure it is compared with")
    unit: Literal["share", "hours_per_week", "agents"] = Field(description="unit of the figure")
    populations: tuple[Population, ...] = Field(min_length=1, description="populations that it is asked of")
    scope: dict[str, str] = Field(default={}, description="further scope of the figure, such as the mode")
    also: tuple[str, ...] = Field(default=(), description="other words that mean this question")

    @model_validator(mode="after")
    def _shares_say_so(self) -> Expectation:
        # intake reads 25 and 25 % as a quarter where the words begin so
        if self.unit == "share" and not self.question.startswith("share"):
            raise ValueError('a question for a share begins with the word "share"')
        return self


class Guide(Settings):
    """What :func:`analysis.readiness.listening.listen` needs to know: roles, themes, expectations, rules.

    Examples
    --------
    >>> guide = read_guide()
    >>> guide.theme("Work load"), guide.theme("the weather")
    ('workload', None)
    >>> guide.role("Works council member")
    'representatives of the workforce'
    """

    name: str = Field(min_length=1, max_length=40, description="name of the guide")
    version: str = Field(min_length=1, max_length=20, description="version of the guide")
    rules: tuple[str, ...] = Field(min_length=1, description="rules for the one who listens")
    first: tuple[str, ...] = Field(min_length=1, description="what to do where nothing was written down yet")
    opening: tuple[str, ...] = Field(min_length=1, description="questions that everybody is asked first")
    closing: tuple[str, ...] = Field(min_length=1, description="questions that everybody is asked last")
    roles: tuple[Role, ...] = Field(min_length=1, alias="role", description="whom to ask what")
    themes: tuple[Theme, ...] = Field(min_length=2, alias="theme", description="the closed list of themes")
    expectations: tuple[Expectation, ...] = Field(alias="expectation", description="what leaders guess")

    @model_validator(mode="after")
    def _words_differ(self) -> Guide:
        for what, items in (("role", self.roles), ("theme", self.themes)):
            words = [word for item in items for word in {key(item.name), *map(key, item.also)}]
            twice = sorted({word for word in words if words.count(word) > 1})
            if twice:
                raise ValueError(f"the word {twice[0]!r} stands for two entries of [[{what}]]; give it to one")
        return self

    def theme(self, written: object) -> str | None:
        """Return the theme that a written word stands for; None where the list has none."""
        return _named(written, self.themes)

    def role(self, written: object) -> str | None:
        """Return the role that a written word stands for; None where the list has none."""
        return _named(written, self.roles)

    def expectation(self, written: object) -> Expectation | None:
        """Return the question that written words or the id of a figure stand for; None where the list has none."""
        word = key(written)
        found = (
            one for one in self.expectations if word in {key(text) for text in (one.question, one.quantity, *one.also)}
        )
        return next(found, None)

    def counted(self) -> tuple[int, int]:
        """Return how many lines of the interviews ask, and how many there are.

        Examples
        --------
        >>> asked, lines = read_guide().counted()
        >>> asked / lines > 0.9
        True
        """
        lines = [*self.opening, *self.closing, *(line for role in self.roles for line in role.questions)]
        return sum(line.endswith("?") for line in lines), len(lines)


def key(written: object) -> str:
    """Return words as they are compared: small letters, single spaces, hyphens and underscores as spaces.

    Examples
    --------
    >>> key(" Well-Being "), key(None)
    ('well being', '')
    """
    text = written if isinstance(written, str) else ""
    return " ".join(re.sub(r"[-_\u2010-\u2015]", " ", text).casefold().split())


def _named(written: object, items: tuple[Role, ...] | tuple[Theme, ...]) -> str | None:
    word = key(written)
    found = (item.name for item in items if word and word in {key(item.name), *(key(other) for other in item.also)})
    return next(found, None)


def read_guide(path: Path | None = None) -> Guide:
    """Read the guide of interviews, themes and expectations.

    Parameters
    ----------
    path
        A TOML file; the kit's own by default.

    Raises
    ------
    UsageProblem
        The file does not follow the schema; names the block, the key and the remedy.

    Examples
    --------
    >>> guide = read_guide()
    >>> len(guide.roles), guide.expectation("baseline.idle_share").unit
    (7, 'share')
    """
    path = path or assets() / "templates" / "questionnaires" / "listening.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageProblem(
            f"{path.name}: there is no such file. Copy the kit's listening.toml and change it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(
            f"{path.name}: not readable as TOML ({error}). Mend this line, or start again from the kit's file."
        ) from None
    try:
        return Guide.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise UsageProblem(f"{path.name}: {place or 'the file'}: {said}. Compare it with the kit's file.") from None


def some(count: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> some(1, "note"), some(3, "note")
    ('1 note', '3 notes')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"
