"""Runs notebooks with papermill, in one warm kernel or in a kernel each; nothing but declared, plain parameters reaches them."""

from __future__ import annotations

import ast
import asyncio
import builtins
import json
import keyword
import math
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.engagement.files import replace
from analysis.engagement.load import nearest
from analysis.foundation import schema
from analysis.foundation.schema import KitError, UsageProblem

KERNEL = "python3"
_READY_S = 60
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class NotebookFailed(KitError):
    """A cell ended with an error that is not the user's to mend, or the notebook's process died."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


def declared_parameters(path: Path) -> dict[str, Any]:
    """Return names and default values of the cell tagged ``parameters``.

    Raises
    ------
    UsageProblem
        The notebook has no such cell, or the cell holds more than ``name = plain value``.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    if len(cells) != 1:
        raise UsageProblem(f"{path.name}: one cell must carry the tag parameters, {len(cells)} do.")
    found: dict[str, Any] = {}
    try:
        for statement in ast.parse("".join(cells[0]["source"])).body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                raise ValueError
            found[statement.targets[0].id] = ast.literal_eval(statement.value)
    except (ValueError, SyntaxError):
        raise UsageProblem(
            f"{path.name}: the cell tagged parameters holds something else than lines of the form name = value."
        ) from None
    return found


def checked_parameters(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `parameters` if every name is declared in the notebook and every value is plain data.

    Raises
    ------
    UsageProblem
        A name could be code or is not declared; a value is not exactly text, number, truth value, None, or lists and tables of these.
    """
    declared = declared_parameters(path)
    for name, value in parameters.items():
        plain_name = isinstance(name, str) and _NAME.fullmatch(name)
        if not plain_name or keyword.iskeyword(name) or hasattr(builtins, name):
            raise UsageProblem(
                f"{path.name}: a parameter has a name that is not a plain word. Names are like service_level."
            )
        if name not in declared:
            raise UsageProblem(f"{path.name}: there is no parameter {name}.{nearest(name, list(declared))}")
        if not _is_plain(value):
            raise UsageProblem(
                f"{path.name}: the value of {name} is not plain text, a number, true, false, or a list of these."
            )
    return json.loads(json.dumps(dict(parameters), allow_nan=False))


def _is_plain(value: Any) -> bool:
    """Tell whether a value is JSON-plain, by exact type: a subclass could print itself as code."""
    if type(value) in (int, bool, type(None)):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is str:
        return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value)
    if type(value) is list:
        return all(_is_plain(item) for item in value)
    if type(value) is dict:
        return all(type(key) is str and _is_plain(key) and _is_plain(item) for key, item in value.items())
    return False


class Kernels:
    """Gives notebooks a Python process of this very installation: one for all, or one each.

    Parameters
    ----------
    isolated
        Whether every notebook gets a process of its own.
    """

    def __init__(self, *, isolated: bool = False) -> None:
        self._isolated = isolated
        self._manager: Any = None
        self._clients: list[Any] = []
        self._home: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    @contextmanager
    def kernel(self) -> Iterator[Any]:
        """Yield a running kernel without any name from an earlier notebook."""
        from nbclient.util import run_sync

        if self._manager is None:
            self._start()
        else:
            self._clear()
        manager: Any = self._manager
        try:
            yield manager
        finally:
            self._close_clients()
            if self._isolated or not run_sync(manager.is_alive)():
                self._stop()

    def _start(self) -> None:
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient.util import run_sync

        self._home = tempfile.TemporaryDirectory(prefix="engage-", ignore_cleanup_errors=True)
        # Without folders to search, python3 is this very interpreter and not whatever a user once registered.
        specs = KernelSpecManager(kernel_dirs=[])
        # The asynchronous manager notices a process that died; the blocking one would wait for it for ever.
        manager = AsyncKernelManager(kernel_name=KERNEL, kernel_spec_manager=specs, transport_encryption="auto")
        environment = {
            **os.environ,
            "PYTHONSAFEPATH": "1",
            "IPYTHONDIR": self._home.name,
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        run_sync(manager.start_kernel)(cwd=self._home.name, env=environment)
        make_client = manager.client

        def client(**more: Any) -> Any:
            # whoever runs a notebook in a kernel that is not its own leaves its connection open
            self._clients.append(make_client(**more))
            return self._clients[-1]

        manager.client = client
        self._manager = manager

    def _clear(self) -> None:
        """Forget all names that the notebook before left."""
        from nbclient.util import run_sync

        client = self._manager.client()
        client.start_channels()
        run_sync(client.wait_for_ready)(timeout=_READY_S)
        run_sync(client.execute_interactive)("%reset -f", silent=True, store_history=False, timeout=_READY_S)
        self._close_clients()

    def _close_clients(self) -> None:
        while self._clients:
            self._clients.pop().stop_channels()

    def _stop(self) -> None:
        self._close_clients()
        if self._manager is not None:
            from nbclient.util import run_sync

            run_sync(_cancel_all)()
            run_sync(self._manager.shutdown_kernel)(now=True)
            run_sync(self._manager.cleanup_resources)()
            self._manager = None
        if self._home is not None:
            self._home.cleanup()
            self._home = None


async def _cancel_all() -> None:
    """End whatever still waits for a kernel, as after a keyboard interrupt."""
    waiting = asyncio.all_tasks() - {asyncio.current_task()}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


def run_notebook(path: Path, parameters: Mapping[str, Any], output: Path, kernels: Kernels) -> None:
    """Run a notebook to its end and keep the executed copy.

    Parameters
    ----------
    path
        The notebook.
    parameters
        Values for its parameters cell.
    output
        Where the executed copy goes; with ``.failed`` in its name if a cell fails.
    kernels
        Where it runs.

    Raises
    ------
    KitError
        A cell raised it: same class, same message. Any other error becomes :class:`NotebookFailed`.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    checked = checked_parameters(path, parameters)
    output.parent.mkdir(parents=True, exist_ok=True)
    running = output.with_name(f"running-{output.name}")
    failed = output.with_name(f"{output.stem}.failed.ipynb")
    try:
        with kernels.kernel() as manager:
            executed = papermill.execute_notebook(
                _literal(path),
                _literal(running),
                parameters=checked,
                kernel_name=KERNEL,
                progress_bar=False,
                autosave_cell_every=0,
                request_save_on_cell_execute=False,
                km=manager,
            )
    except PapermillExecutionError as error:
        replace(running, failed)
        raise _cell_error(path, error, failed) from None
    except DeadKernelError:
        raise NotebookFailed(
            f"{path.name}: the Python process of the notebook ended, most likely for want of memory. "
            "Close other programs and run again; finished stages are kept."
        ) from None
    else:
        replace(running, output)
        failed.unlink(missing_ok=True)
    finally:
        running.unlink(missing_ok=True)
    _check_all_ran(path, executed)


def _literal(path: Path) -> str:
    """Return a path that papermill's templates leave as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _cell_error(path: Path, error: Any, failed: Path) -> KitError:
    """Return what a failed cell means: the kit's own message, or where to look."""
    kind = _kit_errors().get(error.ename)
    if kind is not None:
        return kind(str(error.evalue))
    # papermill counts from 0, and its own cell with the parameters stands before the failed one
    place = f"{path.name}, cell {error.cell_index}"
    return NotebookFailed(
        f"{place}: {error.ename}. This is a fault of the kit, not of your files; the executed notebook is kept as "
        f"private/notebooks/{failed.name}. Please report it with the name of the error and the cell.",
        "\n".join(error.traceback),
    )


def _kit_errors() -> dict[str, type[KitError]]:
    """Return the error classes whose text is written for the user."""
    found = {name: value for name, value in vars(schema).items() if isinstance(value, type)}
    return {name: value for name, value in found.items() if issubclass(value, KitError)}


def _check_all_ran(path: Path, executed: Any) -> None:
    """Refuse a run in which a code cell did not run to its end."""
    for number, cell in enumerate(executed.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.metadata.papermill.get("status") != "completed" or cell.execution_count is None:
            raise NotebookFailed(
                f"{path.name}, cell {number}: did not run to its end. Run again; finished stages are kept."
            )
