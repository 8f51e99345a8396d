"""What makes a sentence a condition on people: one reader per protected criterion.

Each finds its words, then asks whom they speak of. A condition on who applies is certain when something demands or
excludes; it is in doubt when the words stand alone. Words about those who are served, about things, about the employer,
about the law or taken back in the same breath are none.
"""

# A list of words is read as one line.
# ruff: noqa: E501
from services.offers.domain.linter_age import age
from services.offers.domain.linter_beliefs import beliefs
from services.offers.domain.linter_heads import Stems
from services.offers.domain.linter_money import payment, situation
from services.offers.domain.linter_origin import origin, residence
from services.offers.domain.linter_private import exclusion, family, health
from services.offers.domain.linter_sex import sex
from services.offers.domain.linter_words import Reader

READERS: tuple[tuple[str, Reader, Stems], ...] = (
    (
        "age_limit", age,
        Stems("ans age agee ages agees nes nee ne nees vingtaine trentaine trentenaire quarantaine cinquantaine soixantaine mur mure jeune limite "
               "seniors retraite etudiant lyceen quinqua quadra sexagenaire vieux vieille plus d' tres tout trop"),
    ),
    (
        "sex", sex,
        Stems("homme femme dame fille garcon gars mec mecs candidates postulantes messieurs monsieur mesdames madame masculin feminin papa maman demoiselle jeune pas non plutot jamais"),
    ),
    (
        "origin", origin,
        Stems("nationalite nationaux citoyennete ressortissant etranger souche langue peau consonance race type apparence couleur nom noms prenom accent carte "
               "passeport origine d' ne nee nes nees blanc noir gens personnes rom roms gitan europeen africain maghrebin arabe asiatique francais"),
    ),
    (
        "residence", residence,
        Stems("habite habitant resider residence domicile loge loger logez vivant vivre demeurer quartier qpv personne candidat gens du hors moins "
               "plus a dans etre vivez locaux adresse reserve seul seuls uniquement"),
    ),
    (
        "family", family,
        Stems("celibataire marie mariee divorce pacse en sans pas ni aucun enfant enceinte grossesse bebe maternite situation contrainte charge "
               "obligation attache famille vie vos mere pere parent maman papa ayant avec ont avez avoir"),
    ),
    (
        "health", health,
        Stems("parfaite sante excellente bonne bon tres pleine etat probleme ennui souci handicap rqth cotorep valide maladie malade restriction "
               "antecedent accident mobilite mal maux poids fumeur seropositif arret inapte depressif diabetique epileptique traitement"),
    ),
    (
        "appearance_religion_union", beliefs,
        Stems("coiffure mensuration photo coquet bien joliment seduisant charmant silhouette mince 1 surpoids encarte cegetiste cgt cfdt obese gros physique apparence belle jolie beau joli taille mesurer barbu barbe tatouage piercing cheveux "
               "coupe poids dreadlocks afro tresses corpulence catholique chretien musulman juif juive protestant athee croyant pratiquant voile foulard "
               "religion conviction opinion politique sympathisant militant de syndique heterosexuel homosexuel gay gays lesbienne transgenre"),
    ),
    (
        "social_situation", situation,
        Stems("rsa rmi eremiste chomeur chomage demandeur interdit surendette compte sdf sans heberge en fiche allocataire cas"),
    ),
    (
        "payment_asked", payment,
        Stems("0 08 089 0899 899 89 frais cheque mandat participation virement caution kit droit verser regler payer achetez acheter financer a acompte numero depot vir virer virez somme"),
    ),
    ("exclusion", exclusion, Stems("s' abstenez abstenir passez inutile")),
)  # fmt: skip
"""Name (of ``linter_rules.CRITERIA``), reader, and the beginnings of the words without one of which it finds nothing."""
