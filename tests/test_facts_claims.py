"""Whether a flaw is exploited or patched: what a text denies, leaves open, says of flaws in general or of another's."""

from __future__ import annotations

import pytest
from facts_kit import facts, values

#: A title in each language that speaks of a flaw and states nothing of it.
TITLES = {
    "en": "Flaw in Examplesoft Desk lets strangers in",
    "fr": "Une faille dans Examplesoft Desk ouvre la porte",
    "de": "Sicherheitslücke in Examplesoft Desk öffnet die Tür",
    "es": "Una vulnerabilidad en Examplesoft Desk abre la puerta",
    "it": "Una vulnerabilità in Examplesoft Desk apre la porta",
    "pt": "Uma vulnerabilidade no Examplesoft Desk abre a porta",
    "nl": "Kwetsbaarheid in Examplesoft Desk zet de deur open",
    "pl": "Podatność w Examplesoft Desk otwiera drzwi",
    "zh": "Examplesoft Desk 漏洞",
    "ja": "Examplesoft Desk に脆弱性",
}


def stated(kind: str, language: str, text: str, title: str | None = None) -> list[object]:
    return values(facts(language, title or TITLES[language], text), kind)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The code sits in the chip and cannot be modified or patched once it has left the factory."),
        ("en", "The maker has no plans to fix the flaw."),
        ("en", "Examplesoft declined to patch the bug, which it calls expected behavior."),
        ("en", "It said it will not fix the vulnerability."),
        ("en", "The report was closed as won't fix."),
        ("en", "Examplesoft plans to release a fix in spring."),
        ("en", "The old model no longer receives security updates."),
        ("fr", "Ce code ne peut être ni modifié ni corrigé après la sortie d'usine."),
        ("fr", "L'éditeur travaille encore à un correctif pour la faille."),
        ("fr", "La faille des puces est impossible à corriger."),
        ("fr", "L'éditeur refuse de corriger la faille, un comportement attendu selon lui."),
        ("de", "Der Code kann weder geändert noch gepatcht werden."),
        ("de", "Der Hersteller will die Lücke nicht schließen."),
        ("es", "El código no se puede modificar ni parchear."),
        ("es", "El fabricante no va a corregir el fallo."),
        ("it", "Il codice non si può modificare né correggere."),
        ("pt", "O código não pode ser alterado nem corrigido."),
        ("nl", "De code kan niet worden aangepast, noch gepatcht."),
        ("pl", "Kodu nie można zmienić ani załatać."),
        ("zh", "该漏洞位于芯片内，无法修复。"),
        ("ja", "メーカーはこの脆弱性を修正しない。"),
    ],
)
def test_what_is_not_patched(language: str, text: str) -> None:
    """A negation reaches over "or"; a maker that will not, or that only plans to, has patched nothing."""
    assert stated("patched", language, text) == [False]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It remains unclear if the issue has been fixed."),
        ("en", "It is not yet known whether the maker has patched the flaw."),
        ("en", "The boxes appeared to be patched, yet they stayed vulnerable."),
        ("en", "Owners should run the patched kernel and keep guests apart."),
        ("en", "Administrators should isolate the server until Examplesoft releases the fix."),
        ("en", "Updates for old versions will only be available to those who pay for extended security updates."),
        ("en", "Agencies were told to patch by Friday."),
        ("en", "Their vendors have ninety days to patch the vulnerabilities that won a prize."),
        ("en", "It lists the plugin flaws by their severity."),
        ("en", "Security teams may patch their servers and still overlook a copy."),
        ("en", "The new flaw is not a patch bypass."),
        ("en", "Libraries load at fixed addresses."),
        ("en", "Where patches are not yet available, keep the server off the net."),
        ("en", "It points to a missing or undone security fix."),
        ("en", "Until it becomes clear that the flaw has been patched, keep the server off the net."),
        ("en", "Risk grows if patches are late; apply any available vendor patches."),
        ("en", "Old versions near their end-of-life raise the risk."),
        ("fr", "On ne sait pas encore si la faille a été corrigée."),
        ("fr", "Les boîtiers semblaient corrigés, ils étaient pourtant exposés."),
        ("fr", "La faille devrait être corrigée au printemps."),
        ("de", "Unklar ist, ob die Lücke geschlossen wurde."),
        ("de", "Die Geräte waren scheinbar gepatcht."),
        ("de", "Die Lücke soll im Frühling geschlossen werden."),
        ("es", "No está claro si el fallo ha sido corregido."),
        ("es", "Los equipos parecían corregidos."),
        ("it", "Non è chiaro se la falla sia stata corretta."),
        ("pt", "Não se sabe se a falha foi corrigida."),
        ("nl", "Het is onduidelijk of het lek is gedicht."),
        ("pl", "Nie wiadomo, czy luka została załatana."),
        ("zh", "目前不清楚漏洞是否已修复。"),
        ("ja", "脆弱性が修正されたかどうかは不明。"),
    ],
)
def test_what_leaves_a_patch_open(language: str, text: str) -> None:
    """Doubt, semblance, advice and what is to come state no patch."""
    assert stated("patched", language, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Only one of the four flaws has been fixed."),
        ("en", "The maker patched two of the four vulnerabilities."),
        ("en", "All but one of the bugs were fixed in version 3.1."),
        ("fr", "Une seule des quatre failles a été corrigée."),
        ("fr", "L'éditeur a corrigé deux des quatre vulnérabilités."),
        ("de", "Bislang wurde nur eine der vier Lücken geschlossen."),
        ("es", "Solo uno de los cuatro fallos ha sido corregido."),
        ("it", "Solo una delle quattro falle è stata corretta."),
        ("pt", "Apenas uma das quatro falhas foi corrigida."),
        ("nl", "Slechts een van de vier lekken is gedicht."),
        ("pl", "Tylko jedna z czterech luk została załatana."),
        ("zh", "四个漏洞中仅一个已修复。"),
    ],
)
def test_one_of_several_flaws_patched_is_no_patch_of_all(language: str, text: str) -> None:
    """What holds of a part is no fact of the story, also where a later sentence praises the patch."""
    assert stated("patched", language, text) == []
    assert stated("patched", language, f"{text} {text}") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "One of the flaws patched this month is known to the public."),
        ("en", "The flaw was fixed in version 3.1; it needs no account and works on all systems."),
        ("en", "Version 3.1 addresses the vulnerability."),
        ("en", "The agency gives offices three days to patch the Examplesoft flaw."),
        ("en", "The flaw was open until the emergency fix was deployed in June."),
        ("fr", "La faille a été corrigée, sans que personne ne l'annonce."),
        ("de", "Die Lücke ist nicht neu und wurde im Mai geschlossen."),
        ("es", "El fallo no es nuevo y fue corregido en mayo."),
    ],
)
def test_a_patch_stays_one(language: str, text: str) -> None:
    """A negation ends where another verb begins, and a part that is named for another reason denies nothing."""
    assert stated("patched", language, text) == [True]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The gap between a disclosure and active exploitation tends to get smaller."),
        ("en", "Flaws like this are often exploited by ransomware gangs."),
        ("en", "Attackers regularly exploit such bugs."),
        ("en", "Researchers exploited the flaw in their lab."),
        ("en", "The researcher then weaponized it to open a shell."),
        ("en", "The bug was exploited in tests by the finders."),
        ("en", "A team was seen exploiting two zero-days at Pwn2Own."),
        ("en", "The maker has not said whether the flaw was exploited in attacks."),
        ("en", "The rule aims to reduce the risk of known exploited vulnerabilities."),
        ("en", "Update the server before hackers exploit the flaw."),
        ("en", "The flaw is not yet in CISA's Known Exploited Vulnerabilities catalog."),
        ("fr", "Le délai entre la publication et l'exploitation active tend à se réduire."),
        ("fr", "Ce type de faille est souvent exploité par des pirates."),
        ("fr", "La faille a été exploitée par des chercheurs en laboratoire."),
        ("fr", "On ignore encore si la faille est activement exploitée."),
        ("de", "Solche Lücken werden häufig aktiv ausgenutzt."),
        ("de", "Unklar ist, ob die Lücke bereits ausgenutzt wird."),
        ("de", "Die Lücke wurde von Forschern im Labor ausgenutzt."),
        ("es", "Este tipo de fallos suele ser explotado por bandas."),
        ("es", "No está claro si el fallo ya fue explotado."),
        ("it", "Questo tipo di falla viene spesso sfruttata attivamente."),
        ("pt", "Esse tipo de falha costuma ser explorada por criminosos."),
        ("nl", "Dergelijke lekken worden vaak actief misbruikt."),
        ("pl", "Takie luki są często wykorzystywane przez przestępców."),
        ("zh", "此类漏洞往往被黑客利用。"),
        ("zh", "研究人员在测试中利用了该漏洞。"),
        ("ja", "この種の脆弱性は通常すぐに悪用される。"),
    ],
)
def test_what_is_no_exploitation(language: str, text: str) -> None:
    """What holds of flaws in general, what researchers did and what nobody knows state no attack."""
    assert stated("exploited", language, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "CISA added the flaw to its Known Exploited Vulnerabilities catalog."),
        ("en", "Attacks exploiting the flaw began in May, researchers say."),
        ("en", "The flaw is now targeted in attacks."),
        ("en", "A gang used a zero-day to breach the servers."),
        ("fr", "Des attaquants l'exploitent aujourd'hui."),
        ("fr", "Deux bandes exploitent désormais cette faille."),
        ("fr", "Des criminels exploitent déjà la faille."),
        ("de", "Die Lücke wird bereits ausgenutzt, Forscher warnten im Mai."),
        ("es", "El fallo está siendo explotado, según los investigadores."),
    ],
)
def test_an_attack_stays_one(language: str, text: str) -> None:
    """Who reports an attack is not who attacks."""
    assert stated("exploited", language, text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "While no active exploitation has been confirmed, the flaw is easy to reach.",
        "The flaw has so far not been publicly disclosed or actively exploited.",
        "There is no evidence of exploitation.",
    ],
)
def test_no_attack_is_known(text: str) -> None:
    """A denial reaches over "or"; it may state that there was none, never that there was one."""
    assert True not in stated("exploited", "en", text)


