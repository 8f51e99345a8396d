"""What makes a sentence a condition on people: one reader per protected criterion.

Each finds its words, then asks whom they speak of. A condition on who applies is certain when something demands or
excludes; it is in doubt when the words stand alone. Words about those who are served, about things, about the employer,
about the law or taken back in the same breath are none.
"""

# A list of words is read as one line.
# ruff: noqa: E501
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from services.offers.domain.linter_age import AGE_SIGNS, age
from services.offers.domain.linter_beliefs import BELIEF_SIGNS, beliefs
from services.offers.domain.linter_heads import Stems
from services.offers.domain.linter_money import PAYMENT_SIGNS, SITUATION_SIGNS, payment, situation
from services.offers.domain.linter_origin import ORIGIN_SIGNS, origin
from services.offers.domain.linter_private import EXCLUSION_SIGNS, FAMILY_SIGNS, HEALTH_SIGNS, exclusion, family, health
from services.offers.domain.linter_residence import RESIDENCE_SIGNS, residence
from services.offers.domain.linter_sex import SEX_SIGNS, sex
from services.offers.domain.linter_words import Reader


class Kind(NamedTuple):
    """One criterion's reader. It is asked of sentences that have one of the ``stems`` and one of the ``signs``: the bits of the
    lists without one of which it finds nothing, which nearly all sentences lack.
    """

    name: str
    """Of ``linter_rules.CRITERIA``."""
    read: Reader
    stems: Stems
    signs: int


READERS: tuple[Kind, ...] = (
    Kind(
        "age_limit", age,
        Stems("ans age agee ages agees nes nee ne nees vingtaine trentaine trentenaire quarantaine cinquantaine soixantaine mur mure jeune limite "
               "seniors retraite etudiant lyceen quinqua quadra sexagenaire vieux vieille plus d' tres tout trop"),
        AGE_SIGNS,
    ),
    Kind(
        "sex", sex,
        Stems("homme femme feme dame fille garcon gars mec mecs candidates postulantes messieurs monsieur mesdames madame masculin feminin papa maman demoiselle jeune pas non plutot jamais sexe"),
        SEX_SIGNS,
    ),
    Kind(
        "origin", origin,
        Stems("nationalite nationaux citoyennete ressortissant etranger souche langue peau consonance race type apparence couleur nom noms prenom accent carte "
               "passeport origine d' ne nee nes nees blanc noir gens personnes rom roms gitan europeen africain maghrebin arabe asiatique francais citoyen pays lieu profil travailleurs"),
        ORIGIN_SIGNS,
    ),
    Kind(
        "residence", residence,
        Stems("habite habitant resider residence domicile loge loger logez vivant vivre demeurer quartier qpv personne candidat gens du hors moins "
               "plus a dans etre vivez locaux adresse reserve seul seuls uniquement"),
        RESIDENCE_SIGNS,
    ),
    Kind(
        "family", family,
        Stems("celibataire marie mariee divorce pacse en sans pas ni aucun enfant enceinte grossesse bebe maternite situation contrainte charge "
               "obligation attache famille vie vos mere pere parent maman papa ayant avec ont avez avoir statut nombre nom"),
        FAMILY_SIGNS,
    ),
    Kind(
        "health", health,
        Stems("parfaite sante excellente bonne bon tres pleine etat probleme ennui souci handicap rqth cotorep valide maladie malade restriction "
               "antecedent accident mobilite mal maux poids fumeur seropositif seronegatif arret inapte depressif diabetique epileptique traitement begue begaie aveugle malvoyant malentendant sourd sourde asthmatique autiste cancer "
               "test depistage serologie examen groupe"),
        HEALTH_SIGNS,
    ),
    Kind(
        "appearance_religion_union", beliefs,
        Stems("coiffure mensuration photo coquet bien joliment seduisant charmant silhouette mince 1 surpoids encarte cegetiste cgt cfdt obese gros physique apparence belle jolie beau joli taille mesurer barbu barbe tatouage piercing cheveux "
               "coupe poids dreadlocks afro tresses corpulence catholique chretien musulman juif juive protestant athee croyant pratiquant voile foulard "
               "religion conviction opinion politique sympathisant militant de syndique heterosexuel homosexuel gay gays lesbienne transgenre "
               "transsexuel bisexuel greviste fait presentation allure jupe talon confession orientation affiliation appartenance couleur tour"),
        BELIEF_SIGNS,
    ),
    Kind(
        "social_situation", situation,
        Stems("rsa rmi eremiste chomeur chomage demandeur interdit surendette compte sdf sans heberge en fiche allocataire cas ancien ex sortant"),
        SITUATION_SIGNS,
    ),
    Kind(
        "payment_asked", payment,
        Stems("0 08 089 0899 899 89 frais cheque mandat participation virement caution kit droit verser regler payer achetez acheter financer a acompte numero depot vir virer virez somme versement pcs transcash avancer avancez avancerez coupon recharge sera seront est sont achat charge supporte regle paye offert gratuit paiera paierez paieront payera payerez payeront financera financerez financeront vous leur preleve retient retenu deduit facture apport investissement stock materiel tenue echantillon valise carton annonces offres"),
        PAYMENT_SIGNS,
    ),
    Kind("exclusion", exclusion, Stems("s' abstenez abstenir passez inutile n'"), EXCLUSION_SIGNS),
)  # fmt: skip
SIGNS = reduce(or_, (kind.signs for kind in READERS))
"""A sentence without any of them is nobody's to read."""
_DECIDING = SIGNS | reduce(or_, (kind.stems.bit for kind in READERS))


def readers_of(bits: int) -> tuple[Kind, ...]:
    """Those who are asked of a sentence that may have something of such lists."""
    return _readers_of(bits & _DECIDING) if bits & SIGNS else ()


@lru_cache(maxsize=4_096)
def _readers_of(bits: int) -> tuple[Kind, ...]:
    return tuple(kind for kind in READERS if bits & kind.signs and bits & kind.stems.bit)
