# What the simulated model answers, and every way in which it fails.

use HR::Test::Simulator 'no_plan';

use Time::HiRes qw( time );

run_tests();

__DATA__

=== TEST 1: a plain answer is a valid profile made from the facts of the prompt
--- ask
--- response_headers
Content-Type: application/json
--- json
id ~ ^sim-[0-9a-f]{8}$
object = chat.completion
model = vendor/model
choices[0].finish_reason = stop
choices[0].message.role = assistant
choices[0].message.refusal is null
usage.prompt_tokens > 200
usage.completion_tokens > 2000
usage.cost absent
--- schema
--- document
position_title = Ведущий инженер-сметчик
department_broad = "Блок \"Стройка\""
department_specific = Отдел смет
position_category = Специалист
direct_manager = Руководитель отдела
subordinates = {"departments": 0, "direct_reports": 0}
responsibility_areas has 4
performance_metrics.quantitative_kpis[0] = Точность смет: цель 95 %
performance_metrics.quantitative_kpis[1] = Срок выпуска сметы: цель 5 дн.
workplace_provisioning.software.specialized_tools = ["Система смет"]
careerogram.source_positions.direct_predecessors[0] = Инженер-сметчик
careerogram.target_pathways.vertical_growth[0].target_department = "Блок \"Стройка\"/Отдел смет"



=== TEST 2: the same request has the same answer, another one another
--- init
my @texts = map { (rest_of(ask('', '')))[0] =~ /("choices".*)/s } 1, 2;
is($texts[0], $texts[1], 'twice the same');
my ($other) = (rest_of(ask('', '', prompt => "Должность: Кладовщик\n")))[0] =~ /("choices".*)/s;
isnt($other, $texts[0], 'another prompt');
settle();
--- request
GET /stats
--- json
requests = 3



=== TEST 3: a prompt without facts still gives a valid profile
--- prompt
Расскажи что-нибудь.
--- schema



=== TEST 4: a manager has people, their number is known or made up
--- prompt
Должность: Руководитель отдела продаж
Подразделение: Отдел продаж
--- schema
--- document
subordinates.direct_reports > 0
position_category = Линейный руководитель (группа, направление)
corporate_competencies[4] = Лидерство



=== TEST 5: enumerations come from the schema of the request
--- ask
"response_format": {"type": "json_schema", "json_schema": {"name": "P", "schema": {
  "properties": {"position_category": {"enum": ["Мастер", "Бригадир"]},
                 "corporate_competencies": {"items": {"enum": ["Смелость", "Упорство"]}},
                 "department_broad": {"enum": ["Завод 1", "Завод 2"]}}}}}
--- document
position_category = Мастер
corporate_competencies = ["Смелость", "Упорство"]
department_broad ~ ^Завод [12]$



