"""A second, plain implementation of what the sample's report says: exports read by csv and pandas, arithmetic by hand.

Nothing of the kit is imported. What a recomputation opened is kept, so that a test can hold it against the files that a figure names.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import expm

# weakest first: a later word wins a second that both claim; a plan alone is marked by "plan"
ORDER = (
    *("outside", "UNACCOUNTED", "plan SUPPORT", "plan BREAK", "plan ABSENT", "IDLE", "AWAY", "ITEM_WORK"),
    *("OUTAGE", "SUPPORT", "BREAK", "ABSENT", "RESERVED", "HANDLING"),
)
AT = {word: place for place, word in enumerate(ORDER)}
# seconds of a day: all work of the sample lies between these
OPENS, CLOSES = 6 * 3600, 22 * 3600
WAITS_S, MOST_AHEAD, QUEUE = 20, 40, 200
SECOND = "%Y-%m-%d %H:%M:%S"


class remembered:
    """A property that is made once; each use counts the files behind it as opened."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __get__(self, sample: Sample, owner: type) -> Any:
        return sample.once(self.make.__name__, lambda: self.make(sample))


@dataclass
class Sample:
    """The engagement's folder, and which of its files were opened."""

    folder: Path
    opened: set[str] = field(default_factory=set)
    held: dict[str, tuple[Any, set[str]]] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what is made once under this name; the files behind it count as opened each time."""
        if name not in self.held:
            before, self.opened = self.opened, set()
            self.held[name] = (make(), self.opened)
            self.opened = before
        value, files = self.held[name]
        self.opened |= files
        return value

    def path(self, name: str) -> Path:
        """Return the path of an input and remember that it was opened."""
        self.opened.add(name)
        return self.folder / name

    def digest(self, name: str) -> str:
        """Return the SHA-256 of an input's bytes."""
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def csv(self, name: str, **how: Any) -> pd.DataFrame:
        """Return an export as text, rows that repeat another one left out."""
        return pd.read_csv(self.path(f"data/{name}"), dtype=str, encoding="utf-8-sig", **how).drop_duplicates()

    def artefact(self, stage: str, name: str) -> pd.DataFrame:
        """Return a frame that a stage saved; what stands behind it is not known here."""
        work = self.folder / "work" / stage
        key = json.loads((work / "current.json").read_text(encoding="utf-8"))["key"]
        return pd.read_parquet(work / key[:12] / f"{name}.parquet")

    @remembered
    def engagement(self) -> dict[str, Any]:
        """Return what the engagement file states."""
        return tomllib.loads((self.folder / "engagement.toml").read_text(encoding="utf-8"))

    @remembered
    def states(self) -> dict[str, str]:
        """Return the reading of each code."""
        with self.path("data/state_map.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["state_raw"]: row["ladder_bucket"] for row in csv.DictReader(file)}

    @remembered
    def status(self) -> pd.DataFrame:
        """Return the status rows that say something and can be read; the log-in of the test agent is left out."""
        left_out = self.engagement["source"][0]["exclude"]["agent"]
        rows = []
        for name in ("data/agent_status_north.csv", "data/agent_status_south.csv"):
            with self.path(name).open(encoding="utf-8-sig", newline="") as file:
                rows += [
                    (row[0], self.states.get(row[2], ""), row[3], row[4])
                    for row in csv.reader(file)
                    if len(row) == 6 and row[0].isdigit() and row[0] not in left_out
                ]
        frame = pd.DataFrame(rows, columns=["agent", "state", "start", "end"])
        frame = frame[frame["state"].isin(ORDER)].drop_duplicates()
        for column in ("start", "end"):
            frame[column] = pd.to_datetime(frame[column], errors="coerce", format=SECOND)
        frame = frame.dropna()
        return frame[(frame["end"] >= frame["start"]) & frame["start"].between("2026-03-02", "2026-04-26 23:59:59")]

    @remembered
    def schedule(self) -> pd.DataFrame:
        """Return the planned rows."""
        frame = self.csv("schedule.csv").rename(columns={"Agent Id": "agent", "Paid": "paid"})
        for column in ("Start", "End"):
            frame[column.lower()] = pd.to_datetime(frame[column], format=SECOND)
        return frame.assign(state=frame["Activity"].map(self.states))[["agent", "start", "end", "state", "paid"]]

    @remembered
    def items(self) -> pd.DataFrame:
        """Return the items that end no earlier than they start."""
        frame = self.csv("work_items.csv").rename(columns={"Clerk": "agent"})
        for column in ("Arrived", "Started", "Ended", "Due"):
            frame[column.lower()] = pd.to_datetime(frame[column], errors="coerce", format=SECOND)
        frame = frame[frame["ended"] >= frame["started"]]
        return frame.assign(start=frame["started"], end=frame["ended"], state="ITEM_WORK")

    @remembered
    def calls(self) -> pd.DataFrame:
        """Return the contacts with their waits."""
        frame = self.csv("calls.csv")
        for column in ("Offered", "Answered", "Ended"):
            frame[column] = pd.to_datetime(frame[column], format="%d/%m/%Y %H:%M:%S", errors="coerce")
        return frame.assign(wait=(frame["Answered"] - frame["Offered"]).dt.total_seconds())

    @remembered
    def centre(self) -> pd.DataFrame:
        """Return seconds by agent, day and part of the time line, of the contact centre."""
        return painted(self.status, self.schedule, self.status["agent"].unique())

    @remembered
    def office(self) -> pd.DataFrame:
        """Return the same of the back office."""
        clerks = self.schedule.loc[~self.schedule["agent"].isin(self.status["agent"].unique()), "agent"].unique()
        return painted(self.items, self.schedule, clerks)


def painted(seen: pd.DataFrame, planned: pd.DataFrame, agents: Any) -> pd.DataFrame:
    """Return seconds of each person-day in each part of the time line, by painting every second, the strongest word last."""
    wanted = set(agents)
    of_seen, of_plan = _by_day(seen), _by_day(planned.assign(paid=planned["paid"].eq("yes")))
    rows = []
    for (agent, day), plan in of_plan.items():
        if agent not in wanted:
            continue
        line = np.zeros(CLOSES - OPENS, dtype=np.uint8)
        for start, end, _, paid in plan:
            if paid:
                line[start:end] = AT["UNACCOUNTED"]
        unpaid = line == 0
        for word in ("SUPPORT", "BREAK", "ABSENT"):
            for start, end, state, _ in plan:
                if state == word:
                    line[start:end] = AT[f"plan {word}"]
        for start, end, state, _ in sorted(of_seen.get((agent, day), ()), key=lambda row: AT[row[2]]):
            line[start:end] = AT[state]
        line[unpaid] = 0
        _breaks(line, sum(end - start for start, end, state, paid in plan if state == "BREAK" and paid))
        rows.append((agent, day, *(np.count_nonzero(line == place) for place in range(len(ORDER)))))
    return pd.DataFrame(rows, columns=["agent", "day", *ORDER]).set_index(["agent", "day"])


def _by_day(frame: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], list[tuple[int, int, str, bool]]]:
    """Return rows by person and day in seconds since opening; no row of the sample's work runs over midnight."""
    day = frame["start"].dt.normalize()
    clocks = [
        (frame[column] - day).dt.total_seconds().clip(OPENS, CLOSES).astype("int64").to_numpy() - OPENS
        for column in ("start", "end")
    ]
    paid = frame["paid"] if "paid" in frame else pd.Series(True, index=frame.index)
    found: dict[tuple[str, pd.Timestamp], list[tuple[int, int, str, bool]]] = {}
    parts = (frame["agent"], day, *(clock.tolist() for clock in clocks), frame["state"], paid)
    for agent, at, *row in zip(*parts, strict=True):
        found.setdefault((agent, at), []).append(tuple(row))
    return found


