"""How far apart two colours are: for the eye that reads text, and for the eye that tells marks apart."""

from __future__ import annotations

import math


def _linear(colour: str) -> tuple[float, float, float]:
    """Return the channels of ``#rrggbb`` as linear light, 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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


def distance(one: str, other: str) -> float:
    """Return how different two colours look: their distance in CIELab.

    Parameters
    ----------
    one, other
        Colours as ``#rrggbb``.

    Returns
    -------
    float
        0 (equal) to 100 (black and white) and more; 2 can just be seen side by side.

    References
    ----------
    CIE 15, colour difference of 1976; sRGB of IEC 61966-2-1, white D65.

    Examples
    --------
    >>> round(distance("#000000", "#ffffff")), round(distance("#1F4E79", "#0B7A75"))
    (100, 40)
    """
    return math.dist(_lab(one), _lab(other))


def _lab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (_root(part) for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _root(part: float) -> float:
    return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116
