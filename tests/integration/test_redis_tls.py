"""ndb_redis and cachedb_redis with TLS and users of their own: whom they trust, what they show, what they may."""

from __future__ import annotations

from pathlib import Path

from tests.integration.redis import Redis
from tests.integration.web import make_certificate
from tests.saying import SayingCase
from tests.served import Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "ndb_redis"
loadmodule "cachedb_redis"
modparam("ndb_redis", "init_without_redis", 1)
modparam("ndb_redis", "cmd_timeout", 2000)
modparam("ndb_redis", "server", "name=trusted;port=@REDIS@;tls=1;ca=@FOLDER@/ca.pem")
modparam("ndb_redis", "server", "name=path;port=@REDIS@;tls=1")
modparam("ndb_redis", "server", "name=host;addr=127.0.0.2;port=@REDIS@;tls=1;ca=@FOLDER@/ca.pem")
modparam("ndb_redis", "server", "name=system;port=@REDIS@;tls=1;ca=@FOLDER@/other/ca.pem")
modparam("ndb_redis", "server", "name=plain;port=@REDIS@")
modparam("ndb_redis", "server", "name=strict;port=@STRICT@;tls=1")
modparam("ndb_redis", "server", "name=shown;port=@STRICT@;tls=1;cert=@FOLDER@/ca.pem;key=@FOLDER@/key.pem")
modparam("ndb_redis", "server", "name=reader;port=@REDIS@;tls=1;user=reader;pass=r;db=1")
modparam("ndb_redis", "server", "name=wrong;port=@REDIS@;tls=1;user=reader;pass=x")
modparam("ndb_redis", "ca_path", "@FOLDER@/ca.pem")
modparam("cachedb_redis", "use_tls", 1)
modparam("cachedb_redis", "client_tls", "redis=>ca=@FOLDER@/ca.pem")
modparam("cachedb_redis", "client_tls", "other=>ca=@FOLDER@/other/ca.pem")
modparam("cachedb_redis", "cachedb_url", "redis:g://reader:r@127.0.0.1:@REDIS@/1?tls_domain=redis")
modparam("cachedb_redis", "cachedb_url", "redis:h://reader:r@127.0.0.1:@REDIS@/?tls_domain=other")

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    t_newtran();
    $avp(v) = "before";
    switch ($rU) {
    case "cache": $var(rc) = cache_fetch("redis:g", "key", $avp(v)); $var(out) = $avp(v); break;
    case "distrust": $var(rc) = cache_fetch("redis:h", "key", $avp(v)); $var(out) = $avp(v); break;
    case "write": $var(rc) = redis_cmd("reader", "SET key x", "r"); $var(out) = $redis(r=>info); break;
    default: $var(rc) = redis_cmd("$rU", "GET key", "r"); $var(out) = $redis(r=>value);
    }
    append_to_reply("X-Out: $var(rc) $var(out)\\r\\n");
    t_reply("480", "Done");
}
"""


class TlsTests(SayingCase):
    redis: Redis | None = None
    served: Served

    def setUp(self) -> None:
        cls = type(self)
        if cls.redis is None:
            holder = Standin.until_exit()
            folder = Path(holder.mktemp())
            (folder / "other").mkdir(parents=True)
            make_certificate(folder)
            make_certificate(folder / "other")
            redis = Redis(holder, "--tls-auth-clients", "no", tls=folder)
            strict = Redis(holder, tls=folder)
            tls = ("--tls", "--cacert", f"{folder}/ca.pem")
            redis.cli(*tls, "set", "key", "here")
            redis.cli(*tls, "-n", "1", "set", "key", "one")
            redis.cli(*tls, "acl", "setuser", "reader", "on", ">r", "~*", "+@read", "+select", "+ping")
            strict.cli(*tls, "--cert", f"{folder}/ca.pem", "--key", f"{folder}/key.pem", "set", "key", "strict")
            cls.served = Served(holder, SCRIPT, REDIS=redis.port, STRICT=strict.port, FOLDER=str(folder))
            cls.redis = redis
        self.call(cls.served)

    def failed(self, user: str, why: str) -> None:
        self.assertEqual(self.say(user).split()[0], "-1")
        self.served.wait_for(f"{user}: {why}")

    def test_a_server_whose_ca_is_trusted_is_asked(self) -> None:
        self.assertEqual([self.say("trusted"), self.say("path")], ["1 here", "1 here"])

    def test_a_server_that_nobody_trusted_has_signed_is_not(self) -> None:
        self.failed("system", "TLS: certificate verify failed")

    def test_a_certificate_for_another_host_is_not_accepted(self) -> None:
        self.failed("host", "TLS: ")
        self.assertIn("127.0.0.2", self.served.log)

    def test_a_server_without_tls_for_one_with_it_is_false(self) -> None:
        self.failed("plain", "the connection is lost")

    def test_a_server_that_wants_to_see_a_certificate(self) -> None:
        self.failed("strict", "TLS: ")
        self.assertEqual(self.say("shown"), "1 strict")

    def test_a_user_may_what_the_server_lets_it(self) -> None:
        self.assertEqual(self.say("reader"), "1 one")
        self.assertIn("-1 NOPERM", self.say("write"))

    def test_a_wrong_password_is_false_and_says_so(self) -> None:
        self.failed("wrong", "AUTH: WRONGPASS")

    def test_a_cache(self) -> None:
        self.assertEqual(self.say("cache"), "1 one")
        self.assertEqual(self.say("distrust"), "-1 before")
