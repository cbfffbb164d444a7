"""One way to compile a kernel; where the compiler has no wheel, the same function runs uncompiled with equal answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

try:
    import numba
except ImportError:  # no wheels for this platform: docs/decisions.md, "Compiled kernels with a plain twin"
    numba = None

COMPILED = numba is not None


def kernel(function: Function) -> Function:
    """Compile `function` on first use, cached on disk and without holding the interpreter's lock."""
    return function if numba is None else numba.njit(cache=True, nogil=True)(function)


def part(function: Function) -> Function:
    """Compile `function` together with the kernels that call it; it has no cache of its own that could outlive a change elsewhere."""
    return function if numba is None else numba.njit(nogil=True)(function)
