"""A night, page by page: what has come is the next event, until all listings are read."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from planning.night import Night, Totals

TRIAL_LOSSES = 20  # what a loss costs is the mean of so many, in the sample


def estimate(night: Night) -> Totals:
    """Return what a night comes to.

    A sample is simulated. From a quarter of it until its last listing is begun, all workers are
    busy: all further listings go on as in that time. What a lost process costs is the mean of some,
    lost in the same sample, since a sample of a night may hold no loss at all.
    """
    least = 20 * night.workers * night.processes
    sample = max(math.ceil(night.sample / night.pages), least)
    if not night.sample or sample >= night.listings:
        return Simulation(night, night.listings, night.lost).run()
    simulation = Simulation(night, sample, 0)
    whole = simulation.run()
    begun, busy = simulation.begun, simulation.busy.plus(simulation.warm, -1)
    total = whole.plus(busy, (night.listings - sample) / (sample - begun))
    if night.lost:
        losses = Simulation(night, sample, TRIAL_LOSSES).run().plus(whole, -1)
        total = total.plus(losses, night.lost / TRIAL_LOSSES)
    return total


def longest_wait(failures: int) -> float:
    """Return the seconds that a listing waits at most after so many failures of a page."""
    return min(120.0, 0.5 * 2.0**failures)


@dataclass(eq=False, slots=True)
class Process:
    """A process, whose workers heed one limit: it adapts to what the API refuses, as gather's."""

    size: float  # pages that may be on their way at once
    patience: float = 0.5  # rounds until one more may be
    halvings: int = 0
    on_way: int = 0
    resumes_at: float = 0.0
    cpu_free_at: float = 0.0
    next_slot: float = 0.0
    parked: deque[Worker] = field(default_factory=deque)

    def grow(self, most: int) -> None:
        """Have a page come: one more may be on its way after some rounds."""
        self.size += 1 / (self.size * self.patience)
        if self.size >= most:
            self.size, self.patience = float(most), 0.5

    def halve(self) -> None:
        """Have a page refused."""
        self.halvings += 1
        self.size = max(1.0, self.size / 2)
        self.patience = min(64.0, 2 * self.patience)


@dataclass(eq=False, slots=True)
class Worker:
    """A worker, and the listing that it reads."""

    process: Process
    listing: int = -1
    pages: int = 0
    done: int = 0
    engine_try: int = 0
    tries: int = 0  # of this page, that failed
    failures: int = 0  # the same, and what was refused to it alone: they count for `retries`
    outcome: str = ""  # of the request that is on its way
    asked: float = 0.0  # seconds that the API wants it to wait
    halvings: int = 0  # of the process, when the request was sent
    has_company: bool = False
    life: int = 0  # an event of an earlier life is dropped


