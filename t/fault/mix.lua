-- A mixture of requests for wrk (which cannot HEAD): reads of every kind, some writes, some mistakes.
-- HR_MIX_TOKEN, HR_MIX_PROFILES (ids, with commas between), HR_MIX_SEED

local token = os.getenv("HR_MIX_TOKEN")
local profiles = {}
for id in string.gmatch(os.getenv("HR_MIX_PROFILES"), "[^,]+") do
  profiles[#profiles + 1] = id
end
math.randomseed(tonumber(os.getenv("HR_MIX_SEED") or "1"))

local bearer = { ["Authorization"] = "Bearer " .. token, ["Host"] = "localhost" }
local json = { ["Authorization"] = "Bearer " .. token, ["Host"] = "localhost",
               ["Content-Type"] = "application/json" }
local gzip = { ["Authorization"] = "Bearer " .. token, ["Host"] = "localhost",
               ["Accept-Encoding"] = "gzip" }
local nobody = { ["Host"] = "localhost" }
local n = 0

local function profile()
  return "/api/profiles/" .. profiles[math.random(#profiles)]
end

local function get(path, headers)
  return function() return wrk.format("GET", path, headers or bearer) end
end

local mix = {
  get("/health", nobody), get("/", nobody), get("/openapi.json", nobody),
  get("/api/auth/me"), get("/api/auth/validate"), get("/api/users"),
  get("/api/catalog/departments"), get("/api/catalog/stats"),
  get("/api/catalog/search?q=%D0%BF%D1%80"), get("/api/dashboard/stats"),
  get("/api/dashboard/stats/activity"), get("/api/organization/positions", gzip),
  get("/api/organization/search-items"), get("/api/organization/structure", gzip),
  get("/api/profiles/"), get("/api/profiles/", gzip), get("/metrics"),
  get("/api/admin/audit?limit=20"), get("/api/generation/tasks/active"),
  get("/api/profiles/export?format=csv"),
  function() return wrk.format("GET", "/api/profiles/?search=a&page=" .. math.random(50), bearer) end,
  function() return wrk.format("GET", profile(), bearer) end,
  function() return wrk.format("GET", profile() .. "/versions", bearer) end,
  function() return wrk.format("GET", profile() .. "/download/md", bearer) end,
  function() return wrk.format("GET", profile() .. "/download/json", gzip) end,
  -- mistakes
  get("/nothing/here"), get("/api/auth/me", nobody), get("/api/profiles/no-id"),
  function() return wrk.format("POST", "/api/generation/start", json, "{\"department\":5}") end,
  function() return wrk.format("PUT", profile(), json, "{\"employee_name\":") end,
  function() return wrk.format("PATCH", profile(), bearer) end,
  function() return wrk.format("POST", "/api/auth/login", nobody, "") end,
}

-- dear ones, seldom
local dear = {
  function() return wrk.format("PUT", profile(), json,
                               "{\"employee_name\":\"N " .. math.random(1e6) .. "\"}") end,
  function() return wrk.format("GET", profile() .. "/download/docx?n=" .. n, bearer) end,
  function() return wrk.format("GET", profile() .. "/download/xlsx?n=" .. n, bearer) end,
  function() return wrk.format("POST", "/api/generation/start", json,
      "{\"department\":\"Отдел разработки\",\"position\":\"Смесь " .. math.random(300)
      .. "\"}") end,
  function() return wrk.format("POST", "/api/auth/login", json,
      "{\"username\":\"nobody\",\"password\":\"x" .. n .. "\"}") end,
}

function request()
  n = n + 1
  if n % 2000 == 0 then return dear[5]() end
  if n % 400 == 0 then return dear[4]() end
  if n % 40 == 0 then return dear[math.random(3)]() end
  return mix[math.random(#mix)]()
end
