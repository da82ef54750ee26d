# What leaves: everything that the model receives is looked through for what must stay
# (improvements I-15, I-25, generation.md 14): names of persons from the KPI files, the
# name of the employee, products of the legend, secrets.

use strict;
use utf8;
use warnings;

use lib 't/lib';
use File::Temp qw( tempdir );
use HR::Model ();
use HR::Server ();
use JSON::PP ();
use Test::More;

use constant { KEY => 'sk-or-test-secret-of-the-model', EMPLOYEE => 'Секретов Савва Саввич' };

my $data = tempdir('hr-outbound-XXXXXX', TMPDIR => 1, CLEANUP => 1);
system('scripts/demo-data', '--quiet', $data) == 0 or die "no demo data\n";

# A product for each of the first systems of the map.
my %legend;
open my $map, '<:encoding(UTF-8)', "$data/anonymized_digitization_map.md" or die $!;
while (<$map>) {
    $legend{$1} = 'Изделие-' . keys %legend if /^- \*\*(.+?)\*\*/ && keys %legend < 20;
}
close $map;
open my $out, '>:raw', "$data/it_legend.json" or die $!;
print $out JSON::PP->new->utf8->encode(\%legend);
close $out;
chmod 0755, $data;
system("chmod -R a+rX $data");

# Persons, as the KPI files name them, also by the family name alone.
my %person;
for my $file (glob "$data/KPI/*.md") {
    open my $in, '<:encoding(UTF-8)', $file or die $!;
    my $text = do { local $/; <$in> };
    next if $text !~ /\A---\n(.*?)\n---\n/s;
    my $front = $1;
    $front =~ s/\n    +/ /g;
    $person{$_} = 1 for grep { !/\AВакансия/ }
        ($front =~ /^  .+?: (\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+)$/mg,
         $front =~ /^responsible: (.+)$/mg);
}
my @family = map { /^(\p{L}{6,})/ ? $1 : () } keys %person;
cmp_ok(scalar keys %person, '>', 20, 'the KPI files name persons');

my $model  = HR::Model->start(keep => 1);
my $server = HR::Server->start(HR_LLM_URL => $model->url, HR_LLM_MODEL => 'vendor/model',
                               HR_DATA => $data, OPENROUTER_API_KEY => KEY);
my $client = $server->client;

# A position of every unit that has KPIs of its own, and some of the others.
my $items = $client->get('/api/organization/positions')->{json}{data}{items};
my @slots = map { $items->[$_ * @$items / 25] } 0 .. 24;
push @slots, grep { $_->{position_name} =~ /^(?:Директор|Начальник|Руководитель)/ } @$items;
splice @slots, 60;

for my $slot (@slots) {
    $client->post('/api/generation/start', {
        department => $slot->{business_unit_id}, position => $slot->{position_name},
        employee_name => EMPLOYEE });
}
# one that is asked to be repaired, which sends the answer back
$client->post('/api/generation/start', {
    department => $slots[0]{business_unit_id}, position => 'Испытатель',
    model => 'vendor/model/sim/wrong-types', employee_name => EMPLOYEE });

ok(HR::Server::wait_until(60, sub {
    !($server->sql("SELECT count(*) FROM generation_tasks WHERE status NOT IN"
                   . " ('completed', 'failed')"))[0][0] }), 'all end');

my @lines = $model->ledger;
cmp_ok(scalar @lines, '>', 50, scalar(@lines) . ' requests are looked through');
my ($legend_seen, $specific) = (0, 0);
my @found;
for my $line (@lines) {
    my $text = "$line->{body} $line->{task} $line->{words}";
    push @found, "person $_" for grep { $text =~ /\b\Q$_\E\b/ } keys %person, @family;
    push @found, 'employee' if $text =~ /Секретов|Савв/;
    push @found, "product $_" for grep { $text =~ /\Q$_\E\b/ } values %legend;
    push @found, 'key' if index($text, KEY) >= 0;
    push @found, 'password' if index($text, HR::Server::PASSWORD()) >= 0;
    $legend_seen++ if grep { index($text, $_) >= 0 } keys %legend;
    $specific++ if $text =~ /\| КПЭ \|/;
}
my %once = map { $_ => 1 } @found;
is_deeply([sort keys %once], [], 'no person, no employee, no product, no secret');
cmp_ok($legend_seen, '>', 0, 'although the systems are there by their neutral names');
cmp_ok($specific, '>', 0, 'and so are tables of KPIs');
is(scalar(grep { $_->{authorization} ne 'Bearer ' . KEY } @lines), 0,
   'the key stands where it belongs');

my $log = $server->error_log;
unlike($log, qr/\Q@{[KEY]}\E/, 'not in the log');
utf8::decode($log);
unlike($log, qr/Секретов/, 'nor does the log name the employee');

$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');
done_testing();
