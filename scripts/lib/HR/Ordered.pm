package HR::Ordered;

# A hash that keeps the order in which its keys came.
#
#   my $map = HR::Ordered::map(first => 1, second => 2);    # reference to a tied hash

use strict;
use warnings;

sub map {
    my (@pairs) = @_;

    tie my %map, __PACKAGE__;
    while (my ($key, $value) = splice @pairs, 0, 2) {
        $map{$key} = $value;
    }
    return \%map;
}


sub TIEHASH { return bless { value => {}, order => [], at => 0 }, $_[0] }
sub FETCH   { return $_[0]{value}{ $_[1] } }
sub EXISTS  { return exists $_[0]{value}{ $_[1] } }
sub SCALAR  { return scalar @{ $_[0]{order} } }

sub STORE {
    my ($self, $key, $value) = @_;

    push @{ $self->{order} }, $key if !exists $self->{value}{$key};
    $self->{value}{$key} = $value;
}

sub DELETE {
    my ($self, $key) = @_;

    $self->{order} = [grep { $_ ne $key } @{ $self->{order} }];
    return delete $self->{value}{$key};
}

sub CLEAR {
    my ($self) = @_;
    @$self{qw( value order )} = ({}, []);
}

sub FIRSTKEY {
    my ($self) = @_;

    $self->{at} = 0;
    return $self->NEXTKEY;
}

sub NEXTKEY {
    my ($self) = @_;
    return $self->{order}[ $self->{at}++ ];
}

1;
