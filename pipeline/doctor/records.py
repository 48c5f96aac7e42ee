"""What a domain says of its mail: SPF (RFC 7208), DMARC (RFC 9989), DKIM (RFC 6376) and where bounces go."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.deliver.message import sign
from pipeline.deliver.settings import DkimSettings, SmtpSettings
from pipeline.doctor.findings import Finding, advice, not_checked, ok, problem
from pipeline.doctor.names import Names, UnansweredError
from pipeline.fetch.addresses import refusal

#: RFC 7208 section 4.6.4: a record that makes receivers ask more often is an error to them.
_MOST_LOOKUPS = 10
#: RFC 9989: most names asked on the way from a domain up to its top.
_MOST_STEPS = 8
_KEY_BITS = 2048
#: Addresses of the mail server whose names are looked up.
_MOST_ADDRESSES = 4
_SAMPLE = (
    b"From: digest@%s\r\nTo: nobody@%s\r\nSubject: sample\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
    b"Message-ID: <sample@%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nsample\r\n"
)


def asked(name: str, check: Callable[[], Finding]) -> Finding:
    """A check that asks name servers; without an answer nothing is known."""
    try:
        return check()
    except UnansweredError as error:
        return not_checked(name, str(error), "Run it again when name servers answer, or name one by --name-server.")


def bounce_domain(settings: SmtpSettings) -> str:
    """The domain of the envelope sender, whose SPF counts and to which bounces go."""
    address = settings.bounce_address or settings.from_address.addr_spec
    return address.rpartition("@")[2].lower()


@dataclass(slots=True)
class _Spf:
    """One evaluation: questions asked so far, and what goes wrong."""

    names: Names
    lookups: int = 0
    faults: list[str] = field(default_factory=list)

    def walk(self, record: str) -> str | None:
        """Qualifier of the `all` that ends the record, or of the one it is redirected to; None without any."""
        redirect = None
        for term in record.split()[1:]:
            qualifier, mechanism = (term[0], term[1:]) if term[:1] in "+-~?" else ("+", term)
            kind, _, domain = re.split("/", mechanism, maxsplit=1)[0].partition(":")
            kind = kind.lower()
            if kind == "all":
                return qualifier
            if mechanism.lower().startswith("redirect="):
                redirect = mechanism.partition("=")[2]
            elif kind in ("include", "a", "mx", "ptr", "exists"):
                self.lookups += 1
                if kind == "include":
                    self._into(domain)
        if redirect is None:
            return None
        self.lookups += 1
        return self._into(redirect)

    def _into(self, domain: str) -> str | None:
        if "%" in domain or self.lookups > _MOST_LOOKUPS:
            return "-"  # a macro depends on the message
        found = _spf_records(self.names, domain)
        if len(found) != 1:
            self.faults.append(f"{domain} has {len(found) or 'no'} SPF record{'s' if len(found) > 1 else ''}")
            return "-"
        return self.walk(found[0])


def _spf_records(names: Names, domain: str) -> list[str]:
    """TXT records that are SPF."""
    return [text for text in names.texts(domain) if re.match(r"v=spf1( |\Z)", text, re.IGNORECASE)]


def spf(names: Names, domain: str) -> Finding:
    """Whether the domain of the envelope sender says who may send for it, in a way receivers can follow."""
    found = _spf_records(names, domain)
    if not found:
        return problem(
            "SPF", f"{domain} has no SPF record", f"Publish a TXT record at {domain}: v=spf1, your mail server, -all."
        )
    if len(found) > 1:
        return problem("SPF", f"{domain} has {len(found)} SPF records", "Make one of them: several are an error.")
    state = _Spf(names)
    end = state.walk(found[0])
    if state.lookups > _MOST_LOOKUPS:
        state.faults.append(f"it takes more than {_MOST_LOOKUPS} lookups")
    if state.faults:
        told = "; ".join(dict.fromkeys(state.faults))
        return problem("SPF", f"{domain}: {told}", "Fix the record: receivers treat it as an error.")
    if end == "+":
        return problem("SPF", f"{domain} lets everybody send (+all)", "End the record by -all or ~all.")
    if end in (None, "?"):
        return advice("SPF", f"{domain} has a record that rejects nobody", "End it by -all or ~all.")
    return ok("SPF", f"{domain} has one record, {state.lookups} lookups, ends by {end}all")


def dmarc_walk(names: Names, domain: str) -> dict[str, Mapping[str, str]]:
    """Domain -> tags of its DMARC record, from the domain upwards, for those that have exactly one.

    Source: RFC 9989, DNS tree walk: a record with psd ends it; of long names the middle is left out.
    """
    labels, found = domain.lower().rstrip(".").split("."), dict[str, Mapping[str, str]]()
    for _ in range(_MOST_STEPS):
        name = ".".join(labels)
        records = [tags for text in names.texts(f"_dmarc.{name}") if (tags := _dmarc_tags(text)) is not None]
        if len(records) == 1:
            found[name] = records[0]
            if records[0].get("psd") in ("n", "y"):
                break
        labels = labels[-(_MOST_STEPS - 1) :] if len(labels) > _MOST_STEPS else labels[1:]
        if not labels:
            break
    return found


def _dmarc_tags(text: str) -> dict[str, str] | None:
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    tags = {name.strip().lower(): value.strip() for name, _, value in parts}
    is_one = bool(parts) and parts[0][0].strip().lower() == "v" and parts[0][2].strip() == "DMARC1"
    return tags if is_one else None


def _organisation_of(domain: str, records: Mapping[str, Mapping[str, str]]) -> str:
    """The organisational domain by the records of a tree walk; the domain itself without any."""
    for name, tags in records.items():
        if tags.get("psd") == "n":
            return name
        if tags.get("psd") == "y" and name != domain:
            below = domain.split(".")
            return ".".join(below[-(name.count(".") + 2) :])
    return list(records)[-1] if records else domain


def dmarc(names: Names, domain: str) -> Finding:
    """Whether the sender's domain says what happens to mail that is not its own."""
    domain = domain.lower()
    records = dmarc_walk(names, domain)
    where = domain if domain in records else _organisation_of(domain, records)
    tags = records.get(where)
    if tags is None:
        return problem(
            "DMARC",
            f"{domain} has no DMARC record, or several",
            f"Publish one TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none; rua=mailto:… (RFC 9989).",
        )
    policy = tags.get("p", "").lower()
    if not policy:
        todo = f"Say p=none, p=quarantine or p=reject in the record at _dmarc.{where}."
        return problem("DMARC", f"the record of {where} has no p; many receivers ignore it", todo)
    if policy not in ("none", "quarantine", "reject"):
        todo = f"Say p=none, p=quarantine or p=reject in the record at _dmarc.{where}."
        return problem("DMARC", f"the record of {where} has a p that does not exist", todo)
    if "pct" in tags:
        todo = f"Take pct out of the record at _dmarc.{where}; t=y tells that you are testing."
        return advice("DMARC", f"p={policy}, and pct, which RFC 9989 no longer knows", todo)
    return ok("DMARC", f"p={policy} at {where}")