def _breaks(line: np.ndarray, entitled: int) -> None:
    """Turn break beyond the planned one into time away; planned break that a measured one has used up is not seen."""
    if not entitled:
        return
    taken = np.flatnonzero(line == AT["BREAK"])
    line[taken[entitled:]] = AT["AWAY"]
    planned = np.flatnonzero(line == AT["plan BREAK"])
    line[planned[max(entitled - len(taken), 0) :]] = AT["UNACCOUNTED"]


@dataclass(frozen=True)
class Hours:
    """Hours of a population in the parts of paid time."""

    of: Mapping[str, float]

    @classmethod
    def from_line(cls, line: pd.DataFrame) -> Hours:
        return cls((line.sum() / 3600).to_dict())

    def sum(self, *words: str) -> float:
        return sum(self.of[word] for word in words)

    @property
    def paid(self) -> float:
        return self.sum(*ORDER[1:])

    @property
    def breaks(self) -> float:
        return self.sum("BREAK", "plan BREAK")

    @property
    def attended(self) -> float:
        return self.paid - self.sum("ABSENT", "plan ABSENT")

    @property
    def base(self) -> float:
        return self.attended - self.breaks

    @property
    def work(self) -> float:
        return self.sum("HANDLING", "RESERVED", "ITEM_WORK")

    @property
    def support(self) -> float:
        return self.sum("SUPPORT", "plan SUPPORT", "OUTAGE")


