package HR::Yaml;

# Reads the part of YAML 1.2 that the files of docs/openapi are written in; every
# other form is an error with the file and the line:
#
#   key: value          mappings; keys are plain or quoted
#   - value             sequences, indented more than the key they belong to
#   [a, b] {a: b}       flow collections, also over several lines
#   | and >             block scalars, with "-" for no newline at the end
#   'it''s' "a\n"       quoted scalars; plain ones likewise, both also over several lines
#   # ...               comments
#
# Plain true, false, null and numbers are what JSON calls so; everything else is a
# string.  No anchors, tags, documents or merge keys.

use strict;
use warnings;
use utf8;

use Exporter qw( import );
use HR::Ordered ();
use JSON::PP ();

our @EXPORT_OK = qw( read_yaml parse_yaml );

my $QUOTED = qr/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/;
my $KEY    = qr/$QUOTED|[^\s"'#\[\]{},&*!|>%\@`][^#]*?/;
my %ESCAPE = (n => "\n", t => "\t", '"' => '"', '\\' => '\\', '/' => '/');

sub read_yaml {
    my ($path) = @_;

    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    my $text = do { local $/; <$in> };
    return parse_yaml($text, $path);
}


# $text: characters; $name: for messages.  Returns the value; mappings keep their order.
sub parse_yaml {
    my ($text, $name) = @_;

    my $self = bless { name => $name, lines => [split /\n/, $text], at => 0 }, __PACKAGE__;
    my ($tab) = grep { $self->{lines}[$_] =~ /\t/ } 0 .. $#{ $self->{lines} };
    $self->{at} = $tab, $self->_die('a tab') if defined $tab;

    my $indent = $self->_peek;
    return undef if !defined $indent;

    my $value = $self->_block($indent);
    $self->_die('not expected here') if defined $self->_peek;
    return $value;
}


sub _die {
    my ($self, $why) = @_;
    die "$self->{name}: line " . ($self->{at} + 1) . ": $why\n";
}


# Goes to the next line with something on it; its indentation, or undef at the end.
sub _peek {
    my ($self) = @_;

    for (; $self->{at} < @{ $self->{lines} }; $self->{at}++) {
        my $line = $self->{lines}[ $self->{at} ];
        return length $1 if $line =~ /^( *)(?!#)\S/;
    }
    return undef;
}


# A collection whose lines have this indentation.
sub _block {
    my ($self, $indent) = @_;

    my $line = substr $self->{lines}[ $self->{at} ], $indent;
    return $self->_sequence($indent) if $line =~ /^-(?: |$)/;
    return $self->_mapping($indent)  if $line =~ /^(?:$KEY):(?: |$)/;
    $self->_die('neither a mapping nor a sequence');
}


sub _sequence {
    my ($self, $indent) = @_;

    my @items;
    while (defined(my $at = $self->_peek)) {
        last if $at < $indent;
        $self->_die('wrong indentation') if $at > $indent;

        my $line = \$self->{lines}[ $self->{at} ];
        last if $$line !~ /^ *-(?: |$)/;

        # "- key: value" is a mapping that begins two columns further in
        $$line =~ s/-/ /;
        my $rest = substr $$line, $indent;
        if ($rest =~ /^ +(?:$KEY):(?: |$)/ || $rest =~ /^ +- /) {
            push @items, $self->_block($self->_peek);
            next;
        }
        push @items, $self->_value($rest, $indent);
    }
    return \@items;
}


sub _mapping {
    my ($self, $indent) = @_;

    my $map = HR::Ordered::map();
    while (defined(my $at = $self->_peek)) {
        last if $at < $indent;
        $self->_die('wrong indentation') if $at > $indent;

        my $line = substr $self->{lines}[ $self->{at} ], $indent;
        last if $line =~ /^-(?: |$)/;
        $line =~ s/^($KEY):(?= |$)// or $self->_die('not "key: value"');

        my $key = $self->_key($1);
        $self->_die("$key comes twice") if exists $map->{$key};
        $map->{$key} = $self->_value($line, $indent);
    }
    return $map;
}


sub _key {
    my ($self, $text) = @_;
    return $text =~ /^["']/ ? $self->_quoted(\$text) : $text;
}


# What stands behind a key or a dash, and the lines that belong to it.
sub _value {
    my ($self, $text, $indent) = @_;

    $text =~ s/^ +//;
    return $self->_scalar_block($1, $2, $indent) if $text =~ /^([|>])(-?) *(?:#.*)?$/;

    if ($text eq '' || $text =~ /^#/) {
        $self->{at}++;
        my $at = $self->_peek;
        return undef if !defined $at || $at <= $indent;
        return $self->_block($at);
    }

    $text = $text =~ /^[\[{]/ ? $self->_joined($text) : $self->_folded($text, $indent);

    my $value = $self->_flow(\$text, '');
    $self->_die("not understood: $text") if $text !~ /^ *(?:#.*)?$/;
    $self->{at}++;
    return $value;
}


# A plain or quoted scalar and the lines, indented more than its key, that go on with it.
sub _folded {
    my ($self, $text, $indent) = @_;

    # a comment ends a plain scalar
    my $lines = $self->{lines};
    while (($text =~ /^["']/ || $text !~ / #/)
           && ($lines->[ $self->{at} + 1 ] // '') =~ /^( *)(\S.*?) *$/ && length $1 > $indent) {
        $text .= " $2";
        $self->{at}++;
    }
    return $text;
}


# A flow collection and the lines over which it goes.
sub _joined {
    my ($self, $text) = @_;

    my $lines = $self->{lines};
    until (_balanced($text)) {
        $self->{at}++;
        $self->_die('a bracket is not closed') if $self->{at} >= @$lines;
        (my $more = $lines->[ $self->{at} ]) =~ s/^ +//;
        $text =~ s/ +$//;
        $text .= " $more" if $more !~ /^#/;
    }
    return $text;
}


sub _balanced {
    my ($text) = @_;

    $text =~ s/$QUOTED//g;
    return ($text =~ tr/[{//) == ($text =~ tr/]}//);
}


sub _scalar_block {
    my ($self, $style, $chomp, $indent) = @_;

    my ($depth, @lines);
    for ($self->{at}++; $self->{at} < @{ $self->{lines} }; $self->{at}++) {
        my $line = $self->{lines}[ $self->{at} ];
        if ($line =~ /^( *)\S/) {
            $depth //= length $1;
            last if length $1 <= $indent;
            $self->_die('wrong indentation') if length $1 < $depth;
        }
        push @lines, length $line > ($depth // 0) ? substr $line, $depth // 0 : '';
    }
    pop @lines while @lines && $lines[-1] eq '';

    # folded: a line break is a blank, an empty line a line break
    my $text = join "\n", @lines;
    $text =~ s/(?<!\n)\n(?![\n ])/ /g, $text =~ s/\n\n/\n/g if $style eq '>';
    return $text . ($chomp || $text eq '' ? '' : "\n");
}


# One value at the beginning of $$text, which is cut off.  $end: characters that end
# a plain scalar in a flow collection.
sub _flow {
    my ($self, $text, $end) = @_;

    $$text =~ s/^ +//;
    return $self->_flow_sequence($text) if $$text =~ s/^\[//;
    return $self->_flow_mapping($text)  if $$text =~ s/^\{//;
    return $self->_quoted($text)        if $$text =~ /^["']/;

    my $stop = $end eq '' ? qr/ #| *$/ : qr/ *[,\]}]|: / ;
    $$text =~ s/^(.+?)(?=$stop)// or $self->_die('a value is missing');
    return $self->_plain($1);
}


sub _plain {
    my ($self, $text) = @_;

    $self->_die("not supported: $text") if $text =~ /^[&*!|>%\@`]/;
    $self->_die("quotes are needed: $text") if $text =~ /: |:$/;
    return JSON::PP::true  if $text eq 'true';
    return JSON::PP::false if $text eq 'false';
    return undef           if $text eq 'null';
    return 0 + $text       if $text =~ /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
    return $text;
}


sub _quoted {
    my ($self, $text) = @_;

    if ($$text =~ s/^'((?:[^']|'')*)'//) {
        (my $value = $1) =~ s/''/'/g;
        return $value;
    }

    $$text =~ s/^"((?:[^"\\]|\\.)*)"// or $self->_die('a quote is not closed');
    my $value = $1;
    $value =~ s{\\(?:u([0-9a-fA-F]{4})|(.))}
               { defined $1 ? chr hex $1 : $ESCAPE{$2} // $self->_die("\\$2 in a string") }gex;
    return $value;
}


sub _flow_sequence {
    my ($self, $text) = @_;

    my @items;
    until ($$text =~ s/^ *\]//) {
        push @items, $self->_flow($text, ']');
        $$text =~ s/^ *,// or $$text =~ /^ *\]/ or $self->_die('a comma is missing');
    }
    return \@items;
}


sub _flow_mapping {
    my ($self, $text) = @_;

    my $map = HR::Ordered::map();
    until ($$text =~ s/^ *\}//) {
        $$text =~ s/^ *($QUOTED|[^\s"'{}\[\],:][^{}\[\],]*?): //
            or $self->_die("not \"key: value\": $$text");
        my $key = $self->_key($1);
        $self->_die("$key comes twice") if exists $map->{$key};
        $map->{$key} = $self->_flow($text, '}');
        $$text =~ s/^ *,// or $$text =~ /^ *\}/ or $self->_die('a comma is missing');
    }
    return $map;
}

1;
