"""The small language of conditions."""

import pytest

from churnsim.scenario.expression import DEPTH_MAX, ExpressionError, Value, parse_expression
from churnsim.scenario.magnitude import Magnitude

VALUES: dict[str, Value] = {
    "ttl": Magnitude.of("1h") or "",
    "web.lifetime": Magnitude.of("90m") or "",
    "web.replicas": Magnitude.of(4) or "",
    "rate": Magnitude.of("10/s") or "",
    "share": Magnitude.of("25%") or "",
    "kind-of": "fixed",
    "on": True,
}


def holds(text: str) -> bool:
    return parse_expression(text).holds(VALUES.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "ttl < web.lifetime",
        "ttl <= 60m and 3600s >= ttl",
        "2 * ttl > web.lifetime",
        "ttl + 30m == web.lifetime",
        "web.lifetime - ttl == 30 * 1m",
        "web.lifetime / ttl == 1.5",
        "web.lifetime / 2 < ttl",
        "ttl > 1h - 1s",
        "-ttl < 0s",
        "rate * ttl == 36000",
        "share == 1/4 and share == 0.25",
        "web.replicas * share == 1",
        "not ttl > web.lifetime",
        "ttl > 2h or (ttl > 30m and web.replicas != 3)",
        "kind-of == 'fixed' and kind-of != 'once'",
        "on",
        "1h30m == web.lifetime",
        "rate >= 600/min",
        "1e1/s == rate",
        "$0.04 == 4 * $0.01",
        "4KiB > 4kB",
        "1 + 2 * 3 == 7",
        "8 / 2 / 2 == 2",
        "not (on and not on)",
    ],
)
def test_what_is_true_by_hand_holds(text: str) -> None:
    """Ttl is 1 h, the lifetime 90 min, replicas 4, the rate 10/s, the share 25%."""
    assert holds(text)
    assert not holds(f"not ({text})")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ttl >", "a path or a quantity is due at character 6"),
        ("> ttl", "a path or a quantity is due at character 1"),
        ("ttl > 5 minutes", "nothing more is due at character 9"),
        ("ttl > 5q", "a path or a quantity is due at character 7"),
        ("(ttl > 5m", "')' is due at character 10"),
        ("ttl > 5m; import os", "nothing more is due at character 9"),
        ("__import__('os')", "nothing more is due at character 11"),
        ("ttl > 'never closed", "a path or a quantity is due at character 7"),
        ("", "it ends there"),
        ("ttl < rate", "'<' makes no sense between the duration 1h and the rate 10/s"),
        ("ttl < 5", "between the duration 1h and the number 5"),
        ("ttl + 5 > 1h", "'+' makes no sense"),
        ("ttl * ttl > 1h", "'*' makes no sense"),
        ("kind-of < 'fixed'", "'<' makes no sense between the word 'fixed' and the word 'fixed'"),
        ("ttl and on", "'and' joins conditions, not the duration 1h"),
        ("not ttl", "'not' joins conditions"),
        ("2 * ttl", "is the duration 2h, not a condition"),
        ("ttl / (web.replicas - 4) > 1m", "nothing can be divided by 0"),
        ("(" * 60 + "on" + ")" * 60, f"nested deeper than {DEPTH_MAX}"),
        ("on or " * 100 + "on", "too long"),
    ],
)
def test_what_means_nothing_is_refused_with_the_place_and_the_sides(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        holds(text)
    assert said in refused.value.message
    assert refused.value.remedy


def test_what_decides_first_spares_the_rest() -> None:
    """As everywhere: `or` does not look further once it is true."""
    assert holds("on or ttl < rate")
