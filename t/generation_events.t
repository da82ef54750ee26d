# GET /api/generation/{id}/events: progress as server-sent events (I-71).

use HR::Test 'no_plan';
use HR::Test::Generation;

run_tests();

__DATA__

=== TEST 1: progress, sections in their order, the end; ids are new each time
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1.5 concurrency=4 timeout=10s;
--- setup
my $id = start();
my $stream = events($id);
my @names = map { $_->{event} } @{ $stream->{events} };
my @progress = map { $_->{json}{progress} } grep { $_->{event} eq 'progress' } @{ $stream->{events} };
my @sections = map { $_->{json}{section} } grep { $_->{event} eq 'section' } @{ $stream->{events} };
my %ids = map { $_->{id} => 1 } @{ $stream->{events} };
my $end = $stream->{events}[-1];
set(id => $id, type => $stream->{headers}{'content-type'}, cache => $stream->{headers}{'cache-control'},
    first => $names[0], last => $names[-1], ends => scalar(grep { $_ eq 'end' } @names),
    rising => (join(',', @progress) eq join(',', sort { $a <=> $b } @progress)) + 0,
    between => scalar(grep { $_ > 30 && $_ < 85 } @progress) > 1 ? 1 : 0,
    sections => scalar @sections, section => "$sections[0],$sections[1]",
    unique => scalar(keys %ids) == @names ? 1 : 0,
    status => "$end->{json}{status},$end->{json}{progress}," . ($end->{json}{profile_id} ? 1 : 0));
--- login
--- request
GET /api/generation/{{id}}/status
--- json
task.status = completed
--- db
SELECT '{{type}}' LIKE 'text/event-stream%', '{{cache}}' => 1|no-store
SELECT '{{first}} {{last}} {{ends}}' => progress end 1
SELECT '{{rising}} {{between}} {{unique}}' => 1 1 1
SELECT {{sections}} > 12, '{{section}}' => 1|reasoning_context_analysis,position_title
SELECT '{{status}}' => completed,100,1



=== TEST 2: who comes back with Last-Event-ID hears only what is new; after the end 204 keeps him away
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1.5 concurrency=4 timeout=10s;
--- setup
my $id = start();
my $first = events($id, sub { $_[0]{event} eq 'section' && $_[0]{json}{count} == 3 });
my $known = $first->{events}[-1]{id};
my $again = events($id, undef, headers => { 'Last-Event-ID' => $known });
my @sections = map { $_->{json}{section} } grep { $_->{event} eq 'section' }
               @{ $first->{events} }, @{ $again->{events} };
my %once = map { $_ => 1 } @sections;
set(id => $id, all => scalar(@sections), once => scalar(keys %once),
    last => $again->{events}[-1]{id});
--- login
--- more_headers
Last-Event-ID: {{last}}
--- request
GET /api/generation/{{id}}/events
--- error_code: 204
--- db
SELECT {{all}} > 12, {{all}} = {{once}} => 1|1



=== TEST 3: a task that has ended is told at once
--- setup
my $id = generate();
my $stream = events($id);
set(n => scalar @{ $stream->{events} }, event => $stream->{events}[0]{event},
    status => $stream->{events}[0]{json}{status});
--- request
GET /health
--- db
SELECT '{{n}} {{event}} {{status}}' => 1 end completed