=== TEST 6: a stream joins to the document and ends with usage and [DONE]
--- ask
"stream": true, "stream_options": {"include_usage": true}, "usage": {"include": true}
--- response_headers
Content-Type: text/event-stream
Cache-Control: no-cache
! Content-Length
--- schema
--- document
position_title = Ведущий инженер-сметчик
--- response_body_like eval
qr/^:\ SIMULATOR.*
   "finish_reason":"stop"\}\]\}\n\n
   data:\ \{[^\n]*"choices":\[\],"usage":\{"prompt_tokens":\d+,"completion_tokens":\d+,
   "total_tokens":\d+,"cost":0\.00\d{7},[^\n]*\}\n\n
   data:\ \[DONE\]\n\n\z/xms



=== TEST 7: without include_usage a stream has no usage
--- ask
"stream": true
--- response_body_unlike: "usage"



=== TEST 8: cost is told to those who ask, 75 and 300 billionths a token
--- ask
"usage": {"include": true}
--- init
our $priced = JSON::PP->new->decode(
    (rest_of(ask('', '"usage": {"include": true}')))[0] =~ s/.*?\r\n\r\n//sr)->{usage};
ok(abs($priced->{cost} * 1e9 - 75 * $priced->{prompt_tokens}
       - 300 * $priced->{completion_tokens}) < 0.5, 'cost of a plain answer');
--- json
usage.cost > 0



=== TEST 9: a status, with Retry-After
--- ask
--- simulate: status:429+retry-after:2
--- error_code: 429
--- response_headers
Retry-After: 2
--- json
error.code = 429
error.message is string



=== TEST 10: the behaviour may stand in the model's name
--- request
POST /sim
{"model": "sim/status:402", "messages": [{"role": "user", "content": "x"}]}
--- error_code: 402
--- json
error.code = 402



=== TEST 11: the name in front of the behaviour is the model that answers
--- request
POST /sim
{"model": "vendor/some-model/sim/fenced+no-usage", "messages": [{"role": "user", "content": "x"}]}
--- json
model = vendor/some-model
choices[0].message.content ~ ^```json
usage absent



=== TEST 12: an unknown word, a bad argument: the one who asked is told
--- request eval
[map { qq(POST /sim\n{"model": "m/sim/$_", "messages": [{"role": "user", "content": "x"}]}) }
 'explode', 'status:999', 'slow:-1', 'finish:early', 'status:', 'empty:1']
--- error_code eval
[400, 400, 400, 400, 400, 400]
--- response_body_like eval
[map { qr/unknown behaviour: \Q$_\E"/ }
 'explode', 'status:999', 'slow:-1', 'finish:early', 'status:', 'empty:1']



=== TEST 13: truncate closes the connection after so many bytes of body
--- init
my ($text, $error) = rest_of(ask('truncate:1000', ''));
my ($head, $body) = split /\r\n\r\n/, $text, 2;
my ($length) = $head =~ /Content-Length: (\d+)/;
cmp_ok($length, '>', 5000, 'the head promises all');
is(length $body, 1000, 'the body breaks off');
is($error, '', 'with an orderly end of the connection');

($text, $error) = rest_of(ask('truncate:3000', '"stream": true'));
like($text, qr/Transfer-Encoding: chunked/, 'a stream as well');
unlike($text, qr/\r\n0\r\n/, 'without the last chunk');
settle();
--- request
GET /stats
--- json
broken = 2
completed = 0
tokens.total = 0



=== TEST 14: truncate beyond the end leaves the answer whole
--- ask
--- simulate: truncate:1000000
--- schema



=== TEST 15: reset resets, before the first byte or later
--- init
my ($text, $error) = rest_of(ask('reset', ''));
is($text, '', 'nothing comes');
like($error, qr/reset/i, 'connection reset');
($text, $error) = rest_of(ask('reset:500', '"stream": true'));
like($error, qr/reset/i, 'connection reset later');
settle();
--- request
GET /stats
--- json
broken = 2
open = 0



=== TEST 16: an empty body with status 200
--- ask
--- simulate: empty
--- response_headers
Content-Length: 0
--- response_body:



=== TEST 17: padding and nothing else
--- ask
--- simulate: padding:171
--- response_headers
! Content-Length
--- response_body eval
"\n         \n" x 171



=== TEST 18: padding in front of a good answer
--- ask
--- simulate: padded:30
--- response_body_like eval
qr/\A(?:\n {9}\n){30}\{"id":"sim-/
--- schema



=== TEST 19: padding comes little by little
--- init
my $start = time;
my $socket = ask('padding:8+slow:0.4', '');
my @at;
while (sysread $socket, my $part, 4096) {
    push @at, time - $start;
}
cmp_ok(scalar @at, '>', 4, 'in several pieces');
ok($at[-1] >= 0.35 && $at[0] < 0.3, "from $at[0] to $at[-1] s");
--- request
GET /stats



=== TEST 20: an error object with status 200
--- ask
--- simulate: error-object:429
--- json
error.code = 429
choices absent



=== TEST 21: an error in the middle of a stream
--- ask
"stream": true
--- simulate: error-object
--- response_headers
Content-Type: text/event-stream
--- response_body_like eval
qr/\Adata:\ \{.*\}\n\n
   data:\ \{"error":\{"message":"[^"]+","code":502\},"choices":\[.*"error"\}\]\}\n\n\z/xs



=== TEST 22: an envelope that is no JSON
--- ask
--- simulate: malformed
--- init
my ($text) = rest_of(ask('malformed', ''));
ok(!decode_json_text($text =~ s/.*?\r\n\r\n//sr), 'no JSON');
($text) = rest_of(ask('malformed', '"stream": true'));
my ($bad) = grep { !decode_json_text($_) } $text =~ /^data: (\{.*)$/mg;
ok($bad, 'no JSON in an event');



=== TEST 23: no choices, no content, no usage
--- init
my %answer = map { $_ => JSON::PP->new->decode((rest_of(ask($_, '')))[0] =~ s/.*?\r\n\r\n//sr) }
             qw( no-choices no-content no-usage );
is_deeply($answer{'no-choices'}{choices}, [], 'no choices');
is($answer{'no-content'}{choices}[0]{message}{content}, undef, 'no content');
is($answer{'no-content'}{usage}{completion_tokens}, 0, 'costs nothing');
is($answer{'no-usage'}{usage}, undef, 'no usage');
settle();
--- request
GET /stats
--- json
behaviours.no-choices = 1
behaviours.no-content = 1



=== TEST 24: finish:length cuts the text at a character
--- ask
--- simulate: finish:length
--- json
choices[0].finish_reason = length
choices[0].message.content ~ [^}]$
--- schema
no JSON



=== TEST 25: max_tokens cuts the text, too
--- ask
"max_tokens": 100
--- json
choices[0].finish_reason = length
usage.completion_tokens = 100



=== TEST 26: enough max_tokens do not
--- ask
"max_tokens": 20000
--- json
choices[0].finish_reason = stop



=== TEST 27: content_filter
--- ask
--- simulate: finish:content_filter
--- json
choices[0].finish_reason = content_filter
choices[0].message.content = ""



=== TEST 28: a refusal, plain and streamed
--- ask
--- simulate: refusal
--- json
choices[0].message.content is null
choices[0].message.refusal ~ ^Не могу
--- init
my ($text) = rest_of(ask('refusal', '"stream": true'));
like($text, qr/"delta":\{"role":"assistant","refusal":"/, 'in a stream');



=== TEST 29: a text that is no JSON, but balanced
--- ask
--- simulate: invalid-json
--- json
choices[0].message.content ~ ^\{,,.*\}$
--- schema
no JSON



=== TEST 30: JSON between fences
--- ask
--- simulate: fenced
--- json
choices[0].message.content ~ ^```json\n\{.*\}\n```\n$



=== TEST 31: JSON between sentences
--- ask
--- simulate: prose
--- json
choices[0].message.content ~ ^Вот профиль должности:\n\n\{.*\}\n\nЕсли нужно



=== TEST 32: area as a list of one
--- ask
--- simulate: area-array
--- document
responsibility_areas[0].area has 1
--- schema
\.responsibility_areas\[0\]\.area: is no string
\.responsibility_areas\[1\]\.area: is no string
\.responsibility_areas\[2\]\.area: is no string
\.responsibility_areas\[3\]\.area: is no string



=== TEST 33: level texts that are not the standard ones
--- ask
--- simulate: wrong-levels
--- document
professional_skills[0].specific_skills[0].proficiency_description = Уверенное владение
professional_skills[0].specific_skills[0].proficiency_level = 3



=== TEST 34: 6 of the 17 rated members are missing
--- ask
--- simulate: missing:6
--- document
responsibility_areas absent
careerogram absent
workplace_provisioning present
--- schema
lacks responsibility_areas
lacks professional_skills
lacks corporate_competencies
lacks personal_qualities
lacks experience_and_education
lacks careerogram



=== TEST 35: all 17 are missing, the reasoning stays
--- ask
--- simulate: missing:17
--- document
position_title absent
metadata absent
careerogram_reasoning present
quality_verification present



=== TEST 36: a member comes twice, the last one is right
--- ask
--- simulate: duplicate-keys
--- json
choices[0].message.content ~ ^\{"position_title":"Первое название",.*"position_title":"Ведущий
--- document
position_title = Ведущий инженер-сметчик
--- schema



=== TEST 37: a lone surrogate
--- ask
--- simulate: surrogate
--- json
choices[0].message.content ~ \\ud83d"



=== TEST 38: the model's own error
--- ask
--- simulate: error-content
--- document
error is string



=== TEST 39: deep nesting
--- ask
--- simulate: deep:60
--- json
choices[0].message.content ~ "nested":\[{60}\]{60}\}$



=== TEST 40: three million bytes, plain and streamed
--- init
my ($text) = rest_of(ask('huge', ''));
cmp_ok(length $text, '>', 3_000_000, 'plain: ' . length $text);
ok(decode_json_text($text =~ s/.*?\r\n\r\n//sr), 'and it is JSON');
($text) = rest_of(ask('huge', '"stream": true'));
cmp_ok(length $text, '>', 3_000_000, 'streamed: ' . length $text);
like($text, qr/data: \[DONE\]/, 'complete');
settle();
--- request
GET /stats
--- json
completed = 2



=== TEST 41: no events although they were asked for
--- ask
"stream": true
--- simulate: plain
--- response_headers
Content-Type: application/json
--- json
object = chat.completion



=== TEST 42: 400 about response_format as long as the request has it
--- init
my ($text) = rest_of(ask('unknown-format', '"response_format": {"type": "json_object"}'));
like($text, qr/^HTTP\/1.1 400 .*response_format is not supported/s, 'with');
($text) = rest_of(ask('unknown-format', ''));
like($text, qr/^HTTP\/1.1 200 /, 'without');
($text) = rest_of(ask('unknown-format', '"response_format": null'));
like($text, qr/^HTTP\/1.1 200 /, 'null is without');
settle();
--- request
GET /stats



=== TEST 43: 400 about temperature as long as the request has it
--- init
my ($text) = rest_of(ask('unknown-temperature', '"temperature": 0.1'));
like($text, qr/^HTTP\/1.1 400 .*temperature is not supported/s, 'with');
($text) = rest_of(ask('unknown-temperature', ''));
like($text, qr/^HTTP\/1.1 200 /, 'without');
settle();
--- request
GET /stats



=== TEST 44: a body that does not fit the memory is read from its file
--- config
location = /sim {
    client_max_body_size 8m;
    client_body_buffer_size 1k;
    hr_llm_simulator on;
    hr_llm_simulator_delay 0;
}
--- ask
"remark": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
--- schema
--- document
position_title = Ведущий инженер-сметчик



=== TEST 45: what is no request is refused
--- request eval
["GET /sim", "POST /sim", "POST /sim\n{", "POST /sim\n[]", "POST /sim\n{\"messages\":[]}",
 "POST /sim\n{\"model\":\"m\"}", "POST /sim\n{\"model\":\"m\",\"messages\":[]}",
 "POST /sim\n" . '{"a":' x 2000]
--- error_code eval
[405, 400, 400, 400, 400, 400, 400, 400]



=== TEST 46: a body over the limit of nginx is 413
--- config
location = /sim { client_max_body_size 1k; hr_llm_simulator on; }
--- request eval
"POST /sim\n" . "x" x 2000
--- error_code: 413



=== TEST 47: text parts of a message are read
--- request
POST /sim
{"model": "m", "messages": [{"role": "system", "content": "Правила"},
 {"role": "user", "content": [{"type": "text", "text": "Должность: Кладовщик"},
                             {"type": "image"}]}]}
--- document
position_title = Кладовщик



=== TEST 48: quotes, tabs and backslashes of the prompt survive
--- prompt eval
"Должность: Мастер \"А\\Б\"\tцеха\n"
--- document
position_title ~ ^Мастер "А\\Б".цеха$
