"""What a bundle costs beside the bare work of its format: CPU seconds of the best of three, 100,000 entries."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
import zlib
from collections.abc import Callable
from typing import BinaryIO

import pytest

from deskapp.bundle.container import NAMES, Container
from deskapp.bundle.reader import read
from deskapp.bundle.seal import recipient_of, unseal
from deskapp.bundle.writer import write
from tests.bundle.craft import DESK, HQ_AGE, KEYRING, NOW, digest, entries, line
from tests.bundle.test_writing import draft

ENTRIES: list[tuple[str, str, str | None]] = []


@pytest.fixture(scope="module", autouse=True)
def _entries() -> None:
    ENTRIES[:] = entries(100_000)


def cost(work: Callable[[], object]) -> float:
    found = []
    for _ in range(3):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def written() -> BinaryIO:
    sealed = tempfile.TemporaryFile()  # noqa: SIM115 - the reader's to close
    write(sealed, tempfile.TemporaryFile, draft(), ENTRIES, key=DESK, recipients=[recipient_of(HQ_AGE)])
    return sealed


def bare_write() -> None:
    """Hash, quote, deflate, write."""
    previous, heads, bodies = "0" * 64, bytearray(), bytearray()
    for seq, (head, body, private) in enumerate(ENTRIES):
        previous = digest(f"{previous}\n{head}")
        heads += head.encode() + b"\n"
        bodies += (line({"seq": seq, "body": body, "private": private}) + "\n").encode()
    with tempfile.TemporaryFile() as file:
        for member in (heads, bodies):
            hashlib.sha256(member)
            file.write(zlib.compress(member, 6))


def bare_read(sealed: BinaryIO) -> None:
    """Inflate, hash members, chain and lines, parse the JSON that holds them."""
    with tempfile.TemporaryFile() as plain:
        unseal(sealed, plain, [HQ_AGE])
        container = Container(plain)
        data = {name: container.data(name) for name in NAMES}
    for member in data.values():
        hashlib.sha256(member).digest()
    previous = "0" * 64
    for head in data["entries.jsonl"].decode().splitlines():
        json.loads(head)
        previous = digest(f"{previous}\n{head}")
    for told in data["bodies.jsonl"].decode().split("\n")[:-1]:
        found = json.loads(told)
        digest(found["body"])
        digest(found.get("private", ""))


@pytest.mark.slow
def test_writing_costs_little_more_than_the_bare_work() -> None:
    assert cost(written) <= 1.5 * cost(bare_write)


@pytest.mark.slow
def test_reading_costs_little_more_than_the_bare_work() -> None:
    sealed = written()

    def through() -> None:
        with read(sealed, tempfile.TemporaryFile, to="hq", identities=[HQ_AGE], keyring=KEYRING, now=NOW) as bundle:
            assert sum(1 for _ in bundle.lines()) == len(ENTRIES)

    assert cost(through) <= 1.5 * cost(lambda: bare_read(sealed))
