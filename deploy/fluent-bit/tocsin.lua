-- A filter of Fluent Bit: turns a line of a proxy's access log into the value of a record on download.observed, as
-- ./tocsin ship-log does, with the same ids, and drops what tells of no answer. Nothing but what is built here leaves it: a
-- token goes out as its SHA-256, a password, a query or what npm logout writes into a path not at all. A test holds it
-- against ship-log. Needs LuaJIT, which Fluent Bit has in it.

-- A mistake in any of these files stops the start rather than the shipping.
local here = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
local sha256 = dofile(here .. "sha256.lua")
local json = dofile(here .. "json.lua")
local logs = dofile(here .. "logs.lua")
local text, needed, quoted = json.text, json.needed, json.quoted

local MAX_LINE, MAX_PATH, MAX_ID, MAX_PRINCIPAL, MAX_METHOD = 262144, 2048, 200, 256, 32

-- What error() is given here is told to people, so it never repeats a line.
local function bad(reason)
  error({ reason = reason }, 0)
end

local function digits(value, most)
  return value and value:match("^%d+$") and #value <= most and tonumber(value) or nil
end

local function number(value)
  return value and digits(value:match("^%-?(%d+)$"), 18) and tonumber(value) or nil
end

------------------------------------------------------------------------------------------------------------- time

-- Days from 1970-01-01, by the calendar that repeats every 400 years.
local function days(year, month, day)
  year = month <= 2 and year - 1 or year
  local of_year = math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return year * 365 + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400) + of_year - 719468
end

local LENGTHS = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

-- Milliseconds since the epoch; offset as "+0200", "+02:00" or "Z".
local function millis(year, month, day, hour, minute, second, fraction, offset)
  year, month, day, hour, minute, second =
    tonumber(year), tonumber(month), tonumber(day), tonumber(hour), tonumber(minute), tonumber(second)
  local sign, h, m = offset:match("^([-+])(%d%d):?(%d%d)$")
  local leap = (year % 4 == 0 and year % 100 ~= 0) or year % 400 == 0
  if not (sign or offset == "Z") or month < 1 or month > 12 or day < 1 or day > LENGTHS[month] or hour > 23 or minute > 59
    or second > 59 or (month == 2 and day == 29 and not leap)
    or sign and (tonumber(m) > 59 or tonumber(h) * 60 + tonumber(m) > 1080) then
    bad("time is none")
  end
  local away = sign and (tonumber(h) * 3600 + tonumber(m) * 60) * (sign == "-" and -1 or 1) or 0
  local seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - away
  return seconds * 1000 + tonumber((fraction .. "000"):sub(1, 3))
end

local function iso(value)
  local y, mo, d, h, mi, s, rest = value:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)(.*)$")
  if not y then
    bad("time is none")
  end
  local fraction, offset = rest:match("^%.(%d+)(.+)$")
  offset = offset or rest
  if #(fraction or "") > 9 or not (offset == "Z" or offset:find(":", 1, true)) then
    bad("time is none")
  end
  return millis(y, mo, d, h, mi, s, fraction or "", offset)
end

------------------------------------------------------------------------------------- who, and what of a path may leave

local BASE64 = {}
for i = 0, 63 do
  BASE64[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(i + 1)] = i
end

