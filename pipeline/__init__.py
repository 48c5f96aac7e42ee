"""cyberdigest: from feeds in many languages to one edition on vulnerability disclosures and sanctions."""

__version__ = "0.1.0"
