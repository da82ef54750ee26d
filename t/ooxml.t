# The checker of Office packages finds what it is there for: a sound document passes,
# and each way to break it is named.  The renderers are checked with it in t/unit.

use strict;
use warnings;
use utf8;

use File::Temp qw( tempdir );
use IO::Compress::Zip qw( $ZipError );
use Test::More;

my $R  = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
my $P  = 'http://schemas.openxmlformats.org/package/2006';
my $W  = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
         . qq{ xmlns:r="$R"};
my $S  = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
         . qq{ xmlns:r="$R"};
my $OD = 'application/vnd.openxmlformats-officedocument';
my $XML = qq{<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n};

sub types {
    my (%of) = @_;

    return qq{$XML<Types xmlns="$P/content-types"><Default Extension="rels" }
           . qq{ContentType="application/vnd.openxmlformats-package.relationships+xml"/>}
           . join('', map { qq{<Override PartName="/$_" ContentType="$OD.$of{$_}+xml"/>} }
                      sort keys %of) . '</Types>';
}

sub rels {
    my (@targets) = @_;

    my $n = 0;
    return qq{$XML<Relationships xmlns="$P/relationships">}
           . join('', map { $n++; qq{<Relationship Id="rId$n" Type="$R/x" Target="$_"/>} }
                      @targets) . '</Relationships>';
}

my @DOCX = (
    '[Content_Types].xml' => types(
        'word/document.xml'  => 'wordprocessingml.document.main',
        'word/styles.xml'    => 'wordprocessingml.styles',
        'word/numbering.xml' => 'wordprocessingml.numbering',
        'word/footer1.xml'   => 'wordprocessingml.footer'),
    '_rels/.rels' => rels('word/document.xml'),
    'word/_rels/document.xml.rels' => rels('styles.xml', 'numbering.xml', 'footer1.xml'),
    'word/document.xml' => qq{$XML<w:document $W><w:body>}
        . '<w:p><w:pPr><w:pStyle w:val="List"/><w:keepNext/></w:pPr>'
        . '<w:r><w:rPr><w:b/><w:i/></w:rPr><w:t>A &amp; B</w:t></w:r></w:p>'
        . '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="300" w:type="dxa"/>'
        . '</w:tblPr><w:tblGrid><w:gridCol w:w="100"/><w:gridCol w:w="200"/></w:tblGrid>'
        . ('<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>'
           . '<w:tc><w:tcPr><w:tcW w:w="100" w:type="dxa"/></w:tcPr><w:p/></w:tc>'
           . '<w:tc><w:tcPr><w:tcW w:w="200" w:type="dxa"/></w:tcPr><w:p/></w:tc></w:tr>') x 2
        . '</w:tbl><w:p/><w:sectPr><w:footerReference w:type="default" r:id="rId3"/>'
        . '<w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>',
    'word/styles.xml' => qq{$XML<w:styles $W>}
        . '<w:style w:type="paragraph" w:styleId="List"><w:name w:val="List"/><w:pPr>'
        . '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        . '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/></w:style>'
        . '</w:styles>',
    'word/numbering.xml' => qq{$XML<w:numbering $W><w:abstractNum w:abstractNumId="0"/>}
        . '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    'word/footer1.xml' => qq{$XML<w:ftr $W><w:p/></w:ftr>},
);

my @XLSX = (
    '[Content_Types].xml' => types(
        'xl/workbook.xml'          => 'spreadsheetml.sheet.main',
        'xl/styles.xml'            => 'spreadsheetml.styles',
        'xl/worksheets/sheet1.xml' => 'spreadsheetml.worksheet'),
    '_rels/.rels' => rels('xl/workbook.xml'),
    'xl/_rels/workbook.xml.rels' => rels('worksheets/sheet1.xml', 'styles.xml'),
    'xl/workbook.xml' => qq{$XML<workbook $S><sheets><sheet name="Лист" sheetId="1" }
        . 'r:id="rId1"/></sheets></workbook>',
    'xl/styles.xml' => qq{$XML<styleSheet $S><fonts count="1"><font/></fonts>}
        . '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        . '<cellXfs count="1"><xf fontId="0" fillId="0" borderId="0"/></cellXfs>'
        . '</styleSheet>',
    'xl/worksheets/sheet1.xml' => qq{$XML<worksheet $S><sheetData><row r="1" ht="20">}
        . '<c r="A1" s="0" t="inlineStr"><is><t>=text</t></is></c><c r="B1" s="0"/></row>'
        . '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
        . '</worksheet>',
);

