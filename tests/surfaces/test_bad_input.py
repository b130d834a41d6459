"""Bad input is answered with its place, what is wrong, and the nearest right answer."""

import os
import time
from pathlib import Path

import pytest

from churnsim import checks
from churnsim.base.errors import Problem, ScenarioError
from churnsim.scenario import load

GOOD = """\
churnsim: 1
name: good
horizon: 1h
issuers:
  mesh: {ttl: 10m}
workloads:
  checkout:
    kind: service
    replicas: 3
    issuer: mesh
    startup: 4s
"""


def problems_of(path: Path | str, *overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(path, overrides)
    assert caught.value.exit_code == 2
    return caught.value.problems


def written(folder: Path, text: str | bytes, name: str = "scenario.yaml") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_misspelt_key_that_must_be_there_is_one_mistake(tmp_path: Path) -> None:
    """Told as unknown with what was meant, not as missing too; two that are missing stay two."""
    text = "churnsim: 1\nname: t\nhorizon: 1h\nworkloads:\n  web: {kind: service, replcas: 3}\n"
    (problem,) = problems_of(written(tmp_path, text))
    assert problem.rule == "unknown-key"
    assert (problem.remedy or "").startswith("did you mean 'replicas'?")
    rules = [each.rule for each in problems_of(written(tmp_path, text.replace("replcas: 3", "colour: red")))]
    assert sorted(rules) == ["missing-key", "unknown-key"]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "rule", "said"),
    [
        ("ttl: 10m", "tll: 10m, ttl: 1m", 5, 10, "unknown-key", "unknown key 'tll'; did you mean 'ttl'?"),
        ("horizon", "hrizon", 3, 1, "unknown-key", "did you mean 'horizon'? known: churnsim, name, question"),
        ("churnsim: 1", "extend: a.yaml", 1, 1, "unknown-key", "did you mean 'extends'?"),
        ("ttl: 10m", "ttl: 1m, preest: spire", 5, 19, "unknown-key", "did you mean 'preset'?"),
        (
            "horizon: 1h\n",
            "",
            1,
            1,
            "missing-key",
            "'horizon' is missing; add 'horizon: ...' (simulated time",
        ),
        ("{ttl: 10m}", "{}", 5, 3, "missing-key", "'ttl' is missing; add 'ttl: ...'"),
        ("10m", "10 minutes", 5, 15, "duration", "unknown unit 'minutes'"),
        ("10m", "10", 5, 15, "duration", "a duration needs a unit (got 10); write 10s, 10m or 10h"),
        ("10m", "0", 5, 15, "duration", "a duration needs a unit (got 0)"),
        ("10m", "12:30", 5, 15, "duration", "not a duration: '12:30'; write 90s, 1.5m or 1m30s"),
        ("10m", "off", 5, 15, "duration", "not a duration: 'off'; write 90s, 1.5m or 1m30s"),
        ("10m", "-10m", 5, 15, "duration", "a duration must not be negative (got -10m)"),
        ("10m", "[10m]", 5, 15, "duration", "a duration is a number with a unit (got a list)"),
        ("10m", ".nan", 5, 15, "number", ".nan is not a finite number"),
        ("10m", "-.inf", 5, 15, "number", "-.inf is not a finite number"),
        ("10m", "1e999", 5, 15, "number", "1e999 is not a finite number"),
        (
            "ttl: 10m",
            "ttl: 10m, renewal: {kind: before-expiry, by: 8m, jitter: 3m}",
            5,
            29,
            "renewal",
            "a credential of 10m would fall due before it is issued: it is renewed up to 11m before expiry "
            "(8m and a jitter of 3m); renew later, or lengthen the ttl",
        ),
        (
            "ttl: 10m",
            "ttl: 10m, renewal: {kind: per-check, low: 20%, high: 80%, check: 1us}",
            5,
            29,
            "renewal",
            "between 20% and 80% of 10m there are 360,000,000 looks 1us apart, more than 1,000,000",
        ),
        (
            "ttl: 10m",
            "ttl: 10m, retry: {kind: budget, attempts: 5, by: {kind: immediate}}",
            5,
            59,
            "uncounted",
            "a retry that is told of the recovery has no attempts to count (got immediate)",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    rollout: {kind: rolling, at: [1h], max_surge: 0%, max_unavailable: 0%}\n",
            12,
            14,
            "standstill",
            "no unit can be replaced while max_surge and max_unavailable are both 0%; let one of them be",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    rollout: {kind: canary, every: 1h, share: 0%}\n",
            12,
            14,
            "range",
            "the share of a canary must lie between 0% and 100% (got 0%)",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    rollout: {kind: batched, every: 1h, batch: 0%}\n",
            12,
            14,
            "standstill",
            "a batch of 0% replaces no unit",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    rollout: {kind: recreate}\n",
            12,
            14,
            "occasion",
            "it is not said when; add either 'at: [...]'",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    restart: {kind: backoff, initial: 10m}\n",
            12,
            14,
            "order",
            "the cap must not be shorter than the first pause (got 5m < 10m); raise the cap",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    lifetime: 1h\n    policy: authz\npolicies:\n  authz:\n"
            "    refresh: {kind: push, delay: 1s}\n    cache: {kind: fixed, allow: 1h}\n",
            17,
            33,
            "unreachable",
            "a time to live of 1h can never be reached: no unit that enforces authz lives longer than 1h "
            "(the units of checkout)",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: push, delay: 1s}\n"
            "    cache: {kind: fixed, allow: 0s}\n",
            15,
            12,
            "value",
            "a cache whose times to live are 0s holds nothing; leave it out, or raise one",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: push, delay: 1s}\n"
            "failures: [{kind: poison-policy, policy: authz, at: [1m], detected: 1m, effect: crash}]\n",
            15,
            81,
            "endless",
            "units of checkout would crash endlessly often in no time: they start, and read the version of "
            "authz that makes them crash, at once; give checkout a startup time",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: pull, every: 1m, capacity: 0/s}\n",
            14,
            48,
            "capacity",
            "a capacity of 0/s answers nobody; leave it out for no limit, or add a policy-outage",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\n    policy: authz\npolicies:\n  authz:\n"
            "    refresh: {kind: pull, every: 1m, capacity: 9/s}\n"
            "failures: [{kind: poison-policy, policy: authz, at: [1m], detected: 1m, effect: crash}]\n",
            16,
            81,
            "in-line",
            "who reads when from authz, which has a capacity, hangs on who crashes",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: pull, every: 1m}\n"
            "    offboarding: {tenants: 101, every: 1h}\n",
            15,
            28,
            "offboarding",
            "a tenant has a principal at least (got 101 tenants and 100 principals); take 100 tenants",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: pull, every: 1m}\n"
            "    offboarding: {tenants: 1, at: [1h, 2h]}\n",
            15,
            35,
            "offboarding",
            "a tenant leaves once (got 2 times for 1 tenant); add tenants, or leave times out",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    principals: 1000\n    resources: 2000\n"
            "    refresh: {kind: pull, every: 1m}\n",
            15,
            16,
            "permissions",
            "1,000 principals and 2,000 resources are 2,000,000 permissions, more than 1,000,000; let those "
            "stand for one that are granted and revoked together",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: push, delay: 1s}\n"
            "    first_read: {takes: 1s, retry: {kind: none}}\n",
            15,
            43,
            "retry",
            "a unit that may never ask again may never start (got none); take another rule, or leave it out",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: push, delay: 1s}\n"
            "    rollout: {waves: [10%, 80%], bake: 1h}\n",
            15,
            14,
            "value",
            "the shares of the waves must add up to 100% (got 90%: 10%, 80%); change the last one",
        ),
        (
            "    startup: 4s\n",
            "    policy: authz\npolicies:\n  authz:\n    refresh: {kind: pull, every: 1m}\n"
            "    when_stale: {after: 10m, then: deny, later: [{after: 5m, then: allow}]}\n",
            15,
            58,
            "stages",
            "a stage must begin at a greater age than that before it (5m after 10m); put the stages in order "
            "of age, or leave one out",
        ),
        ("10m", "nan", 5, 15, "duration", "a duration must be a finite number"),
        ("10m", "infs", 5, 15, "duration", "a duration must be a finite number"),
        ("replicas: 3", "replicas: three", 9, 15, "type", 'a whole number is due here, not "three"'),
        ("replicas: 3", "replicas: 2.5", 9, 15, "type", "a whole number is due here, not 2.5"),
        (
            "ttl: 10m",
            "ttl: 10m, verification: {leeway: 2h}",
            5,
            43,
            "leeway",
            "leeway must not exceed ttl (got 2h > 10m); lower it, or lengthen the ttl",
        ),
        (
            "ttl: 10m",
            "ttl: 10m, revocation: {kind: list, every: 0s}",
            5,
            52,
            "gap",
            "a time between two must be more than 0 on average (got a mean of 0s); write one such as 10m",
        ),
        (
            "ttl: 10m",
            "ttl: 10m, revocation: {kind: list, every: {kind: normal, mean: 1m, sd: 1s}}",
            5,
            52,
            "gap",
            "a time between two must not be negative; write one such as 10m",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\nfailures: [{kind: issuer-outage, issuer: mesh, lasts: 5m}]\n",
            12,
            12,
            "occasion",
            "it is not said when; add either 'at: [...]' (fixed times) or 'every: ...'",
        ),
        (
            "    startup: 4s\n",
            "    startup: 4s\nfailures: [{kind: issuer-outage, issuer: mesh, lasts: 5m, at: [], every: 1d}]",
            12,
            12,
            "occasion",
            "at and every are both given; keep either 'at: [...]' (fixed times) or 'every: ...'",
        ),
        ("replicas: 3", "replicas: -1", 9, 15, "greater-than-equal", "must be at least 1 (got -1)"),
        ("kind: service", "kind: servce", 8, 11, "unknown-kind", "did you mean 'service'?"),
        (
            "issuer: mesh",
            "issuer: mehs",
            10,
            13,
            "reference",
            "no 'mehs' among the issuers; did you mean 'mesh'?",
        ),
        (
            "issuer: mesh",
            "policy: authz",
            10,
            13,
            "reference",
            "the scenario has no policies; add 'policies:'",
        ),
        (
            "  mesh:",
            "  mesh: {ttl: 1m}\n  mesh:",
            6,
            3,
            "duplicate-key",
            "'mesh' is given twice, first at 5:3",
        ),
        ("  mesh:", "\tmesh:", 5, 1, "syntax", "a tab is used for indentation; use spaces"),
        ("name: good", "name: a: b", 2, 8, "syntax", "put a text that contains ': ' in quotes"),
        ("{ttl: 10m}", "{ttl: 10m", 6, 10, "syntax", "a bracket is not closed (opened at 5:9)"),
        (
            "ttl: 10m",
            "preset: spier",
            5,
            18,
            "preset",
            "there is no preset 'spier' for issuers; did you mean 'spire'?",
        ),
        (
            "ttl: 10m",
            "<<: {ttl: 1m}",
            5,
            10,
            "merge-key",
            "merge keys (<<) are not YAML 1.2; repeat the keys",
        ),
    ],
)
def test_one_mistake_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, rule: str, said: str
) -> None:
    """Line and column counted by hand in the good scenario with one thing changed."""
    file = written(tmp_path, GOOD.replace(old, new, 1))
    problem = next(each for each in problems_of(file) if each.rule == rule)
    assert (problem.file, problem.line, problem.column) == (str(file), line, column)
    assert said in str(problem)


