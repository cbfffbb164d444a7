"""What a policy changes on a client's own days: does the replay's interval hold the effect that the policy has in the long run, and does it refuse?"""

from __future__ import annotations

import dataclasses
from functools import partial

from analysis.blending.replay import Replayed, replay
from analysis.blending.settings import BlendingSettings
from analysis.simulation import ItemType, Policy, Times
from tests.calibration.harness import Cell, Trial, said
from tests.calibration.replay_worlds import QUEUES, Kind, client, tables, truth

# items are in hand at once in the worlds, and nothing is lost by switching
ASKED = BlendingSettings(delivery_s=0.0, switch_s=0.0)
PLAIN = Kind()
UNEVEN = Kind(day_cv=0.15, load=7.0)
TWO_KINDS = Kind(patience="two kinds", kept=0, load=7.0)
LONG_ITEMS = Kind(item_s=900.0, kept=4, handling_cv=1.4, load=6.5)
FEW_DAYS = Kind(days=10)
BUSY = Kind(load=9.5, kept=2)


def answered(kind: Kind, seed: int, *, wrap: bool = True) -> Replayed:
    """Return what the replay says of a world."""
    item = ItemType("item", Times(kind.item_s), interruptible=False)
    return replay(
        tables(kind, seed, wrap=wrap),
        "service",
        (item,),
        Policy(f"{kind.kept} agents kept free", kept_free=kind.kept),
        client=client(kind),
        queues=QUEUES,
        settings=ASKED.model_copy(update={"seed": seed}),
        with_ranges=False,
    )


def change(seed: int, *, kind: Kind) -> Trial:
    """Return the estimated and the lasting change in the share answered in time."""
    return Trial(answered(kind, seed).change, truth(kind))


def refused_without_wrap(seed: int) -> Trial:
    """A fifth of the handling is wrap-up, which the log of contacts does not hold."""
    return said(not answered(PLAIN, seed, wrap=False).holds)


def refused_with_ghosts(seed: int) -> Trial:
    """A quarter of those whom the states show as waiting never get a call."""
    return said(not answered(dataclasses.replace(PLAIN, ghosts=3), seed).holds)


_FIGURE = "replayed change"
CELLS = [
    Cell(
        "replay: a small centre whose breaks wait for the call in hand", _FIGURE, partial(change, kind=PLAIN), quick=16
    ),
    Cell("replay: days that differ in load by 15 %", _FIGURE, partial(change, kind=UNEVEN)),
    Cell("replay: two kinds of callers, every gap filled", _FIGURE, partial(change, kind=TWO_KINDS), quick=16),
    Cell("replay: long items, handling times with a heavy tail", _FIGURE, partial(change, kind=LONG_ITEMS)),
    Cell("replay: ten days", _FIGURE, partial(change, kind=FEW_DAYS)),
    Cell("replay: a centre that misses its promise already", _FIGURE, partial(change, kind=BUSY)),
    Cell("replay: refused where the log holds no wrap-up", "refusal", refused_without_wrap, quick=4, rate=0.95),
    Cell("replay: refused where states show agents whom no call reaches", "refusal", refused_with_ghosts, rate=0.95),
]
