package HR::Fault;

# The bench of the fault laboratory (scripts/fault): a server under load with a ledger
# of acknowledged writes, and the proof that nothing acknowledged was lost and nothing
# was done twice.
#
# Every write carries a request id of its own, which the server stores in the audit
# record inside the transaction of the write.  The ledger is the list of the ids that
# were answered with 200: each must stand in audit_log exactly once.

use strict;
use utf8;
use warnings;

use Exporter qw( import );
use HR::Client ();
use HR::Server ();
use POSIX ();
use Test::More;
use Time::HiRes qw( sleep time );

our @EXPORT = qw( $server %run @table prepare sql fault start_with start_task load_begin load_end
    child ledger acknowledged lost_of check up_with descriptors );

our ($server, %run, @table);

use constant CONTROL => 'l< l< q< l< l< l< l< l< x4 q<';      # hr_fault_control_t of t/fault/shim.c

# --- what stands under test -----------------------------------------------------------

# A server with the shim in it, and two profiles to write to.
sub prepare {
    my (%env) = @_;

    %run = ();
    $server = undef;
    my $control = "/tmp/hr-fault-$$";
    open my $out, '>:raw', $control or die "$control: $!\n";
    print {$out} pack CONTROL, (0) x 9;
    close $out;
    chmod 0666, $control;
    $run{control} = $control;

    $server = HR::Server->start(HR_LLM_DELAY => 0.3, HR_FAULT_CONTROL => $control,
                                LD_PRELOAD => "$ENV{PWD}/build/fault/shim.so", %env);
    my $client = $server->client;
    for my $position ('Ведущий программист', 'Младший программист') {
        my $task = start_task($client, position => $position) or die "no task\n";
        HR::Server::wait_until(15, sub {
            ($client->get("/api/generation/$task/status")->{json}{task}{status} // '')
                eq 'completed' }) or die "no profile to write to\n";
    }
    $run{profiles} = [split /\n/, sql('SELECT id FROM profiles')];
    $run{fds} = (sort { $b <=> $a } descriptors())[0];
    return $server;
}

# What fails from now on: the members of hr_fault_control_t.
sub fault {
    my (%set) = @_;

    $set{last} //= $set{nth} // 0;
    open my $out, '+<:raw', $run{control} or die "$run{control}: $!\n";
    print {$out} pack CONTROL, map { $_ // 0 }
        @set{qw( write sync clock nth last pid seen failed live )};
    close $out;
}

# Allocations counted and failed since fault(nth => ...), and blocks that are in use.
sub allocations {
    open my $in, '<:raw', $run{control} or die "$run{control}: $!\n";
    read $in, my $bytes, 64;
    return (unpack CONTROL, $bytes)[6, 7, 8];
}

# One attempt to start it, with a configuration that $edit has changed in $_: true when
# nginx runs, and what it said.
sub start_with {
    my ($edit) = @_;

    my $home = $server->home;
    open my $in, '<:encoding(UTF-8)', "$home/nginx.conf" or die "nginx.conf: $!\n";
    local $_ = do { local $/; readline $in };
    $edit->();
    s/daemon off;/daemon on;/;
    open my $out, '>:encoding(UTF-8)', "$home/fault.conf" or die "fault.conf: $!\n";
    print {$out} $_;
    close $out;

    return $server->_run('nginx', '-p', $home, '-e', "$home/logs/error.log",
                         '-c', "$home/fault.conf");
}

# Starts it again with another configuration.
sub up_with {
    my ($edit) = @_;

    $server->stop;
    my ($ok, $said) = start_with($edit);
    die "nginx does not start: $said" . $server->log_tail if !$ok;
    $server->{up} = 1;
    HR::Server::wait_until(10, sub {
        $server->client(login => 0)->get('/health')->{status} == 200 }) or die "no answer\n";
}

sub sql {
    my ($text, $path) = @_;

    open my $out, '-|', 'sqlite3', '-cmd', '.timeout 10000',
        $path // $run{db} // $server->home . '/profiles.db', $text or die "sqlite3: $!\n";
    my $printed = do { local $/; readline $out } // '';
    close $out;
    chomp $printed;
    return $printed;
}

sub descriptors { return map { scalar(() = glob "/proc/$_/fd/*") } $server->workers }

# --- load -----------------------------------------------------------------------------

sub start_task {
    my ($client, %body) = @_;

    return $client->post('/api/generation/start', { department => 'Отдел разработки',
        position => 'Программист', %body })->{json}{task_id};
}

# Starts writers; each keeps a profile of its own and a ledger file.
sub load_begin {
    my (%opt) = @_;

    my $dir = $server->home . '/ledger';
    mkdir $dir;
    unlink "$dir/end";
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
            sleep($answer->{status} == 200 ? 0.002 : 0.05);
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
                department => 'Отдел разработки', position => 'Сменщик ' . ++$n });
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

# Options: faults (how many), tasks (that were started beside the load), recovery
# (seconds), allowed (severe lines), end (seconds until all tasks have ended).
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
    ok(HR::Server::wait_until($opt{end} // 60, sub {
        sql("SELECT count(*) FROM generation_tasks WHERE status NOT IN"
            . " ('completed','failed','cancelled')") eq '0';
    }), "$name: no task is stuck");
    is(sql("SELECT count(*) FROM generation_tasks WHERE id IN ($list)"), scalar @tasks,
       "$name: all " . @tasks . ' acknowledged tasks are known');
    my $double = sql("SELECT (SELECT count(*) FROM profiles) - (SELECT"
        . " count(DISTINCT result_profile_id) FROM generation_tasks WHERE status = 'completed')");
    is($double, 0, "$name: a profile for each completed task, none twice");

    is(sql('PRAGMA integrity_check'), 'ok', "$name: the database is sound");
    is($server->client->get('/api/admin/audit/verify')->{status}, 200,
       "$name: the chain of the audit trail holds");
    my @fds;
    ok(HR::Server::wait_until(15, sub {
        @fds = descriptors();
        @fds == ($server->{env}{HR_WORKERS}) && !grep { $_ > ($run{fds} // 60) + 12 } @fds;
    }), "$name: no descriptor was left") or diag("@fds, in the beginning $run{fds}");
    $server->log_is_clean("$name: no alert", @{ $opt{allowed} || [] });

    push @table, [$name, $opt{faults}, scalar @writes, $lost,
                  $opt{tasks} // scalar @tasks, $double,
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

1;
