#!/usr/bin/perl
# Checks Office Open XML files (.docx, .xlsx) for what makes Word and Excel offer a
# repair: the package, well-formed XML, the order of elements that the schema
# demands, ids and references, limits.  Core modules only.
#
#   perl t/ooxml/check.pl FILE...          exit code 1 and a line per fault
#   perl t/ooxml/check.pl --text FILE      prints the texts of the document

use strict;
use warnings;

use IO::Uncompress::Unzip qw( $UnzipError );

binmode STDOUT, ':encoding(UTF-8)';

my $CT_NS   = 'http://schemas.openxmlformats.org/package/2006/content-types';
my $RELS_NS = 'http://schemas.openxmlformats.org/package/2006/relationships';
my $R_NS    = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
my $W_NS    = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
my $S_NS    = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

# Children in the order of ECMA-376 part 1, transitional; "*" ends with any others.
my %ORDER = (
    'w:document' => 'background body',
    'w:pPr' => 'pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr
        suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap
        overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd
        snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc
        textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr
        sectPr pPrChange',
    'w:rPr' => 'rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow
        emboss imprint noProof snapToGrid vanish webHidden color spacing w kern
        position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang
        eastAsianLayout specVanish oMath',
    'w:tblPr' => 'tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize
        tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd tblLayout
        tblCellMar tblLook tblCaption tblDescription',
    'w:tcPr' => 'cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar
        textDirection tcFitText vAlign hideMark',
    'w:tcMar' => 'top left bottom right', 'w:tblCellMar' => 'top left bottom right',
    'w:tblBorders' => 'top left bottom right insideH insideV',
    'w:pBdr' => 'top left bottom right between bar',
    'w:tbl' => 'tblPr tblGrid tr', 'w:tr' => 'tblPrEx trPr tc',
    'w:sectPr' => 'headerReference footerReference footnotePr endnotePr type pgSz pgMar
        paperSrc pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg
        textDirection bidi rtlGutter docGrid printerSettings',
    'w:style' => 'name aliases basedOn next link autoRedefine hidden uiPriority
        semiHidden unhideWhenUsed qFormat locked personal personalCompose personalReply
        rsid pPr rPr tblPr trPr tcPr tblStylePr',
    'w:styles' => 'docDefaults latentStyles style',
    'w:docDefaults' => 'rPrDefault pPrDefault',
    'w:numbering' => 'numPicBullet abstractNum num numIdMacAtCleanup',
    'w:abstractNum' => 'nsid multiLevelType tmpl name styleLink numStyleLink lvl',
    'w:lvl' => 'start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy
        lvlJc pPr rPr',
    'w:numPr' => 'ilvl numId',
    'w:font' => 'altName panose1 charset family notTrueType pitch sig embedRegular
        embedBold embedItalic embedBoldItalic',
    'w:settings' => 'writeProtection view zoom removePersonalInformation
        removeDateAndTime doNotDisplayPageBoundaries displayBackgroundShape
        printPostScriptOverText printFractionalCharacterWidth printFormsData
        embedTrueTypeFonts embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins
        alignBordersAndEdges proofState defaultTabStop autoHyphenation evenAndOddHeaders
        characterSpacingControl footnotePr endnotePr compat docVars rsids mathPr
        themeFontLang clrSchemeMapping shapeDefaults decimalSymbol listSeparator',
    's:workbook' => 'fileVersion workbookPr workbookProtection bookViews sheets
        functionGroups externalReferences definedNames calcPr',
    's:worksheet' => 'sheetPr dimension sheetViews sheetFormatPr cols sheetData
        sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState
        dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting
        dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter',
    's:styleSheet' => 'numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs
        tableStyles',
    's:font' => 'b i strike u vertAlign sz color name family charset scheme',
    's:border' => 'left right top bottom diagonal',
    's:sheetView' => 'pane selection', 's:c' => 'f v is',
);

my %RANK;
for my $parent (keys %ORDER) {
    my $n = 0;
    $RANK{$parent}{$_} = ++$n for split ' ', $ORDER{$parent};
}

my ($file, @faults);

sub fault { push @faults, "$file: $_[0]"; return }


