"""What an offer may not say, and what it may."""

import csv
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain import linter
from services.offers.domain.linter import MAX_FINDINGS, Draft, Report, forbidden, lint, same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.linter_doubt import SIGNS as OF_DOUBT
from services.offers.domain.linter_doubt import doubts
from services.offers.domain.linter_kinds import READERS
from services.offers.domain.linter_rules import CRITERIA
from services.offers.domain.schedule import DeclaredSchedule
from services.offers.domain.spoken import Fields, spoken
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind

REFUSED = [
    ("age_limit", "Nous recherchons une personne de moins de 30 ans."),
    ("age_limit", "Profil : 25 ans maximum, débutant accepté."),
    ("age_limit", "Vous êtes âgé de 18 à 35 ans."),
    ("age_limit", "Pour ce poste : 30ans maxi."),
    ("age_limit", "Idéal pour un jeune retraité."),
    ("age_limit", "Agé(e) de moins de 40 ans, vous aimez le contact.".replace("(e)", "e")),
    ("sex", "Hommes uniquement en raison du port de charges."),
    ("sex", "Nous recherchons une femme pour l'accueil."),
    ("sex", "Poste réservé aux femmes."),
    ("sex", "Jeune femme souriante pour le service."),
    ("sex", "Profil masculin souhaité."),
    ("origin", "Être de nationalité française."),
    ("origin", "Anglais langue maternelle exigé."),
    ("origin", "Type européen souhaité."),
    ("residence", "Vous habitez impérativement à Guéret."),
    ("residence", "Habiter à proximité de la boulangerie."),
    ("residence", "Il faut résider dans la commune."),
    ("family", "Célibataire de préférence, sans enfants."),
    ("family", "Sans charge de famille, vous êtes mobile."),
    ("health", "Vous êtes en bonne santé et en forme."),
    ("health", "Travailleurs handicapés s'abstenir."),
    ("appearance_religion_union", "Sans tatouage ni piercing, physique agréable."),
    ("payment_asked", "Chèque de 50 euros à joindre au dossier."),
    ("payment_asked", "Une caution de 150 euros est demandée pour la tenue."),
    ("payment_asked", "Le kit de démarrage est à acheter par vos soins : 200 €."),
    ("residence", "Vous habitez le village ou un village voisin."),
]

ACCEPTED = [
    "Cheveux attachés et bijoux interdits en salle blanche.",
    "Studio meublé possible : caution de 300 euros demandée pour le logement.",
    "Entreprise familiale de plus de 30 ans, recherche un maçon (H/F).",
    "Vous avez plus de 10 ans d'expérience dans le métier.",
    "Vous travaillez dans le rayon homme et femme du magasin.",
    "Accueil d'enfants de moins de 12 ans en centre de loisirs.",
    "Recherche un homme ou une femme de terrain.",
    "Homme/Femme, débutant accepté, formation assurée.",
    "Accompagnement des femmes victimes de violences.",
    "Poste ouvert aux personnes en situation de handicap.",
    "Contrat d'apprentissage ouvert aux moins de 30 ans (apprenti).",
    "Il faut être majeur (18 ans minimum) pour la vente d'alcool.",
    "Entreprise en bonne santé financière, en croissance.",
    "Une connaissance de la langue maternelle ou niveau bilingue en anglais.",
    "Aide à domicile auprès de personnes âgées habitant à proximité du bourg.",
    "Aucune condition de nationalité : tous les profils, sans distinction d'origine.",
]


@pytest.mark.parametrize(("rule", "text"), REFUSED)
def test_forbidden_words_are_quoted_with_a_proposal(rule: str, text: str) -> None:
    found = [one for one in lint(Draft("Employé polyvalent (H/F)", text)).refusals if one.rule == rule]
    assert found, text
    first = found[0]
    assert text[first.start : first.end].strip() == first.words
    assert first.proposal
    assert first.law
    assert first.words in first.as_error().message


@pytest.mark.parametrize("text", ACCEPTED)
def test_lawful_words_pass(text: str) -> None:
    assert lint(Draft("Employé polyvalent (H/F)", text)).refusals == ()


def test_a_law_that_imposes_an_age_turns_the_refusal_into_a_warning() -> None:
    text = "Être âgé d'au moins 25 ans pour encadrer le séjour."
    assert [one.rule for one in lint(Draft("Animateur (H/F)", text)).refusals] == ["age_limit"]
    report = lint(Draft("Animateur (H/F)", text, legal_basis="Arrêté du 12 décembre 2013"))
    assert report.refusals == ()
    assert "age_limit" in [one.rule for one in report.warnings]


