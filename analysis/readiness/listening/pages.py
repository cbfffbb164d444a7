"""The interview guide as text to print: a page of rules, a page a role, a page of what is asked of leaders."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.readiness.listening.guide import Guide, Role

_BREAK = '\n<div style="page-break-after: always"></div>\n'
_NOTES = """\
| heard on | team (ten people or more) | concern, idea, escalation, complaint | theme | asks for |
| --- | --- | --- | --- | --- |
|  |  |  |  |  |
|  |  |  |  |  |
|  |  |  |  |  |
|  |  |  |  |  |"""
_WRITING = """\
- `answers/listening.xlsx` holds four sheets. *To hear*: whom you will hear, and when. *Concerns*: one row a concern, idea, escalation or complaint, with your theme for it, the date it was
  read back, and whether they agreed. *Expectations*: what leaders guess. *What changed*: what was done about it, printed as you write it.
- `answers/readiness.xlsx` holds one sheet a role: a rating from 0 to 4 for each question, and what you saw. Choose *not known* where the rater cannot know. At least two raters for each question, from
  different sides.
- What was only said and not seen is weaker evidence than a document, a screen or an observed hour. Say which it was.
- `engage report NAME --only listening` prints two pages of it at any time, without any data. Nobody's words are printed, and no theme that fewer than three notes from two teams or roles speak of."""


def guide_text(guide: Guide) -> str:
    """Return the interview guide in Markdown, each role on a page of its own.

    Examples
    --------
    >>> from analysis.readiness.listening import read_guide
    >>> guide_text(read_guide()).splitlines()[0]
    '# Interview guide'
    """
    asked, lines = guide.counted()
    front = [
        "# Interview guide",
        "Listening comes before figures, and figures before goals. People who were heard correct the figures; people who were not, dispute them.",
        f"{asked} of the {lines} lines of the interviews below are questions. Keep it so: {guide.name} {guide.version}.",
        "## Rules for you",
        _list(guide.rules),
        "## Writing it down",
        _WRITING,
        "## Themes",
        "One theme a note, from this list alone; what fits none is counted under other themes.",
        _list([f"**{theme.name}**: {theme.about}" for theme in guide.themes]),
    ]
    pages = ["\n\n".join(front), *(_page(role, guide) for role in guide.roles), _expected(guide)]
    return f"\n{_BREAK}\n".join(pages) + "\n"


def _page(role: Role, guide: Guide) -> str:
    """Return the page of one role: to begin with, the role's own questions, at the end, and room for notes."""
    parts = [
        f"## {role.name[:1].upper()}{role.name[1:]}",
        "Say what the time is for, who will see what, and that nobody is graded. Then ask.",
        "### To begin with",
        _numbered(guide.opening),
        "### In this role",
        _numbered(role.questions, len(guide.opening)),
        "### At the end",
        _numbered(guide.closing, len(guide.opening) + len(role.questions)),
        "### Notes (no names)",
        _NOTES,
    ]
    return "\n\n".join(parts)


def _expected(guide: Guide) -> str:
    """Return the page of guesses."""
    rows = [
        f"| {one.ask} | {' and '.join(name.replace('_', ' ') for name in one.populations)} |  |  |  |"
        for one in guide.expectations
    ]
    parts = [
        "## What leaders expect",
        "Ask before anybody has seen a figure; afterwards it cannot be asked. Ask three leaders or more, each alone, and write it into the sheet *Expectations* with a mark such as R1.",
        "\n".join(["| question | of | guess | at least | at most |", "| --- | --- | --- | --- | --- |", *rows]),
        "Then ask each of them: what would you do differently if the figure were half of that, and if it were twice that?",
    ]
    return "\n\n".join(parts)


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _numbered(lines: Sequence[str], start: int = 0) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=start + 1))
