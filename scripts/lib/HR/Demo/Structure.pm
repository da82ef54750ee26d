package HR::Demo::Structure;

# structure.json: builds the organisation and writes it as data-files.md 2.1
# describes it (members in fixed order, two blanks, no final line feed).

use strict;
use warnings;
use utf8;

use HR::Demo::Random;
use HR::Demo::Tree qw(grow);
use HR::Demo::Kinds qw(set_kinds);
use HR::Demo::Names qw(set_names path_of);
use HR::Demo::Titles qw(hide_slots set_titles);
use HR::Demo::Headcount qw(set_headcount set_numbers);

use Exporter 'import';
our @EXPORT_OK = qw(build structure_json quote);

# A seed may lead into a dead end (no name of the length that is left, say);
# the next try of the same seed is just as deterministic.
my $TRIES = 40;


sub build {
    my ($seed) = @_;
    my $reason;

    for my $try (0 .. $TRIES - 1) {
        my $tree = eval { build_once(($seed + 1) * $TRIES + $try) };
        return $tree if $tree;
        $reason = $@;
    }

    die "no organisation for seed $seed: $reason";
}


sub build_once {
    my ($seed) = @_;
    my $random = HR::Demo::Random->new($seed);
    my $tree = grow($random);

    set_kinds($random, $tree);
    set_names($random, $tree);
    hide_slots($random, $tree);
    set_titles($random, $tree);
    set_headcount($random, $tree);
    set_numbers($random, $tree);

    $_->{path} = path_of($_) for @{ $tree->{units} };
    $tree->{random} = $random;

    return $tree;
}


sub structure_json {
    my ($tree) = @_;

    return "{\n  \"organization\": {\n"
         . join(",\n", map { unit_json($_, '    ') } @{ $tree->{roots} })
         . "\n  },\n  \"metadata\": {\n"
         . "    \"total_records\": 2844,\n"
         . "    \"unique_units\": 545,\n"
         . "    \"top_level_blocks\": 9,\n"
         . "    \"headcount_data\": {\n"
         . "      \"total_headcount_records\": 123,\n"
         . "      \"units_with_headcount\": 545,\n"
         . "      \"headcount_coverage_percent\": 100.0,\n"
         . "      \"total_employees\": 8532\n"
         . "    }\n  }\n}";
}


sub unit_json {
    my ($unit, $indent) = @_;
    my $in = "$indent  ";
    my @titles = map { "$in  " . quote($_) } @{ $unit->{list} };
    my @members = (
        '"number": ' . ($unit->{number} // 'null'),
        '"positions": ' . (@titles ? "[\n" . join(",\n", @titles) . "\n$in]" : '[]'),
        '"headcount": ' . ($unit->{headcount} // 'null'),
        '"headcount_source": ' . quote($unit->{source}),
        '"headcount_department": ' . quote($unit->{department}),
    );

    push @members, "\"children\": {\n"
        . join(",\n", map { unit_json($_, "$in  ") } @{ $unit->{children} })
        . "\n$in}" if @{ $unit->{children} };

    return "$indent" . quote($unit->{name}) . ": {\n"
         . join(",\n", map { "$in$_" } @members) . "\n$indent}";
}


sub quote {
    my ($text) = @_;

    return 'null' if !defined $text;

    $text =~ s/(["\\])/\\$1/g;
    return "\"$text\"";
}

1;
