# Limits: logins (D-14, decisions 21), requests of a user, sizes (D-08).

use HR::Test 'no_plan';

# Counts of a minute must not be cut in two by its end.
sub minute_with {
    my ($seconds) = @_;

    my $left = 60 - time % 60;
    sleep $left if $left < $seconds;
}

# Status codes of logins, one after the other.
sub logins {
    my ($count, $name, $password, %headers) = @_;

    return join ' ', map {
        ask(POST => '/api/auth/login', { username => $name, password => $password },
            headers => \%headers)->{status}
    } 1 .. $count;
}

run_tests();

__DATA__

=== TEST 1: D-14, I-47: five failures for an account and an address, then 429 with Retry-After
--- hr_config
hr_limits login=5 login_address=30 login_account=20 api=0;
--- users
anna
--- setup
minute_with(10);
is(logins(8, 'anna', 'wrong'), '401 401 401 401 401 429 429 429', 'five');
is(logins(1, 'anna', password_of('anna')), '429', 'the right password too');
is(logins(1, 'admin', password_of('admin')), '200', 'others log in');
--- request
POST /api/auth/login
{"username":"anna","password":"wrong"}
--- error_code: 429
--- response_headers_like
Retry-After: ([1-9]|[1-5]\d|60)
Cache-Control: no-store
--- json
error.code = TOO_MANY_REQUESTS
detail ~ попыток входа
--- db
SELECT count(*) FROM audit_log WHERE action = 'login' AND result = 'denied' => 5



=== TEST 2: a success starts the account anew
--- hr_config
hr_limits login=3 login_address=1000 login_account=1000 api=0;
--- setup
minute_with(10);
is(logins(2, 'admin', 'wrong'), '401 401', 'two failures');
is(logins(1, 'admin', password_of('admin')), '200', 'a success');
is(logins(3, 'admin', 'wrong'), '401 401 401', 'three more');
is(logins(1, 'admin', 'wrong'), '429', 'and no fourth');
--- request
GET /health



=== TEST 3: many successes are no failures
--- hr_config
hr_limits login=2 login_address=2 login_account=2 api=0;
--- setup
minute_with(10);
is(logins(6, 'admin', password_of('admin')), '200 200 200 200 200 200', 'all of them');
--- request
GET /health



=== TEST 4: unknown names count like known ones
--- hr_config
hr_limits login=3 login_address=1000 login_account=1000 api=0;
--- setup
minute_with(10);
is(logins(5, 'nobody', 'wrong'), '401 401 401 429 429', 'nobody');
is(logins(5, 'admin', 'wrong'), '401 401 401 429 429', 'somebody');
--- request
GET /health



=== TEST 5: an address that tries many names is stopped
--- hr_config
hr_limits login=100 login_address=6 login_account=100 api=0;
hr_trusted_proxies 127.0.0.1;
--- setup
minute_with(10);
my @codes = map { logins(1, "name$_", 'wrong', 'X-Forwarded-For' => '203.0.113.5') } 1 .. 8;
is("@codes", '401 401 401 401 401 401 429 429', 'six');
is(logins(1, 'admin', password_of('admin'), 'X-Forwarded-For' => '203.0.113.6'), '200',
   'another address is not');
--- request
GET /health



=== TEST 6: an account that many addresses try is stopped
--- hr_config
hr_limits login=100 login_address=100 login_account=4 api=0;
hr_trusted_proxies 127.0.0.1;
--- setup
minute_with(10);
my @codes = map { logins(1, 'admin', 'wrong', 'X-Forwarded-For' => "203.0.113.$_") } 1 .. 6;
is("@codes", '401 401 401 401 429 429', 'four');
is(logins(1, 'nobody', 'wrong', 'X-Forwarded-For' => '203.0.113.1'), '401', 'another is not');
--- request
GET /health



=== TEST 7: IPv6 addresses count by their /64
--- hr_config
hr_limits login=100 login_address=3 login_account=100 api=0;
hr_trusted_proxies 127.0.0.1;
--- setup
minute_with(10);
my @codes = map { logins(1, "name$_", 'wrong', 'X-Forwarded-For' => "2001:db8:1:2::$_") } 1 .. 5;
is("@codes", '401 401 401 429 429', 'one customer');
is(logins(1, 'x', 'wrong', 'X-Forwarded-For' => '2001:db8:1:3::1'), '401', 'the neighbour is not');
@codes = map { logins(1, "name$_", 'wrong', 'X-Forwarded-For' => '::ffff:203.0.113.9') } 1 .. 3;
is(logins(1, 'y', 'wrong', 'X-Forwarded-For' => '203.0.113.9'), '429', 'a mapped one is IPv4');
is(logins(1, 'y', 'wrong', 'X-Forwarded-For' => '203.0.113.8'), '401', 'and no other');
--- request
GET /health



=== TEST 8: both workers count together, also many attempts at once
--- hr_config
hr_limits login=5 login_address=1000 login_account=1000 api=0;
--- setup
minute_with(15);
my @codes = sort map { @$_ } HR::Client::parallel(8, sub {
    return [map { 0 + logins(1, 'admin', 'wrong') } 1 .. 5];
});
is(scalar(grep { $_ == 401 } @codes), 5, 'five checks, whatever the rush');
is(scalar(grep { $_ == 429 } @codes), 35, 'the others are refused');
--- request
GET /health



=== TEST 9: limits of 0 are none
--- hr_config
hr_limits login=0 login_address=0 login_account=0 api=0;
--- setup
is(logins(12, 'admin', 'wrong'), join(' ', (401) x 12), 'all are checked');
--- request
GET /health



