"""Kinds of words that conditions on people are made of: what is protected (labour code L1132-1), and what asks or leaves out.

A learnt table (``conditions.py``) reads a sentence twice: by its words, and with the kind of each word that stands here in its
place, so that «pas de Bretons» is read as «pas de Roumains» was. A sentence without any word of ``GROUNDS`` speaks of nothing
that is protected. Words are listed without accents; one that ends in a star stands for all that begin with it.
"""

# A list of words is read as one line.
# ruff: noqa: E501
from collections.abc import Mapping

GROUNDS: Mapping[str, str] = {
    "sex": "homme hommes femme femmes feme garcon garcons gars mec mecs meuf fille filles dame dames monsieur messieurs madame mesdames mademoiselle demoiselle gaillard* nana gonzesse* masculin* feminin* feminis* male males female sexe sexes mari maman mamans papa papas bonhomme lady girl girls boy boys man men woman women jupon* serveuse serveuses vendeuse* caissiere* hotesse hotesses nounou nounous gouvernante coiffeuse coiffeuses infirmiere infirmieres ouvriere ouvrieres cuisiniere cuisinieres menagere",
    "age": "ans age ages agee agees jeune jeunes jeunesse jeunette jeunot* vieux vieil vieille vieilles senior seniors retraite retraites retraitee* quinqua* quadra* sexagen* septuagen* trentaine quarantaine vingtaine cinquantaine soixantaine trentenaire* printemps piges balais mature matures mineur mineurs etudiant etudiants etudiante* lyceen* papy papys papi mamie mamies young junior juniors ancien anciens naissance generation genz millenn* boomer* adolescent* ado ados gamin* minot* rides",
    "origin": "africain* afrique maghreb* arabe arabes algeri* maroc* tunis* noir noire noirs noires black blacks blanc blancs blanche blanches asiat* asie chinois* vietnam* indien* pakist* turc turcs turque turques turquie kurde* roumain* roumanie bulgar* polonais* pologne portug* espagnol* italien* ukrain* russe russes gitan* rom roms tsigan* tzigan* manouch* etranger* immigr* refugie* migrant* exile* nationalit* passeport origine origines souche race races racial* ethni* peau couleur accent accents consonance patronym* prenom prenoms nom noms ascendan* ancetres natif natifs native natives maternelle naturalis* prefecture visa europeen europeens europeenne* occident* caucas* slave slaves latino* antill* domien* reunionn* creole* metropolit* bledard* beur beurs gaulois* bbr ressortissant* schengen communautaire* balkan* albanais* serbe* syrien* afghan* malien* senegal* congol* comor* cameroun* ivoirien* haiti* tamoul* philippin* bresil* colomb* subsahar* voyageurs breton* corse corses alsacien* basque basques auvergnat* teint papiers francais francaise",
    "faith": "catho cathos catholi* chretien* protestant* evangeli* musulman* islam* juif juifs juive juives casher cacher halal hallal ramadan careme priere prieres messe messes eglise* paroiss* mosquee* synagog* temple bapteme baptise* croyan* pratiquant* athee athees laic laique* laics religi* foi culte cultes confession voile voilee* foulard kippa hijab turban djellaba bigot* bouddh* hindou* jehovah shabbat sabbat porc",
    "opinion": "syndic syndicat* syndical* syndique* cgt cfdt cftc cgc unsa delegue delegues deleguee* greve greves greviste* gauche gaucho* gauchis* droite parti partis politis* politique politiques elu elus elue elues electeur* vote votez votent voter votant militant* militer encart* ecolo ecolos zadiste* communist* socialist* macroniste* lepenist* melencho* mandat mandats municipal* revendic* opinion opinions conviction* manif manifs manifest* anarch* facho* complotis* prudhom*",
    "orientation": "homo homos homosex* gay gays pede pedes pd lesbien* gouine* bisexuel* trans transgenre* transsex* lgbt* queer hetero heteros heterosex* orientation sexuel* sexualit* effemin* viril* travesti* moeurs genre",
    "family": "enfant enfants enceinte enceintes grossesse* bebe bebes bambin* gosse gosses marmot* mioche* progenit* maternite paternite celibat* marie maries mariee mariees mariage divorc* pacs pacse* conjoint* epoux epouse epouses compagnon* compagne concubin* famille familles familial* couple couples veuf veufs veuve veuves mere meres pere peres parent parents nourrice* allait* contracepti* pilule fiv matrimon* monoparent* isole isoles isolee* proches aidant aidants fils neveu* niece* frere* soeur* cousin*",
    "health": "sante malad* handicap* rqth mdph cotorep invalid* inapte* dos lombaire* mal maux douleur* hernie* diabet* asthm* epilep* depress* psychiatr* psychique* burn burnout cancer* vih sida seropos* seroneg* sourd sourds sourde* aveugle* malvoyan* malentend* fauteuil prothese* begue* begaie* medical medicaux medicam* traitement* antecedent* arret arrets accident accidents opere operes operee* sevrage alcool alcooli* drogue* stupefiant* addict* fumeur* fumeuse* fume fumez fument fumer tabac cigarette* clope clopes vapot* obes* surpoids poids imc valide valides infirm* genou genoux articulation* fragile* fragilit* dyslex* autis* geneti* sanguin* allergi* chronique* pathologi* cardiaque* hospitalis* vaccin* depistage* ouie",
    "looks": "beau belle beaux belles joli jolie jolis jolies moche* laid laide* physique physiques apparence* silhouette* mince minces minceur svelte* elance elancee* taille mensuration* gros grosse grosses rond ronde rondes maigre* corpulen* tatoue* tatouage* piercing* barbe barbes barbu* moustach* cheveu cheveux crane chauve* chevelure rasta* dread* tresse tresses coiffure maquill* talon talons jupe jupes sourire sourires souriante* presentation charme charmant* sexy seduisant* mannequin* poitrine jambes minois visage visages blond* brune brunes rousse* roux attirant* allure gabarit* photo photos photograph* portrait* selfie* trombine look",
    "place": "habitant* habiter habite habitent habitez habitiez habitation* reside resider residez residant resident* residence residences domicil* loge loges logee* logement* demeur* vivre vivant vivent vivez quartier* cite cites hlm banlieue* zup qpv zus commune communes village* bourg canton departement ville villes voisin* riverain* local locaux locale coin adresse km kilometre* campagne parisien* ailleurs vallee* plateau immatricul* contree patelin bled",
    "means": "rsa rmi chomage chomeu* allocat* aah smic pauvre* precaire* precarite surendett* bancaire* banque fich fiche ficp dette dettes credit credits huissier* saisie saisies sdf abri heberge heberges hebergee* assiste assistes minima detenu* prison casier impots imposition releve releves proprietaire* locataire* revenu revenus fortune* patrimoine curatelle tutelle solvab* aise",
    "money": "cheque* caution* depot acompte* avance frais payer payez payant* paye payee* verser versez versement* virement* regler reglement achat acheter achetez investir inscription paypal pcs transcash western mandat especes surtax* gratuit* benevol* remunere* essai",
}
"""Kinds that are protected, or money that is asked for."""
FRAMES: Mapping[str, str] = {
    "out": "abstenir abstenez abstiennent inutile refus refuse refuses refusee* refusons exclu exclus exclue exclues exclure excluons ecarte ecartes ecartee* ecarter elimin* interdit* incompatib* chemin dehors evite evites eviter evitez evitons redhibit* oublie oubliez banni* bannir proscri* recale* stop accepte* admis retenu* considere* etudie* bienven*",
    "not": "pas non ni jamais aucun aucune sans sauf hors nul surtout zero no not",
    "must": "exige* requis* obligatoire* imperati* indispensab* necessaire* uniquement exclusiv* seulement seul seuls seule seules reserve* faut devra devrez devez doit doivent prefer* priorit* privilegi* ideal* souhait* appreci* plutot only required must condition* impose* maxi maximum minimum max mini",
    "want": "cherch* recherch* rech recrut* embauch* prend prenons engage engageons voulons veut veux aimerions besoin demande demandes demandee* demandons attend attendons",
    "who": "vous tu toi candidat* profil profils personne personnes quelqu gens ceux celles celui postul*",
    "all": "indifferen* importe quel quelle quels quelles distinction egalite divers* mixite ouvert* tous toutes toute discrimin* quelque egal egale inclusi*",
    "served": "client* patient* usager* beneficiaire* eleve eleves public publics accompagn* accueil* aupres soins soigner anim* atelier* aide aider aidez toilette suivi suivre rayon* gestion gerer gerez dossier* formation* former vente* association entreprise* maison societe* marque* cabinet",
}
"""What asks, leaves out, welcomes, and whom or what is spoken of."""


def _listed(stems: bool) -> dict[str, str]:
    """Words, or beginnings of words, with the kind that is listed first."""
    found: dict[str, str] = {}
    for kind, words in (*GROUNDS.items(), *FRAMES.items()):
        for word in words.split():
            if word.endswith("*") is stems:
                found.setdefault(word.removesuffix("*"), kind)
    return found


_WORDS, _STEMS = _listed(False), _listed(True)
_LENGTHS = range(max(map(len, _STEMS)), min(map(len, _STEMS)) - 1, -1)


def kind_of(word: str) -> str | None:
    """The kind of a word without accents; None of most."""
    found = _WORDS.get(word)
    if found is not None:
        return found
    return next((_STEMS[word[:end]] for end in _LENGTHS if end <= len(word) and word[:end] in _STEMS), None)
