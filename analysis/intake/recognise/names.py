"""Names of columns without the differences that spelling makes, and how alike two of them are."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache

from analysis.intake.opening.raw import plain

EXACT, SPELLING, RENAMED = 1.0, 0.9, 0.6

# Words at the end of a header that state a unit: word -> unit of `duration_unit`.
UNITS: dict[str, str] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "seconden", "sekunden", "sek", "secondes", "segundos"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minutos"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "uur", "uren", "stunden", "std", "heures", "horas"), "h"),
    **dict.fromkeys(("ms", "msec", "milliseconds", "milliseconden", "millisekunden", "millisecondes"), "ms"),
    **dict.fromkeys(("hms", "hh mm ss", "h mm ss", "uu mm ss"), "hms"),
}  # fmt: skip


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """Return a name in small letters, words apart, without accents and signs.

    Examples
    --------
    >>> key("AgentID"), key("Begin_tijd"), key("Durée (s)")
    ('agent id', 'begin tijd', 'duree s')
    """
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain(name).replace("ß", "ss"))
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def alike(wanted: str, found: str) -> float:
    """Return how alike two names of columns are: 1 equal, 0.9 in all but spelling, 0.6 nearly or a longer form, else 0.

    Examples
    --------
    >>> alike("Agent Id", "Agent Id"), alike("Agent Id", "AGENT_ID"), alike("Agent Id", "Queue")
    (1.0, 0.9, 0.0)
    """
    if plain(wanted) == plain(found):
        return EXACT
    return _near(key(wanted).replace(" ", ""), key(found).replace(" ", ""))


@lru_cache(maxsize=200_000)
def _near(a: str, b: str) -> float:
    """Return how alike two names without blanks and signs are."""
    if not a or not b:
        return 0.0
    if a == b:
        return SPELLING
    # a ratio of 0.9 needs lengths and letters that are nearly the same, which is quicker to see
    if min(len(a), len(b)) < 6 or 2 * min(len(a), len(b)) < 0.9 * (len(a) + len(b)):
        return 0.0
    match = difflib.SequenceMatcher(None, a, b)
    return RENAMED if match.quick_ratio() >= 0.9 and match.ratio() >= 0.9 else 0.0


def unit_stated(name: str) -> tuple[str, str | None]:
    """Return a name's key without a unit at its end, and that unit.

    Examples
    --------
    >>> unit_stated("Duur (min)"), unit_stated("Talk Time (hh:mm:ss)"), unit_stated("Minutes")
    (('duur', 'min'), ('talk time', 'hms'), ('minutes', 'min'))
    """
    text = key(name)
    words = text.split()
    for count in (3, 1):
        ending = " ".join(words[-count:])
        if ending in UNITS:
            rest = [word for word in words[:-count] if word not in ("in", "im", "en")]
            return " ".join(rest) or text, UNITS[ending]
    return text, None


@lru_cache(maxsize=200_000)
def fits(name: str, words: tuple[str, ...]) -> float:
    """Return how well a column's name says one of the words: 1 it is one, less where it says more or runs words together.

    Examples
    --------
    >>> fits("Medewerkernummer", ("medewerker",)) > 0.5, fits("Start time", ("start",)) > 0.5, fits("Queue", ("start",))
    (True, True, 0.0)
    """
    text, _ = unit_stated(name)
    best = 0.0
    for word in words:
        best = max(best, 1.0 if word in (text, key(name)) else _part(text, word))
    return best


def _part(text: str, word: str) -> float:
    """Return how much of a name a word is: as words of their own, or as the beginning or end of one."""
    found, wanted = text.split(), word.split()
    length = len(wanted)
    for start in range(len(found) - length + 1):
        if found[start : start + length] == wanted:
            return 0.6 + 0.3 * length / len(found)
    joined = word.replace(" ", "")
    if text.replace(" ", "") == joined:
        return 0.98
    if len(joined) >= 4:
        for one in found:
            if one.startswith(joined) or one.endswith(joined):
                return 0.5 + 0.3 * len(joined) / len(text)
    return 0.0


def shown(name: str) -> str:
    """Return a name as a terminal can show it: what cannot be printed becomes a question mark, and it is not long."""
    text = "".join(sign if sign.isprintable() else "?" for sign in name)
    return text if len(text) <= 60 else f"{text[:59]}…"
