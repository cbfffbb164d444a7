"""Starts a command and turns whatever stops it into one message and an exit status."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from collections.abc import Sequence

from analysis.cli.parser import build_parser
from analysis.foundation.schema import KitError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``engage`` and return its exit status.

    Parameters
    ----------
    arguments
        Words after ``engage``; by default those of the process.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad usage or engagement file, 3 data refused or a question to answer, 4 disclosure audit failed.

    Examples
    --------
    >>> main(["verify", "../acme", "--workspace", "."])
    2
    """
    _make_console_safe()
    options = build_parser().parse_args(arguments)
    try:
        from analysis.cli import commands

        return getattr(commands, options.command)(options)
    except BrokenPipeError:
        # whoever read the output has gone; Python would complain again when it closes it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Exception, KeyboardInterrupt) as error:
        return _stopped(options, error)


def _stopped(options: object, error: BaseException) -> int:
    """Print why a command stopped and return the status."""
    message = _message(error)
    status = error.exit_status if isinstance(error, KitError) else 1
    if getattr(options, "debug", False):
        sys.stderr.write("".join(traceback.format_exception(error)))
        sys.stderr.write(getattr(error, "trace", ""))
    if getattr(options, "json", False):
        print(json.dumps({"status": status, "error": message}, ensure_ascii=False))
    print(f"engage: {message}", file=sys.stderr)
    return status


def _message(error: BaseException) -> str:
    """Say what stopped the command and what to do."""
    if isinstance(error, KitError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Stopped. Finished stages are kept; run again to go on."
    if isinstance(error, MemoryError):
        return "Memory ran out. Close other programs, then run again."
    if isinstance(error, OSError):
        return _file_message(error)
    return (
        f"{type(error).__name__}: a fault of the kit, not of your files. Finished stages are kept. "
        "Run again with --debug and report what it prints."
    )


def _file_message(error: OSError) -> str:
    """Say what to do when the file system refuses; the name of the file alone is shown."""
    name = os.path.basename(str(error.filename)) if error.filename else "a file"  # noqa: PTH119 - may be foreign syntax
    if error.errno in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC, errno.EFBIG):
        return "The disk is full. Free some space, then run again; finished stages are kept."
    if isinstance(error, PermissionError):
        return f"{name} cannot be read or written: another program holds it, or permissions are missing. Mend this, then run again."
    return f"{name}: the system says {error.strerror or type(error).__name__}. Mend this, then run again."


def _make_console_safe() -> None:
    """Let every character be printed on every console: what it cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
