"""Any table, by the columns that the source names."""

from analysis.intake.adapters.format import Format

FORMAT = Format(title="any table, by its columns")
