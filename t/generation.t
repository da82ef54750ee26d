# Start, status, result, cancel, lists and clean-up of generations
# (api-profiles.md 2 and 3.8; generation.md 1, 2, 8, 11).

use HR::Test 'no_plan';
use HR::Test::Generation;

run_tests();

__DATA__

=== TEST 1: a start is answered at once, with everything that a client reads
--- login
--- request
POST /api/generation/start
{"department":"Отдел разработки","position":"Программист"}
--- response_headers
Cache-Control: no-store
--- json
success = true
timestamp ~ ^\d{4}-\d\d-\d\dT.*Z$
message ~ Программист
task_id ~ ^[0-9a-f]{8}-[0-9a-f]{4}-4
status = queued
estimated_duration = 45
joined = false
unit_path = Блок операционного директора/Департамент информационных технологий/Отдел разработки
warnings has 0
--- db
SELECT status FROM generation_tasks => completed
SELECT action, object_type, result FROM audit_log WHERE action LIKE 'gen%' => generation.start|task|ok



=== TEST 2: P-19, P-20, I-29: status and result hold the document that is stored
--- login
--- setup
my $task = generate(employee_name => 'Тестов Тест');
my $profile = sql("SELECT result_profile_id FROM generation_tasks");
my $stored = api(GET => "/api/profiles/$profile");
my $status = api(GET => "/api/generation/$task/status");
my $result = api(GET => "/api/generation/$task/result");
my $json = JSON::PP->new->canonical;
set(task => $task, profile => $profile,
    equal => join ',', map { $json->encode($_) eq $json->encode($stored->{profile}) }
                       $status->{result}, $result->{profile});