my $dir = tempdir(CLEANUP => 1);

# Writes the package with one text replaced in one part, and what the checker says.
sub verdict {
    my ($ext, $parts, $part, $from, $to) = @_;

    my ($path, $zip) = "$dir/x.$ext";
    my @left = @$parts;
    while (my ($name, $text) = splice @left, 0, 2) {
        if (defined $part && $name eq $part) {
            $text =~ s/\Q$from\E/$to/ or die "no $from in $part";
        }
        utf8::encode($text);
        if ($zip) { $zip->newStream(Name => $name) }
        else      { $zip = IO::Compress::Zip->new($path, Name => $name) or die $ZipError }
        $zip->print($text);
    }
    $zip->close;
    return qx{perl t/ooxml/check.pl $path 2>&1};
}

is(verdict('docx', \@DOCX), '', 'a sound document');
is(verdict('xlsx', \@XLSX), '', 'a sound workbook');

my $doc = 'word/document.xml';
my @DOCX_FAULTS = (
    [$doc, '<w:keepNext/>', '<w:keepNext/><w:pStyle w:val="List"/>', 'pStyle too late'],
    [$doc, '<w:b/><w:i/>', '<w:i/><w:b/>', 'w:b too late'],
    [$doc, 'w:val="Grid"', 'w:val="List"', 'style List'],
    [$doc, '<w:cantSplit/>', '', 'may be split'],
    [$doc, '<w:tblHeader/>', '', 'no repeated header'],
    [$doc, 'gridCol w:w="100"', 'gridCol w:w="101"', 'grid of a table'],
    [$doc, 'w:tcW w:w="200"', 'w:tcW w:w="201"', 'do not fit the grid'],
    [$doc, '<w:p/></w:tc>', '</w:tc>', 'without a paragraph'],
    [$doc, '</w:tbl><w:p/>', '</w:tbl><w:tbl><w:tblPr/></w:tbl>', 'two tables'],
    [$doc, 'r:id="rId3"', 'r:id="rId7"', 'rId7 is no relationship'],
    [$doc, 'A &amp; B', 'A & B', 'a bare &'],
    [$doc, 'A &amp; B', "A \x01", 'XML 1.0 forbids'],
    [$doc, 'A &amp; B</w:t>', 'A', 'closes'],
    [$doc, '<w:keepNext/>', '<x:keepNext/>', 'prefix of x:keepNext'],
    [$doc, 'w:w="11906"', 'w:w="12240"', 'not A4'],
    ['word/styles.xml', 'numId w:val="1"', 'numId w:val="2"', 'numId 2'],
    ['word/styles.xml', 'styleId="Grid"', 'styleId="List"', 'style List twice'],
    ['word/_rels/document.xml.rels', 'rId2', 'rId1', 'rId1 twice'],
    ['word/_rels/document.xml.rels', 'footer1', 'footer2', 'footer2.xml does not exist'],
    ['[Content_Types].xml', '/word/footer1.xml', '/word/footer2.xml', 'has no content type'],
);

my $sheet = 'xl/worksheets/sheet1.xml';
my @XLSX_FAULTS = (
    [$sheet, ' t="inlineStr"', '', 'no type'],
    [$sheet, 'r="B1"', 'r="A1"', 'cell A1'],
    [$sheet, 's="0"/>', 's="1"/>', 'format of B1'],
    [$sheet, 'ht="20"', 'ht="410"', 'height of row 1'],
    [$sheet, '<mergeCell ref="A1:B1"/>', '', 'empty mergeCells'],
    [$sheet, '<mergeCell ref="A1:B1"/>', '<mergeCell ref="A1:B1"/>' x 2, 'overlaps'],
    [$sheet, '=text', 'x' x 32768, '32768 characters'],
    [$sheet, '<is><t>=text</t></is>', '<f>1+1</f>', 'a formula'],
    ['xl/workbook.xml', 'Лист', 'Лист/1', 'sheet name'],
    ['xl/styles.xml', 'cellXfs count="1"', 'cellXfs count="2"', 'count of cellXfs'],
);

for (@DOCX_FAULTS) {
    my ($part, $from, $to, $says) = @$_;
    like(verdict('docx', \@DOCX, $part, $from, $to), qr/\Q$says\E/, "docx: $says");
}

for (@XLSX_FAULTS) {
    my ($part, $from, $to, $says) = @$_;
    like(verdict('xlsx', \@XLSX, $part, $from, $to), qr/\Q$says\E/, "xlsx: $says");
}

done_testing();
