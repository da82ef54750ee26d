package HR::Demo::Names;

# Names of the units.
#
# Reproduces data-files.md 3.1 and 3.3: 510 names for 567 units (ten names four
# times, two three times, 23 twice, on the levels given there), the histogram
# of name lengths, 114 units with a digit, 12 with Latin letters, six names
# with U+00A0 for every blank (30 in all), the longest path of 258 characters.
#
# Names are made from the vocabulary of the unit's function; a unit first gets
# a length class (tens of characters), then names are drawn until one fits.

use strict;
use warnings;
use utf8;

use HR::Demo::Vocabulary qw(%FUNCTION %LATIN);

use Exporter 'import';
our @EXPORT_OK = qw(set_names path_of match_key %LENGTHS);

# Tens of characters => units.
our %LENGTHS = (0 => 15, 1 => 54, 2 => 234, 3 => 135, 4 => 72, 5 => 38,
                6 => 15, 7 => 2, 8 => 1, 9 => 1);

our $LONGEST_PATH = 258;
our $WITH_DIGIT = 114;

# Names fixed because of their length or their characters:
# [name, function or undef, kind].
my @SPECIAL = (
    ['Отдел технологического присоединения, согласования и ввода наружных'
     . ' инженерных сетей микрорайонов', 'eng', 'Отдел'],
    ['Отдел строительного контроля, геодезии и приемки материалов'
     . ' (все очереди строительства)', 'constr', 'Отдел'],
    ['Группа подготовки договоров, спецификаций и исполнительной'
     . ' документации', 'constr', 'Группа'],
    ['Склад', 'constr', '*'], ['Архив', 'design', '*'],
    ['Диспетчерская', 'eng', '*'], ['Приемная', 'design', '*'],
    ['Гараж', 'constr', '*'],
    ['Отдел ПТО', 'constr', 'Отдел'], ['Группа АР', 'design', 'Группа'],
    ['Группа КР', 'design', 'Группа'], ['Группа ГП', 'design', 'Группа'],
    ['Группа ОВ', 'eng', 'Группа'], ['Группа ВК', 'eng', 'Группа'],
    ['Группа СС', 'eng', 'Группа'], ['Группа ЭС', 'eng', 'Группа'],
    ['Группа ПБ', 'eng', 'Группа'], ['Группа ТХ', 'design', 'Группа'],
    ['Группа ОТ', 'constr', 'Группа'],
    ['Отдел продаж «Образцовый квартал»', 'sales', 'Отдел'],
    ['Группа продаж «Примерный парк»', 'sales', 'Группа'],
    ['Группа работы с жителями #ДобрыеСоседи', undef, 'Группа'],
    ['Отдел развития г. Примерска', 'dev', 'Отдел'],
    ['Группа "Умный дом"', 'eng', 'Группа'],
);


sub set_names {
    my ($random, $tree) = @_;
    my $units = $tree->{units};
    my $state = { random => $random, used => {}, tree => $tree };

    $state->{used}{ match_key($_->{name}) } = 1 for grep { $_->{name} } @$units;

    name_repeated($state, $units);
    name_special($state, $units);
    name_others($state, $units);
    fit_paths($state, $units);
    set_no_break_spaces($state, $units);
}


sub path_of {
    my ($unit) = @_;
    my @names;

    for (my $u = $unit; $u; $u = $u->{parent}) {
        unshift @names, $u->{name};
    }

    return join '/', @names;
}


# The key of data-files.md 4.4, as far as the characters used here need it.
sub match_key {
    my ($key) = @_;

    $key = lc $key;
    $key =~ tr/\x{A0}\x{451}/ \x{435}/;
    $key =~ tr/«»“”„'/"/;

    return $key;
}


# --- names that occur more than once --------------------------------------

sub name_repeated {
    my ($state, $units) = @_;
    my @plain = grep { !$_->{name} && $_->{region} ne 'as' } @$units;

    # Two triples and a pair cover the repeated names of levels 2 and 3.  They
    # lie there because headcount figures are kept by name for these levels:
    # 128 units with a figure then have exactly 123 names (data-files.md 2.1).
    my @leaf = $state->{random}->shuffle(
        grep { $_->{level} == 3 && $_->{kind} eq 'Отдел' && $_->{titles}
               && !@{ $_->{children} } } @plain);
    my ($second) = grep { $_->{level} == 2 && $_->{name} eq 'Отдел методологии и стандартов' }
                   @$units;

    repeat($state, 'Отдел методологии и стандартов', [$second], \@leaf, 2);
    repeat($state, 'Отдел планирования и отчетности', [], \@leaf, 3);
    repeat($state, 'Отдел договорной работы', [], \@leaf, 2);

    name_numbered_groups($state, \@plain);

    # 22 pairs on levels 4..6; one of them ends with a unit without titles, so
    # that 489 names have a unit with titles, but only 488 as the last unit.
    pair($state, \@plain, 4, 4, 1);
    pair($state, \@plain, @$_) for ([4, 4]) x 7, [4, 5], ([5, 5]) x 7,
                                   ([6, 6]) x 6;
}