def test_a_title_on_the_list_of_exploited_flaws_states_it() -> None:
    """The rule that the agency quotes below its notices states nothing."""
    title = "CISA adds a flaw in Examplesoft Desk to its Known Exploited Vulnerabilities catalog"

    assert stated("exploited", "en", "The notice names one flaw.", title) == [True]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Examplesoft Desk vulnerability exploited 3 days after disclosure"),
        ("en", "Desk bug exploited to hijack servers"),
        ("en", "Desk flaw exploited shortly after proof of concept"),
        ("en", "CVE-2026-11111 exploited: gateways taken over"),
        ("en", "Admins urged to patch exploited Desk, Portal flaws"),
        ("en", "Firms warned of exploited Examplesoft Desk vulnerabilities"),
        ("en", "Exploitation of recent Examplesoft vulnerability begins"),
        ("en", "SandViper botnet exploits six Desk flaws"),
        ("en", "Hackers exploit Desk flaw"),
        ("en", "Desk flaw exploited in attacks"),
        ("en", "Desk flaw under active attack"),
        ("en", "Spies actively exploiting Desk bug"),
        ("fr", "Une faille de Desk exploitée par des pirates"),
        ("fr", "Vulnérabilité activement exploitée dans Desk"),
        ("fr", "Ces vulnérabilités exploitées industriellement"),
        ("zh", "Desk 漏洞遭在野利用"),
        ("zh", "黑客组织利用 Desk 漏洞入侵企业网站"),
        ("zh", "智能体利用 Desk 漏洞自动执行攻击"),
    ],
)
def test_a_title_says_that_a_flaw_is_exploited(language: str, title: str) -> None:
    """By a participle behind the flaw, by what is exploited in front of its name, by who does it, or that it began."""
    assert stated("exploited", language, "", title) == [True]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Desk vulnerability to be exploited within days, experts fear"),
        ("en", "Desk flaw can be exploited 3 days after disclosure"),
        ("en", "Desk flaw could be exploited to hijack servers"),
        ("en", "The ten most exploited vulnerabilities of the year"),
        ("en", "Agencies told to patch critical exploited flaws in 3 days"),
        ("en", "How botnets exploit flaws"),
        ("en", "Proof of concept exploits flaw in Desk"),
        ("en", "Researchers exploited Desk flaw to open doors"),
        ("en", "Exploitation of known vulnerabilities rises"),
        ("zh", "Desk 漏洞利用分析"),
        ("zh", "攻击者可利用 Desk 漏洞植入木马"),
    ],
)
def test_a_title_that_states_no_attack(language: str, title: str) -> None:
    """What may come, flaws in general, a proof and an analysis."""
    assert stated("exploited", language, "", title) == []


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Desk zero-day code drops before Patch Tuesday", "It is an unpatched flaw in Desk.", [False]),
        ("en", "Desk zero-day code drops ahead of Patch Tuesday", "", []),
        ("en", "August Patch Tuesday fixes a Desk flaw", "", [True]),
        ("en", "Desk zero-day gets an unofficial patch", "", []),
        ("en", "Micropatches released for a Desk flaw", "", []),
        ("en", "A flaw in Desk", "A third-party fix is available.", []),
        ("en", "A flaw in Desk", "The bug is not yet fixed, but an unofficial patch is available.", [False]),
        ("en", "A flaw in Desk", "The official patch is available.", [True]),
        ("fr", "Une faille dans Desk", "Un correctif non officiel est disponible.", []),
        ("fr", "Une faille dans Desk", "Il n'y a pas de correctif pour l'instant.", [False]),
        ("fr", "Une faille dans Desk", "Un correctif est disponible.", [True]),
        ("de", "Eine Lücke in Desk", "Ein inoffizieller Patch ist verfügbar.", []),
        ("es", "Un fallo en Desk", "Hay un parche no oficial disponible.", []),
        ("it", "Una falla in Desk", "Una patch non ufficiale disponibile.", []),
    ],
)
def test_a_day_of_patches_and_the_patch_of_others(language: str, title: str, text: str, expected: list[bool]) -> None:
    """What came before the maker's day is not patched by it, and what others offer is not the maker's."""
    assert stated("patched", language, text, title) == expected


