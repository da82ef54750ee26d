package Bench::Instructions;

# Instructions of a request, counted by callgrind in the thread of the event loop:
# the same to a part of a percent from run to run, so that a regression is a count.
# t/bench/instructions holds what they were, with what compiled them; more than 3 %
# above it is a failure, as a count and against nginx's own "return 200" (processors
# have other copying loops in the C library, compilers other code).

use strict;
use warnings;

use Bench::Server ();
use Bench::Table ();
use HR::Client ();
use Time::HiRes qw( sleep );

# the least of some batches: what happens once a second disturbs the others
use constant { BATCHES => 5, REQUESTS => 200, TOLERANCE => 0.03 };

my @CASES = (
    [return => '/bench-return'],
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

    my %wanted = map { $_ => 1 } 'return', @wanted;
    my %was = _baseline($server);
    my %now = _measure($server, $id, grep { !@wanted || $wanted{ $_->[0] } } @CASES);
    $now{made} = _made();
    my $same = ($was{made} // $now{made}) eq $now{made};
    my ($ok, @rows) = 1;
    for my $case (grep { exists $now{ $_->[0] } } @CASES) {
        my ($name) = @$case;
        my $change = $was{$name} ? $now{$name} / $was{$name} - 1 : 0;
        my $ratio = $now{$name} / $now{return};
        my $before = $was{$name} ? $was{$name} / $was{return} : $ratio;
        my $more = $same && $change > TOLERANCE && $ratio / $before - 1 > TOLERANCE;
        $ok = 0 if $more;
        push @rows, [$name, $now{$name}, sprintf('%.2f', $ratio), $was{$name} // '',
                     sprintf('%+.1f %%', 100 * $change), $more ? 'MORE' : 'ok'];
    }
    Bench::Table::show($opt, 'instructions of a warm request in the thread of the event loop',
                       ['case', 'now', 'of return 200', 'baseline', 'change', ''], @rows);
    print "\nnot compared: the baseline was made by $was{made}, this by $now{made}\n" if !$same;
    _keep($server, %was, %now) if $opt->{'keep-baseline'};
    return $ok || $opt->{'keep-baseline'};
}


# What the counts depend on beside the code.
sub _made {
    my $text = `gcc --version; nginx -v 2>&1; getconf GNU_LIBC_VERSION; uname -m`;
    my ($gcc) = $text =~ /^gcc.* ([\d.]+)$/m;
    my ($nginx) = $text =~ m{nginx/([\d.]+)};
    my ($libc) = $text =~ /^glibc ([\d.]+)/m;
    my ($machine) = $text =~ /(\w+)\s*\z/;
    return join ',', "gcc-$gcc", "nginx-$nginx", "glibc-$libc", $machine;
}


sub _file { return "$_[0]{top}/t/bench/instructions" }

sub _baseline {
    my ($server) = @_;

    open my $f, '<', _file($server) or return;
    return map { /^(\w\S*) (\S+)$/ ? ($1 => $2) : () } <$f>;
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
    # the ceiling, of the size of a small answer
    my $body = 'x' x 200;
    $conf =~ s/^(\s*)(listen [^;]*;)/$1$2\n$1location = \/bench-return { return 200 '$body'; }/m
        or die "bench: configuration\n";
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

    my ($dumps, %count) = 0;
    for my $case (@cases) {
        my ($name, $url, $revalidate) = @$case;
        $url =~ s/\{id\}/$id/;
        my $first = $client->get($url);
        die "bench: $url: $first->{status}\n" if $first->{status} != 200;
        my %opt = $revalidate ? (headers => { 'If-None-Match' => $first->{headers}{etag} }) : ();
        _requests($server, $url, 20, $opt{headers});
        my $n = $name eq 'positions' ? REQUESTS / 4 : REQUESTS;

        for (1 .. BATCHES) {
            _control($pid, '-z');
            _requests($server, $url, $n, $opt{headers});
            _control($pid, '-d');
            my $mean = int(_total("$dir/count", ++$dumps) / $n);
            $count{$name} = $mean if !$count{$name} || $mean < $count{$name};
        }
    }

    kill TERM => $pid;
    waitpid $pid, 0;
    return %count;
}


# By curl, over one connection: a client that looks into the answers takes longer than
# the server.
sub _requests {
    my ($server, $url, $n, $headers) = @_;

    my %header = (%{ $headers || {} }, Authorization => "Bearer $server->{token}");
    open my $curl, '|-', 'curl', '-sS', '-m', 60, '-K', '-', map { ('-H', "$_: $header{$_}") } keys %header
        or die "bench: curl: $!\n";
    print $curl qq(url = "http://127.0.0.1:$server->{port}$url"\noutput = "/dev/null"\n) for 1 .. $n;
    close $curl or die "bench: curl $url\n";
}


sub _control {
    my ($pid, $what) = @_;
    system("callgrind_control $what $pid >/dev/null 2>&1") == 0 or die "bench: callgrind_control\n";
}


# Total of the first thread in a dump.
sub _total {
    my ($prefix, $dump) = @_;

    for (1 .. 200) {
        if (open my $f, '<', "$prefix.$dump-01") {
            my @total = map { /^totals: (\d+)/ ? $1 : () } <$f>;
            return $total[0] if @total;
        }
        sleep 0.05;
    }
    die "bench: no total in dump $dump\n";
}

1;