sub repeat {
    my ($state, $name, $group, $pool, $more) = @_;

    for my $unit (splice_strangers($group, $pool, $more)) {
        $unit->{name} = $name;
        push @$group, $unit;
    }

    $_->{repeated} = 1 for @$group;
    $state->{used}{ match_key($name) } = 1;
    push @{ $state->{tree}{repeated} }, [sort { $a->{id} <=> $b->{id} } @$group];
}


# Takes `more` unnamed units out of the pool, none a sibling of another.
sub splice_strangers {
    my ($group, $pool, $more) = @_;
    my %parent = map { $_->{parent}{id} => 1 } @$group;
    my @taken;

    for my $unit (@$pool) {
        last if @taken == $more;
        next if defined $unit->{name} || $parent{ $unit->{parent}{id} }++;
        push @taken, $unit;
    }

    die "no $more units for a repeated name\n" if @taken < $more;
    return @taken;
}


# "Группа № 1" .. "Группа № 10", four times each: the children of some units
# are simply numbered, on level 5 twelve and on level 6 28 of them.
sub name_numbered_groups {
    my ($state, $plain) = @_;
    my @chosen;

    for my $want ([5, 12], [6, 28]) {
        my ($level, $count) = @$want;
        my %family;

        for my $unit (grep { $_->{level} == $level } @$plain) {
            push @{ $family{ $unit->{parent}{id} } }, $unit;
        }

        my @families = grep { families_may_be_numbered($_) }
                       map { $family{$_} } sort { $a <=> $b } keys %family;

        push @chosen, choose_families($state, $count, @families);
    }

    my (%group, $next);

    for my $unit (sort { $a->{id} <=> $b->{id} } @chosen) {
        my $number = $next++ % 10 + 1;

        @{$unit}{qw(name repeated)} = ("Группа № $number", 1);
        push @{ $group{$number} }, $unit;
    }

    for my $number (1 .. 10) {
        $state->{used}{ match_key("Группа № $number") } = 1;
        push @{ $state->{tree}{repeated} }, $group{$number};
    }
}


sub families_may_be_numbered {
    my ($family) = @_;
    return @$family >= 2 && @$family <= 10
        && !grep { @{ $_->{children} } || $_->{kind} ne 'Группа' } @$family;
}


# Families whose sizes add up to count exactly.
sub choose_families {
    my ($state, $count, @families) = @_;

    for (1 .. 1000) {
        my ($sum, @units) = (0);

        for my $family ($state->{random}->shuffle(@families)) {
            next if $sum + @$family > $count;
            $sum += @$family;
            push @units, @$family;
            return @units if $sum == $count;
        }
    }

    die "no families of groups to number\n";
}


# One name for two units of the same kind and function.
sub pair {
    my ($state, $plain, $first, $second, $empty_last) = @_;
    my @units = $state->{random}->shuffle(grep { !defined $_->{name} } @$plain);
    my @left = grep { $_->{level} == $first && $_->{titles} } @units;

    for my $a (@left) {
        for my $b (@units) {
            next if $b->{level} != $second || $a == $b
                    || $a->{parent} == $b->{parent} || $a->{parent} == $b
                    || $b->{parent} == $a
                    || $a->{kind} ne $b->{kind} || $a->{func} ne $b->{func}
                    || ($empty_last ? $b->{titles} || $b->{id} < $a->{id}
                                    : !$b->{titles});

            my $name = draw_name($state, $a, $empty_last ? 3 : 2, 0) // next;

            $_->{name} = $name for $a, $b;
            $_->{word} = $a->{word} for $b;
            repeat($state, $name, [$a, $b], [], 0);
            return;
        }
    }

    die "no two units for a repeated name\n";
}


# --- names with something special -----------------------------------------

sub name_special {
    my ($state, $units) = @_;
    my @latin = map { my $f = $_; map { [$_, $f, /^(\w+)/] } @{ $LATIN{$f} } }
                sort keys %LATIN;

    for my $special (@SPECIAL, @latin) {
        my ($name, $func, $kind) = @$special;
        my ($unit) = $state->{random}->shuffle(
            grep { !defined $_->{name} && $_->{level} >= 3
                   && !@{ $_->{children} } && $_->{kind} eq $kind
                   && (!defined $func || $_->{func} eq $func)
                   && !(length $name > 60 && $_->{level} > 5) } @$units);

        # A function may have no unit of the kind: any other unit will do.
        ($unit) = $state->{random}->shuffle(
            grep { !defined $_->{name} && $_->{level} > 3 && $_->{level} < 6
                   && !@{ $_->{children} } && $_->{kind} eq $kind } @$units)
            if !$unit;

        die "no unit for a special name\n" if !$unit;

        $unit->{name} = $name;
        $unit->{special} = 1;
        $state->{used}{ match_key($name) } = 1;
    }
}


