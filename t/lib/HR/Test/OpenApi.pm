package HR::Test::OpenApi;

# Compares answers with the API description (build/docs/openapi.json): the status must
# be described, and a JSON body must fit its schema.  Stricter than JSON Schema in one
# point: an object has no member that the description does not know, unless it says
# "additionalProperties".
#
# HR_OPENAPI_SEEN names a file to which a line is added for every answer.

use strict;
use warnings;
use utf8;

use Exporter qw( import );
use HR::Test::Json qw( decode_json_text );
use JSON::PP ();

our @EXPORT_OK = qw( api operations answer_faults value_faults schema_of );

use constant FILE => 'build/docs/openapi.json';

my $json = JSON::PP->new->allow_nonref->canonical;
my $api;

sub api {
    return $api //= do {
        open my $in, '<:raw', FILE or die FILE . ": $! (scripts/build makes it)\n";
        local $/;
        JSON::PP->new->utf8->decode(<$in>);
    };
}


# {method, path, id, it} of every operation, sorted.
sub operations {
    my $paths = api()->{paths};

    return map {
        my $path = $_;
        map { { method => uc $_, path => $path, it => $paths->{$path}{$_},
                id => $paths->{$path}{$_}{operationId} } }
        sort grep { /^(?:get|post|put|delete)$/ } keys %{ $paths->{$path} };
    } sort keys %$paths;
}