# Zip and XML

sub parts_of {
    my ($path) = @_;

    my (%parts, @names);
    my $zip = IO::Uncompress::Unzip->new($path) or die "$path: $UnzipError";
    for (my $status = 1; $status > 0; $status = $zip->nextStream) {
        my ($name, $data, $chunk) = ($zip->getHeaderInfo->{Name}, '');
        while (($status = $zip->read($chunk)) > 0) { $data .= $chunk }
        $status >= 0 or die "$path: $name is broken";
        fault("entry $name twice") if exists $parts{ lc $name };
        $parts{ lc $name } = $name;
        push @names, [$name, $data];
    }
    fault('[Content_Types].xml is not the first entry')
        if $names[0][0] ne '[Content_Types].xml';
    return map { $_->[0] => $_->[1] } @names;
}

my %ENTITY = (lt => '<', gt => '>', amp => '&', quot => '"', apos => "'");

sub plain {
    my ($where, $text) = @_;

    $text =~ s{&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));}
              { defined $1 ? chr hex $1 : defined $2 ? chr $2
                : $ENTITY{$3} // (fault("$where: entity $3"), q()) }ge;
    return $text;
}

# A tree of [name, {attributes}, [children], text]; names as "prefix:local" with a
# fixed prefix per namespace.
my %PREFIX = ($W_NS => 'w', $S_NS => 's', $R_NS => 'r', $CT_NS => 'ct',
              $RELS_NS => 'rel', 'http://www.w3.org/XML/1998/namespace' => 'xml');

