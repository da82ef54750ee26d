# Errors: one envelope whatever refuses (api-core.md 1.4, D-03), one table of statuses and
# codes (1.13, D-27), no failure that looks like an empty answer (D-37).

use HR::Test 'no_plan';

# The envelope to the letter: members, their order, what is said twice.
sub envelope (@) {
    my ($name, $answer, $status, $code) = @_;

    is($answer->{status}, $status, "$name: $status");
    is($answer->{headers}{'content-type'}, 'application/json', "$name: JSON");
    is($answer->{headers}{'cache-control'}, 'no-store', "$name: kept by nobody");
    my $text = qr/"(?:[^"\\]|\\.)*"/;
    my $time = qr/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z"/;
    like($answer->{body}, qr/\A\{"success":false,"error":\{"code":"$code","message":($text),
        "details":\{.*\},"timestamp":($time),"request_id":($text)\},"detail":\1,"message":\1,
        "timestamp":\2,"path":$text\}\z/x, "$name: the envelope") or diag($answer->{body});
    is($answer->{json}{error}{request_id}, $answer->{headers}{'x-request-id'}, "$name: one id");
    unlike($answer->{body}, qr/\\u[0-9a-f]{4}|": |, "/, "$name: compact, without escapes")
        if $answer->{body} !~ /\\u00/;
}

sub raw (@) {
    my $client = HR::Client->new(port => server_port(), timeout => 10);
    return $client->_exchange('GET', $_[0]);
}

run_tests();

__DATA__

=== TEST 1: D-03: every error has one envelope, guard, router, reader, handler, nginx
--- users
anna
--- setup
my $long = 'x' x 70_000;
my @as = (user => 'anna');
envelope('no token', ask(GET => '/api/auth/me'), 401, 'UNAUTHORIZED');
envelope('a bad token', ask(GET => '/api/auth/me', undef, token => 'x.y.z'), 401, 'UNAUTHORIZED');
envelope('a wrong password', ask(POST => '/api/auth/login', { username => 'x', password => 'y' }),
    401, 'UNAUTHORIZED');
envelope('not allowed', ask(POST => '/api/catalog/cache/clear', undef, @as), 403, 'FORBIDDEN');
envelope('an unknown path', ask(GET => '/nowhere'), 404, 'NOT_FOUND');
envelope('an unknown thing', ask(GET => '/api/catalog/departments/x', undef, @as), 404,
    'NOT_FOUND');
envelope('a wrong method', ask(DELETE => '/api/auth/login'), 405, 'METHOD_NOT_ALLOWED');
envelope('too large', ask(POST => '/api/auth/login', { username => $long }), 413,
    'PAYLOAD_TOO_LARGE');
