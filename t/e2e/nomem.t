# The threads of a worker get no memory while an answer of the model is judged: the task
# ends as storage_failed (generation.md 10), what the model took is in the ledger, the
# worker lives, and the next generation is as good as ever.

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Fault;
use HR::Server ();
use Test::More;

mkdir 'build/fault';
system('gcc', '-std=gnu11', '-O2', '-shared', '-fPIC', '-o', 'build/fault/shim.so',
       't/fault/shim.c', '-ldl') == 0 or die "the shim is not built\n";

prepare(HR_WORKERS => 1);
my $client = $server->client;
my ($worker) = $server->workers;
my $before = () = $server->sql('SELECT id FROM profiles');

sub task { return $client->get("/api/generation/$_[0]/status")->{json}{task} }

my $id = start_task($client, position => 'Испытатель', model => 'google/gemini/sim/slow:3');
ok(HR::Server::wait_until(10, sub { (task($id)->{progress} // 0) >= 30 }), 'the model is asked');

fault(nth => 1, last => 2**31 - 1, pid => -$worker);
my $told = HR::Server::wait_until(20, sub {
    $server->error_log =~ /\Q$id\E: the answer cannot be judged/ });
fault();
ok($told, 'its answer cannot be judged');

my $task;
HR::Server::wait_until(20, sub { $task = task($id); $task->{status} eq 'failed' });
is($task->{status}, 'failed', 'the task fails as soon as the database can be written');
is($task->{error_code}, 'storage_failed', 'with its code');
like($task->{error_message}, qr/[а-я]/, 'and words for people');
is_deeply([$server->sql("SELECT count(*), min(tokens_in) > 0, min(cost_usd) > 0"
                        . " FROM generation_history WHERE task_id = '$id'")],
          [[1, 1, 1]], 'what the model took is in the ledger');

$id = start_task($client, position => 'Второй испытатель');
HR::Server::wait_until(20, sub { $task = task($id); $task->{status} =~ /completed|failed/ });
is($task->{status}, 'completed', 'the next one is stored');
is(scalar(() = $server->sql('SELECT id FROM profiles')), $before + 1, 'nothing else is');
is(($server->workers)[0], $worker, 'by the same worker');

$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');
done_testing();
