"""The summary for the people whose time was measured: four pages, short sentences, and nothing that judges anybody."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pikepdf
import pypdfium2
import pytest

from analysis.foundation.schema import DisclosureProblem, UsageProblem
from analysis.readiness.plan.texts import banned_word
from analysis.report import summary_heard, summary_pages
from analysis.report.context import Context
from analysis.report.exhibits.theme import Theme
from analysis.report.run import Run
from analysis.report.summary import FILE, build_summary, four_pages, texts_of
from analysis.report.words import Words, load_words
from tests.report.conftest import words_of

# what nobody may read in it, whatever the catalogue says of itself
NEVER = (
    "lazy", "idle", "slack", "unproductive", "productivity", "underperform", "performance", "surplus", "headcount", "redundan", "fte",
    "utilization", "occupancy", "EUR", "hours a week", "team north", "group", "site", "ranking", "best", "worst", "target of",
)  # fmt: skip
# said of groups as a rule, not of one
RULES = ("groups of fewer", "for groups.", "figures of groups", "one person")


def context(material: dict[str, Any], **changed: Any) -> Context:
    given = {**material, **changed}
    return Context(
        given["client"], given["queues"], given["intake"], given["baseline"], given["utilization"], given["blending"],
        given["readiness"], given.get("run_", Run("0123456789ab", retention_days=90)), Theme(words=given.get("words", load_words())), None, given["value"],
    )  # fmt: skip


def told(c: Context) -> list[str]:
    return list(texts_of(four_pages(c)[0]))


def one(c: Context) -> str:
    return " ".join(told(c)).replace("\u00a0", " ")


def sentences(texts: list[str]) -> list[list[str]]:
    """Return every sentence as its words; short labels are no sentences."""
    found = [
        part.split()
        for text in texts
        for part in re.split(r"(?<=[.!?:])\s+", text)
        if part.endswith((".", "!", "?", ":"))
    ]
    return [words for words in found if len(words) > 1]


@pytest.fixture(scope="module")
def whole(built) -> list[str]:
    return [page.replace("\u00a0", " ") for page in words_of(built / FILE)]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("case", ["whole", "nothing", "fullest"])
def test_it_takes_four_pages_whatever_the_data_hold(material, tmp_path, paper, case):
    c = {"whole": context, "nothing": bare, "fullest": fullest}[case](material)
    build_summary(c, out=tmp_path, paper=paper)
    assert len(words_of(tmp_path / FILE)) == 4
    assert size_of(tmp_path / FILE) >= (10 if case == "fullest" else 11)
    with pikepdf.open(tmp_path / FILE) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "pdfuaid" in bytes(pdf.Root.Metadata.read_bytes()).decode("utf-8", errors="replace")
        assert c.client.name in str(pdf.docinfo["/Title"])


def size_of(pdf: Path) -> float:
    """Return the size in which most of a document is set [pt]."""
    sizes: Counter[float] = Counter()
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            text = page.get_textpage()
            sizes.update(
                round(pypdfium2.raw.FPDFText_GetFontSize(text, place), 1) for place in range(text.count_chars())
            )
            text.close()
    return sizes.most_common(1)[0][0]


def bare(material: dict[str, Any]) -> Context:
    """Return a client of whom logs alone are known: no shares, nobody heard, no answer."""
    baseline = material["baseline"]
    none = {"value": float("nan"), "low": float("nan"), "high": float("nan"), "status": "insufficient"}
    readiness = material["readiness"]
    heard = {
        name: getattr(readiness, name).head(0) for name in ("listening", "heard", "expectations", "responses", "plan")
    }
    return context(
        material,
        baseline=dataclasses.replace(baseline, quantities=(), shares=baseline.shares.assign(**none), gap_survival=baseline.gap_survival.head(0)),
        readiness=dataclasses.replace(readiness, criteria=readiness.criteria.assign(level=pd.NA), **heard),
        blending=dataclasses.replace(material["blending"], service=material["blending"].service.head(0)),
        value=None,
        run_=Run("0"),
    )  # fmt: skip


def fullest(material: dict[str, Any]) -> Context:
    """Return a client with long names, many themes and long answers."""
    readiness = material["readiness"]
    client = material["client"].model_copy(
        update={"name": 'The <&> "#*_$@ ' + "Mutual Insurance Company of " * 2 + "Long Name"}
    )
    changed = pd.DataFrame(
        [{"theme": "freed time", "changed": "Working hours of the trial are agreed with the representatives before it begins, week by week and in writing", "owner_role": "head", "changed_on": pd.NaT}] * 9
    )  # fmt: skip
    row = readiness.listening[readiness.listening["kind"] == "theme"].head(1)
    many = pd.concat(
        [row.assign(theme=f"a theme with a name of some length {place}") for place in range(12)] + [readiness.listening]
    )
    return context(
        material,
        client=client,
        readiness=dataclasses.replace(readiness, responses=changed, listening=many.reset_index(drop=True)),
    )  # fmt: skip


def test_its_sentences_are_short(material):
    for c in (context(material), bare(material)):
        lengths = [len(words) for words in sentences(told(c))]
        assert len(lengths) > 35
        assert sum(lengths) / len(lengths) <= 14
        assert max(lengths) <= summary_heard.MOST_WORDS
    assert sum(map(len, sentences(told(context(material))))) / len(sentences(told(context(material)))) < 11


def test_no_word_of_it_judges_money_groups_or_people(material, whole):
    text = " ".join(whole).lower()
    for rule in RULES:
        text = text.replace(rule, "")
    assert [word for word in NEVER if re.search(rf"(?<![a-z]){re.escape(word.lower())}", text)] == []
    groups = {str(name) for name in material["baseline"].groups["group"]} | {
        str(name) for name in material["baseline"].groups["site"]
    }
    assert [name for name in groups if name.lower() in text] == []
    assert not re.search(r"\d h\b", text)


def test_its_figures_are_those_of_the_assessment(material, whole):
    c = context(material)
    shown = " ".join(whole)
    assert "24 % (22 to 26)" in shown
    assert (
        c.figure("baseline.idle_share", population="contact_centre")
        .replace("\u00a0", " ")
        .startswith("24 % (22 to 26)")
    )
    assert "27 % (23 to 32)" in shown
    assert whole[1].count("What it does not mean") == 3


@pytest.mark.parametrize("word", ["idle people", "surplus staff", "underperforming"])
def test_a_text_of_a_client_that_could_judge_is_left_out_and_counted(material, word):
    readiness = material["readiness"]
    changed = pd.DataFrame(
        [{"theme": "quality", "changed": text, "owner_role": "head", "changed_on": pd.NaT} for text in (f"The list of {word} is gone", "Shifts are known two weeks before", " ".join(["long"] * 40))]
    )  # fmt: skip
    listening = readiness.listening.copy()
    listening.loc[listening.index[0], "theme"] = word
    text = one(context(material, readiness=dataclasses.replace(readiness, responses=changed, listening=listening)))
    assert word not in text
    assert "Shifts are known two weeks before" in text
    assert "2 more are written down and may be asked for." in text
    total = int(listening.loc[listening["kind"] == "all", "times"].iloc[0])
    c = context(material, readiness=dataclasses.replace(readiness, listening=listening))
    assert int(summary_heard.shown_themes(c)["times"].sum()) == total


def test_a_catalogue_that_judges_is_refused(material):
    with pytest.raises(UsageProblem, match=r"summary_for_staff.pdf: may not say 'idle'"):
        four_pages(context(material, words=_with("summary.found.lead", "These are idle people.")))


def _with(key: str, text: str) -> Words:
    words = load_words()
    changed = Words({"number": words.section("number")})
    changed._templates = {**words._templates, key: text}
    return changed


def at_level(material: dict[str, Any], level: int) -> Any:
    """Return readiness with K1, what leaders have said, at this level."""
    frame = material["readiness"].criteria
    changed = frame.assign(level=frame["level"].mask(frame["criterion"] == "K1", level))
    return dataclasses.replace(material["readiness"], criteria=changed)


def test_what_leaders_have_not_said_is_said_to_be_unsaid(material):
    text = one(context(material, readiness=at_level(material, 1)))
    assert "Leaders have not said yet what happens to freed time" in text
    assert "Not to be handed out yet" in text
    spoken = one(context(material, readiness=at_level(material, 3)))
    assert "Leaders have announced what happens to freed time" in spoken
    assert "teams have said it back" in one(context(material, readiness=at_level(material, 4)))
    assert "Not to be handed out yet" not in spoken


def test_no_target_is_told_before_it_may_be(material):
    value = material["value"]
    kept = dataclasses.replace(value, targets=value.targets.assign(publish=False))
    assert "No target has been set for you or for your team" in one(context(material, value=kept))
    published = dataclasses.replace(value, targets=value.targets.assign(publish=True))
    text = one(context(material, value=published))
    assert "Targets have been announced for all people together" in text
    assert not any(str(reason) in text for reason in value.targets["reason"] if reason)


def test_without_figures_it_says_so_and_what_is_missing(material):
    text = one(bare(material))
    assert "No figure can be told yet" in text
    assert "nothing is planned and nothing is decided" in text
    assert "Nothing has been written down yet of what people say" in text
    assert "What it does not mean" not in text
    assert "at the latest" not in text


def test_the_time_of_deletion_is_the_engagements(material):
    assert "to be deleted 90 days after they came, at the latest" in one(context(material))


def test_a_count_that_could_be_one_persons_stops_it(material, tmp_path):
    readiness = material["readiness"]
    few = readiness.listening.copy()
    few.loc[few.index[0], "times"] = 1
    with pytest.raises(DisclosureProblem, match="themes could be of one person"):
        build_summary(context(material, readiness=dataclasses.replace(readiness, listening=few)), out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_kits_own_words_pass_their_own_list():
    words = load_words()
    banned = summary_pages.banned_words(words)
    texts = {key: text for key, text in words.section("summary").items() if key != "banned"}
    texts |= words.section("hours_of_100")
    assert {key: word for key, text in texts.items() if (word := banned_word(text, banned))} == {}
    assert len(banned) > 50
