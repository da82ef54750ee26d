package HR::Demo::Check;

# Measures a data root and compares it with data-files.md.  Independent of the
# generator: it reads the files as a service does.  A row of the table is
#
#   ok | about | MISS   name   found   [wanted]
#
# "about" rows are figures that the recipe (data-files.md 13) only asks for
# roughly; they count as missed outside their range.

use strict;
use warnings;
use utf8;

use Exporter 'import';
our @EXPORT_OK = qw(check_data read_structure);

my @BLOCKS = ('4/9/3/15', '102/244/6/425', '35/72/5/117', '29/72/5/98',
              '280/949/6/1643', '101/297/5/481', '1/6/1/21', '12/35/3/79', '3/5/2/7');

my @CHILDREN = (
    '0:1 1:2 2:2 3:1 6:3', '0:10 2:4 3:2 4:1 5:2 6:1 7:4 8:1 10:1 11:1',
    '0:35 1:7 2:19 3:12 4:9 5:1 6:4 7:2 8:1 9:1',
    '0:120 1:8 2:16 3:17 4:6 5:5 6:4 7:1', '0:145 1:1 2:7 3:6 4:9 6:1 7:1 10:1',
    '0:92',
);

my @TITLES = (
    '1:4 2:3 4:1 6:1', '0:3 1:4 2:7 3:5 4:3 5:1 6:1 7:2 9:1',
    '0:8 1:38 2:19 3:13 4:4 5:3 6:1 7:3 9:1 19:1',
    '0:7 1:50 2:49 3:32 4:19 5:3 6:4 7:3 8:3 9:1 10:3 11:1 12:1 15:1',
    '0:4 1:33 2:41 3:38 4:20 5:12 6:9 7:3 8:2 9:1 10:2 11:4 12:1 13:1',
    '1:11 2:8 3:20 4:24 5:15 6:7 7:6 8:1',
);

my $TITLE_FREQUENCIES = '1:398 2:84 3:44 4:20 5:11 6:8 7:6 8:6 9:3 10:3 11:2 12:1'
    . ' 13:2 14:1 15:2 16:1 17:2 18:1 19:1 20:2 25:2 29:1 32:1 41:1 123:1 155:1';

my $NAME_LENGTHS = '0:15 1:54 2:234 3:135 4:72 5:38 6:15 7:2 8:1 9:1';

# code => units/slots of the subtree (data-files.md 7.4)
my %KPI_SUBTREES = (
    'ДИТ' => '26/95', 'ДРР' => '23/61', 'ДПУ' => '40/107', 'Закупки' => '8/20',
    'ПРП' => '4/11', 'УВАиК' => '3/5', 'Цифра' => '1/2', 'АС' => '1/7',
);

# The paths of conf/company/kpi.json.
my %KPI_PATHS = (
    'ДИТ' => 'Блок операционного директора/Департамент информационных технологий',
    'ДРР' => 'Блок исполнительного директора/Департамент регионального развития',
    'ДПУ' => 'Блок исполнительного директора/Дирекция проектного управления по'
             . ' г.Москве, Московской области и объектам МПТ',
    'Закупки' => 'Блок операционного директора/Департамент закупок',
    'ПРП' => 'Блок исполнительного директора/Управление планирования и контроля'
             . ' реализации проектов',
    'УВАиК' => 'Управление внутреннего аудита и контроля',
    'Цифра' => 'Блок операционного директора/Управление цифровизации и повышения'
               . ' эффективности бизнес-процессов',
    'АС' => 'Блок операционного директора/Единый центр экономики строительства/'
            . 'Отдел бюджетирования и анализа себестоимости',
);

# file => rows, columns, persons, KPI rows (data-files.md 7.2)
my %KPI_FILES = (
    DIT => '33/13/5/28', 'ДИТ' => '33/15/5/28', 'АС' => '25/29/19/20',
    'ДПУ' => '20/16/6/14', 'ДРР' => '40/17/7/34', 'Закупки' => '21/13/3/16',
    'ПРП' => '23/14/4/17', 'УВАиК' => '15/13/3/9', 'Цифра' => '15/13/3/9',
);

