# The files of the API description: how they are read, what they say of themselves.
# t/openapi.t compares them with the module.

use strict;
use warnings;
use utf8;

use File::Find;
use File::Temp qw( tempdir );
use HR::Test::OpenApi qw( api operations answer_faults value_faults schema_of );
use JSON::PP ();
use Test::More;

# the readers are part of the scripts, not of the tests
BEGIN { push @INC, 'scripts/lib' }
use HR::Yaml qw( parse_yaml );

my $json = JSON::PP->new->allow_nonref;

# Values and their order.
sub yaml_is {
    my ($text, $want, $name) = @_;
    is($json->encode(parse_yaml($text, 'text')), $want, "yaml: $name");
}

sub yaml_dies {
    my ($text, $like, $name) = @_;
    eval { parse_yaml($text, 'text') };
    like($@, $like, "yaml: $name");
}

yaml_is("b: 1\na: 2\n", '{"b":1,"a":2}', 'a mapping keeps its order');
yaml_is("a: true\nb: false\nc: null\nd: 1.5\ne: -0\nf: '1'\ng: 1.0.0\nh: 01\n",
        '{"a":true,"b":false,"c":null,"d":1.5,"e":0,"f":"1","g":"1.0.0","h":"01"}',
        'plain scalars have the types of JSON');
yaml_is("a:\n  - x\n  - y: 1\n    z: 2\n  - - 1\n    - 2\n", '{"a":["x",{"y":1,"z":2},[1,2]]}',
        'sequences, compact mappings in them');
yaml_is("a: [x, 'y, z', [1], {b: c}]\nd: {}\ne: []\n",
        '{"a":["x","y, z",[1],{"b":"c"}],"d":{},"e":[]}', 'flow collections');
yaml_is("a: [x,\n    y]   # why\nb: 1\n", '{"a":["x","y"],"b":1}',
        'a flow collection over two lines, a comment');
yaml_is("a: one\n  two\nb: 'it''s\n  fine'\n", '{"a":"one two","b":"it\'s fine"}',
        'scalars over several lines');
yaml_is("a: |\n  x\n    y\n\n  z\nb: |-\n  x\nc: >\n  x\n  y\n\n  z\n",
        '{"a":"x\n  y\n\nz\n","b":"x","c":"x y\nz\n"}' =~ s/\n/\\n/gr, 'block scalars');
yaml_is(qq(a: "\\u0416 \\"x\\" \\n"\n/p/{id}:\n  b: 1\n), '{"a":"Ж \"x\" \n","/p/{id}":{"b":1}}'
        =~ s/\n/\\n/r, 'escapes, keys with braces');

yaml_dies("a: 1\na: 2\n", qr/^text: line 2: a comes twice/, 'a key that comes twice');
yaml_dies("a: b: c\n", qr/line 1: quotes are needed/, 'a colon in a plain scalar');
yaml_dies("a: 1\n  b: 2\n", qr/line 1|line 2/, 'a line that is indented for no reason');
yaml_dies("a:\n  b: 1\n c: 2\n", qr/line 3: (?:wrong indentation|not expected here)/,
          'an indentation between two others');
yaml_dies("a: [1, 2\n", qr/a bracket is not closed/, 'an open bracket');
yaml_dies("a: &x 1\n", qr/line 1: not supported/, 'an anchor');
yaml_dies("a: 1\n\tb: 2\n", qr/line 2: a tab/, 'a tab');
yaml_dies("a: x # y\n  z\n", qr/line 2/, 'text after a comment');

# Another reader agrees.
SKIP: {
    eval { require YAML::XS; 1 } or skip 'YAML::XS is missing', 1;

    my @differ = grep {
        open my $in, '<:encoding(UTF-8)', $_ or die "$_: $!";
        my $ours = parse_yaml(do { local $/; <$in> }, $_);
        $json->canonical->encode(plain($ours)) ne $json->encode(plain(YAML::XS::LoadFile($_)));
    } glob 'docs/openapi/*.yaml';
    is_deeply(\@differ, [], 'YAML::XS reads the same from the files');
}