def test_one_mistake_is_one_problem(tmp_path: Path) -> None:
    """A word that no unit follows is not also a missing key, a wrong type and a dangling name."""
    for old, new in (
        ("10m", "10"),
        ("10m", ".nan"),
        ("issuer: mesh", "issuer: mehs"),
        ("kind: service", "kind: x"),
    ):
        assert len(problems_of(written(tmp_path, GOOD.replace(old, new)))) == 1


def test_several_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Of seven sorts: duplicate key, unknown key, unit, number, reference, invariant, sweep."""
    text = GOOD.replace("name: good", "name: good\nname: twice").replace("ttl: 10m", "tll: 1m, ttl: 10")
    text = text.replace("replicas: 3", "replicas: .inf").replace("issuer: mesh", "issuer: mehs")
    text += "invariants: [availability]\nstudy: {sweep: {horizn: [1h], horizon: [1]}}\n"
    problems = problems_of(written(tmp_path, text))
    found = [(problem.line, problem.rule) for problem in problems]
    assert found == [
        (3, "duplicate-key"),
        (6, "unknown-key"),
        (6, "duration"),
        (10, "number"),
        (11, "reference"),
        (13, "invariant"),
        (14, "unknown-key"),
        (14, "duration"),
    ]


@pytest.mark.parametrize(
    ("sweep", "column", "said"),
    [
        ("issuers.mesh.tll: [5m]", 17, "unknown key 'tll'; did you mean 'ttl'?"),
        ("issuers.mehs.ttl: [5m]", 17, "there is no issuers.mehs; did you mean 'issuers.mesh.ttl'?"),
        ("failures.0.every: [5m]", 17, "failures is a list of 0 and has no item '0'"),
        ("horizons: [5m, 6m]", 17, "did you mean 'horizon'?"),
        ("study.seed: [1]", 17, "study is not part of the world"),
        ("a..b: [1]", 17, "'a..b' is not a dotted path"),
        ("horizon: []", 17, "a sweep needs at least one value"),
        ("horizon: 5m", 26, "an axis is a list of values or a range (got '5m')"),
        ("horizon: {low: 2h}", 17, "'high' is missing"),
        ("horizon: {low: 2h, high: 1h, steps: 2}", 42, "the upper end of a range lies above the lower"),
        ("warmup: {low: 0s, high: 9m, steps: 2, scale: log}", 62, "a logarithmic range begins above 0"),
        ("horizon: {low: 2h, high: 3h}", 26, "this design takes listed values"),
        ("workloads.checkout.replicas: {low: -1, high: 9, steps: 2}", 52, "must be at least 1 (got -1)"),
        ("issuers.mesh.ttl: [5m, 6]", 40, "a duration needs a unit (got 6)"),
        ("workloads.checkout.issuer: [mesh, mehs]", 51, "did you mean 'mesh'?"),
        ("issuers.mesh.preset: [spire, spier]", 46, "did you mean 'spire'?"),
        ("warmup: [0s, 2h]", 30, "warmup must be shorter than horizon (got 2h >= 1h)"),
        ("horizon: [2h, 1ms]", 31, "warmup must be shorter than horizon"),
    ],
)
def test_a_sweep_that_cannot_run_is_refused_before_it_runs(
    tmp_path: Path, sweep: str, column: int, said: str
) -> None:
    """One problem each: at the key if its path leads nowhere, else at the value."""
    body = "warmup: 1m\n" if "1ms" in sweep else "question: why\n"
    (problem,) = problems_of(written(tmp_path, f"{GOOD}{body}failures: []\nstudy: {{sweep: {{{sweep}}}}}\n"))
    assert (problem.line, problem.column) == (14, column)
    assert said in str(problem)


def test_axes_that_fit_only_each_other_are_a_good_sweep(tmp_path: Path) -> None:
    """A leeway of 20 min is wrong beside the file's 10 min, but no point of the grid has these."""
    sweep = "{issuers.mesh.ttl: [1h, 2h], issuers.mesh.verification.leeway: [20m, 30m]}"
    assert load(written(tmp_path, f"{GOOD}study: {{sweep: {sweep}}}\n")).study.replications == 20