def allowance(hours: Hours) -> float:
    """Return the ceiling of rest and delay: 5 + 4 % and 1 to 4 % of rest, 3 to 5 % of delay, breaks and support set against them."""
    rest, delay = 0.05 + 0.04 + (0.01 + 0.04) / 2, (0.03 + 0.05) / 2
    attended = 1 + rest + delay
    breaks, support = hours.breaks / hours.attended, hours.support / hours.base
    rest_owed = max(rest / attended - breaks, 0.0) / (1 - breaks)
    delay_owed = max(delay / attended / (1 - breaks) - support, 0.0)
    return 1 - support - rest_owed - delay_owed


def observed_non_work(sample: Sample) -> dict[str, float]:
    """Return the share of looks that found non-work, put right by what a reference observer saw."""
    looks = sample.csv("observation_rounds.csv")
    looks = looks[looks["State"] != "BREAK"].assign(found=looks["State"].isin(["IDLE", "AWAY"]))
    plain, reference = looks[looks["Reference Look"] == "no"], looks[looks["Reference Look"] == "yes"]
    pairs = reference.merge(plain, on=["Round", "Person"], suffixes=("_true", "_seen"))
    true = pairs["found_true"].astype(bool)
    seen_right, others_right = pairs.loc[true, "found_seen"].mean(), 1 - pairs.loc[~true, "found_seen"].mean()
    share = (plain["found"].mean() + others_right - 1) / (seen_right + others_right - 1)
    return {"share": share, "looks": len(plain), "pairs": len(pairs), "sensitivity": seen_right}


def backlog_h(sample: Sample) -> float:
    """Return the mean hours of items that wait when a day's last item is done; days whose items may still be open are left out."""
    items = sample.items
    standard = sample.csv("item_types.csv").set_index("Type")["Standard (s)"].astype(float) / 3600
    hours = items["Type"].map(standard)
    closing = items.groupby(items["ended"].dt.date)["ended"].max()
    waiting = [hours[(items["arrived"] <= moment) & (items["ended"] > moment)].sum() for moment in closing]
    slow = (items["ended"] - items["arrived"]).quantile(0.95)
    sure = [hours for hours, moment in zip(waiting, closing, strict=True) if moment + slow <= items["ended"].max()]
    return float(np.mean(sure))


def idle_agents(sample: Sample) -> float:
    """Return the mean agents who wait over the open half hours of a week: each weekday's own mean, days alike."""
    by_day = sample.centre["IDLE"].groupby("day").sum() / 3600
    a_week = by_day.groupby(by_day.index.day_of_week).mean().sum()
    return float(a_week / open_h(sample))


def open_h(sample: Sample) -> float:
    """Return the open hours of a week: half hours in which contacts came."""
    volumes = sample.csv("interval_volumes.csv", skiprows=2)
    start = pd.to_datetime(volumes["Interval Start"], errors="coerce").dropna()
    return len(set(zip(start.dt.day_of_week, start.dt.time, strict=True))) / 2


def interruptible_agents(sample: Sample, resume_s: float) -> float:
    """Return the mean agents who wait, less the seconds to take up an item in every stretch of waiting."""
    idle = sample.status[sample.status["state"] == "IDLE"]
    length = (idle["end"] - idle["start"]).dt.total_seconds()
    return idle_agents(sample) * float((length - resume_s).clip(lower=0).sum() / length.sum())


