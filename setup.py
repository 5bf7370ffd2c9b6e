"""What setup.cfg cannot say: `modules/` is installed as `sipapp.modules`, twistd's plugin goes where twistd looks, and
the inner loops are compiled where that can be done."""

from setuptools import Extension, find_packages, setup


def extensions():
    """The C twins of a few files (see sipapp/message/leaf.py). Where they cannot be made, their Python twins do."""
    made = [
        Extension("sipapp.message._leaf", ["sipapp/message/_leaf.pyx"], optional=True),
        Extension("sipapp.transport._datagrams", ["sipapp/transport/_datagrams.pyx"], optional=True),
    ]
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    return cythonize(made, build_dir="build/cython")


setup(
    packages=[
        *find_packages(include=["sipapp", "sipapp.*"]),
        "sipapp.modules",
        *("sipapp.modules." + name for name in find_packages("modules")),
        "twisted.plugins",
    ],
    package_data={
        "sipapp": ["py.typed"],
        "sipapp.cli": ["differences.md"],
        "sipapp.module": ["kamailio.txt"],
        "sipapp.modules": ["py.typed"],
    },
    ext_modules=extensions(),
)
