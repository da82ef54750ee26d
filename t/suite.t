# The sections that HR::Test adds, each once, on the module.

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: login sends the administrator's token
--- login
--- request
GET /api/auth/me
--- json
username = admin
full_name is string



=== TEST 2: without login nobody asks
--- request
GET /api/auth/me
--- error_code: 401
--- json
success = false
error.code = UNAUTHORIZED



=== TEST 3: accounts, and another user for each request
--- users
anna boris:admin
--- login eval
[undef, "anna", "boris"]
--- request eval
["GET /api/auth/me", "GET /api/auth/me", "GET /api/auth/me"]
--- error_code eval
[401, 200, 200]
--- json eval
["success = false", "username = anna", "username = boris"]
--- db
SELECT count(*) FROM users => 3
SELECT group_concat(username) FROM users WHERE role = 'admin' => admin,boris



=== TEST 4: login keeps the headers of the block
--- login
--- more_headers
X-Request-ID: abcdefgh-1234
--- request
GET /api/auth/me
--- response_headers
X-Request-ID: abcdefgh-1234



=== TEST 5: setup talks to the server first, and hands values on
--- users
anna
--- setup
my $me = api(GET => '/api/auth/me', undef, user => 'anna');
set(name => $me->{username}, id => 'req-of-' . $me->{username});
--- login: anna
--- more_headers
X-Request-ID: {{id}}
--- request
GET /api/auth/me
--- response_headers
X-Request-ID: req-of-anna
--- json
username = {{name}}



=== TEST 6: a token can be named
--- setup
api(GET => '/api/auth/me');
--- request
GET /api/auth/me
--- more_headers
Authorization: Bearer {{token}}
--- json
username = admin



=== TEST 7: sql changes the database when the server is up
--- sql
UPDATE users SET full_name = 'Somebody Else';
--- login
--- request
GET /api/auth/me
--- json
full_name = Somebody Else



=== TEST 8: hr_config replaces a directive by name
--- hr_config
hr_language en;
--- request
GET /api/auth/me
--- more_headers
Accept-Language: *
--- error_code: 401
--- response_body_unlike eval
qr/[\xd0\xd1]/



=== TEST 9: hr_config takes a directive away
--- hr_config
! hr_data
--- must_die
--- error_log
hr_data



=== TEST 10: hr_files makes files in the state folder
--- hr_config
hr_jwt_secret_file $TEST_NGINX_HR_STATE/other;
--- hr_files
>>> other
too short
--- must_die
--- error_log
32 are the minimum



=== TEST 11: hr_data names other data
--- hr_data: $TEST_NGINX_HTML_DIR/data
--- user_files
>>> data/structure.json
{"organization": {"Отдел один": {"number": 1, "positions": ["Инженер"],
 "headcount": null, "headcount_source": null, "headcount_department": null}},
 "metadata": {}}
--- request
GET /health
--- error_log eval
qr/organisation loaded, \d{4} bytes/
