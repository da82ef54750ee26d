package HR::Demo::CompanyMap;

# The company map (data-files.md 9): free Markdown of about 110,000 characters,
# headings of level 2 to 5, sections for summary, strategy with mission, values
# and OKR, organisation and processes, data flows, optimisation, principles of
# management.  The text tells about the invented company of structure.json: the
# names of its units occur in it, so that a reader who selects sections by unit
# finds some.

use strict;
use warnings;
use utf8;

use HR::Demo::ItMap qw(@GROUPS);
use HR::Demo::Vocabulary qw(%FUNCTION);

use Exporter 'import';
our @EXPORT_OK = qw(company_map);

our $LENGTH = 110_000;              # characters, reached within one paragraph

# Each goes on with a genitive: "... - развитие <клиентского сервиса>".
my @OPENINGS = (
    'Подразделение отвечает за результаты', 'Работа строится вокруг качества',
    'Основное направление - совершенствование', 'Ключевая задача года - развитие',
    'В центре внимания - организация', 'Команда поддерживает единый порядок',
    'Процесс охватывает весь цикл', 'Ответственность включает планирование и контроль',
);

my @ACTIONS = (
    'план утверждается до начала квартала и пересматривается при изменении графика',
    'сроки контролируются по вехам, отклонение более пяти дней выносится на комитет',
    'каждое решение фиксируется в протоколе с указанием ответственного и срока',
    'результат принимает внутренний заказчик по заранее согласованным критериям',
    'данные вводятся один раз и дальше используются всеми участниками',
    'подрядчики оцениваются раз в полгода, оценка влияет на допуск к торгам',
    'типовые случаи решаются на месте, спорные передаются руководителю',
    'затраты учитываются по объектам, что позволяет сравнивать очереди между собой',
    'замечания собираются в журнал и закрываются до передачи следующему этапу',
    'опыт завершенных проектов разбирается на встречах и попадает в базу знаний',
    'отчетность выпускается на пятый рабочий день и доступна всем руководителям',
    'качество проверяется выборочно, доля проверок зависит от прошлых результатов',
    'резерв времени закладывается отдельно и расходуется только по решению штаба',
    'риски пересматриваются ежемесячно, для каждого назначен владелец',
    'согласование идет параллельно, молчание дольше трех дней считается согласием',
    'изменения принимаются только вместе с оценкой влияния на срок и стоимость',
);

my @OUTCOMES = (
    'Это сокращает переделки и делает сроки предсказуемыми.',
    'Так смежные команды видят состояние работ без дополнительных запросов.',
    'Показатель входит в карту целей руководителя.',
    'По итогам года доля нарушений снизилась примерно на треть.',
    'Слабое место - передача данных между этапами, ей посвящена отдельная цель.',
    'Для малых объектов действует упрощенный порядок.',
    'Порядок един для всех очередей и регионов.',
    'Исключения согласует директор блока.',
    'Потребность в людях уточняется вместе с производственной программой.',
    'Новые сотрудники проходят порядок в первый месяц работы.',
    'Результаты обсуждаются на общей встрече раз в квартал.',
    'В следующем году порядок планируется распространить на все площадки.',
);

my @VALUES = (
    ['Ответственность', 'обещанный срок дороже удобного объяснения'],
    ['Открытость', 'о проблеме говорят в день, когда ее увидели'],
    ['Бережливость', 'лишнее согласование - такая же потеря, как лишний материал'],
    ['Забота', 'дом оценивают те, кто в нем живет'],
    ['Развитие', 'каждый проект оставляет после себя улучшенный порядок'],
);


sub company_map {
    my ($random, $tree) = @_;
    my $self = { random => $random, tree => $tree, text => '', budget => $LENGTH };

    summary($self);
    strategy($self);
    organisation($self);
    data_flows($self);
    optimisation($self);
    principles($self);

    return $self->{text};
}


sub heading {
    my ($self, $level, $text) = @_;
    $self->{text} .= ('#' x $level) . " $text\n\n";
}

