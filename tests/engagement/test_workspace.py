"""Where engagements lie, and which names they may have."""

from __future__ import annotations

import pytest

from analysis.engagement.creation import close_engagement, new_engagement, private_files
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.workspace import check_slug, find_engagement, workspace
from analysis.foundation.schema import KitError, UsageProblem

from .conftest import CLIENT


@pytest.mark.parametrize("slug", ["a", "acme", "acme-2026", "9lives", "a_b"])
def test_short_names_are_fine(slug):
    assert check_slug(slug, new=True) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "Acme", "-a", "a-", ".", "..", "a/b", "a\\b", "../a", "a b", "a.b", "ä", "con", "nul", "com1", "lpt9", "a" * 41, "a\n", "{x}", "$(x)"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(slug):
    with pytest.raises(UsageProblem):
        check_slug(slug)


@pytest.mark.parametrize("slug", ["sample", "example"])
def test_names_of_the_kit_are_reserved(slug, tmp_path):
    with pytest.raises(UsageProblem, match="kept for the kit"):
        new_engagement(slug, home=tmp_path)


def test_the_workspace_is_named_else_found_else_here(tmp_path, monkeypatch):
    inner = tmp_path / "w" / "notebooks" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.delenv("ENGAGE_HOME")
    assert workspace(start=inner) == inner
    (tmp_path / "w" / "engagements").mkdir()
    assert workspace(start=inner) == tmp_path / "w"
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    assert workspace(start=inner) == tmp_path
    assert workspace(inner, start=tmp_path) == inner


def test_no_workspace_inside_an_installation(tmp_path, monkeypatch):
    inside = tmp_path / "lib" / "site-packages" / "kit"
    inside.mkdir(parents=True)
    with pytest.raises(UsageProblem, match="inside an installed package"):
        workspace(inside)
    with pytest.raises(UsageProblem, match="not a folder"):
        workspace(tmp_path / "nowhere")


def test_an_engagement_is_found_by_name_folder_or_file(write):
    folder = write()
    for name in ("acme", folder.root, folder.file, str(folder.root)):
        found = find_engagement(name)
        assert (found.root, found.workspace) == (folder.root, folder.workspace)
    assert folder.reports == folder.workspace / "reports" / "acme"
    with pytest.raises(UsageProblem, match="There are: acme"):
        find_engagement("acmee")
    with pytest.raises(UsageProblem):
        find_engagement("../engagements/acmee")


def test_new_makes_a_whole_engagement_or_nothing(tmp_path, monkeypatch):
    folder = new_engagement("acme", home=tmp_path, client='Smith "&" Söhne')
    names = {path.name for path in folder.root.iterdir()}
    assert names == {
        "engagement.toml",
        "README.md",
        "data_request.md",
        "interview_guide.md",
        "data",
        "answers",
        "sheets",
        "private",
    }
    assert 'name = "Smith \\"&\\" Söhne"' in folder.file.read_text(encoding="utf-8")
    assert sorted(path.name for path in folder.root.parent.iterdir()) == [".lock", "acme"]
    with pytest.raises(UsageProblem, match="already"):
        new_engagement("acme", home=tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.engagement.creation.pseudonym_key", full)
    with pytest.raises(OSError, match="No space"):
        new_engagement("beta", home=tmp_path)
    assert not (tmp_path / "engagements" / "beta").exists()
    assert sorted(path.name for path in folder.root.parent.iterdir()) == [".lock", "acme"]


def test_the_key_is_random_private_and_made_once(write):
    one, other = write(slug="acme"), write(slug="beta")
    assert len(pseudonym_key(one)) == 32
    assert pseudonym_key(one) == pseudonym_key(one) != pseudonym_key(other)
    assert one.private.stat().st_mode & 0o077 == 0
    assert (one.private / "pseudonym.key").stat().st_mode & 0o077 == 0
    (one.private / "pseudonym.key").write_bytes(b"short")
    with pytest.raises(KitError, match="damaged"):
        pseudonym_key(one)


def test_the_samples_key_follows_from_its_seed(write, tmp_path):
    first = pseudonym_key(write(slug="sample"))
    (tmp_path / "engagements" / "sample" / "private" / "pseudonym.key").unlink()
    assert pseudonym_key(write(slug="sample")) == first


def test_closing_deletes_what_could_resolve_a_pseudonym(write):
    folder = write(CLIENT)
    pseudonym_key(folder)
    for name in (
        "data/a.csv",
        "answers/b.csv",
        "private/notebooks/c.ipynb",
        "work/baseline/x/r.json",
        "notebooks/n.ipynb",
    ):
        path = folder.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    assert private_files(folder) == {"private": 2, "data": 1, "answers": 1}
    close_engagement(folder)
    left = sorted(path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())
    assert left == ["closed.json", "engagement.toml", "work/.lock", "work/baseline/x/r.json"]
    with pytest.raises(KitError, match="is closed"):
        pseudonym_key(folder)
