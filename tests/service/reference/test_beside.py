"""What stands beside the work in a title, the employer's name and the place, says nothing of it; what only looks so is kept."""

import pytest

from shared.reference.occupations import Occupations
from shared.reference.titles import in_full, stems


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Maçon SARL Boulanger", ["macon"]),
        ("Maçon (H/F) - SARL Charpentier et Fils", ["macon"]),
        ("SARL Boulanger recrute un maçon", ["macon"]),
        ("SARL Boulanger : maçon", ["macon"]),
        ("MAGASINIER ETS MARCHAND", ["magasinier"]),
        ("Agent polyvalent GAEC des Tilleuls", ["agent", "polyvalent"]),
        ("Agent technique - Communauté de communes Creuse Confluence", ["agent", "technique"]),
        ("Agent technique commune de Bussière", ["agent", "technique", "commune"]),
        ("Serveur à La Souterraine", ["serveur"]),
        ("Serveur Super U La Souterraine", ["serveur", "super", "u"]),
        ("Vendeuse boulangerie Le Bourg", ["vendeur", "boulangerie"]),
        ("Cuisinier EHPAD Les Jardins (CDI)", ["cuisinier", "ehpad", "person", "age"]),
        ("Mécanicien Garage du Lac", ["mecanicien", "garage"]),
        ("Facteur à Fours-en-Vexin", ["facteur", "distribution", "courrier"]),
        ("Chef de chantier 23000 Moulins", ["chef", "chantier"]),
    ],
)
def test_the_names_of_employers_and_places_are_no_work(title: str, read: list[str]) -> None:
    assert stems(title) == read


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("SARL Boulanger maçon", ["boulanger", "macon"]),
        ("Aide À La Personne", ["aide", "person"]),
        ("Aide Soignant à Domicile", ["aide", "soignant", "domicile"]),
        ("Chef De La Sécurité", ["chef", "securite"]),
        ("Serveur restaurant du personnel", ["serveur", "restaurant", "personnel"]),
        ("Secrétaire de mairie", ["secretaire", "mairie"]),
        ("Agent d'accueil conseil départemental", ["agent", "accueil", "conseil", "departemental"]),
        ("agent de tri la nuit", ["agent", "tri"]),
    ],
)
def test_what_only_looks_like_a_name_is_kept(title: str, read: list[str]) -> None:
    assert stems(title) == read


@pytest.mark.parametrize("title", ["Plombier", "Aide-soignant", "Secrétaire", "Cariste"])
@pytest.mark.parametrize("name", ["SARL Boulanger", "Ets Charpentier", "à La Souterraine", "Les Écoles"])
def test_a_name_that_is_a_trade_makes_no_other_title(title: str, name: str) -> None:
    shipped = Occupations.load()
    assert shipped.search(f"{title} {name}", 1)[0].code == shipped.search(title, 1)[0].code


@pytest.mark.parametrize(
    "title",
    [
        "macon sarl boulanger",
        "macon sas boulanger",
        "macon sasu boulanger",
        "macon eurl boulanger",
        "vacher earl boulanger",
        "vacher gaec boulanger",
        "vacher scea boulanger",
        "macon scop boulanger",
        "vacher snc boulanger",
        "macon ets boulanger",
        "macon etablissements boulanger",
        "agent commune de macon",
        "agent ville de macon",
        "agent communaute de communes macon",
        "agent conseil departemental du macon",
        "agent departement du macon",
        "agent ehpad du macon",
        "agent residence du macon",
        "agent hotel du macon",
        "agent garage du macon",
        "agent restaurant du macon",
        "agent pharmacie du macon",
        "agent camping du macon",
        "agent auberge du macon",
        "agent clinique du macon",
        "agent brasserie du macon",
        "macon permis b",
        "macon 13e mois",
        "macon de suite",
        "macon renouvelable",
        "macon renouvelables",
        "macon entreprise familiale",
        "macon pmes familiales",
        "macon hors vacances",
        "macon secteur",
        "macon personne motivee",
        "macon personnes serieuses",
        "macon maison de retraite",
        "macon maisons de retraite",
        "macon foyer logement",
        "macon foyers logements",
        "menage ecole",
        "menages de la mairie",
        "macon saint jean",
        "macon sainte anne",
        "macon st jean",
        "macon ste anne",
        *(
            f"le garage {asks} un macon"
            for asks in ("recrute", "recrutent", "recrutons", "embauche", "embauchons", "cherche")
        ),
        "le garage recherche un macon",
        "nous recherchons des macons",
    ],
)
def test_what_stands_beside_is_read_in_a_question_as_in_a_title(title: str) -> None:
    """Of a question, which has no signs, nothing is looked for unless one of a few words is there: here it is."""
    signed = [word for word in in_full(f"+ {title}") if word != "+"]

    assert in_full(title) == signed != title.split()


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Salarié GAEC vaches laitières", "A1407"),
        ("Ouvrier GAEC bovins lait", "A1407"),
        ("Cuisinier en maison de retraite", "G1606"),
        ("Cuisinière foyer-logement", "G1606"),
        ("Lingère en maison de retraite", "K2201"),
        ("Ménage école et salle des fêtes", "K2204"),
        ("Femme de ménage mairie", "K2204"),
        ("Femme de ménage chez particuliers et école", "K1304"),
        ("Ménage", "K1304"),
    ],
)
def test_what_is_farmed_and_where_somebody_cooks_or_cleans_is_told(title: str, code: str) -> None:
    assert code in [hit.code for hit in Occupations.load().search(title, 2)]
