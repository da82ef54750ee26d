package HR::Test::Schema;

# Checks a document against conf/prompts/schema.json: the subset of JSON Schema
# that src/core/hr_schema.h names, written a second time so that the module is
# not its own judge.  "x-vocabulary" stands for the values of
# conf/company/document.json; "blocks" accepts every text.

use strict;
use warnings;
use utf8;

use Exporter qw( import );
use JSON::PP ();

our @EXPORT_OK = qw( schema_errors );

my %IS = (
    object  => sub { ref $_[0] eq 'HASH' },
    array   => sub { ref $_[0] eq 'ARRAY' },
    string  => sub { defined $_[0] && !ref $_[0] && !_is_number($_[0]) },
    integer => sub { defined $_[0] && !ref $_[0] && _is_number($_[0]) },
);

my ($schema, %values);


# Lines "path: what is wrong"; none: the document is valid.
sub schema_errors {
    my ($document) = @_;

    my @errors;
    _load() if !$schema;
    _check($schema, $document, '', \@errors);
    return @errors;
}


sub _read {
    my ($path) = @_;

    open my $in, '<:raw', $path or die "$path: $!";
    local $/;
    return JSON::PP->new->utf8->decode(<$in>);
}

sub _load {
    my $words = _read('conf/company/document.json');

    for my $name (keys %{ $words->{values} }) {
        $values{$name} = [map { ref $_ ? $_->{value} : $_ } @{ $words->{values}{$name} }];
    }
    $values{proficiency_description} = [map { $_->{text} } @{ $words->{levels} }];
    $schema = _read('conf/prompts/schema.json')->{schema};
}

# A scalar that JSON::PP read as a number has no string in it.
sub _is_number {
    my ($value) = @_;

    return JSON::PP->new->allow_nonref->encode($value) =~ /\A-?[0-9]/;
}

sub _check {
    my ($rule, $value, $path, $errors) = @_;

    my $complain = sub { push @$errors, ($path || 'document') . ": $_[0]" };
    return $complain->("is no $rule->{type}") if !$IS{ $rule->{type} }->($value);

    if ($rule->{type} eq 'object') {
        $complain->("lacks $_") for grep { !exists $value->{$_} } @{ $rule->{required} };

        for my $name (sort keys %$value) {
            my $of = $rule->{properties}{$name};
            $of ? _check($of, $value->{$name}, "$path.$name", $errors)
                : $complain->("has an unknown $name");
        }

    } elsif ($rule->{type} eq 'array') {
        $complain->(@$value . ' items') if @$value < ($rule->{minItems} // 0)
                                           || @$value > ($rule->{maxItems} // @$value);
        _check($rule->{items}, $value->[$_], $path . "[$_]", $errors) for 0 .. $#$value;

    } elsif ($rule->{type} eq 'integer') {
        $complain->("is $value") if $value < ($rule->{minimum} // $value)
                                    || $value > ($rule->{maximum} // $value);

    } else {
        my $allowed = $values{ $rule->{'x-vocabulary'} // '' };
        $complain->('is too short') if length $value < ($rule->{minLength} // 0);
        $complain->('is not one of the values') if $allowed
                                                   && !grep { $_ eq $value } @$allowed;
    }
}

1;