sub parse {
    my ($where, $bytes) = @_;

    my $xml = $bytes;
    utf8::decode($xml) or return fault("$where: broken UTF-8");
    $xml =~ s/\A<\?xml[^>]*\?>\s*// or fault("$where: no XML declaration");

    fault("$where: a character that XML 1.0 forbids")
        if $xml =~ /[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]/;

    my $root = ['', {}, [], ''];
    my @open = ($root);
    my @ns   = ({ xml => 'http://www.w3.org/XML/1998/namespace' });

    while ($xml =~ m{\G(?:<(/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(/?)>|([^<]+))}gc) {
        my ($close, $name, $attrs, $empty, $text) = ($1, $2, $3, $4, $5);
        if (defined $text) {
            fault("$where: a bare &") if $text =~ /&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)/;
            $open[-1][3] .= plain($where, $text);
            next;
        }
        if ($close) {
            my $node = pop @open;
            fault("$where: </$name> closes <$node->[4]>") if $node->[4] ne $name;
            pop @ns;
            next;
        }
        my (%raw, %scope) = ();
        while ($attrs =~ /([\w:.-]+)="([^"]*)"/g) {
            fault("$where: attribute $1 twice") if exists $raw{$1};
            $raw{$1} = plain($where, $2);
        }
        %scope = %{ $ns[-1] };
        for (keys %raw) {
            $scope{ $1 // '' } = delete $raw{$_} if /\Axmlns(?::(.+))?\z/;
        }
        my $full = sub {
            my ($qname, $attribute) = @_;
            my ($prefix, $local) = $qname =~ /\A(?:(.+?):)?(.+)\z/;
            return $local if $attribute && !defined $prefix;
            my $uri = $scope{ $prefix // '' };
            fault("$where: prefix of $qname is unknown") if !defined $uri;
            my $short = $PREFIX{ $uri // '' } // $prefix // '';
            return "$short:$local";
        };
        my $node = [$full->($name), { map { $full->($_, 1) => $raw{$_} } keys %raw },
                    [], '', $name];
        push @{ $open[-1][2] }, $node;
        if (!$empty) { push @open, $node; push @ns, \%scope }
    }

    fault("$where: not well-formed at " . (pos($xml) // 0))
        if (pos($xml) // 0) != length $xml || @open != 1;
    fault("$where: not one root element") if @{ $root->[2] } != 1;
    return $root->[2][0];
}

sub walk {
    my ($node, $do, @above) = @_;

    $do->($node, @above);
    walk($_, $do, $node, @above) for @{ $node->[2] };
    return;
}

sub all_of {
    my ($node, $name) = @_;

    my @found;
    walk($node, sub { push @found, $_[0] if $_[0][0] eq $name });
    return @found;
}

sub first_of { return (all_of(@_))[0] }

sub order_of {
    my ($where, $root) = @_;

    walk($root, sub {
        my ($node) = @_;
        my $rank = $RANK{ $node->[0] } or return;
        my ($prefix) = $node->[0] =~ /\A(\w+:)/;
        my $before = 0;
        for my $child (@{ $node->[2] }) {
            (my $local = $child->[0]) =~ s/\A\Q$prefix\E//;
            my $now = $rank->{$local};
            if (!$now) { fault("$where: $child->[0] inside $node->[0]"); next }
            fault("$where: $child->[0] too late inside $node->[0]") if $now < $before;
            $before = $now;
        }
    });
    return;
}


# Package: content types and relationships

sub target_of {
    my ($rels, $target) = @_;

    return substr $target, 1 if $target =~ m{\A/};
    (my $base = $rels) =~ s{_rels/[^/]+\z}{};
    return $base . $target;
}

sub package_of {
    my ($parts, $trees) = @_;

    my (%default, %override);
    for (@{ $trees->{'[Content_Types].xml'}[2] }) {
        my $attr = $_->[1];
        if ($_->[0] eq 'ct:Default') { $default{ lc $attr->{Extension} } = 1; next }
        (my $name = $attr->{PartName}) =~ s{\A/}{} or fault("PartName $attr->{PartName}");
        fault("content type of $name twice") if $override{$name}++;
        fault("content type for a missing part $name") if !exists $parts->{$name};
    }

    my (%reached, %ids);
    for my $rels (grep { /\.rels\z/ } keys %$parts) {
        (my $source = $rels) =~ s{_rels/([^/]+)\.rels\z}{$1};
        fault("$rels: no part $source") if $source ne '' && $rels ne '_rels/.rels'
                                           && !exists $parts->{$source};
        for my $rel (@{ $trees->{$rels}[2] }) {
            my $attr = $rel->[1];
            fault("$rels: Id $attr->{Id} twice") if $ids{$rels}{ $attr->{Id} }++;
            my $target = target_of($rels, $attr->{Target});
            fault("$rels: $attr->{Target} does not exist") if !exists $parts->{$target};
            $reached{$target} = 1;
        }
    }

    for my $name (keys %$parts) {
        next if $name eq '[Content_Types].xml';
        my ($ext) = $name =~ /\.([^.\/]+)\z/;
        fault("$name has no content type")
            if !$override{$name} && !$default{ lc($ext // '') };
        fault("$name: xml without a content type of its own")
            if $name =~ /\.xml\z/ && !$override{$name};
        fault("$name is not reached by a relationship")
            if $name !~ /\.rels\z/ && !$reached{$name};
        next if !$trees->{$name} || $name =~ /\.rels\z/;

        my $rels = $name =~ s{([^/]+)\z}{_rels/$1.rels}r;
        walk($trees->{$name}, sub {
            my $id = $_[0][1]{'r:id'} // return;
            fault("$name: $id is no relationship") if !$ids{$rels}{$id};
        });
    }
    return;
}


# Word

sub check_docx {
    my ($parts, $trees) = @_;

    my (%style, %num);
    for (all_of($trees->{'word/styles.xml'}, 'w:style')) {
        my $id = $_->[1]{'w:styleId'};
        fault("style $id twice") if $style{$id};
        $style{$id} = $_->[1]{'w:type'};
    }
    for (all_of($trees->{'word/numbering.xml'}, 'w:num')) {
        $num{ $_->[1]{'w:numId'} }++ and fault('numId twice');
    }

    my %kind = ('w:pStyle' => 'paragraph', 'w:rStyle' => 'character',
                'w:tblStyle' => 'table');
    for my $name (grep { m{\Aword/} && $trees->{$_} } sort keys %$trees) {
        order_of($name, $trees->{$name});
        walk($trees->{$name}, sub {
            my ($node, $parent) = @_;
            my $value = $node->[1]{'w:val'};
            if (my $want = $kind{ $node->[0] }) {
                fault("$name: style $value") if ($style{$value} // '') ne $want;
            }
            if ($node->[0] =~ /\Aw:(?:basedOn|next|link)\z/ && !$style{$value}) {
                fault("$name: style $value");
            }
            fault("$name: numId $value")
                if $node->[0] eq 'w:numId' && $name ne 'word/numbering.xml'
                   && !$num{$value};
            fault("$name: text outside of w:t")
                if $node->[0] ne 'w:t' && $node->[3] =~ /\S/;
            check_first($name, $node);
        });
    }

    check_tables($trees->{'word/document.xml'});
    my $body = first_of($trees->{'word/document.xml'}, 'w:body');
    fault('w:sectPr is not the last of w:body') if $body->[2][-1][0] ne 'w:sectPr';
    my $size = first_of($body, 'w:pgSz')->[1];
    fault('paper is not A4') if $size->{'w:w'} != 11906 || $size->{'w:h'} != 16838;
    return;
}

# Properties come first, a cell ends with a paragraph.
sub check_first {
    my ($name, $node) = @_;

    my %first = ('w:p' => 'w:pPr', 'w:r' => 'w:rPr', 'w:tc' => 'w:tcPr');
    if (my $want = $first{ $node->[0] }) {
        my @at = grep { $node->[2][$_][0] eq $want } 0 .. $#{ $node->[2] };
        fault("$name: $want is not the first of $node->[0]") if @at && "@at" ne '0';
    }
    fault("$name: a cell without a paragraph at its end")
        if $node->[0] eq 'w:tc' && ($node->[2][-1][0] // '') ne 'w:p';
    return;
}

sub check_tables {
    my ($document) = @_;

    for my $table (all_of($document, 'w:tbl')) {
        my @grid = map { $_->[1]{'w:w'} } all_of($table, 'w:gridCol');
        my $sum = 0;
        $sum += $_ for @grid;
        fault('grid of a table is not as wide as the table')
            if $sum != ((first_of($table, 'w:tblW') || [0, {}])->[1]{'w:w'} // 0);
        my @rows = all_of($table, 'w:tr');
        fault('a table without rows') if @rows < 2;
        fault('no repeated header row') if !all_of($rows[0], 'w:tblHeader');
        for my $row (@rows) {
            my @width = map { $_->[1]{'w:w'} } all_of($row, 'w:tcW');
            fault('cells do not fit the grid') if "@width" ne "@grid";
            fault('a row that may be split') if !all_of($row, 'w:cantSplit');
        }
    }

    # two tables side by side would become one
    my @body = @{ first_of($document, 'w:body')->[2] };
    for (1 .. $#body) {
        fault('two tables without a paragraph between')
            if $body[$_][0] eq 'w:tbl' && $body[$_ - 1][0] eq 'w:tbl';
    }
    return;
}


# Excel

sub column_of {
    my $n = 0;
    $n = 26 * $n + ord($_) - 64 for split //, $_[0];
    return $n;
}

sub check_xlsx {
    my ($parts, $trees) = @_;

    my $styles = $trees->{'xl/styles.xml'};
    my $xfs = check_counts($styles);
    order_of('xl/styles.xml', $styles);
    order_of('xl/workbook.xml', $trees->{'xl/workbook.xml'});

    my %seen;
    for (all_of($trees->{'xl/workbook.xml'}, 's:sheet')) {
        my $name = $_->[1]{name};
        fault("sheet name $name") if $name =~ m{[\[\]:*?/\\]|\A'|'\z} || $name eq ''
                                     || length $name > 31;
        fault("sheet $name twice") if $seen{ lc $name }++;
        fault("sheetId $_->[1]{sheetId} twice") if $seen{"#$_->[1]{sheetId}"}++;
    }

    for my $name (grep { m{\Axl/worksheets/[^/]+\z} } sort keys %$trees) {
        order_of($name, $trees->{$name});
        check_sheet($name, $trees->{$name}, $xfs);
    }
    return;
}

sub check_counts {
    my ($styles) = @_;

    my %count;
    for my $group (@{ $styles->[2] }) {
        my ($local) = $group->[0] =~ /:(.+)/;
        $count{$local} = @{ $group->[2] };
        fault("count of $local") if $group->[1]{count} != $count{$local};
    }
    for my $xf (map { @{ $_->[2] } } all_of($styles, 's:cellXfs')) {
        fault('a cell format without its font, fill or border')
            if $xf->[1]{fontId} >= $count{fonts} || $xf->[1]{fillId} >= $count{fills}
               || $xf->[1]{borderId} >= $count{borders};
    }
    return $count{cellXfs};
}

sub check_sheet {
    my ($name, $sheet, $xfs) = @_;

    my ($last_row, %cell) = (0);
    for my $row (all_of($sheet, 's:row')) {
        fault("$name: row $row->[1]{r} after $last_row") if $row->[1]{r} <= $last_row;
        $last_row = $row->[1]{r};
        fault("$name: height of row $last_row") if ($row->[1]{ht} // 0) > 409.5;
        my $last = 0;
        for my $c (@{ $row->[2] }) {
            my ($letters, $number) = $c->[1]{r} =~ /\A([A-Z]+)(\d+)\z/;
            fault("$name: cell $c->[1]{r}")
                if $number != $last_row || column_of($letters) <= $last;
            $last = column_of($letters);
            $cell{ $c->[1]{r} } = 1;
            fault("$name: format of $c->[1]{r}") if ($c->[1]{s} // 0) >= $xfs;
            my $text = first_of($c, 's:t');
            next if !$text;
            fault("$name: $c->[1]{r} has text but no type")
                if ($c->[1]{t} // '') ne 'inlineStr';
            my $units = length($text->[3]) + ($text->[3] =~ tr/\x{10000}-\x{10ffff}//);
            fault("$name: $units characters in $c->[1]{r}") if $units > 32767;
        }
        fault("$name: a formula") if all_of($row, 's:f');
    }

    my %taken;
    my ($merges) = all_of($sheet, 's:mergeCells');
    return if !$merges;
    fault("$name: empty mergeCells") if !@{ $merges->[2] };
    fault("$name: count of mergeCells") if $merges->[1]{count} != @{ $merges->[2] };
    for (@{ $merges->[2] }) {
        my ($a, $b, $c, $d) = $_->[1]{ref} =~ /\A([A-Z]+)(\d+):([A-Z]+)(\d+)\z/;
        for my $column (column_of($a) .. column_of($c)) {
            for my $row ($b .. $d) {
                fault("$name: $_->[1]{ref} overlaps") if $taken{"$column.$row"}++;
            }
        }
    }
    return;
}


# Text, one line per paragraph or cell

sub print_text {
    my ($trees) = @_;

    for my $name (sort grep { m{\Aword/document|\Axl/worksheets/[^/]+\z} } keys %$trees) {
        for my $node (map { all_of($trees->{$name}, $_) } 'w:p', 's:is', 's:v') {
            my $line = '';
            walk($node, sub {
                $line .= $_[0][0] =~ /\A(?:w:t|s:t|s:v)\z/ ? $_[0][3]
                       : $_[0][0] =~ /\Aw:(?:br|tab)\z/    ? ' ' : '';
            });
            print "$line\n" if $line ne '';
        }
    }
    return;
}

my $text = @ARGV && $ARGV[0] eq '--text' ? shift @ARGV : '';
@ARGV or die "usage: check.pl [--text] FILE...\n";

for (@ARGV) {
    $file = $_;
    my %parts = parts_of($file);
    my %trees = map { $_ => parse($_, $parts{$_}) }
                grep { /\.(?:xml|rels)\z/ } keys %parts;
    if (grep { !$trees{$_} } keys %trees) { next }
    package_of(\%parts, \%trees);
    if    ($trees{'word/document.xml'}) { check_docx(\%parts, \%trees) }
    elsif ($trees{'xl/workbook.xml'})   { check_xlsx(\%parts, \%trees) }
    else                                { fault('neither a document nor a workbook') }
    print_text(\%trees) if $text;
}

binmode STDERR, ':encoding(UTF-8)';
print STDERR "$_\n" for @faults;
exit(@faults ? 1 : 0);
