"""Questions by how they are built: pay with cents and in ranges, lists of what is left out, what is only liked, no place."""

import pytest

from tests.service.offers.reading import read, trades
from tests.service.offers.searching import an_entry, asking


@pytest.mark.parametrize(
    ("q", "hourly"),
    [
        ("maçon 14,20/h Tulle", "14.20"),
        ("13,50 de l'heure mini préparateur", "13.50"),
        ("maçon 13€50 de l'heure", "13.50"),
        ("maçon 12 de l'heure", "12.00"),
        ("maçon 13,5 € brut", "13.50"),
        ("maçon payé 14.50", "14.50"),
        ("magasinier entre 1800 et 2000 euros Dole", "11.87"),
        ("magasinier 1800-2000€", "11.87"),
        ("magasinier de 1 800 à 2 000 €", "11.87"),
        ("comptable 30-35k", "16.48"),
        ("mécanicien 2200/mois", "14.51"),
        ("serveur 1800e", "11.87"),
        ("chef de rang Megève 2500", "16.48"),
        ("serveur 1900 à Tulle", "12.53"),
        # as before
        ("comptable 32 000 € par an", "17.58"),
        ("cariste caces 3, 15 €/h", "15.00"),
        ("vendeur 1400 euros net 35h", "11.82"),
    ],
)
def test_pay_is_read_with_its_cents_and_of_a_range_the_least(q: str, hourly: str) -> None:
    assert read(q)[1]["hourly_min"] == hourly


@pytest.mark.parametrize(
    "q",
    [
        "secrétaire Genève 1200",
        "depuis 2000 secrétaire",
        "auditeur iso 4500",
        "secrétaire 2026",
        "plombier né en 1950",
        "hôtel 1500 lits",
        "1500",
        "secrétaire 17,5h",
        "serveur payé 12 h par semaine",
    ],
)
def test_a_figure_that_is_something_else_is_no_pay(q: str) -> None:
    assert "hourly_min" not in read(q)[1]


@pytest.mark.parametrize(
    ("q", "hours"), [("employé 24,5 h par semaine", "24.5"), ("secrétaire 17,5h", "17.5"), ("31,25 heures", "31.25")]
)
def test_hours_with_a_decimal_are_no_clock(q: str, hours: str) -> None:
    assert read(q)[1] == {"weekly_hours": hours}


@pytest.mark.parametrize(
    ("q", "left_out"),
    [
        ("tout sauf le bâtiment et l'intérim Le Creusot", "temporary"),
        ("tout sauf ménage et intérim Guéret", "temporary"),
        ("sauf la vente et les CDD, Tulle", "cdd"),
        ("tout sauf la vente, l'intérim, Pau", "temporary"),
        ("tout sauf la vente, les CDD et l'intérim Foix", "temporary"),
        ("sauf la restauration, le CDD et la nuit Pau", "cdd"),
    ],
)
def test_a_list_of_what_is_left_out_goes_on_with_a_contract(q: str, left_out: str) -> None:
    kinds = read(q)[1]["contract_kind"]
    assert left_out not in kinds
    assert "cdi" in kinds


@pytest.mark.parametrize(
    ("q", "asked"),
    [
        ("tout sauf restauration et en CDI", {"contract_kind": "cdi"}),
        ("tout sauf ménage, CDI", {"contract_kind": "cdi"}),
        ("hors l'usine un CDI", {"contract_kind": "cdi"}),
        ("sauf la vente le soir", {"moment": "evening"}),
        ("sauf usine et week-end", {"no_weekend": "true"}),
        ("aide à domicile sauf le ménage ou la nuit", {"no_night": "true"}),
        ("menuisier sans déplacement et temps plein", {"working_time": "full_time"}),
    ],
)
def test_such_a_list_ends_where_its_shape_does(q: str, asked: dict[str, str]) -> None:
    assert read(q)[1] == asked


@pytest.mark.parametrize(
    ("q", "place"),
    [
        ("aide soignante à l'hôpital de Vichy", {"commune": "03310"}),
        ("infirmière à l'hôpital", {}),
        ("infirmière L'Hôpital", {"commune": "57336"}),
        ("cuistot dans un bouchon lyonnais", {}),
        ("plongeur dans un bourg", {}),
        ("animateur vacances de la toussaint Gap", {"commune": "05061"}),
        ("cuisinier à La Garde", {"commune": "83062"}),
    ],
)
def test_a_place_of_work_and_what_is_one_of_many_are_no_commune(q: str, place: dict[str, str]) -> None:
    assert read(q)[1] == place


@pytest.mark.parametrize(
    "q",
    [
        "assistante dentaire libre le mercredi après-midi",
        "coiffeuse mercredi après-midi off",
        "mes mercredis matins libres, ménage",
    ],
)
def test_half_a_day_that_somebody_keeps_is_no_moment_of_the_job(q: str) -> None:
    assert read(q)[1] == {}


def test_a_day_of_rest_is_left_out() -> None:
    assert read("boulanger repos le samedi")[1] == {"no_weekend": "true"}
    assert read("boulanger dimanche repos")[1] == {"no_weekend": "true"}


@pytest.mark.parametrize(
    ("q", "filters"),
    [
        ("infirmière maison de repos CDI", {"contract_kind": "cdi"}),
        ("aide soignante maison de repos nuit", {"moment": "night"}),
        ("cuisinier 2 jours de repos temps partiel", {"working_time": "part_time"}),
        ("cdi temps plein repos", {"contract_kind": "cdi", "working_time": "full_time"}),
    ],
)
def test_a_home_and_days_of_rest_leave_nothing_else_out(q: str, filters: dict[str, str]) -> None:
    assert read(q)[1] == filters


@pytest.mark.parametrize(("q", "hours"), [("ménage 30 heure", "30"), ("20 heure semaine", "20"), ("35 heure", "35")])
def test_hours_without_their_s_are_no_pay(q: str, hours: str) -> None:
    assert read(q)[1] == {"weekly_hours": hours}


def test_pay_with_its_sign_between_is_pay_and_its_own_word_is_asked_of_nothing() -> None:
    assert read("serveur 12€50") == (["serveur"], {"hourly_min": "12.50"})
    assert read("serveur paye 2000") == (["serveur"], {"hourly_min": "13.19"})


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("gardien d'immeuble, logement si possible, Nevers", ["gardien", "immeuble"]),
        ("cariste, idéalement avec véhicule de service, Tulle", ["cariste"]),
        ("serveur, logement bienvenu", ["serveur"]),
        ("aide-soignante si possible, sinon ménage", ["aide", "soignante", "menage"]),
        ("coiffeuse de préférence, salon", ["coiffeuse", "salon"]),
        ("renfort Noël vendeur jouets Colmar", ["vendeur", "jouets"]),
        ("serveur sans permis et en cdi", ["serveur"]),
        ("pères noël centre commercial", ["peres", "noel", "centre", "commercial"]),
        ("salaire 1800", []),
    ],
)
def test_what_is_only_liked_is_not_demanded(q: str, words: list[str]) -> None:
    assert read(q)[0] == words


def test_drivers_but_of_lorries_are_no_drivers_of_lorries() -> None:
    ask = asking(
        [
            an_entry("lorry", "Conducteur SPL frigo", occupation="N4101"),
            an_entry("van", "Chauffeur livreur", occupation="N4105"),
        ]
    )
    assert trades.meant("chauffeur")[0].code == "N4101"
    assert ask("chauffeur sauf poids lourd") == ["van"]
    assert ask("infirmière pas à l'hôpital") == []
