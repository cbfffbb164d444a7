"""What was heard, by theme: counts alone, never a quotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FEWEST_NOTES = 3  # a theme heard less often could point to a person
MERGED = "other themes"


def themes(notes: pd.DataFrame | None) -> pd.DataFrame:
    """Count the concerns by theme, and how far each was read back and agreed.

    Returns
    -------
    DataFrame
        theme, times, teams, read_back, agreed; themes heard fewer than 3 times are merged, and left out when even
        together they are fewer than 3.

    Examples
    --------
    >>> import pandas as pd
    >>> notes = pd.DataFrame({"theme": ["breaks"] * 3 + ["pay"], "team": list("abca"), "read_back_on": [None] * 4, "agreed": [True] * 4})
    >>> themes(notes).to_dict("records")
    [{'theme': 'breaks', 'times': 3, 'teams': 3, 'read_back': 0, 'agreed': 3}]
    """
    import pandas as pd

    columns = ["theme", "times", "teams", "read_back", "agreed"]
    if notes is None or notes.empty:
        return pd.DataFrame({name: pd.Series(dtype="str" if name == "theme" else "int64") for name in columns})
    theme = notes["theme"].fillna(MERGED)
    rare = theme.map(theme.value_counts()) < FEWEST_NOTES
    theme = theme.where(~rare, MERGED)
    counted = pd.DataFrame(
        {
            "theme": theme,
            "team": notes["team"],
            "read_back": notes["read_back_on"].notna().astype("int64"),
            "agreed": notes["agreed"].astype("boolean").fillna(False).astype("int64"),
        }
    )
    table = counted.groupby("theme", sort=True).agg(
        times=("theme", "size"), teams=("team", "nunique"), read_back=("read_back", "sum"), agreed=("agreed", "sum")
    )
    table = table[table["times"] >= FEWEST_NOTES].sort_values("times", ascending=False, kind="stable").reset_index()
    merged = table["theme"] == MERGED
    return pd.concat([table[~merged], table[merged]], ignore_index=True)[columns]
