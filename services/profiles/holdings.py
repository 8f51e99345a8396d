"""What profiles itself keeps of people who look for work."""

from services.profiles.cv.store import CHUNKS as CV_CHUNKS
from services.profiles.cv.store import FILES as CV_FILES
from services.profiles.exports.store import CHUNKS, EXPORTS, PARTS
from services.profiles.store import POOL_CONTACTS, POOL_READINGS
from shared.rights.holdings import KEPT_ANSWERS, Holding, by

_BY_PROFILE = by("profile_id")
_MARKS = frozenset({"version"})

HOLDINGS = (
    Holding(
        "profiles",
        "Profil",
        "Vous proposer des offres, faire votre CV, vous accompagner",
        by("_id"),
        frozenset({"name_key", "version", "onboarding_told"}),
    ),
    Holding("journal", "Qui a changé quoi dans votre profil", "Vous permettre de le savoir", _BY_PROFILE),
    Holding(
        "statuses",
        "Statuts (RSA, RQTH, QPV…)",
        "Savoir à quelles offres et quels contrats réservés vous avez droit",
        _BY_PROFILE,
        _MARKS,
    ),
    Holding(
        "guardian_consents",
        "Accords d'un parent ou d'un tuteur, avant vos 18 ans",
        "Pouvoir vous proposer des offres",
        _BY_PROFILE,
        _MARKS,
    ),
    Holding("rsa_decisions", "Rapprochements avec la liste du RSA", "Ne pas les refaire", _BY_PROFILE, exported=False),
    # Somebody of the list who may be this person or another one: not theirs to be given.
    Holding("rsa_people", "Personnes de la liste du RSA à rapprocher", "Décider", by("candidates"), exported=False),
    Holding(
        "disclosures",
        "Accords donnés pour vos candidatures",
        "Ne montrer à un employeur que ce que vous avez accepté",
        _BY_PROFILE,
        _MARKS,
    ),
    Holding("disclosure_readings", "Lectures par des employeurs", "Vous permettre de les connaître", _BY_PROFILE),
    Holding(
        "applications",
        "Candidatures auxquelles un accord est attaché",
        "Savoir quand l'accord prend fin",
        _BY_PROFILE,
        _MARKS,
    ),
    Holding(
        CV_FILES,
        "CV envoyé en fichier : ce qui en est connu",
        "Le joindre à vos candidatures et vous proposer de compléter le profil",
        by("metadata.profile_id"),
    ),
    Holding(CV_CHUNKS, "CV envoyé en fichier : le fichier", "Le même", _BY_PROFILE, exported=False),
    Holding(
        POOL_CONTACTS,
        "Demandes d'employeurs qui vous ont trouvé dans la CVthèque",
        "Vous demander votre accord",
        _BY_PROFILE,
        _MARKS,
    ),
    Holding(POOL_READINGS, "Lectures dans la CVthèque", "Vous permettre de les connaître", _BY_PROFILE),
    Holding(
        EXPORTS,
        "Exports demandés",
        "Vous les remettre",
        _BY_PROFILE,
        frozenset({"version", "private_key", "public_key", "running"}),
    ),
    Holding(PARTS, "Exports en préparation", "Les assembler", _BY_PROFILE, exported=False),
    Holding(CHUNKS, "Exports prêts", "Vous les remettre", _BY_PROFILE, exported=False),
    Holding(
        "inactivity",
        "Depuis quand nous sommes sans nouvelles",
        "Vous prévenir avant d'effacer votre profil",
        by("_id"),
        frozenset({"request_id", "answers", "asked_at"}),
    ),
    KEPT_ANSWERS,
)
