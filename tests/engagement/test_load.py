"""The engagement file: what is wrong is said by file, key, what and what to do; nothing odd gets through."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analysis.engagement.load import load_engagement, parsed_override
from analysis.foundation.schema import DataProblem, UsageProblem

from .conftest import CLIENT

QUEUE = '[[queue]]\nname = "claims line"\n'


def problem(folder, **more) -> str:
    with pytest.raises(UsageProblem) as caught:
        load_engagement(folder.root, **more)
    assert caught.value.exit_status == 2
    return str(caught.value)


def test_defaults_fill_what_is_not_stated(write):
    engagement = load_engagement(write(CLIENT + QUEUE).file)
    assert engagement.client.currency == "EUR"
    assert engagement.queue[0].target == 0.80
    assert engagement.baseline.confidence == 0.95


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CLIENT + "[blnding]\n", "[blnding]: there is no such key. Did you mean blending?"),
        (CLIENT + "[blending]\nservce_level = 0.9\n", "[blending] servce_level: there is no such key. Did you mean service_level?"),
        (CLIENT + '[[queue]]\nname = "a"\n[[queue]]\nnam = "b"\n', "[[queue]] no. 2 nam: there is no such key. Did you mean name?"),
        (CLIENT + "[baseline]\nconfidence = 95\n", "[baseline] confidence: must be less than or equal to 0.999 (level of"),
        (CLIENT + '[baseline]\nseed = "first"\n', "[baseline] seed: must be a valid integer"),
        (CLIENT + "baseline = 3\n".replace("baseline", "privacy"), "[client] privacy: there is no such key"),
        ('privacy = 3\n' + CLIENT, "[privacy]: must be a table"),
        ('queue = "claims"\n' + CLIENT, "[queue]: must be a list"),
        (CLIENT.replace("Amsterdam", "Amsterdm"), "[client] time_zone: not an IANA time zone"),
        (CLIENT.replace("2026-04-26", "2026-02-26"), "[client] period: the period ends before it starts"),
        (CLIENT.replace('"Acme Mutual"', '""'), "[client] name: must not be empty"),
        (CLIENT.replace("period", "# period"), "[client] period: is missing. Add it"),
        (CLIENT + 'currency = "euro"\n', "[client] currency: is not written as expected (ISO 4217"),
        (CLIENT + QUEUE + 'channel = "fax"\n', "[[queue]] no. 1 channel: must be 'voice', 'chat'"),
        (CLIENT + QUEUE + QUEUE, "two [[queue]] blocks are called claims line"),
        (CLIENT + "[baseline]\nminimum_group_agents = 6\n", "state why in [privacy] small_group_reason"),
        (CLIENT + "[baseline]\nminimum_group_agents = 4\n", "minimum_group_agents: must be greater than or equal to 5"),
        (CLIENT + '[[source]]\nfiles = ["/etc/passwd"]\ntable = "roster"\n', "[[source]] no. 1 files:"),
        (CLIENT + '[[source]]\nfiles = ["a.csv"]\ntable = "rostr"\n', "[[source]] no. 1:"),
        ("", "[client]: is missing"),
        ("[client\n", "line 1"),
        ("a = 1\na = 2\n", "line 2"),
        (b"\xff\xfe[\x00c\x00", "line 1 is not UTF-8 text"),
        (CLIENT.encode().replace(b"Acme", b"\x81cme"), "line 2 is not UTF-8 text"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("a = " + "9" * 5000, "engagement.toml:"),
        (CLIENT + "[blending]\nresume_s = nan\n", "blending.resume_s is not a finite number"),
        (CLIENT + "[blending]\nresume_s = inf\n", "blending.resume_s is not a finite number"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_by_key_and_what_to_do(text, said, write):
    message = problem(write(text))
    assert said in message
    assert message.startswith("engagement.toml: ")
    assert message.endswith(".")
    assert "Traceback" not in message


def test_all_problems_are_said_at_once(write):
    message = problem(write(CLIENT + "[baseline]\nconfidence = 95\nsed = 1\n[blending]\nx = 1\n"))
    assert "3 problems" in message
    assert message.count("\n") == 4


@pytest.mark.parametrize("sign", ["\\u0000", "\\u0007", "\\u001b", "\\u0085", "\\u202e", "\\u2028", "\\ufeff"])
def test_control_characters_are_refused_everywhere(sign, write):
    for text in (
        CLIENT.replace("Acme", f"Ac{sign}me"),
        CLIENT + f'[[queue]]\nname = "x{sign}"\n',
        CLIENT + f'[[source]]\nfiles = ["a.csv"]\ntable = "roster"\n"{sign}" = 1\n',
        CLIENT + f'[[source]]\nfiles = ["a.csv"]\ntable = "roster"\nexclude = {{ "x{sign}" = ["a"] }}\n',
    ):
        message = problem(write(text))
        assert "control character" in message
        assert message.isprintable()


def test_surrogates_never_get_in(write):
    assert "engagement.toml" in problem(write(CLIENT.replace("Acme", "\\ud800")))
    assert "control character" in problem(write(), overrides=[("client.name", "\ud800")])


def test_byte_order_mark_and_windows_lines_are_fine(write):
    text = (b"\xef\xbb\xbf" + CLIENT.encode()).replace(b"\n", b"\r\n")
    assert load_engagement(write(text).root).client.name == "Acme Mutual"


def test_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageProblem, match="engage new"):
        load_engagement(tmp_path / "engagement.toml")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("blending.service_level=0.9", ("blending.service_level", 0.9)),
        (" baseline.seed = 7 ", ("baseline.seed", 7)),
        ("client.currency=USD", ("client.currency", "USD")),
        ('client.name="A=B"', ("client.name", "A=B")),
        ("client.holidays=[2026-04-03]", ("client.holidays", ["2026-04-03"])),
    ],
)
def test_set_reads_values_as_the_file_does(text, pair):
    assert parsed_override(text) == pair


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("blending.service_levl=0.9", "Did you mean service_level?"),
        ("blendin.service_level=0.9", "Did you mean blending?"),
        ("queue.target=0.9", "there is no section queue"),
        ("blending.service_level", "write section.name=value"),
        ("blending.service_level=", "write section.name=value"),
        ("service_level=0.9", "write section.name=value"),
        ("baseline.seed=007", "not written as in engagement.toml"),
        ("baseline.seed=1_000_", "not written as in engagement.toml"),
        ("baseline.confidence=.9", "not written as in engagement.toml"),
    ],
)
def test_set_refuses_what_it_does_not_know(text, said):
    with pytest.raises(UsageProblem, match="--set") as caught:
        parsed_override(text)
    assert said in str(caught.value)


def test_an_override_stands_in_for_the_file_and_is_checked_like_it(write):
    folder = write(CLIENT + "[baseline]\nseed = 3\n")
    assert load_engagement(folder.root, overrides=[("baseline.seed", 5)]).baseline.seed == 5
    assert "--set [baseline] seed: must be" in problem(folder, overrides=[("baseline.seed", -5)])


def test_a_broken_file_is_said_without_loading_any_table_library(write):
    folder = write(CLIENT + "[blnding]\n")
    code = (
        "import sys\n"
        "from analysis.cli import main\n"
        f"status = main(['run', 'acme', '--workspace', {str(folder.workspace)!r}])\n"
        "heavy = [m for m in ('numpy', 'pandas', 'papermill', 'matplotlib') if m in sys.modules]\n"
        "print(status, heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["2", "[]"], done.stdout + done.stderr
    assert "Did you mean blending?" in done.stderr


def test_a_missing_zone_is_a_question_to_the_client(write):
    folder = write(CLIENT.replace('time_zone = "Europe/Amsterdam"\n', ""))
    with pytest.raises(
        DataProblem, match=r"engagement.toml: \[client\] time_zone is not stated.*Ask the client"
    ) as caught:
        load_engagement(folder.root)
    assert caught.value.exit_status == 3