envelope('a foreign type', ask(POST => '/api/auth/login', 'a=b',
    headers => { 'Content-Type' => 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
envelope('no JSON', ask(POST => '/api/auth/login', '{'), 422, 'VALIDATION_ERROR');
envelope('no UTF-8', ask(POST => '/api/auth/login', "{\"username\":\"\xff\"}"), 400, 'BAD_REQUEST');
envelope('a missing parameter', ask(GET => '/api/catalog/search', undef, @as), 422,
    'VALIDATION_ERROR');
envelope('an empty path of a unit', ask(POST => '/api/organization/unit', {}, @as), 400,
    'BAD_REQUEST');
envelope('a foreign host', ask(GET => '/health', undef, headers => { Host => 'evil.example' }), 400,
    'BAD_REQUEST');
envelope('a refused preflight', ask(OPTIONS => '/api/auth/me', undef, headers => {
    Origin => 'http://evil.example', 'Access-Control-Request-Method' => 'GET' }), 400,
        'BAD_REQUEST');
envelope('nginx: no length', raw("POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n"
    . "Content-Length: many\r\n\r\n"), 400, 'BAD_REQUEST');
envelope('nginx: a long address', raw('GET /' . 'a' x 40_000
    . " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    414, 'URI_TOO_LONG');
envelope('nginx: long headers', raw("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " . 'a' x 40_000
    . "\r\n\r\n"), 431, 'HEADERS_TOO_LARGE');
--- request
GET /health/live
--- error_log eval
qr/client sent/



=== TEST 2: D-03: the text of a validation error is the first problem, in words for a user
--- login
--- more_headers
Accept-Language: ru
--- request eval
["GET /api/catalog/search", "POST /api/auth/login\n{}"]
--- error_code eval
[422, 422]
--- json eval
["detail ~ ^query.q: .*\nmessage ~ ^query.q: \nerror.message ~ ^query.q: \n"
 . "error.details.validation_errors has 1",
 "detail ~ ^body.username: \nerror.details.validation_errors has 2\n"
 . "error.details.validation_errors[0].input = null"]



=== TEST 3: D-27: a refused account has its status and code from the one table, in both languages
--- hr_config
hr_limits login=2 login_address=1000 login_account=1000 api=0;
--- users
anna clara:viewer
--- setup
sleep 61 - time % 60 if time % 60 > 55;
my %want = (401 => 'UNAUTHORIZED', 403 => 'FORBIDDEN', 429 => 'TOO_MANY_REQUESTS');
for my $language ('ru', 'en') {
    my %opt = (headers => { 'Accept-Language' => $language });
    my $wrong = { username => "x-$language", password => 'y' };
    my @got = (map({ ask(POST => '/api/auth/login', $wrong, %opt) } 1 .. 3),
               ask(GET => '/api/auth/me', undef, %opt),
               ask(GET => '/api/auth/me', undef, %opt, token => 'x'),
               ask(GET => '/api/users', undef, %opt, user => 'anna'),
               ask(POST => '/api/generation/start', {}, %opt, user => 'clara'));
    is(join(' ', map { $_->{status} } @got), '401 401 429 401 401 403 403', "$language: statuses");
    for my $answer (@got) {
        envelope($language, $answer, $answer->{status}, $want{ $answer->{status} });
        my $text = $answer->{json}{detail};
        $language eq 'ru' ? like($text, qr/[\x{410}-\x{44f}]/, 'in Russian')
                          : like($text, qr/\A[\x20-\x7e]+\z/, 'in English');
    }
}
--- request
GET /health/live



=== TEST 4: D-37: what cannot be read is an error, never an empty list with 200
--- hr_database: t/data/profiles.sql
--- setup
token_of('admin');
my @url = ('/api/organization/positions', '/api/dashboard/stats', '/api/dashboard/stats/minimal',
           '/api/dashboard/stats/activity', '/api/profiles/');
my $count = () = map { ask(GET => $_, undef, user => 'admin') } @url;
sql('ALTER TABLE search_profiles RENAME TO elsewhere');
for my $url (@url) {
    my $end = time + 10;
    my $got = ask(GET => $url, undef, user => 'admin');
    # what another program did is noticed within a second
    while ($got->{status} == 200 && time < $end) {
        select undef, undef, undef, 0.05;
        $got = ask(GET => $url, undef, user => 'admin');
    }
    like($got->{status}, qr/^50[03]$/, "$url: $got->{status}");
    is($got->{json}{success}, JSON::PP::false, "$url: success is false");
    ok(!exists $got->{json}{data}, "$url: no data");
    unlike($got->{body}, qr/elsewhere|no such table|profiles\.db|SELECT/,
        "$url: D-04: no inner words");
}
for my $url ('/api/catalog/departments', '/api/organization/stats',
    '/api/organization/search-items') {
    is(ask(GET => $url, undef, user => 'admin')->{status}, 200, "$url: has nothing to do with it");
}
--- request
GET /health/live
--- error_log eval
qr/no such table: (main\.)?search_profiles/



=== TEST 5: D-37: without an organisation the service does not start, and is not empty
--- user_files
>>> data/structure.json
{ "organization": {} }
--- hr_data: $TEST_NGINX_HTML_DIR/data
--- must_die
--- error_log eval
qr/structure\.json" line \d+ column \d+: /
