"""What every page of a document shows: title, client, lines at the foot, colours, the sheet."""

from __future__ import annotations

from typing import Any

from analysis.report.brand import Brand
from analysis.report.paper import Paper
from analysis.report.typeset import logo_name
from analysis.report.words import Words


def furniture(words: Words, *, title: str, client: str, run: str, brand: Brand, paper: Paper) -> dict[str, Any]:
    """Return what all pages share, for the template.

    Parameters
    ----------
    words
        The catalogue of sentences.
    title, client
        Title of the document and name of the client.
    run
        Short identifier of the run; empty where no run stands behind the document.
    brand, paper
        Looks and sheet.
    """
    return {
        "title": title,
        "document": f"{title} · {client}",
        "client": client,
        "run": words("run", id=run) if run else "",
        "labels": {
            "page": words("page"),
            "of": words("of"),
            "exhibit": words("exhibit"),
            "cannot": words("absent.cannot"),
            "needed": words("absent.needed"),
        },
        **looks(brand, paper),
    }


def looks(brand: Brand, paper: Paper) -> dict[str, Any]:
    """Return the part of it that a firm may change: its lines, colours, typeface, logo and sheet.

    Parameters
    ----------
    brand, paper
        Looks and sheet.
    """
    return {
        "language": brand.language,
        "confidentiality": brand.confidentiality,
        "brand": {
            "ink": brand.ink,
            "accent": brand.accent,
            "font": brand.font,
            "display": brand.display_font,
            "firm": brand.firm,
            "logo": logo_name(brand),
            "logo-height": brand.logo_mm,
        },
        "sheet": {
            "width": paper.width_mm,
            "height": paper.height_mm,
            "side": paper.side_mm,
            "top": paper.top_mm,
            "foot": paper.foot_mm,
        },
    }
