# W3C Trace Context and OTLP: a client's trace goes through the request, the generation and
# the call of the model to a collector; a collector that hangs slows nothing down, and what
# it does not take is counted; without a collector the context is only handed on.

use strict;
use warnings;
use utf8;

use lib 't/lib';
use File::Temp qw( tempfile );
use HR::Server ();
use HR::Test::Metrics ();
use IO::Socket::INET ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant { TRACE => '4bf92f3577b34da6a3ce929d0e0e4736', SPAN => '00f067aa0ba902b7' };

# One process is the collector (POST /v1/traces) and a model that fails.
my ($log, $path) = tempfile(UNLINK => 1);
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 50, Proto => 'tcp')
    or die "no port: $!";
my $fake = fork() // die "fork: $!";
if (!$fake) {
    serve();
    exit 0;
}
my $address = 'http://127.0.0.1:' . $listener->sockport;

my $server = HR::Server->start(HR_OTLP_URL => "$address/v1/traces", HR_OTLP_QUEUE => 64);
my $client = $server->client;

# A client that traces

my $task = generate($client, headers => {
    traceparent => '00-' . TRACE . '-' . SPAN . '-01', tracestate => 'vendor=value' });
is($task->{status}, 'completed', 'a generation of a client that traces');
ok(HR::Server::wait_until(15, sub { keys %{ trace(TRACE) } >= 3 }), 'its spans arrive');

my $by   = trace(TRACE);
my ($request) = grep { $_->{kind} == 2 } values %$by;
my ($job)     = grep { $_->{kind} == 5 } values %$by;
my ($call)    = grep { $_->{kind} == 3 } values %$by;
is(scalar keys %$by, 3, 'a request, a generation, a call of the model');
is($request->{name}, 'POST /api/generation/start', 'the request is named by its route');
is($request->{parentSpanId}, SPAN, "it belongs to the client's span");
is($job->{parentSpanId}, $request->{spanId}, 'the generation belongs to the request');
is($call->{parentSpanId}, $job->{spanId}, 'the call belongs to the generation');
is_deeply([map { $_->{traceState} } $request, $job, $call], [('vendor=value') x 3],
          'the state is kept');
is($request->{attr}{'http.response.status_code'}, 200, 'status of the answer');
is($request->{attr}{'user.id'}, '1', 'the user is a number');
is($request->{attr}{'hr.task_id'}, $task->{task_id}, 'the task that was started');
is($job->{attr}{'hr.profile_id'}, $task->{profile_id}, 'the profile that was made');
cmp_ok($job->{attr}{'gen_ai.usage.output_tokens'}, '>', 0, 'tokens');
is($call->{attr}{'hr.attempt'}, 1, 'the first attempt');
is($call->{attr}{'http.response.status_code'}, 200, 'status of the model');
cmp_ok($call->{startTimeUnixNano}, '>=', $job->{startTimeUnixNano}, 'the call begins later');
cmp_ok($call->{endTimeUnixNano}, '<=', $job->{endTimeUnixNano}, 'and ends before');
my ($resource) = map { $_->{resource} } sent();
is_deeply([grep { $_->{key} eq 'service.name' } @{ $resource->{attributes} }],
          [{ key => 'service.name', value => { stringValue => 'hr-demo' } }], 'the service');

# A trace that begins here; one that is not wanted; what is none

$client->get('/api/auth/me', headers => { 'X-Request-ID' => 'request-of-mine' });
$client->get('/api/auth/me', headers => { traceparent => '00-' . 'a' x 32 . '-' . SPAN . '-00' });
$client->get('/api/auth/me', headers => { traceparent => '00-' . 'A' x 32 . '-' . SPAN . '-01',
                                          'X-Request-ID' => 'broken-header' });
