package HR::Test::Coverage;

# What the blocks of t/*.t say about the endpoints and the defects of the contract: from
# the route tables, the titles and requests of the blocks, and docs/openapi.
#
#   HR::Test::Coverage::endpoints($seen)   {method, path, blocks, defects} of each; with
#                                          what seen() gives also {seen, unseen}: statuses
#   HR::Test::Coverage::defects()          {id, blocks} of every D-nn and B-nn
#   HR::Test::Coverage::seen($file)        what a run with HR_OPENAPI_SEEN=$file has met

use strict;
use warnings;

use HR::Test::OpenApi ();
use HR::Test::Routes ();

# Numbers of the defects that must have a block: api-core.md 6 and database.md.
our %LAST = (D => 51, B => 16);

# What any endpoint may answer: blocks about limits and faults, not about the endpoint.
my $GENERAL = qr/^(?:default|429|500|503)$/;

# Files of nginx, which no route table has.
my @STATIC = ({ method => 'GET', path => '/static/{path}', access => 'anonymous' });

# {file, title, text} of every block.
sub blocks {
    my @blocks;

    for my $file (sort glob 't/*.t') {
        open my $in, '<:raw', $file or die "$file: $!\n";
        my ($program, $data) = split /^__DATA__$/m, do { local $/; readline $in }, 2;
        next if $program !~ /^use HR::Test\b(?!::Simulator)/m || !defined $data;

        for my $text (split /^(?==== TEST)/m, $data) {
            my ($title) = $text =~ /\A=== (TEST \d+: [^\n]+)/ or next;

            # the request that a block must have when everything happens before it
            $text =~ s{^--- request\nGET /health(?:/live)?\n}{}m if $text =~ /^--- setup$/m;
            push @blocks, { file => $file, title => $title, text => $text };
        }
    }

    return @blocks;
}

# Programs beside the blocks whose test names may name a defect.
sub names {
    my @names;

    for my $file (sort glob('t/unit/test_*.c'), glob('t/e2e/*.t')) {
        open my $in, '<:raw', $file or die "$file: $!\n";
        local $/;
        push @names, map { { file => $file, title => $_ } }
                     readline($in) =~ /["']([^"'\n]{8,})["']/g;
    }

    return @names;
}

# "D-46, D-47" of a text.
sub ids_of {
    my ($text) = @_;
    my %ids = map { $_ => 1 } $text =~ /\b([DB]-\d\d)\b/g;
    my @ids = sort keys %ids;
    return @ids;
}

sub defects {
    my %blocks;

    for my $block (blocks(), names()) {
        push @{ $blocks{$_} }, $block for ids_of($block->{title});
    }

    return map {
        my $letter = $_;
        map { { id => $_, blocks => $blocks{$_} || [] } }
        map { sprintf '%s-%02d', $letter, $_ } 1 .. $LAST{$letter};
    } sort { $b cmp $a } keys %LAST;
}

# [method, parts] of the requests that a block writes out; what stands for a value is "*".
sub requests_of {
    my ($text) = @_;

    my @requests;
    while ($text =~ m{\b(GET|HEAD|POST|PUT|DELETE)['"]?(?:\s*=>\s*|\s*,\s*|\s+)["']?
                      (/(?:\$\{?[\w:]+\}?|\{\{\w+\}\}|[^\s"'?,)\]\\])*)}gx)
    {
        my ($method, $path) = ($1 eq 'HEAD' ? 'GET' : $1, $2);
        my @parts = map { /\A(?:\$\{?[\w:]+\}?|\{\{\w+\}\})\z/ ? '*' : $_ }
                    grep { length } split m{/}, $path;
        push @requests, [$method, @parts];
    }

    return @requests;
}

sub fits {
    my ($route, $method, @parts) = @_;

    my @wanted = grep { length } split m{/}, $route->{path};
    return if $method ne $route->{method} || @wanted != @parts && $route->{path} !~ /\{path\}$/;

    for my $i (0 .. $#wanted) {
        return if !defined $parts[$i];
        next if $wanted[$i] =~ /\A\{/;
        return if $parts[$i] ne $wanted[$i];
    }

    return 1;
}

# The route that a request meets: the one with the most literal parts.
sub route_of {
    my ($routes, @request) = @_;

    my ($best) = sort { ($a->{path} =~ tr/{//) <=> ($b->{path} =~ tr/{//) }
                 grep { fits($_, @request) } @$routes;
    return $best;
}

sub endpoints {
    my ($seen) = @_;

    my @routes = (HR::Test::Routes::all(), @STATIC);
    my %operation = map { ("$_->{method} $_->{path}" => $_) } HR::Test::OpenApi::operations();

    for my $block (blocks()) {
        my %met;
        for my $request (requests_of($block->{text})) {
            my $route = route_of(\@routes, @$request) // next;
            next if $met{ $route + 0 }++;
            push @{ $route->{blocks} }, $block;
            $route->{defects}{$_} = 1 for grep { /^D/ } ids_of($block->{title});
        }
    }

    for my $route (@routes) {
        $route->{blocks} //= [_that_name(\@routes, $route)];
        $route->{defects} = [sort keys %{ $route->{defects} // {} }];
        next if !$seen || !$operation{"$route->{method} $route->{path}"};

        my $it = $operation{"$route->{method} $route->{path}"};
        my $met = $seen->{ $it->{id} } // {};
        $route->{seen} = [sort keys %$met];
        $route->{unseen} = [grep { !$met->{$_} && !/$GENERAL/ }
                            sort keys %{ $it->{it}{responses} }];
    }

    return @routes;
}

# Blocks that ask for a route through a function of theirs: they name its last part,
# if it is one that no other route has.
sub _that_name {
    my ($routes, $route) = @_;

    my ($last) = $route->{path} =~ m{/([\w-]+)\z} or return;
    return if grep { $_->{path} ne $route->{path} && $_->{path} =~ m{/\Q$last\E\z} } @$routes;
    return grep { $_->{text} =~ /(?<![\w-])\Q$last\E(?![\w-])/ } blocks();
}

# {operation id => {status => count}} of a file that HR_OPENAPI_SEEN has named.
sub seen {
    my ($file) = @_;

    my %seen;
    open my $in, '<', $file or die "$file: $!\n";
    while (my $line = <$in>) {
        my ($id, $status) = $line =~ /\A(\w+) (\d+)$/ or next;
        $seen{$id}{$status}++;
    }

    return \%seen;
}

1;
