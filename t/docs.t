# The documents say what the program does: every directive, parameter, default, variable,
# figure, log message, command of hrctl and setting of scripts/run is described, and
# nothing else is; every example of a directive is accepted by nginx.  The commands of the
# documents are run by t/e2e/documents.t.

use strict;
use warnings;
use utf8;

use Cwd qw( getcwd );
use File::Temp qw( tempdir );
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

plan skip_all => 'about our own documents' if $ENV{TEST_NGINX_UPSTREAM};

my $top   = getcwd();
my $build = $ENV{HR_TEST_BUILD} || 'build/nginx';

sub slurp {
    my ($path) = @_;

    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return scalar readline $in;
}

# One test: both lists have the same words; what is only in one is told.
sub same {
    my ($name, $said, $true, @words) = @_;

    my %said = map { $_ => 1 } @$said;
    my %true = map { $_ => 1 } @$true;
    my @wrong = ((map { "not described: $_" } grep { !$said{$_} } sort keys %true),
                 (map { "does not exist: $_" } grep { !$true{$_} } sort keys %said));
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok(@$true && !@wrong, $name) or diag(join "\n", @wrong ? @wrong : 'nothing was found');
}

my %doc = map { m{([^/]+)\.md\z} => slurp($_) } 'README.md', glob 'docs/*.md';

# ---- directives ----

