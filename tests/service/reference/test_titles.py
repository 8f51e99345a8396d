"""A job title as stems: what is dropped, what an abbreviation becomes, which part leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reference.text import folded, unaccented
from shared.reference.titles import doers, in_full, segments, sexes, stem, stems


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Conducteur / Conductrice de car", ["conducteur", "car", "autocar"]),
        ("Chargé·e·s d'achats", ["charge", "achat"]),
        ("Directeur-trice adjoint(e)", ["directeur", "adjoint"]),
        ("Conseiller(ère) commercial(e)", ["conseiller", "commercial"]),
        ("Serveur/se H/F", ["serveur"]),
        ("Infirmiers/ières (f/h/x)", ["infirmier"]),
        ("URGENT !! CDI 35h - Vendeuse H-F", ["vendeur"]),
        ("C++ / C#", ["c++", "c#"]),
        ("Ing&eacute;nieur", ["ingenieur"]),
        ("Œuvrière", ["oeuvrier"]),
        ("réseaux spéciaux", ["reseau", "special"]),
        ("SAV", ["sav", "service", "apre", "vente"]),
        ("CDI H/F", ["cdi"]),
        ("", []),
    ],
)
def test_stems(title: str, expected: list[str]) -> None:
    assert stems(title) == expected


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("A.S.H. de nuit", "ASH de nuit"),
        ("T.I.S.F Bourganeuf", "TISF Bourganeuf"),
        ("infirmier D.E.", "infirmier DE"),
        ("chauffeur P.L./S.P.L.", "chauffeur PL / SPL"),
        ("agent SSIAP2", "agent SSIAP 2"),
        ("cariste CACES1-3-5", "cariste CACES 1 3 5"),
        ("Serveur 35H 8h30", "Serveur"),
        ("soudeur 2x8, 3ème équipe", "soudeur, équipe"),
    ],
)
def test_an_abbreviation_with_dots_or_a_number_is_the_same_and_hours_are_no_words(title: str, read_as: str) -> None:
    assert stems(title) == stems(read_as)


@pytest.mark.parametrize("title", ["infirmier.e.s", "Chargé(e.s) d'achat", "R. Dupont menuisier"])
def test_an_ending_or_an_initial_is_no_abbreviation(title: str) -> None:
    assert stems(title)[0] in ("infirmier", "charge", "r")


def test_parts_between_dashes_and_brackets_are_kept_apart() -> None:
    assert segments("ACME - Chef de rang (saison)") == [["acme"], ["chef", "rang"]]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Chauffeur(-euse)", ["conducteur"]),
        ("Conducteur/-trice de travaux", ["conducteur", "traval"]),
        ("Régisseur.use", ["regisseur"]),
        ("Technicien (-ne) qualité", ["technicien", "qualite"]),
        ("Chargé(e)(s) d'affaires", ["charge", "affaire"]),
        ("Maître.sse de maison", ["maitre", "maison"]),
        ("Ingénieur·e process", ["ingenieur", "process"]),
    ],
)
def test_however_the_other_sex_is_added_the_words_are_the_same(title: str, expected: list[str]) -> None:
    assert stems(title) == expected


@pytest.mark.parametrize(
    ("feminine", "masculine"),
    [
        ("Ingénieure qualité", "Ingénieur qualité"),
        ("Hôtesse d'accueil", "Hôte d'accueil"),
        ("Professeure", "Professeur"),
        ("Adjointe administrative", "Adjoint administratif"),
        ("Maîtresse-nageuse", "Maître-nageur"),
        ("Commise de cuisine", "Commis de cuisine"),
    ],
)
def test_female_titles_that_end_as_no_other_are_the_male_ones(feminine: str, masculine: str) -> None:
    assert stems(feminine) == stems(masculine)


@pytest.mark.parametrize(
    ("feminine", "masculine"),
    [
        ("conductrice", "conducteur"),
        ("vendeuse", "vendeur"),
        ("technicienne", "technicien"),
        ("cuisiniere", "cuisinier"),
        ("employee", "employe"),
        ("assistante", "assistant"),
    ],
)
def test_both_sexes_have_one_stem(feminine: str, masculine: str) -> None:
    assert stem(feminine) == stem(masculine) == stem(feminine + "s")


@given(st.text(max_size=400))
def test_any_text_has_distinct_folded_stems(text: str) -> None:
    found = stems(text)
    assert len(set(found)) == len(found)
    assert all(word == folded(word) and word for word in found)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert unaccented(unaccented(text)) == unaccented(text)


@pytest.mark.parametrize(
    ("title", "forms"),
    [
        ("Agent / Agente de tri", ("Agent de tri", "Agente de tri")),
        ("Aide soignant / Aide soignante de nuit", ("Aide soignant de nuit", "Aide soignante de nuit")),
        ("Géologue", ()),
    ],
)
def test_both_forms_of_a_title(title: str, forms: tuple[str, ...]) -> None:
    assert sexes(title) == forms


def test_the_sound_is_a_trade_and_ones_own_is_none() -> None:
    assert stems("Technicien du son") == ["technicien", "son"]
    assert stems("Recherche son comptable") == ["comptable"]


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("EHPAD Les Tilleuls recrute : Lingère", ["linger", "ehpad"]),
        ("Le garage Martin recherche un mécanicien", ["mecanicien", "garage"]),
        ("Attaché de recherche clinique", ["attache", "clinique"]),
        ("Vendeur, permis B exigé, logé, CDD 6 mois renouvelable", ["vendeur"]),
        ("Installateur énergies renouvelables", ["installateur", "energie", "renouvelable"]),
        ("Chef de secteur", ["chef", "secteur"]),
        ("Livreur secteur Ussel", ["livreur", "ussel"]),
    ],
)
def test_what_is_offered_and_who_asks_are_beside_the_work(title: str, read: list[str]) -> None:
    found = stems(title)
    assert found[: len(read)] == read
    assert not {"permis", "loge", "exige", "recrute"} & set(found)


@pytest.mark.parametrize(
    ("doing", "who"),
    [
        ("ramassage", "ramasseur"),
        ("elagage", "elagueur"),
        ("plomberie", "plombier"),
        ("maconnerie", "macon"),
        ("peinture", "peintre"),
        ("couverture", "couvreur"),
        ("conduite", "conducteur"),
        ("encadrement", "encadrant"),
        ("livraison", "livreur"),
        ("tonte", "tondeur"),
        ("animation", "animateur"),
    ],
)
def test_what_is_done_says_who_may_do_it(doing: str, who: str) -> None:
    assert who in doers(doing)
    assert list(doers(who)) == []


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Recrutement : 3 agents de propreté", ["agents", "de", "proprete"]),
        ("Mission intérim longue durée : cariste", ["cariste"]),
        ("Poste à pourvoir - Secrétaire", ["secretaire"]),
        ("Chargé de recrutement", ["charge", "de", "recrutement"]),
        ("Mission locale : conseiller", ["mission", "locale", "conseiller"]),
    ],
)
def test_what_announces_the_work_is_none_of_it(title: str, read: list[str]) -> None:
    assert in_full(title) == read
