-- wrk -s load.lua URL -- FOLDER THREADS: sends each request of FOLDER once; with UNSIGNED=1 its body alone, as long as wanted.
local threads_made = 0

function setup(thread)
  thread:set("number", threads_made)
  threads_made = threads_made + 1
end

function init(args)
  local folder, threads = args[1], tonumber(args[2])
  local file = assert(io.open(folder .. "/body", "rb"))
  body = file:read("*a")
  file:close()
  headers = { ["Content-Type"] = "application/json" }
  frames, at = {}, 0
  if os.getenv("UNSIGNED") then
    plain = wrk.format("POST", "/rpc", headers, body)
    return
  end
  local line = 0
  for frame in io.lines(folder .. "/frames") do
    if line % threads == number then frames[#frames + 1] = frame end
    line = line + 1
  end
end

function request()
  if plain then return plain end
  at = at + 1
  if at > #frames then
    -- What is sent twice is refused: better to stop than to measure that.
    wrk.thread:stop()
    at = 1
  end
  headers["X-Signature"] = frames[at]
  return wrk.format("POST", "/rpc", headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"per_second":%.1f,"p50_us":%.0f,"p99_us":%.0f,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, summary.requests / summary.duration * 1e6,
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
