"""The scripts that Debian's package kamailio brings: what Kamailio accepts, we accept, as far as there are modules.

They are read where the package has put them, and are nothing of ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.assemble import Assembly, assemble
from sipapp.errors import ConfigError, ConfigErrors

PROGRAM = shutil.which("kamailio") or "/usr/sbin/kamailio"
FOLDERS = (Path("/etc/kamailio"), Path("/usr/share/doc/kamailio/examples"))
SCRIPTS = [path for folder in FOLDERS for path in sorted(folder.rglob("*.cfg")) if os.access(path, os.R_OK)]


@cache
def read(path: Path) -> tuple[list[ConfigError], Assembly | None]:
    """The mistakes of a script, but for modules that are missing here and what they would offer."""
    try:
        return [], assemble(str(path))
    except ConfigErrors as found:
        gone = {error.missing for error in found.errors} - {""}
        return [e for e in found.errors if not e.missing and not any(f'modparam("{m}' in e.reason for m in gone)], None


def accepted_by_kamailio(path: Path) -> bool:
    return subprocess.run([PROGRAM, "-c", "-E", "-f", path.name], cwd=path.parent, capture_output=True).returncode == 0


class KamailioScriptTests(SynchronousTestCase):
    def setUp(self) -> None:
        if not SCRIPTS or not os.path.exists(PROGRAM):
            raise SkipTest("kamailio is not installed: apt-get install kamailio")
        self.addCleanup(os.chdir, os.getcwd())

    def test_what_kamailio_accepts_has_no_mistakes(self) -> None:
        for path in SCRIPTS:
            os.chdir(path.parent)
            mistakes, _ = read(path)
            if mistakes:
                self.assertFalse(accepted_by_kamailio(path), f"{path}: {mistakes[0]}")

    def test_its_own_script_is_read_without_a_mistake_whatever_is_switched_on(self) -> None:
        path = FOLDERS[0] / "kamailio.cfg"
        switches = {
            line.split()[1] for line in path.read_text("latin-1").splitlines() if line.startswith("#!ifdef WITH_")
        }
        self.assertGreater(len(switches), 5)
        for switch in sorted(switches):
            try:
                assemble(str(path), {switch: None, "WITH_MYSQL": None})  # some want a database
            except ConfigErrors as found:
                wrong = [str(error) for error in found.errors if not error.missing]
                self.assertEqual([m for m in wrong if "modparam" not in m], [], switch)

    def test_they_get_no_warnings_but_for_what_has_no_effect_here(self) -> None:
        for path in SCRIPTS:
            os.chdir(path.parent)
            _, assembly = read(path)
            if assembly is not None:
                self.assertEqual([str(w) for w in assembly.warnings if "has no effect" not in w.reason], [])