my $IT_GROUPS = '4 9 9 6 8 30 10 21 8 5 8 31';


sub check_data {
    my ($directory) = @_;
    my $self = bless { rows => [], misses => 0 }, __PACKAGE__;
    my $text = slurp("$directory/structure.json");
    my $units = read_structure($text);

    $self->totals($units);
    $self->levels($units);
    $self->names($units);
    $self->titles($units);
    $self->headcount($units);
    $self->file($text);
    $self->kpi($directory, $units);
    $self->maps($directory);

    my $table = '';
    for my $row (@{ $self->{rows} }) {
        my ($name, $wanted, $found, $verdict) = @$row;
        $table .= sprintf "%-5s  %-46s %s%s\n", $verdict, $name, $found,
                          $verdict eq 'ok' ? '' : "   [$wanted]";
    }

    $table .= sprintf "%d figures, %d missed\n", scalar @{ $self->{rows} },
                      $self->{misses};

    return ($table, $self->{misses});
}


sub is {
    my ($self, $name, $found, $wanted) = @_;
    my $ok = $found eq $wanted;

    $self->{misses}++ if !$ok;
    push @{ $self->{rows} }, [$name, $wanted, $found, $ok ? 'ok' : 'MISS'];
}

sub about {
    my ($self, $name, $found, $low, $high) = @_;
    my $ok = $found >= $low && $found <= $high;

    $self->{misses}++ if !$ok;
    push @{ $self->{rows} }, [$name, "$low..$high", $found, $ok ? 'about' : 'MISS'];
}


# --- reading ---------------------------------------------------------------

sub slurp {
    my ($name) = @_;

    utf8::encode(my $file = $name);

    open my $in, '<:raw:encoding(UTF-8)', $file or die "$name: $!\n";
    local $/;
    return scalar <$in>;
}


# The units in file order.  JSON::PP would lose the order of the members, so
# the text is read here; it is the subset that structure.json uses.
sub read_structure {
    my ($text) = @_;

    pos($text) = 0;
    my $root = value(\$text);
    my ($organisation) = map { $_->[1] } grep { $_->[0] eq 'organization' } @$root;
    my @units;

    add_units(\@units, $organisation, undef);
    return \@units;
}

# Objects become lists of [name, value].
sub value {
    my ($t) = @_;

    return string($1) if $$t =~ /\G\s*"((?:[^"\\]|\\.)*)"/gc;
    return $1 if $$t =~ /\G\s*(-?[0-9][0-9.]*)/gc;
    return undef if $$t =~ /\G\s*null/gc;
    return list($t, ']', \&value) if $$t =~ /\G\s*\[/gc;
    return list($t, '}', \&member) if $$t =~ /\G\s*\{/gc;

    die 'not the expected JSON at character ' . (pos($$t) // 0) . "\n";
}

sub member {
    my ($t) = @_;

    $$t =~ /\G\s*"((?:[^"\\]|\\.)*)"\s*:/gc
        or die 'no member name at character ' . (pos($$t) // 0) . "\n";
    my $name = string($1);
    return [$name, value($t)];
}

sub list {
    my ($t, $end, $read) = @_;
    my @items;

    return \@items if $$t =~ /\G\s*\Q$end\E/gc;

    for ( ;; ) {
        push @items, $read->($t);
        return \@items if $$t =~ /\G\s*\Q$end\E/gc;
        $$t =~ /\G\s*,/gc or die 'no comma at character ' . pos($$t) . "\n";
    }
}

sub string { return $_[0] =~ s/\\(.)/$1/gr }

sub add_units {
    my ($units, $map, $parent) = @_;

    for my $entry (@$map) {
        my ($name, $members) = @$entry;
        my %unit = map { @$_ } @$members;

        $unit{name} = $name;
        $unit{parent} = $parent;
        $unit{level} = $parent ? $parent->{level} + 1 : 1;
        $unit{path} = $parent ? "$parent->{path}/$name" : $name;
        $unit{order} = join ',', map { $_->[0] } @$members;
        push @$units, \%unit;

        add_units($units, $unit{children} || [], \%unit);
        $unit{child_count} = @{ $unit{children} || [] };
    }
}


# --- figures ---------------------------------------------------------------

