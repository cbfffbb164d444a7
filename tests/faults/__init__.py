"""Faults planted in clean exports, each with a ledger of what must become of every row and of every second."""
