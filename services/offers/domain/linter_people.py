"""Words that name who somebody is, by protected criterion (labour code L1132-1): what ``linter_frames`` looks for in the frames
of a demand, a preference, an exclusion or a question about whoever applies.

The words are those of people, never of things, so that the frame beside them decides alone. ``sure``: the word means nobody
else and nothing else, so that a hard demand beside it is refused; else somebody should look.
"""

# A list of words is read as one line.
# ruff: noqa: E501
from typing import NamedTuple

from services.offers.domain.linter_heads import Words
from services.offers.domain.linter_words import words


class Trait(NamedTuple):
    """Words for people (``who``), for what they have or are (``has``), or for what they are asked about (``told``)."""

    criterion: str
    named: Words
    sure: bool = False
    wanted: bool = True
    """Whether a demand for it is a condition; leaving it out always is."""
    plain: bool = False
    """Whether it is one without any frame."""


_DECADES = r"(?:vingtaine|trentaine|quarantaine|cinquantaine|soixantaine)"
_OF_A_TRADE = r"(?! (?:de|d'|toutes?) (?:affaires|chambres?|menages?|mains?|salle|cafe|compagnie|cuisine|etages?|service|metier|terrain|piste|lettres|menager|menagers|ferme|entretien|charge|paix|loi)| (?:- )?(?:grenouille|cle|orchestre)| a tout faire)"
_NATIONALS = r"(?:francais|anglais|portugais|marocain|algerien|tunisien|italien|espagnol|polonais|roumain|turc|turque|arabe|africain|maghrebin|europeen|asiatique|chinois|senegalais|malien|comorien|antillais|allemand|belge|bulgare|ukrainien|russe|indien|pakistanais|afghan|syrien|kurde|albanais|tzigane|slave|libanais|japonais|vietnamien|thailandais|bresilien|haitien|congolais|camerounais|ivoirien)\w{0,3}"
_PEOPLES = r"(?:algerien|marocain|tunisien|italien|espagnol|roumain|turc|arabe|africain|maghrebin|europeen|asiatique|senegalais|malien|comorien|antillais|allemand|belge|bulgare|ukrainien|russe|indien|pakistanais|afghan|syrien|kurde|albanais|tzigane|libanais)(?:s|es|nes)"
"""Only of people: no language has a plural."""
_LOCALS = r"(?:creusois|correzien|limousin|auvergnat|parisien|lyonnais|marseillais|breton|basque|corse|normand|alsacien|savoyard|berrichon|bordelais|toulousain|francilien|provincial|provinciau|citadin|rural|rurau|villageois)\w{0,3}"
# Of what stands behind «\w*» no beginnings are looked for: a list of lists of words would have thousands.
_HERE = (
    r"\w*(?:coin|cru|pays|village|bourg|hameau|canton|secteur|departement|quartier|plateau|littoral|territoire|terroir)"
)
_HERE_F = r"\w*(?:commune|region|vallee|ville|cite|zup|montagne|zone|communaute de communes|banlieue|metropole)"
_SPEAKERS = r"(?:(?:anglo|franco|hispano|germano|luso|arabo|italo|russo|neerlando|sino|turco|nippo|polono|roumano|catalano)phones?|(?:anglais|allemand|espagnol|italien|portugais|russe|arabe|chinois|neerlandais|polonais|turc|roumain|japonais|coreen|catalan|suedois|danois|norvegien|finnois|grec|tcheque|hongrois|ukrainien|francais)(?:e|s|es)?)"
"""By their language."""
_KIN = r"(?:conjointe?s?|epou(?:x|ses?)|enfants?|fils|filles?|neveux?|nieces?|freres?|soeurs?|cousine?s?|familles?|proches|descendants?)"
_ILL = r"(?:cancers?|avc|infarctus|protheses?|migraines?|infirmites?|deficiences?|handicaps?(?! (?:de prix|redhibitoire|pour)|e)|invalidites?|maladies?|pathologies?|allergies?|hernies?(?: discales?)?|sciatiques?|lumbagos?|asthme|diabete|epilepsie|arthrose|depressions?|burn - ?out|phobies?|traitements? medica\w+|medicaments?|(?:du|au|mal de) dos|(?:soucis?|problemes?|ennuis?|pepins?|fragilites?|faiblesses?|douleurs?|mal|maux) (?:de |du |d' |au |aux |a l' |des |a la )?\w*(?:dos|genoux?|epaules?|articul\w+|sante|coe?ur|vue|vision|audition|poignets?|hanches?|lombaires?)|restrictions? medicales?|antecedents? (?:medica\w+|psychi\w+)|sequelles?|incapacites?)"

