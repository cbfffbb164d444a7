"""What every room stands on: tables, findings, estimates, settings, interval algebra, calendars."""
