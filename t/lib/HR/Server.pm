package HR::Server;

# The real server of scripts/run in a folder of its own, on a free port, for the
# tests of t/e2e.
#
#   my $server = HR::Server->start(HR_LLM_DELAY => 0);
#   my $client = $server->client;            # logged in as the administrator
#   kill KILL => ($server->workers)[0];
#   $server->stop;
#
# The folder goes when the object does, unless a test has failed.

use strict;
use warnings;

use Cwd qw( getcwd );
use File::Path qw( remove_tree );
use File::Temp qw( tempdir );
use HR::Client ();
use IO::Socket::INET ();
use POSIX ();
use Scalar::Util qw( weaken );
use Test::More ();
use Time::HiRes qw( sleep time );

# Servers of this process, by folder.
my %alive;

use constant PASSWORD => 'password-of-the-administrator';

# %env: settings of scripts/run.  Dies with the output when it does not start.
sub start {
    my ($class, %env) = @_;

    my $self = bless {
        owner => $$,
        top   => getcwd(),
        home  => tempdir('hr-e2e-XXXXXX', TMPDIR => 1),
    }, $class;

    $self->{env} = {
        HR_HOME           => $self->{home},
        HR_PORT           => _free_port(),
        HR_WORKERS        => 2,
        HR_ADMIN_PASSWORD => PASSWORD,
        HR_DATA           => "$self->{home}/small",
        HR_LLM_DELAY      => 0,
        HR_RATE_LIMITS    => 'off',
        %env,
    };
    # workers run as another user, who may not enter the clone
    system('cp', '-r', "$self->{top}/t/data/small", $self->{home}) == 0
        or die "t/data/small cannot be copied\n";

    $self->{port} = $self->{env}{HR_PORT};
    weaken($alive{ $self->{home} } = $self);
    $self->up;
    return $self;
}


sub _free_port {
    my $probe = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0,
                                      Proto => 'tcp', Listen => 1)
        or die "no free port: $!\n";
    return $probe->sockport;
}


sub home { return $_[0]{home} }
sub port { return $_[0]{port} }

# Starts it (again, on the same state).
sub up {
    my ($self) = @_;

    my ($ok, $output) = $self->_run('scripts/run', '--background');
    $self->{up} = 1;
    return if $ok;

    $self->stop;
    die "scripts/run --background failed:\n$output" . $self->log_tail . "\n";
}


# Through a file: a background server keeps a pipe open.
sub _run {
    my ($self, @command) = @_;

    local @ENV{ keys %{ $self->{env} } } = values %{ $self->{env} };
    my $file = "$self->{home}/output";

    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        chdir $self->{top};
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', $file;
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec { $command[0] } @command }
        POSIX::_exit(127);
    }

    waitpid $pid, 0;
    my $ok = $? == 0;
    open my $in, '<', $file or return ($ok, '');
    local $/;
    return ($ok, <$in> // '');
}


