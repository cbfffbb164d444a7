"""Names that a package offers without importing the modules behind them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping


def attach(
    package: str, names: Mapping[str, str], namespace: dict[str, object]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return the ``__getattr__``, ``__dir__`` and ``__all__`` of a package whose names load on first use.

    Parameters
    ----------
    package
        The package's ``__name__``.
    names
        Public name to module path relative to the package (``".ladder"``); a submodule offered as such maps to itself.
    namespace
        The package's ``globals()``: a loaded name is kept there, so it is looked up once.

    Returns
    -------
    tuple
        ``__getattr__``, ``__dir__``, ``__all__``.

    Examples
    --------
    >>> getter, lister, exported = attach("analysis.foundation", {"Estimate": ".estimate"}, {})
    >>> exported
    ['Estimate']
    >>> getter("Estimate").__name__
    'Estimate'
    """

    def __getattr__(name: str) -> object:  # noqa: N807
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(names[name], package)
        value = module if names[name].rpartition(".")[2] == name else getattr(module, name)
        namespace[name] = value
        return value

    def __dir__() -> list[str]:  # noqa: N807
        return sorted({*namespace, *names})

    return __getattr__, __dir__, sorted(names)
