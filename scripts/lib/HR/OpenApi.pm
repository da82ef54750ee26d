package HR::OpenApi;

# Makes the OpenAPI document from the files of docs/openapi.  They are OpenAPI with
# shorthands, so that what is the same for every operation is written once:
#
#   x-files (root)         the other files, in the order of the document; each has
#                          paths and components
#   operationId            the name of the route; the whole id follows the pattern
#                          of the old service: <name>_<path>_<method>
#   x-access               who may call: public, viewer, hr, head, admin
#   x-body-limit           most bytes of a body; the answer to more is 413
#   x-errors               statuses beside those that follow from the above
#   x-conditional          the answer has an ETag, and If-None-Match gives 304
#   x-ranges               parts of the answer can be asked for: 206 and 416
#   x-schema               in a body or an answer: a JSON body of this schema
#
# x-access and x-body-limit stay in the document, and so do the Russian texts of x-ru.

use strict;
use warnings;
use utf8;

use Exporter qw( import );
use HR::Ordered ();
use HR::Yaml qw( read_yaml );

our @EXPORT_OK = qw( load_openapi );

use constant METHODS => qw( get post put delete );
use constant ACCESS  => qw( public viewer hr head admin );

my %RESPONSE = (
    400 => 'BadRequest',      401 => 'Unauthorized',       403 => 'Forbidden',
    404 => 'NotFound',        409 => 'Conflict',           412 => 'PreconditionFailed',
    413 => 'PayloadTooLarge', 415 => 'UnsupportedMediaType', 416 => 'RangeNotSatisfiable',
    422 => 'ValidationError', 429 => 'TooManyRequests',    500 => 'InternalError',
    503 => 'ServiceUnavailable',
);

# Dies with a message when something is wrong.
sub load_openapi {
    my ($dir) = @_;

    my $api = read_yaml("$dir/openapi.yaml");
    my $files = delete $api->{'x-files'};
    _merge($api, read_yaml("$dir/$_"), $_) for @$files;

    for my $path (keys %{ $api->{paths} }) {
        for my $method (grep { $api->{paths}{$path}{$_} } METHODS) {
            my $operation = $api->{paths}{$path}{$method};
            eval { _complete($operation, $path, $method); 1 }
                or die "\U$method\E $path: $@";
        }
    }

    _check($api);
    return $api;
}


