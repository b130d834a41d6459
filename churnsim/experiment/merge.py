"""Results of several folders, made by shards or on several machines, brought together in one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from churnsim.base.errors import StoreError, UsageError
from churnsim.experiment.file import append, make_folder, write
from churnsim.experiment.manifest import MANIFEST, add_plans, read_manifest
from churnsim.experiment.status import STATUS, Batch, Status
from churnsim.experiment.store import folder_of, read_batch, whole


@dataclass(frozen=True, slots=True)
class Merged:
    """What was brought together in one folder.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    folder : Path
        Where its results are now.
    added, known : int
        Stored runs that were brought, and those that were there already.
    """

    scenario: str
    folder: Path
    added: int
    known: int


def merge(out: Path, sources: Sequence[Path]) -> tuple[Merged, ...]:
    """Bring the stored runs of some folders into another; once more changes nothing.

    Parameters
    ----------
    out : Path
        Folder that holds the results of all scenarios; made if it is not there.
    sources : sequence of Path
        Such folders, or those of single scenarios in them.

    Returns
    -------
    tuple of Merged
        One per scenario and source, in the order given.

    Raises
    ------
    UsageError
        If a source holds no results.
    StoreError
        If something in one is damaged, or cannot be written; what was brought before that is whole.
    """
    found = [(source, list(_folders(source))) for source in sources]
    for source, folders in found:
        if not folders:
            raise UsageError(f"{source} holds no results: there is no {MANIFEST} in it, nor two levels below")
    return tuple(_merge(out, folder) for _, folders in found for folder in folders)


def _folders(source: Path) -> Iterator[Path]:
    if (source / MANIFEST).exists():
        yield source
    else:
        yield from sorted(manifest.parent for manifest in source.glob(f"*/*/{MANIFEST}"))


def _merge(out: Path, source: Path) -> Merged:
    manifest = read_manifest(source / MANIFEST)
    name = str(manifest["scenario"]["name"])
    target = folder_of(out, name, manifest["hash"])
    make_folder(target)
    add_plans(target / MANIFEST, manifest["hash"], manifest["scenario"], manifest["plans"])
    mine, theirs = Status(target / STATUS), Status(source / STATUS)
    have = {(batch.seed, batch.version, run): batch for batch in mine.batches() for run in batch.runs}
    bring: dict[str, int] = {}
    known = 0
    for batch in theirs.batches():
        data = whole(source / batch.file, batch)
        if data is None:  # its runs were put into another batch, or deleted
            continue
        keys = [(batch.seed, batch.version, run) for run in batch.runs]
        fresh = [key for key in keys if key not in have]
        known += len(keys) - len(fresh)
        if len(fresh) < len(keys):
            _hold_against(source, batch, target, {have[key].file: have[key] for key in keys if key in have})
        if fresh:
            write(target / batch.file, data)
            bring[batch.file] = len(fresh)
            have.update(dict.fromkeys(fresh, batch))
    lines = set(mine.lines())
    append(
        mine.path,
        *(each for each in theirs.lines() if each not in lines and json.loads(each).get("file", "") in bring),
    )
    return Merged(name, target, sum(bring.values()), known)


def _hold_against(source: Path, batch: Batch, target: Path, others: Mapping[str, Batch]) -> None:
    """Refuse runs that are known already with other measures: equal runs are equal bit for bit."""
    if batch.file in others:
        return
    theirs = read_batch(source / batch.file, batch) or {}
    for other in others.values():
        mine = read_batch(target / other.file, other) or {}
        differing = [run for run in theirs if run in mine and mine[run] != theirs[run]]
        if differing:
            point, replication = differing[0]
            raise StoreError(
                f"run {replication} of point {point} has other measures in {source / batch.file} than in "
                f"{target / other.file}, with one seed and one version; one of the two machines computes "
                "differently: find out which with 'churnsim replay'"
            )
