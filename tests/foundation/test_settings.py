"""What an engagement may state about a client, and what it may not."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from analysis.foundation.settings import Client, Period, Queue, Settings

PERIOD = {"start": dt.date(2026, 3, 2), "end": dt.date(2026, 4, 26)}
CLIENT = {"name": "Acme Mutual", "time_zone": "Europe/Amsterdam", "period": PERIOD}


def test_a_client_has_defaults():
    client = Client(**CLIENT)
    assert (client.full_time_h_per_week, client.currency, client.holidays) == (38.0, "EUR", ())
    assert client.period.end == dt.date(2026, 4, 26)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name"),
        ({"name": "Acme\x1b[31m"}, "cannot be printed"),
        ({"name": "x" * 201}, "name"),
        ({"time_zone": "Amsterdam"}, "not an IANA time zone"),
        ({"time_zone": "../../etc/passwd"}, "not an IANA time zone"),
        ({"time_zone": ""}, "not an IANA time zone"),
        ({"currency": "euro"}, "currency"),
        ({"full_time_h_per_week": 0}, "full_time_h_per_week"),
        ({"full_time_h_per_week": 100}, "full_time_h_per_week"),
        ({"period": {"start": dt.date(2026, 4, 2), "end": dt.date(2026, 4, 1)}}, "ends before it starts"),
        ({"periods": PERIOD}, "periods"),
        ({"holidays": ["Easter"]}, "holidays"),
    ],
)
def test_a_wrong_client_is_refused_by_name(change, words):
    with pytest.raises(ValidationError, match=words):
        Client(**{**CLIENT, **change})


def test_a_period_of_one_day_is_a_period():
    assert Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 2)).start == dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "fax"}, {"direction": "inbound"}, {"target": 1.0}, {"target": 0.0}, {"answer_within_s": 0}, {"concurrency": 0},
        {"max_occupancy": 1.01}, {"max_occupancy": 0}, {"definition": "of all"}, {"short_s": -1}, {"name": " "}, {"service_level": 0.8},
    ],
)  # fmt: skip
def test_a_wrong_queue_is_refused_by_name(change):
    with pytest.raises(ValidationError, match=next(iter(change))):
        Queue(**{"name": "claims line", **change})


def test_a_queue_has_the_promise_of_the_trade_as_default():
    queue = Queue(name="  claims line ")
    assert (queue.name, queue.answer_within_s, queue.target, queue.definition) == (
        "claims line",
        20.0,
        0.8,
        "of offered",
    )


def test_settings_are_frozen_and_every_field_is_explained():
    with pytest.raises(ValidationError, match="frozen"):
        Client(**CLIENT).currency = "USD"
    for kind in (Client, Period, Queue):
        assert issubclass(kind, Settings)
        assert all(field.description for field in kind.model_fields.values())
