"""Pseudonyms: the same person everywhere, and nobody who can be told from the outside."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

import pandas as pd

from analysis.foundation.schema import DataProblem
from analysis.intake.batch import TEXT
from analysis.intake.opening.raw import plain

MINIMUM_KEY_BYTES = 16
# Columns that hold persons: column -> domain of the pseudonym.
PERSONS: Mapping[str, str] = {"agent": "agent", "observer": "observer", "rater": "rater"}


def pseudonym(identifier: str, *, key: bytes, domain: str = "agent") -> str:
    """Return the pseudonym of a person.

    Parameters
    ----------
    identifier
        The client's identifier; blanks at its ends, doubled blanks and the Unicode form make no difference.
    key
        The engagement's secret.
    domain
        What the person is here: ``"agent"``, ``"observer"``, ``"rater"``; each has pseudonyms of its own.

    Returns
    -------
    str
        ``p`` and 12 hexadecimal digits.

    Notes
    -----
    HMAC-SHA256(key, domain + ":" + identifier), its first 48 bits.

    References
    ----------
    RFC 2104; EDPB Guidelines 01/2025 on pseudonymisation (consultation version).

    Examples
    --------
    >>> pseudonym("007", key=b"0123456789abcdef") == pseudonym(" 007 ", key=b"0123456789abcdef")
    True
    """
    return "p" + hmac.new(key, f"{domain}:{plain(identifier)}".encode(), hashlib.sha256).hexdigest()[:12]


def check_key(key: bytes) -> None:
    """Refuse a key that is too short to protect anybody."""
    if len(key) < MINIMUM_KEY_BYTES:
        raise ValueError(f"the pseudonym key must have at least {MINIMUM_KEY_BYTES} bytes, got {len(key)}")


class Pseudonyms:
    """The pseudonyms given in one intake, checked for collisions."""

    def __init__(self, key: bytes) -> None:
        check_key(key)
        self.key = key
        self.taken: dict[str, tuple[str, str]] = {}
        self.stated: set[str] = set()

    def replace(self, column: pd.Series, domain: str) -> pd.Series:
        """Return the column with a pseudonym for every identifier; empty cells stay empty.

        Raises
        ------
        DataProblem
            Two persons would share a pseudonym.
        """
        codes, names = pd.factorize(column)
        given = {name: pseudonym(str(name), key=self.key, domain=domain) for name in names}
        for name, alias in given.items():
            owner = self.taken.setdefault(alias, (domain, plain(str(name))))
            if owner != (domain, plain(str(name))):
                raise DataProblem("pseudonyms: two persons would share one. Make a new key for this engagement.")
        aliases = pd.array([*given.values(), None], dtype=TEXT)
        return pd.Series(aliases.take(codes), index=column.index, name=column.name)

    def settled(self) -> frozenset[str]:
        """Return the identifiers of which the client has stated whose they are."""
        return frozenset(self.stated)
