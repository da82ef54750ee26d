package HR::Demo::Pool;

# The 605 job titles and how often each occurs.
#
# data-files.md 3.1 fixes the frequencies, 3.3 the number of slots per first
# word and per length class.  Titles that occur nine times and more are written
# down here; the others are made from the vocabulary when a slot is filled, of
# the first word and length that are still missing most.

use strict;
use warnings;
use utf8;

use HR::Demo::Vocabulary qw(%FUNCTION);

use Exporter 'import';
our @EXPORT_OK = qw(@FREQUENT %RARE new_title %FREQUENCIES rank_of);

# Occurrences => titles, for the whole company.
our %FREQUENCIES = (
    1 => 398, 2 => 84, 3 => 44, 4 => 20, 5 => 11, 6 => 8, 7 => 6, 8 => 6, 9 => 3,
    10 => 3, 11 => 2, 12 => 1, 13 => 2, 14 => 1, 15 => 2, 16 => 1, 17 => 2,
    18 => 1, 19 => 1, 20 => 2, 25 => 2, 29 => 1, 32 => 1, 41 => 1, 123 => 1,
    155 => 1,
);

# [occurrences, title, kinds of unit (best first) or undef, functions or undef]
our @FREQUENT = (
    [17, 'Руководитель проектной группы', 'Проектная группа|Группа'],
    [155, 'Руководитель группы', 'Группа|Проектная группа'],
    [123, 'Руководитель отдела', 'Отдел'],
    [41, 'Ведущий специалист'],
    [32, 'Главный специалист'],
    [29, 'Ведущий инженер', undef, 'constr|eng|tech|design'],
    [25, 'Руководитель управления', 'Управление'],
    [25, 'Руководитель проекта', undef, 'pm|dev|constr|design|eng'],
    [20, 'Менеджер проекта', undef, 'pm|dev|plan|constr|design'],
    [20, 'Главный инженер проекта', undef, 'design|eng|pm'],
    [19, 'Ведущий архитектор', undef, 'design'],
    [18, 'Начальник участка', undef, 'constr|tech'],
    [17, 'Ведущий инженер-проектировщик', undef, 'design|eng'],
    [16, 'Архитектор', undef, 'design'],
    [15, 'Ведущий менеджер', undef, 'sales|mkt|zak|dev|hr|pm'],
    [15, 'Координатор проекта', undef, 'pm|constr|design|eng'],
    [14, 'Заместитель руководителя отдела', 'Отдел'],
    [13, 'Главный архитектор проекта', undef, 'design'],
    [13, 'Ведущий аналитик', undef, 'it|fin|plan|econ|dev|sales'],
    [12, 'Специалист'],
    [11, 'Руководитель службы', 'Служба|\*'],
    [11, 'Главный инженер', undef, 'constr|eng|ops'],
    [10, 'Руководитель направления', 'Направление|\*|Управление'],
    [10, 'Инженер-проектировщик', undef, 'design|eng'],
    [10, 'Ведущий экономист', undef, 'econ|fin|constr|plan'],
    [9, 'Директор департамента', 'Департамент|Блок'],
    [9, 'Старший производитель работ', undef, 'constr'],
    [9, 'Главный конструктор', undef, 'design'],
);

# Titles that occur once, and where: a region, or a function.
our @ONCE = (
    ['Директор по корпоративным коммуникациям', 't1'],
    ['Исполнительный директор', 't2'],
    ['Финансовый директор', 't3'],
    ['Коммерческий директор', 't4'],
    ['Директор по строительству и проектированию', 't5'],
    ['Операционный директор', 't6'],
    ['Руководитель секретариата', 't7'],
    ['Помощник генерального директора', 't7'],
    ['Директор по безопасности', 't8'],
    ['Юрист', undef, 'legal'],
    ['QA/QC инженер', undef, 'constr'],
    ['Заместитель руководителя управления по подготовке строительства,'
     . ' вводу и сдаче жилых корпусов', undef, 'constr'],
    ['Помощник руководителя управления по взаимодействию с подрядными'
     . ' организациями на площадке', undef, 'constr'],
);

# First word => slots; '' is everything else.
our %WORDS = (
    'Руководитель' => 468, 'Ведущий' => 346, 'Главный' => 254, 'Менеджер' => 77,
    'Заместитель' => 63, 'Специалист' => 42, 'Директор' => 30, 'Старший' => 30,
    'Координатор' => 27, 'Инженер' => 24, 'Архитектор' => 24,
    'Начальник' => 18, '' => 286,
);

# Tens of characters => slots.
our %LENGTHS = (0 => 68, 1 => 617, 2 => 381, 3 => 472, 4 => 94, 5 => 36, 6 => 16,
                7 => 2, 8 => 2, 9 => 1);

