# Administration of accounts, the own password, the own sessions (additive).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: only an administrator administers accounts
--- users
anna:hr boris:head clara:viewer
--- setup
for my $user ('anna', 'boris', 'clara') {
    for my $call (['GET', '/api/users'], ['GET', '/api/users/1'],
                  ['POST', '/api/users', {}], ['PUT', '/api/users/1', {}])
    {
        my $answer = ask($call->[0], $call->[1], $call->[2], user => $user);
        is("$answer->{status} $answer->{json}{error}{code}", '403 FORBIDDEN', "$user $call->[1]");
    }
}
is(ask(GET => '/api/users')->{status}, 401, 'without a token nobody does');
--- request
GET /health



=== TEST 2: the list: all accounts by id, in pages
--- users
anna boris:admin clara:viewer
--- login
--- request eval
["GET /api/users", "GET /api/users?limit=2", "GET /api/users?limit=2&page=2",
 "GET /api/users?page=99", "GET /api/users?limit=0&page=x", "GET /api/users?limit=101"]
--- error_code eval
[200, 200, 200, 200, 422, 422]
--- json eval
my $e = 'error.details.validation_errors';
["data.users has 4\ndata.total_count = 4\ndata.page = 1\ndata.limit = 50\n"
 . "data.users[0].username = admin\ndata.users[0].role = admin\ndata.users[3].role = viewer",
 "data.users has 2\ndata.total_count = 4\ndata.limit = 2",
 "data.users has 2\ndata.page = 2\ndata.users[0].username = boris",
 "data.users has 0\ndata.total_count = 4",
 "$e has 2\n$e\[0].field = query.page\n$e\[0].type = int_parsing\n"
 . "$e\[1].field = query.limit\n$e\[1].type = greater_than_equal",
 "$e\[0].type = less_than_equal"]
--- response_body_unlike eval
[('password|\$2b\$') x 6]



=== TEST 3: one account; what is none is 404
--- login
--- request eval
["GET /api/users/1", "GET /api/users/2", "GET /api/users/0", "GET /api/users/x",
 "GET /api/users/-1", "GET /api/users/99999999999999999999", "GET /api/users/1/"]
--- error_code eval
[200, 404, 404, 404, 404, 404, 200]
--- json eval
["success = true\ndata.id = 1\ndata.username = admin",
    "error.code = NOT_FOUND\nerror.details.resource = user",
 "error.code = NOT_FOUND", "error.code = NOT_FOUND", "error.code = NOT_FOUND",
 "error.code = NOT_FOUND", "data.id = 1"]



=== TEST 4: a new account can log in at once
--- setup
use utf8;
my $made = api(POST => '/api/users', {
    username => 'nina', password => 'a password of sixteen', full_name => 'Тест Нина' });
is($made->{data}{role}, 'hr', 'the role when none is named');
is($made->{data}{is_active}, 1, 'active');
is(ask(POST => '/api/auth/login', { username => 'nina', password => 'a password of sixteen' })
       ->{status}, 200, 'logs in');
--- request
GET /health
--- db
SELECT full_name FROM users WHERE username = 'nina' => Тест Нина
SELECT substr(password_hash, 1, 7) FROM users WHERE username = 'nina' => $2b$04$
SELECT typeof(created_at) || typeof(is_active) FROM users WHERE username = 'nina' => textinteger
SELECT count(*) FROM audit_log WHERE action = 'user.create' AND username = 'admin' => 1



=== TEST 5: a name is taken once
--- login
--- request
POST /api/users
{"username":"admin","password":"a password of sixteen","full_name":"x"}
--- error_code: 409
--- json
error.code = CONFLICT
error.details.field = username
detail ~ уже есть
--- db
SELECT count(*) FROM users => 1



=== TEST 6: all problems of a new account, in the order of its fields
--- login
--- request eval
["POST /api/users\n{}",
 "POST /api/users\n" . '{"username":"","password":5,"full_name":"' . 'x' x 201
     . '","role":"king"}',
 "POST /api/users\n" . '{"username":" nina","password":"a password of sixteen","full_name":"x"}',
 "POST /api/users\n"
     . '{"username":"ni\u0007na","password":"a password of sixteen","full_name":"x","role":"king"}',
 "POST /api/users\n[]",
 "POST /api/users\n" . '{"username":"nina","password":"a password of sixteen","full_name":"a\u001b[2Jb"}',
 "PUT /api/users/1\n" . '{"full_name":"a\nb"}']
--- error_code eval
[422, 422, 422, 422, 422, 422, 422]
--- json eval
my $e = 'error.details.validation_errors';
["$e has 3\n$e\[0].field = body.username\n$e\[1].field = body.password\n"
 . "$e\[2].field = body.full_name",
 "$e has 3\n$e\[0].type = string_too_short\n$e\[1].type = string_type\n$e\[1].input = null\n"
 . "$e\[2].type = string_too_long\n$e\[2].input = null",
 "$e has 1\n$e\[0].field = body.username\n$e\[0].type = value_error",
 "$e has 2\n$e\[0].field = body.username\n$e\[1].field = body.role",
 "$e\[0].type = model_attributes_type", ("$e has 1\n$e\[0].field = body.full_name") x 2]



