"""Rules of matching: pure Python, no I/O, no clock, no ids made here. Every number is an integer, so that it repeats."""
