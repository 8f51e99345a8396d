"""What a question means: words in any writing, filters and places read in it, how each is taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.search.chips import ChipKind
from services.offers.search.facts import Criteria, Flag, said_flags
from services.offers.search.intent import literally, understand
from services.offers.search.places import NOWHERE, Home, place_finder
from services.offers.search.question import Question, units_of
from services.offers.search.reading import Reading, merged
from services.offers.search.spelling import as_typed, correction
from services.offers.search.trades import Trades
from services.offers.search.variants import Variants, variants_of
from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import excerpt, marked, terms, words_of
from shared.contracts.vocabulary import ContractKind
from shared.reference.communes import Communes
from shared.reference.departments import DEPARTMENTS
from shared.reference.occupations import Occupations

trades = Trades(Occupations.load())
find_place = place_finder(Communes.load(), trades, lambda _: (0, 0))


def read(q: str) -> tuple[list[str], dict[str, object]]:
    """Words left, and the parameters that the filters stand for."""
    understood = understand(q, find_place)
    parameters: dict[str, object] = {}
    for chip in understood.chips:
        parameters |= chip.parameters
    return [word.folded for word in understood.words], parameters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vendeur·euse", ["vendeur"]),
        ("vendeur/euse H/F", ["vendeur"]),
        ("Vendeur(se)s (h/f)", ["vendeur"]),
        ("Vendeuses", ["vendeur"]),
        ("aide-soignant(e)", ["aide", "soignant"]),
        ("Directeur-trice adjoint.e", ["directeur", "adjoint"]),
        ("chargé·e·s d'achats", ["charge", "achat"]),
        ("Infirmiers/ières", ["infirmier"]),
        ("professionnel.le.s", ["professionnel"]),
        ("C++ / C#", ["c++", "c#"]),
        ("caces 3", ["cace", "3"]),
        ("C.D.I. ou chauffeur p.l.", ["cdi", "chauffeur", "pl"]),
        ("serveur.se.s E.Leclerc", ["serveur", "e", "leclerc"]),
        ("водитель 🙂", ["водитель"]),
        ("سائق", ["سايق"]),
        ("🙂", []),
        ("\uff9e カ", ["カ"]),  # a sign of its own that is nothing once accents are gone
    ],
)
def test_words_meet_in_any_writing(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text(max_size=120))
def test_words_lie_where_they_say(text: str) -> None:
    at = 0
    for word in words_of(text):
        assert at <= word.start < word.end <= len(text)
        assert text[word.start :].startswith(word.text)
        at = word.end


@given(st.text(max_size=120))
def test_marked_text_is_safe_and_whole(text: str) -> None:
    html = marked(text, frozenset(terms(text)))
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert ">" not in bare


def test_an_excerpt_shows_the_hit_and_escapes_the_rest() -> None:
    text = "Bonjour. " * 60 + "Vous serez cuisinière <script> dans notre restaurant. " + "Merci. " * 60
    shown = excerpt(text, frozenset({"cuisinier", "restaurant"}))
    assert shown is not None
    assert "<mark>cuisinière</mark> &lt;script&gt; dans notre <mark>restaurant</mark>" in shown
    assert len(shown) < 320
    assert excerpt(text, frozenset({"soudeur"})) is None


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        ("cdi annecy", [], {"contract_kind": "cdi", "commune": "74010"}),
        ("interim cluses", [], {"contract_kind": "temporary", "commune": "74081"}),
        ("serveuse annecy", ["serveuse"], {"commune": "74010"}),
        ("à mi-temps", [], {"working_time": "part_time"}),
        ("mi-temps le matin", [], {"working_time": "part_time", "moment": "morning"}),
        ("ménage temps partiel", ["menage"], {"working_time": "part_time"}),
        ("débutant accepté", [], {"beginner": "true"}),
        ("débutant", [], {"beginner": "true"}),
        ("sans expérience vendeuse", ["vendeuse"], {"beginner": "true"}),
        ("comptable 2 ans d'expérience", ["comptable"], {"experience_months_max": "24"}),
        ("garde d'enfants", ["garde", "enfants"], {}),
        ("cariste caces 3", ["cariste", "caces", "3"], {}),
        ("AS", ["as"], {}),
        ("AS de nuit", ["as"], {"moment": "night"}),
        ("aide soignante sans nuit", ["aide", "soignante"], {"no_night": "true"}),
        ("cuisinier pas le week-end", ["cuisinier"], {"no_weekend": "true"}),
        ("travail le week end", [], {"moment": "weekend"}),
        ("20h par semaine", [], {"weekly_hours": "20"}),
        ("24h/24", ["24h", "24"], {}),
        ("apprenti boulanger", ["boulanger"], {"contract_kind": "apprenticeship"}),
        ("agence d'interim", ["agence"], {}),
        ("job d'été", [], {"contract_kind": "seasonal"}),
        ("alternance comptable", ["comptable"], {"contract_kind": ("apprenticeship", "professionalisation")}),
        ("sans permis guéret", [], {"no_licence": "true", "commune": "23096"}),
        ("vendeur à 20 km de guéret", ["vendeur"], {"radius_km": "20", "commune": "23096"}),
        ("chauffeur PL brive", ["chauffeur", "pl"], {"commune": "19031"}),
        ("aide soignant(e) 74", ["aide", "soignant"], {"territory": "74"}),
        ("emploi creuse", [], {"territory": "23"}),
        ("agent d'entretien dans le 23", ["agent", "entretien"], {"territory": "23"}),
        ("23000", [], {"commune": "23096"}),
        ("lyon 3e serveur", ["serveur"], {"commune": "69383"}),
        ("je cherche un emploi de serveuse près de la souterraine", ["serveuse"], {"commune": "23176"}),
        # Words of trades are no places, unless somebody says so.
        ("maçon", ["macon"], {}),
        ("maçon à mâcon", ["macon"], {"commune": "71270"}),
        ("serveur bar", ["serveur", "bar"], {}),
        ("serveur en salle", ["serveur", "salle"], {}),
        ("aide à domicile", ["aide", "domicile"], {}),
        # Words that people ask with, and usual words with other accents, are communes as well.
        ("boulot le week-end", [], {"moment": "weekend"}),
        ("job étudiant", ["etudiant"], {}),
        ("poste logé", ["loge"], {}),
        ("assistante mère enfant", ["assistante", "mere", "enfant"], {}),
        ("travail dans la Creuse", [], {"territory": "23"}),
        ("Saint-Vaury", [], {"commune": "23247"}),
        ("vendeuse L'Haÿ-les-Roses", ["vendeuse"], {"commune": "94038"}),
        ("cuisinière Divonne-les-Bains", ["cuisiniere"], {"commune": "01143"}),
        ("06 12 34 56 78", ["06", "12", "34", "56", "78"], {}),
        ("cuisinier -nuit", ["cuisinier"], {"no_night": "true"}),
        ("serveur - nuit", ["serveur"], {"moment": "night"}),
        ("maçon cdd 6 mois", ["macon"], {"contract_kind": "cdd"}),
        # Nothing but words that say little: they are what is asked.
        ("emploi", ["emploi"], {}),
        ("водитель", ["водитель"], {}),
        ("🙂 !!", [], {}),
        ("h/f", [], {}),
    ],
)
def test_filters_and_places_are_read(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # Old names: the longest name is meant, not the village that it begins with.
        ("cuisinier Saint-Étienne-de-Fursac", ["cuisinier"], {"commune": "23192"}),
        ("saint pierre de fursac", [], {"commune": "23192"}),
        ("serveuse annecy le vieux", ["serveuse"], {"commune": "74010"}),
        ("cran gevrier", [], {"commune": "74010"}),
        # Typing errors, words written as one.
        ("guerret", [], {"commune": "23096"}),
        ("serveuse Anecy", ["serveuse"], {"commune": "74010"}),
        ("la souteraine", [], {"commune": "23176"}),
        ("agent d'entretien bourganneuf ", ["agent", "entretien"], {"commune": "23030"}),
        ("lahaye les roses", [], {"commune": "94038"}),
        ("clermont-ferand", [], {"commune": "63113"}),
        ("evaux les bain", [], {"commune": "23076"}),
        # The département or postcode that is named beside it.
        ("st maurice 23", [], {"commune": "23219"}),
        ("vendeuse villeneuve 47", ["vendeuse"], {"commune": "47323"}),
        ("guéret (creuse)", [], {"commune": "23096"}),
        ("saint martin haute vienne", [], {"commune": "87166"}),
        ("23 - gueret", [], {"commune": "23096"}),
        ("23000 guéret", [], {"commune": "23096"}),
        ("maçon 23011 GUERET CEDEX", ["macon"], {"commune": "23096"}),
        ("lyon cedex 03", [], {"commune": "69123"}),
        ("75015", [], {"commune": "75115"}),
        ("23", [], {"territory": "23"}),
        ("\uff9e guéret", [], {"commune": "23096"}),
        ("guéret et ses environs", [], {"commune": "23096"}),
        # A region of today or of once is its départements, no village of its name and no typing error.
        ("bretagne", [], {"territory": ("22", "29", "35", "56")}),
        ("serveur corse", ["serveur"], {"territory": ("2A", "2B")}),
        ("limousin", [], {"territory": ("19", "23", "87")}),
        ("maçon en rhone alpes", ["macon"], {"territory": ("01", "07", "26", "38", "42", "69", "73", "74")}),
        ("idf", [], {"territory": ("75", "77", "78", "91", "92", "93", "94", "95")}),
        # An old name of one word that nothing else has; a country is no village.
        ("seynod", [], {"commune": "74010"}),
        ("suisse", ["suisse"], {}),
        # What is worked with, and mistyped trades.
        ("opérateur sur machine", ["operateur", "machine"], {}),
        ("boulangr", ["boulangr"], {}),
        ("aide à domicille", ["aide", "domicille"], {}),
    ],
)
def test_places_are_read_as_people_write_them(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


_USUAL = (
    "notre son sens our entre serez seront bonne long avons contre mener congés règles mieux allez trois commerce pointe "
    "aller lutter tenue simple riche version mentor lecture claire hébergement plaisir guide moyenne marques septembre "
    "filière demain change mardi passage confort passe moyen chance aucun guider manuel force rive bilan campagne parce "
    "maison argent monde temps petit grand ville route école femme homme jour soir main terre porte chambre fenêtre famille "
    "heure minute semaine année mois voiture camion contrat salaire mutuelle équipe client projet travail métier sérieux "
    "motivé dynamique ponctuel rapide gentil sympa proche centre milieu début fin suite place point ligne groupe service "
    "venir partir rester prendre donner mettre trouver vouloir pouvoir savoir devoir parler écouter lire écrire compter"
)


def test_ordinary_words_are_no_places() -> None:
    placed = [word for word in _USUAL.split() if "commune" in read(word)[1]]
    assert placed == ["our"]  # «Our» in the Jura: nobody writes the word in French


def test_a_word_that_offers_have_elsewhere_is_no_place() -> None:
    def found(q: str, place: int, seen: int) -> bool:
        finder = place_finder(Communes.load(), trades, lambda _: (place, 0), lambda _: seen)
        return bool(understand(q, finder).chips)

    assert found("ahun", 0, 0)
    assert not found("ahun", 0, 30)
    assert found("ahun", 3, 30)
    assert not found("guerret", 0, 30)


def test_each_filter_says_where_it_stands() -> None:
    q = "Serveuse en CDI, près d'Annecy, le matin"
    found = {chip.kind: q[chip.start : chip.end] for chip in understand(q, find_place).chips}
    assert found == {
        ChipKind.CONTRACT: "en CDI",
        ChipKind.PLACE: "près d'Annecy",
        ChipKind.SCHEDULE: "le matin",
    }


@given(st.text(max_size=200))
def test_any_question_is_read(q: str) -> None:
    understood = understand(q, find_place)
    assert all(0 <= chip.start < chip.end <= len(q) for chip in understood.chips)
    assert literally(q).chips == ()


def test_what_is_given_outright_wins_over_what_is_read() -> None:
    chips = understand("cdi sans nuit à mi-temps", None).chips
    read_only = merged(Criteria(), chips)
    assert (read_only.contract, read_only.working_time, read_only.flags) == (("cdi",), "part_time", {"night": False})
    given = merged(Criteria(contract=("cdd",)), chips)
    assert given.contract == ("cdd",)


@pytest.mark.parametrize(
    ("hours", "shifts", "text", "expected"),
    [
        (24, (), "", Flag.PART_TIME),
        (35, (), "à temps partiel", Flag.FULL_TIME),
        (None, (), "Poste à mi-temps, le matin", Flag.PART_TIME | Flag.MORNING),
        (None, (), "temps plein ou temps partiel", Flag(0)),
        (None, (), "Aide-soignant de nuit", Flag.AT_NIGHT),
        (None, (), "pas de travail de nuit ni le week-end", Flag(0)),
        (None, (), "un week-end sur deux", Flag.AT_WEEKENDS),
        (None, ({"start": "08:00:00", "end": "12:30:00"},), "le soir", Flag.MORNING),
        (None, ({"start": "18:00", "end": "22:00"},), "", Flag.EVENING),
        (None, (), "", Flag(0)),
    ],
)
def test_working_time_and_moments_come_from_the_hours_or_the_text(
    hours: float | None, shifts: tuple[dict[str, str], ...], text: str, expected: Flag
) -> None:
    assert said_flags(hours, shifts, text, Flag(0)) == expected


def test_every_departement_has_a_name() -> None:
    known = {commune.department for commune in Communes.load()}
    assert known == set(DEPARTMENTS)


@pytest.mark.parametrize(
    ("q", "words", "barred", "parameter"),
    [
        ("vendeur sauf boulangerie", ["vendeur"], [["boulangerie"]], {}),
        ("ménage pas à Guéret", ["menage"], [["gueret"]], {}),
        ("serveur pas loin de Guéret", ["serveur"], [], {"commune": "23096"}),
        ("cariste pas d'intérim", ["cariste"], [], {"contract_kind": tuple(k for k in ContractKind if k != "temporary")}),
        ("vendeur pas à temps partiel", ["vendeur"], [], {"working_time": "full_time"}),
        ("bonjour je suis disponible tout de suite, j'ai cinq ans d'expérience de maçon", ["macon"], [],
         {"experience_months_max": "60"}),
        ("le la les", [], [], {}),
        ("de la", [], [], {}),
    ],
)  # fmt: skip
def test_what_is_not_wanted_and_how_people_talk(
    q: str, words: list[str], barred: list[list[str]], parameter: dict[str, object]
) -> None:
    understood = understand(q, find_place)
    assert [word.folded for word in understood.words] == words
    assert [[word.folded for word in left_out] for left_out in understood.barred] == barred
    found: dict[str, object] = {}
    for chip in understood.chips:
        found |= chip.parameters
    assert found == parameter


def test_words_may_be_clipped_joined_or_apart() -> None:
    def variants(q: str) -> Variants:
        return variants_of(understand(q, None).words, lambda _: 0, Vocabulary({}), trades.vocabulary)

    assert "electricien" in variants("elec").longer["elec"]
    assert variants("poidslourd").parts == {"poidslourd": ("poids", "lourd")}
    assert variants("auto mobile").joined == {("auto", "mobile"): "automobile"}
    assert variants("cuisinnier").meant == {"cuisinnier": "cuisinier"}
    # Known words and abbreviations stay what they are.
    assert variants("PL cariste AS") == Variants()


def _filtered(q: str) -> dict[str, object]:
    """What the filters of a question come to, without what they leave open."""
    criteria = merged(Criteria(), understand(q, find_place).chips)
    found: dict[str, object] = {
        "contract": set(criteria.contract),
        "time": criteria.working_time,
        "moments": set(criteria.moments),
        "flags": criteria.flags,
        "beginner": criteria.experience_months_max == 0,
        "hours": criteria.weekly_hours,
    }
    return {name: value for name, value in found.items() if value}


def _all_but(*kinds: str) -> dict[str, object]:
    return {"contract": {kind.value for kind in ContractKind} - set(kinds)}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("cdi sans interim", {"contract": {"cdi"}}),
        ("cdi ou cdd sans intérim", {"contract": {"cdi", "cdd"}}),
        ("pas d'interim, cdi", {"contract": {"cdi"}}),
        ("pas d'interim et cdi", {"contract": {"cdi"}}),
        ("sans cdd ni interim", _all_but("cdd", "temporary")),
        ("pas de cdd ou d'intérim", _all_but("cdd", "temporary")),
        ("hors alternance et apprentissage", _all_but("apprenticeship", "professionalisation")),
        ("pas de cdi", _all_but("cdi")),
        ("sans cdi", _all_but("cdi")),
        ("je ne veux pas de cdi", _all_but("cdi")),
        ("autre que cdi", _all_but("cdi")),
        ("pas bénévolat", _all_but("volunteering")),
        ("hors intérim", _all_but("temporary")),
        ("aucune mission d'intérim", _all_but("temporary")),
        ("non saisonnier", _all_but("seasonal")),
        ("pas d'auto-entrepreneur", _all_but("self_employed")),
        ("interim non merci", _all_but("temporary")),
        ("pas de 35h", {"time": "part_time"}),
        ("pas de mi-temps", {"time": "full_time"}),
        ("sauf nuit", {"flags": {"night": False}}),
        ("pas disponible la nuit", {"flags": {"night": False}}),
        ("hors week-end et soir", {"flags": {"weekend": False, "late": False}}),
        ("ni nuit ni week-end", {"flags": {"night": False, "weekend": False}}),
        ("matin sans week-end", {"moments": {"morning"}, "flags": {"weekend": False}}),
        # Denied behind it.
        ("week end pas possible", {"flags": {"weekend": False}}),
        ("samedi pas dispo", {"flags": {"weekend": False}}),
        ("nuit impossible", {"flags": {"night": False}}),
        ("nuits pas pour moi", {"flags": {"night": False}}),
        ("le dimanche je ne peux pas", {"flags": {"weekend": False}}),
        ("la nuit je peux pas travailler", {"flags": {"night": False}}),
        ("cdi non souhaité", _all_but("cdi")),
        ("intérim s'abstenir", _all_but("temporary")),
        ("débutant non accepté", {}),
        ("débutant pas accepté", {}),
        ("cdi pas de nuit", {"contract": {"cdi"}, "flags": {"night": False}}),
        ("cdi pas loin", {"contract": {"cdi"}}),
        ("cdi pas cher", {"contract": {"cdi"}}),
        ("expérience non exigée", {"beginner": True}),
        ("sans voiture mais permis b", {}),
        # Denied in words that are not understood: neither.
        ("cdi ça me va pas", {}),
        ("nuits surtout jamais", {}),
        # What has no opposite among the parameters filters nothing, and never by what was denied.
        ("pas débutant", {}),
        ("pas d'après-midi", {}),
        ("pas 20h", {}),
        ("pas que des cdi", {}),
        ("cdi ou pas", {}),
        # Who names what they deny has taken it back.
        ("interim sans interim", {"contract": {"temporary"}}),
    ],
)
def test_what_is_denied_narrows_and_is_never_read_as_its_opposite(q: str, expected: dict[str, object]) -> None:
    assert _filtered(q) == expected


@given(st.sampled_from(["pas de ", "sans ", "hors ", "ni ", "jamais de ", "sauf "]), st.sampled_from(list("qwzxkv")))
def test_denial_words_are_neither_looked_for_nor_places(denial: str, letter: str) -> None:
    understood = understand(f"{letter}{letter}{letter} {denial}nuit", find_place)
    assert [chip.label for chip in understood.chips] == ["Sans nuit"]
    assert [word.folded for word in understood.words] == [letter * 3]


def test_a_denied_filter_that_steps_back_does_not_raise_what_is_not_wanted() -> None:
    q = "serveur pas de nuit sans cdi"
    reading = Reading(q, understand(q, find_place).chips, Question((), ()))
    back = reading.stepping_back([ChipKind.SCHEDULE, ChipKind.CONTRACT])
    assert [chip.label for chip in reading.chips] == ["Sans nuit", "Sans CDI"]
    assert back.question.helpful == ()
    asked = understand("serveur de nuit", find_place)
    wanted = Reading("serveur de nuit", asked.chips, Question(units_of(asked.words, Variants()), ()))
    assert [word.folded for word in wanted.stepping_back([ChipKind.SCHEDULE]).question.helpful] == ["nuit"]


def test_a_filter_alone_that_steps_back_leaves_its_words_and_not_everything() -> None:
    for q, words in {"cddi": ["cddi"], "20h par semaine": ["20h", "semaine"]}.items():
        alone = Reading(q, understand(q, find_place).chips, Question())
        back = alone.stepping_back(alone.soft)
        assert [word.folded for unit in back.question.units for word in unit.words] == words
    # Around a place what is there is an answer; what was denied is nothing to look for.
    for q in ("cddi guéret", "sans cdi"):
        placed = Reading(q, understand(q, find_place).chips, Question())
        assert placed.stepping_back(placed.soft).question.units == ()


def _places(q: str, home: Home = NOWHERE) -> list[object]:
    finder = place_finder(Communes.load(), trades, lambda _: (0, 0), home=home)
    found = [chip for chip in understand(q, finder).chips if chip.kind is ChipKind.PLACE]
    return [next(iter(chip.parameters.values()), chip.label) for chip in found]


@pytest.mark.parametrize(
    ("q", "places"),
    [
        ("serveuse annecy ou chambery", ["74010", "73065"]),
        ("gueret limoges", ["23096", "87085"]),
        ("creuse et haute-vienne", ["23", "87"]),
        ("maçon 23 ou 87", ["23", "87"]),
        # Words between places, and what only looks like one beside another.
        ("conducteur pl près de Valence", ["26362"]),
        ("du côté de valence", ["26362"]),
        ("entre annecy et geneve", ["74010"]),
        # Where the caller is: nobody's place until they say it.
        ("travail près de chez moi", ["Près de chez moi"]),
        ("ménage a coté de chez moi", ["Près de chez moi"]),
        ("dans mon secteur", ["Près de chez moi"]),
        ("serveur pas loin", ["Près de chez moi"]),
        ("serveur pas loin de Guéret", ["23096"]),
        ("usine à 15 minutes de limoges", ["87085"]),
        # The same said twice, and directions.
        ("creuse 23", ["23"]),
        ("haute savoie 74", ["74"]),
        ("23/87", ["23", "87"]),
        ("limoges nord", ["87085"]),
        ("cuisinier centre ville annecy", ["74010"]),
        # Ordinary words, mistyped ones and denials are none.
        ("pas le mercredi", []),
        ("job a coté des etudes", []),
        ("boulo", []),
        ("maman solo", []),
        ("sans charge lourde", []),
        ("dans toute la france", []),
        ("maçon 20", []),
        ("maçon dans le 20", [("2A", "2B")]),
    ],
)
def test_several_places_and_near_me(q: str, places: list[object]) -> None:
    assert _places(q) == places


def test_of_homonyms_the_callers_own_is_meant() -> None:
    assert _places("saint denis", Home(point=(48.85, 2.35))) == ["93066"]
    assert _places("saint denis", Home(departments=("974",))) == ["97411"]
    # In a département of their own what begins so is meant rather than what lies at the other end of the country.
    assert _places("saint martin", Home(departments=("23",)))[0] in ("23217", "23218")
    assert _places("annecy", Home(departments=("23",))) == ["74010"]
    # Near them, the name may go on: Saint-Julien-en-Genevois.
    assert _places("saint julien", Home(point=(45.9, 6.12))) == ["74243"]
    offered = place_finder(Communes.load(), trades, lambda _: (0, 0), offered=lambda code: code == "93")
    assert [chip.parameters for chip in understand("saint denis", offered).chips] == [{"commune": "93066"}]


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # Hours of the clock are no hours a week.
        ("à partir de 14h", ["14h"], {}),
        ("serveur après 18h", ["serveur"], {}),
        ("vendeuse de 8h à 16h", ["vendeuse"], {}),
        ("ménage 9h-12h30", ["menage"], {}),
        ("ménage fini à 16h", ["menage"], {}),
        ("ménage moins de 20h", ["menage"], {"working_time": "part_time"}),
        ("ménage entre 20 et 25h par semaine", ["menage"], {"weekly_hours": "22"}),
        # Pay is none either.
        ("serveur + de 1500€", ["serveur"], {"hourly_min": "9.89"}),
        ("1500 euros net par mois", [], {"hourly_min": "12.66"}),
        ("15€/h", [], {"hourly_min": "15.00"}),
        ("12 euros de l'heure", [], {"hourly_min": "12.00"}),
        ("comptable 25k€", ["comptable"], {"hourly_min": "13.74"}),
        ("salaire 2500", [], {"hourly_min": "16.48"}),
        ("vendeur au smic", ["vendeur"], {}),
        ("13,50€/h", [], {"hourly_min": "13.50"}),
        ("+1800 net", [], {"hourly_min": "15.19"}),
        ("cuisinier bien payé", ["cuisinier"], {}),
        ("C.D.I. 2000 brut", [], {"contract_kind": "cdi", "hourly_min": "13.19"}),
        # What somebody has not, said in any way.
        ("g pa le permi", [], {"no_licence": "true"}),
        ("j'ai pas le permis", [], {"no_licence": "true"}),
        ("ménage non véhiculée", ["menage"], {"no_licence": "true"}),
        ("sans diplôme", [], {"no_diploma": "true"}),
        ("ménage sans aucun diplôme ni expérience", ["menage"], {"no_diploma": "true", "beginner": "true"}),
        ("première expérience", [], {"beginner": "true"}),
        ("ménage 2h par jour", ["menage"], {}),
        ("chauffeur avec permis b et voiture", ["chauffeur"], {}),
        ("vendeuse véhiculée", ["vendeuse"], {}),
        ("sans voiture mais j'ai le permis b", [], {}),
        ("port de charges", ["port", "charges"], {}),
        ("usine accessible en bus", ["usine"], {"accessible_without_car": "true"}),
        ("chauffeur de bus", ["chauffeur", "bus"], {}),
        # A telephone's spelling, and typing errors in what filters.
        ("job etudiant we", ["etudiant"], {"moment": "weekend"}),
        ("menage tps partiel", ["menage"], {"working_time": "part_time"}),
        ("saisonier temp plein", [], {"contract_kind": "seasonal", "working_time": "full_time"}),
        ("couvreur toiture", ["couvreur", "toiture"], {}),
        ("jcherche du taf de serveuse", ["serveuse"], {}),
        ("je trouve pas de travail", ["travail"], {}),
        ("C.D.I. à Guéret", [], {"contract_kind": "cdi", "commune": "23096"}),
        # Levels of studies and of licences.
        ("comptable bac +2", ["comptable"], {}),
        ("permis c", ["permis", "c"], {}),
        # A number belongs to the word before it, if it says anything.
        ("ménage 1 semaine sur 2", ["menage"], {}),
        ("jcherche 1 taf 2 vendeuse", ["vendeuse"], {}),
        ("technicien niveau 2", ["technicien", "2"], {}),
        ("hôte(sse) de caisse", ["hote", "caisse"], {}),
        ("sage femme", ["sage", "femme"], {}),
        # Operators of other searches.
        ("cuisinier AND annecy", ["cuisinier"], {"commune": "74010"}),
        ("cdi NOT interim", [], {"contract_kind": tuple(kind for kind in ContractKind if kind != "temporary")}),
        ("homme toutes mains lundi et mardi uniquement", ["mains"], {}),
    ],
)
def test_questions_as_seekers_type_them(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


def test_what_is_left_out_without_anything_asked_leaves_the_rest() -> None:
    for q, barred in {
        "tout sauf restauration": ["restauration"],
        "sans papier": ["papier"],
        "sans port de charges": ["port", "charges"],
        "sauf restauration et bâtiment": ["restauration"],
        "ni restauration ni ménage": ["restauration"],
    }.items():
        understood = understand(q, find_place)
        found = [[word.folded for word in one] for one in understood.barred]
        assert (understood.words, found[0]) == ((), barred)
        assert found[1:] in ([], [["batiment"]], [["menage"]])


def test_a_word_of_texts_is_no_typing_error() -> None:
    word = words_of("fimo")[0]
    offered = Vocabulary({"fico": 3})
    assert correction(word, 0, [offered]) == "fico"
    assert correction(word, 0, [offered], written=15) is None
    # A typing error that a few texts have as well stays one.
    assert correction(words_of("serveru")[0], 0, [Vocabulary({"serveur": 300})], written=5) == "serveur"
    assert correction(words_of("auxiliere")[0], 0, [Vocabulary({"auxiliaire": 30})]) == "auxiliaire"
    assert as_typed("vandeuse", "vendeur") == "vendeuse"
    assert as_typed("cuisinnier", "cuisinier") == "cuisinier"
