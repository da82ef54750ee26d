# The wall clock jumps: seconds, hours, years, to and fro, while tasks run and tokens
# are in use.  Durations come from a clock that nobody sets; dates may look odd, nothing
# else may.

use strict;
use utf8;
use warnings;

use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

sub clock {
    my ($rounds) = @_;

    prepare();
    load_begin();
    my $client = $server->client;
    my $refused = 0;
    for my $round (1 .. $rounds) {
        # within the life of a token, so that the load goes on
        my $seconds = (10, 60, 3600, 20_000)[rand 4] * (rand() < 0.5 ? -1 : 1);
        fault(clock => $seconds * 1_000_000);
        sleep 0.2 + rand 0.3;
        $refused++ if $client->get('/api/profiles/')->{status} != 200;
    }
    fault();
    is($refused, 0, 'clock: no request was refused');
    load_end();
    my @failed = grep { $_->[0] ne '200' } ledger('writes'), ledger('tasks');
    is(scalar @failed, 0, 'clock: no write and no start failed') or diag(map { "@$_" } @failed);

    # years: old tokens end, new ones work, and so does everything again at home
    for my $days (400, -400) {
        fault(clock => $days * 86_400 * 1_000_000);
        sleep 1.2;
        my $there = $server->client;
        is($there->get('/api/profiles/')->{status}, 200, "clock: $days days away a login works");
        my $task = start_task($there, position => "Путник $days");
        ok(HR::Server::wait_until(20, sub {
            sql("SELECT status FROM generation_tasks WHERE id = '$task'") eq 'completed' }),
           "clock: $days days away a task completes");
    }
    fault();
    sleep 1.2;
    check('clock', faults => $rounds + 2);
}

(clock => \&clock);
