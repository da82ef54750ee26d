# The service itself: / and /health (api-core.md 2.1), headers of all answers (1.10), static files.

use HR::Test 'no_plan';
use Time::HiRes ();

run_tests();

__DATA__

=== TEST 1: the root names the service
--- request
GET /
--- response_body_like eval
qr/^\{"service":"HR[ ]Profile[ ]Generator[ ]API","version":"1\.0\.0","description":"[^"]+",
    "docs":"\/docs","health":"\/health","timestamp":"[^"]+Z","message":"[^"]+"\}$/x



=== TEST 2: health: everything works, keys in the order of the contract
--- hr_config
hr_environment staging;
--- request
GET /health
--- response_headers
Cache-Control: no-store
Content-Type: application/json
--- response_body_like eval
qr/^\{"status":"healthy","timestamp":"[^"]+","uptime_seconds":\d+,"version":"1\.0\.0",
    "environment":"staging","components":\{"api":"operational","core_modules":"initialized",
    "database":"operational","organization_data":"operational"[^}]*\},
    "external_services":\{"openrouter_configured":(true|false),"langfuse_configured":false\}/x
--- json
success absent
data.business_units = 12
data.positions = 26
data.last_error absent



=== TEST 3: D-33: an unusable database is told: 503, with all the other members
--- setup
sql('ALTER TABLE users RENAME TO elsewhere');
--- request
GET /health
--- error_code: 503
--- response_headers_like
Retry-After: \d+
--- json
status = unhealthy
components.database = unavailable
components.organization_data = operational
components.api = operational
uptime_seconds >= 0
error is string
external_services is object
--- response_body_unlike: elsewhere|no such table|profiles\.db
--- error_log
hr: health: database:



=== TEST 4: health needs no token and has no limit; HEAD and both spellings work
--- hr_config
hr_limits api=1 login=1 login_address=1 login_account=1;
--- request eval
["GET /health", "GET /health/", "HEAD /health", "GET /health", "HEAD /"]
--- response_headers_like eval
[("Content-Length: \\d+") x 5]



=== TEST 5: the time since the start is that of the service, not of a worker
--- setup
open my $in, '<', server_root() . '/logs/nginx.pid'; my $pid = <$in>; close $in;
select undef, undef, undef, 1.2;
kill HUP => $pid;
select undef, undef, undef, 0.6;
--- request
GET /health
--- json
uptime_seconds >= 1



=== TEST 6: D-10, D-11, I-52: headers of every answer, whatever its status
--- login eval
["admin", undef, "admin", undef, undef, undef]
--- request eval
["GET /api/auth/me", "GET /api/auth/me", "GET /api/catalog/search", "GET /nowhere", "PUT /health",
 "GET /"]
--- error_code eval
[200, 401, 422, 404, 405, 200]
--- response_headers eval
[("X-Content-Type-Options: nosniff\nX-Frame-Options: DENY\nX-XSS-Protection: 1; mode=block\n"
  . "Referrer-Policy: strict-origin-when-cross-origin\n"
  . "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\n"
  . "Permissions-Policy: camera=(), geolocation=(), microphone=()\n"
  . "! Strict-Transport-Security") x 6]
--- response_headers_like eval
[("X-Process-Time: \\d+\\.\\d+\n"
  . "X-Request-ID: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}") x 6]



=== TEST 7: ... also of what nginx itself refuses
--- raw_request eval
"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: many\r\n\r\n"
--- error_code: 400
--- response_headers
X-Content-Type-Options: nosniff
X-Frame-Options: DENY
Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
Cache-Control: no-store
--- json
success = false
error.code = BAD_REQUEST
path = /health



=== TEST 8: D-10: one id: header, error, log; one that the client sends is taken over
--- more_headers
X-Request-ID: client.id_of-64-Characters
--- request
GET /api/auth/me
--- error_code: 401
--- response_headers
X-Request-ID: client.id_of-64-Characters
--- json
error.request_id = client.id_of-64-Characters
--- error_log
request id client.id_of-64-Characters



=== TEST 9: D-10: an id that is too short, too long or of other characters is replaced
--- request eval
[("GET /nowhere") x 5]
--- more_headers eval
["X-Request-ID: 1234567", "X-Request-ID: " . "a" x 65, "X-Request-ID: with blank here",
 "X-Request-ID: <script>alert(1)</script>", "X-Request-ID:"]
--- error_code eval
[(404) x 5]
--- response_headers_like eval
[("X-Request-ID: [0-9a-f]{8}-[0-9a-f]{4}-4[-0-9a-f]{21}") x 5]