# One paragraph about a function: three to five sentences.
sub paragraph {
    my ($self, $func, $subject) = @_;
    my $random = $self->{random};
    my $words = $FUNCTION{$func};
    my @actions = $random->shuffle(@ACTIONS);
    my @outcomes = $random->shuffle(@OUTCOMES);
    my $what = $subject // $random->pick($words->{works});

    my $text = $random->pick(\@OPENINGS) . ' ' . $what
             . ($random->chance(60) ? ' для ' . $random->pick($words->{objects}) : '')
             . '; ' . shift(@actions) . '. ';

    $text .= ucfirst(shift @actions) . '. ' if $random->chance(70);
    $text .= shift(@outcomes) . ' ';
    $text .= ucfirst(shift @actions) . '. ' . shift(@outcomes) if $random->chance(50);

    $self->{text} .= $text =~ s/ $//r . "\n\n";
}

sub bullets {
    my ($self, @items) = @_;
    $self->{text} .= join('', map { "- $_\n" } @items) . "\n";
}


sub summary {
    my ($self) = @_;

    heading($self, 2, 'Краткое описание компании');
    $self->{text} .= 'Компания строит жилые кварталы полного цикла: от выбора'
        . ' площадки до обслуживания готовых домов. Все сведения вымышлены и'
        . " служат для демонстрации.\n\n";
    bullets($self, map { "$_->{name}: подразделений " . scalar(count($_)) }
                   @{ $self->{tree}{roots} });
    paragraph($self, $_->{func}) for @{ $self->{tree}{roots} };
}

sub count {
    my ($unit) = @_;
    my $n = 1;

    $n += count($_) for @{ $unit->{children} };
    return $n;
}


sub strategy {
    my ($self) = @_;

    heading($self, 2, 'Стратегия и цели');
    heading($self, 3, 'Миссия');
    $self->{text} .= 'Строить кварталы, в которых удобно жить, вовремя и по'
                   . " понятной цене.\n\n";
    heading($self, 3, 'Ценности');
    bullets($self, map { "**$_->[0]** - $_->[1]" } @VALUES);
    heading($self, 3, 'Цели и ключевые результаты');

    for my $root (@{ $self->{tree}{roots} }) {
        heading($self, 4, $root->{name});
        okr($self, $_) for $root, @{ $root->{children} };
    }
}

sub okr {
    my ($self, $unit) = @_;
    my $random = $self->{random};
    my @works = $random->shuffle(@{ $FUNCTION{ $unit->{func} }{works} });

    heading($self, 5, "Цель: $unit->{name}");
    bullets($self, map {
        my $now = 60 + $random->below(30);
        "Показатель $_: с $now до " . ($now + 3 + $random->below(10)) . ' % к концу года'
    } grep { defined } @works[0 .. 2]);
}


sub organisation {
    my ($self) = @_;

    heading($self, 2, 'Организация и процессы');

    for my $root (@{ $self->{tree}{roots} }) {
        heading($self, 3, $root->{name});
        paragraph($self, $root->{func});

        for my $second (@{ $root->{children} }) {
            heading($self, 4, $second->{name});
            paragraph($self, $second->{func});
            process($self, $_) for @{ $second->{children} };
        }
    }
}

sub process {
    my ($self, $unit) = @_;

    heading($self, 5, "Процесс: $unit->{name}");
    paragraph($self, $unit->{func});
}


sub data_flows {
    my ($self) = @_;

    heading($self, 2, 'Архитектура потоков данных');

    for my $group (@GROUPS) {
        my ($name, $count, @subjects) = @$group;

        heading($self, 3, $name);
        bullets($self, map { "поток $_: источник, владелец, получатели, срок обновления" }
                       @subjects[0 .. 3]);
        paragraph($self, 'it', "данных $_") for @subjects[0, 1];
    }
}


# Fills up to the length wanted with one subsection after the other.
sub optimisation {
    my ($self) = @_;
    my @functions = sort keys %FUNCTION;
    my $n = 0;

    heading($self, 2, 'Оптимизация процессов');

    while (length $self->{text} < $LENGTH - 2500) {
        my $func = $functions[$n % @functions];
        my $works = $FUNCTION{$func}{works};

        heading($self, 3, "Направление улучшений № " . ++$n);
        heading($self, 4, 'Порядок ' . $works->[$n % @$works]);
        paragraph($self, $func) for 1 .. 3;
    }
}


sub principles {
    my ($self) = @_;

    heading($self, 2, 'Принципы управления');
    bullets($self, map { ucfirst } @ACTIONS[0 .. 7]);
    paragraph($self, $_) for qw(pm hr fin);
}

1;
