# Attacks as somebody would try them who has the description, a shell, and an account
# without rights: each with the outcome that it must have.  docs/attacks.md tells them.

use strict;
use utf8;
use warnings;

use lib 't/lib';
use Digest::SHA qw( hmac_sha256 hmac_sha512 );
use Encode ();
use HR::Client ();
use HR::Server ();
use IO::Socket::INET ();
use JSON::PP ();
use MIME::Base64 qw( encode_base64 encode_base64url decode_base64url );
use Test::More;
use Time::HiRes qw( sleep time );

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

my $server = HR::Server->start(HR_LLM_DELAY => 0.6);
my $admin  = $server->client;
my $json   = JSON::PP->new->utf8->canonical;
use constant NO_ID => 'aaaaaaaa-0000-4000-8000-00000000dead';
my $word   = 'word-for-attacks-77';
for (['eve', 'viewer'], ['anna', 'hr'], ['boris', 'hr']) {
    my $made = $admin->post('/api/users', { username => $_->[0], role => $_->[1],
                                            password => $word, full_name => 'Тест' });
    $made->{status} == 200 or die "account: $made->{body}\n";
}
my ($eve, $anna, $boris) = map { $server->client(user => $_, password => $word) }
                           qw( eve anna boris );
my $task = $anna->post('/api/generation/start', { department => 'Отдел разработки',
    position => 'Программист', employee_name => '=HYPERLINK("http://x")' })->{json}{task_id};
my $profile;
HR::Server::wait_until(20, sub {
    $profile = $anna->get("/api/generation/$task/status")->{json}{task}{profile_id} })
    or die "no profile\n";

# The status of a request, as nobody or with a header.
sub status {
    my ($method, $url, %opt) = @_;
    my $client = HR::Client->new(port => $server->port, timeout => 10);
    return $client->request($method, $url, %opt)->{status};
}

sub bearer { return { Authorization => "Bearer $_[0]" } }

# Bytes as they are; what comes back.
sub raw {
    my ($bytes) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port)
        or die "connect: $!\n";
    syswrite $socket, $bytes;
    my $got = '';
    eval {
        local $SIG{ALRM} = sub { die "late\n" };
        alarm 10;
        1 while sysread $socket, $got, 65536, length $got;
        alarm 0;
    };
    alarm 0;
    return $got;
}

# --- tokens -----------------------------------------------------------------------------

my ($head, $claims, $mac) = split /\./, $eve->{token};
open my $in, '<', $server->home . '/jwt.secret' or die "secret: $!\n";
my $secret = <$in>;
chomp $secret;
my $mine = $json->decode(decode_base64url($claims));

