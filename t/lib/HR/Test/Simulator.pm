package HR::Test::Simulator;

# Test::Nginx::Socket for the simulated model by itself: nothing but its module is
# loaded.  Sections:
#
#   ask       members of the request beside model and messages, as JSON; the block
#             becomes a POST to /sim
#   prompt    the text of the message instead of the one below
#   simulate  the header X-Simulate
#   json      claims about the answer (HR::Test::Json)
#   document  claims about the document in the message, streamed or not
#   schema    what schema_errors() finds: a pattern for each line; empty: nothing
#
# and functions for `init`, which begins with counters at zero:
#
#   ask(words, members, prompt => text)   sends a request, returns the socket
#   rest_of(socket, seconds)              all that comes, and how it ended
#   stats(method), stats_until(name => value), settle()

use File::Spec ();

BEGIN {
    # Read by Test::Nginx when it is loaded.
    my $build = $ENV{HR_TEST_BUILD} || 'build/nginx';
    $ENV{TEST_NGINX_LOAD_MODULES} =
        File::Spec->rel2abs("$build/ngx_http_hr_simulator_module.so");
}

use Test::Nginx::Socket -Base;

use HR::Test::Json qw( claims decode_json_text failed_claim );
use HR::Test::Schema qw( schema_errors );
use IO::Socket::INET ();
use JSON::PP ();
use Time::HiRes qw( sleep time );

our @EXPORT = qw( ask rest_of stats stats_until settle decode_json_text );

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

sub _body_of (@) {
    my ($members, $prompt) = @_;

    my $content = JSON::PP->new->allow_nonref->encode($prompt // $PROMPT);
    $members = $members =~ /\S/ ? ",$members" : '';
    $members =~ s/\n/ /g;
    return qq({"model":"vendor/model","messages":[{"role":"user","content":$content}]$members});
}

# Sends a request on a connection of its own; returns the socket.
sub ask (@) {
    my ($words, $members, %more) = @_;

    my $body = _body_of($members // '', $more{prompt});
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => server_port(),
                                       Timeout => 5) or die "connect: $!";
    print {$socket} "POST /sim HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        . "X-Simulate: $words\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    $socket->flush;
    return $socket;
}

# Everything until the end of the connection, and how that came: '' or the error.
sub rest_of (@) {
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

sub stats (@) {
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
sub stats_until (@) {
    my ($name, $value) = @_;

    for (1 .. 60) {
        return $value if stats()->{$name} == $value;
        sleep 0.05;
    }
    return stats()->{$name};
}

# The answer is here a moment before the server has counted it.
sub settle () { is(stats_until(open => 0), 0, 'nothing is open') }

# --- the sections -----------------------------------------------------------------

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(config => $CONFIG) if !defined $block->config;

    # A reload keeps the counters.
    $block->set_value(init => "package main; stats('POST');\n" . $block->init)
        if defined $block->init;
    return if !defined $block->ask && !defined $block->prompt;

    my $prompt = $block->prompt;
    $block->set_value(request => "POST /sim\n" . _body_of($block->ask // '', $prompt));
    $block->set_value(more_headers => 'X-Simulate: ' . $block->simulate)
        if defined $block->simulate;
});

# The text of the message.
sub _message_of (@) {
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

sub _check_claims (@) {
    my ($name, $what, $document, $text) = @_;

    for my $claim (claims($text)) {
        my $why = $document ? failed_claim($document, $claim) : 'it is not JSON';
        ok(!defined $why, "$name - $what: $claim") or diag($why);
    }
}

add_response_body_check(sub {
    my ($block, $body, $index, $repeat, $dry_run) = @_;

    return if $dry_run;
    my $message = defined $block->document || defined $block->schema ? _message_of($body) : '';
    my $document = decode_json_text($message);

    _check_claims($block->name, 'json', decode_json_text($body), $block->json);
    _check_claims($block->name, 'document', $document, $block->document);
    return if !defined $block->schema;

    my @wanted = claims($block->schema);
    my @errors = $document ? schema_errors($$document) : 'no JSON';
    is(scalar @errors, scalar @wanted, $block->name . ' - schema') or diag("@errors");
    like($errors[$_] // '', qr/$wanted[$_]/, $block->name . " - schema: $wanted[$_]")
        for 0 .. $#wanted;
});

1;
