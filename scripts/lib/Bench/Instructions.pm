package Bench::Instructions;

# Instructions of a request, counted by callgrind in the thread of the event loop:
# the same to a part of a percent from run to run, so that a regression is a count.
# t/bench/instructions holds what they were; more than 3 % above it is a failure.

use strict;
use warnings;

use Bench::Server ();
use Bench::Table ();
use HR::Client ();
use Time::HiRes qw( sleep );

use constant { REQUESTS => 1000, TOLERANCE => 0.03 };

my @CASES = (
    [health => '/health'], [me => '/api/auth/me'], [dashboard => '/api/dashboard/stats'],
    [list => '/api/profiles/?limit=20'], [profile => '/api/profiles/{id}'],
    ['profile-304' => '/api/profiles/{id}', 1], [positions => '/api/organization/positions'],
);

# Returns true when nothing got slower.
sub run {
    my ($server, $opt, @wanted) = @_;

    if (system('command -v valgrind >/dev/null') != 0) {
        print "instructions: skipped, there is no valgrind\n";
        return 1;
    }

    $server->start;
    my ($id) = $server->documents(1);
    $server->stop;

    my %wanted = map { $_ => 1 } @wanted;
    my %was = _baseline($server);
    my @rows;
    my %now = _measure($server, $id, grep { !@wanted || $wanted{ $_->[0] } } @CASES);
    my $ok = 1;
    for my $case (grep { exists $now{ $_->[0] } } @CASES) {
        my ($name, $n) = ($case->[0], $now{ $case->[0] });
        my $change = $was{$name} ? $n / $was{$name} - 1 : 0;
        $ok = 0 if $change > TOLERANCE;
        push @rows, [$name, $n, $was{$name} // '', sprintf('%+.1f %%', 100 * $change),
                     $change > TOLERANCE ? 'MORE' : 'ok'];
    }
    Bench::Table::show($opt, 'instructions of a warm request in the thread of the event loop',
                       ['case', 'now', 'baseline', 'change', ''], @rows);
    _keep($server, %was, %now) if $opt->{'keep-baseline'};
    return $ok || $opt->{'keep-baseline'};
}


sub _file { return "$_[0]{top}/t/bench/instructions" }

sub _baseline {
    my ($server) = @_;

    open my $f, '<', _file($server) or return;
    return map { /^(\S+) (\d+)$/ ? ($1 => $2) : () } <$f>;
}


sub _keep {
    my ($server, %counts) = @_;

    open my $f, '>', _file($server) or die "bench: $!\n";
    print $f "# scripts/bench --keep-baseline instructions\n";
    print $f "$_ $counts{$_}\n" for sort keys %counts;
    close $f;
}


# One process without a master, so that valgrind sees the worker.
sub _measure {
    my ($server, $id, @cases) = @_;

    my ($home, $dir) = @$server{qw( home dir )};
    open my $in, '<', "$home/nginx.conf" or die "bench: $!\n";
    my $conf = do { local $/; <$in> };
    $conf =~ s/^daemon off;/daemon off; master_process off;/m or die "bench: configuration\n";
    # these come by themselves and would be counted
    $conf =~ s/^(\s*)hr_data /$1hr_data_watch 1h;\n$1hr_data /m;
    open my $out, '>', "$home/count.conf" or die "bench: $!\n";
    print $out $conf;
    close $out;

    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        open STDOUT, '>', "$dir/valgrind.log";
        open STDERR, '>&', \*STDOUT;
        exec 'valgrind', '--tool=callgrind', '--separate-threads=yes',
             "--callgrind-out-file=$dir/count", 'nginx', '-p', $home, '-e',
             "$home/logs/error.log", '-c', "$home/count.conf";
    }

    my $client = HR::Client->new(port => $server->{port}, timeout => 60, token => $server->{token});
    for (1 .. 600) {
        last if $client->get('/health')->{status} == 200;
        sleep 0.1;
    }

    my %count;
    for my $case (@cases) {
        my ($name, $url, $revalidate) = @$case;
        $url =~ s/\{id\}/$id/;
        my $first = $client->get($url);
        die "bench: $url: $first->{status}\n" if $first->{status} != 200;
        my %opt = $revalidate ? (headers => { 'If-None-Match' => $first->{headers}{etag} }) : ();
        $client->get($url, %opt) for 1 .. 20;
        my $n = $name eq 'positions' ? REQUESTS / 10 : REQUESTS;

        _control($pid, '-z');
        $client->get($url, %opt) for 1 .. $n;
        _control($pid, '-d');
        $count{$name} = int(_total("$dir/count") / $n);
    }

    kill TERM => $pid;
    waitpid $pid, 0;
    return %count;
}


sub _control {
    my ($pid, $what) = @_;
    system("callgrind_control $what $pid >/dev/null 2>&1") == 0 or die "bench: callgrind_control\n";
}


# Total of the first thread in the latest dump.
sub _total {
    my ($prefix) = @_;

    sleep 0.5;
    my ($latest) = sort { -M $a <=> -M $b } glob "$prefix.*-01";
    open my $f, '<', $latest // die("bench: no count\n") or die "bench: $!\n";
    while (<$f>) {
        return $1 if /^(?:summary|totals): (\d+)/;
    }
    die "bench: no total in $latest\n";
}

1;