def test_an_offer_is_written_in_french() -> None:
    english = (
        "We are looking for a sales manager who will be in charge of the team and of our clients in the region. "
        "You have experience with the products that we sell and you will work from our office in the town."
    )
    assert [one.rule for one in lint(Draft("Sales manager", english)).refusals] == ["not_french"]
    both = "Nous cherchons pour notre équipe une personne qui sera en charge de la clientèle et des ventes dans la région. "
    assert lint(Draft("Responsable des ventes (H/F)", both * 3 + english)).refusals == ()


@pytest.mark.parametrize(
    ("title", "text", "rule"),
    [
        ("Femme de ménage", "", "gendered_title"),
        ("Serveuse", "", "gendered_title"),
        ("Commercial (H/F)", "Rejoignez une équipe jeune et dynamique.", "young_stereotype"),
        ("Commercial (H/F)", "Excellente présentation exigée.", "appearance_stereotype"),
        ("Commercial (H/F)", "Bonjour.", "schedule_missing"),
        ("Commercial (H/F)", "Bonjour.", "salary_missing"),
        ("Commercial (H/F)", "Bonjour.", "description_short"),
        ("Commercial (H/F)", "", "description_missing"),
    ],
)
def test_stereotypes_and_gaps_are_warned_of(title: str, text: str, rule: str) -> None:
    report = lint(Draft(title, text))
    assert rule in [one.rule for one in report.warnings]
    assert report.refusals == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Casier judiciaire vierge exigé par la loi pour travailler auprès de mineurs.", "nothing"),
        ("Casier judiciaire vierge (article L133-6 du code de l'action sociale).", "nothing"),
        ("Casier vierge exigé.", "warned"),
        ("Casier vierge exigé. La loi protège les mineurs.", "warned"),
    ],
)
def test_a_record_may_be_asked_where_its_sentence_names_the_law(text: str, expected: str) -> None:
    assert outcome(text) == expected


def test_a_title_in_both_forms_is_fine() -> None:
    for title in ("Serveur / Serveuse", "Femme de chambre / Valet", "Infirmière (H/F)"):
        assert "gendered_title" not in [one.rule for one in lint(Draft(title, "")).warnings], title


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(same_length_fold(text)) == len(text)


PROBES = Path(__file__).parent / "data" / "linter_probes.tsv"
TRIALS = Path(__file__).parents[4] / "shared" / "trials" / "linter.tsv"
_ASIDE = ("text_says_", "schedule_missing", "salary_missing", "description_")


def outcome(sentence: str, *, by_rules_alone: bool = True) -> str:
    """What becomes of a sentence: refused, warned (of a condition or stereotype) or nothing. What is learnt has other tests."""
    report = lint(Draft("Employé polyvalent (H/F)", sentence), by_rules_alone=by_rules_alone)
    if report.refusals:
        return "refused"
    return "warned" if any(not one.rule.startswith(_ASIDE) for one in report.warnings) else "nothing"


def shares(rows: Iterable[dict[str, str]], *, by_rules_alone: bool = True) -> dict[str, float]:
    counted: Counter[tuple[str, str]] = Counter(
        (row["verdict"], outcome(row["sentence"], by_rules_alone=by_rules_alone)) for row in rows
    )
    illegal = sum(number for (verdict, _), number in counted.items() if verdict == "illegal")
    lawful = sum(number for (verdict, _), number in counted.items() if verdict == "lawful")
    return {
        "caught": (counted["illegal", "refused"] + counted["illegal", "warned"]) / illegal,
        "lawful_refused": counted["lawful", "refused"] / lawful,
        "lawful_warned": counted["lawful", "warned"] / lawful,
    }


