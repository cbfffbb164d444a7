"""Workbooks: read by a process of their own, under limits of time and memory, and never trusted.

The modules that run in that process (`child`, `limits`, `markup`, `xlsx`, `ods`) need the standard library alone.
"""
