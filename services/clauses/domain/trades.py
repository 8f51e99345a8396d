"""Trades that structures work in: by what they declare, by the activity of their company (NAF), by their name.

Half of the integration structures are registered under social activities (8899B, 9499Z), which say nothing of their work.
What only a name or a network suggests is a guess: it proposes a structure, and never sets one aside.
"""

import re
from enum import StrEnum

from shared.kept_enum import StoredEnum
from shared.reference.text import words_of


class Trade(StoredEnum):
    """Kinds of work for which contracts with a clause are let."""

    BUILDING = "building"
    GREEN_SPACES = "green_spaces"
    CLEANING = "cleaning"
    WASTE = "waste"
    CATERING = "catering"
    LAUNDRY = "laundry"
    LOGISTICS = "logistics"
    FARMING = "farming"
    INDUSTRY = "industry"
    REUSE = "reuse"
    VEHICLES = "vehicles"
    OFFICE = "office"
    HOME = "home"


class Evidence(StrEnum):
    """By what a trade is known."""

    DECLARED = "declared"
    ACTIVITY = "activity"
    NETWORK = "network"
    NAME = "name"


CERTAIN = frozenset((Evidence.DECLARED, Evidence.ACTIVITY))
"""The rest is a guess, to be asked."""


_BY_ACTIVITY: dict[Trade, tuple[str, ...]] = {
    Trade.BUILDING: ("41", "42", "43", "16"),
    Trade.GREEN_SPACES: ("8130", "02", "9104"),
    Trade.CLEANING: ("8110", "8121", "8122", "8129"),
    Trade.WASTE: ("38", "37", "39"),
    Trade.CATERING: ("56", "10", "11"),
    Trade.LAUNDRY: ("9601", "13", "14"),
    Trade.LOGISTICS: ("49", "52", "53", "8292"),
    Trade.FARMING: ("01", "03"),
    Trade.INDUSTRY: ("15", "17", "20", "21", "22", "23", "24", "25", "26", "27", "28", "31", "32", "33"),
    Trade.REUSE: ("4779", "951", "952"),
    Trade.VEHICLES: ("45", "29", "30"),
    Trade.OFFICE: ("62", "63", "8211", "8219", "8220", "18"),
    Trade.HOME: ("8810A", "9700", "9609"),
}
_WORDS: dict[Trade, tuple[str, ...]] = {
    Trade.BUILDING: ("batiment", "btp", "maconnerie", "peinture", "renovation", "second oeuvre", "gros oeuvre", "charpente",
                     "menuiserie", "plomberie", "electricite", "couverture", "isolation", "travaux publics",
                         "construction", "bati", "renov", "patrimoine"),
    Trade.GREEN_SPACES: ("espaces verts", "espace vert", "paysage", "paysages", "paysagiste", "jardin", "jardins", "jardinage",
                         "environnement", "rivieres", "foret", "forets", "forestier", "elagage", "sentiers",
                         "brigades vertes"),
    Trade.CLEANING: ("nettoyage", "proprete", "entretien", "menage", "menages", "nettoiement"),
    Trade.WASTE: ("recyclage", "recycl", "dechets", "dechetterie", "tri", "compost", "recup", "valoristes"),
    Trade.CATERING: ("restaurant", "restauration", "traiteur", "cuisine", "cantine", "boulangerie", "conserverie"),
    Trade.LAUNDRY: ("blanchisserie", "pressing", "repassage", "couture", "textile", "linge", "laverie", "vetement",
                         "vetements", "chiffons"),
    Trade.LOGISTICS: ("logistique", "transport", "demenagement", "livraison", "conditionnement", "messagerie",
                         "transports", "manutention", "palettes", "emballages"),
    Trade.FARMING: ("maraichage", "maraicher", "ferme", "cocagne", "agricole", "apiculture", "potager", "potagers",
                         "horticulture", "paysan"),
    Trade.INDUSTRY: ("industrie", "industries", "industriel", "mecanique", "metallerie", "soudure", "sous traitance",
                         "montage", "metal"),
    Trade.REUSE: ("ressourcerie", "recyclerie", "emmaus", "friperie", "reemploi", "brocante", "collecterie", "meubles"),
    Trade.VEHICLES: ("garage", "automobile", "auto", "velo", "cycles", "mobilite"),
    Trade.OFFICE: ("informatique", "numerique", "imprimerie", "secretariat", "bureautique", "numeriques"),
    Trade.HOME: ("domicile", "services a la personne", "aide a domicile"),
}  # fmt: skip
_OTHER_MEANINGS = re.compile(
    r" rest(?:o|os|au|aus|aurant|aurants) du coeur"
    r"| restauration (?:de |du )?(?:patrimoine|vieilles)"
    r"| (?:milieu|lycee .*) agricole"
)
"""Names in which a trade's word means another thing: the Restos du cœur let no meals to a works canteen."""
_NETWORKS: tuple[tuple[re.Pattern[str], tuple[Trade, ...]], ...] = (
    (re.compile(r" regies? .*(?:quartiers?|territoire) "), (Trade.CLEANING, Trade.GREEN_SPACES, Trade.BUILDING)),
    (re.compile(r" envie "), (Trade.REUSE, Trade.WASTE)),
    (re.compile(r" emmaus | ebs le relais "), (Trade.REUSE,)),
    (re.compile(r" compagnons batisseurs "), (Trade.BUILDING,)),
    (re.compile(r" cocagne "), (Trade.FARMING,)),
    (re.compile(r" tables? de (?:cana|cocagne) "), (Trade.CATERING,)),
)
"""What a network's members do by its own label (Comité national de liaison des régies de quartier, Fédération Envie, Emmaüs,
Réseau Cocagne …); whether this one does, is to be asked."""

