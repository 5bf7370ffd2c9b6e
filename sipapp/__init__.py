"""sipapp: a SIP application server that runs Kamailio scripts whose every function may wait."""

from pathlib import Path

__version__ = "0.1.0"

# Installed, the script modules are sipapp/modules; in a checkout they lie beside this package.
if not (Path(__file__).parent / "modules").is_dir():
    __path__.append(str(Path(__file__).parents[1]))
