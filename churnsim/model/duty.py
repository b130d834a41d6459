"""A duty: what the units of a workload do from ready to gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from churnsim.model.stage import Stage
    from churnsim.model.unit import Unit


class Duty:
    """No duty: units are there, and that is all. A kind of duty says what it means to be ready."""

    may_keep: ClassVar[bool] = False  # whether `keeps` is ever true

    @property
    def jobs(self) -> int:
        """How many jobs there are to be done, whether or not a unit is at them."""
        return 0

    def begin(self) -> None:
        """Begin with the world, before any unit does."""

    def lead_to(self, stage: Stage) -> None:
        """Let each outcome of it that takes effect bring jobs to a later stage."""

    def expect(self, unit: Unit) -> None:
        """Take notice that a unit is there, and will be ready some time, or is already."""

    def take_up(self, unit: Unit, since: float | None = None) -> None:
        """Let a unit that is ready do its duty, since now or since an instant before the start [s]."""

    def keeps(self, unit: Unit) -> bool:
        """Whether a unit whose lifetime is over stays for what it has begun; the duty stops it later then."""
        return False

    def lay_down(self, unit: Unit) -> None:
        """Let a unit know that it was told to stop, or has crashed: once, and perhaps before it was ready."""

    def hide(self, unit: Unit) -> None:
        """Take notice that nobody hears of a unit any more, whatever it does."""

    def show(self, unit: Unit) -> None:
        """Take notice that a unit that is ready is heard of again."""

    def leave(self, unit: Unit) -> None:
        """Take notice that a unit is gone as it was told to; it may lay its duty down just after that."""

    def drop(self, unit: Unit) -> None:
        """Take notice that a unit is gone without notice; it may lay its duty down just after that."""

    def finish(self) -> None:
        """Record what is left at the horizon."""
