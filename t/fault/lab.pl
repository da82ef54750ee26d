# The fault laboratory (scripts/fault): load with a ledger of acknowledged writes, a
# fault, and the proof that nothing acknowledged was lost and nothing was done twice.
#
# Every write carries a request id of its own, which the server stores in the audit
# record inside the transaction of the write.  The ledger is the list of the ids that
# were answered with 200: each must stand in audit_log exactly once.

use strict;
use utf8;
use warnings;

use File::Copy qw( copy );
use Getopt::Long qw( GetOptions );
use HR::Client ();
use HR::Server ();
use POSIX ();
use Test::More;
use Time::HiRes qw( sleep time );

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

my ($seed, $rounds, $short, $list) = (time ^ $$, 10);
GetOptions('seed=i' => \$seed, 'rounds=i' => \$rounds, 'short' => \$short, 'list' => \$list)
    or exit 2;
$seed = int($seed) & 0x7fffffff;
$rounds = 2 if $short;

my @SCENARIOS = (
    ['worker-kill'  => \&worker_kill],   ['kill-all'     => \&kill_everything],
    ['stop-cont'    => \&stop_cont],     ['hup'          => \&hup],
    ['power-cut'    => \&power_cut],     ['disk-full'    => sub { bad_disk('ENOSPC') }],
    ['read-only'    => sub { bad_disk('EROFS') }],
    ['io-error'     => sub { bad_disk('EIO') }],
    ['foreign-lock' => \&foreign_lock],  ['slow-clients' => \&slow_clients],
    ['corrupted'    => \&corrupted],
);
if ($list) { print map { "$_->[0]\n" } @SCENARIOS; exit 0 }

my %known = map { $_->[0] => $_->[1] } @SCENARIOS;
my @wanted = @ARGV ? @ARGV : $short ? qw( worker-kill kill-all power-cut disk-full )
                                    : map { $_->[0] } @SCENARIOS;
$known{$_} or die "unknown scenario $_ (see --list)\n" for @wanted;

note("seed $seed, rounds $rounds: scripts/fault --seed $seed --rounds $rounds @wanted");

my ($server, $control, @table, %run);

# --- what stands under test -----------------------------------------------------------

sub up {
    $server = HR::Server->start(HR_LLM_DELAY => 0.3, HR_FAULT_CONTROL => '/nowhere',
                                LD_PRELOAD => "$ENV{PWD}/build/fault/shim.so");
    return $server;
}

sub sql {
    my ($text, $path) = @_;

    open my $out, '-|', 'sqlite3', '-cmd', '.timeout 10000',
        $path // $server->home . '/profiles.db', $text or die "sqlite3: $!\n";
    my $printed = do { local $/; readline $out } // '';
    close $out;
    chomp $printed;
    return $printed;
}

# --- load -----------------------------------------------------------------------------

# Starts writers; each keeps a profile of its own and a ledger file.
sub load_begin {
    my (%opt) = @_;

    my $dir = $server->home . '/ledger';
    mkdir $dir;
    my $token = $server->client->{token};
    my @load = map { writer($_, $dir, $token) } @{ $run{profiles} };
    push @load, starter($dir, $token) if !$opt{no_generations};
    $run{load} = \@load;
    sleep 0.2;
}

sub child {
    my ($code) = @_;

    my $pid = fork() // die "fork: $!\n";
    return $pid if $pid;
    # a file, not a signal, which would end a request half-way
    my $end = $server->home . '/ledger/end';
    eval { $code->(sub { -e $end }); 1 } or warn $@;
    POSIX::_exit(0);
}

sub writer {
    my ($profile, $dir, $token) = @_;

    return child(sub {
        my ($end) = @_;
        open my $ledger, '>>', "$dir/writes-$$" or die $!;
        $ledger->autoflush(1);
        my $client = HR::Client->new(port => $server->port, token => $token, timeout => 15);

        for (my $n = 1; !$end->(); $n++) {
            my $id = sprintf 'fault-%d-%06d', $$, $n;
            my $answer = $client->put("/api/profiles/$profile", { employee_name => "N $n" },
                                      headers => { 'X-Request-ID' => $id });
            print {$ledger} "$answer->{status} $id ", $answer->{error} // '', "\n";
            sleep 0.05 if $answer->{status} != 200;
        }
    });
}

