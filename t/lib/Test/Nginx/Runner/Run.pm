package Test::Nginx::Runner::Run;

# Runs the blocks of a file: one server at a time, restarted for every block that
# has a configuration (or reloaded, in HUP mode), and every rule about what may
# be left behind.

use strict;
use warnings;

use Exporter qw( import );
use File::Path qw( remove_tree );
use List::Util qw( shuffle );
use Test::More ();
use Time::HiRes qw( sleep time );
use Test::Nginx::Runner::CheckLog
    qw( check_error_log check_access_log check_shutdown_log recent );
use Test::Nginx::Runner::Check qw( check_response );
use Test::Nginx::Runner::Client qw( exchange parse_response );
use Test::Nginx::Runner::Config
    qw( expand config_text make_root write_user_files write_file );
use Test::Nginx::Runner::Leak qw( check_leak );
use Test::Nginx::Runner::Log ();
use Test::Nginx::Runner::Mock ();
use Test::Nginx::Runner::Request qw( requests );
use Test::Nginx::Runner::Server ();
use Test::Nginx::Runner::Settings qw( %set release_ports parse_time verbose );
use Test::Nginx::Runner::Skip qw( why_skip why_todo );

our @EXPORT_OK = qw( run_blocks run_block clean_up server %hooks );

our %hooks = (preprocess => [], body => [], after_block => [], cleanup => []);

my $owner = $$;
my $server;             # the running Test::Nginx::Runner::Server
my @served;             # blocks that it served: their patterns allow its last lines
my $access_log;
my $last_config;        # what the present server, or the last one, was given
my ($last_text, $last_name);
my $generation = 0;
my $last_output = '';   # of an nginx that did not start
my $cleaned;            # clean_up() has run

sub server { return $server }


# The order is random unless the file asks for its own; TEST_NGINX_SEED repeats
# one.
sub run_blocks {
    my (@blocks) = @_;

    if ($set{shuffle}) {
        my $seed = $ENV{TEST_NGINX_SEED} || int rand 1_000_000;
        srand $seed;
        @blocks = shuffle @blocks;
        srand;
        verbose("block order: TEST_NGINX_SEED=$seed");
    }

    for my $block (@blocks) {
        $_->($block) for @{ $hooks{preprocess} };
        $block->set_value(name => "$0 " . $block->name);
        run_block($block);
        $_->($block) for @{ $hooks{after_block} };
    }

    clean_up();
}


# A block that is written wrongly, or whose nginx does not start, is one failed
# test; the file goes on.
sub run_block {
    my ($block) = @_;

    return if defined $block->SKIP;

    local $set{log_level} = $block->log_level || $set{log_level};
    verbose($block->name);

    my $ok = eval { _run($block); 1 };
    return if $ok;

    my $error = ref $@ ? "$@" : $@;
    Test::More::fail($block->name . ' - block can run');
    Test::More::diag($error, $server ? recent($server->log->take) : ());
}


sub _run {
    my ($block) = @_;

    my $name = $block->name;
    my ($count, $reason) = why_skip($block);

    SKIP: {
        Test::More::skip("$name - $reason", $count) if defined $count;
    }
    return if defined $count;

    ($count, $reason) = why_todo($block);
    TODO: {
        Test::More::todo_skip("$name - $reason", $count) if defined $count;
    }
    return if defined $count;

    return if $set{check_leak} && (defined $block->no_check_leak
                                   || defined $block->must_die);

    my $at = { block => $block, name => $name, ports => {}, repeat => 0,
               index => 0, checks => $hooks{body} };

    return _run_must_die($at) if defined $block->must_die;

    _prepare_server($at) or return;
    push @served, $block;

    _eval_section($block, 'init');

    for my $repeat (0 .. $set{repeat_each} - 1) {
        $at->{repeat} = $repeat;
        write_user_files($block, $at->{ports}) if $repeat > 0;
        _run_once($at);
    }
}


# The code of a section sees $block; its package is that of the original, with the
# functions of Test::Nginx::Socket ("package main;" reaches those of the file).
sub _eval_section {
    my ($block, $section) = @_;

    my $code = $block->$section;
    return if !defined $code || $code eq '';

    eval "package Test::Nginx::Util; $code; 1" or die "$section: $@";
}


