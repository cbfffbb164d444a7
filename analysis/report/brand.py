"""The firm's colours, typeface and lines, checked for contrast before a page is set."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Settings

# WCAG 2.2, success criterion 1.4.3: text of ordinary size
LEAST_CONTRAST = 4.5


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours.

    Parameters
    ----------
    one, other
        Colours as ``#rrggbb``.

    Returns
    -------
    float
        1 (equal) to 21 (black on white).

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, definition of contrast ratio.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff")), round(contrast("#0B7A75", "#FFFFFF"), 1)
    (21, 5.2)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Brand(Settings):
    """What a firm may change: its name, its lines, two colours, its typeface and its logo; meanings keep their colours."""

    firm: str = Field(default="", max_length=60, description="name of the firm, on the first page")
    confidentiality: str = Field(default="", max_length=160, description="line at the foot of every page")
    language: str = Field(default="en", pattern="^[a-z]{2}$", description="catalogue of sentences")
    ink: str = Field(default="#1B2733", pattern="^#[0-9A-Fa-f]{6}$", description="colour of text")
    accent: str = Field(default="#0B7A75", pattern="^#[0-9A-Fa-f]{6}$", description="colour of what is recommended")
    font: str = Field(default="Inter", description="family of text and exhibits")
    display_font: str = Field(default="Inter Display", description="family of the verdict and the chapter questions")
    fonts: Path | None = Field(default=None, description="folder of the firm's font files, beside this file")
    logo: Path | None = Field(default=None, description="SVG or PNG file, beside this file")

    @field_validator("ink", "accent")
    @classmethod
    def _legible(cls, value: str) -> str:
        ratio = contrast(value, "#FFFFFF")
        if ratio < LEAST_CONTRAST:
            raise ValueError(
                f"contrast with white is {ratio:.1f}, at least {LEAST_CONTRAST} is needed; choose a darker colour"
            )
        return value

    @field_validator("logo")
    @classmethod
    def _picture(cls, value: Path | None) -> Path | None:
        if value is not None and value.suffix.lower() not in {".svg", ".png"}:
            raise ValueError("a logo is an SVG or PNG file")
        return value


def load_brand(path: Path | None = None) -> Brand:
    """Return the brand of a file; without one, that of the kit.

    Parameters
    ----------
    path
        A ``brand.toml``; files that it names lie beside it.

    Raises
    ------
    UsageProblem
        The file is missing or wrong; the message names the key.
    """
    path = path or assets() / "templates" / "report" / "brand.toml"
    try:
        with path.open("rb") as file:
            brand = Brand.model_validate(tomllib.load(file))
    except FileNotFoundError as error:
        raise UsageProblem(f"{path.name}: there is no such file. Copy the kit's brand.toml and change it.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{path.name}: not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageProblem(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    beside = {name: path.parent / value for name in ("fonts", "logo") if (value := getattr(brand, name)) is not None}
    for name, file in beside.items():
        if not file.exists():
            raise UsageProblem(f"{path.name}: {name}: {file.name} does not lie beside the file.")
    return brand.model_copy(update=beside)
