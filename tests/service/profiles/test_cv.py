"""The CV made from the profile, looked at as a picture and read as a text."""

import io
from datetime import date
from typing import Any

import pypdf
import pytest

from services.profiles.cv.content import content_of
from services.profiles.cv.printing import Printed, print_cv
from services.profiles.cv.shortening import STEPS, steps
from services.profiles.cv.typography import duration, line, shortened, unbroken, when
from services.profiles.cv.unnaming import hider, whereabouts_hider
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.resume import Layout
from shared.reference.occupations import Occupations
from shared.visible import clean_line
from tests.service.profiles.builders import GUERET, a_body, a_profile
from tests.service.profiles.pages import look
from tests.support import Running, Stack

TODAY = date(2026, 3, 2)
CV: dict[str, Any] = {
    "headline": "Aide à domicile",
    "presentation": "J'aime le contact : « je suis là pour aider » ! Libre près de Guéret.",
    "experiences": [
        {
            "title": "Auxiliaire de vie",
            "employer": "ADMR de la Creuse",
            "place": "Guéret",
            "begin": "2019-03",
            "end": "2024-06",
            "tasks": "Aide à la toilette\nCourses et repas",
        },
        {"title": "Vendeuse", "employer": "Boulangerie Lemoine", "place": "Aubusson", "begin": "2015", "end": "2018"},
    ],
    "diplomas": [{"title": "Titre professionnel ADVF", "school": "GRETA du Limousin", "year": 2019}],
    "languages": [{"name": "Français", "mother_tongue": True}, {"name": "Arabe", "level": "B2"}],
    "interests": ["Jardinage"],
}
PERSON: dict[str, Any] = {
    "email": "nadia@example.org",
    "phone": "+33612345678",
    "birth_year": 1989,
    "sex": "female",
    "occupations": [{"code": "K1304", "experience_months": 66}, {"code": "D1106"}],
    "skills": ["budget", "tricot"],
    "travel": [{"means": "moped", "range_km": 15}],
    "licences": ["AM", "B"],
    "vehicle": True,
    "cards": ["care"],
    "wished_contract_kinds": ["cdi", "cddi"],
    "cv": CV,
}
SAID = (
    "Nadia Lemoine", "23000 Guéret", "06 12 34 56 78", "nadia@example.org", "Aide à domicile", "ADMR de la Creuse",
    "mars 2019 – juin 2024", "2015 – 2018", "Courses et repas", "Titre professionnel ADVF, GRETA du Limousin, 2019",
    "Français (langue maternelle)", "Arabe (B2)", "Aide ménager(ère) (5 ans d’expérience)", "Vendeur(se) en alimentation",
    "Suivre un budget", "tricot", "Permis AM et B, véhicule", "Mobile jusqu’à 15 km", "Jardinage", "« je suis là pour aider » !",
)  # fmt: skip


async def printed(layout: Layout, *, anonymous: bool = False, **changes: Any) -> Printed:
    return await print_cv(a_profile(**PERSON | changes), Occupations.load(), TODAY, layout, anonymous=anonymous)


@pytest.mark.parametrize("layout", Layout)
async def test_a_page_says_everything_is_tagged_and_keeps_its_margins(layout: Layout) -> None:
    made = await printed(layout)
    seen = look(made.pdf)
    flat = " ".join(seen.words.split())
    assert (seen.pages, seen.inside, made.notes) == (1, True, ()), seen.ink
    assert [words for words in SAID if words not in flat] == []
    for never in ("1989", "RSA", "RQTH", "clause", "CDDI", "emme"):
        assert never not in flat.replace("Lemoine", ""), never
    read = pypdf.PdfReader(io.BytesIO(made.pdf))
    root = read.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("fr-FR", True, True)
    assert read.metadata is not None
    assert read.metadata.title == "CV de Nadia Lemoine"
    assert "Aide à la toilette" in read.pages[0].extract_text()


async def test_without_a_name_nothing_names_the_person() -> None:
    presentation = "Nadia Lemoine, dite NADIA : nadia@example.org ou 06.12.34.56.78, lemoine.example.org/x"
    made = await printed(Layout.SIDEBAR, anonymous=True, cv=CV | {"presentation": presentation})
    seen = look(made.pdf)
    flat = seen.words.casefold()
    assert (seen.pages, seen.inside) == (1, True)
    assert "auxiliaire de vie" in flat
    for named in ("nadia", "lemoine", "06 12", "06.12", "@", "23000"):
        assert named not in flat, named
    assert b"Nadia" not in made.pdf
    assert b"Lemoine" not in made.pdf
    assert pypdf.PdfReader(io.BytesIO(made.pdf)).metadata.title == "Curriculum vitæ"  # type: ignore[union-attr] # it has one


