package Test::Nginx::Runner::Skip;

# skip_nginx, skip_nginx2, skip_openssl, skip_eval, todo, todo_nginx.

use strict;
use warnings;

use Exporter qw( import );
use Test::Nginx::Runner::Config ();

our @EXPORT_OK = qw( why_skip why_todo );

my $VERSION = qr/([<>]=?)\s*(\d+\.\d+\.\d+[a-z]?)/;

# Returns (number of tests, reason) when the block is to be skipped, else ().
sub why_skip {
    my ($block) = @_;

    if (defined(my $spec = $block->skip_eval)) {
        my ($count, $code) = $spec =~ /\A\s*(\d+)\s*:\s*(.*)/s
            or die "skip_eval must be \"count: code\"\n";
        my $skip = eval "package Test::Nginx::Util; $code";
        die "skip_eval: $@" if $@;
        return ($count, 'skip_eval') if $skip;
    }

    for my $section (qw( skip_nginx skip_nginx2 skip_openssl )) {
        my $spec = $block->$section // next;
        my ($count, $condition, $reason) =
            $spec =~ /\A\s*(\d+)\s*:\s*([^:]+?)\s*(?::\s*(.*?)\s*)?\z/s
            or die "$section must be \"count: op version\"\n";
        my $product = $section =~ /nginx/ ? 'nginx' : 'openssl';

        return ($count, $reason || "$product $condition")
            if _holds($condition, $product, $section);
    }

    return ();
}


# Returns (number of tests, reason) when the block is expected to fail.
sub why_todo {
    my ($block) = @_;

    if (defined(my $spec = $block->todo)) {
        my ($count, $reason) = $spec =~ /\A\s*(\d+)\s*:\s*(.*?)\s*\z/s
            or die "todo must be \"count: reason\"\n";
        return ($count, $reason);
    }

    if (defined(my $spec = $block->todo_nginx)) {
        my ($condition, $reason) = $spec =~ /\A\s*([^:]+?)\s*(?::\s*(.*?)\s*)?\z/s;
        return (1, $reason || "nginx $condition")
            if _holds($condition, 'nginx', 'todo_nginx');
    }

    return ();
}


# "< 1.2.3", ">= 1.0.0 and < 1.2.3"
sub _holds {
    my ($text, $product, $section) = @_;

    my ($op, $version, $and_or, $op2, $version2) =
        $text =~ /\A$VERSION(?:\s*(and|or)\s*$VERSION)?\z/
        or die "$section: not a condition: \"$text\"\n";

    my $have = $product eq 'nginx' ? Test::Nginx::Runner::Config::nginx_version()
                                   : Test::Nginx::Runner::Config::openssl_version();
    return 1 if !defined $have;

    my $first = _compare($have, $op, $version);
    return $first if !$and_or;

    my $second = _compare($have, $op2, $version2);
    return $and_or eq 'and' ? $first && $second : $first || $second;
}


sub _compare {
    my ($have, $op, $version) = @_;

    my $want = Test::Nginx::Runner::Config::version_number($version);
    return $op eq '<'  ? $have <  $want
         : $op eq '<=' ? $have <= $want
         : $op eq '>'  ? $have >  $want
         :               $have >= $want;
}

1;
