"""What a product is called: no place, person, nickname of a flaw, malware, protocol or part of another name."""

from __future__ import annotations

import pytest
from facts_kit import facts, names

from pipeline.facts import find_facts
from pipeline.model import Article


def products(language: str, title: str, text: str = "") -> list[str | None]:
    return names(facts(language, title, text), "product")


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Blackout in Luxembourg tied to a flaw in Huawei enterprise routers", "", ["Huawei enterprise routers"]),
        ("en", "A flaw knocks out phones in Luxembourg", "", []),
        ("fr", "Une faille exploitée en Belgique", "", []),
        ("de", "Sicherheitslücke in Österreich ausgenutzt", "", []),
        ("es", "Una vulnerabilidad explotada en Alemania", "", []),
        ("it", "Una falla sfruttata in Svizzera", "", []),
    ],
)
def test_a_place_is_no_product(language: str, title: str, text: str, expected: list[str]) -> None:
    """A flaw strikes there; it is in something else."""
    assert products(language, title, text) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "DeskLeak: four bugs put desks at risk", "Researchers named the set of flaws DeskLeak.", []),
        ("en", "DirtyDesk Linux Kernel flaw grants root", "The flaw, dubbed DirtyDesk, is old.", ["Linux Kernel"]),
        ("fr", "DirtyDesk, une faille dans Formulix", "La faille baptisée « DirtyDesk » est ancienne.", ["Formulix"]),
        ("de", "DirtyDesk: Lücke in Formulix", "Die Lücke wurde auf den Namen „DirtyDesk“ getauft.", ["Formulix"]),
        ("es", "DirtyDesk: fallo en Formulix", "El fallo, bautizado como DirtyDesk, es antiguo.", ["Formulix"]),
        ("it", "DirtyDesk: una falla in Formulix", "La falla, battezzata DirtyDesk, è vecchia.", ["Formulix"]),
        ("pt", "DirtyDesk: falha no Formulix", "A falha, apelidada de DirtyDesk, é antiga.", ["Formulix"]),
        ("en", "Night Owl unveils exploit for a flaw", "The researcher Night Owl found the vulnerability.", []),
        ("en", "Flaw lets strangers in", "A flaw in the SandViper malware was found.", []),
        ("fr", "Une faille ouvre la porte", "Une faille dans le rançongiciel SandViper a été trouvée.", []),
        ("en", "A flaw in the plugin Formulix", "A flaw in the plugin called Formulix was found.", ["Formulix"]),
    ],
)
def test_a_nickname_is_no_product(language: str, title: str, text: str, expected: list[str]) -> None:
    """Of a flaw, of malware or of a researcher; a plug-in may be called something."""
    assert products(language, title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("A critical flaw in Veamos for AI apps lets strangers in", "", ["Veamos"]),
        ("29-Year-Old Veamos Bug Leaks Passwords", "Veamos has a bug.", ["Veamos"]),
        ("Flaw opens a door", "These products are affected byCVE-2026-11111vulnerability.", []),
        ("Flaw opens a door", "A flaw in LDAP was found.", []),
        ("Update KB5000000 fixes a flaw in Veamos", "", ["Veamos"]),
        ("CVE-2026-11111 - Veamos TSIG authentication bypass", "A flaw exists.", ["Veamos"]),
        (
            "CVE-2026-11111 - HP Linux Mapping and Drawing Software – Potential Escalation of Privilege",
            "",
            ["HP Linux Mapping and Drawing Software"],
        ),
        (
            "CVE-2026-11111 - Code execution in acme-blueprint-python-driver",
            "Unsafe use of Python's eval().",
            ["acme-blueprint-python-driver"],
        ),
        ("Flaws found", "Flaws were found in Veamos Veamos, the maker says.", ["Veamos"]),
        ("Critical Veamos Security Vulnerability Enables Attacks", "Veamos has a flaw.", ["Veamos"]),
        ("Veamos Builder WordPress plugin flaws allow theft", "", ["Veamos Builder"]),
        ("CVE-2026-11111 - WordPress Veamos plugin <= 1.9 - SQL Injection", "", ["Veamos"]),
        ("Vulnerability in Veamos LDAP", "", ["Veamos"]),
        ("CVE-2026-11111 - Issues in Tongue Servers for AWS", "", ["Tongue Servers for AWS"]),
        ("High-Severity Veamos Agent Flaws Grant Rights", "Veamos Agent has flaws.", ["Veamos Agent"]),
        ("Flaw in Spare Parts For Elementor plugin", "A flaw in Spare Parts For Elementor was found.", ["Spare Parts"]),
        ("Nine flaws in Garrex metal detectors", "", ["Garrex metal detectors"]),
        ("Flaw in a library", "Unlike implementations such as OpenSSH, the flaw sits in the client.", []),
        ("Claude Opus Found a Hole in Veamos", "It found a flaw in Veamos.", ["Veamos"]),
    ],
)
def test_a_name_ends_where_it_ends(title: str, text: str, expected: list[str]) -> None:
    """Age, severity, protocol, purpose and platform are said of a product, they are not its name."""
    assert products("en", title, text) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "CVE-2026-11111 - Formulix Core arbitrary file read in ResourceServlet", "", ["Formulix Core"]),
        ("en", "CVE-2026-11111 - Boxkeeper Vulnerable to RCE via overrides in AddView", "", ["Boxkeeper"]),
        ("en", "CVE-2026-11111 - tiny Pad 4.2.0 Denial of Service via Buffer Overflow", "", ["tiny Pad"]),
        ("en", "High-Severity Formulix Agent Flaws Grant Full SYSTEM Privileges", "", ["Formulix Agent"]),
        ("en", "Vulnerability in Formulix Parser Triggers DoS", "", ["Formulix Parser"]),
        ("en", "CVE-2026-11111 - Code Execution via Backup Restore in nginx-desk", "", []),
        ("en", "Formulix addresses a code execution flaw", "The bug lets anyone into Formulix systems.", ["Formulix"]),
        ("en", "Northgate patches zero-day in its FormulEdge software", "", ["FormulEdge"]),
        ("es", "Grave vulnerabilidad en cámaras Formulix", "", ["Formulix"]),
        ("ru", "В роутерах «Формуликс» нашли уязвимость", "", ["Формуликс"]),
        ("zh", "开源网关福星曝高危漏洞", "", ["福星"]),
    ],
)
def test_where_databases_and_headlines_put_the_product(
    language: str, title: str, text: str, expected: list[str]
) -> None:
    """Behind the id, before what the flaw is; what is installed; behind what it is; no part of a longer name."""
    assert products(language, title, text) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Working exploit for a GitLab bug is out", "", ["GitLab"]),
        ("en", "Flaw in Telegram lets strangers join calls", "", ["Telegram"]),
        ("fr", "Une faille de son extension Chrome", "La faille de l'extension Formulix est corrigée.", ["Formulix"]),
        ("zh", "内存可被读取，星桥处理器存在漏洞", "", ["星桥处理器"]),
        ("zh", "编码助手曝漏洞", "该漏洞影响Formulix、Firefox和Veamos等工具。", ["Firefox", "Formulix", "Veamos"]),
    ],
)
def test_names_that_say_little_by_themselves(language: str, title: str, text: str, expected: list[str]) -> None:
    """A maker whose product has his name, what an add-on is made for, Chinese names that end with their kind, lists."""
    assert products(language, title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("CVE-2026-11111", "CWE-78 NEUTRALIZATION OF ELEMENTS USED IN AN OS COMMAND. An injection vulnerability.", []),
        ("Flaw in ACME GATEWAY lets strangers in", "", ["ACME GATEWAY"]),
        ("Acme Patches 12 Flaws Including macOS Screen Sharing Flaw", "", ["macOS Screen Sharing"]),
        ("Acme Patches 12 Flaws Including Formulix Desk Spoofing Flaw", "", ["Formulix Desk"]),
        ("300 Sites Exposed Due to Form Plugin Flaw", "The file upload bug lets strangers in.", []),
        ("Strangers walk in", "A vulnerability was found in the Formulix Form Plugin.", ["Formulix Form Plugin"]),
        (
            "Desks at risk",
            "A flaw was found in Dell's Display and Peripherals Manager.",
            ["Display and Peripherals Manager"],
        ),
        ("Desks at risk", "A flaw was found in Dell's Formulix Desk.", ["Formulix Desk"]),
        (
            "CVE-2026-11111 - Code injection via quotes in Formulix CLI Rock Agent import",
            "A vulnerability in Formulix CLI before v0.14.2 was found.",
            ["Formulix CLI"],
        ),
        (
            "CVE-2026-11111 - Code injection via quotes in Formulix CLI Rock Agent import",
            "A vulnerability in Formulix CLI was found.",
            ["Formulix CLI Rock Agent"],
        ),
        (
            "Critical Flaw in Oracle Identity Manager Under Exploitation",
            "The exploitation of CVE-2026-11111 follows a campaign against Oracle E-Business Suite users.",
            ["Oracle Identity Manager"],
        ),
        ("A Recent Flaw in Oracle Lets Strangers In", "It is a flaw in E-Business Suite.", ["E-Business Suite"]),
    ],
)
def test_where_the_name_of_a_product_begins_and_ends(title: str, text: str, expected: list[str]) -> None:
    """Its last noun is part of it, a kind of flaw, a purpose and the owner are not; the one with a version ends it."""
    assert products("en", title, text) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Formulix Desk OS command injection lets thieves in", "Formulix Desk is open.", ["Formulix Desk"]),
        ("en", "Formulix Desk OS flaw lets strangers in", "Formulix Desk OS is open.", ["Formulix Desk OS"]),
        ("en", "500+ Formulix Desk Instances Vulnerable to Critical Attack", "", ["Formulix Desk"]),
        ("en", "Formulix v2.2.x Remote Code Execution", "Topic: Formulix v2.2.x Remote Code Execution", ["Formulix"]),
        ("en", "Patches in Formulix, Veamos, Commerce Cloud fix flaws", "", ["Formulix", "Veamos", "Commerce Cloud"]),
        ("en", "Formulix WordPress RCE Exploited", "The Formulix Desk plugin has a flaw.", ["Formulix Desk"]),
        ("en", "Google Chrome RCE Exploited", "", ["Google Chrome"]),
        (
            "en",
            "Sites at risk",
            "Strangers have been targeting Formulix Forms and iVeamos Joomla extension flaws.",
            ["Formulix Forms", "iVeamos"],
        ),
        ("en", ".NET SoapBox Flaw Opens a Door", "New research on .NET found a flaw codenamed SoapBox.", [".NET"]),
        (
            "en",
            "New SD-WAN flaw flagged",
            "A Catalyst SD-WAN Manager vulnerability is under attack.",
            ["Catalyst SD-WAN Manager"],
        ),
    ],
)
def test_copies_versions_and_platforms_are_no_part_of_a_name(
    language: str, title: str, text: str, expected: list[str]
) -> None:
    """Nor is the first word of a kind of flaw; a point in front and what the lead adds are."""
    found = products(language, title, text)
    assert [name for name in found if name] == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Vulnerability in ZZFA's Network", "", []),
        ("en", "Vulnerability in ZZFA", "", ["ZZFA"]),
        ("fr", "Une faille dans le réseau de la ZZFA", "", []),
        ("de", "Eine Lücke im Netzwerk der ZZFA", "", []),
        ("es", "Una vulnerabilidad en la red de la ZZFA", "", []),
        ("it", "Una falla nella rete della ZZFA", "", []),
        ("fr", "Un éditeur paie", "La société de Jeanne Exemple a revu ses primes aux vulnérabilités.", []),
        ("fr", "Des failles", "Le décret date de juin.Des entreprises ont trouvé des failles.", []),
        ("en", "Desk2Shell Flaw Added to KEV Catalog After Exploitation", "", []),
        ("en", "Helpers Enable Flaw to Drain System Resources", "", []),
        ("en", "DeskBleed vulnerability is exploited", "Strangers exploit DeskBleed.", []),
    ],
)
def test_whose_it_is_and_what_it_is_called_is_no_product(
    language: str, title: str, text: str, expected: list[str]
) -> None:
    """A network's owner, a company told by its head, two sentences glued, what flaws are called, a catalogue."""
    assert products(language, title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Formulix Rooms for Windows and macOS Flaws Enable Theft", "Formulix Rooms had flaws.", ["Formulix Rooms"]),
        ("Flaw in Formulix lets a fake tool hijack your Windows PC", "", ["Formulix"]),
        ("New DeskRoot flaw gives strangers root Linux access", "It is a flaw in the Veamos daemon.", ["Veamos"]),
        ("Gemini Flaw Lets Strangers Access Gmail, Calendar, and Docs", "", ["Gemini"]),
        ("A flaw in Gmail", "", ["Gmail"]),
        (
            "56 flaws",
            "Flaws across Windows, Office, Exchange Server, and more.",
            ["Windows", "Exchange Server", "Office"],
        ),
        ("A flaw", "A flaw in Exchange Server on Windows was fixed.", ["Exchange Server"]),
        ("1,300 Microsoft SharePoint servers vulnerable to spoofing", "", ["Microsoft SharePoint"]),
    ],
)  # fmt: skip
def test_a_platform_is_hit_where_it_is_named_as_hit(title: str, text: str, expected: list[str]) -> None:
    """Not where something is for it, runs on it or is reached through the flaw; yes in the list of what is fixed."""
    assert products("en", title, text) == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Azure Cosmos DB flaw gave up keys", "", ["Azure Cosmos DB"]),
        ("en", "Windows Event Log bug lets strangers run code", "", ["Windows Event Log"]),
        ("en", "Windows zero-day exploited", "", ["Windows"]),
        ("en", "CVE-2026-11111 - Azure Formulix Shell Spoofing Vulnerability", "", ["Azure Formulix Shell"]),
        ("en", "A Linux Root bug of nineteen years", "", ["Linux"]),
        (
            "en",
            "UnAuth Formulix RCE Exploit Goes Public",
            "An exploit for a critical Formulix flaw is out.",
            ["Formulix"],
        ),
        ("en", "Formulix < = 1.6.77 Remote Code Execution", "", ["Formulix"]),
        ("en", "Formulix < 26.7.2 Cross-Database Authorization Bypass", "", ["Formulix"]),
        (
            "en",
            "Rogue Helper Used Veamos Zero-Day",
            "It exploited an unknown flaw in Formulix Depot.",
            ["Formulix Depot"],
        ),
        ("en", "Weaknesses found", "Researchers used Claude to find flaws in Formulix.", ["Formulix"]),
        (
            "en",
            "N‑desk Patches Hole Used to Hack N-central Servers",
            "The N‑central vulnerability is old.",
            ["N‑central"],
        ),
        ("en", "Exploit Lands for WordPress XSS2Shell Core Flaw", "It is a WordPress Core flaw.", ["WordPress"]),
        ("en", "Flaw in Formulix AC12G routers", "", ["Formulix AC12G"]),
        ("en", "Sandviper Malware Doubles as a Backdoor", "The Sandviper Malware opens a backdoor.", []),
    ],
)
def test_the_part_of_a_platform_and_the_tool_that_found_the_flaw(
    language: str, title: str, text: str, expected: list[str]
) -> None:
    """A title names the part before the word for the flaw; who used the flaw and what found it are no product."""
    assert products(language, title, text) == expected


