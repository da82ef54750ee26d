package HR::Demo::Tree;

# The skeleton of the organisation: which unit hangs below which, and how many
# titles each unit has.  No names yet.
#
# data-files.md 3 fixes the number of units per level, the histogram of
# children and of titles per level, and size, depth and slots of each of the
# nine top units; data-files.md 7.4 fixes units and slots of the subtrees that
# own a KPI file.  Such subtrees are "regions" here: %REGION says how many
# units of each level a region has.  That leaves two small puzzles, both solved
# by swapping values until the sums are right:
#
#   1. children: per level, deal the multiset of child counts to the units so
#      that in every region the sum is the number of units one level down;
#   2. titles: per level, deal the multiset of title counts so that each region
#      has its number of slots and only inner units have none.

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(grow @CHILDREN @TITLES @TOP preorder);

our $LEVELS = 6;

# count => units, per level (index 1..6)
our @CHILDREN = (
    undef,
    { 0 => 1, 1 => 2, 2 => 2, 3 => 1, 6 => 3 },
    { 0 => 10, 2 => 4, 3 => 2, 4 => 1, 5 => 2, 6 => 1, 7 => 4, 8 => 1,
      10 => 1, 11 => 1 },
    { 0 => 35, 1 => 7, 2 => 19, 3 => 12, 4 => 9, 5 => 1, 6 => 4, 7 => 2,
      8 => 1, 9 => 1 },
    { 0 => 120, 1 => 8, 2 => 16, 3 => 17, 4 => 6, 5 => 5, 6 => 4, 7 => 1 },
    { 0 => 145, 1 => 1, 2 => 7, 3 => 6, 4 => 9, 6 => 1, 7 => 1, 10 => 1 },
    { 0 => 92 },
);

our @TITLES = (
    undef,
    { 1 => 4, 2 => 3, 4 => 1, 6 => 1 },
    { 0 => 3, 1 => 4, 2 => 7, 3 => 5, 4 => 3, 5 => 1, 6 => 1, 7 => 2, 9 => 1 },
    { 0 => 8, 1 => 38, 2 => 19, 3 => 13, 4 => 4, 5 => 3, 6 => 1, 7 => 3,
      9 => 1, 19 => 1 },
    { 0 => 7, 1 => 50, 2 => 49, 3 => 32, 4 => 19, 5 => 3, 6 => 4, 7 => 3,
      8 => 3, 9 => 1, 10 => 3, 11 => 1, 12 => 1, 15 => 1 },
    { 0 => 4, 1 => 33, 2 => 41, 3 => 38, 4 => 20, 5 => 12, 6 => 9, 7 => 3,
      8 => 2, 9 => 1, 10 => 2, 11 => 4, 12 => 1, 13 => 1 },
    { 1 => 11, 2 => 8, 3 => 20, 4 => 24, 5 => 15, 6 => 7, 7 => 6, 8 => 1 },
);

# The nine top units in file order: units, slots, depth, people.
our @TOP = (
    [4, 9, 3, 15], [102, 244, 6, 425], [35, 72, 5, 117], [29, 72, 5, 98],
    [280, 949, 6, 1643], [101, 297, 5, 481], [1, 6, 1, 21], [12, 35, 3, 79],
    [3, 5, 2, 7],
);

# region => [parent region, level of its root, slots, units per level from
# there].  Regions t1..t9 are the top units without the regions nested in them.
my %REGION = (
    t1   => [undef, 1,   9, 1, 1, 2],
    t2   => [undef, 1,  65, 1, 3, 4, 12, 10, 5],
    drr  => ['t2',  2,  61, 1, 4, 9, 7, 2],
    dpu  => ['t2',  2, 107, 1, 5, 13, 14, 7],
    prp  => ['t2',  2,  11, 1, 3],
    t3   => [undef, 1,  72, 1, 3, 8, 14, 9],
    t4   => [undef, 1,  72, 1, 2, 6, 12, 8],
    t5   => [undef, 1, 949, 1, 6, 25, 73, 97, 78],
    t6   => [undef, 1, 123, 1, 2, 9, 20, 17],
    dit  => ['t6',  2,  95, 1, 7, 12, 6],
    zak  => ['t6',  2,  20, 1, 3, 4],
    cif  => ['t6',  2,   2, 1],
    ecs  => ['t6',  2,  50, 1, 4, 8, 3],
    as   => ['ecs', 3,   7, 1],
    t7   => [undef, 1,   6, 1],
    t8   => [undef, 1,  35, 1, 1, 10],
    t9   => [undef, 1,   5, 1, 2],
);

my @TOP_REGION = map { "t$_" } 1 .. 9;


