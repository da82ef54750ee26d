# Every way in which a model fails (generation.md 6.3, 7, 10, 15), by the switches of
# the simulator: the words of a model's name.

use HR::Test 'no_plan';
use HR::Test::Generation;

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value(hr_config => "hr_llm location=/llm model=simulator concurrency=4 timeout=5s"
                                   . " total_timeout=20s breaker=1ms retry=10ms;")
        if !defined $block->hr_config;
});

run_tests();

__DATA__

=== TEST 1: what is harmless is read: white space, fences, sentences, small deviations, the plain form
--- setup
set(all => join ',', map { outcome($_) } qw( padded fenced prose area-array wrong-levels
    duplicate-keys surrogate plain no-usage ));
--- request
GET /health
--- db
SELECT '{{all}}' => padded=ok/1,fenced=ok/1,prose=ok/1,area-array=ok/1,wrong-levels=ok/1,duplicate-keys=ok/1,surrogate=ok/1,plain=ok/1,no-usage=ok/1
SELECT count(*) FROM profile_versions => 9
SELECT count(*) FROM generation_history WHERE status = 'success' => 9
SELECT count(*) FROM profile_versions WHERE generation_metadata ->> '$.validation.needs_review' => 0



=== TEST 2: what passes by is tried again, each attempt is a row of the history
--- setup
set(all => join ',', map { outcome("first:1+$_") } qw( empty padding no-choices no-content
    malformed truncate reset status:429 status:500 status:503 status:408 error-object:502 ));
--- request
GET /health
--- timeout: 60
--- db
SELECT '{{all}}' => first:1+empty=ok/2,first:1+padding=ok/2,first:1+no-choices=ok/2,first:1+no-content=ok/2,first:1+malformed=ok/2,first:1+truncate=ok/2,first:1+reset=ok/2,first:1+status:429=ok/2,first:1+status:500=ok/2,first:1+status:503=ok/2,first:1+status:408=ok/2,first:1+error-object:502=ok/2
SELECT group_concat(error_code) FROM (SELECT error_code FROM generation_history WHERE status = 'failed' ORDER BY id) => upstream_empty,upstream_empty,upstream_malformed,upstream_empty,upstream_empty,upstream_malformed,upstream_connect,rate_limited,upstream_5xx,upstream_5xx,upstream_timeout,upstream_5xx
SELECT group_concat(DISTINCT attempt) FROM generation_history WHERE status = 'success' => 2
SELECT min(generation_metadata ->> '$.llm.attempts') FROM profile_versions => 2



=== TEST 3: what lasts ends the task after three attempts, with its code and a text for people
--- setup
set(all => join ',', map { outcome($_) } qw( status:500 empty ));
--- login
--- request
GET /api/generation/tasks/active
--- timeout: 60
--- json
[0].status = failed
[0].progress = 100
[0].current_step = Завершено
[0].error_code = upstream_5xx
[0].error_message ~ [а-я]
[1].error_code = upstream_empty
--- db
SELECT '{{all}}' => status:500=upstream_5xx/3,empty=upstream_empty/3
SELECT count(*) FROM profiles => 0
SELECT group_concat(attempt) FROM generation_history WHERE error_code = 'upstream_5xx' => 1,2,3



=== TEST 4: what no repetition mends ends at once
--- setup
set(all => join ',', map { outcome($_) } qw( status:400 status:404 status:422 status:401
    status:403 status:402 finish:content_filter refusal error-content error-object:401 ));
--- request
GET /health
--- db
SELECT '{{all}}' => status:400=upstream_rejected/1,status:404=upstream_rejected/1,status:422=upstream_rejected/1,status:401=auth/1,status:403=auth/1,status:402=no_credit/1,finish:content_filter=refused/1,refusal=refused/1,error-content=refused/1,error-object:401=auth/1



=== TEST 5: a cut answer is asked for once more with more room, text that is no JSON once with its errors
--- setup
set(all => join ',', map { outcome($_) } qw( finish:length invalid-json first:1+invalid-json
    first:1+finish:length ));
--- request
GET /health
--- db
SELECT '{{all}}' => finish:length=truncated/2,invalid-json=invalid_json/2,first:1+invalid-json=ok/2,first:1+finish:length=ok/2



=== TEST 6: less than 12 of the 17 parts is incomplete, after one attempt to repair it
--- setup
set(all => outcome('missing:6'), id => $HR::Test::Generation::last);
--- login
--- request
GET /api/generation/{{id}}/result
--- json
success = false
profile = null
error_code = incomplete
errors[0] ~ ^Missing required field
metadata.generation.error_code = incomplete
metadata.validation.completeness_score < 0.7
profile_id = null
--- db
SELECT '{{all}}' => missing:6=incomplete/2
SELECT error_message LIKE 'Missing required field: %; %' FROM generation_tasks => 1



