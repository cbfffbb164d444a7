"""Half hours in which one of several pools has few people show no pool; all pools together stay."""

import dataclasses

import pandas as pd

from analysis.report.disclosure import without_few


def test_no_pool_is_shown_where_one_of_them_has_few_people(material):
    blending, baseline = material["blending"], material["baseline"]
    rows = [("service 0 34200", 12), ("claims 0 34200", 4), ("service 1 34200", 12), ("claims 1 34200", 11)]
    extra = pd.DataFrame(
        [
            {"population": "contact_centre", "by": "pool_slot", "level": level, "agent": f"p{at:012x}", "base_h": 4.0}
            for level, count in rows
            for at in range(count)
        ]
    )
    several = dataclasses.replace(baseline, members=pd.concat([baseline.members, extra], ignore_index=True))
    slots = baseline.idle_by_slot.assign(
        distinct_agents=40, span_slots=1, span_start_s=baseline.idle_by_slot["slot_of_day_s"]
    )
    shown = without_few(blending, dataclasses.replace(several, idle_by_slot=slots)).idle_by_cause
    at = shown["slot_of_day_s"].eq(34_200)
    assert shown.loc[at & shown["weekday"].eq(0), "idle_agents"].isna().all()
    assert shown.loc[at & shown["weekday"].eq(1), "idle_agents"].notna().all()
