package HR::Demo::Titles;

# Deals the titles to the units.
#
# Every unit knows how many titles it has (Tree), every title how often it
# occurs (Pool).  A title goes to units of the kind and function it suits, at
# most once to each.  Afterwards titles change places until the figures of
# data-files.md 3.1 that depend on names are met:
#
#   69 (unit name, title) pairs that stand for more than one slot, 156 slots;
#   36 titles that a unit shares with its parent.

use strict;
use warnings;
use utf8;

use HR::Demo::Pool qw(@FREQUENT %FREQUENCIES rank_of);

use Exporter 'import';
our @EXPORT_OK = qw(set_titles hide_slots);

our $HIDDEN_SLOTS = 202;            # of all but the last unit of each name
our %WANTED = (pairs => 69, slots => 156, inherited => 36);


# Exchanges title counts so that the units which a map keyed by name would
# lose have 202 slots.  Level and region of both units are the same, so no
# other sum moves.
sub hide_slots {
    my ($random, $tree) = @_;
    my (%hidden, $sum);

    for my $group (@{ $tree->{repeated} }) {
        my @units = sort { $a->{id} <=> $b->{id} } @$group;
        pop @units;
        $hidden{ $_->{id} } = $_ for @units;
    }

    $sum += $_->{titles} for values %hidden;

    my @hidden = map { $hidden{$_} } sort { $a <=> $b } keys %hidden;
    my @other = grep { !$_->{repeated} && $_->{titles} } @{ $tree->{units} };

    for (1 .. 200_000) {
        return if $sum == $HIDDEN_SLOTS;

        my ($a, $b) = ($random->pick(\@hidden), $random->pick(\@other));
        my $change = $b->{titles} - $a->{titles};

        next if $a->{level} != $b->{level} || $a->{region} ne $b->{region}
                || abs($sum + $change - $HIDDEN_SLOTS) >= abs($sum - $HIDDEN_SLOTS);

        ($a->{titles}, $b->{titles}) = ($b->{titles}, $a->{titles});
        $sum += $change;
    }

    die "the hidden slots do not add up\n";
}


sub set_titles {
    my ($random, $tree) = @_;
    my $units = $tree->{units};
    my $pool = HR::Demo::Pool->new_pool($random);
    my $state = { random => $random, units => $units, allow => {} };

    $_->{has} = {} for @$units;

    deal_once($state, $tree);
    deal_frequent($state, @$_) for @FREQUENT;
    deal_rare($state, $pool);
    tune($state, $tree);

    for my $unit (@$units) {
        $unit->{list} = [sort { rank_of($a) <=> rank_of($b) || $a cmp $b }
                         keys %{ $unit->{has} }];
    }
}


sub room { return $_[0]{titles} - keys %{ $_[0]{has} } }

sub give {
    my ($state, $unit, $title, $kinds, $funcs) = @_;

    $unit->{has}{$title} = 1;
    $state->{allow}{$title} //= [$kinds && qr/^(?:$kinds)$/,
                                 $funcs && qr/^(?:$funcs)$/];
}

sub suits {
    my ($state, $title, $unit) = @_;
    my ($kinds, $funcs) = @{ $state->{allow}{$title} };

    return (!$kinds || $unit->{kind} =~ $kinds)
        && (!$funcs || $unit->{func} =~ $funcs);
}


sub deal_once {
    my ($state, $tree) = @_;

    for my $once (@HR::Demo::Pool::ONCE) {
        my ($title, $region, $func) = @$once;
        my ($unit) = $region ? $tree->{region}{$region}
            : $state->{random}->shuffle(
                  grep { $_->{func} eq $func && $_->{level} > 1 && room($_) > 1 }
                  @{ $state->{units} });

        die "no unit for a single title\n" if !$unit || room($unit) < 1;

        give($state, $unit, $title, 'none');
    }
}