# nginx must refuse to start; the section's value, if any, is the exit code.
sub _run_must_die {
    my ($at) = @_;

    my ($block, $name) = @$at{qw( block name )};
    _stop();

    for my $repeat (0 .. $set{repeat_each} - 1) {
        $at->{repeat} = $repeat;
        _write_root($at, scalar $block->config);

        $server = Test::Nginx::Runner::Server->new;
        my $started = do {
            local $set{use_valgrind};

            # What nginx allocated before it gave up is nobody's leak.
            local $ENV{ASAN_OPTIONS} = "$ENV{ASAN_OPTIONS}:detect_leaks=0"
                if defined $ENV{ASAN_OPTIONS};
            $server->start;
        };
        my $title = "$name - die " . ($block->must_die =~ /\A\d+\z/
                                      ? 'with the expected exit code'
                                      : 'as expected');

        my $status = $started ? 0 : $server->{status};
        if ($block->must_die =~ /\A(\d+)\z/) {
            Test::More::is($status & 127 ? $server->how_ended : $status >> 8, $1,
                           $title);
        } else {
            Test::More::ok(!$started && !($status & 127), $title)
                or Test::More::diag($started ? 'nginx started'
                                             : $server->how_ended);
        }

        check_error_log($at, $server->log);
        $server->expect_end;
        push @served, $block;
        _stop();
    }
}


# Gives the block a server with its configuration.  Returns false when there is
# none (a test has failed then).
sub _prepare_server {
    my ($at) = @_;

    return 1 if !$set{manager};

    my $block  = $at->{block};
    my $config = $block->config;

    if (!defined $config) {
        die "no config section, here or in a block before\n"
            if !defined $last_config;
        die "the server of the block before has ended\n"
            if !$server || !$server->running;
        $server->log->skip_to_end;
        $access_log->skip_to_end;
        return 1;
    }

    my $text = config_text($block, { config => expand($config, $at->{ports}),
                                     ports  => $at->{ports} });
    my $same = defined $last_text && $text eq $last_text
               && $server && $server->running;
    $last_text = $text;

    if ($same && !$set{force_restart}) {
        $server->log->skip_to_end;
        $access_log->skip_to_end;
        return 1;
    }

    return _reload($at, $config) if $set{use_hup} && $server && $server->running;
    return _start($at, $config);
}


# Writes everything nginx reads.  In HUP mode the configuration has a mark.
sub _write_root {
    my ($at, $config, %opt) = @_;

    my $version = $set{use_hup} ? ++$generation . "-$$" : undef;
    make_root(keep => $opt{keep});
    _eval_section($at->{block}, 'post_setup_server_root');
    write_user_files($at->{block}, $at->{ports});
    write_file($set{conf},
               config_text($at->{block},
                           { config  => expand($config, $at->{ports}) // '',
                             version => $version, ports => $at->{ports} }));
    $last_config = $config;
    $last_name   = $at->{name};
    return $version;
}


sub _start {
    my ($at, $config) = @_;

    _stop();
    local $set{master} = 1 if $set{use_hup};
    _write_root($at, $config);
    $server = Test::Nginx::Runner::Server->new;
    $access_log = Test::Nginx::Runner::Log->new($set{access_log});

    return 1 if $server->start;

    my $missing = $server->output =~ /\[emerg\].*unknown directive "([^"]+)"/
                  ? $1 : undef;
    if ($ENV{TEST_NGINX_IGNORE_MISSING_DIRECTIVES} && defined $missing) {
        SKIP: { Test::More::skip("$at->{name} - no directive $missing", 1) }

    } else {
        Test::More::fail("$at->{name} - nginx starts");

        # A module that does not load fails every block: said once in full.
        my $said = $last_output;
        $last_output = $server->output;
        Test::More::diag($said ne '' && $said eq $last_output
                         ? "$said(as in a block before)" : $server->why_not);
    }

    # Its emerg lines are in the diagnosis.
    $server->expect_end;
    $server->log->take;
    _stop();
    return 0;
}


sub _reload {
    my ($at, $config) = @_;

    local $set{master} = 1;
    my $version  = _write_root($at, $config, keep => 1);
    my $fails    = defined $at->{block}->reload_fails;
    my @problems = $fails ? $server->reload_in_vain : $server->reload($version);
    $access_log  = Test::Nginx::Runner::Log->new($set{access_log}) if !$fails;
    return 1 if !@problems;

    Test::More::fail("$at->{name} - nginx reloads");
    Test::More::diag(@problems, "\n", $server->log->take);
    return 0;
}


# One pass over the requests of a block.
sub _run_once {
    my ($at) = @_;

    my $block = $at->{block};
    my $list  = requests($block, $at->{ports});

    return check_leak($at->{name}, $list->[0], $server->pid) if $set{check_leak};

    my $passing = Test::More->builder->is_passing;
    $at->{seen} = [];
    my $mock = Test::Nginx::Runner::Mock->start($block, $at->{ports});

    # However the block goes, the mock must not outlive it.
    my $ok = eval { _exchange_all($at, $list); 1 };
    my $error = $@;
    $mock->check($at->{name}) if $mock && $ok;
    $mock->stop if $mock;
    die $error if !$ok;

    # The first failure of a file: the log says more than the answer.
    if ($passing && !Test::More->builder->is_passing) {
        my $lines = recent(@{ $at->{seen} });
        Test::More::diag("error.log has:\n$lines") if $lines ne '';
    }
}


