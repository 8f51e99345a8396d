"""The rules of offers: pure Python, no I/O, no clock but the one handed in."""