sub starter {
    my ($dir, $token) = @_;

    return child(sub {
        my ($end) = @_;
        open my $ledger, '>>', "$dir/tasks-$$" or die $!;
        $ledger->autoflush(1);
        my $client = HR::Client->new(port => $server->port, token => $token, timeout => 15);
        my $n = 0;

        until ($end->()) {
            my $answer = $client->post('/api/generation/start', {
                department => 'Отдел разработки', position => 'Программист',
                employee_name => "T $$ " . ++$n });
            print {$ledger} "$answer->{status} "
                            . ($answer->{json} && $answer->{json}{task_id} // '-')
                            . ' ' . ($answer->{error} // '') . "\n";
            sleep 0.15;
        }
    });
}

sub load_end {
    my @load = @{ delete $run{load} || [] };
    return if !@load;

    open my $end, '>', $server->home . '/ledger/end' or die "end: $!\n";
    waitpid $_, 0 for @load;
}

# Lines of the ledger: status, id.
sub ledger {
    my ($kind) = @_;

    my @lines;
    for my $file (glob $server->home . "/ledger/$kind-*") {
        open my $in, '<', $file or next;
        push @lines, map { [split ' ', $_, 3] } grep { /\n\z/ } <$in>;
    }
    return @lines;
}

sub acknowledged { return map { $_->[1] } grep { $_->[0] eq '200' } ledger($_[0]) }

# How many of the ids do not stand exactly once in the audit trail of a database.
sub lost_of {
    my ($path, @ids) = @_;

    my %count = map { split /\|/ } split /\n/,
        sql("SELECT request_id, count(*) FROM audit_log WHERE request_id LIKE 'fault-%'"
            . " AND result = 'ok' GROUP BY 1", $path);
    return scalar grep { ($count{$_} // 0) != 1 } @ids;
}

# --- the checker ----------------------------------------------------------------------

sub check {
    my ($name, %opt) = @_;

    load_end();
    my $recovery = recovery_seconds();
    cmp_ok($recovery, '<', $opt{recovery} // 10, "$name: a write succeeds again");

    my @writes = acknowledged('writes');
    my $lost = lost_of(undef, @writes);
    cmp_ok(scalar @writes, '>', 0, "$name: " . @writes . ' writes were acknowledged');
    is($lost, 0, "$name: each stands exactly once in the database");

    my @tasks = acknowledged('tasks');
    my $list = join ',', map { "'$_'" } @tasks;
    ok(HR::Server::wait_until(60, sub {
        sql("SELECT count(*) FROM generation_tasks WHERE status NOT IN"
            . " ('completed','failed','cancelled')") eq '0';
    }), "$name: no task is stuck");
    is(sql("SELECT count(*) FROM generation_tasks WHERE id IN ($list)"), scalar @tasks,
       "$name: all " . @tasks . ' acknowledged tasks are known');
    my $double = sql("SELECT (SELECT count(*) FROM profiles) - $run{base} - (SELECT"
        . " count(DISTINCT result_profile_id) FROM generation_tasks WHERE status = 'completed')");
    is($double, 0, "$name: a profile for each completed task, none twice");

    is(sql('PRAGMA integrity_check'), 'ok', "$name: the database is sound");
    is($server->client->get('/api/admin/audit/verify')->{status}, 200,
       "$name: the chain of the audit trail holds");
    ok(HR::Server::wait_until(15, sub {
        my @fds = map { scalar(() = glob "/proc/$_/fd/*") } $server->workers;
        @fds == 2 && !grep { $_ > ($run{fds} // 60) + 12 } @fds;
    }), "$name: no descriptor was left");
    $server->log_is_clean("$name: no alert", @{ $opt{allowed} || [] });

    push @table, [$name, $opt{faults}, scalar @writes, $lost, scalar @tasks, $double,
                  sprintf '%.2f', $recovery];
}

sub recovery_seconds {
    my $begin = time;
    my $profile = $run{profiles}[0];

    HR::Server::wait_until(15, sub {
        my $client = eval { $server->client } or return 0;
        $client->put("/api/profiles/$profile", { employee_name => 'after' })->{status} == 200;
    });
    return time - $begin;
}

sub prepare {
    %run = ();
    up();
    my $client = $server->client;

    for my $position ('Ведущий программист', 'Младший программист') {
        my $task = $client->post('/api/generation/start', {
            department => 'Отдел разработки', position => $position })->{json}{task_id};
        HR::Server::wait_until(15, sub {
            ($client->get("/api/generation/$task/status")->{json}{task}{status} // '')
                eq 'completed' }) or die "no profile to write to\n";
    }
    $run{profiles} = [split /\n/, sql('SELECT id FROM profiles')];
    $run{base} = 0;
    $run{fds} = (sort { $b <=> $a } map { scalar(() = glob "/proc/$_/fd/*") } $server->workers)[0];
}

# --- faults ---------------------------------------------------------------------------

sub worker_kill {
    load_begin();
    for (1 .. $rounds * 5) {
        sleep 0.1 + rand 0.2;
        my @workers = $server->workers or next;
        kill KILL => $workers[rand @workers];
    }
    check('worker-kill', faults => $rounds * 5, allowed => [qr/exited on signal 9/]);
}

sub kill_everything {
    load_begin();
    for (1 .. $rounds) {
        sleep 0.2 + rand 0.5;
        $server->kill_all;
        $server->up;
    }
    check('kill-all', faults => $rounds, allowed => [qr/exited on signal 9/]);
}

sub stop_cont {
    load_begin();
    for (1 .. $rounds) {
        my @workers = $server->workers or next;
        my $pid = $workers[rand @workers];
        kill STOP => $pid;
        sleep 0.3 + rand 0.7;
        kill CONT => $pid;
        sleep 0.2;
    }
    check('stop-cont', faults => $rounds);
}

sub hup {
    load_begin();
    for (1 .. $rounds) {
        $server->signal('HUP');
        sleep 0.6 + rand 0.4;
    }
    load_end();

    # A worker that quits closes kept connections: who sends at that moment gets no
    # answer and knows that nothing was done (RFC 9112 9.3.1).  Nothing else may fail.
    my @failed = grep { $_->[0] ne '200' } ledger('writes'), ledger('tasks');
    my @closed = grep { $_->[2] =~ /closed without an answer|reset by peer|Broken pipe/ } @failed;
    is(scalar @failed - @closed, 0, 'hup: no request failed') or diag(map { "@$_" } @failed);
    is(scalar(grep { lost_of(undef, $_->[1]) == 0 } grep { $_->[1] =~ /fault/ } @closed), 0,
       'hup: of ' . @closed . ' that met a closing connection none was done');
    check('hup', faults => $rounds);
}

# Last frame that the index of the log knows: bytes of the log up to its end.
sub log_end {
    open my $in, '<:raw', $server->home . '/profiles.db-shm' or return 32;
    read $in, my $head, 48;
    return 32 + unpack('L', substr $head, 16, 4) * (4096 + 24);
}

sub log_salt {
    my ($path) = @_;

    open my $in, '<:raw', $path or return '';
    read $in, my $head, 32;
    return substr $head // '', 16, 8;
}

# The disk as it was at an instant, its log cut at a byte behind what was acknowledged.
sub power_cut {
    my ($cuts, $lost, $damaged, $checked, $in_log) = (0) x 5;
    my ($db, $copy) = ($server->home . '/profiles.db', $server->home . '/copy.db');

    # a log that has just begun anew proves nothing: until one did
    my $done = 0;
    load_begin();
    while ($done < $rounds || !$in_log && $done < 20 * $rounds) {
        $done++;
        my @workers = $server->workers;
        my @known = acknowledged('writes');
        kill STOP => @workers;
        my ($end, $salt) = (log_end(), log_salt("$db-wal"));
        kill CONT => @workers;
        sleep 0.01 + rand 0.04;             # less than the log takes to begin anew
        kill STOP => @workers;
        copy($db, "$copy.kept") && copy("$db-wal", "$copy.log") or die "copy: $!\n";
        my $now = log_end();
        kill CONT => @workers;

        # a log that began anew: everything known is in the main file already
        $end = 0 if $salt ne log_salt("$copy.log");
        $in_log += $end > 0;
        for (1 .. 10) {
            my $at = $end + int rand($now - $end + 1);
            copy("$copy.kept", $copy);
            copy("$copy.log", "$copy-wal");
            unlink "$copy-shm";
            truncate "$copy-wal", $at;
            $cuts++;
            $damaged++ if sql('PRAGMA integrity_check', $copy) ne 'ok';
            $lost += lost_of($copy, @known);
            $checked += @known;
        }
    }
    cmp_ok($in_log, '>', 0, "power-cut: in $in_log of $done the log had acknowledged writes");
    is($damaged, 0, "power-cut: $cuts copies, all sound");
    is($lost, 0, "power-cut: $checked acknowledged writes looked up, none lost");
    check('power-cut', faults => $cuts);
}

sub disk {
    my ($word) = @_;

    open my $out, '>', $server->{env}{HR_FAULT_CONTROL} or die "control: $!\n";
    print {$out} $word;
    close $out;
}

sub bad_disk {
    my ($word) = @_;
    my $name = { ENOSPC => 'disk-full', EROFS => 'read-only', EIO => 'io-error' }->{$word};

    $server->stop;
    $server->{env}{HR_FAULT_CONTROL} = $server->home . '/control';
    disk('none');
    $server->up;
    my $client = $server->client;
    load_begin();
    for (1 .. $rounds) {
        disk($word);
        sleep 0.2;
        my $answer = $client->put("/api/profiles/$run{profiles}[0]",
                                  { employee_name => 'full disk' });
        is($answer->{status}, 503, "$name: a write is refused");
        ok($answer->{headers}{'retry-after'}, "$name: it says when to try again");
        is($client->get('/api/profiles/')->{status}, 200, "$name: reads go on");
        disk('none');
        sleep 0.3;
    }
    check($name, faults => $rounds);
}

sub foreign_lock {
    load_begin();
    for (1 .. $rounds) {
        my $pid = open(my $lock, '|-', 'sqlite3', $server->home . '/profiles.db')
            // die "sqlite3: $!\n";
        $lock->autoflush(1);
        print {$lock} ".timeout 10000\nBEGIN IMMEDIATE;\n";
        sleep 0.5 + rand 0.5;
        is($server->client(login => 0)->get('/health')->{status}, 200, 'foreign-lock: alive');
        print {$lock} "ROLLBACK;\n.quit\n";
        close $lock;
        sleep 0.2;
    }
    check('foreign-lock', faults => $rounds, recovery => 12);
}

# Clients that never finish what they began, or never read what they asked for.
sub slow_clients {
    load_begin();
    my @sockets;
    my $token = $server->client->{token};
    for my $i (1 .. $rounds * 20) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port)
            or die "connect: $!\n";
        syswrite $socket, $i % 3 == 0 ? 'GET /hea'
            : $i % 3 == 1 ? "PUT /api/profiles/x HTTP/1.1\r\nHost: localhost\r\n"
                            . "Authorization: Bearer $token\r\nContent-Length: 90\r\n\r\n{"
            : "GET /api/organization/positions HTTP/1.1\r\nHost: localhost\r\n"
              . "Authorization: Bearer $token\r\n\r\n" x 3;
        push @sockets, $socket;
    }
    sleep 1.5;
    close $_ for @sockets;
    check('slow-clients', faults => scalar @sockets);
}

# A damaged file: the start is refused, and the message says what to do.
sub corrupted {
    $server->stop;
    my $path = $server->home . '/profiles.db';
    sql('PRAGMA wal_checkpoint(TRUNCATE)');
    copy($path, "$path.kept");
    my $size = -s $path;

    for my $round (1 .. $rounds) {
        open my $file, '+<:raw', $path or die "$path: $!\n";
        if ($round % 2) { print {$file} 'this is no database' }
        else {
            seek $file, 4096 * (1 + int rand($size / 4096 - 1)), 0;
            print {$file} "\xff" x 4096;
        }
        close $file;
        my $ok = eval { $server->up; 1 };
        my $said = $@ . $server->log_tail;
        ok(!$ok, 'corrupted: the start is refused');
        like($said, qr/damaged|no database/, 'corrupted: it says why');
        like($said, qr/restore/, 'corrupted: and what to do');
        $server->stop if $ok;
        unlink "$path-wal", "$path-shm";
        copy("$path.kept", $path);
    }
    $server->up;
    is($server->client->get('/health')->{status}, 200, 'corrupted: a kept copy serves again');
    push @table, ['corrupted', $rounds, 0, 0, 0, 0, '-'];
}

# --- run ------------------------------------------------------------------------------

for my $name (@wanted) {
    srand($seed);
    my $begin = time;
    eval { prepare(); $known{$name}->(); 1 } or fail("$name: ran to its end") or diag($@);
    load_end();
    $server->stop if $server;
    note(sprintf '%s: %.1f s', $name, time - $begin);
}

note('| fault | times | writes acknowledged | lost | tasks | double profiles | recovery, s |');
note('| --- | --- | --- | --- | --- | --- | --- |');
note('| ' . join(' | ', @$_) . ' |') for @table;
done_testing();
