package HR::Test::Stateful;

# Requests made from the API description: parameters and bodies from the schemas, with
# identifiers that earlier answers gave, and mistakes on purpose.
#
#   my $maker = HR::Test::Stateful->new;
#   my ($method, $url, $body, $headers) = $maker->request($operation);
#   $maker->learn($answer->{json});

use strict;
use utf8;
use warnings;

use Encode ();
use HR::Test::OpenApi ();

# Members of answers that name something, and the parameters that ask for it.
my %NAMES = (
    profile_id => 'profile_id', task_id => 'task_id', batch_id => 'batch_id',
    version_number => 'version_number', current_version => 'version_number',
    session_id => 'session_id', user_id => 'user_id', next_cursor => 'cursor',
    path => 'path', etag => 'etag', position_id => 'position_id',
);

my @TEXTS = ('', ' ', 'Программист', 'Отдел разработки', "a\x{0301}", '%', '_', "'", '"',
    '<script>alert(1)</script>', '../../etc/passwd', "line\nfeed", "nul\0", '😀' x 30, 'я' x 500,
    '=1+1', '{{7*7}}', '${x}', "\x{202e}", 'true', '0', 'null', 'NaN', '1e999', '[]', '{}');

my @NUMBERS = (0, 1, -1, 2, 7, 100, 101, 1000, 2**31 - 1, 2**31, -2**31, 2**53, 1.5, 1e300);

sub new {
    my ($class) = @_;
    return bless { known => {
        department => ['Отдел разработки'], department_name => ['Отдел разработки'],
        position => ['Программист', 'Ведущий программист'],
    } }, $class;
}

sub pick { return $_[rand @_] }

# Keeps what an answer names; the newest forty of each.
sub learn {
    my ($self, $value) = @_;

    if (ref $value eq 'ARRAY') {
        $self->learn($_) for @$value > 5 ? @$value[0 .. 4] : @$value;
        return;
    }
    return if ref $value ne 'HASH';

    for my $name (keys %$value) {
        my $of = $value->{$name};
        if (ref $of) { $self->learn($of); next }
        my $as = $name eq 'id' && exists $value->{username} ? 'user_id' : $NAMES{$name} // next;
        next if !defined $of || $of eq '';
        my $list = $self->{known}{$as} //= [];
        push @$list, $of if !grep { $_ eq $of } @$list;
        shift @$list if @$list > 40;
    }
}

# Something of this name that exists, if anything does.
sub known {
    my ($self, $name) = @_;

    my $list = $self->{known}{ $name =~ s/s\z//r } || $self->{known}{$name} || [];
    return @$list ? pick(@$list) : undef;
}

sub followed {
    my ($it) = @_;

    while (defined(my $target = $it->{'$ref'})) {
        $it = HR::Test::OpenApi::api();
        $it = $it->{ s{~1}{/}gr } for split m{/}, $target =~ s{^#/}{}r;
    }
    return $it;
}

# A value for a schema; wrong on purpose once in a while.
sub value {
    my ($self, $schema, $name, $depth) = @_;

    $schema = followed($schema);
    $depth //= 0;
    return $self->wrong($depth) if rand() < 0.04;

    my $known = $self->known($name);
    return $known if defined $known && rand() < 0.8;
    return pick(@{ $schema->{enum} }) if $schema->{enum};
    return $schema->{const} if exists $schema->{const};
    return pick(@{ $schema->{examples} }) if $schema->{examples} && rand() < 0.4;
    return $self->value(pick(@{ $schema->{oneOf} }), $name, $depth) if $schema->{oneOf};
    return $self->object($schema, $depth) if $schema->{properties} || $schema->{allOf};

    my $types = $schema->{type} // 'string';
    my $type = ref $types ? pick(@$types) : $types;
    return undef if $type eq 'null';
    return pick(\1, \0) if $type eq 'boolean';
    return { pick(@TEXTS) => $self->wrong($depth + 1) } if $type eq 'object';

    if ($type eq 'integer' || $type eq 'number') {
        my ($min, $max) = ($schema->{minimum} // 0, $schema->{maximum} // 100);
        return pick($min, $max, $min - 1, $max + 1, $min + int rand($max - $min + 1));
    }
    if ($type eq 'array') {
        return [] if $depth > 6;
        my $n = pick($schema->{minItems} // 0, 1, 2, 3);
        return [map { $self->value($schema->{items} // {}, $name, $depth + 1) } 1 .. $n];
    }

    my $text = pick(@TEXTS);
    my $length = pick(grep { defined } $schema->{minLength}, $schema->{maxLength});
    return defined $length && rand() < 0.3 ? 'п' x ($length + pick(-1, 0, 0, 1)) : $text
        if !defined $length || $length < 5000;
    return $text;
}

sub object {
    my ($self, $schema, $depth) = @_;

    my (%object, %properties, %required);
    for my $part ($schema, map { followed($_) } @{ $schema->{allOf} || [] }) {
        %properties = (%properties, %{ $part->{properties} || {} });
        $required{$_} = 1 for @{ $part->{required} || [] };
    }
    return {} if $depth > 6;

    for my $name (sort keys %properties) {
        next if rand() < ($required{$name} ? 0.03 : 0.6);
        $object{$name} = $self->value($properties{$name}, $name, $depth + 1);
    }
    $object{ pick(@TEXTS) } = $self->wrong($depth + 1) if rand() < 0.05;
    return \%object;
}

sub wrong {
    my ($self, $depth) = @_;

    my $nest = {};
    $nest = rand() < 0.5 ? [$nest] : { a => $nest } for 1 .. pick(1, 5, 70);
    return pick(undef, pick(@TEXTS), pick(@NUMBERS), \1, [], {}, [pick(@TEXTS)], $nest);
}

sub escaped {
    my ($text) = @_;
    return Encode::encode('UTF-8', "$text") =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger;
}

# Method, address, body (undef: none), headers.
sub request {
    my ($self, $operation) = @_;

    my ($path, $it) = @{$operation}{qw( path it )};
    my (@query, %headers, %place);
    for my $parameter (map { followed($_) } @{ $it->{parameters} || [] }) {
        my ($name, $in) = @{$parameter}{qw( name in )};
        next if $in ne 'path' && rand() < 0.6;
        my $value = $name eq 'If-Match' || $name eq 'If-None-Match' ? $self->tag
                    : $self->value($parameter->{schema}, $name, 5);
        $value = ref $value ? ref $value eq 'SCALAR' ? $$value : 'x' : $value // '';
        if ($in eq 'path')     { $place{$name} = $value eq '' ? 'x' : $value }
        elsif ($in eq 'query') { push @query, "$name=" . escaped($value) }
        else { $headers{$name} = Encode::encode('UTF-8', $value) =~ s/[\x00-\x1f\x7f]//gr }
    }
    $path =~ s/\{(\w+)\}/escaped($place{$1} \/\/ $self->known($1) \/\/ 'x')/ge;
    $path .= '?' . join '&', @query if @query;

    my $schema = ($it->{requestBody} || {})->{content}{'application/json'}{schema};
    return ($operation->{method}, $path, undef, \%headers) if !$schema;

    my $body = $self->value($schema, '', 0);
    return ($operation->{method}, $path, ref $body ? $body : [$body], \%headers);
}

sub tag {
    my ($self) = @_;

    my $tag = $self->{tag} // '"0123456789abcdef"';
    return pick($tag, "W/$tag", '*', "$tag, \"x\"", '"', 'x' x 3000);
}

1;