@pytest.mark.parametrize(
    ("kind", "language", "title", "text", "expected"),
    [
        ("exploited", "en", "10,000 Desk servers vulnerable to ongoing XSS attacks", "", [True]),
        ("exploited", "en", "Ruritania-linked Actors Exploit a Desk flaw to Drop Malware", "", [True]),
        ("exploited", "en", "State actors could exploit a Desk flaw", "", []),
        ("patched", "en", "1,300 servers are open", "They remain unpatched against a flaw in Desk.", []),
        ("patched", "en", "A flaw in Desk", "The flaw remains unpatched.", [False]),
        ("patched", "en", "A flaw in Desk", "Update to 7.0.2 now, with mitigations if you can't patch yet.", [True]),
        ("patched", "en", "A flaw in Desk", "If you cannot patch, block the port.", []),
        ("patched", "fr", "Une faille dans Desk", "Si vous ne pouvez pas appliquer le correctif, bloquez le port.", []),
        ("patched", "de", "Eine Lücke in Desk", "Wer nicht patchen kann, sperrt den Port.", []),
        ("patched", "en", "Acme, Desk Patch Critical Vulnerabilities", "", [True]),
        ("patched", "en", "Why You Must Patch Critical Vulnerabilities in Desk", "", []),
        ("patched", "en", "Desk exploit goes public weeks after patch", "", [True]),
        ("patched", "en", "No perfect fix for a flaw in Desk", "", []),
        ("patched", "en", "No fix for a flaw in Desk", "", [False]),
        ("patched", "en", "A flaw in Desk", "The fix has been sitting on a server for nearly a month.", [True]),
    ],
)
def test_open_servers_and_those_who_cannot_patch(
    kind: str, language: str, title: str, text: str, expected: list[bool]
) -> None:
    """Servers that nobody patched and advice for who cannot say nothing of the maker's patch."""
    assert stated(kind, language, text, title) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Three flaws with CVSS scores exceeding 9.0 were fixed.", []),
        ("en", "Three flaws with CVSS scores of 9.0 were fixed.", [9.0]),
        ("en", "It fixes a critical flaw rated 9.4 under CVSS 4.0.", [9.4]),
        ("fr", "Trois failles au score CVSS supérieur à 9,0 sont corrigées.", []),
        ("es", "Tres fallos con una puntuación CVSS superior a 9,0.", []),
        ("zh", "披露了Desk远程代码执行漏洞，CVSS评分9.8，请尽快防护。", [9.8]),
        ("zh", "披露了Desk漏洞，CVSS评分高于9.0。", []),
    ],
)
def test_a_bound_is_no_score(language: str, text: str, expected: list[float]) -> None:
    """What the scores exceed is the score of none of the flaws."""
    assert values(facts(language, "Flaws in Desk", text), "cvss") == expected


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("exploited", "Critical Examplesoft Desk flaw exploited by uploading a malicious PDF"),
        ("exploited", "Examplesoft Desk flaw lets strangers in via weaponized SVG files"),
        ("patched", "Owners of a million Desks have an urgent reason to patch"),
    ],
)
def test_how_a_flaw_works_is_not_what_happened(kind: str, title: str) -> None:
    """By what doing a flaw is exploited, and why one should patch, tell of no attack and no patch."""
    assert stated(kind, "en", "A flaw in Desk opens the door.", title) == []


def test_a_group_that_exploits_a_flaw_does_it() -> None:
    assert stated("exploited", "en", "The flaw was exploited by hacking groups in May.") == [True]
