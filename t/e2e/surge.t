# Many generations started at once, all of them allowed to run: every one completes,
# a worker stays small, and whoever reads meanwhile does not notice.
#
# HR_E2E_SURGE=N       generations (40; the issue's figure is 200)
# HR_E2E_DATA=demo     the demo company (567 units) instead of t/data/small
# HR_E2E_MODEL=apart   the simulator in a server of its own
# HR_E2E_RATIO=N       GET p99 during the run, at most N times the idle one (not
#                      judged by default: on a shared machine it says little)

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant MEMORY_KB => 120 * 1024;

my $count = $ENV{HR_E2E_SURGE} || 40;
my $data  = $ENV{HR_E2E_DATA} // '';
my @urls  = ('/api/auth/me', '/api/profiles/');

my $apart  = ($ENV{HR_E2E_MODEL} // '') eq 'apart' && HR::Server->start(HR_LLM_DELAY => 1);
my $server = HR::Server->start(
    HR_LLM_DELAY => 1, HR_LLM_CONCURRENCY => $count,
    $data eq 'demo' ? (HR_DATA => '') : (),
    $apart ? (HR_LLM_URL => 'http://127.0.0.1:' . $apart->port . '/simulator') : ());
my $admin = $server->client;
my $token = $admin->{token};
my @pids  = $server->workers;

sub fresh { return HR::Client->new(port => $server->port, token => shift // $token) }

# A user may have 100 unfinished tasks.
my @tokens = map {
    my %account = (username => "tester$_", password => "password-of-tester-$_");
    my $made = $admin->post('/api/users', { %account, full_name => "Tester $_", role => 'hr' });
    $server->client(user => $account{username}, password => $account{password})->{token};
} 1 .. 4;

# Units and titles of the data: no two starts may join.
my @slots;
{
    my $items = fresh()->get('/api/organization/positions')->{json}{data}{items};
    my $step = int(@$items / $count) || 1;
    @slots = map {
        my $item = $items->[$_ * $step % @$items];
        { department => $item->{department_path},
          position   => $item->{position_name}
                        . ($_ * $step < @$items ? '' : ' ' . int($_ * $step / @$items)) };
    } 0 .. $count - 1;
}


# The probe: four clients, two at each worker, and each asks every 16 ms, by turns
# for one thing and the other.
sub probe {
    my ($stop) = @_;

    my @seconds = HR::Client::parallel(4, sub {
        my ($k) = @_;
        my $client = $server->client_of($pids[$k % 2], token => $token);
        my $due = time + $k * 0.004;
        my %seconds;
        for (my $i = 0; $i < 40 || !$stop->(); $i++) {   # a loaded machine may be late
            my $wait = $due - time;
            sleep $wait if $wait > 0;
            my $url = $urls[$i % 2];
            my $answer = $client->get($url);
            push @{ $seconds{$url} }, $answer->{seconds};
            push @{ $seconds{bad} }, "$url: $answer->{status}" if $answer->{status} != 200;
            $due += 0.016 while $due < time;
        }
        return \%seconds;
    });

    my %all;
    for my $one (@seconds) {
        die $one->{died} if $one->{died};
        push @{ $all{$_} }, @{ $one->{$_} } for keys %$one;
    }
    return \%all;
}

sub figures {
    my ($seconds) = @_;
    return map { my $url = $_;
                 map { 1e3 * HR::Client::percentile($_, @{ $seconds->{$url} }) } 50, 99 }
           @urls;
}

my $idle_until = time + ($count > 100 ? 8 : 2);
fresh()->get($_) for @urls;
my $idle = probe(sub { time > $idle_until });


# The run

my $begin = time;

my @results = HR::Client::parallel(3, sub {
    my ($role) = @_;

    if ($role == 0) {
        return probe(sub { -e $server->home . '/done' });
    }

    if ($role == 1) {
        my (%max, %private);
        until (-e $server->home . '/done') {
            for my $pid (@pids) {
                my $m = HR::Server::memory_kb($pid);
                my $own = $m->{rss} - ($m->{shared} // 0);
                $max{$pid}     = $m->{rss} if $m->{rss} > ($max{$pid} // 0);
                $private{$pid} = $own if $own > ($private{$pid} // 0);
            }
            sleep 0.2;
        }
        return { rss => [values %max], private => [values %private] };
    }

    # Starts all, then waits for all.
    my @ids = map { @$_ } HR::Client::parallel(4, sub {
        my ($k) = @_;
        my $client = fresh($tokens[$k]);
        return [map {
            my $answer = $client->post('/api/generation/start', $slots[$_]);
            $answer->{json}{task_id} // "status $answer->{status} $answer->{body}";
        } grep { $_ % 4 == $k } 0 .. $#slots];
    });
    my $started = time - $begin;

    my $client = fresh();
    my $left = 1;
    HR::Server::wait_until(120, sub {
        sleep 0.3;
        my $answer = $client->get('/api/dashboard/stats/minimal');
        $left = $answer->{json}{data}{active_tasks_count};
        return defined $left && $left == 0;
    });
    my $seconds = time - $begin;
    open my $done, '>', $server->home . '/done';

    my %status = map { $_->{task_id} => $_ }
                 map { @{ fresh($_)->get('/api/generation/tasks/active')->{json} } } @tokens;
    return { ids => \@ids, left => $left, started => $started, seconds => $seconds,
             ends => { map { ($status{$_}{status} // 'missing') => 1 } @ids },
             failures => [map { $_->{error_message} // () } values %status],
             profiles => scalar keys %{{ map { ($_->{profile_id} // '') => 1 }
                                         values %status }} };
});

my ($busy, $memory, $run) = @results;
ok(!$run->{died}, 'the run came to its end') or BAIL_OUT($run->{died});

is_deeply([grep { !/\A[0-9a-f-]{36}\z/ } @{ $run->{ids} }], [], "$count are started");
is_deeply($run->{ends}, { completed => 1 }, 'all complete') or diag(@{ $run->{failures} });
is($run->{profiles}, $count, 'each with a profile of its own');
is_deeply($busy->{bad} // [], [], 'every GET was answered');

my $largest = HR::Client::percentile(100, @{ $memory->{private} });
cmp_ok($largest, '<', MEMORY_KB, 'a worker takes less than 120 MB');

my $calls = ($apart || $server)->client->get('/simulator/stats')->{json};
diag(sprintf '%d generations in %.1f s (started within %.1f s), at most %d calls at once',
     $count, $run->{seconds}, $run->{started}, $calls->{max_open} // 0);
diag(sprintf 'largest worker: RSS %.1f MB, without shared %.1f MB',
     HR::Client::percentile(100, @{ $memory->{rss} }) / 1024, $largest / 1024);

my (@idle, @busy) = ();
@idle = figures($idle);
@busy = figures($busy);
for my $k (0, 1) {
    my $ratio = $busy[2 * $k + 1] / $idle[2 * $k + 1];
    diag(sprintf 'GET %-15s idle p50 %.2f p99 %.2f ms (%d), during p50 %.2f p99 %.2f ms'
                 . ' (%d): %.1f times', $urls[$k], @idle[2 * $k, 2 * $k + 1],
         scalar @{ $idle->{ $urls[$k] } }, @busy[2 * $k, 2 * $k + 1],
         scalar @{ $busy->{ $urls[$k] } }, $ratio);
    cmp_ok($ratio, '<=', $ENV{HR_E2E_RATIO}, "GET $urls[$k]: p99 stays near the idle one")
        if $ENV{HR_E2E_RATIO};
}

# When it is over, the memory is there for others again.
my $after = HR::Client::percentile(100, map { my $m = HR::Server::memory_kb($_);
                                              $m->{rss} - $m->{shared} } $server->workers);
diag(sprintf 'a worker afterwards: %.1f MB without shared', $after / 1024);

$_ && $_->log_is_clean('no alerts') for $server, $apart;
ok($server->stop, 'it ends in order');

done_testing();