# --- all other names -------------------------------------------------------

sub name_others {
    my ($state, $units) = @_;
    my $random = $state->{random};
    my %left = %LENGTHS;
    my $digits = $WITH_DIGIT;

    for my $unit (grep { defined $_->{name} } @$units) {
        $left{ int(length($unit->{name}) / 10) }--;
        $digits-- if $unit->{name} =~ /[0-9]/;
    }

    my @open = $random->shuffle(grep { !defined $_->{name} } @$units);

    choose_digits($random, $digits, @open);

    # Very short and very long names suit few units; these are looked for
    # first.  Long ones go to leaves above level 6, so that few paths get longer
    # than the longest one wanted.
    for my $length (map { ($_) x ($left{$_} > 0 ? $left{$_} : 0) } 0, 1, 9, 8, 7, 6) {
        name_somebody($state, $length, @open);
    }

    @open = grep { !defined $_->{name} } @open;
    my @lengths = $random->shuffle(map { ($_) x $left{$_} } 2 .. 5);
    $_->{length} = shift @lengths for @open;

    name_in_order($state, sort { $a->{id} <=> $b->{id} } @open);
}


sub name_somebody {
    my ($state, $length, @open) = @_;

    for my $unit ($state->{random}->shuffle(@open)) {
        next if defined $unit->{name}
                || $length > 5 && ($unit->{level} == 6 || @{ $unit->{children} });

        my $name = draw_name($state, $unit, $length, $unit->{digit}) // next;

        @{$unit}{qw(name length)} = ($name, $length);
        return;
    }

    die "nobody takes a name of ${length}0 characters\n";
}


sub choose_digits {
    my ($random, $count, @open) = @_;
    my @numbered = grep { $_->{kind} eq 'Проектная группа' } @open;
    my @groups = grep { $_->{kind} eq 'Группа' || $_->{kind} eq '*' } @open;

    $_->{digit} = 1 for (@numbered, @groups)[0 .. $count - 1];
}


# A name that cannot be had in the length wanted is exchanged: the unit takes
# the length of another unit that is still without a name.
sub name_in_order {
    my ($state, @queue) = @_;
    my $tries = 0;

    while (my $unit = shift @queue) {
        my $name = draw_name($state, $unit, $unit->{length}, $unit->{digit});

        if (defined $name) {
            $unit->{name} = $name;
            next;
        }

        die "no names left\n" if $tries++ > 1500;

        my $other = @queue ? $state->{random}->pick(\@queue)
                           : un_name($state, $unit);

        ($unit->{length}, $other->{length}) = ($other->{length}, $unit->{length});
        push @queue, $unit;
        push @queue, $other if !grep { $_ == $other } @queue;
    }
}


# The last units have nobody to exchange lengths with: un-name one.
sub un_name {
    my ($state, $unit) = @_;
    my $other = $state->{random}->pick(
        [grep { defined $_->{length} && defined $_->{name} && $_ != $unit }
         @{ $state->{tree}{units} }]);

    delete $state->{used}{ match_key($other->{name}) };
    delete $other->{name};

    return $other;
}


# A new name of `length` tens of characters (or exactly `exact` characters).
sub draw_name {
    my ($state, $unit, $length, $digit, $exact) = @_;
    my $used = $state->{used};
    my ($low, $high) = defined $exact ? ($exact, $exact)
                                      : ($length * 10, $length * 10 + 9);

    for (1 .. 200) {
        my $name = compose($state->{random}, $unit, $low, $high, $digit);

        next if !defined $name || $used->{ match_key($name) }
                || $unit->{parent}{name} && $unit->{parent}{name} eq $name;

        $used->{ match_key($name) } = 1;
        return $name;
    }

    return undef;
}


# Patterns of a name after its first word: w = works, o = objects.
my @PATTERNS = ('w', 'wo', 'wo', 'w и w', 'w и wo', 'wo и o', 'w, w и w',
                'w и wo и o', 'w, w и wo');
my @HEAD_PATTERNS = ('o', @PATTERNS);
my @PROJECT_PATTERNS = ('', 'o', 'o', 'o и o', 'o, o и o', 'o, o, o и o');

