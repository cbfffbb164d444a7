"""The names that texts of the plan may use: blanks that are filled, and conditions that hold or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CRITERION = r"[A-Z][A-Za-z]*\d+"

#: Blanks of the texts; a criterion's identifier is one too and stands for its level.
NAMES: frozenset[str] = frozenset(
    {
        *("breaks", "cap", "changed", "change", "errors", "factor", "fewest_items", "freed", "freed_in_place", "headline"),
        *("hours", "idle", "item_times", "left", "looks", "measured", "merged", "missed", "most", "moved", "no_room", "not_heard"),
        *("notes", "occupancy_after", "occupancy_today", "occupancy_worst", "occupancy_worst_today", "open", "part"),
        *("payback", "period", "phases", "pilot", "policy", "promise", "question", "queue", "read_back", "reason", "regulated"),
        *("replay_missed", "service_after", "service_today", "smallest", "surplus", "target", "targets", "themes"),
        *("themes_named", "training", "types", "unread", "weeks_kept", "within_due"),
    }
)  # fmt: skip
#: Words of conditions beside those of criteria and blanks.
WAYS = ("blend", "answer", "instead", "heard", "ages", "replay.missed", "payback.late", "owner.open", "service.falls")
CONDITION = re.compile(
    rf"!?(?:{'|'.join(re.escape(name) for name in sorted({*NAMES, *WAYS}, key=len, reverse=True))}"
    rf"|{_CRITERION}\.(?:unknown|open|done|silent|announced|understood))"
)


class _Blanks:
    """The known blanks, with any criterion's identifier among them."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in NAMES or re.fullmatch(_CRITERION, name) is not None)

    def __iter__(self):
        return iter(NAMES)


BLANKS = _Blanks()


@dataclass(frozen=True, slots=True)
class Said:
    """What is known about a client, ready to be put into texts.

    Attributes
    ----------
    blanks
        Text by blank; an empty or absent one is unknown.
    conditions
        Those that hold; a blank that is known holds under its own name.
    """

    blanks: Mapping[str, str]
    conditions: frozenset[str]

    def holds(self, when: tuple[str, ...]) -> bool:
        """Return whether all conditions hold; a ``!`` turns one round.

        Examples
        --------
        >>> Said({"hours": "20"}, frozenset({"blend"})).holds(("blend", "hours", "!answer"))
        True
        """
        return all(self._one(name.removeprefix("!")) is not name.startswith("!") for name in when)

    def _one(self, name: str) -> bool:
        return name in self.conditions or bool(self.blanks.get(name))

    def fill(self, text: str, without: str = "", **more: str) -> str:
        """Return a text with its blanks filled, else the one that stands in for it, else an empty text.

        Examples
        --------
        >>> said = Said({"hours": "20"}, frozenset())
        >>> said.fill("{hours} hours"), said.fill("{types}", "the types chosen"), said.fill("{types}")
        ('20 hours', 'the types chosen', '')
        """
        known = {name: value for name, value in {**self.blanks, **more}.items() if value}
        for form in (text, without):
            if form:
                try:
                    return form.format_map(known)
                except KeyError:
                    continue
        return ""

    def also(self, **more: str) -> Said:
        """Return the same with further blanks."""
        return Said({**self.blanks, **more}, self.conditions)
