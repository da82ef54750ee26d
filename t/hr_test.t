# The helpers of the suite (claims of HR::Test, HR::Client), without nginx.

use strict;
use warnings;
use utf8;

use Test::More;

use HR::Client ();
use HR::Test::Config ();
use HR::Test::Json qw( claims decode_json_text failed_claim );

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw( output failure_output todo_output );

utf8::encode(my $bytes = '{"success": true, "data": {"items": [{"name": "Отдел", "n": 1},'
    . '{"name": "b", "n": 2.5}], "total": 2, "none": null, "a.b": "x"},'
    . '"timestamp": "2026-01-02T03:04:05Z"}');
my $document = decode_json_text($bytes);

for my $claim (split /\n/, <<'EOT') {
success = true
data.items[0].name = Отдел
data.items[0].name = "Отдел"
data.items[-1].n = 2.5
data.items[0].n = 1.0
data.items[1] = {"n": 2.5, "name": "b"}
data.items has 2
data has 4
data["a.b"] = x
data.total >= 2
data.total < 3
data.total != 3
data.none = null
data.none is null
data.items is array
success is boolean
data.total is number
timestamp ~ ^\d{4}-\d\d-\d\dT[\d:]+Z$
error absent
data.none present
EOT
    is(failed_claim($document, $claim), undef, "holds: $claim");
}

for my $claim (split /\n/, <<'EOT') {
success = false
success = "true"
data.items[0].name = b
data.items[2].name = b
data.items has 3
data.total > 2
timestamp ~ ^x
data absent
error present
error = null
data.items[0].name > 1
data.total is string
no operator
EOT
    isnt(failed_claim($document, $claim), undef, "does not hold: $claim");
}

is(decode_json_text('{"a": }'), undef, 'what is not JSON is undef');
is_deeply([claims("# comment\n\na = 1\nb = 2\n")], ['a = 1', 'b = 2'],
          'comments and empty lines are no claims');

like(HR::Test::Config::http_config(''), qr/hr_cache size=/, 'the usual directives');
my $changed = HR::Test::Config::http_config("hr_cache size=1m shards=1;\n! hr_llm\nhr_x on;");
like($changed, qr/^    hr_cache size=1m shards=1;$/m, 'a directive is replaced');
unlike($changed, qr/shards=4|hr_llm/, 'the old one and a removed one are gone');
like($changed, qr/^    hr_x on;$/m, 'another is added');

# A server that closes the kept connection, sends chunks and events.

use IO::Socket::INET;

my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0,
                                   Proto => 'tcp', Listen => 5) or die $!;
my $pid = fork() // die $!;
if ($pid == 0) {
    my @answers = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        undef,
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        . "d\r\ndata: {\"n\":1}\r\n2\r\n\n\n\r\n5\r\n: hi\n\r\n1\r\n\n\r\n"
        . "18\r\nevent: end\nid: 2\ndata: x\r\n2\r\n\n\n\r\n0\r\n\r\n",
    );
    while (@answers) {
        my $peer = $listen->accept or last;
        while (@answers) {
            my $request = '';
            while ($request !~ /\r\n\r\n/) {
                sysread $peer, $request, 4096, length $request or last;
            }
            my $answer = shift @answers;
            last if !defined $answer;
            syswrite $peer, $answer;
            last if $answer =~ /20[14]/;
        }
        close $peer;
    }
    require POSIX;
    POSIX::_exit(0);
}

my $client = HR::Client->new(port => $listen->sockport, timeout => 5);
close $listen;

my $answer = $client->get('/1');
is($answer->{status}, 200, 'a status');
is_deeply($answer->{json}, { a => 1 }, 'a JSON body');
$answer = $client->post('/2', { b => 1 });
is("$answer->{status} $answer->{body}", '201 abc', 'chunks, on the same connection');
select undef, undef, undef, 0.1;
$answer = $client->post('/3');
is($answer->{status}, 0, 'a kept connection that was closed is noticed; no answer: status 0');
like($answer->{error}, qr/closed without an answer/, 'and nothing is sent twice');
$answer = $client->get('/4');
is($answer->{status}, 204, 'the next request has a new connection');
$answer = $client->events('/5', undef, seconds => 5);
is_deeply([map { "$_->{event}:$_->{data}" } @{ $answer->{events} }],
          ['message:{"n":1}', 'end:x'], 'events, without comments');
is($answer->{events}[1]{id}, 2, 'the id of an event');
waitpid $pid, 0;
$answer = $client->get('/6');
is($answer->{status}, 0, 'no server: status 0');
like($answer->{error}, qr/connect/, 'and the reason');

is_deeply([HR::Client::parallel(3, sub { die "two\n" if $_[0] == 1; return { i => $_[0] } })],
          [{ i => 0 }, { died => "two\n" }, { i => 2 }], 'parallel work, in order');
is(HR::Client::percentile(99, 1 .. 100), 99, 'a percentile');

done_testing();
