package HR::Demo::Kinds;

# What a unit is called (block, department, section, group, ...) and what it
# does (its function).  data-files.md 3.3 gives the number of units per first
# word; the levels they stand on follow its remark "level 1 is mostly blocks,
# 2 departments and sections, 3 sections and Отдел, 4 Отдел and groups, 5 and 6
# groups".  The word '*' stands for the 41 units of other kinds.

use strict;
use warnings;
use utf8;

use HR::Demo::Tree qw(preorder);

use Exporter 'import';
our @EXPORT_OK = qw(set_kinds %WORDS);

# First word => units of the whole company.
our %WORDS = (
    'Группа' => 261, 'Отдел' => 147, 'Управление' => 53, 'Проектная' => 21,
    'Служба' => 13, 'Направление' => 11, 'Блок' => 10, 'Департамент' => 10,
    '*' => 41,
);

# Per level, for units sorted from the tallest subtree to the leaves.
my @KINDS = (
    undef, undef, undef,
    [['Департамент', 3], ['Управление', 35], ['Направление', 5], ['Служба', 6],
     ['*', 7], ['Отдел', 35]],
    [['Управление', 10], ['Направление', 4], ['Служба', 5], ['*', 7],
     ['Отдел', 82], ['*', 14], ['Проектная группа', 5], ['Группа', 50]],
    [['Отдел', 26], ['Служба', 2], ['Направление', 2], ['*', 3],
     ['Проектная группа', 8], ['Группа', 130]],
    [['*', 3], ['Проектная группа', 8], ['Группа', 81]],
);

my %OTHER = (
    constr => ['Участок', 'Штаб', 'Сектор'],
    design => ['Мастерская', 'Бюро', 'Студия'],
    eng    => ['Сектор', 'Центр', 'Лаборатория'],
    tech   => ['Лаборатория', 'Инспекция'],
    sales  => ['Центр', 'Офис'],
);

# Top units, and the units that own a KPI file: these have the names that
# conf/company/kpi.json lists, so that the shipped table fits the demo data.
# region => [name, kind, function].
my %FIXED = (
    t1  => ['Блок корпоративных коммуникаций', 'Блок', 'pr'],
    t2  => ['Блок исполнительного директора', 'Блок', 'pm'],
    t3  => ['Блок "Финансы и право"', 'Блок', 'fin'],
    t4  => ['Блок коммерческого директора', 'Блок', 'sales'],
    t5  => ['Блок "Строительство и проектирование"', 'Блок', 'constr'],
    t6  => ['Блок операционного директора', 'Блок', 'hr'],
    t7  => ['Секретариат генерального директора', '*', 'adm'],
    t8  => ['Блок безопасности', 'Блок', 'sec'],
    t9  => ['Управление внутреннего аудита и контроля', 'Управление', 'audit'],
    drr => ['Департамент регионального развития', 'Департамент', 'dev'],
    dpu => ['Дирекция проектного управления по г.Москве, Московской области и'
            . ' объектам МПТ', '*', 'pm'],
    prp => ['Управление планирования и контроля реализации проектов',
            'Управление', 'plan'],
    dit => ['Департамент информационных технологий', 'Департамент', 'it'],
    zak => ['Департамент закупок', 'Департамент', 'zak'],
    cif => ['Управление цифровизации и повышения эффективности бизнес-процессов',
            'Управление', 'cif'],
    ecs => ['Единый центр экономики строительства', '*', 'econ'],
    as  => ['Отдел бюджетирования и анализа себестоимости', 'Отдел', 'econ'],
);

# The other units of level 2, per top region, from the tallest down.
my %SECOND = (
    t1 => [['Управление внешних и внутренних коммуникаций', 'Управление', 'pr']],
    t2 => [['Управление технического надзора', 'Управление', 'tech'],
           ['Управление разрешительной документации', 'Управление', 'dev'],
           ['Дирекция ввода объектов', '*', 'constr']],
    t3 => [['Департамент финансов', 'Департамент', 'fin'],
           ['Управление правового обеспечения', 'Управление', 'legal'],
           ['Отдел методологии и стандартов', 'Отдел', 'fin']],
    t4 => [['Департамент продаж и маркетинга', 'Департамент', 'sales'],
           ['Отдел исследований рынка', 'Отдел', 'mkt']],
    t5 => [['Блок строительства', 'Блок', 'constr'],
           ['Блок проектирования', 'Блок', 'design'],
           ['Блок инженерного обеспечения', 'Блок', 'eng'],
           ['Штаб строительства', '*', 'constr'],
           ['Дирекция по качеству', '*', 'tech'],
           ['Центр пространственных данных', '*', 'design']],
    t6 => [['Департамент персонала и административных вопросов', 'Департамент',
            'hr'],
           ['Департамент эксплуатации', 'Департамент', 'ops']],
    t8 => [['Управление комплексной безопасности', 'Управление', 'sec']],
    t9 => [['Отдел внутреннего аудита', 'Отдел', 'audit'],
           ['Отдел внутреннего контроля', 'Отдел', 'audit']],
);