def test_a_decreasing_quantile_table_is_told_at_its_law(tmp_path: Path) -> None:
    """In the file itself and in a CSV file beside it; row and value are in the words."""
    law = "startup: {kind: empirical, quantiles: {0: 4s, 0.5: 9s, 1: 7s}}"
    (problem,) = problems_of(written(tmp_path, GOOD.replace("startup: 4s", law)))
    assert problem.line == 11
    assert "7s" in str(problem)
    written(tmp_path, "probability,x_s\n0,1\n0.5,9\n1,7\n", "table.csv")
    law = "startup: {kind: empirical, file: table.csv, column: x_s}"
    (problem,) = problems_of(written(tmp_path, GOOD.replace("startup: 4s", law)))
    assert problem.line == 11
    assert "7" in str(problem)


def test_an_invariant_on_an_unknown_measure_is_told_with_the_nearest(tmp_path: Path) -> None:
    """Which measures there are, the caller says."""
    file = written(tmp_path, GOOD + "invariants:\n  - avalability >= 99.9%\n")
    with pytest.raises(ScenarioError) as caught:
        checks.load(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.rule) == (13, 5, "word")
    assert "unknown measure 'avalability'; did you mean 'availability'?" in problem.message


def test_extends_in_a_circle_is_shown(tmp_path: Path) -> None:
    """The files in the order in which they lead back."""
    first = written(tmp_path, "extends: b.yaml\n" + GOOD, "a.yaml")
    second = written(tmp_path, "extends: a.yaml\n", "b.yaml")
    (problem,) = problems_of(first)
    assert (problem.file, problem.line, problem.column) == (str(second), 1, 10)
    assert f"{first} -> {second} -> {first}" in problem.message


