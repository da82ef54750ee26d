# Tasks of generations as rows, and work that waits without holding up the others
# (api-profiles.md 2.2): one worker, so that nobody else could answer.

use HR::Test 'no_plan';
use HR::Test::Profile;
use IO::Select ();
use IO::Socket::INET ();
use IPC::Open2 qw( open2 );

workers(1);

run_tests();

__DATA__

=== TEST 1: P-09: a task, its state and its end stand in the database, not in a process
--- setup
utf8::decode(my $department = 'Отдел разработки');
utf8::decode(my $position = 'Программист');
my $task = api(POST => '/api/generation/start', { department => $department,
                                                  position => $position })->{task_id};
is(sql("SELECT count(*) FROM generation_tasks WHERE id = '$task'"), 1, 'stored before the answer');
set(task => $task);
--- login
--- request
GET /api/profiles/
--- db
SELECT status, progress, started_at IS NULL, completed_at IS NULL FROM generation_tasks => completed|100|0|0
SELECT status, profile_id IS NULL FROM generation_history => success|0
SELECT count(*) FROM profiles p JOIN generation_tasks t ON t.result_profile_id = p.id => 1



=== TEST 2: P-13: what ended more than a day ago is removed by itself
--- hr_database: t/data/old_tasks.sql
--- request
GET /health
--- wait: 4
--- db
SELECT group_concat(substr(id, -1)) FROM generation_tasks => 3



=== TEST 3: P-12: a write that waits for a lock of another program holds up nobody
--- hr_database: t/data/profiles.sql
--- hr_config
hr_database $TEST_NGINX_HR_STATE/profiles.db busy_timeout=60s;
--- setup
my $token = token_of('admin');
my $pid = open2(my $out, my $in, 'sqlite3', '-batch', state_dir() . '/profiles.db');
$in->autoflush(1);
print $in "BEGIN IMMEDIATE;\nSELECT 'locked';\n";
is(scalar <$out>, "locked\n", 'another program has the lock');

my $body = '{"status":"failed"}';
my $put = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ENV{TEST_NGINX_SERVER_PORT});
print $put 'PUT /api/profiles/' . profile_id(2) . " HTTP/1.1\r\nHost: localhost\r\n",
    'Authorization: Bearer ' . $token . "\r\nContent-Type: application/json\r\n",
    'Content-Length: ' . length($body) . "\r\nConnection: close\r\n\r\n$body";
$put->flush;

is(ask(GET => $_, undef, user => 'admin')->{status}, 200, "GET $_")
    for '/api/profiles/', '/api/profiles/' . profile_id(1), '/api/organization/positions',
        '/api/profiles/' . profile_id(3) . '/download/docx', '/health', '/api/auth/me';
is(scalar(IO::Select->new($put)->can_read(0)), undef, 'the write still waits');

print $in "ROLLBACK;\n.quit\n";
close $in;
waitpid $pid, 0;
like(scalar(<$put>), qr{^HTTP/1.1 200}, 'and is done when the lock is gone');
--- login
--- request
GET /api/profiles/?status=failed
--- json
pagination.total = 2