def alignment(names: Names, settings: SmtpSettings) -> Finding:
    """Whether the envelope sender and the From header belong together: else SPF proves nothing to DMARC."""
    domain, bounces = settings.from_address.domain.lower(), bounce_domain(settings)
    if domain == bounces:
        return ok("alignment", f"From and envelope sender are both of {domain}")
    homes = {name: _organisation_of(name, dmarc_walk(names, name)) for name in (domain, bounces)}
    if homes[domain] == homes[bounces]:
        return ok("alignment", f"From and envelope sender belong to {homes[domain]}")
    return advice(
        "alignment",
        f"From is of {domain}, the envelope sender of {bounces}: SPF proves nothing for DMARC",
        "Take an address of the sender's domain for mail.bounce_address, or make sure that DKIM signs for it.",
    )


def dkim(names: Names, key: DkimSettings | None) -> Finding:
    """Whether receivers can check what we sign: a sample is signed, and verified by the record in the DNS."""
    if key is None:
        return not_checked(
            "DKIM",
            "the mail server signs, or nobody does: its selector is not known here",
            "Send yourself an edition, and look for dkim=pass in the header Authentication-Results.",
        )
    try:
        import dkim as library
    except ImportError:
        return problem("DKIM", "mail.dkim_key is set and dkimpy is missing", "pip install 'cyberdigest[dkim]'")
    domain = key.domain.encode("idna")
    sample = _SAMPLE % (domain, domain, domain)
    try:
        signed = sign(sample, key) + sample
    except (library.DKIMException, ValueError, UnicodeError):
        return problem(
            "DKIM", "mail.dkim_key is not an RSA key that can sign", "openssl genrsa -traditional 2048 makes one."
        )
    return _published_key(names, key, signed)