def test_what_a_maker_owns_is_the_product() -> None:
    """ "Examplia's Desk Module": the maker is no product; a program that is known stays, whatever part follows."""
    made = "Flaws let attackers tamper with Examplia gates"
    lead = "Researchers disclosed nine vulnerabilities in Examplia's iD Module, which joins the gates to a network."
    known = "A vulnerability in Chrome's V8 engine lets attackers run code."

    assert products("en", made, lead) == ["iD Module"]
    assert products("en", "Chrome flaw lets attackers run code", known) == ["Chrome"]


def test_no_patch_is_missing_where_no_flaw_is_told() -> None:
    """The words of a missing patch in an article whose topic of disclosures was ruled out."""
    told = "Examplia est accusée de ne pas avoir supprimé des contenus que la loi interdit."
    article = Article(
        id="a", feed="f", url=None, title="Contenus interdits : une amende pour Examplia", paragraphs=(told,),
        language="fr", topics={"disclosure": 0.0, "sanction": 0.99}, labels=("sanction",),
    )  # fmt: skip

    assert not [fact for fact in find_facts([article])[0].facts if fact.type in ("patched", "exploited")]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CVE-2026-1111 - Formulix AX10 Brute-Force Vulnerability", ["Formulix AX10"]),
        ("Laravel CRLF Injection Vulnerability Enables an Attacker to Write Mails", ["Laravel"]),
        ("Formulix Desk 1.7 Unquoted Service Path", ["Formulix Desk"]),
    ],
)
def test_kinds_of_flaws_behind_a_name_are_no_part_of_it(title: str, expected: list[str]) -> None:
    """What databases write behind the program: guessing, headers, a path."""
    assert products("en", title) == expected
