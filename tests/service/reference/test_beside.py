"""What stands beside the work in a title, the employer's name and the place, says nothing of it; what only looks so is kept."""

import pytest

from shared.reference.occupations import Occupations
from shared.reference.titles import stems


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
