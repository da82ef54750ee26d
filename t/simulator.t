# The simulated model by itself: what it answers, every way in which it fails,
# what it counts.  Sections of this file:
#
#   ask       members of the request beside model and messages, as JSON; the block
#             becomes a POST to /sim
#   prompt    the text of the message instead of the one below
#   simulate  the header X-Simulate
#   json      claims about the answer (HR::Test::Json)
#   document  claims about the document in the message, streamed or not
#   schema    what schema_errors() finds: a pattern for each line; empty: nothing

use lib 't/lib';

BEGIN {
    my $build = $ENV{HR_TEST_BUILD} || 'build/nginx';
    require File::Spec;
    $ENV{TEST_NGINX_LOAD_MODULES} =
        File::Spec->rel2abs("$build/ngx_http_hr_simulator_module.so");
}

use Test::Nginx::Socket 'no_plan';

use HR::Test::Json qw( claims decode_json_text failed_claim );
use HR::Test::Schema qw( schema_errors );
use IO::Socket::INET ();
use JSON::PP ();
use Time::HiRes qw( sleep time );

master_on();
workers(2);
no_root_location();

our $PROMPT = <<'EOT';
Составь профиль.
Должность: Ведущий инженер-сметчик
Категория: Специалист
Подразделение: Отдел смет
Путь подразделения: Блок "Стройка"/Отдел смет
Блок: Блок "Стройка"
Непосредственный руководитель: Руководитель отдела
Подчинённых подразделений: 0
Прямых подчинённых: 0
НАЧАЛО: Показатели
| КПЭ | Цель | Ед. | Вес, % | Направление |
|---|---|---|---|---|
| Точность смет | 95 | % | 40 | рост |
| Срок выпуска сметы | 5 | дн. | 60 | снижение |
КОНЕЦ: Показатели
НАЧАЛО: ИТ-системы
- **Система смет** - единый учет
КОНЕЦ: ИТ-системы
НАЧАЛО: Карьерные кандидаты
- вверх: Руководитель отдела — Блок "Стройка"/Отдел смет
- откуда приходят: Инженер-сметчик — Блок "Стройка"/Группа смет
КОНЕЦ: Карьерные кандидаты
EOT

our $CONFIG = <<'EOT';
location = /sim {
    client_max_body_size 8m;
    client_body_buffer_size 64k;
    hr_llm_simulator on;
    hr_llm_simulator_delay 0;
}
location = /stats { hr_llm_simulator_stats; }
EOT

# --- the request, from Perl -------------------------------------------------------

