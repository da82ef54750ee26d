# No endpoint without a block, no defect of the contract (D-nn, B-nn) without one that
# names it; t/coverage.pl prints the table.

use strict;
use warnings;

use HR::Test::Coverage ();
use HR::Test::Routes ();
use Test::More;

my @endpoints = HR::Test::Coverage::endpoints();
cmp_ok(scalar @endpoints, '>', HR::Test::Routes::count(), 'every row of the route tables');

for my $it (@endpoints) {
    ok(scalar @{ $it->{blocks} }, "$it->{method} $it->{path}: " . @{ $it->{blocks} } . ' blocks');
}

for my $it (HR::Test::Coverage::defects()) {
    my ($where) = map { "$_->{file}: $_->{title}" } @{ $it->{blocks} };
    ok(scalar @{ $it->{blocks} }, "$it->{id}: " . ($where // 'no block names it'));
}

# what the table is made from
is_deeply([HR::Test::Coverage::requests_of("POST /api/x/{{id}}/y\n"
                                           . 'api(GET => "/api/z/$id?a=b")')],
          [['POST', 'api', 'x', '*', 'y'], ['GET', 'api', 'z', '*']], 'requests of a block');
is_deeply([HR::Test::Coverage::ids_of('D-03, D-10: x (B-01), D-2024 XD-01')],
          ['B-01', 'D-03', 'D-10'], 'numbers of a title');

done_testing();