=== TEST 10: the access log of the module: id, account, route, cache, time in the database
--- http_config
log_format t '$hr_request_id|$hr_user|$hr_route|$hr_cache|$hr_db_time|$status';
--- config
access_log logs/access.log t;
--- setup
my @url = ('/api/organization/stats', '/api/organization/stats', '/api/auth/me', '/nowhere');
my @user = ('admin', 'admin', undef, undef);
token_of('admin');
ask(GET => $url[$_], undef, user => $user[$_], headers => { 'X-Request-ID' => "request-$_" })
    for 0 .. 3;
# a line is written when its client has the answer already
my $log = '';
for (1 .. 100) {
    $log = do { local (@ARGV, $/) = server_root() . '/logs/access.log'; <> };
    last if $log =~ /^request-3\|/m;
    Time::HiRes::sleep(0.02);
}
like($log, qr/^request-0\|1\|get_organization_stats\|(MISS|HIT)\|\d+\.\d{6}\|200$/m, 'an answer');
like($log, qr/^request-1\|1\|get_organization_stats\|(MISS|HIT)\|/m, 'the next one');
like($log, qr/^request-2\|-\|get_current_user_info\|-\|0\.000000\|401$/m, 'nobody');
like($log, qr/^request-3\|-\|-\|-\|-\|404$/m, 'no route');
--- request
GET /health



=== TEST 11: D-04: what went wrong inside is in the log, with the id, and not in the answer
--- login
--- setup
token_of('admin');
sql('ALTER TABLE profiles RENAME TO elsewhere');
select undef, undef, undef, 1;
--- more_headers
X-Request-ID: the-request-that-fails
--- request
GET /api/organization/positions
--- error_code_like: ^50[03]$
--- response_body_unlike: elsewhere|no such|SQL|sqlite
--- json
success = false
error.request_id = the-request-that-fails
error.details = {}
--- error_log
request id the-request-that-fails



=== TEST 12: files of the folder /static: type, tag, date, ranges
--- user_files
>>> static/a.txt
0123456789
>>> static/deep/b.css
a {}
--- request eval
["GET /static/a.txt", "GET /static/deep/b.css", "HEAD /static/a.txt"]
--- response_headers_like eval
["Content-Type: text/plain; charset=utf-8\nETag: \".+\"\nLast-Modified: .+ GMT\n"
 . "Accept-Ranges: bytes\n"
 . "X-Content-Type-Options: nosniff\nX-Request-ID: [-0-9a-f]{36}\nX-Frame-Options: DENY\n"
 . "Content-Security-Policy: default-src 'none'.*",
 "Content-Type: text/css; charset=utf-8", "Content-Length: 11"]
--- response_body eval
["0123456789\n", "a {}\n", ""]



=== TEST 13: a part of a file
--- user_files
>>> static/a.txt
0123456789
--- request
GET /static/a.txt
--- more_headers
Range: bytes=2-4
--- error_code: 206
--- response_headers
Content-Range: bytes 2-4/11
--- response_body chomp
234



=== TEST 14: a file that has not changed
--- user_files
>>> static/a.txt
0123456789
--- setup
my $answer = ask(GET => '/static/a.txt');
set(tag => $answer->{headers}{etag}, date => $answer->{headers}{'last-modified'});
--- request eval
[("GET /static/a.txt") x 3]
--- more_headers eval
["If-None-Match: {{tag}}", "If-Modified-Since: {{date}}", "Range: bytes=99-"]
--- error_code eval
[304, 304, 416]
--- response_headers eval
["X-Content-Type-Options: nosniff", "X-Content-Type-Options: nosniff",
    "X-Content-Type-Options: nosniff"]



=== TEST 15: folders, missing files and ways out of the folder are 404, in the envelope
--- user_files
>>> static/deep/b.css
a {}
>>> secret.txt
outside
--- request eval
["GET /static/", "GET /static/deep", "GET /static/deep/", "GET /static/none.txt",
 "GET /static/../secret.txt", "GET /static/%2e%2e/secret.txt", "GET /static/..%2fsecret.txt",
 "GET /static/deep/b.css/x", "GET /static"]
--- error_code eval
[(404) x 9]
--- json eval
[("success = false\nerror.code = NOT_FOUND") x 9]



=== TEST 17: a link in the folder leads nowhere
--- user_files
>>> static/a.txt
0123456789
>>> secret.txt
outside
--- setup
symlink '../secret.txt', html_dir() . '/static/link.txt' or die;
--- request
GET /static/link.txt
--- error_code: 404
--- error_log
Too many levels of symbolic links
--- json
error.code = NOT_FOUND



=== TEST 16: another method is 405 and says which ones work
--- user_files
>>> static/a.txt
0123456789
--- request eval
["POST /static/a.txt\nx", "DELETE /static/a.txt", "PUT /static/a.txt\nx"]
--- error_code eval
[405, 405, 405]
--- response_headers eval
[("Allow: GET, HEAD") x 3]
--- json eval
[("error.code = METHOD_NOT_ALLOWED") x 3]
