"""How Bassin runs: the image, the compose overlays, the local stack and the demo."""
