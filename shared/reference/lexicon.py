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

VAGUE = _words(
    "absence agent annuel arret besoin candidature collaborateur collaboration conge divers embauche equipe employe "
    "intervenant job libre maladie maternite membre metier mission multiple opportunite ouvert paternite permanent personnel "
    "polyvalent pourvoir profil profession professionnel projet renfort salarie service spontane spontanee travail "
    "travailleur vivier volontaire"
)
"""Stems that name no occupation alone or with each other: «Remplacement congé maternité», «Candidature spontanée»."""

CANONICAL = {
    # English and clipped forms, one word each; applied to titles of the referential as well
    "accountant": "comptable",
    "adj": "adjoint",
    "administrator": "administrateur",
    "advisor": "conseiller",
    "agt": "agent",
    "analyst": "analyste",
    "analysts": "analyste",
    "anim": "animateur",
    "assist": "assistant",
    "auto": "automobile",
    "buyer": "acheteur",
    "chauf": "conducteur",
    "chauff": "conducteur",
    "chauffeur": "conducteur",
    "chauffeurs": "conducteur",
    "chauffeuse": "conducteur",
    "cleaner": "nettoyeur",
    "clientele": "client",
    "comm": "commercial",
    "compta": "comptable",
    "comptabilite": "comptable",
    "cond": "conducteur",
    "consulting": "conseil",
    "controller": "controleur",
    "cook": "cuisinier",
    "coord": "coordinateur",
    "cuis": "cuisinier",
    "customer": "client",
    "customers": "client",
    "cyber": "cybersecurite",
    "dev": "developpeur",
    "developer": "developpeur",
    "developers": "developpeur",
    "dir": "directeur",
    "driver": "conducteur",
    "educ": "educateur",
    "engineer": "ingenieur",
    "engineering": "ingenierie",
    "engineers": "ingenieur",
    "gest": "gestionnaire",
    "inf": "infirmier",
    "infra": "infrastructure",
    "ing": "ingenieur",
    "instit": "professeur",
    "kine": "kinesitherapeute",
    "logistics": "logistique",
    "magas": "magasinier",
    "maintenancier": "mainteneur",
    "manager": "responsable",
    "manageur": "responsable",
    "manut": "manutentionnaire",
    "maths": "mathematiques",
    "meca": "mecanique",
    "mecano": "mecanicien",
    "menuis": "menuisier",
    "mgr": "responsable",
    "network": "reseau",
    "networks": "reseau",
    "nurse": "infirmier",
    "ouv": "ouvrier",
    "plomb": "plombier",
    "prep": "preparateur",
    "prepa": "preparateur",
    "prod": "production",
    "prof": "professeur",
    "program": "programme",
    "psy": "psychologue",
    "purchasing": "achat",
    "quality": "qualite",
    "resp": "responsable",
    "respo": "responsable",
    "sales": "vente",
    "secr": "secretaire",
    "secu": "securite",
    "security": "securite",
    "software": "logiciel",
    "system": "systeme",
    "systems": "systeme",
    "teacher": "professeur",
    "tech": "technicien",
    "techn": "technicien",
    "vend": "vendeur",
    "waiter": "serveur",
    "warehouse": "entrepot",
    "welder": "soudeur",
}

ADDED = {
    # what an abbreviation or a popular name stands for; the words are added to it
    "adc": "agent conduite",
    "adv": "administration ventes",
    "aes": "accompagnant educatif social",
    "aesh": "accompagnant eleve situation handicap",
    "ai": "intelligence artificielle",
    "amoa": "assistance maitrise ouvrage",
    "amp": "aide medico psychologique",
    "aps": "agent prevention securite",
    "as": "aide soignant",
    "ash": "agent service hospitalier",
    "ashq": "agent service hospitalier",
    "asi": "agent service interieur",
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
    "cesf": "conseiller economie sociale familiale",
    "cfa": "courant faible",
    "cfo": "courant fort",
    "chauffeur livreur": "livreur",
    "chauffeur pl": "conducteur poids lourd",
    "chef d entreprise": "dirigeant entreprise",
    "cip": "conseiller insertion professionnelle",
    "cn": "commande numerique",
    "cnc": "commande numerique",
    "cvc": "chauffage ventilation climatisation",
    "daf": "directeur administratif financier",
    "dba": "administrateur base donnees",
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
    "erp": "progiciel",
    "espaces verts": "jardinier paysagiste",
    "etl": "integration donnees",
    "facteur": "distribution courrier",
    "femme de chambre": "valet chambre",
    "femme toutes mains": "agent entretien batiment",
    "front end": "developpeur web",
    "frontend": "front end developpeur web",
    "full stack": "fullstack developpeur",
    "fullstack": "full stack developpeur",
    "ged": "gestion electronique documents",
    "gms": "grande distribution",
    "homme toutes mains": "agent entretien batiment",
    "hse": "hygiene securite environnement",
    "ia": "intelligence artificielle",
    "iade": "infirmier anesthesiste",
    "ibode": "infirmier bloc operatoire",
    "ide": "infirmier diplome etat soins generaux",
    "idec": "infirmier coordinateur",
    "idel": "infirmier liberal",
    "it": "informatique",
    "jardinage": "jardinier",
    "manip radio": "manipulateur electroradiologie",
    "maraichage": "maraicher",
    "menage": "entretien",
    "ml": "machine learning data",
    "mlops": "machine learning devops",
    "mns": "maitre nageur sauveteur",
    "moa": "maitrise ouvrage",
    "moe": "maitrise oeuvre",
    "nounou": "garde enfant",
    "os": "ouvrier specialise",
    "petite enfance": "garde enfants creche",
    "pl": "poids lourd",
    "plonge": "plongeur",
    "po": "product owner",
    "qhse": "qualite hygiene securite environnement",
    "qse": "qualite securite environnement",
    "raf": "responsable administratif financier",
    "rh": "ressources humaines",
    "rrh": "responsable ressources humaines",
    "rssi": "responsable securite systemes information",
    "sav": "service apres vente",
    "si": "systemes information",
    "spl": "vehicule super lourd",
    "ssi": "securite systemes information",
    "ssiap": "agent securite incendie",
    "supply chain": "logistique",
    "ta": "travail adapte",
    "tce": "tous corps etat batiment",
    "tisf": "technicien intervention sociale familiale",
    "tp": "travaux publics",
    "vdi": "vendeur domicile",
    "vl": "vehicule leger",
    "vrd": "voirie reseaux divers",
    "vrp": "representant commercial",
    "vsl": "vehicule sanitaire leger ambulancier",
    "vul": "vehicule utilitaire leger",
}
"""Abbreviation or name of up to three words → the words it stands for."""