@pytest.mark.parametrize("base", ["[a.yaml]", "3", "''", "{file: a}", '"\\0"'])
def test_extends_names_one_file(tmp_path: Path, base: str) -> None:
    """Anything else is refused at its place."""
    problem = problems_of(written(tmp_path, f"extends: {base}\n{GOOD}"))[0]
    assert (problem.line, problem.column, problem.rule) == (1, 10, "extends")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("\n# nothing but this\n", "the file is empty"),
        ("---\n", "the file is empty"),
        ("- a\n- b\n", "a mapping of keys to values, not a list"),
        ("hello", "not a single word"),
        ("3", "not a single word"),
        (b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe", "the file is binary"),
        (b"name: a\nb: \xff\n", "byte 0xff is not UTF-8"),
        (b"name: a\nb: x\x00\n", "control character U+0000"),
        ("name: a".encode("utf-16"), "the file is UTF-16; save it as UTF-8"),
    ],
)
def test_what_is_no_scenario_text_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    """With a line and a column, be they the first."""
    (problem,) = problems_of(written(tmp_path, text))
    assert said in str(problem)
    assert problem.line is not None
    assert problem.column is not None


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    assert load(written(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())).name == "good"


def test_a_missing_file_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    """Whether letters or the ending are wrong."""
    good = written(tmp_path, GOOD, "credential-ttl.yaml")
    for name in ("credental-ttl.yaml", "credential-ttl.yml", "credential-ttl"):
        (problem,) = problems_of(tmp_path / name)
        assert problem.message == f"there is no file {tmp_path / name}"
        assert problem.remedy == f"did you mean {good}?"
    (problem,) = problems_of(tmp_path / "nowhere" / "a.yaml")
    assert "there is no file" in str(problem)
    (problem,) = problems_of(good / "a.yaml")
    assert "there is no file" in str(problem)