def widest(letters: str) -> dict[str, Any]:
    """A profile in which every text is as long as it may be, made of these letters."""

    def text(most: int) -> str:
        return (letters * (most // len(letters) + 1))[:most]

    def numbered(most: int, at: int) -> str:
        return f"{at:03}{text(most)}"[:most]

    job = {"title": text(120), "employer": text(120), "place": text(100), "begin": "2019-03", "end": "2024-06"}
    return {
        "first_name": text(100),
        "last_name": text(100),
        "skills": [numbered(60, at) for at in range(100)],
        "occupations": [{"code": one.code, "experience_months": 719} for one in list(Occupations.load())[:20]],
        "cv": {
            "headline": text(120),
            "presentation": text(1_200),
            "experiences": [job | {"tasks": text(1_000)}] * 20,
            "diplomas": [{"title": text(150), "school": text(120), "year": 2019}] * 10,
            "languages": [{"name": text(40), "mother_tongue": True}] * 10,
            "interests": [text(60)] * 10,
        },
    }


@pytest.mark.parametrize(
    ("letters", "layout"),
    [
        ("W", Layout.SIDEBAR),
        ("mot ", Layout.CLASSIC),
        ("l\n", Layout.SIDEBAR),
        ("Ж", Layout.CLASSIC),
        ("\ufdfd", Layout.SIDEBAR),
        ("à̴̸̷̴̸̷̴̸", Layout.COMPACT),
    ],
    ids=["wide", "words", "lines", "cyrillic", "ligature", "tower"],
)
async def test_the_longest_texts_are_shortened_to_one_page_and_it_is_said(letters: str, layout: Layout) -> None:
    made = await printed(layout, **widest(letters))
    seen = look(made.pdf)
    assert (seen.pages, seen.inside) == (1, True), seen.ink
    cut = {note.field for note in made.notes if note.rule == "shortened"}
    assert {"cv.experiences", "skills", "cv.interests"} <= cut
    assert "Expérience" in seen.words


@pytest.mark.parametrize(
    "name",
    [
        *("محمد", "Иван Żółć", "Ελένη", "שרה", "小明", "ქეთევან", "ಕನ್ನಡ", "Nguyễn Thị Hiền", "🙂"),
        *("Zoé🩷", "1\ufe0f\u20e3", "a\u20dd", "Zoé\u0378", "Zoé\U000f0000", "👨\u200d👩\u200d👧", "𝓝𝓪𝓭𝓲𝓪"),
    ],
)
async def test_a_name_of_any_script_is_printed_or_it_is_said_that_it_is_not(name: str) -> None:
    made = await printed(Layout.CLASSIC, first_name=name)
    seen, kept = look(made.pdf), clean_line(name)
    assert (seen.pages, seen.inside) == (1, True)
    boxed = [note for note in made.notes if note.rule == "no-font"]
    if boxed:
        assert boxed[0].field == "last_name"
        assert set(boxed[0].message.split(" : ")[1].split()) <= set(kept)
        assert "□" in seen.words
    else:
        assert "□" not in seen.words
        assert set(kept) - {" "} <= set(seen.words)
    # Latin, Greek, Cyrillic and Hebrew are the typesetter's own: no machine is without them.
    if name in ("Иван Żółć", "Ελένη", "שרה", "Nguyễn Thị Hiền"):
        assert boxed == []
    assert pypdf.PdfReader(io.BytesIO(made.pdf)).metadata.title == f"CV de {kept} Lemoine"  # type: ignore[union-attr] # it has one


async def test_a_text_of_many_writings_is_a_page_like_others() -> None:
    letters = [chr(code) for code in range(0x250, 0xFFFF) if chr(code).isalpha()]
    mixed = " ".join(letters[:: len(letters) // 500])
    made = await printed(Layout.CLASSIC, cv=CV | {"presentation": mixed[:1_200]})
    assert look(made.pdf).pages == 1
    assert {"cv.presentation"} <= {note.field for note in made.notes if note.rule == "no-font"}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Conductrice de ligne à la gare de La Souterraine", "Conductrice de ligne à la gare de La Souterraine"),
        ("Je suis Marie de la Tour, de Guéret", "Je suis […], de Guéret"),
        ("DE LA TOUR MARIE", "[…]"),
        ("Mme de La Tour-Marie", "Mme […]"),
        ("Voir linkedin.com/in/mtour75 ou wa.me/33612345678", "Voir […] ou […]"),
        ("06_12_34_56_78 ou 06·12·34·56·78 ou ０６１２３４５６７８", "[…] ou […] ou […]"),
        ("Du 12/03/2019 au 30/06/2020, 2015-2018", "Du 12/03/2019 au 30/06/2020, 2015-2018"),
    ],
)
def test_who_is_not_named_can_still_be_read(said: str, shown: str) -> None:
    assert hider("Marie", "De La Tour")(said) == shown


@pytest.mark.parametrize(
    ("first_name", "last_name", "said", "shown"),
    [
        ("मोहिनी", "शर्मा", "मेरा नाम मोहिनी है। शर्मा परिवार", "मेरा नाम […] है। […] परिवार"),
        ("தமிழ்", "செல்வன்", "என் பெயர் தமிழ்", "என் பெயர் […]"),
        ("සමන්", "පෙරේරා", "මගේ නම සමන්", "මගේ නම […]"),
        ("สมชาย", "ใจดี", "ผมชื่อสมชาย ทำงาน", "ผมชื่อ[…] ทำงาน"),
        ("小明", "王", "我叫王小明，小明会做饭。", "我叫[…]，[…]会做饭。"),
        ("伟", "王", "王伟 大王", "[…] 大王"),
        ("さくら", "田中", "田中さくらです", "[…]です"),
        ("ខេម", "រតនា", "ខ្ញុំឈ្មោះខេមរតនា", "ខ្ញុំឈ្មោះ[…]"),
        ("محمد", "الأحمد", "مُحَمَّد و محـمد", "[…] و […]"),
        ("Łukasz", "Đỗ", "Lukasz Do", "[…]"),
        ("Søren", "Ødegård", "Soren, Odegard", "[…], […]"),
        ("Jean-Pierre", "O’Neil", "JeanPierre et ONeil", "[…] et […]"),
    ],
)
def test_a_name_of_any_writing_is_hidden(first_name: str, last_name: str, said: str, shown: str) -> None:
    """Vowel signs parted words, so a first name alone stayed; where no blanks stand between words all of it did."""
    assert hider(first_name, last_name)(said) == shown


def test_names_that_are_only_particles_or_signs_are_hidden_as_a_whole() -> None:
    assert hider("Le", "Van")("le van de Le Van, van le") == "[…] de […], […]"
    assert hider("A", "B")("a b, puis a") == "[…], puis a"
    assert hider("🙂", "🙃")("un 🙂 🙃 texte") == "[…]"


@pytest.mark.parametrize(
    ("address", "said", "shown"),
    [
        ("3 bis rue de l'Église", "Au 3 bis, rue de l’EGLISE à Guéret", "Au […], […] à Guéret"),
        ("3 rue des Tilleuls 23000 Guéret, France", "Rue des tilleuls ; France Travail Guéret", "[…] ; France Travail Guéret"),
        ("12 Grande Rue Guéret", "J'habite Grande-Rue", "J'habite […]"),
        ("Bât A, B, Lavaud", "Permis B, près de Lavaud", "Permis B, près de […]"),
        ("Guéret", "Guéret, nadia@example.org", "Guéret, […]"),
        (None, "Rue des Tilleuls, 06 12 34 56 78", "Rue des Tilleuls, […]"),
    ],
)  # fmt: skip
def test_where_somebody_is_found_is_hidden_and_their_commune_is_read(
    address: str | None, said: str, shown: str
) -> None:
    assert whereabouts_hider(GUERET.model_copy(update={"address": address}))(said) == shown
    assert whereabouts_hider(None)("Rue des Tilleuls") == "Rue des Tilleuls"


async def test_nothing_typed_is_read_as_markup() -> None:
    odd = '#pagebreak() *x* $y$ ]#read("/etc/passwd") \\ <a> @b'
    made = await printed(Layout.COMPACT, cv=CV | {"headline": odd, "interests": [odd]})
    seen = look(made.pdf)
    assert seen.pages == 1
    assert odd in " ".join(seen.words.split())


def test_each_step_says_less_than_the_one_before() -> None:
    whole = content_of(a_profile(**PERSON | widest("mot ")), Occupations.load(), TODAY)
    ladder = list(steps(whole))
    sizes = [len(str(step.document())) for step in ladder]
    assert (len(ladder), sizes) == (len(STEPS), sorted(sizes, reverse=True))
    assert [step.cut for step in ladder[:3]] == [(), (), ()]


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Vite ! Non ? Oui ; bon : là", "Vite\u202f! Non\u202f? Oui\u202f; bon\u00a0: là"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("2019 - 2020", "2019 – 2020"),
        ("arc-en-ciel a:b http://x", "arc-en-ciel a:b http://x"),
        ("\u202ea\u2066b\u200b", "ab"),
        ("\ufdfa", "صلى الله عليه وسلم"),
    ],
)
def test_french_spaces(typed: str, set_: str) -> None:
    assert line(typed) == set_


