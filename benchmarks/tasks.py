"""The values that the modules of the benchmarks exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FIRST_NUMBER", "Entrant", "Scenario", "Task"]

FIRST_NUMBER = 10**9  # the first row's; the others count on from it, so that all have ten digits


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task: what one process lists.

    Attributes:
        dialect: How the server paginates: "pluggy" (page numbers), "belvo" (links) or "cursor".
        pages: How many pages there are.
        rows: Rows of a page; a power of ten, so that the numbers of the rows are consecutive.
        wide: Whether a row has about 700 bytes, as banks' have; else about 150.
        latency: Milliseconds that the server takes for a page.
        pause: Milliseconds that the consumer takes for a page.
        take: Rows after which the consumer stops; None for all.
        first_page: The page to begin with, asked for as a parameter.
        most_pages: Pages after which to stop; None for all.
        prefetch: Pages to fetch ahead.
        listings: How many listings there are, each of all pages.
        repeats: How often the process does it; the median counts.
    """

    dialect: str = "pluggy"
    pages: int
    rows: int
    wide: bool = False
    latency: int = 0
    pause: int = 0
    take: int | None = None
    first_page: int = 1
    most_pages: int | None = None
    prefetch: int = 0
    listings: int = 1
    repeats: int = 1

    @property
    def path(self) -> str:
        """The path at which the server has these pages."""
        kind = "wide" if self.wide else "small"
        return f"/{self.dialect}/{self.pages}/{self.rows}/{kind}/{self.latency}"

    @property
    def expected(self) -> int:
        """The number of rows that must come."""
        pages = self.pages - self.first_page + 1 if self.most_pages is None else self.most_pages
        return pages * self.rows * self.listings if self.take is None else self.take


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A line in the table of a scenario.

    Attributes:
        label: Its name in the tables.
        contender: Its name in contenders.py, or an import statement to time.
        prefetch: Pages to fetch ahead.
        target: What it must reach, in the scenario's unit; None if it is only for comparison.
        processes: Processes that share the pages.
    """

    label: str
    contender: str = "ours"
    prefetch: int = 0
    target: float | None = None
    processes: int = 1


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario, which becomes one table of the results.

    Attributes:
        key: Its letter on the command line.
        title: What is measured, with the number of pages left open.
        task: What all entrants list.
        reading: The one of a process's readings that counts.
        compare: The comparison with the first entrant: "ratio" (at most the target), "times" faster
            (at least), "more" (at most so much more), or "as it is" (at most).
        entrants: The entrants.
        rounds: How many turns each entrant has.
        quick_pages: Pages in the quick check; None if it is not part of it.
        by_best: Whether the best of the rounds counts, and not the median.
        together: Whether one process measures all entrants in turns.
    """

    key: str
    title: str
    task: Task
    reading: str
    compare: str
    entrants: tuple[Entrant, ...]
    rounds: int = 5
    quick_pages: int | None = None
    by_best: bool = False
    together: bool = False

    @property
    def heading(self) -> str:
        """The title, with the number of pages."""
        return self.title.format(pages=self.task.pages)

    def shortened(self) -> Scenario:
        """Return the scenario of the quick check: fewer pages and rounds, and only the targets."""
        task = replace(self.task, pages=self.quick_pages or self.task.pages)
        first, *others = self.entrants
        entrants = (first, *(other for other in others if other.target is not None))
        rounds = self.rounds if self.by_best else 1 if self.task.latency else 3
        return replace(self, task=task, entrants=entrants, rounds=rounds)
