# Variables for the access log that belong to a generation; a trace's id in the log.

use HR::Test 'no_plan';
use HR::Test::Generation;

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value(http_config =>
        q{log_format job 'job=$hr_job tokens=$hr_tokens trace=$hr_trace_id user=$hr_user';});
    $block->set_value(config => <<'EOT');
location /api/ {
    access_log logs/access.log job;
    hr_api;
}
EOT
});

run_tests();

__DATA__

=== TEST 1: a result names its task and what it has cost
--- login
--- setup
set(task => generate());
--- request
GET /api/generation/{{task}}/result
--- access_log eval
qr/job=[0-9a-f-]{36} tokens=[1-9]\d+ trace=- user=1$/



=== TEST 2: so does the status of a task that has ended
--- login
--- setup
set(task => generate());
--- request
GET /api/generation/{{task}}/status
--- access_log eval
qr/job=[0-9a-f-]{36} tokens=[1-9]\d+ trace=/



=== TEST 3: a start names the task that it has made, and no tokens yet
--- login
--- request eval
"POST /api/generation/start\n" . '{"department":"Отдел разработки","position":"Программист"}'
--- access_log eval
qr/job=[0-9a-f-]{36} tokens=- trace=- user=1$/



=== TEST 4: a batch is named, too
--- login
--- request eval
"POST /api/generation/batch\n" . '{"unit":"Отдел разработки","include_children":false}'
--- error_code_like: ^20[02]$
--- access_log eval
qr/job=[0-9a-f-]{36} tokens=- /



=== TEST 5: an unknown task is none, nor has another request one
--- login
--- request
GET /api/generation/aaaaaaaa-0000-4000-8000-00000000dead/status
--- error_code: 404
--- access_log
job=- tokens=- trace=- user=1



=== TEST 6: the id of the client's trace
--- login
--- request
GET /api/auth/me
--- more_headers
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
--- access_log
job=- tokens=- trace=4bf92f3577b34da6a3ce929d0e0e4736 user=1



=== TEST 7: a broken header is none
--- login
--- request
GET /api/auth/me
--- more_headers
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01
--- access_log
job=- tokens=- trace=- user=1



=== TEST 8: with a collector every request has a trace, also when nobody takes the spans
--- hr_config
hr_otlp endpoint=http://127.0.0.1:1/v1/traces
--- login
--- setup
generate();
--- request
GET /api/auth/me
--- access_log eval
qr/trace=[0-9a-f]{32} user=1$/
