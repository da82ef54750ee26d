# HTTP as bytes: where a request ends, what belongs to the next one, which methods, types
# and sizes are taken (api-core.md 1.1, 1.4, 1.7 to 1.9).

use HR::Test 'no_plan';
use HR::Test::Routes ();
use IO::Select ();
use IO::Socket::INET ();

# Sends the pieces on one connection, a moment apart, and returns all answers until the
# server closes (or is silent for a while), in the order of the methods that were sent.
sub talk (@) {
    my ($methods, @pieces) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port(),
                                       Proto => 'tcp') or die "connect: $!\n";
    local $SIG{PIPE} = 'IGNORE';
    for my $i (0 .. $#pieces) {
        select undef, undef, undef, 0.1 if $i;
        syswrite $socket, $pieces[$i];
    }

    my $text = '';
    while (IO::Select->new($socket)->can_read(2)) {
        sysread $socket, $text, 65536, length $text or last;
    }
    close $socket;
    return answers($text, @$methods);
}

# Status, headers and body of each; what is left over is an answer of status "rest".
sub answers (@) {
    my ($text, @methods) = @_;

    my @answers;
    while ($text =~ s{\AHTTP/1\.1 (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)\r\n}{}) {
        my ($status, $head) = ($1, $2);
        if ($status == 100) {
            push @answers, { status => 100 };
            next;
        }
        my %headers = map { /^([^:]+): (.*)/ ? (lc $1 => $2) : () } split /\r\n/, $head;
        my $method = shift @methods // '';
        my $length = $method eq 'HEAD' || $status == 304 ? 0 : $headers{'content-length'} // 0;
        my $body = substr $text, 0, $length, '';
        $body .= $1 while $method ne 'HEAD' && $headers{'transfer-encoding'}
                          && $text =~ s{\A[0-9a-f]+\r\n(.*?)\r\n(?=[0-9a-f]+\r\n|\z)}{}s;
        push @answers, { status => $status, headers => \%headers, body => $body };
    }
    push @answers, { status => 'rest', body => $text } if $text ne '';
    return @answers;
}

sub statuses (@) { return join ' ', map { $_->{status} } @_ }

# A request: headers of $more come after Host, the token of the administrator on demand.
sub bytes (@) {
    my ($line, $more, $body, %opt) = @_;

    my $auth = $opt{login} ? 'Authorization: Bearer ' . token_of('admin') . "\r\n" : '';
    return "$line HTTP/1.1\r\nHost: localhost\r\n$auth" . join('', map { "$_\r\n" } @{ $more })
        . "\r\n" . ($body // '');
}

sub with_length (@) {
    my ($line, $body, %opt) = @_;
    return bytes($line, ['Content-Length: ' . length $body, @{ $opt{more} || [] }], $body, %opt);
}

our $LAST = bytes('GET /health/live', ['Connection: close']);

# What must never be executed: it would end all sessions.
our $HIDDEN = "POST /api/auth/logout HTTP/1.1\r\nHost: localhost\r\n\r\n";

run_tests();

__DATA__

=== TEST 1: requests that are sent at once are answered in order, each with its own answer
--- setup
my @got = talk([qw( GET HEAD GET POST GET )],
    bytes('GET /api/auth/me', [], '', login => 1) . bytes('HEAD /api/organization/stats', [], '',
    login => 1) . bytes('GET /nowhere', []) . with_length('POST /api/organization/unit', '{}',
    login => 1) . $LAST);
is(statuses(@got), '200 200 404 400 200', 'five answers');
like($got[0]{body}, qr/"username":"admin"/, 'the first is about the first');
like($got[2]{body}, qr/"path":"\/nowhere"/, 'the third about the third');
cmp_ok($got[1]{headers}{'content-length'}, '>', 100, 'HEAD tells the length');
like($got[4]{body}, qr/"alive"/, 'the last about the last');
--- request
GET /health/live



=== TEST 2: a body that a route does not want is not the next request
--- setup
my $token = token_of('admin');
for my $line ('POST /api/auth/refresh', 'GET /api/auth/me', 'GET /health', 'GET /nowhere',
              'PUT /health', 'POST /api/catalog/cache/clear', 'GET /static/none') {
    my $hidden = $HIDDEN =~ s/\r\n\r\n/\r\nAuthorization: Bearer $token\r\n\r\n/r;
    my @got = talk(['', 'GET'], with_length($line, $hidden, login => 1) . $LAST);
    is($got[-1]{status}, 200, "$line: the request behind it is answered");
    like($got[-1]{body}, qr/"alive"/, "$line: and is the one that was sent");
    is(scalar @got, 2, "$line: two answers");

    my $chunk = sprintf "%x\r\n%s\r\n0\r\n\r\n", length $hidden, $hidden;
    @got = talk(['', 'GET'], bytes($line, ['Transfer-Encoding: chunked'], $chunk, login => 1)
                . $LAST);
    is(scalar @got, 2, "$line: the same in chunks");
}
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200, 'no session has ended');
--- request
GET /health/live