=== TEST 7: a member that the model refuses is left out, and not sent again
--- setup
set(all => join ',', map { outcome($_) } qw( unknown-format unknown-format unknown-format
    unknown-temperature unknown-temperature unknown-temperature ));
--- request
GET /health
--- db
SELECT replace('{{all}}', '/2', '') LIKE '%=ok%' => 1
SELECT count(*) FROM generation_history WHERE status = 'success' => 6
SELECT count(*) BETWEEN 2 AND 4 FROM generation_history WHERE error_code = 'upstream_rejected' => 1



=== TEST 8: Retry-After decides about the pause
--- setup
my $begin = Time::HiRes::time();
set(one => outcome('first:1+status:429+retry-after:2'),
    waited => Time::HiRes::time() - $begin >= 2 ? 1 : 0);
--- request
GET /health
--- db
SELECT '{{one}}|{{waited}}' => first:1+status:429+retry-after:2=ok/2|1



=== TEST 9: a silent upstream is given up after the time of an attempt, the task after its own
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 timeout=500ms total_timeout=5s attempts=2 retry=10ms;
--- setup
set(all => join ',', map { outcome($_) } qw( hang hang:3000 first:1+hang ));
--- request
GET /simulator/stats
--- json
open = 0
--- db
SELECT '{{all}}' => hang=upstream_timeout/2,hang:3000=upstream_timeout/2,first:1+hang=ok/2



=== TEST 10: no pause is begun that ends after the time of the task
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 retry=10ms timeout=5s total_timeout=2s;
--- setup
set(all => outcome('status:503+retry-after:10'));
--- request
GET /health
--- db
SELECT '{{all}}' => status:503+retry-after:10=upstream_5xx/1



=== TEST 11: a server that is not there
--- hr_config
hr_llm location=/nobody model=simulator concurrency=4 retry=10ms attempts=2;
--- config
location = /nobody {
    internal;
    proxy_pass http://127.0.0.1:1;
}
--- setup
set(all => outcome('x', model => 'simulator'));
--- request
GET /health
--- db
SELECT '{{all}}' => x=upstream_connect/2
--- error_log eval
[]



=== TEST 12: a location that is not there is told as a mistake of the configuration
--- hr_config
hr_llm location=/forgotten model=simulator concurrency=4;
--- config
location = /forgotten { return 404; }
--- setup
set(all => outcome('x', model => 'simulator'));
--- request
GET /health
--- db
SELECT '{{all}}' => x=not_configured/1



=== TEST 13: after two failures of the first model the spare one is asked
--- hr_config
hr_llm location=/llm model=simulator/sim/status:500 concurrency=4 retry=10ms timeout=5s;
hr_llm_fallback_models spare/model;
--- setup
set(all => outcome('x', model => undef));
--- request
GET /health
--- db
SELECT '{{all}}' => x=ok/3
SELECT group_concat(model) FROM (SELECT model FROM generation_history ORDER BY id) => simulator/sim/status:500,simulator/sim/status:500,spare/model
SELECT json_extract(metadata_json, '$.llm.model') FROM profiles => spare/model



