# Faults of processes: killed, stopped, replaced, reloaded.

use strict;
use utf8;
use warnings;

use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

sub worker_kill {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds * 5) {
        sleep 0.1 + rand 0.2;
        my @workers = $server->workers or next;
        kill KILL => $workers[rand @workers];
    }
    check('worker-kill', faults => $rounds * 5, allowed => [qr/exited on signal 9/]);
}

sub kill_everything {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds) {
        sleep 0.2 + rand 0.5;
        $server->kill_all;
        $server->up;
    }
    check('kill-all', faults => $rounds, allowed => [qr/exited on signal 9/]);
}

# The master alone: its workers serve on and say so; a start is refused while they hold
# the port; when they have ended - in order or not - the next start takes over.
sub master_kill {
    my ($rounds) = @_;

    prepare();
    load_begin();
    my ($served, $refused, $told) = (0, 0, 0);
    for my $round (1 .. $rounds) {
        sleep 0.2 + rand 0.5;
        my ($master, @orphans) = ($server->master, $server->workers);
        kill KILL => $master;
        HR::Server::wait_until(5, sub { !kill 0, $master });

        my $mark = 'orphan-' . $round;
        my $answer = $server->client->put("/api/profiles/$run{profiles}[0]",
                                          { employee_name => $mark });
        $served++ if $answer->{status} == 200
            && sql("SELECT employee_name FROM profiles WHERE id = '$run{profiles}[0]'") ne '';
        $told++ if HR::Server::wait_until(5, sub {
            my $log = $server->error_log;
            !grep { $log !~ /master process $master is gone.*-QUIT $_\b/ } @orphans });
        my ($ok, $said) = start_with(sub { });
        $refused++ if !$ok && $said =~ /Address already in use/;

        kill $round % 2 ? 'QUIT' : 'KILL', @orphans;
        ok(HR::Server::wait_until(30, sub { !grep { kill 0, $_ } @orphans }),
           'master-kill: its workers have ended') or last;
        $server->up;
    }
    is($served, $rounds, 'master-kill: workers without a master serve and store');
    is($told, $rounds, 'master-kill: each says what to do');
    is($refused, $rounds, 'master-kill: a start beside them is refused');
    check('master-kill', faults => $rounds,
          allowed => [qr/Address already in use|still could not bind/]);
}

sub stop_cont {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds) {
        my @workers = $server->workers or next;
        my $pid = $workers[rand @workers];
        kill STOP => $pid;
        sleep 0.3 + rand 0.7;
        kill CONT => $pid;
        sleep 0.2;
    }
    check('stop-cont', faults => $rounds);
}

# A worker that quits closes kept connections: who sends at that moment gets no
# answer and knows that nothing was done (RFC 9112 9.3.1).  Nothing else may fail.
sub unanswered {
    my ($name) = @_;

    my @failed = grep { $_->[0] ne '200' } ledger('writes'), ledger('tasks');
    my @closed = grep { $_->[2] =~ /closed without an answer|reset by peer|Broken pipe/ } @failed;
    is(scalar @failed - @closed, 0, "$name: no request failed") or diag(map { "@$_" } @failed);
    is(scalar(grep { lost_of(undef, $_->[1]) == 0 } grep { $_->[1] =~ /fault/ } @closed), 0,
       "$name: of " . @closed . ' that met a closing connection none was done');
}

sub hup {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds) {
        $server->signal('HUP');
        sleep 0.6 + rand 0.4;
    }
    load_end();
    unanswered('hup');
    check('hup', faults => $rounds);
}

# A new binary beside the old one on the same sockets, then the old one leaves
# ("Upgrading Executable on the Fly" of nginx): under load, again and again.
sub upgrade {
    my ($rounds) = @_;

    prepare();
    load_begin();
    for (1 .. $rounds) {
        my $old = $server->master;
        my @old = $server->workers;
        kill USR2 => $old;
        ok(HR::Server::wait_until(10, sub {
            my $new = $server->master;
            $new && $new != $old && $server->workers == 2;
        }), 'upgrade: the new one runs') or last;
        sleep 0.1 + rand 0.3;
        kill QUIT => $old;
        ok(HR::Server::wait_until(30, sub { !grep { kill 0, $_ } $old, @old }),
           'upgrade: the old one leaves');
    }
    load_end();
    unanswered('upgrade');
    check('upgrade', faults => $rounds);
}

(
    'worker-kill' => \&worker_kill,
    'kill-all'    => \&kill_everything,
    'master-kill' => \&master_kill,
    'stop-cont'   => \&stop_cont,
    'hup'         => \&hup,
    'upgrade'     => \&upgrade,
);
