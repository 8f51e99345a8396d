"""The generator of départements with what only it knows: what people and employers truly want."""

from tests.bench.world.truth import BenchWorld, Truth

World = BenchWorld

__all__ = ["BenchWorld", "Truth", "World"]
