"""Rules of profiles: pure, no I/O, no clock but the one handed in."""