my $conf = slurp('src/http/ngx_http_hr_conf.c');
my ($table) = $conf =~ /^ngx_command_t\s+ngx_http_hr_commands\[\] = \{(.*?)^\};/ms;
my %where;
$where{$1} = 'location' while $table =~ /ngx_string\("(hr_\w+)"\),\s*NGX_HTTP_LOC_CONF/g;
my %field;
while ($table =~ /NGX_HTTP_HR_MAIN\("(hr_\w+)",\s*[\w|]+,\s*\w+,\s*
                  (0|NGX_HTTP_HR_FIELD\((\w+)\)),\s*&?(\w+)/gx) {
    $where{$1} = 'http';
    $field{$1} = { field => $3, params => $4 };
}

my %told;
while ($doc{directives} =~ /^### (hr_\w+)\n(.*?)(?=^##|\z)/msg) {
    $told{$1} = $2;
}
same('every directive is described', [keys %told], [keys %where]);
same('and stands in the list above', [$doc{directives} =~ /\[(hr_\w+)\]\(#\1\)/g], [keys %where]);

for my $name (sort keys %told) {
    my $text = $told{$name};
    my ($context) = $text =~ /^\* \*\*context\*\*: (\w+)$/m;
    is($context, $where{$name}, "$name: context");
    like($text, qr/^\*\ \*\*syntax\*\*:\ `$name\b[^`]*;`\n\*\ \*\*default\*\*:\ \S.*\n.*\n
                   ^\*\ \*\*since\*\*:\ \d+\.\d+\.\d+$/mx,
         "$name: syntax, default, since");
    like($text, qr/^```nginx\n/m, "$name: an example");
}

# Values of the program in its own units: what the page says must come out the same.
my %unit = (ms => 1, s => 1000, m => 60_000, h => 3_600_000, d => 86_400_000);
my %size = (k => 1024, m => 1024 ** 2, g => 1024 ** 3);
sub value_of {
    my ($text, $kind) = @_;

    $text =~ s/`//g;
    return $text eq 'on' ? 1 : $text eq 'off' ? 0 : $text if $kind eq 'flag' || $kind eq 'num';
    return $1 * $size{$2} if $kind eq 'size' && $text =~ /^(\d+)([kmg])$/;
    return $1 * $unit{$2} if $kind eq 'msec' && $text =~ /^(\d+)(ms|s|m|h|d)$/;
    return $1 * $unit{$2} / 1000 if $kind eq 'sec' && $text =~ /^(\d+)(s|m|h|d)$/;
    return $text;
}

my %default;    # field => value of the program
while ($conf =~ /ngx_conf_init_(\w+?_)?value\(hmcf->([\w.]+),\s*([^;]+)\);/g) {
    my ($field, $value) = ($2, $3);
    $default{$field} = $value =~ /^[\d\s*]+$/ ? eval $value : $value;
}
while ($conf =~ /hmcf->(\w+)\.data == NULL\) \{\s*ngx_str_set\(&hmcf->\w+, "([^"]*)"\)/g) {
    $default{$1} = $2;
}

my %params;     # table => { name => row }
while ($conf =~ /ngx_http_hr_param_t\s+(ngx_http_hr_\w+_params)\[\] = \{(.*?)^\};/msg) {
    my ($list, $rows) = ($1, $2);
    while ($rows =~ /NGX_HTTP_HR_P\("(\w+)", (\w+), (\w+), (\w+), ([\w.]+)\)/g) {
        $params{$list}{$1} = { kind => lc $2, min => $3, max => $4, field => $5 };
    }
}

for my $name (sort grep { ($field{$_}{params} // '') =~ /_params$/ } keys %field) {
    my $rows = $params{ $field{$name}{params} };
    my %row;
    while (($told{$name} // '') =~ /^\| `(\w+)=` \| (.*?) \| (.*?) \|$/mg) {
        $row{$1} = [$2, $3];
    }
    same("$name: parameters", [keys %row], [keys %$rows]);
    my ($syntax) = ($told{$name} // '') =~ /^\* \*\*syntax\*\*: `([^`]*)`/m;
    my @wrong;
    for my $param (sort keys %row) {
        my $it = $rows->{$param} // next;
        push @wrong, "$param= is not in the syntax"
            if $syntax !~ /\b$param=/ && $syntax !~ /parameter=value/;
        my $is = $default{ $it->{field} };
        push @wrong, "$param=: the default is $is, not $row{$param}[0]"
            if defined $is && value_of($row{$param}[0], $it->{kind}) ne $is;
        my ($min, $max) = $row{$param}[1] =~ /(\d+) to (\d+)/;
        push @wrong, "$param=: $it->{min} to $it->{max}, not $min to $max"
            if defined $min && $it->{max} =~ /\A\d+\z/
               && ($min ne $it->{min} || $max ne $it->{max});
    }
    is(join("\n", @wrong), '', "$name: defaults and bounds");
}

my %kind = (hr_data_watch => 'msec', hr_token_lifetime => 'sec', hr_bcrypt_cost => 'num',
            hr_bulk_max => 'num', hr_legacy_passwords => 'flag', hr_legacy_tokens => 'flag',
            hr_viewer_overlay => 'flag', hr_environment => 'str', hr_product_name => 'str');
for my $name (sort keys %kind) {
    my ($said) = ($told{$name} // '') =~ /^\* \*\*default\*\*: `([^`]*)`/m;
    is(value_of($said // '', $kind{$name}), $default{ $field{$name}{field} },
       "$name: default");
}
for (['hr_cors_origins', 'origins'], ['hr_trusted_hosts', 'hosts']) {
    my ($name, $array) = @$_;
    my ($list) = $conf =~ /static ngx_str_t  $array\[\] = \{(.*?)\};/s;
    my ($said) = $told{$name} =~ /^\* \*\*default\*\*: `([^`]*)`/m;
    is($said, join(' ', $list =~ /ngx_string\("([^"]*)"\)/g), "$name: default");
}

# Examples

my $dir = tempdir('hr-docs-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
mkdir "$dir/$_" for qw( logs backups keys );
for (['jwt.secret', 'k' x 64], ['langfuse.key', 'pk:sk'], ['admin.password', 'x' x 20]) {
    open my $out, '>', "$dir/keys/$_->[0]" or die;
    print {$out} "$_->[1]\n";
    close $out;
    chmod 0600, "$dir/keys/$_->[0]";
}

my %base = (
    hr_data => "hr_data $top/t/data/small;", hr_company => "hr_company $top/conf/company;",
    hr_prompts => "hr_prompts $top/conf/prompts;",
    hr_database => "hr_database $dir/profiles.db;",
    hr_jwt_secret_file => "hr_jwt_secret_file $dir/keys/jwt.secret;",
);

# What nginx -t says about a configuration with these lines.
sub judged {
    my ($server, %http) = @_;

    my $lines = join "\n    ", values %{ { %base, %http } };
    my $location = $server =~ /\bhr_api;/ ? '' : 'location / { hr_api; }';
    open my $out, '>:encoding(UTF-8)', "$dir/nginx.conf" or die;
    print {$out} <<"CONF";
load_module "$top/$build/ngx_http_hr_module.so";
pid $dir/nginx.pid;
error_log $dir/logs/error.log;
thread_pool hr_read threads=1;
thread_pool hr_write threads=1;
thread_pool hr_cpu threads=1;
events { worker_connections 64; }
http {
    access_log off;
    $lines
    server { listen 127.0.0.1:1; $location $server }
}
CONF
    close $out;
    my $said = `nginx -p $dir -e $dir/logs/error.log -c $dir/nginx.conf -t 2>&1`;
    return $? == 0 ? '' : $said;
}

my %place = ('/var/lib/nginx-hr/data' => "$top/t/data/small",
             '/var/lib/nginx-hr/backups' => "$dir/backups",
             '/var/lib/nginx-hr/profiles.db' => "$dir/profiles.db",
             '/var/lib/nginx-hr/admin.password' => "$dir/keys/admin.password",
             '/etc/nginx-hr/company' => "$top/conf/company",
             '/etc/nginx-hr/prompts' => "$top/conf/prompts",
             '/usr/share/nginx-hr/docs' => "$top/build/docs",
             '/etc/nginx-hr/jwt.secret' => "$dir/keys/jwt.secret",
             '/etc/nginx-hr/langfuse.key' => "$dir/keys/langfuse.key");
my $places = join '|', map { quotemeta } sort { length $b <=> length $a } keys %place;

SKIP: {
    skip 'the preloaded sanitizers are not for nginx -t', scalar keys %told
        if $ENV{TEST_NGINX_LD_PRELOAD};
    skip 'scripts/build first', scalar keys %told
        if !-e "$build/ngx_http_hr_module.so";

    for my $name (sort keys %told) {
        my ($example) = $told{$name} =~ /^```nginx\n(.*?)^```/ms;
        $example =~ s/($places)/$place{$1}/g;
        is($where{$name} eq 'location' ? judged($example) : judged('', $name => $example), '',
           "$name: nginx accepts the example");
    }
}

# ---- variables ----

my %variable = map { $_ => 1 }
               slurp('src/api/ngx_http_hr_variables.c') =~ /ngx_string\("(hr_\w+)"\)/g;
same('every variable is described', [$doc{directives} =~ /^\| `\$(hr_\w+)` \|/mg],
     [keys %variable]);
for my $file (qw( conf/nginx.conf conf/container/nginx.conf conf/demo/nginx.conf.in
                  debian/sites/hr )) {
    my ($format) = slurp($file) =~ /^(\s*log_format .*?;)$/ms;
    same("variables of the log of $file", [$format =~ /\$(hr_\w+)/g],
         [grep { $variable{$_} } $format =~ /\$(hr_\w+)/g]);
    same("the JSON log of $file tells all", [$format =~ /\$(hr_\w+)/g], [keys %variable])
        if $file !~ /demo/;
}

# ---- figures ----

my $text  = slurp('src/api/ngx_http_hr_metrics_text.c');
my %metric = map { $_ => 1 } $text =~ /"(hr_[a-z_]+)"/g;
$metric{"hr_cache_$_"} = 1 for $text =~ /NGX_HTTP_HR_SHARD\("(\w+)"/g;
delete $metric{hr_cache_};
my %named;
for my $file ('docs/operations.md', glob('conf/monitoring/*')) {
    # series have suffixes of the format; a figure of another kind of name is no figure
    for my $name (slurp($file) =~ /(?<![\w\$.\/-])(hr_[a-z_]+)(?![\w:.(=])/g) {
        next if exists $where{$name} || $variable{$name}
                || $name =~ /^hr_(?:read|write|cpu|slow|llm)$/;
        $named{$name =~ s/_(?:total|bucket|sum|count|info)\z//r}{$file} = 1;
    }
}
my @none = grep { !$metric{$_} } sort keys %named;
is(join(', ', map { "$_ in " . join ' ', sort keys %{ $named{$_} } } @none), '',
   'every figure that is named exists');
same('every figure is described', [grep { $metric{$_} } $doc{operations} =~ /^\| `(hr_[a-z_]+)/mg],
     [keys %metric]);

# ---- messages of the error log ----

# The message with a hole for each value; adjacent texts in one piece.
my %message;
for my $file (glob 'src/{api,http,job,shm,db}/*.c') {
    my $code = slurp($file);
    while ($code =~ /\bngx_(?:conf_)?log_error\s*\(\s*[^,]+?,\s*[^,]+?,\s*[^,"]+?,\s*
                     ((?:"(?:[^"\\]|\\.)*"|\s)+)/gx) {
        my $said = join '', $1 =~ /"((?:[^"\\]|\\.)*)"/g;
        $said =~ s/\\"/"/g;
        $said =~ s/%(?:\*s|\.\d+f|V|d|s|l|[0-9]*[xX]?u?[zLiMTPO]+|016xL|[uxi][iLz]*|uL|D)/…/g;
        $said =~ s/…(?:…)+/…/g;
        $message{$said} = $file;
    }
}
my @lines = map { s/\\\|/|/gr } $doc{messages} =~ /^\| `(.*?)` \|/mg;
same('every message of the log is described', \@lines, [keys %message]);

# ---- kinds of errors ----

my %code = map { $_ => 1 } slurp('src/core/hr_message.h') =~ /X\(\w+, \d+, "(\w+)"/g;
same('every code of an error is described', [$doc{api} =~ /^\| \d+ \| `([A-Z_]+)` \|/mg],
     [keys %code]);
my %failure = map { $_ => 1 } grep { length } slurp('src/core/hr_generr.c') =~ /\] = \{ "(\w*)"/g;
same('every reason of a failed generation is described',
     [$doc{api} =~ /^\| `([a-z_0-9]+)` \| (?:yes|no) \|/mg], [keys %failure]);

# ---- routes ----

my @tables = map { slurp($_) } glob 'src/api/*.c';
my %path;
$path{ s/"\s+"//gr } = 1 for map { /\{\s*"(\/(?:[^"]|"\s+")*)",\s*NGX_HTTP_[A-Z]+,/g } @tables;
my %shown;
for my $page (sort keys %doc) {
    for my $path ($doc{$page} =~ m{`(?:GET|POST|PUT|PATCH|DELETE) (/[^`\s?]*)[^`]*`}g) {
        $shown{$path} = 1;
    }
}
is(join(' ', grep { !$path{$_} && !$path{"$_/"} } sort keys %shown), '',
   'every route that is named exists');

# ---- hrctl ----

my $commands = slurp('src/cli/hrctl_commands.c');
my ($list) = $commands =~ /hrctl_commands\[\] = \{(.*?)^\};/ms;
my @commands = $list =~ /\{ "([a-z ]+)", "/g;
my $man = slurp('src/cli/hrctl.1');
my @wrong = grep { my $c = $_; $man !~ /^\.B[IR]? "?\Q$c\E\b/m && $man !~ /\Q$c\E/ } @commands;
is("@wrong", '', 'every command is in the manual');
for my $page (sort keys %doc) {
    # in commands only: as code, or at the beginning of a line of a block
    my %used;
    $used{$1} = 1 while $doc{$page} =~ /(?:^|`|\bbuild\/|\| )hrctl ([a-z]+(?: [a-z]+)?)/mg;
    my @unknown = grep {
        my $words = $_;
        !grep { $words eq $_ || $words =~ /^\Q$_\E / || /^\Q$words\E(?: |\z)/ } @commands;
    } sort keys %used;
    is(join(', ', @unknown), '', "$page: commands of hrctl exist");
}

# ---- settings of scripts/run ----

my $run = slurp('scripts/run');
my ($head) = $run =~ /\A((?:#.*\n)+)/;
my @settings = $head =~ /\b((?:HR|LANGFUSE|OPENROUTER)_[A-Z_]+)(?=[ ,\n])/g;
same('settings of scripts/run are in the README',
     [$doc{README} =~ /`((?:HR|LANGFUSE|OPENROUTER)_[A-Z_]+)`/g], \@settings);

# ---- names of files and folders ----

my @missing;
for my $page (sort keys %doc) {
    for my $name ($doc{$page} =~ m{`((?:src|conf|scripts|t|docs|debian)/[\w./-]+)`}g) {
        push @missing, "$page: $name" if !-e $name && !glob $name;
    }
}
is(join("\n", @missing), '', 'every file that is named exists');

# ---- links ----

my @dead;
for my $page (sort keys %doc) {
    my $from = $page eq 'README' ? '' : 'docs/';
    while ($doc{$page} =~ /\]\((?!https?:|mailto:)([^)\s#]*)(?:#([\w-]+))?\)/g) {
        my ($path, $anchor) = ($1, $2);
        my $target = $path ne '' ? "$from$path" : $page eq 'README' ? 'README.md'
                     : "docs/$page.md";
        $target =~ s{[^/]+/\.\./}{}g;
        if (!-e $target) {
            push @dead, "$page: $path";
        } elsif (defined $anchor && $target =~ /\.md\z/) {
            my %heading = map { lc($_) =~ s/[^\w\s-]//gr =~ s/\s/-/gr => 1 }
                          slurp($target) =~ /^#+ (.*)$/mg;
            push @dead, "$page: $path#$anchor" if !$heading{$anchor};
        }
    }
}
is(join("\n", @dead), '', 'every link leads somewhere');

done_testing();
