"""The kit's sheet of skills."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import AGENTS, QUEUES, VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a matrix of people and skills: levels, a cross for a skill without level, a person without skills, a level that is none."""
    skills = (*QUEUES, "claim")
    cells = [(3, "", 2), ("x", 1, ""), (5, 4, 0), ("", "", "-"), ("yes", "no", 1), (2, 2, 2)]
    lines = [(agent, name, _kit.team_of(agent, world), *row) for (agent, name), row in zip(AGENTS, cells, strict=True)]
    header = _kit.line(("Agent ID", "Name", "Team", *skills))
    used = [one for one in lines if any(cell not in ("", "-") for cell in one[3:])]
    draft = _kit.draft_of("data/skills.csv", header, used)
    draft.append("excluded:no_skill", [_kit.line(one) for one in lines if one not in used])
    draft.append("rejected:bad_level", [_kit.line(("b-1", "Bo", "North", "expert", 1, 1))])
    truth = [
        (line[0], skill, None if level in ("x", "yes") else float(level))
        for line in used
        for skill, level in zip(skills, line[3:], strict=True)
        if level not in ("", "-", 0, "no")
    ]
    return _kit.export_of(folder, "kit_skills", pd.DataFrame(truth, columns=["agent", "queue_or_type", "level"]), draft)
