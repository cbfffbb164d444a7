"""Files that no [[source]] names: what each seems to be, and the block that would read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.cli.talk import Talk
from analysis.engagement.files import write_bytes
from analysis.engagement.load import load_engagement
from analysis.engagement.sources import add_source, keep_answers, kept_answers, named_files, pattern_for, place_of_file
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DataProblem
from analysis.intake.recognise.block import pattern_of
from analysis.intake.recognise.guess import Guess, guesses, sure_of
from analysis.intake.recognise.peek import Peek, peek
from analysis.intake.recognise.proposal import Proposal, propose
from analysis.intake.recognise.wording import BUCKETS_SAID
from analysis.intake.verdicts import _GOOD as GOOD

LISTED_GUESSES = 3


@dataclass(slots=True)
class Look:
    """What was found out about one file.

    Attributes
    ----------
    file
        Path relative to the engagement folder.
    guesses
        Known formats that it may be of.
    proposal
        A mapping, where no format is sure.
    problem
        Why it cannot be read at all.
    blocks, added
        Blocks that would read it, and whether they stand in the engagement file now.
    """

    file: str
    guesses: list[Guess] = field(default_factory=list)
    proposal: Proposal | None = None
    problem: str = ""
    blocks: list[str] = field(default_factory=list)
    added: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain data: names of columns and state codes, no other value of the file."""
        return {
            "file": self.file,
            "guesses": [
                {name: getattr(one, name) for name in ("adapter", "title", "table", "sheet", "confidence", "words")}
                | {name: list(getattr(one, name)) for name in ("evidence", "missing", "questions")}
                for one in self.guesses
            ],
            "proposal": None if self.proposal is None else self.proposal.to_dict(),
            "problem": self.problem,
            "blocks": self.blocks,
            "added": self.added,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for: blocks to be added without asking, one file to be mapped, answers."""

    accept: bool = False
    chosen: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


class Desk:
    """Looks at one file after the other and adds what is accepted.

    Parameters
    ----------
    folder
        The engagement's folders.
    talk
        Says and asks.
    wish
        What the user asked for.
    """

    def __init__(self, folder: Folder, talk: Talk, wish: Wish) -> None:
        self.folder, self.talk, self.wish = folder, talk, wish
        self.engagement = load_engagement(folder.file)
        self.heads: dict[str, list[Peek]] = {}

    def look(self, file: str) -> Look:
        """Tell what a file seems to be, ask what must be asked, and add its block where that is accepted."""
        look = Look(file)
        try:
            heads = self._heads(file)
            look.guesses = [one for head in heads for one in guesses(head)]
            sure = [one for head in heads for one in sure_of(guesses(head))]
            if sure and self.wish.chosen is None:
                self._known(look, sure)
            else:
                self._unknown(look)
        except DataProblem as problem:
            look.problem = str(problem)
            self.talk.say("", str(problem))
        return look

    def _heads(self, file: str) -> list[Peek]:
        if file not in self.heads:
            self.heads[file] = peek(file, place_of_file(self.folder, file))
        return self.heads[file]

    def _same(self, file: str, other: str) -> bool:
        """Return whether two files have one header."""
        try:
            return [one.header for one in self._heads(file)] == [one.header for one in self._heads(other)]
        except DataProblem:
            return False

    def _pattern(self, file: str) -> str:
        sources = self.engagement.source
        return pattern_for(
            self.folder, file, pattern_of(file), sources=sources, same=lambda other: self._same(file, other)
        )

    def _known(self, look: Look, sure: Sequence[Guess]) -> None:
        """Say which format a file is of, and offer its block."""
        from dataclasses import replace

        say = self.talk.say
        for found in sure:
            guess = replace(found, files=self._pattern(look.file))
            where = f"{look.file}, sheet {guess.sheet}" if guess.sheet else look.file
            say("", f"{where}: {guess.title} ({guess.words}, {guess.confidence:.2f}).")
            say(f"  Good for: {GOOD[guess.table]}.", f"  Known by: {'; '.join(guess.evidence)}.")
            say(*(f"  Look at this: {text}" for text in guess.questions))
            self._offer(look, guess.source_block())

    def _unknown(self, look: Look) -> None:
        """Propose a mapping, ask what it cannot know, and offer its block."""
        before = {} if self._anew else kept_answers(self.folder, look.file)
        proposal = propose(
            self.folder.root / look.file,
            self.folder.root,
            client=self.engagement.client,
            answers={**before, **self.wish.answers},
            files=self._pattern(look.file),
            place=place_of_file(self.folder, look.file),
        )
        self.talk.say("", *self._near(look), *proposal.lines())
        if before:
            self.talk.say("  what you answered before still counts; to begin again:")
            self.talk.print([f"    engage check {self.folder.slug} --map {_quoted(look.file)}"])
        proposal = self._talked(proposal)
        look.proposal = proposal
        keep_answers(self.folder, look.file, proposal.answers)
        self._keep_state_map(proposal)
        if proposal.questions:
            self._open_questions(look, proposal)
            return
        if self.talk.shows:
            self.talk.say("", "Its first rows, as understood (names are masked):")
            self.talk.print(f"  {line}" for line in proposal.preview().to_string(index=False).splitlines())
        self._offer(look, proposal.source_block())

    @property
    def _anew(self) -> bool:
        """Whether a file is to be mapped from the start."""
        return self.wish.chosen is not None and not self.wish.answers

    def _talked(self, proposal: Proposal) -> Proposal:
        """Return a proposal with the answers of whoever sits at the terminal."""
        told, codes_told = proposal.table, False
        while proposal.questions and self.talk.asks:
            if proposal.codes and not codes_told:
                self.talk.say(
                    "", *_codes_said(proposal), "Now one by one. Enter takes the word proposed; ? lists all words."
                )
                codes_told = True
            answers = self._asked(proposal)
            if not answers:
                break
            proposal = proposal.answer(answers)
            if proposal.table != told:
                told = proposal.table
                self.talk.say("", *proposal.lines())
        return proposal

    def _near(self, look: Look) -> list[str]:
        """Return what a file might be, where no format is sure."""
        if not look.guesses:
            return [f"{look.file}: no export that the kit knows."]
        names = "; ".join(f"{one.title} ({one.words}, {one.confidence:.2f})" for one in look.guesses[:LISTED_GUESSES])
        first = look.guesses[0].adapter
        return [
            f"{look.file}: perhaps {names}.",
            f'  To read it so, write a [[source]] block with adapter = "{first}".',
        ]

    def _asked(self, proposal: Proposal) -> dict[str, str]:
        """Ask the open questions of a proposal, one after the other."""
        answers = {}
        for question in proposal.questions:
            said = self.talk.ask(question)
            if said is not None:
                answers[question.key] = said
        return answers

    def _open_questions(self, look: Look, proposal: Proposal) -> None:
        """Say what must be answered and how."""
        say, name = self.talk.say, self.folder.slug
        others = [one for one in proposal.questions if not one.key.startswith("state.")]
        command = f"  engage check {name} --map {_quoted(look.file)} "
        if not others:
            say("", *_codes_said(proposal))
            say(
                f"The meanings stand in {proposal.state_map}. Go through them with the client: correct ladder_bucket, and empty the "
                f"column please_confirm. Then run again: engage check {name}"
            )
            unknown = [one.flag() for one in proposal.questions if one.proposed is None]
            say("Or take them all as proposed:" if not unknown else "Or take the others as proposed:")
            self.talk.print([command + " ".join(["--answer states=proposed", *unknown])])
            return
        say("", "To answer before it can be read:")
        for one in others:
            say(f"  {one.key}: {one.text}")
            for word in one.choices if one.meanings else ():
                say(f"    {word}: {(one.meanings or {}).get(word, '')}")
        say("Answer with:")
        self.talk.print([command + " ".join(one.flag() for one in others)])

    def _keep_state_map(self, proposal: Proposal) -> None:
        """Write the state map of a proposal where it holds more than the one that is there."""
        if proposal.state_map is None or proposal.trial is None:
            return
        path, text = self.folder.root / proposal.state_map, proposal.state_map_text()
        if not path.is_file() or path.read_text(encoding="utf-8-sig") != text:
            write_bytes(path, text.encode("utf-8"))

    def _offer(self, look: Look, block: str) -> None:
        """Show a block, and add it where that is accepted."""
        look.blocks.append(block)
        named = named_files(self.folder, self.engagement.source)
        self.talk.print(["", *(f"  {line}" for line in block.splitlines()), ""])
        if look.file in named and not look.added:
            self.talk.say(
                f"engagement.toml reads {look.file} already, in [[source]] number {named[look.file]}. Replace that block by this one."
            )
            return
        accepted = self.wish.accept or (self.talk.asks and self.talk.yes("Add this block to engagement.toml?"))
        if not accepted:
            self.talk.say("To add it, copy it into engagement.toml, or:")
            self.talk.print([f"  engage check {self.folder.slug} --accept"])
            return
        add_source(self.folder, block, about=f"added by engage check, from {Path(look.file).name}")
        look.added = True
        keep_answers(self.folder, look.file, {})
        self.engagement = load_engagement(self.folder.file)
        self.talk.say("Added to engagement.toml.")


def _codes_said(proposal: Proposal) -> list[str]:
    """Return the state codes with what they hold and what is proposed."""
    width = max(len(one.code) for one in proposal.codes)
    lines = ["State codes, with what each probably means:"]
    for one in proposal.codes:
        word = f"{one.bucket} ({BUCKETS_SAID.get(one.bucket, '')})" if one.bucket else "not known: please say"
        mark = " - confirmed" if one.confirmed else ""
        lines.append(f"  {one.code:<{width}}  {one.rows:>9,} rows {one.hours:>10,.1f} h  {word}{mark}")
    return lines


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
