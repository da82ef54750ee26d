package Bench::Database;

# What reaches the database: cold answers against a bare SQLite loop, writes by number
# of writers, latency under a mixed load, generation, the start.

use strict;
use warnings;

use Bench::Load ();
use Bench::Server ();
use Bench::Table ();
use File::Copy ();
use JSON::PP ();
use POSIX ();
use Time::HiRes qw( sleep time );

sub _sqlite {
    my ($server, $mode, $n, $seconds) = @_;

    # a copy: its rows are overwritten
    my $copy = "$server->{dir}/copy.db";
    system('sqlite3', $server->database, ".backup $copy") == 0 or die "bench: no copy\n";
    system('sqlite3', $copy, 'PRAGMA journal_mode = WAL') if $mode eq 'write';
    my $out = `$server->{top}/build/unit/bench_sqlite $mode $copy $n $seconds`;
    unlink glob "$copy*";
    return $out =~ /^([\d.]+)$/m ? $1 : die "bench: bench_sqlite: $out\n";
}


# ---- cold answers ----

use constant { ACCOUNTS => 8, ACCOUNT_PASSWORD => 'Bench-Acc0unt-1' };

# name, kind of the ceiling, requests: method, path, body
sub _cold_cases {
    my ($server, @ids) = @_;

    return (
        ['list, page 1', 'list', [GET => '/api/profiles/?limit=20']],
        ['list, page 500', '', [GET => '/api/profiles/?limit=20&page=500']],
        ['filter by department', '',
         [GET => '/api/profiles/?limit=20&department=%D0%BD%D0%BE%D0%BC%D0%B5%D1%80%20123']],
        ['search', '', [GET => '/api/profiles/?limit=20&search=%D1%8E%D1%80%D0%B8']],
        ['profile', '', [GET => '/api/profiles/{id}']],
        ['md', '', [GET => '/api/profiles/{id}/download/md']],
        ['docx', '', [GET => '/api/profiles/{id}/download/docx']],
        ['positions, 2 MB', '', [GET => '/api/organization/positions']],
        ['ZIP of 100 md', '',
         [POST => '/api/profiles/bulk-download', { profile_ids => [@ids[0 .. 99]], format => 'md' }]],
        ['login', 'bcrypt', map { [POST => '/api/auth/login', $_] } _accounts($server)],
    );
}


# Logins of several accounts: the passwords of one are checked one after the other.
sub _accounts {
    my ($server) = @_;

    return map {
        my $login = { username => "bench$_", password => ACCOUNT_PASSWORD };
        $server->{client}->post('/api/users', { %$login, full_name => "Bench $_", role => 'hr' });
        $login;
    } 1 .. ACCOUNTS;
}


# Passwords a second that libcrypt itself checks, in as many processes as processors.
sub _bcrypt {
    my ($server, $seconds) = @_;

    my ($hash) = `sqlite3 $server->{home}/profiles.db "SELECT password_hash FROM users LIMIT 1"`
        =~ /^(\$2\S+)/ or die "bench: no hash\n";
    my @pipes;
    chomp(my $processors = `nproc`);
    for (1 .. $processors) {
        my $pid = open my $pipe, '-|';
        die "fork: $!\n" if !defined $pid;
        if (!$pid) {
            my ($n, $end) = (0, time + $seconds);
            $n += defined crypt ACCOUNT_PASSWORD, $hash while time < $end;
            syswrite STDOUT, $n;
            POSIX::_exit(0);
        }
        push @pipes, $pipe;
    }
    my $all = 0;
    $all += readline $_ for @pipes;
    return $all / $seconds;
}


