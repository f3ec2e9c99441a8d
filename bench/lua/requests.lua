-- Sends the requests of a file in turn: lines of "METHOD path", a tab, a body.
-- Arguments: the file, a bearer token (or "bevan=" and a session, or "-"), and how many requests were sent before (-1: the
-- lines stand as they are; otherwise @ROUND@ in a body says how often the file was gone through).

local lines, count, at, sent, fixed = {}, 0, 0, 0, true

function init(args)
  local headers = { ["Content-Type"] = "application/fhir+json" }
  if args[2]:find("^bevan=") then
    headers["Cookie"] = args[2]
  elseif args[2] ~= "-" then
    headers["Authorization"] = "Bearer " .. args[2]
  end
  sent = tonumber(args[3]) or -1
  fixed = sent < 0
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+) ([^\t]+)\t?(.*)$")
    if body == "" then body = nil end
    if fixed then
      lines[#lines + 1] = wrk.format(method, path, headers, body)
    else
      lines[#lines + 1] = { method, path, body, headers }
    end
  end
  count = #lines
end

function request()
  if fixed then
    at = at % count + 1
    return lines[at]
  end
  local line = lines[sent % count + 1]
  local body = line[3] and line[3]:gsub("@ROUND@", tostring(math.floor(sent / count)))
  sent = sent + 1
  return wrk.format(line[1], line[2], line[4], body)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "us": %d, "errors": %d, "p50": %d, "p95": %d, "p99": %d}\n',
    summary.requests, summary.duration, e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