sub histogram {
    my %count;

    $count{$_}++ for @_;
    return join ' ', map { "$_:$count{$_}" } sort { $a <=> $b } keys %count;
}

sub sum {
    my $sum = 0;

    $sum += $_ for @_;
    return $sum;
}

sub slots { return scalar @{ $_[0]{positions} } }


sub totals {
    my ($self, $units) = @_;
    my (%name, %last, %any, %pair, $same, $shared);

    for my $unit (@$units) {
        push @{ $name{ $unit->{name} } }, $unit;
        $last{ $unit->{name} } = $unit;
        $any{ $unit->{name} } += slots($unit);

        my %has;
        $same += $has{$_}++ ? 1 : 0 for @{ $unit->{positions} };
        $pair{"$unit->{name}\n$_"}++ for @{ $unit->{positions} };

        next if !$unit->{parent};
        my %above = map { $_ => 1 } @{ $unit->{parent}{positions} };
        $shared += grep { $above{$_} } @{ $unit->{positions} };
    }

    my @repeated = grep { @{ $name{ $_->{name} } } > 1 } @$units;
    my @ambiguous = grep { $_ > 1 } values %pair;
    my @level = map { my $l = $_; scalar grep { $_->{level} == $l } @repeated } 1 .. 6;

    $self->is('units', scalar @$units, 567);
    $self->is('distinct unit names', scalar keys %name, 510);
    $self->is('names per number of units', histogram(map { scalar @$_ } values %name),
              '1:475 2:23 3:2 4:10');
    $self->is('units with a repeated name, levels 1-6', "@level", '0 1 7 17 27 40');
    $self->is('leaves', scalar(grep { !$_->{child_count} } @$units), 403);
    $self->is('units with titles', scalar(grep { slots($_) } @$units), 545);
    $self->is('slots', sum(map { slots($_) } @$units), 1689);
    $self->is('slots seen by a map keyed by name', sum(map { slots($_) } values %last),
              1487);
    $self->is('names with titles, last unit', scalar(grep { slots($_) } values %last), 488);
    $self->is('names with titles, any unit', scalar(grep { $_ } values %any), 489);
    $self->is('duplicate titles in a unit', $same || 0, 0);
    $self->is('ambiguous pairs of name and title', scalar @ambiguous, 69);
    $self->is('slots of these pairs', sum(@ambiguous), 156);
    $self->is('titles shared by parent and child', $shared || 0, 36);
    $self->is('titles per unit', histogram(map { slots($_) } @$units),
        '0:22 1:140 2:127 3:108 4:71 5:34 6:23 7:17 8:6 9:4 10:5 11:5 12:2 13:1'
        . ' 15:1 19:1');
    $self->is('children per unit', histogram(map { $_->{child_count} } @$units),
        '0:403 1:18 2:48 3:38 4:25 5:8 6:13 7:8 8:2 9:1 10:2 11:1');
}


sub levels {
    my ($self, $units) = @_;
    my @units = (9, 27, 91, 177, 171, 92);
    my @slots = (20, 79, 201, 481, 558, 350);

    for my $l (1 .. 6) {
        my @level = grep { $_->{level} == $l } @$units;

        $self->is("level $l: units", scalar @level, $units[$l - 1]);
        $self->is("level $l: slots", sum(map { slots($_) } @level), $slots[$l - 1]);
        $self->is("level $l: children", histogram(map { $_->{child_count} } @level),
                  $CHILDREN[$l - 1]);
        $self->is("level $l: titles", histogram(map { slots($_) } @level),
                  $TITLES[$l - 1]);
    }

    $self->is('levels', (sort { $b <=> $a } map { $_->{level} } @$units)[0], 6);

    my $n = 0;

    for my $root (grep { $_->{level} == 1 } @$units) {
        my @below = subtree($units, $root->{path});
        my ($depth) = sort { $b <=> $a } map { $_->{level} } @below;

        $self->is('top unit ' . ++$n . ': units/slots/depth/people',
                  join('/', scalar @below, sum(map { slots($_) } @below), $depth,
                       $root->{headcount}), $BLOCKS[$n - 1]);
    }
}

