# kill -9 at a random moment: of the worker that runs a generation, and of all
# processes.  The next status poll works, every task completes, each has made
# exactly one profile and left one row of history for each attempt; no write that
# was acknowledged is lost.
#
# HR_E2E_KILLS=N   times of each kind (3; twenty for a long run)
# HR_E2E_SEED=N    the moments of an earlier run

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

# At once, so that both workers have some.
my @titles = ('Программист', 'Ведущий программист', 'Младший программист');

my $kills = $ENV{HR_E2E_KILLS} || 3;
my $seed  = $ENV{HR_E2E_SEED} || time & 0xffff;
srand $seed;
diag("HR_E2E_SEED=$seed") if $kills > 3;

my $server = HR::Server->start(HR_LLM_DELAY => 0.4);
my $token  = $server->client->{token};
my (%moments, @polls, @slow, @lost, @unread, $tasks);

sub fresh { return HR::Client->new(port => $server->port, token => $token, @_) }

sub start {
    my ($round) = @_;

    my $client = fresh();
    return map {
        my $answer = $client->post('/api/generation/start', {
            department => 'Отдел разработки', position => $_,
            employee_name => "Проверка $round" });
        $tasks++;
        $answer->{json}{task_id} // die "start: $answer->{status} $answer->{body}\n";
    } @titles;
}

# Where the first task stood when it happened, and who ran it.
sub moment {
    my ($id) = @_;

    my ($row) = $server->sql("SELECT status, coalesce(lease_owner, '') FROM"
                             . " generation_tasks WHERE id = '$id'");
    my ($status, $owner) = @$row;
    return ($status, $owner =~ /\A\d+:(\d+):/ ? $1 : undef);
}

