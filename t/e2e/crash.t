# Generations and the death of those who run them: nothing is lost, nothing is stored
# twice, each attempt is one row of the history (generation.md 2, improvements.md I-28).

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

my $server = HR::Server->start(HR_LLM_DELAY => 1.2, HR_LLM_CONCURRENCY => 8);
my $client = $server->client;

sub sql {
    my ($text) = @_;
    open my $out, '-|', 'sqlite3', '-cmd', '.timeout 10000', $server->home . '/profiles.db', $text
        or die "sqlite3: $!\n";
    my $printed = do { local $/; readline $out } // '';
    close $out;
    chomp $printed;
    return $printed;
}

sub start {
    my ($position, %body) = @_;
    my $answer = $client->post('/api/generation/start', {
        department => 'Отдел разработки', position => $position, %body });
    die "start: $answer->{status} $answer->{body}\n" if $answer->{status} != 200;
    return $answer->{json}{task_id};
}

sub task {
    my ($id) = @_;
    my $answer = $client->get("/api/generation/$id/status");
    return $answer->{json}{task} // { status => "http $answer->{status}" };
}

sub ended {
    my ($id, $seconds) = @_;
    my $task;
    HR::Server::wait_until($seconds // 15, sub {
        $task = task($id);
        $task->{status} =~ /\A(?:completed|failed|cancelled)\z/;
    });
    return $task;
}

# The pid of the worker that holds the lease.
sub runner {
    my ($id) = @_;
    return HR::Server::wait_until(5, sub {
        (split /:/, sql("SELECT lease_owner FROM generation_tasks WHERE id = '$id'"))[1];
    });
}

sub history {
    my ($id) = @_;
    return sql("SELECT attempt, status, coalesce(error_code, '') FROM generation_history"
               . " WHERE task_id = '$id' ORDER BY id");
}

# --- the worker that runs a generation is killed

my $one = start('Программист');
my $pid = runner($one);
sleep 0.3;
kill KILL => $pid;

$client->close;
like(task($one)->{status}, qr/\A(?:queued|processing)\z/, 'the next poll is answered');
my $task = ended($one);
is($task->{status}, 'completed', 'a task of a killed worker completes');
is(history($one), "1|failed|interrupted\n2|success|", 'one row for each attempt');
is(sql('SELECT count(*) FROM profiles'), 1, 'one profile');
is(sql('SELECT count(*) FROM profile_versions'), 1, 'one version');

# --- everything is killed, and started again

my @ids = map { start($_) } 'Ведущий программист', 'Младший программист', 'Руководитель отдела';
runner($_) for @ids;
sleep 0.3;
$server->kill_all;
$client->close;
my $queued = sql("SELECT count(*) FROM generation_tasks WHERE status = 'processing'");
is($queued, 3, 'three tasks were running when all died');

$server->up;
$client->close;
is_deeply([map { ended($_)->{status} } @ids], [('completed') x 3], 'they complete after the start');
is(history($_), "1|failed|interrupted\n2|success|", 'one row for each attempt') for @ids;
is(sql('SELECT count(*) FROM profiles'), 4, 'one profile each');

# --- killed while the result is being written: many at once, again and again

my @many = map { start("Испытатель $_") } 1 .. 24;
my $rounds = 0;
my $until = time + 12;
while (time < $until && sql("SELECT count(*) FROM generation_tasks WHERE status IN"
                            . " ('pending', 'processing')") > 0)
{
    sleep 1.3;
    my @workers = $server->workers or next;
    kill KILL => $workers[rand @workers];
    $rounds++;
}

$client->close;
my %ends;
$ends{ ended($_, 30)->{status} }++ for @many;
cmp_ok($ends{completed} // 0, '>=', 20, "of 24 tasks under $rounds kills most complete");
is(($ends{completed} // 0) + ($ends{failed} // 0), 24, 'and all end');
is(sql("SELECT count(*) FROM profiles WHERE position LIKE 'Испытатель%'"), $ends{completed},
   'each completed one has exactly one profile');
is(sql("SELECT count(*) FROM generation_history h JOIN generation_tasks t ON t.id = h.task_id"
       . " WHERE h.status = 'success' AND t.position LIKE 'Испытатель%'"), $ends{completed},
   'and exactly one successful row of the history');
is(sql('SELECT count(*) FROM (SELECT 1 FROM generation_history GROUP BY task_id, attempt'
       . ' HAVING count(*) > 1)'), 0, 'no attempt is in the history twice');
is(sql("SELECT count(*) FROM generation_tasks WHERE status = 'failed' AND error_code"
       . " <> 'interrupted'"), 0, 'who fails was interrupted too often');
is(sql("SELECT count(*) FROM generation_tasks WHERE lease_owner IS NOT NULL"), 0,
   'no lease is left');

# --- HUP and QUIT: a running call ends, what waits goes to the next workers

my @before = $server->workers;
@ids = map { start("Сменщик $_") } 1 .. 12;
sleep 0.4;
$server->signal('HUP');
is_deeply([map { ended($_, 30)->{status} } @ids], [('completed') x 12], 'a reload loses none');
is(sql("SELECT count(*) FROM generation_history h JOIN generation_tasks t ON t.id = h.task_id"
       . " WHERE t.position LIKE 'Сменщик%' AND h.status <> 'success'"), 0,
   'and interrupts none');
ok(HR::Server::wait_until(15, sub { my %now = map { $_ => 1 } $server->workers;
                                    !grep { $now{$_} } @before }), 'the old workers leave');

$server->log_is_clean('no alerts', qr/exited on signal 9/, qr/shared memory zone.*was locked by/);
ok($server->stop, 'it ends in order');
undef $server;

done_testing();
