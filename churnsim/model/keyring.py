"""The keyring: the signing keys of one issuer at work, and which of them each point knows when."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Order
from churnsim.engine.arrivals import arrivals
from churnsim.trace.intervals import Spans, difference

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.key import Keys
    from churnsim.trace.recorder import Recorder

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# A change of the published bundle is named by its key, the removal by the number after; from here on:
_FORCED, _WITHDRAWN = 1 << 40, 1 << 41  # keys made after a theft, and withdrawals


@dataclass(eq=False)
class Key:
    """One signing key; an instant that has not come is infinite [s]."""

    number: int
    name: int  # the same whatever other keys there are
    published: float
    activated: float
    deactivated: float = inf
    removed: float = inf
    is_given_up: bool = False  # known to be stolen, and being replaced


@dataclass(eq=False)
class Forger:
    """Somebody who stole a key; an instant that has not come is NaN [s]."""

    key: Key
    time: float
    detected: float
    rotated: float = nan
    reissued: float = nan
    awaits_reissue: bool = False  # whether the key stays in the bundle until then


class Keyring:
    """Keys in order of activation.

    What is published changes nothing but what points accept, so that only activations and thefts are turns;
    what each point knows when is worked out after the run.

    Parameters
    ----------
    issuer : int
        Position among the scenario's issuers.
    name : str
        Name of the issuer; names the random streams.
    recipe : Keys
        When keys follow each other.
    retire : float
        Time from a key's last signature to its removal [s].
    world : World
        Where it stands.
    """

    def __init__(self, issuer: int, name: str, recipe: Keys, retire: float, world: World) -> None:
        self.recipe = recipe
        self.keys = [Key(0, 0, world.start, world.start)]
        self.forgers: list[Forger] = []
        self._issuer = issuer
        self._name = name
        self._retire = retire
        self._world = world
        self._withdrawals: list[tuple[Key, float, float]] = []
        if recipe.every is not None:
            stream = world.stream(f"issuers/{name}/keys")
            times = arrivals(recipe.every, stream, stream.lane(0), world.start, world.end)
            for number, time in enumerate(times.tolist(), start=1):
                world.at(time, Order.INTENT, self._rotate, 2 * number)

    @property
    def active(self) -> Key:
        """The key that signs now."""
        return self.keys[-1]

    def replace(self, forger: Forger, published: float) -> None:
        """Let a new key sign from now on, because of a theft; it is in the bundle since `published` [s]."""
        self._activate(_FORCED + 2 * self.forgers.index(forger), published)

    def withdraw(self, until: float) -> None:
        """Drop the active key from the published bundle, by mistake, until an instant [s]."""
        self._withdrawals.append((self.active, self._world.now, until))

    def steal(self, detected: float) -> Forger:
        """Let somebody have a copy of the active key, noticed at an instant [s]."""
        self.forgers.append(Forger(self.active, self._world.now, detected))
        return self.forgers[-1]

    def hold(self, credentials: dict[str, NDArray[np.float64]], gone: Floats) -> None:
        """Look through credentials of one fleet, after the run, for when forced rotations are through.

        Parameters
        ----------
        credentials : dict of (n,) arrays
            Columns unit, bearer, serial, issued, expires of everything issued to the fleet.
        gone : (n,) array
            When the unit of each is gone [s]; infinite for never.
        """
        own = credentials["bearer"] == -1
        columns = (credentials[name][own] for name in ("unit", "serial", "issued", "expires"))
        unit, serial, issued, expires = columns
        order = np.lexsort((serial, unit))
        unit, issued, expires, gone = unit[order], issued[order], expires[order], gone[own][order]
        follows = np.append(unit[1:] == unit[:-1], False)[: unit.size]
        replaced = np.where(follows, np.append(issued[1:], inf)[: unit.size], inf)
        over = np.minimum(np.minimum(replaced, gone), expires)
        for forger in self.forgers:
            if isfinite(forger.rotated):
                signed = (issued < forger.key.deactivated) & self._signed_since(forger.key, issued)
                left = over[signed & (issued < forger.rotated) & (over > forger.rotated)]
                forger.reissued = float(left.max(initial=np.fmax(forger.rotated, forger.reissued)))

    def record(self, recorder: Recorder, points: int) -> None:
        """Record keys, forgers and what each of the points knew when."""
        for forger in self.forgers:
            if isfinite(forger.rotated):
                forger.reissued = forger.reissued if isfinite(forger.reissued) else forger.rotated
                if forger.awaits_reissue:
                    forger.key.removed = min(forger.key.removed, forger.reissued)
            recorder.row(
                "forgers", forger=len(self.forgers), issuer=self._issuer, key=forger.key.number,
                time=forger.time, detected=forger.detected, rotated=forger.rotated, reissued=forger.reissued,
            )  # fmt: skip
        for key in self.keys:
            recorder.row(
                "keys", issuer=self._issuer, key=key.number, published=key.published,
                activated=key.activated, deactivated=key.deactivated, removed=key.removed,
            )  # fmt: skip
        for key, start, end in self._withdrawals:
            recorder.row("withdrawals", issuer=self._issuer, key=key.number, start=start, end=end)
        self._record_bundles(recorder, points)

    def _rotate(self, name: int) -> None:
        self._activate(name, self._world.now - self.recipe.prepare)

    def _activate(self, name: int, published: float) -> None:
        now, old = self._world.now, self.active
        old.deactivated = now
        old.removed = min(old.removed, now + self._retire)
        self.keys.append(Key(old.number + 1, name, max(published, self._world.start), now))

    def _signed_since(self, key: Key, issued: Floats) -> NDArray[np.bool_]:
        # Key 0 stands for all that were active before the world began.
        return (issued >= key.activated) | (key.number == 0)

    def _published(self) -> Spans:
        """When each key is in the published bundle, by key."""
        number = np.arange(len(self.keys))
        # What is in the bundle when the world begins has been there for long.
        start = [k.published if k.published > self._world.start else -inf for k in self.keys]
        whole = Spans.of(start, [k.removed for k in self.keys], number)
        missing = [(start, end, key.number) for key, start, end in self._withdrawals]
        return difference(whole, Spans.of(*zip(*missing, strict=True))) if missing else whole

    def _record_bundles(self, recorder: Recorder, points: int) -> None:
        world, spans = self._world, self._published()
        names: dict[float, int] = {}
        # Of two mistakes at one instant, such as the first, the earlier one names the change.
        for number, (_, start, end) in reversed([*enumerate(self._withdrawals)]):
            names |= {end: _WITHDRAWN + 2 * number + 1, start: _WITHDRAWN + 2 * number}
        for key in self.keys:
            names[key.removed] = key.name + 1
            if key.published > world.start:  # else it has been there for long
                names[key.published] = key.name
        changes = np.unique(np.concatenate([spans.start, spans.end]))
        changes = changes[(changes >= world.start) & (changes < world.end)]
        name = np.array([names[change] for change in changes.tolist()], np.int64)
        stream = world.stream(f"issuers/{self._name}/bundle")
        follow = self.recipe.bundle.arrivals
        arrived = follow(changes, name, points, stream, world.start, world.end)
        # What has been there for long is known everywhere; what comes at the horizon, nowhere.
        whole = np.vstack([np.full(points, world.start), arrived, np.full(points, inf)])
        first = np.searchsorted(changes, spans.start, "left") + np.isfinite(spans.start)
        known, dropped = whole[first], whole[np.searchsorted(changes, spans.end, "left") + 1]
        pair = spans.group[:, None] * points + np.arange(points)
        # A bundle without the key that one with it overtakes is never in force: stretches may touch.
        found = Spans.of(known.ravel(), dropped.ravel(), pair.ravel())
        found = found.where(np.isfinite(found.start))
        key_number, point = np.divmod(found.group, points)
        recorder.block(
            "bundles", issuer=self._issuer, key=key_number, point=point, start=found.start, end=found.end
        )
