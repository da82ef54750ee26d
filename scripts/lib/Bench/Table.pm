package Bench::Table;

# Medians and tables, as text or Markdown.

use strict;
use warnings;

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[ $#sorted / 2 ];
}


# Percent of the median between the smallest and the largest.
sub spread {
    my @sorted = sort { $a <=> $b } @_;
    return 100 * ($sorted[-1] - $sorted[0]) / (median(@sorted) || 1);
}


sub ms { return sprintf '%.2f ms', $_[0] / 1000 }

# show($opt, title, [column, ...], [cell, ...], ...)
sub show {
    my ($opt, $title, $columns, @rows) = @_;

    if ($opt->{markdown}) {
        print "\n$title\n\n";
        print '| ', join(' | ', @$columns), " |\n";
        print '|', join('|', ' --- ', map { ' ---: ' } 2 .. @$columns), "|\n";
        print '| ', join(' | ', @$_), " |\n" for @rows;
        return;
    }

    my @width = map { length } @$columns;
    for my $row (@rows) {
        for my $i (0 .. $#$row) {
            $width[$i] = length $row->[$i] if length $row->[$i] > $width[$i];
        }
    }
    print "\n$title\n\n";
    for my $row ($columns, @rows) {
        print join('  ', map { sprintf $_ == 0 ? '%-*s' : '%*s', $width[$_], $row->[$_] }
                         0 .. $#$row), "\n";
    }
}

1;