def test_a_directory_is_answered_with_a_file_in_it(tmp_path: Path) -> None:
    """The first YAML file by name."""
    good = written(tmp_path, GOOD)
    (problem,) = problems_of(tmp_path)
    assert str(problem) == f"{tmp_path}: {tmp_path} is a directory; name a file in it, such as {good}"


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_no_file_can_have_is_refused(name: str) -> None:
    """As the operating system puts it."""
    assert problems_of(name)[0].rule == "file"


def test_a_file_of_50_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    """Only the first 5 MB and a byte are read; a device without end is no trouble either."""
    file = written(tmp_path, GOOD)
    os.truncate(file, 50_000_000)
    start = time.process_time()
    for path in (file, Path("/dev/zero")):
        (problem,) = problems_of(path)
        assert "the file is larger than 5 MB" in problem.message
        assert problem.line == 1
    assert time.process_time() - start < 1.0


def test_bombs_are_refused_at_once(tmp_path: Path) -> None:
    """A hundred bytes of aliases for a billion values; a hundred thousand open brackets."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    start = time.process_time()
    assert problems_of(written(tmp_path, GOOD + "\n".join(rows)))[-1].rule == "size"
    assert problems_of(written(tmp_path, GOOD + "question: " + "[" * 100_000))[-1].rule == "depth"
    assert time.process_time() - start < 2.0


NODES = """\
churnsim: 1
name: nodes
horizon: 1h
nodes:
  rack: {zone: a, count: 2, cpu: 4, memory: 8GB}
workloads:
  web:
    kind: service
    replicas: 3
    placement: {kind: spread, pools: [rack], cpu: 2}
