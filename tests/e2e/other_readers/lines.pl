# The fields of every record of a file, a line each, as MARC::Batch reads them.
# Usage: perl lines.pl USMARC|XML FILE
use strict;
use warnings;
use MARC::Batch;
use MARC::File::XML (BinaryEncoding => 'utf8', RecordFormat => 'MARC21');

binmode STDOUT, ':encoding(UTF-8)';
my $batch = MARC::Batch->new(@ARGV);
while (my $record = $batch->next) {
    for my $field ($record->fields) {
        print $field->tag, ' ';
        if ($field->is_control_field) {
            print $field->data;
        } else {
            print $field->indicator(1), $field->indicator(2);
            print "\x1f", @$_ for $field->subfields;
        }
        print "\n";
    }
    print "\n";
    warn "$_\n" for $record->warnings;
}