def probes(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize(
    "part",
    [
        *("tuned", "held", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        *("eleventh", "twelfth", "thirteenth"),
    ],
)
def test_own_probes_are_told_apart(part: str) -> None:
    found = shares(row for row in probes(PROBES) if row["round"] == part)
    assert found["caught"] >= 0.95, found
    assert found["lawful_refused"] <= 0.02, found
    assert found["lawful_warned"] <= 0.05, found


@pytest.mark.materials
def test_the_trials_probes_are_told_apart() -> None:
    if not TRIALS.exists():
        pytest.skip("the trials are not beside the project")
    found = shares(probes(TRIALS), by_rules_alone=False)
    assert found["caught"] >= 0.8, found
    assert found["lawful_refused"] <= 0.05, found
    assert found["lawful_warned"] <= 0.15, found


# Each way of saying it that has a list of its own.
_ONE_WAY = (
    "Serveuse, pas de serveur.",
    "Seuls les retraités postuleront.",
    "Étudiants bienvenus exclusivement.",
    "Répondre au 0 899 70 12 34.",
    "Une vendeuse et pas un vendeur.",
    "D'origine maghrébine de préférence.",
    "Vous parlez sans accent.",
    "Relevé de compte exigé.",
)


def test_no_reader_is_left_out_of_a_sentence_in_which_it_finds_something() -> None:
    for text in (*(row["sentence"] for row in probes(PROBES)), *_ONE_WAY):
        for sentence in sentences(same_length_fold(text)):
            for kind in READERS:
                if list(kind.read(sentence)):
                    assert sentence.may(kind.stems), (kind.name, sentence.text)
                    assert sentence.bits & kind.signs, (kind.name, sentence.text)
            assert not doubts(sentence) or sentence.bits & OF_DOUBT, sentence.text
    assert {kind.name for kind in READERS} == set(CRITERIA)


@pytest.mark.parametrize(
    "unit",
    [
        "moins de 30 ans ",
        "Vous avez moins de 30 ans. ",
        "jeune homme ",
        "poste pour ",
        "25 / ",
        "é,",
        "a",
        "(e)",
        "? caces ",
        "« moins de 30 ans ",
        "« ",
    ],
)
def test_the_cost_grows_with_the_text_only_and_the_answer_not_at_all(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        best = float("inf")
        for _ in range(3):
            before = time.process_time()
            report = lint(Draft("x", text))
            best = min(best, time.process_time() - before)
        assert len(report.refusals) + len(report.warnings) < 3 * MAX_FINDINGS
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(10_000) < 10 * cost(2_500) + 0.01


@pytest.mark.parametrize("times", [1, 25, 45, 200])
def test_what_is_refused_is_found_behind_any_number_of_doubts(times: int) -> None:
    text = "Vous êtes une femme. " * times + "Candidat de plus de 45 ans s'abstenir."
    report = lint(Draft("Agent (H/F)", text))
    assert [one.rule for one in report.refusals] == ["age_limit"]
    assert len(report.warnings) <= MAX_FINDINGS + 3
    assert forbidden(Draft("Agent (H/F)", text)) == report.refusals


def test_an_alternative_that_the_field_states_is_not_asked_after() -> None:
    text = "CAP exigé ou 3 ans d'expérience."
    for stated in (False, True):
        found = {one.rule for one in lint(Draft("Aide à domicile", text, either=stated)).warnings}
        assert ("text_says_either" in found) is not stated


@pytest.mark.parametrize(
    ("draft", "rule", "words"),
    [
        (Draft("Aide-soignant de nuit (H/F)", ""), "text_says_night", "de nuit"),
        (Draft("Agent (H/F)", "Travail la nuit et les week-ends."), "text_says_weekend", "les week-ends"),
        (Draft("Opérateur CN (2*8) (H/F)", ""), "text_says_early", "2*8"),
        (Draft("Opérateur CN (2*8) (H/F)", ""), "text_says_late", "2*8"),
        (Draft("Vendeur 35h (H/F)", ""), "text_says_hours", "35h"),
        (Draft("Vendeur (H/F)", "Contrat de 24 h par semaine."), "text_says_hours", "24 h par semaine"),
        (Draft("Vendeur (H/F)", "Poste à temps partiel."), "text_says_part_time", "temps partiel"),
        (Draft("Livreur (H/F)", "Permis B exigé."), "text_says_licence", "Permis B"),
        (Draft("Stage - assistant RH (H/F)", "", contract_kind=ContractKind.CDI), "text_says_contract", "Stage"),
        (
            Draft("Boulanger en alternance (H/F)", "", contract_kind=ContractKind.CDI),
            "text_says_contract",
            "alternance",
        ),
        (Draft("Maçon CDD 6 mois (H/F)", "", contract_kind=ContractKind.CDI), "text_says_contract", "CDD"),
        (Draft("Maçon", "Contrat : CDD de 6 mois.", contract_kind=ContractKind.CDI), "text_says_contract", "CDD"),
        (Draft("Livreur", "Permis de conduire indispensable."), "text_says_licence", "Permis de conduire"),
        (Draft("Maçon", "Vous justifiez de 3 ans d'expérience."), "text_says_experience", "3 ans d'expérience"),
        (Draft("Maçon", "Expérience exigée."), "text_says_experience", "Expérience exigée"),
        (Draft("Maçon", "5 ans d'expérience.", experience_months=24), "text_says_experience", "5 ans d'expérience"),
        (Draft("Cariste", "Être titulaire des CACES 1, 3 et 5."), "text_says_caces", "CACES 1, 3 et 5"),
        (Draft("Soignant", "Diplôme d'État exigé."), "text_says_diploma", "Diplôme d'État exigé"),
        (
            Draft("Soignant", "Véhicule personnel indispensable."),
            "text_says_vehicle",
            "Véhicule personnel indispensable",
        ),
        (Draft("Ouvrier", "Travail en 2x8."), "text_says_early", "2x8"),
        (Draft("Ouvrier", "Travail en 2*8."), "text_says_early", "2*8"),
        (Draft("Ouvrier", "Horaires en 3 * 8."), "text_says_night", "Horaires en 3 * 8"),
        (Draft("Boulanger", "De 4h à 11h du lundi au vendredi."), "text_says_early", "De 4h"),
        (Draft("Vendeur", "De 13h à 21h."), "text_says_late", "13h à 21h"),
        (Draft("Vendeur", "Vous finissez à 23h trois soirs."), "text_says_late", "finissez à 23h"),
        (Draft("Ouvrier", "Prise de poste 4h45."), "text_says_early", "Prise de poste 4h45"),
        (Draft("Ouvrier", "Embauche à 5h."), "text_says_early", "Embauche à 5h"),
        (Draft("Agent", "80 % d'un temps plein."), "text_says_hours", "80 % d'un temps plein"),
        (Draft("Agent", "104 h par mois."), "text_says_hours", "104 h par mois"),
        (Draft("Animateur", "BAFA complet ou équivalent."), "text_says_diploma", "BAFA complet"),
    ],
)
def test_what_only_the_text_says_is_proposed_with_its_words(draft: Draft, rule: str, words: str) -> None:
    found = {one.rule: one for one in lint(draft).warnings}
    assert found[rule].words == words
    assert found[rule].proposal


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (Draft("Aide-soignant de nuit (H/F)", "", schedule=DeclaredSchedule(night=True)), "text_says_night"),
        (Draft("Agent (H/F)", "Pas de travail de nuit, ni le week-end."), "text_says_night"),
        (Draft("Agent (H/F)", "Pas de travail de nuit, ni le week-end."), "text_says_weekend"),
        (Draft("Vendeur 35h (H/F)", "", weekly_hours=35), "text_says_hours"),
        (Draft("Agent (H/F)", "Dimanche et jours fériés non travaillés."), "text_says_weekend"),
        (Draft("Serveur (H/F)", "Restaurant fermé le soir."), "text_says_late"),
        (Draft("Agent (H/F)", "Sécurité 24h/24, réponse sous 48 h."), "text_says_hours"),
        (Draft("Livreur (H/F)", "Permis B exigé.", licences=(Licence.B,)), "text_says_licence"),
        (Draft("Livreur (H/F)", "Le permis B serait un plus."), "text_says_licence"),
        (Draft("Vendeur (H/F)", "Sans permis B, un vélo suffit."), "text_says_licence"),
        (Draft("Chargé de l'alternance (H/F)", "", contract_kind=ContractKind.CDI), "text_says_contract"),
    ],
)
def test_what_the_fields_say_or_the_text_denies_is_not_proposed(draft: Draft, rule: str) -> None:
    assert rule not in [one.rule for one in lint(draft).warnings]


SPOKEN = Path(__file__).parent / "data" / "spoken_probes.tsv"


@pytest.mark.parametrize("row", probes(SPOKEN), ids=lambda row: str(row["sentence"]))
def test_what_a_text_knows_is_read_in_the_ways_in_which_it_is_written(row: dict[str, str]) -> None:
    """``field=value``: it is proposed; ``field-``: nothing is."""
    folded = same_length_fold(row["sentence"])
    unstated = Fields(None, None, None, (), ContractKind.OTHER)
    found = [
        (one.rule.removeprefix("text_says_"), str(one.value))
        for one in spoken(folded, sentences(folded), unstated, title=False)
    ]
    matter, _, value = row["expected"].removesuffix("-").partition("=")
    if row["expected"].endswith("-"):
        assert matter not in [name for name, _ in found]
    else:
        assert (matter, value) in found


@pytest.mark.parametrize("text", ["Candidats de moins de 30 ans uniquement.", "Candidats de 25 à 35 ans uniquement."])
def test_an_age_is_no_residence(text: str) -> None:
    report = lint(Draft("Vendeur (H/F)", text, OpportunityKind.JOB, None))
    assert [finding.rule for finding in report.refusals] == ["age_limit"]


@pytest.mark.parametrize(
    "text",
    [
        "Notre réussite nous a permis de recruter.",
        "Les missions ne nécessitent pas forcément le permis B.",
        "Notre société forte de ses 12 ans d'expérience.",
        "Une expérience de 2 ans serait un plus.",
        "CACES 3 apprécié.",
        "Aucun diplôme exigé.",
        "Véhicule de service fourni.",
    ],
)
def test_what_the_text_denies_or_wishes_is_not_proposed(text: str) -> None:
    said = {one.rule for one in lint(Draft("Agent (H/F)", text)).warnings if one.rule.startswith("text_says")}
    assert not said


def _told(text: str) -> tuple[set[str], set[str]]:
    report = lint(Draft("Agent (H/F)", text), by_rules_alone=True)
    criteria = {kind.name for kind in READERS}
    return {one.rule for one in report.refusals} & criteria, {one.rule for one in report.warnings} & criteria


@pytest.mark.parametrize(
    "text",
    [
        "Retraités bienvenus exclusivement.",
        "Seniors bienvenus uniquement.",
        "Bienvenue aux retraités seulement.",
        "Ouvert aux retraités et préretraités, exclusivement.",
        "Seuls les retraités sont bienvenus.",
        "Nous n'accueillons que des étudiants.",
        "Étudiantes seulement.",
    ],
)
def test_a_group_that_alone_is_welcome_leaves_out_all_others(text: str) -> None:
    assert _told(text)[0] == {"age_limit"}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("origin", "De préférence d'origine européenne."),
        ("origin", "Origine maghrébine souhaitée."),
        ("origin", "Profil d'origine portugaise, si possible."),
        ("origin", "Idéalement européen."),
        ("social_situation", "Relevé bancaire demandé."),
        ("social_situation", "Merci de joindre vos trois derniers relevés de compte."),
        ("social_situation", "CV, lettre et avis d'imposition à fournir."),
        ("family", "Livret de famille à joindre."),
        ("health", "Carnet de santé exigé."),
    ],
)
def test_what_is_asked_without_a_word_of_whom_is_doubted(rule: str, text: str) -> None:
    refused, doubted = _told(text)
    assert rule in refused | doubted


