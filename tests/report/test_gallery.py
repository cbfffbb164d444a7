"""The gallery: every public exhibit stands in it with a picture and a call that runs, and nothing else does."""

from __future__ import annotations

import re

import pytest

from tests.report.gallery import FOLDER, MOST_BYTES, TEXTS, page
from tests.report.public_exhibits import drawable, public

MOST_IN_ALL = 1_200_000


@pytest.fixture(scope="module")
def text(root):
    return (root / "docs" / "gallery.md").read_text(encoding="utf-8")


def test_every_public_exhibit_stands_in_the_gallery_as_the_script_writes_it(text):
    assert sorted(TEXTS) == sorted(public())
    found = {name: finding for finding, name in re.findall(rf"!\[(.+)\.\]\({FOLDER}/(\w+)\.png\)", text)}
    assert list(found) == list(TEXTS)
    assert page(found) == text


def test_every_exhibit_has_a_small_picture_and_none_is_left_over(root):
    files = sorted((root / "docs" / FOLDER).iterdir())
    assert [file.name for file in files] == sorted(f"{name}.png" for name in TEXTS)
    sizes = {file.name: file.stat().st_size for file in files}
    assert {name: size for name, size in sizes.items() if not 1_000 < size <= MOST_BYTES} == {}
    assert sum(sizes.values()) < MOST_IN_ALL


def test_the_calls_of_the_gallery_run(text, material):
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes

    given = drawable(material)
    calls = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(calls) == len(TEXTS)
    for code in calls:
        names = {name: given[name] for name in given}
        exec(code, names)
        assert isinstance(names["ax"], Axes), code
        plt.close("all")
