"""Nights and part time that are somebody else's, two weeks to choose from, and contracts in few words."""

import pytest

from tests.service.offers.test_spoken_whose import said


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Vous planifiez les gardes de nuit des infirmiers, de 8h30 à 17h.", "night"),
        ("Vous coordonnez les livraisons de nuit de nos transporteurs.", "night"),
        ("Atelier en 3x8 mais poste de journée uniquement.", "night"),
        ("Site en 5x8, mais vous travaillez de jour.", "late"),
        ("Assistance aux entrepôts qui tournent de nuit.", "night"),
        ("Pas d'astreinte de nuit.", "night"),
        ("Équipe de huit vendeurs, dont deux à temps partiel.", "part_time"),
        ("Vous dirigez des vacataires à temps partiel.", "part_time"),
        ("CDI temps plein 35h ou mi-temps 20h selon vos souhaits.", "hours"),
        ("CDI à 80% ou 100%.", "hours"),
        ("Service ouvert 24h/24, équipe de nuit complète.", "night"),
        ("Un remplaçant assure les samedis.", "weekend"),
        ("Usine en 5x8, poste de jour.", "night"),
        ("Vous gérez à distance des conducteurs de nuit.", "night"),
        ("Une étudiante tient la caisse le dimanche.", "weekend"),
        ("Contrôle des équipes de nuit par un autre responsable.", "night"),
        ("Le week-end est assuré par des bénévoles.", "weekend"),
        ("CDI, mutuelle prise en charge à 60 %.", "hours"),
        ("CDI, télétravail à 50 %.", "hours"),
        ("Formation CACES possible, prise en charge par l'entreprise.", "caces"),
    ],
)
def test_what_is_somebody_elses_or_a_choice_is_not_asked(text: str, matter: str) -> None:
    assert matter not in said(text)


@pytest.mark.parametrize(
    ("text", "matter", "value"),
    [
        ("Vous rejoignez l'équipe qui travaille la nuit.", "night", True),
        ("Vous organisez la prise en charge de nuit des résidents, de 21h à 7h.", "night", True),
        ("CDD de 24 à 30 h, permis B.", "part_time", None),
        ("CDI 39h ou temps partiel 24h.", "part_time", None),
        ("CDI à 80 %.", "hours", 28.0),
        ("CDD 151h67.", "hours", 35.0),
        ("CDD du 4 mars au 30 août.", "contract", "cdd"),
        ("0,8 ETP en CDD.", "contract", "cdd"),
        ("Mission intérim, poste fixe.", "contract", "temporary"),
        ("Statut libéral, rétrocession de 70 %.", "contract", "self_employed"),
        ("Permis C, camion fourni.", "licence", "C"),
        ("Un agent par site assure les samedis.", "weekend", True),
        ("Vous êtes remplaçant et assurez les samedis.", "weekend", True),
        ("Équipe de nuit complète à renforcer : vous travaillez de 21h à 6h.", "night", True),
        ("607 heures par an, soit 13h30 par semaine en moyenne.", "hours", 13.5),
        ("CDI temps plein à 90 %.", "hours", 31.5),
        ("35h dont le week-end.", "hours", 35.0),
        ("20 h à 25 h par semaine au choix.", "part_time", None),
        ("Fin de service vers 2h.", "night", True),
        ("Équipes de 4x8.", "night", True),
        ("Extra, 18h-minuit.", "late", True),
        ("CDD d'un an à compter du 4 janvier 2027, 80 %.", "contract", "cdd"),
        ("CDD d'un an à compter du 4 janvier 2027, 80 %.", "hours", 28.0),
        ("21/35e, CDD du 1er septembre 2027 au 31 août 2028.", "contract", "cdd"),
        ("CDD renouvelable d'un mois.", "contract", "cdd"),
        ("CDD renouvelable d'un mois.", "duration", 1.0),
        ("Saison de février à octobre 2027.", "contract", "seasonal"),
        ("Trois semaines renouvelables, démarrage lundi 11 janvier 2027.", "start", "2027-01-11"),
        ("Fermeture de l'équipement le soir et vérification des alarmes.", "late", True),
        ("Nous cherchons pour notre client des techniciens, pour des postes en CDI.", "contract", "cdi"),
        ("CDI agent de maîtrise.", "contract", "cdi"),
        ("2 450 € sur 13 mois.", "pay", "2\u202f450 € brut par mois"),
        ("Poste à 50 %, CDD de 3 mois.", "duration", 3.0),
    ],
)
def test_what_is_of_whoever_applies_is_asked(text: str, matter: str, value: object) -> None:
    assert said(text)[matter] == value
