-- SHA-256 (FIPS 180-4) of a text, as 64 lower-case hexadecimal digits: Fluent Bit's Lua has none.

local bit = require("bit")
local band, bxor, bnot, ror, rshift = bit.band, bit.bxor, bit.bnot, bit.ror, bit.rshift

local K, H = {}, {}
do
  -- The first 32 bits behind the point of the cube and square roots of the first primes.
  local function fraction(root)
    return math.floor((root % 1) * 2 ^ 32)
  end
  local n = 2
  while #K < 64 do
    local prime = true
    for i = 2, math.floor(math.sqrt(n)) do
      prime = prime and n % i ~= 0
    end
    if prime then
      K[#K + 1] = fraction(n ^ (1 / 3))
      if #H < 8 then
        H[#H + 1] = fraction(n ^ (1 / 2))
      end
    end
    n = n + 1
  end
end

local function sha256(text)
  local length = #text
  text = text .. "\128" .. ("\0"):rep((55 - length) % 64)
  for i = 7, 0, -1 do
    text = text .. string.char(math.floor(length * 8 / 256 ^ i) % 256)
  end
  local h = { unpack(H) }
  local w = {}
  for block = 1, #text, 64 do
    for i = 0, 15 do
      local a, b, c, d = text:byte(block + i * 4, block + i * 4 + 3)
      w[i] = ((a * 256 + b) * 256 + c) * 256 + d
    end
    for i = 16, 63 do
      local x, y = w[i - 15], w[i - 2]
      local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
      local s1 = bxor(ror(y, 17), ror(y, 19), rshift(y, 10))
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) % 2 ^ 32
    end
    local a, b, c, d, e, f, g, last = unpack(h)
    for i = 0, 63 do
      local s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25))
      local t1 = last + s1 + bxor(band(e, f), band(bnot(e), g)) + K[i + 1] + w[i]
      local s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22))
      local t2 = s0 + bxor(band(a, b), band(a, c), band(b, c))
      last, g, f, e, d, c, b, a = g, f, e, (d + t1) % 2 ^ 32, c, b, a, (t1 + t2) % 2 ^ 32
    end
    for i, value in ipairs({ a, b, c, d, e, f, g, last }) do
      h[i] = (h[i] + value) % 2 ^ 32
    end
  end
  local hex = ""
  for i = 1, 8 do
    hex = hex .. bit.tohex(h[i])
  end
  return hex
end

return sha256
