"""feeds.yaml and the environment become one frozen `Config`; every error names file, line and key.

`sections`, `mail` and `sources` hold one class a section, `settings` puts them together, `load` reads and checks the
file, `faults` says what is wrong with it.
"""

from __future__ import annotations

from pipeline.config.load import load_config
from pipeline.config.mail import MailSettings
from pipeline.config.settings import ENVIRONMENT, SECTIONS, Config, Settings

__all__ = ["ENVIRONMENT", "SECTIONS", "Config", "MailSettings", "Settings", "load_config"]