sub subtree {
    my ($units, $path) = @_;
    return grep { $_->{path} eq $path || index($_->{path}, "$path/") == 0 } @$units;
}


sub names {
    my ($self, $units) = @_;
    my @names = map { $_->{name} } @$units;
    my @lengths = sort { $a <=> $b } map { length } @names;
    my @paths = map { length $_->{path} } @$units;
    my %words;
    my %key;

    $words{$_}++ for map { /^([^ \x{A0}]+)/ } @names;
    $key{ lc tr/\x{A0}/ /r }{$_} = 1 for @names;

    $self->is('name lengths by ten', histogram(map { int(length() / 10) } @names),
              $NAME_LENGTHS);
    $self->is('shortest, longest name', "$lengths[0] $lengths[-1]", '5 97');
    $self->about('mean name length', sprintf('%.1f', sum(@lengths) / @lengths), 30.9, 32);
    $self->about('median name length', $lengths[283], 26, 30);
    $self->is('longest path', (sort { $b <=> $a } @paths)[0], 258);
    $self->about('mean path length', sprintf('%.1f', sum(@paths) / @paths), 130, 147);
    $self->is('units with a digit', scalar(grep { /[0-9]/ } @names), 114);
    $self->is('units with Latin letters', scalar(grep { /[A-Za-z]/ } @names), 12);
    $self->is('names with no-break blanks', scalar(grep { /\x{A0}/ && !/ / } @names), 6);
    $self->is('names with a slash, ё, outer or double blanks',
              scalar(grep { m{/|[ёЁ]|^\s|\s$|\s\s} } @names), 0);
    $self->is('names that differ only by case or blanks',
              scalar(grep { keys %$_ > 1 } values %key), 0);
    $self->is('first words of names', join(' ', map { "$_:$words{$_}" }
        qw(Группа Отдел Управление Проектная Служба Направление Блок Департамент)),
        'Группа:261 Отдел:147 Управление:53 Проектная:21 Служба:13 Направление:11'
        . ' Блок:10 Департамент:10');
}


sub titles {
    my ($self, $units) = @_;
    my @slots = map { @{ $_->{positions} } } @$units;
    my (%count, %words);

    $count{$_}++ for @slots;
    $words{$_}++ for map { /^([^ ]+)/ } @slots;

    my @lengths = sort { $a <=> $b } map { length } @slots;

    $self->is('distinct titles', scalar keys %count, 605);
    $self->is('titles per number of slots', histogram(values %count),
              $TITLE_FREQUENCIES);
    $self->is('titles with a slash', scalar(grep { m{/} } keys %count), 1);
    $self->is('titles with ё, outer or double blanks',
              scalar(grep { /[ёЁ]|^\s|\s$|\s\s/ } keys %count), 0);
    $self->is('shortest, longest title', "$lengths[0] $lengths[-1]", '5 93');
    $self->about('mean title length', sprintf('%.1f', sum(@lengths) / @lengths), 24, 28);
    $self->is('first words of titles', join(' ', map { "$_:$words{$_}" }
        qw(Руководитель Ведущий Главный Менеджер Заместитель Специалист Директор
           Старший Координатор Инженер Архитектор Начальник)),
        'Руководитель:468 Ведущий:346 Главный:254 Менеджер:77 Заместитель:63'
        . ' Специалист:42 Директор:30 Старший:30 Координатор:27 Инженер:24'
        . ' Архитектор:24 Начальник:18');
}


