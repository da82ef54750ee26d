package Test::Nginx::Runner::Server;

# Starts, reloads and stops one nginx.  It runs in the foreground as a child in
# a process group of its own, so that its end, its exit code and whatever it
# leaves behind are known exactly, and every signal goes to a known pid.

use strict;
use warnings;

use IO::Socket::INET ();
use POSIX qw( :sys_wait_h SIGTERM );
use Time::HiRes qw( sleep time );
use Test::Nginx::Runner::Log ();
use Test::Nginx::Runner::Settings qw( %set verbose );

use constant START_SECONDS => 20;

# prctl(PR_SET_PDEATHSIG): a test file that is killed takes its nginx with it.
my %PRCTL = (x86_64 => 157, aarch64 => 167);
my ($machine) = (POSIX::uname())[4];

sub new {
    my ($class) = @_;
    return bless { owner => $$, old_logs => [] }, $class;
}

sub pid { $_[0]{pid} }
sub log { $_[0]{log} }

# Whether the server is there; notes how it ended when it is not.
sub running {
    my ($self) = @_;

    return 0 if !$self->{pid};
    return 1 if waitpid($self->{pid}, WNOHANG) == 0;

    $self->_ended($?);
    return 0;
}


sub _ended {
    my ($self, $status) = @_;

    $self->{status} = $status;
    $self->{group}  = delete $self->{pid};
}


# "exit code 1", "signal 11 (core dumped)"
sub how_ended {
    my ($self) = @_;

    my $status = $self->{status} // 0;
    return 'exit code ' . ($status >> 8) if !($status & 127);
    return 'signal ' . ($status & 127) . ($status & 128 ? ' (core dumped)' : '');
}


# Starts nginx on the configuration that stands in $set{conf}.  Returns 1 when it
# listens, 0 when it ended before (see how_ended() and output()).
sub start {
    my ($self) = @_;

    $self->{output} = "$set{root}/stderr.log";
    $self->{log}    = Test::Nginx::Runner::Log->new($set{error_log});
    $self->{status} = undef;
    unlink $set{pid_file};

    my @command = (_instrument(), $set{binary}, '-e', $set{error_log},
                   '-p', "$set{root}/", '-c', $set{conf});
    verbose("@command");

    my $pid = fork() // die "fork: $!\n";
    $self->_become(@command) if $pid == 0;
    $self->{pid} = $pid;

    my $deadline = time + START_SECONDS * $set{slowness};
    while (time < $deadline) {
        return 0 if !$self->running;
        return 1 if -s $set{pid_file} && _listens();
        sleep 0.01;
    }

    $self->kill_group;
    $self->{gave_up} = 1;
    return 0;
}


sub _become {
    my ($self, @command) = @_;

    setpgrp;
    syscall($PRCTL{$machine}, 1, SIGTERM)
        if $PRCTL{$machine} && !$set{no_clean};

    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', $self->{output} or POSIX::_exit(126);
    open STDERR, '>&', \*STDOUT       or POSIX::_exit(126);

    my @preload = grep { defined } @ENV{qw( TEST_NGINX_LD_PRELOAD LD_PRELOAD )};
    $ENV{LD_PRELOAD} = "@preload" if @preload;

    # The last log_path wins: reports come where this file's runner looks.
    for my $name (grep { defined $ENV{$_} } qw( ASAN_OPTIONS UBSAN_OPTIONS )) {
        $ENV{$name} .= ":log_path=$set{root}/sanitizer";
    }

    no warnings 'exec';
    exec { $command[0] } @command;
    print STDERR "cannot execute $command[0]: $!\n";
    POSIX::_exit(127);
}


sub _instrument {
    my $use = $set{use_valgrind} or return ();

    return ('valgrind', '-q', split ' ', $use) if $use !~ /\A\d+\z/;
    return (qw( valgrind -q --tool=memcheck --leak-check=full --num-callers=50
                --show-possibly-lost=no --keep-debuginfo=yes
                --gen-suppressions=all ),
            -f 'valgrind.suppress' ? '--suppressions=valgrind.suppress' : ());
}


sub _listens {
    my $socket = IO::Socket::INET->new(PeerAddr => $set{addr},
                                       PeerPort => $set{port},
                                       Timeout  => 2);
    return defined $socket;
}


# What nginx wrote to its standard output and error.
sub output {
    my ($self) = @_;

    open my $in, '<:raw', $self->{output} or return '';
    local $/;
    return <$in> // '';
}


# For a person: why nginx did not start.
sub why_not {
    my ($self) = @_;

    my $how = delete $self->{gave_up}
              ? 'did not listen in ' . START_SECONDS * $set{slowness} . ' s'
              : 'ended with ' . $self->how_ended;

    my @command = ($set{binary}, '-t', '-e', "$set{root}/stderr.log",
                   '-p', "$set{root}/", '-c', $set{conf});
    my $test = '';

    # An emerg line in the output is already all that nginx -t would say.
    if ($self->output !~ /\[emerg\]/) {
        $test = "\n--- @command\n" . `@command 2>&1`;
    }

    my $text = "nginx $how\n--- its output\n" . $self->output . $test;
    my ($line) = $text =~ /nginx\.conf:(\d+)/;
    return "$text--- $set{conf}\n" . _numbered($set{conf}, $line);
}


# The lines of a file around one of them; all when there is none.
sub _numbered {
    my ($path, $middle) = @_;

    open my $in, '<:raw', $path or return '';
    my $number = 0;
    return join '', map { sprintf "%4d  %s", @$_ }
                    grep { !$middle || abs($_->[0] - $middle) <= 5 }
                    map { [++$number, $_] } <$in>;
}


