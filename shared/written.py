"""Numbers and days as the French write them."""

from datetime import date
from decimal import Decimal


def in_french(value: object) -> str:
    """17.5 → «17,5», 35.0 → «35», 10000 → «10 000», a day → «09/03/2026». Floats to six figures."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, float):
        value = Decimal(f"{value:.6g}")
    written = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace(",", "\u202f").replace(".", ",")


def counted(number: object, one: str, several: str) -> str:
    """«1 caractère», «20 caractères»; nought and one are singular in French."""
    return f"{in_french(number)} {one if isinstance(number, int) and number < 2 else several}"
