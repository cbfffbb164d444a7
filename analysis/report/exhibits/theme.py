"""The words, typeface and accent that an exhibit is drawn with, handed down as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from analysis.report.brand import Brand
from analysis.report.exhibits import style
from analysis.report.words import Words, load_words, words_of

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Theme:
    """How exhibits speak and look.

    Attributes
    ----------
    words
        Catalogue of sentences and number forms.
    font, ink, accent
        Family and the two colours that a firm may choose.
    fonts
        Folder of the firm's font files, if any.
    """

    words: Words = field(default_factory=load_words)
    font: str = "Inter"
    ink: str = style.INK
    accent: str = style.ACCENT
    fonts: Path | None = None

    @classmethod
    def of(cls, brand: Brand) -> Theme:
        """Return the theme of a brand."""
        return cls(words_of(brand), brand.font, brand.ink, brand.accent, brand.fonts)

    def tint(self, share: float) -> str:
        """Return the accent thinned with white: 1 is the accent itself, 0 is white.

        Examples
        --------
        >>> Theme().tint(0.26)
        '#c0dcdb'
        """
        return to_hex([1 - share * (1 - part) for part in to_rgb(self.accent)])

    def settings(self) -> dict[str, Any]:
        """Return the drawing settings for ``matplotlib.rc_context``."""
        if self.fonts is not None:
            style.register_fonts(self.fonts)
        return style.settings(font=self.font, ink=self.ink)


def exhibit(draw: Callable[Concatenate[Any, P], Axes]) -> Callable[Concatenate[Any, P], Axes]:
    """Draw inside the theme's settings, so that a chart looks the same in a notebook and in the report."""

    @wraps(draw)
    def drawn(result: Any, /, *args: P.args, **more: P.kwargs) -> Axes:
        theme = more.get("theme") or Theme()
        more["theme"] = theme  # type: ignore[reportIndexIssue]
        with mpl.rc_context(theme.settings()):  # type: ignore[reportAttributeAccessIssue]
            axes = draw(result, *args, **more)
            interactive = mpl.is_interactive()
        # a notebook's backend switches this on with the first figure, and would show no second one after the context undid it
        mpl.interactive(interactive)
        return axes

    return drawn
