"""What the acceptance run finds out: a line for each promise, and for each question that AWS's documents leave open."""

from collections import Counter

from dev.scenarios.steps import show

HELD, FAILED, NOT_HERE, SEEN = "ok", "FAILED", "not provable here", "seen"


class Ledger:
    """`real`: whether this is AWS, which alone enforces permissions and key policies and fires schedules."""

    def __init__(self, *, real: bool) -> None:
        self.real = real
        self.verdicts: Counter[str] = Counter()

    def promise(self, text: str, fact: bool, *, seen: object = "", aws_alone: bool = False) -> bool:
        """Write down whether a promise held. What AWS alone can prove does not count as held elsewhere."""
        verdict = FAILED if not fact else NOT_HERE if aws_alone and not self.real else HELD
        self.verdicts[verdict] += 1
        self._line(verdict, text, seen if verdict == FAILED else "")
        return fact

    def question(self, text: str, answer: object) -> None:
        """Write down what was seen where no promise is made; an emulator's answer says nothing of AWS."""
        self._line(SEEN if self.real else NOT_HERE, text, answer)

    @property
    def failed(self) -> int:
        """How many promises did not hold."""
        return self.verdicts[FAILED]

    @property
    def summary(self) -> str:
        """The run's last line."""
        return f"promises={self.verdicts.total()} held={self.verdicts[HELD]} failed={self.failed}"

    def _line(self, verdict: str, text: str, seen: object) -> None:
        show(f"{verdict:<18} {text}{': ' if seen else ''}{seen}")
