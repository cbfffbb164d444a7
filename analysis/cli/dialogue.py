"""The dialogue about a file that no format knows: what it seems to be, what must be asked, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.cli.talk import Talk
from analysis.engagement.files import write_bytes
from analysis.engagement.workspace import Folder
from analysis.intake.recognise.names import shown
from analysis.intake.recognise.proposal import Proposal
from analysis.intake.recognise.questions import Question, as_word
from analysis.intake.recognise.wording import BUCKETS_SAID
from analysis.intake.words import number_of

# Answers that are probably the same for the next file; they are proposed again, never taken.
_AGAIN = ("population", "time_zone")
# More choices than these are listed in one line.
_FEW = 6


class Dialogue:
    """Asks what a proposal leaves open, at the terminal or by saying which words of the command line answer it.

    Parameters
    ----------
    folder
        The engagement's folders.
    talk
        Says and asks.
    """

    def __init__(self, folder: Folder, talk: Talk) -> None:
        self.folder, self.talk = folder, talk
        self.last: dict[str, str] = {}

    def about(self, proposal: Proposal) -> Proposal:
        """Return a proposal with the answers of whoever sits at the terminal; open questions are told."""
        told, codes_told = proposal.table, False
        while proposal.questions and self.talk.asks:
            if proposal.codes and not codes_told:
                self.talk.say(
                    "", *codes_said(proposal), "One by one: Enter takes the word proposed, ? lists all words."
                )
                codes_told = True
            answers = self._asked(proposal)
            if not answers:
                break
            proposal = proposal.answer(answers)
            if proposal.table != told:
                told = proposal.table
                self.talk.say("", *proposal.lines())
        self._keep_state_map(proposal)
        if proposal.questions:
            self._tell_open(proposal)
        return proposal

    def _asked(self, proposal: Proposal) -> dict[str, str]:
        """Ask the open questions of a proposal, one after the other."""
        answers = {}
        for question in proposal.questions:
            said = self.talk.ask(self._with_last(question))
            if said is not None:
                answers[question.key] = said
        self.last |= {name: answers[name] for name in _AGAIN if name in answers}
        return answers

    def _with_last(self, question: Question) -> Question:
        """Return a question with the answer to the same one about the file before, as a proposal."""
        last = self.last.get(question.key)
        fits = last is not None and (not question.choices or last in question.choices)
        return replace(question, proposed=last) if fits else question

    def _tell_open(self, proposal: Proposal) -> None:
        """Say what must be answered, and with which words."""
        say = self.talk.say
        others = [one for one in proposal.questions if not one.key.startswith("state.")]
        if not others:
            self._tell_codes(proposal)
            return
        say("", "To answer before it can be read:")
        for one in others:
            say(f"  {one.key}: {one.text}")
            if len(one.choices) > _FEW or not one.meanings:
                say(*([f"    one of {', '.join(one.choices)}"] if one.choices else []))
            else:
                say(*(f"    {word}: {one.meanings.get(word, '')}" for word in one.choices))
        say("Answer with:")
        self.talk.print([self._command(proposal, " ".join(one.flag() for one in others))])

    def _tell_codes(self, proposal: Proposal) -> None:
        """Say where the meanings of the state codes stand and how they are confirmed."""
        say = self.talk.say
        say("", *codes_said(proposal))
        say(
            f"The meanings stand in {proposal.state_map}. Go through them with the client: correct ladder_bucket, and empty the "
            f"column please_confirm. Then run again: engage check {self.folder.slug}"
        )
        unknown = [one.flag() for one in proposal.questions if one.proposed is None]
        say("Or take the others as proposed:" if unknown else "Or take them all as proposed:")
        self.talk.print([self._command(proposal, " ".join(["--answer states=proposed", *unknown]))])

    def _command(self, proposal: Proposal, flags: str) -> str:
        sheet = proposal.answers.get("sheet")
        more = f"--answer {as_word(f'sheet={sheet}')} " if sheet else ""
        return f"  engage check {self.folder.slug} --map {as_word(proposal.file)} {more}{flags}"

    def _keep_state_map(self, proposal: Proposal) -> None:
        """Write the state map of a proposal where it holds more than the one that is there."""
        if proposal.state_map is None or proposal.trial is None:
            return
        path, text = self.folder.root / proposal.state_map, proposal.state_map_text()
        if not path.is_file() or path.read_text(encoding="utf-8-sig") != text:
            write_bytes(path, text.encode("utf-8"))


def codes_said(proposal: Proposal) -> list[str]:
    """Return the state codes with what they hold and what is proposed."""
    cells = [(shown(one.code), number_of(one.rows, "row"), f"{one.hours:,.1f} h") for one in proposal.codes]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["State codes, with what each probably means:"]
    for one, (code, rows, hours) in zip(proposal.codes, cells, strict=True):
        word = f"{one.bucket} ({BUCKETS_SAID.get(one.bucket, '')})" if one.bucket else "not known: please say"
        mark = " - confirmed" if one.confirmed else ""
        lines.append(f"  {code:<{widths[0]}}  {rows:>{widths[1]}}  {hours:>{widths[2]}}  {word}{mark}")
    return lines


def kept_under(file: str, answers: Mapping[str, str]) -> str:
    """Return the name under which the answers about a file, or about one of its sheets, are kept."""
    return f"{file} / {answers['sheet']}" if "sheet" in answers else file