local function base64(encoded)
  local body = encoded:match("^([%w+/]+)=?=?$")
  if not body or #body % 4 == 1 or (#encoded ~= #body and #encoded % 4 ~= 0) then
    return nil
  end
  local out, held, bits = {}, 0, 0
  for i = 1, #body do
    held, bits = held * 64 + BASE64[body:byte(i)], bits + 6
    if bits >= 8 then
      bits = bits - 8
      out[#out + 1] = string.char(math.floor(held / 2 ^ bits))
      held = held % 2 ^ bits
    end
  end
  return table.concat(out)
end

local NO_TOKEN = sha256("")

-- The user and the token's id that an Authorization header speaks for: of a token only the SHA-256, of a password nothing. A user
-- without a password is what a token in an index' address (https://TOKEN@host) becomes.
local function credentials(header)
  local scheme, value = header:match("^(%S+) %s*(.-)%s*$")
  scheme = scheme and scheme:lower()
  if scheme == "bearer" and value ~= "" then
    return nil, sha256(value)
  elseif scheme ~= "basic" then
    return nil, nil
  end
  local user, password = (base64(value) or ""):match("^([^:]+):(.*)$")
  if not user then
    return nil, nil
  elseif password == "" then
    return nil, user ~= "__token__" and sha256(user) or nil
  elseif user == "__token__" then
    return nil, sha256(password)
  end
  return user, nil
end

-- npm logout is DELETE /-/user/token/<the raw token>; npm token revoke and logins name theirs the same way, below any prefix and
-- however the path is escaped. What stands behind such a name stays here.
local function path_of(target)
  local scheme = target:find("://", 1, true)
  if scheme and scheme > 1 and scheme < 9 then
    target = target:sub(target:find("/", scheme + 3, true) or #target + 1)
    target = target == "" and "/" or target
  end
  target = target:match("^[^?#]*")
  if #target > MAX_PATH then
    bad("path is too long")
  end
  local plain, ends, at = {}, {}, 1
  while at <= #target do
    local stop = at
    local char = target:sub(at, at)
    if char == "%" then
      local from = at + 1
      while target:match("^25%x%x", from) do
        from = from + 2
      end
      local hex = target:match("^%x%x", from)
      if hex then
        char, stop = string.char(tonumber(hex, 16)), from + 1
      end
    end
    plain[#plain + 1], ends[#ends + 1], at = char:lower(), stop, stop + 1
  end
  plain = table.concat(plain)
  local place = plain:match("^%-/+()") or plain:match("/%-/+()")
  while place do
    local name, behind = plain:match("^([^/]*)/+()", place)
    if name and (name == "token" or name == "tokens" or name == "done" or name:match("^login")) then
      -- The request itself is still told of, so that it is counted.
      return target:sub(1, ends[behind - 1])
    end
    place = behind
  end
  return target
end

-------------------------------------------------------------------------------------------------------- the four logs

local readers = {}

-- A request has up to three lines without a common id; only the one that tells the end counts.
function readers.verdaccio(line)
  local told = json.object(line)
  local request = json.inner(told, "request")
  if not request or told.status == nil then
    return nil
  end
  local method, status = needed(request, "method"), needed(told, "status")
  local bytes = number(text(json.inner(told, "bytes") or {}, "out"))
  if method == "GET" and number(status) == 200 and (bytes or 0) == 0 then
    return nil
  end
  local time = needed(told, "time")
  return {
    method = method, target = needed(request, "url"), status = status, bytes = bytes, user = text(told, "user"),
    at = number(time) or iso(time),
  }
end

function readers.nginx(line)
  local told = json.object(line)
  if not text(told, "request_method") or not text(told, "request_uri") then
    return nil
  end
  local user, token = credentials(text(told, "http_authorization") or "")
  if not token then
    local named = text(told, "remote_user")
    user = named ~= "__token__" and named or user
  end
  local hashed = text(told, "token_sha256")
  if hashed then
    hashed = hashed:lower()
    -- What is none may be the token itself.
    if not hashed:match("^" .. ("%x"):rep(64) .. "$") then
      bad("token_sha256 is no SHA-256")
    end
    -- Of nothing: nobody showed a token.
    token = hashed ~= NO_TOKEN and hashed or token
  end
  -- nginx calls what comes before the colon a user, also where it is the token.
  if user and token == sha256(user) then
    user = nil
  end
  local seconds = needed(told, "msec")
  local whole, fraction = seconds:match("^(%d+)%.?(%d*)$")
  if not whole or #whole > 11 or #fraction > 9 or seconds:match("%.$") then
    bad("msec is no time")
  end
  return {
    id = text(told, "request_id"), method = text(told, "request_method"), target = text(told, "request_uri"),
    status = needed(told, "status"), bytes = number(text(told, "body_bytes_sent")), user = user, token = token,
    at = tonumber(whole) * 1000 + tonumber((fraction .. "000"):sub(1, 3)),
  }
end

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

function readers.nexus(line)
  local user, date, method, target, protocol, status, bytes =
    line:match('^%S+ %S+ ([^%["]+) %[([^%]]+)%] "(%u+) (%S+)([^"]*)" (%d%d%d) %S+ (%S+) ')
  if not user or not (protocol == "" or protocol:match("^ HTTP/[%d.]+$")) or not (bytes == "-" or digits(bytes, 18)) then
    bad("not in the pattern of Nexus' request.log")
  end
  local d, month, y, h, mi, s, offset = date:match("^(%d%d)/(%a%a%a)/(%d%d%d%d):(%d%d):(%d%d):(%d%d) ([-+]%d%d%d%d)$")
  if not d or not MONTHS[month] then
    bad("date is none")
  end
  return {
    method = method, target = target, status = status, bytes = bytes == "-" and 0 or tonumber(bytes), user = user,
    at = millis(y, MONTHS[month], d, h, mi, s, "", offset),
  }
end

function readers.artifactory(line)
  local fields = {}
  for field in (line .. "|"):gmatch("([^|]*)|") do
    fields[#fields + 1] = field
  end
  if #fields < 10 then
    bad("fewer fields than Artifactory's request log has")
  end
  local user = fields[4] ~= "non_authenticated_user" and fields[4] or nil
  return {
    method = fields[5], target = fields[6], status = fields[7]:match("^%d%d?%d?$") or "none", bytes = digits(fields[9], 18), user = user,
    at = iso(fields[1]:match("^%s*(.-)%s*$")),
  }
end

------------------------------------------------------------------------------------------------------------ settings

for tag, log in pairs(logs) do
  assert(readers[log.format], tag .. ": format is verdaccio, nginx, nexus or artifactory")
  assert(type(log.source) == "string" and log.source ~= "", tag .. ": source is the proxy's name")
  assert(log.kind or log.format ~= "nginx", tag .. ": kind is needed, for nginx stands before any registry")
  assert(log.org or not log.user_as, tag .. ": user_as needs org")
  assert(not log.user_as or log.user_as == "human" or log.user_as == "ci_cd" or log.user_as == "org_token",
    tag .. ": user_as is human, ci_cd or org_token")
end

---------------------------------------------------------------------------------------------------------- the filter

local function principal(log, user)
  if user and log.user_as and #user <= MAX_PRINCIPAL then
    return string.format('{"type":%s,"id":%s,"name":%s}', quoted(log.user_as), quoted(user), quoted(user))
  end
  -- Within an organisation, somebody unnamed is still somebody of it.
  return '{"type":"anonymous","id":"anonymous"}'
end

local function observed(log, line)
  local request = readers[log.format](line)
  if not request then
    return nil
  end
  if #request.method < 1 or #request.method > MAX_METHOD then
    bad("method is none")
  end
  local target = path_of(request.target)
  local status = digits(request.status, 18)
  if not status or status < 100 or status > 999 then
    bad("status is none")
  end
  local user = request.user
  if user and (user == "-" or user == "anonymous" or not user:find("%S")) then
    user = nil
  end
  local id = request.id and #request.id <= MAX_ID and "request:" .. request.id or "line:" .. sha256(line)
  local value = {
    string.format('"event_id":%s,"source":%s,"source_kind":%s,"fetched_at":%.0f', quoted(id), quoted(log.source),
      quoted(log.kind or log.format), request.at),
    string.format('"request":{"method":%s,"path":%s,"status":%d', quoted(request.method), quoted(target), status)
      .. (request.bytes and request.bytes >= 0 and string.format(',"bytes":%.0f}', request.bytes) or "}"),
  }
  for _, field in ipairs({ { "origin_registry", log.origin_registry }, { "org_id", log.org }, { "token_id", request.token } }) do
    value[#value + 1] = field[2] and '"' .. field[1] .. '":' .. quoted(field[2]) or nil
  end
  if log.org then
    value[#value + 1] = '"principal":' .. principal(log, user)
  end
  return { event_id = id, value = "{" .. table.concat(value, ",") .. "}" }
end

local faults = 0

-- What Fluent Bit calls: -1 drops the record, 2 puts the one returned in its place and keeps its time.
function ship(tag, _, record)
  local line = record.log
  if type(line) ~= "string" or not line:find("%S") then
    return -1, 0, 0
  end
  -- An error that left here would let the line pass as it is.
  local good, result = pcall(function()
    return observed(logs[(tag:gsub("^tocsin%.", ""))] or bad("no log of that tag in logs.lua"), #line <= MAX_LINE and line or bad("too long"))
  end)
  if not good then
    faults = faults + 1
    if tostring(faults):match("^10*$") then
      io.stderr:write(string.format("[tocsin] a line is no line of %s: %s (%d so far)\n", tag,
        type(result) == "table" and result.reason or "cannot be read", faults))
    end
  elseif result then
    return 2, 0, result
  end
  return -1, 0, 0
end
