# Login, tokens, sessions (api-core.md 1.12, 2.2).

use HR::Test qw( no_plan );
use IO::Socket::INET ();

run_tests();

__DATA__

=== TEST 1: a login answers the token and whose it is, keys in the order of the contract
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin","remember_me":false}
--- more_headers
Content-Type: application/json
--- response_headers
Content-Type: application/json
Cache-Control: no-store
! Transfer-Encoding
--- response_body_like eval
qr/^\{"success":true,"timestamp":"[-\d]{10}T[:\d]{8}\.\d{6}Z","message":"[^"]*",
    "access_token":"[\w-]+\.[\w-]+\.[\w-]+","token_type":"bearer","expires_in":86400,
    "user_info":\{"id":1,"username":"admin","full_name":"[^"]*","is_active":true,
    "created_at":"[-\d]{10}T[:\d]{8}Z","last_login":null,"role":"admin"\}\}$/x
--- json
message ~ Добро пожаловать
user_info.full_name = Системный администратор
--- db
SELECT count(*) FROM user_sessions WHERE is_active = 1 AND user_id = 1 => 1
SELECT typeof(expires_at) || typeof(created_at) FROM user_sessions => texttext
SELECT typeof(is_active) FROM user_sessions => integer
SELECT typeof(last_login) FROM users => text
SELECT length(id) FROM user_sessions => 36
SELECT ip_address FROM user_sessions => 127.0.0.1
SELECT action || result FROM audit_log WHERE action = 'login' => loginok