# Functions that the children of a level-2 unit share out, else its own.
my %MIXED = (
    'Департамент продаж и маркетинга' => [qw(sales sales mkt)],
    'Департамент персонала и административных вопросов' => [qw(hr hr adm)],
    'Департамент финансов' => [qw(fin fin fin fin legal)],
    'Блок строительства' => [qw(constr constr constr tech)],
);


# Sets kind (and word), func and, for fixed units, name.
sub set_kinds {
    my ($random, $tree) = @_;

    set_sizes($_) for @{ $tree->{roots} };

    for my $region (sort keys %FIXED) {
        my $unit = $tree->{region}{$region};
        @{$unit}{qw(name kind func)} = @{ $FIXED{$region} };
    }

    for my $region (sort keys %SECOND) {
        my @units = grep { $_->{level} == 2 && $_->{region} eq $region }
                    @{ $tree->{units} };
        my @list = @{ $SECOND{$region} };

        for my $unit (sort { $b->{size} <=> $a->{size} } @units) {
            @{$unit}{qw(name kind func)} = @{ shift @list };
        }
    }

    share_functions($random, $_) for grep { $_->{level} == 2 } @{ $tree->{units} };

    for my $level (3 .. 6) {
        kinds_of_level($random, grep { $_->{level} == $level } @{ $tree->{units} });
    }

    for my $unit (@{ $tree->{units} }) {
        $unit->{word} = $unit->{kind} eq '*' && !defined $unit->{name}
            ? $random->pick($OTHER{ $unit->{func} } || ['Центр', 'Сектор', 'Бюро'])
            : $unit->{kind};
    }
}


sub set_sizes {
    my ($unit) = @_;

    @{$unit}{qw(size height)} = (1, 0);

    for my $child (@{ $unit->{children} }) {
        set_sizes($child);
        $unit->{size} += $child->{size};
        $unit->{height} = $child->{height} + 1
            if $unit->{height} < $child->{height} + 1;
    }
}


sub share_functions {
    my ($random, $second) = @_;
    my $mix = $MIXED{ $second->{name} } || [$second->{func}];
    my $turn = 0;

    for my $child (@{ $second->{children} }) {
        my $func = $child->{func} || $mix->[$turn++ % @$mix];
        $_->{func} //= $func for preorder($child);
    }
}


sub kinds_of_level {
    my ($random, @units) = @_;
    my $level = $units[0]{level};
    my %left;

    my @queue = map { my ($kind, $n) = @$_; ($kind) x $n } @{ $KINDS[$level] };

    # Same height: a group belongs below a department-part rather than below a
    # section, so children of higher kinds come first.
    my %rank = ('Блок' => 0, 'Департамент' => 1, 'Управление' => 2,
                'Направление' => 3, '*' => 3, 'Служба' => 4, 'Отдел' => 5);

    my @open = grep { !defined $_->{kind} } @units;

    for my $fixed (grep { defined $_->{kind} } @units) {
        my ($at) = grep { $queue[$_] eq $fixed->{kind} } 0 .. $#queue;
        splice @queue, $at, 1;
    }

    my @order = sort {
        $b->{height} <=> $a->{height}
            || $rank{ $a->{parent}{kind} } <=> $rank{ $b->{parent}{kind} }
            || $b->{size} <=> $a->{size}
            || $a->{id} <=> $b->{id}
    } @open;

    # Among leaves the kinds would otherwise come in long runs.
    my @leaves = grep { $_->{height} == 0 } @order;
    my @inner = grep { $_->{height} > 0 } @order;

    $_->{kind} = shift @queue for @inner;

    my @groups = grep { /группа|Группа/ } @queue;
    my @others = $random->shuffle(grep { !/группа|Группа/ } @queue);

    $_->{kind} = shift @others // shift @groups for @leaves;
}

1;
