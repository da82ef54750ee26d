package Bench::Load;

# Runs bench_load on a list of kinds of requests.
#
#   my $result = Bench::Load::run($server, connections => 8, seconds => 3, rate => 0,
#       kinds => [[read => 9, GET => '/api/auth/me'], ...], ids => [...]);
#   $result->{read}{p99}, $result->{rate}, $result->{errors}

use strict;
use warnings;

use JSON::PP ();

my $json = JSON::PP->new->utf8->canonical;

# body: text, or a reference that becomes JSON
sub run {
    my ($server, %opt) = @_;

    my $file = "$server->{dir}/load";
    open my $out, '>:raw', $file or die "bench: $file: $!\n";
    for my $kind (@{ $opt{kinds} }) {
        my ($class, $weight, $method, $path, $body, @headers) = @$kind;
        $body = ref $body ? $json->encode($body) : $body // '';
        my $head = join '', map { "$_\n" } $server->auth, @headers,
                   $body ne '' ? 'Content-Type: application/json' : ();
        s/\\/\\\\/g, s/\n/\\n/g for $head, $body;
        print {$out} join("\t", $class, $weight, $method, $path, $head, $body eq '' ? '-' : $body), "\n";
    }
    close $out;

    open my $pipe, '-|', "$server->{top}/build/unit/bench_load", $server->{port},
        $opt{connections}, $opt{seconds}, $opt{rate} // 0, $file, @{ $opt{ids} || [] }
        or die "bench: bench_load: $!\n";
    my %result;
    while (<$pipe>) {
        my ($class, @v) = split;
        if ($class eq 'all') {
            @result{qw( rate errors )} = @v;
        } else {
            @{ $result{$class} }{qw( n errors p50 p99 p999 max )} = @v;
        }
    }
    close $pipe or die "bench: bench_load failed\n";
    return \%result;
}

1;
