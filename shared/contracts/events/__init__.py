"""Event models, one module per owning service. All carry the full state of their aggregate."""
