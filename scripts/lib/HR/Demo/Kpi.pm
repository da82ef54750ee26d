package HR::Demo::Kpi;

# The nine KPI files: eight hybrid Markdown files with front matter and the
# older KPI_DIT.md without (data-files.md 7.2, 7.3).  Rows, columns and person
# columns of each file are those of 7.2; the persons are plainly invented; the
# titles are those of the managers of the unit that owns the file, so that a
# part of its positions finds a column of its own and the rest inherits one.
#
# The oddities of the real files are kept: `Мотодика` in four files, `блольше`
# in several, rows without target and unit, texts cut at 147 characters, totals
# with floating point noise, equal titles with "(позиция N)", vacant places, one
# folded scalar, abbreviated titles.

use strict;
use warnings;
use utf8;

use HR::Demo::Pool qw(rank_of);
use HR::Demo::Tree qw(preorder);

use Exporter 'import';
our @EXPORT_OK = qw(kpi_files %FILES);

# code => { region, persons, sections => [name => KPI rows], typo => spelling
# variants, equal => persons with one title }.
our %FILES = (
    'ДИТ' => { region => 'dit', persons => 5, equal => 3, units => 1,
               rows => ['Корпоративные КПЭ' => 6, 'Личные КПЭ' => 22] },
    'АС' => { region => 'as', persons => 19, equal => 7, typo => 1,
              rows => ['Корпоративные КПЭ' => 5, 'Личные КПЭ' => 15] },
    'ДПУ' => { region => 'dpu', persons => 6, more => 1, folded => 1,
               rows => ['Триггер' => 1, 'Корпоративные КПЭ' => 5,
                        'Личные КПЭ' => 8] },
    'ДРР' => { region => 'drr', persons => 7, equal => 2, more => 1,
               rows => ['Корпоративные КПЭ' => 6, 'Бюджетные КПЭ' => 4,
                        'Личные КПЭ' => 24], bare => 8 },
    'Закупки' => { region => 'zak', persons => 3, typo => 1,
                   rows => ['Корпоративные КПЭ' => 5, 'Личные КПЭ' => 11] },
    'ПРП' => { region => 'prp', persons => 4, short => 1, typo => 1,
               rows => ['Триггер' => 1, 'Корпоративные КПЭ' => 5,
                        'Личные КПЭ' => 11] },
    'УВАиК' => { region => 't9', persons => 3, typo => 1,
                 rows => ['Триггер' => 1, 'Корпоративные КПЭ' => 3,
                          'Личные КПЭ' => 5] },
    'Цифра' => { region => 'cif', persons => 3,
                 rows => ['Корпоративные КПЭ' => 3, 'Бюджетные КПЭ' => 2,
                          'Личные КПЭ' => 4] },
);

my @PERSONS = (
    'Образцов Олег Олегович', 'Примерова Полина Петровна',
    'Тестов Тимур Тимурович', 'Шаблонова Шура Шамилевна',
    'Макетов Максим Максимович', 'Эталонова Элла Эдуардовна',
    'Условнов Устин Устинович', 'Вымыслова Вера Викторовна',
    'Черновиков Чеслав Чеславович', 'Демонстратова Дина Дмитриевна',
    'Заготовкин Захар Захарович', 'Пробникова Прасковья Павловна',
    'Моделев Модест Модестович', 'Копиркина Карина Кирилловна',
    'Набросков Назар Назарович', 'Эскизова Эмма Эмильевна',
    'Трафаретов Тихон Тихонович', 'Лекалова Лилия Леонидовна',
    'Болванкин Богдан Богданович', 'Схемова Софья Семеновна',
);

my $MORE = 'На увеличение, чем больше, тем лучше';
my $LESS = 'На уменьшение, чем меньше, тем лучше';

