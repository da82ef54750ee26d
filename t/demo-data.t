# The demo data: every figure of data-files.md 3 and 7, for more than one seed,
# and the same bytes for the same seed.

use strict;
use warnings;
use utf8;

use File::Basename qw(dirname);
use File::Find qw(find);
use File::Temp qw(tempdir);
use Test::More;

my $top = dirname(__FILE__) . '/..';
my $temp = tempdir(CLEANUP => 1);


sub files_of {
    my ($directory) = @_;
    my %text;

    find(sub {
        return if !-f;
        open my $in, '<:raw', $_ or die "$_: $!";
        local $/;
        $text{ substr $File::Find::name, length $directory } = <$in>;
    }, $directory);

    return \%text;
}

sub run {
    my (@arguments) = @_;
    my $output = `$^X $top/scripts/demo-data @arguments 2>&1`;

    return ($? >> 8, $output);
}


my ($status, $output) = run("$temp/a");
is($status, 0, 'default seed: no figure is missed');
like($output, qr/^\d+ figures, 0 missed$/m, 'and the table says so');

($status, $output) = run('--seed 1', "$temp/b");
is_deeply(files_of("$temp/a"), files_of("$temp/b"), 'the same seed gives the same bytes');

for my $seed (2, 7, 2000000000) {
    ($status, $output) = run("--seed $seed", "$temp/$seed");
    is($status, 0, "seed $seed: no figure is missed")
        or diag($output);
}

my ($one, $two) = (files_of("$temp/a"), files_of("$temp/2"));
isnt($one->{'/structure.json'}, $two->{'/structure.json'}, 'another seed, another company');
is(scalar keys %$one, 12, 'structure, nine KPI files, two maps and nothing else');

($status) = run('--check', "$temp/a");
is($status, 0, 'check accepts what was written');

my $structure = $one->{'/structure.json'};
utf8::encode(my $title = '"Руководитель группы"');
$structure =~ s/,\s+$title//;
open my $out, '>:raw', "$temp/a/structure.json" or die $!;
print {$out} $structure;
close $out;

($status, $output) = run('--check', "$temp/a");
is($status, 1, 'check finds a title that is gone');
like($output, qr/^MISS   slots +1688 /m, 'and says which figure');

($status, $output) = run("--check $temp/none");
isnt($status, 0, 'check of a missing folder fails');

utf8::encode(my $names = 'Образцов|Вакансия');
my $kpi = join '', map { $one->{$_} } grep { m{^/KPI/} } sort keys %$one;
like($kpi, qr/$names/, 'persons of the KPI files are invented');
utf8::encode(my $yo = 'ё');
is(scalar(grep { /$yo/ } values %$one), 0, 'the letter U+0451 occurs nowhere');

done_testing();
