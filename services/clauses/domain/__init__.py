"""Rules of social clauses: pure, no I/O, no clock but the one handed in. Hours are exact decimals, never floats."""
