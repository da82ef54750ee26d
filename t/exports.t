# Documents as they are handed out, one block for each defect of exports.md (X-nn): the
# rules of one format have their unit tests, here the bytes come from the server.
# X-01 (t/downloads.t 10), X-09 (t/downloads.t 6), X-16 (t/downloads.t 17) stand there.

use HR::Test 'no_plan';
use HR::Test::Archive;
use HR::Test::Profile;
use JSON::PP ();

our %text;

# Makes text the stored document of profile 2.
sub store ($) {
    my ($text) = @_;
    my $hex = unpack 'H*', $text;
    sql("UPDATE profiles SET profile_data = CAST(x'$hex' AS TEXT),"
        . " updated_at = '2025-09-02T10:00:01' WHERE id LIKE 'b%0002'");
}

sub file ($) {
    my ($format) = @_;
    my $answer = answer_of(GET => '/api/profiles/' . profile_id(2) . "/download/$format");
    die "$format: $answer->{status}: $answer->{body}\n" if $answer->{status} != 200;
    return $answer->{body};
}

# One part of a package, or undef.
sub part ($$) {
    my ($format, $name) = @_;
    my ($part) = grep { $_->{name} eq $name } archive_entries(file($format));
    return $part && $part->{content};
}

# The texts of all formats; %text has them by name.
sub render ($) {
    store($_[0]);
    %text = map { $_ => file($_) } qw( md docx xlsx );
    for my $format (qw( docx xlsx )) {
        $text{$format} = join "\n", map { $_->{content} }
            grep { $_->{name} =~ m{word/document|worksheets/sheet} }
            archive_entries($text{$format});
        $text{$format} =~ s{</w:p>|</c>}{\n}g;
        $text{$format} =~ s/<[^>]*>//g;
    }
}

sub all_like ($$) {
    my ($pattern, $name) = @_;
    like($text{$_}, $pattern, "$_: $name") for qw( md docx xlsx );
}

sub all_unlike ($$) {
    my ($pattern, $name) = @_;
    unlike($text{$_}, $pattern, "$_: $name") for qw( md docx xlsx );
}

run_tests();

__DATA__

=== TEST 1: X-02: null, an empty text, list or object is missing, in every format
--- hr_database: t/data/profiles.sql
--- setup
render('{"position_title":"А","department_broad":null,"position_category":"","subordinates":{},
    "direct_manager":[],"responsibility_areas":[],"professional_skills":null,
    "experience_and_education":{"education_level":null},"careerogram":"","performance_metrics":{}}');
all_unlike(qr/None|\bnull\b|\[\]|\{\}/, 'nothing of the notation');
all_like(qr/Показатели эффективности не определены/, 'the section says so');
like($text{md}, qr/\| \*\*Блок\*\* \| Не указано \|\n/, 'and so does a row');
--- login
--- request
GET /api/profiles/



=== TEST 2: X-03: a value of a type that nobody expects never fails the document
--- hr_database: t/data/profiles.sql
--- setup
for my $odd ('"ТЕКСТ"', '["ТЕКСТ"]', '{"x":"ТЕКСТ"}', '[{"x":["ТЕКСТ"]}]', '["a",{"b":1},[2]]', 'null',
             '17', 'true', '""', '[[]]') {
    render(sprintf '{"position_title":%1$s,"responsibility_areas":%1$s,"professional_skills":%1$s,
        "corporate_competencies":%1$s,"experience_and_education":%1$s,"careerogram":%1$s,
        "workplace_provisioning":{"software":%1$s,"hardware":%1$s},"performance_metrics":%1$s,
        "additional_information":%1$s,"metadata":%1$s}', $odd);
    all_like(qr/Корпоративные компетенции|КОРПОРАТИВНЫЕ КОМПЕТЕНЦИИ/, "$odd: all sections");
    all_like(qr/ТЕКСТ/, "$odd: the text") if $odd =~ /ТЕКСТ/;
}
--- login
--- request
GET /api/profiles/



=== TEST 3: X-04: every entry of an area is printed, joined
--- hr_database: t/data/profiles.sql
--- setup
render('{"responsibility_areas":[{"area":["Учёт","Отчётность","Налоги"],"tasks":["Т"]}]}');
all_like(qr/1\. Учёт, Отчётность, Налоги/, 'three names');
--- login
--- request
GET /api/profiles/



=== TEST 4: X-05: the first letter is raised, acronyms stay
--- hr_database: t/data/profiles.sql
--- setup
render('{"personal_qualities":["знание SQL и MS Office","ёмкость мысли","IT-грамотность"]}');
all_like(qr/Знание SQL и MS Office/, 'acronyms');
all_like(qr/Ёмкость мысли/, 'a letter of two bytes');
all_like(qr/IT-грамотность/, 'a first one');
--- login
--- request
GET /api/profiles/



