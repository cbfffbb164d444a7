"""Sets the pages: data go in as plain text, every warning is an error, nothing outside the folder is read."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.foundation.assets import assets
from analysis.report.brand import Brand
from analysis.report.numbers import JOINER

MAIN = "assessment.typ"
DATA = "report.json"
# stands for a sign that no typeface at hand can show
UNSHOWN = "\u25a1"
# a run without a place to break that is longer than this gets places to break
LONGEST_RUN = 18
# names that the kit itself gives and the template looks up: no text of a client
MADE_HERE = frozenset(
    {"file", "kind", "tone", "align", "colour", "ink", "accent", "font", "display", "logo", "language"}
)
# texts that are read aloud or stand in the file's properties: they are never broken over lines
UNSEEN = frozenset({"alt", "document"})
_GRADES = frozenset(range(0xE00A, 0xE00E))


class PageError(RuntimeError):
    """The pages could not be set: a fault of the template or of the material, not of the user."""


def typeset(
    document: Mapping[str, Any],
    figures: Path | None,
    *,
    brand: Brand,
    main: str = MAIN,
    signs: frozenset[int] | None = None,
) -> bytes:
    """Return the PDF of a document.

    Parameters
    ----------
    document
        Everything the pages say, as text; see ``templates/report``.
    figures
        Folder of the charts; None where there are none.
    brand
        Typeface and logo.
    main
        The template to begin with, one of ``templates/report``.
    signs
        Code points that the typefaces can show, where they are known; else the fonts are read.

    Returns
    -------
    bytes
        A tagged PDF (PDF/UA-1), the same bytes for the same document.

    Raises
    ------
    PageError
        The template warned or failed.
    """
    templates = assets() / "templates" / "report"
    signs = shown_signs(brand) if signs is None else signs
    with tempfile.TemporaryDirectory(prefix="pages-") as name:
        root = Path(name)
        for template in templates.glob("*.typ"):
            shutil.copyfile(template, root / template.name)
        if figures is not None:
            (root / "figures").mkdir()
            for figure in figures.glob("*.svg"):
                shutil.copyfile(figure, root / "figures" / figure.name)
        if brand.logo is not None:
            shutil.copyfile(brand.logo, root / logo_name(brand))
        text = json.dumps(printable(document, signs), ensure_ascii=False, allow_nan=False)
        (root / DATA).write_text(text, encoding="utf-8", newline="\n")
        pages = compiled(root / main, brand, format="pdf", pdf_standards="ua-1")
    if not isinstance(pages, bytes):
        raise PageError("the typesetter returned no PDF")
    return pages


def compiled(main: Path, brand: Brand, **form: Any) -> Any:
    """Return what the compiler makes of a file and what lies beside it.

    Parameters
    ----------
    main
        The file; nothing outside its folder is read.
    brand
        Typeface; besides it only that of the kit is at hand, none of the machine.
    **form
        What to make, as the compiler takes it.

    Raises
    ------
    PageError
        The compiler warned or failed.
    """
    import typst

    folders = [str(folder) for folder in (brand.fonts, assets() / "templates" / "report" / "fonts") if folder]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    try:
        made, warnings = typst.compile_with_warnings(
            str(main), root=str(main.parent), font_paths=fonts, ignore_system_fonts=True, **form
        )
    except typst.TypstError as error:
        raise PageError(f"the pages could not be set: {_first(str(error))}") from error
    if warnings:
        raise PageError(f"the template warned: {_first(str(warnings[0].message))}")
    return made


def shown_signs(brand: Brand) -> frozenset[int]:
    """Return the code points that the typefaces of a brand can show."""
    from analysis.report.exhibits import style

    return style.glyphs() | (style.glyphs(brand.fonts) if brand.fonts is not None else frozenset())


def logo_name(brand: Brand) -> str:
    """Return the name of the logo beside the pages; empty without one."""
    return f"logo{brand.logo.suffix.lower()}" if brand.logo is not None else ""


def _first(message: str) -> str:
    return message.strip().splitlines()[0] if message.strip() else "without a message"


def printable(value: Any, covered: frozenset[int], *, soft: bool = True) -> Any:
    r"""Return nested texts such that each can be set: no control or private signs, no run too long to break.

    Parameters
    ----------
    value
        Text, number, list or mapping.
    covered
        Code points that the typefaces can show; others become a replacement sign.
    soft
        Whether long runs get places to break.

    Examples
    --------
    >>> printable({"name": "a\u202eb\x00"}, frozenset(map(ord, "ab")))
    {'name': 'ab'}
    """
    if isinstance(value, str):
        # a percent sign stays on the line of its number
        whole = re.sub(r"(?<=\d) %", "\u00a0%", unicodedata.normalize("NFC", value))
        shown = "".join(_shown(sign, covered) for sign in whole)
        return _softened(shown) if soft else shown
    if isinstance(value, Mapping):
        return {
            key: part if key in MADE_HERE else printable(part, covered, soft=soft and key not in UNSEEN)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [printable(part, covered, soft=soft) for part in value]
    return value


def _shown(sign: str, covered: frozenset[int]) -> str:
    if ord(sign) in _GRADES or sign in {" ", "\n", JOINER}:
        return sign
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return ""
    if unicodedata.category(sign) == "Zs":
        return sign if sign == "\u00a0" else " "
    return sign if ord(sign) in covered else UNSHOWN


def _softened(text: str) -> str:
    """Give file names and other long runs places to break that cannot be seen."""

    def soften(run: re.Match[str]) -> str:
        parts = re.sub(r"([/_.\-])(?=\w)", "\\1\u200b", run.group())
        return re.sub(rf"([^\u200b]{{{LONGEST_RUN}}})(?=[^\u200b])", "\\1\u200b", parts)

    return re.sub(rf"[^\s]{{{LONGEST_RUN + 1},}}", soften, text)
