"""slapd: a real LDAP server for tests, with a few people in it."""

from __future__ import annotations

import subprocess

from tests.integration.process import Database, program
from tests.served import Standin

BASE = "dc=example,dc=com"
ROOT = f"cn=root,{BASE}"
PASSWORD = "secret"

PEOPLE = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: cn=Alice,{BASE}
objectClass: inetOrgPerson
cn: Alice
sn: Smith
telephoneNumber: 4711
telephoneNumber: +49 4712
mail: sip:alice@example.com

dn: cn=Bob (2),{BASE}
objectClass: inetOrgPerson
cn: Bob (2)
sn: Smith
telephoneNumber: 4713
"""


class Slapd(Database):
    """Nobody may read without the password."""

    def __init__(self, holder: Standin) -> None:
        server = program("slapd", "slapd", "/usr/sbin")
        add = program("slapadd", "slapd", "/usr/sbin")
        super().__init__(holder, "openldap")
        data = self.folder / "data"
        self.run("mkdir", str(data))
        conf = self.folder / "slapd.conf"
        conf.write_text(
            "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
            + f"modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {self.folder}/pid\n"
            f'database mdb\nmaxsize 10485760\nsuffix "{BASE}"\nrootdn "{ROOT}"\nrootpw {PASSWORD}\n'
            f"directory {data}\naccess to * by * none\n"
        )
        conf.chmod(0o644)
        people = self.folder / "people.ldif"
        people.write_text(PEOPLE.strip() + "\n")
        people.chmod(0o644)
        self.run(add, "-f", str(conf), "-l", str(people))
        self.serve(server, "-d", "0", "-f", str(conf), "-h", f"ldap://127.0.0.1:{self.port}")

    def answers(self) -> bool:
        ask = program("ldapwhoami", "ldap-utils")
        command = [ask, "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", ROOT, "-w", PASSWORD]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