=== TEST 4: a waiting task is told with its place, then runs, then ends
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:0.7 concurrency=1 timeout=10s;
--- setup
start(position => 'Ведущий программист');
Time::HiRes::sleep(0.2);
my $stream = events(start());
my ($first) = @{ $stream->{events} };
set(first => "$first->{json}{status} $first->{json}{queue_position}",
    last => $stream->{events}[-1]{json}{status},
    seen => join ' ', do { my %s; grep { !$s{$_}++ } map { $_->{json}{status} // () } @{ $stream->{events} } });
--- request
GET /health
--- db
SELECT '{{first}}' => queued 1
SELECT '{{seen}}' => queued processing completed



=== TEST 5: a cancelled task ends the stream within a second
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:5 concurrency=1 timeout=10s;
--- setup
my $id = start();
my $begin;
my $stream = events($id, sub {
    if ($_[0]{event} eq 'section' && !$begin) {
        $begin = Time::HiRes::time();
        api(DELETE => "/api/generation/$id");
    }
    return 0;
});
set(status => $stream->{events}[-1]{json}{status},
    quick => Time::HiRes::time() - $begin < 1.5 ? 1 : 0);
--- request
GET /health
--- db
SELECT '{{status}} {{quick}}' => cancelled 1



=== TEST 6: a failed attempt shows as a new one; a failed task ends with its code
--- hr_config
hr_llm location=/llm model=simulator/sim/status:500+retry-after:2 concurrency=1 timeout=10s attempts=2;
--- setup
# the pause may have begun when the stream does
my $stream = events(start());
my ($last) = $stream->{events}[-1];
set(pauses => scalar(grep { ($_->{json}{retry_in_ms} // 0) > 0 } @{ $stream->{events} }),
    end => "$last->{event} $last->{json}{status} $last->{json}{error_code}");
--- request
GET /health
--- db
SELECT '{{end}}' => end failed upstream_5xx
SELECT {{pauses}} > 0 => 1



=== TEST 7: a stream is as private as its task
--- users
anna boris
--- setup
set(id => generate(user => 'anna'));
--- login eval
["boris", "anna", "admin", undef]
--- request eval
["GET /api/generation/{{id}}/events", "GET /api/generation/nothing/events",
 "HEAD /api/generation/{{id}}/events", "GET /api/generation/{{id}}/events"]
--- error_code eval
[403, 404, 403, 401]



=== TEST 8: many listeners, in both workers, all hear the end
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=1 timeout=10s;
--- setup
my $id = start();
my $token = HR::Test::State::token('admin');
my @ends = HR::Client::parallel(12, sub {
    my $client = HR::Test::State::client();
    $client->{token} = $token;
    my $stream = $client->events("/api/generation/$id/events", undef, seconds => 10);
    return [$stream->{events}[-1]{event}, scalar(grep { $_->{event} eq 'section' } @{ $stream->{events} })];
});
set(ends => scalar grep { ref $_ eq 'ARRAY' && $_->[0] eq 'end' } @ends);
--- request
GET /health
--- db
SELECT '{{ends}}' => 12



=== TEST 9: listeners that leave, and a quitting worker, leave nothing behind
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=1 timeout=10s;
--- setup
my $id = start();
for (1 .. 5) {
    events($id, sub { 1 });
}
my $stream = events($id, sub {
    if ($_[0]{event} eq 'section' && $_[0]{json}{count} == 2) {
        kill HUP => do { open my $in, '<', server_root() . '/logs/nginx.pid'; <$in> };
    }
    return 0;
});
set(last => $stream->{events}[-1]{event});
set(status => ended($id));
--- request
GET /health
--- db
SELECT '{{last}} {{status}}' => bye completed



=== TEST 10: a stream ends with its session, in the other worker as well
--- users
anna boris
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:2 concurrency=4 timeout=10s;
--- setup
my $admin = sql("SELECT id FROM users WHERE username = 'boris'");
my %last;
my %end = (
    anna => sub { api(POST => '/api/auth/logout', undef, user => 'anna') },
    boris => sub { api(PUT => "/api/users/$admin", { is_active => JSON::PP::false() }) },
);
for my $user (sort keys %end) {
    my $id = start(user => $user);
    my $token = token_of($user);
    my $client = HR::Test::State::client();
    $client->{token} = $token;
    my $done = 0;
    my $stream = $client->events("/api/generation/$id/events", sub {
        if ($_[0]{event} eq 'section' && !$done++) {
            $end{$user}->();
        }
        return 0;
    }, seconds => 10);
    $client->{token} = undef;
    $last{$user} = $stream->{events}[-1]{event};
    $last{"$user again"} = ask(GET => "/api/generation/$id/events", undef, token => $token)->{status};
}
set(anna => $last{anna}, boris => $last{boris}, again => $last{'anna again'} . $last{'boris again'});
--- request
GET /health
--- db
SELECT '{{anna}} {{boris}} {{again}}' => bye bye 401401



=== TEST 11: another login of the user ends a stream with "bye"; who comes back hears the rest
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1.5 concurrency=4 timeout=10s;
--- setup
my $id = start();
my $done = 0;
my $stream = events($id, sub {
    if ($_[0]{event} eq 'section' && !$done++) {
        api(POST => '/api/auth/login',
            { username => 'admin', password => password_of('admin') }, user => undef);
    }
    return 0;
});
my ($known) = grep { defined } reverse map { $_->{id} } @{ $stream->{events} };
my $again = events($id, undef, headers => { 'Last-Event-ID' => $known });
set(first => $stream->{events}[-1]{event}, last => $again->{events}[-1]{event});
--- request
GET /health
--- db
SELECT '{{first}} {{last}}' => bye end