WHO: tuple[Trait, ...] = (
    Trait("origin", words(r"(?:pre)?noms? (?:\w+ ){0,3}?sonn\w+ \w+"), plain=True),
    Trait("appearance_religion_union", words(r"avez vote (?:pour|a)"), plain=True),
    Trait("age_limit", words(
        r"[1-6]\d ?(?:/|-|a) ?[2-7]\d a(?= (?:[,);-]|max\w*|pour)| $)", r"avoir (?:deja |au moins )?(?:fete|souffle|passe|atteint) (?:ses|vos|leurs) (?:1[89]|[2-7]\d) (?:ans|bougies|printemps)",
        rf"(?:quelqu' un|candidat(?:e|s|es)?|personnes?|collegue|profils?)(?: \S+){{1,5}}? (?:passe|depasse|franchi|atteint) (?:la|le cap de la) {_DECADES}", r"(?:(?<=^ )|(?<=pers )|(?<=pers \. )|(?<=personne )|(?<=personnes )|(?<=candidat )|(?<=profil ))- d[e'] (?:1[89]|[2-7]\d) ans(?! d[e'])",
        r"complement d[e'] (?:votre |sa |leur |petite )*retraite (?:ideal|parfait|bienvenu|interessant)",
    ), plain=True),
    Trait("age_limit", words(
        r"(?:pas|jamais|rien|personne|aucun\w*) (?:\w+ ){0,2}?(?:au (?:- )?dessus|au (?:- )?dela|en (?:- )?dessous|au (?:- )?dessous|(?:plus )?(?:vieux|agee?|jeune)) (?:de |d' |que )(?:les )?(?:19|[2-7]\d) ans", r"sous les (?:19|[2-7]\d) ans", r"(?:ne|n' ) ?(?:depass\w+|exced\w+|aya\w+) pas (?:les |l' age de |encore )?(?:19|[2-7]\d) ans",
    ), plain=True),
    Trait("appearance_religion_union", words(r"(?<=au )physique (?:agreable|avenant|avantageux|plaisant|attrayant)"), plain=True),
    Trait("sex", words(r"(?:force|poigne) (?:masculine|feminine)", r"(?:sa|leur) (?:femme|epouse|compagne|mari) (?:aider|particip|tiendr|assurer|fer|s' occuper)(?:a|ait)", r"lui (?:aux?|a la|s' occup\w+|pour) (?:\S+ ){1,8}?(?:et )?elle (?:aux?|a la|s' occup\w+|pour)"), plain=True),
    Trait("family", words(r"projets? (?:de )?bebes?", r"agrandir (?:le foyer|la famille)", r"sans (?:attaches?|marmots?|gosses?|mioches?|bambins?)(?! (?:a |au )?(?:bagage|chantier))"), plain=True),
    Trait("age_limit", words(r"(?:fourchette|tranche) d' age (?:visee|ciblee|recherchee|souhaitee|ideale|:)", r"tempes grises", r"(?:souffle|fete) (?:deja )?(?:vos|tes) (?:1[89]|[2-7]\d) (?:bougies|printemps|ans)"), plain=True),
    Trait("residence", words(r"(?:profils?|candidat(?:e|s|es)?|candidatures?|personnes?) (?:deja )?installee?s? (?:a|sur|dans|en) (?!compte)\w+", r"(?:a |pour |aux )ses administres"), plain=True),
    Trait("origin", words(
        rf"(?:vigiles?|agents?|personnes?|candidat(?:e|s|es)?|profils?|serveu(?:r|se)s?|vendeu(?:r|se)s?|hotesses?|physiques?|hommes?|femmes?) (?:d' origine|de type) {_NATIONALS}", r"(?<=^ )nee?s? (?:en|dans) (?:metropole|france|europe)(?= [,;.]| $| exig| obligat| imperat)",
    ), plain=True),
    Trait("appearance_religion_union", words(
        r"(?:aides?(?: menagere?s?)?|menageres?|personnes?|candidat(?:e|s|es)?|collegues?|employee?s?|nounous?|nourrices?|gens|quelqu' un) de (?:la )?meme (?:confession|religion|foi|obedience|sensibilite)",
        r"(?:(?<=etre )|(?<=etes )|(?<=soyez )|(?<=etre aussi )|(?<=etre deja )|(?<=pas )|(?<=bien ))(?:adherente?|membre|encartee?|syndiquee?) (?:a|au|de|du|d') (?:la |l' |un |une |le |notre )?(?:fdsea|fnsea|cgt|cfdt|cftc|fo|unsa|sud|medef|cpme|coordination rurale|confederation paysanne|syndicat|parti|jeunes agriculteurs)",
    ), plain=True),
    Trait("sex", words(
        rf"(?<!l' )(?:femm?es?|hommes?|dames?|demoiselles?|messieurs|garcons?|filles?|gars|gaillarde?s?|bonhommes?|bonshommes|mecs?|nanas?|costauds|mamies?|papis?|papys?|f e m m e(?: s)?|h o m m e(?: s)?){_OF_A_TRADE}",
        r"(?:presence|mains?|profils?|candidatures?|touche|voix|personnalites?|doigts(?: de fee)?|personne de sexe|sexe) (?:plutot |tres )?(?:feminine?s?|masculine?s?)", r"(?:mere|pere)s? de famille", r"mamans?", r"papas?", r"virilite", r"feminite", r"(?<!ou une )(?<!et une )(?<!/ une )(?<=une )candidate(?! (?:ou|et|/))", r"(?<=un )monsieur",
    ), sure=True),
    Trait("age_limit", words(
        r"(?:jeunes? |petite? |un |d' un )retraite", r"(?:jeunes? )?retraite(?:e|es)", r"(?<!des )(?<!de )(?<!en )(?<!regimes )retraites(?! (?:obligat|complement|supplement|progress)\w+)", r"(?<=pas de )retraites", r"(?<=^ )retraites?(?= recherche)", r"(?<=pour des )retraites", r"personnes? (?:a la retraite|retraitees?|(?:plus |trop )agees?|(?:plus |assez |tres )?jeunes?)", r"quinquas?", r"quinquagenaires?", r"quadras?", r"quadragenaires?", r"sexagenaires?", r"trentenaires?", r"(?<!encadrant )(?<!manager )seniors", r"jeunots?", r"jeunettes?", r"etudiant(?:e|s|es)?", r"lyceen(?:ne|s|nes)?", r"collegiens?",
        r"(?:une? |le |la |du |les |des |aux )jeunes?(?= (?:[,.;:!)?]|pour|sur|qui|de preference|serait|est|sont|souhait|exig|seul|uniq|exclu|et dyn|motiv|s'|ne|comme|a la|plutot|d' abord|souriant|dynamique)| $)",
        rf"(?:quelqu' un|personnes?|candidat(?:e|s|es)?|homme|femme|collegue|profils?|salarie) (?:d' une?|dans la|de la|avec une?) (?:bonne |petite )?{_DECADES}(?: d' annees)?", r"(?:d'|l') age mur", r"(?:la |d' une? )?" + _DECADES + r"(?= (?:minimum|mini|maximum|maxi|souhait\w+|exige\w*|appreci\w+|tout au plus|au plus|a la rigueur|demande\w*|ideal\w*))",
        r"les (?:moins|plus) de \d\d ans", r"(?:une? )?anciens?(?= s' abstenir)", r"grands? - (?:peres?|meres?|parents)", r"toute (?:sa|la|votre) (?:carriere|vie) devant (?:lui|soi|elle|vous)", r"jeune et", r"sang (?:jeune|neuf|frais)", r"pre ?-? ?retraite(?:e|s|es)?", r"(?:la |une )?" + _DECADES + r" bien (?:sonnee|tassee|entamee)", r"(?:premier|troisieme) age", r"jeunesse(?= (?:exigee|souhaitee|appreciee))", r"jeune(?= (?:est|serait) un)", r"digital natives?", r"baby - boomers?",
    )),
    Trait("origin", words(
        rf"(?:(?<=de )|(?<=d' )|(?<=ni )|(?<=entre )|(?<=plutot )|(?<=^ )|(?<=les )|(?<=des )|(?<=aux )){_PEOPLES}",
        rf"(?:un|une|des|les|aux) {_NATIONALS}(?= (?:[,.;:!)?]|uniquement|exclusivement|seulement|de preference|d' abord|s'|ne |ni |et |ou |pour |comme |sur |serait |exige\w*|souhait\w+|appreci\w+|prefer\w+|non |en priorite)| $)",
        rf"(?:personnes?|candidat(?:e|s)?|profils?|collegue|serveu(?:r|se)|vendeu(?:r|se)|ouvriers?|chef|physique) {_NATIONALS}",
        rf"le {_NATIONALS}(?= qui)", r"compatriotes?", r"(?:originaires?|issue?s?|ouvri(?:er|ere)s?|personnes?|gens|candidat(?:e|s|es)?|travailleurs?|personnel) (?:d'|des|du|de la|de l') (?:pays de l' est|europe de l' est|maghreb|afrique|asie|balkans|antilles)", r"teints? (?:clairs?|mats?|fonces?|pales?)", r"(?:quelqu' un|gens|personnes?|membres?) de (?:la|notre) communaute", r"nati(?:f|ve|fs|ves) (?:d'|de|du|des) \w+", r"extra ?-? ?communautaires?", r"hors (?:de l' )?(?:union europeenne|ue|europe|espace schengen)", r"gaulois(?:e|es)?", r"(?:gens|personnes|candidat\w*) de (?:notre|mon|leur) (?:pays|communaute|culture)", r"preference nationale", r"bleu - blanc - rouge", r"bbr", r"100 % (?:francais\w*|europeen\w*)",
        r"(?<!service )(?<!eleves )(?<!clients )etrang(?:er|ers|eres)(?= (?:[,.;:!)?]|s'|ne |non |et |meme |hors |exclu\w*|refus\w*)| $)", r"immigree?s?", r"sans - papiers", r"refugiee?s?", r"demandeurs? d' asile", r"gens du voyage", r"voyageurs", r"roms?", r"gitane?s?", r"manouches?", r"tsiganes?", r"noire?s(?= (?:[,.;:!)?]|ni |et |ou |s')| $)", r"blancs?(?= de preference)",
        r"natives?(?: \w+)? speakers?", r"native english speakers?", r"mother tongue \w+", r"(?:locuteurs?|locutrices?|professeure?s?|personnes?|formateurs?|formatrices?|animateurs?|interlocuteurs?) nati(?:f|ve|fs|ves)", r"(?:anglais|francais|espagnol|allemand|italien|portugais|neerlandais|arabe) (?:de )?langue maternelle", r"langue maternelle (?:francais\w*|anglais\w*|espagnol\w*|allemand\w*|italien\w*)",
        r"enfants? du pays", rf"{_LOCALS} (?:de naissance|de souche|d' origine|pur\w*)", r"familles? (?:du coin|du pays|du village|connues?|d' ici|de la region|de la vallee)", r"bien de chez nous", r"nee?s? (?:et elevee?s? )?(?:au village|dans le (?:pays|coin|departement|canton)|dans la (?:region|vallee|commune)|ici)", r"(?:parents?|deux parents) (?:sont |etaient )?(?:tous deux |tous les deux )?(?:francais|europeens|etrangers|d' origine \w+|nes en \w+)", r"nees? de parents \w+",
        r"(?:pre)?noms? (?:francais|europeens?|chretien|faciles?|simples?|a consonance)\w*", r"vous faire appeler(?! par)",
    )),
    Trait("residence", words(
        r"administres?", r"(?:ceux|celles|gens) (?:du|de la|des|de l'|d') (?:lotissement|quartier|cite|bourg|village|campagne|ville|plaine|plateau|environs)s?", r"(?:paie|paient|paye|payent|payant) (?:leurs |ses |vos |des )?impots(?: locaux)?", r"contribuables?", r"riverains?", rf"{_LOCALS}(?= (?:uniquement|seulement|exclusivement|s'|,? passez|de preference|exclu\w*|exige\w*|refus\w*|non))", rf"(?:habitante?s?|residente?s?|gens|personnes?|candidat(?:e|s|es)?|candidatures?|quelqu' un|profils?|jeunes|natifs?|natives?|familles?|voisine?s?|enfants?) (?:du (?:{_HERE}|\d\d)|d' ici|de chez nous|de la {_HERE_F}|des \w*(?:environs|alentours|villages|cites|quartiers?|communes? voisines?|banlieues?)|(?:de|d') notre (?:{_HERE}|{_HERE_F}))",
        r"(?:habitants|habitantes) (?:d'|de|du|des) \w+", r"(?:(?:pas|venus?|venant) d' ailleurs)", rf"(?:personnes?|candidat(?:e|s|es)?|candidatures?|gens) (?:exterieure?s?|etrangere?s?) (?:a la|au|a notre) (?:{_HERE}|{_HERE_F})", r"candidat(?:e|s|es|ure|ures)? loca(?:l|le|ux|les)", r"locaux(?= (?:uniquement|seulement|exclusivement|de preference|s'|d' abord|$)| $)", r"gens de la ville", r"neo - ruraux", r"sans (?:adresse|domicile) fixe", r"sans abri",
    )),
    Trait("family", words(
        r"celibataires?", r"marie(?:e|s|es)?(?= (?:de preference|exige\w*|souhait\w+|appreci\w+|uniquement))", r"divorcee?s?", r"veu(?:f|ve|fs|ves)", r"(?:parents?|meres?|peres?|mamans?|papas?|familles?) (?:isolee?s?|solos?|celibataires?|monoparental\w*|seule?s?)", r"femmes? enceintes?", r"enceintes?", r"futures? (?:meres?|mamans?)", r"couples? (?:mariee?s?|stables?|unis?|sans)", r"(?:votre |son |un |une )?(?:conjointe?|epou(?:x|se)|mari)(?= (?:disponible|present\w*|fonctionnaire|agricul\w+|dans|qui|exploitant\w*|doit|devra|bricol\w+|apprecie\w*|souhaite\w*|de preference|exige\w*))",
        r"aidants?(?: famili(?:al|aux))?", r"proches aidants", r"charges? d' ames?", r"(?:charge|occup\w+|soin) d' une? (?:parent|proche|conjointe?|enfant|personne) (?:dependant|malade|age|handicape)\w*",
    )),
    Trait("appearance_religion_union", words(
        r"(?:electeurs?|electrices?|sympathisante?s?|militante?s?|partisane?s?|supporters?|adeptes?|soutiens) (?:du|de la|de l'|des|de|d') \w+", r"(?:adherente?s?|membres?) d' un (?:parti|syndicat|mouvement)\w*", r"(?:macron|melenchon|lepen|sarkozy|zemmour|commun|social|trotsk|royal|anarch|complot|femin|ecolog|souverain|national)istes?", r"(?:gens|personnes?) (?:politise|engage)e?s?",
    ), wanted=False),
    Trait("social_situation", words(
        r"(?:personnes?|gens|candidat\w*|ceux|celles) (?:au|aux|touchant (?:le|la|l'|les)|percevant (?:le|la|l'|les)|en fin de|sous|en situation de|sans) (?:precarite|pauvrete|ressources|surendettement|rsa|chomage|minima sociaux|droits|curatelle|tutelle|aah|ass|allocations?)", r"fin de droits",
    ), wanted=False),
    Trait("origin", words(r"(?:personnes?|gens|candidat(?:e|s|es)?|hommes?|femmes?) de couleur", r"(?<=pas de )noire?s"), sure=True),
    Trait("origin", words(rf"{_SPEAKERS} (?:nati(?:f|ve)s?(?! (?:ou|/|et) )|de naissance)", rf"nati(?:f|ve)s? {_SPEAKERS}")),
    Trait("family", words(
        rf"{_KIN}(?: (?:ou|et|,|/) (?:une? |l' )?\w+)? (?:de |d' |du |des )(?:nos |notre |l' |une? |leurs? |vos |votre |la )?(?:salarie|personnel|employe|agent|collaborat|adherent|societaire|membre)\w*(?: (?:du personnel|de la maison|de l' entreprise))?",
    )),
    Trait("appearance_religion_union", words(r"(?:gros(?:ses?)?|maigres?|chauves?|moches?|laide?s?|roux|rousses?|boutonneu(?:x|ses?))(?= (?:[;.:!)]|ni |et pas |, (?!(?:\w+ ){0,3}detail))| $)"), wanted=False),
    Trait("residence", words(r"(?:qui|ceux|celles)(?: qui)? (?:viv|habit|resid|log|demeur)\w+ (?:a|dans|en|au|aux|hors|sur|loin) (?:\w+ )?\w+")),
    Trait("health", words(r"personnes? sous (?:traitement|antidepresseurs?|medicaments?|methadone|morphine)", r"personnes? (?:enceintes?|operees?|malades?|fatigables?)"), wanted=False),
    Trait("health", words(r"personnes? valides?")),
    Trait("health", words(
        r"(?:les )?sourd(?:e|s|es)?(?! oreille)", r"mal ?-? ?(?:voyant|entendant)e?s?", r"aveugles?", r"personnes? (?:handicapee?s?|invalides?|en situation de handicap|a mobilite reduite|malades?|dependantes?|fragiles?|en fauteuil(?: roulant)?|en perte d' autonomie|a l' autonomie reduite|diminuee?s?|depressives?|sujettes?)", r"pmr", r"rqth", r"travailleurs? handicapes?", r"handicapes?", r"invalides?", r"dos fragiles?", r"quelqu' un (?:de (?:malade|fragile|handicape|diminue)|en (?:perte d' autonomie|fauteuil|situation de handicap)|qui (?:souffre|est malade))",
        r"(?:titulaires?|beneficiaires?|porteurs?) d' une (?:carte|pension|rente) d' invalidite", r"epileptiques?", r"diabetiques?", r"depressi(?:fs?|ves?)", r"asthmatiques?", r"begues?", r"autistes?", r"cardiaques?", r"(?<!non )(?<!- )(?:gros )?fumeu(?:rs?|ses?)",
    ), wanted=False),
    Trait("appearance_religion_union", words(
        r"musulmane?s?", r"catholiques?", r"chretien(?:ne)?s?", r"jui(?:fs?|ves?)", r"protestante?s?", r"temoins? de jehovah", r"evangelistes?", r"athees?", r"croyante?s?", r"pratiquante?s?", r"islamistes?", r"(?:personnes? |femmes? )?voilees?", r"gens (?:trop )?religieux",
        r"(?:conseill\w+|elue?s?|adjoints?) (?:municipa\w+|locaux|local\w*|departementa\w+|regiona\w+|d' opposition)", r"maires?(?= (?:ni|ou|et) )", r"elue?s?(?= (?:s'|ne |exclu|refus|dans|parmi|au sein)| $)", r"syndicalistes?", r"delegues? syndica(?:l|ux)", r"cegetistes?", r"(?<=ancien )delegue du personnel", r"(?<=anciens )delegues du personnel", r"syndiquee?s?", r"encartee?s?", r"(?:sympathisante?s?|militante?s?|electeurs?|gens|personnes?) (?:de (?:gauche|droite|l' opposition)|ecologistes?|syndica\w+|politi\w+)", r"gauchistes?", r"ecolos?", r"zadistes?", r"grevistes?",
        r"homosexuel(?:le)?s?", r"heterosexuel(?:le)?s?", r"heteros?", r"gays?", r"lesbiennes?", r"transgenres?", r"transsexuel(?:le)?s?", r"(?:personnes?|candidat\w*) (?:trans|lgbt\w*|homosexuel\w*|gay)", r"trans(?= (?:s'|ne |exclu|refus|:))", r"lgbt\w*",
        r"belles? plantes?", r"(?:visages?|minois|frimousses?|sourires?|physiques?|silhouettes?) (?:agreables?|avenants?|parfaite?s?|fins?|fines?|charmante?s?|de reve|irreprochables?)", r"(?:siege|siegeant|siegent|elue?s?) au conseil", r"membres? du conseil (?:municipal|departemental|regional)", r"(?:jolie?s?|belles?|beaux?|bel) \w*(?:silhouettes?|jambes?|physiques?|sourires?|allures?|prestances?|tetes?|bouilles?)", r"(?:jolie?s?|beaux?|belles?|beau) \w*(?:minois|frimousses?|visages?|filles?|femmes?|gosses?|brunes?|blondes?|garcons?|gueules?|plastiques?|apparences?)", r"mignon(?:ne)?s?", r"personnes? (?:rondes?|fortes|grosses?|corpulentes?|obeses?|mignonnes?|minces?|sveltes?|elancees?)", r"obeses?", r"(?:une|un) (?:blond|brun|rou)(?:e|sse)?(?= (?:de preference|souhait|exig|,|au)| $)", r"tatouee?s?", r"noceurs?",
    )),
    Trait("social_situation", words(
        r"interdits? bancaires?", r"surendettee?s?", r"chom(?:eurs?|euses?)(?: de longue duree)?", r"allocataires?(?: du rsa)?", r"beneficiaires? (?:du rsa|de l' aah|des minima sociaux)", r"rmistes?", r"sdf", r"cas sociaux", r"sortants? de prison", r"anciens? detenus?", r"pauvres?(?= (?:s'|ne )| $)", r"precaires(?= (?:s'|ne )| $)", r"assistes?(?= (?:s'|ne |exclu))",
    ), wanted=False),
)  # fmt: skip
"""People."""

