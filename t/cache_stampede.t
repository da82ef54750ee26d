# Many requests for one answer that is not in the cache: one renders, the others
# wait for it (design: shared memory).
#
# Hashing of passwords shares the only thread that renders here, so that a login
# holds everything up for a quarter of a second.

use HR::Test 'no_plan';
use HR::Client ();
use Time::HiRes ();

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(main_config => "thread_pool hr_one threads=1 max_queue=256;\n");
    $block->set_value(config => <<'EOT');
add_header X-Cache $hr_cache always;
add_header X-Worker $pid always;
EOT
    my $cost = $block->bcrypt_cost // 12;
    $block->set_value(hr_config => <<"EOT" . ($block->hr_config // ''));
hr_thread_pools read=hr_one cpu=hr_one write=hr_write
hr_bcrypt_cost $cost
hr_cache size=8m shards=4
EOT
});

sub client { return HR::Client->new(port => $ENV{TEST_NGINX_SERVER_PORT}, timeout => 20, @_) }

# One process for each job: [seconds to wait, sub].  Returns what they returned.
sub together {
    my (@jobs) = @_;

    return HR::Client::parallel(scalar @jobs, sub {
        my ($delay, $code) = @{ $jobs[ $_[0] ] };
        Time::HiRes::sleep($delay);
        return $code->();
    });
}

sub login_job {
    return [0, sub { client()->login('admin', password_of('admin')); return {} }];
}

# Who is asked answers: {status, cache, worker, seconds, json}.
sub get_job {
    my ($delay, $url, $client) = @_;

    $client //= client(token => HR::Test::State::token('admin'));
    return [$delay, sub {
        my $answer = $client->get($url);
        return { status => $answer->{status}, cache => $answer->{headers}{'x-cache'},
                 worker => $answer->{headers}{'x-worker'}, json => $answer->{json},
                 seconds => $answer->{seconds} };
    }];
}

# A connection to that worker.
sub client_of {
    my ($worker) = @_;

    for (1 .. 500) {
        my $client = client(token => HR::Test::State::token('admin'));
        return $client if $client->get('/api/auth/me')->{headers}{'x-worker'} == $worker;
        $client->close;
    }
    die "no connection to worker $worker\n";
}

sub count {
    my ($cache, @answers) = @_;

    die "status $_->{status}\n" for grep { $_->{status} != 200 } @answers;
    return scalar grep { $_->{cache} eq $cache } @answers;
}

sub misses {
    my (@answers) = @_;

    return 'misses: ' . join(', ', map { sprintf '%.3f s', $_->{seconds} }
                             sort { $a->{seconds} <=> $b->{seconds} }
                             grep { $_->{cache} eq 'MISS' } @answers) . "\n";
}

run_tests();

__DATA__

=== TEST 1: of many requests for the same answer one renders, in all workers together
--- login
--- setup
api(GET => '/api/auth/me');
my @got = together(login_job(),
                   map { get_job(0.1, '/api/organization/positions') } 1 .. 24);
my @answers = @got[1 .. $#got];
my %workers = map { $_->{worker} => 1 } @answers;
die "one worker answered all\n" if keys %workers != 2;
die misses(@answers) if count(MISS => @answers) != 1;
die 'hits: ' . count(HIT => @answers) if count(HIT => @answers) != 23;
--- request
GET /api/organization/positions
--- response_headers
X-Cache: HIT



=== TEST 2: who waits for the list of before a write does not get it after the write
--- hr_database: t/data/profiles.sql
--- login
--- setup
my $id = 'bbbbbbbb-0000-4000-8000-000000000009';
my $list = '/api/profiles/?limit=100';
api(GET => '/api/auth/me');
my @got = together(
    login_job(),
    get_job(0.1, $list), get_job(0.1, $list),
    [0.2, sub {
        api(PUT => "/api/profiles/$id", { employee_name => 'Test Person' });
        my $again = get_job(0, $list);
        return $again->[1]->();
    }],
);
my ($card) = grep { $_->{profile_id} eq $id } @{ $got[3]{json}{profiles} };
die "status $got[3]{status}\n" if $got[3]{status} != 200;
die "stale: $card->{employee_name}\n" if $card->{employee_name} ne "Test Person";
--- request
GET /api/profiles/?limit=100
--- json
profiles[0].employee_name = Test Person



=== TEST 3: when the worker that renders is killed, one of those who wait takes over
The hash takes a second; the worker is stopped while its rendering is queued behind it,
others begin to wait, and the kill comes then.
--- bcrypt_cost: 14
--- login
--- setup
api(GET => '/api/auth/me');
my %seen;
for (1 .. 200) {
    $seen{ client(token => HR::Test::State::token('admin'))->get('/api/auth/me')
           ->{headers}{'x-worker'} } = 1;
    last if keys %seen == 2;
}
my ($victim, $other) = sort keys %seen;
my $hashing = client_of($victim);
$hashing->{token} = undef;
my $rendering = client_of($victim);
my @waiting = map { client_of($other) } 1 .. 8;
my $url = '/api/organization/positions';
my @got = together(
    [0, sub { $hashing->login('admin', password_of('admin')); return {} }],
    [0.25, sub { $rendering->get($url); return {} }],
    [0.55, sub { kill STOP => $victim; Time::HiRes::sleep(0.6); kill KILL => $victim; return {} }],
    (map { get_job(0.8, $url, $_) } @waiting),
);
my @answers = @got[3 .. 10];
my ($slowest) = sort { $b <=> $a } map { $_->{seconds} } @answers;
# the successor of a dead worker ends what is cached once more: perhaps under the one
# that renders, and then another must
my $rendered = count(MISS => @answers);
die misses(@answers) if $rendered < 1 || $rendered > 2;
die 'hits: ' . count(HIT => @answers) if count(HIT => @answers) != 8 - $rendered;
die "waited for a dead worker: $slowest s\n" if $slowest > 1.5;
die "nobody waited: $slowest s\n" if $slowest < 0.03;
--- request
GET /api/organization/positions
--- error_log eval
[qr/exited on signal 9/]



=== TEST 4: requests for something that cannot be cached all get their answer
--- login
--- setup
api(GET => '/api/auth/me');
my $url = '/api/profiles/eeeeeeee-0000-4000-8000-000000000001/versions';
my @got = together(login_job(), map { get_job(0.1, $url) } 1 .. 12);
my @answers = @got[1 .. $#got];
die "status $_->{status}\n" for grep { $_->{status} != 404 } @answers;
my ($slowest) = sort { $b <=> $a } map { $_->{seconds} } @answers;
die "$slowest s\n" if $slowest > 1.9;
--- request
GET /api/profiles/eeeeeeee-0000-4000-8000-000000000001/versions
--- error_code: 404
