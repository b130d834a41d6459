"""A small scenario file."""

from collections.abc import Callable
from pathlib import Path

SMALL = """\
churnsim: 1
name: small
horizon: 1h
issuers:
  mesh: {ttl: 10m}
workloads:
  web:
    kind: service
    replicas: 3
    issuer: mesh
    startup: 4s
failures:
  - {kind: crash, workload: web, every: {kind: exponential, mean: 30m}}
"""

Write = Callable[..., Path]
