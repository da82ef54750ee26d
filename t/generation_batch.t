# Generation in batches: a unit or a list, dry run, progress, pause, resume, cancel,
# retry (improvements.md I-69; generation.md 11).

use HR::Test 'no_plan';
use HR::Test::Generation;

run_tests();

__DATA__

=== TEST 1: a dry run says what a unit would bring and cost, and queues nothing
--- login
--- hr_config
hr_llm location=/llm model=google/gemini-2.5-flash concurrency=4;
--- setup
generate(model => 'google/gemini-2.5-flash');
--- request eval
["POST /api/generation/batch
{\"unit\":\"Отдел разработки\",\"dry_run\":true}",
"POST /api/generation/batch
{\"unit\":\"Отдел разработки\",\"dry_run\":true,\"include_children\":false,\"skip_existing\":false}"]
--- json eval
["dry_run = true
batch_id = null
total = 8
to_generate = 7
existing = 1
duplicates = 0
rejected = 0
estimated_duration >= 2
estimated_cost_usd > 0
items has 8
items[0].state = to_generate
items[0].position = Руководитель отдела
items[2].state = skipped
items[2].profile_id is string",
"total = 4
to_generate = 4
existing = 0"]
--- db
SELECT count(*) FROM generation_tasks => 1
SELECT count(*) FROM generation_batches => 0



=== TEST 2: a unit is generated with what lies below it, each position once
--- login
--- setup
use utf8;
my $answer = api(POST => '/api/generation/batch', { unit => 'Блок операционного директора' });
my $id = $answer->{batch_id};
my $batch = batch_ended($id);
set(id => $id, queued => $answer->{to_generate});
--- request eval
["GET /api/generation/batch/{{id}}", "GET /api/generation/batch/{{id}}/items?limit=5&page=2",
 "GET /api/generation/batch"]
--- json eval
["batch.status = finished
batch.progress = 100
batch.total = 17
batch.completed = 17
batch.failed = 0
batch.completed_at is string
batch.created_by_username = admin",
"items has 5
items[0].ordinal = 6
items[0].state = completed
items[0].profile_id is string
items[0].task_id is string
pagination.total = 17
pagination.total_pages = 4
pagination.has_next = true",
"batches has 1
batches[0].batch_id = {{id}}"]
--- db
SELECT {{queued}} => 17
SELECT count(*), count(DISTINCT unit_path || position) FROM profiles => 17|17
SELECT action FROM audit_log WHERE action LIKE 'batch%' => batch.start



=== TEST 3: a list: existing ones, repetitions and unknown ones are told item by item
--- login
--- setup
use utf8;
generate();
my $answer = api(POST => '/api/generation/batch', { items => [
    { department => 'Отдел разработки', position => 'Программист' },
    { department => 'Отдел разработки', position => 'Ведущий программист' },
    { department => 'Отдел разработки', position => 'ведущий  программист' },
    { department => 'Нет такого отдела', position => 'Директор' },
    { department => 'Отдел разработки', position => 'Ведущий программист', employee_name => 'Тестов' },
] });
set(id => $answer->{batch_id}, answer => "@$answer{qw( total to_generate existing duplicates rejected )}");
batch_ended($answer->{batch_id});
--- request
GET /api/generation/batch/{{id}}/items
--- json
items[0].state = skipped
items[0].profile_id is string
items[0].message = Профиль уже есть
items[1].state = completed
items[2].state = skipped
items[2].error_code = duplicate
items[3].state = rejected
items[3].error_code = department_not_found
items[4].state = completed
--- db
SELECT '{{answer}}' => 5 2 1 1 1
SELECT count(*) FROM profiles => 3



=== TEST 4: a batch whose items exist all is finished at once
--- login
--- setup
generate();
my $answer = api(POST => '/api/generation/batch', { items => [{ position_id => position_id() }] });
set(id => $answer->{batch_id});
--- request
GET /api/generation/batch/{{id}}
--- json
batch.status = finished
batch.skipped = 1



=== TEST 5: pause holds what waits, resume lets it go on, cancel stops the rest at once
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:0.6 concurrency=2 timeout=10s;
--- setup
use utf8;
my $id = api(POST => '/api/generation/batch', { unit => 'Блок операционного директора' })->{batch_id};
Time::HiRes::sleep(0.3);
api(POST => "/api/generation/batch/$id/pause");
Time::HiRes::sleep(1.2);
my $paused = api(GET => "/api/generation/batch/$id")->{batch};
Time::HiRes::sleep(0.5);
my $still = api(GET => "/api/generation/batch/$id")->{batch};
api(POST => "/api/generation/batch/$id/resume");
Time::HiRes::sleep(0.3);
my $goes = api(GET => "/api/generation/batch/$id")->{batch};
api(POST => "/api/generation/batch/$id/cancel");
Time::HiRes::sleep(0.5);
set(id => $id, paused => "$paused->{status} $paused->{processing}",
    same => $paused->{completed} == $still->{completed} ? 1 : 0,
    goes => "$goes->{status} $goes->{processing}");
--- request eval
["GET /api/generation/batch/{{id}}", "POST /api/generation/batch/{{id}}/resume", "GET /simulator/stats"]
--- error_code eval
[200, 409, 200]
--- json eval
["batch.status = cancelled
batch.queued = 0
batch.processing = 0
batch.completed = 2
batch.cancelled = 15",
"error.code = CONFLICT
error.details.current_status = cancelled",
"open = 0
aborted = 2"]
--- db
SELECT '{{paused}}|{{same}}|{{goes}}' => paused 0|1|active 2
SELECT count(*) FROM profiles => 2



=== TEST 6: what failed is generated again on demand
--- login
--- hr_config
hr_llm location=/llm model=simulator concurrency=2 timeout=10s attempts=1 breaker=1ms;
--- setup
my $id = api(POST => '/api/generation/batch', { model => 'simulator/sim/first:1+status:500',
    items => [{ position_id => position_id() }] })->{batch_id};
my $failed = batch_ended($id);
api(POST => "/api/generation/batch/$id/retry");
my $done = batch_ended($id);
set(id => $id, ends => "$failed->{failed} $failed->{completed} $done->{failed} $done->{completed}");
--- request
GET /api/generation/batch/{{id}}/items
--- json
items[0].state = completed
items[0].error_code = null
--- db
SELECT '{{ends}}' => 1 0 0 1



=== TEST 7: a single start goes before the items of a batch; a limit of open tasks does not count them
--- login
--- hr_config
hr_llm location=/llm model=simulator/sim/slow:0.3 concurrency=1 timeout=10s user_tasks=2 queue=5;
--- setup
use utf8;
my $id = api(POST => '/api/generation/batch', { unit => 'Блок операционного директора' })->{batch_id};
ended(start(department => 'Управление «Север»', position => 'Аналитик'));
my $batch = api(GET => "/api/generation/batch/$id")->{batch};
api(POST => "/api/generation/batch/$id/cancel");
set(done => $batch->{completed});
--- request
GET /health
--- db
SELECT {{done}} <= 3 => 1



=== TEST 8: what is wrong with a batch is told for each item
--- login
--- request eval
["POST /api/generation/batch
{}",
"POST /api/generation/batch
{\"unit\":\"Отдел разработки\",\"items\":[]}",
"POST /api/generation/batch
{\"items\":[]}",
"POST /api/generation/batch
{\"items\":[{\"department\":\"Отдел разработки\"},7,{\"department\":\"\\u0001x\",\"position\":5}]}",
"POST /api/generation/batch
{\"unit\":\"Нет такого\"}",
"POST /api/generation/batch
{\"items\":[" . CORE::join(',', ('{"position_id":"x"}') x 2001) . "]}",
"GET /api/generation/batch/11111111-1111-4111-8111-111111111111",
"POST /api/generation/batch/nothing/cancel",
"GET /api/generation/batch/nothing/items?limit=0"]
--- error_code eval
[422, 422, 422, 422, 404, 422, 404, 404, 422]
--- json eval
["error.details.validation_errors[0].field = body.unit",
"error.details.validation_errors[0].field = body.items",
"error.details.validation_errors[0].type = too_short",
"error.details.validation_errors[0].field = body.items.0.position
error.details.validation_errors[0].type = missing
error.details.validation_errors[1].field = body.items.1
error.details.validation_errors[2].field = body.items.2.department
error.details.validation_errors[3].field = body.items.2.position
error.details.validation_errors[3].type = string_type",
"error.details.suggestions is array",
"error.details.validation_errors[0].type = too_long",
"error.details.resource = batch", "error.details.resource = batch",
"error.details.validation_errors[0].field = query.limit"]



=== TEST 9: batches are private; viewers may not start them
--- users
anna boris vera:viewer
--- setup
use utf8;
set(id => api(POST => '/api/generation/batch', { items => [{ department => 'Отдел разработки',
    position => 'Программист' }] }, user => 'anna')->{batch_id});
--- login eval
["boris", "boris", "boris", "vera", undef]
--- request eval
["GET /api/generation/batch/{{id}}", "GET /api/generation/batch/{{id}}/items",
 "POST /api/generation/batch/{{id}}/cancel",
 "POST /api/generation/batch
{\"unit\":\"Отдел разработки\"}",
 "GET /api/generation/batch"]
--- error_code eval
[403, 403, 403, 403, 401]



=== TEST 10: a batch that would break the budget is refused before it costs anything
--- login
--- hr_config
hr_llm location=/llm model=simulator budget=1;
--- sql
INSERT INTO generation_history (department, position, generation_type, status, created_at, cost_usd) VALUES ('А', 'Б', 'async', 'success', datetime('now', '-1 second'), 0.5)
--- request eval
["POST /api/generation/batch
{\"unit\":\"Отдел разработки\",\"include_children\":false}",
"POST /api/generation/batch
{\"unit\":\"Отдел разработки\",\"include_children\":false,\"dry_run\":true}"]
--- error_code eval
[503, 200]
--- json eval
["error.details.error_code = no_credit", "estimated_cost_usd = 2"]
--- db
SELECT count(*) FROM generation_tasks => 0