=== TEST 5: X-06: qualities and competencies are lines of their own
--- hr_database: t/data/profiles.sql
--- setup
render('{"personal_qualities":["а","б","в","г"],"corporate_competencies":["д","е","ж"]}');
like($text{md}, qr/\n- 🔹 \*\*А\*\*\n- 🔹 \*\*Б\*\*\n- 🔹 \*\*В\*\*\n- 🔹 \*\*Г\*\*\n\n/, 'qualities');
like($text{md}, qr/\n- 🎯 \*\*д\*\*\n- 🎯 \*\*е\*\*\n- 🎯 \*\*ж\*\*\n\n/, 'competencies');
unlike($text{md}, qr/(?:🔹|🎯).* \| /, 'no row of cells without a table');
--- login
--- request
GET /api/profiles/



=== TEST 6: X-07: a list without entries has no label
--- hr_database: t/data/profiles.sql
--- setup
render('{"careerogram":{"source_positions":{"direct_predecessors":["П"],
    "cross_functional_entrants":[]}}}');
all_unlike(qr/Смежные переходы/, 'no label');
like($text{$_}, qr/Прямые предшественники/, "$_: the other one") for qw( md docx );
render('{"careerogram":{"source_positions":{"direct_predecessors":[],
    "cross_functional_entrants":["П"]}}}');
unlike($text{$_}, qr/Прямые предшественники/, "$_: nor here") for qw( md docx );
--- login
--- request
GET /api/profiles/



=== TEST 7: X-08: the form that the client's editor writes loses no target
--- hr_database: t/data/profiles.sql
--- setup
render('{"careerogram":{"source_positions":["Донор"],"target_positions":["Цель один","Цель два"]}}');
all_like(qr/Донор/, 'where from');
all_like(qr/Цель один.*Цель два/s, 'where to');
like($text{md}, qr/### 🚀 Карьерный рост/, 'under its heading');
--- login
--- request
GET /api/profiles/



=== TEST 8: X-10: a text breaks neither tables nor the structure of Markdown, and brings no HTML
--- hr_database: t/data/profiles.sql
--- setup
render('{"position_title":"а|б\nв","direct_manager":"<b>x</b> \\\\ | y",
    "responsibility_areas":[{"area":"# заголовок","tasks":["- пункт","# решётка","<i>html</i>","1. один",
    "> цитата"]}]}');
my @rows = $text{md} =~ /^(\| \*\*.*)$/mg;
is(scalar(grep { (my $row = $_) =~ s/\\\\|\\\|//g; ($row =~ tr/|//) != 3 } @rows), 0,
   'two cells in each row');
like($text{md}, qr/\| а\\\|б в \|/, 'a bar is escaped, a line break is a blank');
unlike($text{md}, qr/(?<!\\)<[bi]>/, 'no tags');
unlike($text{md}, qr/^(?:- )?#+ ?(?:решётка)/m, 'no heading by a task');
like($text{md}, qr/^- \\- пункт$/m, 'no list in a list');
like($text{md}, qr/^- 1\\?\\\. один|^- 1\\\. один/m, 'nor a numbered one');
--- login
--- request
GET /api/profiles/



=== TEST 9: X-11, X-12: DOCX is A4 with margins of 2 cm, numbered pages, Russian
--- hr_database: t/data/profiles.sql
--- setup
my $body = part(docx => 'word/document.xml');
like($body, qr/<w:pgSz w:w="11906" w:h="16838"/, 'A4');
like($body, qr/<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/, '2 cm');
like(part(docx => 'word/footer1.xml'), qr/ PAGE .* NUMPAGES /s, 'page numbers');
my $styles = part(docx => 'word/styles.xml');
like($styles, qr/<w:lang w:val="ru-RU"/, 'proofing language');
like($styles, qr/w:ascii="Arial" w:hAnsi="Arial"/, 'one font');
unlike(join('', $body, $styles), qr/en-US|Cambria|Calibri/, 'nothing of a template');
--- login
--- request
GET /api/profiles/



=== TEST 10: X-13: DOCX has the title, author and times of the version, and no foreign parts
--- hr_database: t/data/profiles.sql
--- setup
render('{"position_title":"Инженер"}');
my $core = part(docx => 'docProps/core.xml');
like($core, qr{<dc:title>Инженер</dc:title>}, 'the title is the position');
like($core, qr{<dc:creator>[^<]*\w[^<]*</dc:creator>}, 'the creator is the product');
unlike($core, qr/python|2013/i, 'nothing of a library');
my @times = $core =~ /W3CDTF">([^<]+)</g;
is("@times", '2025-09-02T10:00:00Z 2025-09-02T10:00:00Z', 'created and modified with the version');
my @names = map { $_->{name} } archive_entries(file('docx'));
is(scalar(grep { /thumbnail|customXml/i } @names), 0, 'no thumbnail, no custom XML');
--- login
--- request
GET /api/profiles/



=== TEST 11: X-14, P-34: each missing section says so in a paragraph of a style that exists
--- hr_database: t/data/profiles.sql
--- setup
store('{}');
my $body = part(docx => 'word/document.xml');
my $styles = part(docx => 'word/styles.xml');
my %used = map { $_ => 1 } $body =~ /<w:(?:p|r|tbl)Style w:val="([^"]+)"/g;
is(join(' ', grep { $styles !~ /w:styleId="\Q$_\E"/ } sort keys %used), '', 'every style exists');
my $missing = () = $body =~ /<w:pStyle w:val="HRMissing"/g;
is($missing, 9, 'nine sections are missing');
--- login
--- request
GET /api/profiles/



=== TEST 12: X-15: characters that XML forbids are dropped, tabs and line breaks stay
--- hr_database: t/data/profiles.sql
--- setup
render('{"responsibility_areas":[{"area":"А","tasks":["один\u0000\u0001\u0008два","три\tчетыре\nпять",
    "шесть\ufffe\uffffсемь"]}]}');