sub deal_frequent {
    my ($state, $count, $title, $kinds, $funcs) = @_;
    my $kind = $kinds && qr/^(?:$kinds)$/;
    my $func = $funcs && qr/^(?:$funcs)$/;

    my @fit = grep { room($_) > 0 && (!$kind || $_->{kind} =~ $kind)
                     && (!$func || $_->{func} =~ $func) } @{ $state->{units} };

    # A head goes to a unit of the first kind that has no head yet; other
    # titles go to units that keep room for a head.
    my $rank = 0;
    my %rank = map { s/\\//r => $rank++ } split /\|/, $kinds // '';
    my @order = $state->{random}->shuffle(@fit);

    @order = sort { heads($a) <=> heads($b)
                    || $rank{ $a->{kind} } <=> $rank{ $b->{kind} } } @order
        if $kinds;
    @order = sort { (room($a) == 1) <=> (room($b) == 1) } @order
        if $title !~ /^Руководитель|^Директор/;

    die "too few units for '$count' equal titles\n" if @order < $count;

    give($state, $_, $title, $kinds, $funcs) for @order[0 .. $count - 1];
}

sub heads { return scalar grep { /^Руководитель|иректор/ } keys %{ $_[0]{has} } }


sub deal_rare {
    my ($state, $pool) = @_;
    my %left = %FREQUENCIES;

    $left{ $_->[0] }-- for @FREQUENT;
    $left{1} -= @HR::Demo::Pool::ONCE;

    for my $count (sort { $b <=> $a } keys %left) {
        deal_made($state, $pool, $count) for 1 .. $left{$count};
    }
}


# A made title for units of one function.
sub deal_made {
    my ($state, $pool, $count) = @_;
    my $random = $state->{random};

    for my $try (1 .. 60) {
        my @open = grep { room($_) > 0 } @{ $state->{units} };
        my $func = $random->pick([map { ($_->{func}) x room($_) } @open]);
        my @fit = grep { $_->{func} eq $func } @open;

        @fit = @open if $try > 50;
        next if @fit < $count;

        my $title = $pool->new_title($func, $count) // next;

        give($state, $_, $title, undef, $try > 50 ? undef : $func)
            for ($random->shuffle(@fit))[0 .. $count - 1];
        return;
    }

    die "no units for a title\n";
}


# --- figures that depend on names ------------------------------------------

sub tune {
    my ($state, $tree) = @_;
    my $random = $state->{random};

    for my $group (@{ $tree->{repeated} }) {
        $_->{group} = $group for @$group;
    }

    my @twins = map { @$_ } @{ $tree->{repeated} };
    my @children = grep { $_->{parent} } @{ $state->{units} };
    my $at = figures($state, $tree);

    for (1 .. 60_000) {
        my $cost = cost($at) or return;
        my $move = $at->{inherited} != $WANTED{inherited} && $random->chance(30)
            ? propose($state, $random->pick(\@children), 'parent')
            : propose($state, $random->pick(\@twins), 'group');

        try_move($state, $at, $move) if $move;
    }

    die "the repeated titles do not add up\n";
}

sub cost {
    my ($at) = @_;
    my $cost = 0;

    $cost += abs($at->{$_} - $WANTED{$_}) for sort keys %WANTED;
    return $cost;
}


# A move: [unit, title out, other unit, title in].  Half of the moves bring in
# a title that the parent or a unit of the same name has, half are blind.
sub propose {
    my ($state, $unit, $near) = @_;
    my $random = $state->{random};
    my @own = sort keys %{ $unit->{has} };
    my $source = $near eq 'parent' ? $unit->{parent}
                                   : $random->pick($unit->{group});
    my @near = sort grep { !$unit->{has}{$_} } keys %{ $source->{has} };

    return if !@own;

    my $in = @near && $random->chance(50) ? $random->pick(\@near) : undef;

    for (1 .. 40) {
        my $other = $random->pick($state->{units});
        my $out = $random->pick(\@own);
        my @theirs = sort keys %{ $other->{has} };

        next if $other == $unit || !@theirs || $other->{has}{$out}
                || !suits($state, $out, $other);

        my $title = $in // $random->pick(\@theirs);

        next if !$other->{has}{$title} || $unit->{has}{$title}
                || !suits($state, $title, $unit);

        return [$unit, $out, $other, $title];
    }

    return;
}


sub try_move {
    my ($state, $at, $move) = @_;
    my ($unit, $out, $other, $in) = @$move;
    my $before = cost($at);
    my @scope = ($unit, $other);

    my $old = local_figures(@scope);
    exchange($unit, $out, $other, $in);
    my $new = local_figures(@scope);

    $at->{$_} += $new->{$_} - $old->{$_} for keys %WANTED;

    return if cost($at) <= $before || $state->{random}->chance(1);

    exchange($unit, $in, $other, $out);
    $at->{$_} -= $new->{$_} - $old->{$_} for keys %WANTED;
}

sub exchange {
    my ($unit, $out, $other, $in) = @_;

    delete $unit->{has}{$out};
    delete $other->{has}{$in};
    $unit->{has}{$in} = 1;
    $other->{has}{$out} = 1;
}


# The part of the figures that two units take part in.
sub local_figures {
    my ($unit, $other) = @_;
    my %figures = (pairs => 0, slots => 0, inherited => 0);
    my (%groups, %edges);

    for my $u ($unit, $other) {
        $groups{ $u->{group}[0]{id} } = $u->{group} if $u->{group};
        $edges{ $_->{id} } = $_ for ($u->{parent} ? $u : ()), @{ $u->{children} };
    }

    add_group(\%figures, $_) for values %groups;
    add_edge(\%figures, $_) for values %edges;

    return \%figures;
}

sub figures {
    my ($state, $tree) = @_;
    my %figures = (pairs => 0, slots => 0, inherited => 0);

    add_group(\%figures, $_) for @{ $tree->{repeated} };
    add_edge(\%figures, $_) for grep { $_->{parent} } @{ $state->{units} };

    return \%figures;
}

sub add_group {
    my ($figures, $group) = @_;
    my %count;

    for my $unit (@$group) {
        $count{$_}++ for keys %{ $unit->{has} };
    }

    for my $n (grep { $_ > 1 } values %count) {
        $figures->{pairs}++;
        $figures->{slots} += $n;
    }
}

sub add_edge {
    my ($figures, $unit) = @_;
    my $parent = $unit->{parent}{has};

    $figures->{inherited} += grep { $parent->{$_} } keys %{ $unit->{has} };
}

1;
