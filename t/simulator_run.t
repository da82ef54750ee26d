# The simulated model at work: time, clients that leave or read slowly, counters of
# all workers, workers that end.

use HR::Test::Simulator 'no_plan';

use Time::HiRes qw( sleep time );

run_tests();

__DATA__

=== TEST 1: slow takes its time, and no connection is held by it
--- init
my $start = time;
my ($text) = rest_of(ask('slow:0.4', ''));
my $took = time - $start;
ok($took >= 0.39 && $took < 2, "a plain answer after $took s");
like($text, qr/^HTTP\/1.1 200 /, 'and it is a good one');

$start = time;
my $slow = ask('slow:2', '');
stats();
cmp_ok(time - $start, '<', 1, 'others are answered meanwhile');
close $slow;
--- request
GET /stats



=== TEST 2: a slow stream comes piece by piece
--- init
my $start = time;
my $socket = ask('slow:0.8', '"stream": true');
my ($first, $text) = (undef, '');
while (sysread $socket, my $part, 4096) {
    $first //= time - $start;
    $text .= $part;
}
my $took = time - $start;
ok($first < 0.5, "the first bytes after $first s");
ok($took >= 0.75 && $took < 3, "the last ones after $took s");
like($text, qr/data: \[DONE\]/, 'complete');
--- request
GET /stats



=== TEST 3: a client that reads slowly gets all of it
--- init
my $socket = ask('huge:6000000', '"stream": true');
my ($size, $reads) = (0, 0);
while (my $n = sysread $socket, my $part, 262144) {
    $size += $n;
    sleep 0.02;
}
cmp_ok($size, '>', 6_000_000, "$size bytes");
settle();
--- request
GET /stats
--- json
completed = 1
aborted = 0



=== TEST 4: first: the fault holds for so many requests, in all workers together
--- init
my @status = map { (rest_of(ask('first:3+status:503', '')))[0] =~ /^HTTP\/1.1 (\d+)/ } 1 .. 6;
is("@status", '503 503 503 200 200 200', 'three fail');
settle();
--- request
GET /stats
--- json
behaviours.first = 6
behaviours.status = 3



=== TEST 5: fail-rate: the same number of failures after every reset
--- init
our @runs;
for my $run (1, 2) {
    stats('POST');
    for (1 .. 100) {
        rest_of(ask('fail-rate:30', ''));
    }
    settle();
    push @runs, stats();
}
my ($first, $second) = map { JSON::PP->new->canonical->encode($_->{behaviours}) } @runs;
is($first, $second, 'the same mix');
my $failed = 0;
$failed += $runs[0]{behaviours}{$_}
    for grep { $_ !~ /^(?:good|fail-rate)$/ } keys %{ $runs[0]{behaviours} };
ok($failed >= 20 && $failed <= 40, "$failed of 100");
cmp_ok(scalar keys %{ $runs[0]{behaviours} }, '>', 6, 'of several kinds');
--- request
GET /stats
--- json
requests = 100



=== TEST 6: hang: nothing comes, the client leaves, nobody is left
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
my ($text, $error) = rest_of($socket, 1);
is($text, '', 'nothing came');
is($error, 'timeout', 'and the connection stood');
is(stats_until(open => 0), 0, 'the leaving is noticed');
$socket = ask('hang:700', '"stream": true');
($text) = rest_of($socket, 1);
like($text, qr/\r\n\r\n/, 'some bytes, then nothing');
is(stats_until(aborted => 2), 2, 'both count as aborted');
--- request
GET /stats
--- json
requests = 2
completed = 0
broken = 0



=== TEST 7: a client that leaves in the middle of a stream is counted at once
--- init
my $socket = ask('slow:20', '"stream": true');
sysread $socket, my $part, 100;
is(stats_until(open => 1), 1, 'open');
close $socket;
my $start = time;
is(stats_until(aborted => 1), 1, 'aborted');
cmp_ok(time - $start, '<', 1, 'within a second');
--- request
GET /stats
--- json
open = 0
max_open = 1
tokens.total = 0



=== TEST 8: the ledger is exact over all workers
--- init
our ($in, $out, $cost) = (0, 0, 0);
my @sockets = map { ask('slow:0.7', $_ % 2 ? '"stream": true, "usage": {"include": true}'
                                           : '"usage": {"include": true}',
                        prompt => "Должность: Инженер $_\n") } 1 .. 40;
is(stats_until(open => 40), 40, '40 are open');
for my $socket (@sockets) {
    my ($text) = rest_of($socket);
    my ($usage) = $text =~ /"usage":(\{.*?\}[^}]*\}\})/;
    my $value = decode_json_text($usage) or next;
    $in += $$value->{prompt_tokens};
    $out += $$value->{completion_tokens};
    $cost += $$value->{cost};
}
settle();
my $stats = stats();
is($stats->{tokens}{input}, $in, "input: $in");
is($stats->{tokens}{output}, $out, "output: $out");
ok(abs($stats->{cost} - $cost) < 1e-9, "cost: $cost");
is($stats->{completed}, 40, 'all completed');
--- request
GET /stats
--- json
requests = 40
max_open = 40
open = 0
behaviours.slow = 40



=== TEST 9: POST sets the counters to zero, open requests stay open
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
rest_of(ask('', ''));
is(stats_until(open => 1), 1, 'the other one is done');
my $stats = stats('POST');
is($stats->{requests}, 0, 'no requests');
is($stats->{open}, 1, 'but one is open');
is($stats->{max_open}, 1, 'and that is the most');
close $socket;
is(stats_until(open => 0), 0, 'it leaves');
--- request
GET /stats
--- json
aborted = 1
requests = 0



=== TEST 10: open requests of a worker that was killed do not count
--- init
my @sockets = map { ask('hang', '') } 1 .. 6;
is(stats_until(open => 6), 6, 'open');
open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
chomp(my $master = <$in>);
my @workers = split ' ', `ps -o pid= --ppid $master`;
kill KILL => @workers;
sleep 0.5;
is(stats_until(open => 0), 0, 'none');
--- request
GET /stats
--- error_log eval
qr/exited on signal 9/



=== TEST 11: a delay that is no time
--- config
location = /sim { hr_llm_simulator on; hr_llm_simulator_delay soon; }
--- must_die
--- error_log
invalid time "soon"



=== TEST 12: a delay that is too long
--- config
location = /sim { hr_llm_simulator on; hr_llm_simulator_delay 601s; }
--- must_die
--- error_log
invalid time "601s"



=== TEST 13: off is off, a nested location is its own
--- config
location /sim {
    hr_llm_simulator off;
    return 204;
}
--- request
POST /sim
{}
--- error_code: 204



=== TEST 14: a worker that is asked to quit ends what hangs
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
chomp(my $master = <$in>);
my $start = time;
kill HUP => $master;
my ($text, $error) = rest_of($socket, 5);
is($error, '', 'the connection is closed');
cmp_ok(time - $start, '<', 3, 'soon');
sleep 0.5;
--- request
GET /stats
--- json
broken = 1
open = 0
