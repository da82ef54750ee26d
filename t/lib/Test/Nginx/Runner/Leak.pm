package Test::Nginx::Runner::Leak;

# TEST_NGINX_CHECK_LEAK: repeats the first request of a block without pause,
# samples the private memory of nginx every 20 ms and fits a line through the
# samples.  Memory that grows by more than a kilobyte a sample, and by more than
# noise in all, leaks.  Shared zones are left out: they fill up by design.

use strict;
use warnings;

use Exporter qw( import );
use POSIX ();
use Test::More ();
use Time::HiRes qw( sleep );
use Test::Nginx::Runner::Client qw( exchange );
use Test::Nginx::Runner::Settings qw( %set );

our @EXPORT_OK = qw( check_leak );

use constant { INTERVAL => 0.02, WARM_UP => 3, NOISE_KB => 256 };

sub check_leak {
    my ($name, $packets, $pid) = @_;

    my $load = fork() // die "fork: $!\n";
    if ($load == 0) {
        $SIG{TERM} = 'DEFAULT';
        exchange($packets, timeout => 5) while 1;
    }

    sleep WARM_UP;
    my @samples;
    for (1 .. $set{leak_samples}) {
        push @samples, rss_kb($pid);
        sleep INTERVAL;
    }

    kill KILL => $load;
    waitpid $load, 0;

    my $slope = slope(@samples);
    my $grown = $samples[-1] - $samples[0];
    Test::More::diag(sprintf '%s - LeakTest: k=%.2f (%d KB to %d KB)',
                     $name, $slope, @samples[0, -1]);
    Test::More::ok($slope <= 1 || $grown <= NOISE_KB, "$name - no leak");
}


# Resident memory of a process in KB without files and shared zones; 0 when it is gone.
sub rss_kb {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/status" or return 0;
    my ($kb) = map { /\ARssAnon:\s+(\d+)/ ? $1 : () } <$in>;
    return $kb // 0;
}


# The slope of the least-squares line through (0, y0), (1, y1), ...
sub slope {
    my (@y) = @_;

    my $n = @y;
    return 0 if $n < 2;

    my ($sum_x, $sum_y, $sum_xy, $sum_xx) = (0) x 4;
    for my $x (0 .. $n - 1) {
        $sum_x  += $x;
        $sum_y  += $y[$x];
        $sum_xy += $x * $y[$x];
        $sum_xx += $x * $x;
    }

    return ($n * $sum_xy - $sum_x * $sum_y) / ($n * $sum_xx - $sum_x ** 2);
}

1;