# HUP.  The new cycle opens a new log; the old one is kept beside it and read to
# its end in stop(), because old workers go on writing there.  The new
# configuration must answer $version and no old worker accept connections any more.
# Returns a list of problems.
sub reload {
    my ($self, $version) = @_;

    my $number = @{ $self->{old_logs} } + 1;
    rename $set{error_log}, "$set{error_log}.$number";
    rename $set{access_log}, "$set{access_log}.$number";
    $self->{log}->moved("$set{error_log}.$number");
    push @{ $self->{old_logs} }, $self->{log};
    $self->{log} = Test::Nginx::Runner::Log->new($set{error_log});

    my @old = $self->_workers;
    kill HUP => $self->{pid};

    _until(10, sub { (_answered_version() // '') eq $version })
        or return 'the new configuration did not answer after HUP';
    _until(10, sub { !grep { _accepts($_) } @old })
        or return 'old workers go on accepting connections after HUP';
    return ();
}


sub _workers {
    my ($self) = @_;

    my @pids;
    for my $path (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $path or next;
        my ($pid, $parent) = (<$in> // '') =~ /\A(\d+) \(.*\) \S (\d+)/ or next;
        push @pids, $pid if $parent == $self->{pid};
    }

    return @pids;
}


# A worker that shuts down says so in its title when it closes its listening sockets.
sub _accepts {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/cmdline" or return 0;
    my $title = <$in> // '';
    return $title =~ /worker process/ && $title !~ /shutting down/;
}


# HUP with a configuration that must not load: the old cycle stays, and its log.
sub reload_in_vain {
    my ($self) = @_;

    my $seen = Test::Nginx::Runner::Log->new($set{error_log});
    $seen->skip_to_end;
    $self->{log}->skip_to_end;
    kill HUP => $self->{pid};

    return _until(5, sub { scalar grep { /\[emerg\]/ } $seen->take })
           ? () : 'the reload was to fail, but no [emerg] line came';
}


sub _answered_version {
    my $socket = IO::Socket::INET->new(PeerAddr => $set{addr},
                                       PeerPort => $set{port},
                                       Timeout  => 2) or return undef;
    print {$socket} "GET /ver HTTP/1.0\r\nHost: Test-Nginx\r\n\r\n";
    local $/;
    my $answer = <$socket> // '';
    return $answer =~ /\r\n\r\n(.*)\z/s ? $1 : undef;
}


sub _until {
    my ($seconds, $test) = @_;

    my $deadline = time + $seconds * $set{slowness};
    while (!$test->()) {
        return 0 if time > $deadline;
        sleep 0.01;
    }

    return 1;
}


# Ends the server: QUIT, then TERM, then KILL, each with time to obey.  Returns a
# list of problems (it had to be killed, left processes behind, crashed).
sub stop {
    my ($self) = @_;

    return () if $self->{owner} != $$ || !$self->{pid} && !$self->{group};

    my @problems;
    my $crashed = !$self->running;

    if (!$crashed) {
        for my $signal ($ENV{TEST_NGINX_FAST_SHUTDOWN} ? () : 'QUIT', 'TERM') {
            kill $signal => $self->{pid};
            last if _until($set{timeout}, sub { !$self->running });
        }
    }

    if ($self->running) {
        push @problems, "nginx ($self->{pid}) did not end after TERM, killed";
        $self->kill_group;

    } elsif ($self->{status} != 0 && !$self->{expected_end}) {
        push @problems, 'nginx ended with ' . $self->how_ended
                        . ($crashed ? ' during the test' : ' when told to quit');
    }

    # Children may need a moment to vanish after a master that was killed.
    my $group = delete $self->{group};
    if (defined $group && kill(0, -$group)
        && !_until(1, sub { !kill 0, -$group }))
    {
        push @problems, "processes of group $group were left behind, killed";
        kill KILL => -$group;
    }

    unlink $set{pid_file};
    return @problems;
}


# A test that ends nginx itself says so, else its end counts as a crash.
sub expect_end { $_[0]{expected_end} = 1 }


sub kill_group {
    my ($self) = @_;

    return if !$self->{pid};
    kill KILL => -$self->{pid};
    waitpid $self->{pid}, 0;
    $self->_ended($?);
}


# After stop(): error log lines that nobody has looked at yet, and reports of
# sanitizers and valgrind as [title, text].
sub last_words {
    my ($self) = @_;

    return () if !$self->{log};
    my @lines = map { $_->take } @{ $self->{old_logs} }, $self->{log};
    $self->{old_logs} = [];
    return @lines;
}


# Leaks that somebody else than nginx itself has made: at its exit a worker leaves the
# connections it allocated, and that has no name that a suppression could match.
sub _foreign_leaks {
    my ($text) = @_;

    my @kept = grep {
        my @frames = /^ +#\d+ \S+ (.*)/mg;
        /^(?:Direct|Indirect) leak/m
        && grep { !m{\(\S*/nginx\+0x|\bin (?:__interceptor_|__libc_start_|_start\b|main\b)} }
           @frames;
    } split /\n\n+/, $text;

    return join "\n\n", @kept;
}


sub reports {
    my ($self) = @_;

    my @reports;
    for my $path (glob "$set{root}/sanitizer.*") {
        open my $in, '<:raw', $path or next;
        my $text = do { local $/; <$in> } // '';
        $text = _foreign_leaks($text) if $text =~ /ERROR: LeakSanitizer/;
        push @reports, ['sanitizer report', $text] if $text ne '';
        unlink $path;
    }

    my $output = $self->{output} ? $self->output : '';
    if ($set{use_valgrind} && $output =~ /^==\d+== /m) {
        push @reports, ['valgrind report', $output];

    } elsif ($output =~ /Sanitizer|runtime error:/) {
        push @reports, ['sanitizer report', $output];
    }

    return @reports;
}

1;
