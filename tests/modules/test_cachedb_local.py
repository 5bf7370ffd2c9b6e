"""sipapp.modules.cachedb_local, and OpenSIPS' cache_*() functions."""

from __future__ import annotations

from tests.modules.talk import TalkCase


class CacheTests(TalkCase):
    modules = "cachedb_local"
    head = (
        'modparam("cachedb_local", "cache_collections", "default; numbers=4")\n'
        'modparam("cachedb_local", "cachedb_url", "local:g:///numbers")'
    )

    def test_a_value_is_kept_until_its_time_is_over(self) -> None:
        self.serve(
            'if (is_method("OPTIONS")) { $var(c) = cache_store("local", "k", "v", 10); }'
            '$var(v) = "before"; $var(f) = cache_fetch("local", "k", $var(v)); say("$var(f) $var(v)");'
        )
        self.assertEqual(self.ask(), ["1 v"])
        self.sip.advance(5)
        self.assertEqual(self.ask("INFO"), ["1 v"])
        self.sip.advance(7)
        self.assertEqual(self.ask("INFO"), ["-2 before"])

    def test_a_value_is_removed(self) -> None:
        self.assertEqual(
            self.run_script(
                'cache_store("local", "k", "v"); $var(r) = cache_remove("local", "k");'
                '$var(f) = cache_fetch("local", "k", $avp(v)); say("$var(r) $var(f)");'
            ),
            ["1 -2"],
        )

    def test_counters(self) -> None:
        said = self.run_script(
            'cache_add("local:g", "n", 5, 0, $var(a)); cache_sub("local:g", "n", 2, 0, $var(b));'
            'cache_counter_fetch("local:numbers", "n", $var(c)); say("$var(a) $var(b) $var(c)");'
            'cache_store("local", "t", "7"); cache_add("local", "t", 1, 0, $var(d)); say("$var(d)");'
            'cache_store("local", "x", "seven"); $var(e) = cache_add("local", "x", 1, 0); say("$var(e)");'
            '$var(e) = cache_counter_fetch("local", "x", $var(d)); say("$var(e)");'
        )
        self.assertEqual(said, ["5 3 3", "8", "-1", "-1"])

    def test_stores_that_there_are_not(self) -> None:
        for store in ("lokal", "local:other"):
            self.assertEqual(
                self.run_script(f'$var(f) = cache_fetch("{store}", "k", $var(v)); say("$var(f)");'), ["-1"]
            )
        self.assertEqual(self.run_script('$var(f) = cache_raw_query("local", "GET k"); say("$var(f)");'), ["-1"])

    def test_async(self) -> None:
        self.serve(
            'async(cache_fetch("local", "k", $avp(v)), DONE);',
            routes='route[DONE] { say("$rc"); sl_send_reply(200, "OK"); }',
            head='loadmodule "tm"\n',
        )
        self.assertEqual(self.ask(), ["-2"])


class StartTests(TalkCase):
    modules = "cachedb_local"

    def test_a_group_needs_its_collection(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.serve("", head='modparam("cachedb_local", "cachedb_url", "local:g:///other")')
        self.assertIn("there is no collection 'other'", str(caught.exception))