# name, target, unit, type, min, max, method, source
my @CORPORATE = (
    ['Выручка компании', '12600', 'млн. руб.', $MORE, '0.8', '1.2',
     'Отношение фактической выручки к плановой<br>по данным управленческого учета',
     'управленческая отчетность'],
    ['Ввод объектов в эксплуатацию', '240', 'тыс. кв. м', $MORE, '0.9', '1.1',
     'Площадь объектов, на которые получено разрешение на ввод', 'реестр разрешений'],
    ['Выполнение стратегических инициатив', '90', '%', $MORE, '80', '100',
     'Доля инициатив, завершенных в срок', 'портфель инициатив'],
    ['Операционные расходы', '5', '%', $LESS, '-', '-',
     'Отклонение от утвержденного бюджета', 'отчет об исполнении бюджета'],
    ['Удовлетворенность клиентов', '4.5', 'балл', $MORE, '4.2', '4.8',
     'Средняя оценка по опросу', 'результаты опросов'],
    ['Дивиденды', '100', '%', $MORE, '-', '-', 'Выполнение плана выплат',
     'решения собственников'],
);

my @PERSONAL = (
    ['Выполнение плана работ подразделения', '95', '%', $MORE, '80', '120',
     'Доля задач, закрытых в срок', 'план-график'],
    ['Соблюдение сроков согласования документов', '3', 'дн.', $LESS, '-', '-',
     'Среднее время согласования одного документа', 'система документооборота'],
    ['Исполнение бюджета подразделения', '100', '%', $MORE, '95', '105',
     'Отношение факта к плану', 'бюджет'],
    ['Снижение стоимости работ', '3', '%', $MORE, '1', '5',
     'Экономия относительно утвержденной сметы', 'сметы'],
    ['Качество подготовленных материалов', '5', '%', $LESS, '-', '10',
     'Доля документов, возвращенных на доработку', 'журнал замечаний'],
    ['Доступность корпоративных сервисов', '99.5', '%', $MORE, '99', '99.9',
     'Время работы сервиса без простоев', 'мониторинг'],
    ['Скорость обработки заявок', '8', 'ч', $LESS, '4', '12',
     'Среднее время от регистрации до закрытия', 'система заявок'],
    ['Внедрение проектов развития', '4<br>6', 'шт.', $MORE, '-', '-',
     'Число проектов, принятых заказчиком<br>по полугодиям', 'акты приемки'],
    ['Отсутствие критических замечаний', 'х', '-', $LESS, '-', '-',
     'Число замечаний по результатам проверок', 'акты проверок'],
    ['Выполнение плана обучения сотрудников', '90', '%', $MORE, '-', '-',
     'Доля сотрудников, прошедших обучение', 'журнал обучения'],
    ['Доля процедур без нарушений регламента', '98', '%', $MORE, '90', '100',
     'Проверка выборки процедур', 'отчет контролера'],
    ['Точность прогноза', '10', '%', $LESS, '-', '15',
     'Отклонение прогноза от факта', 'отчет о прогнозах'],
    ['Количество новых площадок', '6', 'шт.', $MORE, '4', '8',
     'Площадки, по которым принято решение', 'протоколы комитета'],
    ['Полнота исполнительной документации', '100', '%', $MORE, '95', '100',
     'Комплекты, принятые без замечаний', 'реестр комплектов'],
    ['Вовлеченность команды', '75', '%', $MORE, '65', '85',
     'Результат ежегодного опроса', 'опрос'],
    ['Доля автоматизированных операций', '60', '%', $MORE, '-', '-',
     'Операции, выполняемые без ручного ввода', 'карта процессов'],
    ['Соблюдение графика поставок', '95', '%', $MORE, '85', '100',
     'Поставки, выполненные в срок', 'график поставок'],
    ['Просроченная дебиторская задолженность', '45', 'дн.', $LESS, '-', '-',
     'Средний срок погашения', 'учетная система'],
    ['Число предписаний надзорных органов', '0', 'шт.', $LESS, '0', '2',
     'Предписания за отчетный период', 'журнал предписаний'],
    ['Покрытие договоров проверками', '80', '%', $MORE, '70', '100',
     'Доля проверенных договоров', 'план проверок'],
    ['Выпуск отчетности в срок', '5', 'раб. дн.', $LESS, '3', '7',
     'Рабочие дни после конца месяца', 'календарь отчетности'],
    ['Рекомендации, принятые к исполнению', '85', '%', $MORE, '-', '-',
     'Отношение принятых к выданным', 'реестр рекомендаций'],
    ['Охват подрядчиков оценкой', '90', '%', $MORE, '80', '100',
     'Подрядчики с действующей оценкой', 'реестр подрядчиков'],
    ['Срок подготовки тендерной документации', '10', 'раб. дн.', $LESS, '-', '14',
     'От заявки до публикации. Учитываются рабочие дни, без времени согласования'
     . ' у заказчика и без приостановки по письменной просьбе инициатора закупки,'
     . ' а также без выходных', 'тендерная система'],
);

