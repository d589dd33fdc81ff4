"""Writes pairs of Python versions with the order that pypa's packaging gives them: `pip install packaging`, then

    python pypi-order.py > .../src/test/resources/tocsin/matcher/version/pypi-order.tsv

The same seed gives the same pairs.
"""

import json
import random

import packaging
from packaging.version import InvalidVersion, Version

RANDOM = random.Random(20260417)
NUMBERS = ["0", "1", "2", "9", "10", "01", "007", "99", "2147483648", "10035392509", "9" * 30, "2024"]
SEPARATORS = ["", ".", "-", "_"]
PHASES = ["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "ALPHA", "RC"]
LOCALS = ["abc", "abc123", "5", "123456", "ubuntu", "1a", "007", "z"]


def number():
    return RANDOM.choice(NUMBERS)


def separator():
    return RANDOM.choice(SEPARATORS)


def version():
    text = ".".join(number() for _ in range(RANDOM.randint(1, 5)))
    if RANDOM.random() < 0.3:
        text = ".".join(str(RANDOM.randint(0, 2)) for _ in range(RANDOM.randint(1, 4)))
    if RANDOM.random() < 0.15:
        text = RANDOM.choice(["0", "1", "2", "010"]) + "!" + text
    if RANDOM.random() < 0.4:
        text += separator() + RANDOM.choice(PHASES) + separator() + RANDOM.choice(["", number()])
    if RANDOM.random() < 0.3:
        text += RANDOM.choice(["-" + number(), separator() + RANDOM.choice(["post", "rev", "r"]) + separator() + number(), ".post"])
    if RANDOM.random() < 0.3:
        text += separator() + "dev" + separator() + RANDOM.choice(["", number()])
    if RANDOM.random() < 0.2:
        text += "+" + RANDOM.choice([".", "-", "_"]).join(RANDOM.choice(LOCALS) for _ in range(RANDOM.randint(1, 3)))
    return RANDOM.choice([text] * 8 + ["v" + text, " " + text + " "])


def neighbour(text):
    """Differs in one place, where orders go wrong."""
    place = RANDOM.randrange(len(text) + 1)
    return RANDOM.choice([
        text[:place] + RANDOM.choice([".", "0", "1", "a", ".dev0", ".post0", "rc1"]) + text[place:],
        text + ".0",
        text[:place],
        text.upper(),
        text.split("+")[0],
        text.strip() + RANDOM.choice(["a0", ".dev1", ".post1", "+1", "+a"]),
    ])


def main():
    print(f"# packaging {packaging.__version__}: a, b, order of a to b")
    lines = {}
    while len(lines) < 3000:
        a = version()
        b = neighbour(a) if RANDOM.random() < 0.7 else version()
        try:
            first, second = Version(a), Version(b)
        except InvalidVersion:
            continue
        order = (first > second) - (first < second)
        lines["\t".join([json.dumps(a), json.dumps(b), str(order)])] = None
    for line in lines:
        print(line)


main()