sub headcount {
    my ($self, $units) = @_;
    my @with = grep { defined $_->{headcount} } @$units;
    my (%source, %department, %number, $broken, $figures);

    for my $unit (@with) {
        $source{ $unit->{headcount_source} }++;
        $department{ $unit->{headcount_department} } = $unit->{headcount};
        $number{ $unit->{number} }++;

        my @path = split m{/}, $unit->{path};
        my ($level) = $unit->{headcount_source} =~ /^Уровень ([2-7])$/;
        $broken++ if !$level || ($path[$level - 2] // '') ne $unit->{headcount_department};
    }

    $figures = grep { defined } map { @{$_}{qw(number headcount_source
                                               headcount_department)} } @with;

    $self->is('units with number and headcount', scalar @with, 545);
    $self->is('members set together', $figures, 3 * 545);
    $self->is('units without both have no titles',
              scalar(grep { !defined $_->{headcount} && !slots($_)
                            && !defined $_->{number} } @$units), 22);
    $self->is('distinct staff numbers', scalar keys %number, 545);
    $self->is('staff numbers', join('..', (sort { $a <=> $b } keys %number)[0, -1]),
              '24000032..24001299');
    $self->is('own figure', scalar(grep { $_->{headcount_department} eq $_->{name} }
                                   @with), 117);
    $self->is('headcount_source', join(' ', map { "$_:$source{$_}" } sort keys %source),
              'Уровень 2:9 Уровень 3:24 Уровень 4:511 Уровень 5:1');
    $self->is('distinct headcount_department', scalar keys %department, 120);
    $self->is('department is of the own path', $broken || 0, 0);
    $self->is('least, greatest figure',
              join(' ', (sort { $a <=> $b } map { $_->{headcount} } @with)[0, -1]),
              '1 1643');
    $self->about('mean figure', sprintf('%.0f', sum(map { $_->{headcount} } @with) / @with),
                 130, 185);
}


sub file {
    my ($self, $text) = @_;

    utf8::encode(my $bytes = $text);

    $self->is('line feeds of structure.json', scalar($text =~ tr/\n//), 6545);
    $self->is('no-break blanks in structure.json', scalar($text =~ tr/\x{A0}//), 30);
    $self->about('bytes of structure.json', length $bytes, 350_000, 380_000);
    $self->is('metadata',
              join(' ', $text =~ /"(?:total_records|unique_units|top_level_blocks
                   |total_headcount_records|units_with_headcount
                   |headcount_coverage_percent|total_employees)":\s([0-9.]+)/gx),
              '2844 545 9 123 545 100.0 8532');
}


sub kpi {
    my ($self, $directory, $units) = @_;

    for my $code (sort keys %KPI_SUBTREES) {
        my @below = subtree($units, $KPI_PATHS{$code});

        $self->is("KPI subtree $code: units/slots",
                  scalar(@below) . '/' . sum(map { slots($_) } @below),
                  $KPI_SUBTREES{$code});
    }

    for my $code (sort keys %KPI_FILES) {
        my $text = slurp("$directory/KPI/KPI_$code.md");
        my @rows = map { [map { s/^\s+|\s+$//gr } split /\|/, s/^\||\|$//gr] }
                   grep { /^\|/ } split /\n/, $text;
        my $width = @{ $rows[0] };
        my ($type) = grep { $rows[0][$_] eq 'Тип показателя' } 0 .. $width - 1;
        my @kpis = grep { $_->[0] !~ /^\**(?:Триггер|(?:Корпоративные|Бюджетные|Личные)
                                          \sКПЭ|Итого\sвес)\**$/x }
                   @rows[2 .. $#rows];

        $self->is("KPI_$code.md: rows/columns/persons/KPIs",
                  join('/', scalar @rows, $width, $type - 3, scalar @kpis),
                  $KPI_FILES{$code});
        $self->is("KPI_$code.md: rows of another width",
                  scalar(grep { @$_ != $width } @rows), 0);
    }
}


sub maps {
    my ($self, $directory) = @_;
    my $map = slurp("$directory/company_map.md");
    my $it = slurp("$directory/anonymized_digitization_map.md");
    my @groups = split /^### /m, $it;

    shift @groups;

    $self->about('characters of the company map', length $map, 105_000, 115_000);
    $self->is('heading levels of the company map',
              histogram_keys(map { length } $map =~ /^(#+) /mg), '2 3 4 5');
    $self->is('systems per group of the IT map',
              join(' ', map { scalar(() = /^- \*\*[^*]+\*\* - /mg) } @groups), $IT_GROUPS);
    $self->is('line feeds of the IT map', scalar($it =~ tr/\n//), 179);
    $self->about('characters of the IT map', length $it, 7_500, 9_500);
}

sub histogram_keys {
    my %seen = map { $_ => 1 } @_;
    return join ' ', sort { $a <=> $b } keys %seen;
}

1;
