# Classes of errors that need broken files or a broken database (generation.md 10):
# code, text in both languages, state of the task.  The classes of the model are in
# generation_upstream.t.

use HR::Test 'no_plan';
use HR::Test::Generation;

run_tests();

__DATA__

=== TEST 1: data_source_missing: without the company map nothing is started
--- login
--- hr_data: $TEST_NGINX_HTML_DIR/data
--- post_setup_server_root
system("cp -r $ENV{TEST_NGINX_HR_TOP}/t/data/small $ENV{TEST_NGINX_HTML_DIR}/data") == 0 or die;
unlink "$ENV{TEST_NGINX_HTML_DIR}/data/company_map.md" or die;
--- more_headers eval
["Accept-Language: ru", "Accept-Language: en"]
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
 "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}"]
--- error_code eval
[503, 503]
--- json eval
["error.details.error_code = data_source_missing
error.message ~ Не хватает данных компании",
 "error.details.error_code = data_source_missing
error.message ~ Company data"]
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 2: prompt_unavailable: without a prompt nothing is started
--- login
--- hr_config
hr_prompts $TEST_NGINX_HR_STATE/prompts;
--- post_setup_server_root
system("cp -r $ENV{TEST_NGINX_HR_TOP}/conf/prompts $ENV{TEST_NGINX_HR_STATE}/prompts") == 0 or die;
unlink "$ENV{TEST_NGINX_HR_STATE}/prompts/production/prompt.txt" or die;
--- more_headers eval
["Accept-Language: ru", "Accept-Language: en"]
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
 "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}"]
--- error_code eval
[503, 503]
--- json eval
["error.details.error_code = prompt_unavailable
error.message ~ Нет действующего текста",
 "error.details.error_code = prompt_unavailable
error.message ~ There is no valid prompt"]
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 3: schema_invalid: a document whose parts nothing can be made of is repaired once, then the task fails
--- login
--- setup
is(outcome('wrong-types'), 'wrong-types=schema_invalid/2', 'one repair');
set(task => $HR::Test::Generation::last);
--- request
GET /api/generation/{{task}}/status
--- json
task.status = failed
task.error_code = schema_invalid
task.error_message is string
--- db
SELECT count(*) FROM profiles => 0
SELECT count(*), min(tokens_out) > 0 FROM generation_history WHERE error_code = 'schema_invalid' => 2|1



=== TEST 4: db_failed: a profile that the database refuses ends the task, once paid, not again
--- login
--- sql
CREATE TRIGGER refused BEFORE INSERT ON profiles BEGIN SELECT RAISE(ABORT, 'refused'); END
--- setup
my $task = start();
is(ended($task), 'failed', 'the task ends');
set(task => $task);
--- request
GET /api/generation/{{task}}/status
--- json
task.status = failed
task.error_code = db_failed
task.error_message ~ базу данных
--- db
SELECT count(*) FROM profiles => 0
SELECT count(*), min(tokens_out) > 0 FROM generation_history => 1|1



=== TEST 5: a commit that fails between two attempts is tried again, then the next attempt follows: nothing is lost, nothing twice
--- login
--- setup
my $task = start(model => 'simulator/sim/first:1+slow:2+status:503');
sql('ALTER TABLE generation_history RENAME TO away');
my $deadline = Time::HiRes::time() + 20;
my $log = Test::Nginx::Util::server_root() . "/logs/error.log";
my $seen = 0;
while (!$seen && Time::HiRes::time() < $deadline) {
    Time::HiRes::sleep(0.05);
    open my $in, '<', $log or die "$log: $!";
    $seen = grep { /$task: the result cannot be stored: .*; trying again/ } <$in>;
}
sql('ALTER TABLE away RENAME TO generation_history');
is($seen, 1, 'the row of the first attempt was refused');
is(ended($task), 'completed', 'the task goes on');
set(task => $task);
--- request
GET /api/generation/{{task}}/status
--- json
task.status = completed
--- db
SELECT group_concat(attempt || ' ' || status || ' ' || coalesce(error_code, '-')) FROM (SELECT * FROM generation_history ORDER BY id) => 1 failed upstream_5xx,2 success -
SELECT count(*) FROM profile_versions => 1
