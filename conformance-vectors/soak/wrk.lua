-- Sends the bytes of the file SOAK_REQUEST as they are, SOAK_COUNT times, and counts what is answered.

local wanted = tonumber(os.getenv("SOAK_COUNT"))
local file = assert(io.open(os.getenv("SOAK_REQUEST"), "rb"))
local bytes = file:read("*a")
file:close()

codes = {}
local heard = 0
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function request()
  return bytes
end

function response(status, headers)
  local code = headers["x-signature-error"] or headers["X-Signature-Error"] or tostring(status)
  codes[code] = (codes[code] or 0) + 1
  heard = heard + 1
  if heard == wanted then
    -- Only a signal ends it before its time: whoever reads this sends one.
    io.write("enough\n")
    io.flush()
    wrk.thread:stop()
  end
end

-- One line for each code, and for what went wrong.
function done(summary, latency)
  for _, thread in ipairs(threads) do
    for code, count in pairs(thread:get("codes")) do
      io.write("code ", code, " ", count, "\n")
    end
  end
  local errors = summary.errors
  io.write("broken x ", errors.connect + errors.read + errors.write + errors.timeout, "\n")
  io.write("slowest x ", latency.max, "\n")
end
