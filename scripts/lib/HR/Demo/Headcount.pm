package HR::Demo::Headcount;

# Staff numbers and headcount figures (data-files.md 2.2, 3.4).
#
# The figures come from a list of 123 department names: all units of levels 1
# to 3 (127 units, five of which share a name with another one) and one of
# level 4.  A unit takes the figure of the deepest element of its path that is
# in the list, so most units show the people of an ancestor; units without
# titles have no figure at all.  The nine top units are given; the people of a
# unit are shared out among its children by size.

use strict;
use warnings;
use utf8;

use HR::Demo::Tree qw(@TOP preorder);

use Exporter 'import';
our @EXPORT_OK = qw(set_headcount set_numbers);

our $SUM = 8532;                    # of the 123 figures
our $MEAN = 166;                    # of the 545 units
our ($FIRST_NUMBER, $LAST_NUMBER) = (24000032, 24001299);


sub set_headcount {
    my ($random, $tree) = @_;
    my $units = $tree->{units};
    my ($second, $third) = map { my $l = $_; [grep { $_->{level} == $l } @$units] }
                           2, 3;
    # Its parent keeps a taker of its figure: itself.
    my ($fourth) = grep { $_->{level} == 4 && !@{ $_->{children} }
                          && $_->{titles} && $_->{parent}{titles}
                          && !$_->{repeated}
                          && $_->{name} !~ /\x{A0}/ } @$units;

    $tree->{roots}[$_]{people} = $TOP[$_][3] for 0 .. $#TOP;

    # Levels 2 and 3 share what the total leaves.  Level 2 by slots; level 3
    # along the deciles of the figures, as all units below take theirs from
    # there: the steeper, the higher the mean over units.
    my $left = $SUM - 1;
    $left -= $_->{people} for @{ $tree->{roots} };
    $fourth->{people} = 1;

    my $half = int($left * 0.4);
    share($second, $half, map { my $u = $_; my $n = 1;
                                $n += $_->{titles} for preorder($u); $n } @$second);

    my @ranked = rank_by_units(@$third);
    my ($low, $high) = (0.8, 1.3);

    for (1 .. 12) {
        my $power = ($low + $high) / 2;

        share([map { $_->[0] } @ranked], $left - $half,
              map { $_->[1] ** $power } @ranked);
        apply($units);

        if (mean($units) < $MEAN) { $low = $power } else { $high = $power }
    }
}


# The units of level 3 from few to many units below, each with the figure that
# the deciles of data-files.md 3.4 give for the share of units up to there.
sub rank_by_units {
    my (@units) = @_;
    my @deciles = (1, 8, 19, 25, 38, 65, 111, 167, 194, 467, 500);
    my ($all, $sum, @ranked) = (0, 0);

    my %takers = map { $_->{id} => scalar grep { $_->{titles} } preorder($_) } @units;
    $all += $_ for values %takers;

    for my $unit (sort { $takers{ $a->{id} } <=> $takers{ $b->{id} }
                         || $a->{id} <=> $b->{id} } @units) {
        my $at = 10 * ($sum + $takers{ $unit->{id} } / 2) / $all;
        my $i = int $at;

        push @ranked, [$unit, $deciles[$i]
                              + ($deciles[$i + 1] - $deciles[$i]) * ($at - $i)];
        $sum += $takers{ $unit->{id} };
    }

    return @ranked;
}


# Gives every unit at least one person, the rest by weight.
sub share {
    my ($units, $sum, @weights) = @_;
    my $spare = $sum - @$units;
    my $given = 0;
    my $all = 0;

    $all += $_ for @weights;

    for my $i (0 .. $#$units) {
        my $part = int($spare * $weights[$i] / $all);
        $units->[$i]{people} = 1 + $part;
        $given += $part;
    }

    # What rounding left goes to the biggest.
    my ($biggest) = sort { $b->{people} <=> $a->{people} || $a->{id} <=> $b->{id} }
                    @$units;
    $biggest->{people} += $spare - $given;
}


sub apply {
    my ($units) = @_;
    my %figure;

    $figure{ $_->{name} } += $_->{people} for grep { $_->{people} } @$units;

    for my $unit (@$units) {
        delete @{$unit}{qw(headcount source department)};
        next if !$unit->{titles};

        for (my $u = $unit; $u; $u = $u->{parent}) {
            next if !exists $figure{ $u->{name} };
            @{$unit}{qw(headcount source department)} =
                ($figure{ $u->{name} }, 'Уровень ' . ($u->{level} + 1), $u->{name});
            last;
        }
    }
}


sub mean {
    my ($units) = @_;
    my ($sum, $n) = (0, 0);

    for my $unit (grep { $_->{headcount} } @$units) {
        $sum += $unit->{headcount};
        $n++;
    }

    return $sum / $n;
}


# Ascending in file order, with gaps, from the first to the last number.
sub set_numbers {
    my ($random, $tree) = @_;
    my @units = grep { $_->{titles} } @{ $tree->{units} };
    my %taken = ($FIRST_NUMBER => 1, $LAST_NUMBER => 1);

    while (keys %taken < @units) {
        my $span = $LAST_NUMBER - $FIRST_NUMBER - 1;
        $taken{ $FIRST_NUMBER + 1 + $random->below($span) } = 1;
    }

    my @numbers = sort { $a <=> $b } keys %taken;

    $_->{number} = shift @numbers for @units;
}

1;
