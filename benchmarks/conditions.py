"""What one table is measured under."""

import os
from typing import NamedTuple

from instruction_sets import InstructionSet


class Conditions(NamedTuple):
    instruction_set: InstructionSet
    threads: int
    rounds: int
    seconds: float
    beside_busy_process: bool

    @property
    def environment(self):
        """Of every contestant."""
        return {**os.environ, **self.instruction_set.environment}

    @property
    def title(self):
        """What sets one table apart from another."""
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        beside = ", beside a process that keeps one core busy" if self.beside_busy_process else ""
        return f"{self.instruction_set.title}, {threads}{beside}"

    def settings(self):
        return {
            "instruction_set": self.instruction_set.name,
            "environment": self.instruction_set.environment,
            "threads": self.threads,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "beside_busy_process": self.beside_busy_process,
        }
