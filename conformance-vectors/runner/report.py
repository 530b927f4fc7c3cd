"""Counts, the lists of expected failures, and the line at the end."""

from pathlib import Path

from adapter import NotAsked


class Report:
    """What passed and what did not, of one run."""

    def __init__(self, xfails):
        self._folder = Path(xfails)
        self.passed = self.failed = self.skipped = 0
        #: Adapters of which it was said that they are not asked any more.
        self._silent = set()

    def expected_failures(self, adapter, known):
        """Ids among `known` that this adapter may fail, each with its reason.

        The list is shared by the vectors and the matrix, whose names begin with `matrix/`; names of the other kind
        are left alone, and a name of this kind that is not known is a failure itself.
        """
        path = self._folder / f"{adapter.name}.txt"
        matrix = any(name.startswith("matrix/") for name in known)
        reasons = {}
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            name, _, reason = (part.strip() for part in line.partition("#"))
            if not name or name.startswith("matrix/") != matrix:
                continue
            if name not in known:
                self.fail(f"{path.name}: there is no {name}")
            elif not reason:
                self.fail(f"{path.name}: {name} has no reason")
            else:
                reasons[name] = reason
        return reasons

    def result(self, adapter, name, problem, reasons):
        """Counts one case of one adapter; `problem` says what is wrong, or is `None`."""
        if problem is None and name in reasons:
            self.fail(f"{adapter.name} {name}: passes, although it is listed as an expected failure")
        elif problem is None:
            self.passed += 1
        elif name in reasons:
            self.skipped += 1
            print(f"xfail {adapter.name} {name}: {reasons[name]}")
        elif isinstance(problem, NotAsked) and adapter in self._silent:
            self.failed += 1
        else:
            self.fail(f"{adapter.name} {name}: {problem}")
            if isinstance(problem, NotAsked):
                self._silent.add(adapter)
                print(
                    f"     {adapter.name}: so it is with every request behind this one, which are counted and not shown"
                )
        return problem is None

    def fail(self, text):
        """Counts and prints one failure."""
        self.failed += 1
        print(f"FAIL {text}")

    def finish(self):
        """Prints the closing line; the exit code of the run."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0