HAS: tuple[Trait, ...] = (
    Trait("health", words(_ILL, r"operee?s? (?:du|des|de la|de l'|au|aux) \w+", r"reconnaissance (?:mdph|rqth|(?:de |du )?(?:la )?qualite|travailleur handicape|(?:de |du )?handicap)", r"(?:arrets?|conges?) (?:de )?(?:maladie|longue duree|longue maladie|travail)"), wanted=False),
    Trait("health", words(r"imc \w+", r"(?:pleine )?possession de (?:ses|tous ses|vos) (?:moyens|facultes)", r"(?:aptitude|integrite|forme|condition) physique (?:totale|parfaite|irreprochable|complete)")),
    Trait("origin", words(r"accents?(?! (?:graves?|aigus?|circonflexes?|mis|sur|dans))", r"nationalite (?:francaise|etrangere|europeenne)")),
    Trait("appearance_religion_union", words(r"mandats? (?:electi(?:f|fs)|syndica(?:l|ux)|loca(?:l|ux)|politiques?|d' elu|de \w+)", r"engagement (?:syndical|politique|religieux)", r"(?:opinions?|idees?|convictions?|engagements?|valeurs|couleurs?|sensibilites?) (?:politiques?|(?:(?:de |du )?(?:notre|la|le|ce) |du )(?:maire|parti|majorite|municipalite|equipe municipale)|religieuses?|chretiennes?|catholiques?|musulmanes?|juives?|de gauche|de droite)", r"religion(?: \w+)?", r"(?:bonnes? )?moe?urs", r"orientation sexuelle", r"surpoids", r"appartenance (?:syndicale|politique|religieuse)", r"liste d' opposition", r"cartes? (?:cgt|cfdt|cftc|fo|unsa|sud|fsu|cnt|syndicales?|d' un syndicat)", r"mode de vie", r"vie (?:de couple|sexuelle|conjugale|maritale)(?: \w+)?")),
    Trait("family", words(r"avoir (?:d' |un |des |de jeunes |de petits )?enfants?", r"enfants? (?:en bas age|a charge|a la maison|en garde)", r"(?:projets?|envies?|desirs?) (?:d' enfants?|de (?:bebe|maternite|grossesse|famille))", r"grossesses?(?: en cours)?", r"(?:obligations?|charges?|contraintes?|attaches?|engagements?) (?:de famille|familia\w+)"), wanted=False),
    Trait("family", words(r"enfants? (?:(?:deja|tous) )?(?:grands?|autonomes?|elevee?s?|adultes?|independants?|scolarise\w*|ont quitte|de plus de \d+ ans)")),
    Trait("social_situation", words(r"comptes?(?: (?:bancaires?|courants?))? (?:en|de|dans|d'|aupres d'|a|sur)(?: (?:une?|la|l'))? ?(?:banque|agence|credit|caisse|metropole|france|etablissement)\w*", r"comptes? (?:bancaires? )?(?:du|de la|de l'|chez|au|a la) (?:credit|caisse|banque|societe generale|bnp|poste)\w*(?! (?:client|de resultat))", r"comptes? (?:bancaires? |courants? )?(?:ouverts? )?(?:francais|en france|a la (?:banque|poste|caisse)\w*|(?:dans|au|a) (?:une|notre|la|le) (?:\w+ ){0,2}?(?:banque|agence|credit)\w*|domicilie\w*)", r"domiciliation bancaire", r"banque (?:francaise|locale)")),
    Trait("social_situation", words(r"dettes(?! technique)", r"credits? en cours"), wanted=False),
)  # fmt: skip
"""What people have, are or think: a condition where it is demanded or left out."""

