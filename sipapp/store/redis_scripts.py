# -*- test-case-name: tests.store.test_redis -*-
"""redis_scripts: what the Redis server does by itself, in Lua, each as one step that nothing comes between.

A table is a hash, an item in it `END:iNUMBER` or `END:tTEXT`. Whatever changes goes to all who listen, as it is after
the change, as netstrings: the origin and the number of the batch, `1` where the batch had been done before, how many
batches of everybody there have been, and then for every change the table, the key, the kind (p: it is this, d: it is
gone, x: its time was over, c: the table is empty) and the item.
"""

from __future__ import annotations

APPLY = rb"""
local prefix, channel, origin, batch, now = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local seen = prefix .. 'seen:' .. origin
local before = redis.call('GET', seen)
local again = before and tonumber(before) >= batch
local out, tables = {}, {}

local function say(text)
    out[#out + 1] = #text .. ':' .. text
end

local function item(hash, key)
    local data = redis.call('HGET', hash, key)
    if not data then return nil end
    local colon = string.find(data, ':', 1, true)
    return {ends = tonumber(string.sub(data, 1, colon - 1)), kind = string.sub(data, colon + 1, colon + 1),
            value = string.sub(data, colon + 2), data = data}
end

local function add(hash, key, amount, initial, ends)
    local found = item(hash, key)
    local new, old = string.match(ends, '^(-?%d+):(-?%d*)$')
    if found and found.ends > 0 and found.ends < now then found = nil end
    if amount == '' then
        if found then redis.call('HSET', hash, key, old .. ':' .. found.kind .. found.value) end
        return
    end
    if not found and initial == '' or found and found.kind ~= 'i' then return end
    local number = tonumber(found and found.value or initial) + tonumber(amount)
    number = (number + 2147483648) % 4294967296 - 2147483648
    if found then new = old == '' and string.format('%.0f', found.ends) or old end
    redis.call('HSET', hash, key, new .. ':i' .. string.format('%.0f', number))
end

say(origin)
say(ARGV[3])
say(again and '1' or '')
say(string.format('%.0f', redis.call('INCR', prefix .. 'sequence')))
if not again then redis.call('SET', seen, ARGV[3], 'EX', 86400) end

for i = 5, #ARGV, 6 do
    local kind, name, key, a, b, c = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
    local hash = prefix .. 'table:' .. name
    local over = nil
    if not tables[name] then
        tables[name] = true
        redis.call('SADD', prefix .. 'tables', name)
    end
    if again then
        -- said already; whoever asks again wants to know what has become of it
    elseif kind == 'c' then redis.call('DEL', hash)
    elseif kind == 'p' then redis.call('HSET', hash, key, a)
    elseif kind == 'n' then redis.call('HSETNX', hash, key, a)
    elseif kind == 'd' then redis.call('HDEL', hash, key)
    elseif kind == 'a' then add(hash, key, a, b, c)
    elseif kind == 'x' then
        local found = item(hash, key)
        if found and found.ends > 0 and found.ends < tonumber(a) then
            redis.call('HDEL', hash, key)
            if b == 't' then over = found.data end
        end
    end
    say(name)
    say(key)
    if kind == 'c' then
        say('c')
        say('')
    else
        local data = redis.call('HGET', hash, key)
        say(data and 'p' or over and 'x' or 'd')
        say(data or over or '')
    end
end
redis.call('PUBLISH', channel, table.concat(out))
return 1
"""
"""KEYS: the prefix. ARGV: the channel, the origin, the batch's number, the second; for each change its kind, the table,
the key and three words."""

READ = rb"""
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local out = {}
for i, text in ipairs(found[2]) do out[i] = #text .. ':' .. text end
return {found[1], table.concat(out)}
"""
"""A part of a table: the place where the next one begins, and its keys and items as netstrings."""

CLAIM = rb"""
if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then
    redis.call('SET', KEYS[1] .. ':wanted', 1, 'PX', ARGV[3])
    return -1
end
return tonumber(redis.call('GET', ARGV[1]) or 0)
"""
"""Have a lock by the token in ARGV[2]: how many batches there have been by now, by the counter in ARGV[1]; -1: another
has it."""

RELEASE = rb"""
for i = 2, #ARGV, 2 do
    local key, token = ARGV[i], ARGV[i + 1]
    local had = redis.call('GET', key)
    if had and (token == '' or had == token) then
        redis.call('DEL', key)
        if redis.call('DEL', key .. ':wanted') == 1 or token == '' then
            redis.call('PUBLISH', ARGV[1], '6:unlock' .. #key .. ':' .. key .. #had .. ':' .. had)
        end
    end
end
return 1
"""
"""Let locks go. ARGV: the channel, where those who listen are told if it matters; for each lock its key and the token
that it is had by, none: whoever has it."""

RENEW = rb"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
"""Have a lock for longer."""


def netstrings(data: bytes) -> list[bytes]:
    """The texts in `1:a2:bc`. Raises ValueError: there is something else."""
    found = []
    at = 0
    while at < len(data):
        colon = data.index(b":", at)
        end = colon + 1 + int(data[at:colon])
        found.append(data[colon + 1 : end])
        at = end
    return found
