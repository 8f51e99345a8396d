"""Ordinary words that are a commune's name as well, or one typing error away from one: no places unless somebody says so.

Found by reading the 4,000 commonest words of real offers and the 300 commonest of French as places. Where the index knows
how often offers have a word elsewhere than in their place it tells the same of any other word.
"""

_WORDS = (
    "accord achat aide aimer aire aller allez allons alors amener amis ancien annee aout apres arme arriver assez attendre "
    "aucun aussi automne autre avant avec avions avoir avons avril bain bains baisser banc bande barre base basse beau "
    "beaux belle bien biens bilan boire bois bonne bonnes bons bord bornes bouche bout bras cahiers calme campagne carnet "
    "carriere carrieres carte cartes cause causes cave celles celui champ chance change changer chaque charme chaud chef "
    "chemin cher chere chez choix chose ciel cinq clair claire classe coin commencer comment commerce commercial comprendre "
    "compte confort conge conges content contre corde corps cote coucher couleur coup courant courir cours course court "
    "crainte croire croix dame danger debout decembre dehors demain demander depuis dernier derniere dernieres deux devant "
    "devenir devoir dire divers dix docteur doigt domaine donc donner dormir douce doux droite echelle ecole ecouter ecrire "
    "effort elever encore enfant ensemble ensuite entendre entier entre entree envie erreur espoir esprit essai etre etude "
    "eviter exemple faible falloir famille fautes femme ferez ferme fermer fete feux fevrier fier fiers filiere fille fils "
    "fin finir fois fond force forces foret forme fort forte frais francs frere froid front gagner garder genou genre gens "
    "grace grand grande gros groupe guerre guide guider guides haut haute heure heures heureux hiver homme hotel ici idee "
    "image issus jamais jambe janvier jardin jeter jeudi jeune jeux joie joindre joue jouer jour juillet juin juste laisser "
    "langages large lecture lever libre lien liens lieu ligne linge lire livre logement loin long longtemps longue lorsque "
    "lourd lumiere lundi lutter machine mai main maison maitre malade manger manuel marche marcher mardi mari marques mars "
    "matin mauvais meilleur meme mener mentor mercredi mere messe mettre mieux milieu mille mois moment monde mons mont "
    "monter montrer mort mourir moyen moyenne mur naitre nature noir noire nombre nomme nord notre nous nouveau nouvel "
    "nouvelle nouvelles novembre nuit objet octobre ombre onze oreille oser oublier ouest ouvert ouvrir pain paire pairs "
    "panne pannes paraitre parce pareil parfait parler parmi part partie partir pas passage passe passer pauvre payer pays "
    "peine pendant penser perdre pere perenne permettre personne peser petit petite peuple phrase pied pierre place plaisir "
    "plats plein pleine pleurer plier plus plusieurs poids point pointe pont porte porter pose poser possible pour pousser "
    "pouvoir premier prendre presque preter printemps prix prochain produire profond propre puis quand quatre quelques "
    "question quinze quitter racines raison rance recevoir regarder regle regles relevant rendre rentrer repondre reste "
    "rester retour revenir rever riche rien rire rive rives riviere robe roche roi rompre rond rouge route rue sable sage "
    "salle sang sauter savoir second seize selon sembler sens sentir sept septembre seras serez seront servir seul seule "
    "signe simple six soir soirs soleil solide sombre somme son sorte sortir souffrir sous souvenir souvent sud suivre "
    "sujet sur surtout table tandis tard temps tenace tendre tenir tenue terme termes terre tete tiers tirer tomber tour "
    "tourner tous tout toute touts train traverser tres triste trois trop trouver tuer usage utile vague valeur vendre "
    "vendredi venir vent verre vers version vert verte veste vide vie vieille viens vieux vif ville vin vivre voici voie "
    "champagne foin foins haie haies pelouse pelouses vigne vignes champs pre pres verger vergers "
    "mer montagne neige plage ranger signes station noel toussaint paques pentecote ascension "
    "voila voir voix volonte vouloir vrai vue yeux lourde lourdes maman port ports"
)
ORDINARY = frozenset(_WORDS.split())

_TRADES = "bar berger charron garde macon manoeuvre marechal marin marine peintre pilote port potier routier tourneur"
TRADES_AND_TOWNS = frozenset(_TRADES.split())
"""Words of trades that are in towns' names as well: whoever looks for a mason is not shown all that is done in Mâcon."""
