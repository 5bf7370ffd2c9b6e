# -*- test-case-name: tests.modules.pv.test_branches -*-
"""branches: the further targets of a request, one or all of them; and the static branch of a run."""

from __future__ import annotations

from typing import Any

from sipapp.message.draft import Branch
from sipapp.module import ALL, Context, Value, pseudo_variable, script_function
from sipapp.module.arguments import own_number
from sipapp.modules.pv.sockets import find_socket
from sipapp.script.values import text

_KEYS = [
    *("uri", "dst_uri", "path", "q", "Q", "send_socket", "count", "flags"),
    *("ruid", "location_ua", "otcpid", "instance"),
]
_STATIC = "pv.sbranch"


class BranchVariables:
    """Branches, before they are sent."""

    @pseudo_variable("branch", keys=_KEYS)
    def pv_branch(self, ctx: Context, inner: bytes, index: Any) -> Value:
        """$branch(uri), $(branch(uri)[1]), [-1]: a part of one further branch of the request, of the first where no
        index is given: uri, dst_uri, path, q (0 to 1000), flags, send_socket, ruid, location_ua, instance, otcpid;
        count is how many there are. Null where there is no such branch.

        uri, dst_uri, path, q, flags and send_socket can be written; $null as uri removes the branch.
        """
        branch = _branch(ctx, index)
        return None if branch is None else _part(ctx, branch, inner)

    @pv_branch.setter
    def set_branch(self, ctx: Context, inner: bytes, index: Any, value: Value) -> None:
        branch = _branch(ctx, index)
        if branch is None:
            return
        if inner == b"uri" and value in (None, b""):
            ctx.draft.targets.remove(branch)
        else:
            _write(ctx, branch, inner, value)

    @pseudo_variable("sbranch", keys=_KEYS)
    def pv_sbranch(self, ctx: Context, inner: bytes) -> Value:
        """$sbranch(uri): the same of the static branch, which belongs to the run and is used by sbranch_append() and
        sbranch_set_ruri()."""
        branch = ctx.extra.get(_STATIC)
        if branch is None or not branch.uri:
            return len(ctx.draft.targets) if inner == b"count" else None
        return _part(ctx, branch, inner)

    @pv_sbranch.setter
    def set_sbranch(self, ctx: Context, inner: bytes, value: Value) -> None:
        if inner == b"uri" and value in (None, b""):
            ctx.extra.pop(_STATIC, None)
            return
        if _STATIC not in ctx.extra:
            ctx.extra[_STATIC] = Branch(b"", q=0)
        _write(ctx, ctx.extra[_STATIC], inner, value)

    @pseudo_variable("br")
    def pv_br(self, ctx: Context) -> bytes | None:
        """$br: the URI of the first further branch. Written, it appends one."""
        targets = ctx.draft.targets
        return targets[0].uri if targets else None

    @pv_br.setter
    def set_br(self, ctx: Context, value: Value) -> None:
        if value not in (None, b""):
            branch = Branch(text(value))
            branch.send_socket = ctx.draft.send_socket
            ctx.draft.targets.append(branch)

    @pseudo_variable("bR")
    def pv_bR(self, ctx: Context) -> bytes | None:
        """$bR: the URIs of all further branches, with commas between; those with a q as `<uri>;q=0.5`."""
        targets = ctx.draft.targets
        return b", ".join([b.uri if b.q < 0 else _contact(b.uri, b.q) for b in targets]) if targets else None

    @pseudo_variable("ds")
    def pv_ds(self, ctx: Context) -> bytes | None:
        """$ds: the Request-URI, if the script has changed it, and all further branches, as a Contact header field."""
        contacts = [_contact(branch.uri, branch.q) for branch in ctx.draft.targets]
        if ctx.draft.request_uri is not None:
            contacts.insert(0, _contact(ctx.draft.request_uri, -1))
        return b"Contact: " + b", ".join(contacts) if contacts else None

    @script_function()
    def sbranch_append(self, ctx: Context) -> int:
        """Append the static branch to the branches of the request; false where it has no URI."""
        branch = ctx.extra.get(_STATIC)
        if branch is None or not branch.uri:
            return -1
        ctx.draft.targets.append(branch.copy())
        return 1

    @script_function()
    def sbranch_set_ruri(self, ctx: Context) -> int:
        """Make the static branch the main one: its URI the Request-URI, its dst_uri $du, its path and socket theirs;
        its flags are added. False where it has no URI."""
        branch = ctx.extra.get(_STATIC)
        if branch is None or not branch.uri:
            return -1
        draft = ctx.draft
        draft.request_uri = branch.uri
        draft.next_hop = branch.next_hop
        draft.path = branch.path
        draft.branch_flags |= branch.flags
        if branch.send_socket is not None:
            draft.send_socket = branch.send_socket
        return 1

    @script_function()
    def sbranch_reset(self, ctx: Context) -> int:
        """Forget the static branch."""
        ctx.extra.pop(_STATIC, None)
        return 1


def _branch(ctx: Context, index: Any) -> Branch | None:
    targets: list[Branch] = ctx.draft.targets
    place = 0 if index is None or index is ALL else index
    return targets[place] if -len(targets) <= place < len(targets) else None


def _part(ctx: Context, branch: Branch, part: bytes) -> Value:
    if part == b"count":
        return len(ctx.draft.targets)
    if part == b"flags":
        return branch.flags
    if part in (b"q", b"Q"):
        return branch.q if branch.q >= 0 else None
    if part == b"send_socket":
        return None if branch.send_socket is None else branch.send_socket.text
    if part == b"otcpid":
        return 0
    found: bytes | None = {
        b"uri": branch.uri,
        b"dst_uri": branch.next_hop,
        b"path": branch.path,
        b"ruid": branch.ruid,
        b"location_ua": branch.user_agent,
        b"instance": branch.instance,
    }[part]
    return found or None


def _write(ctx: Context, branch: Branch, part: bytes, value: Value) -> None:
    """ruid, location_ua, instance, otcpid and count stay as they are."""
    plain = None if value in (None, b"") else text(value)
    if part == b"uri" and plain:
        branch.uri = plain
    elif part == b"dst_uri":
        branch.next_hop = plain
    elif part == b"path":
        branch.path = plain
    elif part == b"send_socket":
        branch.send_socket = None if plain is None else find_socket(ctx, plain)
    elif part in (b"q", b"Q", b"flags"):
        number = own_number(value)
        if part == b"flags" and (value is None or number is not None):
            branch.flags = number or 0
        elif value is None or number is not None:
            branch.q = -1 if number is None else number


def _contact(uri: bytes, q: int) -> bytes:
    return b"<%b>" % uri if q < 0 else b"<%b>;q=%b" % (uri, q_text(q))


def q_text(q: int) -> bytes:
    """1000 -> 1, 500 -> 0.5, 0 -> 0."""
    return f"{q / 1000:.3f}".rstrip("0").rstrip(".").encode()