# Adds the paths and components of a file.
sub _merge {
    my ($api, $part, $name) = @_;

    my %sections = (paths => [$api->{paths} //= HR::Ordered::map(), $part->{paths}]);
    for my $kind (keys %{ $part->{components} || {} }) {
        $sections{$kind} = [$api->{components}{$kind} //= HR::Ordered::map(),
                            $part->{components}{$kind}];
    }

    for my $kind (sort keys %sections) {
        my ($into, $from) = @{ $sections{$kind} };
        for my $key (keys %{ $from || {} }) {
            die "$name: $kind: $key is there already\n" if exists $into->{$key};
            $into->{$key} = $from->{$key};
        }
    }
}


sub _complete {
    my ($operation, $path, $method) = @_;

    my $name = $operation->{operationId} // die "no operationId\n";
    my $access = $operation->{'x-access'} // die "no x-access\n";
    my ($rank) = grep { (ACCESS)[$_] eq $access } 0 .. 4;
    defined $rank or die "x-access: $access\n";

    ($operation->{operationId} = "$name$path") =~ s/\W/_/g;
    $operation->{operationId} .= "_$method";
    $operation->{security} = $rank ? [{ HTTPBearer => [] }] : [];

    my @errors = (@{ delete $operation->{'x-errors'} || [] });
    push @errors, 401, 429, 503 if $rank > 0;
    push @errors, 403           if $rank > 1;

    if ($operation->{requestBody}) {
        _content($operation->{requestBody});
        push @errors, 413, 415, 422;
        $operation->{'x-body-limit'} // die "no x-body-limit\n";
    }

    _conditional($operation) if delete $operation->{'x-conditional'};
    if (delete $operation->{'x-ranges'}) {
        push @{ $operation->{parameters} },
             map { { '$ref' => "#/components/parameters/$_" } } qw( Range IfRange );
        $operation->{responses}{206} = { '$ref' => '#/components/responses/PartialContent' };
        push @errors, 416;
    }
    $operation->{responses} = _answers($operation->{responses}, @errors);
}


# {x-schema: Name} -> content of that schema
sub _content {
    my ($of) = @_;

    my $schema = delete $of->{'x-schema'} // return;
    $of->{content} = { 'application/json' => { schema => {
        '$ref' => "#/components/schemas/$schema" } } };
}


sub _conditional {
    my ($operation) = @_;

    push @{ $operation->{parameters} //= [] },
         { '$ref' => '#/components/parameters/IfNoneMatch' };
    $operation->{responses}{304} = { '$ref' => '#/components/responses/NotModified' };
    my $headers = $operation->{responses}{200}{headers} //= HR::Ordered::map();
    $headers->{ETag} = { '$ref' => '#/components/headers/ETag' };
}


# All answers in the order of their numbers; each has a request id.
sub _answers {
    my ($responses, @errors) = @_;

    for my $status (grep { !$responses->{$_}{'$ref'} } keys %$responses) {
        my $answer = $responses->{$status};
        _content($answer);
        $answer->{description} // die "$status: no description\n";
        $answer->{headers} //= HR::Ordered::map();
        $answer->{headers}{'X-Request-ID'} = { '$ref' => '#/components/headers/RequestId' };
    }

    for my $status (@errors) {
        my $name = $RESPONSE{$status} // die "x-errors: $status\n";
        $responses->{$status} //= { '$ref' => "#/components/responses/$name" };
    }

    return HR::Ordered::map((map { $_ => $responses->{$_} } sort keys %$responses),
                            default => { '$ref' => '#/components/responses/Error' });
}


# References lead somewhere, ids are unique, tags are declared, path parameters are
# described, no schema is left over.
sub _check {
    my ($api) = @_;

    my (%used, %ids);
    _references($api, '', sub {
        my ($at, $target) = @_;
        my $found = $api;
        $found = ref $found eq 'HASH' ? $found->{$_} : undef for split m{/}, $target =~ s{^#/}{}r;
        defined $found or die "$at: $target leads nowhere\n";
        $used{$target} = 1;
    });

    my %tags = map { $_->{name} => 1 } @{ $api->{tags} };
    for my $path (keys %{ $api->{paths} }) {
        for my $method (grep { $api->{paths}{$path}{$_} } METHODS) {
            my $operation = $api->{paths}{$path}{$method};
            my $where = "\U$method\E $path";

            die "$where: id comes twice\n" if $ids{ $operation->{operationId} }++;
            $tags{$_} or die "$where: tag $_ is not declared\n" for @{ $operation->{tags} };
            die "$where: no summary\n" if !$operation->{summary} || !$operation->{'x-ru'}{summary};
            _check_parameters($api, $where, $path, $operation);
        }
    }

    for my $kind (keys %{ $api->{components} }) {
        next if $kind eq 'securitySchemes';
        $used{"#/components/$kind/$_"} or die "components: $kind: $_ is not used\n"
            for keys %{ $api->{components}{$kind} };
    }
}


sub _references {
    my ($value, $at, $visit) = @_;

    if (ref $value eq 'ARRAY') {
        _references($value->[$_], "$at/$_", $visit) for 0 .. $#$value;
    } elsif (ref $value eq 'HASH') {
        for my $key (keys %$value) {
            $key eq '$ref' ? $visit->($at, $value->{$key})
                           : _references($value->{$key}, "$at/$key", $visit);
        }
    }
}


sub _check_parameters {
    my ($api, $where, $path, $operation) = @_;

    my %in_path;
    for my $parameter (@{ $operation->{parameters} || [] }) {
        my $it = $parameter;
        $it = $api->{components}{parameters}{$1}
            if ($it->{'$ref'} // '') =~ m{^#/components/parameters/(.+)};
        $it->{$_} // die "$where: a parameter has no $_\n" for qw( name in schema description );
        $in_path{ $it->{name} } = 1 if $it->{in} eq 'path';
    }

    my $wanted = join ' ', sort $path =~ /\{(\w+)\}/g;
    my $found  = join ' ', sort keys %in_path;
    die "$where: path parameters: $found, not $wanted\n" if $wanted ne $found;
}

1;
