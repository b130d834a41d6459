"""L26: who has left is denied for good, all principals of a tenant by one version."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L26",
    "A tenant leaves once; the version that says so is committed no earlier, decides about every principal "
    "of the tenant and about nobody else, and denies; no version after it allows any of them.",
)
def departure(trace: Trace) -> Iterator[Violation]:
    """Look at what versions decide about the principals of each tenant that has left."""
    table, commits = trace["offboardings"], trace["commits"]
    for row, (policy, tenant, version) in enumerate(
        zip(table["policy"].tolist(), table["tenant"].tolist(), table["version"].tolist(), strict=True)
    ):
        info, left = trace.meta.policies[policy], float(table["left"][row])
        mine = commits["policy"] == policy
        decided, whom = commits["version"][mine], commits["principal"][mine].astype(np.int64)
        belongs = info.tenant(whom) == tenant
        at = decided == version
        if np.count_nonzero((table["policy"] == policy) & (table["tenant"] == tenant)) > 1:
            yield Violation(f"tenant {tenant} leaves twice", left, info.name)
        if version < 0:
            continue
        if not at.any() or float(commits["time"][mine][at][0]) < left:
            yield Violation(f"version {version} denies tenant {tenant} before it left", left, info.name)
        members = np.count_nonzero(belongs & (decided == 0))
        if not np.array_equal(at & belongs, at) or np.count_nonzero(at) != members:
            yield Violation(
                f"version {version} is not about tenant {tenant} alone and whole", left, info.name
            )
        allowed = commits["allowed"][mine] == 1
        for i in first(belongs & (decided >= version) & allowed):
            yield Violation(
                f"version {decided[i]} allows {info.whom(int(whom[i]))}, who left", left, info.name
            )