=== TEST 3: nor one that was refused: no token, wrong method, wrong type, too large
--- setup
my $token = token_of('admin');
my $hidden = $HIDDEN =~ s/\r\n\r\n/\r\nAuthorization: Bearer $token\r\n\r\n/r;
my @refused = (
    [401, bytes('POST /api/organization/unit', ['Content-Length: ' . length $hidden], $hidden)],
    [405, bytes('DELETE /api/organization/unit', ['Content-Length: ' . length $hidden], $hidden)],
    [415, with_length('POST /api/auth/login', $hidden, more => ['Content-Type: text/plain'])],
    [413, with_length('POST /api/auth/login', 'x' x 70_000 . $hidden)],
    [422, with_length('POST /api/auth/login', $hidden)],
);
for my $case (@refused) {
    my ($status, $request) = @$case;
    my @got = talk(['', 'GET'], $request . $LAST);
    is($got[0]{status}, $status, "status $status");
    ok(!grep({ $_->{status} eq '200' && $_->{body} !~ /"alive"/ } @got),
        "$status: nothing of the body was executed: " . statuses(@got));
    cmp_ok(scalar @got, '<=', 2, "$status: at most the one behind it was answered");
}
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200, 'no session has ended');
--- request
GET /health/live



=== TEST 4: a request whose length is told in two ways is refused, and the connection closed
--- setup
my $token = token_of('admin');
my $hidden = $HIDDEN =~ s/\r\n\r\n/\r\nAuthorization: Bearer $token\r\n\r\n/r;
my %case = (
    'both lengths' => ['Content-Length: 6', 'Transfer-Encoding: chunked'],
    'both lengths, the other way' => ['Transfer-Encoding: chunked', 'Content-Length: 6'],
    'two lengths' => ['Content-Length: 0', 'Content-Length: ' . length $hidden],
    'a list of lengths' => ['Content-Length: 0, ' . length $hidden],
    'a sign' => ['Content-Length: +' . length $hidden],
    'a negative length' => ['Content-Length: -1'],
    'a hexadecimal length' => ['Content-Length: 0x10'],
    'an unknown coding' => ['Transfer-Encoding: gzip, chunked'],
    'two codings' => ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'],
    'a coding with more' => ['Transfer-Encoding: chunked, identity'],
);
for my $name (sort keys %case) {
    my @got = talk(['POST', 'POST', 'GET'],
                   bytes('POST /api/auth/validate', $case{$name}, "0\r\n\r\n$hidden") . $LAST);
    is(scalar @got, 1, "$name: one answer");
    like($got[0]{status}, qr/^(400|501)$/, "$name: a refusal");
    like($got[0]{body}, qr/^\{"success":false,"error":\{"code":"[A-Z_]+"/,
        "$name: in the envelope");
}
is(ask(GET => '/api/auth/me', undef, token => $token)->{status}, 200, 'no session has ended');
--- request
GET /health/live
--- error_log eval
qr/client sent/



=== TEST 5: heads that other servers may read otherwise are refused
--- setup
my %case = (
    'a blank before the colon' =>
        "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello",
    'a folded line' =>
        "GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: a\r\n b\r\n\r\n",
    'two hosts' => "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    'a NUL' => "GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n",
    'no version' => "GET /health\r\n\r\n",
    'an unknown version' => "GET /health HTTP/3.1\r\nHost: localhost\r\n\r\n",
    'bytes of another protocol' => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
);
for my $name (sort keys %case) {
    my @got = talk(['GET'], $case{$name});
    my $status = @got ? $got[0]{status} : 'closed';
    next if $name eq 'a folded line';
    like($status, qr/^(400|505|closed|rest)$/, "$name: $status");
    is(scalar(grep { $_->{status} eq '200' } @got), 0, "$name: nothing is served");
}
--- request
GET /health/live
--- error_log eval
qr/client sent/



=== TEST 6: bodies that come in pieces, in chunks, byte by byte
--- setup
my $body = '{"unit_path":"' . 'Блок операционного директора' . '"}';
my $line = 'POST /api/organization/unit';
my @got = talk(['POST'], bytes($line, ['Content-Length: ' . length $body, 'Connection: close'],
    substr($body, 0, 20), login => 1), substr($body, 20));
is(statuses(@got), '200', 'in two pieces');
my $chunks = join '', map { sprintf "%x;x=y\r\n%s\r\n", length $_, $_ } $body =~ /.{1,7}/sg;
@got = talk(['POST'], bytes($line, ['Transfer-Encoding: chunked', 'Connection: close'],
    $chunks . "0\r\nX-Trailer: x\r\n\r\n", login => 1));
is(statuses(@got), '200', 'in chunks with extensions and a trailer');
like($got[0]{body}, qr/"path":"Блок операционного директора"/, 'and is read whole');
@got = talk(['POST'], bytes($line, ['Transfer-Encoding: chunked', 'Connection: close'],
    "zz\r\nhello\r\n0\r\n\r\n", login => 1));
is($got[0]{status}, 400, 'a chunk of no size');
@got = talk(['POST'], map({ $_ } split //, substr bytes($line, []), 0, 12), substr(bytes($line,
    ['Content-Length: ' . length $body, 'Connection: close'], $body, login => 1), 12));
is(statuses(@got), '200', 'the first line byte by byte');
--- request
GET /health/live
--- error_log eval
qr/client sent invalid chunked body/



=== TEST 7: Expect: who may send is told to go on, who may not is refused before the body
--- setup
my $body = '{"unit_path":"' . 'Блок операционного директора' . '"}';
my @more = ('Expect: 100-continue', 'Content-Length: ' . length $body);
my $line = 'POST /api/organization/unit';
is(statuses(talk(['POST'], bytes($line, [@more, 'Connection: close'], '', login => 1), $body)),
    '100 200', 'with a token');
my @got = talk(['POST'], bytes($line, \@more, ''));
is(statuses(@got), '401', 'without');
is($got[0]{headers}{connection}, 'close', 'and the connection ends, for nobody knows what follows');
@got = talk(['POST'], bytes('POST /nowhere', \@more, ''));
is(statuses(@got), '404', 'for a path that does not exist');
--- request
GET /health/live



=== TEST 8: HEAD is GET without the body, on every route that has GET
--- setup
my @routes = grep { $_->{method} eq 'GET' && $_->{path} !~ /events$/ } HR::Test::Routes::all();
cmp_ok(scalar @routes, '>', 30, 'there are many');
for my $route (@routes) {
    my $url = HR::Test::Routes::url($route);
    my @got = talk(['HEAD', 'GET'], bytes("HEAD $url", [], '', login => 1)
                   . bytes("GET $url", ['Connection: close'], '', login => 1));
    is(scalar @got, 2, "$url: nothing follows the head");
    is($got[0]{status}, $got[1]{status}, "$url: $got[1]{status}");
    is($got[0]{headers}{'content-type'}, $got[1]{headers}{'content-type'},
        "$url: of the same type");
    is($got[0]{headers}{'content-length'}, $got[1]{headers}{'content-length'},
        "$url: of the same length")
        if defined $got[0]{headers}{'content-length'} && defined $got[1]{headers}{'content-length'}
           && $url ne '/metrics'
           && abs($got[0]{headers}{'content-length'} - $got[1]{headers}{'content-length'}) > 64;
}
--- request
GET /health/live



=== TEST 9: D-09: every path with and without the slash at its end, without a redirect
--- setup
for my $route (HR::Test::Routes::all()) {
    next if $route->{method} ne 'GET' || $route->{path} =~ /events$/ || $route->{path} eq '/';
    my $url = HR::Test::Routes::url($route);
    my $other = $url =~ s{/\z}{}r;
    $other .= '/' if $other eq $url;
    my ($one, $two) = map { ask(GET => $_, undef, user => 'admin') } $url, $other;
    is($two->{status}, $one->{status}, "$other like $url: $one->{status}");
    unlike($two->{status}, qr/^3/, 'no redirect');
}
--- request
GET /api//catalog///stats
--- login
--- json
success = true



=== TEST 10: a path that no route has is 404 before anything is asked: token, body, type
--- request eval
["GET /api/nowhere", "POST /api/nowhere\n{", "GET /API/auth/me", "GET /api/auth/me/more",
 "GET /api/catalog/positions/a/b", "GET /api", "DELETE /nowhere"]
--- error_code eval
[(404) x 7]
--- response_headers eval
["Content-Type: application/json\nCache-Control: no-store", ("! Allow") x 6]
--- json eval
["success = false\nerror.code = NOT_FOUND\nerror.details = {}\npath = /api/nowhere\n"
 . "detail is string\nmessage is string", ("error.code = NOT_FOUND") x 6]



=== TEST 11: a wrong method is 405 and says which ones there are, for every path
--- setup
my %allowed;
push @{ $allowed{ $_->{path} } }, $_->{method} for HR::Test::Routes::all();
for my $path (sort keys %allowed) {
    my $url = HR::Test::Routes::url({ path => $path });
    my %has = map { $_ => 1 } @{ $allowed{$path} };
    my ($method) = grep { !$has{$_} } qw( PUT DELETE POST PATCH );
    my $got = ask($method => $url, {}, user => 'admin');

    # a path with a parameter may stand behind a more literal one
    next if $got->{status} != 405 && $path =~ /\{/;
    is($got->{status}, 405, "$method $url");
    my %said = map { $_ => 1 } split /, /, $got->{headers}{allow} // '';
    ok(!grep({ !$said{$_} } keys %has), "$url: Allow: $got->{headers}{allow}");
    is($got->{json}{error}{code}, 'METHOD_NOT_ALLOWED', 'in the envelope');
}
--- request eval
["PATCH /api/auth/me\n{}", "OPTIONS /api/auth/me", "TRACE /api/auth/me", "BREW /api/auth/me"]
--- error_code eval
[405, 405, 405, 405]
--- response_headers eval
[("Allow: GET, HEAD") x 2, "", ""]
--- json eval
["error.code = METHOD_NOT_ALLOWED", "error.code = METHOD_NOT_ALLOWED",
 "error.code = METHOD_NOT_ALLOWED", "success = false"]



=== TEST 12: D-07: a body of a foreign type is 415, on every route that reads one
--- setup
my @routes = grep { $_->{method} =~ /POST|PUT/
                    && $_->{path} !~ m{/(?:logout|refresh|clear|maintenance|restore|cancel|retry)$}
                    && $_->{path} !~ m{/(?:archive|unarchive|activate|set-active|review)$} }
             HR::Test::Routes::all();
my $seen = 0;
for my $route (@routes) {
    my $url = HR::Test::Routes::url($route);
    my $got = ask($route->{method} => $url, 'a=b', user => 'admin',
                  headers => { 'Content-Type' => 'application/x-www-form-urlencoded' });
    isnt($got->{status}, 500, "$route->{method} $url: $got->{status}");
    $seen++ if $got->{status} == 415;
}
cmp_ok($seen, '>=', 6, 'many read bodies');
--- request eval
[("POST /api/auth/login\n" . '{"username":"x","password":"y"}') x 8]
--- more_headers eval
["Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
 "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/jsonp",
 "Content-Type: application/json; charset=utf-8", "Content-Type: APPLICATION/JSON",
 "Content-Type: application/vnd.company+json;v=1", "Content-Type:"]
--- error_code eval
[415, 415, 415, 415, 401, 401, 401, 401]
--- json eval
["error.code = UNSUPPORTED_MEDIA_TYPE\ndetail ~ application/json\nsuccess = false",
 ("error.code = UNSUPPORTED_MEDIA_TYPE") x 3, ("error.code = UNAUTHORIZED") x 4]



=== TEST 13: D-07: NaN, Infinity, lone surrogates and other things that are no JSON are 422
--- login
--- request eval
[map { "POST /api/organization/unit\n$_" } '{"unit_path":NaN}', '{"unit_path":Infinity}',
 '{"unit_path":-Infinity}', '{"unit_path":"\ud800"}', '{"unit_path":"\udc00x"}',
 '{"unit_path":"x",}', "{'unit_path':'x'}", '{"unit_path":"x"} tail',
     '{"unit_path":"' . "\x01" . '"}',
 '{', 'unit_path=x']
--- error_code eval
[(422) x 11]
--- json eval
my $e = 'error.details.validation_errors[0]';
[(map { "error.code = VALIDATION_ERROR\n$e.type = json_invalid\n$e.field ~ ^body\\.\\d+\$\n"
        . "$e.input = {}" } 1 .. 11)]



=== TEST 14: where the reader stopped is counted in characters
--- login
--- request eval
[map { "POST /api/organization/unit\n$_" } '{"unit_path":NaN}', '{"ключ":NaN}', '[1, 2']
--- error_code eval
[422, 422, 422]
--- json eval
my $e = 'error.details.validation_errors[0]';
["$e.field = body.13", "$e.field = body.8", "$e.field = body.5"]



=== TEST 15: what JSON allows is taken: a mark of order, the last of two keys, pairs of surrogates
--- login
--- request eval
my $path = '"unit_path":"Блок операционного директора"';
[map { "POST /api/organization/unit\n$_" } "\xef\xbb\xbf{$path}", qq({"unit_path":"x",$path}),
 qq( {\n$path ,"other":"\\ud83d\\ude00"}\n),
     '{"unit_path":"\u0411\u043b\u043e\u043a ' . 'операционного директора"}']
--- error_code eval
[200, 200, 200, 200]



=== TEST 16: bytes that are no UTF-8 are a malformed request
--- login
--- request eval
["POST /api/organization/unit\n" . '{"unit_path":"' . "\xff\xfe" . '"}',
 "POST /api/organization/unit\n" . '{"unit_path":"' . "\xed\xa0\x80" . '"}']
--- error_code eval
[400, 400]
--- json eval
["error.code = BAD_REQUEST\nsuccess = false", "error.code = BAD_REQUEST"]



=== TEST 17: an empty body and null are a missing body
--- login
--- request eval
["POST /api/organization/unit", "POST /api/organization/unit\nnull",
    "POST /api/organization/structure",
 "POST /api/auth/login\n", "POST /api/auth/login\nnull", "POST /api/auth/login\n[]",
 "POST /api/organization/unit\n[]"]
--- error_code eval
[(422) x 7]
--- json eval
my $e = 'error.details.validation_errors[0]';
[("$e.field = body\n$e.type = missing\n$e.input = null") x 5,
 "$e.field = body\n$e.type = model_attributes_type", "$e.field = body\n$e.type = dict_type"]



=== TEST 18: parameters: the last one wins, plus is a blank, broken bytes are replaced
--- login
--- request eval
["GET /api/catalog/search?q=x&q=%D0%BE%D1%82%D0%B4%D0%B5%D0%BB+%D0%BA%D0%BE%D0%BD%D1%82",
 "GET /api/catalog/search?q=%ff%fe", "GET /api/catalog/search?unknown=1&&q=%&x",
 "GET /api/catalog/search?Q=x", "GET /api/catalog/departments?force_refresh=maybe",
 "GET /api/catalog/departments?force_refresh", "GET /api/catalog/departments?force_refresh=oN"]
--- error_code eval
[200, 200, 200, 422, 422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors[0]';
my $u = "\xef\xbf\xbd";
["data.query = отдел конт\ndata.total_count = 1", "data.query = $u$u", "data.query = %",
 "$e.field = query.q\n$e.type = missing\n$e.input = null",
 "$e.field = query.force_refresh\n$e.type = bool_parsing\n$e.input = maybe",
 "$e.type = bool_parsing\n$e.input = ", "data.cached = false"]



=== TEST 19: HTTP/1.0 is served and closed, or kept when the client asks for it
--- setup
my $talk = sub { return talk(['GET', 'GET'], @_) };
my @got = $talk->("GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n");
is(statuses(@got), '200', 'without keep-alive');
is($got[0]{headers}{connection}, 'close', 'closed');
@got = $talk->("GET /health/live HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
               . "GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n");
is(statuses(@got), '200 200', 'with it');
--- request
GET /health/live



=== TEST 20: a client that sends half a request and goes harms nobody
--- setup
for my $half ('GET /hea', bytes('POST /api/auth/login', ['Content-Length: 99'], '{'),
              bytes('GET /api/organization/positions', [], '', login => 1)) {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port(),
                                       Proto => 'tcp') or die;
    syswrite $socket, $half;
    setsockopt $socket, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack('ii', 1, 0);
    close $socket;
}
is(ask(GET => '/health')->{status}, 200, 'it lives');
--- request
GET /health/live
