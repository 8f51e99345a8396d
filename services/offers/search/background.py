"""What somebody did and what they are followed for, in their own words or a counsellor's: «maçon depuis quinze ans», «jamais
fait avant», «profil confirmé», «bRSA, suivi PLIE, niveau A2».

Years of work leave out offers that ask for more. That somebody is experienced, without a number, is shown and filters nothing.
What somebody is followed or helped for is no word of an offer, and nothing is kept of it.
"""

import re
from collections.abc import Iterator

from services.offers.search.chips import ChipKind, Meaning, Said
from services.offers.search.insertion import LEADS

EXPERIENCED = Meaning("Avec de l'expérience", {})
JUNIOR = Meaning("Débutant ou junior", {})
"""Of who has learnt it and done little: offers of such work ask for a year or two as often as for none."""
BEGINNER = Meaning("Débutant accepté", {"beginner": "true"})

_YEARS = re.compile(r"(?<!\S)(\d{1,2}|une|quelques|plusieurs) (?:ans|an|annees?)(?!\S)")
_WORKED = re.compile(
    r"(?:^| )(?:travaill\w+|boss\w+|exerc\w+|metier|etais|etait|suis|fais|faisais|faisait|fait|tenu|tenais|ete|occupe|occupais|"
    r"conduit|garde|vendu|cuisine|experience)(?= |$)"
)
_AWAY = re.compile(
    r"(?:^| )(?:chom\w+|france|inscrit\w*|cherch\w+|recherch\w+|separe\w*|marie\w*|divorce\w*|arret\w*|malad\w+|sans|habit\w+|"
    r"vis|ici|installe\w*|retrait\w*|handicap\w*|invalid\w*|pas|rien|plus|agee?|enfants?|fils|fille|mari|mere|pere|attend\w*|"
    r"arrivee?|refugiee?|prison|rsa|etudi\w+|lycee|fac|ecole|contrat|prochain\w*|depuis quand)(?= |$)"
)
_AROUND, _BEHIND_WORDS = 9, 3
_LASTED = re.compile(
    r"(?:^| )(?:depuis|pendant|durant|apres|fait|travaille|bosse|exerce|mes|de|plus de|pres de|presque)(?: (?:plus|pres|"
    r"environ|de|deja))* $"
)
_AS = re.compile(
    r" (?:comme|en tant que|dans (?:le|la|les|l|un|une)|d anciennete|de (?:metier|pratique|carriere|maison|boite|terrain)|"
    r"chez|en usine|en cuisine|a l usine)(?!\S)"
)
_OF = re.compile(r" (?:de|d|a|au) (?!moins|plus|formation|ici|prison|chomage|retard)\w+")
_MOST_YEARS = 50
_KNOWS = re.compile(
    r"(?<!\S)(?:(?:je )?(?:connais|maitrise)(?: (?:bien|deja|tres bien))* (?:le|ce|mon) (?:metier|boulot|travail)|"
    r"(?:(?:je |j |ai |avec |ayant )*(?:deja |de |l |d |une |un |la |mon |ma )*)?(?:bonne|grande|solide|longue|forte|belle|"
    r"beaucoup d|"
    r"plusieurs|certaine) ?experiences?|(?:j ai |avec |ayant )+(?:deja )?(?:(?:de )?l |une |des |mon )experiences?"
    r"(?! (?:non|pas|requise|de vie))|"
    r"(?:profil |candidate? |personne )?(?:(?:tres |bien )?(?:experimentee?s?|confirmee?s?|aguerrie?s?)))(?! debutant)(?!\S)"
)
_DID = re.compile(
    r"(?<!\S)(?:j ai|ayant)(?: \w+)? deja(?: (?:bien|un peu|souvent))? (?:fait|travaille|bosse|exerce)(?!\S)|"
    r"(?<!\S)(?:j ai|ayant) deja (?:fait|travaille|bosse|exerce)(?!\S)"
)
_NEW = re.compile(
    r"(?<!\S)(?:(?:je |j |n |ai |aie |avoir )*(?:jamais|pas encore)(?: (?:rien|vraiment|encore))* (?:ai )?(?:fait|fe|fais|"
    r"travaille|bosse|"
    r"exerce|boss\w)(?: (?:de |d )?(?:ca|avant|avan|ma vie|de ma vie|dans ma vie))*|"
    r"(?:(?:c est|pour) )*(?:la |ma |une )?(?:premiere|1ere|1re) (?:fois(?: (?:que )?(?:je|j) \w+)?|"
    r"experience(?: professionnelle)?)|"
    r"(?:(?:un|mon|c est|pour|cherche) )*(?:premier|1er) (?:job|boulot|travail|poste|taf|contrat|emploi)|"
    r"(?:(?:je |j |n |ai )*(?:pas|aucune|sans|peu)(?: (?:encore|trop|beaucoup|la|de|d|moindre|une|l))* experiences?)"
    r"(?: (?:professionnelle|dans (?:le|ce) (?:metier|domaine)))?|"
    r"novices?|neophytes?|jeunes? diplomee?s?)(?!\S)"
)
_JUNIOR = re.compile(r"(?<!\S)juniors?(?!\S)")
_NOT_NEW = re.compile(r"(?: (?:non|pas|est|n est))+ (?:demandee?|requise?|exigee?|necessaire|obligatoire|souhaite\w*)")

