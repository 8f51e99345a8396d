"""Everything about somebody: parts as they come from the services, and the archive that is made of them."""