sub body_of {
    my ($members, $prompt) = @_;

    my $content = JSON::PP->new->allow_nonref->encode($prompt // $PROMPT);
    $members = $members =~ /\S/ ? ",$members" : '';
    $members =~ s/\n/ /g;
    return qq({"model":"vendor/model","messages":[{"role":"user","content":$content}]$members});
}

# Sends a request on a connection of its own; returns the socket.
sub ask {
    my ($words, $members, %more) = @_;

    my $body = body_of($members // '', $more{prompt});
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port(),
                                       Timeout => 5) or die "connect: $!";
    print {$socket} "POST /sim HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        . "X-Simulate: $words\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    $socket->flush;
    return $socket;
}

# Everything until the end of the connection, and how that came: '' or the error.
sub rest_of {
    my ($socket, $seconds) = @_;

    my ($text, $error) = ('', '');
    local $SIG{ALRM} = sub { die "timeout\n" };
    eval {
        alarm($seconds // 10);
        while (1) {
            my $n = sysread $socket, $text, 65536, length $text;
            $error = "$!" if !defined $n;
            last if !$n;
        }
        alarm(0);
        1;
    } or $error = $@ =~ s/\s+\z//r;
    alarm(0);
    close $socket;
    return ($text, $error);
}

sub stats {
    my ($method) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port())
        or die "connect: $!";
    print {$socket} ($method // 'GET') . " /stats HTTP/1.1\r\nHost: localhost\r\n"
        . "Connection: close\r\n\r\n";
    $socket->flush;
    my ($text) = rest_of($socket);
    return JSON::PP->new->decode($text =~ s/.*?\r\n\r\n//sr);
}

# Waits until the counter has the value.
sub stats_until {
    my ($name, $value) = @_;

    for (1 .. 60) {
        return $value if stats()->{$name} == $value;
        sleep 0.05;
    }
    return stats()->{$name};
}

# The answer is here a moment before the server has counted it.
sub settle { is(stats_until(open => 0), 0, 'nothing is open') }

# --- the sections -----------------------------------------------------------------

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => $CONFIG) if !defined $block->config;

    # A reload keeps the counters.
    $block->set_value(init => "stats('POST');\n" . $block->init) if defined $block->init;
    return if !defined $block->ask && !defined $block->prompt;

    my $prompt = $block->prompt;
    $block->set_value(request => "POST /sim\n" . body_of($block->ask // '', $prompt));
    $block->set_value(more_headers => 'X-Simulate: ' . $block->simulate)
        if defined $block->simulate;
});

# The text of the message.
sub message_of {
    my ($body) = @_;

    my $text = '';
    for my $line ($body =~ /^data: (\{.*)/m ? $body =~ /^data: (\{.*)$/mg : $body) {
        my $answer = decode_json_text($line) or next;
        for my $choice (@{ $$answer->{choices} || [] }) {
            $text .= ($choice->{delta} || $choice->{message} || {})->{content} // '';
        }
    }
    utf8::encode($text);
    return $text;
}

sub check_claims {
    my ($name, $what, $document, $text) = @_;

    for my $claim (claims($text)) {
        my $why = $document ? failed_claim($document, $claim) : 'it is not JSON';
        ok(!defined $why, "$name - $what: $claim") or diag($why);
    }
}

add_response_body_check(sub {
    my ($block, $body, $index, $repeat, $dry_run) = @_;

    return if $dry_run;
    my $message = defined $block->document || defined $block->schema ? message_of($body) : '';
    my $document = decode_json_text($message);

    check_claims($block->name, 'json', decode_json_text($body), $block->json);
    check_claims($block->name, 'document', $document, $block->document);
    return if !defined $block->schema;

    my @wanted = claims($block->schema);
    my @errors = $document ? schema_errors($$document) : 'no JSON';
    is(scalar @errors, scalar @wanted, $block->name . ' - schema') or diag("@errors");
    like($errors[$_] // '', qr/$wanted[$_]/, $block->name . " - schema: $wanted[$_]")
        for 0 .. $#wanted;
});

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
qr/^: SIMULATOR.*"finish_reason":"stop"\}\]\}\n\ndata: \{[^\n]*"choices":\[\],"usage":\{"prompt_tokens":\d+,"completion_tokens":\d+,"total_tokens":\d+,"cost":0\.00\d{7},[^\n]*\}\n\ndata: \[DONE\]\n\n\z/ms



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



=== TEST 9: slow takes its time, and no connection is held by it
--- init
my $start = time;
my ($text) = rest_of(ask('slow:0.4', ''));
my $took = time - $start;
ok($took >= 0.39 && $took < 2, "a plain answer after $took s");
like($text, qr/^HTTP\/1.1 200 /, 'and it is a good one');

$start = time;
my $slow = ask('slow:2', '');
stats();
cmp_ok(time - $start, '<', 1, 'others are answered meanwhile');
close $slow;
--- request
GET /stats



=== TEST 10: a slow stream comes piece by piece
--- init
my $start = time;
my $socket = ask('slow:0.8', '"stream": true');
my ($first, $text) = (undef, '');
while (sysread $socket, my $part, 4096) {
    $first //= time - $start;
    $text .= $part;
}
my $took = time - $start;
ok($first < 0.5, "the first bytes after $first s");
ok($took >= 0.75 && $took < 3, "the last ones after $took s");
like($text, qr/data: \[DONE\]/, 'complete');
--- request
GET /stats



=== TEST 11: a status, with Retry-After
--- ask
--- simulate: status:429+retry-after:2
--- error_code: 429
--- response_headers
Retry-After: 2
--- json
error.code = 429
error.message is string



=== TEST 12: the behaviour may stand in the model's name
--- request
POST /sim
{"model": "sim/status:402", "messages": [{"role": "user", "content": "x"}]}
--- error_code: 402
--- json
error.code = 402



=== TEST 13: the name in front of the behaviour is the model that answers
--- request
POST /sim
{"model": "vendor/some-model/sim/fenced+no-usage", "messages": [{"role": "user", "content": "x"}]}
--- json
model = vendor/some-model
choices[0].message.content ~ ^```json
usage absent



=== TEST 14: an unknown word, a bad argument: the one who asked is told
--- request eval
[map { qq(POST /sim\n{"model": "m/sim/$_", "messages": [{"role": "user", "content": "x"}]}) }
 'explode', 'status:999', 'slow:-1', 'finish:early', 'status:', 'empty:1']
--- error_code eval
[400, 400, 400, 400, 400, 400]
--- response_body_like eval
[map { qr/unknown behaviour: \Q$_\E"/ }
 'explode', 'status:999', 'slow:-1', 'finish:early', 'status:', 'empty:1']



=== TEST 15: truncate closes the connection after so many bytes of body
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



=== TEST 16: truncate beyond the end leaves the answer whole
--- ask
--- simulate: truncate:1000000
--- schema



=== TEST 17: reset resets, before the first byte or later
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



=== TEST 18: an empty body with status 200
--- ask
--- simulate: empty
--- response_headers
Content-Length: 0
--- response_body:



=== TEST 19: padding and nothing else
--- ask
--- simulate: padding:171
--- response_headers
! Content-Length
--- response_body eval
"\n         \n" x 171



=== TEST 20: padding in front of a good answer
--- ask
--- simulate: padded:30
--- response_body_like eval
qr/\A(?:\n {9}\n){30}\{"id":"sim-/
--- schema



=== TEST 21: padding comes little by little
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



=== TEST 22: an error object with status 200
--- ask
--- simulate: error-object:429
--- json
error.code = 429
choices absent



=== TEST 23: an error in the middle of a stream
--- ask
"stream": true
--- simulate: error-object
--- response_headers
Content-Type: text/event-stream
--- response_body_like eval
qr/\Adata: \{.*\}\n\ndata: \{"error":\{"message":"[^"]+","code":502\},"choices":\[.*"error"\}\]\}\n\n\z/s



=== TEST 24: an envelope that is no JSON
--- ask
--- simulate: malformed
--- init
my ($text) = rest_of(ask('malformed', ''));
ok(!decode_json_text($text =~ s/.*?\r\n\r\n//sr), 'no JSON');
($text) = rest_of(ask('malformed', '"stream": true'));
my ($bad) = grep { !decode_json_text($_) } $text =~ /^data: (\{.*)$/mg;
ok($bad, 'no JSON in an event');



=== TEST 25: no choices, no content, no usage
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



=== TEST 26: finish:length cuts the text at a character
--- ask
--- simulate: finish:length
--- json
choices[0].finish_reason = length
choices[0].message.content ~ [^}]$
--- schema
no JSON



=== TEST 27: max_tokens cuts the text, too
--- ask
"max_tokens": 100
--- json
choices[0].finish_reason = length
usage.completion_tokens = 100



=== TEST 28: enough max_tokens do not
--- ask
"max_tokens": 20000
--- json
choices[0].finish_reason = stop



=== TEST 29: content_filter
--- ask
--- simulate: finish:content_filter
--- json
choices[0].finish_reason = content_filter
choices[0].message.content = ""



=== TEST 30: a refusal, plain and streamed
--- ask
--- simulate: refusal
--- json
choices[0].message.content is null
choices[0].message.refusal ~ ^Не могу
--- init
my ($text) = rest_of(ask('refusal', '"stream": true'));
like($text, qr/"delta":\{"role":"assistant","refusal":"/, 'in a stream');



=== TEST 31: a text that is no JSON, but balanced
--- ask
--- simulate: invalid-json
--- json
choices[0].message.content ~ ^\{,,.*\}$
--- schema
no JSON



=== TEST 32: JSON between fences
--- ask
--- simulate: fenced
--- json
choices[0].message.content ~ ^```json\n\{.*\}\n```\n$



=== TEST 33: JSON between sentences
--- ask
--- simulate: prose
--- json
choices[0].message.content ~ ^Вот профиль должности:\n\n\{.*\}\n\nЕсли нужно



=== TEST 34: area as a list of one
--- ask
--- simulate: area-array
--- document
responsibility_areas[0].area has 1
--- schema
\.responsibility_areas\[0\]\.area: is no string
\.responsibility_areas\[1\]\.area: is no string
\.responsibility_areas\[2\]\.area: is no string
\.responsibility_areas\[3\]\.area: is no string



=== TEST 35: level texts that are not the standard ones
--- ask
--- simulate: wrong-levels
--- document
professional_skills[0].specific_skills[0].proficiency_description = Уверенное владение
professional_skills[0].specific_skills[0].proficiency_level = 3



=== TEST 36: 6 of the 17 rated members are missing
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



=== TEST 37: all 17 are missing, the reasoning stays
--- ask
--- simulate: missing:17
--- document
position_title absent
metadata absent
careerogram_reasoning present
quality_verification present



=== TEST 38: a member comes twice, the last one is right
--- ask
--- simulate: duplicate-keys
--- json
choices[0].message.content ~ ^\{"position_title":"Первое название",.*"position_title":"Ведущий
--- document
position_title = Ведущий инженер-сметчик
--- schema



=== TEST 39: a lone surrogate
--- ask
--- simulate: surrogate
--- json
choices[0].message.content ~ \\ud83d"



=== TEST 40: the model's own error
--- ask
--- simulate: error-content
--- document
error is string



=== TEST 41: deep nesting
--- ask
--- simulate: deep:60
--- json
choices[0].message.content ~ "nested":\[{60}\]{60}\}$



=== TEST 42: three million bytes, plain and streamed
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



=== TEST 43: a client that reads slowly gets all of it
--- init
my $socket = ask('huge:6000000', '"stream": true');
my ($size, $reads) = (0, 0);
while (my $n = sysread $socket, my $part, 262144) {
    $size += $n;
    sleep 0.02;
}
cmp_ok($size, '>', 6_000_000, "$size bytes");
settle();
--- request
GET /stats
--- json
completed = 1
aborted = 0



=== TEST 44: no events although they were asked for
--- ask
"stream": true
--- simulate: plain
--- response_headers
Content-Type: application/json
--- json
object = chat.completion



=== TEST 45: 400 about response_format as long as the request has it
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



=== TEST 46: 400 about temperature as long as the request has it
--- init
my ($text) = rest_of(ask('unknown-temperature', '"temperature": 0.1'));
like($text, qr/^HTTP\/1.1 400 .*temperature is not supported/s, 'with');
($text) = rest_of(ask('unknown-temperature', ''));
like($text, qr/^HTTP\/1.1 200 /, 'without');
settle();
--- request
GET /stats



=== TEST 47: first: the fault holds for so many requests, in all workers together
--- init
my @status = map { (rest_of(ask('first:3+status:503', '')))[0] =~ /^HTTP\/1.1 (\d+)/ } 1 .. 6;
is("@status", '503 503 503 200 200 200', 'three fail');
settle();
--- request
GET /stats
--- json
behaviours.first = 6
behaviours.status = 3



=== TEST 48: fail-rate: the same number of failures after every reset
--- init
our @runs;
for my $run (1, 2) {
    stats('POST');
    for (1 .. 100) {
        rest_of(ask('fail-rate:30', ''));
    }
    settle();
    push @runs, stats();
}
my ($first, $second) = map { JSON::PP->new->canonical->encode($_->{behaviours}) } @runs;
is($first, $second, 'the same mix');
my $failed = 0;
$failed += $runs[0]{behaviours}{$_}
    for grep { $_ !~ /^(?:good|fail-rate)$/ } keys %{ $runs[0]{behaviours} };
ok($failed >= 20 && $failed <= 40, "$failed of 100");
cmp_ok(scalar keys %{ $runs[0]{behaviours} }, '>', 6, 'of several kinds');
--- request
GET /stats
--- json
requests = 100



=== TEST 49: hang: nothing comes, the client leaves, nobody is left
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
my ($text, $error) = rest_of($socket, 1);
is($text, '', 'nothing came');
is($error, 'timeout', 'and the connection stood');
is(stats_until(open => 0), 0, 'the leaving is noticed');
$socket = ask('hang:700', '"stream": true');
($text) = rest_of($socket, 1);
like($text, qr/\r\n\r\n/, 'some bytes, then nothing');
is(stats_until(aborted => 2), 2, 'both count as aborted');
--- request
GET /stats
--- json
requests = 2
completed = 0
broken = 0



=== TEST 50: a client that leaves in the middle of a stream is counted at once
--- init
my $socket = ask('slow:20', '"stream": true');
sysread $socket, my $part, 100;
is(stats_until(open => 1), 1, 'open');
close $socket;
my $start = time;
is(stats_until(aborted => 1), 1, 'aborted');
cmp_ok(time - $start, '<', 1, 'within a second');
--- request
GET /stats
--- json
open = 0
max_open = 1
tokens.total = 0



=== TEST 51: the ledger is exact over all workers
--- init
our ($in, $out, $cost) = (0, 0, 0);
my @sockets = map { ask('slow:0.7', $_ % 2 ? '"stream": true, "usage": {"include": true}'
                                           : '"usage": {"include": true}',
                        prompt => "$PROMPT $_") } 1 .. 40;
is(stats_until(open => 40), 40, '40 are open');
for my $socket (@sockets) {
    my ($text) = rest_of($socket);
    my ($usage) = $text =~ /"usage":(\{.*?\}[^}]*\}\})/;
    my $value = decode_json_text($usage) or next;
    $in += $$value->{prompt_tokens};
    $out += $$value->{completion_tokens};
    $cost += $$value->{cost};
}
settle();
my $stats = stats();
is($stats->{tokens}{input}, $in, "input: $in");
is($stats->{tokens}{output}, $out, "output: $out");
ok(abs($stats->{cost} - $cost) < 1e-9, "cost: $cost");
is($stats->{completed}, 40, 'all completed');
--- request
GET /stats
--- json
requests = 40
max_open = 40
open = 0
behaviours.slow = 40



=== TEST 52: POST sets the counters to zero, open requests stay open
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
rest_of(ask('', ''));
is(stats_until(open => 1), 1, 'the other one is done');
my $stats = stats('POST');
is($stats->{requests}, 0, 'no requests');
is($stats->{open}, 1, 'but one is open');
is($stats->{max_open}, 1, 'and that is the most');
close $socket;
is(stats_until(open => 0), 0, 'it leaves');
--- request
GET /stats
--- json
aborted = 1
requests = 0



=== TEST 53: open requests of a worker that was killed do not count
--- init
my @sockets = map { ask('hang', '') } 1 .. 6;
is(stats_until(open => 6), 6, 'open');
open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
chomp(my $master = <$in>);
my @workers = split ' ', `ps -o pid= --ppid $master`;
kill KILL => @workers;
sleep 0.5;
is(stats_until(open => 0), 0, 'none');
--- request
GET /stats
--- error_log eval
qr/exited on signal 9/



=== TEST 54: a body that does not fit the memory is read from its file
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



=== TEST 55: what is no request is refused
--- request eval
["GET /sim", "POST /sim", "POST /sim\n{", "POST /sim\n[]", "POST /sim\n{\"messages\":[]}",
 "POST /sim\n{\"model\":\"m\"}", "POST /sim\n{\"model\":\"m\",\"messages\":[]}",
 "POST /sim\n" . '{"a":' x 2000]
--- error_code eval
[405, 400, 400, 400, 400, 400, 400, 400]



=== TEST 56: a body over the limit of nginx is 413
--- config
location = /sim { client_max_body_size 1k; hr_llm_simulator on; }
--- request eval
"POST /sim\n" . "x" x 2000
--- error_code: 413



=== TEST 57: text parts of a message are read
--- request
POST /sim
{"model": "m", "messages": [{"role": "system", "content": "Правила"}, {"role": "user", "content": [{"type": "text", "text": "Должность: Кладовщик"}, {"type": "image"}]}]}
--- document
position_title = Кладовщик



=== TEST 58: quotes, tabs and backslashes of the prompt survive
--- prompt eval
"Должность: Мастер \"А\\Б\"\tцеха\n"
--- document
position_title ~ ^Мастер "А\\Б".цеха$



=== TEST 59: a delay that is no time
--- config
location = /sim { hr_llm_simulator on; hr_llm_simulator_delay soon; }
--- must_die
--- error_log
invalid time "soon"



=== TEST 60: a delay that is too long
--- config
location = /sim { hr_llm_simulator on; hr_llm_simulator_delay 601s; }
--- must_die
--- error_log
invalid time "601s"



=== TEST 61: off is off, a nested location is its own
--- config
location /sim {
    hr_llm_simulator off;
    return 204;
}
--- request
POST /sim
{}
--- error_code: 204



=== TEST 62: a worker that is asked to quit ends what hangs
--- init
my $socket = ask('hang', '');
is(stats_until(open => 1), 1, 'open');
open my $in, '<', server_root() . '/logs/nginx.pid' or die $!;
chomp(my $master = <$in>);
my $start = time;
kill HUP => $master;
my ($text, $error) = rest_of($socket, 5);
is($error, '', 'the connection is closed');
cmp_ok(time - $start, '<', 3, 'soon');
sleep 0.5;
--- request
GET /stats
--- json
broken = 1
open = 0