def test_words_of_time_and_length() -> None:
    assert [duration(months) for months in (1, 12, 18, 66)] == [
        "1\u00a0mois",
        "1\u00a0an",
        "1\u00a0an et 6\u00a0mois",
        "5\u00a0ans",
    ]
    assert (when("2019", None), when(None, "2019-05"), when("2019", "2019"), when(None, None)) == (
        "depuis 2019", "jusqu’en mai 2019", "2019", ""
    )  # fmt: skip
    assert shortened("un deux trois", 9) == "un deux…"
    assert shortened("x" * 10, 5) == "xxxx…"
    assert unbroken("anticonstitutionnellement"[:20]).isascii()
    assert "\u200b" in unbroken("W" * 30)


async def test_the_person_and_their_counsellor_read_it_and_a_copy_that_stands_is_not_sent_again(
    profiles: Running, stack: Stack
) -> None:
    seeker, counsellor = stack.token("seeker", subject="seeker-1"), stack.token("counsellor", subject="counsellor-1")
    where = (await profiles.client.post("/v1/profiles", json=a_body(cv=CV), headers=seeker)).headers["location"]
    first = await profiles.client.get(f"{where}/cv.pdf", headers=seeker)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["content-disposition"] == 'attachment; filename="cv.pdf"'
    assert look(first.content).pages == 1
    kept = counsellor | {"If-None-Match": first.headers["etag"]}
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        headers = counsellor | {"If-None-Match": known}
        assert (await profiles.client.get(f"{where}/cv.pdf", headers=headers)).status_code == 304, known
    change = {"cv": {"headline": "Aide-soignante"}}
    answer = await profiles.client.patch(where, json=change, headers=seeker | {"If-Match": "*"})
    assert answer.json()["cv"]["experiences"][0]["title"] == "Auxiliaire de vie"  # single members are taken
    again = await profiles.client.get(f"{where}/cv.pdf?layout=compact&anonymous=true", headers=kept)
    assert again.status_code == 200
    assert again.headers["content-disposition"] == 'attachment; filename="cv-sans-nom.pdf"'
    assert "Aide-soignante" in look(again.content).words
    said = await profiles.client.get(f"{where}/cv?layout=sidebar", headers=counsellor)
    assert said.json() == {"layout": "sidebar", "anonymous": False, "complete": True, "notes": []}
    refused = await profiles.client.get(f"{where}/cv.pdf?layout=fancy", headers=seeker)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.layout")


