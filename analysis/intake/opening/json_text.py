"""JSON text: repairs outside strings, a count of its objects on the bytes, and its records one after the other."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.foundation.schema import DataProblem

MAX_DEPTH = 64
MAX_KEYS = 5_000
MAX_RECORD_CHARACTERS = 16 << 20
_BLOCK_BYTES = 4 << 20
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+([{}\[\]])", re.DOTALL)
_KEY = re.compile(rb'"([^"\\]{1,80})"\s{0,40}:\s{0,40}\Z')
# A comment to the end of its line; lines below that begin with a bare word are its continuation, wrapped by an editor.
_COMMENT = re.compile(
    rb'((?:[^"/]++|' + _STRING + rb"|/(?![/*]))*+)"
    rb"(//[^\r\n]*+(?:\r?\n[ \t]*+(?!(?:true|false|null)\b)[A-Za-z][^\r\n]*+)*+|/\*.*?\*/)",
    re.DOTALL,
)
_LOOSE_COMMA = re.compile(rb'((?:[^",]++|' + _STRING + rb"|,(?!\s*+[}\]]))*+),", re.DOTALL)
_GOES_ON = re.compile(rb"\s*+,\s*+" + _STRING + rb"\s*+:", re.DOTALL)


class Broken(Exception):
    """JSON that breaks off or breaks the grammar; `record` is the number of the record, counted from 1."""

    def __init__(self, record: int, *, ended: bool) -> None:
        self.record, self.ended = record, ended
        super().__init__(record)


class NotANumber:
    """What stands for NaN and Infinity, which JSON has no sign for."""


NOT_A_NUMBER: Final = NotANumber()


@dataclass(frozen=True, slots=True)
class Census:
    """What a JSON text holds, counted on its bytes without parsing it.

    Attributes
    ----------
    objects
        Objects at the level of records, or of elements where these are counted.
    depth
        Deepest nesting.
    extra
        Closing brackets without an opening one.
    """

    objects: int
    depth: int
    extra: int


def census(data: bytes, *, under: Sequence[str] = (), elements: Sequence[str] = ()) -> Census:
    r"""Count the objects of a JSON text that are rows, by its brackets outside strings.

    Parameters
    ----------
    data
        UTF-8 text.
    under
        Keys of an envelope whose arrays hold the records.
    elements
        Keys of arrays whose objects are the rows; empty = the records are.

    Examples
    --------
    >>> census(b'[{"a": "}{"}, {"a": [{}]}]').objects, census(b'{"n": 9, "events": [{}, {}]}', under=["events"]).objects
    (2, 2)
    >>> census(b'{"user": 1, "presence": [{}, {}, {}]}', elements=["presence"]).objects
    3
    """
    above, inside = {name.encode() for name in under}, {name.encode() for name in elements}
    stack: list[str] = []
    at = objects = depth = extra = 0
    enveloped = False
    while found := _TO_BRACKET.match(data, at):
        start, at = found.start(1), found.end()
        sign = data[start : start + 1]
        if sign in b"}]":
            extra += not stack
            del stack[-1:]
            continue
        kind = "other"
        if sign == b"[":
            key = _KEY.search(data, max(start - 170, 0), start)
            name = key.group(1) if key else b""
            if not stack:
                kind = "top"
            elif name in inside:
                kind = "elements"
            elif name in above and stack[-1] == "record":
                objects -= not (enveloped or inside)
                enveloped, kind = True, "records"
        elif not stack or stack == ["top"]:
            kind, enveloped = "record", False
            objects += not inside
        elif stack[-1] == "elements" or (stack[-1] == "records" and not inside):
            objects += 1
        stack.append(kind)
        depth = max(depth, len(stack))
        if depth > MAX_DEPTH:
            break
    return Census(objects, depth, extra)


def mended(data: bytes) -> tuple[bytes, dict[str, int]]:
    r"""Return JSON text without comments, commas before a closing bracket and brackets that close a record too early.

    Returns
    -------
    tuple
        The text, and how often each was mended: ``comments``, ``commas``, ``brackets``.

    Examples
    --------
    >>> mended(b'{"a": "//", // note\n "b": [1,], /* more */ }')
    (b'{"a": "//", \n "b": [1]  }', {'comments': 2, 'commas': 2})
    """
    data, comments = _without(_COMMENT, data)
    data, commas = _without(_LOOSE_COMMA, data)
    data, brackets = _reopened(data)
    counts = {"comments": comments, "commas": commas, "brackets": brackets}
    return data, {name: count for name, count in counts.items() if count}


def _without(pattern: re.Pattern[bytes], data: bytes) -> tuple[bytes, int]:
    """Return a text without what follows the first group of each match, and how often; each match begins where the last one ended."""
    parts, at = [], 0
    while found := pattern.match(data, at):
        parts.append(found.group(1))
        at = found.end()
    return (b"".join([*parts, data[at:]]), len(parts)) if parts else (data, 0)


def _reopened(data: bytes) -> tuple[bytes, int]:
    """Take out a bracket that closes a whole record while the text goes on with its next key."""
    parts, at, kept, depth = [], 0, 0, 0
    while found := _TO_BRACKET.match(data, at):
        start, at = found.start(1), found.end()
        depth += 1 if data[start : start + 1] in b"{[" else -1
        if depth == 0 and data[start : start + 1] == b"}" and _GOES_ON.match(data, at):
            parts.append(data[kept:start])
            kept, depth = at, 1
        depth = max(depth, 0)
    return (b"".join([*parts, data[kept:]]), len(parts)) if parts else (data, 0)


class _Text:
    """JSON text that is decoded block by block as it is read."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.view, self.next_byte = memoryview(data), 0
        self.bytes_to_text = codecs.getincrementaldecoder("utf-8")()
        self.buffer, self.at, self.record = "", 0, 0
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_int=str, parse_float=str, parse_constant=_constant, strict=False
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.check_keys(len(pairs), twice=len(found) != len(pairs))
        return found

    def check_keys(self, count: int, *, twice: bool) -> None:
        """Refuse objects with a key twice, or with more keys than any export has."""
        if twice:
            raise DataProblem(
                f"{self.file}: record {self.record + 1} holds an object with one key twice, so it is not plain which value is meant. "
                "Export the file again."
            )
        if count > MAX_KEYS:
            raise DataProblem(
                f"{self.file}: record {self.record + 1} holds an object with {count} keys, which no plain export does. "
                "Ask for the export again."
            )

    def more(self) -> bool:
        """Decode the next block; False at the end of the text."""
        if self.next_byte >= len(self.view):
            return False
        block = self.view[self.next_byte : self.next_byte + _BLOCK_BYTES]
        self.next_byte += len(block)
        self.buffer = self.buffer[self.at :] + self.bytes_to_text.decode(block)
        self.at = 0
        return True

    def enlarge(self) -> bool:
        """Decode as much again as is waiting, so that a long record is not parsed again for each block; False at the end of the text.

        Raises
        ------
        DataProblem
            No record is as long as what is waiting.
        """
        waiting = len(self.buffer) - self.at
        if waiting > MAX_RECORD_CHARACTERS:
            raise DataProblem(
                f"{self.file}: record {self.record + 1} breaks off, or it is longer than {MAX_RECORD_CHARACTERS >> 20} MiB. "
                "Ask for an export with one object per record."
            )
        some = False
        while len(self.buffer) - self.at < 2 * waiting + 1 and self.more():
            some = True
        return some

    def peek(self) -> str:
        """Return the next sign that is no blank, without taking it; empty at the end of the text."""
        while True:
            blank = _BLANKS.match(self.buffer, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """Take the next value, whatever it is."""
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.at)
            except RecursionError:
                raise Broken(self.record + 1, ended=False) from None
            except json.JSONDecodeError:
                if not self.enlarge():
                    raise Broken(self.record + 1, ended=True) from None
                continue
            if end == len(self.buffer) and self.enlarge():
                continue
            self.at = end
            return value

    def take(self, sign: str) -> None:
        """Take one sign that must come next."""
        if self.peek() != sign:
            raise Broken(self.record + 1, ended=self.peek() == "")
        self.at += 1


