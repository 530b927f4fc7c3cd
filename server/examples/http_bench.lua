-- wrk: sends signed requests, each of them once. Arguments: the folder of requests, and how many of them are left out.
-- Each line of the file holds the field lines of one signature, with a tab between two.

local head, body, lines, path

-- The next line; behind the last one the first again: a server with a replay store refuses it, and the bench fails.
local function next_line()
  local line = lines()
  if not line then
    lines = io.lines(path)
    line = lines()
  end
  return line
end

function init(arguments)
  local folder, name, skip = arguments[1], arguments[2], tonumber(arguments[3])
  local file = assert(io.open(folder .. "/body.json"))
  body = file:read("*a")
  file:close()
  path = folder .. "/" .. name
  lines = io.lines(path)
  for _ = 1, skip do
    next_line()
  end
  head = "POST /rpc HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n"
end

function request()
  return head .. next_line():gsub("\t", "\r\n") .. "\r\n\r\n" .. body
end

-- Milliseconds between an answer and the next request on its connection, on average: clients do not march in step.
local pause = tonumber(os.getenv("PAUSE_MS") or "0")
if pause > 0 then
  function delay()
    return math.random(0, 2 * pause)
  end
end
