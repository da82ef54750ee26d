# What generations cost, the prompt of a position, what /health says (improvements.md
# I-35, I-36, I-60; generation.md 12).

use HR::Test 'no_plan';
use HR::Test::Generation;

run_tests();

__DATA__

=== TEST 1: tokens, money and time by day, user, unit and model; attempts that failed count too
--- users
anna
--- hr_config
hr_llm location=/llm model=google/gemini-2.5-flash concurrency=4 retry=10ms budget=100;
--- setup
generate(model => 'simulator/sim/first:1+invalid-json');
generate(user => 'anna', position => 'Ведущий программист');
my ($total) = map { api(GET => "/api/generation/usage?group=$_") } 'day';
set(row => sql('SELECT count(*), sum(tokens_in), sum(tokens_out) FROM generation_history'),
    told => "$total->{total}{attempts}|$total->{total}{input_tokens}|$total->{total}{output_tokens}");
--- login
--- request eval
["GET /api/generation/usage", "GET /api/generation/usage?group=user",
 "GET /api/generation/usage?group=model", "GET /api/generation/usage?group=unit&from=2020-01-01&to=2020-02-01"]
--- json eval
["group = day
rows has 1
rows[0].key ~ ^\\d{4}-\\d\\d-\\d\\d\$
rows[0].attempts = 3
rows[0].succeeded = 2
rows[0].failed = 1
rows[0].cost_usd > 0
rows[0].seconds >= 0
total.attempts = 3
budget.limit_usd = 100
budget.spent_usd > 0
budget.warning = false
budget.exhausted = false
budget.since ~ -01T00:00:00Z\$",
"rows has 2
rows[0].key = admin
rows[0].attempts = 2
rows[1].key = anna
rows[1].attempts = 1",
"rows has 2
rows[0].key ~ ^google/",
"rows has 0
from = 2020-01-01T00:00:00Z
to = 2020-02-02T00:00:00Z
total.attempts = 0"]
--- db
SELECT '{{row}}' = '{{told}}' => 1



=== TEST 2: a budget near its end is a warning, a wrong range or group is told
--- login
--- hr_config
hr_llm location=/llm model=simulator budget=1;
--- sql
INSERT INTO generation_history (department, position, generation_type, status, created_at, cost_usd) VALUES ('А', 'Б', 'async', 'success', datetime('now', '-1 second'), 0.85)
--- request eval
["GET /api/generation/usage", "GET /api/generation/usage?from=2025-13-01",
 "GET /api/generation/usage?from=2025-02-01&to=2025-01-01", "GET /api/generation/usage?group=planet"]
--- error_code eval
[200, 422, 422, 422]
--- json eval
["budget.warning = true
budget.exhausted = false",
"error.details.validation_errors[0].field = query.from",
"error.details.validation_errors[0].field = query.to",
"error.details.validation_errors[0].field = query.group"]



=== TEST 3: an administrator sees the request that the model would get; nothing is sent
--- users
anna
--- login eval
["admin", "anna", "admin"]
--- request eval
["POST /api/generation/preview
{\"department\":\"Отдел разработки\",\"position\":\"Программист\",\"temperature\":0.4,\"employee_name\":\"Тайный Сотрудник\"}",
"POST /api/generation/preview
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
"POST /api/generation/preview
{\"department\":\"Нет такого\",\"position\":\"Программист\"}"]
--- error_code eval
[200, 403, 404]
--- json eval
["unit_path ~ Отдел разработки\$
model = simulator
temperature = 0.4
prompt_version ~ ^local:
prompt_characters > 5000
estimated_input_tokens > 1000
request.model = simulator
request.temperature = 0.4
request.messages[0].content ~ Программист
request.response_format.type = json_schema
report is object",
"error.code = FORBIDDEN", "error.details.resource = department"]
--- response_body_unlike eval
["Тайный", "x{99}", "x{99}"]
--- db
SELECT count(*) FROM generation_tasks => 0



=== TEST 4: health names the model and the prompt
--- hr_config
hr_llm location=/llm model=google/gemini-2.5-flash concurrency=4;
--- request
GET /health
--- json
status = healthy
components.generation = operational
generation.ready = true
generation.breaker = closed
generation.model = google/gemini-2.5-flash
generation.model_known = true
generation.model_tested = true
generation.price_per_million_usd.input = 0.075
generation.prompt_verified = true
generation.prompt_version ~ ^local:



=== TEST 5: a refused key makes health degraded until a generation succeeds
--- setup
outcome('status:401');
Time::HiRes::sleep(1.1);
my $bad = api(GET => '/health', undef, user => undef);
outcome('padded');
set(bad => "$bad->{status} $bad->{components}{generation} $bad->{generation}{last_fault}");
Time::HiRes::sleep(1.1);
--- request
GET /health
--- json
status = healthy
generation.last_fault = null
--- db
SELECT '{{bad}}' => degraded unhealthy auth



=== TEST 6: without a model generation is disabled, the rest is healthy
--- hr_config
! hr_llm
--- request
GET /health
--- json
status = healthy
components.generation = disabled
generation.error_code = not_configured



=== TEST 7: changed rules are read again by every worker; bad ones are reported and the old ones stay
--- hr_config
hr_llm location=/llm model=simulator concurrency=4;
hr_company $TEST_NGINX_HTML_DIR/company;
hr_data_watch 200ms;
--- post_setup_server_root
system("cp -r $ENV{TEST_NGINX_HR_TOP}/conf/company $ENV{TEST_NGINX_HTML_DIR}/company");
--- setup
my $file = "$ENV{TEST_NGINX_HTML_DIR}/company/generation.json";
my $text = do { local $/; open my $in, '<:raw', $file or die; <$in> };
my $write = sub { open my $out, '>:raw', $file or die; print {$out} $_[0]; close $out };
my $version = sub { api(GET => '/health', undef, user => undef)->{generation} };
my $one = $version->();
$write->($text =~ s/"siblings": 10/"siblings": 9/r);
Time::HiRes::sleep(1.6);
my $two = $version->();
$write->('{ "version": ');
Time::HiRes::sleep(1.6);
my $three = $version->();
set(changed => $one->{rules_version} ne $two->{rules_version} ? 1 : 0,
    kept => $two->{rules_version} eq $three->{rules_version} ? 1 : 0,
    error => $three->{files_error} ? 1 : 0);
generate();
--- request
GET /health
--- json
status = degraded
components.generation = degraded
generation.ready = true
--- db
SELECT '{{changed}} {{kept}} {{error}}' => 1 1 1



=== TEST 8: what a call has cost that nobody told the price of is an estimate in the ledger, and counts: cancelled, without usage, cut in the middle; a refusal costs nothing
--- login
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 timeout=5s retry=10ms attempts=1 breaker=1ms budget=100;
hr_prompts $TEST_NGINX_HR_STATE/prompts;
--- post_setup_server_root
system("cp -r $ENV{TEST_NGINX_HR_TOP}/conf/prompts $ENV{TEST_NGINX_HR_STATE}/prompts") == 0 or die;
my $file = "$ENV{TEST_NGINX_HR_STATE}/prompts/models.json";
open my $in, '<', $file or die; my $json = do { local $/; <$in> }; close $in;
my $rows = join '', map { qq({ "id": "simulator/sim/$_", "input": 1, "output": 2 },) }
           qw( slow:4 no-usage truncate:9000 status:429 );
$json =~ s/"models": \[/"models": [ $rows/ or die;
open my $out, '>', $file or die; print $out $json; close $out;
--- setup
my $id = start(model => 'simulator/sim/slow:4');
Time::HiRes::sleep(0.02) until (api(GET => "/api/generation/$id/status")->{task}{progress} // 0) > 30;
api(DELETE => "/api/generation/$id");
set(all => join ',', map { outcome($_) } qw( no-usage truncate:9000 status:429 ));
my $usage = api(GET => '/api/generation/usage');
set(same => $usage->{total}{estimated_cost_usd} == $usage->{budget}{spent_usd} ? 1 : 0);
--- request
GET /api/generation/usage
--- json
total.attempts = 4
total.estimated_cost_usd > 0
budget.spent_usd > 0
--- db
SELECT '{{all}}|{{same}}' => no-usage=ok/1,truncate:9000=upstream_malformed/1,status:429=rate_limited/1|1
SELECT group_concat(status || ' ' || cost_estimated || (tokens_in > 1000) || (tokens_out BETWEEN 1 AND 10000) || (cost_usd > tokens_in / 1000001.0)) FROM (SELECT * FROM generation_history ORDER BY id) => cancelled 1111,success 1111,failed 1111,failed 0000