failures:
  - {kind: zone-outage, zone: a, at: [10m], lasts: 5m}
  - {kind: node-loss, pool: rack, at: [10m]}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "rule", "said"),
    [
        ("zone: a, at", "zone: b, at", 12, 31, "reference", "there is no 'b' among the zones; zones: a"),
        ("pool: rack", "pool: rak", 13, 29, "reference", "did you mean 'rack'? nodes: rack"),
        ("pools: [rack]", "pools: [rak]", 10, 39, "reference", "there is no 'rak' among the nodes"),
        (
            "cpu: 2",
            "cpu: 8",
            10,
            16,
            "no-room",
            "no node can hold a unit of web, which takes 8 cores: a node of rack has 4 cores and 8GB; "
            "take larger nodes",
        ),
        (
            "kind: spread",
            "kind: shuffle-shard, nodes: 3",
            10,
            16,
            "hand",
            "3 places of rack cannot be dealt: 2 can hold a unit of web; deal fewer",
        ),
        ("count: 2", "count: 0", 5, 26, "greater-than-equal", "at least 1"),
        (
            "count: 2",
            "count: 2, autoscaler: {kind: cluster, floor: 5, ceiling: 4}",
            5,
            41,
            "order",
            "the floor must not lie above the ceiling (got 5 > 4); swap them",
        ),
        (
            "count: 2",
            "count: 2, autoscaler: {kind: cluster, floor: 3, ceiling: 4}",
            5,
            9,
            "order",
            "count must lie within what the autoscaler wants (got 2, not 3 to 4); begin with a number",
        ),
        (
            "horizon: 1h\n",
            "horizon: 1h\ncontrol_plane: {grace: 5s}\n",
            4,
            16,
            "order",
            "grace must be longer than heartbeat (got 5s <= 10s): every node would be found not ready",
        ),
    ],
)
def test_mistakes_about_nodes_are_told_with_their_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, rule: str, said: str
) -> None:
    """Names that are not there, units no node can hold, pools of nothing, timings that cannot be."""
    (problem,) = problems_of(written(tmp_path, NODES.replace(old, new, 1)))
    assert said in str(problem)
    assert (problem.line, problem.column, problem.rule) == (line, column, rule)


def test_places_that_come_and_go_cannot_be_dealt(tmp_path: Path) -> None:
    """A tenant would hold places that an autoscaler has given up."""
    text = NODES.replace("count: 2", "count: 2, autoscaler: {kind: cluster, floor: 1, ceiling: 4}")
    text = text.replace("kind: spread", "kind: shuffle-shard, nodes: 1")
    (problem,) = problems_of(written(tmp_path, text))
    assert "places of rack cannot be dealt: an autoscaler adds and removes them; leave" in str(problem)
    assert (problem.line, problem.column, problem.rule) == (10, 16, "hand")


def test_noise_beside_units_in_which_requests_queue_is_refused(tmp_path: Path) -> None:
    """Their answers come sooner or later by who is slowed, which is not told apart."""
    loud = "  loud: {kind: service, replicas: 1}\nfailures:\n"
    noise = "  - {kind: noisy-neighbour, workload: loud, at: [5m], lasts: 5m, left: 50%}\n"
    text = NODES.replace("failures:\n", loud + noise, 1)
    text = text.replace("replicas: 3", "replicas: 3\n    capacity: 5/s\n    workers: {number: 2}", 1)
    (problem,) = problems_of(written(tmp_path, text))
    assert (problem.line, problem.rule) == (15, "noise")
    assert "how long requests queue in web would hang on whom the noise slows" in problem.message


def test_noise_beside_units_whose_requests_are_evidence_is_refused(tmp_path: Path) -> None:
    """How much of it each unit makes hangs on who is slowed, which is not told apart."""
    more = """\
  loud: {kind: service, replicas: 1}
sinks: {archive: {}}
evidence: {answer: {kind: request, workload: web, owes: [log]}}
artefacts: {log: {of: answer, sink: archive, shipping: {kind: periodic, every: 1m}}}
failures:
  - {kind: noisy-neighbour, workload: loud, at: [5m], lasts: 5m, left: 50%}
"""
    text = NODES.replace("failures:\n", more, 1).replace(
        "replicas: 3", "replicas: 3\n    capacity: 5/s\n    traffic: {kind: constant, rate: 9/s}", 1
    )
    (problem,) = problems_of(written(tmp_path, text))
    assert (problem.line, problem.rule) == (18, "noise")
    assert "'answer' is evidence of requests to web, and how much of it each unit makes" in problem.message
