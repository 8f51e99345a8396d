"""The generator of départements with what only it knows: what people and employers truly want."""

from tests.bench.world.noise import BOTH, MISTAKEN, PLAIN, SPARSE, Noise, ToldWorld, told
from tests.bench.world.truth import BenchWorld, Truth

World = BenchWorld

__all__ = ["BOTH", "MISTAKEN", "PLAIN", "SPARSE", "BenchWorld", "Noise", "ToldWorld", "Truth", "World", "told"]