# Returns { units => [...], roots => [...], region => { name => root unit } }.
# A unit: { id, level, region, parent, children => [...], titles => count }.
sub grow {
    my ($random) = @_;
    my @level = plant($random);

    link_children($random, \@level);

    my @roots = map { my $r = $_; grep { $_->{region} eq $r } @{ $level[1] } }
                @TOP_REGION;
    my @units = map { preorder($_) } @roots;
    my $id = 0;

    $_->{id} = $id++ for @units;
    deal_titles($random, \@level);

    my %root;

    for my $region (sort keys %REGION) {
        my $depth = $REGION{$region}[1];
        ($root{$region}) = grep { $_->{region} eq $region } @{ $level[$depth] };
    }

    return { units => \@units, roots => \@roots, region => \%root };
}


# One bare unit per place in %REGION, with its child count already dealt.
sub plant {
    my ($random) = @_;
    my @level = map { [] } 0 .. $LEVELS + 1;

    for my $region (sort keys %REGION) {
        my ($parent, $depth, $slots, @counts) = @{ $REGION{$region} };

        for my $i (0 .. $#counts) {
            push @{ $level[$depth + $i] },
                 map { { level => $depth + $i, region => $region,
                         children => [] } } 1 .. $counts[$i];
        }
    }

    for my $l (1 .. $LEVELS) {
        my %goal = map { $_->{region} => 0 } @{ $level[$l] };

        for my $unit (@{ $level[$l + 1] }) {
            my ($parent, $depth) = @{ $REGION{ $unit->{region} } };
            $goal{ $depth == $l + 1 ? $parent : $unit->{region} }++;
        }

        deal($random, $level[$l], 'want', $CHILDREN[$l], \%goal);
    }

    return @level;
}


# Hangs every unit below a unit of the right region that still wants children.
sub link_children {
    my ($random, $level) = @_;

    for my $l (2 .. $LEVELS) {
        my %open;

        for my $unit (@{ $level->[$l - 1] }) {
            push @{ $open{ $unit->{region} } }, ($unit) x $unit->{want};
        }

        for my $unit ($random->shuffle(@{ $level->[$l] })) {
            my ($parent, $depth) = @{ $REGION{ $unit->{region} } };
            my $from = $depth == $l ? $parent : $unit->{region};

            $unit->{parent} = shift @{ $open{$from} };
            push @{ $unit->{parent}{children} }, $unit;
        }
    }
}


sub deal_titles {
    my ($random, $level) = @_;
    my %goal = map { $_ => $REGION{$_}[2] } keys %REGION;
    my (@units, @hands);

    for my $l (1 .. $LEVELS) {
        push @units, $level->[$l];
        push @hands, $TITLES[$l];
    }

    # A unit without titles exists only because of the units below it.
    my $may = sub { $_[1] > 0 || @{ $_[0]{children} } > 0 };

    deal_many($random, \@units, 'titles', \@hands, \%goal, $may);
}


sub deal {
    my ($random, $units, $field, $histogram, $goal) = @_;
    deal_many($random, [$units], $field, [$histogram], $goal, sub { 1 });
}


# Deals the values of each histogram to the units of the same index and then
# swaps values inside a level until every region's sum is its goal.  Now and
# then a swap that makes things worse is allowed, to leave a dead end.
sub deal_many {
    my ($random, $groups, $field, $histograms, $goal, $may) = @_;
    my (%off, @movable);

    %off = map { $_ => -$goal->{$_} } keys %$goal;

    for my $g (0 .. $#$groups) {
        my $h = $histograms->[$g];
        my @values = map { ($_) x $h->{$_} } sort { $a <=> $b } keys %$h;
        my @units = $random->shuffle(@{ $groups->[$g] });

        # Zeros go to units that may have them, the rest to anybody.
        my $zeros = grep { $_ == 0 } @values;
        my @takers = grep { $may->($_, 0) } @units;
        my %taken = map { $_ => 1 } splice @takers, 0, $zeros;

        for my $unit ((grep { $taken{$_} } @units), (grep { !$taken{$_} } @units)) {
            $unit->{$field} = shift @values;
            $off{ $unit->{region} } += $unit->{$field};
        }

        push @movable, $groups->[$g] if @units > 1;
    }

    my $cost = 0;
    $cost += abs $off{$_} for keys %off;

    for (my $turn = 0; $cost > 0; $turn++) {
        die "the sums cannot be reached with this seed\n" if $turn > 2_000_000;

        my $group = $random->pick(\@movable);
        my ($a, $b) = ($random->pick($group), $random->pick($group));
        my ($x, $y) = ($a->{$field}, $b->{$field});
        my ($ra, $rb) = ($a->{region}, $b->{region});

        next if $x == $y || $ra eq $rb || !$may->($a, $y) || !$may->($b, $x);

        my $new = $cost - abs($off{$ra}) - abs($off{$rb})
                  + abs($off{$ra} + $y - $x) + abs($off{$rb} + $x - $y);

        next if $new > $cost && !$random->chance(1);

        ($a->{$field}, $b->{$field}) = ($y, $x);
        $off{$ra} += $y - $x;
        $off{$rb} += $x - $y;
        $cost = $new;
    }
}


sub preorder {
    my ($unit) = @_;
    return ($unit, map { preorder($_) } @{ $unit->{children} });
}

1;