_LINKS = r"(?:de|d|du|des|en|la|le|l|les|au|aux|a|par|et|avec|je|j|suis|un|une|ai|mon|ma|qui|est|sous|chez|dans)"
_ABOUT = (
    r"(?:public|profil|suivie?s?|accompagnee?s?|accompagnement|sortie?s?|sortante?s?|orientee?s?|prescrite?s?|situation|"
    r"candidate?s?|"
    r"beneficiaires?|allocataires?|jeunes?|adultes?|personnes?|statut|eligibles?|inscrite?s?|dispositif|parcours|"
    r"demandeu(?:r|se)s?|"
    r"demarche|projet|contexte|ancienne?|ex|reconnue?|titulaires?|niveau|dossier)"
)
_CERTAIN = (
    r"(?:brsa|b rsa|deld|delds|boeth|boe|pacea|plie|qpv|zrr|cej|contrats? d engagement(?: jeunes?)?|garantie jeunes?|"
    r"primo arrivante?s?|refugiee?s?|bpi|demandeu(?:r|se)s? d asile|(?:titre|carte)s? de sejour(?: \w+ ans)?|recepisse|"
    r"sans papiers|"
    r"(?:niveau |francais )*[abc][12](?: (?:en |de |oral |ecrit |a l )*(?:francais|fle|oral))?|"
    r"illettree?s?|illettrisme|analphabete|alphabetisation|(?:remise en |re)?mobilisation|remobilisation|redynamisation|"
    r"freins?(?: (?:peripheriques?|sociaux|a l emploi|mobilite|linguistiques?|de langue))*|levee des freins|"
    r"familles? monoparentales?|monoparentale?|sans domicile(?: fixe)?|sdf|hebergee?s?(?: (?:en|au|par) (?:chrs|foyer|\w+))?|"
    r"(?:en )?situation (?:irreguliere|reguliere|de precarite|precaire)|minima sociaux|longue maladie|"
    r"enceinte(?: de \d+ mois)?|asthmatique|diabetique|epileptique|malvoyante?|malentendante?|depressi(?:f|ve)|inapte|"
    r"inaptitude|"
    r"(?:restrictions?|contre indications?) (?:medicales?|port de charges?)(?: \w+ de charges?)?|mobilite (?:reduite|bus|"
    r"limitee|ok)|"
    r"peu mobile|non mobile|(?:je )?(?:ne |n )?(?:sais|sait)(?: pas| ni)(?: bien)? (?:lire|ecrire|compter)(?: (?:ni|et|"
    r"ou) (?:lire|ecrire|"
    r"compter))*|(?:ni )?lire ni ecrire|(?:trop|plus (?:tres|tout)) (?:vieux|vieille|agee?s?|jeunes?)|(?:on me dit|"
    r"il parait) que)"
)
_WITH_ABOUT = (
    r"(?:rsa|ase|aide sociale a l enfance|pjj|spip|ml|mission locale|cap emploi|csp|are|fle|ass|aah|th|iae|"
    r"pass iae|isolee?s?)"
)
"""Status that is a field of work as well («formateur FLE», «éducateur PJJ»): only where somebody is said to be in it."""
_STATUS = re.compile(
    rf"(?<!\S)(?:(?:{_ABOUT}|{_LINKS}) )*{_CERTAIN}(?: socle| majore)?(?!\S)|"
    rf"(?<!\S)(?:{_LINKS} )*{_ABOUT} (?:(?:{_LINKS}|{_ABOUT}) )*{_WITH_ABOUT}(?: socle| majore)?(?!\S)|^th(?!\S)"
)
_WORKS_WITH = re.compile(
    r"(?<!\S)(?:referente?s?|professeure?s?|enseignante?s?|surveillante?s?|agents? d (?:accueil|insertion)|gestionnaires?|"
    r"interpretes?|juristes?|assistante?s? (?:familial\w*|social\w*)|travailleu(?:r|se)s? soci\w+|psychologues?|infirmi\w+|"
    r"benevoles?|accompagnante?s?)(?!\S)"
)
"""Who works with people of a status and is not in it."""


