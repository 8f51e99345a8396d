"""Real offers, lifelike people and labels given by reading: what the engine is held against beside the built worlds."""
