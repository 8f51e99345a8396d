"""Questions of the search as they are read with the referential and the communes."""

from services.offers.search.intent import understand
from services.offers.search.places import Places
from services.offers.search.trades import Trades
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations

trades = Trades(Occupations.load())
find_place = Places(Communes.load(), trades, lambda _: (0, 0)).find


def read(q: str) -> tuple[list[str], dict[str, object]]:
    """Words left, and the parameters that the filters stand for."""
    understood = understand(q, find_place, names_work=lambda text: bool(trades.meant(text)))
    parameters: dict[str, object] = {}
    for chip in understood.chips:
        parameters |= chip.parameters
    return [word.folded for word in understood.words], parameters
