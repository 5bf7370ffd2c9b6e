"""script: the script of a simulation: what it does with a request is spelled in the request's X-Do field, a letter a
step."""

from __future__ import annotations

from pathlib import Path

BACKEND = Path(__file__).with_name("backend.py")

STEPS = {
    "l": "look up",
    "2": "look up twice, in one coroutine",
    "s": "sleep",
    "p": "two things at once",
    "f": "the first of three, within 1.5 s",
    "n": "make the transaction",
    "1": "answer 183",
    "g": "look up beside the script",
    "b": "another target",
    "w": "wait in a loop in a route",
    "x": "two at once, of which one may answer 403 and end the script",
    "y": "two at once, in two levels, within 2 s",
    "u": "send a request of our own",
    "q": "relay and look up at once",
}
ENDS = {
    "R": "relay",
    "T": "relay, then wait",
    "A": "answer 480",
    "S": "wait, then answer 404 without a word to tm",
    "Q": "wait, then nothing",
    "D": "wait, then drop",
    "J": "async(): go on in route[RESUME]",
    "K": "async_route()",
    "H": "t_suspend(), and t_continue() later",
}
"""What a request may be told to do in the end."""

SCRIPT = r"""#!KAMAILIO
debug=-1
suspend_timeout=20
loadmodule "sl" loadmodule "tm" loadmodule "tmx" loadmodule "pv" loadmodule "textops" loadmodule "async"
loadmodule "siputils" loadmodule "corex" loadmodule "xlog"
loadmodule "@BACKEND@"
modparam("tm", "fr_inv_timer", 12000)

request_route {
    ran_once();
    if (is_method("CANCEL") || is_method("ACK")) {
        if (t_check_trans()) t_relay();
        exit;
    }
    $avp(do) = $hdr(X-Do);
    $avp(next) = $hdr(X-Next);
    if ($hdr(X-Arm) =~ "f") t_on_failure("FAILED");
    if ($hdr(X-Arm) =~ "r") t_on_reply("REPLIED");
    if ($hdr(X-Arm) =~ "b") t_on_branch("BRANCHED");
    while ($var(i) < $(avp(do){s.len})) {
        route(STEP);
        $var(i) = $var(i) + 1;
    }
}

route[STEP] {
    switch ($(avp(do){s.substr,$var(i),1})) {
        case "l": lookup(); break;
        case "2": $var(x) = look_twice(); break;
        case "s": async_ms_sleep("300"); break;
        case "p": parallel { lookup(); { async_ms_sleep("100"); lookup(); } } break;
        case "f": parallel(first, timeout=1.5) { lookup(); lookup(); { async_ms_sleep("700"); lookup(); } } break;
        case "x": parallel { { lookup(); async_ms_sleep("500"); } route(MAYBE); } break;
        case "y": parallel(timeout=2) { lookup(); parallel(first) { lookup(); { lookup(); return -1; } } } break;
        case "u": route(OWN); break;
        case "q": parallel { lookup(); route(RELAY); } break;
        case "n": t_newtran(); break;
        case "1": t_reply("183", "Progress"); break;
        case "g": launch(lookup(), REPORT, "for $ci"); break;
        case "b": append_branch("sip:b@192.0.2.13:5060"); break;
        case "w": route(ROUNDS); break;
        case "R": route(RELAY); exit;
        case "T": route(RELAY); lookup(); exit;
        case "A": t_newtran(); t_reply("480", "Unavailable"); exit;
        case "S": async_ms_sleep("10"); sl_send_reply("404", "Not Found"); exit;
        case "Q": async_ms_sleep("10"); exit;
        case "D": async_ms_sleep("10"); drop;
        case "J": async(lookup(), RESUME, 2);
        case "K": async_route("RESUME", "1"); exit;
        case "H": route(HOLD); exit;
    }
}

route[OWN] {
    t_uac_send("MESSAGE", "sip:own@192.0.2.11:5060", "", "", "From: <sip:me@h>\r\nTo: <sip:c@h>\r\n", "");
}

route[MAYBE] {
    if (lookup()) {
        t_newtran();
        t_reply("403", "Forbidden");
        exit;
    }
}

route[ROUNDS] {
    $var(n) = 0;
    while ($var(n) < 3 && lookup()) {
        $var(n) = $var(n) + 1;
        async_ms_sleep("50");
    }
}

route[RELAY] {
    $ru = $avp(next);
    if (!t_relay()) {
        send_reply("500", "Not Relayed");
    }
}

route[RESUME] {
    lookup();
    route(RELAY);
}

route[ON] {
    lookup();
}

route[REPORT] {
    $var(rc) = $rc;
}

route[HOLD] {
    if (t_suspend()) {
        async_task_data("LATER", "$T(id_index):$T(id_label):RESUME");
    }
}

route[LATER] {
    lookup();
    async_ms_sleep("400");
    $var(index) = $(async(data){s.select,0,:});
    $var(label) = $(async(data){s.select,1,:});
    $var(route) = $(async(data){s.select,2,:});
    t_continue("$var(index)", "$var(label)", "$var(route)");
}

branch_route[BRANCHED] {
    lookup();
}

onreply_route[REPLIED] {
    if ($rs > 180) lookup();
    if ($rs >= 200 && $hdr(X-Arm) == $null && $T_req($hdr(X-Arm)) =~ "s") {
        if (t_suspend()) {
            async_task_data("LATER", "$T(id_index):$T(id_label):ON");
        }
    }
}

event_route[tm:local-request] {
    lookup();
}

failure_route[FAILED] {
    if (t_is_canceled()) exit;
    lookup();
    if ($hdr(X-Fail) == "answer") {
        t_reply("488", "From Failure");
    } else if ($hdr(X-Fail) == "again") {
        $ru = "sip:again@192.0.2.12:5060";
        t_relay();
    } else if ($hdr(X-Fail) == "jump") {
        async(lookup(), REFUSED, 1);
    } else if ($hdr(X-Fail) == "held") {
        route(HOLD);
    } else if ($hdr(X-Fail) == "wait") {
        parallel(first) { lookup(); async_sleep("1"); }
    }
}

route[REFUSED] {
    lookup();
    t_reply("480", "Refused");
}

event_route[async:cancelled] {
    $var(ci) = $ci;
}
""".replace("@BACKEND@", str(BACKEND))
