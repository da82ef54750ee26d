# The security headers on every answer, nginx's own refusals included, and the rules of
# the download cookie (I-46, I-51, I-52; decisions 23).

use HR::Test 'no_plan';
use HR::Test::Routes ();

my %WANTED = (
    'x-content-type-options'  => qr/^nosniff$/,
    'x-frame-options'         => qr/^DENY$/,
    'referrer-policy'         => qr/^strict-origin-when-cross-origin$/,
    'permissions-policy'      => qr/camera=\(\)/,
    'content-security-policy' => qr/^default-src 'none';.*frame-ancestors 'none'/,
    'x-request-id'            => qr/^[A-Za-z0-9._-]{8,64}$/,
);

# What is missing in an answer: the reply of a test is the empty string.
sub missing_in (@) {
    my ($answer) = @_;

    my $headers = $answer->{headers};
    return join ', ', grep({ ($headers->{$_} // '') !~ $WANTED{$_} } sort keys %WANTED),
        ($headers->{'content-security-policy'} // '') =~ /unsafe/ ? 'csp without unsafe' : (),
        ($headers->{server} // '') =~ m{/\d} ? 'no version in Server' : (),
        defined $headers->{'x-powered-by'} ? 'no X-Powered-By' : ();
}

sub checked (@) {
    my ($name, $status, $answer) = @_;

    is(missing_in($answer), '', "$name ($status): the headers");
    like($answer->{status}, $status, "$name: the status");
}

# Bytes as they are, on a connection of its own; returns the answer.
sub raw (@) {
    my ($bytes) = @_;

    my $client = HR::Client->new(port => server_port(), timeout => 10);
    return $client->_exchange('GET', $bytes);
}

sub ask (@) { return HR::Test::State::client()->request(@_) }

sub bearer (@) { return 'Bearer ' . HR::Test::State::token($_[0] // 'admin') }

run_tests();

__DATA__

=== TEST 1: every endpoint, with a token and without
--- http_config: server_tokens off;
--- setup
for my $route (HR::Test::Routes::all()) {
    next if $route->{path} =~ m{/auth/(?:logout|refresh)|/auth/sessions|/admin/};
    my $url = HR::Test::Routes::url($route);
    my $body = $route->{method} =~ /POST|PUT/ ? '[]' : undef;
    checked("$route->{method} $url", qr/^[2-5]/, ask($route->{method}, $url, body => $body));
    checked("$route->{method} $url, logged in", qr/^[24]/,
            ask($route->{method}, $url, body => $body, headers => { Authorization => bearer() }));
}
--- request
GET /health



=== TEST 2: errors of the module: unknown path, wrong method, wrong host, broken body, 304, HEAD
--- http_config: server_tokens off;
--- hr_config: hr_cache size=8m shards=4
--- setup
my %login = (Authorization => bearer());
checked('unknown path', qr/^404$/, ask(GET => '/api/nothing'));
checked('unknown path outside', qr/^404$/, ask(GET => '/nothing.php'));
checked('wrong method', qr/^405$/, ask(DELETE => '/api/auth/login'));
checked('unknown method', qr/^405$/, ask(PROPFIND => '/api/auth/me'));
checked('wrong host', qr/^400$/, ask(GET => '/health', headers => { Host => 'evil.example' }));
checked('no JSON', qr/^422$/, ask(POST => '/api/auth/login', body => '{'));
checked('no JSON type', qr/^415$/, ask(POST => '/api/auth/login', body => '{}',
        headers => { 'Content-Type' => 'text/plain' }));
checked('HEAD', qr/^200$/, ask(HEAD => '/health'));
my $tag = ask(GET => '/api/catalog/departments', headers => \%login)->{headers}{etag};
checked('not modified', qr/^304$/, ask(GET => '/api/catalog/departments',
        headers => { %login, 'If-None-Match' => $tag }));
checked('preflight', qr/^200$/, ask(OPTIONS => '/api/auth/me', headers => {
        Origin => 'http://localhost:5173', 'Access-Control-Request-Method' => 'GET' }));
checked('foreign preflight', qr/^400$/, ask(OPTIONS => '/api/auth/me', headers => {
        Origin => 'http://evil.example', 'Access-Control-Request-Method' => 'GET' }));
--- request
GET /health



=== TEST 3: refusals of nginx itself: 400, 413, 414, 494, 408-like and absurd lengths
--- http_config: server_tokens off;
--- setup
my $host = "Host: localhost\r\n";
checked('no host', qr/^400$/, raw("GET /health HTTP/1.1\r\n\r\n"));
checked('two hosts', qr/^400$/, raw("GET /health HTTP/1.1\r\n$host$host\r\n"));
checked('bad line', qr/^400$/, raw("GET /health HTTP/1.1 x\r\n$host\r\n"));
checked('bad escape', qr/^400$/, raw("GET /%zz HTTP/1.1\r\n$host\r\n"));
checked('NUL in the path', qr/^400$/, raw("GET /%00 HTTP/1.1\r\n$host\r\n"));
checked('above the root', qr/^400$/, raw("GET /../../etc/passwd HTTP/1.1\r\n$host\r\n"));
checked('huge body', qr/^413$/, raw("POST /api/auth/login HTTP/1.1\r\n$host"
        . "Content-Length: 99999999\r\n\r\n"));
checked('bad length', qr/^400$/, raw("POST /api/auth/login HTTP/1.1\r\n$host"
        . "Content-Length: -1\r\n\r\n"));
checked('length and chunks', qr/^400$/, raw("POST /api/auth/login HTTP/1.1\r\n$host"
        . "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
checked('unknown coding', qr/^501$/, raw("POST /api/auth/login HTTP/1.1\r\n$host"
        . "Transfer-Encoding: gzip\r\n\r\n"));
checked('long address', qr/^414$/, raw("GET /" . 'a' x 40_000 . " HTTP/1.1\r\n$host\r\n"));
checked('long header', qr/^(?:400|494|431)$/, raw("GET /health HTTP/1.1\r\n$host"
        . "X-Long: " . 'a' x 40_000 . "\r\n\r\n"));
--- request
GET /health
--- no_error_log
[alert]



=== TEST 4: HSTS and a Secure cookie over TLS, by the word of a trusted proxy only
--- hr_config
hr_trusted_proxies 127.0.0.1;
--- request eval
[("POST /api/auth/login\n{\"username\":\"admin\",\"password\":\"password-of-admin\"}") x 2]
--- more_headers eval
["Content-Type: application/json\nX-Forwarded-Proto: https",
 "Content-Type: application/json"]
--- response_headers_like eval
["Strict-Transport-Security: max-age=\\d{8}.*\n"
 . "Set-Cookie: hr_download=[^;]+; Max-Age=\\d+; Path=/api/profiles; HttpOnly;"
 . " SameSite=Strict; Secure",
 "Set-Cookie: hr_download=[^;]+; Max-Age=\\d+; Path=/api/profiles; HttpOnly;"
 . " SameSite=Strict\$"]



=== TEST 5: a client that only says it came over TLS is not believed
--- request
POST /api/auth/login
{"username":"admin","password":"password-of-admin"}
--- more_headers
Content-Type: application/json
X-Forwarded-Proto: https
--- response_headers
! Strict-Transport-Security
--- raw_response_headers_unlike eval: qr/; Secure/



=== TEST 6: no CSRF by cookie: with it alone every endpoint but the downloads is 401
--- hr_database: t/data/profiles.sql
--- http_config: server_tokens off;
--- setup
my $cookie = 'hr_download=' . HR::Test::State::token('admin');
my $id = 'bbbbbbbb-0000-4000-8000-000000000001';
for my $route (HR::Test::Routes::all()) {
    next if $route->{access} eq 'anonymous';
    my $url = HR::Test::Routes::url($route) =~ s/aaaaaaaa-0000-4000-8000-00000000dead/$id/r;
    my $answer = ask($route->{method}, $url, headers => { Cookie => $cookie },
                     body => $route->{method} =~ /POST|PUT/ ? '{}' : undef);
    my $want = $url =~ m{/download/} && $route->{method} eq 'GET' ? 200 : 401;
    is($answer->{status}, $want, "$route->{method} $url by cookie");
}
for my $method (qw( POST PUT DELETE PATCH )) {
    isnt(ask($method, "/api/profiles/$id/download/md", headers => { Cookie => $cookie },
             body => '{}')->{status}, 200, "$method download by cookie");
}
is(ask(GET => "/api/profiles/$id/download/md", headers => {
    Cookie => $cookie, Authorization => 'Bearer x.y.z' })->{status}, 401,
   'a bad token in the header is not repaired by the cookie');
my $me = ask(GET => '/api/auth/me', headers => { Authorization => bearer() })->{status};
is($me, 200, 'nothing was logged out');
--- request
GET /health



=== TEST 7: logout takes the cookie back, and its token is dead for downloads
--- hr_database: t/data/profiles.sql
--- http_config: server_tokens off;
--- setup
my $token = HR::Test::State::token('admin');
my $url = '/api/profiles/bbbbbbbb-0000-4000-8000-000000000001/download/md';
is(ask(GET => $url, headers => { Cookie => "hr_download=$token" })->{status}, 200, 'before');
my $out = ask(POST => '/api/auth/logout', headers => { Authorization => "Bearer $token" });
like($out->{headers}{'set-cookie'},
     qr/^hr_download=; Max-Age=0; Path=\/api\/profiles; HttpOnly; SameSite=Strict/,
     'logout empties the cookie');
is(ask(GET => $url, headers => { Cookie => "hr_download=$token" })->{status}, 401, 'after')
    for 1 .. 4;
--- request
GET /health



=== TEST 8: a foreign origin gets no CORS header, an allowed one never a wildcard
--- request eval
["GET /health", "GET /health", "GET /health"]
--- more_headers eval
["Origin: http://evil.example", "Origin: http://localhost:5173", "Origin: null"]
--- raw_response_headers_unlike eval
["Access-Control-Allow", "Access-Control-Allow-Origin: \\*", "Access-Control-Allow"]