sub wait_for {
    my ($round, @ids) = @_;

    my $begin = time;
    for my $id (@ids) {
        my $client = fresh();
        my $task;
        my $ended = HR::Server::wait_until(40, sub {
            my $answer = $client->get("/api/generation/$id/status");
            $task = $answer->{json}{task} or return $answer->{status};
            return $task->{status} !~ /\A(?:queued|processing)\z/;
        });
        push @slow, "round $round: $id: " . ($ended ? $task ? "$task->{status}: "
            . ($task->{error_message} // '') : "poll $ended" : 'does not end')
            if !$ended || !$task || $task->{status} ne 'completed';
    }
    return time - $begin;
}

# The poll that follows at once, on a new connection as a new client would.
sub poll {
    my ($round, @ids) = @_;

    for my $id (@ids) {
        my $answer = fresh()->get("/api/generation/$id/status");
        push @polls, "round $round: $answer->{status} "
                     . ($answer->{error} // $answer->{body})
            if $answer->{status} != 200 || $answer->{json}{task}{task_id} ne $id;
    }
}


# A worker

my @seconds;
for my $round (1 .. $kills) {
    my @ids = start("один $round");
    sleep rand 0.7;

    my ($status, $pid) = moment($ids[0]);
    my @workers = $server->workers;
    ($pid) = @workers[rand @workers] if !$pid || !grep { $_ == $pid } @workers;
    kill KILL => $pid;
    $moments{$status}++;

    poll($round, @ids);
    push @seconds, wait_for($round, @ids);

    HR::Server::wait_until(5, sub { $server->workers == 2 })
        or push @slow, "round $round: the worker is not replaced";
}

is_deeply(\@polls, [], "$kills x kill -9 of a worker: the next status poll works");
is_deeply(\@slow, [], 'every task completes');
cmp_ok(HR::Client::percentile(100, @seconds), '<', 15, 'soon');
diag(sprintf 'kill of a worker: longest recovery %.1f s; the first task was %s',
     HR::Client::percentile(100, @seconds),
     join ', ', map { "$_ $moments{$_} times" } sort keys %moments) if $kills > 3;


# All of them, while somebody writes

(%moments, @polls, @slow, @seconds) = ();
my ($profile) = map { @$_ } $server->sql('SELECT id FROM profiles LIMIT 1');

for my $round (1 .. $kills) {
    my @ids = start("все $round");
    my $moment = time + rand 0.7;

    # A writer that goes on until it is cut off: what it was promised last.
    pipe my $in, my $out or die "pipe: $!\n";
    my $writer = fork() // die "fork: $!\n";
    if (!$writer) {
        close $in;
        my $client = fresh(timeout => 5);
        my ($n, $acknowledged) = (0, 0);
        while (1) {
            $n++;
            my $answer = $client->put("/api/profiles/$profile",
                                      { employee_name => "Запись $round $n" });
            last if $answer->{status} != 200;
            $acknowledged = $n;
        }
        syswrite $out, "$acknowledged\n";
        require POSIX;
        POSIX::_exit(0);
    }
    close $out;

    sleep $moment - time if $moment > time;
    my ($status) = moment($ids[0]);
    $moments{$status}++;
    $server->kill_all;

    my $acknowledged = <$in> // '';
    waitpid $writer, 0;
    chomp $acknowledged;

    $server->up;
    poll($round, @ids);

    my $name = fresh()->get("/api/profiles/$profile")->{json}{employee_name} // '';
    my ($kept) = $name =~ /\AЗапись $round (\d+)\z/;
    push @lost, "round $round: acknowledged $acknowledged, found '$name'"
        if $acknowledged > ($kept // 0) || ($kept // 0) > $acknowledged + 1;

    push @seconds, wait_for($round, @ids);
}

is_deeply(\@polls, [], "$kills x kill -9 of all: the first status poll after the start works");
is_deeply(\@slow, [], 'every task completes');
is_deeply(\@lost, [], 'no acknowledged write is lost');
diag(sprintf 'kill of all: longest recovery %.1f s; the first task was %s',
     HR::Client::percentile(100, @seconds),
     join ', ', map { "$_ $moments{$_} times" } sort keys %moments) if $kills > 3;


# What is left of it all

my ($count) = map { $_->[0] } $server->sql('SELECT count(*) FROM profiles');
is($count, $tasks, 'one profile for each task');

is_deeply([$server->sql('SELECT id, count(*) FROM profiles p JOIN profile_versions v'
                        . ' ON v.profile_id = p.id GROUP BY p.id HAVING count(*) <> 1')],
          [], 'each with one version');
is_deeply([$server->sql(<<'SQL')], [], 'one row of history for each attempt');
SELECT t.id, t.attempt, count(h.id), count(DISTINCT h.attempt), max(h.attempt),
       sum(h.status = 'success')
FROM generation_tasks t LEFT JOIN generation_history h ON h.task_id = t.id
GROUP BY t.id
HAVING count(h.id) <> t.attempt OR count(DISTINCT h.attempt) <> t.attempt
    OR max(h.attempt) <> t.attempt OR sum(h.status = 'success') <> 1
    OR sum(h.status = 'success' AND h.attempt = t.attempt) <> 1
SQL
# The simulator dies with the worker, so that a call of the other one may fail, too.
is_deeply([grep { !/\A(?:interrupted|upstream_\w+)\z/ } map { $_->[0] // '' }
           $server->sql('SELECT DISTINCT error_code FROM generation_history'
                        . " WHERE status <> 'success'")],
          [], 'attempts that were cut off say so');
is_deeply([$server->sql('PRAGMA integrity_check'), $server->sql('PRAGMA foreign_key_check')],
          [['ok']], 'the database is whole');

my ($repeated) = map { $_->[0] } $server->sql('SELECT count(*) FROM generation_history'
                                              . " WHERE status <> 'success'");
diag("$tasks tasks, $repeated attempts were cut off") if $kills > 3;

# What the shared memory says of running jobs is true again.
ok(HR::Server::wait_until(5, sub {
    my $answer = fresh()->get('/api/generation/tasks/active');
    return !grep { $_->{status} =~ /queued|processing/ } @{ $answer->{json} };
}), 'nothing is left running');

$server->log_is_clean('no alerts', qr/exited on signal 9/);
ok($server->stop, 'it ends in order');

done_testing();
