"""What setup.cfg cannot say: `modules/` is installed as `sipapp.modules`, twistd's plugin goes where twistd looks."""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["sipapp", "sipapp.*"]),
        "sipapp.modules",
        *("sipapp.modules." + name for name in find_packages("modules")),
        "twisted.plugins",
    ],
    package_data={"sipapp": ["py.typed"], "sipapp.modules": ["py.typed"]},
)
