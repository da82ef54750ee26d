package HR::Test::Routes;

# The endpoints of the module, read from the route tables of src/api: what a test
# that must cover all of them is made from.
#
#   for my $route (HR::Test::Routes::all()) { $route->{method}, {path}, {access} }

use strict;
use warnings;

# What stands for a parameter of a path: well-formed, and nothing that exists.
my %NOTHING = (
    user_id => '999999', version_number => '7', department_name => 'x', department => 'x',
);

use constant NO_ID => 'aaaaaaaa-0000-4000-8000-00000000dead';

# {method, path, access} of every row; access is a role or 'anonymous'.
sub all {
    my @routes;

    for my $table (_tables()) {
        while ($table =~ /\{\s*"(\/[^"]*)",\s*NGX_HTTP_([A-Z]+),\s*NGX_HTTP_HR_([A-Z]+),/g) {
            push @routes, { path => $1, method => $2,
                            access => $3 eq 'PUBLIC' ? 'anonymous' : lc $3 };
        }
    }

    return @routes;
}

# How many rows the tables have, whatever is in them.
sub count {
    my $count = 0;
    $count += () = /\{(?!\w+\})/g for _tables();
    return $count;
}

# The path with nothing for its parameters.
sub url {
    my ($route) = @_;
    return $route->{path} =~ s/\{(\w+)\}/$NOTHING{$1} \/\/ NO_ID/ger;
}

# The rows of each table: macros expanded, paths in one piece, names left out.
sub _tables {
    my @tables;

    for my $file (sort glob 'src/api/*.c') {
        open my $in, '<:raw', $file or die "$file: $!\n";
        my $text = do { local $/; readline($in) } =~ s/\\\n/ /gr;
        my @macros = $text =~ /^#define (NGX_HTTP_HR_\w+)\(([\w, ]+)\)\s*(\{.*\})\s*$/mg;

        for my $table ($text =~ /^const ngx_http_hr_route_t\s+\w+\[\] = \{(.*?)^\};/msg) {
            for (my $i = 0; $i < @macros; $i += 3) {
                my ($macro, $params, $row) = @macros[$i .. $i + 2];
                $table =~ s/\b$macro\(([^()]*)\)/_expand($params, $row, $1)/ge;
            }
            $table =~ s/"\s+"//g;
            push @tables, $table;
        }
    }

    return @tables;
}

sub _expand {
    my ($params, $row, $args) = @_;

    my @args = split /\s*,\s*/, $args =~ s/^\s+|\s+$//gr;
    my %value = map { $_ => shift @args } split /,\s*/, $params;
    return $row =~ s/\b(\w+)\b/$value{$1} \/\/ $1/ger;
}

1;