=== TEST 14: three failed tasks in a row open the breaker: no start, then one probe, then all is well
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 retry=10ms timeout=5s attempts=1 breaker=2s;
--- setup
set(all => join ',', map { outcome('status:500') } 1 .. 3);
--- login
--- request eval
["POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
"POST /api/generation/start
{\"department\":\"Отдел разработки\",\"position\":\"Программист\"}",
"GET /api/auth/me"]
--- error_code eval
[503, 503, 200]
--- response_headers_like eval
["Retry-After: [12]", "Retry-After: [12]", ""]
--- json eval
["error.details.error_code = circuit_open
detail is string", "error.code = SERVICE_UNAVAILABLE", "username = admin"]
--- error_log eval
[]



=== TEST 15: the breaker lets a probe through after its pause; a success closes it
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 retry=10ms timeout=5s attempts=1 breaker=500ms;
--- setup
outcome('status:500') for 1 .. 3;
Time::HiRes::sleep(0.7);
my $probe = outcome('padded');
set(all => join ',', $probe, map { outcome('padded') } 1 .. 3);
--- request
GET /health
--- db
SELECT '{{all}}' => padded=ok/1,padded=ok/1,padded=ok/1,padded=ok/1



=== TEST 16: an answer without bounds is stopped
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 retry=10ms timeout=5s answer_max=100k attempts=1;
--- setup
set(all => join ',', map { outcome($_) } qw( huge:3000000 deep:60 ));
--- request
GET /health
--- db
SELECT '{{all}}' LIKE 'huge:3000000=upstream_malformed/1,deep:60=%' => 1



=== TEST 17: the whole-answer mode reads the same
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 retry=10ms timeout=5s stream=off breaker=1ms attempts=2;
--- setup
set(all => join ',', map { outcome($_) } qw( padded fenced first:1+truncate first:1+padding
    finish:length huge:100 ));
--- request
GET /health
--- db
SELECT '{{all}}' => padded=ok/1,fenced=ok/1,first:1+truncate=ok/2,first:1+padding=ok/2,finish:length=truncated/2,huge:100=ok/1



=== TEST 18: fifty generations with 20 % faults are fifty successes
--- hr_config
hr_llm location=/llm model=simulator/sim/fail-rate:20+slow:0.02 concurrency=5 timeout=2s attempts=6 total_timeout=60s user_tasks=100;
--- setup
my @ids = map { start(position => "Испытатель $_") } 1 .. 50;
my %ends;
$ends{ ended($_, seconds => 60) }++ for @ids;
set(ends => join ',', map { "$_=$ends{$_}" } sort keys %ends);
--- timeout: 90
--- request
GET /simulator/stats
--- json
max_open <= 5
--- db
SELECT '{{ends}}' => completed=50
SELECT count(*) FROM profiles => 50
SELECT count(*) FROM profile_versions => 50
SELECT count(*) FROM generation_history WHERE status = 'success' => 50



=== TEST 19: cancelling during the pause before a retry ends the task
--- login
--- setup
my $id = start(model => 'simulator/sim/status:503+retry-after:5');
Time::HiRes::sleep(0.4);
set(id => $id);
--- request eval
["DELETE /api/generation/{{id}}", "GET /api/generation/{{id}}/status"]
--- wait: 0.3
--- json eval
["task.status = cancelled", "task.status = cancelled"]
--- db
SELECT group_concat(status) FROM (SELECT status FROM generation_history ORDER BY id) => failed,cancelled



=== TEST 20: the ledger counts what the model counted
--- setup
my ($in, $out, $cost) = (0, 0, 0);
for my $words (qw( padded first:1+invalid-json finish:length first:1+finish:length missing:6 )) {
    outcome($words);
    my $stats = api(GET => '/simulator/stats', undef, user => undef);
    $in  += $stats->{tokens}{input};
    $out += $stats->{tokens}{output};
    $cost += $stats->{cost};
}
set(ledger => sprintf('%d|%d|%.6f', $in, $out, $cost));
--- request
GET /health
--- db
SELECT sum(tokens_in), sum(tokens_out), printf('%.6f', sum(cost_usd)) FROM generation_history => {{ledger}}
SELECT count(*) FROM generation_history WHERE cost_usd > 0 => 9



=== TEST 21: a document that could be stored, but breaks the schema (I-06: a career map below its minima) is asked for once more; the better one is stored, and marked when it still does
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 timeout=5s retry=10ms;
--- setup
set(all => join ',', map { outcome($_, position => "Испытатель $_") }
    qw( first:1+short-career short-career first:1+missing:5 missing:5 padded ));
--- request
GET /health
--- db
SELECT '{{all}}' => first:1+short-career=ok/2,short-career=ok/2,first:1+missing:5=ok/2,missing:5=ok/2,padded=ok/1
SELECT group_concat(coalesce(metadata_json ->> '$.validation.repair', '-') || (metadata_json ->> '$.validation.needs_review')) FROM (SELECT metadata_json FROM profiles ORDER BY created_at, rowid) => taken0,taken1,taken0,taken1,-0
SELECT group_concat(DISTINCT json_array_length(metadata_json, '$.validation.schema_issues')) FROM profiles WHERE metadata_json ->> '$.validation.needs_review' = 0 => 0
SELECT group_concat(error_code), min(cost_usd) > 0 FROM generation_history WHERE status = 'failed' => schema_invalid,schema_invalid,schema_invalid,schema_invalid|1
SELECT min(metadata_json ->> '$.llm.tokens.total' = (SELECT sum(tokens_in + tokens_out) FROM generation_history h WHERE h.position = p.position)) FROM profiles p => 1



=== TEST 22: with one attempt there is no repair: what can be stored is, with the mark
--- hr_config
hr_llm location=/llm model=simulator concurrency=4 timeout=5s retry=10ms attempts=1;
--- setup
set(all => outcome('short-career'));
--- request
GET /health
--- db
SELECT '{{all}}' => short-career=ok/1
SELECT metadata_json ->> '$.validation.needs_review', metadata_json ->> '$.validation.repair' IS NULL, metadata_json ->> '$.validation.completeness_score' FROM profiles => 1|1|1.0
SELECT metadata_json LIKE '%"career_minimum"%' FROM profiles => 1
