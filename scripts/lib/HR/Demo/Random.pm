package HR::Demo::Random;

# A seeded generator whose numbers depend on nothing but the seed: the demo
# data must be the same bytes with every Perl, so rand() is not used.
# A 32-bit counter through an integer hash; no product exceeds 64 bits.

use strict;
use warnings;

my $MASK = 0xFFFFFFFF;

sub new {
    my ($class, $seed) = @_;
    return bless { counter => (($seed & $MASK) * 0x85EBCA6B) & $MASK }, $class;
}

sub next32 {
    my ($self) = @_;
    my $z = $self->{counter} = ($self->{counter} + 0x9E3779B9) & $MASK;

    $z = (($z ^ ($z >> 16)) * 0x21F0AAAD) & $MASK;
    $z = (($z ^ ($z >> 15)) * 0x735A2D97) & $MASK;

    return $z ^ ($z >> 15);
}

# An integer of 0 .. n - 1; the bias of the modulo is below 2^-18 for our n.
sub below {
    my ($self, $n) = @_;
    return $self->next32 % $n;
}

sub pick {
    my ($self, $list) = @_;
    return $list->[$self->next32 % @$list];
}

sub shuffle {
    my ($self, @list) = @_;

    for (my $i = $#list; $i > 0; $i--) {
        my $j = $self->next32 % ($i + 1);
        @list[$i, $j] = @list[$j, $i];
    }

    return @list;
}

# True in `percent` of 100 calls.
sub chance {
    my ($self, $percent) = @_;
    return $self->next32 % 100 < $percent;
}

1;
