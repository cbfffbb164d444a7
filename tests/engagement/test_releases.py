"""The register of releases: what a second report may tell beside the first, and how a release is forgotten."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.engagement import releases
from analysis.engagement.files import read_json, write_json
from analysis.engagement.privacy import CLOSED_FILE
from analysis.engagement.released import Figure, changed_people, figures_of, told_apart
from analysis.engagement.releases import Withdrawal, enter_release
from analysis.engagement.report import MANIFEST
from analysis.engagement.store import read_frame, write_frame
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DisclosureProblem, KitError, UsageProblem
from analysis.report.disclosure.published import Cell, Published

KEY = b"k" * 32
SHARES = ("utilization", "support", "idle", "away", "unaccounted")
GROUPS = {"North": range(30), "South": range(30, 60)}


@dataclasses.dataclass
class World:
    """Hours of people, and the groups that a report shows."""

    hours: pd.DataFrame
    groups: dict[str, list[int]]

    @classmethod
    def made(cls) -> World:
        rng = np.random.default_rng(8)
        hours = pd.DataFrame(rng.dirichlet(np.ones(5), size=60) * 30, columns=[f"{share}_h" for share in SHARES])
        return cls(hours, {name: list(places) for name, places in GROUPS.items()})

    def parts(self) -> dict[tuple[str, str], list[int]]:
        everybody = sorted({place for places in self.groups.values() for place in places})
        return {("all", ""): everybody, **{("group", name): places for name, places in self.groups.items()}}

    def members(self) -> pd.DataFrame:
        rows = []
        for (by, level), places in self.parts().items():
            part = self.hours.iloc[places]
            frame = part.assign(
                population="contact_centre",
                by=by,
                level=level,
                agent=[name(at) for at in places],
                base_h=part.sum(axis=1),
            )
            rows.append(frame)
        return pd.concat(rows, ignore_index=True)

    def published(self, digits: int = 4) -> Published:
        cells = []
        for (by, level), places in self.parts().items():
            base = self.hours.iloc[places].to_numpy().sum()
            for share in SHARES:
                value = round(float(self.hours[f"{share}_h"].iloc[places].sum() / base), digits)
                words = f"group {level}, {share}" if level else f"contact centre, {share}"
                cells.append(
                    Cell("shares", words, "contact_centre", by, level, share, "share", value, 0.0, np.asarray(places))
                )
        return Published([name(at) for at in range(60)], cells, 10)

    def changed(self, places: Sequence[int], factor: float = 1.5) -> World:
        hours = self.hours.copy()
        hours.loc[list(places), "idle_h"] *= factor
        return World(hours, self.groups)


def name(place: int) -> str:
    return f"p{place:012x}"


@pytest.fixture
def enter(write, monkeypatch):
    """Enter the report of a world into the register of an engagement, as ``engage run`` does."""
    folder: Folder = write()

    def entered(world: World, run: str, withdrawal: Withdrawal | None = None, *, files: str = "", digits: int = 4):
        monkeypatch.setattr(releases, "_published", lambda found: (world.published(digits), world.members()))
        return enter_release(folder, {}, run_id=run, deliverables=files or run, withdrawal=withdrawal)

    entered.folder = folder
    return entered


def register(folder: Folder) -> list[dict]:
    return read_json(folder.private / "releases" / releases.REGISTER)["releases"]


@pytest.mark.parametrize("few", [1, 9])
def test_a_report_that_differs_by_the_time_of_a_few_is_refused(enter, few):
    enter(World.made(), "aaaa11112222")
    before = (enter.folder.private / "releases" / releases.REGISTER).read_bytes()
    with pytest.raises(DisclosureProblem) as caught:
        enter(World.made().changed(range(few)), "bbbb11112222")
    said = str(caught.value)
    assert said.startswith("Nothing was replaced. ")
    assert "fewer than 10 people" in said
    assert "group North, utilization" in said
    assert "South" not in said
    assert 'engage report acme --withdraw aaaa1111 --reason "' in said
    assert name(0) not in said
    assert "0." not in said
    assert caught.value.exit_status == 4
    assert (enter.folder.private / "releases" / releases.REGISTER).read_bytes() == before


@pytest.mark.parametrize("many", [10, 30, 60])
def test_a_report_in_which_enough_people_changed_everywhere_is_let_through(enter, many):
    enter(World.made(), "aaaa11112222")
    assert enter(World.made().changed(range(many)), "bbbb11112222") == ()
    assert len(register(enter.folder)) == 2


def test_merging_groups_is_proposed_only_where_it_helps(enter):
    enter(World.made(), "aaaa11112222")
    with pytest.raises(DisclosureProblem, match=r"Report again on another period\.$"):
        enter(World.made().changed([1]), "bbbb11112222")
    # twelve people changed in all, six in each group
    with pytest.raises(
        DisclosureProblem, match="or merge the groups named here in the roster until 10 people or more differ in each"
    ):
        enter(World.made().changed([*range(6), *range(30, 36)]), "bbbb11112222")


def test_a_report_from_before_the_register_is_said(enter):
    enter.folder.reports.mkdir(parents=True)
    write_json(enter.folder.reports / MANIFEST, {"run_id": "0000aaaa1111"})
    (note,) = enter(World.made(), "bbbb11112222")
    assert "The report of run 0000aaaa in reports/acme/ stands in no register" in note
    assert enter(World.made(), "cccc11112222") == ()


def test_a_run_that_is_killed_before_its_entry_leaves_no_doubt(enter, monkeypatch):
    enter(World.made(), "aaaa11112222")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(releases, "write_json", killed)
        with pytest.raises(KeyboardInterrupt):
            enter(World.made().changed(range(60)), "bbbb11112222")
    assert len(register(enter.folder)) == 1
    enter(World.made().changed(range(60)), "bbbb11112222")
    enter(World.made().changed(range(60), factor=2), "cccc11112222")
    kept = {path.stem for path in (enter.folder.private / "releases").glob("*.parquet")}
    assert kept == {entry["content"] for entry in register(enter.folder)}


def test_people_who_left_or_joined_count_as_much_as_those_whose_time_changed(enter):
    enter(World.made(), "aaaa11112222")
    smaller = World.made()
    smaller.groups["South"] = list(range(35, 60))
    with pytest.raises(DisclosureProblem, match="group South"):
        enter(smaller, "bbbb11112222")


def test_groups_cut_otherwise_are_held_against_all_groups_of_the_earlier_report(enter):
    world = World.made()
    world.groups = {"North": list(range(30)), "South": list(range(30, 57))}
    enter(world, "aaaa11112222")
    renamed = World.made()
    renamed.groups = {"Coast": list(range(33)), "South": list(range(33, 57))}
    with pytest.raises(DisclosureProblem, match="group Coast"):
        enter(renamed, "bbbb11112222")


def test_a_new_name_for_the_same_people_is_no_difference(enter):
    enter(World.made(), "aaaa11112222")
    renamed = World.made()
    renamed.groups = {"Coast": renamed.groups["North"], "Hills": renamed.groups["South"]}
    assert enter(renamed, "bbbb11112222") == ()


def test_a_difference_that_rounding_hides_is_let_through(enter):
    enter(World.made(), "aaaa11112222", digits=2)
    assert enter(World.made().changed([0], factor=1.0001), "bbbb11112222", digits=2) == ()


def test_the_measure_is_looked_at_and_not_the_person_as_a_whole(enter):
    """A method that moves everybody in one share must not hide that one person alone moved in another."""
    enter(World.made(), "aaaa11112222")
    world = World.made()
    world.hours["support_h"], world.hours["utilization_h"] = (
        world.hours["support_h"] / 2,
        world.hours["utilization_h"] + world.hours["support_h"] / 2,
    )
    moved = world.hours.loc[3, "idle_h"] / 2
    world.hours.loc[3, ["idle_h", "away_h"]] += np.array([-moved, moved])
    with pytest.raises(DisclosureProblem) as caught:
        enter(world, "bbbb11112222")
    assert "4 figures differ by their records alone (contact centre, idle; group North, idle)" in str(caught.value)


def test_the_same_report_again_leaves_the_register_as_it_is(enter):
    enter(World.made(), "aaaa11112222")
    before = register(enter.folder)
    enter(World.made(), "aaaa11112222")
    assert register(enter.folder) == before
    # another brand: other files, the same figures
    enter(World.made(), "aaaa11112222", files="another brand")
    after = register(enter.folder)
    assert len(after) == 2
    assert len({entry["content"] for entry in after}) == 1


def test_a_release_that_nobody_was_given_is_forgotten_with_its_reason(enter):
    enter(World.made(), "aaaa11112222")
    enter(World.made().changed([1]), "bbbb11112222", Withdrawal(("aaaa1111",), "a draft, shown to nobody"))
    first, second = register(enter.folder)
    assert first["withdrawn"]["reason"] == "a draft, shown to nobody"
    assert second["withdrawn"] is None
    assert len(list((enter.folder.private / "releases").glob("*.parquet"))) == 1
    with pytest.raises(DisclosureProblem, match="--withdraw bbbb1111"):
        enter(World.made(), "cccc11112222")


def test_a_withdrawal_counts_only_where_the_report_takes_its_place(enter):
    enter(World.made(), "aaaa11112222")
    enter(World.made().changed(range(60)), "bbbb11112222")
    with pytest.raises(DisclosureProblem) as caught:
        enter(World.made().changed([1]), "cccc11112222", Withdrawal(("bbbb1111",), "a draft"))
    assert "--withdraw aaaa1111" in str(caught.value)
    assert [entry["withdrawn"] for entry in register(enter.folder)] == [None, None]


@pytest.mark.parametrize(
    ("withdrawal", "said"),
    [
        (Withdrawal(("aaaa1111",)), "needs a reason"),
        (Withdrawal((), "why"), "belongs to --withdraw"),
        (Withdrawal(("ffff0000",), "why"), "holds no release of the run ffff0000. It holds: aaaa1111"),
        (Withdrawal(("a",), "why"), "holds no release of the run a"),
        (Withdrawal(("aaaa1111",), "w" * 501), "longer than 500"),
    ],
)
def test_a_withdrawal_that_says_too_little_is_refused(enter, withdrawal, said):
    enter(World.made(), "aaaa11112222")
    with pytest.raises(UsageProblem, match=said):
        enter(World.made().changed([1]), "bbbb11112222", withdrawal)


def test_the_register_holds_neither_pseudonyms_nor_groups_nor_figures(enter):
    enter(World.made(), "aaaa11112222")
    held = b"".join(path.read_bytes() for path in (enter.folder.private / "releases").iterdir())
    assert not [word for word in (name(0), "North", "contact_centre", "idle") if word.encode() in held]
    other = next(figures_of(World.made().published(), World.made().members(), b"q" * 32))
    mine = next(figures_of(World.made().published(), World.made().members(), KEY))
    assert mine.people.isdisjoint(other.people)
    assert mine.value != other.value


def test_a_damaged_register_is_said_and_not_taken_for_an_empty_one(enter):
    enter(World.made(), "aaaa11112222")
    home: Path = enter.folder.private / "releases"
    kept = next(home.glob("*.parquet"))
    content = kept.read_bytes()
    kept.write_bytes(content[:100])
    with pytest.raises(KitError, match="damaged or missing"):
        enter(World.made(), "bbbb11112222")
    # still a table, but another one
    write_frame(read_frame(io.BytesIO(content)).assign(value=1), kept)
    with pytest.raises(KitError, match="damaged or missing"):
        enter(World.made(), "bbbb11112222")
    kept.write_bytes(content)
    (home / releases.REGISTER).write_text("{}")
    with pytest.raises(KitError, match=r"register\.json of acme is damaged"):
        enter(World.made(), "bbbb11112222")


def test_another_pseudonym_key_is_said(enter):
    enter(World.made(), "aaaa11112222")
    (enter.folder.private / "pseudonym.key").unlink()
    (note,) = enter(World.made(), "bbbb11112222")
    assert note.startswith("An earlier release of acme cannot be compared with this report")


def test_a_closed_engagement_keeps_no_register(enter):
    enter(World.made(), "aaaa11112222")
    (enter.folder.root / CLOSED_FILE).write_text("{}")
    assert enter(World.made().changed([1]), "bbbb11112222") == ()
    with pytest.raises(UsageProblem, match="is closed"):
        enter(World.made(), "cccc11112222", Withdrawal(("aaaa1111",), "why"))


def test_figures_of_a_half_hour_are_held_against_the_same_half_hour_alone():
    people = np.arange(30)

    def slot(level: str, value: float) -> Cell:
        return Cell("waiting", level, "contact_centre", "slot", level, "idle", "agents", value, 0.0, people)

    members = World.made().members()
    agents = [name(at) for at in range(60)]
    earlier = list(figures_of(Published(agents, [slot("0 34200", 3.0)], 10), members, KEY))
    now = list(figures_of(Published(agents, [slot("0 36000", 4.0)], 10), members.assign(idle_h=0.0), KEY))
    assert earlier[0].family != now[0].family
    assert told_apart(earlier, now, 10) == []


def test_who_changed_is_counted_as_a_plain_loop_counts_it():
    rng = np.random.default_rng(3)
    for _ in range(50):
        people = [
            {int(a): int(t) for a, t in zip(rng.permutation(20)[:12], rng.integers(0, 2, 12), strict=True)}
            for _ in range(2)
        ]
        figures = [Figure(1, 1, 1, frozenset(one.items())) for one in people]
        plain = sum(people[0].get(agent) != people[1].get(agent) for agent in range(20))
        assert changed_people(*figures) == plain
