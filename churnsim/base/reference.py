"""A field that names something defined elsewhere in the scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args

from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Reference:
    """Marks a text field as the name of an entry of a section.

    ``issuer: Annotated[str, Reference("issuers")] | None`` is all a kind has to say: whoever reads
    the scenario finds the mark and checks that the name is there.

    Attributes
    ----------
    section : str
        Section whose keys are the names.
    field : str
        Where given, the names are not the keys but what each entry of the section says in this field.
    implied : str
        What an entry means that does not say it; "": nothing.
    also : tuple of str
        Further sections whose keys will do.
    words : tuple of str
        What may stand there besides names.
    """

    section: str
    field: str = ""
    implied: str = ""
    also: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """What the names are names of, in the plural."""
        return f"{self.field}s" if self.field else " and ".join((self.section, *self.also))

    @property
    def parts(self) -> tuple[Reference, ...]:
        """The same for each section alone."""
        return (replace(self, also=(), words=()), *map(Reference, self.also))


def reference_of(field: FieldInfo) -> Reference | None:
    """The mark on a field, on one of its alternatives, or on the items of its list or mapping."""
    return _mark(field.metadata) or _within(field.annotation)


def _within(annotation: Any) -> Reference | None:
    found = _mark(getattr(annotation, "__metadata__", ()))
    return found or next((mark for part in get_args(annotation) if (mark := _within(part))), None)


def _mark(metadata: Any) -> Reference | None:
    return next((each for each in metadata if isinstance(each, Reference)), None)