sub _exchange_all {
    my ($at, $list) = @_;

    my $block = $at->{block};
    my $pipelined = $block->pipelined_requests;
    my $count = $pipelined ? @$pipelined : @$list;
    $at->{many}  = $count > 1;
    $at->{index} = 0;

    for my $packets (@$list) {
        my $is_head = $packets->[0]{value} =~ /\A\s*HEAD\s/;
        my $bytes = _exchange($at, $packets);

        for (1 .. ($pipelined ? $count : 1)) {
            my $response = _check_one($at, $bytes, $is_head);
            $bytes = $response->{rest} // '' if $response;

            my $wait = parse_time(scalar $block->wait);
            sleep $wait if $wait;

            check_error_log($at, $server->log) if $server;
            check_access_log($at, $access_log)
                if $access_log && !defined $block->ignore_response;
            $at->{index}++;
        }
    }

    if ($server && !$server->running && !$server->{expected_end}) {
        Test::More::fail("$at->{name} - nginx lives");
        Test::More::diag('it ended with ' . $server->how_ended . "\n"
                         . $server->output);
        $server->expect_end;
    }
}


sub _exchange {
    my ($at, $packets) = @_;

    my $block = $at->{block};
    my ($bytes, $error, $timed_out) = exchange(
        $packets,
        timeout      => (parse_time(scalar $block->timeout) // $set{timeout})
                        * ($set{slowness} > 1 && !defined $block->abort
                           ? $set{slowness} : 1),
        addr         => scalar $block->server_addr_for_client,
        middle_delay => scalar $block->raw_request_middle_delay,
        shutdown     => scalar $block->shutdown,
    );

    if (defined $error && !($timed_out && defined $block->abort)) {
        Test::More::fail("$at->{name} - ERROR: $error");
    }

    return $bytes;
}


sub _check_one {
    my ($at, $bytes, $is_head) = @_;

    my $block = $at->{block};
    return undef if defined $block->ignore_response;

    my $response = defined $block->http09
        ? { code => 200, raw_headers => '', headers => [], body => $bytes }
        : parse_response($bytes, $is_head);

    check_response($at, $response);

    Test::More::diag("$at->{name} - the body is $response->{truncated} bytes short")
        if $response->{truncated};
    Test::More::diag("$at->{name} - bytes after the response: "
                     . substr $response->{rest}, 0, 200)
        if ($response->{rest} // '') ne '' && !$block->pipelined_requests;

    return $response;
}


# Ends the server and looks at what it left: its exit, processes, log lines,
# reports of instruments.
sub _stop {
    return if !$server;

    my @problems = $server->stop;
    my @lines    = $server->last_words;
    my $block    = $served[-1];
    my $at = { name => $last_name // $0, block => $block, repeat => 'at exit' };

    check_shutdown_log($at, \@lines)
        if $block && !$set{use_hup} && !defined $block->must_die;
    Test::Nginx::Runner::CheckLog::report_unexpected(
        $at, Test::Nginx::Runner::CheckLog::unexpected_lines(\@served, \@lines));

    for my $problem (@problems) {
        Test::More::fail("$at->{name} - $problem");
    }

    for my $report ($server->reports) {
        Test::More::fail("$at->{name} - no $report->[0]");
        Test::More::diag($report->[1]);
    }

    _keep_log($at->{name});
    undef $server;
    @served = ();
}


# TEST_NGINX_ERROR_LOG collects the logs of all blocks.
sub _keep_log {
    my ($name) = @_;

    my $path = $ENV{TEST_NGINX_ERROR_LOG} or return;
    open my $in, '<:raw', $set{error_log} or return;
    open my $out, '>>:raw', $path or return;
    print {$out} "=== $name\n", <$in>;
}


# The end of a test file.  The server root of a failed file stays for a look.
sub clean_up {
    return if $$ != $owner || $cleaned++;

    $_->() for splice @{ $hooks{cleanup} };

    if ($set{no_clean} && $server && $server->running) {
        Test::More::diag("left running: pid " . $server->pid
                         . ", port $set{port}, root $set{root}");
        undef $server;
        return;
    }

    _stop();
    return if !$set{own_root} || !-d $set{root} || $set{no_clean};

    if (Test::More->builder->is_passing) {
        remove_tree($set{root});

    } else {
        Test::More::diag("see $set{root}/logs");
    }
}


$SIG{$_} = sub { exit 130 } for qw( INT TERM HUP );

END {
    local $?;
    if ($$ == $owner) {
        clean_up();
        release_ports();
    }
}

1;