=== TEST 7: I-55: passwords that are refused, each with its reason
--- setup
use utf8;
my %bad = (
    'Ab1!Ab1!Ab1'            => 'не меньше 12',
    'onlylowercase'          => 'строчные и прописные',
    'Aa1!' . 'nina' . 'Aa1!' => 'имя пользователя',
    'password1234'           => 'распростран|строчные и прописные',
    'пароль' . '1' x 10      => 'распростран',
    'aaaaaaaaaaaaaaaaaaaa'   => 'распростран',
    "sixteen chars \x{7f}ab"  => 'недопустимые символы',
);
for my $password (sort keys %bad) {
    my $answer = ask(POST => '/api/users', { username => 'nina', full_name => 'x',
                                             password => $password }, user => 'admin');
    is($answer->{status}, 422, "refused: $bad{$password}" =~ s/[^ -~]//gr);
    my $text = $answer->{json}{error}{details}{validation_errors}[0];
    is("$text->{field} $text->{type}", 'body.password value_error', 'the field');
    like($text->{message}, qr/$bad{$password}/, 'and why');
}
for my $password ('Ab1!Cd2?Ef3.', 'правильная лошадь батарея', 'x' x 5 . 'yzab cdef ghi') {
    is(ask(POST => '/api/users', { username => 'n' . length $password, full_name => 'x',
                                   password => $password }, user => 'admin')->{status},
       200, 'accepted: ' . length $password);
}
--- request
GET /health



=== TEST 8: what is absent stays; what is given changes
--- users
anna
--- setup
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
my $data = api(PUT => "/api/users/$id", { role => 'head' })->{data};
is($data->{role}, 'head', 'the role');
is($data->{is_active}, 1, 'still active');
utf8::encode(my $name = $data->{full_name});
is($name, 'Тест anna', 'the same name');
$data = api(PUT => "/api/users/$id", { full_name => 'Another', role => undef })->{data};
is("$data->{full_name} $data->{role}", 'Another head', 'null is absent');
--- request
GET /health
--- db
SELECT count(*) FROM audit_log WHERE action = 'user.update' => 2



=== TEST 9: a change of nothing, of nobody, of wrong types
--- login
--- request eval
["PUT /api/users/1\n{}", "PUT /api/users/99\n" . '{"full_name":"x"}',
 "PUT /api/users/1\n" . '{"is_active":"maybe","role":"king"}',
 "PUT /api/users/99\n" . '{"password":"a password of sixteen"}']
--- error_code eval
[422, 404, 422, 404]
--- json eval
my $e = 'error.details.validation_errors';
["$e\[0].field = body", "error.details.resource_id = \"99\"",
 "$e\[0].field = body.is_active\n$e\[0].type = bool_parsing", "error.details.resource = user"]



=== TEST 10: the last administrator cannot be locked or demoted
--- login
--- request eval
["PUT /api/users/1\n" . '{"is_active":false}', "PUT /api/users/1\n" . '{"role":"hr"}',
 "PUT /api/users/1\n" . '{"role":"admin"}']
--- error_code eval
[409, 409, 200]
--- json eval
["error.code = CONFLICT\ndetail ~ Последнего администратора", "error.code = CONFLICT",
 "data.role = admin"]
--- db
SELECT role || is_active FROM users => admin1



=== TEST 11: a new role is in force at once, in every worker
--- users
anna
--- setup
is(ask(GET => '/api/users', undef, user => 'anna')->{status}, 403, 'before') for 1 .. 6;
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
api(PUT => "/api/users/$id", { role => 'admin' });
is(ask(GET => '/api/users', undef, user => 'anna')->{status}, 200, 'after') for 1 .. 12;
api(PUT => "/api/users/$id", { role => 'viewer' });
is(ask(GET => '/api/users', undef, user => 'anna')->{status}, 403, 'and back') for 1 .. 12;
--- request
GET /health



=== TEST 12: a password set by the administrator ends the sessions of the account
--- users
anna
--- setup
my $token = token_of('anna');
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200, 'lives') for 1 .. 4;
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
is(ask(PUT => "/api/users/$id", { password => 'Anna anna Anna 123' }, user => 'admin')->{status},
   422, 'not one with her name in it');
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200, 'lives');
api(PUT => "/api/users/$id", { password => 'a password of sixteen' });
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 401, 'is dead') for 1 .. 8;
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'a password of sixteen' })
       ->{status}, 200, 'the new one works');
is(ask(POST => '/api/auth/login', { username => 'anna', password => password_of('anna') })
       ->{status}, 401, 'the old one does not');
--- request
GET /health