_BLANKS = re.compile(r"[ \t\r\n]*+")


def _constant(_: str) -> NotANumber:
    return NOT_A_NUMBER


def records(file: str, data: bytes, *, under: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    r"""Yield the records of a JSON text: of an array, of objects one after the other, or of arrays in an envelope.

    Numbers come as their text, so that no identifier changes; NaN and Infinity as :data:`NOT_A_NUMBER`.

    Raises
    ------
    Broken
        The text breaks off or is no JSON.
    DataProblem
        A key stands twice in an object, an object has too many keys, or a record is no object.

    Examples
    --------
    >>> list(records("f.json", b'{"id": 007e1}\n'))
    Traceback (most recent call last):
    analysis.intake.opening.json_text.Broken: 1
    >>> list(records("f.json", b'{"id": 1.0, "n": null}\n{"id": 12345678901234567890}'))
    [{'id': '1.0', 'n': None}, {'id': '12345678901234567890'}]
    >>> list(records("f.json", b'{"total": 2, "events": [{"id": 1}, {"id": 2}]}', under=["events"]))
    [{'id': '1'}, {'id': '2'}]
    """
    text = _Text(file, data)
    while sign := text.peek():
        if sign == "{":
            yield from _one(text, under)
        elif sign == "[":
            yield from _array(text, under)
        elif sign in ",}]\x1e":  # between records and after the last one
            text.at += 1
        else:
            raise Broken(text.record + 1, ended=False)


def _array(text: _Text, under: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects of an array."""
    text.take("[")
    while text.peek() != "]":
        if text.peek() not in ("{", ""):
            raise DataProblem(
                f"{text.file}: record {text.record + 1} is a bare value and no object, so its columns have no names. "
                "Ask for an export with one object per record."
            )
        yield from _one(text, under)
        if text.peek() != "]":
            text.take(",")
            if text.peek() == "]":
                raise Broken(text.record + 1, ended=False)
    text.take("]")


def _one(text: _Text, under: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one record, or those within an envelope."""
    if not under:
        found = text.value()
        text.record += 1
        yield found
        return
    text.take("{")
    members: dict[str, Any] = {}
    keys, enveloped = [], False
    while text.peek() != "}":
        key = text.value() if text.peek() == '"' else text.take('"')
        keys.append(key)
        text.take(":")
        if key in under and text.peek() == "[":
            enveloped = True
            yield from _array(text, ())
        else:
            text.peek()
            members[str(key)] = text.value()
        if text.peek() != "}":
            text.take(",")
            if text.peek() != '"':
                raise Broken(text.record + 1, ended=text.peek() == "")
    text.take("}")
    text.check_keys(len(keys), twice=len(set(keys)) != len(keys))
    if not enveloped:
        text.record += 1
        yield members


def flatten(record: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """Return the values of a record at paths such as ``CurrentAgentSnapshot.AgentStatus.Name``; paths that lead nowhere are left out.

    Examples
    --------
    >>> flatten({"a": {"b": "1"}, "c.d": None}, ["a.b", "c.d", "a.x"])
    {'a.b': '1', 'c.d': None}
    """
    found = {}
    for path in paths:
        if path in record:
            found[path] = record[path]
            continue
        value: Any = record
        for key in path.split("."):
            if not isinstance(value, Mapping) or key not in value:
                break
            value = value[key]
        else:
            found[path] = value
    return found


def leaves(record: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return all values of a record by their paths; an array is one value.

    Examples
    --------
    >>> leaves({"a": {"b": "1", "c": []}, "d": None})
    {'a.b': '1', 'a.c': [], 'd': None}
    """
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and value:
            found |= leaves(value, f"{above}{key}.")
        else:
            found[above + key] = value
    return found
