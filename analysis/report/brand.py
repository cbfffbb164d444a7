"""The firm's colours, typeface, lines, language and country, checked before a page is set."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Settings
from analysis.report import logos
from analysis.report.colours import contrast, distance
from analysis.report.locales import locale_of

# WCAG 2.2, success criterion 1.4.3: text of ordinary size
LEAST_CONTRAST = 4.5
WHITE, PANEL = "#FFFFFF", "#F4F6F8"
# what the accent may not be taken for, and how far it stays away in CIELab: a tenth of the way from black to white can be missed in a thin line
LEAST_DISTANCE = 25.0
MEANINGS = {
    "work": "#1F4E79",
    "support": "#6A97BF",
    "waiting": "#EBBB4E",
    "away": "#B8502A",
    "not seen": "#D9DDE2",
    "a warning": "#A3352B",
}
FONT_ENDINGS = (".otf", ".ttf")


class Brand(Settings):
    """What a firm may change: its name, its lines, two colours, its typeface, its logo, language and country; meanings keep their colours."""

    firm: str = Field(default="", max_length=60, description="name of the firm, on the first page")
    confidentiality: str = Field(default="", max_length=160, description="line at the foot of every page")
    language: str = Field(default="en", pattern="^[a-z]{2}$", description="catalogue of sentences")
    locale: str = Field(default="", description="country whose numbers, dates and money are written, such as en_GB; empty takes the language's usual one")  # fmt: skip
    ink: str = Field(default="#1B2733", pattern="^#[0-9A-Fa-f]{6}$", description="colour of text")
    accent: str = Field(default="#0B7A75", pattern="^#[0-9A-Fa-f]{6}$", description="colour of what is recommended")
    font: str = Field(default="Inter", description="family of text and exhibits")
    display_font: str = Field(default="Inter Display", description="family of the verdict and the chapter questions")
    fonts: Path | None = Field(default=None, description="folder of the firm's font files, beside this file")
    logo: Path | None = Field(default=None, description="SVG or PNG file, beside this file")
    catalogue: Path | None = Field(default=None, description="file of sentences, beside this file; by default words.LANGUAGE.toml where there is one")  # fmt: skip

    @field_validator("ink", "accent")
    @classmethod
    def _legible(cls, value: str) -> str:
        for ground, where in ((WHITE, "white"), (PANEL, "the panels' grey")):
            ratio = contrast(value, ground)
            if ratio < LEAST_CONTRAST:
                raise ValueError(
                    f"contrast with {where} is {ratio:.1f}, at least {LEAST_CONTRAST} is needed; choose a darker colour"
                )
        return value

    @field_validator("accent")
    @classmethod
    def _apart(cls, value: str) -> str:
        near, colour = min(MEANINGS.items(), key=lambda pair: distance(value, pair[1]))
        apart = distance(value, colour)
        if apart < LEAST_DISTANCE:
            raise ValueError(
                f"looks like the colour of {near} ({colour}): their distance in CIELab is {apart:.0f}, at least {LEAST_DISTANCE:.0f} is needed, or a reader takes one for the other; choose another hue"
            )
        return value

    @field_validator("logo")
    @classmethod
    def _picture(cls, value: Path | None) -> Path | None:
        if value is not None and value.suffix.lower() not in {".svg", ".png"}:
            raise ValueError("a logo is an SVG or PNG file")
        return value

    @property
    def logo_mm(self) -> float:
        """Return how high the logo is printed [mm]; 0 without one."""
        return logos.height_mm(logos.logo_size(self.logo)) if self.logo is not None else 0.0


def load_brand(path: Path | None = None) -> Brand:
    """Return the brand of a file; without one, that of the kit.

    Parameters
    ----------
    path
        A ``brand.toml``; files that it names lie beside it.

    Raises
    ------
    UsageProblem
        The file is missing or wrong, or what it names is; the message names the key.
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
        said = first["msg"].removeprefix("Value error, ")
        raise UsageProblem(f"{path.name}: {'.'.join(map(str, first['loc']))}: {said}.") from error
    named = ("fonts", "logo", "catalogue")
    beside = {name: path.parent / value for name in named if (value := getattr(brand, name)) is not None}
    for name, file in beside.items():
        if not file.exists():
            raise UsageProblem(f"{path.name}: {name}: {file.name} does not lie beside the file.")
    own = path.parent / f"words.{brand.language}.toml"
    if "catalogue" not in beside and own.is_file() and own.parent != assets() / "templates" / "report":
        beside["catalogue"] = own
    found = brand.model_copy(update=beside)
    try:
        _check(found)
    except UsageProblem as error:
        raise UsageProblem(f"{path.name}: {error}") from error
    return found


def _check(brand: Brand) -> None:
    """Refuse what could not be set: an unknown locale, a family that no file holds, a logo that is no picture or has no name."""
    locale = locale_of(brand.language, brand.locale)
    _check_fonts(brand)
    if brand.logo is not None:
        logos.logo_size(brand.logo)
        if not brand.firm:
            raise UsageProblem("firm: a logo needs the firm's name, which is read aloud in its place. Write it.")
    names = "".join((*locale.months, *locale.weekdays, *locale.weekdays_short, locale.group))
    # what every typeface of the kit holds is not looked up
    if any(ord(sign) > 0x17F for sign in names):
        from analysis.report.exhibits import style

        held = style.glyphs(brand.fonts) if brand.fonts is not None else style.glyphs()
        missing = sorted({sign for sign in names if ord(sign) not in held and not sign.isspace()})
        if missing:
            raise UsageProblem(f"locale: {brand.locale!r} writes days and months with signs that the typeface does not hold ({' '.join(missing[:5])}). Name a folder of fonts that does, or another locale.")  # fmt: skip


def _check_fonts(brand: Brand) -> None:
    """Refuse a family that no font file holds."""
    if brand.fonts is not None and not any(file.suffix.lower() in FONT_ENDINGS for file in brand.fonts.glob("*")):
        raise UsageProblem(f"fonts: {brand.fonts.name} holds no .otf or .ttf file. Put the firm's font files there.")
    known = _families(brand.fonts)
    for key in ("font", "display_font"):
        family = getattr(brand, key)
        if family.casefold() not in {name.casefold() for name in known}:
            where = f"neither {brand.fonts.name} nor the kit holds" if brand.fonts is not None else "the kit does not hold"  # fmt: skip
            raise UsageProblem(
                f'{key}: {where} the family {family!r}. Known: {", ".join(known)}. Put its font files into a folder beside the file and name it: fonts = "fonts".'
            )


@cache
def _families(folder: Path | None) -> tuple[str, ...]:
    """Return the families of the kit's fonts and of a folder's, as the typesetter names them."""
    import typst

    kit = assets() / "templates" / "report" / "fonts"
    paths = [str(one) for one in (kit, folder) if one is not None]
    return tuple(typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths).families())
