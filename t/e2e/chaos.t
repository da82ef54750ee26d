# Generations against a model that fails in every way it was seen to fail, 30 of 100
# times, while a worker is killed every other second: each ends, each completed one
# has exactly one profile, none is stuck or done twice, and the ledger of costs is
# the model's own, attempt by attempt.
#
# HR_E2E_CHAOS=N   generations (60; a thousand for a long run)
# HR_E2E_SEED=N    the victims of an earlier run

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Model ();
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

my $count = $ENV{HR_E2E_CHAOS} || 60;
my $long  = $count > 200;
my $seed  = $ENV{HR_E2E_SEED} || time & 0xffff;
my $every = $long ? 2 : 0.7;            # seconds between two kills
srand $seed;
diag("HR_E2E_SEED=$seed") if $long;

my $model  = HR::Model->start(delay => 0.3, words => 'chaos:30');
my $server = HR::Server->start(
    HR_LLM_URL => $model->url, HR_LLM_MODEL => 'google/gemini-2.5-flash',
    HR_LLM_CONCURRENCY => 25,
    HR_LLM_OPTIONS => 'timeout=3s retry=200ms breaker=500ms attempts=4');
my $token = $server->client->{token};
my $begin = time;

# Kills a worker every other second until it is told to end.
my $killer = fork() // die "fork: $!\n";
if (!$killer) {
    my $kills = 0;
    local $SIG{TERM} = sub {
        open my $out, '>', "$server->{home}/kills" or die;
        print $out $kills;
        close $out;
        require POSIX;
        POSIX::_exit(0);
    };
    while (1) {
        sleep $every;
        my @workers = $server->workers;
        $kills += kill KILL => $workers[rand @workers] if @workers;
    }
}

# Each start has a key of its own: one whose answer was cut off is sent again.
my (@ids, $repeated, @refused);
my $client = HR::Client->new(port => $server->port, token => $token, timeout => 10);
for my $n (1 .. $count) {
    my $answer;
    my $until = time + 30;
    while (1) {
        $answer = $client->post('/api/generation/start', {
            department => 'Отдел разработки', position => "Испытатель $n",
            employee_name => "Проверка $n",
        }, headers => { 'Idempotency-Key' => "chaos-$n" });
        last if $answer->{status} == 200 || time > $until;
        # cut off by the kill, or the breaker is open
        push @refused, "$answer->{status} $answer->{body}"
            if $answer->{status} != 0 && $answer->{status} != 503;
        $repeated++;
        sleep 0.05;
    }
    push @ids, $answer->{json}{task_id} // "status $answer->{status}";
}
is(scalar(keys %{{ map { $_ => 1 } grep { /\A[0-9a-f-]{36}\z/ } @ids }}), $count,
   "$count generations are started, each once");
is_deeply(\@refused, [], 'nothing but the breaker refuses one');

my $open = 1;
my $until = time + ($long ? 600 : 90);
while ($open && time < $until) {
    sleep 0.25;
    ($open) = map { $_->[0] } $server->sql(
        "SELECT count(*) FROM generation_tasks WHERE status IN"
        . " ('pending', 'queued', 'processing')");
}
kill TERM => $killer;
waitpid $killer, 0;
my $seconds = time - $begin;
HR::Server::wait_until(10, sub { $server->workers == 2 });
is($open, 0, 'none is stuck');