_BY_CPV: dict[Trade, tuple[str, ...]] = {
    Trade.GREEN_SPACES: ("7731", "7734", "772", "45112", "4523312"),
    Trade.CLEANING: ("909",),
    Trade.WASTE: ("905", "904"),
    Trade.CATERING: ("553", "555", "15"),
    Trade.LAUNDRY: ("983",),
    Trade.LOGISTICS: ("60", "63", "9839"),
    Trade.VEHICLES: ("501", "34"),
    Trade.OFFICE: ("72", "79", "48"),
    Trade.HOME: ("853", "985"),
    Trade.BUILDING: ("45", "44", "507"),
}


def trades_of(declared: tuple[Trade, ...], activity: str | None, names: str) -> dict[Trade, Evidence]:
    """Trades with the best evidence for each; empty where nothing tells."""
    words = _OTHER_MEANINGS.sub(" ", f" {words_of(names)} ")
    found = {trade: Evidence.NAME for trade, known in _WORDS.items() if any(f" {word} " in words for word in known)}
    found |= {trade: Evidence.NETWORK for name, theirs in _NETWORKS if name.search(words) for trade in theirs}
    code = (activity or "").replace(".", "").upper()
    found |= {trade: Evidence.ACTIVITY for trade, begins in _BY_ACTIVITY.items() if code and code.startswith(begins)}
    return found | dict.fromkeys(declared, Evidence.DECLARED)


def named_trades(written: str) -> tuple[Trade, ...]:
    """Trades that a directory's column says in words, or by their codes."""
    words = f" {words_of(written)} "
    codes = (trade for trade in Trade if f" {words_of(trade.value)} " in words)
    return tuple(dict.fromkeys((*codes, *trades_of((), None, written))))


def trade_of_cpv(cpv: str) -> Trade | None:
    """The trade of a contract by its CPV code, the most exact beginning first."""
    begins = ((begin, trade) for trade, known in _BY_CPV.items() for begin in known if cpv.startswith(begin))
    return max(begins, default=("", None), key=lambda one: len(one[0]))[1]