# A client of its own connection; logged in unless login => 0.
sub client {
    my ($self, %opt) = @_;

    my $client = HR::Client->new(port => $self->{port}, timeout => $opt{timeout} // 30);
    return $client if defined $opt{login} && !$opt{login};

    my $answer = $client->login($opt{user} // 'admin',
                                $opt{password} // $self->{env}{HR_ADMIN_PASSWORD});
    die "login: status $answer->{status} $answer->{body}\n" if !$client->{token};
    return $client;
}


sub master {
    my ($self) = @_;

    for my $path (map { glob "$self->{home}/$_" } 'nginx.pid', '*/nginx.pid') {
        open my $in, '<', $path or next;
        my $pid = <$in> // next;
        return $1 if $pid =~ /\A(\d+)/ && kill 0, $1;
    }

    return undef;
}


# The pids of the worker processes.
sub workers {
    my ($self) = @_;

    my $master = $self->master // return ();
    my @workers;

    for my $path (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $path or next;
        my ($pid, $parent) = (<$in> // '') =~ /\A(\d+) \(.*\) \S (\d+)/ or next;
        next if $parent != $master;

        open my $line, '<', "/proc/$pid/cmdline" or next;
        push @workers, $pid if (<$line> // '') =~ /worker process/;
    }

    @workers = sort { $a <=> $b } @workers;
    return @workers;
}


# Which worker holds the connection of a client (it must have sent a request).
sub worker_of {
    my ($self, $client) = @_;

    my $socket = $client->{socket} // return undef;
    my $inode = _server_inode($self->{port}, $socket->sockport) // return undef;

    for my $pid ($self->workers) {
        for my $fd (glob "/proc/$pid/fd/*") {
            return $pid if (readlink $fd // '') eq "socket:[$inode]";
        }
    }

    return undef;
}


# The inode of the server's end of a connection on the loopback.
sub _server_inode {
    my ($port, $peer) = @_;

    open my $in, '<', '/proc/net/tcp' or return undef;
    my $ends = sprintf qr/\s*\d+: 0100007F:%04X 0100007F:%04X /, $port, $peer;
    while (my $line = <$in>) {
        return (split ' ', $line)[9] if $line =~ /\A$ends/;
    }

    return undef;
}


# A client whose connection is held by this worker: the others stand still while it
# is accepted.
sub client_of {
    my ($self, $worker, %opt) = @_;

    my @others = grep { $_ != $worker } $self->workers;

    for (1 .. 20) {
        my $client = HR::Client->new(port => $self->{port}, timeout => 30, %opt);
        kill STOP => @others;
        my $socket = eval { $client->_connect; $client->{socket} };
        my $held = $socket && wait_until(2, sub {
            ($self->worker_of($client) // 0) == $worker });
        kill CONT => @others;
        return $client if $held;
    }

    die "worker $worker accepts no connection\n";
}


sub signal {
    my ($self, $name) = @_;
    return kill $name => $self->master // return 0;
}


# kill -9 of the master and all workers.
sub kill_all {
    my ($self) = @_;

    my @pids = grep { defined } $self->master, $self->workers;
    kill KILL => @pids;
    wait_until(5, sub { !grep { kill 0, $_ } @pids });
    return scalar @pids;
}


# Calls $test until it is true; returns its value, or false after $seconds.
sub wait_until {
    my ($seconds, $test) = @_;

    my $deadline = time + $seconds;
    while (1) {
        my $value = $test->();
        return $value if $value || time > $deadline;
        sleep 0.02;
    }
}


# Resident memory of a process in KB.
sub rss_kb {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/status" or return 0;
    my ($kb) = map { /\AVmRSS:\s+(\d+)/ ? $1 : () } <$in>;
    return $kb // 0;
}


# Memory of a process that it shares with nobody by way of a mapping (zones, files),
# in KB: rss is everything resident, private is what only it has.
sub memory_kb {
    my ($pid) = @_;

    my %kb;
    open my $in, '<', "/proc/$pid/smaps_rollup" or return { rss => 0, private => 0 };
    while (my $line = <$in>) {
        $kb{$1} = $2 if $line =~ /\A(\w+):\s+(\d+) kB/;
    }

    return { rss     => $kb{Rss} // 0,
             private => ($kb{Private_Clean} // 0) + ($kb{Private_Dirty} // 0),
             shared  => ($kb{Shared_Clean} // 0) + ($kb{Shared_Dirty} // 0) };
}


# Rows of a query on the database, each an array; dies when it is refused.
sub sql {
    my ($self, $query) = @_;

    open my $out, '-|', 'sqlite3', '-batch', '-bail', '-separator', "\t",
                        '-cmd', '.timeout 10000', "$self->{home}/profiles.db", $query
        or die "sqlite3: $!\n";
    my @rows = map { chomp; utf8::decode($_); [split /\t/, $_, -1] } <$out>;
    close $out or die "sqlite3: $query\n";
    return @rows;
}


sub error_log {
    my ($self) = @_;

    my ($path) = grep { -e } map { glob "$self->{home}/$_" } 'error.log', '*/error.log';
    return '' if !defined $path;

    open my $in, '<', $path or return '';
    local $/;
    return <$in> // '';
}


sub log_tail {
    my ($self) = @_;

    my @lines = split /(?<=\n)/, $self->error_log;
    return join '', @lines > 30 ? @lines[-30 .. -1] : @lines;
}


# One test: the log has no severe line but those that match a pattern.
sub log_is_clean {
    my ($self, $name, @allowed) = @_;

    my @severe = grep {
        my $line = $_;
        $line =~ /\[(?:alert|crit|emerg)\]|Sanitizer|runtime error:/
        && !grep { $line =~ $_ } @allowed;
    } split /(?<=\n)/, $self->error_log;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    splice @severe, 10 if @severe > 10;
    Test::More::ok(!@severe, $name) or Test::More::diag(@severe);
}


# Ends it in order; returns true when nothing is left.
sub stop {
    my ($self) = @_;

    return 1 if !delete $self->{up};

    my $master = $self->master;
    my ($ok, $output) = $self->_run('scripts/stop');
    return $ok if !defined $master || wait_until(10, sub { !kill 0, $master });

    $self->kill_all;
    return 0;
}


# Before the global destruction, in which Test::Builder is gone as well.
END { $_->_end for grep { defined } values %alive }

sub _end {
    my ($self) = @_;

    return if $self->{owner} != $$ || $self->{ended}++;

    local $?;
    $self->stop;
    Test::More->builder->is_passing ? remove_tree($self->{home})
                                    : Test::More::diag("see $self->{home}");
}


sub DESTROY {
    my ($self) = @_;

    delete $alive{ $self->{home} };
    $self->_end;
}

1;
