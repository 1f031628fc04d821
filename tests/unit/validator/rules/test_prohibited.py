from services.validator.submission import Application
from tests.common.named_labels import IMPORTED, SPIRITS, check, label, outcome


def test_each_wording_makes_one_finding_however_often_it_stands():
    subject = label("ELM HILL\n\nA remedy and a tonic\n\nA remedy\n---\nA remedy")

    found = [finding.found for finding in check("prohibited.health", subject).findings]

    assert found == ["remedy", "tonic"]


def test_an_allowed_wording_excuses_no_other_hit():
    subject = label("ELM HILL\n\nServe with tonic water\n\nOur medicinal tonic", SPIRITS)

    assert outcome(check("prohibited.health", subject)) == "review"


def test_words_of_the_health_warning_are_no_claim():
    subject = label("GOVERNMENT WARNING: (1) According to the Surgeon\n\ncause health problems. health benefits")

    assert outcome(check("prohibited.health", subject)) == "not_applicable"


def test_whether_words_of_scotland_are_true_is_open_while_no_country_was_read():
    subject = label("STONE'S THROW\n\nHighland Whisky", SPIRITS, IMPORTED)

    assert outcome(check("prohibited.scotland-words", subject)) == "not_checkable"


def test_a_brand_that_is_the_name_of_the_maker_is_only_told():
    application = Application(brand_name="Cure Cellars")
    subject = label("CURE CELLARS\n\nBottled by Cure Cellars, Napa, CA", application=application)

    assert outcome(check("prohibited.health", subject)) == "information"


def test_a_brand_that_is_no_listed_name_of_the_company_asks_for_a_person():
    subject = label("ARMY RUM", SPIRITS, application=Application(brand_name="Army Rum", permit_names="Elm Hill LLC"))

    assert outcome(check("prohibited.armed-forces-flags", subject)) == "review"
