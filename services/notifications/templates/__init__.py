"""French texts: templates, and what fills them in."""
