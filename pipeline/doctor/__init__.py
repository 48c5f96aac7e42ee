"""`cyberdigest doctor`: is this machine, this configuration and this domain fit to send, before anybody gets mail?

Checks are small functions that look and give `Finding`s; they change nothing, print nothing and never raise for what
they find. `checkup` puts them in order.
"""

from pipeline.doctor.checkup import Ward, checkup
from pipeline.doctor.findings import Finding, Verdict

__all__ = ["Finding", "Verdict", "Ward", "checkup"]