=== TEST 13: the own password: the current one is asked for, other sessions end
--- users
anna
--- setup
my $login = sub {
    ask(POST => '/api/auth/login', { username => 'anna',
        password => $_[0] })->{json}{access_token};
};
my ($own, $other) = map { $login->(password_of('anna')) } 1 .. 2;
my $change = sub {
    ask(PUT => '/api/auth/password', { current_password => $_[0], password => $_[1] },
        token => $own);
};
my $answer = $change->('wrong', 'a password of sixteen');
is("$answer->{status} $answer->{json}{error}{details}{field}", '400 current_password', 'wrong');
is($change->(password_of('anna'), 'short')->{status}, 422, 'too short');
is($change->(password_of('anna'), 'annaannaannaanna!')->{status}, 422, 'the own name');
is($change->(password_of('anna'), 'a password of sixteen')->{status}, 200, 'right');
is(ask(GET => '/api/auth/me', undef, token => $own)->{status}, 200, 'the own one lives')
    for 1 .. 6;
is(ask(GET => '/api/auth/me', undef, token => $other)->{status}, 401, 'others end') for 1 .. 6;
ok($login->('a password of sixteen'), 'the new one works');
--- request
GET /health
--- no_error_log
a password of sixteen



=== TEST 14: D-14: guessing the own password is throttled like a login
--- hr_config
hr_limits login=3 login_address=100 login_account=100 api=0;
--- users
anna
--- setup
my $token = token_of('anna');
my @codes = map {
    ask(PUT => '/api/auth/password', { current_password => "wrong $_",
        password => 'a password of sixteen' }, token => $token)->{status}
} 1 .. 5;
is("@codes", '400 400 400 429 429', 'three attempts');
is(ask(POST => '/api/auth/login', { username => 'anna', password => password_of('anna') })
       ->{status}, 429, 'which count for the account');
is(ask(POST => '/api/auth/login', { username => 'admin', password => password_of('admin') })
       ->{status}, 200, 'and for no other');
--- request
GET /health



=== TEST 15: all problems of a change of the own password
--- login
--- request eval
["PUT /api/auth/password\n{}",
 "PUT /api/auth/password\n" . '{"current_password":"","password":"' . 'x' x 201 . '"}']
--- error_code eval
[422, 422]
--- json eval
my $e = 'error.details.validation_errors';
["$e has 2\n$e\[0].field = body.current_password\n$e\[1].field = body.password",
 "$e has 2\n$e\[0].type = string_too_short\n$e\[1].type = string_too_long\n$e\[1].input = null"]



=== TEST 16: the own sessions are listed, the newest first, the current one marked
--- users
anna
--- setup
api(POST => '/api/auth/login', { username => 'anna', password => password_of('anna') },
    user => undef, headers => { 'User-Agent' => 'elsewhere' });
sql("UPDATE user_sessions SET created_at = '2026-01-01 00:00:00'");
sql("INSERT INTO user_sessions (id, user_id, expires_at, is_active)"
    . " SELECT '11111111-1111-4111-8111-11111111111' || n, id, '2000-01-01 00:00:00', n"
    . " FROM users, (SELECT 0 AS n UNION SELECT 1) WHERE username = 'anna'");
--- login: anna
--- request
GET /api/auth/sessions
--- json
data.sessions has 2
data.total_count = 2
data.sessions[0].current = true
data.sessions[1].current = false
data.sessions[1].user_agent = elsewhere
data.sessions[1].created_at = 2026-01-01T00:00:00Z
data.sessions[1].ip_address = 127.0.0.1



=== TEST 17: one of the own sessions can be ended, at once in every worker
--- users
anna boris
--- setup
my $other = ask(POST => '/api/auth/login', { username => 'anna', password => password_of('anna') })
    ->{json}{access_token};
my $sid = claims_of($other)->{sid};
is(ask(GET => '/api/auth/me', undef, token => $other)->{status}, 200, 'lives') for 1 .. 6;
is(ask(DELETE => "/api/auth/sessions/$sid", undef, user => 'boris')->{status}, 404,
    'not by others');
is(ask(DELETE => "/api/auth/sessions/$sid", undef, user => 'anna')->{status}, 200, 'by its owner');
is(ask(GET => '/api/auth/me', undef, token => $other)->{status}, 401, 'is dead') for 1 .. 10;
is(ask(GET => '/api/auth/me', undef, user => 'anna')->{status}, 200, 'the own one lives');
is(ask(DELETE => "/api/auth/sessions/$sid", undef, user => 'anna')->{status}, 404, 'once');
is(ask(DELETE => '/api/auth/sessions/x', undef, user => 'anna')->{status}, 404, 'what is none');
--- request
GET /health
--- db
SELECT count(*) FROM audit_log WHERE action = 'session.end' => 1



=== TEST 18: HEAD and wrong methods
--- login
--- request eval
["HEAD /api/users", "DELETE /api/users/1", "PUT /api/users\n{}", "GET /api/auth/password"]
--- error_code eval
[200, 405, 405, 405]
--- response_headers eval
["Cache-Control: no-store", "Allow: GET, HEAD, PUT", "Allow: GET, HEAD, POST", "Allow: PUT"]
