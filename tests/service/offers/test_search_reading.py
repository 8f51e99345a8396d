"""What a question means: words in any writing, filters and places read in it, how each is taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.search import filters
from services.offers.search.chips import ChipKind
from services.offers.search.facts import Criteria, Flag, said_flags
from services.offers.search.foreign import FOREIGN, french_of, translated
from services.offers.search.intent import literally, understand
from services.offers.search.querying import query_of_word
from services.offers.search.reading import learn, merged
from services.offers.search.spelling import as_typed, correction
from services.offers.search.trades import Trades
from services.offers.search.variants import Variants, variants_of
from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import excerpt, marked, term_of, terms, words_of
from shared.contracts.vocabulary import ContractKind
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.reference.text import folded
from tests.service.offers.reading import find_place, read, trades


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
        # What somebody says of themselves, of the way there or of learning the work is no word of an offer.
        ("chauffeur sans permis poids lourd guéret", ["chauffeur"], {"commune": "23096"}),
        ("travail sans permis à guéret", [], {"no_licence": "true", "commune": "23096"}),
        ("boulot à pied depuis guéret", [], {"accessible_without_car": "true", "commune": "23096"}),
        ("serveuse centre ville guéret", ["serveuse"], {"commune": "23096"}),
        ("je sors de prison manutention", ["manutention"], {}),
        ("maman seule ménage", ["menage"], {}),
        ("formation assurée soudeur", ["soudeur"], {}),
        ("sans port de charges préparateur", ["preparateur"], {}),
        ("pas de porte à porte commercial", ["commercial"], {}),
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
        # Nothing but words with which people ask: any work will do.
        ("emploi", [], {}),
        ("водитель", ["chauffeur"], {}),
        ("чебурашка", ["чебурашка"], {}),
        ("🙂 !!", [], {}),
        ("h/f", [], {}),
    ],
)
def test_filters_and_places_are_read(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


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
    # Of words as near the one that goes with the others.
    beside = variants_of(
        understand("assistante materelle", None).words,
        lambda _: 0,
        Vocabulary({"materiel": 900, "maternel": 3}),
        trades.vocabulary,
        together=lambda term, others: (term, *others) == ("maternel", "assistant"),
    )
    assert beside.meant == {"materelle": "maternel"}
    # Known words and abbreviations stay what they are.
    assert variants("PL cariste AS") == Variants()


@pytest.mark.parametrize(
    ("q", "words", "parameters"),
    [
        # Hours of the clock are no hours a week.
        ("à partir de 14h", [], {"no_early": "true"}),
        ("serveur après 18h", ["serveur"], {"moment": "evening"}),
        ("vendeuse de 8h à 16h", ["vendeuse"], {"no_early": "true", "no_late": "true", "no_night": "true"}),
        ("ménage 9h-12h30", ["menage"], {}),
        ("ménage fini à 16h", ["menage"], {"no_late": "true", "no_night": "true"}),
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
        # An employer that is an ordinary word but for its article.
        ("la poste annecy", ["laposte"], {"commune": "74010"}),
        ("agent de poste", ["agent", "poste"], {}),
        ("homme toutes mains lundi et mardi uniquement", ["mains"], {}),
    ],
)
def test_questions_as_seekers_type_them(q: str, words: list[str], parameters: dict[str, object]) -> None:
    assert read(q) == (words, parameters)


def test_what_is_left_out_without_anything_asked_leaves_the_rest() -> None:
    for q, barred in {
        "tout sauf restauration": ["restauration"],
        "sans papier": ["papier"],
        "pas de garde d'enfants": ["garde", "enfants"],
        "pas de porte à porte": ["porte", "porte"],
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


def test_foreign_words_are_none_of_french_titles_or_places() -> None:
    places = {word for commune in Communes.load() for word in folded(commune.name).split()}
    latin = [other for other in FOREIGN if other.isascii()]
    assert len(latin) > 100
    assert [other for other in latin if term_of(other) in trades.vocabulary or other in places] == []
    assert [
        french for french in FOREIGN.values() if not terms(french) and french not in ("à", "de", "la", "le", "sans")
    ] == []


@given(st.text(max_size=60))
def test_what_is_french_already_stays_as_it_is(text: str) -> None:
    words = words_of(text)
    kept = [word for word in words if french_of(word.folded) is None]
    assert [word for word in translated(words) if word in kept] == kept
    assert {word.start for word in translated(words)} == {word.start for word in words}


def test_what_a_trade_is_called_names_it_and_nothing_else() -> None:
    called: dict[frozenset[str], set[str]] = {}
    for one in Occupations.load():
        for title in (one.label, *one.titles):
            called.setdefault(frozenset(terms(title)), set()).add(one.code)
    alone = [(words, *codes) for words, codes in called.items() if len(codes) == 1]
    assert len(alone) > 800
    wrong = []
    for words, code in alone[::3]:
        meant = trades.meant(" ".join(words))
        if [trade.code for trade in meant] != [code]:
            wrong.append((words, code, meant))
    # Everyday titles of other occupations may be called the same: those are weighed.
    assert len(wrong) < 10, wrong
    assert len(trades.meant("vendeur")) > 1


def test_a_question_without_a_hint_of_a_filter_tries_none(monkeypatch: pytest.MonkeyPatch) -> None:
    # Forty patterns for each question, if one of the hints is empty.
    monkeypatch.setattr(filters, "_said", pytest.fail)
    for joined in ("serveur salle", "conseiller de vente", "secretaire"):
        assert filters.matches(joined) == []


def test_words_of_job_titles_are_known_before_anybody_asks_with_them() -> None:
    """Who is the first to ask a title waits no longer than the next."""
    trades = Trades(Occupations.load())
    query_of_word.cache_clear()
    french_of.cache_clear()
    learn(trades.written)
    missed = query_of_word.cache_info().misses, french_of.cache_info().misses
    for word in words_of("Agent, auxiliaire, préparatrice commandes"):
        query_of_word(word.folded, body=True)
        french_of(word.folded)
    assert (query_of_word.cache_info().misses, french_of.cache_info().misses) == missed
