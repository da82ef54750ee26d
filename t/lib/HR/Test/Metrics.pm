package HR::Test::Metrics;

# Reads figures in the text formats of Prometheus and of OpenMetrics, and complains
# about everything that the formats forbid.
#
#   my $metrics = HR::Test::Metrics->parse($text, open => 1);
#   $metrics->faults;                                       # lines; none: it is right
#   $metrics->value('hr_logins_total', result => 'ok');     # undef: no such series
#   $metrics->series('hr_route_info');                      # label hashes with {value}

use strict;
use warnings;

my $NAME   = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $LABEL  = qr/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/;
my $NUMBER = qr/[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN/;

# %opt: open => OpenMetrics
sub parse {
    my ($class, $text, %opt) = @_;

    my $self = bless { open => $opt{open}, series => {}, order => [], type => {},
                       help => {}, faults => [] }, $class;
    $self->_fault('does not end with a newline') if $text !~ /\n\z/;
    $self->_fault('no "# EOF" at the end') if $opt{open} && $text !~ /\n# EOF\n\z/;

    my ($family, %done) = ('');
    for my $line (split /\n/, $text) {
        if ($line =~ /^# (HELP|TYPE) ($NAME) (.+)/) {
            my ($what, $name, $rest) = ($1, $2, $3);
            if ($name ne $family) {
                $self->_fault("$name is not in one piece") if $done{$name}++;
                $family = $name;
            }
            $self->_fault("$what of $name comes twice") if $self->{ lc $what }{$name};
            $self->_fault("$what of $name comes after its samples")
                if grep { $_->[0] eq $name } @{ $self->{order} };
            $self->{ lc $what }{$name} = $rest;
            next;
        }
        next if $line eq '# EOF' && $opt{open};
        $self->_sample($line, $family);
    }

    $self->_histogram($_) for grep { $self->{type}{$_} eq 'histogram' } keys %{ $self->{type} };
    return $self;
}


sub faults { return @{ $_[0]{faults} } }

sub _fault { my ($self, $text) = @_; push @{ $self->{faults} }, $text }


sub _sample {
    my ($self, $line, $family) = @_;

    my ($name, $labels, $value) = $line =~ /^($NAME)(?:\{(.*)\})? ($NUMBER)$/
        or return $self->_fault("not a sample: $line");

    my %label;
    my $rest = $labels // '';
    while ($rest =~ s/^$LABEL(?:,|$)//) {
        $self->_fault("label $1 comes twice: $line") if exists $label{$1};
        $label{$1} = $2;
    }
    $self->_fault("labels: $line") if $rest ne '';

    my $type = $self->{type}{$family} // '';
    my %suffix = (counter => qr/_total/, histogram => qr/_(?:bucket|sum|count)/,
                  info => qr/_info/, gauge => qr//);
    my $of = $self->{open} || $type eq 'histogram' ? $suffix{$type} // qr// : qr//;
    $self->_fault("$line: not of the family $family ($type)") if $name !~ /^\Q$family\E$of$/;
    $self->_fault("$family has no HELP") if !$self->{help}{$family};
    $self->_fault("$name: a counter ends with _total") if $type eq 'counter' && $name !~ /_total$/;
    $self->_fault("$line: below zero") if $type eq 'counter' && $value < 0;

    my $key = join ',', map { "$_=$label{$_}" } sort keys %label;
    $self->_fault("$name\{$key} comes twice") if exists $self->{series}{$name}{$key};
    $self->{series}{$name}{$key} = { %label, value => $value };
    push @{ $self->{order} }, [$family, $name];
}


# Buckets rise, have rising bounds, and the last one is the count.
sub _histogram {
    my ($self, $family) = @_;

    my %of;
    for my $bucket (values %{ $self->{series}{"${family}_bucket"} || {} }) {
        my %rest = %$bucket;
        my ($bound, $value) = delete @rest{qw( le value )};
        defined $bound or return $self->_fault("$family: a bucket without le");
        push @{ $of{ join ',', map { "$_=$rest{$_}" } sort keys %rest } },
             [$bound eq '+Inf' ? 9**9**9 : $bound, $value];
    }

    for my $key (keys %of) {
        my @buckets = sort { $a->[0] <=> $b->[0] } @{ $of{$key} };
        $self->_fault("$family\{$key}: no +Inf") if $buckets[-1][0] != 9**9**9;
        for my $i (1 .. $#buckets) {
            $self->_fault("$family\{$key}: buckets fall") if $buckets[$i][1] < $buckets[$i - 1][1];
        }
        my $count = $self->{series}{"${family}_count"}{$key};
        $self->_fault("$family\{$key}: count is not the last bucket")
            if !$count || $count->{value} != $buckets[-1][1];
        $self->_fault("$family\{$key}: no sum") if !$self->{series}{"${family}_sum"}{$key};
    }
}


sub value {
    my ($self, $name, %label) = @_;

    my $series = $self->{series}{$name}{ join ',', map { "$_=$label{$_}" } sort keys %label };
    return $series ? $series->{value} : undef;
}


sub series { my ($self, $name) = @_; return values %{ $self->{series}{$name} || {} } }

sub count { my ($self) = @_; return scalar @{ $self->{order} } }


# Counters and histograms of another reading that are lower here.
sub fallen_since {
    my ($self, $before) = @_;

    my @fallen;
    for my $name (grep { /_(?:total|bucket|count)$/ } sort keys %{ $before->{series} }) {
        for my $key (sort keys %{ $before->{series}{$name} }) {
            my $now = $self->{series}{$name}{$key};
            push @fallen, "$name\{$key}"
                if !$now || $now->{value} < $before->{series}{$name}{$key}{value};
        }
    }
    return @fallen;
}

1;