TOLD: tuple[Trait, ...] = (
    Trait("residence", words(rf"justificatifs? de (?:domicile|residence) (?:dans|sur|a|de|du)(?: la| le| l'| notre)? (?:{_HERE}|{_HERE_F})")),
    Trait("origin", words(r"(?:lieu|pays|ville|departement|date et lieu) (?:de |d' )?(?:naissance|origine)", r"(?:origines?|nationalites?|provenance|professions?|metiers?|noms?|prenoms?|naissance) (?:et \S+ (?:d' origine )?)?(?:de |des |du |de la )(?:vos |votre |leurs? )?\w*(?:parents|grands - parents|deux parents|pere|mere|ascendants|aieux)", r"nationalite", r"origines?(?= d(?:u|es) (?:candidat|postulant)s? )", r"origines? (?:ethniques?|geographiques?|familiales?)", r"(?:nes|viennent) vos (?:parents|grands - parents)", r"vos origines", r"langue (?:parlee a la maison|maternelle)", r"nom de jeune fille")),
    Trait("age_limit", words(r"(?:date|annee|jour) de (?:votre )?naissance", r"(?:votre |leur |l' )?(?<!bas )age(?! (?:de|d'|des|du) )", r"(?:l' )?age(?= du (?:candidat|postulant|salarie)\w* )", r"(?:cv|candidature|lettre) (?:avec |\+ |et )(?:votre |l' )?age")),
    Trait("family", words(r"(?:contraintes?|obligations?|charges?|responsabilites|engagements) (?:personnelles?|privee?s|familia(?:les?|ux))(?: et \w+)?", r"vie (?:privee|personnelle|de famille)", r"personnes? a charge", r"(?:fonder|agrandir) (?:une|votre|la) famille", r"(?:si|que) vous (?:avez|aurez|attendez|voulez|souhaitez|comptez|envisagez)(?: \w+){0,2} (?:enfants?|bebe|famille)")),
    Trait("family", words(r"(?:nombre d' |age (?:de vos |des )|vos |mode de garde (?:de vos |des )|(?<=combien )d' |des |de jeunes |de petits )(?:enfants?|bambins?|marmots?|gosses|petits)", r"(?:situation|composition) (?:familiale|matrimoniale|maritale|de famille|de la famille|du foyer)", r"etat civil", r"(?:profession|metier|emploi|situation|travail) (?:de votre|du) conjoint\w*", r"mode de garde", r"conjoint\w*", r"grossesses?", r"enceinte", r"bebe", r"maternite", r"projets? (?:familiaux|de famille|d' enfants?)")),
    Trait("health", words(r"antecedents?(?: (?:medicaux|de sante|psychiatriques?))?", r"(?:arrets?|conges?) (?:de )?(?:maladie|travail)", r"(?:etat|questionnaire|bulletin|bilan) de sante", r"handicaps?", r"rqth", r"travailleur handicape", r"hospitalisee?", r"(?:traitements?|suivis?) (?:medica\w+|en cours)", r"medicaments?", r"maladies?", r"invalidite", r"carnet de (?:vaccination|sante)", r"dossier medical", r"(?:tests?|analyses?|prises?) (?:adn|genetiques?|de sang|sanguine?s?|d' urine|vih)", r"poids", r"adn")),
    Trait("appearance_religion_union", words(r"religion", r"confession", r"orientation sexuelle", r"opinions? (?:politiques?|religieuses?)", r"appartenance (?:syndicale|politique|religieuse)", r"(?:carte|adhesion) (?:syndicale|d' un parti|au parti)", r"taille et poids", r"syndiquee?", r"croyante?", r"pratiquante?", r"mensurations?")),
    Trait("social_situation", words(r"releves? (?:bancaires?|de comptes?)", r"avis d' imposition", r"credits? en cours", r"dettes")),
)  # fmt: skip
"""What people are asked to tell of themselves."""