class Simulation:
    """Some listings of a night, with some losses, evenly spread."""

    def __init__(self, night: Night, listings: int, lost: int) -> None:
        self.night, self.listings, self.taken = night, listings, 0
        self.random, self.sizes = Random(night.seed), Random(night.seed)  # noqa: S311 - no secret
        self.median, self.cpu = math.log(night.seconds), night.process_cpu()
        self.again: deque[tuple[int, int, int, int]] = deque()
        self.events: list[tuple[float, int, Worker, int]] = []
        self.now = self.server_free_at = self.window_ends = 0.0
        self.in_window = self.order = self.losses = 0
        names = ("requests", "pages", "failed", "refused", "repeated", "unread")
        self.count = dict.fromkeys(names, 0)
        self.loss_every = listings * night.pages / (lost + 1) if lost else math.inf
        self.fleet = [Process(float(night.workers)) for _ in range(night.processes)]
        self.workers = [Worker(each) for _ in range(night.workers) for each in self.fleet]
        self.begun = listings // 4
        self.warm = self.busy = Totals()  # when so many listings were begun, and when all were

    def run(self) -> Totals:
        """Return what it comes to."""
        for worker in self.workers:
            self.take(worker)
        while self.events:
            now, _, worker, life = heappop(self.events)
            if life != worker.life:
                continue
            self.now = now
            if worker.outcome:
                self.receive(worker)
            else:
                self.send(worker)
            if self.count["pages"] >= self.loss_every * (self.losses + 1):
                self.lose(self.fleet[self.losses % len(self.fleet)])
        return self.total()

    def total(self) -> Totals:
        """Return what it has come to until now."""
        return Totals(seconds=self.now, **self.count)

    def plan(self, worker: Worker, at: float) -> None:
        """Have something happen to a worker at a time."""
        self.order += 1
        heappush(self.events, (at, self.order, worker, worker.life))

    def take(self, worker: Worker) -> None:
        """Begin the next listing, if there is one."""
        if self.again:  # at once, as engines do it
            taken = self.again.popleft()
        elif self.taken < self.listings:
            pages = self.night.pages
            if spread := self.night.pages_spread:
                pages = self.sizes.lognormvariate(math.log(pages) - spread**2 / 2, spread)
            taken = (self.taken, max(1, round(pages)), 0, 0)
            self.taken += 1
            if self.taken == self.begun:
                self.warm = self.total()
            elif self.taken == self.listings:
                self.busy = self.total()
        else:
            worker.pages = worker.done = 0
            return
        worker.listing, worker.pages, worker.done, worker.engine_try = taken
        worker.tries = worker.failures = 0
        self.send(worker)

    def send(self, worker: Worker) -> None:
        """Send for a page, or wait until it may be sent for."""
        night, process = self.night, worker.process
        if self.now < process.resumes_at:
            self.plan(worker, process.resumes_at)
            return
        if process.on_way >= int(process.size):
            process.parked.append(worker)
            return
        worker.has_company, worker.halvings = process.on_way > 0, process.halvings
        process.on_way += 1
        self.count["requests"] += 1
        at = process.cpu_free_at = max(self.now, process.cpu_free_at) + self.cpu
        if night.rate is not None and night.paced:
            at = max(at, process.next_slot)
            process.next_slot = at + night.per * night.processes / night.rate
        worker.outcome = self.decide(worker, at)
        if night.server and worker.outcome != "refused":
            at = self.server_free_at = max(at, self.server_free_at) + night.server
        self.plan(worker, at + self.random.lognormvariate(self.median, night.seconds_spread))

    def decide(self, worker: Worker, at: float) -> str:
        """Return what becomes of a request."""
        night = self.night
        if night.rate is not None and not night.paced:
            if at >= self.window_ends:  # one begins with the first request in it
                self.window_ends, self.in_window = at + night.per, 0
            if self.in_window >= night.rate:
                worker.asked = float(math.ceil(self.window_ends - at))  # a header has whole seconds
                return "refused"
            self.in_window += 1
        tries = worker.tries + (night.retries + 1) * worker.engine_try
        is_failure = night.failing > 0 and night.fails(worker.listing, worker.done, tries)
        return "failed" if is_failure else "pages"

    def receive(self, worker: Worker) -> None:
        """Go on with what has come."""
        process, outcome = worker.process, worker.outcome
        worker.outcome = ""
        process.on_way -= 1
        self.count[outcome] += 1
        if outcome == "pages":
            process.grow(self.night.workers)
            worker.done, worker.tries, worker.failures = worker.done + 1, 0, 0
            if worker.done < worker.pages:
                self.send(worker)
            else:
                self.take(worker)
        elif outcome == "failed":
            worker.tries += 1
            worker.failures += 1
            self.try_again(worker, self.random.random() * longest_wait(worker.failures))
        else:
            process.resumes_at = max(process.resumes_at, self.now + worker.asked)
            if worker.halvings == process.halvings:
                process.halve()
            worker.failures += not worker.has_company
            self.try_again(worker, worker.asked)
        while process.parked and process.on_way < int(process.size):
            self.send(process.parked.popleft())

    def try_again(self, worker: Worker, seconds: float) -> None:
        """Have a page tried again, or its listing by the engine."""
        night = self.night
        if worker.failures <= night.retries:
            self.plan(worker, self.now + seconds)
            return
        if worker.engine_try + 1 >= night.engine_tries:
            self.count["unread"] += 1
        else:
            done = worker.done if night.checkpoints else 0
            self.repeat(worker.done - done)
            self.again.append((worker.listing, worker.pages, done, worker.engine_try + 1))
        self.take(worker)

    def repeat(self, pages: int) -> None:
        """Take note that pages which have come are to be read again."""
        self.count["repeated"] += pages
        self.count["pages"] -= pages

    def lose(self, process: Process) -> None:
        """Lose a process: what its workers were reading begins again, a while later."""
        self.losses += 1
        fresh = Process(float(self.night.workers))
        self.fleet[self.fleet.index(process)] = fresh
        for worker in self.workers:
            if worker.process is process:
                worker.process = fresh
                worker.life += 1
                self.count["repeated"] += worker.outcome != ""  # nobody takes what is on its way
                worker.outcome = ""
                if worker.done < worker.pages:
                    if not self.night.checkpoints:
                        self.repeat(worker.done)
                        worker.done = 0
                    self.plan(worker, self.now + self.night.restart)
