package HR::Test::Json;

# Claims about a JSON document, one a line:
#
#   success = true                        a JSON value, or bare text for a string
#   data.items[0].name = Отдел            [n] from the start, [-1] from the end
#   data["a.b"] = 1                       a key that is not a word
#   data.items = ["a", "b"]               whole values, keys in any order
#   data.items has 3                      members of an array or an object
#   data.total >= 3                       <  <=  >  >=  !=
#   timestamp ~ ^\d{4}-\d\d-\d\dT         a regular expression
#   error absent   /   error present
#   data is object                        string number boolean null array object
#   = []                                  an empty path is the document

use strict;
use warnings;
use utf8;

use Encode qw( decode encode );
use Exporter qw( import );
use JSON::PP ();

our @EXPORT_OK = qw( claims failed_claim decode_json_text );

my $json = JSON::PP->new->utf8->allow_nonref->canonical;

# The lines of a section.
sub claims {
    my ($text) = @_;
    return grep { /\S/ && !/^\s*#/ } split /\n/, $text // '';
}


# Returns the document, or undef when the text is none.
sub decode_json_text {
    my ($text) = @_;

    my $value;
    return eval { $value = $json->decode($text); 1 } ? \$value : undef;
}


# $document: reference to the decoded value.  Returns undef when the claim holds,
# else what is there instead.
sub failed_claim {
    my ($document, $claim) = @_;

    $claim = decode('UTF-8', $claim) if !utf8::is_utf8($claim);
    my ($path, $operator, $want) = $claim =~ m{
        ^\s* ( (?: [^\s\["=<>!~]+ | \[ -?\d+ \] | \[ "(?:[^"\\]|\\.)*" \] )* ) \s*
        ( = | != | <=? | >=? | ~ | \bhas\b | \bis\b | \babsent\b | \bpresent\b ) \s*
        (.*?) \s*$
    }x or return "not a claim: $claim";

    my ($found, $value) = _walk($$document, $path);
    return $found ? 'it is there: ' . _show($value) : undef if $operator eq 'absent';
    return "there is no $path" if !$found;
    return undef if $operator eq 'present';

    return _compare($value, $operator, $want) ? undef : 'it is ' . _show($value);
}


# Returns (whether the path exists, the value).
sub _walk {
    my ($value, $path) = @_;

    while ($path =~ / \G (?: \[ (-?\d+) \] | \[ ("(?:[^"\\]|\\.)*") \] | \.? ([^.\[\]]+) ) /gx) {
        my ($index, $quoted, $key) = ($1, $2, $3);

        if (defined $index) {
            return 0 if ref $value ne 'ARRAY';
            $index += @$value if $index < 0;
            return 0 if $index < 0 || $index > $#$value;
            $value = $value->[$index];
            next;
        }

        $key = $json->decode(encode('UTF-8', $quoted)) if defined $quoted;
        return 0 if ref $value ne 'HASH' || !exists $value->{$key};
        $value = $value->{$key};
    }

    return (1, $value);
}


sub _compare {
    my ($value, $operator, $want) = @_;

    if ($operator eq 'has') {
        my $count = ref $value eq 'ARRAY' ? @$value
                  : ref $value eq 'HASH'  ? keys %$value : return 0;
        return $count == $want;
    }

    return _type($value) eq $want if $operator eq 'is';
    return defined $value && !ref $value && $value =~ /$want/ if $operator eq '~';

    # What is not JSON is a string without its quotes.
    my $wanted = decode_json_text(encode('UTF-8', $want)) // \$want;
    my $equal  = _canonical($value) eq _canonical($$wanted);
    return $equal  if $operator eq '=';
    return !$equal if $operator eq '!=';

    return 0 if _type($value) ne 'number';
    return $operator eq '<'  ? $value <  $$wanted
         : $operator eq '<=' ? $value <= $$wanted
         : $operator eq '>'  ? $value >  $$wanted
         :                     $value >= $$wanted;
}


sub _type {
    my ($value) = @_;

    return 'null'    if !defined $value;
    return 'array'   if ref $value eq 'ARRAY';
    return 'object'  if ref $value eq 'HASH';
    return 'boolean' if JSON::PP::is_bool($value);
    return $json->encode($value) =~ /^"/ ? 'string' : 'number';
}


# 1 and 1.0 are the same number.
sub _canonical {
    my ($value) = @_;
    return _type($value) eq 'number' ? 0 + $value : $json->encode($value);
}


sub _show {
    my ($value) = @_;

    my $text = $json->encode($value);
    return length $text > 300 ? substr($text, 0, 300) . '...' : $text;
}

1;
