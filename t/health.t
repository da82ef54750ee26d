# /health, /health/live, /health/ready: each component broken in turn is named (I-60).

use HR::Test 'no_plan';

# Broken rows of the accounts: the question behind the probes fails.
sub break_database { sql('ALTER TABLE users RENAME TO gone') }

run_tests();

__DATA__

=== TEST 1: everything is well
--- request
GET /health
--- response_headers
Cache-Control: no-store
Content-Type: application/json
--- json
status = healthy
components.api = operational
components.core_modules = initialized
components.database = operational
components.organization_data = operational
components.disk = operational
components.tracing = disabled
data.generation = 1
data.business_units = 12
data.positions = 26
data.sha256 ~ ^[0-9a-f]{64}$
database.latency_ms < 50
database.file_bytes > 4096
disk.free_bytes > 0
disk.total_bytes > 0
uptime_seconds < 60
error absent



=== TEST 2: no token, no secret: paths, keys and names of accounts stay inside
--- request
GET /health
--- response_body_unlike eval
qr{password|secret|/servroot|profiles\.db|admin}



=== TEST 3: alive and ready
--- request eval
["GET /health/live", "GET /health/ready", "HEAD /health/ready"]
--- json eval
["status = alive", "status = ready\ncomponents.database = operational", ""]



=== TEST 4: without its tables the database is named; the process lives
--- setup
break_database();
--- request eval
["GET /health", "GET /health/ready", "GET /health/live"]
--- error_code eval
[503, 503, 200]
--- response_headers eval
["Retry-After: 5", "Retry-After: 5", ""]
--- json eval
["status = unhealthy\ncomponents.database = unavailable\ncomponents.api = operational
components.organization_data = operational\nerror is string\nversion is string",
 "status = not_ready\ncomponents.database = unavailable\nerror is string", "status = alive"]
--- response_body_unlike eval
["no such table", "no such table", "x{9}"]



=== TEST 5: a newer organisation that is refused makes it degraded, not unready
--- user_files
>>> data/structure.json
{ "organization": { "Block": { "positions": ["Head"], "children": {} } } }
--- hr_data: $TEST_NGINX_HTML_DIR/data
--- setup
open my $out, '>', "$ENV{TEST_NGINX_HTML_DIR}/data/structure.json" or die;
print {$out} '{ "organization": ';
close $out;
api(POST => '/api/catalog/cache/clear');
--- request eval
["GET /health", "GET /health/ready"]
--- json eval
["status = degraded\ncomponents.organization_data = degraded\ncomponents.database = operational
data.last_error is string\ndata.last_error_at is string\ndata.positions = 1",
 "status = ready\ncomponents.organization_data = operational"]



=== TEST 6: probes do not wear out the database, however often they come
--- hr_config: hr_cache size=8m shards=4
--- setup
my $client = HR::Test::State::client();
$client->get('/health/ready') for 1 .. 50;
my $text = $client->get('/metrics', headers => {
    Authorization => 'Bearer ' . HR::Test::State::token('admin') })->{body};
my ($hits) = $text =~ /^hr_http_requests_total\{operation="health_ready",code="2xx"\} (\d+)/m;
my $cached = 0;
$cached += $_ for $text =~ /^hr_cache_hits_total\{shard="\d"\} (\d+)/mg;
is($hits, 50, 'all were answered');
cmp_ok($cached, '>=', 45, 'nearly all of them from the cache');
--- request
GET /health/ready



=== TEST 7: the model is a component of its own and keeps nobody away
--- hr_config
! hr_prompts
! hr_llm
--- request eval
["GET /health", "GET /health/ready"]
--- json eval
["components.generation != operational\ncomponents.database = operational", "status = ready"]



=== TEST 8: why the database cannot be used is in the log, not in the answer
--- setup
break_database();
--- request
GET /health/ready
--- error_code: 503
--- error_log
hr: health: database: no such table: users
--- json
error = the database cannot be used
