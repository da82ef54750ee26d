# Times (api-core.md 1.3, D-02; decisions 10): UTC, with Z unless told otherwise.

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: D-02: instants are UTC with Z, whatever the zone of the server
--- main_config
env TZ=Asia/Vladivostok;
--- request
GET /health
--- setup
my ($s, $m, $h, $d, $mon, $y) = gmtime;
set(hour => sprintf '%04d-%02d-%02dT%02d:', $y + 1900, $mon + 1, $d, $h);
--- json
timestamp ~ ^{{hour}}\d\d:\d\d(\.\d{6})?Z$



=== TEST 2: naive times are the same without Z
--- main_config
env TZ=Asia/Vladivostok;
--- hr_config
hr_timestamps naive;
--- login
--- setup
my ($s, $m, $h, $d, $mon, $y) = gmtime;
set(hour => sprintf '%04d-%02d-%02dT%02d:', $y + 1900, $mon + 1, $d, $h);
--- request eval
["GET /health", "GET /api/auth/me", "GET /api/auth/validate", "GET /nowhere",
 "GET /api/dashboard/stats/minimal", "GET /api/catalog/departments"]
--- error_code eval
[200, 200, 200, 404, 200, 200]
--- json eval
["timestamp ~ ^{{hour}}\\d\\d:\\d\\d(\\.\\d{6})?\$", "created_at ~ ^{{hour}}\\d\\d:\\d\\d\$",
 "timestamp ~ \\d\$", "timestamp ~ \\d\$\nerror.timestamp ~ \\d\$", "data.last_updated ~ \\d\$",
 "data.departments[0].last_updated ~ ^{{hour}}\\d\\d:\\d\\d\$"]



=== TEST 3: a fraction of exactly zero is left out
--- setup
token_of('admin');
sql("UPDATE users SET created_at = '2025-01-02T03:04:05.000000',"
    . " last_login = '2025-01-02 03:04:05.25'");
select undef, undef, undef, 1;
--- login
--- request
GET /api/auth/me
--- json
created_at = 2025-01-02T03:04:05Z
last_login = 2025-01-02T03:04:05.250000Z



=== TEST 4: D-51: stored layouts and zones are all read, and ordered as the instants they are
--- sql
CREATE TEMP TABLE given (n, position, at, changed);
INSERT INTO given VALUES (1, 'T1', '2025-09-09 10:00:00', NULL), (4, 'zone',
 '2025-09-09T13:00:03+03:00', NULL), (2, 'T3', '2025-09-09T10:00:01.5', NULL), (3, 'Z',
 '2025-09-09T10:00:02Z', NULL), (5, 'no time', 'yesterday', '2025-09-09 09:00:00');
INSERT INTO profiles (id, department, position, profile_data, metadata_json,
 generation_time_seconds, created_at, updated_at, status)
 SELECT 'aaaaaaaa-0000-4000-8000-00000000000' || n, 'a', position, '{}', '{}', 1, at, changed,
 'completed' FROM given;
--- login
--- setup
# rows of another program are seen at the next look of a worker, a second apart
for (1 .. 100) {
    last if @{ api(GET => '/api/dashboard/stats/activity')->{data}{recent_profiles} } == 5;
    select undef, undef, undef, 0.1;
}
--- request
GET /api/dashboard/stats/activity
--- json
data.recent_profiles has 5
data.recent_profiles[0].created_at = 2025-09-09T10:00:03Z
data.recent_profiles[1].created_at = 2025-09-09T10:00:02Z
data.recent_profiles[2].created_at = 2025-09-09T10:00:01.500000Z
data.recent_profiles[3].created_at = 2025-09-09T10:00:00Z
data.recent_profiles[4].created_at = 2025-09-09T09:00:00Z
data.recent_profiles[4].position = no time
