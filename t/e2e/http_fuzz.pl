#!/usr/bin/perl

# Random and mutated HTTP against a running server, by a user with a valid token.
#
#   perl -It/lib t/e2e/http_fuzz.pl --port 8022 --user NAME --password WORD
#        [--seconds 60] [--seed N] [--clients 3] [--log FILE]
#
# Prints one JSON object: how many requests of each kind, the statuses, and what was
# wrong: answers that are no HTTP, that are cut, 5xx that nothing explains, bodies that
# claim to be JSON and are not.  Each of them goes to the log with the bytes that were
# sent, so that it can be repeated (with --seed).  t/e2e/fuzz.t runs it.

use strict;
use utf8;
use warnings;

use Encode           ();
use Getopt::Long     qw( GetOptions );
use HR::Client       ();
use IO::Select       ();
use IO::Socket::INET ();
use JSON::PP         ();
use Socket           qw( SOL_SOCKET SO_LINGER );
use Time::HiRes      qw( sleep time );

my %opt = (
    port    => 8022,
    user    => 'admin',
    seconds => 60,
    seed    => time & 0xffff,
    clients => 3
);
GetOptions(\%opt, 'port=i', 'user=s', 'password=s', 'seconds=f', 'seed=i', 'clients=i', 'log=s')
  && defined $opt{password}
  or die "see the head of $0\n";

my $json = JSON::PP->new->utf8->allow_nonref->canonical;

# 503 says that there is no room, which is what a full queue is for.
my %fine = map { $_ => 1 } 503;

# What is mutated: every route, with ids that exist.
sub valid_requests {
    my ($client) = @_;

    my $list     = $client->get('/api/profiles/?limit=5')->{json}{profiles} || [];
    my @profiles = ((map { $_->{profile_id} } @$list), 'aaaaaaaa-0000-4000-8000-000000000001');
    my $tasks    = $client->get('/api/generation/tasks/active')->{json};
    my @tasks    = (
        (map { $_->{task_id} } @{ref $tasks eq 'ARRAY' ? $tasks : []}),
        'aaaaaaaa-0000-4000-8000-000000000002'
    );
    my $p        = $profiles[rand @profiles];
    my $t        = $tasks[rand @tasks];
    my $document = $client->get("/api/profiles/$p")->{json}{profile} // {position_title => 'x'};
    my $unit     = '%D0%9E%D1%82%D0%B4%D0%B5%D0%BB%20%D1%80%D0%B0%D0%B7%D1%80%D0%B0%D0%B1%D0%BE'
      . '%D1%82%D0%BA%D0%B8';

    my @get = (
        qw(
          / /health /metrics /docs /redoc /openapi.json /api/auth/me /api/auth/validate
          /api/auth/sessions /api/users /api/users/1 /api/catalog/departments
          /api/catalog/search?q=a&limit=3 /api/catalog/search/positions?q=b&limit=3
          /api/catalog/stats /api/dashboard/stats /api/dashboard/stats/minimal
          /api/dashboard/stats/activity /api/generation/tasks/active
          /api/organization/search-items /api/organization/positions
          /api/organization/stats /api/admin/audit /api/admin/audit/export
          /api/admin/audit/verify /api/admin/backups
          /api/profiles/?page=1&limit=20&search=a&status=completed
          /api/profiles/export?format=csv /nothing/here ),
        "/api/catalog/departments/$unit",
        "/api/catalog/positions/$unit",
        (
            map { "/api/profiles/$p$_" } '', '/versions',
            '/versions/1',                   '/download/json',
            '/download/md',                  '/download/docx',
            '/download/xlsx',                '/download/md?version=1',
            '/versions/compare?v1=1&v2=2'
        ),
        (map { "/api/generation/$t/$_" } 'status', 'result')
    );

    my $start = {
        department    => 'Отдел разработки',
        position      => 'Программист ' . int rand 5,
        employee_name => 'Проверка',
        temperature   => 0.2,
        save_result   => \1
    };

    return (
        (map { [GET  => $_] } @get),
        (map { [HEAD => $_] } @get[0 .. 5]),
        [OPTIONS => '/api/profiles/'],
        [TRACE   => '/api/auth/me'],
        [PATCH   => "/api/profiles/$p"],
        [
            POST => '/api/auth/login',
            {
                username    => 'nobody',
                password    => 'x' x 10,
                remember_me => \0
            }
        ],
        [POST   => '/api/auth/refresh'],
        [POST   => '/api/generation/start',       $start],
        [POST   => '/api/generation/start',       $start],
        [POST   => "/api/profiles/$p/regenerate", {reason => 'проверка'}],
        [DELETE => "/api/generation/$t"],
        [POST   => '/api/generation/cleanup'],
        [POST   => '/api/organization/structure', {target_path => 'Отдел разработки'}],
        [POST   => '/api/organization/unit',      {unit_path   => 'Отдел разработки'}],
        [POST   => '/api/catalog/cache/clear'],
        [PUT    => "/api/profiles/$p",         {employee_name => 'Проверка Имени'}],
        [PUT    => "/api/profiles/$p/content", {profile_data  => $document}],
        [PUT    => "/api/profiles/$p/versions/1/set-active"],
        [DELETE => "/api/profiles/$p/versions/2"],
        [DELETE => "/api/profiles/$p"],
        [POST   => "/api/profiles/$p/restore"],
        [
            POST => '/api/profiles/bulk-download',
            {
                profile_ids => \@profiles,
                formats     => ['md', 'json']
            }
        ],
        [
            POST => '/api/users',
            {
                username  => 'u' . int rand 1e6,
                full_name => 'Проверка',
                password  => 'password-of-somebody',
                role      => 'viewer'
            }
        ],
    );
}

