"""A seeded generator of départements: real communes, invented employers and people. Knows nothing of the services."""

from deploy.demo.world.world import World

__all__ = ["World"]