sub cold {
    my ($server, $opt) = @_;

    $server->start(HR_WORKERS => $opt->{workers}, HR_CACHE => 'off');
    my @ids = $server->documents(100);
    my @cases = _cold_cases($server, @ids);
    my (%bare, %rate, %load);

    # as many threads as the readers of all workers together
    my $threads = 4 * $opt->{workers};
    for my $round (1 .. $opt->{rounds}) {
        push @{ $bare{list} }, _sqlite($server, 'list', $threads, $opt->{seconds});
        push @{ $bare{bcrypt} }, _bcrypt($server, $opt->{seconds});
        for my $case (@cases) {
            my ($name, undef, @requests) = @$case;
            my $got = Bench::Load::run($server, ids => \@ids, seconds => $opt->{seconds},
                connections => $name =~ /^(?:login|ZIP)/ ? ACCOUNTS : $opt->{connections},
                kinds => [map { ['get', 1, @$_] } @requests]);
            warn "$name: $got->{errors} errors\n" if $got->{errors};
            push @{ $rate{$name} }, $got->{rate};
            $load{$name} = $got->{get};
        }
        print STDERR "round $round of $opt->{rounds}\n";
    }
    $server->stop;

    my @rows;
    for my $case (@cases) {
        my ($name, $kind) = @$case;
        my @ratio = $kind ? map { $rate{$name}[$_] / $bare{$kind}[$_] } 0 .. $#{ $rate{$name} } : ();
        push @rows, [$name, sprintf('%.0f', Bench::Table::median(@{ $rate{$name} })),
            $kind ? ($kind, sprintf('%.0f', Bench::Table::median(@{ $bare{$kind} })),
                     sprintf('%.2f', Bench::Table::median(@ratio))) : ('', '', ''),
            Bench::Table::ms($load{$name}{p50}), Bench::Table::ms($load{$name}{p99})];
    }
    Bench::Table::show($opt, "without the cache: $opt->{rounds} rounds of $opt->{seconds} s, "
        . "$opt->{connections} connections, $opt->{workers} worker(s), $threads reading threads; "
        . 'ceilings: a bare loop over the same query in as many threads, bcrypt itself; medians',
        ['case', 'a second', 'ceiling', 'ceiling/s', 'ratio', 'p50', 'p99'], @rows);
}


# ---- writes ----

# Calls of fsync and fdatasync by the workers while the code runs.
sub _count_syncs {
    my ($server, $code) = @_;

    my $file = "$server->{dir}/strace";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDERR, '>', '/dev/null';
        exec 'strace', '-f', '-c', '-e', 'trace=fsync,fdatasync', '-o', $file,
             map { ('-p', $_) } $server->workers;
    }
    sleep 0.5;
    my $got = $code->();
    kill INT => $pid;
    waitpid $pid, 0;
    open my $f, '<', $file or return ($got, undef);
    my $n = 0;
    while (<$f>) {
        $n += $1 if /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*f(?:data)?sync$/;
    }
    return ($got, $n);
}