# The operation of a request, and the most literal path that fits; undef: there is none.
sub _operation {
    my ($method, $url) = @_;

    my $asked = ($url =~ s/[?#].*//sr) =~ s{/+$}{}r;
    my ($best, $literals) = (undef, -1);

    for my $path (keys %{ api()->{paths} }) {
        my $pattern = join '[^/]+', map { quotemeta } split /\{\w+\}/, $path =~ s{/+$}{}r, -1;
        next if $asked !~ /^$pattern$/;
        my $n = length $path =~ s/\{\w+\}//gr;
        ($best, $literals) = ($path, $n) if $n > $literals;
    }

    return undef if !defined $best;
    return api()->{paths}{$best}{ lc $method };
}


# What is wrong with an answer; nothing: it is as described.
sub answer_faults {
    my ($method, $url, $status, $body) = @_;

    my $operation = _operation($method, $url);
    return if !$operation && $status == 200;        # not of the API

    my $responses = $operation ? $operation->{responses}
                               : { default => { '$ref' => '#/components/responses/Error' } };
    my $response = $responses->{$status};
    if (!$response) {
        return "status $status is not described" if $status < 400;
        $response = $responses->{default};
    }

    my $content = _followed($response)->{content} // {};
    _seen($operation, $status);
    return $body eq '' || $status == 304 ? () : 'a body is not described' if !%$content;

    my @json = grep { m{[/+]json\b} } sort keys %$content;
    return if !@json;

    my $value = decode_json_text($body) // return 'the body is not JSON';
    my @faults;
    for my $type (@json) {
        @faults = value_faults($content->{$type}{schema}, $$value);
        return if !@faults;
    }
    return @faults;
}


# The same line for an answer that nobody compares.
sub noted {
    my ($method, $url, $status) = @_;

    return if !defined $ENV{HR_OPENAPI_SEEN};
    _seen(_operation($method eq 'HEAD' ? 'GET' : $method, $url), $status);
}


sub _seen {
    my ($operation, $status) = @_;

    my $file = $ENV{HR_OPENAPI_SEEN} // return;
    open my $out, '>>', $file or die "$file: $!\n";
    print {$out} $operation ? $operation->{operationId} : '-', " $status\n";
}


sub _followed {
    my ($it) = @_;

    while (defined(my $target = $it->{'$ref'})) {
        $it = api();
        $it = $it->{ s{~1}{/}gr } for split m{/}, $target =~ s{^#/}{}r;
    }
    return $it;
}


sub schema_of {
    my ($name) = @_;
    return api()->{components}{schemas}{$name};
}


# Lines "path: what is wrong".
sub value_faults {
    my ($schema, $value) = @_;

    my @faults;
    _value($schema, $value, '', \@faults);
    return @faults;
}


# A whole value: what no part of the schema knows is wrong.
sub _value {
    my ($schema, $value, $at, $faults) = @_;

    my %known;
    my $open = _apply($schema, $value, $at, $faults, \%known);
    return if $open || ref $value ne 'HASH';

    for my $name (sort grep { !$known{$_} } keys %$value) {
        push @$faults, ($at || 'body') . ": $name is not described";
    }
}


# One schema of those that a value must fit; collects the members it knows.  True:
# others are allowed too.
sub _apply {
    my ($schema, $value, $at, $faults, $known) = @_;

    my $open = !grep { $_ !~ /^(?:description|examples|default|format|x-.*)$/ } keys %$schema;
    my $complain = sub { push @$faults, ($at || 'body') . ": $_[0]" };

    for my $part (exists $schema->{'$ref'} ? _followed({ '$ref' => $schema->{'$ref'} }) : (),
                  @{ $schema->{allOf} || [] })
    {
        $open |= _apply($part, $value, $at, $faults, $known);
    }

    if ($schema->{oneOf}) {
        my @fits = grep { my @wrong; _value($_, $value, $at, \@wrong); !@wrong }
                   @{ $schema->{oneOf} };
        $complain->('fits none of the alternatives: ' . _shown($value)) if !@fits;
        $open = 1;
    }

    _type($schema, $value, $complain);
    return 1 if $open;

    if (ref $value eq 'HASH')     { $open = 1 if _object($schema, $value, $at, $faults, $known) }
    elsif (ref $value eq 'ARRAY') { _array($schema, $value, $at, $faults) }
    elsif (defined $value)        { _scalar($schema, $value, $complain) }
    return $open;
}


sub _type {
    my ($schema, $value, $complain) = @_;

    if (exists $schema->{const}) {
        $complain->('is ' . _shown($value) . ', not ' . _shown($schema->{const}))
            if $json->encode($value) ne $json->encode($schema->{const});
    }

    if ($schema->{enum}) {
        $complain->(_shown($value) . ' is not one of the values')
            if !grep { $json->encode($value) eq $json->encode($_) } @{ $schema->{enum} };
    }

    my $types = $schema->{type} // return;
    my $is = !defined $value          ? 'null'
           : ref $value eq 'HASH'     ? 'object'
           : ref $value eq 'ARRAY'    ? 'array'
           : JSON::PP::is_bool($value) ? 'boolean'
           : $json->encode($value) =~ /^"/ ? 'string'
           : $value == int $value     ? 'integer' : 'number';

    $complain->('is ' . _shown($value) . ', no ' . join ' or ', ref $types ? @$types : $types)
        if !grep { $_ eq $is || $_ eq 'number' && $is eq 'integer' } ref $types ? @$types : $types;
}


sub _object {
    my ($schema, $value, $at, $faults, $known) = @_;

    for my $name (@{ $schema->{required} || [] }) {
        push @$faults, ($at || 'body') . ": $name is missing" if !exists $value->{$name};
    }

    my $properties = $schema->{properties} || {};
    my $others = $schema->{additionalProperties};

    for my $name (sort keys %$value) {
        my $of = $properties->{$name} // (ref $others eq 'HASH' ? $others : next);
        $known->{$name} = 1;
        _value($of, $value->{$name}, $at eq '' ? $name : "$at.$name", $faults);
    }
    return defined $others && !(ref $others eq 'HASH') && $others;
}


sub _array {
    my ($schema, $value, $at, $faults) = @_;

    push @$faults, "$at: " . @$value . ' elements'
        if @$value < ($schema->{minItems} // 0) || @$value > ($schema->{maxItems} // @$value);

    my $items = $schema->{items} // return;
    _value($items, $value->[$_], $at . "[$_]", $faults) for 0 .. $#$value;
}


sub _scalar {
    my ($schema, $value, $complain) = @_;

    my $length = length $value;
    $complain->(_shown($value) . ' is too short') if $length < ($schema->{minLength} // 0);
    $complain->(_shown($value) . ' is too long')  if $length > ($schema->{maxLength} // $length);
    $complain->(_shown($value) . ' does not match')
        if defined $schema->{pattern} && $value !~ /$schema->{pattern}/;
    $complain->(_shown($value) . ' is too small')
        if defined $schema->{minimum} && $value < $schema->{minimum};
    $complain->(_shown($value) . ' is too big')
        if defined $schema->{maximum} && $value > $schema->{maximum};
}


sub _shown {
    my ($value) = @_;

    my $text = $json->encode($value);
    return length $text > 80 ? substr($text, 0, 80) . '...' : $text;
}

1;
