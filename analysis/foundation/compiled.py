"""One way to compile a kernel; where the compiler has no wheel, the same function runs uncompiled with equal answers."""

from __future__ import annotations

import os
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
    return function if numba is None else numba.njit(nogil=True, error_model="numpy")(function)


def inlined(function: Function) -> Function:
    """Compile `function` as a part that is copied into every place that calls it: for short ones that run at every event."""
    return function if numba is None else numba.njit(nogil=True, error_model="numpy", forceinline=True)(function)


_PLAIN = not COMPILED or os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}


def _compiled_pointer() -> Any:
    """Return the compiled form of `pointer`."""
    from numba.core import types
    from numba.extending import intrinsic
    from numba.np.arrayobj import make_array

    @intrinsic
    def pointer(typing: Any, array: Any) -> Any:
        def first(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return make_array(signature.args[0])(context, builder, arguments[0]).data

        return types.CPointer(array.dtype)(array), first

    return pointer


# Inside a kernel, a flat array as the place of its first number, which parts index like the array: passing arrays on means counting references at every
# call, which costs more than the part's work. No bounds, no negative indices; the kernel holds the array as long as it runs.
pointer: Any = (lambda array: array) if _PLAIN else _compiled_pointer()
