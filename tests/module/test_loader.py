"""sipapp/module/loader.py: from the name behind loadmodule to a module."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

import sipapp.modules
from sipapp.errors import ConfigError
from sipapp.module.loader import Loader

SOURCE = '''
from sipapp.module import module

@module("{name}")
class Own:
    """A module of somebody else's."""
'''


class LoaderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        before, known = list(sipapp.modules.__path__), set(sys.modules)

        def restore() -> None:
            sipapp.modules.__path__[:] = before
            for name in set(sys.modules) - known:
                if "own_" in name:
                    del sys.modules[name]

        self.addCleanup(restore)

    def write(self, path: str, name: str) -> str:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SOURCE.format(name=name), encoding="utf-8")
        return str(file)

    def refused(self, name: str, mpath: str = "") -> str:
        return str(self.assertRaises(ConfigError, Loader(mpath).load, name))

    def test_a_module_of_ours_goes_by_all_the_names_that_kamailio_takes(self) -> None:
        for name in ("sl", "sl.so", "/usr/lib/x86_64-linux-gnu/kamailio/modules/sl.so"):
            self.assertEqual(Loader().load(name).name, "sl")

    def test_each_load_makes_a_new_module(self) -> None:
        loader = Loader()
        self.assertIsNot(loader.load("sl"), loader.load("sl"))

    def test_a_module_is_found_along_mpath(self) -> None:
        self.write("own_one.py", "own_one")
        self.write("own_two/__init__.py", "own_two")
        loader = Loader(f"/nowhere:{self.folder}")
        self.assertEqual(loader.load("own_one.so").name, "own_one")
        self.assertEqual(loader.load("own_two").name, "own_two")

    def test_a_folder_may_be_added_later(self) -> None:
        self.write("own_late.py", "own_late")
        loader = Loader()
        self.assertRaises(ConfigError, loader.load, "own_late")
        loader.add_path(str(self.folder))
        self.assertEqual(loader.load("own_late").name, "own_late")

    def test_a_path_names_the_file_itself(self) -> None:
        self.assertEqual(Loader().load(self.write("own_path.py", "own_path")).name, "own_path")

    def test_a_path_to_nothing_is_refused(self) -> None:
        self.assertEqual(self.refused("/nowhere/own.py"), 'loadmodule "/nowhere/own.py": no such file')

    def test_a_file_without_the_module_is_refused(self) -> None:
        self.write("own_other.py", "own_name")
        self.assertEqual(
            self.refused("own_other", str(self.folder)), "sipapp.modules.own_other has no module 'own_other' in it"
        )

    def test_a_name_that_is_nothing_is_refused_with_the_nearest(self) -> None:
        self.assertEqual(
            self.refused("textopps.so"), 'loadmodule "textopps.so": no such module; did you mean "textops"?'
        )

    def test_a_module_that_only_kamailio_has_is_said_to_be_one(self) -> None:
        self.assertEqual(
            self.refused("app_perl.so"), 'loadmodule "app_perl.so": this module of Kamailio\'s is not in sipapp'
        )

    def test_a_package_that_is_not_installed_is_named(self) -> None:
        path = self.folder / "own_needs.py"
        path.write_text("import no_such_package_at_all\n", encoding="utf-8")
        self.assertEqual(
            self.refused("own_needs", str(self.folder)),
            "loadmodule \"own_needs\": No module named 'no_such_package_at_all'",
        )

    def test_of_a_package_that_an_extra_brings_it_is_said_which(self) -> None:
        path = self.folder / "own_bills.py"
        path.write_text("import pymysql.constants\n", encoding="utf-8")
        with patch.dict(sys.modules, {"pymysql": None}):  # as if it were not installed
            said = self.refused("own_bills", str(self.folder))
        self.assertEqual(said, "loadmodule \"own_bills\": the package pymysql is missing: pip install 'sipapp[mysql]'")

    def test_the_catalogue_has_one_of_each(self) -> None:
        names = [module.name for module in Loader().catalogue()]
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual({"sl", "tm", "pv", "async"}, set(names))

    def test_the_catalogue_leaves_out_what_cannot_be_imported(self) -> None:
        def broken() -> None:
            raise RuntimeError("a mistake of somebody else's")

        loader = Loader()
        broken.name = "aaa_broken"  # type: ignore[attr-defined]
        loader.factories()["aaa_broken"] = broken  # type: ignore[assignment]
        names = [module.name for module in loader.catalogue()]
        self.assertNotIn("aaa_broken", names)
        self.assertIn("sl", names)
