"""What managers can say and what staff can read: the rows of the two pages, held against the words that may not stand there."""

from __future__ import annotations

from typing import Any

from analysis.foundation.schema import Finding
from analysis.readiness.plan.blanks import Said
from analysis.readiness.plan.situation import Given
from analysis.readiness.plan.spell import listed
from analysis.readiness.plan.texts import MessageTexts, banned_word

Row = dict[str, Any]
AUDIENCES = ("managers", "staff")
# the topic of the row that holds a page's own title
PAGE = "page"


def message_rows(given: Given, texts: MessageTexts, said: Said) -> tuple[list[Row], list[Finding]]:
    """Return the rows of the frame ``messages``, and what had to be left out of the staff page."""
    rows: list[Row] = []
    findings: list[Finding] = []
    for audience in AUDIENCES:
        banned = texts.banned if audience == "staff" else ()
        more, left = _named(given, texts, banned)
        findings += left
        told = said.also(**more)
        head = texts.staff if audience == "staff" else texts.managers
        rows.append({"audience": audience, "topic": PAGE, "order": 1, "title": head.title, "text": head.title})
        for topic, title in texts.topic.items():
            lines = [
                told.fill(line.text, line.without)
                for line in texts.message
                if line.audience == audience and line.topic == topic and told.holds(line.when)
            ]
            text = " ".join(line for line in lines if line)
            if text:
                order = sum(row["audience"] == audience for row in rows) + 1
                rows.append({"audience": audience, "topic": topic, "order": order, "title": title, "text": text})
    return rows, findings


def _named(given: Given, texts: MessageTexts, banned: tuple[str, ...]) -> tuple[dict[str, str], list[Finding]]:
    """Return themes, changes and targets as an audience's page names them."""
    named = given.listening[given.listening["kind"] == "theme"]
    themes = [str(name) for name in named["theme"]]
    changed = [str(text).strip().rstrip(".") for text in given.responses["changed"]]
    targets = _targets(given)
    kept = {
        "themes_named": _kept(themes, banned)[: texts.most_themes],
        "changed": _kept(changed, banned)[: texts.most_themes],
        "targets": _kept(targets, banned)[: texts.most_targets],
    }
    lost = sum(len(part) - len(_kept(part, banned)) for part in (themes, changed, targets))
    more = {
        "themes_named": listed(kept["themes_named"]),
        "changed": "; ".join(kept["changed"]),
        "targets": " ".join(kept["targets"]),
    }
    return more, [_left_out(lost)] if lost else []


def _kept(texts: list[str], banned: tuple[str, ...]) -> list[str]:
    return [text for text in texts if text and not banned_word(text, banned)]


def _left_out(count: int) -> Finding:
    return Finding(
        "staff_page_text_left_out",
        "flag",
        "staff page",
        f"{count} {'text was' if count == 1 else 'texts were'} left out of the staff page, because a word could be read as a judgement of people. Reword themes, changes or reasons, or edit the list in messages.toml.",
    )


def _targets(given: Given) -> list[str]:
    """Return the reasons of the targets that may be published; no other target is ever named."""
    if given.value is None:
        return []
    frame = given.value.targets
    return [str(reason) for reason in frame.loc[frame["publish"].astype(bool), "reason"] if reason]
