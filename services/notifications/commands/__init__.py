"""What changes something: decide in the domain, write in one commit with its cause."""
