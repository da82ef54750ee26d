# Many requests of every kind (mix.lua, sent by wrk): memory and descriptors stay where
# they are.  A round is 5,000 requests; the first quarter warms up: the database grows with
# the audit trail, and the engine keeps up to 8 MiB of its pages for each thread, so these
# are filled before anything is measured.

use strict;
use utf8;
use warnings;

use HR::Client ();
use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant { REQUESTS => 5_000, SLOPE_KB => 1 };      # a thousand requests and worker

# Slope of a line through points [x, y].
sub slope {
    my (@points) = @_;

    my ($n, $sx, $sy, $sxx, $sxy) = (scalar @points, 0, 0, 0, 0);
    for (@points) {
        my ($x, $y) = @$_;
        $sx += $x; $sy += $y; $sxx += $x * $x; $sxy += $x * $y;
    }
    my $d = $n * $sxx - $sx * $sx;
    return $d ? ($n * $sxy - $sx * $sy) / $d : 0;
}

# Sends requests for some seconds; how many were answered, how many not.
sub shoot {
    my ($seconds, $seed) = @_;

    local @ENV{qw( HR_MIX_TOKEN HR_MIX_PROFILES HR_MIX_SEED )} =
        ($server->client->{token}, join(',', @{ $run{profiles} }), $seed);
    my $to = 'http://127.0.0.1:' . $server->port;
    my $said = `wrk -t1 -c8 -d${seconds}s --timeout 60s -s t/fault/mix.lua $to 2>&1`;
    my ($done) = $said =~ /(\d+) requests in/ or die "wrk: $said\n";
    my ($bad) = $said =~ /Socket errors: (.*)/;
    return ($done, $bad);
}

# Every thread of every worker reads the whole trail.
sub fill_pages {
    my ($token, $port) = ($server->client->{token}, $server->port);

    HR::Client::parallel(6, sub {
        my $client = HR::Client->new(port => $port, token => $token, timeout => 60);
        for (1 .. 10) {
            $client->get('/api/admin/audit/verify');
            $client->close;
        }
    });
}

# Blocks of memory that a worker has in use while nothing is asked: its watch of the
# database tells, twice a second.
sub blocks {
    my ($pid) = @_;

    fault(pid => $pid);
    sleep 0.8;
    return (HR::Fault::allocations())[2];
}

sub soak {
    my ($rounds) = @_;

    plan_wrk() or return pass('soak: wrk is not there # skip');
    prepare(HR_LLM_DELAY => 0.1, HR_ACCESS_LOG => 'off');
    load_begin(no_generations => 1);
    load_end();
    my ($total, $want, $round, @bad) = (0, $rounds * REQUESTS, 0);
    my (%memory, %blocks, $fds);
    my @before = $server->workers;

    while ($total < $want) {
        my ($done, $bad) = shoot($want < 100_000 ? 4 : 15, int rand 1e6);
        $total += $done;
        push @bad, $bad if defined $bad;
        next if $total < $want / 4;
        if (!defined $fds) {
            $fds = join ' ', descriptors();
            fill_pages();
            next;
        }
        push @{ $memory{$_} }, [$total / 1000, HR::Server::memory_kb($_)->{private}]
            for $server->workers;
        push @{ $blocks{$_} }, [$total / 1000, blocks($_)] for $server->workers;
        note("soak: $total requests, ", join ', ', map {
            "worker: $memory{$_}[-1][1] KB" } sort keys %memory) if $round++ % 5 == 0;
    }

    is_deeply(\@bad, [], "soak: $total requests, each was answered");
    is_deeply([$server->workers], \@before, 'soak: by the same workers');
    for my $pid (sort keys %memory) {
        my @points = @{ $memory{$pid} };
        @points = @points[@points / 2 .. $#points];
        my $slope = slope(@points);
        my $text = sprintf '%.2f KB for a thousand requests, %d to %d KB', $slope,
                           $points[0][1], $points[-1][1];
        # less does not fill what the engine keeps: then the figure says nothing
        ok($want < 1_000_000 || $slope < SLOPE_KB, "soak: memory of a worker: $text");
        @points = @{ $blocks{$pid} };
        @points = @points[@points / 2 .. $#points];
        note(sprintf 'soak: blocks in use: %.2f for a thousand requests, %d to %d',
             slope(@points), $points[0][1], $points[-1][1]);
    }
    check('soak', faults => $total, end => 200);
    note("soak: descriptors after the first quarter $fds, at the end ", join ' ', descriptors());
}

sub plan_wrk { return scalar grep { -x "$_/wrk" } split /:/, $ENV{PATH} }

(soak => \&soak);
