"""A frozen part of a scenario with a kind, whose behaviour lives in the same class."""

from pydantic import BaseModel, ConfigDict


class Recipe(BaseModel):
    """Base of every part of a scenario that comes in kinds.

    A concrete recipe declares ``kind: Literal["exponential"] = "exponential"`` and its parameters, each with
    ``Field(description=...)``. It holds no state of a run, is hashable and compares by value. Its schema is
    built when it is first used, so that a recipe may contain recipes of its own group.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        defer_build=True,
    )

    def __eq__(self, other: object) -> bool:
        # By its fields alone: what has been worked out from them is kept beside them, and may be an array.
        if not isinstance(other, Recipe) or type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)

    def __hash__(self) -> int:
        fields = (getattr(self, name) for name in type(self).model_fields)
        return hash(
            (type(self), *(frozenset(each.items()) if isinstance(each, dict) else each for each in fields))
        )