sub head_and_body {
    my ($request, $token) = @_;

    my ($method, $url, $body) = @$request;
    $body = $json->encode($body) if ref $body;
    my @head =
      ("$method $url HTTP/1.1", "Host: 127.0.0.1:$opt{port}", "Authorization: Bearer $token");
    push @head, 'Content-Type: application/json', 'Content-Length: ' . length $body
      if defined $body;
    return (\@head, $body // '');
}

sub join_request {
    my ($head, $body) = @_;
    return join("\r\n", @$head) . "\r\n\r\n" . $body;
}

sub pick { return $_[rand @_] }

sub noise {
    return join '', map { chr int rand 256 } 1 .. $_[0];
}

# A few random changes to bytes.
sub mutate {
    my ($bytes) = @_;

    for (1 .. 1 + rand 4) {
        my $length = length $bytes or return noise(5);
        my $at     = int rand $length;
        my $len    = int rand(8) + 1;
        my $how    = int rand 8;

        if    ($how == 0) { substr($bytes, $at, 1) = chr int rand 256 }
        elsif ($how == 1) { substr($bytes, $at, 0) = noise($len) }
        elsif ($how == 2) { substr($bytes, $at, $len) = '' }
        elsif ($how == 3) { substr($bytes, $at, 0) = substr($bytes, $at, 1 + rand 40) }
        elsif ($how == 4) { substr($bytes, $at, 1) ^= chr 1 << int rand 8 }
        elsif ($how == 5) {
            substr($bytes, $at, 0) = pick(
                "\0",               "\r\n",
                "\n",               '%',
                '%00',              '"',
                '{',                '[',
                '\\',               '\\u0000',
                '\\ud800',          "\xc3\x28",
                "\xf4\x90\x80\x80", "\xed\xa0\x80",
                "\xef\xbb\xbf",     '-1',
                '1e999',            '99999999999999999999',
                'null',             "\xc2\xa0",
                '../',              ';',
                '=',                '&',
                ',',                '{{x}}'
            );
        }
        elsif ($how == 6) {
            substr($bytes, $at, 0) =
              pick('A', '[', '{"a":', "\xd0\x96", '9', ' ') x (1 + rand 3000);
        }
        else { $bytes = substr $bytes, 0, $at }
    }

    return $bytes;
}

sub bad_json {
    return pick(
        '{', '}', '[', '[[', '""', '"', 'null', 'true', '0', '-', '{"a"', '{"a":}', '{,}',
        '[1,]',
        '{"a":1}x', "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}", '{"a":"\ud800"}',
        '{"a":"\udc00\ud800"}',
        '{"a":NaN}', '{"a":Infinity}', '{"a":01}', '{"a":1e400}', '{"a":0x10}', "{'a':1}",
        '[' x 200,   '{"a":' x 200, ('[' x 60) . (']' x 60), '{"a":"' . ('x' x 70000) . '"}',
        '{' . join(',', map { "\"k$_\":$_" } 1 .. 3000) . '}',
        '{"department":"x","department":{"a":1}}', '{"department":["a"],"position":{}}',
        '{"department":null,"position":null,"temperature":null,"save_result":null}',
        '{"department":"' . ("\xd0\x96" x 700) . '","position":"x"}',
        '{"profile_data":[]}', '{"profile_data":{"position_title":{}}}',
        '{"profile_data":' . '[' x 70,
        '{"profile_ids":"x","formats":{}}',
        '{"profile_ids":[' . '"a",' x 500 . '"b"],"formats":["md"]}',
        '{"username":1,"password":[]}', "\xef\xbb\xbf{}", "\xef\xbb\xbf", "\x00",
        ' ' x 3000 . '{}'
    );
}

# Kinds of attacks: each returns the pieces to send, and how to end.
my %kinds = (
    valid => sub {
        my ($head, $body) = @_;
        return {send => [join_request($head, $body)], valid => 1};
    },
    bytes => sub {
        my ($head, $body) = @_;
        return {send => [mutate(join_request($head, $body))]};
    },
    body => sub {
        my ($head, $body) = @_;
        my $bad  = $body ne '' && rand() < 0.6 ? mutate($body) : bad_json();
        my @head = grep { !/\AContent-/ } @$head;
        $head[0] =~ s/\A\w+/pick(qw( POST PUT ))/e if rand() < 0.3;
        push @head,
          'Content-Type: '
          . (
            rand() < 0.85
            ? 'application/json'
            : pick(
                'text/plain', 'application/x+json', '',
                'application/json; charset=koi8-r',
                'multipart/form-data; boundary=x', "\xff"
            )
          );
        return {send => [join_request([@head, 'Content-Length: ' . length $bad], $bad)]};
    },
    url => sub {
        my ($head, $body) = @_;
        my ($method, $url) = split ' ', $head->[0];
        if (rand() < 0.4) {
            $url .= ($url =~ /\?/ ? '&' : '?') . join '&', map {
                pick(
                    qw( page limit q status search department position
                      version v1 v2 format sort cursor include_children )
                  )
                  . '='
                  . pick(
                    '',         '-1',          '0',     '1.0',
                    '1e3',      '99999999999', '%FF',   '%D0',
                    'a' x 5000, '%00',         '+',     '%',
                    'true',     'null',        '../..', '%F0%9F%98%80',
                    "'",        '%25',         '*',     '_'
                  )
            } 1 .. 1 + rand 4;
        }
        else {
            $url = mutate($url);
            $url =~ s/[\r\n]//g;
        }
        return {send => [join_request(["$method $url HTTP/1.1", @$head[1 .. $#$head]], $body)]};
    },
    headers => sub {
        my ($head, $body) = @_;
        my @more = map {
            pick(
                'X-Long: ' . 'x' x (1 + rand 20000),
                'Cookie: ' . 'a=b; ' x (1 + rand 500),
                'Accept-Encoding: gzip',
                "Accept-Language: \xff;q=x",
                'Accept-Language: ru;q=1.5,en,*;q=0',
                'If-None-Match: '
                  . pick('*', '""', 'W/', '"' . 'x' x 300 . '"', mutate('"abc", "def"')),
                'If-Match: ' . pick('*', '"1"', 'x'),
                'If-Modified-Since: ' . mutate('Tue, 01 Jan 2030'),
                'Range: bytes='
                  . pick('0-0', '-1', '5-2', '0-,0-,0-', '999999999999999999999-'),
                'Expect: 100-continue',
                'Expect: ' . noise(3) =~ s/[\r\n]//gr,
                'Connection: close',
                'Connection: keep-alive, upgrade',
                'Upgrade: h2c',
                'X-Request-ID: ' . mutate('abcdefgh'),
                'Idempotency-Key: ' . pick('a' x 300, "\xff", 'k', "\t"),
                'Origin: ' . mutate('http://a.b'),
                'Authorization: Bearer x',
                'Host: ' . mutate('localhost'),
                'Content-Length: 5',
                "Transfer-Encoding: chunked",
                'Transfer-Encoding: gzip',
                "X\0Y: z",
                ' folded: x',
                ':',
                'Authorization: Bearer ' . mutate('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA'),
                'Last-Event-ID: ' . mutate('12'),
                'X-Forwarded-For: ' . mutate('1.2.3.4, ::1')
            )
        } 1 .. 1 + rand 5;
        @more = map { "X-Header-$_: value" } 1 .. 400 if rand() < 0.05;
        return {send => [join_request([@$head, @more], $body)]};
    },
    # a download by the cookie of the login alone, and parts of it
    download => sub {
        my ($head, $body) = @_;
        my ($token) = map { /\AAuthorization: Bearer (.*)/ ? $1 : () } @$head;
        my ($url) = $head->[0] =~ m{(/api/profiles/[^/? ]+)};
        $url //= '/api/profiles/aaaaaaaa-0000-4000-8000-000000000001';
        my $cookie = pick("hr_download=$token", 'hr_download=' . mutate($token),
                          mutate("a=b; hr_download=$token; c=d"), "hr_download=\"$token\"",
                          'hr_download=; hr_download=' . $token, 'hr_download' . '=' x rand 9);
        my @range = map {
            "$_: " . pick('bytes=0-99', 'bytes=-1', 'bytes=0-,-1', 'bytes=9-2',
                          'bytes=' . join(',', map { "$_-$_" } 1 .. rand 300),
                          mutate('bytes=0-99,200-299'), 'bytes=18446744073709551615-', 'items=0-1')
        } (('Range') x int rand 3);
        push @range, 'If-Range: ' . pick('"x"', mutate('W/"abc"'), 'Tue, 01 Jan 2030 00:00:00 GMT')
            if rand() < 0.4;
        my $format = pick(qw( json md docx xlsx ));
        my $line = pick(qw( GET GET GET HEAD PUT )) . " $url/download/$format HTTP/1.1";
        return {send => [join_request([$line, grep({ /\AHost/ } @$head),
                                       map({ s/[\r\n]//gr } "Cookie: $cookie", @range)], '')]};
    },
    chunked => sub {
        my ($head, $body) = @_;
        $body = rand() < 0.5 ? bad_json() : $json->encode({a => 'x' x rand 9000})
          if $body eq '';
        my @head = grep { !/\AContent-Length/ } @$head;
        $head[0] =~ s/\AGET/POST/ if rand() < 0.5;
        my ($chunks, $at) = ('', 0);
        while ($at < length $body) {
            my $part = substr $body, $at, 1 + rand 1500;
            $at += length $part;
            $chunks .=
              sprintf("%x%s\r\n", length $part, rand() < 0.1 ? ';a=b' : '') . $part . "\r\n";
        }
        $chunks .= "0\r\n" . (rand() < 0.2 ? "Trailer: x\r\n" : '') . "\r\n";
        $chunks = mutate($chunks) if rand() < 0.5;
        $chunks =
          pick("ffffffffffffffff\r\n", "-1\r\nx\r\n0\r\n\r\n", "10000000\r\nabc", "zz\r\n")
          if rand() < 0.15;
        return {send => [join_request([@head, 'Transfer-Encoding: chunked'], ''), $chunks]};
    },
    pipeline => sub {
        my ($head, $body, $other) = @_;
        my @parts = (
            join_request($head, $body),
            (map { join_request(@$_) } $other->(), $other->()),
            rand() < 0.5 ? mutate(join_request($head, $body)) : ()
        );
        return {send => [join '', @parts]};
    },
    slices => sub {
        my ($head, $body) = @_;
        my $bytes = join_request($head, $body);
        my @slices;
        while ($bytes ne '') {
            push @slices, substr $bytes, 0, 1 + rand(@slices > 30 ? 1e6 : 60), '';
        }
        return {send => \@slices, pause => 0.001, valid => 1};
    },
    half => sub {
        my ($head, $body) = @_;
        my $bytes = join_request($head, $body);
        $bytes = substr $bytes, 0, rand length $bytes if rand() < 0.6;
        return {send => [$bytes], end => 'shutdown'};
    },
    leave => sub {
        my ($head, $body) = @_;
        my $bytes = join_request($head, $body);
        $bytes = substr $bytes, 0, rand length $bytes if rand() < 0.3;
        return {send => [$bytes], end => 'reset'};
    },
    length => sub {
        my ($head, $body) = @_;
        my @head = grep { !/\AContent-Length/ } @$head;
        my $n    = pick(
            0, 1, -1,
            length($body) + 10,
            length($body) - 1,
            '1e3', '+5', 2**31, 2**63, '0x10', 3_000_000, ' '
        );
        return {
            send => [
                join_request(
                    [@head, "Content-Length: $n", rand() < 0.2 ? 'Content-Length: 2' : ()],
                    $body
                )
            ],
            end => 'shutdown'
        };
    },
    large => sub {
        my ($head) = @_;
        my @head =
          ($head->[0] =~ s/\AGET/POST/r, @$head[1, 2], 'Content-Type: application/json');
        my $body = '{"a":"' . 'x' x (pick(60_000, 1_100_000, 2_200_000)) . '"}';
        return {send => [join_request([@head, 'Content-Length: ' . length $body], $body)]};
    },
    noise => sub {
        return {
            send => [
                pick(
                    noise(1 + rand 400),
                    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . noise(60),
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . noise(30),
                    "GET /health\r\n",
                    "GET /health HTTP/1.0\r\n\r\n",
                    "GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    "GET /health HTTP/9.9\r\n\r\n",
                    "\r\n\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET /api/../../etc/passwd HTTP/1.1\r\n\r\n",
                    'GET /' . 'a' x 40_000 . " HTTP/1.1\r\nHost: x\r\n\r\n",
                    "get /health HTTP/1.1\r\nHost: x\r\n\r\n",
                    'G' x 9000,
                    "GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      . 'a.' x 3000
                      . "\r\n\r\n"
                )
            ],
            end => 'shutdown'
        };
    },
);
my @kinds = sort keys %kinds;

sub open_socket {
    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1',
        PeerPort => $opt{port},
        Proto    => 'tcp',
        Timeout  => 5
    ) or return undef;
    $socket->blocking(0);
    return $socket;
}

# Sends the pieces and takes what comes; returns the bytes, and why it ended.
sub exchange {
    my ($attack) = @_;

    my $socket = open_socket() or return ('', 'connect');
    my ($in, $why) = ('', '');
    my $deadline = time + ($attack->{valid} ? 5 : 1);
    my @pieces   = @{$attack->{send}};
    my $quiet    = $attack->{end} || $attack->{valid} ? 5 : 0.1;

  PIECE: for my $piece (@pieces) {
        my $at = 0;
        while ($at < length $piece) {
            my $n = syswrite $socket, $piece, length($piece) - $at, $at;
            if (defined $n) { $at += $n; next }
            last PIECE if !$!{EAGAIN};
            IO::Select->new($socket)->can_write($deadline - time) or last PIECE;
            last PIECE if time > $deadline;
        }
        sleep $attack->{pause} if $attack->{pause};
    }

    my $end = $attack->{end} // '';
    if ($end eq 'reset') {
        sleep rand 0.01;
        setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
        close $socket;
        return ('', 'left');
    }
    shutdown $socket, 1 if $end eq 'shutdown';

    # Until the server closes, the answer is whole, or it waits for more from us.
    while (1) {
        my $left = $deadline - time;
        if ($left <= 0) { $why = 'silent'; last }
        if (!IO::Select->new($socket)->can_read($left < $quiet ? $left : $quiet)) {
            $why = $quiet < 1 ? 'quiet' : 'silent';
            last;
        }
        my $n = sysread $socket, $in, 262_144, length $in;
        if (!defined $n) { next if $!{EAGAIN}; $why = 'reset'; last }
        if ($n == 0)                                                { $why = 'closed'; last }
        if ($attack->{valid} && answers($in, $attack->{head_only})) { $why = 'whole';  last }
    }

    return ($in, $why);
}

# The answers in the bytes: [status, headers, body]; the last may be cut (body undef).
sub answers {
    my ($in, $head_only) = @_;

    my @all;
    while ($in =~ s/\A(HTTP\/1\.[01] (\d{3}).*?)\r\n\r\n//s) {
        my ($head, $status) = ($1, $2);
        next if $status =~ /\A1/;
        my ($type)   = $head =~ /^Content-Type:\s*(\S+?);?\s*$/mi;
        my ($length) = $head =~ /^Content-Length:\s*(\d+)/mi;
        my $encoded  = $head =~ /^Content-Encoding:/mi;
        my $body;

        if ($status =~ /\A(?:204|304)\z/) {
            $body = '';
        }
        elsif (defined $length) {
            $body =
              $head_only ? '' : length $in >= $length ? substr($in, 0, $length, '') : undef;
        }
        elsif ($head =~ /^Transfer-Encoding:\s*chunked/mi) {
            my $b = '';
            while ($in =~ s/\A([0-9a-f]+)\r\n//i) {
                my $size = hex $1;
                $b .= substr $in, 0, $size, '';
                if ($in !~ s/\A\r\n//) { last }
                if ($size == 0)        { $body = $b; last }
            }
        }
        else {
            $body = $in;
            $in   = '';
        }

        push @all,
          {
            status  => $status,
            type    => $type // '',
            body    => $body,
            encoded => $encoded,
            head    => $head
          };
        return @all if !defined $body;
    }

    push @all, {rest => $in} if $in ne '';
    return @all;
}

sub judge {
    my ($attack, $in, $why, $head_only) = @_;

    my @wrong;
    push @wrong, 'refused' if $why eq 'connect';
    push @wrong, "no whole answer to a valid request ($why)"
      if $attack->{valid} && $why ne 'whole' && $in !~ /\AHTTP/;
    return @wrong if $in eq '';

    # HTTP/0.9 gets a body without a head.
    return @wrong if $in !~ /\AHTTP/ && "@{ $attack->{send} }" !~ m{HTTP/};

    for my $answer ($head_only ? () : answers($in)) {
        if (defined $answer->{rest}) {

            # A line without a version is HTTP/0.9, whose answers have no head.
            push @wrong, 'bytes that are no answer: ' . substr $answer->{rest}, 0, 80
              if "@{ $attack->{send} }" !~ /\bHEAD\b/
              && ($attack->{valid} || $answer->{rest} !~ /\A\{"success":false/);
            next;
        }

        push @wrong, "status $answer->{status}: " . substr $answer->{body} // '', 0, 300
          if $answer->{status} >= 500
          && $answer->{status} !~ /\A50[15]\z/
          && !$fine{$answer->{status}};

        push @wrong, "an error page of nginx: status $answer->{status}"
          if $answer->{status} >= 400 && $answer->{type} =~ /html/;

        next if !defined $answer->{body} || $answer->{encoded} || $answer->{body} eq '';
        next if $answer->{type} ne 'application/json' || "@{ $attack->{send} }" =~ /\bHEAD\b/;
        push @wrong, 'a body that is no JSON: ' . substr $answer->{body}, 0, 200
          if !eval { $json->decode($answer->{body}); 1 };
    }

    return @wrong;
}

sub run_client {
    my ($k) = @_;

    srand $opt{seed} + $k;
    my $client = HR::Client->new(port => $opt{port}, timeout => 10);
    my (%count, %status, @wrong, @valid);
    my $log;
    open $log, '>>', "$opt{log}.$k" or die "$opt{log}.$k: $!\n" if $opt{log};
    my $end   = time + $opt{seconds};
    my $fresh = 0;

    while (time < $end) {

        # Mutants may have logged us out, or what they hit may be gone.
        if (time > $fresh) {
            if (!$client->{token} || $client->get('/api/auth/me')->{status} != 200) {
                my $login = $client->login($opt{user}, $opt{password});
                if (!$client->{token}) {
                    push @wrong, "login: $login->{status} " . ($login->{error} // '');
                    sleep 0.5;
                    next;
                }
            }
            @valid = valid_requests($client);
            $fresh = time + 3;
        }

        my $kind    = $kinds[rand @kinds];
        my $request = pick(@valid);
        my $attack  = $kinds{$kind}->(
            head_and_body($request, $client->{token}),
            sub { [head_and_body(pick(@valid), $client->{token})] }
        );
        my $head_only = $request->[0] eq 'HEAD';
        $attack->{head_only} = $head_only;

        my ($in, $why) = exchange($attack);
        $count{$kind}++;
        $status{$1}++ while $in =~ /(?:\A|\n|\})HTTP\/1\.[01] (\d{3}) /g;

        for my $wrong (judge($attack, $in, $why, $head_only)) {
            push @wrong, "$kind: $wrong" if @wrong < 40;
            print $log $json->encode(
                {
                    kind  => $kind,
                    wrong => Encode::decode('latin1', $wrong),
                    sent  => [map { Encode::decode('latin1', $_) } @{$attack->{send}}],
                    got   => Encode::decode('latin1', substr $in, 0, 3000)
                }
              ),
              "\n"
              if $log;
        }
    }

    return {
        count  => \%count,
        status => \%status,
        wrong  => [map { Encode::decode('latin1', $_) } @wrong]
    };
}

my %sum = (seed => $opt{seed}, requests => 0, wrong => []);
for my $one (HR::Client::parallel($opt{clients}, \&run_client)) {
    push @{$sum{wrong}}, $one->{died} ? "a client died: $one->{died}" : @{$one->{wrong}};
    for my $what (qw( count status )) {
        $sum{$what}{$_} += $one->{$what}{$_} for keys %{$one->{$what} || {}};
    }
}
$sum{requests} += $_ for values %{$sum{count}};
print $json->pretty->encode(\%sum);
exit(@{$sum{wrong}} ? 1 : 0);
