package Test::Nginx::Runner::CheckLog;

# What a block says about the logs, as tests.  Beyond the sections of a block one
# rule holds for all: an [alert], [crit] or [emerg] line and the report of a
# sanitizer or an assertion is a failure, unless a pattern of error_log or
# grep_error_log matches the very line.

use strict;
use warnings;

use Exporter qw( import );
use Test::More ();
use Time::HiRes qw( sleep time );
use Test::Nginx::Runner::Check qw( is_text );
use Test::Nginx::Runner::Config qw( expand );
use Test::Nginx::Runner::Settings qw( %set );

our @EXPORT_OK = qw( check_error_log check_access_log check_shutdown_log
                     unexpected_lines recent );

use constant PATIENCE => 1.5;       # seconds until a missing line is missing

my $SEVERE = qr/\[(?:alert|crit|emerg)\]|Sanitizer|: runtime error: |Assertion .*failed/;

# Text means one literal pattern a line; an array may hold literals and regular
# expressions.
sub _patterns {
    my ($value) = @_;

    return () if !defined $value;
    return grep { defined } @$value if ref $value eq 'ARRAY';
    return $value if ref $value;
    return grep { $_ ne '' } split /\n+/, $value;
}


sub _matches {
    my ($pattern, $line) = @_;
    return ref $pattern ? $line =~ $pattern : index($line, $pattern) >= 0;
}


# $log: the log since the last check.  Waits for lines that are still to come.
sub check_error_log {
    my ($at, $log) = @_;

    my ($block, $name) = @$at{qw( block name )};
    $log->rewind if $set{accum_error_log};
    sleep 3 * $set{sleep};
    my @lines = $log->take;
    my $more  = sub { push @lines, $log->take };

    _check_grep($at, \@lines, $more) if defined $block->grep_error_log;

    _check_present($at, 'error_log', \@lines, $more);
    _check_absent($at, 'no_error_log', \@lines);
    report_unexpected($at, unexpected_lines([$block], \@lines));
    push @{ $at->{seen} }, _notable(@lines);
}


# Lines that no block allows.  A line that a no_error_log pattern caught has
# failed already.
sub unexpected_lines {
    my ($blocks, $lines) = @_;

    my @known = map { _patterns($_->error_log), _patterns($_->grep_error_log),
                      _patterns($_->shutdown_error_log),
                      _patterns($_->no_error_log) } @$blocks;
    my $emerg_allowed = grep { defined $_->must_die || defined $_->reload_fails }
                        @$blocks;

    return grep {
        my $line = $_;
        $line =~ $SEVERE
        && !($emerg_allowed && $line =~ /\[emerg\]/)
        && !grep { _matches($_, $line) } @known;
    } _entries($lines);
}


# A severe line together with the lines without a date that follow: a report has
# its stack there.
sub _entries {
    my ($lines) = @_;

    my @entries;
    for my $line (@$lines) {
        if (!@entries || $line =~ $SEVERE || $line =~ m{^\d{4}/\d\d/\d\d }
            || $entries[-1] !~ $SEVERE)
        {
            push @entries, $line;

        } elsif (($entries[-1] =~ tr/\n//) < 40) {
            $entries[-1] .= $line;
        }
    }

    return @entries;
}


sub report_unexpected {
    my ($at, @lines) = @_;

    return if !@lines;

    Test::More::fail("$at->{name} - no unexpected alert in error.log "
                     . "(req $at->{repeat})");
    my $more = @lines > 10 ? @lines - 10 : 0;
    Test::More::diag(@lines[0 .. ($more ? 9 : $#lines)],
                     $more ? "... and $more more" : ());
}


# grep_error_log: what matches in each line, one a line, equals
# grep_error_log_out.  Both may be arrays with one entry for each repetition.
sub _check_grep {
    my ($at, $lines, $more) = @_;

    my ($pattern, $want) = map { ref $_ eq 'ARRAY' ? $_->[$at->{repeat}] : $_ }
                           scalar $at->{block}->grep_error_log,
                           $at->{block}->grep_error_log_out
                           // die "grep_error_log without grep_error_log_out\n";

    return if !defined $pattern;
    $want = expand($want, $at->{ports}) // '';
    $pattern = qr/\Q$pattern\E/ if !ref $pattern;

    my $got;
    my $deadline = time + PATIENCE * $set{slowness};

    while (1) {
        $got = join '', map { "$_\n" } grep { !/\n/ }
                        map { $_ =~ /($pattern)/ ? $1 : () } @$lines;
        last if ref $want ? $got =~ $want : $got eq $want;
        last if time > $deadline;
        sleep 0.03;
        $more->();
    }

    is_text($got, $want, "$at->{name} - grep_error_log_out (req $at->{repeat})");
}


# One test for each pattern: some line matches.
sub _check_present {
    my ($at, $section, $lines, $more) = @_;

    my $file = $section =~ /access/ ? 'access.log' : 'error.log';
    my @missing = _patterns($at->{block}->$section);
    my $deadline = time + PATIENCE * $set{slowness};

    while (@missing) {
        my @still;
        for my $pattern (@missing) {
            if (grep { _matches($pattern, $_) } @$lines) {
                Test::More::pass("$at->{name} - pattern \"$pattern\" matches a "
                                 . "line in $file (req $at->{repeat})");
            } else {
                push @still, $pattern;
            }
        }

        @missing = @still;
        last if !@missing || time > $deadline;
        sleep 0.03;
        $more->();
    }

    for my $pattern (@missing) {
        Test::More::fail("$at->{name} - pattern \"$pattern\" should match a line "
                         . "in $file (req $at->{repeat})");
        Test::More::diag("$file has:\n", recent(@$lines));
    }
}


# One test for each pattern: no line matches.
sub _check_absent {
    my ($at, $section, $lines) = @_;

    my $file = $section =~ /access/ ? 'access.log' : 'error.log';

    for my $pattern (_patterns($at->{block}->$section)) {
        my @found = grep { _matches($pattern, $_) } @$lines;
        Test::More::ok(!@found, "$at->{name} - pattern \"$pattern\" does not match "
                                . "a line in $file (req $at->{repeat})")
            or Test::More::diag(recent(@found));
    }
}


# Without debug lines and what follows them without a date (dumps of answers).
sub _notable {
    my (@lines) = @_;

    my $debug = 0;
    return grep {
        $debug = /\[debug\]/ if m{^\d{4}/\d\d/\d\d };
        !$debug || $_ =~ $SEVERE;
    } @lines;
}


# The last notable lines as one text.
sub recent {
    my (@lines) = @_;

    my @short = _notable(@lines);
    return join '', @short > 15 ? ("...\n", @short[-15 .. -1]) : @short;
}


sub check_access_log {
    my ($at, $log) = @_;

    my $block = $at->{block};
    return if !defined $block->access_log && !defined $block->no_access_log;

    my @lines = $log->take;
    _check_present($at, 'access_log', \@lines, sub { push @lines, $log->take });
    _check_absent($at, 'no_access_log', \@lines);
}


# After the end of the server; the lines since the last check.
sub check_shutdown_log {
    my ($at, $lines) = @_;

    _check_present($at, 'shutdown_error_log', $lines, sub { });
    _check_absent($at, 'no_shutdown_error_log', $lines);
}

1;