$client->get('/health');
my $missing = $client->get('/api/generation/no-such-task/status')->{status};
my $found = sub {
    my ($id) = @_;
    return (grep { ($_->{attr}{'hr.request_id'} // '') eq $id } spans())[0];
};
ok(HR::Server::wait_until(10, sub { $found->('broken-header') }), 'more spans');
my $own = $found->('request-of-mine');
ok(!$own->{parentSpanId}, 'without traceparent a trace begins');
is($own->{attr}{'http.route'}, '/api/auth/me', 'its route');
ok(HR::Server::wait_until(10, sub {
    grep { ($_->{attr}{'http.response.status_code'} // 0) == $missing } spans() }),
   'so does one of an error');
ok(!$found->('broken-header')->{parentSpanId}, 'a broken header is none');
is_deeply([values %{ trace('a' x 32) }], [], 'a client that does not sample gets no span');
ok(!(grep { $_->{name} =~ /health|metrics/ } spans()), 'nor do health and figures');

# Nobody's names

my $second = generate($client, employee => 'Образцов Олег');
ok(HR::Server::wait_until(10, sub {
    grep { ($_->{attr}{'hr.task_id'} // '') eq $second->{task_id} && $_->{kind} == 5 } spans() }),
   'a generation with a name');
my $all = join '', map { JSON::PP->new->canonical->encode($_) } spans();
unlike($all, qr/Образцов|Bearer|password/, 'no name of an employee, no secret');

# A collector that hangs

kill STOP => $fake;
my $begin = time;
$client->get('/api/auth/me') for 1 .. 400;
cmp_ok(time - $begin, '<', 8, 'nothing waits for a collector that hangs');
ok(HR::Server::wait_until(10, sub {
    figures($client)->value('hr_spans_total', result => 'dropped') >= 100 }),
   'what the queue cannot hold is dropped and counted');
cmp_ok(figures($client)->value('hr_spans_total', result => 'sent'), '>=', 7, 'and what was sent');
is($client->get('/health/live')->{status}, 200, 'the server lives');
$begin = time;
$server->stop;
cmp_ok(time - $begin, '<', 15, 'the end waits a few seconds at most');
$server->log_is_clean('no alerts');
kill CONT => $fake;

# Only handed on

my $plain = HR::Server->start(HR_LLM_URL => "$address/v1");
$client = $plain->client;
my $before = calls();
generate($client, headers => { traceparent => '00-' . 'b' x 32 . '-' . SPAN . '-01',
                               tracestate => 'vendor=value' });
my @calls = @{ calls() }[@$before .. $#{ calls() }];
cmp_ok(scalar @calls, '>=', 2, 'a model that fails is asked again');
is_deeply([grep { $_->{traceparent} ne '00-' . 'b' x 32 . '-' . SPAN . '-01'
                  || $_->{tracestate} ne 'vendor=value' } @calls], [],
          "without a collector the client's context goes to the model as it is");
$before = calls();
generate($client);
@calls = @{ calls() }[@$before .. $#{ calls() }];
is_deeply([grep { defined $_->{traceparent} } @calls], [], 'and none when it sent none');
$plain->stop;
$plain->log_is_clean('no alerts');

kill TERM => $fake;
waitpid $fake, 0;
done_testing();


sub generate {
    my ($c, %opt) = @_;

    my $item = $c->get('/api/organization/positions')->{json}{data}{items}[0];
    my $start = $c->post('/api/generation/start', {
        department => $item->{business_unit_id}, position => $item->{position_name},
        force => JSON::PP::true, $opt{employee} ? (employee_name => $opt{employee}) : (),
    }, headers => $opt{headers} || {})->{json};
    my $task;
    HR::Server::wait_until(30, sub {
        $task = $c->get("/api/generation/$start->{task_id}/status",
                        headers => { traceparent => '00-' . 'c' x 32 . '-' . SPAN . '-00' })
                  ->{json}{task};
        return $task->{status} =~ /^(?:completed|failed|cancelled)$/;
    });
    return $task;
}

sub figures {
    my ($c) = @_;
    return HR::Test::Metrics->parse($c->get('/metrics')->{body});
}

sub seen {
    my ($kind) = @_;

    open my $f, '<:raw', $path or return;
    return grep { $_->{kind} eq $kind } map { JSON::PP->new->utf8->decode($_) } <$f>;
}

sub calls { return [seen('call')] }

sub sent {
    return map { @{ JSON::PP->new->utf8->decode($_->{body})->{resourceSpans} } } seen('spans');
}

# Every span, with its attributes by name.
sub spans {
    my @spans = map { @{ $_->{spans} } } map { @{ $_->{scopeSpans} } } sent();
    for my $span (@spans) {
        $span->{attr} = { map { $_->{key} => (values %{ $_->{value} })[0] }
                          @{ $span->{attributes} } };
    }
    return @spans;
}

sub trace {
    my ($id) = @_;
    return { map { $_->{spanId} => $_ } grep { $_->{traceId} eq $id } spans() };
}

sub serve {
    while (my $c = $listener->accept) {
        my ($head, $length) = ('', 0);
        while (my $line = <$c>) {
            last if $line =~ /^\r?$/;
            $head .= $line;
            $length = $1 if $line =~ /^Content-Length: *(\d+)/i;
            print $c "HTTP/1.1 100 Continue\r\n\r\n" if $line =~ /^Expect:/i;
        }
        my $body = '';
        read $c, $body, $length if $length;
        my $spans = $head =~ m{^POST /v1/traces };
        my %said = $spans ? (kind => 'spans', body => $body) : (kind => 'call');
        for my $name ('traceparent', 'tracestate') {
            $said{$name} = $1 if $head =~ /^$name: *(.*?)\r?$/mi;
        }
        print $log JSON::PP->new->utf8->encode(\%said), "\n";
        $log->flush;
        printf $c "HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
            $spans ? '200 OK' : '500 Internal Server Error';
        close $c;
    }
}