my @TRIGGER = ('Отсутствие несчастных случаев', '0', 'шт.', $LESS, '-', '-',
               'При наступлении события премия не выплачивается', 'акты');

my @BUDGET = (
    ['Бюджет расходов на содержание', '100', '%', $LESS, '-', '105',
     'Исполнение сметы расходов', 'бюджет'],
    ['Бюджет инвестиционных проектов', '100', '%', $LESS, '95', '105',
     'Исполнение плана вложений', 'бюджет'],
    ['Бюджет доходов направления', '100', '%', $MORE, '90', '-',
     'Исполнение плана доходов', 'бюджет'],
    ['Экономия фонда закупок', '2', '%', $MORE, '-', '-',
     'Отношение экономии к фонду', 'бюджет'],
);


# Returns { file name => text }.
sub kpi_files {
    my ($tree) = @_;
    my $random = $tree->{random};
    my %files;

    for my $code (sort keys %FILES) {
        my $file = { %{ $FILES{$code} }, code => $code };

        $file->{people} = people($random, $tree, $file);
        $file->{table} = table($random, $file);
        $files{"KPI_$code.md"} = front_matter($file) . "\n"
                                 . markdown($file) . "\n";
    }

    $files{'KPI_DIT.md'} = legacy($random, $tree);
    return \%files;
}


# Titles of columns when a small unit has fewer than the file has columns.
my @MORE_TITLES = (
    'Директор', 'Заместитель директора', 'Руководитель направления',
    'Руководитель проекта', 'Главный эксперт', 'Ведущий эксперт',
    'Координатор', 'Эксперт', 'Ведущий консультант', 'Консультант',
    'Старший эксперт', 'Младший эксперт',
);

# Longer than 80 columns together with a name: the scalar that is folded.
my $LONG_TITLE = 'Главный специалист по внедрению показателей и проверке их исполнения';

# [title, person, unit, key in positions_map] per column.
sub people {
    my ($random, $tree, $file) = @_;
    my @units = preorder($tree->{region}{ $file->{region} });
    my @equal = equal_columns(\@units, $file->{equal} || 0);
    my @others = grep { !@equal || $_->[0] ne $equal[0][0] } columns_of(@units);
    my @chosen = (@others[0 .. $file->{persons} - @equal - 1], @equal);

    $chosen[-1][0] = $LONG_TITLE if $file->{folded};

    if ($file->{short}) {
        $chosen[1][0] = 'Рук. отдела план. и реал. проектов';
        $chosen[2][0] = 'Зам. рук. управления';
    }

    my @persons = $random->shuffle(@PERSONS);
    my %count;

    for my $i (0 .. $#chosen) {
        my $n = ++$count{ $chosen[$i][0] };
        $chosen[$i][1] = $i % 4 == 2 ? 'Вакансия' : shift @persons;
        $chosen[$i][3] = $chosen[$i][0] . ($n > 1 ? " (позиция $n)" : '');
    }

    return \@chosen;
}


