"""What everybody who reads job offers knows: words that say nothing about the job, abbreviations, English names.

Written by hand, in folded form (lower case, no accents). Nothing here was counted from offers.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP = _words(
    "a au aux avec chez d dans de des du en entre et il l la le les leur leurs notre nos n ou par pour qu qui s sa sans "
    "ses son sous sur un une vers vos votre y the of for and in to at with"
)
"""Words that only join others."""

NOISE = _words(
    # who, and under which contract or hours: true of any job
    "h f hf fh m x nb w mf fm hfx homme femme hommes femmes all gender genders genre tous mixte "
    "cdi cdd ctt cddi cui cae pec interim interimaire interimaires alternance alternant alternante alternants "
    "apprenti apprentie apprentis apprentissage stage stagiaire stages contrat contrats pro professionnalisation "
    "temps partiel plein complet mi saisonnier saisonniere saisonniers saison ete hiver week end weekend "
    "nuit nuits jour jours journee matin soir soirs heures heure mois an ans annee annees hebdo semaine "
    "remplacement remplacements vacataire vacation titulaire contractuel contractuelle fonctionnaire "
    # how experienced
    "debutant debutante debutants debutantes accepte acceptes acceptee confirme confirmee confirmes experimente "
    "experimentee experimentes senior junior experience motive motivee motives dynamique niveau bac diplome possible "
    # how it is advertised
    "urgent urgence annonce offre offres poste postes emploi emplois recrute recrutons recherche recherchons nous vous "
    "ref reference dept departement region ville agglomeration france immediat immediate immediatement "
    "bientot rejoignez rejoins bts dut but cap bep master licence m1 m2 "
    "euros eur salaire keuros"
)
"""Words of an advertisement that tell nothing about the occupation."""

BESIDE = NOISE | _words(
    # what is given and asked
    "smic prime primes loge logee loges nourri nourrie nourris asap dispo disponible disponibilite rapidement hebdomadaire "
    "horaire horaires decales coupure coupures souhaite souhaitee souhaites souhaitees exige exigee exiges exigees "
    "obligatoire requis requise apprecie appreciee indispensable serieux serieuse serieuses "
    # what kind of firm or commune, and how to answer
    "sarl sas eurl ets earl gaec scea hab rqth cv tel mail"
)
"""The same in a title, where more is beside the occupation than in what somebody looks for («logé», «sans coupure»)."""

VAGUE = _words(
    "absence agent annuel arret benevole besoin candidat candidature categorie civique collaborateur collaboration competence "
    "conge decouverte divers embauche equipe employe etudiant handicape insertion intervenant job libre main maladie maternite "
    "membre metier mission multiple oeuvre opportunite ouvert parcours paternite permanent personnel polyvalent pourvoir "
    "profil profession professionnel projet recrutement renfort salarie service spontane spontanee travail travailleur "
    "tremplin vivier volontaire duree long longue parental"
)
"""Stems that name no occupation alone or with each other: «Remplacement congé maternité», «Candidature spontanée»."""

BARE = (
    STOP
    | BESIDE
    | _words(
        "association associations clinique college commune communes ecole ecoles ehpad entreprise entreprises groupe hopital "
        "lycee mairie mairies societe recrutement recrutements"
    )
)
"""Words of which a title may have any and still names no work: «CDD mairie» says whose it is, «homme motivé» who."""

RANKS = VAGUE | _words(
    "adjoint aide assistant charge chef conseiller coordinateur manager operateur ouvrier production responsable technicien "
    "technique"
)
"""Stems that say a rank or a place in a firm: one alone names no work, several together little («agent technique»)."""

CANONICAL = {
    # English, clipped and female forms (whose ending does not say so), one word each; applied to titles of the referential, too
    "accountant": "comptable",
    "adj": "adjoint",
    "adjointe": "adjoint",
    "adm": "administratif",
    "admin": "administratif",
    "administrator": "administrateur",
    "advisor": "conseiller",
    "agric": "agricole",
    "agro": "agroalimentaire",
    "agt": "agent",
    "alim": "alimentaire",
    "ambu": "ambulancier",
    "analyst": "analyste",
    "analysts": "analyste",
    "anim": "animateur",
    "artisane": "artisan",
    "ass": "assistant",
    "assist": "assistant",
    "auto": "automobile",
    "avocate": "avocat",
    "barmaid": "barman",
    "bat": "batiment",
    "boulang": "boulanger",
    "buyer": "acheteur",
    "carros": "carrossier",
    "cde": "commande",
    "cdes": "commande",
    "charp": "charpentier",
    "chaudr": "chaudronnier",
    "chauf": "conducteur",
    "chauff": "conducteur",
    "chauffeur": "conducteur",
    "chauffeurs": "conducteur",
    "chauffeuse": "conducteur",
    "cleaner": "nettoyeur",
    "clientele": "client",
    "cmd": "commande",
    "cmde": "commande",
    "cmdes": "commande",
    "comm": "commercial",
    "commise": "commis",
    "compta": "comptable",
    "comptabilite": "comptable",
    "cond": "conducteur",
    "condit": "conditionnement",
    "consulting": "conseil",
    "contremaitresse": "contremaitre",
    "controller": "controleur",
    "cook": "cuisinier",
    "coord": "coordinateur",
    "coordo": "coordinateur",
    "couv": "couvreur",
    "cuis": "cuisinier",
    "cuisto": "cuisinier",
    "cuistot": "cuisinier",
    "customer": "client",
    "customers": "client",
    "cyber": "cybersecurite",
    "designeuse": "designer",
    "dev": "developpeur",
    "developer": "developpeur",
    "developers": "developpeur",
    "dir": "directeur",
    "driver": "chauffeur",
    "educ": "educateur",
    "emp": "employe",
    "engineer": "ingenieur",
    "engineering": "ingenierie",
    "engineers": "ingenieur",
    "ergo": "ergotherapeute",
    "experte": "expert",
    "factrice": "facteur",
    "form": "formateur",
    "gest": "gestionnaire",
    "gyneco": "gynecologue",
    "hotesse": "hote",
    "hotesses": "hote",
    "ind": "industriel",
    "indus": "industriel",
    "inf": "infirmier",
    "infra": "infrastructure",
    "ing": "ingenieur",
    "instit": "professeur",
    "kine": "kinesitherapeute",
    "labo": "laboratoire",
    "livr": "livreur",
    "logistics": "logistique",
    "magas": "magasinier",
    "maint": "maintenance",
    "maintenancier": "mainteneur",
    "maitresse": "maitre",
    "manager": "responsable",
    "manageur": "responsable",
    "manut": "manutentionnaire",
    "marchande": "marchand",
    "maths": "mathematiques",
    "meca": "mecanique",
    "mecano": "mecanicien",
    "menuis": "menuisier",
    "mgr": "responsable",
    "nett": "nettoyage",
    "network": "reseau",
    "networks": "reseau",
    "nurse": "infirmier",
    "op": "operateur",
    "ortho": "orthophoniste",
    "ouv": "ouvrier",
    "peri": "periscolaire",
    "pharma": "pharmacie",
    "placo": "plaquiste",
    "plomb": "plombier",
    "prep": "preparateur",
    "prepa": "preparateur",
    "prod": "production",
    "prof": "professeur",
    "program": "programme",
    "psy": "psychologue",
    "psychomot": "psychomotricien",
    "puer": "puericulture",
    "puericult": "puericulture",
    "purchasing": "achat",
    "quality": "qualite",
    "resp": "responsable",
    "respo": "responsable",
    "restau": "restauration",
    "resto": "restaurant",
    "sales": "vente",
    "seconde": "second",
    "secr": "secretaire",
    "secretariat": "secretaire",
    "secu": "securite",
    "security": "securite",
    "software": "logiciel",
    "spe": "specialise",
    "surv": "surveillant",
    "system": "systeme",
    "systems": "systeme",
    "teacher": "professeur",
    "tech": "technicien",
    "techn": "technicien",
    "vend": "vendeur",
    "vet": "veterinaire",
    "veto": "veterinaire",
    "waiter": "serveur",
    "warehouse": "entrepot",
    "welder": "soudeur",
}

ADDED = {
    # what an abbreviation or a popular name stands for; the words are added to it
    "19 t": "poids lourd",
    "19 tonnes": "poids lourd",
    "19t": "poids lourd",
    "44 t": "vehicule super lourd",
    "44 tonnes": "vehicule super lourd",
    "44t": "vehicule super lourd",
    "adc": "agent conduite",
    "adv": "administration ventes",
    "aed": "assistant education",
    "aep": "eau potable",
    "aes": "accompagnant educatif social",
    "aesh": "accompagnant eleve situation handicap",
    "ai": "intelligence artificielle",
    "alsh": "accueil loisirs enfants",
    "amoa": "assistance maitrise ouvrage",
    "amp": "aide medico psychologique",
    "ampliroll": "poids lourd",
    "aps": "agent prevention securite",
    "arm": "assistant regulation medicale",
    "as": "aide soignant",
    "ash": "agent service hospitalier",
    "ashq": "agent service hospitalier",
    "asi": "agent service interieur",
    "ass mat": "assistant maternel",
    "asv": "auxiliaire veterinaire",
    "atsem": "agent territorial specialise ecole maternelle",
    "avs": "auxiliaire vie sociale",
    "back end": "developpeur",
    "backend": "back end developpeur",
    "bafa": "animateur enfants",
    "bdd": "base donnees",
    "bi": "business intelligence decisionnel",
    "bnssa": "surveillant baignade sauveteur",
    "bpjeps": "animateur educateur sportif",
    "btp": "batiment travaux publics",
    "bucheronnage": "bucheron",
    "caces": "cariste",
    "car": "autocar",
    "ccas": "action sociale",
    "cesf": "conseiller economie sociale familiale",
    "cfa": "courant faible",
    "cfo": "courant fort",
    "chauffeur livreur": "livreur",
    "chauffeur pl": "conducteur poids lourd",
    "chef d entreprise": "dirigeant entreprise",
    "cip": "conseiller insertion professionnelle",
    "cn": "commande numerique",
    "cnc": "commande numerique",
    "cpe": "conseiller principal education",
    "cuma": "engins agricoles",
    "cvc": "chauffage ventilation climatisation",
    "daf": "directeur administratif financier",
    "dba": "administrateur base donnees",
    "dea": "ambulancier",
    "deaes": "accompagnant educatif social",
    "deas": "aide soignant",
    "dees": "educateur specialise",
    "dg": "directeur general",
    "dga": "directeur general adjoint",
    "dpo": "delegue protection donnees",
    "drh": "directeur ressources humaines",
    "dsi": "directeur systemes information",
    "ehpad": "personnes agees",
    "eje": "educateur jeunes enfants",
    "els": "employe libre service",
    "enr": "energies renouvelables",
    "eps": "education physique sportive",
    "erp": "progiciel",
    "espaces verts": "jardinier paysagiste",
    "eta": "engins agricoles",
    "etl": "integration donnees",
    "facteur": "distribution courrier",
    "femme de chambre": "valet chambre",
    "femme toutes mains": "agent entretien batiment",
    "ev": "espaces verts jardinier",
    "fle": "francais langue etrangere",
    "front end": "developpeur web",
    "france services": "accueil social usagers",
    "frontend": "front end developpeur web",
    "full stack": "fullstack developpeur",
    "fullstack": "full stack developpeur",
    "ged": "gestion electronique documents",
    "gms": "grande distribution",
    "homme toutes mains": "agent entretien batiment",
    "hse": "hygiene securite environnement",
    "hta": "reseaux electriques",
    "ia": "intelligence artificielle",
    "iade": "infirmier anesthesiste",
    "ibode": "infirmier bloc operatoire",
    "ide": "infirmier diplome etat soins generaux",
    "idec": "infirmier coordinateur",
    "idel": "infirmier liberal",
    "it": "informatique",
    "ite": "isolation thermique exterieur",
    "jardinage": "jardinier",
    "mam": "assistant maternel",
    "manip radio": "manipulateur electroradiologie",
    "maraichage": "maraicher",
    "menage": "entretien",
    "ls": "libre service",
    "ml": "machine learning data",
    "mlops": "machine learning devops",
    "mns": "maitre nageur sauveteur",
    "moa": "maitrise ouvrage",
    "moe": "maitrise oeuvre",
    "nounou": "garde enfant",
    "om": "ordures menageres",
    "os": "ouvrier specialise",
    "pac": "pompe chaleur",
    "periscolaire": "animateur enfants",
    "petite enfance": "garde enfants creche",
    "pl": "poids lourd",
    "plonge": "plongeur",
    "po": "product owner",
    "polybenne": "poids lourd",
    "pv": "photovoltaique",
    "qhse": "qualite hygiene securite environnement",
    "qse": "qualite securite environnement",
    "raf": "responsable administratif financier",
    "rh": "ressources humaines",
    "rrh": "responsable ressources humaines",
    "rssi": "responsable securite systemes information",
    "saad": "aide domicile",
    "sad": "aide domicile",
    "sav": "service apres vente",
    "chauffeur semi": "vehicule super lourd",
    "conducteur semi": "vehicule super lourd",
    "semi remorque": "vehicule super lourd",
    "si": "systemes information",
    "spanc": "assainissement",
    "spl": "vehicule super lourd",
    "ssi": "securite systemes information",
    "ssiad": "soins domicile",
    "ssiap": "agent securite incendie",
    "supply chain": "logistique",
    "svt": "sciences vie terre",
    "ta": "travail adapte",
    "tce": "tous corps etat batiment",
    "tisf": "technicien intervention sociale familiale",
    "tp": "travaux publics",
    "vae": "cycles",
    "vdi": "vendeur domicile",
    "vl": "vehicule leger",
    "vn": "vehicule automobile",
    "vo": "vehicule automobile",
    "vrd": "voirie reseaux divers",
    "vrp": "representant commercial",
    "vsl": "vehicule sanitaire leger ambulancier",
    "vul": "vehicule utilitaire leger",
}
"""Abbreviation or name of up to three words → the words it stands for."""