BACKGROUND_HINTS = (
    " an", "1er", "1re", "aguerri", "boulot", "confirme", "deja", "diplome", "experience", "experiment", "jamais", "junior",
    "metier", "neophyte", "novice", "pas encore", "premier", "travail",
)  # fmt: skip
STATUS_HINTS = (
    " a1", " a2", " b1", " b2", " c1", " c2", "accompagn", "adulte", "allocataire", "alphab", "analphab", "ancien",
    "asthmatique", "beneficiaire", "boe", "bpi", "candidat", "cej", "compter", "contexte", "deld", "demandeu",
    "demarche", "depress", "diabet", "dispositif", "domicile", "dossier", "dynamis", "ecrire", "eligible", "enceinte",
    "engagement", "epilept", "ex ", "francais", "frein", "garantie", "heberge", "illettr", "inapt", "indication",
    "inscrit", "jeune", "lire", "maladie", "malentendant", "malvoyant", "minima", "mobil", "monoparental", "niveau",
    "on me dit", "oriente", "pacea", "papiers", "parait", "parcours", "personne", "plie", "prescrit", "primo", "profil",
    "projet", "public", "qpv", "recepisse", "reconnu", "refugie", "restriction", "rsa", "sdf", "sejour", "situation",
    "sortant", "sorti", "statut", "suivi", "th", "titulaire", "trop ", "vieil", "vieux", "zrr",
)  # fmt: skip


def background(joined: str) -> Iterator[Said]:
    """What somebody has done and can do."""
    for match in _NEW.finditer(joined):
        if not _NOT_NEW.match(joined, match.end()):
            yield Said(ChipKind.EXPERIENCE, BEGINNER, None, *match.span())
    for match in _JUNIOR.finditer(joined):
        yield Said(ChipKind.EXPERIENCE, JUNIOR, None, *match.span())
    years = list(_years(joined))
    yield from years
    if not years:
        for pattern in (_KNOWS, _DID):
            for match in pattern.finditer(joined):
                yield Said(ChipKind.EXPERIENCE, EXPERIENCED, None, *match.span())


def status(joined: str) -> Iterator[Said]:
    """What somebody is followed for, unless the question names who follows them."""
    for match in _STATUS.finditer(joined):
        if not any(who.start() < match.start() for pattern in (LEADS, _WORKS_WITH) if (who := pattern.search(joined))):
            yield Said(ChipKind.EXPERIENCE, None, None, *match.span())


def _years(joined: str) -> Iterator[Said]:
    for match in _YEARS.finditer(joined):
        before = " ".join(joined[: match.start()].split()[-_AROUND:]) + " "
        behind = joined[match.end() :]
        lasted = _LASTED.search(before)
        alone = re.match(r" (?:d anciennete|de (?:metier|pratique|carriere))(?!\S)", behind)
        worked = _WORKED.search(before)
        near = before.split()[-1:] != ["ai"]
        as_ = _AS.match(behind)
        of = _OF.match(behind) if lasted and "fait" in before.split()[-3:] else None
        since = lasted and "depuis" in lasted[0] and lasted.start() > 0
        said = alone or (lasted and (as_ or of or since or (worked and near)))
        if not said or _AWAY.search(before[worked.start() if worked else 0 :]):
            continue
        start = (
            match.start() - (len(before) - lasted.start() - (before[lasted.start()] == " "))
            if lasted
            else match.start()
        )
        end = match.end() + (len(alone[0]) if alone else 0)
        if not match[1].isdigit():
            yield Said(ChipKind.EXPERIENCE, EXPERIENCED, None, start, end)
        elif 0 < (years := int(match[1])) <= _MOST_YEARS:
            label = f"{years} an{'s' if years > 1 else ''} d'expérience"
            yield Said(
                ChipKind.EXPERIENCE, Meaning(label, {"experience_months_max": str(12 * years)}), None, start, end
            )