# One column per title: managers first, then the others, then MORE_TITLES.
sub columns_of {
    my (@units) = @_;
    my %seen;
    my @slots = map { my $u = $_; map { [$_, undef, $u->{path}] } @{ $u->{list} } } @units;

    return map { [@$_] } grep { !$seen{ $_->[0] }++ }
           (grep { rank_of($_->[0]) <= 2 } @slots),
           (grep { rank_of($_->[0]) > 2 } @slots),
           (map { [$_, undef, $units[0]{path}] } @MORE_TITLES);
}


# Several columns of one title: the head's title that most units have.
sub equal_columns {
    my ($units, $count) = @_;
    my %at;

    return if !$count;

    for my $unit (@$units) {
        push @{ $at{$_} }, $unit->{path} for grep { /^Руководитель / } @{ $unit->{list} };
    }

    my ($title) = sort { @{ $at{$b} } <=> @{ $at{$a} } || $a cmp $b } keys %at;
    my @paths = $title ? @{ $at{$title} } : ();

    $title //= 'Руководитель группы';

    return map { [$title, undef, $paths[$_] // $units->[0]{path}] } 0 .. $count - 1;
}


# Rows as lists of cells; the first two are header and rule.
sub table {
    my ($random, $file) = @_;
    my @people = @{ $file->{people} };
    my @head = ('КПЭ', 'Целевое значение', 'Ед. изм.', (map { $_->[1] } @people),
                'Тип показателя', 'Min значение', 'Max значение',
                $file->{typo} ? 'Мотодика' : 'Методика', 'Источник информации',
                'Факт', 'Исполнение');
    my @rows = (\@head, [(':---') x @head]);
    my @plan = @{ $file->{rows} };
    my (@kpis, $bare);

    while (my ($section, $n) = splice @plan, 0, 2) {
        my @list = $section eq 'Триггер' ? \@TRIGGER
                 : $section eq 'Корпоративные КПЭ' ? @CORPORATE[0 .. $n - 1]
                 : $section eq 'Бюджетные КПЭ' ? @BUDGET[0 .. $n - 1]
                 : ($random->shuffle(@PERSONAL))[0 .. $n - 1];

        push @kpis, [$section, [map { [@$_] } @list]];
    }

    my $weights = weights($random, $file, \@kpis);
    my $row = 0;

    for my $part (@kpis) {
        my ($section, $list) = @$part;
        my @counts = map { my $p = $_; my $n = grep { $weights->[$row + $_][$p] }
                           0 .. $#$list; $n || '-' } 0 .. $#people;

        push @rows, [$section, '-', '-', @counts, ('-') x 7];

        for my $kpi (@$list) {
            my ($name, $target, $unit, $type, $min, $max, $method, $source) = @$kpi;

            ($target, $unit) = ('-', '-') if $file->{bare} && $section =~ /Личные/
                                             && $bare++ < $file->{bare};
            $type =~ s/больше/блольше/ if $file->{typo} || $file->{more};
            $method = substr($method, 0, 147) . '...' if length $method > 150;

            push @rows, [$name, $target, $unit,
                         (map { $weights->[$row][$_] || '-' } 0 .. $#people),
                         $type, $min, $max, $method, $source, '-', '-'];
            $row++;
        }
    }

    my @noise = ('1', '0.9999999999999999', '1', '0.9999999999999998');
    push @rows, ['Итого вес', '-', '-', (map { $noise[$_ % 4] } 0 .. $#people),
                 ('-') x 7];

    return \@rows;
}


# Per row and person a weight; trigger rows 1, the others of a person add to 1.
# Persons take turns, so that every row belongs to somebody.
sub weights {
    my ($random, $file, $kpis) = @_;
    my $persons = @{ $file->{people} };
    my (@weights, @personal, @others);

    for my $part (@$kpis) {
        for (@{ $part->[1] }) {
            push @{ $part->[0] =~ /^Личные/ ? \@personal : \@others }, scalar @weights
                if $part->[0] ne 'Триггер';
            push @weights, [$part->[0] eq 'Триггер' ? (1) x $persons : ()];
        }
    }

    my $own = 1 + int(@personal / $persons);
    my $shared = 1 + int(@others / $persons);

    $own = 2 if $own < 2;

    for my $p (0 .. $persons - 1) {
        my @rows = ((map { $others[($p * $shared + $_) % @others] } 1 .. $shared),
                    (map { $personal[($p * $own + $_) % @personal] } 1 .. $own));
        my @weight = split_whole($random, scalar @rows);

        $weights[ $rows[$_] ][$p] = $weight[$_] for 0 .. $#rows;
    }

    return \@weights;
}


# Splits 1 into n parts of 0.05 to 0.7.
sub split_whole {
    my ($random, $n) = @_;
    my @part = (1) x $n;

    for (1 .. 20 - $n) {
        my $i = $random->below($n);
        $i = ($i + 1) % $n while $part[$i] >= 14;
        $part[$i]++;
    }

    return map { $_ / 20 } @part;
}


sub front_matter {
    my ($file) = @_;
    my ($head) = grep { $_->[1] ne 'Вакансия' } @{ $file->{people} };
    my ($surname, $name) = split / /, $head->[1];
    my $text = "---\ndepartment: $file->{code}\n"
             . "responsible: $surname " . substr($name, 0, 1) . "\npositions_map:\n";

    for my $column (@{ $file->{people} }) {
        my $line = "  $column->[3]: $column->[1]";

        # A scalar longer than 80 columns goes on in the next line.
        $line =~ s/ (\S+ \S+)$/\n    $1/ if length $line > 80;
        $text .= "$line\n";
    }

    if ($file->{units}) {
        $text .= "positions_units:\n"
               . join '', map { "  $_->[3]: $_->[2]\n" }
                 grep { $_->[0] eq $file->{people}[-1][0] } @{ $file->{people} };
    }

    return $text . "source_file: КПЭ_$file->{code}_образец.xlsx\n"
         . "format_version: '1.0'\n"
         . "description: Вымышленные показатели для демонстрации\n---\n";
}


sub markdown {
    my ($file) = @_;
    return join "\n", map { '| ' . join(' | ', @$_) . ' |' } @{ $file->{table} };
}


# The older form: no front matter, padded columns, role titles in the header
# (three of them equal), bold sections, percentages, "126 041", decimal comma.
sub legacy {
    my ($random, $tree) = @_;
    my @roles = ('Директор департамента', ('Руководитель отдела') x 3,
                 'Руководитель направления');
    my $file = { code => 'ДИТ', people => [map { [$_, $_] } @roles],
                 rows => ['Корпоративные КПЭ' => 6, 'Личные КПЭ' => 22] };
    my @rows = @{ table($random, $file) };

    for my $row (@rows) {
        splice @$row, -2;                               # Факт, Исполнение
        $row->[0] = "**$row->[0]**" if $row->[0] =~ /^(?:Корпор|Личн|Итого)/;
        next if $row->[0] =~ /^(?:КПЭ|:---)/;

        for my $cell (@$row[3 .. 7]) {
            next if $row->[0] =~ /^\*\*[КЛ]/ || $cell eq '-';
            $cell = sprintf('%.0f', $cell * 100) . '%';
        }

        $row->[1] = '126 041' if $row->[0] eq 'Выручка компании';
        $row->[1] =~ s/\./,/;
    }

    my @width;

    for my $row (@rows) {
        for my $i (0 .. $#$row) {
            my $l = length $row->[$i];
            $width[$i] = $l if $l > ($width[$i] // 3);
        }
    }

    my @lines = map { my $row = $_;
        '| ' . join(' | ', map {
            $row->[$_] eq ':---' ? ':' . '-' x ($width[$_] - 1)
                                 : sprintf '%-*s', $width[$_], $row->[$_]
        } 0 .. $#$row) . ' |' } @rows;

    return "\n" . join("\n", @lines) . "\n";
}

1;