# One candidate of low .. high characters, or undef: all slots of a pattern but
# the last are filled at random, the last one with a word that fits.
sub compose {
    my ($random, $unit, $low, $high, $digit) = @_;
    my $words = $FUNCTION{ $unit->{func} };
    my %list = (w => $words->{works}, o => $words->{objects});
    my $project = $unit->{kind} eq 'Проектная группа';
    my $pattern = $random->pick($project ? \@PROJECT_PATTERNS
        : $unit->{kind} =~ /^(?:Управление|Направление|\*)$/ ? \@HEAD_PATTERNS
        : \@PATTERNS);
    my $tail = !$digit ? '' : $random->chance(80)
        ? ' № ' . (1 + $random->below(12)) : ' (этап ' . (1 + $random->below(4)) . ')';

    my @slots = split /(?=[wo])/, $pattern;
    my $name = $unit->{word} . (@slots ? ' ' : '');

    for my $i (0 .. $#slots) {
        my ($kind, $glue) = (substr($slots[$i], 0, 1), substr $slots[$i], 1);
        my $list = $list{$kind};

        if ($i == $#slots) {
            my $fixed = length($name) + length $tail;
            $list = [grep { my $l = $fixed + length; $l >= $low && $l <= $high }
                     @$list];
            return undef if !@$list;
        }

        $glue = ' ' if $glue eq '' && $i < $#slots;
        $name .= $random->pick($list) . $glue;
    }

    $name .= $tail;

    return undef if length $name < $low || length $name > $high
                    || repeats_a_word($name);
    return $name;
}


# "Отдел закупок и закупок материалов" is no name.
sub repeats_a_word {
    my ($name) = @_;
    my %seen;
    return scalar grep { length > 4 && $seen{ lc substr $_, 0, 6 }++ }
                  split /[ ,()-]+/, $name;
}


# --- lengths of paths ------------------------------------------------------

sub rename_unit {
    my ($state, $unit, $length, $exact) = @_;
    my $old = delete $unit->{name};
    my $name = draw_name($state, $unit, $length, $unit->{digit}, $exact);

    $unit->{name} = $name // $old;
    return 0 if !defined $name;

    delete $state->{used}{ match_key($old) };
    $unit->{length} = $length;
    return 1;
}


sub fit_paths {
    my ($state, $units) = @_;
    my @leaves = grep { !@{ $_->{children} } } @$units;
    my @free = grep { defined $_->{length} } @leaves;

    # Too long: the longest name of the path changes places with a shorter one
    # elsewhere.
    for (1 .. 200) {
        my ($worst) = sort { length path_of($b) <=> length path_of($a) } @leaves;
        last if length path_of($worst) <= $LONGEST_PATH;

        my $unit = longest_name_above($worst)
            or die "a path of fixed names is too long\n";
        my ($other) = grep { $_->{length} < $unit->{length} && $_->{level} < 5 }
                      $state->{random}->shuffle(@free);
        my $long = $unit->{length};

        die "no shorter name to exchange\n" if !$other;

        my $short = $other->{length};
        rename_unit($state, $unit, $short) && rename_unit($state, $other, $long);
    }

    # One leaf gets the exact length; if that is another class, a unit
    # elsewhere gives its own class for it.
    for my $leaf (sort { length path_of($b) <=> length path_of($a) } @free) {
        my $exact = $LONGEST_PATH - length(path_of($leaf)) + length $leaf->{name};
        my ($class, $old) = (int($exact / 10), $leaf->{length});

        next if $class > 6 || $class < 2;

        my @others = grep { $_ != $leaf && defined $_->{length}
                            && $_->{length} == $class && $_->{level} < 6
                            && !is_above($_, $leaf) } @$units;

        next if !@others && $class != $old;
        next if !rename_unit($state, $leaf, $class, $exact);
        return if $class == $old;

        for my $other (@others) {
            return if rename_unit($state, $other, $old);
        }

        last;
    }

    die "no path of $LONGEST_PATH characters\n";
}


sub longest_name_above {
    my ($leaf) = @_;
    my $longest;

    for (my $u = $leaf; $u; $u = $u->{parent}) {
        $longest = $u if defined $u->{length}
                         && (!$longest || $u->{length} > $longest->{length});
    }

    return $longest;
}


sub is_above {
    my ($above, $unit) = @_;

    for (my $u = $unit; $u; $u = $u->{parent}) {
        return 1 if $u == $above;
    }

    return 0;
}


# --- U+00A0 ---------------------------------------------------------------

# Six names whose blanks, 30 in all, become no-break spaces.  Below level 3 no
# unit owns a headcount figure, so a name occurs only once in the file.
sub set_no_break_spaces {
    my ($state, $units) = @_;
    my %by_blanks;

    for my $unit ($state->{random}->shuffle(@$units)) {
        next if $unit->{level} < 4 || $unit->{repeated} || $unit->{special};
        push @{ $by_blanks{ $unit->{name} =~ tr/ // } }, $unit;
    }

    for my $want (3, 4, 5, 5, 6, 7) {
        my $unit = shift @{ $by_blanks{$want} || [] }
            or die "no name with $want blanks\n";
        $unit->{name} =~ tr/ /\x{A0}/;
    }
}

1;