=== TEST 10: D-14: requests of a user in a minute, in all workers together
--- hr_config
hr_limits login=100 login_address=100 login_account=100 api=6;
--- users
anna
--- setup
minute_with(10);
my @codes = map { ask(GET => '/api/auth/validate', undef, user => 'anna')->{status} } 1 .. 8;
is("@codes", '200 200 200 200 200 200 429 429', 'six');
is(ask(GET => '/api/auth/validate', undef, user => 'admin')->{status}, 200,
    'another user has his own');
is(ask(GET => '/health')->{status}, 200, 'what needs no token has no limit');
--- login: anna
--- request
GET /api/organization/stats
--- error_code: 429
--- response_headers_like
Retry-After: ([1-9]|[1-5]\d|60)
--- json
error.code = TOO_MANY_REQUESTS
success = false



=== TEST 11: answers from the cache count too
--- hr_config
hr_limits login=100 login_address=100 login_account=100 api=5;
--- setup
minute_with(10);
my @codes = map { ask(GET => '/api/organization/stats', undef, user => 'admin')->{status} } 1 .. 7;
is("@codes", '200 200 200 200 200 429 429', 'five');
--- request
GET /health



=== TEST 12: D-08: a body above the limit of its route
--- login
--- request eval
["POST /api/auth/login\n" . '{"username":"' . 'x' x 66000 . '"}',
 "POST /api/organization/unit\n" . '{"unit_path":"' . 'x' x 1_048_600 . '"}',
 "POST /api/organization/unit\n" . '{"unit_path":"' . 'x' x 2_100_000 . '"}',
 "POST /api/organization/unit\n" . '{"unit_path":"' . 'x' x 1000 . '"}',
 "POST /api/organization/unit\n" . '{"unit_path":"' . 'x' x 1001 . '"}']
--- error_code eval
[413, 413, 413, 404, 422]
--- json eval
["error.code = PAYLOAD_TOO_LARGE\npath = /api/auth/login", "error.code = PAYLOAD_TOO_LARGE",
 "error.code = PAYLOAD_TOO_LARGE\npath = /api/organization/unit", "error.code = NOT_FOUND",
 "error.details.validation_errors[0].type = string_too_long"]



=== TEST 13: D-08: a body in chunks is measured as well
--- raw_request eval
"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
. "Transfer-Encoding: chunked\r\n\r\n"
. (sprintf("%x\r\n%s\r\n", 30000, 'x' x 30000) x 3) . "0\r\n\r\n"
--- error_code: 413
--- json
error.code = PAYLOAD_TOO_LARGE



=== TEST 14: D-08: q has at most 200 characters, the filter and names in paths 300
--- login
--- request eval
my $ya = '%D1%8F';
["GET /api/catalog/search?q=" . $ya x 200, "GET /api/catalog/search?q=" . $ya x 201,
 "GET /api/catalog/search/positions?q=x&department=" . $ya x 300,
 "GET /api/catalog/search/positions?q=x&department=" . $ya x 301,
 "GET /api/catalog/positions/" . $ya x 300, "GET /api/catalog/positions/" . $ya x 301,
 "GET /api/catalog/departments/" . $ya x 301]
--- error_code eval
[200, 422, 200, 422, 200, 422, 422]
--- json eval
my $e = 'error.details.validation_errors[0]';
my $ya = 'я' x 200;
["success = true", "$e.field = query.q\n$e.type = string_too_long\n$e.input = $ya",
 "success = true", "$e.field = query.department\n$e.type = string_too_long\n$e.input = $ya",
 "data.total_count = 0", "$e.field = path.department\n$e.type = string_too_long",
 "$e.field = path.department_name\n$e.type = string_too_long"]



=== TEST 15: D-08: an address that is too long is 414, headers that are too large are 431
--- raw_request eval
"GET /" . 'a' x 40000 . " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
--- error_code: 414
--- response_headers
X-Content-Type-Options: nosniff
--- json
error.code = URI_TOO_LONG



=== TEST 16: ... 431
--- raw_request eval
"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: " . 'a' x 40000 . "\r\n\r\n"
--- error_code: 431
--- response_headers
X-Content-Type-Options: nosniff
--- json
error.code = HEADERS_TOO_LARGE
path = /health



=== TEST 17: depth of a body is limited
--- login
--- request eval
["POST /api/organization/unit\n" . '{"unit_path":' . '[' x 62 . ']' x 62 . '}',
 "POST /api/organization/unit\n" . '{"unit_path":' . '[' x 65 . ']' x 65 . '}',
 "POST /api/organization/unit\n" . '[' x 500_000]
--- error_code eval
[422, 422, 422]
--- json eval
my $e = 'error.details.validation_errors[0]';
["$e.type = string_type", "$e.type = json_invalid", "$e.type = json_invalid"]



=== TEST 18: values of a body are limited: what is stored can be read again
--- hr_database: t/data/profiles.sql
--- login
--- request eval
my @put = ("PUT /api/profiles/bbbbbbbb-0000-4000-8000-000000000001/content\n"
    . '{"profile_data":{"position_title":"а","department_specific":"б","responsibility_areas":[],'
    . '"professional_skills":[],"corporate_competencies":[],"personal_qualities":[],'
    . '"experience_and_education":{},"more":[') x 2;
my @get = map { "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000001$_" }
          '', '/quality', '/download/json', '/download/md', '/download/docx', '/download/xlsx';
["$put[0]" . '1,' x 480_000 . '1]}}', "$put[1]" . '[],' x 60_000 . '[]]}}', @get]
--- error_code eval
[422, (200) x 7]
--- json eval
["error.details.validation_errors[0].type = json_invalid\n"
 . "error.details.validation_errors[0].message = Too many values", 'changed = true',
 'profile.position_title = а', '', '', undef, undef, undef]
