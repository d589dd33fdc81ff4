-- As much JSON as an access log needs, read by its letters: numbers keep their digits, and errors never repeat the text.

local MAX_DEPTH = 20

local function bad(reason)
  error({ reason = reason }, 0)
end

local NONE = {}
local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8(code)
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64)
  elseif code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  end
  return string.char(
    0xF0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64, 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

-- A text that is open behind its quote, and where it ends.
local function json_text(line, at)
  local parts = {}
  while true do
    local stop = line:find('[%c"\\]', at) or bad("no JSON")
    parts[#parts + 1] = line:sub(at, stop - 1)
    local what = line:sub(stop, stop)
    if what == '"' then
      return table.concat(parts), stop + 1
    elseif what ~= "\\" and what ~= "\127" then
      bad("no JSON")
    elseif what == "\127" then
      parts[#parts + 1], at = what, stop + 1
    else
      local kind = line:sub(stop + 1, stop + 1)
      if kind == "u" then
        local code = tonumber(line:match("^%x%x%x%x", stop + 2) or bad("no JSON"), 16)
        at = stop + 6
        local low = code >= 0xD800 and code < 0xDC00 and line:match("^\\u([dD][c-fC-F]%x%x)", at)
        if low then
          code, at = 0x10000 + (code - 0xD800) * 1024 + tonumber(low, 16) - 0xDC00, at + 6
        elseif code >= 0xD800 and code < 0xE000 then
          code = 0xFFFD
        end
        parts[#parts + 1] = utf8(code)
      else
        parts[#parts + 1] = ESCAPES[kind] or bad("no JSON")
        at = stop + 2
      end
    end
  end
end

-- The value that begins there, and where it ends: texts, and numbers, which keep their digits as { number = text }.
local function json_value(line, at, depth)
  if depth > MAX_DEPTH then
    bad("no JSON")
  end
  at = line:find("%S", at) or bad("no JSON")
  local first = line:sub(at, at)
  if first == '"' then
    return json_text(line, at + 1)
  elseif first == "{" or first == "[" then
    local object, close = {}, first == "{" and "}" or "]"
    at = line:find("%S", at + 1) or bad("no JSON")
    if line:sub(at, at) == close then
      return { object = object, array = first == "[" }, at + 1
    end
    while true do
      local name = #object + 1
      if first == "{" then
        at = line:match('^%s*"()', at) or bad("no JSON")
        name, at = json_text(line, at)
        at = line:match("^%s*:()", at) or bad("no JSON")
      end
      object[name], at = json_value(line, at, depth + 1)
      local more
      more, at = line:match("^%s*([,%]}])()", at)
      if more == close then
        return { object = object, array = first == "[" }, at
      elseif more ~= "," then
        bad("no JSON")
      end
    end
  end
  local stop = line:match("^%-?0()", at) or line:match("^%-?[1-9]%d*()", at)
  if stop then
    stop = line:match("^%.%d+()", stop) or stop
    stop = line:match("^[eE][-+]?%d+()", stop) or stop
    return { number = line:sub(at, stop - 1) }, stop
  end
  stop = line:match("^true()", at) or line:match("^false()", at) or line:match("^null()", at) or bad("no JSON")
  return NONE, stop
end

local function json_object(line)
  local value = json_value(line, 1, 1)
  if type(value) ~= "table" or not value.object or value.array then
    bad("no JSON object")
  end
  return value.object
end

local function inner(object, name)
  local value = object[name]
  return type(value) == "table" and value.object and not value.array and value.object or nil
end

-- Text, or a number as text; nil for null, nothing, an empty text and anything else.
local function text(object, name)
  local value = object[name]
  if type(value) == "table" then
    value = value.number
  end
  return value ~= "" and value or nil
end

local function needed(object, name)
  return text(object, name) or bad("no " .. name)
end

-- What is no UTF-8 would be no JSON either.
local function valid(value)
  local out, at = {}, 1
  while at <= #value do
    local char = value:match("^[%z\1-\127]+", at)
      or value:match("^[\194-\223][\128-\191]", at)
      or value:match("^\224[\160-\191][\128-\191]", at)
      or value:match("^[\225-\236\238\239][\128-\191][\128-\191]", at)
      or value:match("^\237[\128-\159][\128-\191]", at)
      or value:match("^\240[\144-\191][\128-\191][\128-\191]", at)
      or value:match("^[\241-\243][\128-\191][\128-\191][\128-\191]", at)
      or value:match("^\244[\128-\143][\128-\191][\128-\191]", at)
    out[#out + 1] = char or "\239\191\189"
    at = at + (char and #char or 1)
  end
  return table.concat(out)
end

local function quoted(value)
  return '"' .. valid(value):gsub('[%z\1-\31"\\]', function(char)
    return string.format("\\u%04x", char:byte())
  end) .. '"'
end

return { object = json_object, inner = inner, text = text, needed = needed, quoted = quoted }