@pytest.mark.parametrize(
    "text",
    [
        "Retraités bienvenus.",
        "Étudiants bienvenus, uniquement le week-end.",
        "Travail uniquement le matin: retraités bienvenus.",
        "Animation exclusivement auprès de retraités.",
        "Fromages de préférence d'origine européenne.",
        "Vous contrôlez l'origine des produits, de préférence française.",
        "Une seconde langue, de préférence européenne.",
        "Vous effectuez les relevés bancaires.",
        "Saisie des relevés bancaires demandée par le client.",
        "Vous vérifiez les dossiers de crédit: relevés bancaires, avis d'imposition à joindre.",
        "Dossier des locataires: avis d'imposition à fournir.",
        "Aucun relevé bancaire ne sera demandé.",
        "Relevé des compteurs demandé chaque mois.",
        "RIB demandé à l'embauche.",
    ],
)
def test_what_is_worked_with_or_welcome_to_all_is_neither_refused_nor_doubted(text: str) -> None:
    assert _told(text) == (set(), set())


def test_what_was_read_and_found_lawful_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    title, text = "Aide à domicile", "Ménage, courses. Vous avez moins de 30 ans."
    based = Draft(title, text, legal_basis="Article L5134-20 du code du travail")
    assert forbidden(Draft(title, text)) == lint(Draft(title, text)).refusals != ()
    assert lint(based).refusals == ()

    def read(draft: Draft, *, by_rules_alone: bool) -> Report:
        raise AssertionError(f"{draft.title} was read again")

    with monkeypatch.context() as patched:
        patched.setattr(linter, "lint", read)
        # Other fields only warn.
        assert forbidden(replace(based, weekly_hours=12.0)) == ()
        for other in (Draft(title, text), replace(based, title="Aide"), replace(based, legal_basis="")):
            with pytest.raises(AssertionError, match="was read again"):
                forbidden(other)
    assert forbidden(Draft(title, text)), "what is forbidden is told each time"


def test_what_was_lawful_is_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linter, "_LAWFUL", {})
    monkeypatch.setattr(linter, "_MOST_LAWFUL", 2)
    for name in ("Plombier", "Serveur", "Couvreur"):
        lint(Draft(name, "Poste en équipe."))
        assert 0 < len(linter._LAWFUL) <= 2
