"""Each breach of fact has a name; what only looks like one passes. Any pair of languages."""

from __future__ import annotations

import pytest

from pipeline.translate.checks import check


def _kinds(source: str, sentence: str, target: str, translated: str) -> set[str]:
    return {problem.kind for problem in check(sentence, translated, source, target)}


@pytest.mark.parametrize(
    ("source", "sentence", "target", "translated", "kind"),
    [
        ("fr", "La faille CVE-2026-12345 est corrigée.", "en", "The flaw CVE-2026-12346 is fixed.", "cve-lost"),
        ("fr", "La faille CVE-2026-12345 est corrigée.", "en", "The flaw CVE-2026-12346 is fixed.", "cve-added"),
        ("es", "Véase https://example.org/a hoy.", "en", "See https://example.org/b today.", "url-lost"),
        ("pt", "Escreva para ana@example.org hoje.", "en", "Write to Ana today.", "email-lost"),
        ("it", "La versione 2.6.17 è vulnerabile.", "en", "The version 2.6.18 is vulnerable.", "version-lost"),
        ("fr", "Il y a 2 failles dans la version 2.6.17.", "en", "There are flaws in version 2.6.17.", "number-lost"),
        ("de", "Das Bußgeld beträgt 20.000 Euro.", "en", "The fine is 20 euros.", "amount-lost"),
        ("de", "Das Bußgeld beträgt 500 Euro.", "en", "The fine is 500 dollars.", "currency-changed"),
        ("fr", "Publié le 12 décembre 2026.", "en", "Published on 13 December 2026.", "date-lost"),
        ("fr", "La faille n'est pas corrigée.", "en", "The flaw in the server is fixed.", "negation-lost"),
        ("pt", "O ataque não foi detectado.", "en", "The attack was detected.", "negation-lost"),
        ("fr", "Dix-sept modèles sont vulnérables.", "en", "Seventy models are vulnerable.", "number-lost"),
        ("pt", "Há dezanove detidos.", "en", "There are ninety detainees.", "number-lost"),
        ("fr", "La faille la plus grave, jamais corrigée.", "en", "The gravest flaw, corrected.", "negation-lost"),
        ("fr", "Le plus gros client n'a jamais payé.", "en", "The biggest client has paid.", "negation-lost"),
        ("fr", "Aucune attaque n'a été vue.", "en", "No attack was not seen.", "denied-twice"),
        ("fr", "Nul ne sait.", "en", "Today, no one doesn't know.", "denied-twice"),
        ("fr", "Ni A ni B n'ont parlé.", "en", "Neither A nor B have not spoken.", "denied-twice"),
        ("fr", "Aucun des serveurs n'était sûr.", "en", "None of the servers weren't safe.", "denied-twice"),
        ("fr", "Pas un seul n'est sûr.", "en", "Not a single server is not safe.", "denied-twice"),
        ("fr", "Sans qu'elle en soit informée.", "en", "Without her not being informed of it.", "denied-twice"),
        ("en", "The flaw is not fixed.", "pt", "A falha foi corrigida.", "negation-lost"),
        ("en", "The fine is 20,000 euros.", "fr", "L'amende est de 2 000 euros.", "amount-lost"),
        ("pt", "O servidor da empresa foi atacado ontem.", "en", "The", "length"),
        (
            "pt",
            "A reunião começa às 18h de segunda-feira.",
            "en",
            "The meeting starts at 5pm on Monday.",
            "number-lost",
        ),
        ("pt", "Falha no kernel Linux 2.4.", "en", "A flaw in the 2.4 kernel.", "name-lost"),
        ("pt", "O servidor caiu.", "en", "The s s s s s s s", "repetition"),
        ("es", "El ataque fue grave.", "en", "  ", "empty"),
        (
            "fr",
            "Le serveur de la ville est dans les mains des pirates.",
            "en",
            "Le serveur de la ville est dans les mains des pirates.",
            "not-translated",
        ),
    ],
)
def test_a_breach_is_found(source: str, sentence: str, target: str, translated: str, kind: str) -> None:
    """Identifiers, numbers, money, dates, denials, length, loops, copies."""
    assert kind in _kinds(source, sentence, target, translated)


@pytest.mark.parametrize(
    ("source", "sentence", "target", "translated"),
    [
        ("fr", "Une amende de 1,5 million d'euros.", "en", "A fine of 1.5 million euros."),
        ("fr", "Publié le 12 décembre 2026.", "en", "Published on December 12, 2026."),
        ("fr", "Toutes les versions antérieures à 0.17.", "en", "All versions before 0.17."),
        ("fr", "Les versions ultérieures à Exim 3.952.", "en", "Versions later than Exim 3.952."),
        ("it", "Nelle versioni fino alla 2.6.17.4 compresa.", "en", "In versions up to and including 2.6.17.4."),
        ("es", "Sin embargo, el aviso es útil.", "en", "However, the notice is useful."),
        ("es", "Es más fácil que nunca.", "en", "It is easier than ever."),
        ("es", "Un sistema basado en PHP y pagado en dólares.", "en", "A system based on PHP and paid for in dollars."),
        ("pt", "A visita será ao meio-dia.", "en", "The visit will be at noon."),
        ("fr", "Le serveur ne répond pas.", "en", "The server fails to respond."),
        ("de", "Das Update ist nicht möglich.", "en", "The update is impossible."),
        ("en", "The flaw is not fixed.", "pt", "A falha não foi corrigida."),
        ("en", "A fine of 1.5 million euros.", "fr", "Une amende de 1,5 million d'euros."),
        ("pt", "Dois servidores e uma falha.", "en", "A couple of servers and a flaw."),
        ("pt", "Falha no kernel Linux 2.4.", "en", "A flaw in the Linux 2.4 kernel."),
        ("pt", "A reunião começa às 18h de segunda-feira.", "en", "The meeting starts at 6pm on Monday."),
        ("fr", "Le service reprend à 14 h 30.", "en", "Service resumes at 2:30 p.m."),
        ("pt", "Uma instalação sem dor.", "en", "A painless installation."),
        ("fr", "Aucune attaque n'a été vue.", "en", "No attack was seen."),
        ("fr", "Aucun compte qui n'est pas actif.", "en", "No account that is not active."),
        ("fr", "Il n'y a pas de serveur qui ne répond pas.", "en", "There is no server not responding."),
        ("fr", "Rien n'est sûr, et il ne parle pas.", "en", "Nothing is safe, and he does not speak."),
        ("fr", "Il n'est plus là, il n'a pas parlé.", "en", "He is no longer here and has not spoken."),
    ],
)
def test_the_same_said_otherwise_passes(source: str, sentence: str, target: str, translated: str) -> None:
    """Values are compared, not words; style is free."""
    assert _kinds(source, sentence, target, translated) == set()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("fr", "L'amende la plus élevée jamais infligée."),
        ("es", "La multa más alta jamás impuesta."),
        ("it", "La multa più alta mai inflitta."),
    ],
)
def test_the_highest_ever_denies_nothing(source: str, sentence: str) -> None:
    """ "Jamais" behind a superlative is "ever"."""
    assert check(sentence, "The highest fine ever imposed.", source, "en") == ()


@pytest.mark.parametrize("translated", ["Seventeen models are vulnerable.", "17 models are vulnerable."])
def test_a_count_in_words_may_come_out_in_digits(translated: str) -> None:
    """Both say it."""
    assert check("Dix-sept modèles sont vulnérables.", translated, "fr", "en") == ()