@pytest.mark.parametrize(
    ("cv", "field", "rule"),
    [
        ({"experiences": [{"title": "x", "begin": "2019-13"}]}, "cv.experiences.0.begin", "when"),
        ({"experiences": [{"title": "x", "begin": "２０１９"}]}, "cv.experiences.0.begin", "when"),
        ({"experiences": [{"title": "x", "begin": "2019-03", "end": "2018"}]}, "cv.experiences.0.end", "before-start"),
        ({"experiences": [{"title": "x", "begin": "2099"}]}, "cv.experiences.0.begin", "in-the-future"),
        ({"experiences": [{"title": "x"}] * 21}, "cv.experiences", "too-long"),
        ({"presentation": "x" * 1_201}, "cv.presentation", "too-long"),
        ({"diplomas": [{"title": " ", "year": 2019}]}, "cv.diplomas.0.title", "blank"),
        ({"photo": "x"}, "cv.photo", "extra-forbidden"),
        ({"interests": ["1 85 05 78 006 084"]}, "cv.interests.0", "personal-number"),
    ],
)
async def test_what_cannot_stand_in_a_cv_is_refused_by_its_field(
    profiles: Running, stack: Stack, cv: dict[str, Any], field: str, rule: str
) -> None:
    answer = await profiles.client.post("/v1/profiles", json=a_body(cv=cv), headers=stack.token("seeker"))
    assert answer.status_code == 422
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, rule)]


def test_what_stood_before_the_cv_is_read_as_a_profile_without_one() -> None:
    assert ProfileDetails.model_validate({"first_name": "Nadia", "last_name": "Lemoine"}).cv.experiences == ()
