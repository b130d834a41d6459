"""The hand: which places of the pools the units of a workload may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from churnsim.model.space import capacity, demand

if TYPE_CHECKING:
    from churnsim.engine import Stream
    from churnsim.model.placement import Placement
    from churnsim.model.pool import Pool


def roomy(placement: Placement, pools: Mapping[str, Pool]) -> dict[str, Pool]:
    """Return the pools, of those a placement names, whose nodes are large enough for one of its units."""
    wants = demand(placement)
    named = {name: pool for name, pool in pools.items() if not placement.pools or name in placement.pools}
    return {name: pool for name, pool in named.items() if (wants <= capacity(pool)).all()}


def hand(
    placement: Placement, tenant: str, pools: Mapping[str, Pool], stream: Callable[[str], Stream]
) -> NDArray[np.bool_]:
    """Return the places that a workload's units may take.

    Those are dealt that have drawn the least numbers. What a place draws hangs on the tenant, the pool and
    its slot alone; so that another tenant moves nobody's places, and another pool only those dealt in it.

    Parameters
    ----------
    placement : Placement
        How its units are placed.
    tenant : str
        Whose it is.
    pools : mapping of str to Pool
        All pools.
    stream : callable
        Gives the random stream of a name.

    Returns
    -------
    (places,) array
        For each slot of each pool, in order, whether it may take them.
    """
    if not placement.hand:
        named = placement.pools or tuple(pools)
        return np.repeat([name in named for name in pools], [pool.most for pool in pools.values()])
    large = roomy(placement, pools)
    drawn = []
    for name, pool in pools.items():
        source = stream(f"tenants/{tenant}/hand/{name}")
        chance = np.asarray(source.uniform(source.lane(0), np.arange(pool.most)), float)
        drawn.append(chance if name in large else np.full(pool.most, np.inf))
    chances = np.concatenate(drawn)
    held = np.zeros(chances.size, bool)
    held[np.argsort(chances, kind="stable")[: placement.hand]] = True
    return held