--- request eval
["GET /api/generation/{{task}}/status", "GET /api/generation/{{task}}/result"]
--- json eval
["success = true
message is string
task.task_id = {{task}}
task.status = completed
task.progress = 100
task.current_step = Завершено
task.error_message = null
task.created_at ~ Z\$
task.started_at ~ Z\$
task.completed_at ~ Z\$
task.estimated_duration = 45
task.profile_id = {{profile}}
task.department = Отдел разработки
task.position = Программист
task.employee_name = Тестов Тест
task.queue_position = null
result.position_title = Программист
result.basic_info is object
result.reasoning_context_analysis absent",
"success = true
profile.position_title = Программист
profile.quality_verification absent
metadata.generation.department present
metadata.generation_time_seconds is number
metadata.input_tokens > 1000
metadata.output_tokens > 100
metadata.total_tokens > 1100
metadata.model_name is string
metadata.temperature = 0.1
errors has 0
warnings is array
profile_id = {{profile}}
profile_version = 1"]
--- db
SELECT '{{equal}}' => 1,1



=== TEST 3: everything that was used and found out is stored (I-35, P-43)
--- login
--- setup
generate();
--- request
GET /api/auth/me
--- db
SELECT count(*) FROM profiles => 1
SELECT department, position, status, current_version FROM profiles => Отдел разработки|Программист|completed|1
SELECT unit_path FROM profiles => Блок операционного директора/Департамент информационных технологий/Отдел разработки
SELECT input_tokens > 1000, output_tokens > 100, total_tokens = input_tokens + output_tokens FROM profiles => 1|1|1
SELECT validation_score > 0.3, completeness_score, generation_time_seconds > 0 FROM profiles => 1|1.0|1
SELECT version_number, version_type, created_by_username FROM profile_versions => 1|generated|admin
SELECT status, attempt, tokens_in > 1000, tokens_out > 100, model IS NOT NULL, prompt_version LIKE 'local:%' FROM generation_history => success|1|1|1|1|1
SELECT json_extract(metadata_json, '$.llm.attempts') FROM profiles => 1
SELECT json_extract(metadata_json, '$.llm.success') FROM profiles => 1



=== TEST 4: P-14: texts are trimmed and checked, all problems are told together
--- login
--- request eval
["POST /api/generation/start
{\"department\":\" A \",\"position\":\"{{\",\"employee_name\":\"" . ('и' x 201) . "\",\"temperature\":1.5}",
"POST /api/generation/start
{\"department\":\"Отдел\\u0007\",\"position\":\"" . ('п' x 201) . "\"}",
"POST /api/generation/start
{\"department\":7}",
"POST /api/generation/start
[]",
"POST /api/generation/start
{\"department\":"]
--- error_code eval
[422, 422, 422, 422, 422]
--- json eval
["error.code = VALIDATION_ERROR
detail is string
error.details.validation_errors has 4
error.details.validation_errors[0].field = body.temperature
error.details.validation_errors[1].field = body.department
error.details.validation_errors[1].type = string_too_short
error.details.validation_errors[1].input = A
error.details.validation_errors[2].field = body.position
error.details.validation_errors[2].type = value_error
error.details.validation_errors[3].field = body.employee_name
error.details.validation_errors[3].type = string_too_long",
"error.details.validation_errors has 2
error.details.validation_errors[0].field = body.department
error.details.validation_errors[0].type = value_error
error.details.validation_errors[1].field = body.position
error.details.validation_errors[1].type = string_too_long",
"error.details.validation_errors has 2
error.details.validation_errors[0].field = body.department
error.details.validation_errors[0].type = string_type
error.details.validation_errors[1].field = body.position
error.details.validation_errors[1].type = missing",
"error.details.validation_errors[0].type = model_attributes_type",
"error.details.validation_errors[0].type = json_invalid"]
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 5: P-14: quotes, brackets and blanks around a name are no reason to refuse it
--- login
--- request eval
["POST /api/generation/start
{\"department\":\"  Управление «Север» \",\"position\":\" Инженер (QA)/[стажёр] \\\"х\\\" \"}"]
--- json
warnings has 1
position = Инженер (QA)/[стажёр] "х"



=== TEST 6: P-15: an unknown department is refused before it costs money
--- login
--- request
POST /api/generation/start
{"department":"Отдел разроботки","position":"Программист"}
--- error_code: 404
--- json
error.code = NOT_FOUND
error.details.resource = department
error.details.resource_id = Отдел разроботки
error.details.suggestions[0] = Блок операционного директора/Департамент информационных технологий/Отдел разработки
error.details.error_code = department_not_found
--- db
SELECT count(*) FROM generation_tasks => 0
SELECT count(*) FROM generation_history => 0



=== TEST 7: decision 25: an unknown title is accepted with a warning, in the answer and in the metadata
--- login
--- setup
use utf8;
my $answer = api(POST => '/api/generation/start',
                 { department => 'Отдел разработки', position => 'Специалист по пробам' });
set(code => $answer->{warnings}[0]{code});
ended($answer->{task_id});
--- request
GET /api/profiles/
--- json
profiles[0].position = Специалист по пробам
--- db
SELECT '{{code}}' => position_not_in_structure
SELECT count(*) FROM profiles, json_each(metadata_json, '$.warnings') WHERE value ->> '$.code' = 'position_not_in_structure' => 1



=== TEST 8: P-17: of several units with a name the one that has the title is taken
--- login
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел контроля\",\"position\":\"Экономист\"}",
"POST /api/generation/start
{\"department\":\"Отдел контроля\",\"position\":\"Специалист\"}",
"POST /api/generation/start
{\"department\":\"Управление «Север»/Отдел контроля\",\"position\":\"Руководитель отдела\"}"]
--- json eval
["unit_path = Блок исполнительного директора/Управление «Север»/Отдел контроля
warnings has 0",
"warnings[0].code = ambiguous_department",
"unit_path = Блок исполнительного директора/Управление «Север»/Отдел контроля"]



=== TEST 9: a position can be named by its id; blank names beside it are none
--- login
--- setup
use utf8;
my $list = api(GET => '/api/organization/positions');
my ($one) = grep { $_->{position_name} eq 'Экономист' } @{ $list->{data}{items} };
utf8::encode(my $id = $one->{position_id});
set(id => $id);
--- request eval
["POST /api/generation/start
{\"position_id\":\"{{id}}\"}",
"POST /api/generation/start
{\"position_id\":\"нет такой\"}",
"POST /api/generation/start
{\"position_id\":\"{{id}}\",\"department\":\"\",\"position\":\" \",\"force\":true}"]
--- error_code eval
[200, 404, 200]
--- json eval
["position = Экономист
unit_path ~ Отдел контроля\$",
"error.details.resource = position",
"position = Экономист
unit_path ~ Отдел контроля\$"]



=== TEST 10: P-16: the temperature that the client sends is the one that is used
--- login
--- setup
generate(temperature => 0.7);
--- request
GET /api/auth/me
--- db
SELECT json_extract(metadata_json, '$.llm.temperature'), json_extract(metadata_json, '$.generation.temperature') FROM profiles => 0.7|0.7



=== TEST 11: P-18: generating a position again makes a version of its profile, not a second profile
--- login
--- setup
generate();
generate();
--- request
GET /api/profiles/
--- json
pagination.total = 1
profiles[0].current_version = 2
--- db
SELECT count(*) FROM profiles => 1
SELECT group_concat(version_type) FROM (SELECT version_type FROM profile_versions ORDER BY version_number) => generated,regenerated
SELECT count(*) FROM generation_history WHERE status = 'success' => 2



=== TEST 12: another employee has a profile of his own, also when both are started at once
--- login
--- setup
my @ids = map { start(employee_name => $_) } 'Тестов Один', 'Тестов Два';
ended($_) for @ids;
--- request
GET /api/auth/me
--- db
SELECT count(*) FROM profiles => 2



=== TEST 13: P-18: a second start joins the first; both may read it, only the starter may cancel it
--- users
anna boris
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:2 concurrency=4 timeout=10s;
--- setup
my $id = start(user => 'anna');
set(id => $id, joined => start(user => 'boris'));
--- login eval
["boris", "boris", "admin", "anna", "anna"]
--- request eval
["GET /api/generation/{{id}}/status", "DELETE /api/generation/{{id}}",
 "GET /api/generation/{{id}}/status", "DELETE /api/generation/{{id}}",
 "GET /api/generation/{{id}}/status"]
--- error_code eval
[200, 403, 403, 200, 200]
--- json eval
["task.task_id = {{joined}}", "error.code = FORBIDDEN", "error.code = FORBIDDEN",
 "success = true\ntask.status = cancelled", "task.status = cancelled"]
--- db
SELECT count(*) FROM generation_tasks => 1
SELECT username FROM generation_task_watchers w JOIN users u ON u.id = w.user_id => boris



=== TEST 14: force does not join, yet one position is generated once at a time
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=4 timeout=10s;
--- setup
start();
my $second = start(force => \1);
set(id => $second);
Time::HiRes::sleep(0.3);
--- request
GET /api/generation/{{id}}/status
--- json
task.status = queued
task.queue_position = 1
--- db
SELECT count(*) FROM generation_tasks => 2



=== TEST 15: an Idempotency-Key gives the same task again, also after its end
--- login
--- setup
my $id = start(headers => { 'Idempotency-Key' => 'key-1' });
ended($id);
set(id => $id);
--- more_headers
Idempotency-Key: key-1
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}"]
--- json
task_id = {{id}}
status = completed
--- db
SELECT count(*) FROM generation_tasks => 1



=== TEST 15a: an Idempotency-Key that was used with another request is refused, nothing is started
--- login
--- setup
start(headers => { 'Idempotency-Key' => 'key-2' });
--- more_headers
Idempotency-Key: key-2
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Ведущий программист\"}",
 "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\",\"force\":true}",
 "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\",\"employee_name\":\"Образцов Олег\"}",
 "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\",\"save_result\":false}"]
--- error_code eval
[422, 422, 422, 422]
--- json eval
[("error.code = VALIDATION_ERROR\nerror.details.field = Idempotency-Key\nerror.details.reason = reused") x 4]
--- db
SELECT count(*) FROM generation_tasks => 1



=== TEST 16: tasks are private; an unknown one is 404 with empty details
--- users
anna boris
--- setup
set(id => generate(user => 'anna'));
--- login: boris
--- request eval
["GET /api/generation/{{id}}/status", "GET /api/generation/{{id}}/result",
 "DELETE /api/generation/{{id}}", "GET /api/generation/nothing/status",
 "GET /api/generation/%20/result", "DELETE /api/generation/nothing"]
--- error_code eval
[403, 403, 403, 404, 404, 404]
--- json eval
["error.code = FORBIDDEN", "error.code = FORBIDDEN", "error.code = FORBIDDEN",
 "error.code = NOT_FOUND\nerror.details.resource absent", "error.code = NOT_FOUND",
 "error.code = NOT_FOUND"]



=== TEST 17: without a token nothing is told
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
 "GET /api/generation/x/status", "GET /api/generation/tasks/active",
 "POST /api/generation/cleanup"]
--- error_code eval
[401, 401, 401, 401]



=== TEST 18: P-20: a result that is not there yet is 202 with the task
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:2 concurrency=4 timeout=10s;
--- setup
set(id => start());
Time::HiRes::sleep(0.4);
--- request eval
["GET /api/generation/{{id}}/result", "GET /api/generation/{{id}}/status"]
--- error_code eval
[202, 200]
--- response_headers eval
["Retry-After: 2", ""]
--- json eval
["success = false
message is string
detail is string
task.status = processing
task.task_id = {{id}}
error absent",
"task.current_step = Генерация профиля через LLM
task.progress >= 30
task.progress <= 85
task.started_at is string
task.completed_at = null
result = null"]
--- db
SELECT status, progress, current_step FROM generation_tasks => processing|30|Генерация профиля через LLM



=== TEST 19: P-11: cancelling ends the call of the model; nothing is stored, the end stands
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:2 concurrency=4 timeout=10s;
--- setup
set(id => start());
Time::HiRes::sleep(0.5);
--- request eval
["DELETE /api/generation/{{id}}", "GET /api/generation/{{id}}/status",
 "GET /api/generation/{{id}}/result", "DELETE /api/generation/{{id}}",
 "GET /api/generation/tasks/active", "GET /simulator/stats"]
--- error_code eval
[200, 200, 409, 400, 200, 200]
--- wait: 0.3
--- json eval
["message is string
task.status = cancelled",
"task.status = cancelled
task.current_step = Отменено пользователем
task.error_message = Задача отменена пользователем
task.error_code = cancelled
task.completed_at is string
result = null",
"error.code = CONFLICT",
"error.code = BAD_REQUEST",
"[0].status = cancelled",
"open = 0
aborted = 1"]
--- db
SELECT count(*) FROM profiles => 0
SELECT status, error_code FROM generation_history => cancelled|cancelled
SELECT status FROM generation_tasks => cancelled
SELECT count(*) FROM audit_log WHERE action = 'generation.cancel' => 1



=== TEST 20: a task that only waits can be cancelled
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=1 timeout=10s;
--- setup
start();
set(id => start(position => 'Ведущий программист'));
--- request eval
["GET /api/generation/{{id}}/status", "DELETE /api/generation/{{id}}",
 "GET /api/generation/{{id}}/status"]
--- json eval
["task.status = queued
task.queue_position = 1
task.current_step = В очереди на обработку
task.progress = 0",
"task.status = cancelled", "task.status = cancelled\ntask.queue_position = null"]



=== TEST 21: P-44: save_result=false stores nothing, the result stands in the task
--- login
--- setup
set(id => generate(save_result => \0));
--- request eval
["GET /api/generation/{{id}}/result", "GET /api/generation/{{id}}/status", "GET /api/profiles/"]
--- json eval
["success = true
profile.position_title = Программист
profile.quality_verification absent
metadata.total_tokens > 1000
profile_id = null",
"result.position_title = Программист
task.profile_id = null",
"pagination.total = 0"]
--- db
SELECT count(*) FROM profiles => 0
SELECT count(*) FROM profile_versions => 0
SELECT status FROM generation_history => success



=== TEST 22: the active list has the caller's own open and recent tasks, oldest first
--- users
anna
--- sql
INSERT INTO generation_tasks (id, department, position, created_by, status, created_at, completed_at) VALUES ('11111111-1111-4111-8111-111111111111', 'А', 'Б', 1, 'completed', '2020-01-01T00:00:00', '2020-01-01T00:01:00')
--- setup
set(one => generate(), two => generate(position => 'Ведущий программист'));
generate(user => 'anna', position => 'Младший программист');
--- login eval
["admin", "anna"]
--- request eval
["GET /api/generation/tasks/active", "GET /api/generation/tasks/active"]
--- json eval
["[0].task_id = {{one}}
[1].task_id = {{two}}
[2] absent
[0].status = completed",
"[0].position = Младший программист
[1] absent"]



=== TEST 23: P-21: clean-up is for the role of an administrator, whatever the name
--- users
anna:admin boris
--- sql
INSERT INTO generation_tasks (id, department, position, created_by, status, created_at, completed_at) VALUES ('11111111-1111-4111-8111-111111111111', 'А', 'Б', 1, 'completed', '2020-01-01T00:00:00', '2020-01-01T00:01:00')
--- setup
generate();
--- login eval
["boris", "anna", "anna"]
--- request eval
["POST /api/generation/cleanup", "POST /api/generation/cleanup", "GET /api/generation/11111111-1111-4111-8111-111111111111/status"]
--- error_code eval
[403, 200, 404]
--- json eval
["error.code = FORBIDDEN",
"success = true
message is string
active_tasks = 1
removed = 1",
"error.code = NOT_FOUND"]
--- db
SELECT count(*) FROM generation_tasks => 1



=== TEST 24: P-10: ten starts a minute and user; the others go on
--- users
anna
--- hr_config
hr_limits starts=2;
--- login eval
["admin", "admin", "admin", "anna"]
--- request eval
[map { "POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}" } 1 .. 4]
--- error_code eval
[200, 200, 429, 200]
--- response_headers_like eval
["", "", "Retry-After: \\d+", ""]
--- json eval
["success = true", "success = true",
"error.code = TOO_MANY_REQUESTS
success = false
detail is string", "success = true"]



=== TEST 25: P-10: a user has a limit of open tasks, the queue another one
--- users
anna
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=1 user_tasks=2 queue=2 timeout=10s;
--- setup
start();
Time::HiRes::sleep(0.3);
start(position => 'Ведущий программист');
--- login eval
["admin", "anna", "anna"]
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Младший программист\"}",
"POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Младший программист\"}",
"POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Руководитель отдела\"}"]
--- error_code eval
[429, 200, 429]
--- response_headers_like eval
["Retry-After: \\d+", "", "Retry-After: \\d+"]
--- json eval
["error.details.error_code = queue_full", "success = true", "error.details.error_code = queue_full"]



=== TEST 26: without a model or a prompt a start is refused at once (503)
--- login
--- hr_config
! hr_llm
--- request
POST /api/generation/start
{"department":"Отдел разработки","position":"Программист"}
--- error_code: 503
--- json
error.code = SERVICE_UNAVAILABLE
error.details.error_code = not_configured
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 27: I-35: a budget that is used up refuses the next start
--- login
--- hr_config
hr_llm location=/llm model=simulator budget=1;
--- sql
INSERT INTO generation_history (department, position, generation_type, status, created_at, cost_usd) VALUES ('А', 'Б', 'async', 'success', datetime('now'), 1.5)
--- request
POST /api/generation/start
{"department":"Отдел разработки","position":"Программист"}
--- error_code: 503
--- json
error.details.error_code = no_credit
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 28: 3.8: regenerate makes the next version of the profile itself, with its reason
--- login
--- setup
generate();
use utf8;
my $id = sql('SELECT id FROM profiles');
my $answer = api(POST => "/api/profiles/$id/regenerate", { reason => 'новые показатели' });
ended($answer->{task_id});
set(id => $id, status => $answer->{status});
--- request eval
["GET /api/profiles/{{id}}/versions",
 "POST /api/profiles/99999999-9999-4999-8999-999999999999/regenerate",
 "POST /api/profiles/not-an-id/regenerate"]
--- error_code eval
[200, 404, 400]
--- json eval
["versions[0].version_type = regenerated
versions[0].note = новые показатели
current_version = 2",
"error.details.resource = profile", "error.details.field = profile_id"]
--- db
SELECT '{{status}}' => queued
SELECT count(*) FROM profiles => 1
SELECT count(*) FROM audit_log WHERE action = 'profile.regenerate' => 1



=== TEST 29: 3.8: regenerate while a task of the profile is open is 409
--- login
--- setup
generate();
set(id => sql('SELECT id FROM profiles'));
--- request eval
["POST /api/profiles/{{id}}/regenerate", "POST /api/profiles/{{id}}/regenerate"]
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:1 concurrency=4 timeout=10s;
--- error_code eval
[200, 409]



=== TEST 30: a viewer may look, not start
--- users
anna:viewer
--- login: anna
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
"GET /api/generation/tasks/active"]
--- error_code eval
[403, 200]



=== TEST 31: users take turns: the single start of one does not wait for all of another
--- users
anna boris
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:0.3 concurrency=1 timeout=10s;
--- setup
my @anna = map { start(user => 'anna', position => $_) }
           'Программист', 'Ведущий программист', 'Младший программист', 'Руководитель отдела';
my $boris = start(user => 'boris', department => 'Управление «Север»', position => 'Аналитик');
ended($boris, user => 'boris');
set(left => sql("SELECT count(*) >= 2 FROM generation_tasks t JOIN users u ON u.id = t.created_by"
                . " WHERE username = 'anna' AND status IN ('pending', 'processing')"));
ended($_, user => 'anna') for @anna;
--- login
--- request
GET /simulator/stats
--- json
max_open = 1
--- db
SELECT '{{left}}' => 1
SELECT count(*) FROM generation_tasks WHERE status = 'completed' => 5



=== TEST 32: the model that the configuration names is the one that is asked (I-36)
--- login
--- hr_config
hr_llm location=/llm model=vendor/other-model concurrency=4;
--- setup
generate();
--- request
GET /api/auth/me
--- db
SELECT json_extract(metadata_json, '$.llm.model') FROM profiles => vendor/other-model



=== TEST 33: a temperature too big for a number of the machine is too big, not 0
--- login
--- request eval
[map { "POST /api/generation/start\n"
       . "{\"department\":\"Отдел разработки\",\"position\":\"Программист\",\"temperature\":$_}" }
 '1e400', '-1e400', '1e-400']
--- error_code eval
[422, 422, 200]
--- json eval
my $e = 'error.details.validation_errors[0]';
["$e.field = body.temperature\n$e.type = less_than_equal", "$e.type = greater_than_equal",
 'status = queued']