all_like(qr/одиндва/, 'controls are gone');
all_like(qr/шестьсемь/, 'so are non-characters');
like(part(docx => 'word/document.xml'), qr{три</w:t><w:tab/>.*?четыре</w:t><w:br/>.*?пять},
     'a tab and a line break are what they are');
--- login
--- request
GET /api/profiles/



=== TEST 13: X-17, X-18, P-35: no document is ever a file, whatever the names are
--- hr_database: t/data/profiles.sql
--- setup
sql("UPDATE profiles SET department = '../../../tmp/hr-escape', position = '/etc/hr-escape'"
    . " WHERE id LIKE 'b%0002'");
my $list = sub { join "\n", sort map { chomp; $_ } `cd '@{[state_dir()]}' && find . -type f` };
my $before = $list->();
my $id = profile_id(2);
file($_) for qw( json md docx xlsx );
answer_of(POST => '/api/profiles/bulk-download',
          body => qq({"profile_ids":["$id"],"formats":["md","docx","xlsx"]}),
          headers => { 'Content-Type' => 'application/json' });
is($list->(), $before, 'no new file in the state folder');
is(join(' ', glob('/tmp/hr-escape* /tmp/*hr-escape*')), '', 'nor outside of it');
--- login
--- request
GET /api/profiles/
--- no_error_log
[error]



=== TEST 14: X-16, I-01: each historical shape of the document, every text once in each format
--- hr_database: t/data/profiles.sql
--- timeout: 30
--- setup
# members that exports.md does not print, and those that nobody knows
my $hidden = qr/reasoning|quality_verification|data_sources|generated_by|generation_method
    |data_version|last_updated|x_unknown|note|basic_info|approval_status|approved_by
    |last_review_date|next_review_date|mentor_growth/x;
my $json = JSON::PP->new->utf8->allow_nonref;
my %seen;
for my $shape (qw( production sixteen universal first editor wrapped career_donors career_pathways
                   career_text_steps )) {
    open my $in, '<', "t/data/profiles/$shape.json" or die "$shape: $!";
    my $document = $json->decode(do { local $/; <$in> });
    $document = $document->{profile} if ref $document->{profile};

    my (%tokens, $walk);
    $walk = sub {
        my ($node, $path) = @_;
        if (ref $node eq 'HASH') {
            return { map { $_ => $walk->($node->{$_}, "$path.$_") } keys %$node };
        }
        return [map { $walk->($_, $path) } @$node] if ref $node eq 'ARRAY';
        return $node if ref $node || !defined $node || $node =~ /\A-?\d+(?:\.\d+)?\z/ || $node eq '';
        my $token = sprintf 'TOK%04dX', scalar keys %tokens;
        $tokens{$token} = $path;
        return $token;
    };
    render($json->encode($walk->($document, '')));

    my @wrong;
    for my $token (sort keys %tokens) {
        my $path = $tokens{$token};
        for my $format (qw( md docx xlsx )) {
            my $n = () = $text{$format} =~ /$token/g;
            # title and unit stand in the header too, which the form has not
            my $want = $path =~ $hidden ? 0
                : $format ne 'xlsx' && $path =~ /^\.(?:position_title|department_specific)$/ ? 2 : 1;
            push @wrong, "$format$path:$n" if $n != $want;
        }
    }
    is("@wrong", '', "$shape: " . keys(%tokens) . ' texts');
    $seen{$shape} = keys %tokens;
}
cmp_ok((sort { $a <=> $b } values %seen)[0], '>', 20, 'none of them is empty');
--- login
--- request
GET /api/profiles/
