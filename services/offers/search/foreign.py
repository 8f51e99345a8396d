"""Words of other languages, as people type them who do not know the French one yet: common trades, towns, «work».

Written by hand. A word here stands for the French ones, is looked for as those, and the answer says so («did you mean»).
Latin words that French titles or places have are left out: there the French meaning is the likelier one. A picture that people
put in the place of a word is one of another language.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from rapidfuzz.distance import OSA

from services.offers.search.town_names import town_heard
from services.offers.search.words import Word, words_of
from shared.reference.text import unaccented

_TRADES = {
    "agent de sécurité": "guard охранник охоронець حارس güvenlik ochroniarz paznic seguranca φύλακας 保安 نگهبان bekçi watchman",
    "aide à domicile": "carer îngrijitoare batrani доглядальниця доглядальник المسنين pflegehelferin pfleger 👵 👴 🧓",
    "aide-soignante": "pflegekraft altenpfleger altenpflegerin сиделка санитарка санітарка caregiver badante badantă",
    "boucher": "butcher metzger carnicero carniceiro talhante acougueiro macellaio rzeznik kasap мясник جزار قصاب 屠夫",
    "boulanger": (
        "пекарь пекар خباز fırıncı piekarz brutar padeiro panadero panettiere αρτοποιός φούρναρης 面包师 نانوا "
        "baker 🥐 🍞 🥖"
    ),
    "caissier": "кассир касир كاشير kasiyer kasjer kasjerka casieră cajero cajera cassiera ταμίας 收银员 cashier",
    "cariste": "forklift gabelstapler gabelstaplerfahrer empilhador carretillero carrellista wózek كلارك",
    "carreleur": "плиточник بلاط fayansçı płytkarz glazurnik faianțar ladrilhador azulejista piastrellista tiler",
    "chauffeur": (
        "водитель шофер водій سائق سواق راننده şoför sürücü kierowca şofer motorista autista οδηγός 司机 驾驶 "
        "shofer fahrer driving 🚚"
    ),
    "coiffeur": (
        "парикмахер перукар حلاق كوافير آرایشگر kuaför fryzjer fryzjerka frizer cabeleireiro cabeleireira "
        "peluquero peluquera parrucchiere parrucchiera κομμωτής κομμώτρια 理发师 hairdresser"
    ),
    "comptable": "бухгалтер محاسب muhasebeci księgowy księgowa contabil contable ragioniere λογιστής 会计 حسابدار",
    "couturier": (
        "швея швачка خياط خياطة خیاط terzi krawiec krawcowa croitor croitoreasă costureira costurera ράφτης 裁缝 "
        "seamstress tailor sewing"
    ),
    "couvreur": "кровельщик покрівельник dekarz çatıcı roofer",
    "cuisinier": (
        "повар кухар طباخ طاهي آشپز aşçı kucharz kucharka bucătar bucătăreasă cozinheiro cozinheira cocinero "
        "cocinera cuoco cuoca μάγειρας μάγειρος 厨师 kuzhinier 🍳"
    ),
    "développeur": "программист програміст مبرمج yazılımcı programista 程序员",
    "électricien": (
        "электрик електрик كهربائي برقکار elektrikçi elektryk electrician eletricista elettricista ηλεκτρολόγος "
        "电工 elektriker"
    ),
    "femme de chambre": "горничная покоївка pokojówka cameristă chambermaid",
    "infirmier": (
        "медсестра медбрат ممرض ممرضة پرستار hemşire pielęgniarka pielęgniarz enfermeiro enfermeira enfermero "
        "enfermera infermiere νοσοκόμα νοσηλευτής νοσηλεύτρια 护士 krankenschwester"
    ),
    "ingénieur": "инженер інженер مهندس mühendis inżynier inginer engenheiro ingeniero ingegnere 工程师",
    "jardinier": (
        "садовник садівник بستاني باغبان bahçıvan ogrodnik grădinar jardineiro jardinero giardiniere κηπουρός 园丁 "
        "gardener"
    ),
    "livreur": "курьер كوريي توصيل kurye kurier repartidor ντελιβεράς 快递 外卖",
    "maçon": (
        "каменщик муляр بناء duvarcı murarz zidar pedreiro albañil muratore χτίστης κτίστης 泥瓦工 bricklayer maurer "
        "trolha 🧱"
    ),
    "magasinier": "кладовщик склад комірник مستودع magazynier depocu almacén 仓库 складе складі",
    "manutentionnaire": "laborer labourer грузчик вантажник عتال حمال hamal 搬运工",
    "mécanicien": "механик механік автомеханик ميكانيكي مکانیک tamirci mechanik mechanic mecanico meccanico μηχανικός 修理工",
    "médecin": "doctor physician врач лікар طبيب طبيبة دكتور پزشک doktor lekarz γιατρός 医生",
    "menuisier": (
        "плотник столяр тесляр نجار marangoz stolarz tâmplar carpinteiro carpintero falegname ξυλουργός μαραγκός "
        "木工 carpenter"
    ),
    "nettoyage": (
        "уборщица уборщик уборка прибиральниця прибирання клининг تنظيف منظف نظافة نظافت temizlik temizlikçi "
        "sprzątanie sprzątaczka curățenie limpeza limpieza pulizie καθαρίστρια καθαριότητα 清洁 清洁工 保洁 "
        "pastrim limpiadora putzfrau reinigung cleaning maid housekeeper housekeeping уборщицей clean faxineira diarista "
        "fshirese 🧹 🧽"
    ),
    "nounou": "няня нянька نانية مربية جليسة bakıcı opiekunka niñera νταντά 保姆 nanny babysitting childminder 👶 🍼",
    "ouvrier": (
        "рабочий разнорабочий робітник різноробочий عامل کارگر işçi robotnik muncitor operário obrero operaio "
        "εργάτης 工人"
    ),
    "peintre en bâtiment": (
        "маляр دهان صباغ نقاش boyacı malarz zugrav imbianchino pintor ελαιοχρωματιστής μπογιατζής 油漆工 painter"
    ),
    "plombier": (
        "сантехник сантехнік سباك لوله کش tesisatçı hydraulik instalator encanador canalizador fontanero idraulico υδραυλικός "
        "水管工 plumber"
    ),
    "plongeur": (
        "посудомойщик посудомойка посудомийник bulaşıkçı lavaplatos lavapiatti λαντζιέρης 洗碗工 pomywacz "
        "dishwasher"
    ),
    "préparateur de commandes": "комплектовщик комплектувальник 📦",
    "conditionnement": "пакувальниця пакувальник упаковщица упаковщик تعبئة",
    "pâtissier": "кондитер حلويات حلواني شیرینی pasticcere pastelero pasteleiro konditor",
    "professeur": (
        "tutor учитель вчитель преподаватель معلم معلمة مدرس öğretmen nauczyciel nauczycielka învățător δάσκαλος δασκάλα "
        "老师"
    ),
    "secrétaire": "secretary секретарь секретар سكرتير سكرتيرة sekreter sekretarka secretară γραμματέας 秘书",
    "serveur": (
        "официант официантка офіціант офіціантка نادل نادلة گارسون kelner kelnerka chelner chelneriță camarero "
        "camarera cameriere cameriera σερβιτόρος σερβιτόρα 服务员 kamarier waitress kellner kellnerin mesa mesero mesera 🍽"
    ),
    "soudeur": (
        "сварщик зварювальник لحام جوشکار kaynakçı spawacz sudor soldador saldatore συγκολλητής ηλεκτροσυγκολλητής "
        "焊工 schweisser"
    ),
    "usine": "завод фабрика مصنع کارخانه fabryka fábrica fabbrica εργοστάσιο 工厂 factory",
    "vendeur": (
        "продавец продавщица продавець بائع بائعة فروشنده satıcı sprzedawca vânzător vânzătoare vendedor vendedora "
        "πωλητής πωλήτρια 售货员 shites shitese"
    ),
    "poids lourd": "شاحنة грузовик грузовика грузовой вантажівка вантажівки kamyon ciężarówka camiao camionista caminhoneiro 🚛",
    "cuisine": "bucatarie кухня кухне кухні mutfak cozinha cocina cucina kuchnia kitchen مطبخ",
    "bureau": "مكتب مكاتب офис офисе офісі ofis biuro birou escritorio oficina",
    "femme": "femeie femei empregada",
    "ménage": "serviciu housework faxina",
    "enfants": "أطفال дети детей діти дітей children kids kinder crianças niños bambini کودکان اطفال",
    "cueillette": "сбор збір harvest picker قطف 🍇",
    "ouvrier du bâtiment": "строитель будівельник budowlaniec bauarbeiter builder",
    "barman": "bartender bartenders barkeeper",
    "berger": "shepherd",
    "restaurant": "ресторан مطعم رستوران lokanta restauracja εστιατόριο 餐馆 餐厅",
    "hôtel": "отель гостиница готель فندق هتل ξενοδοχείο 酒店",
    "agricole": "ферма сельское مزرعة زراعة çiftçi çiftlik rolnik rolnictwo agricoltura αγρόκτημα 农场 农业 "
        "farm farming farmer tarım fazenda granja фермер 🚜 🌾",
    "bâtiment": (
        "стройка строительство будівництво inşaat budowa construcții construção "
        "cantiere οικοδομή 建筑 baustelle ساختمان ساختمانی 🏗"
    ),
}  # fmt: skip
_TOWNS = {
    "alsace": "alsacia elsass",
    "annecy": "анси аннеси آنسي",
    "annemasse": "аннмас анмас",
    "avignon": "авиньон أفينيون",
    "bordeaux": "бордо بوردو μπορντό 波尔多",
    "brest": "брест",
    "chambéry": "шамбери шамбері شامبيري",
    "chamonix": "шамони شاموني",
    "clermont-ferrand": "клермон",
    "dijon": "дижон ديجون",
    "genève": "женева جنيف γενεύη 日内瓦 cenevre geneva ginebra ginevra genebra genf genewa",
    "grenoble": "гренобль غرونوبل γκρενόμπλ 格勒诺布尔",
    "guéret": "гере",
    "le havre": "гавр",
    "lille": "лилль лілль ليل λιλ 里尔",
    "limoges": "лимож ليموج",
    "lyon": "лион ліон ليون λυών 里昂",
    "marseille": "марсель مرسيليا مارسيليا μασσαλία 马赛 marsella marsiglia marsylia marsilya",
    "metz": "мец ميتز",
    "montpellier": "монпелье مونبلييه مونبيلييه μονπελιέ 蒙彼利埃",
    "nancy": "нанси نانسي",
    "nantes": "нант نانت νάντη 南特",
    "nice": "ницца ніцца نيس νίκαια 尼斯 nizza",
    "nîmes": "ним نيم",
    "savoie": "saboia saboya savoia savoy savoyen",
    "orléans": "орлеан أورليان",
    "paris": "париж باريس پاریس παρίσι 巴黎 paryż parigi",
    "perpignan": "перпиньян بربينيان",
    "poitiers": "пуатье بواتييه",
    "reims": "реймс رانس",
    "rennes": "ренн رين 雷恩",
    "rouen": "руан روان",
    "saint-étienne": "этьен",
    "strasbourg": "страсбург ستراسبورغ στρασβούργο 斯特拉斯堡 strasburgo",
    "toulon": "тулон تولون",
    "toulouse": "тулуза تولوز τουλούζη 图卢兹",
    "tours": "тур تور",
}  # fmt: skip
_FILTERS = {
    "nuit": "ночь ночная нічна ليلا gece νύχτα 夜班 night nights ليلي لیلي noapte noite noche notte nocny nocna",
    "travail": (
        "работа работу робота роботу вакансия вакансии عمل شغل وظيفة وظائف کار arıyorum praca pracy pracę muncă "
        "trabajo empleo trabalho emprego lavoro arbeit δουλειά εργασία 工作 招聘 work punë isi isleri lucru shift"
    ),
    "cherche": (
        "ищу нужна нужен шукаю потрібна ابحث أبحث اريد أريد ψάχνω szukam busco procuro cerco suche looking 找 caut "
        "kërkoj want need cauta procurando"
    ),
    "à": "в во на у في in σε στο στη στην at near em",
    "saison": "summer winter season seasonal сезон сезонная сезонна موسمي mevsimlik sezon",
    "habite": "live living habito mieszkam wohne",
    "janvier": "january",
    "février": "february",
    "avril": "april",
    "juin": "june",
    "juillet": "july",
    "août": "august",
    "septembre": "september",
    "octobre": "october",
    "novembre": "november",
    "décembre": "december",
    "aéroport": "airport",
    "sans": "without без fără",
    "la": "ла",
    "le": "ле",
    "de": "как як для عن من for the my ως σαν",
}  # fmt: skip
_FURTHER_TRADES = {
    "cuisinier": "koch köchin szef",
    "nettoyage": "putzstelle putzen putzkraft reinigungskraft putzhilfe limpiar limpiador limpador",
    "infirmier": "nursing infermiera krankenpfleger pflegefachkraft",
    "professeur": "maestra lehrer lehrerin profesora",
    "serveur": "ospatar ospătar garson kellnerei",
    "vendeur": "verkäufer verkäuferin commesso commessa dependienta dependiente shopkeeper sprzedawczyni",
    "boulanger": "bäcker bäckerei",
    "menuisier": "tischler schreiner joiner stolar",
    "jardinier": "gärtner gärtnerin gardening",
    "conducteur poids lourd": "kraftfahrer berufskraftfahrer lkw trucker дальнобойщик",
    "chauffeur": "chofer chófer kierowcy",
    "magasinier": "lagerist lagerarbeiter armazém magazziniere depozit склада мستودع",
    "réceptionniste": "receptionist recepcionista rezeptionist rezeptionistin",
    "aide à domicile": "cuidadora cuidador elderly caretaker ingrijitor badanti",
    "comptable": "buchhalter buchhalterin contador",
    "barman": "barista",
    "ménage": "menajera menajeră haushaltshilfe",
    "mécanicien": "слесарь слюсар mechaniker",
    "monteur": "монтажник",
    "tourneur": "токарь токар",
    "coiffeur": "حلاقة friseur friseurin frisör",
    "garde d'enfants": "tagesmutter kinderbetreuung childcare",
    "aide": "helper helpers ajudante ayudante aiutante помощник помічник helfer مساعد pomocnik",
    "vendanges": "vendimia vindimas vendemmia weinlese виноград",
    "fruits": "apples grapes strawberries frutta frutas fruta obst ябл",
    "cueillette": "cosecha erntehelfer збирання raccolta",
    "chantier": "ورشة obras baustellen",
    "hôpital": "hospital лікарня больница مستشفى krankenhaus ospedale szpital",
    "maison de retraite": "pflegeheim geriatrico",
    "serrurier": "locksmith serralheiro",
    "plaquiste": "plasterer trockenbauer",
    "électricien": "electricista",
    "boulangerie": "bakery panificio padaria panaderia",
}  # fmt: skip
_FURTHER_TOWNS = {
    "avignon": "aviñón avignone",
    "bordeaux": "burdeos bordéus",
    "lyon": "lione lião",
    "marseille": "marselha marsilia",
    "nice": "niza nisa",
    "perpignan": "perpiñán perpinyà",
    "strasbourg": "estrasburgo strazburg",
    "toulouse": "tuluz",
    "paris": "paryżu",
}  # fmt: skip
_HOURS = {
    "sans": "sem senza ohne",

    "temps": "tiempo tempo دوام zamanlı jornada período",
    "mi": "medio meio yarı",
    "plein": "pieno كامل tam",
    "complet": "completo vollständig",
    "partiel": "parcial parziale جزئي",
    "temps partiel": "teilzeit halbtags parttime неполный неповний",
    "temps plein": "vollzeit fulltime ganztags",
    "matin": (
        "morning mornings mañana mañanas manhã manhãs mattina mattino утром вранці صباحا sabah dimineata "
        "dimineața rano morgens vormittags"
    ),
    "soir": "evening evenings вечером ввечері مساء akşam seara abends wieczorem",
    "week-end": "weekends wochenende wochenenden вихідні выходные",
    "nuit": "nachts nachtschicht nocturno nocturna notturno nachtarbeit",
    "de": "como als para por una um uma mit and com und jako olarak",
    "travail": "stelle jobs",
    "cherche": "gesucht wanted searching",
    "débutant": "beginner anfänger principiante iniciante",
    "expérience": "experiencia experiência esperienza erfahrung опыта опыт досвіду",
}  # fmt: skip
_SAVOY, _UPPER = "savoie", frozenset({"alta", "haute", "high", "hoch"})
_LONG, _VERY_LONG = 5, 7
_ARTICLE = "ال"
_PREFIXES = frozenset("بكلوف")
"""Arabic writes «with», «as», «for», «and» into the word."""
_ENGLISH = frozenset({"looking", "want", "wanted", "need", "work", "working", "job", "jobs", "english"})
_UNSPACED = re.compile("[\u4e00-\u9fff]")


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for french, others in (
        pair for table in (_TRADES, _FURTHER_TRADES, _TOWNS, _FURTHER_TOWNS, _FILTERS, _HOURS) for pair in table.items()
    ):
        for other in others.split():
            found.setdefault(unaccented(other), french)
    return found


FOREIGN = _table()
"""Folded words → the French ones."""


def translated(words: Iterable[Word]) -> list[Word]:
    """The words with French ones in the place of those of other languages (several may stand in one place)."""
    found: list[Word] = []
    words = list(words)
    english = any(word.folded in _ENGLISH for word in words)
    for word, after in zip_longest(words, words[1:]):
        french = french_of(word.folded)
        if english and word.folded == "as" and after is not None and after.folded in ("a", "an"):
            french = "de"  # «a job as a waiter», no «AS»
        if word.folded in _UPPER and after is not None and french_of(after.folded) == _SAVOY:
            french = "haute"  # «alta saboia»
        if french is None:
            found.append(word)
        else:
            found += [replace(word, folded=one.folded) for one in words_of(french)]
    return found


@lru_cache(maxsize=16_384)
def french_of(folded: str) -> str | None:
    """The French for a folded word of another language; None for any other.

    Of another script also where it is declined or mistyped («водителем»), has an article («السائق»), or stands among others
    without a space («找司机工作»).
    """
    known = FOREIGN.get(folded)
    if known is not None or folded.isascii():
        return known
    if folded[0] in _PREFIXES and (rest := folded[1:].removeprefix(_ARTICLE)) in FOREIGN:
        return FOREIGN[rest]  # «كسائق»: «as» a driver
    if folded.startswith(_ARTICLE) and folded[len(_ARTICLE) :] in FOREIGN:
        return FOREIGN[folded[len(_ARTICLE) :]]
    if _UNSPACED.search(folded):
        inside = [other for other in FOREIGN if len(other) > 1 and other in folded]
        return (
            FOREIGN[min(inside, key=lambda other: (FOREIGN[other] in _FILTERS, -len(other), other))] if inside else None
        )
    town = town_heard(folded)
    if town is not None or len(folded) < _LONG:
        return town
    errors = 2 if len(folded) >= _VERY_LONG else 1
    near = [
        (distance, other)
        for other in FOREIGN
        if other[0] == folded[0] and (distance := OSA.distance(folded, other, score_cutoff=errors)) <= errors
    ]
    return FOREIGN[min(near)[1]] if near else None
