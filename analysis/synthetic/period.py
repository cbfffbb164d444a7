"""One simulated period of the whole client."""

from __future__ import annotations

from analysis.synthetic.back_office import OfficePeriod, simulate_office
from analysis.synthetic.calls import CentrePeriod, simulate_centre
from analysis.synthetic.people import People
from analysis.synthetic.plans import plan_period
from analysis.synthetic.streams import Calendar


def simulate_period(
    centre: People, office: People, calendar: Calendar, *, seed: int, period: int
) -> tuple[CentrePeriod, OfficePeriod]:
    """Return what the same people do in one of the exchangeable periods; period 0 is the one that is written."""
    plans = [plan_period(people, calendar, seed=seed, period=period) for people in (centre, office)]
    return (
        simulate_centre(centre, calendar, plans[0], seed=seed, period=period),
        simulate_office(office, calendar, plans[1], seed=seed, period=period),
    )
