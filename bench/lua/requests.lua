-- Sends the requests of a file in turn: lines of "METHOD path", a tab, a body.
-- Arguments: the file, a bearer token or "-", and after how many requests to stop (0: never).

local lines, count, at, stop, sent = {}, 0, 0, 0, 0

function init(args)
  local headers = { ["Content-Type"] = "application/fhir+json" }
  if args[2] ~= "-" then headers["Authorization"] = "Bearer " .. args[2] end
  stop = tonumber(args[3]) or 0
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+) ([^\t]+)\t?(.*)$")
    if body == "" then body = nil end
    if stop > 0 then
      lines[#lines + 1] = { method, path, body, headers }
    else
      lines[#lines + 1] = wrk.format(method, path, headers, body)
    end
  end
  count = #lines
end

function request()
  at = at % count + 1
  sent = sent + 1
  if stop == 0 then return lines[at] end
  -- A counted run changes what it sends each time round, so that no write is a repetition.
  local line = lines[at]
  local body = line[3] and line[3]:gsub("@ROUND@", tostring(math.floor((sent - 1) / count)))
  return wrk.format(line[1], line[2], line[4], body)
end

function response()
  if stop > 0 and sent >= stop then wrk.thread:stop() end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "us": %d, "errors": %d, "p50": %d, "p95": %d, "p99": %d}\n',
    summary.requests, summary.duration, e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
