# Langfuse: the prompt of the registry is fetched, checked, used and kept; traces
# arrive whole and without a name or a secret; a service that hangs slows nothing
# down and loses nothing in the database.

use strict;
use warnings;
use utf8;

use lib 't/lib';
use File::Temp qw( tempfile );
use HR::Server ();
use IO::Socket::INET ();
use JSON::PP ();
use MIME::Base64 qw( decode_base64 );
use Test::More;
use Time::HiRes qw( sleep time );

my ($log, $path) = tempfile(UNLINK => 1);
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 20, Proto => 'tcp')
    or die "no port: $!";
my $fake = fork() // die "fork: $!";
if (!$fake) {
    serve();
    exit 0;
}
my $host = 'http://127.0.0.1:' . $listener->sockport;

my $server = HR::Server->start(LANGFUSE_HOST => $host, LANGFUSE_PUBLIC_KEY => 'pk-test',
                               LANGFUSE_SECRET_KEY => 'sk-test',
                               LANGFUSE_PROMPT => 'profile-generation');
my $client = $server->client;
ok(HR::Server::wait_until(10, sub { -e "$server->{home}/langfuse-prompt.json" }),
   'the prompt of the registry is fetched and kept');
sleep 1;

my $task = generate($client, 'Образцов Олег');
is($task->{status}, 'completed', 'a generation with tracing');

my @batch;
ok(HR::Server::wait_until(10, sub { @batch = batches(); scalar @batch }),
   'the trace arrives within the flush time');
is($batch[0]{auth}, 'pk-test:sk-test', 'with the two keys');
is($batch[0]{path}, '/api/public/ingestion', 'at the ingestion interface');
my $text   = $batch[0]{body};
my $events = JSON::PP->new->utf8->decode($text)->{batch};
is_deeply([map { $_->{type} } @$events],
          ['trace-create', 'generation-create', ('score-create') x 4],
          'a trace, its generation, four scores');
(my $id = $task->{task_id}) =~ tr/-//d;
is($events->[0]{body}{id}, $id, 'the trace has the task as its id');
is($events->[0]{body}{userId}, '1', 'the user is a number');
cmp_ok($events->[1]{body}{usageDetails}{total}, '>', 0, 'usage');
unlike($text, qr/Образцов|\\u041e\\u0431\\u0440/, 'no name of an employee');
unlike($text, qr/sk-test|Bearer/, 'no secret');

my $detail = $client->get("/api/profiles/$task->{profile_id}")->{json};
is($detail->{metadata}{llm}{langfuse_trace_id}, $id, 'the profile names its trace');
is($detail->{metadata}{llm}{prompt_version}, 57, 'and the version of the prompt');
is($detail->{metadata}{llm}{prompt_source}, 'langfuse', 'that came from the registry');
is($events->[1]{body}{promptVersion}, 57, 'the trace is linked to it');

my $item = $client->get('/api/organization/positions')->{json}{data}{items}[0];
my $preview = $client->post('/api/generation/preview', {
    department => $item->{business_unit_id}, position => $item->{position_name} })->{json};
is($preview->{prompt_version}, 57, 'the preview shows the prompt of the registry');
like($preview->{request}{messages}[0]{content}, qr/\Q$item->{position_name}\E/,
     'filled in for the position');

# The same service, hanging.
kill STOP => $fake;
my $begin = time;
is(generate($client)->{status}, 'completed', "generation $_ while Langfuse hangs") for 1 .. 5;
cmp_ok(time - $begin, '<', 5, 'nothing waits for it');
my $list = $client->get('/api/profiles/')->{json};
cmp_ok($list->{pagination}{total}, '>=', 1, 'the profiles are there');

$begin = time;
$server->stop;
cmp_ok(time - $begin, '<', 12, 'the end waits a few seconds at most');

kill CONT => $fake;
kill TERM => $fake;
waitpid $fake, 0;
done_testing();


sub generate {
    my ($c, $employee) = @_;

    my $item = $c->get('/api/organization/positions')->{json}{data}{items}[0];
    my $start = $c->post('/api/generation/start', {
        department => $item->{business_unit_id}, position => $item->{position_name},
        force => JSON::PP::true, $employee ? (employee_name => $employee) : (),
    })->{json};
    my $task;
    HR::Server::wait_until(20, sub {
        $task = $c->get("/api/generation/$start->{task_id}/status")->{json}{task};
        return $task->{status} =~ /^(?:completed|failed|cancelled)$/;
    });
    return $task;
}

sub batches {
    open my $f, '<:raw', $path or return;
    return map { JSON::PP->new->utf8->decode($_) } <$f>;
}

sub serve {
    while (my $c = $listener->accept) {
        my ($head, $length) = ('', 0);
        while (my $line = <$c>) {
            last if $line =~ /^\r?$/;
            $head .= $line;
            $length = $1 if $line =~ /^Content-Length: *(\d+)/i;
            print $c "HTTP/1.1 100 Continue\r\n\r\n" if $line =~ /^Expect:/i;
        }
        my $body;
        read $c, $body, $length;
        if ($head =~ m{^GET (\S+)}) {
            my $answer = $1 eq '/api/public/v2/prompts/profile-generation?label=production'
                ? prompt() : '';
            printf $c "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
                $answer ? '200 OK' : '404 Not Found', length $answer, $answer;
            close $c;
            next;
        }
        my ($where) = $head =~ m{^POST (\S+)};
        my ($auth)  = $head =~ /^Authorization: Basic (\S+)/mi;
        print $log JSON::PP->new->utf8->encode({
            path => $where, auth => decode_base64($auth // ''), body => $body }), "\n";
        $log->flush;
        print $c "HTTP/1.1 207 Multi-Status\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        close $c;
    }
}

# The local bundle under another name and number.
sub prompt {
    my %part;
    for my $name (qw( prompt.txt config.json )) {
        open my $f, '<:encoding(UTF-8)', "conf/prompts/production/$name" or die "$name: $!";
        local $/;
        $part{$name} = <$f>;
    }
    return JSON::PP->new->utf8->encode({
        name => 'profile-generation', version => 57, type => 'text',
        prompt => $part{'prompt.txt'}, labels => ['production'],
        config => JSON::PP->new->decode($part{'config.json'}),
    });
}
