"""Files that no [[source]] names: what each seems to be, and the block that would read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.cli.dialogue import Dialogue, kept_under
from analysis.cli.talk import Talk
from analysis.engagement.load import load_engagement
from analysis.engagement.sources import (
    add_source,
    keep_answers,
    kept_answers,
    named_files,
    pattern_for,
    place_of_file,
)
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DataProblem
from analysis.intake.checking.verdicts import _GOOD as GOOD
from analysis.intake.recognise.block import pattern_of
from analysis.intake.recognise.guess import Guess, guesses, of_whole_books, sure_of
from analysis.intake.recognise.peek import Peek, peek
from analysis.intake.recognise.proposal import Proposal, propose
from analysis.intake.recognise.questions import as_word
from analysis.intake.words import number_of

LISTED_GUESSES = 3
# Share of the keys that two JSON files of one kind have in common.
SAME_KEYS = 0.7


@dataclass(slots=True)
class Look:
    """What was found out about one file, or about one sheet of a workbook.

    Attributes
    ----------
    file, sheet
        Path relative to the engagement folder, and the sheet where there are several with content.
    guesses
        Known formats that it may be of.
    proposal
        A mapping, where no format is sure.
    problem
        Why it cannot be read at all.
    blocks, added
        Blocks that would read it, and whether they stand in the engagement file now.
    ignored
        It is a sheet that fits nothing, beside others that do.
    others
        Further files that the same block reads.
    """

    file: str
    sheet: str | None = None
    guesses: list[Guess] = field(default_factory=list)
    proposal: Proposal | None = None
    problem: str = ""
    blocks: list[str] = field(default_factory=list)
    added: bool = False
    ignored: bool = False
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How messages name it."""
        more = f" and {number_of(len(self.others), 'more file', 'more files')} like it" if self.others else ""
        return (f"{self.file}, sheet {self.sheet}" if self.sheet else self.file) + more

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain data: names of columns and state codes, no other value of the file."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "others": list(self.others),
            "guesses": [
                {name: getattr(one, name) for name in ("adapter", "title", "table", "confidence", "words")}
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
        self.named = named_files(folder, self.engagement.source)
        self.dialogue = Dialogue(folder, talk)
        self.heads: dict[str, list[Peek]] = {}

    def look(self, file: str) -> list[Look]:
        """Tell what a file seems to be, ask what must be asked, and add its block where that is accepted; one look for each sheet."""
        try:
            heads = self._heads(file)
        except DataProblem as problem:
            self.talk.say("", str(problem))
            return [Look(file, problem=str(problem))]
        wanted = self.wish.answers.get("sheet")
        heads = [head for head in heads if head.sheet == wanted] or (
            heads if self.wish.chosen else of_whole_books(heads)
        )
        if file.startswith("answers/") and not any(sure_of(guesses(head)) for head in heads):
            self.talk.say("", f"{file}: none of the kit's workbooks, so it is not read.")
            return []
        looks = [self._at(head) for head in heads]
        fit = [look for look in looks if look.blocks or (look.proposal is not None and look.proposal.table)]
        for look in looks:
            look.ignored = bool(fit) and look not in fit
        return looks

    def _at(self, head: Peek) -> Look:
        """Look at one table."""
        look = Look(head.file, head.sheet)
        try:
            look.guesses = guesses(head)
            sure = sure_of(look.guesses)
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
        """Return whether two files are of one kind: one header, or in JSON nearly the same keys."""
        try:
            heads, others = self._heads(file), self._heads(other)
        except DataProblem:
            return False
        if [one.header for one in heads] == [one.header for one in others]:
            return True
        if heads[0].kind != "json" or others[0].kind != "json":
            return False
        keys, more = set(heads[0].header), set(others[0].header)
        return len(keys & more) >= SAME_KEYS * len(keys | more)

    def _pattern(self, look: Look) -> str:
        """Return the pattern for a file's source, and keep which other files it finds."""
        pattern, found = pattern_for(
            self.folder,
            look.file,
            (pattern_of(look.file), pattern_of(look.file, digits=True)),
            named=self.named,
            same=lambda other: self._same(look.file, other),
        )
        look.others = tuple(name for name in found if name != look.file)
        return pattern

    def _known(self, look: Look, sure: Sequence[Guess]) -> None:
        """Say which format a file is of, and offer its block."""
        say = self.talk.say
        for found in sure:
            guess = replace(found, files=self._pattern(look)).answered(self.wish.answers)
            say("", f"{look.name}: {guess.title} ({guess.words}, {guess.confidence:.2f}).")
            say(f"  Good for: {GOOD[guess.table]}.", f"  Known by: {'; '.join(guess.evidence)}.")
            if guess.questions:
                say(*(f"  Look at this: {text}" for text in guess.questions))
            self._offer(look, guess.source_block())

    def _unknown(self, look: Look) -> None:
        """Propose a mapping, ask what it cannot know, and offer its block."""
        sheet = {"sheet": look.sheet} if look.sheet else {}
        keep = kept_under(look.file, sheet)
        before = {} if self.wish.chosen and not self.wish.answers else kept_answers(self.folder, keep)
        proposal = propose(
            self.folder.root / look.file,
            self.folder.root,
            client=self.engagement.client,
            answers={**before, **self.wish.answers, **sheet},
            files=self._pattern(look),
            place=place_of_file(self.folder, look.file),
        )
        self.talk.say("", *_near(look), *proposal.lines())
        if set(before) - {"sheet"}:
            self.talk.say("  What you answered before still counts. To begin again:")
            self.talk.print([f"    engage check {self.folder.slug} --map {as_word(look.file)}"])
        look.proposal = proposal = self.dialogue.about(proposal)
        keep_answers(self.folder, keep, proposal.answers)
        if proposal.questions:
            return
        if self.talk.shows:
            self.talk.say("", "Its first rows, as understood (names are masked):")
            rows = proposal.preview().to_string(index=False, line_width=self.talk.width - 4)
            self.talk.print(f"  {line}" for line in rows.splitlines())
        self._offer(look, proposal.source_block())
        if look.added:
            keep_answers(self.folder, keep, {})

    def _offer(self, look: Look, block: str) -> None:
        """Show a block, and add it where that is accepted."""
        look.blocks.append(block)
        self.talk.print(["", *(f"  {line}" for line in block.splitlines()), ""])
        if look.file in self.named:
            number = self.named[look.file]
            self.talk.say(f"engagement.toml reads {look.file} already, in [[source]] number {number}.")
            self.talk.say("If this block is better, replace that one by it.")
            return
        accepted = self.wish.accept or (self.talk.asks and self.talk.yes("Add this block to engagement.toml?"))
        if not accepted:
            self.talk.say("To add it, copy it into engagement.toml, or:")
            self.talk.print([f"  engage check {self.folder.slug} --accept"])
            return
        add_source(self.folder, block, about=f"added by engage check, from {Path(look.file).name}")
        look.added = True
        self.engagement = load_engagement(self.folder.file)
        self.talk.say("Added to engagement.toml.")


def _near(look: Look) -> list[str]:
    """Return what a file might be, where no format is sure."""
    if not look.guesses:
        return [f"{look.name}: no export that the kit knows."]
    names = "; ".join(f"{one.title} ({one.words}, {one.confidence:.2f})" for one in look.guesses[:LISTED_GUESSES])
    first = look.guesses[0].adapter
    return [f"{look.name}: perhaps {names}.", f'  To read it so, write a [[source]] block with adapter = "{first}".']
