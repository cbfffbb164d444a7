"""From cells to typed columns: dates, durations, numbers, clocks; nothing guessed, every repair counted."""