class Desk:
    """Erlang A by plain sums: the chain of contacts present, and the caller's way through those ahead by a matrix exponential."""

    def __init__(self, sample: Sample) -> None:
        calls = sample.calls
        gone = calls["Outcome"] == "ABANDONED"
        left_s = (calls["Ended"] - calls["Offered"]).dt.total_seconds()[gone]
        handled = calls.loc[~gone, ["Talk (s)", "Hold (s)", "Wrap (s)"]].astype(float).sum(axis=1)
        self.aht_s = float(handled.mean())
        self.patience_s = float((calls["wait"].fillna(0).sum() + left_s.sum()) / gone.sum())
        self._served: dict[int, np.ndarray] = {}

    def served(self, agents: int) -> np.ndarray:
        """Return the chance to be served within the promise by how many wait ahead."""
        if agents not in self._served:
            service, leave = agents / self.aht_s, 1 / self.patience_s
            size = MOST_AHEAD
            steps = np.zeros((size + 2, size + 2))
            for ahead in range(size):
                rate = service + ahead * leave
                steps[ahead, ahead] = -rate - leave
                steps[ahead, ahead - 1 if ahead else size] += rate
                steps[ahead, size + 1] += leave
            self._served[agents] = expm(steps * WAITS_S)[:size, size]
        return self._served[agents]

    def level(self, agents: int, load: float) -> float:
        """Return the share answered within the promise."""
        present = np.arange(1, agents + QUEUE + 1)
        rate = np.minimum(present, agents) / self.aht_s + np.maximum(present - agents, 0) / self.patience_s
        log = np.concatenate([[0.0], np.cumsum(np.log(load / self.aht_s) - np.log(rate))])
        chance = np.exp(log - log.max())
        chance /= chance.sum()
        return float(chance[:agents].sum() + chance[agents : agents + MOST_AHEAD] @ self.served(agents))

    def spread_level(self, agents: float, load: float, load_sd: float) -> float:
        """Return the share over a lognormal load, contacts alike; between whole agents on the straight line."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(5)
        sigma = math.sqrt(math.log1p((load_sd / load) ** 2))
        loads = load * np.exp(sigma * nodes - sigma**2 / 2)
        weights = weights * loads
        low = max(int(agents), 1)
        mixed = np.array([self.level(low, one) for one in loads])
        if agents > low:
            mixed += (agents - low) * (np.array([self.level(low + 1, one) for one in loads]) - mixed)
        return float((weights * mixed).sum() / weights.sum())

    def fewest(self, load: float, load_sd: float, target: float) -> int:
        """Return the fewest agents that keep the promise over the spread of the load."""
        agents = max(int(load), 1)
        while self.spread_level(agents, load, load_sd) < target:
            agents += 1
        return agents


def staffing(sample: Sample) -> dict[str, float]:
    """Return why agents wait, and today's level by Erlang A; loads of half hours are the stage's own."""
    desk, slots = Desk(sample), sample.artefact("blending", "idle_by_cause")
    agents = sample.artefact("blending", "usable_slots")["agents"].to_numpy()
    needed = np.array([desk.fewest(row.load, row.load_sd, 0.80) for row in slots.itertuples()])
    reserve = np.minimum(slots["idle_agents"], np.maximum(needed - slots["load"], 0))
    level = [
        desk.spread_level(there, row.load, row.load_sd) for there, row in zip(agents, slots.itertuples(), strict=True)
    ]
    return {
        "structural": float(reserve.mean()),
        "releasable": float(np.maximum(np.floor(agents) - needed, 0).mean()),
        "level": float(np.average(level, weights=slots["load"])),
    }


def hour_cost(sample: Sample) -> float:
    """Return the cost of a paid hour in the back office: contract hours of its grades at what the client states."""
    costs = {row["grade"]: row["per_hour"] for row in sample.engagement["cost"]}
    roster = pd.read_excel(
        sample.path("data/roster.xlsx"), sheet_name="Roster", dtype=str, header=None, engine="openpyxl"
    )
    top = next(at for at in range(len(roster)) if "Agent Id" in set(roster.iloc[at]))
    roster = roster.iloc[top + 1 :].set_axis(list(roster.iloc[top]), axis=1)
    office = roster[roster["Population"].str.contains("ack", na=False)].drop_duplicates("Agent Id")
    weight = office["Contract Hours"].astype(float)
    return float(np.average(office["Grade"].map(costs), weights=weight))


def balance(sample: Sample, usable_h: float, *, seed: int = 0, draws: int = 20_000) -> dict[str, float]:
    """Return medians of the balance of hours and its money; the joint draws of today and target are the stage's own."""
    stated, random = sample.engagement["value"], np.random.default_rng(seed)
    drawn = sample.artefact("utilization", "draws")
    office = drawn[drawn["population"] == "back_office"].sample(draws, replace=True, random_state=seed)
    hours = office["base_h_per_week"].to_numpy()
    after = np.maximum(office["achievable"], office["today"]).to_numpy()
    work = (office["today"] * office["base_h_per_week"]).to_numpy()
    moved = usable_h * random.uniform(0.5, 0.9, draws)
    most = office["non_work"].fillna(1).to_numpy() * hours + moved
    freed = np.minimum(hours - (work - moved) / after, most)
    line = Hours.from_line(sample.office)
    vacant = stated["vacancies_fte"] * sample.engagement["client"]["full_time_h_per_week"] * line.base / line.paid
    overtime = np.minimum(freed, stated["overtime_h_per_week"])
    vacancies = np.minimum(freed - overtime, vacant)
    left = freed - overtime - vacancies
    cost = hour_cost(sample)
    cash = overtime * cost * stated["overtime_factor"] + vacancies * cost * line.paid / line.base
    cash = cash - stated["running_cost_per_week"]
    named = {
        "moved": moved,
        "freed": freed,
        "left": left,
        "cashable": cash,
        "combined": cash + left * cost * line.paid / line.base,
    }
    return {name: float(np.median(values)) for name, values in named.items()}