=== TEST 2: last_login of a login is the previous one, of /me the latest
--- setup
my $login = sub { ask(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') })->{json} };
is($login->()->{user_info}{last_login}, undef, 'there was none before the first');
sql("UPDATE users SET last_login = '2020-02-03 04:05:06'");
my $second = $login->();
is($second->{user_info}{last_login}, '2020-02-03T04:05:06Z', 'the one before');
my $me = ask(GET => '/api/auth/me', undef, token => $second->{access_token})->{json};
like($me->{last_login}, qr/^20(?:2[1-9]|[3-9]\d)-/, 'the latest');
--- request
GET /health



=== TEST 3: D-17: remember_me lasts seven times as long, in the token and in the session
--- setup
my $answer = api(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin'), remember_me => JSON::PP::true() }, user => undef);
my $claims = claims_of($answer->{access_token});
is($answer->{expires_in}, 604800, 'a week');
is($claims->{exp} - $claims->{iat}, 604800, 'of the token');
set(sid => $claims->{sid});
--- request
GET /health
--- db
SELECT round(julianday(expires_at) - julianday(created_at), 3) FROM user_sessions => 7.0
SELECT remember FROM user_sessions WHERE id = '{{sid}}' => 1



=== TEST 4: D-18: the session ends in UTC, whatever the clock of the server says
--- main_config
env TZ=Pacific/Honolulu;
--- hr_config
hr_token_lifetime 1h;
--- login
--- request
GET /api/auth/me
--- db
SELECT expires_at > datetime('now', '+55 minutes') FROM user_sessions => 1
SELECT expires_at < datetime('now', '+65 minutes') FROM user_sessions => 1
SELECT substr(expires_at, 11, 1) = ' ' FROM user_sessions => 1



=== TEST 5: D-05, D-25: wrong password, unknown name and locked account are answered alike
--- users
anna
--- sql
UPDATE users SET is_active = 0 WHERE username = 'anna'
--- request eval
["POST /api/auth/login\n" . '{"username":"admin","password":"wrong"}',
 "POST /api/auth/login\n" . '{"username":"nobody","password":"wrong"}',
 "POST /api/auth/login\n" . '{"username":"anna","password":"password-of-anna"}']
--- error_code eval
[401, 401, 401]
--- response_headers eval
["WWW-Authenticate: Bearer\nCache-Control: no-store",
    "WWW-Authenticate: Bearer\nCache-Control: no-store",
    "WWW-Authenticate: Bearer\nCache-Control: no-store"]
--- response_body_filters eval
sub { my $b = shift; $b =~ s/"(timestamp|request_id)":"[^"]*"/"$1":"-"/g; $b }
--- response_body eval
my $text = 'Неверное имя пользователя или пароль';
my $body = qq({"success":false,"error":{"code":"UNAUTHORIZED","message":"$text","details":{},)
    . qq("timestamp":"-","request_id":"-"},"detail":"$text","message":"$text",)
    . qq("timestamp":"-","path":"/api/auth/login"});
[$body, $body, $body]
--- db
SELECT count(*) FROM user_sessions => 0
SELECT count(*) FROM audit_log WHERE action = 'login' AND result = 'denied' => 3



=== TEST 6: D-06: a password is echoed by no answer and by no log
--- request eval
["POST /api/auth/login\n" . '{"username":"admin","password":"' . "secretword" x 21 . '"}',
 "POST /api/auth/login\n" . '{"password":"secretword"}',
 "POST /api/auth/login\n" . '{"username":"admin","password":["secretword"]}',
 "POST /api/auth/login\n" . '{"username":"secretword","password":"secretword"',
 "POST /api/auth/login\n" . '["secretword"]']
--- error_code eval
[422, 422, 422, 422, 422]
--- json eval
my $e = 'error.details.validation_errors[0]';
["$e.type = string_too_long\n$e.input = null",
 "$e.field = body.username\n$e.input = null",
 "$e.type = string_type\n$e.input = null",
 "$e.type = json_invalid\n$e.input = null",
 "$e.type = model_attributes_type\n$e.input = null"]
--- response_body_unlike eval
[("secretword") x 5]
--- no_error_log
secretword



=== TEST 7: D-32, D-35: short names and passwords are wrong, not invalid
--- request eval
["POST /api/auth/login\n" . '{"username":"hr","password":"hr123"}',
 "POST /api/auth/login\n" . '{"username":"a","password":"b"}',
 "POST /api/auth/login\n" . '{"username":"' . "ю" x 50 . '","password":"' . "я" x 200 . '"}']
--- error_code eval
[401, 401, 401]



=== TEST 8: D-32: a name of two and a password of five characters log in
--- sql eval
q{INSERT INTO users (username, password_hash, full_name, role) VALUES ('hr', '}
    . crypt(Digest::SHA::sha256_hex('hr123'), '$2b$04$testsaltTESTSALTtest.u')
    . q{', 'Тест', 'hr')}
--- request
POST /api/auth/login
{"username":"hr","password":"hr123"}
--- json
user_info.username = hr



=== TEST 9: all problems of a login are told, in the order of its fields
--- request eval
["POST /api/auth/login\n{}",
 "POST /api/auth/login\n" . '{"remember_me":"maybe","password":"","username":1}',
 "POST /api/auth/login\n" . '{"username":"' . "x" x 51 . '","password":null,"remember_me":null}',
 "POST /api/auth/login\nnull", "POST /api/auth/login", "POST /api/auth/login\n3"]
--- error_code eval
[422, 422, 422, 422, 422, 422]
--- json eval
my $e = "error.details.validation_errors";
["error.code = VALIDATION_ERROR\n$e has 2\n$e\[0].field = body.username\n"
 . "$e\[0].type = missing\n$e\[1].field = body.password\n$e\[1].type = missing",
 "$e has 3\n$e\[0].field = body.username\n$e\[0].type = string_type\n"
 . "$e\[1].field = body.password\n$e\[1].type = string_too_short\n"
 . "$e\[2].field = body.remember_me\n$e\[2].type = bool_parsing",
 "$e has 3\n$e\[0].type = string_too_long\n$e\[1].type = string_type\n$e\[2].type = bool_type",
 "$e has 1\n$e\[0].field = body\n$e\[0].type = missing",
     "$e\[0].field = body\n$e\[0].type = missing",
 "$e\[0].field = body\n$e\[0].type = model_attributes_type"]



=== TEST 10: remember_me takes the words and numbers that stand for booleans
--- setup
for my $word ('yes', 'ON', 'T', '1', 1, JSON::PP::true()) {
    my $answer = api(POST => '/api/auth/login', { username => 'admin',
        password => password_of('admin'), remember_me => $word }, user => undef);
    is($answer->{expires_in}, 604800, "remember_me $word");
}
for my $word ('no', 'Off', 'f', '0', 0, JSON::PP::false()) {
    my $answer = api(POST => '/api/auth/login', { username => 'admin',
        password => password_of('admin'), remember_me => $word }, user => undef);
    is($answer->{expires_in}, 86400, "remember_me $word");
}
--- request
GET /health



=== TEST 11: a name is compared exactly: case and blanks count
--- request eval
["POST /api/auth/login\n" . '{"username":"Admin","password":"password-of-admin"}',
 "POST /api/auth/login\n" . '{"username":" admin","password":"password-of-admin"}',
 "POST /api/auth/login\n" . '{"username":"admin\u0000","password":"password-of-admin"}']
--- error_code eval
[401, 401, 401]



=== TEST 12: D-36: the browser's name is cut at 512 bytes, between characters
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- more_headers eval
"User-Agent: x" . "Ж" x 400
--- db
SELECT length(CAST(user_agent AS BLOB)) FROM user_sessions => 511
SELECT user_agent = 'x' || replace(printf('%255s', ''), ' ', 'Ж') FROM user_sessions => 1



=== TEST 13: the claims of a token, and nothing that the old service refuses
--- setup
my $token = token_of('admin');
my ($head, $payload) = map { MIME::Base64::decode_base64url($_) } (split /\./, $token)[0, 1];
is($head, '{"alg":"HS256","typ":"JWT"}', 'the head of the contract');
like($payload,
    qr/^\{"sub":"1","username":"admin","full_name":"\\u0421[^"]*","exp":\d+,"iat":\d+,
        "type":"access_token","sid":"[-0-9a-f]{36}"\}$/x,
    'claims in order, without blanks and aud');
--- request
GET /health



=== TEST 14: D-15: tokens that are refused, each for one reason
--- setup
my $good = good_claims(token_of('admin'));
my %without = map { my $name = $_; ($name => { map { $_ eq $name ? ()
    : ($_ => $good->{$_}) } keys %$good }) } keys %$good;
is(ask(GET => '/api/auth/me', undef, token => sign_token($good))->{status}, 200,
    'such a token is good');
my %bad = (
    'another key'             => sign_token($good, key => 'x' x 40),
    'the published key'       => sign_token($good,
        key => 'a101-hr-profile-generator-secret-key-change-in-production'),
    'no signature'            => sign_token($good, mac => ''),
    'a cut signature'         => substr(sign_token($good), 0, -4),
    'alg none'                => sign_token($good, header => '{"alg":"none","typ":"JWT"}',
        mac => ''),
    'alg none, signed'        => sign_token($good, header => '{"alg":"none"}'),
    'alg HS512'               => sign_token($good, header => '{"alg":"HS512","typ":"JWT"}'),
    'alg in lower case'       => sign_token($good, header => '{"alg":"hs256"}'),
    'crit'                    => sign_token($good, header => '{"alg":"HS256","crit":["x"]}'),
    'expired'                 => sign_token({ %$good, exp => time - 2 }),
    'exp as text of no number' => sign_token({ %$good, exp => 'tomorrow' }),
    'not yet'                 => sign_token({ %$good, nbf => time + 60 }),
    'for somebody'            => sign_token({ %$good, aud => 'x' }),
    'another type'            => sign_token({ %$good, type => 'refresh_token' }),
    'sub is a number'         => sign_token({ %$good, sub => 1 }),
    'sub is no number'        => sign_token({ %$good, sub => 'admin' }),
    'nobody'                  => sign_token({ %$good, sub => '99' }),
    'sid of nobody'           => sign_token({ %$good,
        sid => '11111111-1111-4111-8111-111111111111' }),
    'sid is no text'          => sign_token({ %$good, sid => 5 }),
    'claims are a list'       => sign_token('[1]'),
    'claims are no JSON'      => sign_token('{"sub":'),
    'two dots'                => sign_token($good) . '.x',
    'no dots'                 => 'abc',
    'only dots'               => '..',
    'four thousand bytes'     => 'a' x 4000,
    (map { ("without $_" => sign_token($without{$_})) } qw( sub exp iat type )),
);
for my $why (sort keys %bad) {
    my $answer = ask(GET => '/api/auth/me', undef, token => $bad{$why});
    is("$answer->{status} $answer->{json}{error}{code} "
        . ($answer->{headers}{'www-authenticate'} // ''), '401 UNAUTHORIZED Bearer',
        "refused: $why");
    like($answer->{body}, qr/"message":"Токен недействителен/, "and not told why: $why");
}
--- request
GET /health



=== TEST 15: what is accepted although it looks odd
--- setup
my $good = good_claims(token_of('admin'));
is(ask(GET => '/api/auth/me', undef, token => sign_token({ %$good, exp => ''
    . (time + 60) }))->{status}, 200, 'exp as text');
is(ask(GET => '/api/auth/me', undef, token => sign_token({ %$good,
    exp => time + 60.5 }))->{status}, 200, 'exp with a fraction');
is(ask(GET => '/api/auth/me', undef, token => sign_token({ %$good, iat => time + 60 }))->{status},
    200, 'iat in the future');
is(ask(GET => '/api/auth/me', undef, token => sign_token({ %$good, nbf => time - 1,
    extra => [1] }))->{status}, 200, 'other claims');
is(ask(GET => '/api/auth/me', undef, token => sign_token($good,
    header => '{"alg":"HS256","typ":"other"}'))->{status}, 200, 'typ is not looked at');
--- request
GET /health



=== TEST 16: the ways to send a token, and those that are none
--- setup
my $token = token_of('admin');
my $me = sub { ask(GET => $_[1] // '/api/auth/me', undef, headers => $_[0])->{status} };
is($me->({ Authorization => "Bearer $token" }), 200, 'Bearer');
is($me->({ Authorization => "bEaReR $token" }), 200, 'the scheme in any case');
is($me->({ Authorization => "Bearer  $token" }), 401, 'two blanks');
is($me->({ Authorization => "Bearer" }), 401, 'no token');
is($me->({ Authorization => "Bearer " }), 401, 'an empty token');
is($me->({ Authorization => $token }), 401, 'no scheme');
is($me->({ Authorization => "Basic YWRtaW46YWRtaW4=" }), 401, 'another scheme');
is($me->({ Authorization => "Token $token" }), 401, 'a scheme like it');
is($me->({ Cookie => "hr_download=$token" }), 401, 'the cookie of downloads is for downloads');
is($me->({}, "/api/auth/me?token=$token"), 401, 'a query');
--- request
GET /health



=== TEST 17: 401 without a token says so, with WWW-Authenticate (D-05)
--- request
GET /api/auth/me
--- error_code: 401
--- response_headers
WWW-Authenticate: Bearer
Cache-Control: no-store
--- json
success = false
error.code = UNAUTHORIZED
error.details = {}
detail ~ Требуется вход
path = /api/auth/me



=== TEST 18: two keys are accepted, the first one signs
--- hr_config
hr_jwt_secret_file $TEST_NGINX_HR_STATE/secret $TEST_NGINX_HR_STATE/old
--- hr_files
>>> old
the-former-key-of-the-tests-which-nobody-knows
--- setup
my $token = token_of('admin');
my $good = good_claims($token);
is(sign_token(claims_of($token), key => 'no') eq $token, '', 'a token has its key');
is(ask(GET => '/api/auth/me', undef, token => sign_token($good,
    key => 'the-former-key-of-the-tests-which-nobody-knows'))->{status}, 200,
    'the former key is accepted');
is(ask(GET => '/api/auth/me', undef, token => sign_token($good,
    key => 'another-key-of-the-tests-which-nobody-knows'))->{status}, 401, 'no other one is');
my ($text) = $token =~ /(.*)\./;
is(MIME::Base64::encode_base64url(Digest::SHA::hmac_sha256($text, HR::Test::State::SECRET())),
    (split /\./, $token)[2], 'the new key signs');
--- request
GET /health



=== TEST 19: D-21: a logout ends all tokens in every worker, a new login revives none
--- setup
my @old = map { api(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') }, user => undef)->{access_token} } 1 .. 3;
for my $token (@old) { is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200,
    'lives') for 1 .. 8 }
is(ask(POST => '/api/auth/logout', undef, token => $old[0])->{status}, 200, 'logout');
my %seen;
for (1 .. 12) { $seen{ ask(GET => '/api/auth/me', undef, token => $_)->{status} }++ for @old }
is(join(' ', %seen), '401 36', 'all of them are dead at once, in every worker');
is(ask(POST => '/api/auth/logout', undef, token => $old[0])->{status}, 401,
    'a second logout is refused');
my $new = api(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') }, user => undef)->{access_token};
%seen = ();
for (1 .. 6) { $seen{ ask(GET => '/api/auth/me', undef, token => $_)->{status} }++ for @old }
is(join(' ', %seen), '401 18', 'the next login revives none of them');
is(ask(GET => '/api/auth/me', undef, token => $new)->{status}, 200, 'the new one lives');
--- request
GET /health
--- db
SELECT count(*) FROM user_sessions WHERE is_active = 0 => 3
SELECT count(*) FROM audit_log WHERE action = 'logout' => 1



=== TEST 20: a logout says so, takes the cookie away, and reads no body
--- login
--- request eval
"POST /api/auth/logout\n{broken"
--- response_headers_like
Set-Cookie: hr_download=; Max-Age=0; Path=/api/profiles; HttpOnly; SameSite=Strict
--- json
success = true
message ~ вышли
timestamp ~ Z$



=== TEST 21: the tokens of one user do not end with those of another
--- users
anna
--- setup
my $anna = token_of('anna');
api(POST => '/api/auth/logout');
is(ask(GET => '/api/auth/me', undef, token => $anna)->{status}, 200, 'hers lives') for 1 .. 6;
--- request
GET /health



=== TEST 22: a locked account ends its tokens at once, in every worker
--- users
anna
--- setup
my $anna = token_of('anna');
is(ask(GET => '/api/auth/me', undef, token => $anna)->{status}, 200, 'lives') for 1 .. 6;
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
api(PUT => "/api/users/$id", { is_active => JSON::PP::false() });
my %seen;
$seen{ ask(GET => '/api/auth/me', undef, token => $anna)->{status} }++ for 1 .. 20;
is(join(' ', %seen), '401 20', 'dead at once');
api(PUT => "/api/users/$id", { is_active => JSON::PP::true() });
is(ask(GET => '/api/auth/me', undef, token => $anna)->{status}, 401,
    'unlocking revives no session');
is(ask(POST => '/api/auth/login', { username => 'anna',
    password => password_of('anna') })->{status}, 200, 'she logs in again');
--- request
GET /health



=== TEST 23: what another program does to accounts and sessions is seen within a second
--- users
anna boris
--- setup
my ($anna, $boris) = map { token_of($_) } qw( anna boris );
for my $token ($anna, $boris) { is(ask(GET => '/api/auth/me', undef, token => $token)->{status},
    200, 'lives') for 1 .. 6 }
sql("UPDATE users SET is_active = 0 WHERE username = 'anna'");
sql("DELETE FROM user_sessions WHERE user_id = (SELECT id FROM users WHERE username = 'boris')");
select undef, undef, undef, 2;       # workers look once a second
for my $token ($anna, $boris) { is(ask(GET => '/api/auth/me', undef, token => $token)->{status},
    401, 'is dead') for 1 .. 6 }
--- request
GET /health



=== TEST 24: D-16, D-26: rights are those of the row, not of a claim and not of a name
--- users
anna boris:admin
--- sql
UPDATE users SET role = 'hr' WHERE username = 'admin';
--- setup
my $anna = good_claims(token_of('anna'));
$anna->{sub} = sql("SELECT id FROM users WHERE username = 'anna'");
is(ask(POST => '/api/catalog/cache/clear', undef, token => sign_token($anna))->{status}, 403,
    'a claim makes nobody an administrator');
is(ask(POST => '/api/catalog/cache/clear', undef, user => 'boris')->{status}, 200,
    'the role does, whatever the name');
is(ask(POST => '/api/catalog/cache/clear', undef, user => 'admin')->{status}, 403,
    'the name admin does not');
sql("UPDATE users SET username = 'renamed' WHERE username = 'boris'");
select undef, undef, undef, 2;       # workers look once a second
is(ask(GET => '/api/auth/me', undef, token => token_of('boris'))->{json}{username}, 'renamed',
    'a rename is seen with the old token');
--- request
GET /health



=== TEST 25: D-26: the administrator may have another name
--- hr_config
hr_admin name=chief "full_name=The Chief" password_file=$TEST_NGINX_HR_STATE/admin;
--- setup
my $answer = ask(POST => '/api/auth/login', { username => 'chief',
    password => password_of('admin') });
is($answer->{json}{user_info}{role}, 'admin', 'and is one');
is($answer->{json}{user_info}{full_name}, 'The Chief', 'with the configured name');
is(ask(POST => '/api/catalog/cache/clear', undef,
    token => $answer->{json}{access_token})->{status}, 200, 'with the rights');
--- request
GET /health



=== TEST 26: D-19, D-20: a refresh tells the real lifetime and extends the session
--- hr_config
hr_token_lifetime 10m;
--- login
--- setup
token_of('admin');
sql("UPDATE user_sessions SET expires_at = strftime('%Y-%m-%d %H:%M:%S', 'now', '+30 seconds')");
--- request
POST /api/auth/refresh
--- response_headers_like
Set-Cookie: hr_download=[\w.-]+; Max-Age=600; Path=/api/profiles; HttpOnly; SameSite=Strict
--- response_body_like eval
qr/^\{"success":true,"timestamp":"[^"]+","message":"[^"]+","access_token":"[^"]+",
    "token_type":"bearer","expires_in":600,"user_info":\{"id":1,/x
--- db
SELECT expires_at > datetime('now', '+580 seconds') FROM user_sessions => 1
SELECT count(*) FROM user_sessions => 1



=== TEST 27: D-20: a refresh keeps "remember me"; the old token stays good
--- hr_config
hr_token_lifetime 10m;
--- setup
my $old = api(POST => '/api/auth/login', { username => 'admin', password => password_of('admin'),
    remember_me => JSON::PP::true() }, user => undef)->{access_token};
my $answer = ask(POST => '/api/auth/refresh', undef, token => $old)->{json};
is($answer->{expires_in}, 4200, 'seven times');
is(claims_of($answer->{access_token})->{sid}, claims_of($old)->{sid}, 'the same session');
is(ask(GET => '/api/auth/me', undef, token => $_)->{status}, 200, 'good') for $old,
    $answer->{access_token};
my $again = ask(POST => '/api/auth/refresh', undef, token => $answer->{access_token})->{json};
is($again->{expires_in}, 4200, 'and once more');
--- request
GET /health



=== TEST 28: tokens of the old service, without sid, live by the old rule
--- setup
my $claims = good_claims(token_of('admin'));
delete $claims->{sid};
my $old = sign_token($claims);
is(ask(GET => '/api/auth/me', undef, token => $old)->{status}, 200,
    'accepted while some session lives') for 1 .. 4;
my $answer = ask(POST => '/api/auth/refresh', undef, token => $old);
my $sid = claims_of($answer->{json}{access_token})->{sid};
like($sid, qr/^[-0-9a-f]{36}$/, 'a refresh gives a session of its own');
set(sid => $sid);
api(POST => '/api/auth/logout');
is(ask(GET => '/api/auth/me', undef, token => $old)->{status}, 401, 'a logout ends it') for 1 .. 4;
--- request
GET /health
--- db
SELECT count(*) FROM user_sessions WHERE id = '{{sid}}' => 1



=== TEST 29: ... unless they are switched off
--- hr_config
hr_legacy_tokens off;
--- setup
my $claims = good_claims(token_of('admin'));
is(ask(GET => '/api/auth/me', undef, token => sign_token($claims))->{status}, 200, 'with sid');
delete $claims->{sid};
is(ask(GET => '/api/auth/me', undef, token => sign_token($claims))->{status}, 401, 'without');
--- request
GET /health



=== TEST 30: a refresh of an old token is no login
--- sql
UPDATE users SET last_login = '2020-01-01 00:00:00';
--- setup
my $claims = good_claims(token_of('admin'));
delete $claims->{sid};
sql("UPDATE users SET last_login = '2020-01-01 00:00:00'");
ask(POST => '/api/auth/refresh', undef, token => sign_token($claims));
--- request
GET /health
--- db
SELECT last_login FROM users => 2020-01-01 00:00:00



=== TEST 31: D-22, B-16: when sessions cannot be read nobody is let in
--- login
--- setup
token_of('admin');
sql('ALTER TABLE user_sessions RENAME TO elsewhere');
select undef, undef, undef, 2;       # workers look once a second
--- request
GET /api/auth/me
--- error_code: 503
--- response_headers_like
Retry-After: \d+
--- json
error.code = SERVICE_UNAVAILABLE
--- response_body_unlike: user_sessions|no such table
--- error_log
session query failed



=== TEST 32: D-23: sessions that expired a month ago are deleted soon after the start
--- hr_database: t/data/old-service.sql
--- hr_config
hr_admin password_file=$TEST_NGINX_HR_STATE/admin;
--- request
GET /health
--- wait: 4
--- db
SELECT group_concat(substr(id, -1)) FROM user_sessions => 1,3,4



=== TEST 33: D-24: the SHA-256 of a password is no password, and destroys none
--- users
anna
--- setup
for my $text (Digest::SHA::sha256_hex(password_of('anna')),
    uc Digest::SHA::sha256_hex(password_of('anna'))) {
    is(ask(POST => '/api/auth/login', { username => 'anna', password => $text })->{status}, 401,
        'refused');
}
is(ask(POST => '/api/auth/login', { username => 'anna',
    password => password_of('anna') })->{status}, 200, 'the real one works') for 1 .. 2;
sql("UPDATE users SET password_hash = '" . crypt(Digest::SHA::sha256_hex(password_of('anna')),
    '$2b$04$testsaltTESTSALTtest.u') . "' WHERE username = 'anna'");
is(ask(POST => '/api/auth/login', { username => 'anna',
    password => Digest::SHA::sha256_hex(password_of('anna')) })->{status}, 401,
    'refused for a hash of the new scheme');
is(ask(POST => '/api/auth/login', { username => 'anna',
    password => password_of('anna') })->{status}, 200, 'the real one still works');
--- request
GET /health



=== TEST 34: a hash of the old scheme is rewritten by the login
--- users
anna
--- setup
my $hash = crypt('legacy-pass', '$2b$04$testsaltTESTSALTtest.u');
sql("UPDATE users SET password_hash = '$hash' WHERE username = 'anna'");
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pasS' })->{status},
    401, 'wrong');
is(sql("SELECT password_hash FROM users WHERE username = 'anna'"), $hash,
    'and nothing is written');
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pass' })->{status},
    200, 'right') for 1 .. 2;
my $new = sql("SELECT password_hash FROM users WHERE username = 'anna'");
is(crypt(Digest::SHA::sha256_hex('legacy-pass'), $new), $new, 'the hash is one of the new scheme');
--- request
GET /health



=== TEST 35: ... unless the old scheme is switched off
--- hr_config
hr_legacy_passwords off;
--- users
anna
--- setup
sql("UPDATE users SET password_hash = '" . crypt('legacy-pass', '$2b$04$testsaltTESTSALTtest.u')
    . "' WHERE username = 'anna'");
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pass' })->{status},
    401, 'refused');
--- request
GET /health



=== TEST 36: every bcrypt prefix verifies; what is no hash is a wrong password
--- users
anna
--- setup
for my $prefix ('$2a$', '$2y$', '$2b$') {
    my $hash = crypt(Digest::SHA::sha256_hex('some password'), '$2b$04$testsaltTESTSALTtest.u');
    substr $hash, 0, 4, $prefix;
    sql("UPDATE users SET password_hash = '$hash' WHERE username = 'anna'");
    is(ask(POST => '/api/auth/login', { username => 'anna',
        password => 'some password' })->{status}, 200, $prefix);
}
for my $text ('plain', '', '$2b$04$short', '$1$abc$' . 'x' x 22, '$2b$99$' . 'a' x 53) {
    sql("UPDATE users SET password_hash = '$text' WHERE username = 'anna'");
    is(ask(POST => '/api/auth/login', { username => 'anna', password => $text || 'x' })->{status},
        401, "no hash: $text");
}
--- request
GET /health



=== TEST 37: the download cookie is sealed, and only a download takes it
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- response_headers_like
Set-Cookie: hr_download=[\w.-]+; Max-Age=86400; Path=/api/profiles; HttpOnly; SameSite=Strict



=== TEST 38: ... and is marked secure when the request came over TLS
--- hr_config
hr_trusted_proxies 127.0.0.1;
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- more_headers
X-Forwarded-Proto: https
--- response_headers_like
Set-Cookie: hr_download=\S+; Max-Age=86400; Path=/api/profiles; HttpOnly; SameSite=Strict; Secure
Strict-Transport-Security: max-age=31536000; includeSubDomains



=== TEST 39: a header that no trusted proxy sent means nothing
--- hr_config
hr_trusted_proxies 10.0.0.0/8;
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- more_headers
X-Forwarded-Proto: https
X-Forwarded-For: 203.0.113.9
--- response_headers
! Strict-Transport-Security
--- db
SELECT ip_address FROM user_sessions => 127.0.0.1



=== TEST 40: behind a trusted proxy the address is what the proxy has seen
--- hr_config
hr_trusted_proxies 127.0.0.1 10.0.0.0/8;
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- more_headers
X-Forwarded-For: 198.51.100.1, 203.0.113.9
--- db
SELECT ip_address FROM user_sessions => 203.0.113.9
SELECT address FROM audit_log WHERE action = 'login' => 203.0.113.9



=== TEST 41: D-31: the first start makes a password, writes it to its file alone, and keeps a hash
--- hr_config
hr_admin password_file=$TEST_NGINX_HR_STATE/fresh;
--- setup
my $file = state_dir() . '/fresh';
is(sprintf('%o', (stat $file)[2] & 07777), '600', 'only its owner may read it');
my $password = do { local (@ARGV, $/) = $file; <> };
chomp $password;
is(length $password, 20, 'long enough');
is(ask(POST => '/api/auth/login', { username => 'admin', password => $password })->{status}, 200,
    'it works');
is(ask(POST => '/api/auth/login', { username => 'admin', password => $_ })->{status}, 401,
    "and $_ does not") for qw( admin123 admin );
my $log = do { local (@ARGV, $/) = server_root() . '/logs/error.log'; <> };
unlike($log, qr/\Q$password/, 'the log does not know it');
unlike(sql('SELECT password_hash FROM users'), qr/\Q$password/, 'nor does the database');
--- request
GET /health
--- db
SELECT count(*) FROM users => 1



=== TEST 42: a reload keeps sessions and caches
--- login
--- setup
token_of('admin');
open my $in, '<', server_root() . '/logs/nginx.pid'; my $pid = <$in>; close $in;
kill HUP => $pid;
select undef, undef, undef, 0.5;
is(ask(GET => '/api/auth/me', undef, user => 'admin')->{status}, 200, 'good after the reload')
    for 1 .. 6;
--- request
GET /api/auth/validate
--- json
success = true
message ~ admin



=== TEST 43: /me is the bare account; without a time of creation it says null
--- sql
UPDATE users SET created_at = NULL;
--- login
--- request
GET /api/auth/me
--- response_headers
Cache-Control: no-store
--- response_body_like eval
qr/^\{"id":1,"username":"admin","full_name":"[^"]+","is_active":true,"created_at":null,
    "last_login":"[-\d]{10}T[:\d]{8}Z","role":"admin"\}$/x



=== TEST 44: HEAD of /me has the head of GET and no body
--- login
--- request
HEAD /api/auth/me
--- response_headers_like
Content-Length: [1-9]\d+
--- response_body



=== TEST 45: /validate answers the base object and names the user
--- login
--- request
GET /api/auth/validate
--- response_body_like: ^\{"success":true,"timestamp":"[^"]+","message":"[^"]*admin[^"]*"\}$



=== TEST 46: a login while the writer is locked out is 503 and no failed attempt
--- hr_config
hr_database $TEST_NGINX_HR_STATE/profiles.db busy_timeout=200ms;
hr_limits login=2 login_address=2 login_account=2 api=0;
--- setup
my $lock = fork() // die;
if (!$lock) {
    exec 'sqlite3', state_dir() . '/profiles.db', '.timeout 5000', 'BEGIN IMMEDIATE',
        '.shell sleep 4', 'ROLLBACK';
}
select undef, undef, undef, 0.5;
my @codes = map { ask(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') })->{status} } 1 .. 4;
is("@codes", '503 503 503 503', 'unavailable, not throttled');
kill TERM => $lock;
waitpid $lock, 0;
is(ask(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') })->{status}, 200, 'and then it works');
--- request
GET /health
--- timeout: 20



=== TEST 47: logins of one account at once wait for each other; who hangs up holds up nobody
--- users
anna
--- setup
# a worker checks the passwords of one account in turn
my @calls = map {
    my $name = $_ == 7 ? 'anna' : 'admin';
    my $good = $_ % 2;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port(),
                                       Timeout => 5) // die "no connection: $!";
    my $body = JSON::PP->new->encode({ username => $name,
                                       password => $good ? password_of($name) : 'not it' });
    print $socket "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        . "Content-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    # the third and the fourth do not wait
    $_ == 2 || $_ == 3 ? () : [$socket, $good];
} 0 .. 9;
for my $call (@calls) {
    my ($socket, $good) = @$call;
    my $answer = do { local $/; <$socket> };
    like($answer, $good ? qr{^HTTP/1\.1 200 .*"access_token"}s : qr{^HTTP/1\.1 401 }, 'answered');
}
is(ask(POST => '/api/auth/login', { username => 'admin',
    password => password_of('admin') })->{status}, 200, 'and the next one too');
--- hr_config
hr_limits login=0 login_address=0 login_account=0 api=0;
--- request
GET /health



=== TEST 48: a password that is replaced while a login checks it opens nothing and stays replaced
--- users
anna
--- setup
# a check of the old scheme is the longest: the change comes while it runs
sql("UPDATE users SET password_hash = '" . crypt('legacy-pass', '$2b$13$testsaltTESTSALTtest.u')
    . "' WHERE username = 'anna'");
my $id = sql("SELECT id FROM users WHERE username = 'anna'");
token_of('admin');
my ($login, $change) = HR::Client::parallel(2, sub {
    my ($i) = @_;
    return ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pass' })->{json}
        if $i == 0;
    select undef, undef, undef, 0.3;
    return ask(PUT => "/api/users/$id", { password => 'a password of sixteen' },
               user => 'admin')->{status};
});
is($change, 200, 'the change');
is($login->{access_token} && ask(GET => '/api/auth/me', undef, token => $login->{access_token})->{status},
    $login->{access_token} && 401, 'no session of the old password lives');
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pass' })->{status},
    401, 'the old password is gone');
is(ask(POST => '/api/auth/login', { username => 'anna', password => 'a password of sixteen' })->{status},
    200, 'the new one works');
--- request
GET /health
--- db
SELECT username, result FROM audit_log WHERE action = 'login' AND user_id = (SELECT id FROM users WHERE username = 'anna') ORDER BY seq DESC LIMIT 1 => anna|ok



=== TEST 49: logins that bring the hash to the new scheme at the same time all succeed
--- users
anna
--- setup
sql("UPDATE users SET password_hash = '" . crypt('legacy-pass', '$2b$10$testsaltTESTSALTtest.u')
    . "' WHERE username = 'anna'");
my @codes = HR::Client::parallel(4, sub {
    return ask(POST => '/api/auth/login', { username => 'anna', password => 'legacy-pass' })->{status};
});
is("@codes", '200 200 200 200', 'all four');
--- request
GET /health
--- db
SELECT count(*) FROM user_sessions WHERE user_id = (SELECT id FROM users WHERE username = 'anna') AND is_active => 4