sub token {
    my ($header, $body, $key, $hmac) = @_;
    my $text = join '.', map { encode_base64url(ref $_ ? $json->encode($_) : $_) } $header, $body;
    return "$text." if !defined $key;
    return "$text." . encode_base64url(($hmac // \&hmac_sha256)->($text, $key));
}

my %hs = (alg => 'HS256', typ => 'JWT');
my %tokens = (
    'alg none'                 => token({ %hs, alg => 'none' }, $mine),
    'alg None, old signature'  => token({ %hs, alg => 'None' }, $mine) . $mac,
    'no signature'             => "$head.$claims.",
    'two parts'                => "$head.$claims",
    'signature cut'            => "$head.$claims." . substr($mac, 0, -2),
    'signature and more'       => "$head.$claims.${mac}AAAA",
    'padded signature'         => "$head.$claims.$mac=",
    'empty key'                => token(\%hs, $mine, ''),
    'a key of another service' => token(\%hs, $mine, 'dev-secret-key-change-in-production'),
    'kid of an empty file'     => token({ %hs, kid => '../../../../dev/null' }, $mine, ''),
    'kid with SQL'             => token({ %hs, kid => "x' UNION SELECT 'k" }, $mine, 'k'),
    'own key in jwk'           => token({ %hs, jwk => { kty => 'oct', k => 'a2V5' } }, $mine,
                                        'key'),
    'role raised, old mac'     => join('.', $head, encode_base64url($json->encode(
                                      { %$mine, role => 'admin' })), $mac),
    # from here on with the real secret: what a leaked key would still not give
    'HS512, right key'         => token({ %hs, alg => 'HS512' }, $mine, $secret, \&hmac_sha512),
    'crit, right key'          => token({ %hs, crit => ['exp'] }, $mine, $secret),
    'expired, right key'       => token(\%hs, { %$mine, exp => time - 10 }, $secret),
    'no exp, right key'        => token(\%hs, { map { $_ => $mine->{$_} } grep { $_ ne 'exp' }
                                                keys %$mine }, $secret),
    'exp a list, right key'    => token(\%hs, { %$mine, exp => [9_999_999_999] }, $secret),
    'exp 1e400, right key'     => token(\%hs, $json->encode($mine) =~ s/"exp":\d+/"exp":1e400/r,
                                        $secret),
    'sid made up, right key'   => token(\%hs, { %$mine, sid => NO_ID }, $secret),
    'claims an array'          => token(\%hs, [1], $secret),
    'claims nested deep'       => token(\%hs, '{"a":' x 200 . '1' . '}' x 200, $secret),
    'of 100 KB'                => 'a' x 100_000 . '.b.c',
    'with a blank'             => " $eve->{token}",
);
my $refused = 0;
for my $name (sort keys %tokens) {
    my $status = status(GET => '/api/auth/me', headers => bearer($tokens{$name}));
    like($status, qr/\A(?:401|400|431)\z/, "token: $name") and $refused++;
}
is(status(GET => "/api/auth/me?token=$eve->{token}&access_token=$eve->{token}"), 401,
   'token: in the query it counts for nothing');
is(status(GET => '/api/auth/me', headers => { Cookie => "hr_download=$eve->{token}" }), 401,
   'token: in the cookie of downloads it counts for downloads only');

# --- sessions ---------------------------------------------------------------------------

my $fixed = HR::Client->new(port => $server->port);
$fixed->login('eve', $word);
isnt($fixed->{token}, $eve->{token}, 'session: each login has its own');
my $old = $fixed->{token};
$fixed->post('/api/auth/logout', undef);
is(status(GET => '/api/auth/me', headers => bearer($old)), 401, 'session: a logout ends it');
my $preset = HR::Client->new(port => $server->port);
my $login = $preset->post('/api/auth/login', { username => 'eve', password => $word },
                          headers => bearer($old));
isnt($login->{json}{access_token}, $old, 'session: one that was sent along is not taken over');
is($eve->get('/api/auth/me')->{status}, 401,
   'session: a logout ends those of other devices, too');
$eve = $server->client(user => 'eve', password => $word);

# --- cookie, other origins --------------------------------------------------------------

my %cookie = (Cookie => "hr_download=$anna->{token}", Origin => 'http://evil.example');
is(status(PUT => "/api/profiles/$profile", headers => \%cookie, body => '{"employee_name":"x"}'),
   401, 'CSRF: the cookie changes nothing');
is(status(POST => '/api/generation/start', headers => { %cookie, 'Content-Type' => 'text/plain' },
          body => '{}'), 401, 'CSRF: a form of another page neither');
is(status(DELETE => "/api/profiles/$profile", headers => { %cookie,
          'X-HTTP-Method-Override' => 'GET' }), 401, 'CSRF: no other method by a header');
my $foreign = HR::Client->new(port => $server->port)->get("/api/profiles/$profile/download/md",
                                                          headers => \%cookie);
ok(!$foreign->{headers}{'access-control-allow-origin'},
   'CORS: another origin may not read a download');
for my $origin ('null', 'http://localhost:5173.evil.example', 'http://LOCALHOST:5173',
                'http://localhost:51730') {
    my $answer = $anna->get('/api/auth/me', headers => { Origin => $origin });
    ok(!$answer->{headers}{'access-control-allow-origin'}, "CORS: $origin is no origin of ours");
}

# --- addresses --------------------------------------------------------------------------

my $passwd = qr/root:[^:]*:0:0/;
for my $path ('/docs/../../../../etc/passwd', '/docs/%2e%2e/%2e%2e/etc/passwd',
              '/docs/..%2f..%2f..%2fetc%2fpasswd', '/docs/%252e%252e/etc/passwd',
              '/docs//etc/passwd', '/docs/..;/..;/etc/passwd', '/%5c..%5c..%5cetc%5cpasswd',
              '/docs/page.js%00.css', '/docs/%c0%ae%c0%ae/etc/passwd') {
    my $got = raw("GET $path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    ok($got =~ m{\AHTTP/1.1 (?:400|404)} && $got !~ $passwd, "path: $path");
}
for my $bundle ('../../../../etc', '..%2F..%2Fetc', '/etc', "x\0y") {
    my $answer = $admin->post('/api/generation/preview?bundle=' . ($bundle =~ s/\0/%00/r),
        { department => 'Отдел разработки', position => 'Программист' });
    like($answer->{status}, qr/\A4/, 'path: bundle ' . $bundle =~ s/\0/NUL/r);
    unlike($answer->{body}, qr/root:|No such file/, 'path: and nothing is told about the disk');
}
my @admin_paths = ('/api/users', '/api/users/', '//api//users', '/api/%75sers',
    '/api/users?x=/health', '/api/users;a=b', '/API/users', '/api/./users',
    '/api/x/../users', '/api/users%2f', '/api/users#', '/api/admin/audit',
    '/api/admin/backups');
for my $path (@admin_paths) {
    my $answer = $eve->get($path);
    ok($answer->{status} =~ /\A(?:403|404|400)\z/ && $answer->{body} !~ /boris/,
       "rights: $path is not for a viewer");
    like($eve->request('HEAD', $path)->{status}, qr/\A(?:403|404|400)\z/, "rights: HEAD neither");
}

# --- objects of others ------------------------------------------------------------------

my $other = $anna->post('/api/generation/start', { department => 'Отдел разработки',
    position => 'Ведущий программист', model => 'simulator/sim/slow:2' })->{json}{task_id};
is($boris->get("/api/generation/$other/status")->{status}, 403, 'objects: the task of another');
is($boris->get("/api/generation/$other/result")->{status}, 403, 'objects: its result');
is($boris->events("/api/generation/$other/events", undef, seconds => 15)->{status}, 403,
   'objects: its events');
is($boris->delete("/api/generation/$other")->{status}, 403, 'objects: its end');
is($admin->events("/api/generation/$other/events", undef, seconds => 15)->{status}, 403,
   'objects: for administrators neither');
my $batch = $anna->post('/api/generation/batch', { department => 'Отдел разработки' });
SKIP: {
    my $id = ($batch->{json} // {})->{batch_id} // ($batch->{json}{data} // {})->{batch_id};
    skip 'no batch', 2 if !$id;
    like($boris->get("/api/generation/batch/$id")->{status}, qr/\A40[34]\z/, 'objects: a batch');
    like($boris->post("/api/generation/batch/$id/cancel")->{status}, qr/\A40[34]\z/,
         'objects: its end');
}

# --- members that nobody may set --------------------------------------------------------

my $me = (grep { $_->{username} eq 'eve' } map { @{ $_->{users} // $_->{data}{users} } }
          $admin->get('/api/users')->{json})[0];
is($eve->put("/api/users/$me->{id}", { role => 'admin' })->{status}, 403,
   'members: nobody raises himself');
$eve->put('/api/auth/password', { current_password => $word, new_password => 'another-word-for-77',
                                  role => 'admin', is_active => \1, user_id => 1 });
is($admin->get("/api/users/$me->{id}")->{body} =~ /"role":"viewer"/ ? 1 : 0, 1,
   'members: a password brings no role along');
$anna->put("/api/profiles/$profile", { employee_name => 'x', created_by => 1, id => 'y',
                                       status => 'archived', current_version => 99 });
my ($row) = $server->sql("SELECT created_by, current_version FROM profiles WHERE id = '$profile'");
isnt($row->[0], 1, 'members: nor does an edit change who made a profile');
is($admin->post('/api/users', { username => "admin\0", password => $word, full_name => 'x' })
   ->{status}, 422, 'members: a name with a NUL');
is($admin->post('/api/users', { username => 'Admin', password => 'admin-admin-admin',
   full_name => 'x' })->{status}, 422, 'members: a password that is the name');

# --- injection --------------------------------------------------------------------------

for my $name ("a\r\nSet-Cookie: x=1", "\"; filename=\"x.exe", "../../x", "x\x{202e}cod.exe",
              '=1+1', '@SUM(A1)', '<img src=x onerror=alert(1)>') {
    my $set = $anna->put("/api/profiles/$profile", { employee_name => $name });
    like($set->{status}, qr/\A(?:200|4\d\d)\z/, 'injection: a name is taken or refused');
    next if $set->{status} != 200;
    for my $format (qw( md json docx xlsx )) {
        my $got = $anna->get("/api/profiles/$profile/download/$format");
        my $to = $got->{headers}{'content-disposition'};
        ok(!exists $got->{headers}{'set-cookie'} && $to !~ m{\.\./|/|\x{202e}|\.exe"|[\r\n]},
           "injection: the file name of $format");
    }
    my $csv = $anna->get('/api/profiles/export?format=csv')->{body};
    unlike($csv, qr/(?:^|[,;])"?[=\@+]/m, 'injection: no formula in the list');
}
for my $text ("' OR 1=1 --", '%', '_', '"', 'a" OR "b', 'NEAR(', '*', 'x' x 100, '%' x 100) {
    my $begin = time;
    my $url = '/api/profiles/?search=' . join '', map { sprintf '%%%02X', ord } split //, $text;
    my $answer = $anna->get($url);
    like($answer->{status}, qr/\A(?:200|400|422)\z/, "injection: a search for $text");
    cmp_ok(time - $begin, '<', 10, 'injection: and soon');
}
my $reflected = HR::Client->new(port => $server->port)->get('/<script>alert(1)</script>');
ok($reflected->{headers}{'content-type'} =~ /json/
   && $reflected->{headers}{'x-content-type-options'} eq 'nosniff'
   && $reflected->{headers}{'content-security-policy'} =~ /default-src 'none'/,
   'injection: a path that is no page comes back as data only');
my $evil = raw("GET /api/auth/me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
ok($evil !~ /evil\.example/ || $evil =~ m{\AHTTP/1.1 400},
   'injection: a foreign Host goes nowhere');

# --- cursors, conditions ----------------------------------------------------------------

for my $cursor ('x', 'eyJ9', encode_base64url('{"id":"x"}'), encode_base64url("' OR 1=1"),
                '%00', 'A' x 4000, encode_base64url('["9999-01-01","x"]')) {
    like($anna->get("/api/profiles/?cursor=$cursor")->{status}, qr/\A4\d\d\z/,
         'cursor: a forged one is refused: ' . substr $cursor, 0, 20);
}
for my $tag ('"x"', 'W/"0123456789abcdef"', '"' . 'a' x 3000, '"x", ' x 500, "\xff", '""') {
    is($anna->put("/api/profiles/$profile", { employee_name => 'tag' },
                  headers => { 'If-Match' => $tag })->{status}, 412,
       'If-Match: not by ' . substr($tag, 0, 20) =~ s/[^ -~]/./gr);
}

# --- bombs ------------------------------------------------------------------------------

my @pids = $server->workers;
my $memory = sub { return HR::Client::percentile(100, map { HR::Server::memory_kb($_)->{private} }
                                                      $server->workers) };
my $before = $memory->();
my %bombs = (
    'nested arrays'  => '[' x 500_000,
    'nested objects' => '{"a":' x 150_000,
    'a long number'  => '{"department":' . '9' x 900_000 . '}',
    'many members'   => '{' . join(',', map { "\"k$_\":$_" } 1 .. 60_000) . '}',
    'same members'   => '{' . join(',', ('"department":"x"') x 50_000) . '}',
    'a long text'    => '{"department":"' . 'x' x 1_000_000 . '"}',
    'surrogates'     => '{"department":"' . '\ud800' x 100_000 . '"}',
    'broken UTF-8'   => '{"department":"' . "\xff\xfe" x 300_000 . '"}',
    'two megabytes'  => '{"a":"' . 'x' x 2_100_000 . '"}',
);
for my $name (sort keys %bombs) {
    my $begin = time;
    my $answer = $anna->post('/api/generation/start', $bombs{$name},
                             headers => { 'Content-Type' => 'application/json' });
    like($answer->{status}, qr/\A(?:400|413|422)\z/, "bomb: $name");
    cmp_ok(time - $begin, '<', 20, 'bomb: and soon');
    cmp_ok(length $answer->{body}, '<', 20_000, 'bomb: with a short answer');
    $anna->close;
}
cmp_ok($memory->() - $before, '<', 40 * 1024, 'bomb: memory is given back');
is($anna->post('/api/profiles/bulk-download', { profile_ids => [($profile) x 101],
   format => 'json' })->{status}, 422, 'bomb: no more than a hundred in an archive');
is($anna->get('/api/profiles/?limit=100000000')->{status}, 422, 'bomb: no endless page');
is($anna->get('/api/profiles/?page=999999999999')->{status}, 422, 'bomb: no endless offset');

# --- the protocol -----------------------------------------------------------------------

my $post = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n";
my %smuggled = (
    'length and chunks' => "${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                           . "0\r\n\r\nGET /api/users HTTP/1.1\r\n\r\n",
    'two lengths'       => "${post}Content-Length: 0\r\nContent-Length: 5\r\n\r\nGET /",
    'a strange coding'  => "${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    'a name with blank' => "${post}Content-Length : 5\r\n\r\nGET /",
);
for my $name (sort keys %smuggled) {
    my $got = raw($smuggled{$name});
    my $answers = () = $got =~ m{^HTTP/1\.1 }mg;
    ok($answers <= 1 && $got !~ m{\AHTTP/1\.1 200}, "smuggling: $name")
        or diag(substr $got, 0, 300);
}

# --- what is told -----------------------------------------------------------------------

my (%times, @bodies);
for my $name (('admin', 'nobody-of-that-name') x 5) {
    my $answer = HR::Client->new(port => $server->port)->post('/api/auth/login',
        { username => $name, password => 'wrong-word-for-all' });
    push @{ $times{$name} }, $answer->{seconds};
    push @bodies, $answer->{body} =~ s/"(?:timestamp|request_id)":"[^"]*"/x/gr;
}
is(scalar keys %{{ map { $_ => 1 } @bodies }}, 1, 'guessing: names are answered alike');
my ($known, $unknown) = map { HR::Client::percentile(50, @{ $times{$_} }) }
                        'admin', 'nobody-of-that-name';
cmp_ok($unknown, '>', $known / 4, 'guessing: and take their time');
my $log = $server->error_log;
open my $access, '<', $server->home . '/logs/access.log' or die "access.log: $!\n";
$log .= do { local $/; <$access> };
unlike($log, qr/\Q$word\E|\Q$eve->{token}\E|wrong-word|\Q$secret\E/,
       'secrets: no password, token or key in the logs');

is_deeply([$server->workers], \@pids, 'no worker has died');
is($admin->get('/api/admin/audit/verify')->{status}, 200, 'the audit trail is whole');
$server->log_is_clean('no severe line');
ok($server->stop, 'it ends in order');

done_testing();
