"""A Sobol sequence and its crossings: what shares of variance are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from churnsim.base.errors import refusal
from churnsim.scenario.axis import Axes
from churnsim.scenario.design.probe import ProbeDesign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SaltelliDesign(ProbeDesign):
    """For `churnsim sensitivity`: two samples and all their crossings; axes + 2 points for each of them."""

    kind: Literal["saltelli"] = "saltelli"
    samples: int = Field(
        64, strict=True, ge=2, le=100_000, description="a power of 2; 512 for shares of variance to be quoted"
    )

    @field_validator("samples")
    @classmethod
    def _balanced(cls, samples: int) -> int:
        if samples & (samples - 1):
            below = 1 << (samples.bit_length() - 1)
            said = f"a Sobol sequence is even only at powers of 2 (got {samples})"
            raise refusal("power-of-2", said, f"draw {below} or {2 * below} samples")
        return samples

    def count(self, axes: Axes) -> int:
        return self.samples * (len(axes) + 2)

    def shares(self, factors: int) -> NDArray[np.float64]:
        import numpy as np
        from SALib.sample import sobol

        cube = {
            "num_vars": factors,
            "names": [f"x{axis}" for axis in range(factors)],
            "bounds": [[0.0, 1.0]] * factors,
        }
        sample = sobol.sample(
            cube, self.samples, calc_second_order=False, seed=np.random.default_rng(self.seed)
        )
        return np.asarray(sample, dtype=np.float64)
