"""The letter to the client: what is asked from each system, and nothing invented where a system is not known."""

from __future__ import annotations

import re

import pytest

from analysis.engagement.creation import new_engagement
from analysis.engagement.data_request import chosen_vendors, data_request, vendors
from analysis.foundation.schema import UsageProblem


def test_without_a_vendor_the_letter_is_the_template(root):
    assert data_request() == (root / "templates" / "engagement" / "data_request.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("vendor", sorted(vendors()))
def test_each_vendor_has_a_part_that_stands_before_the_questions(vendor):
    letter = data_request([vendor])
    forms = vendors()[vendor]
    part = letter[letter.index("## From ") : letter.index("## What else to tell us")]
    for form in forms:
        assert form.title.partition(":")[0] in part
        if form.request is not None:
            assert all(column in part for column in form.request.columns)
            assert form.request.limits[1:-1] in part
    assert "| 1 | agent states |" in letter
    assert letter.count("## What else to tell us with each file") == 1
    # a letter speaks to its reader: no key of the engagement file, no talk about him in the third person
    assert not re.search(r"time_zone|open_end_cap_h|duration_unit|\[\[source\]\]|the client", part)


def test_several_vendors_by_repetition_and_by_commas():
    assert chosen_vendors(["genesys,amazon", " Genesys "]) == ["genesys", "amazon"]
    letter = data_request(["genesys", "amazon"])
    assert letter.index("## From Genesys") < letter.index("## From Amazon")


def test_an_unknown_vendor_is_told_the_nearest_and_all(tmp_path):
    with pytest.raises(UsageProblem, match=r"Did you mean genesys\?") as caught:
        new_engagement("acme", home=tmp_path, vendors=["genesis"])
    assert all(name in str(caught.value) for name in vendors())
    assert not (tmp_path / "engagements" / "acme").exists()


def test_the_letter_lies_in_the_new_engagement(tmp_path):
    folder = new_engagement("acme", home=tmp_path, vendors=["genesys"])
    assert "## From Genesys Cloud" in (folder.root / "data_request.md").read_text(encoding="utf-8")