sub _content {
    my ($server, $id) = @_;

    my $text = $server->{client}->get("/api/profiles/$id")->{body};
    my ($document) = $text =~ /"profile":(\{.*\}),"metadata":\{/s or die "bench: no document\n";
    $document =~ s/("position_title":")[^"]*"/$1Title {n}"/ or die "bench: no title\n";
    return qq({"profile_data":$document});
}


sub writes {
    my ($server, $opt) = @_;

    $server->start(HR_WORKERS => $opt->{workers});
    my @ids = $server->documents(64);

    # each writer edits the document of its profile
    mkdir "$server->{dir}/content";
    for my $id (@ids) {
        open my $out, '>:raw', "$server->{dir}/content/$id" or die "bench: $!\n";
        print {$out} _content($server, $id);
        close $out;
    }
    my %kinds = (
        metadata => ['write', 1, PUT => '/api/profiles/{id}', { employee_name => 'Employee {n}' }],
        content  => ['write', 1, PUT => '/api/profiles/{id}/content',
                     "\@$server->{dir}/content/{id}", 'Content-Type: application/json'],
    );
    my @rows;

    for my $what (qw( metadata content )) {
        for my $writers (1, 8, 64) {
            # each writes to a profile of its own: nobody loses a race
            my @own = @ids[0 .. $writers - 1];
            my (@rate, $load, $syncs);
            for my $round (1 .. $opt->{rounds}) {
                $load = Bench::Load::run($server, connections => $writers, ids => \@own,
                    seconds => $opt->{seconds}, kinds => [$kinds{$what}]);
                push @rate, $load->{rate};
            }
            my $p = $load->{write};

            # strace slows everything: the count is of a run of its own
            my ($traced, $n) = _count_syncs($server, sub {
                Bench::Load::run($server, connections => $writers, ids => \@own,
                    seconds => $opt->{seconds}, kinds => [$kinds{$what}]);
            });
            my $acknowledged = ($traced->{write}{n} || 0) - ($traced->{errors} || 0);
            push @rows, ["$what, $writers", sprintf('%.0f', Bench::Table::median(@rate)),
                defined $n && $n && $acknowledged ? sprintf('1/%.1f', $acknowledged / $n) : '?',
                map({ Bench::Table::ms($p->{$_}) } qw( p50 p99 p999 )), $p->{errors}];
            print STDERR "$what, $writers writers\n";
        }
    }

    my $last = $rows[-1][1];
    $server->stop;
    my $bare = Bench::Table::median(map { _sqlite($server, 'write', 64, $opt->{seconds}) }
                                    1 .. $opt->{rounds});
    push @rows, ['bare SQLite loop, 64 to a transaction', sprintf('%.0f', $bare), '1/64', '', '', '', ''];
    Bench::Table::show($opt, "writes: $opt->{rounds} rounds of $opt->{seconds} s, $opt->{workers} "
        . 'worker(s), 64 profiles of 20 KB',
        ['writers', 'a second', 'fsyncs/write', 'p50', 'p99', 'p99.9', 'errors'], @rows);
    printf "\ncontent updates of 64 writers against the bare loop: %.2f\n", $last / $bare;
}


# ---- mixed load ----

sub mixed {
    my ($server, $opt) = @_;

    $server->start(HR_WORKERS => $opt->{workers}, HR_WATCHDOG => '5ms', HR_LLM_DELAY => 0.2);
    my @ids = $server->documents(64);
    my $content = _content($server, $ids[0]);
    my $items = $server->{positions};
    my $rate = $opt->{rate} || 300;
    my @reads = (
        ['read', 30, GET => '/api/profiles/{id}'], ['read', 20, GET => '/api/auth/me'],
        ['read', 10, GET => '/api/profiles/?limit=20'], ['read', 10, GET => '/api/dashboard/stats'],
        ['read', 10, GET => '/api/profiles/?limit=20&page=3'],
        ['read', 5, GET => '/api/catalog/departments'],
        ['read', 5, GET => '/api/organization/positions', '', 'Accept-Encoding: gzip'],
    );
    my @rest = (
        ['write', 6, PUT => '/api/profiles/{id}', { employee_name => 'Employee {n}' }],
        ['write', 2, PUT => '/api/profiles/{id}/content', $content],
        ['export', 1, GET => '/api/profiles/{id}/download/docx'],
        ['export', 1, POST => '/api/profiles/bulk-download',
         { profile_ids => [@ids[0 .. 19]], format => 'md' }],
    );

    my (%p99, $mixed, $alone, @ratio);
    my %load = (connections => $opt->{connections}, seconds => $opt->{seconds}, ids => \@ids);
    my $log_begins = -s "$server->{home}/logs/error.log";
    my $slow = $server->metric('hr_event_loop_slow_turns_total');
    for my $round (1 .. $opt->{rounds}) {
        # writes end cached answers: the reads alone run with the same ends of caches
        $alone = Bench::Load::run($server, %load, rate => $rate * 0.9, kinds => \@reads);

        my $generator = fork // die "fork: $!\n";
        if (!$generator) {
            my $client = HR::Client->new(port => $server->{port}, token => $server->{token});
            my $end = time + $opt->{seconds};
            while (time < $end) {
                my $item = $items->[ int rand @$items ];
                $client->post('/api/generation/start', { department => $item->{business_unit_id},
                    position => $item->{position_name}, employee_name => 'Employee ' . int rand 1e9 });
                sleep 0.2;
            }
            $server->{up} = 0;
            POSIX::_exit(0);
        }
        $mixed = Bench::Load::run($server, %load, rate => $rate, kinds => [@reads, @rest]);
        waitpid $generator, 0;
        push @ratio, $mixed->{read}{p99} / ($alone->{read}{p99} || 1);
        print STDERR "round $round of $opt->{rounds}\n";
    }
    $slow = $server->metric('hr_event_loop_slow_turns_total') - $slow;
    my @rss = map { sprintf '%.0f MB', Bench::Server::rss_mb($_) } $server->workers;
    open my $log, '<', "$server->{home}/logs/error.log" or die;
    seek $log, $log_begins, 0;
    my %turns;
    while (<$log>) {
        $turns{$1}++ if /slow turn .* the longest (.*?) \d+ us/;
    }
    $server->stop;

    my @rows = map { my ($name, $r) = @$_; [$name, $r->{n}, $r->{errors},
                     map { Bench::Table::ms($r->{$_}) } qw( p50 p99 p999 max )] }
        ['reads alone', $alone->{read}], map { ["mixed: ${_}s", $mixed->{$_}] } qw( read write export );
    Bench::Table::show($opt, "mixed load: $rate requests a second (90 % reads, 8 % writes, 2 % exports, "
        . "generations running), last of $opt->{rounds} rounds of $opt->{seconds} s, "
        . "$opt->{connections} connections, $opt->{workers} worker(s)",
        [qw( class requests errors p50 p99 p99.9 longest )], @rows);
    printf "\np99 of reads, mixed against alone: %.2f (median of %d rounds)\n",
        Bench::Table::median(@ratio), scalar @ratio;
    printf "turns of the event loop above 5 ms: %d%s\n", $slow,
        %turns ? ' (' . join(', ', map { "$_: $turns{$_}" } sort keys %turns) . ')' : '';
    print 'private memory of the workers: ', join(', ', @rss), "\n";
}


# ---- generation ----

my @COMPLETED = ('hr_jobs_finished_total', '"completed"');

sub generation {
    my ($server, $opt) = @_;

    $server->start(HR_WORKERS => $opt->{workers}, HR_LLM_DELAY => 0, HR_LLM_CONCURRENCY => 64);
    $server->documents(4);
    my $item = $server->{positions}[11];
    my $preview = $server->api(POST => '/api/generation/preview', {
        department => $item->{business_unit_id}, position => $item->{position_name} });
    my (@alone, @rate, @cpu);

    for my $round (1 .. $opt->{rounds}) {
        push @alone, Bench::Load::run($server, connections => 64, seconds => $opt->{seconds},
            kinds => [['model', 1, POST => '/simulator/chat/completions', $preview->{request}]])->{rate};
        my $cpu = _cpu($server);
        my ($jobs, $seconds) = _generate($server, 300, $round);
        push @rate, $jobs / $seconds;
        push @cpu, 1000 * (_cpu($server) - $cpu) / ($jobs || 1);
        print STDERR "round $round of $opt->{rounds}\n";
    }
    $server->stop;
    Bench::Table::show($opt, "generation with an instant upstream (the simulator, in the same workers), "
        . "$opt->{rounds} rounds of 300, $opt->{workers} worker(s); medians",
        ['', 'jobs/s', 'the upstream alone', 'ratio', 'CPU per job, both'],
        ['generation', sprintf('%.0f', Bench::Table::median(@rate)),
         sprintf('%.0f', Bench::Table::median(@alone)),
         sprintf('%.2f', Bench::Table::median(map { $rate[$_] / $alone[$_] } 0 .. $#rate)),
         sprintf('%.1f ms', Bench::Table::median(@cpu))]);
}


# Starts so many and waits for their ends; returns how many completed, in how many seconds.
sub _generate {
    my ($server, $jobs, $round) = @_;

    my $items = $server->{positions};
    my $done = $server->metric(@COMPLETED);
    my $begin = time;
    my $started = 0;
    for my $i (0 .. $jobs - 1) {
        my $item = $items->[ ($i * 7 + 11) % @$items ];
        my $answer = $server->{client}->post('/api/generation/start', {
            department => $item->{business_unit_id}, position => $item->{position_name},
            employee_name => "Employee $round $i" });
        if ($answer->{status} =~ /^2/) {
            $started++;
        } else {
            # the queue of the user is full: let it drain
            sleep 0.05;
            redo if $answer->{status} == 429 && time < $begin + 300;
        }
    }
    my $completed = 0;
    while (time < $begin + 300) {
        $completed = $server->metric(@COMPLETED) - $done;
        last if $completed >= $started;
        sleep 0.02;
    }
    return ($completed, time - $begin);
}


# Seconds of CPU that the workers have used.
sub _cpu {
    my ($server) = @_;

    my $ticks = 0;
    for my $pid ($server->workers) {
        open my $f, '<', "/proc/$pid/stat" or next;
        my @f = split ' ', (split /\) /, <$f>)[1];
        $ticks += $f[11] + $f[12];
    }
    return $ticks / 100;
}


# ---- start ----

sub start {
    my ($server, $opt) = @_;

    my @times = map { my $s = $server->start(HR_WORKERS => $opt->{workers}); $server->stop; $s }
                1 .. $opt->{rounds};
    my $size = (-s $server->database) / 1024 / 1024;
    open my $f, '<', "$server->{home}/logs/error.log" or die;
    my @notes = grep { /hr: (?:database|organi[sz]ation|data)/ } <$f>;
    Bench::Table::show($opt, "start with $opt->{profiles} profiles",
        ['rounds', 'database', 'until the first answer', 'spread'],
        [scalar @times, sprintf('%.0f MB', $size), sprintf('%.2f s', Bench::Table::median(@times)),
         sprintf('%.0f %%', Bench::Table::spread(@times))]);
}

1;