def _published_key(names: Names, key: DkimSettings, signed: bytes) -> Finding:
    import dkim as library

    where = f"{key.selector}._domainkey.{key.domain}"
    records = names.texts(where)
    if len(records) != 1:
        has = f"{len(records)} records" if records else "no record"
        return problem("DKIM", f"{where} has {has}", f"Publish one TXT record at {where}: v=DKIM1; k=rsa; p=… .")
    mend = f"Publish the public half of mail.dkim_key in the record at {where}."
    try:
        _, bits, _, _ = library.evaluate_pk(where.encode(), records[0].encode())
    except (library.DKIMException, ValueError):
        return problem("DKIM", f"the record at {where} contains no usable key", mend)
    record = records[0].encode()
    if not library.verify(signed, dnsfunc=lambda *_, **__: record, minkey=0):
        return problem("DKIM", f"the key at {where} is not the one that mail.dkim_key signs with", mend)
    if bits < _KEY_BITS:
        return problem(
            "DKIM", f"the key at {where} has {bits} bits", f"Make a new one of {_KEY_BITS} bits, under a new selector."
        )
    if re.search(r"(^|;)\s*t\s*=[^;]*y", records[0]):
        return advice(
            "DKIM", f"the record at {where} says t=y (testing)", "Take t=y out: receivers may ignore the key."
        )
    return ok("DKIM", f"the key at {where} has {bits} bits and verifies what we sign")


def bounces(names: Names, domain: str) -> Finding:
    """Whether mail to the envelope sender can arrive at all; some receivers ask before they take anything."""
    todo = f"Publish an MX record for {domain}: bounces and complaints must reach you."
    found = names.exchanges(domain)
    if [host for _, host in found] == ["."]:
        return problem("bounces", f"{domain} says that it takes no mail (null MX, RFC 7505)", todo)
    hosts = [host for _, host in found] or [domain]
    if not any(names.addresses(host) for host in hosts[:_MOST_ADDRESSES]):
        told = f"the MX of {domain} has no address" if found else f"{domain} has neither MX nor address"
        return problem("bounces", told, todo)
    return ok("bounces", f"{domain} takes mail at {hosts[0]}")


def reverse(names: Names, settings: SmtpSettings) -> Finding:
    """Whether the mail server's addresses have names that lead back to them, where these addresses can be known."""
    if settings.is_loopback:
        reason = "the mail server is on this machine: by which address it sends is for it to know"
        return not_checked("reverse DNS", reason, "Look whether that address has a name, and the name that address.")
    public = [address for address in _addresses(names, settings.host) if refusal(address) is None]
    if not public:
        return not_checked("reverse DNS", f"{settings.host} has no public address here")
    lonely = [address for address in public[:_MOST_ADDRESSES] if not _leads_back(names, address)]
    if lonely:
        return advice(
            "reverse DNS",
            f"{', '.join(lonely)} of {settings.host} has no name that leads back to it",
            "If that server sends to the world itself, have its provider set the name (PTR): Gmail refuses without.",
        )
    return ok("reverse DNS", f"the addresses of {settings.host} have names that lead back to them")


def _addresses(names: Names, host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return names.addresses(host)


def _leads_back(names: Names, address: str) -> bool:
    wanted = ipaddress.ip_address(address)
    return any(
        wanted in map(ipaddress.ip_address, names.addresses(name)) for name in names.pointers(address)[:_MOST_ADDRESSES]
    )