# Types aside: YAML::XS has other booleans and numbers.
sub plain {
    my ($value) = @_;

    return { map { $_ => plain($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return [map { plain($_) } @$value]                       if ref $value eq 'ARRAY';
    return undef if !defined $value;
    $value = 0 + $value if !ref $value && $value =~ /^-?\d+(?:\.\d+)?$/;
    return ref $value || $value =~ /^(?:1|)$/ ? ($value ? 'yes' : 'no') : "$value";
}

# The document

is(api()->{openapi}, '3.1.0', 'OpenAPI 3.1');
is(api()->{info}{title}, 'HR Profile Generator API', 'title');
is(api()->{info}{version}, '1.0.0', 'version');

my @operations = operations();
cmp_ok(scalar @operations, '>=', 58, 'all operations');

# D-34: ids as the old service had them (api-core.md 2.1)
my %id = map { $_->{id} => 1 } @operations;
is_deeply([grep { !$id{$_} } qw(
    root__get health_check_health_get login_api_auth_login_post
    logout_api_auth_logout_post get_current_user_info_api_auth_me_get
    refresh_token_api_auth_refresh_post validate_token_api_auth_validate_get
    get_departments_api_catalog_departments_get
    get_department_details_api_catalog_departments__department_name__get
    get_positions_api_catalog_positions__department__get
    search_departments_api_catalog_search_get
    search_positions_api_catalog_search_positions_get
    clear_cache_api_catalog_cache_clear_post get_catalog_stats_api_catalog_stats_get
    get_search_items_api_organization_search_items_get
    get_all_positions_api_organization_positions_get
    get_organization_structure_with_target_api_organization_structure_post
    get_business_unit_details_api_organization_unit_post
    get_organization_stats_api_organization_stats_get
    get_dashboard_stats_api_dashboard_stats_get
    get_minimal_stats_api_dashboard_stats_minimal_get
    get_activity_stats_api_dashboard_stats_activity_get
)], [], 'operation ids of the contract (D-34)');

my %tag = map { $_->{name} => 1 } @{ api()->{tags} };
is_deeply([grep { !$tag{$_} } 'Root', 'System Health', 'Authentication', 'Catalog',
           'Organization', 'Dashboard', 'generation', 'Profile Management'], [],
          'tags of the contract');

# Examples

my (@bad, $examples);
sub look_at_examples {
    my ($at, $schema) = @_;

    if (ref $schema eq 'ARRAY') {
        look_at_examples("$at/$_", $schema->[$_]) for 0 .. $#$schema;
        return;
    }
    return if ref $schema ne 'HASH';

    if (ref $schema->{examples} eq 'ARRAY') {
        for my $example (@{ $schema->{examples} }) {
            $examples++;
            push @bad, map { "$at: $_" } value_faults($schema, $example);
        }
    }
    look_at_examples("$at/$_", $schema->{$_}) for grep { $_ ne 'examples' } keys %$schema;
}
look_at_examples('', { map { $_ => api()->{$_} } qw( paths components ) });
is_deeply(\@bad, [], 'every example fits its schema');
cmp_ok($examples, '>', 100, 'there are examples');

my @without = grep {
    my $body = $_->{it}{requestBody};
    $body && !has_example($body->{content}{'application/json'}{schema});
} @operations;
is_deeply([map { $_->{id} } @without], [], 'every body has an example');

sub has_example {
    my ($schema) = @_;

    $schema = schema_of($1) if ($schema->{'$ref'} // '') =~ m{schemas/(\w+)};
    return ref $schema->{examples} eq 'ARRAY';
}

# Both languages
my @speechless = grep { $_->{it}{description} && !$_->{it}{'x-ru'}{description} } @operations;
is_deeply([map { $_->{id} } @speechless], [], 'what is described is described in Russian too');

# The comparison itself notices what it must.
my $error = {
    success => JSON::PP::false, detail => 'x', message => 'x',
    timestamp => '2026-03-02T09:15:00.25Z', path => '/',
    error => { code => 'NOT_FOUND', message => 'x', details => {}, request_id => 'abcdefgh',
               timestamp => '2026-03-02T09:15:00' },
};
my $body = $json->encode($error);
is_deeply([answer_faults('GET', '/api/users/7', 404, $body)], [], 'an error as described');
like((answer_faults('GET', '/api/users/7', 200, $body))[0], qr/success|data/,
     'an error is no success');
like((answer_faults('GET', '/api/users/7', 201, $body))[0], qr/status 201 is not described/,
     'an undescribed status');
like((answer_faults('GET', '/api/users/7?x=1', 404, $json->encode({ %$error, more => 1 })))[0],
     qr/more is not described/, 'an undescribed member');
like((answer_faults('GET', '/api/users/7', 404, $json->encode({ %$error, path => 1 })))[0],
     qr/path: is 1, no string/, 'a wrong type');
like((answer_faults('GET', '/api/users/7', 404, $json->encode({ %$error, timestamp => 'now' })))[0],
     qr/does not match/, 'a wrong format');
delete $error->{error}{code};
like((answer_faults('GET', '/api/users/7', 404, $json->encode($error)))[0],
     qr/error: code is missing/, 'a missing member');
like((answer_faults('GET', '/api/users/7', 404, '<html>'))[0], qr/not JSON/, 'no JSON');
is_deeply([answer_faults('GET', '/elsewhere', 200, 'x')], [], 'other addresses do not matter');

# Its page

my @page;
find({ no_chdir => 1, wanted => sub { push @page, $_ if -f } }, 'docs/page');
my @foreign;
for my $path (@page) {
    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!";
    while (<$in>) {
        push @foreign, "$path:$.: $&" if m{(?:src|href|url|import|fetch)\W{1,3}(?:https?:)?//\S+};
        push @foreign, "$path:$.: $&" if m{ (?:style|on\w+)="|<style|javascript:|\beval\(};
    }
}
is_deeply(\@foreign, [], 'the page loads nothing from elsewhere and needs no inline code (D-34)');

# Made again, it is the same.
my $dir = tempdir(CLEANUP => 1);
is(system('scripts/openapi', '--out', $dir), 0, 'scripts/openapi');
is(system('diff', '-r', $dir, 'build/docs'), 0, 'build/docs is up to date');

done_testing();
