package Test::Nginx::Runner::Settings;

# What a test file and the environment may set.  One hash, read by all parts of
# the runner; the functions that a test file calls (Socket.pm) only write to it.

use strict;
use warnings;

use Exporter qw( import );
use Fcntl qw( :flock O_CREAT O_RDWR );
use File::Basename qw( basename );
use File::Spec ();
use IO::Socket::INET ();

our @EXPORT_OK = qw( %set reserve_port release_ports parse_time verbose );

our %set = (
    addr               => '127.0.0.1',
    server_name        => 'localhost',
    binary             => $ENV{TEST_NGINX_BINARY} || 'nginx',
    load_modules       => $ENV{TEST_NGINX_LOAD_MODULES} || '',
    repeat_each        => 1,
    shuffle            => !$ENV{TEST_NGINX_NO_SHUFFLE},
    workers            => 1,
    worker_connections => 64,
    worker_user        => $ENV{TEST_NGINX_WORKER_USER},
    master             => ($ENV{TEST_NGINX_MASTER_PROCESS} || 'off') eq 'on',
    log_level          => $ENV{TEST_NGINX_LOG_LEVEL} || 'debug',
    timeout            => $ENV{TEST_NGINX_TIMEOUT} || 3,
    sleep              => $ENV{TEST_NGINX_SLEEP} || 0.015,
    root_location      => 1,
    long_string        => 1,
    accum_error_log    => $ENV{TEST_NGINX_CHECK_ACCUM_ERR_LOG},
    use_hup            => $ENV{TEST_NGINX_USE_HUP},
    use_valgrind       => $ENV{TEST_NGINX_USE_VALGRIND},
    check_leak         => $ENV{TEST_NGINX_CHECK_LEAK},
    leak_samples       => $ENV{TEST_NGINX_CHECK_LEAK_COUNT} || 100,
    event_type         => $ENV{TEST_NGINX_EVENT_TYPE},
    postpone_output    => $ENV{TEST_NGINX_POSTPONE_OUTPUT},
    force_restart      => $ENV{TEST_NGINX_FORCE_RESTART_ON_TEST} // 1,
    no_clean           => $ENV{TEST_NGINX_NO_CLEAN},
    manager            => !$ENV{TEST_NGINX_NO_NGINX_MANAGER},
    preamble           => '',
    env                => [],
);

# Times that a slow instrument stretches: waiting for start, exit and log lines.
$set{slowness} = $set{use_valgrind} ? 20 : $ENV{ASAN_OPTIONS} ? 5 : 1;

if (defined $set{worker_user}
    && $set{worker_user} !~ /\A\w[-\w]*(?:\s+\w[-\w]*)?\z/)
{
    die "TEST_NGINX_WORKER_USER is not a user name: $set{worker_user}\n";
}

if (defined $set{postpone_output} && $set{postpone_output} !~ /\A\d+\z/) {
    die "TEST_NGINX_POSTPONE_OUTPUT is not a number: $set{postpone_output}\n";
}

# The load of the leak check needs one process whose memory can be watched.
if ($set{check_leak}) {
    @set{qw( use_hup use_valgrind master log_level )} = (0, 0, 0, 'warn');
}


# port => [lock handle, lock file]: flock()ed until this process ends, so that
# test files that run side by side never choose the same number.
my %held;
my $owner = $$;

# Below the range from which the kernel takes the ports of outgoing connections.
use constant { PORT_MIN => 10_240, PORT_COUNT => 22_000 };

# Returns a free port that no other running test file has; undef when none is.
sub reserve_port {
    for (1 .. 1000) {
        my $port = PORT_MIN + int rand PORT_COUNT;
        next if $held{$port};

        my $name = File::Spec->catfile(File::Spec->tmpdir,
                                       "test-nginx-port-$port.lock");
        sysopen(my $lock, $name, O_RDWR | O_CREAT, 0666) or next;
        flock($lock, LOCK_EX | LOCK_NB) or next;

        my $probe = IO::Socket::INET->new(
            LocalAddr => $set{addr},
            LocalPort => $port,
            Proto     => 'tcp',
            Listen    => 1,
            ReuseAddr => 1,
        );

        if (!$probe) {
            unlink $name;
            next;
        }

        close $probe;
        $held{$port} = [$lock, $name];
        return $port;
    }

    return undef;
}


sub release_ports {
    return if $$ != $owner;

    unlink $_->[1] for values %held;
    %held = ();
}


# "3", "1.5s", "50ms" as seconds; undef stays undef.
sub parse_time {
    my ($text) = @_;

    return undef if !defined $text || $text eq '';
    return $1 / 1000 if $text =~ /\A\s*([\d.]+)\s*ms\s*\z/;
    return $1 + 0    if $text =~ /\A\s*([\d.]+)\s*s?\s*\z/;
    die "not a time: \"$text\"\n";
}


sub verbose {
    print STDERR "# $_\n" for $ENV{TEST_NGINX_VERBOSE} ? @_ : ();
}


# A fixed port or a fixed root is for running under a debugger or beside a
# proxy; by default both are this file's own, so that `prove -j` is safe.
sub _choose_place {
    my $fixed = $ENV{TEST_NGINX_SERVER_PORT} || $ENV{TEST_NGINX_PORT};

    if ($fixed && !$ENV{TEST_NGINX_RANDOMIZE}) {
        $set{port} = $fixed;

    } else {
        $set{port} = reserve_port() or die "no free port found\n";
    }

    $set{client_port} = $ENV{TEST_NGINX_RANDOMIZE} ? $set{port}
                      : $ENV{TEST_NGINX_CLIENT_PORT} || $set{port};

    if ($ENV{TEST_NGINX_SERVROOT} && !$ENV{TEST_NGINX_RANDOMIZE}) {
        $set{root} = File::Spec->rel2abs($ENV{TEST_NGINX_SERVROOT});

    } else {
        (my $file = basename($0)) =~ s/\.t\z//;
        $file =~ s/[^\w.-]/_/g;
        my $dir = -d 't' ? 't' : File::Spec->tmpdir;
        $set{root} = File::Spec->rel2abs("$dir/servroot_${file}_$set{port}");
        $set{own_root} = 1;
    }

    $set{logs} = "$set{root}/logs";
    $set{html} = "$set{root}/html";
    $set{conf} = "$set{root}/conf/nginx.conf";
    $set{pid_file}   = "$set{logs}/nginx.pid";
    $set{error_log}  = "$set{logs}/error.log";
    $set{access_log} = "$set{logs}/access.log";

    $ENV{TEST_NGINX_SERVER_ROOT} = $set{root};
    $ENV{TEST_NGINX_HTML_DIR}    = $set{html};
    $ENV{TEST_NGINX_SERVER_PORT} = $set{port};
}

_choose_place();

1;
