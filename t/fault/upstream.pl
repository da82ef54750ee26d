# Faults of the model's service: every way to fail that the simulator knows, while
# generations run.  Whatever it answers, a task ends, and nothing is left of its calls.

use strict;
use utf8;
use warnings;

use HR::Fault;
use HR::Server ();
use Test::More;

# As t/fault's load does not wait for generations, these are started here.
my @WORDS = qw(
    status:400 status:401 status:402 status:403 status:404 status:408 status:413 status:429
    status:429+retry-after:1 status:500 status:502 status:503 status:504 status:529
    truncate:0 truncate:1000 reset:0 reset:500 hang:0 hang:600 malformed empty padding:5
    padded:5 error-object:429 error-object:502 no-choices no-content no-usage finish:length
    finish:content_filter refusal invalid-json fenced prose area-array wrong-levels missing:5
    duplicate-keys surrogate error-content deep:60 deep:900 huge:3000000 plain
    unknown-format unknown-temperature fail-rate:50
);

sub upstream {
    my ($rounds) = @_;

    prepare(HR_LLM_DELAY => 0.02);
    # a service that hangs is given up after a second
    up_with(sub {
        s/(\bhr_llm location=[^;]*?);/$1 concurrency=8 attempts=2 retry=10ms timeout=1s
          total_timeout=4s breaker=1ms;/ or die "no hr_llm in the configuration\n";
    });
    load_begin(no_generations => 1);
    my $client = $server->client;
    my $open = _connections();
    my (%ends, %tasks);

    for my $round (1 .. $rounds) {
        for my $words (map { $WORDS[rand @WORDS] } 1 .. 10) {
            my $id = start_task($client, position => "Проба $round-" . ++$run{n},
                                model => "simulator/sim/$words");
            $id ? ($tasks{$id} = $words) : $ends{refused}++;
        }
    }
    my $list = join ',', map { "'$_'" } keys %tasks;
    ok(HR::Server::wait_until(20 + $rounds * 10, sub {
        sql("SELECT count(*) FROM generation_tasks WHERE id IN ($list) AND status NOT IN"
            . " ('completed','failed')") eq '0';
    }), 'upstream: every task ends');
    $ends{$_}++ for split /\n/, sql("SELECT coalesce(error_code, 'completed') FROM"
                                    . " generation_tasks WHERE id IN ($list)");
    note('upstream: ', join ', ', map { "$_ $ends{$_}" } sort keys %ends);
    is(sql("SELECT count(*) FROM generation_tasks WHERE id IN ($list) AND status = 'failed'"
           . " AND (error_code IS NULL OR error_message IS NULL)"), 0,
       'upstream: one that fails says why');
    ok(HR::Server::wait_until(10, sub { _connections() <= $open + 16 }),
       'upstream: no call is left open');
    check('upstream', faults => scalar keys %tasks, tasks => scalar keys %tasks);
}

# Connections of the workers, the keep-alive ones to the model among them.
sub _connections {
    my $port = sprintf '%04X', $server->port;
    open my $in, '<', '/proc/net/tcp' or return 0;
    return scalar grep { /:$port [0-9A-F]{8}:[0-9A-F]{4} 01 / } <$in>;
}

(upstream => \&upstream);