# How they ended
my %end = map { @$_ } $server->sql('SELECT status, count(*) FROM generation_tasks GROUP BY 1');
is(($end{completed} // 0) + ($end{failed} // 0), $count, 'each is completed or failed');
cmp_ok($end{completed} // 0, '>', 0.8 * $count, 'most are completed');
is_deeply([$server->sql("SELECT id, error_code FROM generation_tasks WHERE status = 'failed'"
                        . " AND (coalesce(error_code, '') = ''"
                        . " OR coalesce(error_message, '') = '')")],
          [], 'each failed one says why');

# Profiles
my ($profiles, $versions) = map { @$_ } $server->sql(
    'SELECT (SELECT count(*) FROM profiles), (SELECT count(*) FROM profile_versions)');
is($profiles, $end{completed}, 'a profile for each completed one');
is($versions, $profiles, 'each with one version');
is_deeply([$server->sql(<<'SQL')], [], 'exactly its own');
SELECT t.id, t.status, count(p.id) FROM generation_tasks t
LEFT JOIN profiles p ON p.employee_name = t.employee_name
GROUP BY t.id
HAVING count(p.id) <> (t.status = 'completed')
    OR (t.status = 'completed' AND max(p.id) IS NOT t.result_profile_id)
SQL
is_deeply([$server->sql(<<'SQL')], [], 'a row of history for each attempt, one success');
SELECT t.id, t.attempt, count(h.id), count(DISTINCT h.attempt), sum(h.status = 'success')
FROM generation_tasks t LEFT JOIN generation_history h ON h.task_id = t.id
GROUP BY t.id
HAVING count(h.id) <> t.attempt OR count(DISTINCT h.attempt) <> t.attempt
    OR sum(h.status = 'success') <> (t.status = 'completed')
SQL

# The ledger.  An answer that lay in the socket of a worker that was killed is the only
# one that cannot be known; its attempt is there, as interrupted, with what it may have
# cost at most, so that the sum is never below the model's.
my (%ours, %theirs, %lost, %lost_cost, %words);
my ($sum_ours, $sum_theirs) = (0, 0);
for my $row ($server->sql('SELECT task_id, tokens_in, tokens_out, cost_usd FROM generation_history'
                          . ' WHERE (tokens_in > 0 OR tokens_out > 0 OR cost_usd > 0)'
                        . ' AND NOT cost_estimated')) {
    my ($task, $in, $out, $cost) = @$row;
    $ours{$task}{sprintf '%d+%d=%.9f', $in, $out, $cost}++;
    $sum_ours += $cost;
}
my @ledger = $model->ledger;
for my $line (@ledger) {
    $words{$_}++ for grep { $_ ne 'chaos' } split /\+/, $line->{words};
    $words{good}++ if $line->{words} eq 'chaos';
    next if $line->{output} == 0;
    $theirs{ $line->{task} }{sprintf '%d+%d=%.9f', @$line{qw( input output cost )}}++;
    $sum_theirs += $line->{cost};
}
my ($missing, $sum_missing) = (0, 0);
my @wrong;
for my $task (keys %{{ %ours, %theirs }}) {
    for my $item (keys %{{ %{ $ours{$task} || {} }, %{ $theirs{$task} || {} } }}) {
        my $less = ($theirs{$task}{$item} // 0) - ($ours{$task}{$item} // 0);
        if ($less < 0) { push @wrong, "$task: $item is not the model's"; next }
        next if !$less;
        my ($cost) = $item =~ /=(.*)/;
        $lost{$task} += $less;
        $lost_cost{$task} += $less * $cost;
        $missing += $less;
        $sum_missing += $less * $cost;
    }
}
for my $task (keys %lost) {
    my ($cut, $most) = map { @$_ } $server->sql(
        "SELECT count(*), total(cost_usd) FROM generation_history WHERE task_id = '$task'"
        . " AND error_code = 'interrupted' AND cost_estimated");
    push @wrong, "$task: the estimate of $most is too low"
        if $cut && $most * $lost{$task} / $cut < $lost_cost{$task};
    push @wrong, "$task: $lost{$task} answers are not in the ledger, $cut attempts were cut off"
        if $cut < $lost{$task};
}
is_deeply(\@wrong, [], 'the ledger of costs is the model\'s, attempt by attempt');
my $stats = $model->stats;
cmp_ok(abs($stats->{cost} - $sum_ours - $sum_missing), '<', 1e-6, 'and so is the sum');
my ($estimates, $estimated) = map { @$_ } $server->sql(
    'SELECT count(*), total(cost_usd) FROM generation_history WHERE cost_estimated');
cmp_ok($sum_ours + $estimated, '>=', $stats->{cost} - 1e-9,
       'with its estimates the ledger is never below the model');

is_deeply([$server->sql('PRAGMA integrity_check'), $server->sql('PRAGMA foreign_key_check')],
          [['ok']], 'the database is whole');

my $kills = do { open my $in, '<', "$server->{home}/kills" or die; <$in> };
my ($interrupted, $known) = map { @$_ } $server->sql(
    "SELECT count(*), total(tokens_in > 0 AND NOT cost_estimated) FROM generation_history"
    . " WHERE error_code = 'interrupted'");
cmp_ok($kills, '>', 0, 'workers were killed');
if ($long) {
    diag(sprintf '%d generations in %.0f s, %d kills, %d starts repeated: %d completed, %d failed',
         $count, $seconds, $kills, $repeated // 0, $end{completed} // 0, $end{failed} // 0);
    diag('the model: ', join ', ', map { "$_ $words{$_}" }
         sort { $words{$b} <=> $words{$a} } keys %words);
    diag(sprintf 'attempts: %d at the model; %d interrupted here, the cost of %d of them known',
         scalar @ledger, $interrupted, $known);
    diag(sprintf 'cost: the model says %.9f, the ledger %.9f, lost with a worker %d answers, %.9f',
         $stats->{cost}, $sum_ours, $missing, $sum_missing);
    diag(sprintf 'estimated: %d attempts that were cut off, %.9f at most', $estimates, $estimated);
    diag('failed: ', join ', ', map { "$_->[0] $_->[1]" } $server->sql(
        "SELECT error_code, count(*) FROM generation_tasks WHERE status = 'failed' GROUP BY 1"));
}

$server->log_is_clean('no alerts', qr/exited on signal 9/);
ok($server->stop, 'it ends in order');

done_testing();
