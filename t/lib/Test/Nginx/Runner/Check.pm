package Test::Nginx::Runner::Check;

# What a block says about the answer, as tests: which sections there are, how
# many tests each makes, and what they are called.

use strict;
use warnings;

use Exporter qw( import );
use Test::More ();
use Test::Nginx::Runner::Client qw( header );
use Test::Nginx::Runner::Config qw( expand );
use Test::Nginx::Runner::Settings qw( %set );

our @EXPORT_OK = qw( check_response is_text );

my $have_long_string = eval { require Test::LongString; 1 };
my %FILTER = (
    md5_hex  => sub { require Digest::MD5; Digest::MD5::md5_hex($_[0]) },
    sha1_hex => sub { require Digest::SHA; Digest::SHA::sha1_hex($_[0]) },
    length   => sub { length $_[0] },
    uc       => sub { uc $_[0] },
    lc       => sub { lc $_[0] },
    ucfirst  => sub { ucfirst $_[0] },
    lcfirst  => sub { lcfirst $_[0] },
);

# $at: {name, block, ports, index => of the request, repeat, many => the block has
# several requests, checks => callbacks}.
sub check_response {
    my ($at, $response) = @_;

    Test::More::fail("$at->{name} - $response->{error}") if $response->{error};

    _check_code($at, $response);
    _check_raw_headers($at, $response);
    _check_headers($at, $response);
    _filter_body($at, $response);
    _check_body($at, $response);

    $_->($at->{block}, $response->{body}, $at->{index}, $at->{repeat}, 0)
        for @{ $at->{checks} };
}


# Equality, or a match when the expectation is a regular expression.
sub is_text {
    my ($got, $expected, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return Test::More::like($got, $expected, $name) if ref $expected eq 'Regexp';
    return Test::LongString::is_string($got, $expected, $name)
        if $set{long_string} && $have_long_string;
    return Test::Base::is($got, $expected, $name);
}


# The value of a section for this request.
sub _wanted {
    my ($at, $section) = @_;

    my $value = $at->{block}->$section;
    return $value->[$at->{index}] if ref $value eq 'ARRAY';
    die "there are several requests: $section must be an array\n" if $at->{many};
    return $value;
}


sub _has { return defined $_[0]{block}->${ \$_[1] } }


sub _check_code {
    my ($at, $response) = @_;

    my $name = "$at->{name} - status code ok";
    if (_has($at, 'error_code_like')) {
        my $like = _wanted($at, 'error_code_like');
        Test::More::like($response->{code}, qr/$like/sm, $name);
        return;
    }

    my $want = _has($at, 'error_code') ? _wanted($at, 'error_code') : 200;
    my $ok = Test::More::is($response->{code}, $want, $name);

    # The body of an unexpected error says more than its number.
    Test::More::diag(substr "body: $response->{body}", 0, 1_000)
        if !$ok && $response->{body} ne '';
}


sub _check_raw_headers {
    my ($at, $response) = @_;

    for my $kind (qw( like unlike )) {
        my $section = "raw_response_headers_$kind";
        next if !_has($at, $section);

        my $pattern = _wanted($at, $section);
        my $test = Test::More->can($kind);
        $test->($response->{raw_headers}, qr/$pattern/s,
                "$at->{name} - raw resp headers $kind");
    }
}


# "Name: value" and "! Name" lines.
sub _check_headers {
    my ($at, $response) = @_;

    my ($section) = grep { _has($at, $_) }
                    qw( response_headers response_headers_like );
    return if !$section;

    my $text = _ports_in(_wanted($at, $section) // '');
    for my $line (grep { /\S/ } split /\r?\n/, $text) {
        $line =~ s/^\s+|\s+$//g;

        if ($line =~ s/^!\s*//) {
            Test::More::unlike($response->{raw_headers}, qr/^\s*\Q$line\E\s*:/mi,
                               "$at->{name} - header $line not present");
            next;
        }

        my ($key, $want) = split /\s*:\s*/, $line, 2;
        my $got = header($response, $key) // '';

        if ($section eq 'response_headers') {
            Test::More::is($got, $want // '', "$at->{name} - header $key ok");

        } else {
            Test::More::like($got, qr/^$want$/, "$at->{name} - header $key like ok");
        }
    }
}


sub _ports_in {
    my ($text) = @_;

    return $text if ref $text;
    $text =~ s/\$ServerPort\b/$set{port}/g;
    $text =~ s/\$ServerPortForClient\b/$set{client_port}/g;
    return $text;
}


# response_body_filters: names, or code; one list for all requests or a list for
# each.
sub _filter_body {
    my ($at, $response) = @_;

    my $filters = $at->{block}->response_body_filters // return;
    $filters = [split ' ', $filters] if !ref $filters;
    $filters = [$filters]            if ref $filters ne 'ARRAY';
    $filters = $filters->[$at->{index}] if ref $filters->[0] eq 'ARRAY';

    for my $filter (@{ $filters || [] }) {
        my $code = ref $filter eq 'CODE' ? $filter : $FILTER{$filter}
            // die "unknown response_body_filters: $filter\n";
        $response->{body} = $code->($response->{body});
    }
}


sub _check_body {
    my ($at, $response) = @_;

    my $where = "(repeated req $at->{repeat}, req $at->{index})";

    if (_has($at, 'response_body')) {
        my $want = _wanted($at, 'response_body');
        $want = expand(_ports_in($want), $at->{ports}) if defined $want;
        my $got = $response->{body};

        if (_has($at, 'response_body_json_sort')) {
            require JSON::PP;
            my $json  = JSON::PP->new->canonical->loose;
            my $value = eval { $json->decode($got) };
            $got = $json->encode($value) . "\n" if defined $value;
        }

        is_text($got, $want,
                "$at->{name} - response_body - response is expected $where");
        return;
    }

    for my $kind (qw( like unlike )) {
        my $section = "response_body_$kind";
        next if !_has($at, $section);

        my $pattern = _ports_in(_wanted($at, $section));
        my $test = Test::More->can($kind);
        $test->($response->{body}, qr/$pattern/s,
                "$at->{name} - $section - response is expected $where");
        return;
    }
}

1;