# <t> a topic, <w> the work of a unit, <p> a profession.
my %PATTERN = (
    'Руководитель' => ['Руководитель проекта по <t>', 'Руководитель группы <w>',
                       'Руководитель направления <w>', 'Руководитель сектора <w>'],
    'Ведущий'      => ['Ведущий <p>', 'Ведущий <p>', 'Ведущий специалист по <t>',
                       'Ведущий эксперт по <t>'],
    'Главный'      => ['Главный <p>', 'Главный <p>', 'Главный специалист по <t>',
                       'Главный эксперт по <t>'],
    'Менеджер'     => ['Менеджер по <t>', 'Менеджер проектов по <t>',
                       'Менеджер группы <w>'],
    'Заместитель'  => ['Заместитель руководителя отдела по <t>',
                       'Заместитель директора по <t>',
                       'Заместитель руководителя управления по <t>'],
    'Специалист'   => ['Специалист по <t>', 'Специалист группы <w>'],
    'Директор'     => ['Директор по <t>', 'Директор проекта по <t>'],
    'Старший'      => ['Старший <p>', 'Старший специалист по <t>'],
    'Координатор'  => ['Координатор по <t>', 'Координатор группы <w>'],
    'Инженер'      => ['Инженер по <t>', 'Инженер группы <w>'],
    'Архитектор'   => ['Архитектор по <t>', 'Архитектор группы <w>'],
    ''             => ['<P>', '<P>', 'Эксперт по <t>', 'Консультант по <t>',
                       'Младший <p>', 'Аналитик по <t>', 'Техник по <t>',
                       'Помощник руководителя по <t>', 'Секретарь отдела <w>'],
);


sub new_pool {
    my ($class, $random) = @_;
    my $self = bless {
        random => $random, used => {}, words => {%WORDS}, lengths => {%LENGTHS},
    }, $class;

    $self->account($_->[1], $_->[0]) for @FREQUENT;
    $self->account($_->[0], 1) for @ONCE;

    return $self;
}


sub account {
    my ($self, $title, $count) = @_;

    $self->{used}{$title} = 1;
    $self->{words}{ first_word($title) } -= $count;
    $self->{lengths}{ int(length($title) / 10) } -= $count;
}


sub first_word {
    my ($word) = $_[0] =~ /^([^ ]+)/;
    return exists $WORDS{$word} ? $word : '';
}


# A title not used yet for a function, to occur `count` times.
sub new_title {
    my ($self, $func, $count) = @_;
    my ($best, $worth);

    for (1 .. 40) {
        my $word = $self->missing_word($count);
        my $title = $self->compose($word, $func);

        # "Инженер ПТО" is a profession, but counts as an engineer.
        next if $self->{used}{$title}
                || $self->{words}{ first_word($title) } < $count;

        my $length = $self->{lengths}{ int(length($title) / 10) };
        ($best, $worth) = ($title, $length) if !defined $best || $length > $worth;
    }

    return undef if !defined $best;

    $self->account($best, $count);
    return $best;
}


# A first word, the likelier the more slots it still lacks.
sub missing_word {
    my ($self, $count) = @_;
    my @words = grep { $self->{words}{$_} >= $count } sort keys %WORDS;
    my $sum = 0;

    die "no first word lacks $count slots\n" if !@words;

    $sum += $self->{words}{$_} for @words;

    my $at = $self->{random}->below($sum);

    for my $word (@words) {
        $at -= $self->{words}{$word};
        return $word if $at < 0;
    }
}


sub compose {
    my ($self, $word, $func) = @_;
    my $random = $self->{random};
    my $words = $FUNCTION{$func};
    my $title = $random->pick($PATTERN{$word});

    $title =~ s/<t>/$random->pick($words->{topics})/e;
    $title =~ s/<w>/$random->pick($words->{works})/e;
    $title =~ s/<p>/$random->pick($words->{trades})/e;
    $title =~ s/<P>/ucfirst $random->pick($words->{trades})/e;

    return $title;
}


# Order of the titles inside a unit: heads first.
sub rank_of {
    my ($title) = @_;
    my $rank = 0;

    for my $words ('директор|^Директор', '^Руководитель|^Начальник', '^Заместитель',
                   '^Главный', '^Ведущий', '^Старший', '^Менеджер|^Координатор') {
        return $rank if $title =~ /$words/ && $title !~ /^(?:Помощник|Секретарь)/
                        && ($rank > 0 || $title !~ /^Заместитель/);
        $rank++;
    }

    return $title =~ /^(?:Младший|Помощник|Секретарь|Техник)/ ? $rank + 2
         : $rank + 1;
}

1;
